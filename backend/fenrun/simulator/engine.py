"""Reckons plans over columns of orders: the rules of `plans.split`, a month at a time, and exact to the minor unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fenrun.plans.split import KINDS, MAX_THRESHOLDS, MOST, ROLES, WHOLE_BPS, Ints, share, shares, taken_back, tier_of
from fenrun.simulator.designs import Design, Rule, in_force
from fenrun.simulator.orders import Legs, Orders

_TIERS = MAX_THRESHOLDS + 1


@dataclass(frozen=True)
class Reckoned:
    """What a design comes to. Legs, segments and entries are those of `orders.legs`.

    Attributes:
        amounts: The share of each leg, before caps and floors.
        sums: Of each segment's legs.
        tiers: Of each segment.
        rates: Of each segment, in basis points; for the marginal basis, of the tier that was reached.
        earned: Of each entry (a month of a partner): the sum of its legs, within floor and cap.
    """

    orders: Orders
    rules: tuple[Rule, ...]
    amounts: Ints
    sums: Ints
    tiers: Ints
    rates: Ints
    earned: Ints

    @cached_property
    def clawed(self) -> tuple[Ints, Ints]:
        """The legs of which refunds take something back, and how much of each."""
        orders, legs = self.orders, self.orders.legs
        windows = np.array([MOST if r.clawback_days is None else r.clawback_days for r in self.rules], np.int64)
        hit, refunded = legs.refunded(orders, windows)
        return hit, taken_back(self.amounts[hit], refunded, legs.base[hit])

    @cached_property
    def cost(self) -> int:
        """What partners get in all, refunds taken back."""
        return int(self.earned.sum()) - int(self.clawed[1].sum())

    @cached_property
    def by_partner(self) -> Ints:
        """What each partner gets in all, refunds taken back."""
        legs, (hit, taken) = self.orders.legs, self.clawed
        total = np.zeros(legs.people, np.int64)
        np.add.at(total, legs.entry_partner, self.earned)
        np.subtract.at(total, legs.segment_partner[legs.segment_of(hit)], taken)
        return total


def reckon(orders: Orders, design: Design, today: Mapping[str, Rule]) -> Reckoned:
    """Reckons a design over orders, each of which is settled on its day.

    Args:
        today: The rules in force by plan code, for what the design leaves as it is.

    Raises:
        DesignError: the design does not fit the orders' plans.
    """
    rules = tuple(in_force(design, today, orders.plans))
    return _Reckoning(orders, rules).run()


class _Reckoning:
    def __init__(self, orders: Orders, rules: tuple[Rule, ...]) -> None:
        self._orders, self._rules, self._legs = orders, rules, orders.legs
        self._table = np.stack([rule.terms.table() for rule in rules]).ravel()
        legs = self._legs
        self._row = ((legs.segment_plan * len(KINDS) + legs.segment_kind) * len(ROLES) + legs.segment_role) * _TIERS
        self._amounts = np.zeros(len(legs.order), np.int64)
        self._tiers = np.zeros(len(legs.starts), np.int64)
        self._rates = np.zeros(len(legs.starts), np.int64)

    def run(self) -> Reckoned:
        legs = self._legs
        of_month = np.array([rule.basis == "month_before" for rule in self._rules])[legs.segment_plan]
        for plan, rule in enumerate(self._rules):
            if rule.basis != "month_before":
                chosen = legs.segment_plan == plan
                self._tiers[chosen] = _tiers_of_period(legs, rule, np.flatnonzero(chosen))
        before = np.zeros(legs.people, np.int64)
        for month in range(legs.months):
            before = self._month(month, before, of_month)
        sums = np.add.reduceat(self._amounts, legs.starts)
        earned = _bounded(legs, self._rules, np.add.reduceat(sums, legs.entry_starts))
        return Reckoned(self._orders, self._rules, self._amounts, sums, self._tiers, self._rates, earned)

    def _month(self, month: int, before: Ints, of_month: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Ints:
        """Reckons a month; returns the volumes that partners have in it."""
        legs = self._legs
        segments = slice(*legs.segment_bounds[month : month + 2])
        part = slice(*legs.leg_bounds[month : month + 2])
        volumes = np.zeros(legs.people, np.int64)
        if part.start == part.stop:
            return volumes
        tiers = tier_of(self._thresholds(legs.segment_plan[segments]), before[legs.segment_partner[segments]])
        self._tiers[segments] = tiers = np.where(of_month[segments], tiers, self._tiers[segments])
        self._rates[segments] = rates = self._table[self._row[segments] + tiers]
        leg_rates = np.repeat(rates, legs.lengths[segments])
        amounts = share(legs.base[part], leg_rates)
        if self._may_give_all:
            amounts = self._with_residue(part, leg_rates, amounts)
        for plan, rule in enumerate(self._rules):
            if rule.basis == "marginal":
                self._by_slices(plan, rule, segments, part, amounts)
        self._amounts[part] = amounts
        entries = slice(*legs.entry_bounds[month : month + 2])
        volumes[legs.entry_partner[entries]] = self._volumes(month, entries, segments, part)
        return volumes

    def _thresholds(self, plans: Ints) -> list[Ints]:
        """The thresholds that apply to segments of these plans: a column for each, out of reach where there is none."""
        out_of_reach = [MOST] * MAX_THRESHOLDS
        rows = [
            [min(t, MOST) for t in (*rule.terms.thresholds, *out_of_reach)][:MAX_THRESHOLDS] for rule in self._rules
        ]
        return [column[plans] for column in np.array(rows, np.int64).T]

    def _volumes(self, month: int, entries: slice, segments: slice, part: slice) -> Ints:
        """The volume of each entry of a month: bases of orders in which the partner has a share, each order once."""
        legs, amounts = self._legs, self._amounts[part]
        if np.count_nonzero(amounts) == len(amounts):
            return legs.gross[entries]
        counted = np.where(amounts > 0, legs.base[part], 0)
        sums = np.add.reduceat(counted, legs.starts[segments] - part.start)
        volumes: Ints = np.add.reduceat(sums, legs.entry_starts[entries] - segments.start)
        groups = slice(*legs.twice_bounds[month : month + 2])
        if groups.start < groups.stop:
            first, last = legs.twice_leg_bounds[month : month + 2]
            positive = (self._amounts[legs.twice[first:last]] > 0).astype(np.int64)
            times = np.add.reduceat(positive, legs.twice_starts[groups] - first)
            again = np.maximum(times - 1, 0) * legs.twice_base[groups]
            np.subtract.at(volumes, legs.twice_entry[groups] - entries.start, again)
        return volumes

    @cached_property
    def _may_give_all(self) -> bool:
        return any(rule.terms.may_give_all(kind) for rule in self._rules for kind in KINDS)

    def _with_residue(self, part: slice, rates: Ints, amounts: Ints) -> Ints:
        """The shares where rates may add up to the whole order: by order, all its roles together."""
        order, role = self._legs.order[part], self._legs.role[part]
        rows, place = np.unique(order, return_inverse=True)
        by_role = np.zeros((len(ROLES), len(rows)), np.int64)
        by_role[role, place] = rates
        whole = by_role.sum(axis=0) == WHOLE_BPS
        chosen = whole[place]
        found = np.stack(shares(self._orders.base[rows[whole]], list(by_role[:, whole])))
        amounts[chosen] = found[role[chosen], (np.cumsum(whole) - 1)[place[chosen]]]
        return amounts

    def _by_slices(self, plan: int, rule: Rule, segments: slice, part: slice, amounts: Ints) -> None:
        """The shares of a plan whose rates hold for slices of the period's volume."""
        legs = self._legs
        of_plan = legs.segment_plan[segments] == plan
        chosen = np.repeat(of_plan, legs.lengths[segments])
        rows = np.repeat(self._row[segments][of_plan], legs.lengths[segments][of_plan])
        before = legs.before(rule.period_months)[part][chosen]
        base = legs.base[part][chosen]
        rates = [self._table[rows + tier] for tier in range(len(rule.terms.thresholds) + 1)]
        amounts[chosen] = share_of_slices(rule.terms.thresholds, rates, base, before)


