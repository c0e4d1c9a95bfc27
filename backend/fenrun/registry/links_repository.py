"""All SQL of invitations and password resets."""

import datetime as dt

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fenrun.registry.models import Invitation, PasswordReset

# --- Invitations --------------------------------------------------------------------------------------


def open_invitation_of(session: Session, email: str) -> Invitation | None:
    """The invitation of an address that is neither accepted nor withdrawn. Two who ask at once ask in turn."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:email, 4))"), {"email": email})
    query = select(Invitation).where(Invitation.email == email)
    return session.scalar(query.where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)))


def invitation(session: Session, id_: str) -> Invitation | None:
    """An invitation by id, locked against other changes."""
    return session.get(Invitation, id_, with_for_update=True)


def invitation_by_token(session: Session, token_hash: bytes) -> Invitation | None:
    """The invitation of a link, locked against other changes."""
    return session.scalar(select(Invitation).where(Invitation.token_hash == token_hash).with_for_update())


def invitations(
    session: Session, partners_only: bool, after: str | None, before: str | None, limit: int
) -> list[Invitation]:
    """A page of invitations by id, newest first; of everybody, or of partners' members only."""
    query = select(Invitation)
    if partners_only:
        query = query.where(Invitation.role == "partner")
    if before:
        found = session.scalars(query.where(Invitation.id > before).order_by(Invitation.id).limit(limit)).all()
        return list(reversed(found))
    if after:
        query = query.where(Invitation.id < after)
    return list(session.scalars(query.order_by(Invitation.id.desc()).limit(limit)).all())


# --- Password resets ----------------------------------------------------------------------------------


def put_reset(
    session: Session, member_id: str, token_hash: bytes, now: dt.datetime, expires_at: dt.datetime, pause: dt.timedelta
) -> bool:
    """Gives a member a link in place of the one before; not when that is younger than the pause. Whether it did."""
    row = insert(PasswordReset).values(
        member_id=member_id, token_hash=token_hash, created_at=now, expires_at=expires_at
    )
    put = row.on_conflict_do_update(
        index_elements=["member_id"],
        set_={name: row.excluded[name] for name in ("token_hash", "created_at", "expires_at")},
        where=PasswordReset.created_at <= now - pause,
    )
    return session.scalar(put.returning(PasswordReset.member_id)) is not None


def take_reset(session: Session, token_hash: bytes, now: dt.datetime) -> str | None:
    """Takes a link out; the member's id, or None when it is not good. Of two at once, one gets it."""
    query = delete(PasswordReset).where(PasswordReset.token_hash == token_hash)
    row = session.execute(query.returning(PasswordReset.member_id, PasswordReset.expires_at)).one_or_none()
    return row.member_id if row is not None and row.expires_at > now else None


def end_resets(session: Session, member_id: str) -> None:
    """Makes a member's link void, if there is one."""
    session.execute(delete(PasswordReset).where(PasswordReset.member_id == member_id))
