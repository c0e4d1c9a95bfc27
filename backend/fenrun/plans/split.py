"""The maths of a split: pure, in integers, the same as the contract's, for one order or for columns of them.

`tier_of`, `share`, `shares` and `taken_back` take whole numbers or NumPy columns of them; there is one set of rules.

A partner's tier in an order is the number of the plan's thresholds that its volume of the month before reached. Volume
is the sum of the bases of orders in which the partner has a share above zero, each counted once. A share is floored;
the residue stays with the house, unless the rates give the whole order away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Number = TypeVar("Number", int, Ints)

ROLES = ("referrer", "implementer", "trainer")
KINDS = ("new", "renewal")
MAX_THRESHOLDS = 3
WHOLE_BPS = 10_000
MAX_HOLD_DAYS = 3_650
MOST = 2**63 - 1
"""What a column can hold; an order's base has no more."""


@dataclass(frozen=True)
class Terms:
    """The terms of a plan version. Thresholds are minor units; rates are basis points by role and tier."""

    thresholds: tuple[int, ...]
    hold_days: int
    new_bps: tuple[tuple[int, ...], ...]
    renewal_bps: tuple[tuple[int, ...], ...]

    def rate(self, kind: str, role: int, tier: int) -> int:
        """Basis points of a role at a tier; 0 for a role the plan does not pay."""
        rows = self.new_bps if kind == "new" else self.renewal_bps
        return rows[role][tier] if role < len(rows) else 0

    def table(self) -> Ints:
        """Basis points by kind, role and tier."""
        cells = np.zeros((len(KINDS), len(ROLES), MAX_THRESHOLDS + 1), np.int64)
        for kind, rows in enumerate((self.new_bps, self.renewal_bps)):
            for role, row in enumerate(rows):
                cells[kind, role, : len(row)] = row
        return cells

    def tier(self, volume: int) -> int:
        """The tier of a partner with this volume in the month before."""
        return tier_of(self.thresholds, volume)

    def may_give_all(self, kind: str) -> bool:
        """Whether the rates of all roles can add up to the whole order."""
        rows = self.new_bps if kind == "new" else self.renewal_bps
        return sum(max(row) for row in rows) == WHOLE_BPS

    def flaw(self) -> str | None:  # noqa: PLR0911 - one line per rule
        """Why these are no terms; None when they are. The contract refuses the same."""
        if len(self.thresholds) > MAX_THRESHOLDS:
            return f"{len(self.thresholds)} tier thresholds; at most {MAX_THRESHOLDS} are possible"
        if any(b <= a for a, b in zip((0, *self.thresholds), self.thresholds, strict=False)):
            return "tier thresholds must be above zero and ascend"
        if not 0 <= self.hold_days <= MAX_HOLD_DAYS:
            return f"hold_days must be between 0 and {MAX_HOLD_DAYS}"
        for rows in (self.new_bps, self.renewal_bps):
            if any(len(row) != len(self.thresholds) + 1 for row in rows):
                return "each role needs one rate per tier, one more than there are thresholds"
            if any(not 0 <= rate <= WHOLE_BPS for row in rows for rate in row):
                return f"rates are basis points between 0 and {WHOLE_BPS}"
            if sum(max(row) for row in rows) > WHOLE_BPS:
                return f"the highest rates of all roles add up to more than {WHOLE_BPS} basis points"
        return None


@dataclass(frozen=True)
class Leg:
    """A partner's share in an order, for one role."""

    role: int
    partner: int
    tier: int
    rate_bps: int
    amount: int


@dataclass
class Volumes:
    """Partners' volumes, month by month. Months are numbered so that following ones follow."""

    _words: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def before(self, partner: int, month: int) -> int:
        """The partner's volume of the month before."""
        return self._rolled(partner, month)[1]

    def add(self, partner: int, month: int, base: int) -> None:
        """Counts an order. Months must not go back."""
        current, before, _ = self._rolled(partner, month)
        self._words[partner] = (current + base, before, month)

    def _rolled(self, partner: int, month: int) -> tuple[int, int, int]:
        current, before, last = self._words.get(partner, (0, 0, month))
        if last == month:
            return current, before, month
        return 0, current if last + 1 == month else 0, month


def tier_of(thresholds: Sequence[Number] | Sequence[int], volume: Number) -> Number:
    """How many thresholds a volume reaches."""
    reached = volume * 0
    for threshold in thresholds:
        reached = reached + (volume >= threshold)
    return reached


def share(base: Number, rate_bps: Number) -> Number:
    """The share of a base in minor units, rounded down."""
    if _largest(base) <= MOST // WHOLE_BPS:
        return base * rate_bps // WHOLE_BPS
    # The product of 63 bits and a rate would not fit into a column.
    return base // WHOLE_BPS * rate_bps + base % WHOLE_BPS * rate_bps // WHOLE_BPS


def shares(base: Number, rates_bps: Sequence[Number]) -> list[Number]:
    """The shares of a base by role. Rates that add up to the whole leave nothing over: what flooring lost goes unit by
    unit to the largest remainders, at a tie to the lower role."""
    amounts: list[Any] = [share(base, rate) for rate in rates_bps]
    gives_all = sum(rates_bps) == WHOLE_BPS
    if gives_all is False or not np.any(gives_all):  # the first is an order alone, for which NumPy is slow to ask
        return amounts
    left = (base - sum(amounts)) * gives_all
    lost = [base % WHOLE_BPS * rate % WHOLE_BPS for rate in rates_bps]
    for role, mine in enumerate(lost):
        sooner = sum(other >= mine for other in lost[:role]) + sum(other > mine for other in lost[role + 1 :])
        amounts[role] = amounts[role] + (sooner < left)
    return amounts


def taken_back(share_: Number, refunded: Number, base: Number) -> Number:
    """The part of a share that refunds of so much of the base take back, rounded down."""
    if _largest(share_) * _largest(refunded) <= MOST:
        return share_ * refunded // base
    taken: Number = _in_full(share_, refunded, base)
    return taken


def _largest(values: Any) -> int:
    return values if isinstance(values, int) else int(values.max(initial=0))


def _in_full(share_: Any, refunded: Any, base: Any) -> Any:
    """`taken_back` where the product has more than 63 bits."""
    if isinstance(share_, int):
        return share_ * refunded // base
    return (share_.astype(object) * refunded // base).astype(np.int64)


def split(terms: Terms, kind: str, base: int, partners: Sequence[int], volumes: Volumes, month: int) -> list[Leg]:
    """Splits an order and counts it in the volumes.

    Args:
        terms: The plan version.
        kind: `new` or `renewal`.
        base: What the customer paid, in minor units.
        partners: The partner of each role, 0 for nobody.
        volumes: Volumes so far; changed.
        month: The month of the settling block.

    Returns:
        A leg per role that somebody holds, also where it is worth nothing.
    """
    tiers = [terms.tier(volumes.before(partner, month)) for partner in partners]
    rates = [terms.rate(kind, role, tiers[role]) if partner else 0 for role, partner in enumerate(partners)]
    amounts = shares(base, rates)
    legs = [
        Leg(role, partner, tiers[role], rates[role], amounts[role]) for role, partner in enumerate(partners) if partner
    ]
    for partner in {leg.partner for leg in legs if leg.amount > 0}:
        volumes.add(partner, month, base)
    return legs
