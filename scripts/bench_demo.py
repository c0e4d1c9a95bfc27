#!/usr/bin/env python3
"""Times the replay of a scenario, whole, and what the bare chain needs for the same blocks, in one run.

The ratio of the two is what the road costs beyond the chain: claiming, signing, storing, reading back, keeping books.
The last line is one JSON object.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fenrun.demo.run import open_scenario
from fenrun.kit.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Runs the demo in its own process, then makes its chain again from the stored transactions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", type=Path, default=ROOT / "examples" / "cdnow")
    scenario = parser.parse_args().scenario
    with tempfile.TemporaryDirectory() as home:
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "fenrun", "demo", "--scenario", str(scenario), "--exit", "--json"],
            env={**os.environ, "FENRUN_HOME": home},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        whole = time.monotonic() - started
        figures = json.loads(done.stdout.splitlines()[-1])

        instance = open_scenario(scenario, Settings(home=Path(home)))
        fact = instance.fact("scenario") or {}
        started = time.monotonic()
        instance.start_chain(int(str(fact["genesis_time"])))
        chain = time.monotonic() - started
        instance.stop()

    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "orders": figures["orders_settled"],
        "whole_seconds": round(whole, 1),
        "replay_seconds": figures["seconds"],
        "audit_seconds": figures["audit"]["seconds"],
        "bare_chain_seconds": round(chain, 1),
        "replay_vs_bare_chain": round(figures["seconds"] / chain, 2),
        "orders_per_second": round(figures["orders_settled"] / figures["seconds"], 1),
        "gas_per_order": figures["gas_per_order"],
        "peak_mb": figures["peak_mb"],
        "audit_ok": figures["audit_ok"],
    }
    for name, value in result.items():
        print(f"{name:22} {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
