"""The kinds of plans that the contract cannot settle: the published vectors, and a plain model of each."""

import datetime as dt
import math
import random
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.backend.simulator.test_rules import PARTNERS, TODAY, drawn_rows, random_terms, table_of, world_of

from fenrun.kit.calendar import day_number, day_of, month_number
from fenrun.plans.split import Terms
from fenrun.simulator import measures
from fenrun.simulator.designs import Design, Rule, flat, rows_of_split
from fenrun.simulator.engine import reckon
from fenrun.simulator.errors import DesignError
from fenrun.simulator.orders import Refunds

MILLION = 100_000_000  # in cents
VECTOR_TERMS = Terms((MILLION // 2, MILLION), 0, ((500, 800, 1_000), (0, 0, 0), (0, 0, 0)), ((0, 0, 0),) * 3)
# Volume, marginal, retroactive, as they are published; a plan pays no part of a cent.
VECTORS = [
    ("500000.00", "25000", "40000"),
    ("999999.99", "64999.9992", "79999.9992"),
    ("1000000.00", "65000", "100000"),
    ("1200000.00", "85000", "120000"),
]


def cents(text):
    return math.floor(Fraction(text) * 100)


@pytest.mark.parametrize(("volume", "marginal", "retroactive"), VECTORS)
@pytest.mark.parametrize("parts", [1, 7])
def test_the_published_vectors(volume, marginal, retroactive, parts):
    """In one order, and in several: what flooring takes of each is less than a cent."""
    total = cents(volume)
    bases = [total // parts] * (parts - 1) + [total - total // parts * (parts - 1)]
    orders, _ = world_of([(20_100, 0, 0, base, (1, 0, 0)) for base in bases], [VECTOR_TERMS])
    for basis, expected in (("marginal", marginal), ("retroactive", retroactive)):
        found = reckon(orders, Design("d", {"*": Rule(VECTOR_TERMS, basis)}), {})
        assert 0 <= cents(expected) - found.cost < parts
        [payer] = measures.payers(Rule(VECTOR_TERMS, basis))
        assert payer.payout(np.array([total])).tolist() == [cents(expected)]


def test_the_published_cliffs():
    orders, _ = world_of([(20_100, 0, 0, 98_000_000, (1, 0, 0))], [VECTOR_TERMS])
    worth = {}
    for basis in ("marginal", "retroactive", "month_before"):
        found = reckon(orders, Design("d", {"*": Rule(VECTOR_TERMS, basis)}), {})
        worth[basis] = [(row["threshold"], row["worth"], row["near"]) for row in measures.cliffs(found)]
    # One cent more at a million is worth 20,000 (and the 8 % of the cent that is not paid); in slices, next to nothing.
    assert worth["retroactive"] == [(MILLION, cents(100_000) - cents("79999.9992"), 1), (MILLION // 2, 1_500_001, 0)]
    assert worth["month_before"] == worth["retroactive"]
    assert {row[1] for row in worth["marginal"]} <= {0, 1}


# --- A plain model of every kind ------------------------------------------------------------------------


def model(rows, rule):
    """Shares by order and role: plain Python, an order at a time, in fractions."""
    volume, counted = defaultdict(int), defaultdict(list)
    for index, (day, _, _, base, partners) in enumerate(rows):
        for partner in {p for p in partners if p}:
            period = month_number(day_of(day)) // rule.period_months
            counted[index, partner] = [volume[partner, period], period]
            volume[partner, period] += base
    result = []
    for index, (_, _, kind, base, partners) in enumerate(rows):
        shares = []
        for role, partner in enumerate(partners):
            rates = (rule.terms.new_bps, rule.terms.renewal_bps)[kind][role]
            shares.append(
                math.floor(_share(rule, rates, base, partner, *counted[index, partner], volume)) if partner else 0
            )
        result.append(shares)
    return result


def _share(rule, rates, base, partner, before, period, volume):
    thresholds, reached = rule.terms.thresholds, volume[partner, period]
    if rule.basis == "marginal":
        bounds = [0, *thresholds, 10**30]
        parts = [max(0, min(before + base, high) - max(before, low)) for low, high in pairwise(bounds)]
        return sum(Fraction(part * rate, 10_000) for part, rate in zip(parts, rates, strict=True))
    if rule.basis == "growth":
        reference = volume[partner, period - 1]
        tier = sum(reference and Fraction(reached, reference) - 1 >= Fraction(t, 10_000) for t in thresholds)
    elif rule.basis == "target":
        tier = sum(Fraction(reached, rule.target) >= Fraction(t, 10_000) for t in thresholds)
    else:
        tier = sum(reached >= t for t in thresholds)
    return Fraction(base * rates[tier], 10_000)


@given(drawn_rows, st.integers(0, 10**6), st.sampled_from(["marginal", "retroactive", "growth", "target"]))
@settings(max_examples=150)
def test_every_kind_is_that_of_a_plain_model(rows, seed, basis):
    rows = [(d, 0, k, b, held) for d, _, k, b, held in sorted(rows, key=lambda row: row[0]) if any(held)]
    if not rows:
        return
    dice = random.Random(seed)
    most = {"growth": 30_000, "target": 20_000}.get(basis, 300_000)
    rule = Rule(
        _not_whole(random_terms(dice, most)), basis, dice.choice([1, 3, 6, 12]), target=dice.randint(1, 200_000)
    )
    orders, _ = world_of(rows, [rule.terms])
    assert table_of(reckon(orders, Design("d", {"*": rule}), {}))[2] == model(rows, rule)


def _not_whole(terms):
    """What flooring leaves of an order that is given away whole is the contract's matter; see test_rules."""
    halved = [tuple(tuple(rate // 2 for rate in row) for row in rows) for rows in (terms.new_bps, terms.renewal_bps)]
    return Terms(terms.thresholds, terms.hold_days, *halved)


# --- Caps, floors, windows ------------------------------------------------------------------------------

TENTH = flat({"new": (1_000, 0, 0), "renewal": (1_000, 0, 0)}, hold_days=10)


def january(day):
    return day_number(dt.date(2025, 1, day))


def test_a_month_is_held_between_floor_and_cap():
    days_and_bases = [(2, 1_000, 1), (3, 90_000, 2), (4, 40_000, 3), (14, 20_000, 3)]
    rows = [(january(day), 0, 0, base, (partner, 0, 0)) for day, base, partner in days_and_bases]
    orders, _ = world_of(rows, [TENTH])
    found = reckon(orders, Design("d", {"*": Rule(TENTH, floor=500, cap=5_000)}), {})
    assert found.by_partner.tolist()[:3] == [500, 5_000, 5_000]
    assert found.by_partner.tolist()[3:] == [0] * (PARTNERS - 3)
    assert found.cost == 10_500


def test_a_refund_after_the_window_takes_nothing_back():
    rows = [(january(1), 0, 0, 10_001, (1, 0, 0)), (january(1), 0, 0, 10_001, (2, 0, 0))]
    orders, today = world_of(rows, [TENTH])
    refunds = Refunds(
        np.array([0, 0, 1]), np.array([january(8), january(20), january(9)]), np.array([3_000, 3_000, 10_001])
    )
    orders = orders.__class__(**{**vars(orders), "refunds": refunds})
    assert reckon(orders, TODAY, today).by_partner[:2].tolist() == [1_000 - 1_000 * 6_000 // 10_001, 0]
    narrow = Design("d", {"*": Rule(TENTH, clawback_days=7)})
    assert reckon(orders, narrow, {}).by_partner[:2].tolist() == [1_000 - 1_000 * 3_000 // 10_001, 1_000]


def test_months_say_when_money_becomes_payable():
    rows = [(january(2), 0, 0, 1_000, (1, 0, 0)), (january(25), 0, 0, 2_000, (1, 0, 0))]
    orders, today = world_of(rows, [TENTH])
    paid = {month["month"]: month["payable"] for month in measures.months(reckon(orders, TODAY, today))}
    assert paid == {"2025-01": 100, "2025-02": 200}
    # What depends on a quarter is known on its last day.
    quarterly = Design("d", {"*": Rule(TENTH, "retroactive", 3)})
    paid = {month["month"]: month["payable"] for month in measures.months(reckon(orders, quarterly, {}))}
    assert paid == {"2025-01": 0, "2025-02": 0, "2025-03": 0, "2025-04": 300}


@given(drawn_rows, st.integers(0, 10**6))
@settings(max_examples=60)
def test_every_sum_is_the_sum_of_its_parts(rows, seed):
    rows = [row for row in sorted(rows, key=lambda row: row[0]) if any(row[4])]
    if not rows:
        return
    dice = random.Random(seed)
    plans = [random_terms(dice) for _ in range(3)]
    orders, today = world_of(rows, plans)
    back = sorted(dice.sample(range(len(rows)), len(rows) // 2))
    amounts = [dice.randint(1, rows[row][3]) for row in back]
    refunds = Refunds(
        *(np.array(c, np.int64) for c in (back, [rows[row][0] + dice.randint(0, 90) for row in back], amounts))
    )
    orders = orders.__class__(**{**vars(orders), "refunds": refunds})
    capped = Rule(plans[1], cap=dice.randint(1, 50_000), floor=0)
    found = reckon(orders, Design("d", {"plan-1": capped}), today)
    months = measures.months(found)
    assert found.cost == int(found.by_partner.sum())
    assert found.cost == sum(month["earned"] - month["clawed_back"] for month in months)
    assert sum(month["payable"] for month in months) == sum(month["earned"] for month in months)
    assert sum(month["revenue"] for month in months) == int(orders.base.sum())


# --- Designs ----------------------------------------------------------------------------------------------


def test_what_the_contract_cannot_settle_is_named():
    assert Rule(TENTH).simulated_only() == []
    odd = Rule(TENTH, "marginal", 3, cap=5, floor=1, clawback_days=0)
    assert Design("d", {"a": odd, "b": Rule(TENTH)}).simulated_only() == ["cap", "clawback_window", "floor", "marginal"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"basis": "target"}, "target above zero"),
        ({"period_months": 2}, "1, 3, 6 or 12"),
        ({"cap": 0}, "cap"),
        ({"cap": 5, "floor": 6}, "cap"),
        ({"floor": -1}, "below zero"),
        ({"clawback_days": -1}, "below zero"),
        ({"basis": "weather"}, "basis"),
        ({"terms": Terms((1, 2, 3, 4), 0, ((0,) * 5,) * 3, ((0,) * 5,) * 3)}, "at most 3"),
        ({"basis": "growth", "terms": Terms((10**9,), 0, ((0, 0),) * 3, ((0, 0),) * 3)}, "up to 1000000"),
    ],
)
def test_a_rule_with_a_flaw_says_which(change, words):
    with pytest.raises(DesignError, match=words):
        Design("d", {"plan": Rule(**{"terms": TENTH, **change})})


def test_a_design_names_plans_that_there_are():
    orders, today = world_of([(20_100, 0, 0, 100, (1, 0, 0))], [TENTH])
    with pytest.raises(DesignError, match="there is no plan gold"):
        reckon(orders, Design("d", {"gold": Rule(TENTH)}), today)
    with pytest.raises(DesignError, match="no rule for plan plan-0"):
        reckon(orders, TODAY, {})


def test_a_total_is_divided_among_roles_as_an_order_is():
    assert rows_of_split([1_500, 1_001], {"referrer": 3_333, "implementer": 3_334, "trainer": 3_333}) == (
        (500, 334), (500, 334), (500, 333),
    )  # fmt: skip
    with pytest.raises(DesignError, match="add up to 10000"):
        rows_of_split([1_500], {"referrer": 9_000})
