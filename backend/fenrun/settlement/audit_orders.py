"""The part of the audit that goes through settled orders, a batch at a time: rules, orders, legs.

A million legs are compared as columns; what is kept of an order is its number and its release day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.codec import KINDS, Ints, Leaves
from fenrun.kit.calendar import day_of, month_number
from fenrun.kit.columns import sum_by
from fenrun.kit.db import read_columns
from fenrun.plans.split import ROLES, Terms, Volumes, shares, tier_of
from fenrun.settlement.intake import order_ref

if TYPE_CHECKING:
    from fenrun.settlement.audit import Check, Rebuilt

_ORDERS = """
SELECT o.number, o.base, c.customer_key, o.kind, floor(extract(epoch FROM o.paid_at))::bigint, o.source, o.external_id
FROM orders o JOIN customers c ON c.number = o.customer_number
JOIN batches b ON b.number = o.batch_number
WHERE o.number = ANY(:numbers) AND o.reason IS NULL AND b.status IN ('confirmed', 'finalized')
"""
_SETTLED = """
SELECT count(*) FROM orders o JOIN batches b ON b.number = o.batch_number
WHERE o.reason IS NULL AND b.status IN ('confirmed', 'finalized')
"""
_LEGS = """
SELECT order_number, role, partner_number, plan_number, tier, rate_bps, amount, settled_on, release_on
FROM commissions WHERE order_number = ANY(%s) ORDER BY order_number, role
"""
_LEG_COLUMNS = {
    "order": ">i8", "role": ">i2", "partner": ">i8", "plan": ">i8", "tier": ">i2", "rate_bps": ">i2",
    "amount": ">i8", "settled_on": ">i4", "release_on": ">i4",
}  # fmt: skip
_EPOCH_DAYS = 10_957
"""PostgreSQL counts days from 2000-01-01."""


@dataclass
class OrderAudit:
    """Goes through the batches in the order of the logs."""

    session: Session
    reference_key: bytes
    rules: "Check"
    orders: "Check"
    legs: "Check"
    _volumes: Volumes = field(default_factory=Volumes)
    _seen: set[int] = field(default_factory=set)
    _leg_count: int = 0

    def take_in(self, leaves: Leaves, rebuilt: "Rebuilt") -> None:
        """Reckons the orders of a batch by plans and referrals that the logs named before; then our tables."""
        numbers = leaves.order_no.tolist()
        self._follow_referrals(leaves, rebuilt)
        tiers, rates = self._follow_plans(leaves, rebuilt.terms)
        again = self._seen.intersection(numbers)
        self.rules.compare("orders settled before", set(), again)
        self.rules.compare("orders twice in a batch", len(numbers), len(set(numbers)))
        self._seen.update(numbers)
        self._compare_orders(leaves)
        self._compare_legs(leaves, tiers, rates)

    def finish(self) -> None:
        """Sees that the tables have no more than the logs."""
        settled = self.session.scalar(text(_SETTLED))
        self.orders.compare("number of settled orders", len(self._seen), settled)
        legs = self.session.scalar(text("SELECT count(*) FROM commissions"))
        self.legs.compare("number of legs", self._leg_count, legs)

    def _follow_referrals(self, leaves: Leaves, rebuilt: "Rebuilt") -> None:
        from fenrun.settlement.audit import in_force  # the two are one thing in two files

        found = np.column_stack([leaves.partners, leaves.plan])
        expected = [
            in_force(rebuilt.referrals.get(key.tobytes(), []), paid_at)[:4]
            for key, paid_at in zip(leaves.customer_key, leaves.paid_at.tolist(), strict=True)
        ]
        self.rules.compare_rows("attribution of order", leaves.order_no, np.array(expected, np.int64), found)

    def _follow_plans(self, leaves: Leaves, terms: Mapping[int, Terms]) -> tuple[Ints, Ints]:
        """Compares tiers and shares; returns the tiers and rates that apply."""
        month = month_number(day_of(int(leaves.settled_day[0])))
        people, index = np.unique(leaves.partners, return_inverse=True)
        before = np.array([self._volumes.before(partner, month) for partner in people.tolist()], np.int64)
        volumes = before[index].reshape(leaves.partners.shape)
        tiers, rates, holds = np.zeros_like(volumes), np.zeros_like(volumes), np.zeros_like(leaves.plan)
        roles = np.broadcast_to(np.arange(len(ROLES)), volumes.shape)
        for number in np.unique(leaves.plan).tolist():
            plan, of_plan = terms.get(number, Terms((), 0, (), ())), leaves.plan == number
            tiers[of_plan] = tier_of(plan.thresholds, volumes[of_plan])
            kinds = np.broadcast_to(leaves.kind[of_plan][:, None], roles[of_plan].shape)
            rates[of_plan] = plan.table()[kinds, roles[of_plan], tiers[of_plan]]
            holds[of_plan] = plan.hold_days
        held = leaves.partners > 0
        tiers, rates = np.where(held, tiers, leaves.tiers), np.where(held, rates, 0)
        found = np.column_stack([leaves.tiers, leaves.shares])
        what = "tiers and shares of order"
        self.rules.compare_rows(
            what, leaves.order_no, np.column_stack([tiers, *shares(leaves.base, list(rates.T))]), found
        )
        release = (leaves.settled_day + holds + 1)[:, None]
        self.rules.compare_rows("release day of order", leaves.order_no, release, leaves.release_day[:, None])
        self._count_volumes(leaves, month)
        return tiers, rates

    def _count_volumes(self, leaves: Leaves, month: int) -> None:
        """An order counts once for each partner who has a share in it."""
        rows, roles = np.nonzero(leaves.shares > 0)
        pairs = np.unique(np.column_stack([rows, leaves.partners[rows, roles]]), axis=0)
        for partner, volume in sum_by(pairs[:, 1], leaves.base[pairs[:, 0]]).items():
            self._volumes.add(partner, month, volume)

    def _compare_orders(self, leaves: Leaves) -> None:
        expected: dict[Any, object] = {}
        columns = (leaves.order_no, leaves.base, leaves.kind, leaves.paid_at)
        for index, (number, base, kind, paid_at) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            key, ref = leaves.customer_key[index].tobytes().hex(), leaves.order_ref[index].tobytes().hex()
            expected[number] = (base, key, KINDS[kind], paid_at, ref)
        found: dict[Any, object] = {}
        rows = self.session.execute(text(_ORDERS), {"numbers": list(expected)})
        for number, base, key, kind, paid_at, source, external_id in rows:
            ref = order_ref(self.reference_key, source, external_id)
            found[number] = (base, bytes(key).hex(), kind, paid_at, ref.hex())
        self.orders.compare_all("order", expected, found)

    def _compare_legs(self, leaves: Leaves, tiers: Ints, rates: Ints) -> None:
        orders, roles = np.nonzero(leaves.partners > 0)
        expected = np.column_stack(
            [
                leaves.order_no[orders], roles, leaves.partners[orders, roles], leaves.plan[orders],
                tiers[orders, roles], rates[orders, roles], leaves.shares[orders, roles],
                leaves.settled_day[orders], leaves.release_day[orders],
            ]
        )  # fmt: skip
        expected = expected[np.lexsort((expected[:, 1], expected[:, 0]))]
        self._leg_count += len(expected)
        columns = read_columns(self.session, _LEGS, _LEG_COLUMNS, [leaves.order_no.tolist()])
        for name in ("settled_on", "release_on"):
            columns[name] += _EPOCH_DAYS
        found = np.column_stack(list(columns.values()))
        if np.array_equal(expected, found):
            self.legs.compared += len(expected)
            return
        self.legs.compare_all("order and role", _by_leg(expected), _by_leg(found))


def _by_leg(rows: Ints) -> dict[tuple[int, int], object]:
    """Rows of numbers as legs by order and role, their days as days."""
    return {
        (order, role): (*rest, day_of(settled_on), day_of(release_on))
        for order, role, *rest, settled_on, release_on in rows.tolist()
    }
