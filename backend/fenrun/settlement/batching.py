"""Which orders go on chain together, and the call that takes them there."""

import datetime as dt

import structlog
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.codec import KINDS, OrderRecord
from fenrun.chain.contracts import Deployment, artifact, attest
from fenrun.chain.errors import RevertedError
from fenrun.chain.keys import Keys
from fenrun.chain.sender import GAS_CAP, Call, bind, estimate
from fenrun.kit.ids import new_id
from fenrun.settlement import repository
from fenrun.settlement.models import Batch

ATTESTATION_DAYS = 7

_log = structlog.get_logger()


def next_batch(
    session: Session,
    client: Client,
    keys: Keys,
    deployment: Deployment,
    paid_before: dt.datetime,
    most: int,
    at: int | None = None,
) -> Batch | None:
    """Claims pending orders for one transaction and binds them to a nonce, all in the caller's transaction.

    As many as fit under the gas cap by the node's own estimate. Orders that the contract would refuse as they stand
    are set aside one by one, so that they never stop the rest.

    Args:
        paid_before: Orders paid later wait. So do those that are paid after the block: the contract leaves them out.
        most: How many orders at the most.
        at: Unix seconds of the block it is for; None for the node's own next one.

    Returns:
        The batch; None when no order is pending.
    """
    now = at or int(client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    deadline = now + ATTESTATION_DAYS * 86_400
    paid_before = min(paid_before, dt.datetime.fromtimestamp(now + 1, dt.UTC))
    while True:
        orders = repository.claim_pending(session, paid_before, most)
        if not orders:
            return None
        records = b"".join(_record(order) for order in orders)
        data = artifact("SettlementLedger").call(
            "settleBatch", records, deadline, attest(keys.private["attestor"], deployment, records, deadline)
        )
        batch = Batch(id=new_id("bt"), orders=len(orders))
        session.add(batch)
        session.flush()
        call = Call(
            f"settle:{batch.number}",
            keys.address("operator"),
            deployment.addresses["SettlementLedger"],
            data,
        )
        try:
            gas = estimate(client, call, "SettlementLedger", at)
        except RevertedError as error:
            session.delete(batch)
            if len(orders) == 1:
                _log.warning("order.refused_by_contract", order=orders[0].number, detail=error.detail)
                repository.fail(session, orders[0].number, "contract_refused")
                continue
            most = len(orders) // 2
            continue
        if gas == GAS_CAP and len(orders) > 1:
            session.delete(batch)
            most = len(orders) // 2
            continue
        batch.intent_id = bind(session, call, gas)
        repository.submit(session, [order.number for order in orders], batch.number)
        return batch


def _record(order: repository.Pending) -> bytes:
    return OrderRecord(
        order_no=order.number,
        base=order.base,
        kind=KINDS.index(order.kind),
        paid_at=int(order.paid_at.timestamp()),
        customer_key=order.customer_key,
        order_ref=order.order_ref,
    ).pack()
