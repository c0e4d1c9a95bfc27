"""All SQL of statements and periods. Reads the journal and the kept logs; never touches the chain."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.orm import Session

from fenrun.chain.contracts import artifact
from fenrun.chain.models import Block, ChainLog, Intent
from fenrun.ledger import service as ledger
from fenrun.ledger.models import Transaction
from fenrun.statements.models import Checkpoint, CheckpointLeaf, Period

LEDGER = "SettlementLedger"
KINDS = {ledger.HELD: "held", ledger.AVAILABLE: "available", ledger.FROZEN: "frozen", ledger.DEBT: "debt"}
"""A partner's accounts, by the names that statements give them."""

_LOGS = """
SELECT l.seq, l.block_number, l.transaction_hash, l.topic, l.data, l.head, b.timestamp
FROM chain_logs l JOIN blocks b ON b.number = l.block_number
"""
_MOVED = """
SELECT {key}, a.kind, sum(p.credited) FROM (
  SELECT transaction_number, source_id AS account_id, -amount AS credited FROM postings
  UNION ALL SELECT transaction_number, destination_id, amount FROM postings) p
JOIN accounts a ON a.id = p.account_id
WHERE a.kind = ANY(:kinds) AND a.currency = :currency AND {scope}
  AND p.transaction_number > :after AND p.transaction_number <= :last
GROUP BY 1, 2
"""
_LEG = """
SELECT c.order_number, c.role, c.plan_number, c.rate_bps, c.block_number, o.id AS order_id, o.external_id
FROM commissions c LEFT JOIN orders o ON o.number = c.order_number
"""
_LEGS = f"""{_LEG}
WHERE c.partner_number = :partner AND c.settled_on >= :start AND c.settled_on < :end
ORDER BY c.order_number, c.role
"""
_LEGS_OF_ORDER = f"{_LEG} WHERE c.partner_number = :partner AND c.order_number = :order ORDER BY c.role"
_TRIAL = """
SELECT a.kind, coalesce(sum(p.debited) FILTER (WHERE p.transaction_number <= :after), 0) AS opening_debits,
       coalesce(sum(p.credited) FILTER (WHERE p.transaction_number <= :after), 0) AS opening_credits,
       coalesce(sum(p.debited) FILTER (WHERE p.transaction_number > :after), 0) AS debits,
       coalesce(sum(p.credited) FILTER (WHERE p.transaction_number > :after), 0) AS credits
FROM (SELECT transaction_number, source_id AS account_id, amount AS debited, 0 AS credited FROM postings
      UNION ALL SELECT transaction_number, destination_id, 0, amount FROM postings) p
JOIN accounts a ON a.id = p.account_id
WHERE a.currency = :currency AND p.transaction_number <= :last
GROUP BY 1 ORDER BY 1
"""

Balance = dict[str, int]


class Span(NamedTuple):
    """The transactions of a stretch of days: those after `before`, up to `last`."""

    before: int
    last: int


def span(session: Session, start: dt.date, end: dt.date) -> Span:
    """The transactions of the days from `start` until the one before `end`."""
    row = session.execute(
        text(
            "SELECT coalesce((SELECT max(number) FROM transactions WHERE effective_on < :start), 0),"
            " coalesce((SELECT max(number) FROM transactions WHERE effective_on < :end), 0)"
        ),
        {"start": start, "end": end},
    ).one()
    return Span(int(row[0]), int(row[1]))


def first_day(session: Session) -> dt.date | None:
    """The day of the first transaction."""
    return session.scalar(select(Transaction.effective_on).order_by(Transaction.number).limit(1))


def journal_hash(session: Session, number: int) -> bytes:
    """The journal's hash after a transaction; zeros before the first."""
    found = session.scalar(text("SELECT hash FROM transactions WHERE number = :number"), {"number": number})
    return bytes(found) if found is not None else ledger.FIRST_HASH


