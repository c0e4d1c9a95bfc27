"""All SQL that answers questions about orders, commissions, payments. Never touches the chain."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from fenrun.chain.models import Block
from fenrun.kit.days import Days
from fenrun.settlement.models import Audit
from fenrun.settlement.repository import ORDER_STATUS

# The account says how much ever left it: what was credited up to there is paid.
COMMISSION_STATUS = """CASE WHEN c.amount = 0 THEN 'processed' WHEN c.dispute = 'open' THEN 'disputed'
            WHEN c.clawed_back = c.amount THEN 'refunded' WHEN m.cumulative IS NULL THEN 'pending'
            WHEN m.cumulative > a.pending_debits THEN 'approved' ELSE 'paid' END"""

COMMISSION = f"""
SELECT c.order_number * 4 + 3 - c.role AS position, o.id AS order_id,
       o.external_id AS order_external_id, cu.external_id AS customer_external_id,
       p.id AS partner_id, p.name AS partner_name, c.partner_number,
       c.role, o.kind, o.base, c.rate_bps, c.amount, c.clawed_back, o.currency, c.tier,
       pl.id AS plan_id, pl.code AS plan_code, pl.version AS plan_version, pl.tier_thresholds,
       pl.hold_days, (o.paid_at AT TIME ZONE 'UTC')::date AS order_paid_on, c.settled_on,
       c.release_on AS payable_on, b.id AS batch_id, i.transaction_hash, c.block_number,
       b.status = 'finalized' AS finalized, q.paid_on, {COMMISSION_STATUS} AS status
FROM commissions c
JOIN orders o ON o.number = c.order_number
JOIN customers cu ON cu.number = o.customer_number
JOIN partners p ON p.number = c.partner_number
JOIN plans pl ON pl.number = c.plan_number
JOIN batches b ON b.number = o.batch_number
JOIN intents i ON i.id = b.intent_id
LEFT JOIN maturities m ON m.partner_number = c.partner_number AND m.release_on = c.release_on
LEFT JOIN accounts a ON a.kind = 'payable:available' AND a.partner_number = c.partner_number
LEFT JOIN LATERAL (
  SELECT paid_on FROM payouts q
  WHERE q.partner_number = c.partner_number AND q.cumulative >= m.cumulative
  ORDER BY q.cumulative LIMIT 1) q ON true
"""  # noqa: S608 - our own words

ORDER = f"""
SELECT o.number AS position, o.id, o.external_id, o.source, cu.external_id AS customer_external_id,
       o.kind, o.base, o.currency, (o.paid_at AT TIME ZONE 'UTC')::date AS paid_on, {ORDER_STATUS} AS status,
       o.reason, CASE WHEN o.reason IS NULL THEN b.settled_on END AS settled_on, b.id AS batch_id
FROM orders o
JOIN customers cu ON cu.number = o.customer_number
LEFT JOIN batches b ON b.number = o.batch_number
"""  # noqa: S608

BATCH = """
SELECT b.number AS position, b.id, b.number, b.status, b.orders, b.skipped, b.root,
       i.transaction_hash, b.block_number, b.settled_on, i.gas_used,
       i.gas_used / b.orders AS gas_per_order
FROM batches b JOIN intents i ON i.id = b.intent_id
"""

BALANCES = """
SELECT p.number,
       coalesce(sum(a.pending_credits - a.pending_debits) FILTER (WHERE a.kind = 'payable:held'), 0) AS held,
       coalesce(sum(a.pending_credits - a.pending_debits) FILTER (WHERE a.kind = 'payable:available'), 0) AS available,
       coalesce(sum(a.pending_credits - a.pending_debits) FILTER (WHERE a.kind = 'payable:frozen'), 0) AS frozen,
       coalesce(sum(a.pending_debits - a.pending_credits) FILTER (WHERE a.kind = 'asset:partner_debt'), 0) AS debt,
       coalesce(max(m.earned), 0) AS earned, coalesce(max(m.clawed_back), 0) AS clawed_back,
       coalesce(max(m.paid), 0) AS paid
FROM unnest(CAST(:numbers AS bigint[])) AS p(number)
LEFT JOIN accounts a ON a.partner_number = p.number
LEFT JOIN (SELECT partner_number, sum(referrer + implementer + trainer) AS earned, sum(clawed_back) AS clawed_back,
                  sum(paid) AS paid
           FROM partner_months WHERE partner_number = ANY(:numbers) GROUP BY 1) m ON m.partner_number = p.number
GROUP BY p.number
"""

MONTHS = """
SELECT to_char(month, 'YYYY-MM') AS month, orders, referrer + implementer + trainer AS earned, referrer, implementer,
       trainer, clawed_back, paid, volume
