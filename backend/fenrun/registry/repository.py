"""All SQL of partners."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, text, update
from sqlalchemy.orm import Session

from fenrun.kit.db import among
from fenrun.registry.models import Partner, PartnerHold, StandingChange


def unregistered(session: Session, limit: int) -> list[Partner]:
    """Partners that no transaction was made for, by number."""
    return list(
        session.scalars(select(Partner).where(Partner.intent_id.is_(None)).order_by(Partner.number).limit(limit))
    )


def set_intent(session: Session, first: int, last: int, intent_id: int) -> None:
    """Notes the transaction that registers partners."""
    session.execute(update(Partner).where(Partner.number.between(first, last)).values(intent_id=intent_id))


def activate(session: Session, first: int, count: int) -> None:
    """Notes that the chain has partners."""
    session.execute(update(Partner).where(Partner.number.between(first, first + count - 1)).values(status="active"))


def forget_above(session: Session, block_number: int) -> None:
    """Takes back what blocks above this one said."""
    session.execute(
        text(
            "UPDATE partners SET status = 'pending' FROM intents"
            " WHERE intents.id = partners.intent_id AND intents.block_number > :number"
        ),
        {"number": block_number},
    )


def set_status(session: Session, number: int, status: str) -> None:
    """Notes what the chain says of a partner."""
    session.execute(update(Partner).where(Partner.number == number).values(status=status))


def lock(session: Session, number: int) -> Partner:
    """A partner, locked against other changes."""
    return session.get_one(Partner, number, with_for_update=True)


def standing(session: Session, number: int) -> StandingChange | None:
    """The newest suspension or reinstatement of a partner."""
    query = select(StandingChange).where(StandingChange.partner_number == number)
    return session.scalar(query.order_by(StandingChange.number.desc()).limit(1))


def is_held(session: Session, number: int) -> bool:
    """Whether compliance holds a partner."""
    return session.get(PartnerHold, number) is not None


def hold(session: Session, number: int, now: dt.datetime | None) -> None:
    """Holds a partner from a moment on; None lets go of it."""
    held = session.get(PartnerHold, number)
    if now is None and held is not None:
        session.delete(held)
    elif now is not None and held is None:
        session.add(PartnerHold(partner_number=number, since=now))
    session.flush()


def standings(session: Session, numbers: Sequence[int]) -> dict[int, StandingChange]:
    """The newest suspension or reinstatement of each partner that had one."""
    query = select(StandingChange).where(among(StandingChange.partner_number, numbers))
    return {change.partner_number: change for change in session.scalars(query.order_by(StandingChange.number))}


def standings_to_tell(session: Session) -> list[StandingChange]:
    """The newest of each partner, where the chain says otherwise and no transaction was made for it."""
    newest = select(func.max(StandingChange.number)).group_by(StandingChange.partner_number)
    query = select(StandingChange).join(Partner, Partner.number == StandingChange.partner_number)
    query = query.where(StandingChange.number.in_(newest), StandingChange.intent_id.is_(None))
    query = query.where(Partner.status.not_in(("pending", StandingChange.status)))
    return list(session.scalars(query.order_by(StandingChange.number)))


def about_to_be_suspended(session: Session) -> set[int]:
    """Partners whose suspension was asked for, whether the chain has it yet or not."""
    newest = select(func.max(StandingChange.number)).group_by(StandingChange.partner_number)
    query = select(StandingChange.partner_number).where(StandingChange.number.in_(newest))
    return set(session.scalars(query.where(StandingChange.status == "suspended")))


def numbers_by_external_id(session: Session) -> dict[str, int]:
    """Chain ids of all partners by their ids in the CRM."""
    rows = session.execute(select(Partner.external_id, Partner.number))
    return {row[0]: row[1] for row in rows}


def by_id(session: Session, id_: str) -> Partner | None:
    """The partner of a public id."""
    return session.scalar(select(Partner).where(Partner.id == id_))


def by_external_id(session: Session, external_id: str) -> Partner | None:
    """The partner of an id in the CRM."""
    return session.scalar(select(Partner).where(Partner.external_id == external_id))


def page(session: Session, search: str | None, after: int, before: int, limit: int) -> list[Partner]:
    """A page of partners by number, matching a part of the name or of the id in the CRM."""
    query = select(Partner)
    if search:
        query = query.where(_matches(search))
    if before:
        found = session.scalars(query.where(Partner.number < before).order_by(Partner.number.desc()).limit(limit)).all()
        return list(reversed(found))
    return list(session.scalars(query.where(Partner.number > after).order_by(Partner.number).limit(limit)).all())


def numbers_matching(search: str) -> Select[int]:
    """A query for the numbers of partners, by a part of the name or of the id in the CRM."""
    return select(Partner.number).where(_matches(search))


def _matches(search: str) -> ColumnElement[bool]:
    return or_(Partner.name.icontains(search, autoescape=True), Partner.external_id.icontains(search, autoescape=True))


def names(session: Session, numbers: Sequence[int]) -> dict[int, Partner]:
    """Partners by number."""
    rows = session.scalars(select(Partner).where(Partner.number.in_(numbers)))
    return {partner.number: partner for partner in rows}
