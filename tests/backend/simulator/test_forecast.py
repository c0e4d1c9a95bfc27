"""What nobody knows: intervals that hold what they promise, and a search that finds what is best."""

import numpy as np
import pytest

from fenrun.plans.split import Terms
from fenrun.simulator import measures
from fenrun.simulator.comparison import TODAY, World, at_length, break_even, sensitivity, stress
from fenrun.simulator.designs import Design, Rule, flat
from fenrun.simulator.engine import reckon
from fenrun.simulator.montecarlo import simulate
from fenrun.simulator.orders import Orders
from fenrun.simulator.search import Constraints, Range, Space, search
from fenrun.simulator.sources import Distribution, drawn, drawn_again
from fenrun.simulator.world import Assumptions, assumed

NOTHING = ((0,) * 4,) * 2
TIERED = Rule(
    Terms((20_000, 50_000, 150_000), 14, ((1_000, 1_200, 1_500, 1_800), *NOTHING), ((500, 600, 750, 900), *NOTHING))
)
SIMPLE = Design("simple", {"*": Rule(flat({"new": (1_200, 0, 0), "renewal": (700, 0, 0)}))})


# --- Monte Carlo ------------------------------------------------------------------------------------------


def test_80_percent_intervals_hold_80_percent_of_what_comes():
    """200 businesses, each with partners of its own: the interval is drawn from one half year, and meets the next."""
    stated = Distribution(partners=12, customers=100, orders_each=2.0, months=6, roles=(10_000, 0, 0))
    today = {"plan": TIERED}
    held = 0
    for world in range(1_000, 1_200):
        sizes = np.random.default_rng([world, 0]).lognormal(0, stated.spread, stated.partners)
        past, future = (
            drawn_again(stated, "plan", TIERED, sizes / sizes.sum(), 2 * world + half).orders for half in (0, 1)
        )
        truth = reckon(future, TODAY, today).cost
        costs = simulate(past, today, [], Assumptions(seed=world), draws=120).cost[0]
        low, high = np.percentile(costs, [10, 90])
        held += low <= truth <= high
    assert 150 <= held <= 170


def test_draws_are_the_same_for_the_same_seed_and_other_for_another():
    history = drawn(Distribution(customers=200), "plan", TIERED, 3)
    draw = [simulate(history.orders, history.today, [SIMPLE], Assumptions(seed=seed), 20) for seed in (5, 5, 6)]
    assert draw[0].intervals() == draw[1].intervals() != draw[2].intervals()


def test_a_design_that_is_todays_is_never_better():
    history = drawn(Distribution(customers=200), "plan", TIERED, 3)
    same = Design("same", {"plan": TIERED})
    draws = simulate(history.orders, history.today, [same], Assumptions(elasticity_bps=(0, 5_000, 9_000)), 20)
    assert draws.cost[0].tolist() == draws.cost[1].tolist()
    assert [row["better_bps"] for row in draws.intervals()] == [0, 0]


def test_whoever_is_told_of_the_progress_can_stop_it():
    history = drawn(Distribution(customers=2_000), "plan", TIERED, 3)
    told = []

    def stop(part):
        told.append(part)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        simulate(history.orders, history.today, [], Assumptions(), 400, stop)
    assert len(told) == 1


# --- The search -------------------------------------------------------------------------------------------

CODES = tuple(f"plan-{number}" for number in range(6))
RATES = (800, 900, 1_000, 1_300, 1_600, 2_000)
ELASTICITY, MARGIN, MOST_BPS = 0.8, 5_000, 3_000


def six_businesses(**more):
    """Six plans with a partner each whose volume answers to the rate: how much each is best paid can be worked out."""
    dice = np.random.default_rng(0)
    plan = dice.integers(0, len(CODES), 600)
    nobody, zeros = np.zeros_like(plan), np.zeros(len(plan), np.int64)
    held = np.column_stack([plan + 1, nobody, nobody])
    day = np.sort(dice.integers(20_000, 20_300, len(plan)))
    bases = dice.integers(100_000, 10_000_000, len(plan))
    orders = Orders("USD", bases, zeros, plan, day, np.arange(len(plan)), held, CODES, CODES)
    today = {
        code: Rule(flat({"new": (rate, 0, 0), "renewal": (0, 0, 0)})) for code, rate in zip(CODES, RATES, strict=True)
    }
    one = round(ELASTICITY * 10_000)
    return World.of(orders, today, Assumptions(margin_bps=MARGIN, elasticity_bps=(one, one, one), **more))


