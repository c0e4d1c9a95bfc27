"""Where partners are paid: bank accounts, sealed, and the documents that must be in order."""

import datetime as dt
import re
from typing import Any

import msgspec

from fenrun.kit.encryption import decrypt, encrypt
from fenrun.payouts.errors import DetailsInvalidError

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{2,33}")
_BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?")
_CODE = re.compile(r"[A-Za-z0-9]{1,35}")


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """A bank account: an IBAN, or a number with the code of its bank."""

    holder: str
    iban: str | None = None
    number: str | None = None
    bic: str | None = None
    bank_code: str | None = None
    """What the clearing system of the country knows the bank by."""

    @property
    def identifier(self) -> str:
        """The IBAN or the number."""
        return self.iban or self.number or ""

    @property
    def hint(self) -> str:
        """The end of the number, to show."""
        return self.identifier.replace(" ", "")[-4:]


class Document(msgspec.Struct, frozen=True):
    """A document that was checked."""

    kind: str
    number: str
    expires_on: dt.date | None = None


def seal(key: bytes, partner_number: int, account: Account) -> bytes:
    """An account as it is stored, for its partner alone, under the partner's key: see `registry.person_keys`."""
    return encrypt(key, _owner(partner_number), msgspec.json.encode(account))


def unseal(key: bytes, partner_number: int, sealed: bytes) -> Account:
    """The account that was sealed for a partner.

    Raises:
        SetupError: it is not this partner's, was changed, or the keys are others.
    """
    return msgspec.json.decode(decrypt(key, _owner(partner_number), sealed), type=Account)


def _owner(partner_number: int) -> str:
    return f"partner {partner_number}"


def documents_of(stored: list[Any]) -> dict[str, Document]:
    """Stored documents by kind."""
    return {document.kind: document for document in msgspec.convert(stored, list[Document])}


def is_iban(text: str) -> bool:
    """Whether this is an IBAN (ISO 13616), its check digits right."""
    if not _IBAN.fullmatch(text):
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1


def is_bic(text: str) -> bool:
    """Whether this has the form of a BIC (ISO 9362)."""
    return _BIC.fullmatch(text) is not None


def checked(account: Account) -> Account:
    """The account, its IBAN without blanks.

    Raises:
        DetailsInvalidError: a part that no bank would take; the detail names it.
    """
    iban = re.sub(r"\s", "", account.iban).upper() if account.iban else None
    if (iban is None) == (account.number is None):
        raise DetailsInvalidError("account: give iban, or number together with bank_code or bic")
    if iban is not None and not is_iban(iban):
        raise DetailsInvalidError("account.iban: its check digits do not fit; copy it from a statement")
    if account.number is not None and not _NUMBER.fullmatch(account.number):
        raise DetailsInvalidError("account.number: 3 to 34 letters and digits")
    if account.number is not None and not (account.bic or account.bank_code):
        raise DetailsInvalidError("account.bank_code: a number needs its bank; give bank_code or bic")
    if account.bic is not None and not is_bic(account.bic):
        raise DetailsInvalidError("account.bic: 8 or 11 capital letters and digits")
    if account.bank_code is not None and not _CODE.fullmatch(account.bank_code):
        raise DetailsInvalidError("account.bank_code: 1 to 35 letters and digits")
    return msgspec.structs.replace(account, iban=iban)


def same_name(holder: str, partner: str) -> bool:
    """Whether an account's holder is the partner, whatever the case and the blanks."""
    return "".join(holder.split()).casefold() == "".join(partner.split()).casefold()
