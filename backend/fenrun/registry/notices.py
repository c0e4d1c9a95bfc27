"""Letters to members of what happened to their accounts, their partner, or the installation."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from sqlalchemy.orm import Session

from fenrun.mail import service as mail
from fenrun.registry import members_repository as repository
from fenrun.registry import repository as partners
from fenrun.registry.models import Member

Choice = Literal["statements", "payouts", "documents"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
_CHOICE: dict[str, Choice] = {
    "statement_ready": "statements",
    "payout_made": "payouts",
    "agreement_published": "documents",
    "material_published": "documents",
}
"""By kind of letter, with which choice it can be switched off. What is not here is about security, and always goes."""
FORMER_ADDRESS = dt.timedelta(days=30)
"""How long a member's former address hears of what happens, so that who took an account over cannot silence it."""


def to_member(session: Session, key: bytes, member: Member, kind: str, now: dt.datetime) -> None:
    """Tells a member what happened to its account: `password_changed`, `totp_removed` or `email_changed`."""
    _write(session, key, member, kind, {"login": member.login, "at": spelled(now)}, now)


def to_one(
    session: Session, key: bytes, member: Member, kind: str, variables: Mapping[str, str], now: dt.datetime
) -> None:
    """Tells one member something of its own."""
    _write(session, key, member, kind, variables, now)


def to_staff(
    session: Session, key: bytes, role: str, kind: str, variables: Mapping[str, str], now: dt.datetime
) -> None:
    """Tells everybody of the staff in a role."""
    for member in repository.reachable_staff(session, role):
        _write(session, key, member, kind, variables, now)


def to_partners(
    session: Session, key: bytes, numbers: Iterable[int], kind: str, variables: Mapping[str, str], now: dt.datetime
) -> None:
    """Tells the members of partners one thing; the partner's name is put to the variables."""
    to_each(session, key, kind, [(number, variables) for number in sorted(set(numbers))], now)


def to_each(
    session: Session, key: bytes, kind: str, about: Sequence[tuple[int, Mapping[str, str]]], now: dt.datetime
) -> None:
    """Tells the members of partners, by number, what is theirs; the partner's name is put to the variables."""
    of_partner: dict[int, list[Member]] = defaultdict(list)
    for member in repository.reachable_of_partners(session, sorted({number for number, _ in about})):
        assert member.partner_number is not None
        of_partner[member.partner_number].append(member)
    names = partners.names(session, list(of_partner))
    for number, variables in about:
        for member in of_partner.get(number, []):
            _write(session, key, member, kind, {**variables, "partner": names[number].name}, now)


def to_owners(session: Session, key: bytes, kind: str, variables: Mapping[str, str], now: dt.datetime) -> None:
    """Tells everybody who may act for a partner; the partner's name is put to the variables."""
    owners = repository.reachable_owners(session)
    names = partners.names(session, [owner.partner_number for owner in owners if owner.partner_number is not None])
    for owner in owners:
        assert owner.partner_number is not None
        _write(session, key, owner, kind, {**variables, "partner": names[owner.partner_number].name}, now)


def spelled(moment: dt.datetime) -> str:
    """A time as letters write it."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def addresses(member: Member, now: dt.datetime) -> list[str]:
    """Where a member hears of what happens: at its address, and for a while at the one before."""
    known = [member.email]
    if member.email_changed_at is not None and now - member.email_changed_at < FORMER_ADDRESS:
        known.append(member.previous_email)
    return [address for address in known if address is not None]


def _write(
    session: Session, key: bytes, member: Member, kind: str, variables: Mapping[str, str], now: dt.datetime
) -> None:
    if _CHOICE.get(kind) in member.muted:
        return
    for address in addresses(member, now):
        mail.write(session, key, address, kind, member.language, member.id, variables)
