"""Who is asking, and what they may see and do. The one place that decides it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope as HttpScope

from fenrun.kit import audit_log
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import READING, InSession
from fenrun.kit.rate_limits import Caller
from fenrun.kit.security import hash_token
from fenrun.kit.settings import Settings
from fenrun.registry import members_repository, repository
from fenrun.registry.models import Member

COOKIE = "fenrun_session"
SIGN_IN_PATH = "/v1/session"

Role = Literal["partner", "operator", "finance", "compliance", "arbiter", "auditor", "admin"]
Scope = Literal["events:write", "read"]
ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: tuple[Scope, ...] = get_args(Scope)

Permission = Literal[
    "rows:own",  # see the rows of one's own partner
    "rows:all",  # see every partner's rows
    "rows:write",  # change what one sees where no other permission is asked for
    "partner:write",  # bind one's own partner: sign, say where it is paid, ask for its data
    "channel:write",  # partners, plans, referrals, deals
    "books:read",
    "books:write",  # periods, payouts, audits
    "rules:write",  # what compliance decides
    "disputes:read",  # disputes, of which a partner sees its own
    "disputes:rule",  # rule on a dispute, and vote in a panel
    "access:read",  # members, API keys, the audit log
    "access:write",
    "invitations:read",  # who was invited: partners' members, and the staff where access may be read
    "invitations:write",  # invite a partner's member, and the staff where access may be written
    "events:write",  # send events
]

PERMISSIONS: dict[str, frozenset[Permission]] = {
    # A partner's member, and one who may act for the partner.
    "partner": frozenset({"rows:own", "rows:write", "disputes:read"}),
    "owner": frozenset({"rows:own", "rows:write", "partner:write", "disputes:read"}),
    # The vendor's staff.
    "operator": frozenset(
        {
            *("rows:own", "rows:all", "rows:write", "channel:write", "disputes:read"),
            *("invitations:read", "invitations:write"),
        }
    ),
    "finance": frozenset({"rows:own", "rows:all", "rows:write", "books:read", "books:write", "disputes:read"}),
    "compliance": frozenset(
        {"rows:own", "rows:all", "rows:write", "books:read", "rules:write", "disputes:read", "disputes:rule"}
    ),
    # Somebody from outside may be one: it sees disputes, and nothing else.
    "arbiter": frozenset({"disputes:read", "disputes:rule"}),
    "auditor": frozenset({"rows:own", "rows:all", "books:read", "access:read", "invitations:read", "disputes:read"}),
    "admin": frozenset(
        {
            *("rows:own", "rows:all", "books:read", "access:read", "access:write", "disputes:read"),
            *("invitations:read", "invitations:write"),
        }
    ),
    # An API key's scopes.
    "events:write": frozenset({"events:write"}),
    "read": frozenset({"rows:own", "rows:all", "books:read", "disputes:read"}),
}


def permissions_of(member: Member) -> frozenset[Permission]:
    """What a member may do."""
    return PERMISSIONS["owner" if member.is_owner else member.role]


@dataclass(frozen=True)
class Viewer:
    """Somebody signed in: a member, or a program by its API key (`role` is then `api`).

    `member_id` is what four-eyes rules compare. `partner_number` is set for a partner's member, who sees that partner's
    rows alone.
    """

    member_id: str
    login: str
    role: str
    partner_number: int | None
    permissions: frozenset[Permission]
    session_id: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether they have a permission."""
        return permission in self.permissions

    def may_see(self, partner_number: int) -> bool:
        """Whether rows of a partner are theirs to see."""
        return self.may("rows:all") or self.partner_number == partner_number


def get_viewer(request: Request, session: InSession) -> Viewer:
    """Who sent the request: a member by the browser's session, or a program by its API key.

    Raises:
        UnauthorizedError: neither, or one that has ended.
    """
    viewer = _by_key(request, session) if "Authorization" in request.headers else _by_session(request, session)
    if viewer is None:
        raise UnauthorizedError("Sign in at /sign-in, or send a header Authorization: Bearer with your API key")
    audit_log.act_as(session, viewer.member_id, viewer.login)
    return viewer


AnyViewer = Annotated[Viewer, Depends(get_viewer)]


def requires(to_read: Permission, to_write: Permission) -> Callable[..., Viewer]:
    """A dependency: the viewer, who must have one permission to read, and another to do anything else."""

    def check(viewer: AnyViewer, request: Request) -> Viewer:
        wanted = to_read if request.method in READING else to_write
        if not viewer.may(wanted):
            raise ForbiddenError(f"This needs the permission {wanted}, which is not yours as {viewer.role}")
        return viewer

    return check


