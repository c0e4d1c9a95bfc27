"""All SQL of agreements."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fenrun.agreements.models import Agreement, Signature
from fenrun.kit.db import among

# A version that is signed stands for all before it.
_UNSIGNED = """
WITH required AS (
  SELECT name, max(version) AS version FROM agreements WHERE effective_on <= :day GROUP BY name
)
SELECT p.number, min(r.name) FROM partners p CROSS JOIN required r
WHERE NOT EXISTS (
  SELECT 1 FROM agreement_signatures s JOIN agreements a ON a.number = s.agreement_number
  WHERE s.partner_number = p.number AND a.name = r.name AND a.version >= r.version)
GROUP BY 1
"""


def lock(session: Session, name: str) -> None:
    """Lets one transaction at a time publish versions of an agreement."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 5))"), {"name": name})


def by_id(session: Session, id_: str) -> Agreement | None:
    """An agreement by its id."""
    return session.scalar(select(Agreement).where(Agreement.id == id_))


def versions(session: Session, name: str) -> list[Agreement]:
    """All versions of an agreement in all languages, oldest first."""
    query = select(Agreement).where(Agreement.name == name)
    return list(session.scalars(query.order_by(Agreement.version, Agreement.language)))


def all_versions(session: Session) -> list[Agreement]:
    """All versions of all agreements, by name, oldest first."""
    return list(session.scalars(select(Agreement).order_by(Agreement.name, Agreement.version, Agreement.language)))


def page(session: Session, after: int | None, before: int | None, limit: int) -> list[Agreement]:
    """A page of agreements, newest first."""
    query = select(Agreement)
    if before is not None:
        found = session.scalars(query.where(Agreement.number > before).order_by(Agreement.number).limit(limit)).all()
        return list(reversed(found))
    if after is not None:
        query = query.where(Agreement.number < after)
    return list(session.scalars(query.order_by(Agreement.number.desc()).limit(limit)))


def signers(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """By agreement, how many partners have signed this text."""
    query = select(Signature.agreement_number, func.count()).where(among(Signature.agreement_number, numbers))
    return {row[0]: row[1] for row in session.execute(query.group_by(Signature.agreement_number))}


def signatures(session: Session, partner_number: int) -> list[Signature]:
    """What was signed for a partner, newest first."""
    query = select(Signature).where(Signature.partner_number == partner_number)
    return list(session.scalars(query.order_by(Signature.id.desc())))


def signature(session: Session, agreement_number: int, partner_number: int) -> Signature | None:
    """The signature of a text for a partner. Two who sign at once sign in turn."""
    session.execute(text("SELECT pg_advisory_xact_lock(:partner, 6)"), {"partner": partner_number})
    query = select(Signature).where(Signature.agreement_number == agreement_number)
    return session.scalar(query.where(Signature.partner_number == partner_number))


def unsigned(session: Session, day: dt.date) -> dict[int, str]:
    """Partners who on a day lack a signature of a version in force, and the name of the agreement."""
    return {row[0]: row[1] for row in session.execute(text(_UNSIGNED), {"day": day})}
