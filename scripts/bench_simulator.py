#!/usr/bin/env python3
"""What simulating costs: orders × candidate plans, beside two things in the same run.

The plain loop splits one order after another by `plans.split`, as a settlement in Python would. The bandwidth limit is
NumPy reading the bases and rates of all legs and writing their shares, once per plan, and nothing else. The optimum's
share is what the search reaches of a best plan that can be worked out. The last line is one JSON object.

    uv run scripts/bench_simulator.py --orders 1000000 --plans 100
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from fenrun.plans.split import KINDS, Terms, Volumes, split
from fenrun.simulator import measures
from fenrun.simulator.comparison import TODAY, World
from fenrun.simulator.designs import Design, Rule, flat
from fenrun.simulator.engine import Reckoned, reckon
from fenrun.simulator.orders import Orders
from fenrun.simulator.search import Range, Space, search
from fenrun.simulator.sources import Distribution, History, drawn
from fenrun.simulator.world import Assumptions

CORES = 2
LOOP_ORDERS = 100_000
TERMS = Terms(
    (20_000, 50_000, 150_000), 14,
    ((1000, 1200, 1500, 1800), (500, 600, 700, 800), (200, 200, 300, 300)),
    ((500, 600, 750, 900), (250, 300, 350, 400), (0, 0, 100, 100)),
)  # fmt: skip


def candidates(count: int) -> list[Design]:
    """Candidates of the kind that is settled, all different: thresholds and every rate are drawn."""
    draw = random.Random(5)  # noqa: S311 - the same plans every time
    designs = []
    for number in range(count):
        thresholds = tuple(sorted(draw.sample(range(10_000, 300_000), draw.randint(1, 3))))

        def rows(most: int, tiers: int = len(thresholds) + 1) -> tuple[tuple[int, ...], ...]:
            return tuple(tuple(sorted(draw.randint(1, most // part) for _ in range(tiers))) for part in (1, 2, 5))

        designs.append(Design(f"candidate {number}", {"*": Rule(Terms(thresholds, 14, rows(2_500), rows(1_200)))}))
    return designs


def simulate(history: History, designs: Sequence[Design]) -> float:
    """Seconds for the figures of all candidates against today's plan, the layout of the legs included."""
    started = time.monotonic()
    assumptions = Assumptions()
    now = reckon(history.orders, TODAY, history.today)

    def judge(design: Design) -> None:
        then = reckon(history.orders, design, history.today)
        measures.totals(then, assumptions)
        measures.payouts(then.by_partner)
        measures.against(now, then)
        measures.migration(now, then)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(judge, designs))
    return time.monotonic() - started


def plain_loop(orders: Orders, terms: Terms) -> tuple[float, int]:
    """Seconds per order of one plan, an order at a time; and what it costs."""
    rows = list(
        zip(orders.base.tolist(), orders.kind.tolist(), orders.month.tolist(), orders.partners.tolist(), strict=True)
    )
    volumes, total, started = Volumes(), 0, time.monotonic()
    for base, kind, month, partners in rows:
        total += sum(leg.amount for leg in split(terms, KINDS[kind], base, partners, volumes, month))
    return (time.monotonic() - started) / len(rows), total


def bandwidth(found: Reckoned, plans: int) -> float:
    """Seconds to stream the arrays of one plan's legs, as often as there are plans, by as many threads."""
    legs = found.orders.legs
    rates, shares = np.repeat(found.rates, legs.lengths), [np.empty_like(legs.base) for _ in range(CORES)]

    def stream(thread: int) -> None:
        for _ in range(thread, plans, CORES):
            np.add(legs.base, rates, out=shares[thread])

    started = time.monotonic()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(stream, range(CORES)))
    return time.monotonic() - started


def optimum_share() -> tuple[float, float]:
    """What the search reaches of a known optimum: six plans whose volume answers to their rate; and its seconds."""
    elasticity, margin, most = 0.8, 5_000, 3_000
    draw, today_bps = np.random.default_rng(0), (800, 900, 1_000, 1_300, 1_600, 2_000)
    codes = tuple(f"plan-{number}" for number in range(len(today_bps)))
    plan = draw.integers(0, len(codes), 20_000)
    zeros = np.zeros(len(plan), np.int64)
    orders = Orders(
        "USD", draw.integers(1_000, 1_000_000, len(plan)), zeros, plan,
        np.sort(draw.integers(20_000, 20_300, len(plan))),
        np.arange(len(plan)), np.column_stack([plan + 1, zeros, zeros]), codes, codes,
    )  # fmt: skip
    rules = {
        code: Rule(flat({"new": (bps, 0, 0), "renewal": (0, 0, 0)})) for code, bps in zip(codes, today_bps, strict=True)
    }
    one = round(elasticity * 10_000)
    world = World.of(orders, rules, Assumptions(margin_bps=margin, elasticity_bps=(one, one, one)))
    rates = np.arange(most + 1)
    best = sum(
        orders.base[plan == number].sum() * ((1 + elasticity * (rates / bps - 1)) * (margin - rates)).max()
        for number, bps in enumerate(today_bps)
    )
    spaces = [Space(code, rule, {("new", 0, 0): Range(0, most, 25)}, {}) for code, rule in rules.items()]
    started = time.monotonic()
    [found, *_] = search(world, spaces, ["margin_after"], evaluations=800)
    return found.values["margin_after"] / (float(best) / 10_000), time.monotonic() - started


def main() -> None:
    """Measures, and compares what the two ways come to."""
    parser = argparse.ArgumentParser(description="What simulating costs.")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--plans", type=int, default=100)
    arguments = parser.parse_args()
    stated = Distribution(partners=2_000, customers=arguments.orders // 3, months=24, roles=(10_000, 8_000, 3_000))
    history = drawn(stated, "standard", Rule(TERMS), seed=1)
    designs = candidates(arguments.plans)
    seconds = simulate(history, designs)

    few = history.orders.taken(np.arange(min(LOOP_ORDERS, len(history.orders))))
    per_order, looped = 0.0, []
    for design in designs[:2]:
        took, cost = plain_loop(few, design.rules["*"].terms)
        per_order += took / 2
        looped.append(cost)
    if looped != [int(reckon(few, design, history.today).amounts.sum()) for design in designs[:2]]:
        raise SystemExit("The loop and the columns do not come to the same")
    limit = bandwidth(reckon(history.orders, TODAY, history.today), arguments.plans)
    share, searched = optimum_share()

    pairs = len(history.orders) * len(designs)
    print(f"{len(history.orders):,} orders, {len(history.orders.legs.order):,} legs, {len(designs)} plans")
    print(f"  {seconds:.2f} s, {pairs / seconds:,.0f} orders × plans per second")
    print(f"  plain loop: {1 / per_order:,.0f} per second; memory alone: {limit:.2f} s")
    print(f"  search: {share:.4%} of the known optimum in {searched:.1f} s")
    figures: dict[str, Any] = {
        "orders": len(history.orders),
        "plans": len(designs),
        "seconds": round(seconds, 2),
        "vs_plain_loop": round(per_order * pairs / seconds, 1),
        "vs_bandwidth_limit": round(seconds / limit, 1),
        # Linux counts in KiB.
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "optimum_share": round(share, 4),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
