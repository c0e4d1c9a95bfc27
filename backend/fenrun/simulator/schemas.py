"""What goes into a simulation. Amounts are minor units, as text; rates basis points."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fenrun.plans.split import KINDS, ROLES, Terms
from fenrun.simulator.designs import Basis, Design, Rule, rows_of_split
from fenrun.simulator.errors import DesignError
from fenrun.simulator.sources import Distribution
from fenrun.simulator.world import Assumptions

Minor = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int) else value),
    Field(pattern=r"^-?\d{1,40}$", description="Minor units of the currency"),
]
Role = Literal["referrer", "implementer", "trainer"]
Kind = Literal["new", "renewal"]
Bps = Annotated[int, Field(ge=0, le=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")]
_ROLES: tuple[Role, ...] = get_args(Role)
MOST_DESIGNS = 4
"""Beside today's plan, in a saved simulation."""


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- In -----------------------------------------------------------------------------------------------


class SplitIn(_In):
    """Rates as a total per tier, divided among the roles by parts that add up to 10,000."""

    new_bps: list[Bps]
    renewal_bps: list[Bps]
    parts_bps: dict[Role, Bps]


class RuleIn(_In):
    """The terms of a candidate plan. The rates of a role that is not named are zero; `split` stands for both tables."""

    basis: Basis = "month_before"
    tier_thresholds: list[Annotated[str, Field(pattern=r"^\d{1,19}$")]] = []
    """Minor units; basis points of growth or of the target where the basis says so."""
    hold_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    new: dict[Role, list[Bps]] = {}
    renewal: dict[Role, list[Bps]] = {}
    split: SplitIn | None = None
    period_months: Annotated[int, Field(ge=1, le=12)] = 1
    """1, 3, 6 or 12."""
    target: Minor = "0"
    cap: Minor | None = None
    floor: Minor = "0"
    clawback_days: Annotated[int, Field(ge=0, le=3_650)] | None = None

    def rule(self) -> Rule:
        """The rule; it may have flaws.

        Raises:
            DesignError: a split whose parts do not add up, or rates given twice.
        """
        thresholds = tuple(map(int, self.tier_thresholds))
        if self.split is not None and (self.new or self.renewal):
            raise DesignError("Give rates by role, or a total and its split; not both")
        if self.split is not None:
            new, renewal = (
                rows_of_split(total, self.split.parts_bps) for total in (self.split.new_bps, self.split.renewal_bps)
            )
        else:
            none = [0] * (len(thresholds) + 1)
            new, renewal = (
                tuple(tuple(rates.get(role, none)) for role in _ROLES) for rates in (self.new, self.renewal)
            )
        return Rule(
            Terms(thresholds, self.hold_days, new, renewal),
            self.basis,
            self.period_months,
            int(self.target),
            None if self.cap is None else int(self.cap),
            int(self.floor),
            self.clawback_days,
        )

    @classmethod
    def of(cls, rule: Rule) -> "RuleIn":
        """What stands for a rule."""
        tables = (rule.terms.new_bps, rule.terms.renewal_bps)
        named = [{role: list(row) for role, row in zip(ROLES, rows, strict=False)} for rows in tables]
        return cls.model_validate(
            {
                "basis": rule.basis, "tier_thresholds": [str(t) for t in rule.terms.thresholds],
                "hold_days": rule.terms.hold_days, **dict(zip(KINDS, named, strict=True)),
                "period_months": rule.period_months, "target": rule.target, "cap": rule.cap, "floor": rule.floor,
                "clawback_days": rule.clawback_days,
            }
        )  # fmt: skip


class DesignIn(_In):
    """A candidate: rules by the code of the plan whose place they take, or `*` for all others."""

    name: Name
    plans: Annotated[dict[Annotated[str, Field(max_length=64)], RuleIn], Field(min_length=1, max_length=20)]

    def design(self) -> Design:
        """The design.

        Raises:
            DesignError: it has a flaw; the detail names plan and remedy.
        """
        rules = {}
        for code, rule in self.plans.items():
            try:
                rules[code] = rule.rule()
            except DesignError as error:
                raise DesignError(f"{self.name}, plan {code}: {error.detail}") from error
        return Design(self.name, rules)

    @classmethod
    def of(cls, design: Design) -> "DesignIn":
        """What stands for a design."""
        return cls(name=design.name, plans={code: RuleIn.of(rule) for code, rule in design.rules.items()})


