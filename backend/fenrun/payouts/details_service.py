"""Payout details: one member writes them down, another verifies them against the documents."""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from fenrun.chain.token import is_address
from fenrun.payouts import details, repository
from fenrun.payouts.details import Account, Document
from fenrun.payouts.eligibility import wallet_refused
from fenrun.payouts.errors import DetailsInvalidError, DetailsMissingError, RailError, SamePersonError
from fenrun.payouts.models import PayoutDetails, PayoutDetailsChange
from fenrun.payouts.service import Actor
from fenrun.payouts.withholding import load_rules
from fenrun.registry import notices, person_keys


def set_details(
    session: Session,
    partner_number: int,
    country: str,
    payee_type: str,
    account: Account | None,
    wallet: str | None,
    documents: Sequence[Document],
    actor: Actor,
    key: bytes,
    now: dt.datetime,
) -> PayoutDetails:
    """Writes a partner's payout details, or replaces them; they are unverified then, and pay nothing yet.

    A change that the partner asked for ends by it. The partner's members are told, at a former address too.

    Raises:
        DetailsInvalidError: an account that no bank would take, no address, or a document that is there twice.
        RailError: a wallet of a payee that can only be paid by bank.
        ErasedError: the partner's data were erased.
    """
    own = person_keys.of(session, key, partner_number, hold=True)
    if account is None and wallet is None:
        raise DetailsInvalidError("account: give a bank account, a wallet, or both")
    account = details.checked(account) if account is not None else None
    if wallet is not None:
        _require_wallet(wallet, country, payee_type, now.date())
    require_each_once(documents)
    waiting = repository.open_change(session, partner_number)
    if waiting is not None:
        end(waiting, "replaced", actor.member_id, now)
    known = repository.details(session, partner_number) or PayoutDetails(partner_number=partner_number)
    known.country, known.payee_type = country, payee_type
    known.account = details.seal(own, partner_number, account) if account is not None else None
    known.account_hint = account.hint if account is not None else ""
    known.wallet = wallet.lower() if wallet is not None else None
    known.documents = msgspec.to_builtins(list(documents))
    known.changed_by, known.changed_at = actor.member_id, now
    known.verified_by = known.verified_at = None
    session.add(known)
    session.flush()
    notices.to_partners(session, key, [partner_number], "payout_details_changed", {"at": notices.spelled(now)}, now)
    return known


def require_each_once(documents: Sequence[Document]) -> None:
    """Refuses documents of which two are of a kind.

    Raises:
        DetailsInvalidError: a document is there twice.
    """
    if len({document.kind for document in documents}) < len(documents):
        raise DetailsInvalidError("documents: each kind may be there once")


def end(change: PayoutDetailsChange, outcome: str, by: str | None, now: dt.datetime) -> None:
    """Ends a change; the account that it named is forgotten here."""
    change.account, change.outcome, change.ended_by, change.ended_at = None, outcome, by, now


def _require_wallet(wallet: str, country: str, payee_type: str, day: dt.date) -> None:
    if not is_address(wallet):
        raise DetailsInvalidError("wallet: no address, which is 0x and 40 hex digits, or its checksum does not fit")
    refused = wallet_refused(country, load_rules().rule_for(country, payee_type, day))
    if refused is not None:
        raise RailError(refused.detail)


def verify(session: Session, partner_number: int, actor: Actor, now: dt.datetime) -> PayoutDetails:
    """Notes that somebody checked a partner's details against the documents.

    Raises:
        DetailsMissingError: there are none.
        SamePersonError: who wrote them cannot verify them.
    """
    known = repository.details(session, partner_number)
    if known is None:
        raise DetailsMissingError("Write them down first; then another member verifies them")
    if known.changed_by == actor.member_id:
        raise SamePersonError("You wrote these details down; somebody else of finance must verify them")
    known.verified_by, known.verified_at = actor.member_id, now
    session.flush()
    return known
