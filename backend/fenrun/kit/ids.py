"""Public ids: a prefix that names the kind, and 26 characters that sort by time (UUIDv7)."""

import base64
import os
import time

_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")


def new_id(prefix: str) -> str:
    """A fresh id such as `ord_01j9…`; the layout is UUIDv7's (RFC 9562), written in Crockford's base 32."""
    millis = time.time_ns() // 1_000_000
    value = millis << 80 | 7 << 76 | int.from_bytes(os.urandom(10)) & ((1 << 76) - 1)
    value = value & ~(3 << 62) | 2 << 62
    # 26 digits have 130 bits; six more make whole bytes of them, and two digits that are cut off.
    digits = base64.b32encode((value << 6).to_bytes(17)).translate(_TO_CROCKFORD)
    return f"{prefix}_{digits[:26].decode()}"
