"""Members, API keys and the audit log: admins act, auditors look."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.registry import api_keys_service, members_service, repository
from fenrun.registry import members_repository as members
from fenrun.registry.access import Admin
from fenrun.registry.errors import ApiKeyEndedError, OneselfError, TakenError
from fenrun.registry.models import ApiKey, Member
from fenrun.registry.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    ApiKeyRotation,
    ApiKeyWithSecret,
    AuditLineOut,
    MemberChange,
    MemberIn,
    MemberOut,
    MemberWithPassword,
    PasswordOut,
)

router = APIRouter(prefix="/v1", responses=problems(UnauthorizedError, ForbiddenError))

Word = Annotated[str | None, Query(max_length=100)]


# --- Members ------------------------------------------------------------------------------------------


@router.get("/members", tags=["members"])
def list_members(_: Admin, session: InSession, paging: Paging) -> Page[MemberOut]:
    """Who may sign in, newest first: who was just added is seen."""
    found = members.members(session, paging.starting_after, paging.ending_before, paging.limit + 1)
    return page_of(_members_out(session, found), paging)


@router.post(
    "/members", tags=["members"], status_code=201, responses=problems(TakenError, NotFoundError, MalformedError)
)
def add_member(request: MemberIn, _: Admin, session: InSession) -> MemberWithPassword:
    """Adds somebody who may sign in; the answer has a first password. A repetition is refused: logins are unique."""
    made, password = members_service.add(
        session, request.login, request.role, request.partner_id, request.email, language=request.language
    )
    session.refresh(made)
    return MemberWithPassword(**_members_out(session, [made])[0].model_dump(), password=password)


@router.patch(
    "/members/{member_id}",
    tags=["members"],
    responses=problems(NotFoundError, TakenError, OneselfError, MalformedError),
)
def change_member(member_id: str, request: MemberChange, viewer: Admin, http: Request, session: InSession) -> MemberOut:
    """Changes a member; a new role or none ends its sessions."""
    changes = request.model_dump(exclude_unset=True)
    key = http.app.state.reference_key
    return _members_out(session, [members_service.change(session, key, viewer.member_id, member_id, changes, _now())])[
        0
    ]


@router.post("/members/{member_id}/password", tags=["members"], responses=problems(NotFoundError))
def reset_password(member_id: str, _: Admin, http: Request, session: InSession) -> PasswordOut:
    """Gives a member a new password, and ends its sessions."""
    key = http.app.state.reference_key
    return PasswordOut(password=members_service.reset_password(session, key, member_id, _now()))


@router.delete("/members/{member_id}/totp", tags=["members"], status_code=204, responses=problems(NotFoundError))
def reset_totp(member_id: str, _: Admin, http: Request, session: InSession) -> None:
    """Takes a member's authenticator away, for one who has lost it, and ends its sessions."""
    members_service.reset_totp(session, http.app.state.reference_key, member_id, _now())


# --- API keys -----------------------------------------------------------------------------------------


@router.get("/api-keys", tags=["api keys"])
def list_api_keys(_: Admin, session: InSession, paging: Paging) -> Page[ApiKeyOut]:
    """The keys, ended ones too, oldest first."""
    found = members.api_keys(session, paging.starting_after, paging.ending_before, paging.limit + 1)
    return page_of([_key_out(key) for key in found], paging)


@router.post("/api-keys", tags=["api keys"], status_code=201, responses=problems(TakenError))
def create_api_key(request: ApiKeyIn, _: Admin, http: Request, session: InSession) -> ApiKeyWithSecret:
    """Makes a key; the answer shows it, this once. A repetition is refused: good keys have different names."""
    key = http.app.state.reference_key
    made, plain = api_keys_service.create(session, key, request.name, request.scopes, _now())
    return ApiKeyWithSecret(**_key_out(made).model_dump(), key=plain)


@router.post(
    "/api-keys/{api_key_id}/rotate",
    tags=["api keys"],
    status_code=201,
    responses=problems(NotFoundError, ApiKeyEndedError),
)
def rotate_api_key(
    api_key_id: str, request: ApiKeyRotation, _: Admin, http: Request, session: InSession
) -> ApiKeyWithSecret:
    """Makes a key in another's place; both are good for a while. The answer shows the new one, this once."""
    overlap = dt.timedelta(hours=request.overlap_hours)
    key = http.app.state.reference_key
    made, plain = api_keys_service.rotate(session, key, api_key_id, overlap, _now())
    return ApiKeyWithSecret(**_key_out(made).model_dump(), key=plain)


@router.delete("/api-keys/{api_key_id}", tags=["api keys"], status_code=204, responses=problems(NotFoundError))
def revoke_api_key(api_key_id: str, _: Admin, session: InSession) -> None:
    """Ends a key at once."""
    api_keys_service.revoke(session, api_key_id, _now())


# --- The audit log ------------------------------------------------------------------------------------


@router.get("/audit-log", tags=["audit log"], responses=problems(NotFoundError))
def audit_log(
    _: Admin,
    session: InSession,
    paging: Paging,
    actor: Word = None,
    target: Word = None,
    action: Word = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Page[AuditLineOut]:
    """Every change, who made it and when, newest first; `since` is included, `until` is not."""
    filters = {"actor": actor, "target": target, "action": action, "since": since, "until": until}
    after, before = (_line_number(id_) if id_ else None for id_ in (paging.starting_after, paging.ending_before))
    found = members.audit_lines(session, filters, after, before, paging.limit + 1)
    return page_of([AuditLineOut.model_validate({**vars(line), "id": f"al_{line.id}"}) for line in found], paging)


def _line_number(id_: str) -> int:
    number = id_.removeprefix("al_")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError(f"No line {id_}")
    return int(number)


def _members_out(session: InSession, found: Sequence[Member]) -> list[MemberOut]:
    partners = repository.names(session, [m.partner_number for m in found if m.partner_number is not None])
    return [
        MemberOut.model_validate(
            {
                **vars(member),
                "partner_id": partners[member.partner_number].id if member.partner_number is not None else None,
                "has_totp": member.totp_since is not None,
                "has_oidc": member.oidc_subject is not None,
            }
        )
        for member in found
    ]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _key_out(key: ApiKey) -> ApiKeyOut:
    return ApiKeyOut.model_validate(vars(key))
