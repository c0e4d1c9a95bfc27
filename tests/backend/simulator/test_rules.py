"""One set of rules: what the contract settles, what one order at a time gives, and what columns of orders give."""

import random

import numpy as np
import pytest
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts.bench_gas import DAY, GENESIS, NOBODY, NOTHING, Bench, bare_chain, settled

from fenrun.chain.codec import Leaves
from fenrun.kit.calendar import day_of, month_number
from fenrun.plans.split import KINDS, MOST, ROLES, Terms, Volumes, split
from fenrun.simulator.designs import Design, Rule
from fenrun.simulator.engine import reckon
from fenrun.simulator.errors import NothingToSimulateError, TooMuchVolumeError
from fenrun.simulator.orders import Orders

TODAY = Design("today", {})
PARTNERS = 6


def world_of(rows, plans, partners=PARTNERS):
    """Orders from rows of (day, plan, kind, base, partners)."""
    columns = [np.array(column, np.int64) for column in zip(*((d, p, k, b) for d, p, k, b, _ in rows), strict=True)]
    day, plan, kind, base = columns
    held = np.array([row[4] for row in rows], np.int64)
    codes = tuple(f"plan-{number}" for number in range(len(plans)))
    ids = tuple(f"p-{number}" for number in range(1, partners + 1))
    orders = Orders("USD", base, kind, plan, day, np.arange(len(rows)), held, codes, ids)
    return orders, {code: Rule(terms) for code, terms in zip(codes, plans, strict=True)}


def table_of(found):
    """Tier, rate and share of every order and role; zeros where nobody is."""
    legs = found.orders.legs
    columns = [np.repeat(found.tiers, legs.lengths), np.repeat(found.rates, legs.lengths), found.amounts]
    return [legs.in_order(column).tolist() for column in columns]


def one_by_one(rows, plans):
    """The same from `split`, an order at a time."""
    volumes, tables = Volumes(), [[], [], []]
    for day, plan, kind, base, partners in rows:
        legs = split(plans[plan], KINDS[kind], base, partners, volumes, month_number(day_of(day)))
        of_role = {leg.role: leg for leg in legs}
        for table, name in zip(tables, ("tier", "rate_bps", "amount"), strict=True):
            table.append([getattr(of_role[role], name) if role in of_role else 0 for role in range(len(ROLES))])
    return tables


def random_terms(dice, most=400_000):
    """Terms with up to three thresholds that volumes often reach; a third of them give the whole order away."""
    thresholds = tuple(sorted(dice.sample(range(1, most), dice.randint(0, 3))))

    def rows():
        cuts = sorted(dice.sample(range(10_001), 2))
        whole = (cuts[0], cuts[1] - cuts[0], 10_000 - cuts[1])
        gives_all = dice.random() < 0.4
        return tuple(
            tuple(part if gives_all else dice.choice([0, 1, part // 3, part // 2]) for _ in range(len(thresholds) + 1))
            for part in whole
        )

    return Terms(thresholds, dice.choice([0, 14, 45]), rows(), rows())


@pytest.fixture(scope="module")
def settled_orders():
    """Orders that a real chain settled over a year, by plans and partners drawn at random, and their leaves."""
    dice = random.Random(11)
    plans = [random_terms(dice, 4_000_000) for _ in range(12)]
    with bare_chain() as client:
        bench = Bench(client)
        bench.deploy()
        people = [(keccak(text=f"partner {n}"), NOTHING, NOBODY, 7) for n in range(PARTNERS)]
        bench.call("PartnerRegistry", "registerPartners", 1, people)
        for number, terms in enumerate(plans, start=1):
            published = (keccak(text="plan"), terms.thresholds, terms.new_bps, terms.renewal_bps, terms.hold_days)
            bench.call("PlanRegistry", "publishPlan", number, published)
        customers = [
            (
                keccak(text=f"customer {n}")[:12],
                *(dice.randint(0, PARTNERS) for _ in ROLES),
                dice.randint(1, len(plans)),
            )
            for n in range(90)
        ]
        bench.call("ReferralRegistry", "registerReferrals", [(*customer, 0, 0) for customer in customers])
        rows, leaves = [], []
        for _ in range(16):
            bench.travel(dice.choice([1, 20, 35]))
            batch = [(dice.choice(customers), _base(dice), dice.randint(0, 1)) for _ in range(250)]
            fields = settled(bench.settle_orders([(c[0], base, kind) for c, base, kind in batch]))
            found = Leaves(fields["leaves"])
            leaves.append(found)
            day = int(found.settled_day[0])
            rows += [(day, customer[4] - 1, kind, base, customer[1:4]) for customer, base, kind in batch]
    return rows, plans, leaves


def _base(dice):
    return dice.choice([1, 2, 9_999, 10_000, dice.randint(1, 60_000), dice.randint(1, 60_000)])


def test_contract_one_by_one_and_columns_agree_on_every_leg(settled_orders):
    rows, plans, leaves = settled_orders
    assert rows[0][0] > GENESIS // DAY
    orders, today = world_of(rows, plans)
    found = table_of(reckon(orders, TODAY, today))
    assert found == one_by_one(rows, plans)
    held = np.array([row[4] for row in rows]) > 0
    on_chain = [np.concatenate([getattr(batch, name) for batch in leaves]) for name in ("tiers", "shares")]
    assert np.where(held, on_chain[0], 0).tolist() == found[0]
    assert on_chain[1].tolist() == found[2]
    # The drawn world has what makes it hard: every tier, whole orders given away, partners in two roles.
    assert set(np.unique(on_chain[0]).tolist()) == {0, 1, 2, 3}
    assert len(orders.legs.twice_base) > 100
    assert (on_chain[1].sum(axis=1) == orders.base).sum() > 100


drawn_rows = st.lists(
    st.tuples(
        st.integers(20_000, 20_200),
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(1, 60_000) | st.sampled_from([1, 9_999, 10_000, 2**50]),
        st.tuples(*[st.integers(0, 3)] * 3),
    ),
    min_size=1,
    max_size=40,
)


@given(drawn_rows, st.integers(0, 10**6))
@settings(max_examples=150)
def test_columns_are_reckoned_as_one_by_one(rows, seed):
    rows = sorted(rows, key=lambda row: row[0])
    dice = random.Random(seed)
    plans = [random_terms(dice) for _ in range(3)]
    orders, today = world_of(rows, plans)
    if not any(any(row[4]) for row in rows):
        with pytest.raises(NothingToSimulateError):
            reckon(orders, TODAY, today)
        return
    assert table_of(reckon(orders, TODAY, today)) == one_by_one(rows, plans)


def test_the_largest_bases_do_not_overflow():
    terms = Terms((MOST // 4,), 0, ((9_999, 9_998), (1, 1), (0, 0)), ((0, 0),) * 3)
    rows = [(20_000, 0, 0, MOST // 3 - 1, (1, 1, 0)), (20_031, 0, 0, 1, (1, 2, 0))]
    orders, today = world_of(rows, [terms])
    assert table_of(reckon(orders, TODAY, today)) == one_by_one(rows, [terms])


def test_orders_that_no_sum_could_hold_are_refused():
    with pytest.raises(TooMuchVolumeError, match="63 bits"):
        world_of([(20_000, 0, 0, MOST // 3, (1, 0, 0)), (20_000, 0, 0, 2, (1, 0, 0))], [random_terms(random.Random(1))])


def test_no_orders_are_nothing_to_reckon():
    empty = np.zeros(0, np.int64)
    with pytest.raises(NothingToSimulateError):
        Orders("USD", empty, empty, empty, empty, empty, empty.reshape(0, 3), ("plan",), ())
