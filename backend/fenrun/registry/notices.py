"""Letters to members of what happened to their accounts, their partner, or the installation."""

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from fenrun.mail import service as mail
from fenrun.registry import members_repository as repository
from fenrun.registry import repository as partners
from fenrun.registry.models import Member

FORMER_ADDRESS = dt.timedelta(days=30)
"""How long a member's former address hears of what happens, so that who took an account over cannot silence it."""


def to_member(session: Session, key: bytes, member: Member, kind: str, now: dt.datetime) -> None:
    """Tells a member what happened to its account: `password_changed`, `totp_removed` or `email_changed`."""
    _write(session, key, member, kind, {"login": member.login, "at": spelled(now)}, now)


def to_admins(session: Session, key: bytes, kind: str, variables: Mapping[str, str], now: dt.datetime) -> None:
    """Tells every admin."""
    for member in repository.reachable_admins(session):
        _write(session, key, member, kind, variables, now)


def to_partners(
    session: Session, key: bytes, numbers: Iterable[int], kind: str, variables: Mapping[str, str], now: dt.datetime
) -> None:
    """Tells the members of partners; the partner's name is put to the variables."""
    members = repository.reachable_of_partners(session, sorted(set(numbers)))
    names = partners.names(session, [m.partner_number for m in members if m.partner_number is not None])
    for member in members:
        assert member.partner_number is not None
        named = {**variables, "partner": names[member.partner_number].name}
        _write(session, key, member, kind, named, now)


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
    for address in addresses(member, now):
        mail.write(session, key, address, kind, member.language, member.id, variables)
