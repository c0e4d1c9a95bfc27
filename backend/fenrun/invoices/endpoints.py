"""Invoices of partners: HTTP only."""

import datetime as dt

from fastapi import APIRouter, Request

from fenrun.invoices import repository, service
from fenrun.invoices.errors import InvoiceInvalidError, InvoiceStateError, InvoiceTakenError
from fenrun.invoices.models import Invoice
from fenrun.invoices.schemas import InvoiceIn, InvoiceOut, RedLetterIn
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.registry.access import Finance, SignedIn, visible_partner

router = APIRouter(prefix="/v1", tags=["payouts"], responses=problems(UnauthorizedError, ForbiddenError))


@router.get("/partners/{partner_id}/invoices", responses=problems(NotFoundError))
def invoices(
    partner_id: str, viewer: SignedIn, request: Request, session: InSession, paging: Paging
) -> Page[InvoiceOut]:
    """A partner's invoices, newest first."""
    number = visible_partner(session, viewer, partner_id)
    positions: list[int | None] = []
    for id_ in (paging.starting_after, paging.ending_before):
        found = repository.by_id(session, id_) if id_ else None
        if id_ and (found is None or found.partner_number != number):
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(found.number if found else None)
    rows = repository.page(session, number, positions[0], positions[1], paging.limit + 1)
    return page_of([_out(row, request) for row in rows], paging)


@router.post(
    "/partners/{partner_id}/invoices",
    status_code=201,
    responses=problems(NotFoundError, InvoiceInvalidError, InvoiceTakenError),
)
def register_invoice(
    partner_id: str, body: InvoiceIn, viewer: Finance, request: Request, session: InSession
) -> InvoiceOut:
    """Registers an invoice that a partner sent. Rule TAX-CN-05 pays a company no more than its invoices cover."""
    made = service.register(
        session, visible_partner(session, viewer, partner_id), body.code, body.number, body.issued_on,
        int(body.amount), int(body.tax), body.buyer_tax_id, viewer.member_id, dt.datetime.now(dt.UTC).date(),
    )  # fmt: skip
    return _out(made, request)


@router.post("/invoices/{invoice_id}/red-letter", responses=problems(NotFoundError, InvoiceStateError))
def red_letter_invoice(
    invoice_id: str, body: RedLetterIn, _: Finance, request: Request, session: InSession
) -> InvoiceOut:
    """Notes that an invoice was red-lettered (红冲): it covers nothing from here on."""
    return _out(service.red_letter(session, invoice_id, body.reason, dt.datetime.now(dt.UTC)), request)


def _out(row: Invoice, request: Request) -> InvoiceOut:
    return InvoiceOut(
        id=row.id, code=row.code, number=row.invoice_number, issued_on=row.issued_on,
        currency=request.app.state.currency.code, amount=str(row.amount), tax=str(row.tax),
        buyer_tax_id=row.buyer_tax_id, red_lettered_at=row.red_lettered_at, red_letter_reason=row.red_letter_reason,
        created_at=row.created_at,
    )  # fmt: skip
