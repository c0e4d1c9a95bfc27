"""Files that a bank takes: CSV, and ISO 20022 pain.001.001.09. The same payments give the same bytes."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from fenrun.kit.money import Currency
from fenrun.payouts.details import Account, is_iban

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CSV_COLUMNS = ("end_to_end_id", "holder", "account", "bic", "bank_code", "amount", "currency", "pays_on", "remittance")


@dataclass(frozen=True)
class Payment:
    """One payment of a file. `net` is minor units."""

    end_to_end_id: str
    account: Account
    net: int
    remittance: str


@dataclass(frozen=True)
class Order:
    """What a file says as a whole."""

    message_id: str
    made_at: dt.datetime
    pays_on: dt.date
    currency: Currency
    payer_name: str
    payer_account: str
    payer_bic: str
    payments: Sequence[Payment]

    @property
    def total(self) -> str:
        """The sum of all payments, as the bank's control sum has it."""
        return self.currency.format(sum(payment.net for payment in self.payments))


def as_csv(order: Order) -> bytes:
    """The payments as CSV (RFC 4180, UTF-8), one a row; see `CSV_COLUMNS`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for payment in order.payments:
        account = payment.account
        writer.writerow(
            (
                payment.end_to_end_id, account.holder, account.identifier, account.bic or "", account.bank_code or "",
                order.currency.format(payment.net), order.currency.code, order.pays_on.isoformat(), payment.remittance,
            )
        )  # fmt: skip
    return out.getvalue().encode()


def as_pain001(order: Order) -> bytes:
    """The payments as a customer credit transfer initiation, pain.001.001.09, in one payment block."""
    document = ET.Element("Document", xmlns=NAMESPACE)
    root = ET.SubElement(document, "CstmrCdtTrfInitn")
    header = ET.SubElement(root, "GrpHdr")
    _text(header, "MsgId", order.message_id)
    _text(header, "CreDtTm", order.made_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(header, "NbOfTxs", str(len(order.payments)))
    _text(header, "CtrlSum", order.total)
    _text(header, "InitgPty/Nm", order.payer_name)
    block = ET.SubElement(root, "PmtInf")
    _text(block, "PmtInfId", order.message_id)
    _text(block, "PmtMtd", "TRF")
    _text(block, "NbOfTxs", str(len(order.payments)))
    _text(block, "CtrlSum", order.total)
    if order.currency.code == "EUR":
        _text(block, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _text(block, "ReqdExctnDt/Dt", order.pays_on.isoformat())
    _text(block, "Dbtr/Nm", order.payer_name)
    _account(ET.SubElement(block, "DbtrAcct"), order.payer_account)
    _agent(ET.SubElement(block, "DbtrAgt"), order.payer_bic or None, None)
    _text(block, "ChrgBr", "SLEV" if order.currency.code == "EUR" else "SHAR")
    for payment in order.payments:
        _transfer(ET.SubElement(block, "CdtTrfTxInf"), payment, order.currency)
    ET.indent(document)
    written: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _transfer(parent: ET.Element, payment: Payment, currency: Currency) -> None:
    account = payment.account
    _text(parent, "PmtId/EndToEndId", payment.end_to_end_id)
    amount = ET.SubElement(ET.SubElement(parent, "Amt"), "InstdAmt", Ccy=currency.code)
    amount.text = currency.format(payment.net)
    if account.bic or account.bank_code:
        _agent(ET.SubElement(parent, "CdtrAgt"), account.bic, account.bank_code)
    _text(parent, "Cdtr/Nm", account.holder)
    _account(ET.SubElement(parent, "CdtrAcct"), account.identifier)
    _text(parent, "RmtInf/Ustrd", payment.remittance)


def _agent(parent: ET.Element, bic: str | None, bank_code: str | None) -> None:
    bank = ET.SubElement(parent, "FinInstnId")
    if bic:
        _text(bank, "BICFI", bic)
    if bank_code:
        _text(bank, "ClrSysMmbId/MmbId", bank_code)
    if not bic and not bank_code:
        _text(bank, "Othr/Id", "NOTPROVIDED")


def _account(parent: ET.Element, identifier: str) -> None:
    compact = identifier.replace(" ", "")
    _text(parent, "Id/IBAN" if is_iban(compact) else "Id/Othr/Id", compact)


def _text(parent: ET.Element, path: str, text: str) -> None:
    """Adds elements one in the other, and text in the innermost."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
