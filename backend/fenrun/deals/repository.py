"""All SQL of registrations and known companies."""

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, false, func, or_, select, text
from sqlalchemy.orm import Session

from fenrun.attribution.models import Customer
from fenrun.deals.models import Deal, KnownCompany
from fenrun.kit.company_identity import Identity
from fenrun.plans.models import Plan

Company = TypeVar("Company", Deal, KnownCompany)

CLAIMING = ("submitted", "returned", "approved")
"""States in which a registration may stand in another's way."""


def add(session: Session, row: Deal | KnownCompany) -> None:
    """Adds a registration or a company."""
    session.add(row)
    session.flush()


def by_id(session: Session, id_: str, *, lock: bool = False) -> Deal | None:
    """The registration of a public id; locked, where it is to be changed."""
    query = select(Deal).where(Deal.id == id_)
    return session.scalar(query.with_for_update() if lock else query)


def page(
    session: Session,
    partner: int | None,
    status: str | None,
    after: int | None,
    before: int | None,
    limit: int,
) -> list[Deal]:
    """A page of registrations, newest first: what comes after a number, or just before one."""
    query = select(Deal)
    if partner is not None:
        query = query.where(Deal.partner_number == partner)
    if status is not None:
        query = query.where(Deal.status == status)
    if before is not None:
        found = session.scalars(query.where(Deal.number > before).order_by(Deal.number).limit(limit)).all()
        return list(reversed(found))
    if after is not None:
        query = query.where(Deal.number < after)
    return list(session.scalars(query.order_by(Deal.number.desc()).limit(limit)))


def waiting(session: Session) -> int:
    """How many registrations wait for the staff's answer."""
    return session.scalar(select(func.count()).select_from(Deal).where(Deal.status == "submitted")) or 0


def candidates(session: Session, table: type[Company], identity: Identity) -> Sequence[Company]:
    """What may be the same company: by its code, its domain, or a name that begins alike. Locks nothing."""
    return session.scalars(select(table).where(_may_be(table, identity)).order_by(table.number)).all()


def _may_be(table: type[Company], identity: Identity) -> ColumnElement[bool]:
    return or_(
        table.credit_code == identity.credit_code if identity.credit_code else false(),
        table.domain == identity.domain if identity.domain else false(),
        table.name_key.startswith(identity.key[:2], autoescape=True),
    )


def lock_company(session: Session) -> None:
    """Lets one transaction at a time decide who registered a company first."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('deals.decide', 0))"))


def of_customer(session: Session, customer_number: int) -> list[Deal]:
    """Registrations that became a customer."""
    return list(session.scalars(select(Deal).where(Deal.customer_number == customer_number)))


def company_of_customer(session: Session, customer_number: int) -> KnownCompany | None:
    """The company that a customer is, as the vendor knows it."""
    return session.scalar(select(KnownCompany).where(KnownCompany.customer_number == customer_number))


def customer(session: Session, external_id: str) -> Customer | None:
    """The customer of an id in the CRM."""
    return session.scalar(select(Customer).where(Customer.external_id == external_id))


def plan(session: Session, id_: str) -> Plan | None:
    """The plan version of a public id."""
    return session.scalar(select(Plan).where(Plan.id == id_))


def to_expire(session: Session, now: dt.datetime, unanswered_before: dt.datetime) -> list[Deal]:
    """Registrations whose protection is over, or that a partner never handed in again; locked."""
    query = select(Deal).where(
        or_(
            (Deal.status == "approved") & (Deal.protected_until <= now) & Deal.customer_number.is_(None),
            (Deal.status == "returned") & (Deal.answered_at <= unanswered_before),
        )
    )
    return list(session.scalars(query.order_by(Deal.number).with_for_update(skip_locked=True)))


def to_remind(session: Session, until: dt.datetime) -> list[Deal]:
    """Registrations whose protection ends before a moment, and whose partner was not told yet; locked."""
    query = select(Deal).where(
        Deal.status == "approved",
        Deal.protected_until <= until,
        Deal.reminded_at.is_(None),
        Deal.customer_number.is_(None),
    )
    return list(session.scalars(query.order_by(Deal.number).with_for_update(skip_locked=True)))


# --- Known companies ------------------------------------------------------------------------------------


def company_by_id(session: Session, id_: str) -> KnownCompany | None:
    """The company of a public id."""
    return session.scalar(select(KnownCompany).where(KnownCompany.id == id_))


def companies(session: Session, after: int, before: int, limit: int) -> list[KnownCompany]:
    """A page of known companies, in the order in which they were written down."""
    query = select(KnownCompany)
    if before:
        found = session.scalars(query.where(KnownCompany.number < before).order_by(KnownCompany.number.desc()))
        return list(reversed(found.fetchmany(limit)))
    return list(session.scalars(query.where(KnownCompany.number > after).order_by(KnownCompany.number).limit(limit)))


def remove(session: Session, company: KnownCompany) -> None:
    """Forgets a company."""
    session.delete(company)
    session.flush()


def external_id(session: Session, customer_number: int) -> str | None:
    """The id in the CRM of a customer."""
    return session.scalar(select(Customer.external_id).where(Customer.number == customer_number))
