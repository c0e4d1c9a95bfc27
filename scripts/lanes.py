#!/usr/bin/env python3
"""Runs the lanes of `make test` side by side, one more at once than there are cores: each often waits for a server.

    scripts/lanes.py                 all of them
    scripts/lanes.py lint backend    only these

A line when a lane starts, a line when it ends; the whole output of a lane only if it fails (it is
kept in test-artifacts/lanes either way). A lane fails when its command fails, when it skips a test,
or when it should have run tests and ran none. The last line is the sum: `N passed, N failed`, where
a lane that fails without counting tests counts as one.

Only what was started here is ever ended here, by its id.
"""

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "test-artifacts" / "lanes"
PATIENCE_SECONDS = 20 * 60

# Tests of the backend that start processes of their own, in a lane of their own.
JOURNEYS = [
    f"tests/backend/test_{name}.py"
    for name in ("bad_input", "cli", "faults", "instance", "main_job", "processes", "scenario", "sender")
]

# Tests of what becomes of money on a chain of their own: half of what is left of the backend's.
MONEY = [
    f"tests/backend/test_{name}.py"
    for name in (
        "audit", "dispute_road", "exports", "held_money", "intake", "payout_changes", "payouts", "periods",
        "person_keys", "person_keys_in_time", "reorg", "reversals", "road_model", "statements", "token_rail", "verify",
    )
]  # fmt: skip

Counts = dict[str, int]


@dataclass
class Lane:
    """One command of `make test`."""

    name: str
    command: str
    counts_tests: bool = True
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    counts: Counts = field(default_factory=dict)
    problem: str = ""

    @property
    def log(self) -> Path:
        """Everything that the lane says."""
        return LOGS / f"{self.name}.log"

    def start(self, shared: Path) -> None:
        """Starts the command in a session of its own, so that it can be ended as a whole."""
        self.started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                shlex.split(self.command), cwd=ROOT, env={**environment(), "FENRUN_SHARED": str(shared)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self.started

    def ended(self) -> bool:
        """Whether it is over; if so, `counts` and `problem` say how it went."""
        status = self.process.poll() if self.process else None
        if status is None:
            if self.seconds() < PATIENCE_SECONDS:
                return False
            self.stop()
            self.problem = f"stopped after {PATIENCE_SECONDS // 60} minutes"
            return True
        self.counts = count(self.log.read_text("utf-8", errors="replace"))
        skipped = self.counts.get("skipped", 0)
        if status != 0:
            self.problem = f"exit status {status}"
        elif self.counts.get("failed", 0):
            self.problem = "failed tests"
        elif skipped:
            self.problem = f"{skipped} skipped, and no test may be"
        elif self.counts_tests and not self.counts.get("passed"):
            self.problem = "ran no tests"
        return True

    def stop(self) -> None:
        """Ends the command and what it started."""
        if self.process and self.process.poll() is None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.process.pid, number)
                    self.process.wait(timeout=10)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
                return


def without(files: list[str]) -> str:
    """What tells pytest to leave files out."""
    return " ".join(f"--ignore={file}" for file in files)


def lanes() -> list[Lane]:
    """All of them, the longest first."""
    python = ".venv/bin/"
    return [
        Lane("e2e", f"{python}pytest tests/e2e"),
        Lane("backend", f"{python}pytest tests/backend {without([*JOURNEYS, *MONEY])}"),
        Lane("money", f"{python}pytest {' '.join(MONEY)}"),
        Lane("journeys", f"{python}pytest {' '.join(JOURNEYS)}"),
        Lane("chaos", f"{python}pytest tests/chaos -m 'not long'"),
        Lane("brownie", "scripts/brownie test"),
        Lane("contracts", "make contracts gas"),
        Lane("portal", "make portal"),
        Lane("types", f"{python}mypy", counts_tests=False),
        Lane("imports", f"{python}lint-imports --no-logo", counts_tests=False),
        Lane("lint", "make lint", counts_tests=False),
        Lane("hygiene", f"{python}python scripts/hygiene.py", counts_tests=False),
    ]


