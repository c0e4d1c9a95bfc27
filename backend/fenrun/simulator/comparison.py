"""Candidates beside today's plan, in the same world: figures, stress, break-even, sensitivity, findings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from fenrun.plans.split import KINDS, ROLES, WHOLE_BPS
from fenrun.simulator import measures
from fenrun.simulator.designs import Design, Rule
from fenrun.simulator.engine import Reckoned, reckon
from fenrun.simulator.measures import bps
from fenrun.simulator.orders import Orders
from fenrun.simulator.world import Assumptions, assumed, response

TODAY = Design("today", {})
STRESS_BPS = (8_000, 10_000, 12_000)
_BREAK_EVEN_MOST_BPS = 40_000
_CLIFF_BPS = 100
"""What one unit is worth beside the whole payout for it to be called a cliff."""
_DEDUCTIBLE_BPS = 500
"""China: 财税〔2009〕29号 lets a company deduct commission up to 5 % of the contract's revenue."""


@dataclass(frozen=True)
class World:
    """Orders as assumed, the rules of today, and what they give."""

    orders: Orders
    today: Mapping[str, Rule]
    assumptions: Assumptions
    now: Reckoned

    @classmethod
    def of(cls, orders: Orders, today: Mapping[str, Rule], assumptions: Assumptions) -> "World":
        """The world of some orders under assumptions."""
        orders = assumed(orders, assumptions)
        return cls(orders, today, assumptions, reckon(orders, TODAY, today))

    @cached_property
    def figures_of_today(self) -> dict[str, Any]:
        """The figures of today's plan, reckoned once."""
        return figures(self, TODAY)

    def reckon(self, design: Design, elasticity_bps: int | None = None) -> Reckoned:
        """What a design gives, with the volume that partners answer with; the likeliest, unless another is named."""
        if not design.rules:
            return self.now
        then = reckon(self.orders, design, self.today)
        elasticity = self.assumptions.elasticity_bps[1] if elasticity_bps is None else elasticity_bps
        if not elasticity:
            return then
        return reckon(self.orders.scaled(response(self.now, then, elasticity)), design, self.today)

    def at_volume(self, factor_bps: int) -> "World":
        """The same at other prices."""
        orders = self.orders.scaled(factor_bps)
        return replace(self, orders=orders, now=reckon(orders, TODAY, self.today))

    def margin_after(self, found: Reckoned) -> int:
        """What is left after commission, in minor units."""
        return self.assumptions.margin_after(found.orders.revenue, found.cost)


def figures(world: World, design: Design) -> dict[str, Any]:
    """All that is drawn while a plan is edited."""
    then = world.reckon(design)
    cliffs = measures.cliffs(then)
    most = max((int(world.orders.legs.volumes(rule.period_months).max()) for rule in then.rules), default=0)
    return {
        "name": design.name,
        "simulated_only": design.simulated_only(),
        **measures.totals(then, world.assumptions),
        "months": measures.months(then),
        "payouts": measures.payouts(then.by_partner, world.now.by_partner),
        "against_today": measures.against(world.now, then),
        "tiers": measures.migration(world.now, then),
        "cliffs": cliffs[:24],
        "curves": [
            {"plan": code, "points": measures.curve(rule, min(most, measures.typical_most(then)))}
            for code, rule in zip(then.orders.plans, then.rules, strict=True)
        ],
        "findings": list(findings(then, cliffs, world.assumptions)),
        "bridge": bridge(world, design, then),
    }


def bridge(world: World, design: Design, then: Reckoned) -> dict[str, int]:
    """From today's margin to the candidate's: what the plan changes at the same volume, and what the answer does."""
    same = then if then.orders is world.orders else reckon(world.orders, design, world.today)
    before, at_same, after = (world.margin_after(found) for found in (world.now, same, then))
    return {"before": before, "by_plan": at_same - before, "by_response": after - at_same, "after": after}


def stress(world: World, design: Design) -> list[dict[str, Any]]:
    """Cost, rate and margin at four fifths of the volume, at all of it, and at six fifths."""
    rows = []
    for factor in STRESS_BPS:
        at = world if factor == WHOLE_BPS else world.at_volume(factor)
        then = at.reckon(design)
        rows.append(
            {
                "volume_bps": factor,
                "revenue": then.orders.revenue,
                "cost": then.cost,
                "effective_rate_bps": bps(then.cost, then.orders.revenue),
                "margin_after": at.margin_after(then),
                "today_cost": at.now.cost,
                "today_margin_after": at.margin_after(at.now),
            }
        )
    return rows


def break_even(world: World, design: Design) -> float | None:
    """By what factor of volume, in basis points, the design leaves as much as today's plan; None when by none up to
    four times. What is left is nearly proportional to volume, so a guess by proportion ends most of the search."""
    wanted = world.margin_after(world.now)

    def left(factor: int) -> int:
        return world.margin_after(reckon(world.orders.scaled(factor), design, world.today))

    low, high = 0, _BREAK_EVEN_MOST_BPS
    most = left(high)
    if most < wanted:
        return None
    guess, step = high * wanted // max(most, 1), 1
    while high - low > 1:
        guess = min(max(guess, low + 1), high - 1)
        if left(guess) >= wanted:
            high, guess = guess, guess - step
        else:
            low, guess = guess, guess + step
        # Further each time, and when that leads past the bounds, by halves.
        step *= 4
        if not low < guess < high:
            guess = (low + high) // 2
    return high


