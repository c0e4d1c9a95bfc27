"""All SQL of invoices."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.invoices.models import Invoice


def by_id(session: Session, id_: str, *, lock: bool = False) -> Invoice | None:
    """An invoice by its id."""
    query = select(Invoice).where(Invoice.id == id_)
    return session.scalar(query.with_for_update() if lock else query)


def by_number(session: Session, code: str, invoice_number: str) -> Invoice | None:
    """An invoice by the code and the number that are printed on it."""
    return session.scalar(select(Invoice).where(Invoice.code == code, Invoice.invoice_number == invoice_number))


def page(session: Session, partner_number: int, after: int | None, before: int | None, limit: int) -> Sequence[Invoice]:
    """A page of a partner's invoices, newest first: what comes after a position, or just before one."""
    query = select(Invoice).where(Invoice.partner_number == partner_number)
    if before is not None:
        rows = session.scalars(query.where(Invoice.number > before).order_by(Invoice.number).limit(limit)).all()
        return list(reversed(rows))
    if after is not None:
        query = query.where(Invoice.number < after)
    return session.scalars(query.order_by(Invoice.number.desc()).limit(limit)).all()


def uncovered(session: Session, numbers: Sequence[int], buyer_tax_id: str | None) -> Mapping[int, tuple[int, int]]:
    """Of partners with invoices: what the valid ones come to, and what was paid since the first was issued.

    Args:
        session: the transaction.
        numbers: of the partners.
        buyer_tax_id: whom an invoice has to be made out to; None where nobody said.
    """
    rows = session.execute(
        text(
            "SELECT i.partner_number, sum(i.amount) FILTER (WHERE i.red_lettered_at IS NULL"
            "   AND (CAST(:buyer AS text) IS NULL OR i.buyer_tax_id = :buyer)),"
            " (SELECT sum(p.gross) FROM payouts p LEFT JOIN payout_runs r ON r.number = p.run_number"
            "   WHERE p.partner_number = i.partner_number AND p.bounce_reason IS NULL"
            "   AND p.status IN ('pending', 'processing', 'sent', 'completed')"
            "   AND coalesce(r.pays_on, p.paid_on) >= min(i.issued_on))"
            " FROM invoices i WHERE i.partner_number = ANY(:numbers) GROUP BY 1"
        ),
        {"numbers": list(numbers), "buyer": buyer_tax_id},
    )
    return {number: (int(invoiced or 0), int(paid or 0)) for number, invoiced, paid in rows}