FROM partner_months WHERE partner_number = :partner ORDER BY partner_months.month
"""


@dataclass(frozen=True)
class Filters:
    """Conditions of a list, by name, and their values. The conditions are ours, the values a caller's."""

    conditions: list[str]
    values: dict[str, Any]

    def within(self, conditions: tuple[str, str], days: Days) -> "Filters":
        """The same, in some days; the conditions are on `since` and on `until`, in Unix seconds."""
        bounds = {"since": (conditions[0], days.since()), "until": (conditions[1], days.until())}
        set_ = {name: bound for name, bound in bounds.items() if bound[1] is not None}
        return Filters(
            [*self.conditions, *(condition for condition, _ in set_.values())],
            {**self.values, **{name: moment for name, (_, moment) in set_.items()}},
        )

    @classmethod
    def of(cls, **given: Any) -> "Filters":
        """Those conditions whose value is given; see `_CONDITIONS`."""
        used = {name: value for name, value in given.items() if value is not None}
        return cls([_CONDITIONS[name] for name in used], used)


def in_block(of: str) -> tuple[str, str]:
    """Conditions on when the block of a row was made."""
    found = f"EXISTS (SELECT FROM blocks bl WHERE bl.number = {of}.block_number AND bl.timestamp"
    return f"{found} >= :since)", f"{found} < :until)"


COMMISSION_DAYS = in_block("c")

_CONDITIONS = {
    "partner": "c.partner_number = :partner",
    "month_start": "c.settled_on >= :month_start",
    "month_end": "c.settled_on < :month_end",
    "role": "c.role = :role",
    "order": "o.id = :order",
    "commission_status": f"({COMMISSION_STATUS}) = :commission_status",
    "commission_order": "c.order_number = :commission_order",
    "commission_role": "c.role = :commission_role",
    "search": "(strpos(lower(o.external_id), lower(:search)) > 0 OR strpos(lower(cu.external_id), lower(:search)) > 0)",
    "customer": "cu.external_id = :customer",
    "order_search": "(strpos(lower(o.external_id), lower(:order_search)) > 0"
    " OR strpos(lower(cu.external_id), lower(:order_search)) > 0)",
    "order_status": f"({ORDER_STATUS}) = :order_status",
    "order_of_partner": "EXISTS (SELECT FROM commissions c WHERE c.order_number = o.number"
    " AND c.partner_number = :order_of_partner)",
    "batch": "b.id = :batch",
}

# What a list is ordered by, newest first, in columns that have an index; a position of the second half means the same.
_ORDER_BY = {
    COMMISSION: ("c.order_number DESC, c.role", "c.order_number, c.role DESC"),
    ORDER: ("o.number DESC", "o.number"),
    BATCH: ("b.number DESC", "b.number"),
}
_AFTER = {
    COMMISSION: "c.order_number <= :position / 4 AND (c.order_number < :position / 4 OR c.role > 3 - :position % 4)",
    ORDER: "o.number < :position",
    BATCH: "b.number < :position",
}
_BEFORE = {
    COMMISSION: "c.order_number >= :position / 4 AND (c.order_number > :position / 4 OR c.role < 3 - :position % 4)",
    ORDER: "o.number > :position",
    BATCH: "b.number > :position",
}


def page(
    session: Session,
    query: str,
    filters: Filters,
    after: int | None = None,
    before: int | None = None,
    limit: int = 1,
    *,
    oldest_first: bool = False,
) -> Sequence[RowMapping]:
    """A page of a list: what comes after a position, or just before one, the newest or the oldest first."""
    conditions, values = list(filters.conditions), dict(filters.values, limit=limit)
    older, newer = (before, after) if oldest_first else (after, before)
    if older is not None:
        conditions.append(_AFTER[query])
        values["position"] = older
    elif newer is not None:
        conditions.append(_BEFORE[query])
        values["position"] = newer
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    down, up = _ORDER_BY[query]
    upwards = oldest_first == (before is None)
    statement = f"{query}{where} ORDER BY {up if upwards else down} LIMIT :limit"
    rows = session.execute(text(statement), values).mappings().all()
    # The page just before a place is read from there.
    return list(reversed(rows)) if before is not None else rows


def position_of(session: Session, table: str, id_: str) -> int | None:
    """The number of a row by its public id; `table` is ours."""
    number = session.scalar(text(f"SELECT number FROM {table} WHERE id = :id"), {"id": id_})  # noqa: S608
    return None if number is None else int(number)


