#!/usr/bin/env python3
"""Shows that the invariants bite: one wrong contract for every promise, each found by the promise it breaks.

    scripts/mutants.py                      all of them
    scripts/mutants.py PaidOnce Proven      only these

Each mutant of tests/contracts/invariants/mutants.toml is made in a copy of its own and goes through a short campaign,
which names every promise that it found broken. The right ones, and no others, kill a mutant. The last line is one JSON
object; the exit status is 1 when a mutant lives, is killed by something else, or cannot be made.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "tests" / "contracts" / "invariants" / "mutants.toml"
PROMISES = ROOT / "tests" / "contracts" / "forge" / "invariant" / "Ghosts.sol"
CAMPAIGN = "tests/contracts/forge/invariant"
FORGE = [str(ROOT / ".tools" / "bin" / "forge"), "test", "--match-contract", "^Campaign$"]
PATIENCE_SECONDS = 15 * 60

# Without the optimizer and without shrinking: what is wanted is an answer, and soon.
SHORT = {
    "FOUNDRY_PROFILE": "quick",
    "FOUNDRY_TEST": CAMPAIGN,
    "FOUNDRY_OPTIMIZER": "false",
    "FOUNDRY_INVARIANT_RUNS": "64",
    "FOUNDRY_INVARIANT_DEPTH": "256",
    "FOUNDRY_INVARIANT_CHECK_INTERVAL": "4",
    "FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT": "0",
}


@dataclass(frozen=True)
class Mutant:
    """One change to one contract, and the promises that it breaks; its own is the first."""

    what: str
    file: str
    before: str
    after: str
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the promises that were found broken, or why there are none."""

    mutant: Mutant
    broken: tuple[str, ...]
    problem: str
    seconds: float

    @property
    def killed(self) -> bool:
        """By its own promise, and by no promise that nobody expected."""
        return not self.problem and self.mutant.breaks[0] in self.broken and set(self.broken) <= set(self.mutant.breaks)


def promises() -> list[str]:
    """Their names, each at its number."""
    body = re.search(r"enum Promise \{(.*?)\}", PROMISES.read_text("utf-8"), re.DOTALL)
    return re.findall(r"\w+", body.group(1)) if body else []


def mutants() -> list[Mutant]:
    """All that are written down; every promise has one."""
    entries = tomllib.loads(MUTANTS.read_text("utf-8"))
    missing = set(promises()[1:]) ^ set(entries)
    if missing:
        sys.exit(f"without a mutant, or without a promise: {', '.join(sorted(missing))}")
    return [
        Mutant(entry["what"], entry["file"], entry["from"], entry["to"], (name, *entry.get("also", [])))
        for name, entry in entries.items()
    ]


def judge(mutant: Mutant) -> Verdict:
    """Makes the mutant in a copy of the contracts and runs the campaign over it."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for name in ("contracts", CAMPAIGN, "tests/contracts/forge/utils"):
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "foundry.toml", copy)
        (copy / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "solc", copy / "scripts")
        (copy / "node_modules").symlink_to(ROOT / "node_modules")
        source = copy / mutant.file
        text = source.read_text("utf-8")
        if text.count(mutant.before) != 1:
            return Verdict(mutant, (), f"`from` stands {text.count(mutant.before)} times in {mutant.file}", 0)
        source.write_text(text.replace(mutant.before, mutant.after), "utf-8")
        output = campaign(copy)
    broken, problem = read(output)
    return Verdict(mutant, broken, problem, time.monotonic() - started)


def campaign(folder: Path) -> str:
    """What forge says."""
    try:
        done = subprocess.run(
            FORGE, cwd=folder, env={**os.environ, **SHORT, "NO_COLOR": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "took too long"
    return done.stdout


def read(output: str) -> tuple[tuple[str, ...], str]:
    """The promises that the campaign found broken; or else what happened instead."""
    if re.search(r"^\[PASS\] invariant_", output, re.MULTILINE):
        return (), "lives"
    failed = re.search(r"^\[FAIL: (.*?)\]?$", output, re.MULTILINE)
    numbers = re.findall(r"\[(\d+)\] ", failed.group(1)) if failed else []
    if not numbers:
        return (), failed.group(1) if failed else output.strip()[-600:]
    return tuple(promises()[int(number)] for number in numbers), ""


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Shows that the invariants bite.")
    parser.add_argument("promises", nargs="*", metavar="PROMISE", help="only these promises' mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    given = parser.parse_args()
    chosen = [mutant for mutant in mutants() if not given.promises or mutant.breaks[0] in given.promises]
    unknown = set(given.promises) - {mutant.breaks[0] for mutant in chosen}
    if unknown:
        parser.error(f"no such promise: {', '.join(sorted(unknown))}")

    started = time.monotonic()
    verdicts = []
    with ThreadPoolExecutor(given.jobs) as pool:
        for verdict in pool.map(judge, chosen):
            verdicts.append(verdict)
            word = "killed" if verdict.killed else "LIVES" if verdict.problem == "lives" else "WRONG"
            by = verdict.problem or ", ".join(verdict.broken)
            name, what = verdict.mutant.breaks[0], verdict.mutant.what
            print(f"{word:<7} {name:<26} {what:<62} {verdict.seconds:5.0f} s  {by}", flush=True)
    killed = sum(verdict.killed for verdict in verdicts)
    figures = {
        "mutants": len(verdicts),
        "killed": killed,
        "not_killed": [verdict.mutant.breaks[0] for verdict in verdicts if not verdict.killed],
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(figures))
    return 0 if killed == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
