"""Signing in and out."""

import datetime as dt

from fastapi import APIRouter, Request, Response

from fenrun.kit.errors import UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.kit.security import hash_token
from fenrun.registry import repository, service
from fenrun.registry.access import COOKIE, SignedIn
from fenrun.registry.schemas import SignInRequest, ViewerOut

router = APIRouter(prefix="/v1/session", tags=["session"])


@router.post("", responses=problems(UnauthorizedError))
def sign_in(request: SignInRequest, http: Request, response: Response, session: InSession) -> ViewerOut:
    """Opens a session; the browser keeps it in a cookie that scripts cannot read."""
    now = dt.datetime.now(dt.UTC)
    member, token = service.sign_in(session, request.login.strip().lower(), request.password, now)
    response.set_cookie(
        COOKIE,
        token,
        max_age=service.SIGN_IN_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=http.url.scheme == "https",
    )
    return _viewer(session, member.login, member.role, member.partner_number)


@router.get("", responses=problems(UnauthorizedError))
def who(viewer: SignedIn, session: InSession) -> ViewerOut:
    """Who is signed in."""
    return _viewer(session, viewer.login, viewer.role, viewer.partner_number)


@router.delete("", status_code=204)
def sign_out(http: Request, response: Response, session: InSession) -> None:
    """Ends the session, if there is one."""
    token = http.cookies.get(COOKIE)
    if token:
        repository.end_sign_in(session, hash_token(token))
    response.delete_cookie(COOKIE)


def _viewer(session: InSession, login: str, role: str, partner_number: int | None) -> ViewerOut:
    partner = repository.names(session, [partner_number]).get(partner_number) if partner_number else None
    return ViewerOut.model_validate(
        {
            "login": login,
            "role": role,
            "partner_id": partner.id if partner else None,
            "partner_name": partner.name if partner else None,
        }
    )
