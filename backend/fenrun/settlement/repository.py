"""All SQL that moves orders and refunds along the road: to the chain, and back when it changes its mind."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from fenrun.chain.indexer import Log
from fenrun.kit.calendar import day_of
from fenrun.kit.db import among, copy_rows
from fenrun.settlement.errors import SKIP_REASONS
from fenrun.settlement.models import Batch, Order, OrderInQueue, Refund

ORDER_STATUS = (
    "CASE WHEN o.reason IS NOT NULL THEN 'failed' WHEN o.batch_number IS NULL THEN 'pending' ELSE b.status END"
)
"""The state of an order `o` with its batch `b`."""


class Pending(NamedTuple):
    """An order that waits for a batch."""

    number: int
    order_ref: bytes
    base: int
    kind: str
    paid_at: dt.datetime
    customer_key: bytes


# --- Batches ----------------------------------------------------------------------------------------


# Until the chain knows who earned the customer, the contract would leave the order out; and while compliance holds the
# customer, nothing may be credited.
_PENDING = """
SELECT o.number, o.order_ref, o.base, o.kind, o.paid_at, c.customer_key
FROM order_queue q
JOIN orders o ON o.number = q.number
JOIN customers c ON c.number = o.customer_number
WHERE q.paid_at < :before AND NOT EXISTS (
  SELECT FROM referrals r
  WHERE r.customer_number = o.customer_number AND r.status = 'pending' AND r.effective_from <= o.paid_at)
AND NOT EXISTS (SELECT FROM customer_holds h WHERE h.customer_number = o.customer_number)
ORDER BY q.paid_at, q.number LIMIT :limit FOR UPDATE OF q SKIP LOCKED
"""


def claim_pending(session: Session, paid_before: dt.datetime, limit: int) -> list[Pending]:
    """Pending orders paid before a moment, oldest first, locked for this transaction; others skip them."""
    rows = session.execute(text(_PENDING), {"before": paid_before, "limit": limit})
    return [Pending(*row) for row in rows]


def submit(session: Session, orders: Sequence[Pending], batch_number: int) -> None:
    """Notes that orders are on their way in a batch."""
    _take_off_queue(session, orders)
    numbers = [order.number for order in orders]
    session.execute(update(Order).where(among(Order.number, numbers)).values(batch_number=batch_number))


def fail(session: Session, order: Pending, reason: str) -> None:
    """Sets an order aside."""
    _take_off_queue(session, [order])
    session.execute(update(Order).where(Order.number == order.number).values(reason=reason))


def _take_off_queue(session: Session, orders: Sequence[Pending]) -> None:
    session.execute(
        text(
            "DELETE FROM order_queue WHERE (paid_at, number) IN"
            " (SELECT * FROM unnest(CAST(:paid_at AS timestamptz[]), CAST(:numbers AS bigint[])))"
        ),
        {"paid_at": [order.paid_at for order in orders], "numbers": [order.number for order in orders]},
    )


def retry(session: Session, number: int) -> bool:
    """Lets an order that was set aside wait for a batch again; False when it was not set aside."""
    order = session.get(Order, number, with_for_update=True)
    if order is None or order.reason is None:
        return False
    order.reason = order.batch_number = None
    session.add(OrderInQueue(paid_at=order.paid_at, number=order.number))
    session.flush()
    return True


def take_back_refused(session: Session, most_tries: int) -> None:
    """Takes orders back from batches that were given up; refunds and withdrawals that were given up are set aside.

    What the contract refuses holds an order that it did not refuse before: they all wait for a batch again, which finds
    that one. What was sent `most_tries` times, each time to be reverted, is set aside.
    """
    refused = session.execute(
        text(
            "UPDATE batches b SET status = 'failed' FROM intents i"
            " WHERE b.intent_id = i.id AND i.state = 'refused' AND b.status = 'submitted'"
            " RETURNING b.number, (SELECT count(*) + 1 FROM intents k WHERE k.key LIKE i.key || '#%')"
        )
    ).all()
    for number, tries in refused:
        if tries >= most_tries:
            session.execute(update(Order).where(Order.batch_number == number).values(reason="batch_reverted"))
            continue
        taken = update(Order).where(Order.batch_number == number).values(batch_number=None)
        rows = session.execute(taken.returning(Order.paid_at, Order.number)).all()
        copy_rows(session, "order_queue", ("paid_at", "number"), rows)
    session.execute(
        text(
            "UPDATE refunds SET status = 'failed', reason = 'refund_reverted' FROM intents"
            " WHERE refunds.intent_id = intents.id AND intents.state = 'refused' AND refunds.status = 'submitted'"
        )
    )
    session.execute(
        text(
            "UPDATE payouts SET status = 'failed', reason = 'The contract refused it after all',"
            " block_number = intents.block_number FROM intents WHERE payouts.intent_id = intents.id"
            " AND intents.state = 'refused' AND payouts.status = 'processing' AND payouts.rail = 'token'"
        )
    )


def note_batch(session: Session, log: Log) -> None:
    """Notes that a block settled a batch of ours, and which orders the contract left out."""
    number = session.scalar(
        text(
            "UPDATE batches SET status = 'confirmed', skipped = :skipped, chain_number = :chain_number,"
            " root = :root, settled_on = :settled_on, block_number = :block_number"
            " WHERE intent_id = (SELECT intent_id FROM attempts WHERE transaction_hash = :hash) RETURNING number"
        ),
        {
            "skipped": len(log.fields["skipped"]),
            "chain_number": log.fields["batchId"],
            "root": log.fields["root"],
            "settled_on": day_of(log.fields["day"]),
            "block_number": log.block_number,
            "hash": log.transaction_hash,
        },
    )
    for order_number, reason in log.fields["skipped"]:
        # A duplicate was settled by another batch, and is what that one is.
        session.execute(
            update(Order)
            .where(Order.number == order_number, Order.batch_number == number)
            .values(reason=SKIP_REASONS[reason])
        )


def finalize(session: Session, block_number: int) -> None:
    """Notes that what blocks up to this one settled is final."""
    session.execute(
        update(Batch).where(Batch.status == "confirmed", Batch.block_number <= block_number).values(status="finalized")
    )


def forget_above(session: Session, block_number: int) -> None:
    """Takes back what blocks above this one said of our batches, refunds and payments."""
    at = {"number": block_number}
    session.execute(
        text(
            "UPDATE orders SET reason = NULL FROM batches b JOIN intents i ON i.id = b.intent_id"
            " WHERE orders.batch_number = b.number AND i.block_number > :number AND orders.reason IS NOT NULL"
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
        text("UPDATE refunds SET status = 'submitted', block_number = NULL WHERE block_number > :number"), at
    )
    session.execute(
        text(
            "DELETE FROM payouts WHERE rail = 'token' AND run_number IS NULL AND intent_id IS NULL"
            " AND block_number > :number"
        ),
        at,
    )
    session.execute(
        text(
            "UPDATE payouts SET status = CASE WHEN run_number IS NULL THEN 'processing' ELSE 'sent' END,"
            " reason = NULL, cumulative = NULL, paid_on = NULL, block_number = NULL, log_seq = NULL,"
            " transaction_hash = NULL WHERE block_number > :number"
        ),
        at,
    )


# --- Refunds and disputes ---------------------------------------------------------------------------


class DueRefund(NamedTuple):
    """A refund whose order is settled: what was refunded of the order with it, and where the order is on chain."""

    number: int
    order_number: int
    refunded: int
    refund_ref: bytes
    chain_number: int
    transaction_hash: bytes


# One of an order at a time: the next one's sum is known when it is known what became of this one.
_DUE_REFUNDS = """
SELECT r.number, r.order_number, r.amount + coalesce((SELECT sum(amount) FROM refunds c
         WHERE c.order_number = r.order_number AND c.status = 'confirmed'), 0),
       r.refund_ref, b.chain_number, i.transaction_hash
