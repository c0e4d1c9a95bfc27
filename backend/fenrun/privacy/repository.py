"""All SQL of requests about one's data: what an archive holds, and what an erasure takes away."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.orm import Session

from fenrun.kit.db import among
from fenrun.payouts.models import Payout, PayoutDetails, PayoutDetailsChange
from fenrun.privacy.models import PrivacyRequest

# By the name of the archive's file. `:member`, `:email` and `:partner` are the member's and its partner's.
_OF_MEMBER = {
    "account": "SELECT id, login, role, is_owner, email, previous_email, email_changed_at, language, muted, wallet,"
    " oidc_subject, totp_since, disabled_at, created_at FROM members WHERE id = :member",
    "sessions": "SELECT id, method, address, user_agent, created_at, expires_at FROM sign_ins"
    " WHERE member_id = :member ORDER BY id",
    "letters": "SELECT id, kind, language, state, created_at, sent_at FROM letters WHERE about = :member ORDER BY id",
    "invitations": "SELECT id, email, role, language, created_at, accepted_at, withdrawn_at FROM invitations"
    " WHERE email = :email OR member_id = :member ORDER BY id",
    "audit_log": "SELECT at, action, target, before, after, request_id, address FROM audit_log"
    " WHERE actor = :member OR target = :member ORDER BY id",
    "signatures": "SELECT s.id, a.name, a.version, a.language, a.title, s.signer, s.address, encode(s.sha256, 'hex') AS"
    " sha256, s.signed_at FROM agreement_signatures s JOIN agreements a ON a.number = s.agreement_number"
    " WHERE s.member_id = :member ORDER BY s.id",
    "downloads": "SELECT d.id, m.title, v.version, v.file_name, d.address, d.at FROM material_downloads d"
    " JOIN material_versions v ON v.number = d.version_number JOIN materials m ON m.number = v.material_number"
    " WHERE d.member_id = :member ORDER BY d.id",
    "requests": "SELECT id, kind, law, asked_at, due_on, state, reason, done_at FROM privacy_requests"
    " WHERE member_id = :member ORDER BY id",
}
_OF_PARTNER = {
    "partner": "SELECT id, external_id, name, country, type, status, created_at FROM partners WHERE number = :partner",
    "members": "SELECT id, login, is_owner, created_at, disabled_at FROM members WHERE partner_number = :partner"
    " ORDER BY id",
    "agreements": "SELECT s.id, a.name, a.version, a.language, a.title, s.signer, s.login, s.address,"
    " encode(s.sha256, 'hex') AS sha256, s.signed_at FROM agreement_signatures s"
    " JOIN agreements a ON a.number = s.agreement_number WHERE s.partner_number = :partner ORDER BY s.id",
    "standing": "SELECT id, status, reason, at FROM standing_changes WHERE partner_number = :partner ORDER BY number",
    "payout_details": "SELECT country, payee_type, account_hint, wallet, documents, changed_at, verified_at"
    " FROM payout_details WHERE partner_number = :partner",
    "payout_changes": "SELECT id, country, payee_type, account_hint, documents, asked_by_login, asked_at, effective_at,"
    " verified_at, ended_at, outcome FROM payout_details_changes WHERE partner_number = :partner ORDER BY id",
    "exclusions": "SELECT e.id, r.pays_on, e.reason, e.detail FROM payout_exclusions e"
    " JOIN payout_runs r ON r.number = e.run_number WHERE e.partner_number = :partner ORDER BY e.number",
    "webhooks": "SELECT id, url, description, status, created_at FROM webhook_endpoints"
    " WHERE partner_number = :partner ORDER BY id",
}
FILES = (*_OF_MEMBER, *_OF_PARTNER)

_DUE = """
SELECT a.kind FROM accounts a
WHERE a.partner_number = :partner AND a.pending_credits <> a.pending_debits AND a.kind LIKE ANY (:kinds)
UNION ALL
SELECT 'payout:' || status FROM payouts WHERE partner_number = :partner AND status IN ('pending', 'processing', 'sent')
LIMIT 1
"""


def by_id(session: Session, id_: str) -> PrivacyRequest | None:
    """A request by its id, locked against other changes."""
    return session.get(PrivacyRequest, id_, with_for_update=True)


def is_open(session: Session, member_id: str, kind: str) -> bool:
    """Whether a member's request of a kind is not answered. Two who ask at once ask in turn."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:member, 8))"), {"member": member_id})
    query = select(PrivacyRequest.id).where(PrivacyRequest.member_id == member_id, PrivacyRequest.kind == kind)
    return session.scalar(query.where(PrivacyRequest.state.in_(("asked", "approved")))) is not None


def page(
    session: Session, member_id: str | None, after: str | None, before: str | None, limit: int
) -> list[PrivacyRequest]:
    """A page of requests, newest first: a member's, or all."""
    query = select(PrivacyRequest)
    if member_id is not None:
        query = query.where(PrivacyRequest.member_id == member_id)
    if before:
        found = session.scalars(query.where(PrivacyRequest.id > before).order_by(PrivacyRequest.id).limit(limit)).all()
        return list(reversed(found))
    if after:
        query = query.where(PrivacyRequest.id < after)
    return list(session.scalars(query.order_by(PrivacyRequest.id.desc()).limit(limit)))


