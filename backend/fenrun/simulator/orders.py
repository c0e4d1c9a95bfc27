"""Orders as columns, and the layout of their legs in which a plan is reckoned without touching one by one."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from fenrun.kit.calendar import day_of, month_number
from fenrun.plans.split import KINDS, MOST, ROLES, Ints, share
from fenrun.simulator.errors import NothingToSimulateError, TooMuchVolumeError

_ROLES = len(ROLES)
_KINDS = len(KINDS)


@dataclass(frozen=True)
class Refunds:
    """Refunds, in the order in which they happened: row of the order, day, minor units."""

    order: Ints
    day: Ints
    amount: Ints


NO_REFUNDS = Refunds(*(np.zeros(0, np.int64) for _ in range(3)))


@dataclass(frozen=True)
class Orders:
    """Orders in the order in which they settle: a row each, days counted from 1970, money in minor units.

    Attributes:
        kind: 0 for new, 1 for renewal.
        plan: Row in `plans`.
        customer: Any numbers from 0 on, one for each customer.
        partners: A column per role: row in `partner_ids` plus 1, and 0 for nobody.
    """

    currency: str
    base: Ints
    kind: Ints
    plan: Ints
    day: Ints
    customer: Ints
    partners: Ints
    plans: tuple[str, ...]
    partner_ids: tuple[str, ...]
    refunds: Refunds = field(default=NO_REFUNDS)

    def __post_init__(self) -> None:
        """Sees that there is something, and that no sum of it can overflow.

        Raises:
            NothingToSimulateError: no orders.
            TooMuchVolumeError: the sum of all bases has more than 63 bits.
        """
        if len(self.base) == 0:
            raise NothingToSimulateError("There is no order: choose another period, or a scenario with orders")
        # In two halves, neither of which can overflow.
        high, low = int((self.base >> 32).sum()), int((self.base & 0xFFFF_FFFF).sum())
        if _ROLES * ((high << 32) + low) > MOST:
            raise TooMuchVolumeError("The orders add up to more than 63 bits of minor units: take fewer of them")

    def __len__(self) -> int:
        return len(self.base)

    @cached_property
    def legs(self) -> "Legs":
        """The legs of the orders, laid out for reckoning."""
        return Legs(self)

    @cached_property
    def month(self) -> Ints:
        """The month of each order; following months have following numbers."""
        first, last = int(self.day.min()), int(self.day.max())
        months = [month_number(day_of(day)) for day in range(first, last + 1)]
        return np.array(months, np.int64)[self.day - first]

    @property
    def revenue(self) -> int:
        """What customers paid and did not get back."""
        return int(self.base.sum()) - int(self.refunds.amount.sum())

    def scaled(self, factor_bps: Ints | int) -> "Orders":
        """The same orders at other prices: each base times a factor, rounded down, but never to nothing.

        Refunds shrink and grow with them.
        """
        factors = np.broadcast_to(np.asarray(factor_bps, np.int64), self.base.shape)
        base = np.maximum(share(self.base, factors), 1)
        amount = np.minimum(share(self.refunds.amount, factors[self.refunds.order]), base[self.refunds.order])
        scaled = replace(self, base=base, refunds=replace(self.refunds, amount=amount))
        if "legs" in self.__dict__:
            scaled.__dict__["legs"] = self.legs.with_bases(base)
        return scaled

    def taken(self, rows: Ints, partners: Ints | None = None, people: int = 0) -> "Orders":
        """Some of the orders, in their order, and the refunds of each; a row may come more than once.

        Args:
            partners: Partners of these rows, where they are not the same.
            people: How many partners there are then, if `partners` is given; they have no ids.
        """
        where, refund = self._refunds_of(rows)
        return replace(
            self,
            base=self.base[rows],
            kind=self.kind[rows],
            plan=self.plan[rows],
            day=self.day[rows],
            customer=self.customer[rows],
            partners=self.partners[rows] if partners is None else partners,
            partner_ids=self.partner_ids if partners is None else ("",) * people,
            refunds=Refunds(where, self.refunds.day[refund], self.refunds.amount[refund]),
        )

    def _refunds_of(self, rows: Ints) -> tuple[Ints, Ints]:
        """For each refund of the rows taken: its place among the rows, and which refund it is."""
        if len(self.refunds.order) == 0:
            return self.refunds.order, self.refunds.order
        order = np.argsort(self.refunds.order, kind="stable")
        sorted_ = self.refunds.order[order]
        first, last = np.searchsorted(sorted_, rows, "left"), np.searchsorted(sorted_, rows, "right")
        counts = last - first
        where = np.repeat(np.arange(len(rows)), counts)
        inside = np.arange(len(where)) - np.repeat(np.cumsum(counts) - counts, counts)
        return where, order[np.repeat(first, counts) + inside]


class Legs:
    """The legs of orders, sorted by month, partner, plan, kind and role; what is equal in all five is a segment.

    A rate is that of a segment, a volume that of an entry: a month of a partner. Sums over either are sums over
    neighbours, exact in 64 bits.
    """

    def __init__(self, orders: Orders) -> None:
        rows, role = np.nonzero(orders.partners)
        if len(rows) == 0:
            raise NothingToSimulateError("No partner has a part in any of the orders")
        partner = orders.partners[rows, role] - 1
        month = orders.month - int(orders.month.min())
        plans, people = len(orders.plans), max(len(orders.partner_ids), 1)
        entry = month[rows] * people + partner
        segment = ((entry * plans + orders.plan[rows]) * _KINDS + orders.kind[rows]) * _ROLES + role
        sequence = np.argsort(segment, kind="stable")
        segment = segment[sequence]

        self.orders = len(orders)
        self.people, self.months = people, int(month.max()) + 1
        self.first_month = int(orders.month.min())
        self.order, self.role = rows[sequence], role[sequence]
        self.base = orders.base[self.order]
        self.starts = _starts(segment)
        self.lengths = np.diff(self.starts, append=len(segment))
        of_segment = segment[self.starts]
        self.segment_role = of_segment % _ROLES
        self.segment_kind = of_segment // _ROLES % _KINDS
        self.segment_plan = of_segment // (_ROLES * _KINDS) % plans
        entry = of_segment // (_ROLES * _KINDS * plans)
        self.entry_starts = _starts(entry)
        """In segments."""
        self.entry_partner, self.entry_month = entry[self.entry_starts] % people, entry[self.entry_starts] // people
        self.segment_entry = np.repeat(np.arange(len(self.entry_starts)), np.diff(self.entry_starts, append=len(entry)))
        self.segment_partner = self.entry_partner[self.segment_entry]
        self.segment_month = self.entry_month[self.segment_entry]
        self._volume_before: dict[int, Ints] = {}
        self._refunded: dict[bytes, tuple[Ints, Ints]] = {}
        self._find_months()
        self._find_twice()

    def with_bases(self, bases: Ints) -> "Legs":
        """The same legs of orders with other bases."""
        other = object.__new__(Legs)
        other.__dict__.update(self.__dict__)
        other.__dict__.pop("gross", None)
        other._volume_before, other._refunded = {}, {}
        other.base = bases[self.order]
        other.twice_base = bases[self.order[self.twice[self.twice_starts]]] if len(self.twice) else self.twice
        return other

    def _find_months(self) -> None:
        """Where each month begins, in entries, segments and legs; and where the last one ends."""
        self.entry_bounds = np.searchsorted(self.entry_month, np.arange(self.months + 1))
        self.segment_bounds = np.append(self.entry_starts, len(self.starts))[self.entry_bounds]
        self.leg_bounds = np.append(self.starts, len(self.order))[self.segment_bounds]

    def _find_twice(self) -> None:
        """The legs of orders in which a partner has several roles."""
        entry = np.repeat(self.segment_entry, self.lengths)
        sequence = np.lexsort((self.order, entry))
        same = (np.diff(self.order[sequence]) == 0) & (np.diff(entry[sequence]) == 0)
        member = np.append(same, False) | np.insert(same, 0, False)
        self.twice = sequence[member]
        first = np.insert(~same, 0, True)[member]
        self.twice_starts = np.flatnonzero(first)
        self.twice_entry = entry[self.twice[self.twice_starts]]
        self.twice_base = self.base[self.twice[self.twice_starts]]
        self.twice_bounds = np.searchsorted(self.twice_entry, self.entry_bounds)
        self.twice_leg_bounds = np.append(self.twice_starts, len(self.twice))[self.twice_bounds]

    @cached_property
    def gross(self) -> Ints:
        """The volume of each entry if every leg in it counts; each order once."""
        volume = np.add.reduceat(np.add.reduceat(self.base, self.starts), self.entry_starts)
        sizes = np.diff(self.twice_starts, append=len(self.twice))
        np.subtract.at(volume, self.twice_entry, (sizes - 1) * self.twice_base)
        return volume

    def period(self, month: Ints, months: int) -> Ints:
        """Numbers of the periods of so many months that months of this layout are in; the first is 0."""
        return (month + self.first_month) // months - self.first_month // months

    def volumes(self, months: int) -> Ints:
        """The volume of each partner in each period of so many months: a row per period."""
        period = self.period(self.entry_month, months)
        table = np.zeros((int(period[-1]) + 1, self.people), np.int64)
        np.add.at(table, (period, self.entry_partner), self.gross)
        return table

    def before(self, months: int) -> Ints:
        """Of each leg, the volume that its partner has in the period when its order comes."""
        if months not in self._volume_before:
            self._volume_before[months] = self._before(months)
        return self._volume_before[months]

    def _before(self, months: int) -> Ints:
        entry = np.repeat(self.segment_entry, self.lengths)
        partner, period = self.entry_partner[entry], self.period(self.entry_month, months)[entry]
        sequence = np.lexsort((self.order, period, partner))
        keys = np.stack([partner, period, self.order])[:, sequence]
        new_order = np.insert((np.diff(keys) != 0).any(axis=0), 0, True)
        new_period = np.insert((np.diff(keys[:2]) != 0).any(axis=0), 0, True)
        counted = np.where(new_order, self.base[sequence], 0)
        running, place = np.cumsum(counted) - counted, np.arange(len(counted))
        # Of an order in which a partner has two roles, both legs stand where the first does.
        at_order = running[np.maximum.accumulate(np.where(new_order, place, 0))]
        at_period = running[np.maximum.accumulate(np.where(new_period, place, 0))]
        before = np.zeros_like(running)
        before[sequence] = at_order - at_period
        return before

    def segment_of(self, legs: Ints) -> Ints:
        """The segments of legs."""
        found: Ints = np.searchsorted(self.starts, legs, side="right") - 1
        return found

    def refunded(self, orders: "Orders", windows: Ints) -> tuple[Ints, Ints]:
        """The legs of refunded orders, and how much of the base came back: no more than all of it.

        Args:
            windows: By plan, the days after its order in which a refund counts.
        """
        key = windows.tobytes()
        if key not in self._refunded:
            self._refunded[key] = self._find_refunded(orders, windows)
        return self._refunded[key]

    def _find_refunded(self, orders: "Orders", windows: Ints) -> tuple[Ints, Ints]:
        refunds = orders.refunds
        if len(refunds.order) == 0:
            return refunds.order, refunds.amount
        late = refunds.day - orders.day[refunds.order] > windows[orders.plan[refunds.order]]
        back = np.zeros(len(orders), np.int64)
        np.add.at(back, refunds.order[~late], refunds.amount[~late])
        hit = np.flatnonzero(back[self.order])
        return hit, np.minimum(back[self.order[hit]], self.base[hit])

    def in_order(self, values: Ints) -> Ints:
        """Values of legs as a table with a row per order and a column per role; 0 where nobody is."""
        table = np.zeros((self.orders, _ROLES), np.int64)
        table[self.order, self.role] = values
        return table


def _starts(sorted_: Ints) -> Ints:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.insert(np.diff(sorted_) != 0, 0, True)) if len(sorted_) else sorted_
