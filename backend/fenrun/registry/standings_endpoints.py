"""Suspending and reinstating partners: channel operations act, the partner reads why."""

import datetime as dt
from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.registry import repository, standings_service
from fenrun.registry.access import SignedIn, Staff, Viewer, visible_partner
from fenrun.registry.errors import StandingError
from fenrun.registry.schemas import ReasonIn, StandingOut

router = APIRouter(
    prefix="/v1/partners/{partner_id}",
    tags=["partners"],
    responses=problems(UnauthorizedError, ForbiddenError, NotFoundError),
)


@router.get("/standing")
def standing(partner_id: str, viewer: SignedIn, session: InSession) -> StandingOut:
    """Whether a partner can be paid, and if it was suspended or reinstated, when and why."""
    return _standing(session, visible_partner(session, viewer, partner_id))


@router.post("/suspend", responses=problems(StandingError))
def suspend(partner_id: str, body: ReasonIn, viewer: Staff, http: Request, session: InSession) -> StandingOut:
    """Suspends a partner, which goes on earning and is not paid; it is told why. A repetition is refused."""
    return _change(partner_id, body, viewer, http, session, "suspended")


@router.post("/reinstate", responses=problems(StandingError))
def reinstate(partner_id: str, body: ReasonIn, viewer: Staff, http: Request, session: InSession) -> StandingOut:
    """Ends a suspension; the partner is told why. A repetition is refused."""
    return _change(partner_id, body, viewer, http, session, "active")


def _change(
    partner_id: str,
    body: ReasonIn,
    viewer: Viewer,
    http: Request,
    session: Session,
    status: Literal["suspended", "active"],
) -> StandingOut:
    number = visible_partner(session, viewer, partner_id)
    key = http.app.state.reference_key
    standings_service.change(session, key, viewer.member_id, number, status, body.reason, dt.datetime.now(dt.UTC))
    return _standing(session, number)


def _standing(session: Session, number: int) -> StandingOut:
    partner = repository.names(session, [number])[number]
    newest = repository.standing(session, number)
    return StandingOut(
        status=newest.status if newest is not None else partner.status,
        on_chain=partner.status,
        reason=newest.reason if newest is not None else None,
        at=newest.at if newest is not None else None,
    )
