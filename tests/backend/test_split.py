"""The money maths against an independent model: exact fractions, and volumes kept as a plain list of orders."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.plans.split import KINDS, ROLES, Terms, Volumes, share, shares, split, taken_back, tier_of

MAX_BASE = 2**63 - 1


@st.composite
def terms(draw):
    """Terms without a flaw: up to three thresholds, rates that add up to at most the whole, often to all of it."""
    thresholds = tuple(sorted(draw(st.sets(st.integers(1, 50_000), max_size=3))))

    def rates():
        left, rows = 10_000, []
        for role in range(len(ROLES)):
            most = left if role == 2 and draw(st.booleans()) else draw(st.integers(0, left))
            rows.append(tuple(draw(st.just(most) | st.integers(0, most)) for _ in range(len(thresholds) + 1)))
            left -= most
        return tuple(draw(st.permutations(rows)))

    return Terms(thresholds, draw(st.integers(0, 90)), rates(), rates())


orders = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1, 1, 2, 3]),  # months since the order before
        st.sampled_from(KINDS),
        st.one_of(st.integers(1, 60_000), st.sampled_from([1, 9_999, 10_000, MAX_BASE])),
        st.tuples(*[st.integers(0, 3)] * 3),  # few partners, so that one often has two roles
    ),
    max_size=30,
)


@given(terms(), orders)
def test_every_leg_is_that_of_an_independent_model(plan, sequence):
    assert plan.flaw() is None
    volumes, month, counted = Volumes(), 24_000, []
    for gap, kind, base, partners in sequence:
        month += gap
        rates = plan.new_bps if kind == "new" else plan.renewal_bps
        expected = []
        for role, partner in enumerate(partners):
            if partner == 0:
                continue
            volume = sum(b for p, m, b in counted if p == partner and m == month - 1)
            tier = len([threshold for threshold in plan.thresholds if threshold <= volume])
            expected.append([role, partner, tier, rates[role][tier], Fraction(base * rates[role][tier], 10_000)])
        exact = [leg[4] for leg in expected]
        for leg in expected:
            leg[4] = math.floor(leg[4])
        if sum(exact) == base:
            # The rounded shares that come closest to the exact ones; the first at a tie: one more for a lower role.
            candidates = itertools.product(*[(leg[4] + 1, leg[4]) for leg in expected])
            whole = [found for found in candidates if sum(found) == base]
            best = min(whole, key=lambda found: sum((a - b) ** 2 for a, b in zip(found, exact, strict=True)))
            for leg, amount in zip(expected, best, strict=True):
                leg[4] = amount
        counted += [(p, month, base) for p in {leg[1] for leg in expected if leg[4] > 0}]
        legs = split(plan, kind, base, partners, volumes, month)
        assert [[leg.role, leg.partner, leg.tier, leg.rate_bps, leg.amount] for leg in legs] == expected
        assert 0 <= sum(leg.amount for leg in legs) <= base


@given(st.integers(0, MAX_BASE), st.integers(0, 10_000))
def test_a_share_is_floored(base, rate):
    found = share(base, rate)
    assert found * 10_000 <= base * rate < (found + 1) * 10_000


@given(st.integers(0, MAX_BASE), st.lists(st.integers(0, 5_000), min_size=2, max_size=3))
def test_the_house_keeps_less_than_a_unit_per_role(base, rates):
    exact = Fraction(base * sum(rates), 10_000)
    paid = sum(share(base, rate) for rate in rates)
    assert exact - len(rates) < paid <= exact


@given(st.integers(1, MAX_BASE), st.integers(0, 10_000), st.integers(0, 10_000))
def test_rates_that_give_the_whole_leave_nothing_over(base, a, b):
    first, second = min(a, b), abs(a - b)
    paid = shares(base, [first, second, 10_000 - first - second])
    assert sum(paid) == base


@pytest.mark.parametrize(
    ("base", "rates", "expected"),
    [
        (9_999, [1, 0, 9_999], [1, 0, 9_998]),  # 0.9999, 0 and 9998.0001
        (1, [3_333, 3_334, 3_333], [0, 1, 0]),
        (1, [5_000, 5_000, 0], [1, 0, 0]),
        (5, [3_000, 3_000, 4_000], [2, 1, 2]),  # 1.5, 1.5 and 2
        (2, [3_333, 3_333, 3_334], [1, 0, 1]),  # two units: 0.6666, 0.6666 and 0.6668
        (1, [9_999, 0, 0], [0, 0, 0]),
    ],
)
def test_the_residue_goes_to_the_largest_remainders(base, rates, expected):
    assert shares(base, rates) == expected


rows_of_rates = st.tuples(
    st.integers(0, MAX_BASE), st.permutations(range(3)), st.integers(0, 10_000), st.integers(0, 10_000), st.booleans()
)


@given(st.lists(rows_of_rates, max_size=20))
def test_many_orders_at_once_are_split_as_one_by_one(rows):
    bases, rates = [], []
    for base, roles, a, b, gives_all in rows:
        first, second = min(a, b), abs(a - b)
        three = [first, second, 10_000 - first - second if gives_all else 0]
        bases.append(base)
        rates.append([three[role] for role in roles])
    columns = [np.array([rate[role] for rate in rates], np.int64) for role in range(3)]
    found = np.column_stack(shares(np.array(bases, np.int64), columns))
    assert found.tolist() == [shares(base, rate) for base, rate in zip(bases, rates, strict=True)]


@given(st.lists(st.tuples(st.integers(1, MAX_BASE), st.integers(0, MAX_BASE), st.integers(0, MAX_BASE)), max_size=20))
def test_many_refunds_at_once_take_back_what_each_does(rows):
    rows = [(base, min(base, one), min(base, other)) for base, one, other in rows]
    columns = [np.array([row[place] for row in rows], np.int64) for place in range(3)]
    found = taken_back(columns[1], columns[2], columns[0])
    assert found.tolist() == [one * other // base for base, one, other in rows]


@given(st.sets(st.integers(1, 100) | st.integers(MAX_BASE, 2**64 - 1), max_size=3), st.lists(st.integers(0, 110)))
def test_many_tiers_at_once_are_those_one_by_one(thresholds, volumes):
    plan = Terms(tuple(sorted(thresholds)), 0, (), ())
    assert tier_of(plan.thresholds, np.array(volumes, np.int64)).tolist() == [plan.tier(v) for v in volumes]


def test_a_unit_of_the_residue_counts_as_a_share():
    plan = Terms((1,), 0, ((1, 1), (0, 0), (9_999, 9_999)), ((0, 0),) * 3)
    volumes = Volumes()
    split(plan, "new", 9_999, (7, 0, 8), volumes, 5)
    split(plan, "new", 9_999, (9, 0, 0), volumes, 5)  # nobody trains: the rates that apply are not the whole
    assert [volumes.before(partner, 6) for partner in (7, 8, 9)] == [9_999, 9_999, 0]


def test_a_partner_in_two_roles_is_counted_once():
    plan = Terms((100,), 0, ((100, 200), (100, 200), (0, 0)), ((0, 0),) * 3)
    volumes = Volumes()
    split(plan, "new", 100, (7, 7, 7), volumes, 5)
    assert volumes.before(7, 6) == 100


def test_an_order_that_is_worth_nothing_to_a_partner_is_not_counted():
    plan = Terms((1,), 0, ((100, 200), (0, 0), (0, 0)), ((0, 0),) * 3)
    volumes = Volumes()
    split(plan, "new", 99, (7, 8, 0), volumes, 5)  # 1 % of 99 is floored to nothing
    split(plan, "renewal", 100, (7, 8, 0), volumes, 5)
    assert (volumes.before(7, 6), volumes.before(8, 6)) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1_000)), max_size=20), st.integers(0, 4))
def test_volumes_roll_over_gaps(steps, last):
    volumes, month, model = Volumes(), 1, {}
    for gap, base in steps:
        month += gap
        volumes.add(1, month, base)
        model[month] = model.get(month, 0) + base
    month += last
    assert volumes.before(1, month) == model.get(month - 1, 0)
    assert volumes.before(2, month) == 0


GOOD = {"thresholds": (100, 200), "hold_days": 14, "new_bps": ((1, 2, 3),) * 3, "renewal_bps": ((0, 0, 0),) * 3}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"thresholds": (1, 2, 3, 4)}, "at most 3"),
        ({"thresholds": (0, 200)}, "ascend"),
        ({"thresholds": (-1, 200)}, "ascend"),
        ({"thresholds": (200, 100)}, "ascend"),
        ({"thresholds": (100, 100)}, "ascend"),
        ({"hold_days": -1}, "hold_days"),
        ({"hold_days": 3_651}, "hold_days"),
        ({"new_bps": ((1, 2),) * 3}, "one rate per tier"),
        ({"renewal_bps": ((1, 2, 3, 4),) * 3}, "one rate per tier"),
        ({"new_bps": ((-1, 2, 3),) * 3}, "between 0 and 10000"),
        ({"new_bps": ((1, 2, 10_001), (0, 0, 0), (0, 0, 0))}, "between 0 and 10000"),
        # Never at once in one tier, but the highest of each: a partner's tier is its own.
        ({"new_bps": ((6_000, 0, 0), (0, 4_001, 0), (0, 0, 0))}, "more than 10000"),
    ],
)
def test_terms_with_a_flaw(change, words):
    assert Terms(**GOOD).flaw() is None
    assert words in Terms(**(GOOD | change)).flaw()