def balance(session: Session, partner: int, currency: str, last: int) -> Balance:
    """A partner's accounts after a transaction."""
    return _moved(session, "a.partner_number", partner, currency, 0, last).get(partner, _even())


def balances(session: Session, currency: str, last: int) -> dict[int, Balance]:
    """All partners' accounts after a transaction; none that never moved."""
    return _moved(session, "a.partner_number", None, currency, 0, last)


def moved(session: Session, partner: int, currency: str, at: Span) -> dict[int, Balance]:
    """What each transaction did to a partner's accounts."""
    return _moved(session, "p.transaction_number", partner, currency, at.before, at.last)


def _moved(session: Session, key: str, partner: int | None, currency: str, after: int, last: int) -> dict[int, Balance]:
    scope = "a.partner_number = :partner" if partner is not None else "a.partner_number IS NOT NULL"
    rows = session.execute(
        text(_MOVED.format(key=key, scope=scope)),
        {"partner": partner, "kinds": list(KINDS), "currency": currency, "after": after, "last": last},
    )
    found: dict[int, Balance] = defaultdict(_even)
    for at, kind, credited in rows:
        # What a partner owes stands on the other side.
        found[at][KINDS[kind]] = -int(credited) if kind == ledger.DEBT else int(credited)
    return found


def _even() -> Balance:
    return dict.fromkeys(KINDS.values(), 0)


def trial_balance(session: Session, currency: str, at: Span) -> Sequence[RowMapping]:
    """What was debited and credited by kind of account, before and within a span."""
    values = {"currency": currency, "after": at.before, "last": at.last}
    return session.execute(text(_TRIAL), values).mappings().all()


def legs(session: Session, partner: int, start: dt.date, end: dt.date) -> Sequence[RowMapping]:
    """A partner's shares in orders that were settled between two days, also those that are worth nothing."""
    values = {"partner": partner, "start": start, "end": end}
    return session.execute(text(_LEGS), values).mappings().all()


def legs_of_order(session: Session, partner: int, order: int) -> Sequence[RowMapping]:
    """A partner's shares in an order, by role."""
    return session.execute(text(_LEGS_OF_ORDER), {"partner": partner, "order": order}).mappings().all()


def batch_logs(session: Session, blocks: Sequence[int], last: int) -> Sequence[RowMapping]:
    """Logs of settled batches in some blocks, up to a sequence number."""
    topic = next(t for t, name in artifact(LEDGER).event_names.items() if name == "BatchSettled")
    rows = session.execute(
        text(
            f"{_LOGS} WHERE l.contract = :contract AND l.topic = :topic AND l.block_number = ANY(:blocks)"
            " AND l.seq <= :last ORDER BY l.seq"
        ),
        {"contract": LEDGER, "topic": topic, "blocks": list(blocks), "last": last},
    )
    return rows.mappings().all()


def logs(session: Session, numbers: Sequence[int]) -> Sequence[RowMapping]:
    """Logs of the ledger by sequence number."""
    rows = session.execute(
        text(f"{_LOGS} WHERE l.contract = :contract AND l.seq = ANY(:numbers) ORDER BY l.seq"),
        {"contract": LEDGER, "numbers": list(numbers)},
    )
    return rows.mappings().all()


def all_logs(session: Session, at: Span) -> Iterator[RowMapping]:
    """Every log of the ledger in a span, in order, a hundred at a time."""
    rows = session.execute(
        text(f"{_LOGS} WHERE l.contract = :contract AND l.seq > :after AND l.seq <= :last ORDER BY l.seq"),
        {"contract": LEDGER, "after": at.before, "last": at.last},
        execution_options={"yield_per": 100},
    )
    return iter(rows.mappings())


def plan_logs(session: Session) -> Sequence[RowMapping]:
    """The logs by which plans were published."""
    topic = next(t for t, name in artifact("PlanRegistry").event_names.items() if name == "PlanPublished")
    rows = session.execute(
        text(f"{_LOGS} WHERE l.contract = 'PlanRegistry' AND l.topic = :topic ORDER BY l.seq"), {"topic": topic}
    )
    return rows.mappings().all()


