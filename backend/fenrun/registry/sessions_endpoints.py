"""Signing in and out: by password, by wallet, by an OpenID provider."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from fenrun.kit.errors import FenrunError, ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problem_response, problems
from fenrun.kit.settings import Settings
from fenrun.registry import repository, sessions_service, wallets_service
from fenrun.registry.access import COOKIE, AnyViewer, Oneself, Viewer, permissions_of
from fenrun.registry.errors import (
    CodeRequiredError,
    CodeWrongError,
    LockedOutError,
    OidcRefusedError,
    OidcUnavailableError,
    WalletRefusedError,
)
from fenrun.registry.oidc import Provider
from fenrun.registry.schemas import SessionOut, SignInRequest, ViewerOut, WalletNonce, WalletSignIn
from fenrun.registry.sessions_service import Device, Opened

router = APIRouter(prefix="/v1", tags=["session"])

_STATE_COOKIE = "fenrun_oidc"
_OIDC_PATH = "/v1/session/oidc"


@router.post(
    "/session",
    response_model=ViewerOut,
    responses=problems(UnauthorizedError, CodeRequiredError, CodeWrongError, LockedOutError),
)
def sign_in(request: SignInRequest, http: Request, response: Response, session: InSession) -> Any:
    """Opens a session; the browser keeps it in a cookie that scripts cannot read."""
    outcome = sessions_service.sign_in(
        session, http.app.state.reference_key, request.login, request.password, request.code, device_of(http), _now()
    )
    return entered(session, http, response, outcome)


@router.get("/session", responses=problems(UnauthorizedError))
def who(viewer: AnyViewer, session: InSession) -> ViewerOut:
    """Who is signed in."""
    return _viewer(session, viewer)


@router.delete("/session", status_code=204)
def sign_out(http: Request, response: Response, session: InSession) -> None:
    """Ends the session, if there is one."""
    token = http.cookies.get(COOKIE)
    if token:
        sessions_service.sign_out(session, token, _now())
    response.delete_cookie(COOKIE)


@router.post("/session/wallet-nonce", status_code=201)
def wallet_nonce(http: Request, session: InSession) -> WalletNonce:
    """A nonce for a wallet to sign in a message of EIP-4361, once."""
    nonce, expires = wallets_service.new_nonce(session, _now())
    origin = settings_of(http).origin()
    domain = origin.split("://", 1)[1]
    chain_id = http.app.state.deployment.chain_id
    return WalletNonce(nonce=nonce, domain=domain, uri=origin, chain_id=chain_id, expires_at=expires)


@router.post(
    "/session/wallet",
    response_model=ViewerOut,
    responses=problems(WalletRefusedError, CodeRequiredError, CodeWrongError, LockedOutError),
)
def sign_in_by_wallet(request: WalletSignIn, http: Request, response: Response, session: InSession) -> Any:
    """Opens a session for the member who bound the wallet that signed the message."""
    outcome = wallets_service.sign_in(
        session,
        http.app.state.reference_key,
        (request.message, request.signature),
        request.code,
        settings_of(http).origin(),
        http.app.state.deployment.chain_id,
        device_of(http),
        _now(),
    )
    return entered(session, http, response, outcome)


@router.get(
    "/session/oidc",
    status_code=303,
    response_class=RedirectResponse,
    responses=problems(NotFoundError, OidcUnavailableError),
)
def begin_oidc(http: Request, session: InSession) -> RedirectResponse:
    """Sends the browser to the OpenID provider."""
    address, state = Provider.of(settings_of(http)).begin(session, _now())
    response = RedirectResponse(address, 303)
    # Lax: it must come back with the provider's redirection, which another site begins.
    response.set_cookie(
        _STATE_COOKIE, state, max_age=600, path=_OIDC_PATH, httponly=True, samesite="lax", secure=_is_secure(http)
    )
    return response


@router.get(
    "/session/oidc/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses=problems(NotFoundError, OidcRefusedError, OidcUnavailableError),
)
def finish_oidc(
    http: Request,
    session: InSession,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4_000)] = "",
) -> Response:
    """Takes the browser back from the OpenID provider: opens a session and sends it to the portal."""
    provider = Provider.of(settings_of(http))
    try:
        if not state or http.cookies.get(_STATE_COOKIE) != state:
            raise OidcRefusedError("The sign-in was begun in another browser, or cookies are off; begin again")
        account = provider.finish(session, state, code, _now())
        opened = sessions_service.sign_in_by_oidc(
            session, account.subject, account.verified_email, device_of(http), _now()
        )
    except OidcRefusedError as refusal:
        return problem_response(refusal)  # returned: the state has been used
    response = RedirectResponse("/", 303)
    response.delete_cookie(_STATE_COOKIE, path=_OIDC_PATH)
    _set_cookie(http, response, opened.token)
    return response


@router.get("/sessions", responses=problems(UnauthorizedError, ForbiddenError))
def sessions(viewer: Oneself, session: InSession) -> list[SessionOut]:
    """One's own sessions, newest first."""
    found = sessions_service.sessions_of(session, viewer.member_id, _now())
    return [SessionOut.model_validate({**vars(entry), "current": entry.id == viewer.session_id}) for entry in found]


@router.delete(
    "/sessions/{session_id}", status_code=204, responses=problems(UnauthorizedError, ForbiddenError, NotFoundError)
)
def revoke_session(session_id: str, viewer: Oneself, session: InSession) -> None:
    """Ends one of one's own sessions."""
    sessions_service.revoke_session(session, viewer.member_id, session_id)


# --- In common ----------------------------------------------------------------------------------------


def settings_of(http: Request) -> Settings:
    """The settings of the application."""
    settings = http.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def entered(session: Session, http: Request, response: Response, outcome: Opened | FenrunError) -> Any:
    """The answer to who was let in, with the browser's cookie; or the refusal."""
    if isinstance(outcome, FenrunError):
        return problem_response(outcome)  # returned: what failed has been counted
    member, token = outcome
    _set_cookie(http, response, token)
    viewer = Viewer(member.id, member.login, member.role, member.partner_number, permissions_of(member))
    return _viewer(session, viewer)


def _set_cookie(http: Request, response: Response, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=sessions_service.SIGN_IN_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=_is_secure(http),
    )


def _is_secure(http: Request) -> bool:
    return http.url.scheme == "https" or settings_of(http).origin().startswith("https://")


def device_of(http: Request) -> Device:
    """Where a request comes from."""
    return Device(http.client.host if http.client else "", http.headers.get("User-Agent", ""))


def _viewer(session: Session, viewer: Viewer) -> ViewerOut:
    number = viewer.partner_number
    partner = repository.names(session, [number]).get(number) if number is not None else None
    return ViewerOut.model_validate(
        {
            "member_id": viewer.member_id,
            "login": viewer.login,
            "role": viewer.role,
            "permissions": sorted(viewer.permissions),
            "partner_id": partner.id if partner else None,
            "partner_name": partner.name if partner else None,
        }
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
