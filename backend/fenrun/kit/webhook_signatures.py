"""Standard Webhooks signatures, version 1.0.0: `v1`, HMAC-SHA256 over `id.timestamp.body`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from fenrun.kit.errors import FenrunError, MalformedError

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)  # as the specification has it
_ID = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,255}")  # visible ASCII without “.”, which ends the id in what is signed
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class SignatureError(FenrunError):
    """A webhook whose signature does not hold; the detail says which part."""

    code = "webhook_signature_invalid"
    status = 401
    title = "The webhook's signature does not hold"


def new_secret() -> bytes:
    """A random signing secret of 256 bits."""
    return secrets.token_bytes(32)


def secret_text(secret: bytes) -> str:
    """A secret as people copy it: `whsec_…`."""
    return _PREFIX + base64.b64encode(secret).decode()


def parse_secret(text: str) -> bytes:
    """The secret of `whsec_…`; the inverse of `secret_text`.

    Raises:
        MalformedError: not base64, or not of 24 to 64 bytes.
    """
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) not in _SECRET_BYTES:
        raise MalformedError("A signing secret is whsec_ followed by 24 to 64 bytes in base64")
    return secret


def sign(secrets_: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: a signature with each secret, so that either of two verifies while they change.

    Args:
        secrets_: The secrets in force.
        message_id: The header `webhook-id`.
        timestamp: The header `webhook-timestamp`: seconds since 1970.
        body: Exactly the bytes that are sent.
    """
    return " ".join(_sign(secret, message_id, str(timestamp), body) for secret in secrets_)


def verify(secrets_: Iterable[bytes], message_id: str, timestamp: str, signature: str, body: bytes, now: float) -> None:
    """Checks the three headers of a webhook against its raw body.

    Every signature is compared with every secret, in constant time, whichever of them matches.

    Args:
        secrets_: The secrets in force of whoever it says it is from.
        message_id: The header `webhook-id`.
        timestamp: The header `webhook-timestamp`.
        signature: The header `webhook-signature`: signatures of any version, separated by spaces.
        body: Exactly the bytes that came.
        now: Seconds since 1970.

    Raises:
        SignatureError: a header is malformed, the time is off by more than five minutes, or no signature matches.
    """
    if not _ID.fullmatch(message_id):
        raise SignatureError("webhook-id is 1 to 255 visible characters without a full stop")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureError("webhook-timestamp is a whole number of seconds since 1970")
    off = int(timestamp) - now
    if abs(off) > TOLERANCE_SECONDS:
        raise SignatureError(
            f"webhook-timestamp is {abs(off):.0f} seconds {'ahead' if off > 0 else 'old'}; {TOLERANCE_SECONDS} are"
            " allowed. Sign each attempt anew, and set the clock"
        )
    given = [part.encode() for part in signature.split(" ")]
    expected = [_sign(secret, message_id, timestamp, body).encode() for secret in secrets_]
    if not any([hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]):  # noqa: C419
        raise SignatureError(
            "No signature of webhook-signature matches: is it “v1,” and base64, over the raw body, with this source's"
            " secret?"
        )


def _sign(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
