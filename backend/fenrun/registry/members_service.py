"""Decisions about members: who is one, and in which role."""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.errors import MalformedError, NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.security import hash_password
from fenrun.registry import links_repository, notices
from fenrun.registry import members_repository as repository
from fenrun.registry import repository as partners
from fenrun.registry.access import Role
from fenrun.registry.errors import OneselfError, TakenError
from fenrun.registry.models import Invitation, Member


def add(
    session: Session,
    login: str,
    role: Role,
    partner_id: str | None,
    email: str | None,
    password: str | None = None,
    language: str = "en",
) -> tuple[Member, str]:
    """Adds a member.

    Args:
        session: the transaction.
        login: lower case.
        role: what they may do, see `registry.access`.
        partner_id: whose member they are; given for the role `partner`, and for no other.
        email: lower case; by it their account at the OpenID provider is found, and letters go there.
        password: a first one; made when there is none.
        language: of letters.

    Returns:
        The member, and the first password, which is not shown again.

    Raises:
        TakenError: the login or e-mail is another member's.
        MalformedError: role and partner do not fit together.
        NotFoundError: no such partner.
    """
    number = partner_of(session, role, partner_id)
    password = password or secrets.token_urlsafe(12)
    member = _add(session, login, password, role, number, email, language)
    after = {"login": login, "role": role, "partner_id": partner_id, "email": email}
    audit_log.record(session, "member.added", member.id, after=after)
    return member, password


def accept(session: Session, invitation: Invitation, password: str) -> Member:
    """Adds the member that an invitation was for; the address is the login.

    Raises:
        TakenError: the login or e-mail is another member's.
    """
    email, number = invitation.email, invitation.partner_number
    member = _add(session, email, password, invitation.role, number, email, invitation.language)
    audit_log.act_as(session, member.id, member.login)
    after = {"login": email, "role": invitation.role, "partner_number": number, "email": email}
    audit_log.record(session, "member.added", member.id, after=after)
    return member


def partner_of(session: Session, role: str, partner_id: str | None) -> int | None:
    """The number of the partner that somebody of a role is to belong to; None for the staff.

    Raises:
        MalformedError: role and partner do not fit together.
        NotFoundError: no such partner.
    """
    if (role == "partner") != (partner_id is not None):
        raise MalformedError("partner_id: give it for the role partner, and for no other")
    if partner_id is None:
        return None
    partner = partners.by_id(session, partner_id)
    if partner is None:
        raise NotFoundError(f"No partner {partner_id}")
    return partner.number


def change(session: Session, key: bytes, by: str, member_id: str, changes: dict[str, Any], now: dt.datetime) -> Member:
    """Changes a member's role among the staff's, whether it may act for its partner or sign in, e-mail, language.

    Another address is told to both, the old one and the new.

    Args:
        session: the transaction.
        key: the installation's key, under which letters are sealed.
        by: the id of the member who asks.
        member_id: whom to change.
        changes: any of `role`, `owner`, `email`, `language`, `disabled`.
        now: the time.

    Raises:
        NotFoundError: no such member.
        OneselfError: role and disabling are for others to change.
        MalformedError: a partner's member stays one, nobody becomes one, and the staff acts for no partner.
        TakenError: the e-mail is another member's.
    """
    member = one(session, member_id)
    repository.lock(session, member)
    if member_id == by and ({"role", "disabled"} & changes.keys()):
        raise OneselfError("Ask another admin to change your own role, or to disable you")
    role = changes.get("role", member.role)
    if (role == "partner") != (member.role == "partner"):
        raise MalformedError("role: a partner's member stays one; add another member instead")
    owner = changes.get("owner", member.is_owner)
    if owner and role != "partner":
        raise MalformedError("owner: only a partner's member acts for a partner")
    if changes.get("email") is not None:
        refuse_taken(session, "email", changes["email"], but=member_id)
    before = _values(member)
    member.role, member.is_owner, member.language = role, owner, changes.get("language", member.language)
    if "email" in changes and changes["email"] != member.email:
        _change_email(session, key, member, changes["email"], now)
    if "disabled" in changes:
        member.disabled_at = (member.disabled_at or now) if changes["disabled"] else None
    if _values(member) != before and (member.role != before["role"] or member.disabled_at is not None):
        repository.end_sign_ins(session, member.id)
    audit_log.record(session, "member.changed", member.id, before, _values(member))
    return member


