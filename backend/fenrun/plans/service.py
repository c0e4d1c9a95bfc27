"""Decisions about plans."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from fenrun.chain.contracts import artifact
from fenrun.kit.ids import new_id
from fenrun.kit.security import reference
from fenrun.plans.models import Plan
from fenrun.plans.split import Terms


def add_plan(session: Session, reference_key: bytes, code: str, currency: str, terms: Terms) -> Plan:
    """Adds the next version of a plan. The terms must have no flaw."""
    number = (session.scalar(select(func.max(Plan.number))) or 0) + 1
    version = (session.scalar(select(func.max(Plan.version)).where(Plan.code == code)) or 0) + 1
    plan = Plan(
        number=number,
        id=new_id("pl"),
        code=code,
        version=version,
        currency=currency,
        tier_thresholds=list(terms.thresholds),
        hold_days=terms.hold_days,
        new_bps=[list(row) for row in terms.new_bps],
        renewal_bps=[list(row) for row in terms.renewal_bps],
        plan_ref=reference(reference_key, "plan", f"{code}@{version}"),
    )
    session.add(plan)
    session.flush()
    return plan


def terms_of(plan: Plan) -> Terms:
    """The terms of a plan version."""
    return Terms(
        tuple(plan.tier_thresholds),
        plan.hold_days,
        tuple(tuple(row) for row in plan.new_bps),
        tuple(tuple(row) for row in plan.renewal_bps),
    )


def terms_on_chain(terms: tuple[Any, ...]) -> Terms:
    """The terms as the log of their publication has them."""
    _, thresholds, new, renewal, hold_days = terms
    return Terms(tuple(thresholds), hold_days, tuple(map(tuple, new)), tuple(map(tuple, renewal)))


def all_plans(session: Session) -> Sequence[Plan]:
    """Every plan version, by number."""
    return session.scalars(select(Plan).order_by(Plan.number)).all()


def publication(plan: Plan) -> bytes:
    """The call that publishes a plan version on chain."""
    terms = (plan.plan_ref, plan.tier_thresholds, plan.new_bps, plan.renewal_bps, plan.hold_days)
    return artifact("PlanRegistry").call("publishPlan", plan.number, terms)


def note_published(session: Session, number: int) -> None:
    """Notes that the chain has a plan version."""
    session.execute(update(Plan).where(Plan.number == number).values(status="published"))


def forget_above(session: Session, block_number: int) -> None:
    """Takes back what blocks above this one said."""
    session.execute(
        text(
            "UPDATE plans SET status = 'pending' FROM intents"
            " WHERE intents.id = plans.intent_id AND intents.block_number > :number"
        ),
        {"number": block_number},
    )