def sensitivity(
    history: Orders, today: Mapping[str, Rule], assumptions: Assumptions, design: Design
) -> list[dict[str, Any]]:
    """What the margin after commission is when one assumption is another; the one that moves it most first."""
    low, _, high = assumptions.elasticity_bps
    changes: list[tuple[str, Sequence[Assumptions]]] = [
        ("volume_bps", _both(assumptions, "volume_bps", 2_000, assumptions.volume_bps)),
        ("margin_bps", _both(assumptions, "margin_bps", 500, WHOLE_BPS)),
        ("churn_bps", _both(assumptions, "churn_bps", 200, WHOLE_BPS)),
        ("refunds_bps", _both(assumptions, "refunds_bps", 200, WHOLE_BPS)),
        ("tax_bps", _both(assumptions, "tax_bps", 500, WHOLE_BPS)),
    ]
    if low != high:
        ends = [replace(assumptions, elasticity_bps=(end, end, end)) for end in (low, high)]
        changes.append(("elasticity_bps", ends))
    rows = []
    for name, of_name in changes:
        margins = []
        for end in of_name:
            world = World.of(history, today, end)
            margins.append(world.margin_after(world.reckon(design)))
        values = [_value(end, name) for end in of_name]
        rows.append({"assumption": name, "low": values[0], "high": values[1], "margin_at_low": margins[0],
                     "margin_at_high": margins[1]})  # fmt: skip
    return sorted(rows, key=lambda row: -abs(row["margin_at_high"] - row["margin_at_low"]))


def _both(assumptions: Assumptions, name: str, step: int, most: int) -> list[Assumptions]:
    at = getattr(assumptions, name)
    top = at + step if name == "volume_bps" else min(at + step, most)
    changed: list[dict[str, Any]] = [{name: max(at - step, 0)}, {name: top}]
    return [replace(assumptions, **change) for change in changed]


def _value(assumptions: Assumptions, name: str) -> int:
    value = getattr(assumptions, name)
    return int(value[1] if isinstance(value, tuple) else value)


# --- Findings -----------------------------------------------------------------------------------------


def findings(found: Reckoned, cliffs: Sequence[dict[str, Any]], assumptions: Assumptions) -> Iterator[dict[str, Any]]:
    """What somebody should look at before such a plan is published: a code, and the figures it is about."""
    for code, rule in zip(found.orders.plans, found.rules, strict=True):
        yield from _of_rule(code, rule, assumptions)
    for row in cliffs:
        if row["worth"] * WHOLE_BPS > row["at"] * _CLIFF_BPS:
            yield {"code": "cliff", "plan": row["plan"], "worth": row["worth"], "threshold": row["threshold"],
                   "near": row["near"]}  # fmt: skip
            break
    rate = bps(found.cost, found.orders.revenue)
    if rate is not None and rate > _DEDUCTIBLE_BPS:
        yield {"code": "above_deductible", "rule": "TAX-CN-06", "rate_bps": rate, "limit_bps": _DEDUCTIBLE_BPS}
    if assumptions.budget is not None and found.cost > assumptions.budget:
        yield {"code": "over_budget", "by": found.cost - assumptions.budget}
    yield from _late_refunds(found)


def _of_rule(code: str, rule: Rule, assumptions: Assumptions) -> Iterator[dict[str, Any]]:
    for kind, rows in zip(KINDS, (rule.terms.new_bps, rule.terms.renewal_bps), strict=True):
        highest = sum(max(row) for row in rows)
        with_tax = highest * (WHOLE_BPS + assumptions.tax_bps) // WHOLE_BPS
        if with_tax > assumptions.margin_bps:
            yield {"code": "above_margin", "plan": code, "kind": kind, "rate_bps": with_tax,
                   "limit_bps": assumptions.margin_bps}  # fmt: skip
        for role, row in zip(ROLES, rows, strict=False):
            if any(later < earlier for earlier, later in pairwise(row)):
                yield {"code": "falling_rate", "plan": code, "kind": kind, "role": role}


def _late_refunds(found: Reckoned) -> Iterator[dict[str, Any]]:
    """Refunds that come after the hold has ended make debts of partners who were paid."""
    orders, refunds = found.orders, found.orders.refunds
    if len(refunds.order) == 0:
        return
    holds = np.array([rule.terms.hold_days for rule in found.rules], np.int64)
    late = int((refunds.day - orders.day[refunds.order] > holds[orders.plan[refunds.order]]).sum())
    if late:
        yield {"code": "refunds_after_hold", "refunds": late, "share_bps": bps(late, len(refunds.order))}


def compare(world: World, designs: Sequence[Design]) -> dict[str, Any]:
    """What is drawn while a plan is edited: today's plan and candidates."""
    return {"today": world.figures_of_today, "designs": [figures(world, design) for design in designs]}


def at_length(world: World, design: Design) -> dict[str, Any]:
    """The figures of a design, and those that take longer: stress and break-even."""
    row = world.figures_of_today if design is TODAY else figures(world, design)
    return {**row, "stress": stress(world, design), "break_even_bps": break_even(world, design)}