def change_oneself(session: Session, member_id: str, changes: dict[str, Any]) -> Member:
    """Changes the language of a member's letters, or which it gets: `language`, `muted`."""
    member = one(session, member_id)
    repository.lock(session, member)
    before = {"language": member.language, "muted": member.muted}
    member.language = changes.get("language", member.language)
    member.muted = sorted(set(changes.get("muted", member.muted)))
    after = {"language": member.language, "muted": member.muted}
    audit_log.record(session, "member.chose", member.id, before, after)
    return member


def _change_email(session: Session, key: bytes, member: Member, email: str | None, now: dt.datetime) -> None:
    if len(notices.addresses(member, now)) < 2:
        # Of several changes in a row, the first address of all is told, which was the owner's.
        member.previous_email, member.email_changed_at = member.email, now
    # Another person's address must not lead to the account of the first, nor may a link in the old mailbox.
    member.email, member.oidc_subject = email, None
    links_repository.end_resets(session, member.id)
    notices.to_member(session, key, member, "email_changed", now)


def reset_password(session: Session, key: bytes, member_id: str, now: dt.datetime) -> str:
    """Gives a member a new password, which is not shown again, ends its sessions, and tells it so.

    Raises:
        NotFoundError: no such member.
    """
    member, password = one(session, member_id), secrets.token_urlsafe(12)
    member.password_hash = hash_password(password)
    links_repository.end_resets(session, member.id)
    repository.end_sign_ins(session, member.id)
    audit_log.record(session, "password.reset", member.id)
    notices.to_member(session, key, member, "password_changed", now)
    return password


def reset_totp(session: Session, key: bytes, member_id: str, now: dt.datetime) -> None:
    """Takes a member's authenticator and recovery codes away, ends its sessions, and tells it so.

    Raises:
        NotFoundError: no such member.
    """
    member = one(session, member_id)
    member.totp_secret, member.totp_since = None, None
    repository.replace_recovery_codes(session, member.id, [])
    repository.end_sign_ins(session, member.id)
    audit_log.record(session, "totp.reset", member.id)
    notices.to_member(session, key, member, "totp_removed", now)


def one(session: Session, member_id: str) -> Member:
    """A member by id.

    Raises:
        NotFoundError: there is none.
    """
    found = repository.member(session, member_id)
    if found is None:
        raise NotFoundError(f"No member {member_id}")
    return found


def refuse_taken(session: Session, column: str, value: str, but: str = "") -> None:
    """Refuses a login or an e-mail that another member has.

    Raises:
        TakenError: another has it.
    """
    if repository.is_taken(session, column, value, but):
        raise TakenError(f"{column}: another member has {value}")


def _add(
    session: Session, login: str, password: str, role: str, number: int | None, email: str | None, language: str
) -> Member:
    refuse_taken(session, "login", login)
    if email is not None:
        refuse_taken(session, "email", email)
    member = Member(
        id=new_id("mb"),
        login=login,
        password_hash=hash_password(password),
        role=role,
        partner_number=number,
        is_owner=number is not None and not repository.has_owner(session, number),
        email=email,
        language=language,
    )
    session.add(member)
    session.flush()
    return member


def _values(member: Member) -> dict[str, Any]:
    disabled = member.disabled_at is not None
    return {
        "role": member.role,
        "owner": member.is_owner,
        "email": member.email,
        "language": member.language,
        "disabled": disabled,
    }
