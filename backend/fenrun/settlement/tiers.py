"""Where a partner stands in its plans, and what an order would give it: by the rules that settle orders."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.attribution.service import Part
from fenrun.kit.calendar import first_of_next_month, move_months
from fenrun.kit.errors import NotFoundError
from fenrun.plans import service as plans
from fenrun.plans.models import Plan
from fenrun.plans.split import KINDS, ROLES, Terms, Volumes, split
from fenrun.settlement import reads
from fenrun.settlement.schemas import EstimatedShare, EstimateOut, Kind, PlanOut, TierOut


def standing(session: Session, partner: int, now: dt.datetime) -> list[TierOut]:
    """Where a partner stands in each plan that customers of its follow, the one with the most customers first."""
    parts = attribution.parts_of(session, partner, now)
    known = {plan.number: plan for plan in plans.all_plans(session)} if parts else {}
    before, volume = _volumes(session, partner, now.date())
    return [_tier(known[part.plan], part, before, volume, now.date()) for part in parts]


def estimate(
    session: Session, partner: int, plan_id: str, kind: Kind, base: int, roles: Collection[str], today: dt.date
) -> EstimateOut:
    """What an order settled today would give a partner in some roles, by `plans.split`. The base is minor units.

    Raises:
        NotFoundError: no such plan version.
    """
    plan = next((plan for plan in plans.all_plans(session) if plan.id == plan_id), None)
    if plan is None:
        raise NotFoundError(f"No plan {plan_id}")
    terms = plans.terms_of(plan)
    before, _ = _volumes(session, partner, today)
    month = today.year * 12 + today.month
    volumes = Volumes()
    volumes.add(partner, month - 1, before)
    legs = split(terms, kind, base, [partner if role in roles else 0 for role in ROLES], volumes, month)
    shares = [{"role": ROLES[leg.role], "rate_bps": leg.rate_bps, "amount": str(leg.amount)} for leg in legs]
    return EstimateOut(
        currency=plan.currency,
        tier=terms.tier(before),
        shares=[EstimatedShare.model_validate(one) for one in shares],
        total=str(sum(leg.amount for leg in legs)),
        payable_on=today + dt.timedelta(days=terms.hold_days + 1),
        exact=not terms.may_give_all(kind) or len(legs) == len(ROLES),
    )


def _volumes(session: Session, partner: int, today: dt.date) -> tuple[int, int]:
    """A partner's volume of the month before, and of this month so far."""
    month = today.replace(day=1)
    before = move_months(month, -1)
    found = reads.volumes(session, [partner], before, first_of_next_month(month))
    return found.get((partner, f"{before:%Y-%m}"), 0), found.get((partner, f"{month:%Y-%m}"), 0)


def _tier(plan: Plan, part: Part, before: int, volume: int, today: dt.date) -> TierOut:
    return TierOut.model_validate(
        {
            **figures(plans.terms_of(plan), part.roles, before, volume),
            "plan": PlanOut(
                id=plan.id,
                code=plan.code,
                version=plan.version,
                tier_thresholds=[str(threshold) for threshold in plan.tier_thresholds],
                hold_days=plan.hold_days,
            ),
            "customers": part.customers,
            "currency": plan.currency,
            "tier_month": f"{move_months(today.replace(day=1), -1):%Y-%m}",
            "month": f"{today:%Y-%m}",
        }
    )


def figures(terms: Terms, roles: Iterable[int], before: int, volume: int) -> dict[str, Any]:
    """The tiers and rates of roles, by the volume of the month before and of this one so far: pure."""
    now, next_ = terms.tier(before), terms.tier(volume)
    threshold = terms.thresholds[next_] if next_ < len(terms.thresholds) else None
    return {
        "tier": now,
        "tier_volume": str(before),
        "volume": str(volume),
        "next_tier": next_,
        "next_threshold": None if threshold is None else str(threshold),
        "missing": None if threshold is None else str(threshold - volume),
        "rates": [
            {
                "role": ROLES[role],
                "kind": kind,
                "now_bps": terms.rate(kind, role, now),
                "next_month_bps": terms.rate(kind, role, next_),
                "better_bps": None if threshold is None else terms.rate(kind, role, next_ + 1),
            }
            for role in roles
            for kind in KINDS
        ],
    }
