"""Requests about one's data: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problem_response, problems
from fenrun.payouts.errors import SamePersonError
from fenrun.privacy import repository, service
from fenrun.privacy.errors import ErasureBlockedError, RequestStateError
from fenrun.privacy.models import PrivacyRequest
from fenrun.privacy.schemas import PrivacyRequestIn, PrivacyRequestOut
from fenrun.registry import members_service, sessions_service
from fenrun.registry import repository as partners
from fenrun.registry.access import Compliance, Oneself, SignedIn, Viewer
from fenrun.registry.errors import LockedOutError, PasswordWrongError
from fenrun.registry.schemas import ReasonIn

router = APIRouter(
    prefix="/v1/privacy-requests", tags=["privacy"], responses=problems(UnauthorizedError, ForbiddenError)
)


@router.get("")
def privacy_requests(viewer: SignedIn, session: InSession, paging: Paging) -> Page[PrivacyRequestOut]:
    """Requests, newest first: a partner's member sees its own, the vendor's staff all."""
    own = None if viewer.may("rows:all") else viewer.member_id
    found = repository.page(session, own, paging.starting_after, paging.ending_before, paging.limit + 1)
    return page_of(_out(session, viewer, found), paging)


@router.post(
    "",
    status_code=201,
    response_model=PrivacyRequestOut,
    responses=problems(PasswordWrongError, LockedOutError, RequestStateError),
)
def ask(body: PrivacyRequestIn, viewer: Oneself, session: InSession) -> Any:
    """Asks for an archive of one's data, or for their erasure; an owner asks for its partner's as well. A repetition
    is refused while one is open.
    """
    member = members_service.one(session, viewer.member_id)
    refusal = sessions_service.check_password(session, member, body.password, _now())
    if refusal is not None:
        return problem_response(refusal)  # returned: it has been counted
    return _out(session, viewer, [service.ask(session, viewer, body.kind, body.law, _now())])[0]


@router.get(
    "/{request_id}/archive",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **problems(NotFoundError, RequestStateError)},
)
def archive(request_id: str, viewer: Oneself, request: Request, session: InSession) -> Response:
    """One's own archive: JSON and CSV in a ZIP file."""
    content = service.fetch(session, request_id, viewer, request.app.state.reference_key, _now())
    headers = {"Content-Disposition": f'attachment; filename="{request_id}.zip"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)


@router.post(
    "/{request_id}/approve",
    responses=problems(NotFoundError, RequestStateError, SamePersonError, ErasureBlockedError),
)
def approve(request_id: str, viewer: Compliance, session: InSession) -> PrivacyRequestOut:
    """Approves an erasure; another member of compliance carries it out."""
    return _out(session, viewer, [service.approve(session, request_id, viewer, _now())])[0]


@router.post("/{request_id}/refuse", responses=problems(NotFoundError, RequestStateError, SamePersonError))
def refuse(
    request_id: str, body: ReasonIn, viewer: Compliance, request: Request, session: InSession
) -> PrivacyRequestOut:
    """Turns an erasure down; the member is told why."""
    key = request.app.state.reference_key
    return _out(session, viewer, [service.refuse(session, request_id, viewer, body.reason, key, _now())])[0]


@router.post(
    "/{request_id}/erase",
    responses=problems(NotFoundError, RequestStateError, SamePersonError, ErasureBlockedError),
)
def erase(request_id: str, viewer: Compliance, request: Request, session: InSession) -> PrivacyRequestOut:
    """Erases what may be erased, after another member approved it. There is no way back."""
    key = request.app.state.reference_key
    return _out(session, viewer, [service.erase(session, request_id, viewer, key, _now())])[0]


def _out(session: Session, viewer: Viewer, found: Sequence[PrivacyRequest]) -> list[PrivacyRequestOut]:
    named = partners.names(session, [one.partner_number for one in found if one.partner_number is not None])
    staff = viewer.may("rows:all")
    return [
        PrivacyRequestOut.model_validate(
            {
                **vars(one),
                "partner_id": partner.id if partner is not None else None,
                "partner_name": partner.name if partner is not None else None,
                "decided_by": one.decided_by if staff else None,
            }
        )
        for one in found
        for partner in [named.get(one.partner_number) if one.partner_number is not None else None]
    ]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
