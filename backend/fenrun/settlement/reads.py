"""All SQL that answers questions about orders, commissions, payments. Never touches the chain."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from fenrun.chain.models import Block
from fenrun.settlement.models import Audit

COMMISSION = """
SELECT c.order_number * 4 + 3 - c.role AS position, o.id AS order_id,
       o.external_id AS order_external_id, p.id AS partner_id, p.name AS partner_name,
       c.partner_number, c.role, o.kind, o.base, c.rate_bps, c.amount, o.currency, c.tier,
       pl.id AS plan_id, pl.code AS plan_code, pl.version AS plan_version, pl.tier_thresholds,
       pl.hold_days, (o.paid_at AT TIME ZONE 'UTC')::date AS order_paid_on, c.settled_on,
       c.release_on AS payable_on, b.id AS batch_id, i.transaction_hash, c.block_number,
       o.status = 'finalized' AS finalized, q.paid_on,
       CASE WHEN c.amount = 0 THEN 'processed' WHEN m.cumulative IS NULL THEN 'pending'
            WHEN q.paid_on IS NULL THEN 'approved' ELSE 'paid' END AS status
FROM commissions c
JOIN orders o ON o.number = c.order_number
JOIN partners p ON p.number = c.partner_number
JOIN plans pl ON pl.number = c.plan_number
JOIN batches b ON b.number = o.batch_number
JOIN intents i ON i.id = b.intent_id
LEFT JOIN maturities m ON m.partner_number = c.partner_number AND m.release_on = c.release_on
LEFT JOIN LATERAL (
  SELECT paid_on FROM payouts q
  WHERE q.partner_number = c.partner_number AND q.status = 'completed'
    AND q.cumulative >= m.cumulative
  ORDER BY q.cumulative LIMIT 1) q ON true
"""

ORDER = """
SELECT o.number AS position, o.id, o.external_id, o.source, cu.external_id AS customer_external_id,
       o.kind, o.base, o.currency, (o.paid_at AT TIME ZONE 'UTC')::date AS paid_on, o.status,
       o.reason, o.settled_on, b.id AS batch_id
FROM orders o
JOIN customers cu ON cu.number = o.customer_number
LEFT JOIN batches b ON b.number = o.batch_number
"""

BATCH = """
SELECT b.number AS position, b.id, b.number, b.status, b.orders, b.skipped, b.root,
       i.transaction_hash, b.block_number, b.settled_on, i.gas_used,
       i.gas_used / b.orders AS gas_per_order
FROM batches b JOIN intents i ON i.id = b.intent_id
"""

PAYOUT = """
SELECT po.number AS position, po.id, p.id AS partner_id, p.name AS partner_name, po.gross,
       po.withheld, po.gross - po.withheld AS net, po.status, po.reason, po.paid_on,
       po.bank_reference, i.transaction_hash
FROM payouts po
JOIN partners p ON p.number = po.partner_number
LEFT JOIN intents i ON i.id = po.intent_id
"""

BALANCES = """
SELECT p.number, coalesce(c.earned, 0) AS earned, coalesce(c.earned, 0) - coalesce(m.matured, 0) AS held,
       coalesce(m.available, 0) - coalesce(po.paid, 0) AS available, coalesce(po.paid, 0) AS paid
FROM unnest(CAST(:numbers AS bigint[])) AS p(number)
LEFT JOIN (SELECT partner_number, sum(amount) AS earned FROM commissions
           WHERE partner_number = ANY(:numbers) GROUP BY 1) c ON c.partner_number = p.number
LEFT JOIN (SELECT partner_number, sum(amount) AS matured, sum(amount - debt_repaid) AS available
           FROM maturities WHERE partner_number = ANY(:numbers) GROUP BY 1) m
  ON m.partner_number = p.number
LEFT JOIN (SELECT partner_number, sum(gross) AS paid FROM payouts
           WHERE partner_number = ANY(:numbers) AND status = 'completed' GROUP BY 1) po
  ON po.partner_number = p.number
"""

MONTHS = """
WITH legs AS (
  SELECT c.*, o.base, to_char(c.settled_on, 'YYYY-MM') AS month FROM commissions c
  JOIN orders o ON o.number = c.order_number WHERE c.partner_number = :partner
), paid AS (
  SELECT to_char(paid_on, 'YYYY-MM') AS month, sum(gross) AS paid FROM payouts
  WHERE partner_number = :partner AND status = 'completed' GROUP BY 1
), volumes AS (
  SELECT month, sum(base) AS volume
  FROM (SELECT DISTINCT month, order_number, base FROM legs WHERE amount > 0) d GROUP BY 1
), earned AS (
  SELECT month, count(DISTINCT order_number) AS orders, sum(amount) AS earned,
         coalesce(sum(amount) FILTER (WHERE role = 0), 0) AS referrer,
         coalesce(sum(amount) FILTER (WHERE role = 1), 0) AS implementer,
         coalesce(sum(amount) FILTER (WHERE role = 2), 0) AS trainer
  FROM legs GROUP BY 1
)
SELECT month, coalesce(orders, 0) AS orders, coalesce(earned, 0) AS earned,
       coalesce(referrer, 0) AS referrer, coalesce(implementer, 0) AS implementer,
       coalesce(trainer, 0) AS trainer, coalesce(paid, 0) AS paid, coalesce(volume, 0) AS volume