def margins(world):
    """By plan and rate in basis points, in closed form: what is left of revenue × (1 - e + e × rate / today's rate)."""
    rates = np.arange(MOST_BPS + 1)
    table = []
    for number, old in enumerate(RATES):
        revenue = float(world.orders.base[world.orders.plan == number].sum())
        volume = revenue * np.clip(1 - ELASTICITY + ELASTICITY * rates / old, 0.25, 4)
        table.append((volume * (MARGIN - rates) / 10_000, volume * rates / 10_000))
    return table


SPACES = [
    Space(code, Rule(flat({"new": (rate, 0, 0), "renewal": (0, 0, 0)})), {("new", 0, 0): Range(0, MOST_BPS, 25)}, {})
    for code, rate in zip(CODES, RATES, strict=True)
]


def test_the_search_finds_a_known_optimum():
    world = six_businesses()
    best = sum(left.max() for left, _ in margins(world))
    [found] = search(world, SPACES, ["margin_after"], evaluations=400)
    assert found.values["margin_after"] >= 0.99 * best
    assert found.values["margin_after"] == world.margin_after(world.reckon(found.design))
    assert world.margin_after(world.now) < 0.9 * best  # it had something to find


def test_the_search_finds_a_known_optimum_within_a_budget():
    world = six_businesses()
    table = margins(world)
    budget = round(0.6 * sum(float(cost[left.argmax()]) for left, cost in table))
    # Lagrange: the best within a budget is the best at some price of a unit of it.
    prices = np.linspace(0, 3, 3_001)
    within = [
        sum(left[place] for left, place in zip((row[0] for row in table), chosen, strict=True))
        for chosen in ([int((left - price * cost).argmax()) for left, cost in table] for price in prices)
        if sum(cost[place] for (_, cost), place in zip(table, chosen, strict=True)) <= budget
    ]
    [found] = search(world, SPACES, ["margin_after"], Constraints(budget=budget), evaluations=1_500)
    assert found.keeps
    assert world.reckon(found.design).cost <= budget
    assert found.values["margin_after"] >= 0.99 * max(within)


def test_nothing_on_the_front_beats_another_and_everything_keeps_the_constraints():
    world = six_businesses()
    front = search(
        world, SPACES, ["margin_after", "partners_get"], Constraints(segment_loss_bps=1_000), evaluations=160
    )
    points = [(point.values["margin_after"], point.values["partners_get"]) for point in front]
    assert len(points) > 3
    assert points == sorted(points, key=lambda point: -point[0])
    assert [cost for _, cost in points] == sorted(cost for _, cost in points)
    assert all(point.keeps for point in front)
    for point in front:
        groups = measures.segments(world.now, world.now.by_partner, world.reckon(point.design).by_partner)
        assert all((group["change_bps"] or 0) >= -1_000 for group in groups)


def test_constraints_that_nothing_keeps_are_said_to_be_broken():
    world = six_businesses()
    front = search(world, SPACES, ["margin_after"], Constraints(partners_paid=7, gini=0.0), evaluations=40)
    assert [point.keeps for point in front] == [False]


def test_rates_never_fall_from_tier_to_tier():
    space = Space("plan", TIERED, {("new", 0, tier): Range(0, 3_000) for tier in range(4)}, {0: Range(100, 40_000)})
    values = {
        "plan/new/referrer/0": 900,
        "plan/new/referrer/1": 300,
        "plan/new/referrer/3": 1_600,
        "plan/threshold/0": 700,
    }
    rule = space.rule_of(values)
    assert rule.terms.new_bps[0] == (900, 900, 1_500, 1_600)
    assert rule.terms.thresholds == (700, 50_000, 150_000)
    assert space.rule_of({"plan/threshold/0": 50_000}) is None


# --- Figures ----------------------------------------------------------------------------------------------


