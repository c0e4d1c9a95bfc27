"""Refunds on their way to the chain, each with the proof that its order was settled."""

import datetime as dt

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.codec import LEAF_BYTES, Leaves, merkle_proof
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.keys import Keys
from fenrun.chain.models import ChainLog
from fenrun.chain.sender import bind
from fenrun.settlement import repository
from fenrun.settlement.journal import CONTRACT

REFUNDS_PER_JOB = 100

_WORD = 32
_log = structlog.get_logger()


def refund_due(
    session: Session, client: Client, keys: Keys, deployment: Deployment, before: dt.datetime, at: int | None = None
) -> int:
    """Binds the calls of refunds before a moment whose orders are settled; returns how many.

    One that the contract would refuse as it stands is set aside, and stops no other.
    """
    due = repository.claim_refunds(session, before, REFUNDS_PER_JOB)
    for refund in due:
        call = Call(
            f"refund:{refund.number}",
            keys.address("refunder"),
            deployment.addresses[CONTRACT],
            artifact(CONTRACT).call(
                "refund",
                proven_order(session, refund.transaction_hash, refund.chain_number, refund.order_number),
                refund.refunded,
                refund.refund_ref,
            ),
        )
        try:
            gas = estimate(client, call, CONTRACT, at)
        except RevertedError as error:
            _log.warning("refund.refused_by_contract", refund=refund.number, detail=error.detail)
            repository.fail_refund(session, refund.number, "contract_refused")
            continue
        repository.submit_refund(session, refund.number, bind(session, call, gas))
    return len(due)


def proven_order(
    session: Session, transaction_hash: bytes, chain_number: int, order_number: int
) -> tuple[int, list[bytes], list[bytes]]:
    """The contract's `ProvenOrder`: batch, leaf, and the way from it up to the root.

    Args:
        session: reads the logs that are stored.
        transaction_hash: of the batch that settled the order.
        chain_number: of that batch.
        order_number: the order's.
    """
    contract = artifact(CONTRACT)
    logs = session.execute(
        select(ChainLog.topic, ChainLog.data).where(
            ChainLog.contract == CONTRACT, ChainLog.transaction_hash == transaction_hash
        )
    )
    data = next(data for topic, data in logs if contract.event_names[topic] == "BatchSettled")
    leaves = Leaves(contract.event("BatchSettled", data)["leaves"])
    index = leaves.order_no.tolist().index(order_number)
    leaf = leaves.leaf(index)
    words = [leaf[at : at + _WORD] for at in range(0, LEAF_BYTES, _WORD)]
    return chain_number, words, merkle_proof(leaves.data, index)