FROM earned FULL JOIN paid USING (month) LEFT JOIN volumes USING (month) ORDER BY month
"""

VOLUMES = """
SELECT partner_number, month, sum(base) AS volume FROM (
  SELECT DISTINCT c.partner_number, to_char(c.settled_on, 'YYYY-MM') AS month, c.order_number, o.base
  FROM commissions c JOIN orders o ON o.number = c.order_number
  WHERE c.amount > 0 AND c.partner_number = ANY(:partners)
    AND c.settled_on >= :since AND c.settled_on < :until
) d GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Filters:
    """Conditions of a list, by name, and their values. The conditions are ours, the values a caller's."""

    conditions: list[str]
    values: dict[str, Any]

    @classmethod
    def of(cls, **given: Any) -> "Filters":
        """Those conditions whose value is given; see `_CONDITIONS`."""
        used = {name: value for name, value in given.items() if value is not None}
        return cls([_CONDITIONS[name] for name in used], used)


_CONDITIONS = {
    "partner": "c.partner_number = :partner",
    "payee": "po.partner_number = :payee",
    "month_start": "c.settled_on >= :month_start",
    "month_end": "c.settled_on < :month_end",
    "role": "c.role = :role",
    "order": "o.id = :order",
    "commission_status": "(CASE WHEN c.amount = 0 THEN 'processed' WHEN m.cumulative IS NULL"
    " THEN 'pending' WHEN q.paid_on IS NULL THEN 'approved' ELSE 'paid' END) = :commission_status",
    "commission_position": "c.order_number * 4 + 3 - c.role = :commission_position",
    "search": "strpos(lower(o.external_id), lower(:search)) > 0",
    "order_search": "(strpos(lower(o.external_id), lower(:order_search)) > 0"
    " OR strpos(lower(cu.external_id), lower(:order_search)) > 0)",
    "order_status": "o.status = :order_status",
    "order_of_partner": "EXISTS (SELECT FROM commissions c WHERE c.order_number = o.number"
    " AND c.partner_number = :order_of_partner)",
    "batch": "b.id = :batch",
}

_POSITIONS = {
    COMMISSION: "c.order_number * 4 + 3 - c.role",
    ORDER: "o.number",
    BATCH: "b.number",
    PAYOUT: "po.number",
}


def page(
    session: Session,
    query: str,
    filters: Filters,
    after: int | None = None,
    before: int | None = None,
    limit: int = 1,
) -> Sequence[RowMapping]:
    """A page of a list, newest first: what comes after a position, or just before one."""
    position = _POSITIONS[query]
    conditions, values = list(filters.conditions), dict(filters.values, limit=limit)
    if after is not None:
        conditions.append(f"{position} < :position")
        values["position"] = after
    elif before is not None:
        conditions.append(f"{position} > :position")
        values["position"] = before
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    direction = "ASC" if before is not None else "DESC"
    statement = f"{query}{where} ORDER BY {position} {direction} LIMIT :limit"
    rows = session.execute(text(statement), values).mappings().all()
    return list(reversed(rows)) if before is not None else rows


def position_of(session: Session, table: str, id_: str) -> int | None:
    """The number of a row by its public id; `table` is ours."""
    number = session.scalar(text(f"SELECT number FROM {table} WHERE id = :id"), {"id": id_})  # noqa: S608
    return None if number is None else int(number)


def balances(session: Session, numbers: Sequence[int]) -> dict[int, RowMapping]:
    """What partners earned, have held and available, and were paid."""
    rows = session.execute(text(BALANCES), {"numbers": list(numbers)}).mappings()
    return {row["number"]: row for row in rows}


def debts(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """What partners owe, by the books."""
    rows = session.execute(
        text(
            "SELECT partner_number, debits - credits FROM accounts"
            " WHERE kind = 'asset:partner_debt' AND partner_number = ANY(:numbers)"
        ),
        {"numbers": list(numbers)},
    )
    return {number: int(debt) for number, debt in rows}


def months(session: Session, partner: int) -> Sequence[RowMapping]:
    """What a partner earned and was paid, month by month."""
    return session.execute(text(MONTHS), {"partner": partner}).mappings().all()


def next_release(session: Session, partner: int) -> RowMapping | None:
    """The day on which held credits of a partner are released next, and how much."""
    return (
        session.execute(
            text(
                "SELECT c.release_on AS on, sum(c.amount) AS amount FROM commissions c"
                " WHERE c.partner_number = :partner AND c.amount > 0 AND NOT EXISTS"
                " (SELECT FROM maturities m WHERE m.partner_number = c.partner_number"
                "  AND m.release_on = c.release_on)"
                " GROUP BY 1 ORDER BY 1 LIMIT 1"
            ),
            {"partner": partner},
        )
        .mappings()
        .one_or_none()
    )


def volumes(session: Session, partners: Sequence[int], since: dt.date, until: dt.date) -> dict[tuple[int, str], int]:
    """Volumes of partners by month, between two days."""
    rows = session.execute(text(VOLUMES), {"partners": list(partners), "since": since, "until": until})
    return {(partner, month): int(volume) for partner, month, volume in rows}


def newest_block(session: Session) -> Block | None:
    """The highest block that was read."""
    return session.scalar(select(Block).order_by(Block.number.desc()).limit(1))


def last_audit(session: Session) -> Audit | None:
    """The newest audit."""
    return session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))


def refusals(session: Session, after: int | None, before: int | None, limit: int) -> Sequence[RowMapping]:
    """A page of refused rows, in the order of the files."""
    condition, order = ("id < :at", "DESC") if before is not None else ("id > :at", "ASC")
    rows = session.execute(
        text(f"SELECT * FROM refusals WHERE {condition} ORDER BY id {order} LIMIT :limit"),  # noqa: S608
        {"at": before if before is not None else after or 0, "limit": limit},
    )
    found = rows.mappings().all()
    return list(reversed(found)) if before is not None else found
