"""Decisions of the settlement road: what is accepted, and which orders go on chain together."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.chain.client import Client
from fenrun.chain.codec import KINDS, ORDER_REF_BYTES, OrderRecord
from fenrun.chain.contracts import Deployment, artifact, attest
from fenrun.chain.errors import RevertedError
from fenrun.chain.keys import Keys
from fenrun.chain.sender import GAS_CAP, Call, bind, estimate
from fenrun.kit.db import copy_rows
from fenrun.kit.errors import FenrunError
from fenrun.kit.ids import new_id
from fenrun.kit.money import Currency
from fenrun.kit.security import reference
from fenrun.settlement import repository
from fenrun.settlement.errors import (
    AmountNotPositiveError,
    CurrencyUnknownError,
    CustomerUnknownError,
    EventConflictError,
    OrderConflictError,
    PaidInFutureError,
    ReferralNotInForceError,
)
from fenrun.settlement.models import Batch

ATTESTATION_DAYS = 7

_CLOCK_SKEW = dt.timedelta(days=1)

_log = structlog.get_logger()

EVENT_KINDS = {"subscription.created": "new", "subscription.renewed": "renewal"}
"""The kind of order an event makes."""


@dataclass(frozen=True)
class SubscriptionEvent:
    """A customer paid for a subscription."""

    external_id: str
    """The sender's id of the event."""
    type: str
    order_id: str
    customer_id: str
    amount: int
    currency: str
    paid_at: dt.datetime

    def body(self) -> dict[str, str]:
        """What is kept of the event, as text."""
        return {
            "type": self.type,
            "order_id": self.order_id,
            "customer_id": self.customer_id,
            "amount": str(self.amount),
            "currency": self.currency,
            "paid_at": self.paid_at.astimezone(dt.UTC).isoformat(),
        }


@dataclass(frozen=True)
class Accepted:
    """The order of an event; `replayed` when it was accepted before."""

    order_id: str
    event_id: str
    replayed: bool


def accept_events(
    session: Session,
    source: str,
    events: Sequence[SubscriptionEvent],
    currency: Currency,
    reference_key: bytes,
) -> list[Accepted | FenrunError]:
    """Takes in events, each on its own: one that is refused does not touch the others.

    The same event again, with the same content, is harmless: its order is returned. `(source, order_id)` is accepted
    once, for ever.

    Returns:
        For each event, in their order, the order it made or the error that says why there is none.
    """
    repository.lock_intake(session, source)
    customers = attribution.in_force(session, sorted({event.customer_id for event in events}))
    known = repository.orders_by_external_id(session, source, [event.order_id for event in events])
    event_ids = repository.event_ids(session, source, [event.external_id for event in events])
    outcomes: list[Accepted | FenrunError] = []
    event_rows, order_rows = [], []
    for event in events:
        earlier = known.get(event.order_id)
        if earlier is not None:
            outcomes.append(
                Accepted(earlier.order_id, earlier.event_id, replayed=True)
                if earlier.body == event.body()
                else OrderConflictError(f"Order {event.order_id} was accepted with other content")
            )
            continue
        flaw = _flaw(event, currency, customers)
        if flaw is None and event.external_id in event_ids:
            flaw = EventConflictError(f"Event {event.external_id} was accepted for another order")
        if flaw is not None:
            outcomes.append(flaw)
            continue
        event_ids.add(event.external_id)
        event_id, order_id = new_id("evt"), new_id("ord")
        event_rows.append((event_id, source, event.external_id, event.type, event.body()))
        order_rows.append(
            (
                order_id,
                source,
                event.order_id,
                event_id,
                customers[event.customer_id][0],
                EVENT_KINDS[event.type],
                event.amount,
                event.currency,
                event.paid_at,
                order_ref(reference_key, source, event.order_id),
            )
        )
        known[event.order_id] = repository.Known(order_id, event_id, event.body())
        outcomes.append(Accepted(order_id, event_id, replayed=False))

    repository.add_events(session, event_rows)
    copy_rows(
        session,
        "orders",
        (
            "id",
            "source",
            "external_id",
            "event_id",
            "customer_number",
            "kind",
            "base",
            "currency",
            "paid_at",
            "order_ref",
        ),
        order_rows,
    )
    return outcomes


def order_ref(reference_key: bytes, source: str, external_id: str) -> bytes:
    """What stands for an order on chain."""
    return reference(reference_key, "order", f"{source}\0{external_id}")[:ORDER_REF_BYTES]


def _flaw(
    event: SubscriptionEvent,
    currency: Currency,
    customers: dict[str, tuple[int, dt.datetime]],
) -> FenrunError | None:
    if event.currency != currency.code:
        return CurrencyUnknownError(f"Order {event.order_id} is in {event.currency}; this ledger keeps {currency.code}")
    if event.amount <= 0:
        return AmountNotPositiveError(
            f"Order {event.order_id} is worth {currency.format(event.amount)} {currency.code}"
        )
    if event.customer_id not in customers:
        return CustomerUnknownError(f"Order {event.order_id}: nobody registered customer {event.customer_id}")
    if event.paid_at > dt.datetime.now(dt.UTC) + _CLOCK_SKEW:
        return PaidInFutureError(f"Order {event.order_id} says that it is paid on {event.paid_at.isoformat()}")
    since = customers[event.customer_id][1]
    if event.paid_at < since:
        return ReferralNotInForceError(
            f"Order {event.order_id} was paid before customer {event.customer_id} was registered "
            f"({since.date().isoformat()})"
        )
    return None


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
