"""Secrets: keyed hashes for what goes on chain, password hashes, random tokens."""

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_passwords = PasswordHasher()


def reference(key: bytes, kind: str, value: str) -> bytes:
    """32 bytes that stand for an id outside our books: HMAC-SHA256 over its kind and value.

    A plain hash of a short id could be guessed by trying all; with the key it cannot.
    """
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt and parameters."""
    return _passwords.hash(password)


@cache
def nobody() -> str:
    """Verified against when a login does not exist, so that it takes as long as when it does.

    Who serves sign-ins asks for it once beforehand: the first verification would take twice as long.
    """
    return hash_password(secrets.token_urlsafe())


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one of the hash; False after the same work when there is none."""
    try:
        _passwords.verify(password_hash or nobody(), password)
    except VerifyMismatchError:
        return False
    return password_hash is not None


def new_token() -> str:
    """A random token of 256 bits for a session or an API key."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """What is stored of a token. It is random and long: one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()
