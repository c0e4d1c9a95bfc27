"""What a reckoned plan means: money as whole minor units, shares of it as plain figures for people to look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fenrun.kit.calendar import day_number, day_of, move_months
from fenrun.plans.split import KINDS, MAX_THRESHOLDS, MOST, ROLES, WHOLE_BPS, Ints
from fenrun.simulator.designs import Rule
from fenrun.simulator.engine import Reckoned, share_of_slices
from fenrun.simulator.world import Assumptions

SEGMENTS = ("large", "middle", "small")
"""Of partners, by the volume of their orders: the first tenth, the next four tenths, and the rest."""
_CURVE_POINTS = 41
_NEAR_BPS = 500
"""Who lacks so much of a threshold, or less, is near it."""


def bps(part: int, whole: int) -> float | None:
    """A part in basis points, to a hundredth of one; None of nothing."""
    return round(part * WHOLE_BPS / whole, 2) if whole else None


def totals(found: Reckoned, assumptions: Assumptions) -> dict[str, Any]:
    """Revenue, cost and what is left."""
    revenue, cost = found.orders.revenue, found.cost
    margin = assumptions.margin_after(revenue, cost)
    legs = found.orders.legs
    by_role = dict.fromkeys(ROLES, 0)
    by_kind = dict.fromkeys(KINDS, 0)
    hit, taken = found.clawed
    sums = found.sums.copy()
    np.subtract.at(sums, legs.segment_of(hit), taken)
    for names, column in ((ROLES, legs.segment_role), (KINDS, legs.segment_kind)):
        wanted = by_role if names is ROLES else by_kind
        for place, name in enumerate(names):
            wanted[name] = int(sums[column == place].sum())
    return {
        "orders": len(found.orders),
        "revenue": revenue,
        "cost": cost,
        "earned": int(found.earned.sum()),
        "clawed_back": int(taken.sum()),
        "cost_by_role": by_role,
        "cost_by_kind": by_kind,
        "effective_rate_bps": bps(cost, revenue),
        "margin_after": margin,
        "margin_after_bps": bps(margin, revenue),
        "budget_left": None if assumptions.budget is None else assumptions.budget - cost,
    }


# --- Months -------------------------------------------------------------------------------------------


def release_days(found: Reckoned) -> Ints:
    """The first day on which each leg may be paid. What depends on a whole period is known on its last day."""
    legs, orders = found.orders.legs, found.orders
    day = orders.day[legs.order]
    plan = np.repeat(legs.segment_plan, legs.lengths)
    month = np.repeat(legs.segment_month, legs.lengths) + legs.first_month
    for place, rule in enumerate(found.rules):
        if rule.basis in ("retroactive", "growth", "target"):
            chosen = plan == place
            last = month[chosen] // rule.period_months * rule.period_months + rule.period_months
            day[chosen] = _first_days(last) - 1
    holds = np.array([rule.terms.hold_days for rule in found.rules], np.int64)
    released: Ints = day + holds[plan] + 1
    return released


def months(found: Reckoned) -> list[dict[str, Any]]:
    """By month: revenue, what is earned, what is taken back, and what becomes payable."""
    orders, legs = found.orders, found.orders.legs
    released, refunds = _months_of(release_days(found)), orders.refunds
    last_refund = np.zeros(len(orders), np.int64)
    np.maximum.at(last_refund, refunds.order, refunds.day)
    hit, taken = found.clawed
    clawed = _months_of(last_refund[legs.order[hit]])
    first = legs.first_month
    last = max(int(released.max()), int(clawed.max(initial=0)), int(orders.month.max()))
    columns = np.zeros((4, last - first + 1), np.int64)
    np.add.at(columns[0], orders.month - first, orders.base)
    np.add.at(columns[1], legs.entry_month, found.earned)
    np.add.at(columns[2], clawed - first, taken)
    np.add.at(columns[3], released - first, found.amounts)
    # What caps and floors make of a month is settled with the last of its legs.
    plain = np.add.reduceat(found.sums, legs.entry_starts)
    latest = np.maximum.reduceat(np.maximum.reduceat(released, legs.starts), legs.entry_starts)
    np.add.at(columns[3], latest - first, found.earned - plain)
    names = ("revenue", "earned", "clawed_back", "payable")
    return [
        {"month": _month_name(first + place), **dict(zip(names, column, strict=True))}
        for place, column in enumerate(columns.T.tolist())
    ]


def _first_days(months: Ints) -> Ints:
    """The first day of months."""
    known, place = np.unique(months, return_inverse=True)
    days = [day_number(move_months(day_of(0), month - 1970 * 12)) for month in known.tolist()]
    return np.array(days, np.int64)[place]


def _months_of(days: Ints) -> Ints:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _month_name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


# --- Partners -----------------------------------------------------------------------------------------


def payouts(amounts: Ints, today: Ints | None = None) -> dict[str, Any]:
    """How what partners get is distributed among those who get anything; percentiles by the nearest rank.

    Args:
        today: What they get today; the histogram has both in the same columns.
    """
    paid = np.sort(amounts[amounts > 0])
    before = paid if today is None else np.sort(today[today > 0])
    edges = _round_edges(max(int(ranked[-1]) for ranked in (paid, before) if len(ranked)) if len(paid) else 0)
    bounds = [*edges, MOST]
    counts, counts_before = (np.diff(np.searchsorted(ranked, bounds)).tolist() for ranked in (paid, before))
    columns = zip(edges, counts, counts_before, strict=True)
    return {
        "partners_paid": len(paid),
        **{f"p{part}": int(paid[-(-part * len(paid) // 100) - 1]) if len(paid) else 0 for part in (10, 50, 90)},
        "most": int(paid[-1]) if len(paid) else 0,
        "gini": gini(paid),
        "histogram": [{"from": low, "partners": now, "today": then} for low, now, then in columns],
    }


def gini(amounts: Ints) -> float | None:
    """The Gini coefficient of amounts: 0 when all are equal; None of nothing."""
    total, count = int(amounts.sum()), len(amounts)
    if total <= 0:
        return None
    ranked = np.sort(amounts).astype(np.float64)
    return round(float(2 * (np.arange(1, count + 1) * ranked).sum() / (count * total) - (count + 1) / count), 4)


def _round_edges(most: int) -> list[int]:
    """Where the columns of a histogram begin: 1, 2 and 5 times powers of ten, up to the most."""
    edges = [step * 10**power for power in range(19) for step in (1, 2, 5) if step * 10**power <= most]
    return [0, *edges[-8:]]


def against(now: Reckoned, then: Reckoned) -> dict[str, Any]:
    """Who wins and who loses against another plan: by partner, and by segment of partners."""
    old, new = now.by_partner, then.by_partner
    change = new - old
    took_part = np.unique(now.orders.legs.entry_partner)
    change_of = change[took_part]
    order = took_part[np.argsort(change_of, kind="stable")]
    ids = now.orders.partner_ids

    def named(partners: Iterable[int]) -> list[dict[str, Any]]:
        return [{"partner": ids[p], "before": int(old[p]), "after": int(new[p])} for p in partners if change[p]]

    return {
        "winners": int((change_of > 0).sum()),
        "won": int(change_of[change_of > 0].sum()),
        "losers": int((change_of < 0).sum()),
        "lost": -int(change_of[change_of < 0].sum()),
        "unchanged": int((change_of == 0).sum()),
        "most_won": named(p for p in order[::-1][:10].tolist() if change[p] > 0),
        "most_lost": named(p for p in order[:10].tolist() if change[p] < 0),
        "segments": segments(now, old, new),
    }


def segments(now: Reckoned, old: Ints, new: Ints) -> list[dict[str, Any]]:
    """What large, middle and small partners get before and after."""
    legs = now.orders.legs
    volume = np.zeros(legs.people, np.int64)
    np.add.at(volume, legs.entry_partner, legs.gross)
    people = np.argsort(-volume, kind="stable")[: int((volume > 0).sum())]
    tenth = -(-len(people) // 10)
    bounds = [0, tenth, max(len(people) // 2, tenth), len(people)]
    found = []
    for name, low, high in zip(SEGMENTS, bounds, bounds[1:], strict=False):
        group = people[low:high]
        before, after = int(old[group].sum()), int(new[group].sum())
        found.append(
            {
                "segment": name,
                "partners": len(group),
                "before": before,
                "after": after,
                "change_bps": bps(after - before, before),
            }
        )
    return found


# --- Tiers --------------------------------------------------------------------------------------------


def migration(now: Reckoned, then: Reckoned) -> list[dict[str, int]]:
    """How many months of partners stand in which tier, now and then: the highest tier that one had in a month."""
    starts = now.orders.legs.entry_starts
    old, new = np.maximum.reduceat(now.tiers, starts), np.maximum.reduceat(then.tiers, starts)
    tiers = MAX_THRESHOLDS + 1
    counts = np.bincount(old * tiers + new, minlength=tiers**2).tolist()
    return [{"from": place // tiers, "to": place % tiers, "months": n} for place, n in enumerate(counts) if n]


@dataclass(frozen=True)
class Payer:
    """A rule as one partner in one role meets it."""

    rule: Rule
    role: int
    kind: str

    def payout(self, volumes: Ints) -> Ints:
        """What a partner gets for a period who has so much volume in every period, in one order each."""
        rates = [
            self.rule.terms.rate(self.kind, self.role, tier) for tier in range(len(self.rule.terms.thresholds) + 1)
        ]
        amounts = share_of_slices(self.thresholds(), rates, volumes, marginal=self.rule.basis == "marginal")
        low, high = self.rule.floor, self.rule.cap
        return np.clip(amounts, low, high) if self.rule.period_months == 1 else amounts

    def thresholds(self) -> list[int]:
        """Where tiers begin, in minor units; none for growth, which a steady partner does not have."""
        if self.rule.basis == "target":
            return [-(-self.rule.target * part // WHOLE_BPS) for part in self.rule.terms.thresholds]
        return [] if self.rule.basis == "growth" else list(self.rule.terms.thresholds)


def payers(rule: Rule) -> list[Payer]:
    """Each role and kind for which a rule pays."""
    return [
        Payer(rule, role, kind)
        for kind in KINDS
        for role in range(len(ROLES))
        if any(rule.terms.rate(kind, role, tier) for tier in range(len(rule.terms.thresholds) + 1))
    ]


def curve(rule: Rule, most: int) -> list[dict[str, Any]]:
    """What a referrer of new orders gets per period by its volume: evenly spaced up to twice the last threshold, or to
    `most`, and both sides of each threshold."""
    payer = Payer(rule, 0, "new")
    thresholds = payer.thresholds()
    end = max([most, *(2 * threshold for threshold in thresholds)])
    even = [end * point // (_CURVE_POINTS - 1) for point in range(_CURVE_POINTS)]
    volumes = sorted({*even, *thresholds, *(threshold - 1 for threshold in thresholds)})
    amounts = payer.payout(np.array(volumes, np.int64)).tolist()
    return [{"volume": volume, "payout": amount} for volume, amount in zip(volumes, amounts, strict=True)]


def cliffs(found: Reckoned) -> list[dict[str, Any]]:
    """What the last unit of volume before a tier is worth, for every role and kind; the largest first.

    `near`: months of partners in which volume ended within 5 % below the threshold.
    """
    legs = found.orders.legs
    rows = []
    for code, rule in zip(found.orders.plans, found.rules, strict=True):
        volumes = legs.volumes(rule.period_months).ravel()
        for payer in payers(rule):
            for tier, threshold in enumerate(payer.thresholds(), start=1):
                below, at = payer.payout(np.array([threshold - 1, threshold], np.int64)).tolist()
                near = (volumes < threshold) & (volumes >= threshold - threshold * _NEAR_BPS // WHOLE_BPS)
                rows.append(
                    {
                        "plan": code, "role": ROLES[payer.role], "kind": payer.kind, "tier": tier,
                        "threshold": threshold, "below": below, "at": at, "worth": at - below,
                        "near": int(near.sum()),
                    }
                )  # fmt: skip
    return sorted(rows, key=lambda row: -row["worth"])


def typical_most(found: Reckoned) -> int:
    """The volume of a period that nine in ten partners stay below: as far as a curve is worth drawing."""
    volumes = np.sort(found.orders.legs.volumes(1).ravel())
    volumes = volumes[volumes > 0]
    return int(volumes[-(-9 * len(volumes) // 10) - 1]) if len(volumes) else 0
