"""Decisions about invitations: who may ask whom in, and what becomes of the link."""

import datetime as dt

from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.errors import ForbiddenError, NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.security import hash_token, new_token
from fenrun.mail import service as mail
from fenrun.registry import links_repository as repository
from fenrun.registry import members_service, sessions_service
from fenrun.registry import repository as partners
from fenrun.registry.access import Role, Viewer
from fenrun.registry.errors import InvitationStateError, LinkEndedError, TakenError
from fenrun.registry.models import Invitation
from fenrun.registry.notices import spelled
from fenrun.registry.sessions_service import Device, Opened

VALID = dt.timedelta(days=7)
"""How long the link of a letter is good."""
_HOUSE = "Fenrun"


def invite(
    session: Session,
    key: bytes,
    by: Viewer,
    email: str,
    role: Role,
    partner_id: str | None,
    language: str,
    now: dt.datetime,
) -> Invitation:
    """Asks somebody in, by a letter with a link that is good for a week.

    Args:
        session: the transaction.
        key: the installation's key, under which the letter is sealed.
        by: who asks: admins anybody, channel operations partners' members.
        email: lower case; it becomes the login.
        role: what they are to be.
        partner_id: whose member they are to be; given for the role `partner`, and for no other.
        language: of the letter, and of later ones.
        now: the time.

    Raises:
        ForbiddenError: staff is for admins to invite.
        TakenError: a member has the address, or it is invited already.
        MalformedError: role and partner do not fit together.
        NotFoundError: no such partner.
    """
    _require_may(by, role)
    number = members_service.partner_of(session, role, partner_id)
    if repository.open_invitation_of(session, email) is not None:
        raise TakenError(f"email: {email} is invited already; resend or withdraw that invitation")
    members_service.refuse_taken(session, "login", email)
    members_service.refuse_taken(session, "email", email)
    made = Invitation(
        id=new_id("inv"),
        email=email,
        role=role,
        partner_number=number,
        language=language,
        invited_by=by.member_id,
        created_at=now,
        withdrawn_at=None,
        accepted_at=None,
        member_id=None,
    )
    _send(session, key, made, by, now)
    session.add(made)
    session.flush()
    after = {"email": email, "role": role, "partner_id": partner_id}
    audit_log.record(session, "invitation.sent", made.id, after=after)
    return made


def resend(session: Session, key: bytes, by: Viewer, id_: str, now: dt.datetime) -> Invitation:
    """Sends another letter, with a link that is good for a week from now; the one before is void.

    Raises:
        NotFoundError: no such invitation that is theirs to see.
        ForbiddenError: staff is for admins to invite.
        InvitationStateError: it was accepted or withdrawn.
    """
    found = _open(session, by, id_)
    mail.withdraw(session, found.id)
    _send(session, key, found, by, now)
    audit_log.record(session, "invitation.resent", id_, after={"expires_at": str(found.expires_at)})
    return found


def withdraw(session: Session, by: Viewer, id_: str, now: dt.datetime) -> None:
    """Makes an invitation void; a letter that has not gone yet does not go.

    Raises:
        NotFoundError: no such invitation that is theirs to see.
        ForbiddenError: staff is for admins to invite.
        InvitationStateError: it was accepted or withdrawn.
    """
    found = _open(session, by, id_)
    found.withdrawn_at = now
    mail.withdraw(session, found.id)
    audit_log.record(session, "invitation.withdrawn", id_)


def of_link(session: Session, token: str, now: dt.datetime) -> Invitation:
    """The invitation of a letter's link.

    Raises:
        LinkEndedError: the link is not good.
    """
    found = repository.invitation_by_token(session, hash_token(token))
    if found is None or state(found, now) != "open":
        raise LinkEndedError("It was used, replaced or withdrawn, or its week is over; ask for another invitation")
    return found


def accept(session: Session, token: str, password: str, device: Device, now: dt.datetime) -> Opened:
    """Makes who has the link a member with a password of its choice, and opens a session.

    Raises:
        LinkEndedError: the link is not good.
        TakenError: somebody has become a member by this address meanwhile.
    """
    found = of_link(session, token, now)
    member = members_service.accept(session, found, password)
    found.accepted_at, found.member_id = now, member.id
    audit_log.record(session, "invitation.accepted", found.id, after={"member_id": member.id})
    return sessions_service.open_session(session, member, "password", device, now)


def state(found: Invitation, now: dt.datetime) -> str:
    """What has become of an invitation: `open`, `accepted`, `withdrawn` or `expired`."""
    if found.accepted_at is not None:
        return "accepted"
    if found.withdrawn_at is not None:
        return "withdrawn"
    return "open" if now < found.expires_at else "expired"


def inviting_name(session: Session, found: Invitation) -> str:
    """Whom the letter and the page name as the portal's: the partner, or the house for its staff."""
    number = found.partner_number
    return partners.names(session, [number])[number].name if number is not None else _HOUSE


def _send(session: Session, key: bytes, found: Invitation, by: Viewer, now: dt.datetime) -> None:
    token = new_token()
    found.token_hash, found.expires_at = hash_token(token), now + VALID
    variables = {
        "inviter": by.login,
        "partner": inviting_name(session, found),
        "until": spelled(found.expires_at),
        "path": f"/invitation/{token}",
    }
    mail.write(session, key, found.email, "invitation", found.language, found.id, variables, found.expires_at)


def _open(session: Session, by: Viewer, id_: str) -> Invitation:
    found = repository.invitation(session, id_)
    if found is None or not (found.role == "partner" or by.may("access:read")):
        raise NotFoundError(f"No invitation {id_}")
    _require_may(by, found.role)
    if found.accepted_at is not None or found.withdrawn_at is not None:
        raise InvitationStateError("It was accepted or withdrawn already; invite again if need be")
    return found


def _require_may(by: Viewer, role: str) -> None:
    if role != "partner" and not by.may("access:write"):
        raise ForbiddenError(f"role: only an admin invites the staff, and you are {by.role}; invite partners' members")
