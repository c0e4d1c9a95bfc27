"""Decisions about wallets: signing in with one by EIP-4361, and binding one to a member."""

import datetime as dt
import secrets
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from fenrun.chain.signatures import signer_of
from fenrun.kit import audit_log
from fenrun.kit.errors import FenrunError
from fenrun.kit.security import hash_token
from fenrun.registry import eip4361
from fenrun.registry import members_repository as repository
from fenrun.registry.errors import TakenError, WalletRefusedError
from fenrun.registry.models import Member
from fenrun.registry.sessions_service import Device, Opened, admit, check_password

CHALLENGE_MINUTES = 10
_CLOCK_SKEW = dt.timedelta(minutes=2)


def new_nonce(session: Session, now: dt.datetime) -> tuple[str, dt.datetime]:
    """A nonce for a wallet to sign, and until when it is good."""
    repository.forget_ended(session, now)
    nonce, expires = secrets.token_hex(16), now + dt.timedelta(minutes=CHALLENGE_MINUTES)
    repository.add_challenge(session, hash_token(nonce), "wallet", expires, {})
    return nonce, expires


def sign_in(
    session: Session,
    key: bytes,
    signed: tuple[str, str],
    code: str | None,
    origin: str,
    chain_id: int,
    device: Device,
    now: dt.datetime,
) -> Opened | FenrunError:
    """Opens a session for the member who holds a wallet, by a message of EIP-4361 and its signature.

    Returns:
        The session; or the refusal. Either way the message's nonce has been used.
    """
    try:
        address = prove(session, *signed, origin, chain_id, now)
    except WalletRefusedError as refusal:
        return refusal
    member = repository.member_by_wallet(session, address)
    if member is None or member.disabled_at is not None:
        return WalletRefusedError(f"No member has bound the wallet {address}; sign in otherwise, then bind it")
    return admit(session, key, member, code, "wallet", device, now)


def bind(
    session: Session,
    member: Member,
    password: str,
    signed: tuple[str, str],
    origin: str,
    chain_id: int,
    now: dt.datetime,
) -> str | FenrunError:
    """Binds a wallet to a member, who shows by a signature to hold it.

    Returns:
        The wallet's address; or the refusal: the password or the message is wrong, or the wallet is another's.
    """
    refusal = check_password(session, member, password, now)
    if refusal is not None:
        return refusal
    try:
        address = prove(session, *signed, origin, chain_id, now)
    except WalletRefusedError as error:
        return error
    if repository.is_taken(session, "wallet", address, but=member.id):
        return TakenError(f"Another member has bound the wallet {address}")
    audit_log.record(session, "wallet.bound", member.id, {"wallet": member.wallet}, {"wallet": address})
    member.wallet = address
    return address


def unbind(session: Session, member: Member) -> None:
    """Takes a member's wallet away, if there is one."""
    audit_log.record(session, "wallet.unbound", member.id, {"wallet": member.wallet}, {"wallet": None})
    member.wallet = None


def prove(session: Session, message: str, signature: str, origin: str, chain_id: int, now: dt.datetime) -> str:
    """The wallet that signed a message which is for us, for this chain, for now, and for the first time.

    Args:
        session: the transaction; the nonce is taken out in it.
        message: of EIP-4361.
        signature: 65 bytes in hex, as `personal_sign` gives it. Contracts' (EIP-1271) are not taken.
        origin: where people reach the portal, `https://…`.
        chain_id: of the ledger.
        now: the time.

    Returns:
        The address, lower case.

    Raises:
        WalletRefusedError: it names the first part that is wrong.
    """
    try:
        parsed = eip4361.parse(message)
    except ValueError as error:
        raise WalletRefusedError(f"Refused: {error}") from error
    asked = repository.take_challenge(session, hash_token(parsed.nonce), "wallet", now)
    signer = signer_of(message, signature)
    here, there = urlsplit(origin), urlsplit(parsed.uri)
    wrong = {
        "nonce: it is not ours, was used, or has expired": asked is None,
        f"domain: it must be {here.netloc}": parsed.domain != here.netloc,
        f"scheme: it must be {here.scheme}": parsed.scheme not in (None, here.scheme),
        f"URI: it must be at {origin}": (there.scheme, there.netloc) != (here.scheme, here.netloc),
        f"chain id: it must be {chain_id}": parsed.chain_id != chain_id,
        "issued-at: it is in the future": parsed.issued_at > now + _CLOCK_SKEW,
        "issued-at: it is too old": parsed.issued_at < now - dt.timedelta(minutes=CHALLENGE_MINUTES) - _CLOCK_SKEW,
        "expiration-time: it is over": parsed.expiration_time is not None and parsed.expiration_time <= now,
        "not-before: it is not yet": parsed.not_before is not None and parsed.not_before > now + _CLOCK_SKEW,
        "signature: it is not the address's": signer is None or signer != parsed.address.lower(),
    }
    for part, is_wrong in wrong.items():
        if is_wrong:
            raise WalletRefusedError(f"Refused: {part}")
    return parsed.address.lower()
