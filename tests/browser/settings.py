"""The server's own settings, and a language that is written from right to left."""

from openvmo_web.config.settings import *  # noqa: F403

LANGUAGES = [*LANGUAGES, ("ar", "Arabic")]  # noqa: F405
