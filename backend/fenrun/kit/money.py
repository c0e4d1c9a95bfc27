"""Money: integer minor units and an ISO 4217 code. Never a float."""

import re
from dataclasses import dataclass
from typing import ClassVar

from iso4217 import Currency as Iso4217

from fenrun.kit.errors import FenrunError

# An order's base has 64 bits in the contract and a signed bigint in the books.
MAX_MINOR = 2**63 - 1

_DECIMAL = re.compile(r"([+-]?)(\d{1,30})(?:\.(\d{1,30}))?")


class AmountError(FenrunError):
    """A text is not an amount in this currency; `code` says why."""

    status = 422
    title = "Not a valid amount"
    code: ClassVar[str] = "amount_malformed"


class AmountPrecisionError(AmountError):
    """More decimals than the currency has."""

    code = "amount_precision"


class AmountTooLargeError(AmountError):
    """More than the books and the contract can hold."""

    code = "amount_too_large"


@dataclass(frozen=True)
class Currency:
    """A currency and its number of decimals, by ISO 4217."""

    code: str
    decimals: int

    @classmethod
    def of(cls, code: str) -> "Currency | None":
        """The currency of an ISO 4217 code in capitals; None if there is none, or if it has no minor unit."""
        try:
            decimals = Iso4217(code).exponent
        except ValueError:
            return None
        return None if decimals is None else cls(code, decimals)

    def parse(self, text: str) -> int:
        """Minor units of a decimal text such as `29.33`.

        Trailing zeros beyond the currency's decimals are no extra precision.

        Raises:
            AmountError: not a plain decimal number.
            AmountPrecisionError: more decimals than the currency has.
            AmountTooLargeError: beyond `MAX_MINOR`.
        """
        match = _DECIMAL.fullmatch(text)
        if match is None:
            shown = text if len(text) <= 40 else f"{text[:40]}… ({len(text)} characters)"
            raise AmountError(f"“{shown}” is not an amount; write digits and a point, as in 29.33")
        sign, whole, fraction = match.group(1), match.group(2), (match.group(3) or "").rstrip("0")
        if len(fraction) > self.decimals:
            raise AmountPrecisionError(f"{text} has {len(fraction)} decimals; {self.code} has {self.decimals}")
        minor: int = int(whole) * 10**self.decimals + int(fraction.ljust(self.decimals, "0") or 0)
        if minor > MAX_MINOR:
            raise AmountTooLargeError(f"{text} {self.code} is more than the books can hold")
        return -minor if sign == "-" else minor

    def format(self, minor: int) -> str:
        """A decimal text of minor units, as in `29.33`; the inverse of `parse`."""
        sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(self.decimals + 1, "0")
        if self.decimals == 0:
            return sign + digits
        return f"{sign}{digits[: -self.decimals]}.{digits[-self.decimals :]}"