def head(session: Session, seq: int) -> bytes | None:
    """The ledger's head after a log; None when we have no such log."""
    found = session.scalar(
        text("SELECT head FROM chain_logs WHERE contract = :contract AND seq = :seq"),
        {"contract": LEDGER, "seq": seq},
    )
    return None if found is None else bytes(found)


def first_block(session: Session) -> int:
    """The block of the first log of any of our contracts."""
    return int(session.scalar(select(func.min(ChainLog.block_number))) or 0)


def unsealed_before(session: Session, timestamp: int) -> int:
    """How many logs of the ledger before a moment are not in the journal."""
    found = session.scalar(
        text(
            "SELECT count(*) FROM chain_logs l JOIN blocks b ON b.number = l.block_number"
            " WHERE l.contract = :contract AND b.timestamp < :timestamp"
            " AND l.seq > (SELECT coalesce(max(number), 0) FROM transactions)"
        ),
        {"contract": LEDGER, "timestamp": timestamp},
    )
    return int(found or 0)


def first_block_from(session: Session, timestamp: int) -> int | None:
    """The first block that is not before a moment; None when the chain was not read so far."""
    return session.scalar(select(Block.number).where(Block.timestamp >= timestamp).order_by(Block.number).limit(1))


def period(session: Session, month: dt.date, currency: str, *, lock: bool = False) -> Period | None:
    """A closed or locked month; None when it is open."""
    return session.get(Period, (month, currency), with_for_update=lock)


def periods(session: Session, currency: str) -> list[Period]:
    """Closed and locked months, in order."""
    return list(session.scalars(select(Period).where(Period.currency == currency).order_by(Period.month)))


def checkpoint(session: Session, month: dt.date, currency: str) -> Checkpoint | None:
    """The last checkpoint of a month."""
    return session.scalar(
        select(Checkpoint)
        .where(Checkpoint.month == month, Checkpoint.currency == currency)
        .order_by(Checkpoint.revision.desc())
        .limit(1)
    )


def unanchored(session: Session) -> list[Checkpoint]:
    """Checkpoints that no transaction was made for, in order."""
    return list(
        session.scalars(
            select(Checkpoint)
            .where(Checkpoint.intent_id.is_(None))
            .order_by(Checkpoint.month, Checkpoint.revision)
            .with_for_update(skip_locked=True)
        )
    )


def leaves(session: Session, of: Checkpoint) -> list[tuple[int, bytes]]:
    """Partners and leaf hashes of a checkpoint, in the order of the tree."""
    rows = session.execute(
        select(CheckpointLeaf.partner_number, CheckpointLeaf.hash)
        .where(
            CheckpointLeaf.month == of.month,
            CheckpointLeaf.currency == of.currency,
            CheckpointLeaf.revision == of.revision,
        )
        .order_by(CheckpointLeaf.partner_number)
    )
    return [(partner, bytes(hash_)) for partner, hash_ in rows]


def anchoring(session: Session, of: Checkpoint) -> Intent | None:
    """The transaction that anchors a checkpoint, once a block holds it."""
    intent = session.get(Intent, of.intent_id) if of.intent_id is not None else None
    return intent if intent is not None and intent.state == "mined" else None


def last_audit(session: Session) -> tuple[bool, dict[str, Any]] | None:
    """Whether the newest audit found nothing, and what it says."""
    row = session.execute(text("SELECT ok, result FROM audits ORDER BY id DESC LIMIT 1")).one_or_none()
    return (row[0], row[1]) if row else None


