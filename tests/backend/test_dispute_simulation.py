"""The simulated month: the budget holds, the same seed is the same month, and a slower office would be seen."""

import json

import pytest
from tests.conftest import fenrun

from fenrun.disputes import states
from fenrun.disputes.simulation import Habits, simulate
from fenrun.kit.business_time import BusinessHours

HOURS = BusinessHours.of("Asia/Shanghai", "09:00-18:00")


def test_a_month_of_a_thousand_disputes_keeps_the_budget_printed_by_one_command(tmp_path):
    done = fenrun(tmp_path, "disputes", "simulate", "--json")
    month = json.loads(done.stdout)
    assert month["disputes"] == 1_000 == sum(month["ended_by"].values())
    assert month["over_four_hours_share"] == 0
    assert month["longest_minutes"] <= 240
    assert month["automatic_share"] >= 0.8
    assert month["median_minutes"] <= 1
    assert 0 < month["of_those_heard"]["median_minutes"] <= month["of_those_heard"]["p95_minutes"] <= 240
    assert month["wall"]["p95_minutes"] > month["p95_minutes"]
    assert month == simulate(1_000, 1, HOURS)


def test_when_nobody_ever_answers_the_clocks_alone_end_everything_within_the_budget():
    month = simulate(300, 7, HOURS, Habits(silent=1, staff_minutes=10_000))
    assert set(month["ended_by"]) == {"auto_resolved", "defaulted"}
    assert month["of_those_heard"]["median_minutes"] == 180  # 90 to answer, 30 for evidence, 60 to review
    assert month["over_four_hours"] == 0


def test_a_clock_that_is_too_long_is_seen(monkeypatch):
    spans = {**states.SPANS, "under_review": 4 * states.SPANS["under_review"]}
    monkeypatch.setattr(states, "SPANS", spans)
    assert simulate(300, 7, HOURS, Habits(silent=1, staff_minutes=10_000))["over_four_hours"] > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_seed_is_another_month(seed):
    assert simulate(50, seed, HOURS)["seed"] == seed
    assert simulate(50, seed, HOURS) != simulate(50, seed + 1, HOURS)
