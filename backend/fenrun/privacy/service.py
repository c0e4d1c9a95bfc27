"""Decisions about requests about one's data: the clock, who answers, what an erasure may take away."""

import datetime as dt
import secrets
from typing import Literal

from sqlalchemy.orm import Session

from fenrun.compliance import repository as compliance
from fenrun.compliance.sanctions import folded
from fenrun.kit import audit_log
from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.money import Currency
from fenrun.kit.security import hash_password
from fenrun.mail import service as mail
from fenrun.payouts.errors import SamePersonError
from fenrun.privacy import archive, repository
from fenrun.privacy.deadlines import Law, due_on
from fenrun.privacy.errors import ErasureBlockedError, RequestStateError
from fenrun.privacy.models import PrivacyRequest
from fenrun.registry import members_service, notices, person_keys
from fenrun.registry import repository as partners
from fenrun.registry.access import Viewer
from fenrun.registry.models import Member
from fenrun.webhooks import repository as webhooks

Kind = Literal["export", "erasure"]
KEPT = dt.timedelta(days=7)
"""How long an archive can be fetched."""


def ask(session: Session, viewer: Viewer, kind: Kind, law: Law, now: dt.datetime) -> PrivacyRequest:
    """Asks for the viewer's data, or for their erasure; who may act for a partner asks for the partner's as well.

    Raises:
        RequestStateError: one of the kind is not answered yet.
    """
    if repository.is_open(session, viewer.member_id, kind):
        raise RequestStateError("One is being answered already; its deadline stands")
    made = PrivacyRequest(
        id=new_id("pv"),
        kind=kind,
        law=law,
        member_id=viewer.member_id,
        login=viewer.login,
        partner_number=viewer.partner_number if viewer.may("partner:write") else None,
        asked_at=now,
        due_on=due_on(law, now.date()),
        state="asked",
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    audit_log.record(session, "privacy.asked", made.id, after={"kind": kind, "law": law, "due_on": str(made.due_on)})
    return made


# --- Archives ---------------------------------------------------------------------------------------


def make_next(session: Session, reading: Session, key: bytes, currency: Currency, now: dt.datetime) -> bool:
    """Makes the oldest archive that was asked for, and tells the member; returns whether there was one.

    Args:
        session: the transaction of the request.
        reading: a session that sees one moment of the database.
        key: the installation's key; the archive is kept under it, a partner's under the partner's own.
        currency: the ledger's.
        now: the time.
    """
    repository.expire(session, now)
    found = repository.next_export(session)
    if found is None:
        return False
    member = members_service.one(session, found.member_id)
    sealing = _archive_key(session, key, found, hold=True)
    content = archive.make(reading, key, member, found.partner_number, currency, now)
    found.archive = encrypt(sealing, archive_context(found.id), content)
    found.state, found.done_at, found.expires_at = "ready", now, now + KEPT
    session.flush()
    about = {"login": member.login, "until": notices.spelled(found.expires_at), "path": "/settings"}
    notices.to_one(session, key, member, "export_ready", about, now)
    return True


def fetch(session: Session, request_id: str, viewer: Viewer, key: bytes, now: dt.datetime) -> bytes:
    """The archive of the viewer's own request.

    Raises:
        NotFoundError: it is none of theirs.
        RequestStateError: it is not ready, or its time is over.
    """
    found = repository.by_id(session, request_id)
    if found is None or found.member_id != viewer.member_id:
        raise NotFoundError(f"No request {request_id}")
    if found.archive is None or found.expires_at is None or found.expires_at <= now:
        raise RequestStateError("The archive is not ready, or its seven days are over; ask for another")
    audit_log.record(session, "privacy.fetched", found.id)
    return decrypt(_archive_key(session, key, found), archive_context(found.id), found.archive)


def archive_context(request_id: str) -> str:
    """Whose archive it is, as `encrypt` wants it."""
    return f"archive {request_id}"


def _archive_key(session: Session, key: bytes, found: PrivacyRequest, *, hold: bool = False) -> bytes:
    return key if found.partner_number is None else person_keys.of(session, key, found.partner_number, hold=hold)


# --- Erasure ----------------------------------------------------------------------------------------


def approve(session: Session, request_id: str, viewer: Viewer, now: dt.datetime) -> PrivacyRequest:
    """Lets an erasure be carried out, by somebody else.

    Raises:
        NotFoundError: no such erasure.
        RequestStateError: it was answered already.
        SamePersonError: it is the viewer's own.
        ErasureBlockedError: something is still to be paid or decided.
    """
    found = _erasure(session, request_id, viewer, "asked")
    _require_nothing_due(session, found)
    found.state, found.decided_by, found.decided_at = "approved", viewer.member_id, now
    audit_log.record(session, "privacy.approved", found.id)
    return found


def refuse(
    session: Session, request_id: str, viewer: Viewer, reason: str, key: bytes, now: dt.datetime
) -> PrivacyRequest:
    """Turns an erasure down, with a reason that the member reads.

    Raises:
        NotFoundError: no such erasure.
        RequestStateError: it was answered already.
        SamePersonError: it is the viewer's own.
    """
    found = _erasure(session, request_id, viewer, "asked", "approved")
    found.state, found.decided_by, found.decided_at, found.reason = "refused", viewer.member_id, now, reason
    audit_log.record(session, "privacy.refused", found.id, after={"reason": reason})
    member = members_service.one(session, found.member_id)
    notices.to_one(session, key, member, "erasure_refused", {"login": member.login, "reason": reason}, now)
    return found


def erase(session: Session, request_id: str, viewer: Viewer, key: bytes, now: dt.datetime) -> PrivacyRequest:
    """Erases what may be erased, once another member has approved it. There is no way back.

    Raises:
        NotFoundError: no such erasure.
        RequestStateError: it is not approved.
        SamePersonError: the viewer approved it, or it is their own.
        ErasureBlockedError: something has become due since.
    """
    found = _erasure(session, request_id, viewer, "approved")
    if found.decided_by == viewer.member_id:
        raise SamePersonError("You approved this erasure; somebody else of compliance must carry it out")
    _require_nothing_due(session, found)
    member = members_service.one(session, found.member_id)
    goodbye = notices.addresses(member, now), member.language, member.login
    found.state, found.done_by, found.done_at = "erased", viewer.member_id, now
    session.flush()
    forget(session, found.member_id, found.partner_number, now)
    audit_log.record(session, "privacy.erased", found.id)
    addresses, language, login = goodbye
    for address in addresses:
        # The last letter; its address goes with it.
        about = {"login": login, "at": notices.spelled(now)}
        mail.write(session, key, address, "erasure_done", language, found.id, about)
    return found


def forget(session: Session, member_id: str, partner_number: int | None, now: dt.datetime) -> None:
    """Takes away what an erasure takes: of a member, or of a partner with all its members."""
    if partner_number is None:
        _forget_member(session, member_id, now)
    else:
        _forget_partner(session, partner_number, now)


def _erasure(session: Session, request_id: str, viewer: Viewer, *states: str) -> PrivacyRequest:
    found = repository.by_id(session, request_id)
    if found is None or found.kind != "erasure":
        raise NotFoundError(f"No erasure {request_id}")
    if found.state not in states:
        raise RequestStateError(f"The erasure is {found.state}; this needs {' or '.join(states)}")
    if found.member_id == viewer.member_id:
        raise SamePersonError("This is your own request; others must answer it")
    return found


def _require_nothing_due(session: Session, found: PrivacyRequest) -> None:
    due = repository.still_due(session, found.partner_number) if found.partner_number is not None else None
    if due is not None:
        raise ErasureBlockedError(f"The partner's account {due} is not settled; pay out or write off first")


def _forget_partner(session: Session, number: int, now: dt.datetime) -> None:
    for member_id in repository.members_of(session, number):
        _forget_member(session, member_id, now)
    # Here, after the members' rows, in which order an archive in the making locks them too; and before what is sealed,
    # so that what somebody seals at this moment is there to be taken away.
    person_keys.destroy(session, number, now)
    repository.forget_partner(session, number)
    for endpoint in webhooks.endpoints(session, number, None, None, 1_000):
        webhooks.remove(session, endpoint)
    partner = partners.lock(session, number)
    if partner.type == "individual":
        compliance.forget_partner(session, number, folded(partner.name))
        partner.name, partner.external_id = f"Erased {number}", f"erased-{number}"
    session.flush()


def _forget_member(session: Session, member_id: str, now: dt.datetime) -> None:
    member: Member = members_service.one(session, member_id)
    mail.withdraw(session, member.id)
    gone = f"erased-{member.id.removeprefix('mb_')}"
    repository.forget_member(session, member.id, member.email, gone)
    member.login, member.password_hash = gone, hash_password(secrets.token_urlsafe())
    member.email = member.previous_email = member.email_changed_at = None
    member.oidc_subject = member.wallet = member.totp_secret = member.totp_since = None
    member.disabled_at = member.disabled_at or now
    session.flush()
