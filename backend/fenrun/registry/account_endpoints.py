"""One's own account: password, authenticator, wallet."""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from fenrun.kit.errors import FenrunError, ForbiddenError, UnauthorizedError
from fenrun.kit.http import InSession, problem_response, problems
from fenrun.registry import members_repository, members_service, sessions_service, wallets_service
from fenrun.registry.access import Oneself
from fenrun.registry.errors import (
    CodeWrongError,
    LockedOutError,
    PasswordWrongError,
    TakenError,
    TotpEnrolledError,
    WalletRefusedError,
)
from fenrun.registry.models import Member
from fenrun.registry.schemas import (
    OneselfChange,
    OneselfOut,
    PasswordChange,
    RecoveryCodes,
    TotpConfirmation,
    TotpSecret,
    TotpStart,
    WalletBinding,
    WalletOut,
)
from fenrun.registry.sessions_endpoints import settings_of

_PASSWORD = (UnauthorizedError, ForbiddenError, PasswordWrongError, LockedOutError)

router = APIRouter(prefix="/v1/me", tags=["account"])


@router.get("", responses=problems(UnauthorizedError, ForbiddenError))
def oneself(viewer: Oneself, session: InSession) -> OneselfOut:
    """One's own account."""
    return _out(session, members_service.one(session, viewer.member_id))


@router.patch("", responses=problems(UnauthorizedError, ForbiddenError))
def change_oneself(request: OneselfChange, viewer: Oneself, session: InSession) -> OneselfOut:
    """Changes the language of one's letters, or which of them are sent."""
    changes = request.model_dump(exclude_unset=True)
    return _out(session, members_service.change_oneself(session, viewer.member_id, changes))


@router.put("/password", status_code=204, response_model=None, responses=problems(*_PASSWORD))
def change_password(request: PasswordChange, viewer: Oneself, http: Request, session: InSession) -> Response | None:
    """Changes one's password, and ends one's other sessions."""
    member = members_service.one(session, viewer.member_id)
    refusal = sessions_service.change_password(
        session, http.app.state.reference_key, member, request.current, request.new, viewer.session_id, _now()
    )
    return problem_response(refusal) if refusal is not None else None


@router.post("/totp", response_model=TotpSecret, status_code=201, responses=problems(*_PASSWORD, TotpEnrolledError))
def enrol_totp(request: TotpStart, viewer: Oneself, http: Request, session: InSession) -> Any:
    """Begins with an authenticator: it counts once a code of it is confirmed."""
    member = members_service.one(session, viewer.member_id)
    outcome = sessions_service.enrol_totp(session, http.app.state.reference_key, member, request.password, _now())
    if isinstance(outcome, FenrunError):
        return problem_response(outcome)
    return TotpSecret(secret=outcome, otpauth_uri=sessions_service.otpauth_uri(outcome, member.login))


@router.post(
    "/totp/confirm",
    response_model=RecoveryCodes,
    responses=problems(UnauthorizedError, ForbiddenError, CodeWrongError, TotpEnrolledError, LockedOutError),
)
def confirm_totp(request: TotpConfirmation, viewer: Oneself, http: Request, session: InSession) -> Any:
    """Confirms the authenticator by a code: from now on it is asked for at every sign-in."""
    member = members_service.one(session, viewer.member_id)
    outcome = sessions_service.confirm_totp(
        session, http.app.state.reference_key, member, request.code, viewer.session_id, _now()
    )
    return problem_response(outcome) if isinstance(outcome, FenrunError) else RecoveryCodes(recovery_codes=outcome)


@router.put("/wallet", response_model=WalletOut, responses=problems(*_PASSWORD, WalletRefusedError, TakenError))
def bind_wallet(request: WalletBinding, viewer: Oneself, http: Request, session: InSession) -> Any:
    """Binds a wallet, to sign in with it from now on."""
    member = members_service.one(session, viewer.member_id)
    outcome = wallets_service.bind(
        session,
        member,
        request.password,
        (request.message, request.signature),
        settings_of(http).origin(),
        http.app.state.deployment.chain_id,
        _now(),
    )
    return problem_response(outcome) if isinstance(outcome, FenrunError) else WalletOut(wallet=outcome)


@router.delete("/wallet", status_code=204, responses=problems(UnauthorizedError, ForbiddenError))
def unbind_wallet(viewer: Oneself, session: InSession) -> None:
    """Takes one's wallet away, if there is one."""
    wallets_service.unbind(session, members_service.one(session, viewer.member_id))


def _out(session: Session, member: Member) -> OneselfOut:
    return OneselfOut.model_validate(
        {
            **vars(member),
            "has_totp": member.totp_since is not None,
            "recovery_codes_left": members_repository.recovery_codes_left(session, member.id),
        }
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
