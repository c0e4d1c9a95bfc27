"""Payout details that a partner changes itself: cooled off, verified by finance, and undone by one click until then.

Who takes an account over wants to be paid elsewhere, and soon. So the new account waits while the old contacts are
told, and payouts go on to the old one meanwhile: nobody's money stops because somebody moved to another bank.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.ids import new_id
from fenrun.payouts import details, repository
from fenrun.payouts.details import Account, Document
from fenrun.payouts.details_service import end, require_each_once
from fenrun.payouts.errors import ChangeMissingError, SamePersonError
from fenrun.payouts.models import PayoutDetails, PayoutDetailsChange
from fenrun.payouts.service import Actor
from fenrun.registry import notices, person_keys


def ask(
    session: Session,
    partner_number: int,
    country: str,
    payee_type: str,
    account: Account,
    documents: Sequence[Document],
    actor: Actor,
    cooling: dt.timedelta,
    key: bytes,
    now: dt.datetime,
) -> PayoutDetailsChange:
    """Asks for other payout details. One that waits is replaced, and the new one cools off anew.

    Where nothing is paid to yet there is nothing to redirect: the first details wait for finance alone. The partner's
    members are told, at a former address too.

    Raises:
        DetailsInvalidError: an account that no bank would take, or a document that is there twice.
        ErasedError: the partner's data were erased.
    """
    own = person_keys.of(session, key, partner_number, hold=True)
    account = details.checked(account)
    require_each_once(documents)
    waiting = repository.open_change(session, partner_number)
    if waiting is not None:
        end(waiting, "replaced", actor.member_id, now)
        session.flush()
    known = repository.details(session, partner_number)
    pays = known is not None and known.account is not None and known.verified_at is not None
    made = PayoutDetailsChange(
        id=new_id("pdc"),
        partner_number=partner_number,
        country=country,
        payee_type=payee_type,
        account=details.seal(own, partner_number, account),
        account_hint=account.hint,
        documents=msgspec.to_builtins(list(documents)),
        asked_by=actor.member_id,
        asked_by_login=actor.login,
        asked_at=now,
        effective_at=now + cooling if pays else now,
        verified_by=None,
        verified_at=None,
        ended_at=None,
    )
    session.add(made)
    session.flush()
    audit_log.record(session, "payout_change.asked", made.id, after={"effective_at": str(made.effective_at)})
    about = {
        "by": actor.login,
        "at": notices.spelled(now),
        "hint": account.hint,
        "effective": notices.spelled(made.effective_at),
        "path": "/settings",
    }
    notices.to_partners(session, key, [partner_number], "payout_change_asked", about, now)
    return made


def undo(session: Session, partner_number: int, actor: Actor, key: bytes, now: dt.datetime) -> None:
    """Calls off a change that waits; the partner's members are told.

    Raises:
        ChangeMissingError: none waits.
    """
    found = _open(session, partner_number)
    end(found, "undone", actor.member_id, now)
    session.flush()
    audit_log.record(session, "payout_change.undone", found.id)
    about = {"by": actor.login, "at": notices.spelled(now)}
    notices.to_partners(session, key, [partner_number], "payout_change_undone", about, now)


def verify(session: Session, partner_number: int, actor: Actor, key: bytes, now: dt.datetime) -> PayoutDetailsChange:
    """Notes that finance checked a change against the documents. It is in force at once if it has cooled off.

    Raises:
        ChangeMissingError: none waits.
        SamePersonError: who asked for it cannot verify it.
    """
    found = _open(session, partner_number)
    if found.asked_by == actor.member_id:
        raise SamePersonError("You asked for this change; somebody of finance must verify it")
    found.verified_by, found.verified_at = actor.member_id, now
    session.flush()
    audit_log.record(session, "payout_change.verified", found.id)
    if found.effective_at <= now:
        _take_effect(session, found, key, now)
    return found


def take_effect(session: Session, key: bytes, now: dt.datetime) -> int:
    """Puts every change in force that was verified and has cooled off; returns how many."""
    due = repository.changes_due(session, now)
    for partner_number in due:
        found = repository.open_change(session, partner_number)
        if found is not None and found.verified_at is not None and found.effective_at <= now:
            _take_effect(session, found, key, now)
    return len(due)


def _take_effect(session: Session, found: PayoutDetailsChange, key: bytes, now: dt.datetime) -> None:
    known = repository.details(session, found.partner_number) or PayoutDetails(partner_number=found.partner_number)
    known.country, known.payee_type, known.documents = found.country, found.payee_type, found.documents
    known.account, known.account_hint = found.account, found.account_hint
    known.changed_by, known.changed_at = found.asked_by, now
    known.verified_by, known.verified_at = found.verified_by, now
    session.add(known)
    end(found, "in_force", None, now)
    session.flush()
    about = {"at": notices.spelled(now), "hint": found.account_hint}
    notices.to_partners(session, key, [found.partner_number], "payout_change_in_force", about, now)


def _open(session: Session, partner_number: int) -> PayoutDetailsChange:
    found = repository.open_change(session, partner_number)
    if found is None:
        raise ChangeMissingError("It was called off, replaced, or is in force already")
    return found
