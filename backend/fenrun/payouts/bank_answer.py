"""What a bank says became of payments: CSV, or ISO 20022 pain.002, camt.053, camt.054. Reads; decides nothing."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from fenrun.kit.money import AmountError, Currency
from fenrun.payouts.errors import BankAnswerError
from fenrun.payouts.states import Outcome

CSV_COLUMNS = ("end_to_end_id", "status", "amount", "reason", "bank_reference")
_OUTCOMES: dict[str, Outcome] = {"paid": "paid", "failed": "failed", "returned": "returned"}
_MOST_SHOWN = 20

# ExternalPaymentTransactionStatus1Code. What is not here (accepted, pending) is not an answer yet.
OURS = "FENRUN-"
"""End-to-end ids of ours begin so. What else stands in a statement of the account is none of our business."""

_PAIN002: dict[str, Outcome] = {"ACSC": "paid", "ACCC": "paid", "RJCT": "failed", "CANC": "failed"}


@dataclass(frozen=True)
class Row:
    """What is said of one payment; `amount` is minor units, where the file has it."""

    line: int
    end_to_end_id: str
    outcome: Outcome
    amount: int | None
    reason: str
    bank_reference: str


class Complaints:
    """What is wrong with the rows of a file: collected, so that all of it is said at once."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, what: str) -> None:
        """Something about a line."""
        self._found.append((line, what))

    def raise_any(self) -> None:
        """Ends the import when there was anything.

        Raises:
            BankAnswerError: with every line and what is wrong with it.
        """
        if not self._found:
            return
        shown = "; ".join(f"line {line}: {what}" for line, what in sorted(self._found)[:_MOST_SHOWN])
        more = f"; and {len(self._found) - _MOST_SHOWN} more" if len(self._found) > _MOST_SHOWN else ""
        raise BankAnswerError(f"{shown}{more}. Correct the file and import it again")


def read(data: bytes, currency: Currency) -> list[Row]:
    """The rows of a file, CSV or XML by its first character; a payment may stand in it once.

    Raises:
        BankAnswerError: it is neither, or has rows that say nothing sensible; each is named by its line.
    """
    complaints = Complaints()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BankAnswerError(f"byte {error.start}: the file is not UTF-8") from error
    is_xml = text.lstrip().startswith("<")
    rows = list(_xml(text, currency, complaints) if is_xml else _csv(text, currency, complaints))
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.end_to_end_id, row.line)
        if first != row.line:
            complaints.add(row.line, f"{row.end_to_end_id} stands in line {first} already")
    complaints.raise_any()
    if not rows:
        raise BankAnswerError("It names no payment with an end-to-end id and a final status")
    return rows


def _csv(text: str, currency: Currency, complaints: Complaints) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if tuple(header) != CSV_COLUMNS:
            raise BankAnswerError(f"line 1: the columns must be {','.join(CSV_COLUMNS)}")
        for fields in reader:
            row = _row(reader.line_num, fields, currency, complaints)
            if row is not None:
                yield row
    except csv.Error as error:
        raise BankAnswerError(f"line {reader.line_num}: {error}") from error


def _row(line: int, fields: list[str], currency: Currency, complaints: Complaints) -> Row | None:
    if len(fields) != len(CSV_COLUMNS):
        complaints.add(line, f"{len(fields)} columns, not {len(CSV_COLUMNS)}")
        return None
    end_to_end_id, status, amount, reason, bank_reference = (field.strip() for field in fields)
    outcome = _OUTCOMES.get(status)
    if outcome is None:
        complaints.add(line, f"status “{status[:20]}” is none of {', '.join(_OUTCOMES)}")
        return None
    if outcome != "paid" and not reason:
        complaints.add(line, f"a payment that was {outcome} needs a reason")
        return None
    try:
        minor = currency.parse(amount)
    except AmountError as error:
        complaints.add(line, error.detail)
        return None
    return Row(line, end_to_end_id, outcome, minor, reason[:200], bank_reference[:100])


