"""All SQL that moves orders along the road."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from fenrun.attribution.models import Customer
from fenrun.kit.db import copy_rows
from fenrun.settlement.models import Batch, Event, Order, Payout, Refusal


class Known(NamedTuple):
    """An order that was accepted before."""

    order_id: str
    event_id: str
    body: dict[str, Any]


class Pending(NamedTuple):
    """An order that waits for a batch."""

    number: int
    order_ref: bytes
    base: int
    kind: str
    paid_at: dt.datetime
    customer_key: bytes


def orders_by_external_id(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """Orders of a source by their ids there."""
    rows = session.execute(
        select(Order.external_id, Order.id, Order.event_id, Event.body)
        .join(Event, Event.id == Order.event_id)
        .where(Order.source == source, Order.external_id.in_(external_ids))
    )
    return {external_id: Known(*rest) for external_id, *rest in rows}


def lock_intake(session: Session, source: str) -> None:
    """Lets one transaction at a time take in what a source sends, so that the same order is never taken in twice."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:source, 3))"), {"source": source})


def event_ids(session: Session, source: str, external_ids: Sequence[str]) -> set[str]:
    """Those ids of events of a source that came before."""
    rows = session.scalars(select(Event.external_id).where(Event.source == source, Event.external_id.in_(external_ids)))
    return set(rows)


def add_events(session: Session, rows: Sequence[tuple[str, str, str, str, dict[str, str]]]) -> None:
    """Writes events: id, source, id there, type, body."""
    copy_rows(
        session,
        "events",
        ("id", "source", "external_id", "type", "body"),
        ((*row[:4], json.dumps(row[4])) for row in rows),
    )


def add_refusals(session: Session, rows: Sequence[tuple[str, str, str, str, int]]) -> None:
    """Writes refused rows: order id, reason, detail, file, line."""
    copy_rows(session, "refusals", ("order_id", "reason", "detail", "file", "line"), rows)


def claim_pending(session: Session, paid_before: dt.datetime, limit: int) -> list[Pending]:
    """Pending orders paid before a moment, oldest first, locked for this transaction; others skip them."""
    rows = session.execute(
        select(Order.number, Order.order_ref, Order.base, Order.kind, Order.paid_at, Customer.customer_key)
        .join(Customer, Customer.number == Order.customer_number)
        .where(Order.status == "pending", Order.paid_at < paid_before)
        .order_by(Order.paid_at, Order.number)
        .limit(limit)
        .with_for_update(of=Order, skip_locked=True)
    )
    return [Pending(*row) for row in rows]


def submit(session: Session, numbers: list[int], batch_number: int) -> None:
    """Notes that orders are on their way in a batch."""
    session.execute(
        update(Order).where(Order.number.in_(numbers)).values(status="submitted", batch_number=batch_number)
    )


def fail(session: Session, number: int, reason: str) -> None:
    """Sets an order aside."""
    session.execute(update(Order).where(Order.number == number).values(status="failed", reason=reason))


def fail_reverted(session: Session) -> int:
    """Sets aside the orders of batches whose transaction was reverted; returns how many."""
    result = session.connection().execute(
        text(
            "UPDATE orders SET status = 'failed', reason = 'batch_reverted'"
            " FROM batches, intents WHERE orders.batch_number = batches.number"
            " AND batches.intent_id = intents.id AND intents.state = 'reverted'"
            " AND orders.status = 'submitted'"
        )
    )
    return result.rowcount


def confirm(session: Session, numbers: list[int], settled_on: dt.date, block_number: int) -> None:
    """Notes that a block settled orders."""
    session.execute(
        update(Order)
        .where(Order.number.in_(numbers))
        .values(status="confirmed", reason=None, settled_on=settled_on, block_number=block_number)
    )


def skip(session: Session, number: int, reason: str) -> None:
    """Notes that the contract left out an order that is not settled."""
    session.execute(
        update(Order).where(Order.number == number, Order.status == "submitted").values(status="failed", reason=reason)
    )


def finalize(session: Session, block_number: int) -> None:
    """Notes that what blocks up to this one settled is final."""
    for table in (Order, Batch):
        session.execute(
            update(table)
            .where(table.status == "confirmed", table.block_number <= block_number)
            .values(status="finalized")
        )


def forget_above(session: Session, block_number: int) -> None:
    """Takes back what blocks above this one said."""
    at = {"number": block_number}
    session.execute(text("DELETE FROM commissions WHERE block_number > :number"), at)
    session.execute(text("DELETE FROM maturities WHERE block_number > :number"), at)
    session.execute(
        text(
            "UPDATE orders SET status = 'submitted', reason = NULL, settled_on = NULL, block_number = NULL"
            " FROM batches b JOIN intents i ON i.id = b.intent_id"
            " WHERE orders.batch_number = b.number AND i.block_number > :number"
        ),
        at,
    )
    session.execute(
        text(
            "UPDATE batches SET status = 'submitted', skipped = 0, chain_number = NULL, root = NULL,"
            " settled_on = NULL, block_number = NULL WHERE block_number > :number"
        ),
        at,
    )
    session.execute(
        text(
            "UPDATE payouts SET status = 'processing', reason = NULL, cumulative = NULL,"
            " paid_on = NULL, block_number = NULL WHERE block_number > :number"
        ),
        at,
    )


def withheld(session: Session, payout_number: int) -> int | None:
    """What was withheld of a payment; None when it is not one of ours."""
    return session.scalar(select(Payout.withheld).where(Payout.number == payout_number))


def refusals(session: Session) -> list[Refusal]:
    """All refused rows, in the order of the files."""
    return list(session.scalars(select(Refusal).order_by(Refusal.id)))
