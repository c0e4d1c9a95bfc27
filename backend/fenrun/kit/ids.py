"""Public ids: a prefix that names the kind, and 26 characters that sort by time (UUIDv7)."""

import datetime as dt
import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A fresh id such as `ord_01j9…`; the layout is UUIDv7's (RFC 9562), written in Crockford's base 32."""
    millis = time.time_ns() // 1_000_000
    value = millis << 80 | 7 << 76 | int.from_bytes(os.urandom(10)) & ((1 << 76) - 1)
    value = value & ~(3 << 62) | 2 << 62
    return f"{prefix}_{_digits(value)}"


def first_id(prefix: str, moment: dt.datetime) -> str:
    """What no id made from a moment on sorts before: the ids of a time are a range of their index."""
    return f"{prefix}_{_digits(int(moment.timestamp() * 1000) << 80)}"


def _digits(value: int) -> str:
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
