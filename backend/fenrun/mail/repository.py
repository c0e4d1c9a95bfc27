"""All SQL of letters."""

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fenrun.mail.models import Letter


class Queue(NamedTuple):
    """What of the mail waits or failed."""

    waiting: int
    failed: int
    reason: str | None
    """Of the newest that failed, or was tried in vain."""


def add(session: Session, letter: Letter) -> None:
    """Stores a letter."""
    session.add(letter)


def claim(session: Session, now: dt.datetime, lease: dt.datetime, limit: int) -> list[Letter]:
    """Takes letters that are due, oldest first; each counts as an attempt, and is due again when the lease ends."""
    due = (
        select(Letter.id)
        .where(Letter.state == "queued", Letter.next_attempt_at <= now)
        .order_by(Letter.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(Letter)
        .where(Letter.id.in_(due.scalar_subquery()))
        .values(attempts=Letter.attempts + 1, next_attempt_at=lease)
        .returning(Letter)
    )
    return sorted(session.scalars(taken).all(), key=lambda letter: letter.id)


def note_sent(session: Session, id_: str, now: dt.datetime) -> None:
    """Notes that a letter has gone, and forgets to whom and with what."""
    session.execute(update(Letter).where(Letter.id == id_).values(state="sent", sent_at=now, reason=None, sealed=None))


def note_unsent(session: Session, id_: str, attempt: int, reason: str, again_at: dt.datetime | None) -> None:
    """Notes why an attempt failed; without a next time the letter has. One that has gone meanwhile stays so."""
    values: dict[str, Any] = {"reason": reason, "next_attempt_at": again_at}
    if again_at is None:
        values = {"reason": reason, "state": "failed", "sealed": None}
    session.execute(
        update(Letter).where(Letter.id == id_, Letter.state == "queued", Letter.attempts == attempt).values(**values)
    )


def withdraw(session: Session, about: str, reason: str) -> None:
    """Fails what is still to be sent about something that is no more."""
    query = update(Letter).where(Letter.about == about, Letter.state == "queued")
    session.execute(query.values(state="failed", reason=reason, sealed=None))


def forget_before(session: Session, moment: dt.datetime) -> None:
    """Deletes what was sent or failed before."""
    session.execute(delete(Letter).where(Letter.state != "queued", Letter.created_at < moment))


def queue(session: Session, since: dt.datetime) -> Queue:
    """What waits, and what failed since. What was withdrawn before it was tried failed for nobody."""
    waiting = session.scalar(select(func.count()).where(Letter.state == "queued")) or 0
    bad = (Letter.state == "failed") & (Letter.attempts > 0) & (Letter.created_at >= since)
    failed = session.scalar(select(func.count()).where(bad)) or 0
    newest = (
        select(Letter.reason).where(Letter.reason.is_not(None), Letter.attempts > 0).order_by(Letter.id.desc()).limit(1)
    )
    return Queue(waiting, failed, session.scalar(newest))
