"""Approved runs of the token rail on their way to the chain: the vault pays many in one call, each by itself."""

import structlog
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import VAULT, Deployment, artifact, read
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.keys import Keys
from fenrun.chain.sender import bind
from fenrun.kit.money import Currency
from fenrun.payouts import repository, service, vault_repository
from fenrun.payouts.service import Actor

PAYEES_PER_CALL = 40
"""Each may use 300,000 gas, whatever the payee does with it; a transaction may have 16.7 million."""

_GAS, _GAS_PER_PAYEE = 250_000, 340_000
_WORKER = Actor("", "fenrun")
_log = structlog.get_logger()


def send_approved(session: Session, key: bytes, currency: Currency) -> int:
    """Lets approved runs go; returns how many. Four eyes have seen them, and no file has to be carried to a bank."""
    runs = vault_repository.token_runs(session, "approved")
    for run in runs:
        service.send(session, run, _WORKER, key, currency)
    return len(runs)


def pay_due(session: Session, client: Client, keys: Keys, deployment: Deployment, at: int | None = None) -> int:
    """Binds the call that pays the next payees; returns how many.

    One call at a time: the vault numbers them densely, so that none is made twice.
    """
    if deployment.vault is None or vault_repository.is_batch_open(session):
        return 0
    payouts = vault_repository.to_pay(session, PAYEES_PER_CALL)
    if not payouts:
        return 0
    [count] = read(client, VAULT, deployment.vault, "payoutBatchCount")
    payees = [(payout.partner_number, payout.gross - payout.withheld) for payout in payouts]
    first = payouts[0]
    call = Call(
        f"payout-batch:{count + 1}:{first.number}:{first.intent_id or 0}",
        keys.address("treasurer"),
        deployment.vault,
        artifact(VAULT).call("payoutBatch", count + 1, payees),
    )
    try:
        estimate(client, call, VAULT, at)
    except RevertedError as error:
        # The ledger is paused or retired: they wait, and nothing else does.
        _log.warning("payouts.not_paid", payouts=len(payouts), detail=error.detail)
        return 0
    # Not what an estimate says: a payee may use more in the block than it did in the simulation.
    intent_id = bind(session, call, _GAS + _GAS_PER_PAYEE * len(payouts))
    repository.set_intent(session, [payout.number for payout in payouts], intent_id)
    return len(payouts)


def close_paid(session: Session, final_block: int) -> None:
    """Closes runs whose every payee the vault has gone through, for good."""
    for run in vault_repository.token_runs(session, "sent"):
        if vault_repository.unfinished(session, run.number, final_block) == 0:
            service.close(session, run, _WORKER)