def environment() -> dict[str, str]:
    """Ours, without what would make the tests' output or subject another."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FENRUN_", "PYTEST_", "FOUNDRY_", "MAKE", "MFLAGS"))
        # Without bytecode each of the hundred processes that the tests start would compile everything again.
        and name not in ("VIRTUAL_ENV", "FORCE_COLOR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    }
    return {**ours, "CI": "1", "NO_COLOR": "1", "FENRUN_CHROMIUM": browser()}


def browser() -> str:
    """The Chromium that scripts/browser.py found."""
    found = ROOT / ".tools" / "chromium"
    given = os.environ.get("FENRUN_CHROMIUM")
    return given or (found.read_text().strip() if found.exists() else "")


def count(output: str) -> Counts:
    """The counts of tests that pytest, Brownie, forge and Vitest print at their end."""
    output = re.sub(r"\x1b\[[0-9;]*m", "", output)
    counts: Counts = {}
    for summary in (
        r"^=+ (.*\b(?:passed|failed|errors?|skipped|xfailed|xpassed)\b.*) in [\d.]+s.*=*$",
        r"^Ran \d+ test suites? .*?: (.*) \(\d+ total tests?\)$",
        r"^ *Tests +(.*) \(\d+\)$",
    ):
        for line in re.findall(summary, output, re.MULTILINE):
            for number, word in re.findall(r"(\d+) (?:tests? )?([a-z]+)", line):
                name = {"error": "failed", "errors": "failed", "todo": "skipped"}.get(word, word)
                counts[name] = counts.get(name, 0) + int(number)
    return counts


def words(counts: Counts) -> str:
    """What a lane's line says about its tests."""
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number)


def run(chosen: list[Lane], shared: Path) -> None:
    """Runs the lanes, some at a time; what several need is made once, in the folder `shared`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    waiting, running = list(chosen), list[Lane]()
    try:
        while waiting or running:
            while waiting and len(running) <= cores:
                lane = waiting.pop(0)
                lane.start(shared)
                running.append(lane)
                print(f"  start   {lane.name}", flush=True)
            time.sleep(0.05)
            for lane in [lane for lane in running if lane.ended()]:
                running.remove(lane)
                verdict = "FAILED" if lane.problem else "ok"
                line = f"  {verdict:<7} {lane.name:<10} {lane.seconds():7.1f} s  "
                print(f"{line}{words(lane.counts)}".rstrip(), flush=True)
                if lane.problem:
                    print(f"\n--- {lane.name}: {lane.problem} ---")
                    print(lane.log.read_text("utf-8", errors="replace"))
                    print(f"--- end of {lane.name} ---\n", flush=True)
    finally:
        for lane in running:
            lane.stop()


def main() -> int:
    """The exit status."""
    known = {lane.name: lane for lane in lanes()}
    parser = argparse.ArgumentParser(description="Runs the lanes of `make test` side by side.")
    parser.add_argument("lanes", nargs="*", metavar="LANE", help=", ".join(known))
    names = parser.parse_args().lanes or list(known)
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"no such lane: {', '.join(unknown)} (there are {', '.join(known)})")
    chosen = [known[name] for name in names]
    LOGS.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _interrupted)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="fenrun-lanes-") as shared:
            run(chosen, Path(shared))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130

    failed = [lane for lane in chosen if lane.problem]
    print(f"\n{len(chosen)} lanes in {time.monotonic() - started:.0f} s.")
    for lane in failed:
        print(f"  FAILED  {lane.name}: {lane.problem}  (make test ARGS={lane.name})")
    passed = sum(lane.counts.get("passed", 0) for lane in chosen)
    lost = sum(lane.counts.get("failed", 0) or bool(lane.problem) for lane in chosen)
    print(f"{passed} passed, {lost} failed")
    return 1 if failed else 0


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
