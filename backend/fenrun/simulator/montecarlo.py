"""How far the next period may be from the last one: a predictive bootstrap of customers.

The orders of the past are one draw of a business that nobody knows. A draw here first asks what else the past could
have been (each customer as often as a Poisson law of mean 1 says), then what the future could be given that past (the
same again): its spread is that of the difference between two periods, not of one. Partners stay; customers, what they
buy, who of them leaves and what partners' behaviour answers are drawn.

All draws of a chunk are reckoned as one history, in which each draw has partners of its own: no second engine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fenrun.plans.split import Ints
from fenrun.simulator.comparison import TODAY
from fenrun.simulator.designs import Design, Rule
from fenrun.simulator.engine import Reckoned, reckon
from fenrun.simulator.orders import Orders
from fenrun.simulator.world import Assumptions, assumed, response

DRAWS = 200
_CHUNK_ORDERS = 400_000
PARTS = (10, 50, 90)


@dataclass(frozen=True)
class Draws:
    """By design (today's first): revenue, cost and margin of each draw, in minor units."""

    names: tuple[str, ...]
    revenue: Ints
    cost: Ints
    margin: Ints

    def intervals(self) -> list[dict[str, Any]]:
        """The 80 % intervals and the medians, and in how many draws a design leaves more than today's plan."""
        return [
            {
                "name": name,
                **{
                    measure: {f"p{part}": int(np.percentile(values[place], part)) for part in PARTS}
                    for measure, values in (
                        ("revenue", self.revenue),
                        ("cost", self.cost),
                        ("margin_after", self.margin),
                    )
                },
                "better_bps": int((self.margin[place] > self.margin[0]).sum()) * 10_000 // self.margin.shape[1],
            }
            for place, name in enumerate(self.names)
        ]


def simulate(
    orders: Orders,
    today: Mapping[str, Rule],
    designs: Sequence[Design],
    assumptions: Assumptions,
    draws: int = DRAWS,
    progress: Callable[[float], None] = lambda _: None,
) -> Draws:
    """Draws so many futures, the same ones for every design.

    Args:
        progress: Told the part that is done; may raise to stop.
    """
    chosen = (TODAY, *designs)
    results = np.zeros((3, len(chosen), draws), np.int64)
    at_once = max(1, min(draws, _CHUNK_ORDERS // len(orders)))
    dice, customers = np.random.default_rng([assumptions.seed, 2]), len(np.unique(orders.customer))
    for first in range(0, draws, at_once):
        count = min(at_once, draws - first)
        world = assumed(_stacked(orders, count, dice), assumptions, salt=3 + first)
        low, likely, high = assumptions.elasticity_bps
        elasticity = dice.triangular(low, likely, high, count) if low < high else np.full(count, likely)
        chunk = slice(first, first + count)
        now = reckon(world, TODAY, today)
        for place, design in enumerate(chosen):
            found = now if design is TODAY else _answered(now, design, today, elasticity)
            results[:2, place, chunk] = _sums(found, count, customers)
        progress((first + count) / draws)
    revenue, cost = results[0], results[1]
    for place in range(len(chosen)):
        results[2, place] = [
            assumptions.margin_after(*pair) for pair in zip(revenue[place].tolist(), cost[place].tolist(), strict=True)
        ]
    return Draws(tuple(design.name for design in chosen), *results)


def _answered(now: Reckoned, design: Design, today: Mapping[str, Rule], elasticity: "np.ndarray[Any, Any]") -> Reckoned:
    then = reckon(now.orders, design, today)
    if not elasticity.any():
        return then
    people = len(now.orders.partner_ids) // len(elasticity)
    return reckon(now.orders.scaled(response(now, then, np.repeat(elasticity, people))), design, today)


def _stacked(orders: Orders, count: int, dice: np.random.Generator) -> Orders:
    """So many drawn histories in one: each with partners and customers of its own."""
    customers, number = np.unique(orders.customer, return_inverse=True)
    past = dice.poisson(1, (count, len(customers)))
    times = dice.poisson(past)[:, number]
    draw, row = np.nonzero(times)
    copies = times[draw, row]
    draw, row = np.repeat(draw, copies), np.repeat(row, copies)
    # Orders settle by day; of one day, draw by draw.
    sequence = np.argsort(row, kind="stable")
    draw, row = draw[sequence], row[sequence]
    people = len(orders.partner_ids)
    partners = orders.partners[row]
    partners = np.where(partners > 0, partners + (draw * people)[:, None], 0)
    stacked = orders.taken(row, partners, count * people)
    return replace(stacked, customer=draw * len(customers) + number[row])


def _sums(found: Reckoned, count: int, customers: int) -> Ints:
    """Revenue and cost of each draw."""
    orders = found.orders
    draw, revenue = orders.customer // customers, np.zeros(count, np.int64)
    np.add.at(revenue, draw, orders.base)
    np.subtract.at(revenue, draw[orders.refunds.order], orders.refunds.amount)
    return np.stack([revenue, found.by_partner.reshape(count, -1).sum(axis=1)])
