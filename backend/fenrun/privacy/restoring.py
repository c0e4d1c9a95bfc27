"""Erasures of before a backup was restored, carried out anew; and keys for partners who were there before keys were.

A backup holds what was erased since, keys too. So the list of erasures is kept outside of it: ids and times, and
nothing that names anybody.
"""

import datetime as dt
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.encryption import decrypt, encrypt
from fenrun.payouts import details
from fenrun.privacy import repository, service
from fenrun.privacy.deadlines import Law
from fenrun.privacy.models import PrivacyRequest
from fenrun.registry import members_repository as members
from fenrun.registry import person_keys, person_keys_repository
from fenrun.registry import repository as partners


class Erasure(msgspec.Struct, frozen=True):
    """An erasure that was carried out. `partner_id` is set where a partner was erased with its members."""

    id: str
    law: Law
    member_id: str
    partner_id: str | None
    asked_at: dt.datetime
    due_on: dt.date
    decided_by: str | None
    decided_at: dt.datetime | None
    done_by: str | None
    done_at: dt.datetime


def erasures(session: Session) -> list[Erasure]:
    """The erasures that were carried out, oldest first."""
    return [msgspec.convert(dict(row), Erasure) for row in repository.erased(session)]


def reapply(session: Session, erasure: Erasure, now: dt.datetime) -> Literal["erased", "erased before", "not here"]:
    """Carries an erasure out anew that a restored backup took back. It was approved by two then; what is due since
    does not stop it.

    Returns:
        What became of it; `not here` when the backup is from before the member and the partner were there.
    """
    known = repository.by_id(session, erasure.id)
    if known is not None and known.state == "erased":
        return "erased before"
    member = members.member(session, erasure.member_id)
    partner = partners.by_id(session, erasure.partner_id) if erasure.partner_id is not None else None
    if partner is None and (member is None or erasure.partner_id is not None):
        return "not here"
    number = partner.number if partner is not None else None
    if member is not None:
        _note(session, known, erasure, number)
    service.forget(session, erasure.member_id, number, now)
    audit_log.record(session, "privacy.reapplied", erasure.id)
    return "erased"


def _note(session: Session, known: PrivacyRequest | None, erasure: Erasure, number: int | None) -> None:
    """Writes the request down as it was; it may have been asked after the backup."""
    noted = known or PrivacyRequest(id=erasure.id, kind="erasure", member_id=erasure.member_id, login="erased")
    noted.law, noted.partner_number, noted.state = erasure.law, number, "erased"
    noted.asked_at, noted.due_on = erasure.asked_at, erasure.due_on
    noted.decided_by, noted.decided_at = erasure.decided_by, erasure.decided_at
    noted.done_by, noted.done_at = erasure.done_by, erasure.done_at
    session.add(noted)
    session.flush()


def give_keys(session: Session, installation_key: bytes) -> int:
    """Gives a key to every partner that was there before keys were, and seals what is sealed of it anew; returns how
    many.

    What the chain has of them stays as it is: it was derived from the installation's key, and cannot be changed.
    """
    numbers = person_keys_repository.without(session)
    keys = {number: person_keys.new() for number in numbers}
    person_keys.keep(session, installation_key, keys)
    for row in repository.sealed_accounts(session, numbers) if numbers else ():
        assert row.account is not None
        number = row.partner_number
        row.account = details.seal(keys[number], number, details.unseal(installation_key, number, row.account))
    for request in repository.archives(session, numbers) if numbers else ():
        assert request.partner_number is not None
        assert request.archive is not None
        context = service.archive_context(request.id)
        content = decrypt(installation_key, context, request.archive)
        request.archive = encrypt(keys[request.partner_number], context, content)
    session.flush()
    return len(numbers)