def block_times(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """Unix seconds of blocks, by number."""
    rows = session.execute(select(Block.number, Block.timestamp).where(Block.number.in_(set(numbers))))
    return {row.number: row.timestamp for row in rows}


def order_times(session: Session, numbers: Sequence[int]) -> dict[int, float]:
    """Unix seconds of when orders were paid, by number."""
    rows = session.execute(
        text("SELECT number, paid_at FROM orders WHERE number = ANY(:numbers)"), {"numbers": list(numbers)}
    )
    return {number: paid_at.timestamp() for number, paid_at in rows}


def payout_times(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """Unix seconds of the blocks that recorded payouts, by number; none that is in no block."""
    rows = session.execute(
        text(
            "SELECT p.number, b.timestamp FROM payouts p JOIN blocks b ON b.number = p.block_number"
            " WHERE p.number = ANY(:numbers)"
        ),
        {"numbers": list(numbers)},
    )
    return {number: timestamp for number, timestamp in rows}  # noqa: C416 - rows are not pairs to the type checker


class BookedPosting(NamedTuple):
    """A posting with its transaction and the names of its ends."""

    day: dt.date
    transaction: int
    kind: str
    hash: bytes
    source: str
    source_partner: int | None
    destination: str
    destination_partner: int | None
    amount: int
    order: int | None


def booked_postings(session: Session, currency: str, partner: int | None) -> Iterator[BookedPosting]:
    """The journal's postings in their order; those that touch one partner's accounts, or all."""
    rows = session.execute(
        text(
            "SELECT t.effective_on, t.number, t.kind, t.hash, s.kind, s.partner_number, d.kind, d.partner_number,"
            " p.amount, p.order_number FROM postings p JOIN transactions t ON t.number = p.transaction_number"
            " JOIN accounts s ON s.id = p.source_id JOIN accounts d ON d.id = p.destination_id"
            " WHERE p.asset = :currency"
            " AND (CAST(:partner AS bigint) IS NULL OR :partner IN (s.partner_number, d.partner_number))"
            " ORDER BY p.transaction_number, p.position"
        ),
        {"currency": currency, "partner": partner},
        execution_options={"yield_per": 1_000},
    )
    for row in rows:
        yield BookedPosting(*row)


def booked_accounts(session: Session, currency: str, partner: int | None) -> list[tuple[str, int | None, dt.date]]:
    """Kind, partner and first day of the accounts of `booked_postings`."""
    rows = session.execute(
        text(
            "SELECT a.kind, a.partner_number, min(t.effective_on) FROM ("
            " SELECT transaction_number, source_id AS account_id, source_id, destination_id FROM postings"
            " UNION ALL SELECT transaction_number, destination_id, source_id, destination_id FROM postings) p"
            " JOIN accounts a ON a.id = p.account_id JOIN transactions t ON t.number = p.transaction_number"
            " WHERE a.currency = :currency AND (CAST(:partner AS bigint) IS NULL OR EXISTS (SELECT FROM accounts o"
            "  WHERE o.id IN (p.source_id, p.destination_id) AND o.partner_number = :partner))"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        {"currency": currency, "partner": partner},
    )
    return [(row[0], row[1], row[2]) for row in rows]


def debit_balances(
    session: Session, currency: str, partner: int | None, day: dt.date
) -> dict[tuple[str, int | None], int]:
    """Debits less credits of every account before a day, by kind and partner; of one partner's, or of all."""
    rows = session.execute(
        text(
            "SELECT a.kind, a.partner_number, sum(p.debited) FROM ("
            " SELECT transaction_number, source_id AS account_id, amount AS debited FROM postings"
            " UNION ALL SELECT transaction_number, destination_id, -amount FROM postings) p"
            " JOIN accounts a ON a.id = p.account_id JOIN transactions t ON t.number = p.transaction_number"
            " WHERE a.currency = :currency AND t.effective_on < :day"
            " AND (CAST(:partner AS bigint) IS NULL OR a.partner_number = :partner) GROUP BY 1, 2"
        ),
        {"currency": currency, "partner": partner, "day": day},
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}
