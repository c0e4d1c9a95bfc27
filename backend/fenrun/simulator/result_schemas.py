"""What comes out of a simulation. Amounts are minor units, as text; rates basis points."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from fenrun.simulator.schemas import AssumptionsIn, DesignIn, Kind, Minor, Role, RuleIn


class SimulatedMonth(BaseModel):
    """A month: revenue, what is earned, what refunds take back, and what becomes payable."""

    month: str
    revenue: Minor
    earned: Minor
    clawed_back: Minor
    payable: Minor


class ColumnOut(BaseModel):
    """A column of a histogram: from an amount up to the next column's."""

    from_: Annotated[Minor, Field(alias="from")]
    partners: int
    today: int
    """Partners in it under today's plan."""


class PayoutsOut(BaseModel):
    """How what partners get is distributed among those who get anything."""

    partners_paid: int
    p10: Minor
    p50: Minor
    p90: Minor
    most: Minor
    gini: float | None
    histogram: list[ColumnOut]


class ChangeOut(BaseModel):
    """What a partner gets before and after."""

    partner: str
    before: Minor
    after: Minor


class SegmentOut(BaseModel):
    """What a segment of partners gets before and after."""

    segment: Literal["large", "middle", "small"]
    partners: int
    before: Minor
    after: Minor
    change_bps: float | None


class AgainstOut(BaseModel):
    """Winners and losers against today's plan."""

    winners: int
    won: Minor
    losers: int
    lost: Minor
    unchanged: int
    most_won: list[ChangeOut]
    most_lost: list[ChangeOut]
    segments: list[SegmentOut]


class MoveOut(BaseModel):
    """Months of partners that are in one tier under today's plan, and in another under the candidate."""

    from_: Annotated[int, Field(alias="from")]
    to: int
    months: int


class CliffOut(BaseModel):
    """What the last unit of volume before a tier is worth, and how many months of partners ended just below."""

    plan: str
    role: Role
    kind: Kind
    tier: int
    threshold: Minor
    below: Minor
    at: Minor
    worth: Minor
    near: int


class PointOut(BaseModel):
    """A point of a payout curve."""

    volume: Minor
    payout: Minor


class CurveOut(BaseModel):
    """What a referrer of new orders gets per period, by its volume."""

    plan: str
    points: list[PointOut]


class FindingOut(BaseModel):
    """What somebody should look at: a code, and the figures that belong to it."""

    code: Literal["above_margin", "falling_rate", "cliff", "above_deductible", "over_budget", "refunds_after_hold"]
    plan: str | None = None
    kind: Kind | None = None
    role: Role | None = None
    rule: str | None = None
    rate_bps: float | None = None
    limit_bps: float | None = None
    share_bps: float | None = None
    worth: Minor | None = None
    threshold: Minor | None = None
    near: int | None = None
    by: Minor | None = None
    refunds: int | None = None


class BridgeOut(BaseModel):
    """From today's margin to the candidate's."""

    before: Minor
    by_plan: Minor
    by_response: Minor
    after: Minor


class StressOut(BaseModel):
    """The same at another volume."""

    volume_bps: int
    revenue: Minor
    cost: Minor
    effective_rate_bps: float | None
    margin_after: Minor
    today_cost: Minor
    today_margin_after: Minor


class TornadoOut(BaseModel):
    """The margin after commission when one assumption is lower, or higher."""

    assumption: str
    low: int
    high: int
    margin_at_low: Minor
    margin_at_high: Minor


class IntervalOut(BaseModel):
    """The bounds of an 80 % interval, and the median."""

    p10: Minor
    p50: Minor
    p90: Minor


class ForecastOut(BaseModel):
    """What a period like the past one may bring, by Monte Carlo."""

    name: str
    revenue: IntervalOut
    cost: IntervalOut
    margin_after: IntervalOut
    better_bps: int
    """In how many draws it leaves more than today's plan."""


class FiguresOut(BaseModel):
    """What a plan comes to."""

    name: str
    simulated_only: list[str]
    """What of it the contract cannot settle; it can be promoted when there is nothing."""
    orders: int
    revenue: Minor
    cost: Minor
    earned: Minor
    clawed_back: Minor
    cost_by_role: dict[str, Minor]
    cost_by_kind: dict[str, Minor]
    effective_rate_bps: float | None
    margin_after: Minor
    margin_after_bps: float | None
    budget_left: Minor | None
    months: list[SimulatedMonth]
    payouts: PayoutsOut
    against_today: AgainstOut
    tiers: list[MoveOut]
    cliffs: list[CliffOut]
    curves: list[CurveOut]
    findings: list[FindingOut]
    bridge: BridgeOut
    stress: list[StressOut] = []
    break_even_bps: float | None = None
    """By what factor of volume it leaves as much as today's plan does now."""
    sensitivity: list[TornadoOut] = []


class FoundOut(BaseModel):
    """A point of the Pareto front."""

    design: DesignIn
    values: dict[str, float]
    keeps: bool
    """Whether it keeps the constraints."""


class ComparisonOut(BaseModel):
    """Today's plan and the candidates."""

    currency: str
    orders: int
    partners: int
    from_month: str
    to_month: str
    assumptions: AssumptionsIn
    today_rules: dict[str, RuleIn]
    today: FiguresOut
    designs: list[FiguresOut]
    forecast: list[ForecastOut] = []
    front: list[FoundOut] = []
