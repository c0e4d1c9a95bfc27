"""`kill -9` at random moments of a replay, and start again: the same end state, nothing twice, nothing missing."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from tests.conftest import ROOT, fenrun, summary_of
from tests.reckoning import read_earnings, reckon
from tests.worlds import CDNOW, slice_of_cdnow

KILLS = 10


def start(home, folder):
    """Starts a demo in its own process."""
    return subprocess.Popen(
        [sys.executable, "-m", "fenrun", "demo", "--scenario", str(folder), "--exit"],
        env={**os.environ, "FENRUN_HOME": str(home), "PYTHONWARNINGS": "error"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_servers(home, names):
    """Ends the servers of a home by force, by the ids that they wrote down themselves."""
    for path in home.glob("scenarios/*/anvil.json") if "anvil" in names else ():
        end(json.loads(path.read_text())["pid"])
    for path in home.glob("scenarios/*/pg/postmaster.pid") if "postgres" in names else ():
        end(int(path.read_text().splitlines()[0]))


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def replay_with_kills(home, folder, seconds, dice):
    """Replays with kills until it ran through; returns how many kills hit a running replay, and the last output."""
    hits = 0
    for attempt in range(KILLS):
        process = start(home, folder)
        # The first is given time to get past the set-up; later ones start where it ended.
        time.sleep(dice.uniform(0.3, 1.0) * seconds + (3 if attempt == 0 else 1))
        if process.poll() is None:
            hits += 1
        process.kill()
        process.communicate()
        # Sometimes the whole machine goes, not only our process.
        kill_servers(home, dice.choice([[], [], ["anvil"], ["postgres"], ["anvil", "postgres"]]))
    return hits


def check(home, folder, out, today):
    done = fenrun(home, "demo", "--scenario", folder, "--exit", "--json", "--out", out, timeout=1_200)
    expected, refused = reckon(folder, today)
    summary = summary_of(done)
    assert read_earnings(out / "earnings.csv") == expected
    assert summary["orders_refused"] == len(refused)
    assert summary["audit_ok"] is True
    return summary


def test_ten_kills_within_one_replay(tmp_path, today):
    """Moments are drawn anew each time; the seed is printed so that a failure can be had again."""
    seed = int(os.environ.get("FENRUN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"FENRUN_SEED={seed}")
    dice = random.Random(seed)
    folder = slice_of_cdnow(tmp_path / "scenario", orders=400)
    undisturbed = check(tmp_path / "calm", folder, tmp_path / "calm-out", today)
    # A share of what the replay takes, so that ten kills fall within it on any machine.
    hits = replay_with_kills(tmp_path / "home", folder, undisturbed["seconds"] / 14, dice)
    disturbed = check(tmp_path / "home", folder, tmp_path / "out", today)
    assert hits == KILLS, f"only {hits} kills hit a running replay"
    for name in ("orders_settled", "legs", "earned_minor", "paid_minor", "partners_paid", "batches"):
        assert disturbed[name] == undisturbed[name], name


@pytest.mark.long
def test_kills_throughout_the_whole_replay(tmp_path, today):
    seed = int(os.environ.get("FENRUN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"FENRUN_SEED={seed}")
    dice = random.Random(seed)
    hits = replay_with_kills(tmp_path / "home", CDNOW, 10, dice)
    summary = check(tmp_path / "home", CDNOW, tmp_path / "out", today)
    assert hits == KILLS
    assert summary["earned_minor"] == 2_567_246
    assert summary["orders_settled"] == 6_911
