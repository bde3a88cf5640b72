"""How the secret of an API token is made and recognised."""

import hashlib
import secrets

SCHEME = "openvmo_"
PREFIX_LENGTH = len(SCHEME) + 4


def new_secret() -> str:
    """Return a new secret: 256 random bits behind a prefix by which scanners of leaked secrets can know it."""
    return SCHEME + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return the hash under which a secret is kept; the secret is random, so that a plain SHA-256 suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()
