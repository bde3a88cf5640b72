"""Reads the environment: every variable has one name, one type and one remedy."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver"})

POOL_SIZE = 8
SHORTEST_KEY = 50
SQLITE_TIMEOUT_SECONDS = 20
EMAIL_TIMEOUT_SECONDS = 10
# The ways to speak to a mail server, each with the port where that is usual.
EMAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LOCAL_HOST = "127.0.0.1"
LOCAL_PORT = ":8000"
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"
    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;"
)


def text(name: str, default: str = "") -> str:
    """Return a variable without surrounding blanks; an empty one counts as unset."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes-or-no variable."""
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}: write 1 for yes or 0 for no.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """Return a whole number of at least one."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number of at least 1.")
    return int(value)


def listing(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return the items of a comma-separated variable."""
    return [item.strip() for item in text(name).split(",") if item.strip()] or list(default)


def data_folder() -> Path:
    """Return the folder of everything that OpenVMO keeps, and create it when it is missing."""
    folder = Path(text("OPENVMO_DATA", "openvmo-data")).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            "Set OPENVMO_DATA to a folder in which you may write."
        ) from error
    return folder


def secret_key(folder: Path) -> str:
    """Return OPENVMO_SECRET_KEY, or else the key in the data folder, which is made at the first start."""
    given = text("OPENVMO_SECRET_KEY")
    if given:
        return given
    path = folder / "secret_key"
    try:
        # Exclusive, so that two processes starting together agree on one key.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"The secret key {path} cannot be written: {error.strerror}. "
            "Make the folder writable or set OPENVMO_SECRET_KEY."
        ) from error
    return _stored_key(path)


def _stored_key(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(
            f"The secret key in {path} is too short. Delete the file: a new key is made at the start."
        )
    return key


def database(url: str, folder: Path) -> dict[str, Any]:
    """Return Django's description of PostgreSQL at an address, or without one of SQLite in the data folder."""
    return _postgresql(url) if url else _sqlite(folder / "openvmo.sqlite3")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": SQLITE_TIMEOUT_SECONDS,
            # A transaction takes the write lock at its start: one that reads first and then writes cannot fail.
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = _split(url, "OPENVMO_DATABASE_URL", {"postgresql", "postgres"}, "postgresql://user:password@host:5432/name")
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "OPENVMO_DATABASE_URL names no database: write postgresql://user:password@host:5432/name."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    options["pool"] = {"min_size": 1, "max_size": number("OPENVMO_DATABASE_POOL", POOL_SIZE)}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def email(url: str) -> dict[str, Any]:
    """Return Django's mail settings for an address; without one mails are printed.

    ``smtps://user:password@host:465`` is encrypted from the start, ``smtp+tls://user:password@host:587`` switches to
    encryption before the sign-in (STARTTLS), and ``smtp://host:25`` is not encrypted.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = _split(url, "OPENVMO_EMAIL_URL", set(EMAIL_PORTS), "smtps://user:password@mail.example.org:465")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or EMAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": EMAIL_TIMEOUT_SECONDS,
    }


def public_url(url: str, hosts: Sequence[str], *, is_https: bool) -> str:
    """Return the address of the server as people type it, without a slash at its end, for links in e-mails.

    Args:
        url: What OPENVMO_URL says; empty: the first allowed host, on this machine at the port of ``openvmo serve``.
        hosts: The allowed hosts.
        is_https: Whether the server is reached by HTTPS.
    """
    if not url:
        host = next((host.lstrip(".") for host in hosts if host != "*"), LOCAL_HOST)
        return f"{'https' if is_https else 'http'}://{host}{LOCAL_PORT if host in LOOPBACK_HOSTS else ''}"
    parts = _split(url, "OPENVMO_URL", {"http", "https"}, "https://value.example.org")
    if not parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured("OPENVMO_URL is not understood: write it like https://value.example.org.")
    return url.rstrip("/")


def _split(url: str, name: str, schemes: set[str], example: str) -> SplitResult:
    remedy = f"{name} is not understood: write it like {example}."
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise ImproperlyConfigured(remedy) from error
    if not is_usable:
        raise ImproperlyConfigured(remedy)
    return parts


def is_loopback_only(hosts: Sequence[str]) -> bool:
    """Return whether all hosts are names of this machine, as on a laptop without HTTPS."""
    return all(host in LOOPBACK_HOSTS for host in hosts)


def static_version(version: str) -> str:
    """Return the part of a static file's address that changes whenever one of our own files does."""
    rooms = Path(__file__).parents[1]
    files = sorted(path for path in rooms.glob("*/static/**/*") if path.is_file())
    stamps = [f"{path.relative_to(rooms)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    digest = hashlib.sha256("\n".join(stamps).encode()).hexdigest()
    return f"{version}-{digest[:8]}"


def is_immutable(_path: str, _url: str) -> bool:
    """Return whether a static file may be cached for ever; all may, for their addresses carry a version."""
    return True
