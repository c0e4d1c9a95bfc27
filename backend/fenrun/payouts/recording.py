"""Payments on their way to the chain, and back."""

import datetime as dt
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.keys import Keys
from fenrun.chain.sender import bind
from fenrun.kit.ids import new_id
from fenrun.payouts import repository
from fenrun.payouts.models import Payout
from fenrun.registry import person_keys

PAYOUTS_PER_CALL = 300
RETURNS_PER_JOB = 50

_CONTRACT = "SettlementLedger"
_log = structlog.get_logger()


def pay_available(
    session: Session, client: Client, keys: Keys, deployment: Deployment, today: dt.date, at: int | None = None
) -> int:
    """Binds the calls that record payments of everything that is available, without a run; returns how many calls.

    No minimum, no tax, no approval: a replay's months. What is on its way counts as paid, so it is never paid twice.
    """
    repository.lock(session)
    payouts = [
        Payout(
            id=new_id("po"),
            partner_number=partner_number,
            gross=amount,
            withheld=0,
            bank_reference=f"FENRUN {today:%Y-%m} {partner_number:07d}",
        )
        for partner_number, amount in repository.available(session)
    ]
    session.add_all(payouts)
    session.flush()
    parts = [payouts[start : start + PAYOUTS_PER_CALL] for start in range(0, len(payouts), PAYOUTS_PER_CALL)]
    for part in parts:
        _record(session, client, keys, deployment, part, at)
    return len(parts)


def record_due(session: Session, client: Client, keys: Keys, deployment: Deployment, at: int | None = None) -> int:
    """Binds the call that records the next payments that the bank made; returns how many payments.

    One that the bank sent back before this is not recorded at all, and payable again.
    """
    repository.fail_never_recorded(session)
    payouts = repository.to_record(session, PAYOUTS_PER_CALL)
    if not payouts:
        return 0
    try:
        _record(session, client, keys, deployment, payouts, at)
    except RevertedError as error:
        # The ledger is paused or retired: they wait, and nothing else does.
        _log.warning("payouts.not_recorded", payouts=len(payouts), detail=error.detail)
        return 0
    return len(payouts)


def return_due(session: Session, client: Client, keys: Keys, deployment: Deployment, at: int | None = None) -> int:
    """Binds the calls that take back recorded payments that bounced; returns how many."""
    due = repository.to_return(session, RETURNS_PER_JOB)
    own = _keys(session, keys, due)
    bound = 0
    for payout in due:
        assert payout.bounce_reason is not None
        reason = person_keys.stands_for(own[payout.partner_number], "bank reason", payout.bounce_reason)
        call = Call(
            f"return:{payout.number}:{payout.return_intent_id or 0}",
            keys.address("treasurer"),
            deployment.addresses[_CONTRACT],
            artifact(_CONTRACT).call("returnPayout", payout.number, reason),
        )
        try:
            gas = estimate(client, call, _CONTRACT, at)
        except RevertedError as error:
            _log.warning("payouts.not_returned", payout=payout.number, detail=error.detail)
            continue
        payout.return_intent_id = bind(session, call, gas)
        bound += 1
    session.flush()
    return bound


def _record(
    session: Session, client: Client, keys: Keys, deployment: Deployment, payouts: list[Payout], at: int | None
) -> None:
    first, own = payouts[0], _keys(session, keys, payouts)
    call = Call(
        # Tried again after it was left out or reverted, it is another intent.
        f"payouts:{first.number}:{first.intent_id or 0}",
        keys.address("treasurer"),
        deployment.addresses[_CONTRACT],
        artifact(_CONTRACT).call(
            "recordPayouts", [_argument(payout, own[payout.partner_number]) for payout in payouts]
        ),
    )
    intent_id = bind(session, call, estimate(client, call, _CONTRACT, at))
    repository.set_intent(session, [payout.number for payout in payouts], intent_id)


def _keys(session: Session, keys: Keys, payouts: Sequence[Payout]) -> dict[int, bytes | None]:
    return person_keys.of_all(session, keys.reference_key, [payout.partner_number for payout in payouts])


def _argument(payout: Payout, own: bytes | None) -> tuple[int, int, int, int, bytes]:
    bank_ref = person_keys.stands_for(own, "bank", payout.bank_reference)
    return payout.number, payout.partner_number, payout.gross, payout.withheld, bank_ref
