"""Where orders come from: a scenario folder, or a stated distribution. Those of the database: `repository`."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fenrun.demo.scenario import OrderRow, Scenario, read_scenario
from fenrun.kit.calendar import day_number, move_months
from fenrun.plans.split import KINDS, ROLES
from fenrun.simulator.designs import Rule
from fenrun.simulator.orders import NO_REFUNDS, Orders, Refunds

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """Orders, and the rules that were in force for them."""

    orders: Orders
    today: dict[str, Rule]
    order_ids: tuple[str, ...] = ()


def from_scenario(folder: Path, months: int = 0) -> History:
    """The orders of a scenario folder as its replay would settle them; rows that it would refuse are left out.

    Args:
        months: By how many months the days move, as the replay moves them.

    Raises:
        SetupError: the folder is no scenario.
        NothingToSimulateError: it has no order.
    """
    scenario = read_scenario(folder)
    today = {plan.code: Rule(plan.terms) for plan in scenario.plans}
    rows = _accepted(scenario)
    customers = {customer.customer_id: customer for customer in scenario.customers}
    codes = {code: place for place, code in enumerate(today)}
    people = {partner.external_id: place for place, partner in enumerate(scenario.partners, start=1)}
    numbers = {id_: place for place, id_ in enumerate(customers)}
    of_rows = [customers[row.customer_id] for row in rows]
    orders = Orders(
        currency=scenario.currency.code,
        base=np.array([row.amount for row in rows], np.int64),
        kind=np.array([KINDS.index(row.kind) for row in rows], np.int64),
        plan=np.array([codes[customer.plan] for customer in of_rows], np.int64),
        day=np.array([day_number(move_months(row.paid_on, months)) for row in rows], np.int64),
        customer=np.array([numbers[row.customer_id] for row in rows], np.int64),
        partners=np.array(
            [[people.get(held, 0) for held in customer.partners] for customer in of_rows], np.int64
        ).reshape(-1, len(ROLES)),
        plans=tuple(codes),
        partner_ids=tuple(people),
        refunds=_refunds(scenario, {row.order_id: (place, row.amount) for place, row in enumerate(rows)}, months),
    )
    return History(orders, today, tuple(row.order_id for row in rows))


def _accepted(scenario: Scenario) -> list[OrderRow]:
    """The orders that intake accepts, in the order in which they settle."""
    since = {customer.customer_id: customer.registered_on for customer in scenario.customers}
    seen: set[str] = set()
    rows: list[OrderRow] = []
    for row in scenario.orders:
        fits = row.amount > 0 and row.order_id not in seen and row.paid_on >= since.get(row.customer_id, dt.date.max)
        if fits:
            seen.add(row.order_id)
            rows.append(row)
    return sorted(rows, key=lambda row: row.paid_on)


def _refunds(scenario: Scenario, orders: dict[str, tuple[int, int]], months: int) -> Refunds:
    """The refunds that intake accepts: of orders that it accepted, and of no more than is left of them."""
    left = dict(orders.values())
    seen: set[str] = set()
    found = []
    for row in scenario.refunds:
        place, _ = orders.get(row.order_id, (-1, 0))
        if place < 0 or row.refund_id in seen or not 0 < row.amount <= left[place]:
            continue
        seen.add(row.refund_id)
        left[place] -= row.amount
        found.append((place, day_number(move_months(row.refunded_on, months)), row.amount))
    if not found:
        return NO_REFUNDS
    return Refunds(*np.array(sorted(found, key=lambda refund: refund[1]), np.int64).T)


@dataclass(frozen=True)
class Distribution:
    """A stated business: how many partners bring how many customers, who order how often, and for how much.

    Attributes:
        spread: How unequal partners are: the sigma of the log-normal law of their sizes.
        customers: Expected in all.
        orders_each: Expected orders of a customer in the whole time; the first is new, the others are renewals.
        median: Of an order, in minor units.
        sigma: Of the log-normal law of orders.
        roles: How likely each role is held, in basis points.
        refunds_bps: How many orders are refunded, wholly and within 60 days.
    """

    currency: str = "USD"
    partners: int = 50
    spread: float = 1.0
    customers: int = 1_000
    orders_each: float = 3.0
    median: int = 5_000
    sigma: float = 0.8
    months: int = 12
    first_day: dt.date = dt.date(2025, 1, 1)
    roles: tuple[int, int, int] = (10_000, 6_000, 2_000)
    refunds_bps: int = 200


def drawn(stated: Distribution, plan: str, rule: Rule, seed: int) -> History:
    """Orders drawn from a stated distribution: the same ones for the same seed."""
    sizes = np.random.default_rng([seed, 0]).lognormal(0, stated.spread, stated.partners)
    return drawn_again(stated, plan, rule, sizes / sizes.sum(), seed)


def drawn_again(stated: Distribution, plan: str, rule: Rule, parts: Floats, seed: int) -> History:
    """Orders drawn from a stated distribution for partners whose parts in the business are known."""
    dice = np.random.default_rng([seed, 1])
    referrer = np.repeat(np.arange(stated.partners), dice.poisson(stated.customers * parts)) + 1
    held = dice.random((len(referrer), len(ROLES))) * 10_000 < stated.roles
    others = dice.integers(1, stated.partners + 1, (len(referrer), len(ROLES) - 1))
    customers = np.column_stack([referrer, others]) * held
    counts = dice.poisson(max(stated.orders_each - 1, 0), len(referrer)) + 1
    customer = np.repeat(np.arange(len(referrer)), counts)
    last = day_number(move_months(stated.first_day, stated.months))
    day = dice.integers(day_number(stated.first_day), last, len(customer))
    base = np.maximum(np.rint(stated.median * dice.lognormal(0, stated.sigma, len(customer))), 1).astype(np.int64)
    order = np.lexsort((customer, day))
    customer, day, base = customer[order], day[order], base[order]
    _, first = np.unique(customer, return_index=True)
    kind = np.ones(len(customer), np.int64)
    kind[first] = 0
    back = np.flatnonzero(dice.random(len(customer)) * 10_000 < stated.refunds_bps)
    refunds = Refunds(back, day[back] + dice.integers(0, 60, len(back)), base[back])
    ids = tuple(f"P{number:04d}" for number in range(1, stated.partners + 1))
    orders = Orders(
        stated.currency, base, kind, np.zeros_like(base), day, customer, customers[customer], (plan,), ids, refunds
    )
    return History(orders, {plan: rule})
