#!/usr/bin/env python3
"""How fast the settlement backend is, with everything on this machine: API, workers, PostgreSQL, Anvil.

    scripts/bench.py                      a million legs: about ten minutes
    scripts/bench.py --orders 20000       a short run

Every figure is from this run; ratios compare two things in it. The last line is one JSON object.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import bench_index
import bench_portal
from bench_world import KEY, PARTNERS, World, bodies, post
from fenrun.instance import real
from fenrun.kit.settings import load_settings

_BURST = 10_000
"""Orders of a rate that is compared with another."""
_ONE_AT_A_TIME = 300
_READS = 400
_READERS = 32


def main() -> None:
    """Runs everything, one after the other."""
    parser = argparse.ArgumentParser(description="How fast the settlement backend is.")
    parser.add_argument("--orders", type=int, default=334_000, help="in the books at the end; each has three legs")
    parser.add_argument("--audit", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.audit:
        _audit()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        world = World(home)
        try:
            figures = _measure(world, home, given.orders)
        finally:
            world.stop()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(json.dumps({"machine": machine, **figures}))


def _measure(world: World, home: Path, orders: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}

    def note(**found: float) -> None:
        figures.update(found)
        print("  ".join(f"{name} {value:,}" for name, value in found.items()), flush=True)

    with world.process("api"):
        note(accept_one_at_a_time_orders_s=_one_at_a_time(world))
        note(accept_orders_s=_accept(world, _BURST))
        with world.process("worker"):
            _wait_until_settled(world, _ONE_AT_A_TIME + _BURST)
            first = _sustained(world, _BURST)
            note(intake_at_first_orders_s=first)
            rest = max(orders - world.settled() - _BURST, _BURST)
            note(intake_orders_s=_sustained(world, rest), intake_orders=rest)
            last = _sustained(world, _BURST)
            note(intake_at_last_orders_s=last, intake_growth_ratio=round(last / first, 2))
            _wait_until_sealed(world)
        legs = world.count("commissions")
        note(legs=legs)
        note(**_earnings(world))
        note(**bench_portal.measure(world))
    note(**bench_index.measure(world.road, home))
    audit = json.loads(
        subprocess.run([sys.executable, __file__, "--audit"], check=True, stdout=subprocess.PIPE, text=True)
        .stdout.strip()
        .splitlines()[-1]
    )
    note(
        audit_seconds=audit["seconds"],
        audit_rows_s=round(legs / audit["seconds"]),
        audit_peak_mb=audit["peak_mb"],
        audit_differences=audit["differences"],
    )
    return figures


def _one_at_a_time(world: World) -> int:
    connection, started = world.connect(), time.monotonic()
    for event in world.events(_ONE_AT_A_TIME):
        post(connection, "/v1/events", json.dumps(event).encode(), key=event["id"])
    connection.close()
    return round(_ONE_AT_A_TIME / (time.monotonic() - started))


def _accept(world: World, orders: int) -> int:
    """Orders a second that the API accepts, in batches of 1,000."""
    requests = bodies(world.events(orders))
    connection, started = world.connect(), time.monotonic()
    for body in requests:
        post(connection, "/v1/events/batch", body)
    connection.close()
    return round(orders / (time.monotonic() - started))


def _sustained(world: World, orders: int) -> int:
    """Orders a second from the first request until all are in the books."""
    before, started = world.settled(), time.monotonic()
    sending = threading.Thread(target=_accept, args=(world, orders))
    sending.start()
    sending.join()
    _wait_until_settled(world, before + orders)
    return round(orders / (time.monotonic() - started))


def _wait_until_settled(world: World, orders: int) -> None:
    while world.settled() < orders:
        time.sleep(0.05)


def _wait_until_sealed(world: World) -> None:
    while world.count("batches WHERE status <> 'finalized'"):
        time.sleep(0.2)


def _earnings(world: World) -> dict[str, float]:
    """Milliseconds that the earnings of a partner take, by one reader and by many."""
    connection = world.connect()
    sign_in = json.dumps({"login": "bench", "password": KEY})
    connection.request("POST", "/v1/session", sign_in, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    cookie = {"Cookie": (answer.headers["Set-Cookie"] or "").split(";")[0]}
    connection.request("GET", "/v1/partners?limit=100", headers=cookie)
    partners = [partner["id"] for partner in json.loads(connection.getresponse().read())["data"]]
    connection.close()

    def read(reader: int) -> list[float]:
        own, taken = world.connect(), []
        for number in range(_READS if reader < 0 else _READS // 8):
            began = time.monotonic()
            path = f"/v1/partners/{partners[(number * 7 + reader) % min(PARTNERS, len(partners))]}/earnings"
            own.request("GET", path, headers=cookie)
            found = own.getresponse()
            content = found.read()
            if found.status != 200:
                raise SystemExit(f"{path} answered {found.status}: {content[:300].decode()}")
            taken.append((time.monotonic() - began) * 1000)
        own.close()
        return taken

    read(-1)
    alone = read(-1)
    with ThreadPoolExecutor(_READERS) as readers:
        together = [each for one in readers.map(read, range(_READERS)) for each in one]
    return {
        "earnings_p50_ms": round(statistics.median(alone), 1),
        "earnings_p99_ms": round(statistics.quantiles(alone, n=100)[98], 1),
        "earnings_p99_ms_32": round(statistics.quantiles(together, n=100)[98], 1),
    }


def _audit() -> None:
    """One audit in a process of its own, whose memory is its own."""
    instance = real(load_settings())
    installation = instance.installation()
    if installation is None:
        raise SystemExit("Nothing is set up here")
    road = instance.open_road(installation)
    verdict = road.audit()
    instance.stop()
    found = {
        "seconds": verdict["seconds"],
        # Linux counts in KiB.
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "differences": sum(check["differences"] for check in verdict["checks"]),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
