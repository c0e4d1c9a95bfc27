#!/usr/bin/env python3
"""What the rules cost on the way from intake to the books: with all of them, and without, in turns.

    scripts/bench_compliance.py [--orders 20000] [--rounds 3]

Without: the same programs, started with the door to the rules taken out. The last line is one JSON object.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import _BURST, _sustained
from bench_world import World
from fenrun.compliance.catalogue import shipped
from fenrun.kit.money import Currency
from fenrun.settlement import screening
from fenrun.settlement.event_schemas import PaymentEvent
from fenrun.settlement.intake import SubscriptionEvent

_WITHOUT = (
    "import sys, fenrun.settlement.screening as s; s.screen = lambda *_: {};"
    " from fenrun.cli import app; sys.argv[0] = 'fenrun'; app()"
)
_ONE_AT_A_TIME = 500
_BATCHES = 20
_WARM = 1_000
"""Orders that come first, so that neither way pays for starting."""


def main() -> None:
    """Runs both in turns, and prints the ratio of their rates."""
    parser = argparse.ArgumentParser(description="What the rules cost.")
    parser.add_argument("--orders", type=int, default=2 * _BURST, help="in a turn")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        world = World(Path(folder))
        try:
            figures = _measure(world, given.orders, given.rounds)
        finally:
            world.stop()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(json.dumps({"machine": machine, "rules": len(shipped()), **figures}))


def _measure(world: World, orders: int, rounds: int) -> dict[str, Any]:
    rates: dict[str, list[int]] = {"with": [], "without": []}
    # One worker for all turns, for its first audit takes longer the more there is; rules are asked by the API.
    with world.process("worker"):
        for turn in range(rounds):
            # The one that begins changes, so that a machine that grows slower or faster favours neither.
            for way in ("with", "without") if turn % 2 == 0 else ("without", "with"):
                with world.process("api", ("-m", "fenrun") if way == "with" else ("-c", _WITHOUT)):
                    _sustained(world, _WARM)
                    rates[way].append(_sustained(world, orders))
                print(f"turn {turn + 1}, {way} rules: {rates[way][-1]:,} orders/s", flush=True)
    ratios = [a / b for a, b in zip(rates["with"], rates["without"], strict=True)]
    return {
        "orders_s_with": statistics.median(rates["with"]),
        "orders_s_without": statistics.median(rates["without"]),
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        **_alone(world),
    }


def _alone(world: World) -> dict[str, float]:
    """What asking costs by itself: CPU an order in batches of 1,000, and the time of a call about one order."""
    currency = Currency.of(world.road.currency)
    assert currency is not None
    key, busy, calls = world.road.keys.reference_key, 0.0, []
    bodies = world.events(1_000 * _BATCHES)
    events: list[SubscriptionEvent] = [PaymentEvent.model_validate(body).event(currency) for body in bodies]
    for at in range(0, len(events), 1_000):
        with world.road.sessions() as session:
            started = time.process_time()
            screening.screen(session, key, "crm", events[at : at + 1_000], currency.code)
            session.flush()
            busy += time.process_time() - started
            session.rollback()
    for event in events[:_ONE_AT_A_TIME]:
        with world.road.sessions() as session:
            started = time.perf_counter()
            screening.screen(session, key, "crm", [event], currency.code)
            session.flush()
            calls.append(time.perf_counter() - started)
            session.rollback()
    return {
        "cpu_us_an_order": round(busy / len(events) * 1e6, 1),
        "one_order_p50_ms": round(statistics.median(calls) * 1e3, 2),
        "one_order_p95_ms": round(statistics.quantiles(calls, n=20)[-1] * 1e3, 2),
    }


if __name__ == "__main__":
    main()