def test_payouts_are_ranked():
    found = measures.payouts(np.array([0, -5, *range(1, 101)], np.int64))
    assert (found["partners_paid"], found["p10"], found["p50"], found["p90"], found["most"]) == (100, 10, 50, 90, 100)
    assert sum(column["partners"] for column in found["histogram"]) == 100
    assert measures.payouts(np.array([0, -1], np.int64))["gini"] is None


@pytest.mark.parametrize(("amounts", "gini"), [([5, 5, 5], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25), ([7], 0.0)])
def test_the_gini_coefficient(amounts, gini):
    assert measures.gini(np.array(amounts, np.int64)) == gini


def test_more_volume_breaks_even_where_a_plan_costs_more():
    history = drawn(Distribution(customers=500), "plan", TIERED, 3)
    world = World.of(history.orders, history.today, Assumptions())
    dearer = Design("dearer", {"*": Rule(flat({"new": (3_000, 0, 0), "renewal": (3_000, 0, 0)}))})
    factor = break_even(world, dearer)
    assert factor > 10_000
    enough, less = (
        world.margin_after(reckon(world.orders.scaled(part), dearer, {})) - world.margin_after(world.now)
        for part in (factor, factor - 1)
    )
    assert enough >= 0 > less
    hopeless = Design("all", {"*": Rule(flat({"new": (9_000, 0, 0), "renewal": (9_000, 0, 0)}))})
    assert break_even(world, hopeless) is None


def test_the_plan_at_full_volume_is_the_plan():
    history = drawn(Distribution(customers=300), "plan", TIERED, 3)
    world = World.of(history.orders, history.today, Assumptions(elasticity_bps=(0, 3_000, 3_000)))
    found, today = at_length(world, SIMPLE), at_length(world, TODAY)
    low, plan, high = found["stress"]
    assert plan["cost"] == found["cost"] == world.reckon(SIMPLE).cost
    assert low["cost"] < plan["cost"] < high["cost"]
    assert today["against_today"]["losers"] == today["against_today"]["winners"] == 0
    assert today["break_even_bps"] == 10_000
    assert stress(world, TODAY)[1]["today_cost"] == world.now.cost


def test_winners_and_losers_add_up():
    history = drawn(Distribution(customers=300), "plan", TIERED, 3)
    world = World.of(history.orders, history.today, Assumptions())
    then = world.reckon(SIMPLE)
    found = measures.against(world.now, then)
    assert found["won"] - found["lost"] == then.cost - world.now.cost
    assert (
        sum(group["partners"] for group in found["segments"]) == found["winners"] + found["losers"] + found["unchanged"]
    )
    assert sum(group["after"] for group in found["segments"]) == then.cost
    moves = measures.migration(world.now, then)
    assert sum(move["months"] for move in moves) == len(world.orders.legs.entry_partner)


def test_each_assumption_moves_the_margin_its_own_way():
    history = drawn(Distribution(customers=300), "plan", TIERED, 3)
    assumptions = Assumptions(churn_bps=200, refunds_bps=300, tax_bps=500, elasticity_bps=(0, 2_000, 4_000))
    rows = {row["assumption"]: row for row in sensitivity(history.orders, history.today, assumptions, SIMPLE)}
    for name in ("volume_bps", "margin_bps"):
        assert rows[name]["margin_at_low"] < rows[name]["margin_at_high"]
    for name in ("churn_bps", "refunds_bps", "tax_bps"):
        assert rows[name]["margin_at_low"] > rows[name]["margin_at_high"]
    assert "elasticity_bps" in rows


def test_churn_takes_late_orders_and_refunds_come_back_whole():
    history = drawn(Distribution(customers=2_000, refunds_bps=0), "plan", TIERED, 3)
    churned = assumed(history.orders, Assumptions(churn_bps=1_000))
    first = {}
    for customer, month in zip(history.orders.customer.tolist(), history.orders.month.tolist(), strict=True):
        first.setdefault(customer, month)
    kept = set(zip(churned.customer.tolist(), churned.month.tolist(), strict=True))
    assert set(first.items()) <= kept  # nobody leaves in the month of the first order
    assert 0.5 < len(churned) / len(history.orders) < 0.95
    refunded = assumed(history.orders, Assumptions(refunds_bps=1_000))
    assert 0.07 < len(refunded.refunds.order) / len(refunded) < 0.13
    assert (refunded.refunds.amount == refunded.base[refunded.refunds.order]).all()
