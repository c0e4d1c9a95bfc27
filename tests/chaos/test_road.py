"""The whole road in processes of its own, with faults at random moments: what is at rest afterwards is what an
independent model says, to the unit. FENRUN_RUNS and FENRUN_SEED choose; a short draw is tests/backend/test_faults.py.
"""

import os
import random

import pytest
from tests.town import FAULTS, Town


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    try:
        town.start()
        yield town
    finally:
        town.stop()


@pytest.mark.long
def test_no_fault_loses_or_doubles_a_unit(town, tmp_path):
    seed = int(os.environ.get("FENRUN_SEED") or random.SystemRandom().randrange(10**6))
    runs = int(os.environ.get("FENRUN_RUNS") or 200)
    for number in range(runs):
        print(f"run {number + 1} of {runs}, seed {seed + number}:", ", ".join(town.run(seed + number)), flush=True)
        if number % 10 == 9:
            town.audit()
    town.audit()
    for fault in FAULTS:
        print(f"{town.tried[fault]:4} times: {fault}")
    print(f"{town.sent} orders, {len(town.expected)} legs: nothing lost, nothing twice")
    assert runs < len(FAULTS) or set(town.tried) == set(FAULTS)
