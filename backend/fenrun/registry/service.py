"""Decisions about partners and members."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fenrun.chain.contracts import artifact
from fenrun.chain.gas import Call
from fenrun.kit.db import copy_rows
from fenrun.kit.ids import new_id
from fenrun.kit.security import hash_password, hash_token, reference
from fenrun.registry import members_repository as members
from fenrun.registry import person_keys, repository
from fenrun.registry.access import Role, Scope
from fenrun.registry.models import ApiKey, Member, Partner

PARTNERS_PER_CALL = 400
KEY_PREFIX_CHARACTERS = 10
"""Shown to tell keys apart: too few to guess from."""
_ALL_ROLES = 7
_NO_WALLET = "0x" + "00" * 20


class NewPartner(NamedTuple):
    """A partner as the CRM knows it."""

    external_id: str
    name: str
    country: str
    type: str


def add_partners(session: Session, reference_key: bytes, partners: Iterable[NewPartner]) -> None:
    """Adds partners; each gets the next id on chain and a key of its own. Their ids in the CRM must be new."""
    last = session.scalar(select(func.max(Partner.number))) or 0
    numbered = list(enumerate(partners, start=last + 1))
    keys = {number: person_keys.new() for number, _ in numbered}
    copy_rows(
        session,
        "partners",
        ("number", "id", "external_id", "name", "country", "type", "partner_ref"),
        (
            (
                number,
                new_id("pn"),
                partner.external_id,
                partner.name,
                partner.country,
                partner.type,
                reference(keys[number], "partner", partner.external_id),
            )
            for number, partner in numbered
        ),
    )
    person_keys.keep(session, reference_key, keys)


def next_registration(session: Session, signer: str, to: str) -> tuple[Call, range] | None:
    """The call that registers the next partners on chain, and their numbers; None when all are on their way."""
    partners = repository.unregistered(session, PARTNERS_PER_CALL)
    if not partners:
        return None
    first, last = partners[0].number, partners[-1].number
    new = [(p.partner_ref, bytes(32), _NO_WALLET, _ALL_ROLES) for p in partners]
    data = artifact("PartnerRegistry").call("registerPartners", first, new)
    return Call(f"partners:{first}", signer, to, data), range(first, last + 1)


def add_member(session: Session, login: str, password: str, role: Role, partner: int | None) -> None:
    """Adds somebody who may sign in; an existing login gets the new password and role."""
    member = members.member_by_login(session, login) or Member(id=new_id("mb"), login=login)
    member.password_hash, member.role, member.partner_number = hash_password(password), role, partner
    member.is_owner = partner is not None and (bool(member.is_owner) or not members.has_owner(session, partner))
    session.add(member)
    session.flush()


def add_api_key(session: Session, name: str, key: str, scopes: Sequence[Scope] = ("events:write",)) -> None:
    """Lets a program in with a key; the same key again changes nothing."""
    if members.api_key(session, hash_token(key), dt.datetime.now(dt.UTC)) is None:
        prefix = key[:KEY_PREFIX_CHARACTERS]
        session.add(ApiKey(id=new_id("ak"), key_hash=hash_token(key), name=name, prefix=prefix, scopes=list(scopes)))
        session.flush()
