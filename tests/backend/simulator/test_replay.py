"""The past under the plans of then is what was settled, leg by leg."""

import json

import numpy as np
import pytest
from tests.backend.simulator.test_rules import TODAY
from tests.reckoning import read_clawbacks, read_earnings, reckon_refunds
from tests.reckoning import reckon as independent
from tests.worlds import CDNOW, EXAMPLES, random_world
from typer.testing import CliRunner

from fenrun.cli import app
from fenrun.demo.scenario import months_to_today
from fenrun.kit.calendar import day_of
from fenrun.plans.split import ROLES
from fenrun.simulator import measures
from fenrun.simulator.engine import reckon
from fenrun.simulator.sources import from_scenario


def legs_of(history):
    """What a history gives under its own plans, in the shape of `tests.reckoning`: legs, and what is taken back."""
    found = reckon(history.orders, TODAY, history.today)
    legs, orders = history.orders.legs, history.orders
    clawed = np.zeros_like(found.amounts)
    clawed[found.clawed[0]] = found.clawed[1]
    columns = [
        legs.order, legs.role, np.repeat(legs.segment_partner, legs.lengths), np.repeat(found.rates, legs.lengths),
        np.repeat(found.tiers, legs.lengths), found.amounts, clawed, measures.release_days(found),
    ]  # fmt: skip
    earned, taken = {}, {}
    for order, role, partner, rate, tier, amount, back, released in np.column_stack(columns).tolist():
        key = history.order_ids[order], ROLES[role]
        plan = orders.plans[int(orders.plan[order])]
        days = day_of(int(orders.day[order])).isoformat(), day_of(released).isoformat()
        earned[key] = (orders.partner_ids[partner], int(orders.base[order]), rate, amount, plan, tier, *days)
        if back:
            taken[key] = back
    return earned, taken


def moved(folder, today):
    """A scenario with its days where its replay has them."""
    orders = from_scenario(folder).orders
    latest = max(int(orders.day.max()), int(orders.refunds.day.max(initial=0)))
    return from_scenario(folder, months_to_today(day_of(latest), today))


@pytest.mark.parametrize("name", ["cdnow", "cdnow-refunds"])
def test_an_example_is_reckoned_as_independently(name, today):
    folder = EXAMPLES / name
    expected, _ = independent(folder, today)
    earned, taken = legs_of(moved(folder, today))
    assert earned == expected
    assert taken == reckon_refunds(folder, expected)[0]


@pytest.mark.parametrize("seed", range(5))
def test_a_made_up_world_is_reckoned_as_independently(seed, tmp_path, today):
    folder = random_world(tmp_path / "world", seed)
    expected, _ = independent(folder, today)
    earned, taken = legs_of(moved(folder, today))
    assert earned == expected
    assert taken == reckon_refunds(folder, expected)[0]


def test_what_a_chain_settled_is_what_is_reckoned(replayed, today):
    folder, _, out, _ = replayed
    earned, taken = legs_of(moved(folder, today))
    assert earned == read_earnings(out / "earnings.csv")
    assert taken == read_clawbacks(out / "clawbacks.csv")


# --- The command line -------------------------------------------------------------------------------------

CANDIDATES = """
assumptions: {margin_bps: 5000, elasticity_bps: [0, 1000, 2000], budget: 30000}
draws: 10
designs:
  - name: flat
    plans: {"*": {new: {referrer: [1000]}, renewal: {referrer: [500]}}}
  - name: slices
    plans: {standard: {basis: marginal, tier_thresholds: [200.50], new: {referrer: [1000, 1200]}, cap: 12.50}}
"""


def simulate(folder, plans, *more):
    return CliRunner().invoke(app, ["simulate", "--scenario", str(folder), "--plans", str(plans), *more])


def test_the_command_line_simulates(tmp_path):
    (tmp_path / "plans.yaml").write_text(CANDIDATES)
    done = simulate(CDNOW, tmp_path / "plans.yaml", "--json")
    found = json.loads(done.stdout.splitlines()[-1])
    history = from_scenario(CDNOW)
    assert int(found["today"]["cost"]) == reckon(history.orders, TODAY, history.today).cost
    assert found["orders"] == 6_911
    flat, slices = found["designs"]
    assert flat["simulated_only"] == []
    assert slices["simulated_only"] == ["cap", "marginal"]
    assert [row["volume_bps"] for row in flat["stress"]] == [8_000, 10_000, 12_000]
    assert [row["name"] for row in found["forecast"]] == ["today", "flat", "slices"]
    assert int(flat["bridge"]["after"]) == int(flat["margin_after"])


def test_the_example_of_candidates_is_one_and_gives_the_same_twice(tmp_path):
    example = EXAMPLES / "simulations" / "cdnow.yaml"
    first, again = (simulate(EXAMPLES / "cdnow-refunds", example, "--json") for _ in range(2))
    assert first.exit_code == 0, first.stderr
    assert first.stdout.splitlines()[-1] == again.stdout.splitlines()[-1]


def test_a_scenarios_own_plans_are_a_candidate_that_changes_nothing():
    folder = EXAMPLES / "cdnow-refunds"
    found = json.loads(simulate(folder, folder / "plans.yaml", "--json").stdout.splitlines()[-1])
    [same] = found["designs"]
    assert same["cost"] == found["today"]["cost"]
    assert same["against_today"]["winners"] == same["against_today"]["losers"] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("designs: 5", "needs a list"),
        ("designs: [{name: a, plans: {}}]", "plans"),
        ("designs: [{name: a, plans: {gold: {new: {referrer: [100]}}}}]", "there is no plan gold"),
        ("designs: [{name: a, plans: {standard: {new: {boss: [100]}}}}]", "boss"),
        ("designs: [{name: a, plans: {standard: {tier_thresholds: [1.234], new: {referrer: [1, 2]}}}}]", "1.234"),
        ("designs: [{name: a, plans: {standard: {tier_thresholds: [1], new: {referrer: [1]}}}}]", "one rate per tier"),
        ("{designs: [], assumptions: {elasticity_bps: [2, 1, 3]}}", "ascend"),
        ("{designs: [], draws: many}", "many"),
        ("[", "YAML"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_in_a_sentence(content, words, tmp_path):
    (tmp_path / "plans.yaml").write_text(content)
    done = simulate(EXAMPLES / "cdnow-refunds", tmp_path / "plans.yaml")
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())
