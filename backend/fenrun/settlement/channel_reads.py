"""All SQL that answers questions about plans, and about customers and who earned them."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

_PLANS = """
SELECT p.id, p.code, p.version, p.currency, p.status, p.tier_thresholds, p.hold_days, p.new_bps, p.renewal_bps,
       i.block_number, i.transaction_hash,
       (SELECT count(*) FROM referrals r WHERE r.plan_number = p.number AND NOT EXISTS (
          SELECT FROM referrals n WHERE n.customer_number = r.customer_number
          AND (n.effective_from, n.id) > (r.effective_from, r.id))) AS customers
FROM plans p LEFT JOIN intents i ON i.id = p.intent_id
ORDER BY p.code, p.version DESC
"""

_CUSTOMERS = "SELECT c.number, c.external_id FROM customers c"

_ATTRIBUTIONS = """
SELECT r.id, r.customer_number, r.effective_from, r.status, i.block_number, i.transaction_hash,
       lead(r.effective_from) OVER (PARTITION BY r.customer_number ORDER BY r.effective_from, r.id) AS effective_until,
       p.id AS plan_id, p.code AS plan_code, p.version AS plan_version,
       pr.id AS referrer_id, pr.name AS referrer_name,
       pi.id AS implementer_id, pi.name AS implementer_name,
       pt.id AS trainer_id, pt.name AS trainer_name
FROM referrals r
JOIN plans p ON p.number = r.plan_number
LEFT JOIN intents i ON i.id = r.intent_id
LEFT JOIN partners pr ON pr.number = r.referrer
LEFT JOIN partners pi ON pi.number = r.implementer
LEFT JOIN partners pt ON pt.number = r.trainer
WHERE r.customer_number = ANY(:customers)
ORDER BY r.customer_number, r.effective_from DESC, r.id DESC
"""


def plans(session: Session) -> Sequence[RowMapping]:
    """All plan versions: by code, the newest version first."""
    return session.execute(text(_PLANS)).mappings().all()


def customers(
    session: Session, search: str | None, partner: int | None, after: int, before: int, limit: int
) -> Sequence[RowMapping]:
    """A page of customers by number, matching a part of the id, or ever attributed to a partner."""
    conditions = {
        "strpos(lower(c.external_id), lower(:search)) > 0": search,
        "EXISTS (SELECT FROM referrals r WHERE r.customer_number = c.number"
        " AND :partner IN (r.referrer, r.implementer, r.trainer))": partner,
        "c.number > :after": after or None,
        "c.number < :before": before or None,
    }
    used = [condition for condition, value in conditions.items() if value is not None]
    where = f" WHERE {' AND '.join(used)}" if used else ""
    direction = "DESC" if before else "ASC"
    rows = session.execute(
        text(f"{_CUSTOMERS}{where} ORDER BY c.number {direction} LIMIT :limit"),
        {"search": search, "partner": partner, "after": after, "before": before, "limit": limit},
    )
    found = rows.mappings().all()
    return list(reversed(found)) if before else found


def customer(session: Session, number: int) -> RowMapping | None:
    """A customer by its number."""
    return session.execute(text(f"{_CUSTOMERS} WHERE c.number = :number"), {"number": number}).mappings().one_or_none()


def attributions(session: Session, customers: Sequence[int]) -> dict[int, list[RowMapping]]:
    """All attributions of customers, the newest first."""
    found: dict[int, list[RowMapping]] = {}
    for row in session.execute(text(_ATTRIBUTIONS), {"customers": list(customers)}).mappings():
        found.setdefault(row["customer_number"], []).append(row)
    return found
