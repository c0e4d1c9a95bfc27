"""Who is asking, and what they may see. The one place that decides it."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from fenrun.kit.errors import ForbiddenError, UnauthorizedError
from fenrun.kit.http import InSession
from fenrun.kit.security import hash_token
from fenrun.registry import repository

COOKIE = "fenrun_session"


@dataclass(frozen=True)
class Viewer:
    """A signed-in member. `partner_number` is set for a partner's member, who sees that partner's rows alone."""

    member_id: str
    login: str
    role: str
    partner_number: int | None

    def may_see(self, partner_number: int) -> bool:
        """Whether rows of a partner are theirs to see."""
        return self.role == "finance" or self.partner_number == partner_number


def get_viewer(request: Request, session: InSession) -> Viewer:
    """The member whose session the browser sent.

    Raises:
        UnauthorizedError: no session, or one that has ended.
    """
    token = request.cookies.get(COOKIE)
    member = None
    if token:
        now = dt.datetime.now(dt.UTC)
        member = repository.member_by_token(session, hash_token(token), now)
    if member is None:
        raise UnauthorizedError("Sign in at /sign-in")
    return Viewer(member.id, member.login, member.role, member.partner_number)


SignedIn = Annotated[Viewer, Depends(get_viewer)]


def get_finance(viewer: SignedIn) -> Viewer:
    """The member, who must be of finance.

    Raises:
        ForbiddenError: a partner's member.
    """
    if viewer.role != "finance":
        raise ForbiddenError("This is for the vendor's finance staff")
    return viewer


Finance = Annotated[Viewer, Depends(get_finance)]


def get_api_caller(request: Request, session: InSession) -> str:
    """The name of the program whose API key was sent as a bearer token.

    Raises:
        UnauthorizedError: no key, or an unknown one.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    found = repository.api_key(session, hash_token(key)) if scheme.lower() == "bearer" else None
    if found is None:
        raise UnauthorizedError("Send a header Authorization: Bearer with your API key")
    return found.name


ApiCaller = Annotated[str, Depends(get_api_caller)]
