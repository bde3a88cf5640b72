"""All settings of the server, in the order in which a request meets them."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from openvmo import __version__
from openvmo_web.config import environment
from openvmo_web.config.logging import logging_settings
from openvmo_web.config.rooms import ROOMS

# Where things are kept

OPENVMO_DATA: Path = environment.data_folder()
SECRET_KEY = environment.secret_key(OPENVMO_DATA)
DEBUG = environment.flag("OPENVMO_DEBUG", default=False)

DATABASES: dict[str, dict[str, Any]] = {
    "default": environment.database(environment.text("OPENVMO_DATABASE_URL"), OPENVMO_DATA)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The database cache is shared by all processes: sign-in throttles would otherwise count in each process apart.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "common_cache"}}

MEDIA_ROOT = OPENVMO_DATA / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Files are streamed to disk and so pass the limits above; this one is ours, checked by the upload forms.
OPENVMO_UPLOAD_LIMIT = environment.number("OPENVMO_UPLOAD_LIMIT_MB", 100) * 1024 * 1024

# Who is let in

ALLOWED_HOSTS = environment.listing("OPENVMO_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
# On a laptop there is no HTTPS; anywhere else there must be.
IS_HTTPS = environment.flag("OPENVMO_HTTPS", default=not environment.is_loopback_only(ALLOWED_HOSTS))
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if IS_HTTPS and host != "*"]
if environment.flag("OPENVMO_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_NAME = "openvmo_session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "openvmo_csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_SECURE = IS_HTTPS

# Rooms and middleware

INSTALLED_APPS = [
    *(f"openvmo_web.{room}" for room in reversed(ROOMS)),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "ninja",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "openvmo_web.common.csp.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openvmo_web.access.middleware.language_of_the_user",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "openvmo_web.config.urls"
ASGI_APPLICATION = "openvmo_web.config.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openvmo_web.common.context.page",
            ],
        },
    }
]
FORM_RENDERER = "openvmo_web.common.forms.FormRenderer"
DJANGO_TABLES2_TEMPLATE = "common/table.html"

# Signing in

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "openvmo_web.access.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "OpenVMO: "
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "OpenVMO"

globals().update(environment.email(environment.text("OPENVMO_EMAIL_URL")))
DEFAULT_FROM_EMAIL = environment.text("OPENVMO_EMAIL_FROM", "OpenVMO <openvmo@localhost>")
# Without a mail server nobody is reminded by e-mail; what waits stands on the page "My tasks" all the same.
OPENVMO_REMINDS_BY_EMAIL = bool(environment.text("OPENVMO_EMAIL_URL"))
# Where people reach this server: a job knows no request from which it could tell.
OPENVMO_URL = environment.public_url(environment.text("OPENVMO_URL"), ALLOWED_HOSTS, is_https=IS_HTTPS)

# Programs

API_RATE = environment.text("OPENVMO_API_RATE", "600/m")

# Language and time

USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.text("OPENVMO_TIME_ZONE", "UTC")
LANGUAGE_CODE = "en-gb"
# A language is offered once its catalogue is complete: half-translated pages help nobody.
LANGUAGES = [("en-gb", _("English (United Kingdom)")), ("en", _("English (United States)"))]
LANGUAGE_COOKIE_NAME = "openvmo_language"

# Scripts, styles, pictures: found where they are installed, cached for ever under an address that changes with them

STATIC_URL = f"static/{environment.static_version(__version__)}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = environment.is_immutable

# Background work

JOBS_BEAT_SECONDS = environment.number("OPENVMO_JOBS_BEAT_SECONDS", 5)
JOBS_STALE_SECONDS = environment.number("OPENVMO_JOBS_STALE_SECONDS", 30)

# What the operator reads

LOGGING = logging_settings(level=environment.text("OPENVMO_LOG_LEVEL", "INFO").upper())
