"""All SQL of the facts that partners, customers and requests are judged by, and of a month's report."""

import datetime as dt
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_PARTNERS = """
SELECT p.number, p.id, p.name, p.country, p.type, d.country AS taxed_in, d.payee_type, d.account, d.wallet,
       coalesce(m.emails, '{}') AS emails
FROM partners p
LEFT JOIN payout_details d ON d.partner_number = p.number
LEFT JOIN (SELECT partner_number, array_agg(email ORDER BY email) FILTER (WHERE email IS NOT NULL) AS emails
           FROM members WHERE disabled_at IS NULL AND partner_number IS NOT NULL GROUP BY 1) m
  ON m.partner_number = p.number
ORDER BY p.number
"""

# What company a customer is: a registration that became it says so, or the vendor's own list.
_CUSTOMERS = """
WITH companies AS (
  SELECT customer_number, legal_name, name_key, country, domain, credit_code FROM known_companies
  WHERE customer_number IS NOT NULL
  UNION ALL
  SELECT customer_number, legal_name, name_key, country, domain, credit_code FROM deals
  WHERE customer_number IS NOT NULL AND status = 'approved'
)
SELECT c.number, c.external_id, w.legal_name, w.name_key, w.country, w.domain, w.credit_code,
       (SELECT array_agg(DISTINCT payee ORDER BY payee)
        FROM referrals r, unnest(ARRAY[r.referrer, r.implementer, r.trainer]) AS payee
        WHERE r.customer_number = c.number AND payee IS NOT NULL) AS payees
FROM companies w JOIN customers c ON c.number = w.customer_number
ORDER BY c.number, w.name_key
"""

_REQUESTS = """
SELECT id, law, kind, due_on, partner_number FROM privacy_requests
WHERE state IN ('asked', 'approved') ORDER BY id
"""

_CONTRACTS = """
SELECT o.customer_number, sum(o.base) AS revenue, sum(s.amount) AS commission
FROM orders o
JOIN (SELECT order_number, sum(amount - clawed_back) AS amount FROM commissions
      WHERE settled_on >= :start AND settled_on < :end GROUP BY 1) s ON s.order_number = o.number
GROUP BY 1 ORDER BY 1
"""


def partners(session: Session) -> list[dict[str, Any]]:
    """Every partner, with what says who it is."""
    return [dict(row) for row in session.execute(text(_PARTNERS)).mappings().all()]


def customers(session: Session) -> list[dict[str, Any]]:
    """Every customer whose company is known, with who is paid for it."""
    return [dict(row) for row in session.execute(text(_CUSTOMERS)).mappings().all()]


def requests(session: Session) -> list[dict[str, Any]]:
    """Requests about somebody's data that are not answered."""
    return [dict(row) for row in session.execute(text(_REQUESTS)).mappings().all()]


def contracts(session: Session, start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """What each customer paid in orders that were settled in a span, and what partners got of it. Minor units."""
    return [dict(row) for row in session.execute(text(_CONTRACTS), {"start": start, "end": end}).mappings().all()]


def held(session: Session) -> tuple[set[int], set[int]]:
    """The partners and the customers that compliance holds."""
    return (
        set(session.scalars(text("SELECT partner_number FROM partner_holds"))),
        set(session.scalars(text("SELECT customer_number FROM customer_holds"))),
    )
