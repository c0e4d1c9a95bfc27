"""Decisions about simulations: what is reckoned for what is asked."""

from collections.abc import Callable, Sequence
from typing import Any

from fenrun.kit.calendar import day_of
from fenrun.plans.split import ROLES
from fenrun.simulator import comparison, montecarlo
from fenrun.simulator.comparison import TODAY, World
from fenrun.simulator.designs import Design, Rule
from fenrun.simulator.engine import reckon
from fenrun.simulator.errors import DesignError
from fenrun.simulator.result_schemas import ComparisonOut
from fenrun.simulator.saved_schemas import WhatIfOut
from fenrun.simulator.schemas import AssumptionsIn, DesignIn, RuleIn, SearchIn, SimulationIn
from fenrun.simulator.search import Constraints, Range, Space, search
from fenrun.simulator.sources import History, drawn

Progress = Callable[[float], None]
STATED_PLAN = "standard"


def preview(world: World, assumptions: AssumptionsIn, designs: Sequence[Design], *, at_length: bool) -> ComparisonOut:
    """What is redrawn while a plan is edited; at length, with stress and break-even, once it rests.

    Raises:
        DesignError: a design makes no sense.
    """
    found = comparison.compare(world, [] if at_length else designs)
    if at_length:
        found["designs"] = [comparison.at_length(world, design) for design in designs]
    return _out(world, assumptions, found)


def run(history: History, asked: SimulationIn, progress: Progress = lambda _: None) -> ComparisonOut:
    """A whole simulation.

    Args:
        progress: Told the part that is done, from 0 to 1; may raise to stop.

    Raises:
        DesignError: a design or an assumption makes no sense.
    """
    assumptions = asked.assumptions.assumptions()
    designs = [design.design() for design in asked.designs]
    world = World.of(history.orders, history.today, assumptions)
    parts = 1 + len(designs) + (2 if asked.draws else 0) + (4 if asked.search else 0)
    done, rows = 0, []
    for design in (TODAY, *designs):
        row = comparison.at_length(world, design)
        row["sensitivity"] = comparison.sensitivity(history.orders, history.today, assumptions, design)
        rows.append(row)
        done += 1
        progress(done / parts)
    found: dict[str, Any] = {"today": rows[0], "designs": rows[1:]}
    if asked.draws:
        draws = montecarlo.simulate(
            history.orders, history.today, designs, assumptions, asked.draws,
            lambda part: progress((done + 2 * part) / parts),
        )  # fmt: skip
        found["forecast"] = draws.intervals()
        done += 2
    if asked.search:
        start = designs[0] if designs else TODAY
        found["front"] = [
            {"design": DesignIn.of(point.design), "values": point.values, "keeps": point.keeps}
            for point in _search(world, start, asked.search, lambda part: progress((done + 4 * part) / parts))
        ]
    progress(1)
    return _out(world, asked.assumptions, found)


def what_if(history: History, volume_bps: int) -> WhatIfOut:
    """What the orders of one partner's history would have earned it at another volume."""
    orders = history.orders
    now = reckon(orders, TODAY, history.today)
    then = reckon(orders.scaled(volume_bps), TODAY, history.today)
    legs, months = orders.legs, {}
    for month, volume, earned, would in zip(
        legs.entry_month.tolist(), legs.gross.tolist(), now.earned.tolist(), then.earned.tolist(), strict=True
    ):
        name = f"{(month + legs.first_month) // 12}-{(month + legs.first_month) % 12 + 1:02d}"
        months[name] = {"month": name, "volume": volume, "earned": earned, "would_earn": would}
    return WhatIfOut.model_validate(
        {
            "currency": orders.currency,
            "volume_bps": volume_bps,
            "orders": len(orders),
            "earned": int(now.earned.sum()),
            "would_earn": int(then.earned.sum()),
            "months": list(months.values()),
        }
    )


def stated(asked: SimulationIn, currency: str, today: dict[str, Rule]) -> History | None:
    """The orders of a simulation that states its business; None when it is about the company's own.

    The rules of today are those of the first plan; without one, the first design's.

    Raises:
        DesignError: there is neither.
    """
    if asked.distribution is None:
        return None
    rules = list(today.values()) or [rule for design in asked.designs[:1] for rule in design.design().rules.values()]
    if not rules:
        raise DesignError("A stated business needs a plan to compare with: publish one, or give a design")
    distribution = asked.distribution.distribution(currency)
    return drawn(distribution, next(iter(today), STATED_PLAN), rules[0], asked.assumptions.seed)


def _search(world: World, start: Design, asked: SearchIn, progress: Progress) -> Any:
    rules = {code: start.rule(code) or world.today[code] for code in world.orders.plans}
    range_ = Range(asked.rates.low, asked.rates.high, asked.rates.step)
    spaces = [Space(code, rule, _rates(rule, asked, range_), {}) for code, rule in rules.items()]
    constraints = Constraints(
        asked.least_margin_bps,
        None if asked.budget is None else int(asked.budget),
        asked.segment_loss_bps,
        asked.gini,
        asked.partners_paid,
    )
    return search(world, spaces, asked.objectives, constraints, asked.evaluations, progress)


def _rates(rule: Rule, asked: SearchIn, range_: Range) -> dict[tuple[str, int, int], Range]:
    """The rates that may be another: of roles and kinds that were asked for and for which the rule pays."""
    return {
        (kind, role, tier): range_
        for kind in asked.kinds
        for role, name in enumerate(ROLES)
        for tier in range(len(rule.terms.thresholds) + 1)
        if name in asked.roles and any(rule.terms.rate(kind, role, t) for t in range(len(rule.terms.thresholds) + 1))
    }


def _out(world: World, assumptions: AssumptionsIn, found: dict[str, Any]) -> ComparisonOut:
    orders = world.orders
    return ComparisonOut.model_validate(
        {
            **found,
            "currency": orders.currency,
            "orders": len(orders),
            "partners": len(orders.partner_ids),
            "from_month": f"{day_of(int(orders.day.min())):%Y-%m}",
            "to_month": f"{day_of(int(orders.day.max())):%Y-%m}",
            "assumptions": assumptions,
            "today_rules": {code: RuleIn.of(world.today[code]) for code in orders.plans if code in world.today},
        }
    )
