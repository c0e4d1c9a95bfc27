"""Who changed what: one line per change, written in the change's own transaction and never altered.

Whoever opens a transaction says for whom (`begin`, `act_as`). What is changed is said by `record`; a request that
changes something without saying so leaves a line of its own, see `kit.http.get_session`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from fenrun.kit.models import AuditLine

_KEY = "fenrun.origin"


@dataclass
class Origin:
    """For whom a transaction works. `actor` is the id of a member or of an API key, or `cli:` and a user."""

    request_id: str = ""
    address: str = ""
    actor: str = ""
    actor_name: str = ""
    recorded: bool = False


def begin(session: Session, origin: Origin) -> Origin:
    """Says where a transaction comes from."""
    session.info[_KEY] = origin
    return origin


def act_as(session: Session, actor: str, name: str) -> None:
    """Says for whom the transaction works from here on."""
    origin = _origin(session)
    origin.actor, origin.actor_name = actor, name


def actor_name(session: Session) -> str:
    """The name of whom the transaction works for."""
    return _origin(session).actor_name


def record(
    session: Session,
    action: str,
    target: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Writes a line.

    Args:
        session: the transaction of the change.
        action: what was done, in the past, such as `member.created`.
        target: the id of what it was done to.
        before: the values that were replaced. Never a secret, nor a hash of one that could be guessed.
        after: the values since.
    """
    origin = _origin(session)
    origin.recorded = True
    session.add(
        AuditLine(
            actor=origin.actor,
            actor_name=origin.actor_name,
            action=action,
            target=target,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
            request_id=origin.request_id,
            address=origin.address,
        )
    )


def nothing_changes(session: Session) -> None:
    """Says that a request that could change something does not: it leaves no line."""
    _origin(session).recorded = True


def _origin(session: Session) -> Origin:
    found = session.info.setdefault(_KEY, Origin())
    assert isinstance(found, Origin)
    return found
