"""All SQL that answers questions about the journal: from an account to postings, orders, and the chain."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session


class Place(NamedTuple):
    """Of a posting in the journal."""

    transaction: int
    position: int


@dataclass(frozen=True)
class Narrowed:
    """Which postings a list holds."""

    account: int | None = None
    partner: int | None = None
    transaction: int | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    search: str | None = None


_POSTINGS = """
SELECT p.transaction_number, p.position, t.kind, t.effective_on AS on, p.amount, p.asset AS currency,
       s.id AS source, s.kind AS source_kind, sp.id AS source_partner, sp.name AS source_name,
       d.id AS destination, d.kind AS destination_kind, dp.id AS destination_partner, dp.name AS destination_name,
       o.id AS order_id, o.external_id AS order_external_id
FROM postings p
JOIN transactions t ON t.number = p.transaction_number
JOIN accounts s ON s.id = p.source_id LEFT JOIN partners sp ON sp.number = s.partner_number
JOIN accounts d ON d.id = p.destination_id LEFT JOIN partners dp ON dp.number = d.partner_number
LEFT JOIN orders o ON o.number = p.order_number
"""

_FOUND = " OR ".join(
    f"strpos(lower({column}), lower(:search)) > 0"
    for column in ("o.external_id", "sp.name", "sp.external_id", "dp.name", "dp.external_id", "t.kind")
)

_DEBITED = "p.source_id = ANY(:accounts)"
_CREDITED = "p.destination_id = ANY(:accounts)"


def postings(
    session: Session, narrowed: Narrowed, after: Place | None, before: Place | None, limit: int
) -> Sequence[RowMapping]:
    """A page of postings, the newest first: what comes after a place, or just before one."""
    conditions, values = _conditions(narrowed)
    values["limit"] = limit
    direction = "DESC" if before is None else "ASC"
    place = after or before
    if place is not None:
        sign = "<" if before is None else ">"
        conditions.append(f"(p.transaction_number, p.position) {sign} (:transaction, :position)")
        values |= place._asdict()
    arms: list[list[str]] = [[]]
    if narrowed.account is not None or narrowed.partner is not None:
        values["accounts"] = _accounts(session, narrowed)
        # Each by its own index, and a posting between two of the accounts once.
        arms = [[_DEBITED], [_CREDITED, f"NOT {_DEBITED}"]]
    order = f"ORDER BY transaction_number {direction}, position {direction} LIMIT :limit"
    selects = (f"({_POSTINGS}{_where([*conditions, *arm])} {order})" for arm in arms)
    statement = f"SELECT * FROM ({' UNION ALL '.join(selects)}) AS found {order}"  # noqa: S608 - our own words
    found = session.execute(text(statement), values).mappings().all()
    return list(reversed(found)) if before is not None else found


def _conditions(narrowed: Narrowed) -> tuple[list[str], dict[str, Any]]:
    given = {
        "p.transaction_number = :number": ("number", narrowed.transaction),
        # Days rise with numbers: so the range is one of the index that the list is read by.
        "p.transaction_number >= (SELECT min(number) FROM transactions WHERE effective_on >= :first_day)": (
            "first_day", narrowed.first_day,
        ),
        "p.transaction_number <= (SELECT max(number) FROM transactions WHERE effective_on <= :last_day)": (
            "last_day", narrowed.last_day,
        ),
        f"({_FOUND})": ("search", narrowed.search),
    }  # fmt: skip
    used = {condition: named for condition, named in given.items() if named[1] is not None}
    return list(used), dict(used.values())


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _accounts(session: Session, narrowed: Narrowed) -> list[int]:
    rows = session.execute(
        text(
            "SELECT id FROM accounts WHERE (CAST(:account AS bigint) IS NULL OR id = :account)"
            " AND (CAST(:partner AS bigint) IS NULL OR partner_number = :partner)"
        ),
        {"account": narrowed.account, "partner": narrowed.partner},
    )
    return list(rows.scalars())


def transaction(session: Session, number: int) -> RowMapping | None:
    """A transaction, the log that it comes from, and the batch where it is one's."""
    rows = session.execute(
        text(
            "SELECT t.*, l.transaction_hash, l.block_number, b.id AS batch_id, b.number AS batch_number,"
            " p.postings, p.amount, p.currency FROM transactions t"
            " LEFT JOIN chain_logs l ON l.contract = 'SettlementLedger' AND l.seq = t.number"
            " LEFT JOIN intents i ON i.transaction_hash = l.transaction_hash"
            " LEFT JOIN batches b ON b.intent_id = i.id"
            " CROSS JOIN LATERAL (SELECT count(*) AS postings, coalesce(sum(amount), 0) AS amount,"
            "  coalesce(max(asset), '') AS currency FROM postings WHERE transaction_number = t.number) p"
            " WHERE t.number = :number"
        ),
        {"number": number},
    )
    return rows.mappings().one_or_none()
