"""Decisions about signing in: passwords, codes, OpenID accounts, and the sessions they open.

What fails is returned, not raised, where the failure has to be counted: an error that is raised takes its count back.
"""

import base64
import datetime as dt
import hashlib
import secrets
from typing import NamedTuple

import pyotp
from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import FenrunError, NotFoundError, UnauthorizedError
from fenrun.kit.ids import new_id
from fenrun.kit.security import hash_password, hash_token, is_password, new_token
from fenrun.registry import links_repository, notices
from fenrun.registry import members_repository as repository
from fenrun.registry.errors import (
    CodeRequiredError,
    CodeWrongError,
    LockedOutError,
    OidcRefusedError,
    PasswordWrongError,
    TotpEnrolledError,
)
from fenrun.registry.models import Member, SignIn, SignInFailures

SIGN_IN_HOURS = 12
FREE_FAILURES = 5
"""So many in a row cost nothing; from then on each doubles the wait."""
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=1)
RECOVERY_CODES = 10
_ISSUER = "Fenrun"
_STEP_SECONDS = 30


class Device(NamedTuple):
    """Where somebody signs in from."""

    address: str
    user_agent: str


class Opened(NamedTuple):
    """A session that was opened, and the token that the browser keeps."""

    member: Member
    token: str


# --- Password and code --------------------------------------------------------------------------------


def sign_in(
    session: Session, key: bytes, login: str, password: str, code: str | None, device: Device, now: dt.datetime
) -> Opened | FenrunError:
    """Opens a session for a login and its password, and an authenticator's or a recovery code where there is one.

    Returns:
        The session; or the refusal, which does not say whether the login exists.
    """
    found = repository.member_by_login(session, login)
    member = found if found is not None and found.disabled_at is None else None
    failures = repository.failures(session, _login_hash(login), now)
    if (locked := _locked(failures, now)) is not None:
        return locked
    if not is_password(password, member.password_hash if member else None) or member is None:
        return _failed(session, failures, member, UnauthorizedError("Login or password is wrong"), now)
    return admit(session, key, member, code, "password", device, now)


def admit(
    session: Session, key: bytes, member: Member, code: str | None, method: str, device: Device, now: dt.datetime
) -> Opened | FenrunError:
    """Opens a session for a member who showed a password or a wallet, if the second factor is there too.

    Returns:
        The session; or the refusal.
    """
    failures = repository.failures(session, _login_hash(member.login), now)
    if (locked := _locked(failures, now)) is not None:
        return locked
    refusal = _second_factor(session, key, member, code, now)
    if isinstance(refusal, CodeRequiredError):
        return refusal
    if refusal is not None:
        return _failed(session, failures, member, refusal, now)
    failures.failures = 0
    return open_session(session, member, method, device, now)


def check_password(session: Session, member: Member, password: str, now: dt.datetime) -> FenrunError | None:
    """Asks for a member's password again, before something that a stolen session must not do.

    Returns:
        The refusal, which was counted; None when the password is right.
    """
    failures = repository.failures(session, _login_hash(member.login), now)
    if (locked := _locked(failures, now)) is not None:
        return locked
    if not is_password(password, member.password_hash):
        return _failed(session, failures, member, PasswordWrongError("Enter your password"), now)
    return None


def change_password(
    session: Session, key: bytes, member: Member, current: str, new: str, session_id: str | None, now: dt.datetime
) -> FenrunError | None:
    """Gives a member another password, ends its other sessions, and tells it so.

    Returns:
        The refusal when the current password is wrong.
    """
    refusal = check_password(session, member, current, now)
    if refusal is not None:
        return refusal
    member.password_hash = hash_password(new)
    links_repository.end_resets(session, member.id)
    ended = repository.end_sign_ins(session, member.id, but=session_id)
    audit_log.record(session, "password.changed", member.id, after={"sessions_ended": ended})
    notices.to_member(session, key, member, "password_changed", now)
    return None


# --- Authenticator ------------------------------------------------------------------------------------


def enrol_totp(session: Session, key: bytes, member: Member, password: str, now: dt.datetime) -> str | FenrunError:
    """Gives a member a secret for an authenticator. It is asked for once a code of it was confirmed.

    Returns:
        The secret, in base 32; or the refusal.

    Raises:
        TotpEnrolledError: there is an authenticator. An admin can take it away.
    """
    if member.totp_since is not None:
        raise TotpEnrolledError("You have an authenticator; ask an admin to reset it")
    refusal = check_password(session, member, password, now)
    if refusal is not None:
        return refusal
    secret = pyotp.random_base32()
    member.totp_secret, member.totp_step = encrypt(key, f"totp:{member.id}", secret.encode()), 0
    audit_log.record(session, "totp.begun", member.id)
    return secret