def next_export(session: Session) -> PrivacyRequest | None:
    """The oldest archive that is to be made, locked; others skip it."""
    query = select(PrivacyRequest).where(PrivacyRequest.kind == "export", PrivacyRequest.state == "asked")
    return session.scalar(query.order_by(PrivacyRequest.id).limit(1).with_for_update(skip_locked=True))


def expire(session: Session, now: dt.datetime) -> None:
    """Deletes archives whose time is over."""
    over = update(PrivacyRequest).where(PrivacyRequest.state == "ready", PrivacyRequest.expires_at <= now)
    session.execute(over.values(state="expired", archive=None))


def rows(session: Session, member_id: str, email: str | None, partner: int | None) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of a member, and of a partner, as rows by the name of their file."""
    values = {"member": member_id, "email": email, "partner": partner}
    queries = _OF_MEMBER if partner is None else {**_OF_MEMBER, **_OF_PARTNER}
    return {
        name: [dict(row) for row in session.execute(text(query), _named(query, values)).mappings()]
        for name, query in queries.items()
    }


def _named(query: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in query}


# --- Erasing ----------------------------------------------------------------------------------------


def still_due(session: Session, partner: int) -> str | None:
    """What of a partner is still to be paid or decided: a kind of account, or a payout's status. None for nothing."""
    kinds = ["payable:%", "asset:partner_debt"]
    found = session.scalar(text(_DUE), {"partner": partner, "kinds": kinds})
    return None if found is None else str(found)


def members_of(session: Session, partner: int) -> Sequence[str]:
    """The members of a partner."""
    query = text("SELECT id FROM members WHERE partner_number = :partner ORDER BY id")
    return list(session.scalars(query, {"partner": partner}))


_FORGET_MEMBER = (
    "DELETE FROM sign_ins WHERE member_id = :member",
    "DELETE FROM recovery_codes WHERE member_id = :member",
    "DELETE FROM password_resets WHERE member_id = :member",
    "UPDATE invitations SET email = 'erased' WHERE member_id = :member OR email = :email",
    "UPDATE material_downloads SET login = :gone, address = '' WHERE member_id = :member",
    "UPDATE privacy_requests SET login = :gone, archive = NULL,"
    " state = CASE WHEN kind = 'export' THEN 'expired' ELSE state END WHERE member_id = :member",
)
_FORGET_PARTNER = (
    "DELETE FROM payout_details WHERE partner_number = :partner",
    "UPDATE payout_details_changes SET account = NULL, account_hint = '', documents = '[]', asked_by_login = 'erased'"
    " WHERE partner_number = :partner",
    "UPDATE payouts SET account = NULL WHERE partner_number = :partner",
)


def forget_member(session: Session, member_id: str, email: str | None, gone: str) -> None:
    """Takes away what hangs on a member, but for its own row."""
    values = {"member": member_id, "email": email, "gone": gone}
    for statement in _FORGET_MEMBER:
        session.execute(text(statement), _named(statement, values))


def forget_partner(session: Session, partner: int) -> None:
    """Takes away where a partner was paid."""
    for statement in _FORGET_PARTNER:
        session.execute(text(statement), {"partner": partner})


def sealed_accounts(
    session: Session, partners: Sequence[int]
) -> Iterator[PayoutDetails | PayoutDetailsChange | Payout]:
    """The rows in which accounts are sealed for partners."""
    for_partners = among(PayoutDetails.partner_number, partners)
    yield from session.scalars(select(PayoutDetails).where(for_partners, PayoutDetails.account.is_not(None)))
    for_partners = among(PayoutDetailsChange.partner_number, partners)
    yield from session.scalars(
        select(PayoutDetailsChange).where(for_partners, PayoutDetailsChange.account.is_not(None))
    )
    for_partners = among(Payout.partner_number, partners)
    yield from session.scalars(select(Payout).where(for_partners, Payout.account.is_not(None)))


def archives(session: Session, partners: Sequence[int]) -> list[PrivacyRequest]:
    """The requests of which an archive is kept that holds data of partners."""
    query = select(PrivacyRequest).where(PrivacyRequest.archive.is_not(None))
    return list(session.scalars(query.where(among(PrivacyRequest.partner_number, partners))))


def erased(session: Session) -> list[RowMapping]:
    """The erasures that were carried out, oldest first."""
    query = text(
        "SELECT r.id, r.law, r.member_id, p.id AS partner_id, r.asked_at, r.due_on, r.decided_by, r.decided_at,"
        " r.done_by, r.done_at FROM privacy_requests r LEFT JOIN partners p ON p.number = r.partner_number"
        " WHERE r.state = 'erased' ORDER BY r.id"
    )
    return list(session.execute(query).mappings())
