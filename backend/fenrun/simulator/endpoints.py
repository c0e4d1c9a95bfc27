"""Simulations, proposals of plan versions, and a partner's “what would I earn”: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from fenrun.compliance.errors import ComplianceBlockedError
from fenrun.kit import audit_log
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.registry.access import Compliance, SignedIn, Staff, visible_partner
from fenrun.simulator import export, repository, saving_service, service
from fenrun.simulator.errors import (
    DesignError,
    FourEyesError,
    NothingToSimulateError,
    SimulatedOnlyError,
    SimulationStateError,
    TooMuchVolumeError,
)
from fenrun.simulator.models import PlanProposal, Simulation
from fenrun.simulator.result_schemas import ComparisonOut
from fenrun.simulator.saved_schemas import (
    PlanProposalOut,
    ProposalIn,
    ReasonIn,
    SimulationOut,
    SimulationWithResult,
    WhatIfOut,
)
from fenrun.simulator.schemas import PreviewIn, SimulationIn

router = APIRouter(prefix="/v1", tags=["simulator"], responses=problems(UnauthorizedError, ForbiddenError))

_SHOWN = ("id", "design", "code", "terms", "findings", "declaration", "status", "proposed_at", "decided_at", "reason")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {"json": "application/json", "xlsx": _XLSX, "pdf": "application/pdf"}


@router.post("/simulations/preview", responses=problems(DesignError, NothingToSimulateError, TooMuchVolumeError))
def preview(body: PreviewIn, _: Staff, request: Request, session: InSession) -> ComparisonOut:
    """Candidates beside today's plan on the company's own orders, at once; nothing is saved."""
    audit_log.nothing_changes(session)
    state, assumptions = request.app.state, body.assumptions.assumptions()
    world = state.histories.world(session, state.currency.code, assumptions)
    designs = [design.design() for design in body.designs]
    return service.preview(world, body.assumptions, designs, at_length=body.at_length)


@router.get("/simulations", responses=problems(NotFoundError))
def simulations(_: Staff, session: InSession, paging: Paging) -> Page[SimulationOut]:
    """Saved simulations, the newest first."""
    rows = repository.page(session, paging.starting_after, paging.ending_before, paging.limit + 1)
    return page_of([SimulationOut.model_validate(dict(row)) for row in rows], paging)


@router.post("/simulations", status_code=202, responses=problems(DesignError))
def save(body: SimulationIn, viewer: Staff, session: InSession) -> SimulationWithResult:
    """Saves a simulation, which the worker then makes, with forecast, sensitivity and search."""
    return _with_result(saving_service.save(session, body, viewer.login))


@router.get("/simulations/{simulation_id}", responses=problems(NotFoundError))
def simulation(simulation_id: str, _: Staff, session: InSession) -> SimulationWithResult:
    """A saved simulation, how far it is, and what came of it."""
    return _with_result(saving_service.get(session, simulation_id))


@router.post("/simulations/{simulation_id}/cancel", responses=problems(NotFoundError, SimulationStateError))
def cancel(simulation_id: str, _: Staff, session: InSession) -> SimulationWithResult:
    """Ends a simulation that waits, or runs."""
    return _with_result(saving_service.cancel(session, simulation_id, dt.datetime.now(dt.UTC)))


@router.get(
    "/simulations/{simulation_id}/file",
    response_class=Response,
    responses={
        **problems(NotFoundError, SimulationStateError),
        200: {"description": "The file", "content": {type_: {} for type_ in _TYPES.values()}},
    },
)
def file(
    simulation_id: str,
    _: Staff,
    session: InSession,
    format: Literal["json", "xlsx", "pdf"] = "json",
    language: Annotated[Literal["en", "zh-CN"], Query()] = "en",
) -> Response:
    """What a simulation came to, as a file."""
    found = saving_service.get(session, simulation_id)
    content = export.file(found.name, saving_service.result_of(found), format, language)
    name = f"{found.id}.{format}"
    return Response(
        content, media_type=_TYPES[format], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


# --- Proposals ----------------------------------------------------------------------------------------


@router.post(
    "/simulations/{simulation_id}/proposals",
    status_code=201,
    responses=problems(NotFoundError, SimulatedOnlyError, SimulationStateError, DesignError),
)
def propose(
    simulation_id: str, body: ProposalIn, viewer: Staff, request: Request, session: InSession
) -> PlanProposalOut:
    """Proposes a rule of a candidate as the next version of a plan; compliance decides."""
    made = saving_service.propose(session, simulation_id, body, viewer, dt.datetime.now(dt.UTC))
    return _proposals(session, [made], request)[0]


@router.get("/plan-proposals", responses=problems(NotFoundError))
def proposals(_: Staff, request: Request, session: InSession, paging: Paging) -> Page[PlanProposalOut]:
    """Proposals of plan versions, the newest first."""
    rows = repository.proposals(session, paging.starting_after, paging.ending_before, paging.limit + 1)
    return page_of(_proposals(session, rows, request), paging)


@router.post(
    "/plan-proposals/{proposal_id}/approve",
    responses=problems(NotFoundError, FourEyesError, SimulationStateError, DesignError, ComplianceBlockedError),
)
def approve(proposal_id: str, viewer: Compliance, request: Request, session: InSession) -> PlanProposalOut:
    """Approves what somebody else proposed: it becomes a plan version, and goes to the chain as every version does."""
    key, now = request.app.state.reference_key, dt.datetime.now(dt.UTC)
    found = saving_service.approve(session, proposal_id, key, viewer.member_id, viewer.login, now)
    return _proposals(session, [found], request)[0]


@router.post("/plan-proposals/{proposal_id}/reject", responses=problems(NotFoundError, SimulationStateError))
def reject(
    proposal_id: str, body: ReasonIn, viewer: Compliance, request: Request, session: InSession
) -> PlanProposalOut:
    """Turns a proposal down."""
    now = dt.datetime.now(dt.UTC)
    found = saving_service.reject(session, proposal_id, body.reason, viewer.member_id, viewer.login, now)
    return _proposals(session, [found], request)[0]


# --- A partner's own ----------------------------------------------------------------------------------


@router.get("/partners/{partner_id}/what-if", responses=problems(NotFoundError, NothingToSimulateError))
def what_if(
    partner_id: str,
    viewer: SignedIn,
    request: Request,
    session: InSession,
    volume_bps: Annotated[int, Query(ge=1_000, le=50_000, description="Of its own volume, in basis points")] = 10_000,
) -> WhatIfOut:
    """What the partner would have earned with its own orders at another volume, under the newest plans."""
    number = visible_partner(session, viewer, partner_id)
    return service.what_if(repository.history(session, request.app.state.currency.code, number), volume_bps)


def _with_result(found: Simulation) -> SimulationWithResult:
    return SimulationWithResult.model_validate(found, from_attributes=True)


def _proposals(session: Session, found: Sequence[PlanProposal], request: Request) -> list[PlanProposalOut]:
    ids = repository.simulation_ids(session, [row.simulation_number for row in found])
    versions = repository.plan_versions(session, [row.plan_number for row in found if row.plan_number is not None])
    nothing = (None, None)
    return [
        PlanProposalOut.model_validate(
            {
                **{name: getattr(row, name) for name in _SHOWN},
                "currency": request.app.state.currency.code,
                "simulation_id": ids[row.simulation_number],
                "proposed_by": row.proposed_by_name,
                "decided_by": row.decided_by_name,
                **dict(zip(("plan_id", "plan_status"), versions.get(row.plan_number or 0, nothing), strict=True)),
            }
        )
        for row in found
    ]
