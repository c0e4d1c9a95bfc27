"""Telling personal data in an identifier: an address, a telephone number, a number of a person, a bank card."""

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """What an identifier turned out to be."""

    code: str
    en: str
    zh: str


EMAIL = Kind("email", "an e-mail address", "电子邮箱")
PHONE = Kind("phone", "a telephone number", "电话号码")
RESIDENT_ID = Kind("resident_id", "a resident identity number", "居民身份证号")
CARD = Kind("card", "a bank card's number", "银行卡号")
IBAN = Kind("iban", "a bank account's number", "银行账号")

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
_CN_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}")
_INTERNATIONAL = re.compile(r"\+[1-9](?:[ ()-]?\d){7,14}")
_RESIDENT_ID = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]
_CHECKS = "10X98765432"
_CARD = re.compile(r"\d{16}|\d{19}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def kind_of(identifier: str) -> Kind | None:
    """What personal data an identifier is; None when it is none that is known.

    Numbers count only when their check digits are right, where they have some: an order's number is often as long.
    """
    text = identifier.strip()
    if "@" in text and _EMAIL.search(text):
        return EMAIL
    if _CN_MOBILE.fullmatch(text) or (text.startswith("+") and _INTERNATIONAL.fullmatch(text)):
        return PHONE
    if len(text) == 18 and _RESIDENT_ID.fullmatch(text) and _is_resident_id(text):
        return RESIDENT_ID
    plain = text.replace(" ", "").replace("-", "")
    if _CARD.fullmatch(plain) and _is_card(plain):
        return CARD
    if _IBAN.fullmatch(plain) and _is_iban(plain):
        return IBAN
    return None


def _is_resident_id(text: str) -> bool:
    """GB 11643-1999."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == text[17].upper()


def _is_card(digits: str) -> bool:
    """ISO/IEC 7812: the Luhn check; issuers' numbers begin with 2 to 6."""
    if digits[0] not in "23456":
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616: the remainder of 97 is 1."""
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
