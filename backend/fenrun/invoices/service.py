"""Decisions about invoices: what is one, and when it covers nothing any more."""

import datetime as dt
import re

from sqlalchemy.orm import Session

from fenrun.invoices import repository
from fenrun.invoices.errors import InvoiceInvalidError, InvoiceStateError, InvoiceTakenError
from fenrun.invoices.models import Invoice
from fenrun.kit import audit_log
from fenrun.kit.company_identity import is_credit_code
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id

_DIGITAL = re.compile(r"\d{20}")
_PAPER_CODE, _PAPER_NUMBER = re.compile(r"\d{10}|\d{12}"), re.compile(r"\d{8}")


def register(
    session: Session,
    partner_number: int,
    code: str,
    invoice_number: str,
    issued_on: dt.date,
    amount: int,
    tax: int,
    buyer_tax_id: str,
    by: str,
    today: dt.date,
) -> Invoice:
    """Writes an invoice of a partner down, once; amounts are minor units of the ledger's currency.

    Raises:
        InvoiceInvalidError: its numbers, day or amounts are none of an invoice.
        InvoiceTakenError: it is registered already, for this partner or another.
    """
    paper = _PAPER_CODE.fullmatch(code) and _PAPER_NUMBER.fullmatch(invoice_number)
    if not paper and not (code == "" and _DIGITAL.fullmatch(invoice_number)):
        raise InvoiceInvalidError(
            "number: a fully digital invoice has 20 digits and no code; any other has 8, and a code of 10 or 12"
        )
    if not is_credit_code(buyer_tax_id):
        raise InvoiceInvalidError("buyer_tax_id: it is no unified social credit code")
    if issued_on > today:
        raise InvoiceInvalidError(f"issued_on: {issued_on} is still to come")
    if not 0 <= tax < amount:
        raise InvoiceInvalidError("tax: it is less than the amount, which it is a part of")
    known = repository.by_number(session, code, invoice_number)
    if known is not None:
        raise InvoiceTakenError(f"Invoice {code} {invoice_number} was registered on {known.created_at:%Y-%m-%d}")
    made = Invoice(
        id=new_id("fp"), partner_number=partner_number, code=code, invoice_number=invoice_number,
        issued_on=issued_on, amount=amount, tax=tax, buyer_tax_id=buyer_tax_id, registered_by=by,
        red_lettered_at=None, red_letter_reason=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.refresh(made)
    after = {"number": f"{code} {invoice_number}".strip(), "amount": str(amount), "partner": partner_number}
    audit_log.record(session, "invoice.registered", made.id, after=after)
    return made


def red_letter(session: Session, id_: str, reason: str, now: dt.datetime) -> Invoice:
    """Notes that an invoice was red-lettered (红冲): it covers nothing from here on.

    Raises:
        NotFoundError: no such invoice.
        InvoiceStateError: it was already.
    """
    found = repository.by_id(session, id_, lock=True)
    if found is None:
        raise NotFoundError(f"No invoice {id_}")
    if found.red_lettered_at is not None:
        raise InvoiceStateError(f"It was red-lettered on {found.red_lettered_at:%Y-%m-%d}")
    found.red_lettered_at, found.red_letter_reason = now, reason
    audit_log.record(session, "invoice.red_lettered", found.id, after={"reason": reason})
    return found
