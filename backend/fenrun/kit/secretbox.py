"""Data that must not be readable in a copied database: AES-256-GCM under a key of the installation."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fenrun.kit.errors import FenrunError

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12


class SealBrokenError(FenrunError):
    """What was sealed cannot be opened: another key, another owner, or changed bytes."""

    code = "seal_broken"
    title = "Encrypted data cannot be read"


class SecretBox:
    """Seals bytes for an owner. What is sealed for one does not open for another, even when copied there."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        """The key follows from the secret and the purpose, so that one secret serves many purposes."""
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, purpose.encode()).derive(secret))

    def seal(self, plain: bytes, owner: str) -> bytes:
        """Encrypts; the same bytes never give the same result twice."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """Decrypts.

        Raises:
            SealBrokenError: it was sealed with another key or for another owner, or was changed.
        """
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _VERSION:
                raise InvalidTag
            return self._cipher.decrypt(nonce, body, owner.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(
                f"What is stored for {owner} does not open: restore the keys it was made with"
            ) from error
