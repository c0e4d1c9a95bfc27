"""Decisions about API keys: programs that may send events or read."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.security import hash_token, new_token
from fenrun.registry import members_repository as repository
from fenrun.registry import notices
from fenrun.registry.access import Scope
from fenrun.registry.errors import ApiKeyEndedError, TakenError
from fenrun.registry.models import ApiKey
from fenrun.registry.service import KEY_PREFIX_CHARACTERS

KEY_START = "frk_"
"""By which people, logs and secret scanners know our keys."""


def create(
    session: Session, sealing: bytes, name: str, scopes: Sequence[Scope], now: dt.datetime
) -> tuple[ApiKey, str]:
    """Makes a key, and tells the admins. `sealing` is the installation's key, under which letters are sealed.

    Returns:
        The key as it is stored, and in plain: it is not shown again.

    Raises:
        TakenError: a good key has the name; it can be rotated.
    """
    if repository.is_key_name_taken(session, name, now):
        raise TakenError(f"name: a key of the name {name} is good; rotate it, or revoke it first")
    made, plain = _add(session, sealing, name, scopes, now)
    audit_log.record(session, "api_key.created", made.id, after={"name": name, "scopes": made.scopes})
    return made, plain


def rotate(
    session: Session, sealing: bytes, key_id: str, overlap: dt.timedelta, now: dt.datetime
) -> tuple[ApiKey, str]:
    """Makes a key of the same name and scopes; the old one goes on for a while, so that nothing stops meanwhile.

    The admins are told. `sealing` as in `create`.

    Returns:
        The new key as it is stored, and in plain: it is not shown again.

    Raises:
        NotFoundError: no such key.
        ApiKeyEndedError: the key has ended, or is being replaced already.
    """
    old = _one(session, key_id)
    if old.revoked_at is not None or old.expires_at is not None:
        raise ApiKeyEndedError(f"The key {key_id} has ended or is being replaced; rotate the newest of its name")
    old.expires_at = now + overlap
    made, plain = _add(session, sealing, old.name, old.scopes, now)
    audit_log.record(
        session, "api_key.rotated", key_id, {"expires_at": None}, {"expires_at": str(old.expires_at), "by": made.id}
    )
    return made, plain


def revoke(session: Session, key_id: str, now: dt.datetime) -> None:
    """Ends a key at once. Again changes nothing.

    Raises:
        NotFoundError: no such key.
    """
    key = _one(session, key_id)
    before = key.revoked_at
    key.revoked_at = before or now
    audit_log.record(
        session, "api_key.revoked", key_id, {"revoked_at": before and str(before)}, {"revoked_at": str(key.revoked_at)}
    )


def _add(session: Session, sealing: bytes, name: str, scopes: Sequence[str], now: dt.datetime) -> tuple[ApiKey, str]:
    plain = KEY_START + new_token()
    prefix = plain[:KEY_PREFIX_CHARACTERS]
    made = ApiKey(id=new_id("ak"), key_hash=hash_token(plain), name=name, prefix=prefix, scopes=sorted(set(scopes)))
    session.add(made)
    session.flush()
    session.refresh(made)
    variables = {"name": name, "by": audit_log.actor_name(session), "at": notices.spelled(now)}
    notices.to_staff(session, sealing, "admin", "api_key_created", variables, now)
    return made, plain


def _one(session: Session, key_id: str) -> ApiKey:
    found = repository.api_key_by_id(session, key_id)
    if found is None:
        raise NotFoundError(f"No API key {key_id}")
    return found
