"""Secrets that we must be able to read again: encrypted under a key that is not in the database.

A copy of the database, such as a backup, says nothing without the installation's key file.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fenrun.kit.errors import SetupError

_NONCE_BYTES = 12


def encrypt(key: bytes, context: str, secret: bytes) -> bytes:
    """AES-256-GCM; the result can be read with the same key and context alone.

    Args:
        key: The installation's key; a key for this purpose is derived from it.
        context: Whose secret it is: a row's kind and id, so that none can be put in another's place.
        secret: What is to be kept.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, secret, context.encode())


def decrypt(key: bytes, context: str, sealed: bytes) -> bytes:
    """The inverse of `encrypt`.

    Raises:
        SetupError: another key, another context, or another row's bytes.
    """
    try:
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SetupError(
            f"The secret of {context} was encrypted with another key: bring back the keys.json of when it was made"
        ) from error


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hmac.new(key, b"fenrun encryption", hashlib.sha256).digest())
