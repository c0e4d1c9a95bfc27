#!/usr/bin/env python3
"""The campaign over the whole suite of contracts, long: a million calls, and every promise holds after them.

    scripts/fuzz.py                     a million calls, one campaign for each core
    scripts/fuzz.py --calls 20000 --seed 7

The campaigns begin with seeds of their own, which are printed: the same seed makes the same calls. The last line is one
JSON object; the exit status is 1 when a promise is broken, a call reverts, or fewer calls were made than asked for.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORGE = [str(ROOT / ".tools" / "bin" / "forge"), "test", "--match-contract", "^Campaign$"]
RESULT = re.compile(r"^\[PASS\] invariant_\w+\(\) \(runs: \d+, calls: (\d+), reverts: (\d+)\)", re.MULTILINE)


def start(runs: int, seed: int) -> subprocess.Popen[str]:
    """One campaign."""
    return subprocess.Popen(
        [*FORGE, "--fuzz-seed", hex(seed)],
        env={**environment(), "FOUNDRY_INVARIANT_RUNS": str(runs)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def environment() -> dict[str, str]:
    """Ours, and only the campaign is compiled."""
    test = "tests/contracts/forge/invariant"
    return {**os.environ, "FOUNDRY_PROFILE": "fuzz", "FOUNDRY_TEST": test, "NO_COLOR": "1"}


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="The campaign over the whole suite of contracts, long.")
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first campaign; the others count up")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="campaigns side by side")
    given = parser.parse_args()
    depth = tomllib.loads((ROOT / "foundry.toml").read_text("utf-8"))["profile"]["fuzz"]["invariant"]["depth"]
    runs = -(-given.calls // (depth * given.jobs))

    # Compiles once, for all of them.
    subprocess.run([*FORGE, "--list"], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, check=True)
    started = time.monotonic()
    seeds = range(given.seed, given.seed + given.jobs)
    print(f"{given.jobs} campaigns of {runs} runs of {depth} calls, seeds {seeds[0]} to {seeds[-1]}", flush=True)
    campaigns = [start(runs, seed) for seed in seeds]
    calls = reverts = broken = 0
    for campaign, seed in zip(campaigns, seeds, strict=True):
        output, _ = campaign.communicate()
        result = RESULT.search(output)
        if result:
            calls, reverts = calls + int(result[1]), reverts + int(result[2])
        else:
            broken += 1
            print(f"--- seed {seed} ---\n{output}", flush=True)
    seconds = time.monotonic() - started
    figures = {
        "calls": calls,
        "reverts": reverts,
        "campaigns_broken": broken,
        "seconds": round(seconds),
        "calls_per_second": round(calls / seconds),
    }
    print(json.dumps(figures))
    return 0 if not broken and not reverts and calls >= given.calls else 1


if __name__ == "__main__":
    sys.exit(main())
