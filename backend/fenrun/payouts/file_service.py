"""The bank file of an approved run."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from fenrun.kit.money import Currency
from fenrun.payouts import bank_file, details, repository
from fenrun.payouts.errors import FileChangedError, PayerMissingError, RailError, RunEmptyError
from fenrun.payouts.models import Payout, PayoutFile, PayoutRun
from fenrun.payouts.service import Actor, run_of, send
from fenrun.payouts.settings import PayoutSettings
from fenrun.registry import person_keys
from fenrun.registry.errors import ErasedError

Format = Literal["pain.001", "csv"]

_WRITERS = {"pain.001": bank_file.as_pain001, "csv": bank_file.as_csv}


@dataclass(frozen=True)
class MadeFile:
    """A bank file and what is known of it."""

    name: str
    media_type: str
    content: bytes
    sha256: str


def make_file(
    session: Session,
    run_id: str,
    format_: Format,
    actor: Actor,
    settings: PayoutSettings,
    key: bytes,
    currency: Currency,
) -> MadeFile:
    """The file of an approved run for the bank. The first time the run is `sent`; again, it has the same bytes.

    Raises:
        TransitionError: it is not approved.
        PayerMissingError: the paying account is not set up.
        RailError: the vault pays it, without a file.
        RunEmptyError: nobody in it can be paid any more.
        FileChangedError: it was made in the other format, or the paying account was changed since.
        ErasedError: somebody whom it pays was erased since.
        NotFoundError: there is no such run.
    """
    run = run_of(session, run_id)
    if run.rail != "bank":
        raise RailError("The vault pays this run once it is approved; there is no file for the bank")
    if run.status not in ("sent", "closed"):
        send(session, run, actor, key, currency)
    content = _WRITERS[format_](_order(session, run, settings, key, currency))
    digest = hashlib.sha256(content).digest()
    known = repository.file_of(session, run.number)
    if known is None:
        session.add(PayoutFile(run_number=run.number, format=format_, sha256=digest))
        session.flush()
    elif known.format != format_:
        raise FileChangedError(f"It was made as {known.format}: in two formats a bank could pay it twice")
    elif bytes(known.sha256) != digest:
        raise FileChangedError("Set FENRUN_PAYOUT_PAYER_… as they were when this file was made first")
    suffix, media_type = ("xml", "application/xml") if format_ == "pain.001" else ("csv", "text/csv")
    return MadeFile(f"{run.id}.{suffix}", media_type, content, digest.hex())


def _order(
    session: Session, run: PayoutRun, settings: PayoutSettings, key: bytes, currency: Currency
) -> bank_file.Order:
    if not (settings.payer_name and settings.payer_account):
        raise PayerMissingError("Set FENRUN_PAYOUT_PAYER_NAME and FENRUN_PAYOUT_PAYER_ACCOUNT")
    payouts = repository.payouts_of(session, run.number, "sent", "completed", "failed", "returned")
    if not payouts:
        raise RunEmptyError("Nobody in this run can be paid any more; cancel it and prepare another")
    assert run.approved_at is not None
    own = person_keys.of_all(session, key, [payout.partner_number for payout in payouts])
    return bank_file.Order(
        message_id=run.id,
        made_at=run.approved_at,
        pays_on=run.pays_on,
        currency=currency,
        payer_name=settings.payer_name,
        payer_account=settings.payer_account,
        payer_bic=settings.payer_bic,
        payments=[
            bank_file.Payment(
                end_to_end_id=payout.end_to_end_id or "",
                account=_account(payout, own[payout.partner_number]),
                net=payout.gross - payout.withheld,
                remittance=f"{payout.id} {run.pays_on}",
            )
            for payout in payouts
        ],
    )


def _account(payout: Payout, own: bytes | None) -> details.Account:
    if own is None:
        raise ErasedError(f"Whom {payout.id} went to was erased: this file cannot be made again; its SHA-256 is kept")
    return details.unseal(own, payout.partner_number, payout.account or b"")
