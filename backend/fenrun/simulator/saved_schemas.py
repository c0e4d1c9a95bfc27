"""What the API says of saved simulations, proposals, and a partner's own figures."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fenrun.simulator.declaration import PlanDeclaration
from fenrun.simulator.result_schemas import ComparisonOut, FindingOut
from fenrun.simulator.schemas import Minor, Name, RuleIn, SimulationIn


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


Status = Literal["queued", "running", "done", "failed", "canceled"]
ProposalStatus = Literal["waiting", "approved", "rejected"]


class SimulationOut(BaseModel):
    """A saved simulation."""

    id: str
    name: str
    status: Status
    progress_bps: int
    reason: str | None
    created_by: str
    created_at: dt.datetime
    finished_at: dt.datetime | None


class SimulationWithResult(SimulationOut):
    """A saved simulation, what was asked, and what came of it."""

    asked: SimulationIn
    result: ComparisonOut | None


class ProposalIn(_In):
    """Which rule of which candidate is to be the next version of which plan."""

    design: Name
    plan: Annotated[str, Field(min_length=1, max_length=64)]
    """The key of the rule in the candidate: a plan's code, or `*`."""
    code: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]*$")]
    declaration: PlanDeclaration


class ReasonIn(_In):
    """Why a proposal is turned down."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class PlanProposalOut(BaseModel):
    """A candidate that is proposed as a plan version."""

    id: str
    simulation_id: str
    design: str
    code: str
    currency: str
    terms: RuleIn
    findings: list[FindingOut]
    declaration: PlanDeclaration | None
    status: ProposalStatus
    proposed_by: str
    proposed_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    reason: str | None
    plan_id: str | None
    """The version that it became."""
    plan_status: Literal["pending", "published"] | None


class WhatIfMonth(BaseModel):
    """A month of a partner's: its volume, what it earns under the plans of today, and what it would have earned."""

    month: str
    volume: Minor
    earned: Minor
    would_earn: Minor


class WhatIfOut(BaseModel):
    """What a partner would have earned with its own orders at another volume, under the plans of today."""

    currency: str
    volume_bps: int
    orders: int
    earned: Minor
    would_earn: Minor
    months: list[WhatIfMonth]
