"""Invitations: admins ask anybody in, channel operations the members of partners."""

import datetime as dt
from collections.abc import Sequence

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.registry import invitations_service, links_repository, repository
from fenrun.registry.access import Inviter
from fenrun.registry.errors import InvitationStateError, TakenError
from fenrun.registry.models import Invitation
from fenrun.registry.schemas import InvitationIn, InvitationOut

router = APIRouter(
    prefix="/v1/invitations", tags=["invitations"], responses=problems(UnauthorizedError, ForbiddenError)
)


@router.get("")
def list_invitations(viewer: Inviter, session: InSession, paging: Paging) -> Page[InvitationOut]:
    """Who was asked in, newest first; channel operations see partners' members only."""
    partners_only = not viewer.may("access:read")
    found = links_repository.invitations(
        session, partners_only, paging.starting_after, paging.ending_before, paging.limit + 1
    )
    return page_of(_out(session, found), paging)


@router.post("", status_code=201, responses=problems(TakenError, NotFoundError, MalformedError))
def invite(request: InvitationIn, viewer: Inviter, http: Request, session: InSession) -> InvitationOut:
    """Asks somebody in by a letter, whose link is good for seven days. A repetition is refused: resend that one."""
    made = invitations_service.invite(
        session,
        http.app.state.reference_key,
        viewer,
        request.email,
        request.role,
        request.partner_id,
        request.language,
        _now(),
    )
    return _out(session, [made])[0]


@router.post("/{invitation_id}/resend", responses=problems(NotFoundError, InvitationStateError))
def resend_invitation(invitation_id: str, viewer: Inviter, http: Request, session: InSession) -> InvitationOut:
    """Sends another letter; the link of the one before is void."""
    key = http.app.state.reference_key
    return _out(session, [invitations_service.resend(session, key, viewer, invitation_id, _now())])[0]


@router.delete("/{invitation_id}", status_code=204, responses=problems(NotFoundError, InvitationStateError))
def withdraw_invitation(invitation_id: str, viewer: Inviter, session: InSession) -> None:
    """Makes an invitation void."""
    invitations_service.withdraw(session, viewer, invitation_id, _now())


def _out(session: Session, found: Sequence[Invitation]) -> list[InvitationOut]:
    partners = repository.names(session, [i.partner_number for i in found if i.partner_number is not None])
    now = _now()
    return [
        InvitationOut.model_validate(
            {
                **vars(invitation),
                "partner_id": partner.id if partner is not None else None,
                "partner_name": partner.name if partner is not None else None,
                "state": invitations_service.state(invitation, now),
            }
        )
        for invitation in found
        for partner in [partners.get(invitation.partner_number) if invitation.partner_number is not None else None]
    ]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
