"""What the links of letters lead to, and asking for one: nobody is signed in here.

The paths lie under that of signing in, whose limit of attempts counts for them too.
"""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response

from fenrun.kit.http import InSession, problems
from fenrun.registry import invitations_service, repository, resets_service
from fenrun.registry.errors import LinkEndedError, TakenError
from fenrun.registry.schemas import (
    InvitationAcceptance,
    InvitationOfLink,
    InvitationToken,
    ResetConfirmation,
    ResetRequest,
    ViewerOut,
)
from fenrun.registry.sessions_endpoints import device_of, entered

router = APIRouter(prefix="/v1/session", tags=["session"])


@router.post("/reset", status_code=202)
def ask_reset(request: ResetRequest, http: Request, session: InSession) -> None:
    """Sends a link to a new password, good for an hour, to the login's or address's member, if there is one.

    The answer is always the same.
    """
    resets_service.request(session, http.app.state.reference_key, request.login, _now())


@router.post("/reset/confirm", status_code=204, responses=problems(LinkEndedError))
def confirm_reset(request: ResetConfirmation, http: Request, session: InSession) -> None:
    """Sets the password by the link's token, once, and ends all of the member's sessions."""
    resets_service.confirm(session, http.app.state.reference_key, request.token, request.password, _now())


@router.post("/invitation", responses=problems(LinkEndedError))
def look_at_invitation(request: InvitationToken, session: InSession) -> InvitationOfLink:
    """What an invitation's link invites to. It stays good."""
    found = invitations_service.of_link(session, request.token, _now())
    number = found.partner_number
    partner = repository.names(session, [number])[number].name if number is not None else None
    return InvitationOfLink.model_validate({**vars(found), "login": found.email, "partner_name": partner})


@router.post(
    "/invitation/accept", response_model=ViewerOut, status_code=201, responses=problems(LinkEndedError, TakenError)
)
def accept_invitation(request: InvitationAcceptance, http: Request, response: Response, session: InSession) -> Any:
    """Makes who has the link a member with this password, and opens a session."""
    opened = invitations_service.accept(session, request.token, request.password, device_of(http), _now())
    return entered(session, http, response, opened)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
