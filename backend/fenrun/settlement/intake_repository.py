"""All SQL of what comes in: events, the orders and refunds that they make, and what is refused."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from fenrun.kit.db import among, copy_rows
from fenrun.settlement.models import Event, Order, Refund, Refusal

_PAID_AT = 8
"""Where a row of `add_orders` has the time of payment."""


class Known(NamedTuple):
    """An order or a refund that was accepted before."""

    order_id: str
    event_id: str
    body: dict[str, Any]


class KnownEvent(NamedTuple):
    """An event that came before, and what it made."""

    event_id: str
    body: dict[str, Any]
    status: str
    reason: str | None
    order_id: str | None
    refund_id: str | None


class Parked(NamedTuple):
    """An event that waited."""

    event_id: str
    source: str
    external_id: str
    body: dict[str, Any]


class Refundable(NamedTuple):
    """An order, and what is left of it to refund."""

    number: int
    left: int


def lock_intake(session: Session, source: str) -> None:
    """Lets one transaction at a time take in what a source sends, so that the same order is never taken in twice."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:source, 3))"), {"source": source})


def orders_by_external_id(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """Orders of a source by their ids there."""
    rows = session.execute(
        select(Order.external_id, Order.id, Order.event_id, Event.body)
        .join(Event, Event.id == Order.event_id)
        .where(Order.source == source, among(Order.external_id, external_ids))
    )
    return {external_id: Known(*rest) for external_id, *rest in rows}


def refunds_by_external_id(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """Refunds of a source by their ids there."""
    rows = session.execute(
        select(Refund.external_id, Refund.id, Refund.event_id, Event.body)
        .join(Event, Event.id == Refund.event_id)
        .where(Refund.source == source, among(Refund.external_id, external_ids))
    )
    return {external_id: Known(*rest) for external_id, *rest in rows}


def events_by_external_id(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, KnownEvent]:
    """Events of a source that came before, by their ids there."""
    rows = session.execute(
        select(Event.external_id, Event.id, Event.body, Event.status, Event.reason, Order.id, Refund.id)
        .outerjoin(Order, Order.event_id == Event.id)
        .outerjoin(Refund, Refund.event_id == Event.id)
        .where(Event.source == source, among(Event.external_id, external_ids))
    )
    return {external_id: KnownEvent(*rest) for external_id, *rest in rows}


def refundable(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, Refundable]:
    """Orders of a source, with what earlier refunds left of them."""
    rows = session.execute(
        text(
            "SELECT o.external_id, o.number, o.base - coalesce(r.amount, 0) FROM orders o LEFT JOIN"
            " (SELECT order_number, sum(amount) AS amount FROM refunds WHERE status <> 'failed' GROUP BY 1) r"
            " ON r.order_number = o.number WHERE o.source = :source AND o.external_id = ANY(:ids)"
        ),
        {"source": source, "ids": list(external_ids)},
    )
    return {external_id: Refundable(number, int(left)) for external_id, number, left in rows}


def closed_months(session: Session, months: Sequence[dt.date], currency: str) -> set[dt.date]:
    """Which of some months, by their first days, are closed in the books."""
    query = text("SELECT month FROM periods WHERE currency = :currency AND month = ANY(CAST(:months AS date[]))")
    return set(session.scalars(query, {"currency": currency, "months": list(months)}))


def add_events(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes events: id, source, id there, type, body, status, reason."""
    if rows:
        columns = ("id", "source", "external_id", "type", "body", "status", "reason")
        copy_rows(session, "events", columns, ((*row[:4], json.dumps(row[4]), *row[5:]) for row in rows))


def add_orders(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes orders, and puts them into the queue: id, source, id there, event, customer, kind, base, currency,
    paid at, reference.
    """
    if not rows:
        return
    columns = (
        "id", "source", "external_id", "event_id", "customer_number", "kind", "base", "currency", "paid_at",
        "order_ref", "number",
    )  # fmt: skip
    numbers = session.scalars(
        text("SELECT nextval(pg_get_serial_sequence('orders', 'number')) FROM generate_series(1, :count)"),
        {"count": len(rows)},
    ).all()
    copy_rows(session, "orders", columns, ((*row, number) for row, number in zip(rows, numbers, strict=True)))
    queued = ((row[_PAID_AT], number) for row, number in zip(rows, numbers, strict=True))
    copy_rows(session, "order_queue", ("paid_at", "number"), queued)


def add_refunds(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes refunds: id, source, id there, event, order, amount, refunded at, reference."""
    if rows:
        columns = (
            "id", "source", "external_id", "event_id", "order_number", "amount", "refunded_at", "refund_ref",
        )  # fmt: skip
        copy_rows(session, "refunds", columns, rows)


def claim_parked(session: Session, limit: int) -> list[Parked]:
    """Parked events that wait for nothing any more, locked for this transaction; others skip them."""
    rows = session.execute(
        text(
            "SELECT id, source, external_id, body FROM events e WHERE status = 'parked' AND CASE reason"
            " WHEN 'customer_unknown' THEN EXISTS (SELECT FROM customers c JOIN referrals r"
            "  ON r.customer_number = c.number WHERE c.external_id = e.body ->> 'customer_id')"
            " ELSE EXISTS (SELECT FROM orders o WHERE o.source = e.source"
            "  AND o.external_id = e.body ->> 'order_id') END"
            " ORDER BY source, id LIMIT :limit FOR UPDATE SKIP LOCKED"
        ),
        {"limit": limit},
    )
    return [Parked(*row) for row in rows]


def unpark(session: Session, event_id: str, reason: str | None) -> None:
    """Notes that an event waits no more; with a reason when it came to nothing."""
    status = "refused" if reason else "accepted"
    session.execute(update(Event).where(Event.id == event_id).values(status=status, reason=reason))


def add_refusals(session: Session, rows: Sequence[tuple[str, str, str, str, int]]) -> None:
    """Writes refused rows: order id, reason, detail, file, line."""
    copy_rows(session, "refusals", ("order_id", "reason", "detail", "file", "line"), rows)


def refusals(session: Session) -> list[Refusal]:
    """All refused rows, in the order of the files."""
    return list(session.scalars(select(Refusal).order_by(Refusal.id)))