FROM refunds r
JOIN orders o ON o.number = r.order_number AND o.reason IS NULL
JOIN batches b ON b.number = o.batch_number AND b.status IN ('confirmed', 'finalized')
JOIN intents i ON i.id = b.intent_id
WHERE r.status = 'pending' AND r.refunded_at < :before AND NOT EXISTS (
  SELECT FROM refunds e WHERE e.order_number = r.order_number
  AND (e.status = 'submitted' OR e.status = 'pending' AND e.number < r.number))
ORDER BY r.number LIMIT :limit FOR UPDATE OF r SKIP LOCKED
"""


def claim_refunds(session: Session, before: dt.datetime, limit: int) -> list[DueRefund]:
    """Refunds before a moment that can go on chain, locked for this transaction; others skip them."""
    rows = session.execute(text(_DUE_REFUNDS), {"before": before, "limit": limit})
    return [
        DueRefund(number, order, int(refunded), bytes(ref), chain_number, bytes(hash_))
        for number, order, refunded, ref, chain_number, hash_ in rows
    ]


def submit_refund(session: Session, number: int, intent_id: int) -> None:
    """Notes that a refund is on its way."""
    session.execute(update(Refund).where(Refund.number == number).values(status="submitted", intent_id=intent_id))


def fail_refund(session: Session, number: int, reason: str) -> None:
    """Sets a refund aside."""
    session.execute(update(Refund).where(Refund.number == number).values(status="failed", reason=reason))


def note_refunded(session: Session, refund_ref: bytes, block_number: int) -> None:
    """Notes that a block holds a refund."""
    session.execute(
        update(Refund)
        .where(Refund.refund_ref == refund_ref)
        .values(status="confirmed", reason=None, block_number=block_number)
    )


def add_clawbacks(
    session: Session, log: Log, order_number: int, clawbacks: Sequence[Sequence[int]], day: dt.date
) -> None:
    """Writes what a log took back: the contract's `Clawback`s."""
    columns = (
        "log_seq", "role", "order_number", "partner_number", "from_frozen", "from_held", "from_available", "to_debt",
        "clawed_on", "block_number",
    )  # fmt: skip
    rows = [
        (log.seq, role, order_number, partner, *taken, day, log.block_number) for partner, role, *taken, _ in clawbacks
    ]
    copy_rows(session, "clawbacks", columns, rows)


def claw_back(session: Session, order_number: int, clawbacks: Sequence[Sequence[int]], sign: int) -> None:
    """Notes on legs what was taken back of them. A leg that a ruling gave to another partner stays as it was."""
    for partner, role, *taken, _ in clawbacks:
        session.execute(
            text(
                "UPDATE commissions SET clawed_back = clawed_back + :amount"
                " WHERE order_number = :order AND role = :role AND partner_number = :partner"
            ),
            {"amount": sign * sum(taken), "order": order_number, "role": role, "partner": partner},
        )


def note_dispute(session: Session, order_number: int, role: int, state: str | None) -> None:
    """Notes on a leg that it is disputed, or how that ended."""
    session.execute(
        text("UPDATE commissions SET dispute = :state WHERE order_number = :order AND role = :role"),
        {"state": state, "order": order_number, "role": role},
    )


def delete_legs(session: Session, order_numbers: Sequence[int]) -> None:
    """Removes the legs of orders."""
    session.execute(
        text("DELETE FROM commissions WHERE order_number = ANY(:numbers)"), {"numbers": list(order_numbers)}
    )
