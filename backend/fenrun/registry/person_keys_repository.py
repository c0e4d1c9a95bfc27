"""All SQL of persons' keys."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.kit.db import among, copy_rows
from fenrun.registry.models import Partner, PersonKey


def add(session: Session, keys: Iterable[tuple[int, bytes]]) -> None:
    """Keeps sealed keys, by the partner's number; none of these partners may have one."""
    copy_rows(session, "person_keys", ("partner_number", "key"), keys)


def sealed(session: Session, numbers: Sequence[int], *, hold: bool = False) -> dict[int, bytes | None]:
    """The sealed keys of partners, None where it was destroyed; partners from before that have none are left out.

    Args:
        session: the transaction.
        numbers: the partners'.
        hold: whether none of them can be destroyed until this transaction ends. Waits for one that is being destroyed.
    """
    query = select(PersonKey.partner_number, PersonKey.key).where(among(PersonKey.partner_number, numbers))
    if hold:
        query = query.order_by(PersonKey.partner_number).with_for_update(read=True)
    return {number: bytes(key) if key is not None else None for number, key in session.execute(query)}


def destroy(session: Session, number: int, now: dt.datetime) -> None:
    """Destroys a partner's key, and notes it for one that never had any. Waits for transactions that hold it."""
    session.execute(
        text(
            "INSERT INTO person_keys (partner_number, destroyed_at) VALUES (:number, :now)"
            " ON CONFLICT (partner_number) DO UPDATE SET key = NULL, destroyed_at = excluded.destroyed_at"
            " WHERE person_keys.key IS NOT NULL"
        ),
        {"number": number, "now": now},
    )


def without(session: Session) -> list[int]:
    """The partners for whom no key was ever made. Of two who ask, the second waits until the first one's are made."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('person keys', 0))"))
    has = select(PersonKey.partner_number).where(PersonKey.partner_number == Partner.number).exists()
    return list(session.scalars(select(Partner.number).where(~has).order_by(Partner.number)))
