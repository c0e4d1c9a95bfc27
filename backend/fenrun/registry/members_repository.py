"""All SQL of members, their sessions, and API keys."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fenrun.kit.db import among
from fenrun.kit.models import AuditLine
from fenrun.registry.models import ApiKey, Member, Partner, RecoveryCode, SignIn, SignInChallenge, SignInFailures

# --- Members ------------------------------------------------------------------------------------------


def member_by_login(session: Session, login: str) -> Member | None:
    """The member of a login."""
    return session.scalar(select(Member).where(Member.login == login))


def member(session: Session, id_: str) -> Member | None:
    """A member by id."""
    return session.get(Member, id_)


def lock(session: Session, member: Member) -> None:
    """Reads a member anew and locks it against other changes until the end of the transaction."""
    session.refresh(member, with_for_update=True)


def member_by_wallet(session: Session, address: str) -> Member | None:
    """The member who holds a wallet."""
    return session.scalar(select(Member).where(Member.wallet == address))


def member_by_subject(session: Session, subject: str, email: str | None) -> Member | None:
    """The member of a provider's account: by its subject, or by its e-mail when it has not come before."""
    found = session.scalar(select(Member).where(Member.oidc_subject == subject))
    if found is None and email is not None:
        found = session.scalar(select(Member).where(Member.email == email, Member.oidc_subject.is_(None)))
    return found


def is_taken(session: Session, column: str, value: str, but: str = "") -> bool:
    """Whether another member has a login, e-mail or wallet already."""
    query = select(Member.id).where(getattr(Member, column) == value, Member.id != but)
    return session.scalar(query) is not None


def members(session: Session, after: str | None, before: str | None, limit: int) -> list[Member]:
    """A page of members, newest first: ids are in the order of when they were added."""
    query = select(Member)
    if before:
        found = session.scalars(query.where(Member.id > before).order_by(Member.id).limit(limit)).all()
        return list(reversed(found))
    query = query.where(Member.id < after) if after else query
    return list(session.scalars(query.order_by(Member.id.desc()).limit(limit)).all())


def member_by_email(session: Session, email: str) -> Member | None:
    """The member of an e-mail address."""
    return session.scalar(select(Member).where(Member.email == email))


def has_owner(session: Session, partner_number: int) -> bool:
    """Whether somebody may act for a partner. Two who ask at once ask in turn."""
    session.execute(select(Partner.number).where(Partner.number == partner_number).with_for_update())
    query = select(Member.id).where(Member.partner_number == partner_number, Member.is_owner).limit(1)
    return session.scalar(query) is not None


def reachable_staff(session: Session, role: str) -> list[Member]:
    """Those of the staff in a role who can be written to."""
    return list(session.scalars(_REACHABLE.where(Member.role == role)).all())


def reachable_owners(session: Session) -> list[Member]:
    """Everybody who may act for a partner and can be written to."""
    return list(session.scalars(_REACHABLE.where(Member.is_owner)).all())


def reachable_of_partners(session: Session, numbers: Sequence[int]) -> list[Member]:
    """The members of partners who can be written to."""
    return list(session.scalars(_REACHABLE.where(among(Member.partner_number, numbers))).all())


_REACHABLE = (
    select(Member)
    .where(Member.disabled_at.is_(None), or_(Member.email.is_not(None), Member.previous_email.is_not(None)))
    .order_by(Member.id)
)


def recovery_codes_left(session: Session, member_id: str) -> int:
    """How many recovery codes of a member were not used yet."""
    count = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.member_id == member_id)
    return session.scalar(count) or 0


def replace_recovery_codes(session: Session, member_id: str, hashes: Sequence[bytes]) -> None:
    """Gives a member new recovery codes; those of before count no longer."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    session.add_all(RecoveryCode(code_hash=hash_, member_id=member_id) for hash_ in hashes)
    session.flush()


def use_recovery_code(session: Session, member_id: str, hash_: bytes) -> bool:
    """Takes a recovery code out; whether there was one."""
    query = delete(RecoveryCode).where(RecoveryCode.member_id == member_id, RecoveryCode.code_hash == hash_)
    return session.scalar(query.returning(RecoveryCode.member_id)) is not None


# --- Sessions -----------------------------------------------------------------------------------------


def sign_in(session: Session, token_hash: bytes, now: dt.datetime) -> tuple[Member, SignIn] | None:
    """The session of a token and its member; None when it has ended or the member is disabled."""
    row = session.execute(
        select(Member, SignIn)
        .join(SignIn, SignIn.member_id == Member.id)
        .where(SignIn.token_hash == token_hash, SignIn.expires_at > now, Member.disabled_at.is_(None))
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def sign_ins(session: Session, member_id: str, now: dt.datetime) -> list[SignIn]:
    """A member's sessions, newest first."""
    query = select(SignIn).where(SignIn.member_id == member_id, SignIn.expires_at > now).order_by(SignIn.id.desc())
    return list(session.scalars(query).all())


