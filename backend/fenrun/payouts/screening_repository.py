"""All SQL of the facts that payouts are judged by."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session


def earned_since(session: Session, numbers: Sequence[int], first: dt.date) -> Mapping[int, int]:
    """What partners earned since the first day of a month, less what was taken back. Minor units."""
    rows = session.execute(
        text(
            "SELECT partner_number, greatest(sum(referrer + implementer + trainer - clawed_back), 0)"
            " FROM partner_months WHERE partner_number = ANY(:numbers) AND month >= :first GROUP BY 1"
        ),
        {"numbers": list(numbers), "first": first},
    )
    return {number: int(amount) for number, amount in rows}


def paid_in_year(session: Session, numbers: Sequence[int], year: int) -> Mapping[int, int]:
    """What partners were paid, or are being paid, in a year. Minor units, before tax."""
    rows = session.execute(
        text(
            "SELECT partner_number, sum(gross) FROM payouts LEFT JOIN payout_runs r ON r.number = run_number"
            " WHERE partner_number = ANY(:numbers) AND bounce_reason IS NULL"
            " AND payouts.status IN ('pending', 'processing', 'sent', 'completed')"
            " AND extract(year FROM coalesce(r.pays_on, paid_on)) = :year GROUP BY 1"
        ),
        {"numbers": list(numbers), "year": year},
    )
    return {number: int(amount) for number, amount in rows}


def refunded_since(session: Session, numbers: Sequence[int], day: dt.date) -> Mapping[int, tuple[int, int]]:
    """Orders of partners that were settled since a day, and how many of them something was refunded of."""
    rows = session.execute(
        text(
            "SELECT partner_number, count(DISTINCT order_number),"
            " count(DISTINCT order_number) FILTER (WHERE clawed_back > 0 AND dispute IS NULL)"
            " FROM commissions WHERE partner_number = ANY(:numbers) AND settled_on >= :day GROUP BY 1"
        ),
        {"numbers": list(numbers), "day": day},
    )
    return {number: (orders, refunded) for number, orders, refunded in rows}


def wrote_a_plan(session: Session, member_id: str, since: dt.datetime) -> bool:
    """Whether a member proposed or approved a version of a plan since a moment."""
    found = session.scalar(
        text(
            "SELECT 1 FROM audit_log WHERE actor = :member AND at >= :since"
            " AND action IN ('plan.proposed', 'plan.approved') LIMIT 1"
        ),
        {"member": member_id, "since": since},
    )
    return found is not None