def share_of_slices(
    thresholds: Sequence[int],
    rates: Sequence[Ints] | Sequence[int],
    base: Ints,
    before: Ints | int = 0,
    *,
    marginal: bool = True,
) -> Ints:
    """The shares of orders by tiers of a period's volume, rounded down once.

    Args:
        rates: Basis points of each tier, one more than there are thresholds.
        before: Volume of the period before each order.
        marginal: Whether each slice has the rate of its own tier; otherwise all has that of the volume reached.
    """
    bounds = [0, *(min(threshold, MOST) for threshold in thresholds), MOST]
    whole, rest = np.zeros_like(base), np.zeros_like(base)
    for rate, low, high in zip(rates, bounds, bounds[1:], strict=False):
        if marginal:
            part = np.clip(before + base, low, high) - np.clip(before, low, high)
        else:
            part = np.where((before + base >= low) & (before + base < high), base, 0)
        # In two parts, so that nothing overflows.
        whole += part // WHOLE_BPS * rate
        rest += part % WHOLE_BPS * rate
    return whole + rest // WHOLE_BPS


def _tiers_of_period(legs: Legs, rule: Rule, segments: Ints) -> Ints:
    """The tiers of segments by the volume that their partner reaches in their period."""
    table = legs.volumes(rule.period_months)
    period, partner = legs.period(legs.segment_month[segments], rule.period_months), legs.segment_partner[segments]
    volume = table[period, partner]
    if rule.basis == "growth":
        reference = np.where(period > 0, table[period - 1, partner], 0)
        thresholds = [_part_up(reference, WHOLE_BPS + growth) for growth in rule.terms.thresholds]
        return np.where(reference > 0, tier_of(thresholds, volume), 0)
    if rule.basis == "target":
        targets = [-(-rule.target * part // WHOLE_BPS) for part in rule.terms.thresholds]
        return tier_of(targets, volume)
    return tier_of(rule.terms.thresholds, volume)


def _part_up(volume: Ints, part_bps: int) -> Ints:
    """A part of volumes, rounded up; what does not fit into a column is out of reach."""
    fits = volume // WHOLE_BPS < MOST // part_bps - 1
    small = np.where(fits, volume, 0)
    part = small // WHOLE_BPS * part_bps - (-(small % WHOLE_BPS * part_bps) // WHOLE_BPS)
    return np.where(fits, part, MOST)


def _bounded(legs: Legs, rules: Sequence[Rule], sums: Ints) -> Ints:
    """What entries earn, within floor and cap: of the rules that a partner's orders of the month followed, the highest
    floor and the lowest cap."""
    if not any(rule.floor or rule.cap is not None for rule in rules):
        return sums
    floors = np.array([rule.floor for rule in rules], np.int64)[legs.segment_plan]
    caps = np.array([MOST if rule.cap is None else rule.cap for rule in rules], np.int64)[legs.segment_plan]
    low = np.maximum.reduceat(floors, legs.entry_starts)
    high = np.minimum.reduceat(caps, legs.entry_starts)
    return np.minimum(np.maximum(sums, low), high)
