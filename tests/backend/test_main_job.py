"""The main job on real orders and on made-up ones: every leg against an independent reckoning."""

import csv

import pytest
from tests.conftest import fenrun, summary_of
from tests.reckoning import read_clawbacks, read_earnings, reckon, reckon_refunds, refunds_of
from tests.worlds import EXAMPLES, random_world


def test_every_leg_of_a_real_slice(replayed, today):
    folder, _, out, summary = replayed
    expected, refused = reckon(folder, today)
    assert read_earnings(out / "earnings.csv") == expected
    assert summary["orders_settled"] == len({order for order, _ in expected})
    assert summary["earned_minor"] == sum(leg[3] for leg in expected.values())
    assert summary["legs"] == len(expected)
    assert summary["orders_refused"] == len(refused)
    assert summary["audit_ok"] is True


@pytest.mark.parametrize("seed", [1, 2])
def test_every_leg_of_a_random_world(seed, tmp_path, today):
    folder = random_world(tmp_path / "world", seed)
    done = fenrun(tmp_path / "home", "demo", "--scenario", folder, "--exit", "--json", "--out", tmp_path / "out")
    summary = summary_of(done)
    expected, refused = reckon(folder, today)
    assert read_earnings(tmp_path / "out" / "earnings.csv") == expected
    with (tmp_path / "out" / "refused.csv").open() as file:
        rows = list(csv.DictReader(file))
    taken, refused_refunds = reckon_refunds(folder, expected)
    assert read_clawbacks(tmp_path / "out" / "clawbacks.csv") == taken
    assert [(row["order_id"], row["reason"]) for row in rows] == [
        *((order, "amount_not_positive") for order in refused),
        *refused_refunds,
    ]
    assert summary["clawed_back_minor"] == sum(taken.values())
    assert summary["refunds"] == len(refunds_of(folder)) - len(refused_refunds)
    assert summary["orders_read"] == summary["orders_settled"] + summary["orders_refused"]
    assert summary["audit_ok"] is True


def test_the_example_with_refunds(tmp_path, today):
    folder = EXAMPLES / "cdnow-refunds"
    done = fenrun(tmp_path / "home", "demo", "--scenario", folder, "--exit", "--json", "--out", tmp_path / "out")
    legs, _ = reckon(folder, today)
    taken, refused = reckon_refunds(folder, legs)
    assert taken
    assert not refused
    assert read_earnings(tmp_path / "out" / "earnings.csv") == legs
    assert read_clawbacks(tmp_path / "out" / "clawbacks.csv") == taken
    assert summary_of(done)["audit_ok"] is True


def test_a_second_run_reports_the_same(replayed, tmp_path):
    folder, home, out, summary = replayed
    again = fenrun(home, "demo", "--scenario", folder, "--exit", "--json", "--out", tmp_path)
    same = summary_of(again)
    for figures in (summary, same):
        figures.pop("audit")
        figures.pop("peak_mb")
    assert same == summary
    assert (tmp_path / "earnings.csv").read_text() == (out / "earnings.csv").read_text()
    assert (tmp_path / "refused.csv").read_text() == (out / "refused.csv").read_text()
