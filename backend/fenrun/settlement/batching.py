"""Which orders go on chain together, and the call that takes them there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.codec import KINDS, OrderRecord
from fenrun.chain.contracts import VAULT, Deployment, artifact, attest
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import GAS_CAP, Call, estimate
from fenrun.chain.keys import Keys
from fenrun.chain.sender import bind
from fenrun.kit.ids import new_id
from fenrun.settlement import repository
from fenrun.settlement.models import Batch

ATTESTATION_DAYS = 7
DAY_SECONDS = 86_400

_log = structlog.get_logger()


@dataclass
class Fits:
    """How many orders to try in one transaction: half as many when they do not fit under the gas cap, then more."""

    most: int
    now: int = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.most


def next_batch(
    session: Session,
    client: Client,
    keys: Keys,
    deployment: Deployment,
    paid_before: dt.datetime,
    fits: Fits,
    at: int | None = None,
) -> Batch | None:
    """Claims pending orders for one transaction and binds them to a nonce, all in the caller's transaction.

    As many as fit under the gas cap by the node's own estimate. Orders that the contract would refuse as they stand
    are found by halving and set aside one by one, so that they never stop the rest. On the token rail the vault
    settles and collects at once; orders for which the payer has too little, or did not approve the vault, wait.

    Args:
        paid_before: Orders paid later wait. So do those that are paid after the block: the contract leaves them out.
        fits: How many to try; changed by what is found.
        at: Unix seconds of the block it is for; None for the node's own next one.

    Returns:
        The batch; None when no order is pending.
    """
    now = at or int(client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    paid_before = min(paid_before, dt.datetime.fromtimestamp(now + 1, dt.UTC))
    orders = repository.claim_pending(session, paid_before, fits.now)
    if not orders:
        return None
    batch = Batch(id=new_id("bt"), orders=0)
    session.add(batch)
    session.flush()
    size, when = len(orders), at or _next_day(now)
    while size:
        call = _call(keys, deployment, batch.number, orders[:size], now + ATTESTATION_DAYS * DAY_SECONDS)
        try:
            gas = estimate(client, call, _settler(deployment), when)
        except RevertedError as error:
            if size == 1 and deployment.vault and _ledger_accepts(client, deployment, call, when):
                _log.warning("orders.wait_for_the_payer", order=orders[0].number, detail=error.detail)
                break
            if size == 1:
                _log.warning("order.refused_by_contract", order=orders[0].number, detail=error.detail)
                repository.fail(session, orders[0], "contract_refused")
                orders = orders[1:]
                size = len(orders)
            else:
                size //= 2
            continue
        if gas == GAS_CAP and size > 1:
            size = fits.now = size // 2
            continue
        if size == fits.now:
            fits.now = min(fits.most, size + size // 4 + 1)
        batch.intent_id, batch.orders = bind(session, call, gas), size
        repository.submit(session, orders[:size], batch.number)
        return batch
    session.delete(batch)
    return None


def _next_day(now: int) -> int:
    """When the next day begins: the dearest moment, for every slot of a new day is fresh. A block may come after it."""
    return (now // DAY_SECONDS + 1) * DAY_SECONDS


def _call(keys: Keys, deployment: Deployment, number: int, orders: Sequence[repository.Pending], deadline: int) -> Call:
    """The call that settles orders, attested."""
    records = b"".join(map(_record, orders))
    attestation = attest(keys.private["attestor"], deployment, records, deadline)
    settler = _settler(deployment)
    data = artifact(settler).call("settleBatch", records, deadline, attestation)
    return Call(f"settle:{number}", keys.address("operator"), deployment.addresses[settler], data)


def _settler(deployment: Deployment) -> str:
    return VAULT if deployment.vault else "SettlementLedger"


def _ledger_accepts(client: Client, deployment: Deployment, call: Call, at: int | None) -> bool:
    """Whether the ledger would settle what the vault would not: then it is the collecting that fails."""
    assert deployment.vault is not None
    alone = Call(call.key, deployment.vault, deployment.addresses["SettlementLedger"], call.data)
    try:
        estimate(client, alone, "SettlementLedger", at)
    except RevertedError:
        return False
    return True


def _record(order: repository.Pending) -> bytes:
    return OrderRecord(
        order_no=order.number,
        base=order.base,
        kind=KINDS.index(order.kind),
        paid_at=int(order.paid_at.timestamp()),
        customer_key=order.customer_key,
        order_ref=order.order_ref,
    ).pack()
