"""Candidate plans. Some the contract settles; the others can be simulated, and are marked so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from fenrun.plans.split import KINDS, MOST, ROLES, Terms, shares
from fenrun.simulator.errors import DesignError

Basis = Literal["month_before", "marginal", "retroactive", "growth", "target"]
BASES: tuple[Basis, ...] = get_args(Basis)
"""What a tier goes by:

- `month_before`: the partner's volume of the month before, as the contract does it (without thresholds: flat).
- `marginal`: the volume of the running period; each slice of it at the rate of its own tier.
- `retroactive`: the volume of the whole period; all of it at the rate that was reached.
- `growth`: as retroactive; thresholds are growth over the period before, in basis points.
- `target`: as retroactive; thresholds are parts of a target volume, in basis points.

In the last four an order counts for every partner who has a role in it.
"""
EVERY_PLAN = "*"
_LARGEST_PART = 1_000_000


@dataclass(frozen=True)
class Rule:
    """The terms of a candidate, and what the contract does not know.

    Attributes:
        terms: Thresholds are minor units, but basis points of growth or of the target where the basis says so.
        period_months: How long a period is, for the bases that have one; periods begin with the year.
        target: Volume per period, in minor units.
        cap: The most that a partner gets in a month over all plans with this cap; None for no limit.
        floor: The least that a partner gets in a month in which it has an order; 0 for none.
        clawback_days: Refunds later than so many days after the order take nothing back; None: all of them do.
    """

    terms: Terms
    basis: Basis = "month_before"
    period_months: int = 1
    target: int = 0
    cap: int | None = None
    floor: int = 0
    clawback_days: int | None = None

    def simulated_only(self) -> list[str]:
        """What of this the contract cannot settle; nothing when it can settle all."""
        reasons: list[str] = [] if self.basis == "month_before" else [self.basis]
        reasons += ["cap"] if self.cap is not None else []
        reasons += ["floor"] if self.floor else []
        return reasons + (["clawback_window"] if self.clawback_days is not None else [])

    def flaw(self) -> str | None:
        """Why this is no rule; None when it is one."""
        relative = self.basis in ("growth", "target")
        flaws = {
            f"basis is “{self.basis}”; it is one of {', '.join(BASES)}": self.basis not in BASES,
            "period_months is 1, 3, 6 or 12": self.period_months not in (1, 3, 6, 12),
            f"thresholds of {self.basis} are basis points up to {_LARGEST_PART}": relative
            and max(self.terms.thresholds, default=1) > _LARGEST_PART,
            "a basis of target needs a target above zero": self.basis == "target" and not 0 < self.target <= MOST,
            "floor and clawback_days must not be below zero": min(self.floor, self.clawback_days or 0) < 0,
            "cap must be above zero, and not below floor": self.cap is not None and self.cap < max(self.floor, 1),
        }
        return self.terms.flaw() or next((flaw for flaw, there in flaws.items() if there), None)


@dataclass(frozen=True)
class Design:
    """A candidate: a name, and the rules that take the place of today's, by the plan's code or `*` for all others."""

    name: str
    rules: Mapping[str, Rule]

    def __post_init__(self) -> None:
        """Sees that the rules are rules.

        Raises:
            DesignError: one is not; the detail says which, and why.
        """
        for code, rule in self.rules.items():
            flaw = rule.flaw()
            if flaw is not None:
                raise DesignError(f"{self.name}, plan {code}: {flaw}")

    def rule(self, code: str) -> Rule | None:
        """The rule for a plan of today; None when the design leaves it as it is."""
        return self.rules.get(code, self.rules.get(EVERY_PLAN))

    def simulated_only(self) -> list[str]:
        """What of this the contract cannot settle, each once."""
        return sorted({reason for rule in self.rules.values() for reason in rule.simulated_only()})


def in_force(design: Design, today: Mapping[str, Rule], codes: tuple[str, ...]) -> Iterator[Rule]:
    """The rule that applies to each plan code.

    Raises:
        DesignError: the design names a plan that there is not, or none applies.
    """
    unknown = sorted(design.rules.keys() - {*codes, *today, EVERY_PLAN})
    if unknown:
        raise DesignError(f"{design.name}: there is no plan {unknown[0]}; there are {', '.join(sorted(codes))}")
    for code in codes:
        rule = design.rule(code) or today.get(code)
        if rule is None:
            raise DesignError(f"{design.name}: no rule for plan {code}; name it, or use {EVERY_PLAN} for all")
        yield rule


def rows_of_split(total_bps: list[int], split_bps: Mapping[Any, int]) -> tuple[tuple[int, ...], ...]:
    """The rates by role and tier of a total rate per tier, divided among the roles by parts of 10,000.

    It is divided as an order is: what flooring loses goes to the largest remainders.

    Raises:
        DesignError: parts that do not add up to the whole.
    """
    parts = [split_bps.get(role, 0) for role in ROLES]
    if sum(parts) != 10_000 or min(parts) < 0:
        raise DesignError(f"split: the parts of {', '.join(ROLES)} must add up to 10000")
    columns = [shares(total, parts) for total in total_bps]
    return tuple(tuple(column[role] for column in columns) for role in range(len(ROLES)))


def flat(rates: Mapping[str, tuple[int, int, int]], hold_days: int = 0) -> Terms:
    """Terms without tiers, from rates by kind and role."""
    new, renewal = (tuple((rate,) for rate in rates[kind]) for kind in KINDS)
    return Terms((), hold_days, new, renewal)
