"""Decisions about who earned a customer."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from fenrun.attribution.models import Customer, Referral
from fenrun.chain.contracts import artifact
from fenrun.chain.gas import Call
from fenrun.kit.db import among, copy_rows
from fenrun.kit.security import reference

REFERRALS_PER_CALL = 300
CUSTOMER_KEY_BYTES = 12

_CHAIN_IS_READY = """
EXISTS (SELECT FROM plans p WHERE p.number = referrals.plan_number AND p.status <> 'pending')
AND NOT EXISTS (SELECT FROM partners p WHERE p.status = 'pending'
  AND p.number IN (referrals.referrer, referrals.implementer, referrals.trainer))
"""


class NewCustomer(NamedTuple):
    """A customer, who earned it (partner numbers; None for nobody), and from when on."""

    external_id: str
    referrer: int | None
    implementer: int | None
    trainer: int | None
    plan_number: int
    effective_from: dt.datetime


def add_customers(session: Session, reference_key: bytes, customers: Iterable[NewCustomer]) -> None:
    """Adds customers with their first attributions. Their ids in the CRM must be new."""
    last = session.scalar(select(func.max(Customer.number))) or 0
    numbered = list(enumerate(customers, start=last + 1))
    copy_rows(
        session,
        "customers",
        ("number", "external_id", "customer_key"),
        ((number, c.external_id, customer_key(reference_key, c.external_id)) for number, c in numbered),
    )
    copy_rows(
        session,
        "referrals",
        ("customer_number", "referrer", "implementer", "trainer", "plan_number", "effective_from"),
        ((n, c.referrer, c.implementer, c.trainer, c.plan_number, c.effective_from) for n, c in numbered),
    )


def customer_key(reference_key: bytes, external_id: str) -> bytes:
    """What stands for a customer on chain."""
    return reference(reference_key, "customer", external_id)[:CUSTOMER_KEY_BYTES]


def next_registration(session: Session, signer: str, to: str, until: dt.datetime) -> tuple[Call, list[int]] | None:
    """The call that registers the next attributions that begin before a moment, and their ids.

    Those whose plan or partners the chain does not have yet wait.
    """
    rows = session.execute(
        select(Referral, Customer.customer_key)
        .join(Customer, Customer.number == Referral.customer_number)
        .where(Referral.intent_id.is_(None), Referral.effective_from < until, text(_CHAIN_IS_READY))
        .order_by(Referral.id)
        .limit(REFERRALS_PER_CALL)
    ).all()
    if not rows:
        return None
    referrals = [
        (
            key,
            referral.referrer or 0,
            referral.implementer or 0,
            referral.trainer or 0,
            referral.plan_number,
            int(referral.effective_from.timestamp()),
            0,
        )
        for referral, key in rows
    ]
    data = artifact("ReferralRegistry").call("registerReferrals", referrals)
    call = Call(f"referrals:{rows[0][0].id}", signer, to, data)
    return call, [referral.id for referral, _ in rows]


def set_intent(session: Session, ids: list[int], intent_id: int) -> None:
    """Notes the transaction that registers attributions."""
    session.execute(update(Referral).where(Referral.id.in_(ids)).values(intent_id=intent_id))


def holder_at(
    session: Session, customer_number: int, role: str, moment: dt.datetime
) -> tuple[int | None, dt.datetime | None]:
    """Who had a role of a customer's at a moment, and since when; as `wordAt` of the chain's registry has it."""
    row = session.execute(
        select(getattr(Referral, role), Referral.effective_from)
        .where(Referral.customer_number == customer_number, Referral.effective_from <= moment)
        .order_by(Referral.effective_from.desc(), Referral.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def ids_of(session: Session, customer_number: int) -> list[int]:
    """The attributions of a customer, the first one first."""
    return list(
        session.scalars(select(Referral.id).where(Referral.customer_number == customer_number).order_by(Referral.id))
    )


def note_registered(session: Session, customer_keys: list[bytes]) -> None:
    """Notes that the chain has the attributions of customers."""
    session.execute(
        text(
            "UPDATE referrals SET status = 'registered' FROM customers"
            " WHERE customers.number = referrals.customer_number"
            " AND customers.customer_key = ANY(:keys)"
        ),
        {"keys": customer_keys},
    )


def forget_above(session: Session, block_number: int) -> None:
    """Takes back what blocks above this one said."""
    session.execute(
        text(
            "UPDATE referrals SET status = 'pending' FROM intents"
            " WHERE intents.id = referrals.intent_id AND intents.block_number > :number"
        ),
        {"number": block_number},
    )


class Part(NamedTuple):
    """How a partner takes part in a plan version: for how many customers, in which roles."""

    plan: int
    customers: int
    roles: tuple[int, ...]


def parts_of(session: Session, partner: int, now: dt.datetime) -> list[Part]:
    """The plan versions that customers of a partner follow, by the attributions in force; the most customers first."""
    rows = session.execute(
        text(
            "SELECT r.plan_number, count(*), bool_or(r.referrer IS NOT DISTINCT FROM :partner),"
            " bool_or(r.implementer IS NOT DISTINCT FROM :partner), bool_or(r.trainer IS NOT DISTINCT FROM :partner)"
            " FROM referrals r WHERE :partner IN (r.referrer, r.implementer, r.trainer) AND r.effective_from <= :now"
            " AND NOT EXISTS (SELECT FROM referrals n WHERE n.customer_number = r.customer_number"
            " AND n.effective_from <= :now AND (n.effective_from, n.id) > (r.effective_from, r.id))"
            " GROUP BY 1 ORDER BY 2 DESC, 1"
        ),
        {"partner": partner, "now": now},
    )
    return [
        Part(plan, customers, tuple(role for role, has in enumerate(roles) if has)) for plan, customers, *roles in rows
    ]


def in_force(session: Session, external_ids: list[str]) -> dict[str, tuple[int, dt.datetime]]:
    """Customers by their ids in the CRM: number, and from when on they are attributed."""
    rows = session.execute(
        select(Customer.external_id, Customer.number, func.min(Referral.effective_from))
        .join(Referral, Referral.customer_number == Customer.number)
        .where(among(Customer.external_id, external_ids))
        .group_by(Customer.external_id, Customer.number)
    )
    return {external_id: (number, since) for external_id, number, since in rows}


def attributed_since(session: Session, customer_number: int) -> dt.datetime | None:
    """From when on a customer is attributed to somebody; None for one that is not."""
    return session.scalar(select(func.min(Referral.effective_from)).where(Referral.customer_number == customer_number))