Owner = Annotated[Viewer, Depends(requires("partner:write", "partner:write"))]
"""Who may act for a partner. The endpoint still narrows to that partner by `visible_partner`."""
SignedIn = Annotated[Viewer, Depends(requires("rows:own", "rows:write"))]
"""Anybody, for rows that the endpoint narrows by `scope_of` and `visible_partner`."""
Staff = Annotated[Viewer, Depends(requires("rows:all", "channel:write"))]
"""The vendor's staff may look; channel operations may act."""
Finance = Annotated[Viewer, Depends(requires("books:read", "books:write"))]
"""Those who may see the books; finance may act."""
FinanceAlone = Annotated[Viewer, Depends(requires("books:write", "books:write"))]
"""Finance, to look as well: what others of the staff need not see."""
Compliance = Annotated[Viewer, Depends(requires("rows:all", "rules:write"))]
"""The vendor's staff may look; compliance may act."""
Disputes = Annotated[Viewer, Depends(requires("disputes:read", "rows:write"))]
"""Disputes, narrowed by `disputes.reads`; those who may write rows may take part in their own."""
Watcher = Annotated[Viewer, Depends(requires("disputes:read", "disputes:read"))]
"""Whoever reads pages, an arbiter too: these are told that something changed, and ask for what they may see."""
Arbiter = Annotated[Viewer, Depends(requires("disputes:read", "disputes:rule"))]
"""Who rules on disputes."""
Admin = Annotated[Viewer, Depends(requires("access:read", "access:write"))]
"""Who may sign in, and who did what: admins and auditors may look, admins may act."""
Inviter = Annotated[Viewer, Depends(requires("invitations:read", "invitations:write"))]
"""Invitations, of which `invitations_service` shows and gives each what is theirs."""


def get_oneself(viewer: AnyViewer) -> Viewer:
    """A member, whatever the role, about its own account.

    Raises:
        ForbiddenError: an API key, which has no account.
    """
    if viewer.session_id is None:
        raise ForbiddenError("An API key has no account of its own; sign in")
    return viewer


Oneself = Annotated[Viewer, Depends(get_oneself)]


def get_api_caller(request: Request, session: InSession) -> str:
    """The name of the program whose API key was sent as a bearer token, and may send events.

    Raises:
        UnauthorizedError: no key, or one that has ended.
        ForbiddenError: a key that may do other things.
    """
    viewer = _by_key(request, session)
    if viewer is None:
        raise UnauthorizedError("Send a header Authorization: Bearer with your API key")
    if not viewer.may("events:write"):
        raise ForbiddenError("This API key lacks the scope events:write")
    audit_log.act_as(session, viewer.member_id, viewer.login)
    return viewer.login


ApiCaller = Annotated[str, Depends(get_api_caller)]


# --- Rows -----------------------------------------------------------------------------------------------


def scope_of(session: Session, viewer: Viewer, partner_id: str | None = None) -> int | None:
    """The partner whose rows a list shows; None for all. A partner's member never gets another's.

    Raises:
        NotFoundError: the partner asked for is none that the viewer may know of.
    """
    if partner_id is not None:
        return visible_partner(session, viewer, partner_id)
    return None if viewer.may("rows:all") else viewer.partner_number


def visible_partner(session: Session, viewer: Viewer, partner_id: str) -> int:
    """The number of a partner that a viewer may see.

    Raises:
        NotFoundError: there is none, or it is another's: whether it exists is none of a partner's business.
    """
    found = repository.by_id(session, partner_id)
    if found is None or not viewer.may_see(found.number):
        raise NotFoundError(f"No partner {partner_id}")
    return found.number


# --- Credentials ----------------------------------------------------------------------------------------


def identify(settings: Settings) -> Callable[[Session, HttpScope, Headers], Caller]:
    """How the rate limits know a caller: by its session or API key if that is good, otherwise by its address."""

    def caller(session: Session, scope: HttpScope, headers: Headers) -> Caller:
        address = scope["client"][0] if scope.get("client") else ""
        path = scope["path"]
        if path.startswith(f"{SIGN_IN_PATH}/") or (path == SIGN_IN_PATH and scope["method"] == "POST"):
            return Caller(f"sign-in:{address}", "sign-in", settings.sign_ins_per_minute)
        key = _bearer(headers)
        if key is not None:
            found = members_repository.api_key(session, hash_token(key), dt.datetime.now(dt.UTC))
            if found is not None:
                return Caller(f"key:{found.id}", "api-key", settings.api_requests_per_minute)
        token = cookie_parser(headers.get("Cookie", "")).get(COOKIE)
        if token:
            entry = members_repository.sign_in(session, hash_token(token), dt.datetime.now(dt.UTC))
            if entry is not None:
                return Caller(f"member:{entry[0].id}", "member", settings.requests_per_minute)
        return Caller(f"address:{address}", "address", settings.requests_per_minute)

    return caller


def _by_session(request: Request, session: Session) -> Viewer | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    found = members_repository.sign_in(session, hash_token(token), dt.datetime.now(dt.UTC))
    if found is None:
        return None
    member, entry = found
    return Viewer(member.id, member.login, member.role, member.partner_number, permissions_of(member), entry.id)


def _by_key(request: Request, session: Session) -> Viewer | None:
    key = _bearer(request.headers)
    now = dt.datetime.now(dt.UTC)
    found = members_repository.api_key(session, hash_token(key), now) if key else None
    if found is None:
        return None
    members_repository.note_use(session, found, now)
    permissions: frozenset[Permission] = frozenset().union(*(PERMISSIONS[scope] for scope in found.scopes))
    return Viewer(found.id, found.name, "api", None, permissions)


def _bearer(headers: Headers) -> str | None:
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return key if scheme.lower() == "bearer" and key else None