def _xml(text: str, currency: Currency, complaints: Complaints) -> Iterator[Row]:
    # Without a document type there are no entities, so nothing in a file can grow.
    if "<!DOCTYPE" in text:
        raise BankAnswerError("An ISO 20022 file has no document type")
    try:
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise BankAnswerError(f"line {error.position[0]}: it is not XML: {error}") from error
    if "pain.002" in root.tag:
        return _pain002(root)
    if "camt.053" in root.tag or "camt.054" in root.tag:
        return _camt(root, currency, complaints)
    raise BankAnswerError("line 1: of ISO 20022 files, pain.002, camt.053 and camt.054 are read")


def _pain002(root: ET.Element) -> Iterator[Row]:
    for number, entry in enumerate(root.iter(_tag(root, "TxInfAndSts")), start=1):
        outcome = _PAIN002.get(_find(root, entry, "TxSts"))
        if outcome is None:
            continue
        said = (_find(root, entry, "StsRsnInf", "Rsn", "Cd"), _find(root, entry, "StsRsnInf", "AddtlInf"))
        reason = " ".join(part for part in said if part) or "no reason given"
        # XML has no lines that mean anything: a transaction is named by its place.
        yield Row(
            number, _find(root, entry, "OrgnlEndToEndId"), outcome, None, reason[:200],
            _find(root, entry, "AcctSvcrRef")[:100],
        )  # fmt: skip


def _camt(root: ET.Element, currency: Currency, complaints: Complaints) -> Iterator[Row]:
    """The booked entries of ours. A payment that went and came back in one file came back."""
    found: dict[str, Row] = {}
    number = 0
    for entry in root.iter(_tag(root, "Ntry")):
        # The status is a text up to version 4, and a code in an element of its own since.
        booked = (_find(root, entry, "Sts", "Cd") or _find(root, entry, "Sts")) == "BOOK"
        details = list(entry.iter(_tag(root, "TxDtls")))
        for detail in details:
            number += 1
            end_to_end_id = _find(root, detail, "Refs", "EndToEndId")
            if not booked or not end_to_end_id.startswith(OURS):
                continue
            amount = _amount(root, detail, entry if len(details) == 1 else None)
            minor = _minor(amount, number, currency, complaints)
            debit = (_find(root, detail, "CdtDbtInd") or _find(root, entry, "CdtDbtInd")) == "DBIT"
            said = (_find(root, detail, "RtrInf", "Rsn", "Cd"), _find(root, detail, "RtrInf", "AddtlInf"))
            reason = " ".join(part for part in said if part) or "no reason given"
            reference = _find(root, detail, "Refs", "AcctSvcrRef") or _find(root, entry, "AcctSvcrRef")
            row = Row(number, end_to_end_id, "paid" if debit else "returned", minor, reason[:200], reference[:100])
            if end_to_end_id not in found or row.outcome == "returned":
                found[end_to_end_id] = row
    yield from found.values()


def _amount(root: ET.Element, detail: ET.Element, entry: ET.Element | None) -> ET.Element | None:
    """The amount of one payment; the entry's own where it holds only that."""
    for within, path in ((detail, ("Amt",)), (detail, ("AmtDtls", "TxAmt", "Amt")), (entry, ("Amt",))):
        amount = within.find("/".join(_tag(root, name) for name in path)) if within is not None else None
        if amount is not None:
            return amount
    return None


def _minor(amount: ET.Element | None, number: int, currency: Currency, complaints: Complaints) -> int | None:
    if amount is None:
        return None
    if amount.get("Ccy") != currency.code:
        complaints.add(number, f"it is in {str(amount.get('Ccy'))[:10]}, not {currency.code}")
        return None
    try:
        return currency.parse((amount.text or "").strip())
    except AmountError as error:
        complaints.add(number, error.detail)
        return None


def _find(root: ET.Element, entry: ET.Element, *path: str) -> str:
    return (entry.findtext("/".join(_tag(root, name) for name in path)) or "").strip()


def _tag(root: ET.Element, name: str) -> str:
    namespace, _, _ = root.tag.rpartition("}")
    return f"{namespace}}}{name}" if namespace else name
