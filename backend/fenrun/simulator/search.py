"""The search for the best balance: rates and thresholds of a plan, objectives, constraints; a Pareto front.

Optuna's NSGA-II proposes generations of candidates; the engine that reckons everything else judges them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from fenrun.plans.split import ROLES, Terms
from fenrun.simulator import measures
from fenrun.simulator.comparison import World
from fenrun.simulator.designs import Design, Rule
from fenrun.simulator.engine import Reckoned

Objective = Literal["margin_after", "partners_get", "gini", "partners_paid"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
_SMALLER_IS_BETTER = ("gini",)
POPULATION = 40
_NO_RULE = 1e30


@dataclass(frozen=True)
class Range:
    """A whole number that the search may choose."""

    low: int
    high: int
    step: int = 1


@dataclass(frozen=True)
class Space:
    """What of a rule may be another.

    Attributes:
        plan: The plan's code, or `*`.
        rule: What stays as it is comes from here.
        rates: By kind, role and tier the range of the rate in basis points. Rates never fall from tier to tier: what a
            tier would have less than the one below it is not chosen.
        thresholds: By place.
        hold_days: Of the hold.
    """

    plan: str
    rule: Rule
    rates: Mapping[tuple[str, int, int], Range]
    thresholds: Mapping[int, Range]

    def parameters(self) -> Iterator[tuple[str, Range]]:
        """The names of what may be chosen, and their ranges."""
        for (kind, role, tier), range_ in self.rates.items():
            yield f"{self.plan}/{kind}/{ROLES[role]}/{tier}", range_
        for place, range_ in self.thresholds.items():
            yield f"{self.plan}/threshold/{place}", range_

    def rule_of(self, values: Mapping[str, int]) -> Rule | None:
        """The rule with chosen values; None when they make no rule."""
        terms = self.rule.terms
        thresholds = tuple(
            values.get(f"{self.plan}/threshold/{place}", threshold) for place, threshold in enumerate(terms.thresholds)
        )
        new, renewal = (
            tuple(self._climbing(values, kind, role, row) for role, row in enumerate(rows))
            for kind, rows in (("new", terms.new_bps), ("renewal", terms.renewal_bps))
        )
        rule = replace(self.rule, terms=Terms(thresholds, terms.hold_days, new, renewal))
        return None if rule.flaw() else rule

    def _climbing(self, values: Mapping[str, int], kind: str, role: int, row: tuple[int, ...]) -> tuple[int, ...]:
        rates: list[int] = []
        for tier, rate in enumerate(row):
            chosen = values.get(f"{self.plan}/{kind}/{ROLES[role]}/{tier}")
            rates.append(rate if chosen is None else max(chosen, rates[-1] if rates else 0))
        return tuple(rates)


@dataclass(frozen=True)
class Constraints:
    """What a candidate must keep; None where it need not.

    Attributes:
        least_margin_bps: Of revenue, after commission.
        budget: The most that commission may cost, in minor units.
        segment_loss_bps: The most that a segment of partners (large, middle, small) may lose against today.
        gini: The most.
        partners_paid: The least.
    """

    least_margin_bps: int | None = None
    budget: int | None = None
    segment_loss_bps: int | None = None
    gini: float | None = None
    partners_paid: int | None = None

    def violations(self, world: World, found: Reckoned) -> list[float]:
        """By how much each is broken, in parts of what is allowed; zero or less where it is kept."""
        revenue, cost, paid = found.orders.revenue, found.cost, measures.payouts(found.by_partner)
        broken: list[float] = []
        if self.least_margin_bps is not None:
            margin = world.margin_after(found) * 10_000 / max(revenue, 1)
            broken.append((self.least_margin_bps - margin) / 10_000)
        if self.budget is not None:
            broken.append((cost - self.budget) / max(self.budget, 1))
        if self.gini is not None:
            broken.append((paid["gini"] or 0.0) - self.gini)
        if self.partners_paid is not None:
            broken.append((self.partners_paid - paid["partners_paid"]) / max(self.partners_paid, 1))
        if self.segment_loss_bps is not None:
            groups = measures.segments(world.now, world.now.by_partner, found.by_partner)
            broken += [(-(group["change_bps"] or 0.0) - self.segment_loss_bps) / 10_000 for group in groups]
        return broken


@dataclass(frozen=True)
class Found:
    """A point of the front: a design, what it comes to, and whether it keeps the constraints."""

    design: Design
    values: dict[str, float]
    keeps: bool


def search(
    world: World,
    spaces: Sequence[Space],
    objectives: Sequence[Objective] = ("margin_after", "partners_get"),
    constraints: Constraints = Constraints(),
    evaluations: int = 600,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Found]:
    """The Pareto front of what was tried: no other candidate that keeps the constraints is better in one objective and
    no worse in the others. Best in the first objective first; when nothing keeps the constraints, what breaks them
    least.

    Args:
        progress: Told the part that is done; may raise to stop.
    """
    import optuna  # a second to import, and only searches need it

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions: dict[str, Any] = {
        name: optuna.distributions.IntDistribution(range_.low, range_.high, step=range_.step)
        for space in spaces
        for name, range_ in space.parameters()
    }
    directions: list[Literal["minimize", "maximize"]] = [
        "minimize" if name in _SMALLER_IS_BETTER else "maximize" for name in objectives
    ]
    sampler = optuna.samplers.NSGAIISampler(
        population_size=min(POPULATION, max(evaluations // 8, 4)),
        seed=world.assumptions.seed,
    )
    study = optuna.create_study(directions=directions, sampler=sampler)
    known: dict[tuple[int, ...], tuple[list[float], list[float]]] = {}
    study.enqueue_trial(_start(spaces))
    for count in range(evaluations):
        trial = study.ask(distributions)
        key = tuple(trial.params.values())
        if key not in known:
            known[key] = _judged(world, spaces, objectives, constraints, trial.params)
        values, broken = known[key]
        trial.set_constraint("broken", _broken(broken))
        study.tell(trial, values)
        progress((count + 1) / evaluations)
    tried = [(dict(zip(distributions, key, strict=True)), *judged) for key, judged in known.items()]
    return _front(tried, spaces, objectives)


def _start(spaces: Sequence[Space]) -> dict[str, int]:
    """The rules that the search begins with, as near as the ranges allow."""
    chosen: dict[str, int] = {}
    for space in spaces:
        terms = space.rule.terms
        now = {
            **{f"{space.plan}/{kind}/{ROLES[role]}/{tier}": terms.rate(kind, role, tier)
               for kind, role, tier in space.rates},
            **{f"{space.plan}/threshold/{place}": terms.thresholds[place] for place in space.thresholds},
        }  # fmt: skip
        for name, range_ in space.parameters():
            steps = (min(max(now[name], range_.low), range_.high) - range_.low) // range_.step
            chosen[name] = range_.low + steps * range_.step
    return chosen


def _design(spaces: Sequence[Space], values: Mapping[str, int]) -> Design | None:
    rules = {space.plan: space.rule_of(values) for space in spaces}
    kept = {plan: rule for plan, rule in rules.items() if rule is not None}
    return Design("found", kept) if len(kept) == len(rules) else None


def _judged(
    world: World,
    spaces: Sequence[Space],
    objectives: Sequence[Objective],
    constraints: Constraints,
    values: Mapping[str, int],
) -> tuple[list[float], list[float]]:
    """The objectives of a candidate, and by how much it breaks the constraints."""
    design = _design(spaces, values)
    if design is None:
        return [_NO_RULE if name in _SMALLER_IS_BETTER else -_NO_RULE for name in objectives], [_NO_RULE]
    found = world.reckon(design)
    return [_value(world, found, name) for name in objectives], constraints.violations(world, found)


def _value(world: World, found: Reckoned, objective: Objective) -> float:
    match objective:
        case "margin_after":
            return float(world.margin_after(found))
        case "partners_get":
            return float(found.cost)
        case "gini":
            return measures.payouts(found.by_partner)["gini"] or 0.0
        case "partners_paid":
            return float((found.by_partner > 0).sum())


def _front(
    tried: Sequence[tuple[dict[str, int], list[float], list[float]]],
    spaces: Sequence[Space],
    objectives: Sequence[Objective],
) -> list[Found]:
    """The candidates that no other beats, of those that keep the constraints."""
    least = min(_broken(broken) for _, _, broken in tried)
    signs = [-1 if name in _SMALLER_IS_BETTER else 1 for name in objectives]
    points = [
        ([sign * value for sign, value in zip(signs, found, strict=True)], values, found)
        for values, found, broken in tried
        if _broken(broken) <= least
    ]
    points.sort(key=lambda point: point[0], reverse=True)
    front: list[Found] = []
    best: list[list[float]] = []
    for score, values, found in points:
        if any(all(a >= b for a, b in zip(other, score, strict=True)) for other in best):
            continue
        best.append(score)
        design = _design(spaces, values)
        if design is not None:
            front.append(Found(design, dict(zip(objectives, found, strict=True)), least <= 0))
    return front


def _broken(broken: Sequence[float]) -> float:
    return sum(max(part, 0.0) for part in broken)