def balances(session: Session, numbers: Sequence[int]) -> dict[int, RowMapping]:
    """What partners earned, have held, available and frozen, owe, and were paid."""
    rows = session.execute(text(BALANCES), {"numbers": list(numbers)}).mappings()
    return {row["number"]: row for row in rows}


def months(session: Session, partner: int) -> Sequence[RowMapping]:
    """What a partner earned and was paid, month by month."""
    return session.execute(text(MONTHS), {"partner": partner}).mappings().all()


def next_release(session: Session, partner: int) -> RowMapping | None:
    """The day on which held credits of a partner are released next, and how much."""
    return (
        session.execute(
            text("SELECT release_on AS on, amount FROM holds WHERE partner_number = :partner ORDER BY 1 LIMIT 1"),
            {"partner": partner},
        )
        .mappings()
        .one_or_none()
    )


def partner_of(session: Session, order: int, role: int) -> int | None:
    """The number of the partner whose share in an order it is."""
    query = "SELECT partner_number FROM commissions WHERE order_number = :order AND role = :role"
    number = session.scalar(text(query), {"order": order, "role": role})
    return None if number is None else int(number)


def clawbacks(session: Session, order: int, role: int) -> Sequence[RowMapping]:
    """What was taken back of a leg, and the logs that did it, in their order."""
    rows = session.execute(
        text(
            "SELECT k.clawed_on, k.from_frozen, k.from_held, k.from_available, k.to_debt, k.block_number,"
            " l.transaction_hash FROM clawbacks k JOIN chain_logs l"
            " ON l.contract = 'SettlementLedger' AND l.seq = k.log_seq"
            " WHERE k.order_number = :order AND k.role = :role ORDER BY k.log_seq"
        ),
        {"order": order, "role": role},
    )
    return rows.mappings().all()


def maturity(session: Session, partner: int, release_on: dt.date) -> RowMapping | None:
    """When what a partner had on hold until a day became available; None while it is held."""
    rows = session.execute(
        text(
            "SELECT matured_on, block_number FROM maturities"
            " WHERE partner_number = :partner AND release_on = :release_on"
        ),
        {"partner": partner, "release_on": release_on},
    )
    return rows.mappings().one_or_none()


def volumes(session: Session, partners: Sequence[int], since: dt.date, until: dt.date) -> dict[tuple[int, str], int]:
    """Volumes of partners by month, of months that begin between two days."""
    rows = session.execute(
        text(
            "SELECT partner_number, to_char(month, 'YYYY-MM'), volume FROM partner_months"
            " WHERE partner_number = ANY(:partners) AND month >= :since AND month < :until"
        ),
        {"partners": list(partners), "since": since, "until": until},
    )
    return {(partner, month): int(volume) for partner, month, volume in rows}


def newest_block(session: Session) -> Block | None:
    """The highest block that was read."""
    return session.scalar(select(Block).order_by(Block.number.desc()).limit(1))


def last_audit(session: Session) -> Audit | None:
    """The newest audit."""
    return session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))


_EVENT = """
SELECT e.id, e.source, e.external_id, e.type, e.status, e.reason, e.received_at, o.id AS order_id, r.id AS refund_id
FROM events e
LEFT JOIN orders o ON o.event_id = e.id
LEFT JOIN refunds r ON r.event_id = e.id
"""


def events(
    session: Session, status: str | None, search: str | None, after: str | None, before: str | None, limit: int
) -> Sequence[RowMapping]:
    """A page of events, newest first: their ids sort by time."""
    conditions = {
        "e.status = :status": status,
        "strpos(lower(e.external_id), lower(:search)) > 0": search,
        "e.id < :after": after,
        "e.id > :before": before,
    }
    used = [condition for condition, value in conditions.items() if value is not None]
    where = f" WHERE {' AND '.join(used)}" if used else ""
    direction = "ASC" if before is not None else "DESC"
    rows = session.execute(
        text(f"{_EVENT}{where} ORDER BY e.id {direction} LIMIT :limit"),
        {"status": status, "search": search, "after": after, "before": before, "limit": limit},
    )
    found = rows.mappings().all()
    return list(reversed(found)) if before is not None else found


def refusals(session: Session, after: int | None, before: int | None, limit: int) -> Sequence[RowMapping]:
    """A page of refused rows, in the order of the files."""
    condition, order = ("id < :at", "DESC") if before is not None else ("id > :at", "ASC")
    rows = session.execute(
        text(f"SELECT * FROM refusals WHERE {condition} ORDER BY id {order} LIMIT :limit"),  # noqa: S608
        {"at": before if before is not None else after or 0, "limit": limit},
    )
    found = rows.mappings().all()
    return list(reversed(found)) if before is not None else found
