"""All SQL of simulations: settled orders as columns, saved simulations, proposals."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.orm import Session

from fenrun.kit.db import read_columns
from fenrun.plans import service as plans
from fenrun.plans.split import ROLES
from fenrun.registry.models import Partner
from fenrun.simulator.designs import Rule
from fenrun.simulator.models import PlanProposal, Simulation
from fenrun.simulator.orders import NO_REFUNDS, Orders, Refunds
from fenrun.simulator.sources import History

_LEGS = """
SELECT c.order_number, c.role, c.partner_number, c.plan_number, o.base, (o.kind = 'renewal')::int::bigint,
       (c.settled_on - DATE '1970-01-01')::bigint, o.customer_number
FROM commissions c JOIN orders o ON o.number = c.order_number
"""
_LEG_COLUMNS = {
    "order": ">i8", "role": ">i2", "partner": ">i8", "plan": ">i8", "base": ">i8", "kind": ">i8", "day": ">i8",
    "customer": ">i8",
}  # fmt: skip
_REFUNDS = """
SELECT r.order_number, (r.refunded_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', r.amount FROM refunds r
WHERE r.status = 'confirmed'
"""
_STATE = """
SELECT (SELECT count(*) FROM batches WHERE status IN ('confirmed', 'finalized')),
       (SELECT coalesce(max(number), 0) FROM batches WHERE status IN ('confirmed', 'finalized')),
       (SELECT count(*) FROM refunds WHERE status = 'confirmed'), (SELECT count(*) FROM plans)
"""


# --- Orders -------------------------------------------------------------------------------------------


def state(session: Session) -> tuple[int, ...]:
    """What changes whenever `history` would give something else."""
    return tuple(session.execute(text(_STATE)).one())


def history(session: Session, currency: str, partner: int | None = None) -> History:
    """Every order in which somebody has a share, as it was settled, and the newest version of each plan.

    Args:
        partner: Only orders in which this partner has a role, and none but its own roles.

    Raises:
        NothingToSimulateError: none.
    """
    where = "" if partner is None else " WHERE c.partner_number = %s"
    columns = read_columns(
        session,
        f"{_LEGS}{where} ORDER BY c.settled_on, c.order_number",
        _LEG_COLUMNS,
        [] if partner is None else [partner],
    )
    newest = {plan.code: Rule(plans.terms_of(plan)) for plan in plans.all_plans(session)}
    code_of = {plan.number: plan.code for plan in plans.all_plans(session)}
    codes = tuple(newest)
    place = np.zeros(max(code_of, default=0) + 1, np.int64)
    for number, code in code_of.items():
        place[number] = codes.index(code)
    people, who = np.unique(columns["partner"], return_inverse=True)
    # Legs of an order are neighbours: days ascend, and order numbers within a day.
    first = np.insert(np.diff(columns["order"]) != 0, 0, True)[: len(who)]
    row = np.cumsum(first) - 1
    held = np.zeros((int(first.sum()), len(ROLES)), np.int64)
    held[row, columns["role"]] = who + 1
    numbers = columns["order"][first]
    orders = Orders(
        currency=currency,
        base=columns["base"][first],
        kind=columns["kind"][first],
        plan=place[columns["plan"][first]],
        day=columns["day"][first],
        customer=columns["customer"][first],
        partners=held,
        plans=codes,
        partner_ids=_partner_ids(session, people.tolist()),
        refunds=_refunds(session, numbers),
    )
    return History(orders, newest)


def _partner_ids(session: Session, numbers: list[int]) -> tuple[str, ...]:
    rows = session.execute(
        text("SELECT external_id FROM partners WHERE number = ANY(:numbers) ORDER BY number"), {"numbers": numbers}
    )
    return tuple(row[0] for row in rows)


def _refunds(session: Session, numbers: "np.ndarray[Any, np.dtype[np.int64]]") -> Refunds:
    """The refunds of orders, by their rows."""
    rows = session.execute(text(f"{_REFUNDS} ORDER BY r.refunded_at, r.number")).all()
    if not rows or not len(numbers):
        return NO_REFUNDS
    order, day, amount = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    sequence = np.argsort(numbers)
    found = sequence[np.minimum(np.searchsorted(numbers[sequence], order), len(numbers) - 1)]
    known = numbers[found] == order
    return Refunds(found[known], day[known], amount[known])


# --- Saved simulations --------------------------------------------------------------------------------


def simulation(session: Session, id_: str, *, lock: bool = False) -> Simulation | None:
    """A simulation by its id."""
    query = select(Simulation).where(Simulation.id == id_)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def page(session: Session, after: str | None, before: str | None, limit: int) -> Sequence[RowMapping]:
    """A page of simulations without their results, the newest first."""
    table = Simulation
    query = select(
        table.id, table.name, table.status, table.progress_bps, table.reason, table.created_by, table.created_at,
        table.finished_at,
    )  # fmt: skip
    if after:
        query = query.where(table.id < after)
    if before:
        query = query.where(table.id > before)
    rows = session.execute(query.order_by(table.id.asc() if before else table.id.desc()).limit(limit)).mappings().all()
    return list(reversed(rows)) if before else rows


def next_waiting(session: Session) -> Simulation | None:
    """The oldest simulation that is not done, to be worked on alone."""
    return session.scalars(
        select(Simulation)
        .where(Simulation.status.in_(("queued", "running")))
        .order_by(Simulation.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def note_progress(session: Session, number: int, progress_bps: int) -> bool:
    """Notes how far a simulation is; returns whether somebody wants it to end."""
    row = session.execute(
        update(Simulation)
        .where(Simulation.number == number)
        .values(progress_bps=progress_bps)
        .returning(Simulation.cancel_requested)
    ).one()
    return bool(row[0])


def finish(
    session: Session,
    number: int,
    status: str,
    at: dt.datetime,
    *,
    reason: str | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    """Notes how a simulation ended."""
    session.execute(
        update(Simulation)
        .where(Simulation.number == number)
        .values(status=status, finished_at=at, reason=reason, result=result)
    )


# --- Proposals ----------------------------------------------------------------------------------------


def proposal(session: Session, id_: str, *, lock: bool = False) -> PlanProposal | None:
    """A proposal by its id."""
    query = select(PlanProposal).where(PlanProposal.id == id_)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def waiting_proposal(session: Session, code: str) -> PlanProposal | None:
    """The proposal of a plan's next version that waits for a decision."""
    query = select(PlanProposal).where(PlanProposal.code == code, PlanProposal.status == "waiting")
    return session.scalars(query).one_or_none()


def proposals(session: Session, after: str | None, before: str | None, limit: int) -> Sequence[PlanProposal]:
    """A page of proposals, the newest first."""
    query = select(PlanProposal)
    if after:
        query = query.where(PlanProposal.id < after)
    if before:
        query = query.where(PlanProposal.id > before)
    order = PlanProposal.id.asc() if before else PlanProposal.id.desc()
    rows = session.scalars(query.order_by(order).limit(limit)).all()
    return list(reversed(rows)) if before else rows


def simulation_ids(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """The ids of simulations."""
    rows = session.execute(select(Simulation.number, Simulation.id).where(Simulation.number.in_(numbers)))
    return {row[0]: row[1] for row in rows}


def plan_versions(session: Session, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Ids and states of plan versions."""
    rows = session.execute(text("SELECT number, id, status FROM plans WHERE number = ANY(:n)"), {"n": list(numbers)})
    return {row[0]: (row[1], row[2]) for row in rows}


def partner_count(session: Session) -> int:
    """How many partners there are."""
    return session.scalar(select(func.count()).select_from(Partner)) or 0