def end_sign_ins(session: Session, member_id: str, *, only: str | None = None, but: str | None = None) -> list[str]:
    """Ends a member's sessions: one, or all, or all but one. Returns the ids of those that were."""
    query = delete(SignIn).where(SignIn.member_id == member_id)
    if only is not None:
        query = query.where(SignIn.id == only)
    if but is not None:
        query = query.where(SignIn.id != but)
    return sorted(session.scalars(query.returning(SignIn.id)).all())


def forget_ended(session: Session, now: dt.datetime) -> None:
    """Takes out the sessions and challenges whose time is over, and failures that are a day old."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.execute(delete(SignInChallenge).where(SignInChallenge.expires_at <= now))
    session.execute(delete(SignInFailures).where(SignInFailures.last_at <= now - dt.timedelta(days=1)))


def add_challenge(session: Session, hash_: bytes, kind: str, expires_at: dt.datetime, data: dict[str, Any]) -> None:
    """Stores a challenge."""
    session.add(SignInChallenge(hash=hash_, kind=kind, expires_at=expires_at, data=data))
    session.flush()


def take_challenge(session: Session, hash_: bytes, kind: str, now: dt.datetime) -> dict[str, Any] | None:
    """Takes a challenge out; None when there was none, or its time is over. Of two at once, one gets it."""
    query = delete(SignInChallenge).where(SignInChallenge.hash == hash_, SignInChallenge.kind == kind)
    row = session.execute(query.returning(SignInChallenge.expires_at, SignInChallenge.data)).one_or_none()
    return dict(row.data) if row is not None and row.expires_at > now else None


def failures(session: Session, login_hash: bytes, now: dt.datetime) -> SignInFailures:
    """How often a login failed. Its row stays locked until the end, so that attempts at once count one by one."""
    session.execute(
        insert(SignInFailures).values(login_hash=login_hash, last_at=now, locked_until=now).on_conflict_do_nothing()
    )
    query = select(SignInFailures).where(SignInFailures.login_hash == login_hash).with_for_update()
    return session.scalars(query).one()


# --- API keys -----------------------------------------------------------------------------------------


def api_key(session: Session, key_hash: bytes, now: dt.datetime) -> ApiKey | None:
    """The API key of a hash; None when it has ended."""
    return session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash, _is_good(now)))


def api_key_by_id(session: Session, id_: str) -> ApiKey | None:
    """An API key by id, locked against other changes."""
    return session.get(ApiKey, id_, with_for_update=True)


def is_key_name_taken(session: Session, name: str, now: dt.datetime) -> bool:
    """Whether a good key has this name. Two who ask at once ask one after the other."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 3))"), {"name": name})
    return session.scalar(select(func.count()).where(ApiKey.name == name, _is_good(now))) != 0


def api_keys(session: Session, after: str | None, before: str | None, limit: int) -> list[ApiKey]:
    """A page of API keys by id, ended ones too."""
    query = select(ApiKey)
    if before:
        found = session.scalars(query.where(ApiKey.id < before).order_by(ApiKey.id.desc()).limit(limit)).all()
        return list(reversed(found))
    return list(session.scalars(query.where(ApiKey.id > (after or "")).order_by(ApiKey.id).limit(limit)).all())


def note_use(session: Session, key: ApiKey, now: dt.datetime) -> None:
    """Notes, once a minute, that a key was used. Nobody waits for it: while one request notes it, others do not."""
    if key.last_used_at is not None and key.last_used_at > now - dt.timedelta(minutes=1):
        return
    free = select(ApiKey.id).where(ApiKey.id == key.id).with_for_update(skip_locked=True)
    session.execute(
        update(ApiKey).where(ApiKey.id.in_(free.scalar_subquery())).values(last_used_at=now),
        execution_options={"synchronize_session": False},
    )


def _is_good(now: dt.datetime) -> Any:
    return ApiKey.revoked_at.is_(None) & or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)


# --- The audit log ------------------------------------------------------------------------------------


def audit_lines(
    session: Session, filters: dict[str, Any], after: int | None, before: int | None, limit: int
) -> list[AuditLine]:
    """A page of the audit log, newest first.

    Args:
        session: the transaction.
        filters: `actor`, `target`, `action` are equal to the line's; `since` and `until` enclose its time, half-open.
        after: the number of the line that the page comes after, in the list's order.
        before: or comes before.
        limit: most lines.
    """
    query = select(AuditLine)
    for name in ("actor", "target", "action"):
        if filters.get(name) is not None:
            query = query.where(getattr(AuditLine, name) == filters[name])
    if filters.get("since") is not None:
        query = query.where(AuditLine.at >= filters["since"])
    if filters.get("until") is not None:
        query = query.where(AuditLine.at < filters["until"])
    if before is not None:
        found = session.scalars(query.where(AuditLine.id > before).order_by(AuditLine.id).limit(limit)).all()
        return list(reversed(found))
    if after is not None:
        query = query.where(AuditLine.id < after)
    return list(session.scalars(query.order_by(AuditLine.id.desc()).limit(limit)).all())
