"""Where a partner stands, and what it would earn: HTTP only."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.registry.access import SignedIn, visible_partner
from fenrun.settlement import tiers
from fenrun.settlement.schemas import EstimateOut, Kind, Role, TierOut

router = APIRouter(
    prefix="/v1",
    tags=["partners"],
    responses=problems(UnauthorizedError, ForbiddenError, NotFoundError),
)

MOST = 2**63 - 1


@router.get("/partners/{partner_id}/tiers")
def standing(partner_id: str, viewer: SignedIn, session: InSession) -> list[TierOut]:
    """The plans that the partner's customers follow: its tier in each, and how far the next one is."""
    return tiers.standing(session, visible_partner(session, viewer, partner_id), dt.datetime.now(dt.UTC))


@router.get("/estimate")
def estimate(
    viewer: SignedIn,
    session: InSession,
    partner: Annotated[str, Query(max_length=64)],
    plan: Annotated[str, Query(max_length=64)],
    kind: Kind,
    base: Annotated[int, Query(gt=0, le=MOST, description="Minor units")],
    role: Annotated[list[Role], Query(min_length=1, max_length=3)],
) -> EstimateOut:
    """What an order that is settled today would give a partner in one or more roles. Nothing is written."""
    number = visible_partner(session, viewer, partner)
    return tiers.estimate(session, number, plan, kind, base, role, dt.datetime.now(dt.UTC).date())
