"""Decisions about forgotten passwords: a letter with a link, which is good once and for an hour."""

import datetime as dt

from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.security import hash_password, hash_token, new_token
from fenrun.mail import service as mail
from fenrun.registry import links_repository, notices, sessions_service
from fenrun.registry import members_repository as repository
from fenrun.registry.errors import LinkEndedError
from fenrun.registry.models import Member

VALID = dt.timedelta(hours=1)
PAUSE = dt.timedelta(minutes=2)
"""Within which asking again sends no second letter: nobody's mailbox is to be filled."""


def request(session: Session, key: bytes, login_or_email: str, now: dt.datetime) -> None:
    """Sends a member a link to a new password. Whoever asks learns nothing by it, not even whether there is a member.

    Args:
        session: the transaction.
        key: the installation's key, under which the letter is sealed.
        login_or_email: lower case.
        now: the time.
    """
    member = repository.member_by_login(session, login_or_email) or repository.member_by_email(session, login_or_email)
    if member is None or member.disabled_at is not None or member.email is None:
        return
    token, until = new_token(), now + VALID
    if not links_repository.put_reset(session, member.id, hash_token(token), now, until, PAUSE):
        return
    variables = {"login": member.login, "until": notices.spelled(until), "path": f"/reset/{token}"}
    mail.write(session, key, member.email, "reset", member.language, member.id, variables, until)
    audit_log.record(session, "password.reset_asked", member.id)


def confirm(session: Session, key: bytes, token: str, password: str, now: dt.datetime) -> Member:
    """Gives the member of a link the password, ends all its sessions, and tells it so.

    Its authenticator is asked for as before: who reads somebody's mail has the password, and no more.

    Raises:
        LinkEndedError: the link is not good.
    """
    member_id = links_repository.take_reset(session, hash_token(token), now)
    member = repository.member(session, member_id) if member_id is not None else None
    if member is None or member.disabled_at is not None:
        raise LinkEndedError("It was used or replaced, or its hour is over; ask for another")
    member.password_hash = hash_password(password)
    ended = repository.end_sign_ins(session, member.id)
    sessions_service.forgive(session, member, now)
    audit_log.act_as(session, member.id, member.login)
    audit_log.record(session, "password.reset", member.id, after={"sessions_ended": ended})
    notices.to_member(session, key, member, "password_changed", now)
    return member