class AssumptionsIn(_In):
    """What is assumed, and not measured."""

    margin_bps: Bps = 6_000
    tax_bps: Bps = 0
    budget: Minor | None = None
    churn_bps: Bps = 0
    refunds_bps: Bps = 0
    volume_bps: Annotated[int, Field(ge=100, le=100_000)] = 10_000
    elasticity_bps: Annotated[list[int], Field(min_length=3, max_length=3)] = [0, 0, 0]
    """The lowest, the likeliest and the highest belief; 10,000 is one percent of volume for one percent more."""
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1

    def assumptions(self) -> Assumptions:
        """The assumptions.

        Raises:
            DesignError: an elasticity whose range does not ascend, or is absurd.
        """
        low, likely, high = self.elasticity_bps
        if not -50_000 <= low <= likely <= high <= 50_000:
            raise DesignError("elasticity_bps: lowest, likeliest and highest must ascend, between -50000 and 50000")
        budget = None if self.budget is None else int(self.budget)
        return Assumptions(**{**self.model_dump(), "budget": budget, "elasticity_bps": (low, likely, high)})


class DistributionIn(_In):
    """A stated business instead of past orders."""

    partners: Annotated[int, Field(ge=1, le=10_000)] = 50
    spread: Annotated[float, Field(ge=0, le=3)] = 1.0
    customers: Annotated[int, Field(ge=1, le=200_000)] = 1_000
    orders_each: Annotated[float, Field(ge=1, le=100)] = 3.0
    median: Annotated[str, Field(pattern=r"^\d{1,12}$", description="Minor units")] = "5000"
    sigma: Annotated[float, Field(ge=0, le=3)] = 0.8
    months: Annotated[int, Field(ge=1, le=60)] = 12
    refunds_bps: Bps = 200

    def distribution(self, currency: str) -> Distribution:
        """The distribution, in a currency."""
        return Distribution(currency=currency, **{**self.model_dump(), "median": int(self.median)})


class RangeIn(_In):
    """What the search may choose from."""

    low: Annotated[int, Field(ge=0)]
    high: Annotated[int, Field(ge=0)]
    step: Annotated[int, Field(ge=1)] = 25


class SearchIn(_In):
    """What the search varies, wants and keeps. It starts with the first design."""

    rates: RangeIn = RangeIn(low=0, high=3_000, step=25)
    kinds: list[Kind] = ["new", "renewal"]
    roles: list[Role] = ["referrer", "implementer", "trainer"]
    objectives: Annotated[
        list[Literal["margin_after", "partners_get", "gini", "partners_paid"]], Field(min_length=1, max_length=3)
    ] = ["margin_after", "partners_get"]
    least_margin_bps: int | None = None
    budget: Minor | None = None
    segment_loss_bps: int | None = None
    gini: float | None = None
    partners_paid: int | None = None
    evaluations: Annotated[int, Field(ge=20, le=5_000)] = 600


class SimulationIn(_In):
    """A simulation: where its orders come from, what is assumed, and the candidates."""

    name: Name = "simulation"
    distribution: DistributionIn | None = None
    """Without one, the company's own settled orders."""
    assumptions: AssumptionsIn = AssumptionsIn()
    designs: Annotated[list[DesignIn], Field(max_length=MOST_DESIGNS)] = []
    draws: Annotated[int, Field(ge=0, le=2_000)] = 200
    """Of the Monte Carlo; 0 for none."""
    search: SearchIn | None = None


class PreviewIn(_In):
    """What is redrawn while a plan is edited."""

    assumptions: AssumptionsIn = AssumptionsIn()
    designs: Annotated[list[DesignIn], Field(max_length=MOST_DESIGNS)] = []
    at_length: bool = False
    """With stress and break-even, which take longer."""


def as_json(model: BaseModel) -> dict[str, Any]:
    """A model as JSON has it."""
    return model.model_dump(mode="json", by_alias=True)