def otpauth_uri(secret: str, login: str) -> str:
    """The address that authenticators read, as a QR code or a link."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def confirm_totp(
    session: Session, key: bytes, member: Member, code: str, session_id: str | None, now: dt.datetime
) -> list[str] | FenrunError:
    """Makes an authenticator count, by a code of it; ends the member's other sessions, which were opened without one.

    Returns:
        The recovery codes, which are shown this once; or the refusal.

    Raises:
        TotpEnrolledError: nothing was begun, or it was confirmed already.
    """
    if member.totp_since is not None or member.totp_secret is None:
        raise TotpEnrolledError("Begin with POST /v1/me/totp")
    failures = repository.failures(session, _login_hash(member.login), now)
    if (locked := _locked(failures, now)) is not None:
        return locked
    if not _use_code(key, member, code, now):
        wrong = CodeWrongError("Enter the code that the authenticator shows now")
        return _failed(session, failures, member, wrong, now)
    member.totp_since = now
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    repository.replace_recovery_codes(session, member.id, [_code_hash(member, one) for one in codes])
    ended = repository.end_sign_ins(session, member.id, but=session_id)
    audit_log.record(session, "totp.enrolled", member.id, after={"sessions_ended": ended})
    return codes


def _second_factor(
    session: Session, key: bytes, member: Member, code: str | None, now: dt.datetime
) -> FenrunError | None:
    """What speaks against letting a member in by its code; nothing if it has no authenticator."""
    if member.totp_since is None:
        return None
    if not code:
        return CodeRequiredError("Send the authenticator's code, or a recovery code, as `code`")
    repository.lock(session, member)  # of two with one code, one gets in
    if _use_code(key, member, code, now):
        return None
    if repository.use_recovery_code(session, member.id, _code_hash(member, code)):
        audit_log.record(session, "recovery_code.used", member.id)
        return None
    return CodeWrongError("Enter the code that the authenticator shows now; each can be used once")


def _use_code(key: bytes, member: Member, code: str, now: dt.datetime) -> bool:
    """Whether a code is the authenticator's of now, or one step beside for its clock's sake, and was not used."""
    if member.totp_secret is None:
        return False
    totp = pyotp.TOTP(decrypt(key, f"totp:{member.id}", member.totp_secret).decode())
    current = int(now.timestamp()) // _STEP_SECONDS
    for step in (current - 1, current, current + 1):
        if step > member.totp_step and secrets.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            member.totp_step = step
            return True
    return False


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def _code_hash(member: Member, code: str) -> bytes:
    # 80 random bits: one round is enough. Written with other dashes or capitals, it is the same code.
    plain = "".join(part for part in code.lower() if part.isalnum())
    return hashlib.sha256(f"{member.id}\0{plain}".encode()).digest()


# --- OpenID -------------------------------------------------------------------------------------------


def sign_in_by_oidc(
    session: Session, subject: str, verified_email: str | None, device: Device, now: dt.datetime
) -> Opened:
    """Opens a session for the member of a provider's account. Nobody is made a member by it.

    The first time the member is found by the e-mail that the provider vouches for; from then on by the subject alone.
    A second factor is the provider's to ask for.

    Raises:
        OidcRefusedError: nobody here has this account.
    """
    member = repository.member_by_subject(session, subject, verified_email)
    if member is None or member.disabled_at is not None:
        raise OidcRefusedError("No member has this account; ask an admin to add its e-mail to a member")
    if member.oidc_subject is None:
        member.oidc_subject = subject
        audit_log.record(session, "oidc.bound", member.id, after={"subject": subject})
    return open_session(session, member, "oidc", device, now)


# --- Sessions -----------------------------------------------------------------------------------------


def open_session(session: Session, member: Member, method: str, device: Device, now: dt.datetime) -> Opened:
    """Opens a session for a member who has shown who it is."""
    repository.forget_ended(session, now)
    token = new_token()
    entry = SignIn(
        token_hash=hash_token(token),
        id=new_id("ss"),
        member_id=member.id,
        method=method,
        address=device.address,
        user_agent=device.user_agent[:200],
        expires_at=now + dt.timedelta(hours=SIGN_IN_HOURS),
    )
    session.add(entry)
    session.flush()
    audit_log.act_as(session, member.id, member.login)
    audit_log.record(session, "session.opened", entry.id, after={"method": method})
    return Opened(member, token)


def sign_out(session: Session, token: str, now: dt.datetime) -> None:
    """Ends a session, if there is one."""
    found = repository.sign_in(session, hash_token(token), now)
    if found is None:
        return
    member, entry = found
    repository.end_sign_ins(session, member.id, only=entry.id)
    audit_log.act_as(session, member.id, member.login)
    audit_log.record(session, "session.ended", entry.id)


def sessions_of(session: Session, member_id: str, now: dt.datetime) -> list[SignIn]:
    """A member's sessions, newest first."""
    return repository.sign_ins(session, member_id, now)


def revoke_session(session: Session, member_id: str, session_id: str) -> None:
    """Ends one of a member's sessions.

    Raises:
        NotFoundError: it is not one of theirs.
    """
    if not repository.end_sign_ins(session, member_id, only=session_id):
        raise NotFoundError(f"No session {session_id}")
    audit_log.record(session, "session.revoked", session_id)


# --- Failures -----------------------------------------------------------------------------------------


def wait_after(failures: int) -> dt.timedelta:
    """How long a login is locked after so many failures in a row."""
    if failures < FREE_FAILURES:
        return dt.timedelta(0)
    doublings = min(failures - FREE_FAILURES, 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def forgive(session: Session, member: Member, now: dt.datetime) -> None:
    """Lets a member try at once, however often its login failed."""
    failures = repository.failures(session, _login_hash(member.login), now)
    failures.failures, failures.locked_until = 0, now


def _locked(failures: SignInFailures, now: dt.datetime) -> LockedOutError | None:
    if failures.locked_until <= now:
        return None
    seconds = int((failures.locked_until - now).total_seconds()) + 1
    error = LockedOutError(f"Too many failed attempts; try again in {seconds} s")
    error.retry_after = seconds
    return error


def _failed(
    session: Session, failures: SignInFailures, member: Member | None, error: FenrunError, now: dt.datetime
) -> FenrunError:
    failures.failures, failures.last_at = failures.failures + 1, now
    if wait := wait_after(failures.failures):
        failures.locked_until = now + wait
    # What somebody typed as a login may be a password: a login that is nobody's is not written down.
    target = member.id if member is not None else ""
    audit_log.record(session, "sign_in.refused", target, after={"code": error.code, "failures": failures.failures})
    return error


def _login_hash(login: str) -> bytes:
    return hash_token(f"login\0{login}")
