"""What is accepted of what a CRM sends, once and for ever, and what waits for something that is still to come."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.chain.codec import ORDER_REF_BYTES
from fenrun.kit.errors import FenrunError
from fenrun.kit.ids import new_id
from fenrun.kit.money import Currency
from fenrun.kit.security import reference
from fenrun.settlement import intake_repository as repository
from fenrun.settlement import screening
from fenrun.settlement.errors import (
    AmountNotPositiveError,
    CurrencyUnknownError,
    CustomerUnknownError,
    EventConflictError,
    OrderConflictError,
    OrderUnknownError,
    PaidInFutureError,
    ReferralNotInForceError,
    RefundConflictError,
    RefundTooLargeError,
)

_CLOCK_SKEW = dt.timedelta(days=1)

ORDER_KINDS = {
    "subscription.created": "new",
    "subscription.renewed": "renewal",
    "subscription.upgraded": "renewal",
}
"""The kind of order that a payment makes, by the event's type. An upgrade counts with what was paid for it."""
REFUNDED = "subscription.refunded"
NOTED = ("subscription.downgraded", "subscription.canceled")
"""Types that credit nothing: money comes back by a refund only."""

Body = dict[str, str]
Customers = Mapping[str, tuple[int, dt.datetime]]


class SubscriptionEvent(NamedTuple):
    """Something happened to a customer's subscription.

    `amount` is what was paid or refunded, in minor units; a refund names the order and itself, a payment the order and
    the customer.
    """

    external_id: str
    """The sender's id of the event."""
    type: str
    at: dt.datetime
    customer_id: str = ""
    order_id: str = ""
    refund_id: str = ""
    amount: int = 0
    currency: str = ""

    def body(self) -> Body:
        """What is kept of the event, as text."""
        body = {"type": self.type, "at": _in_utc(self.at)}
        if self.order_id:
            body["order_id"] = self.order_id
        if self.customer_id:
            body["customer_id"] = self.customer_id
        if self.refund_id:
            body["refund_id"] = self.refund_id
        if self.currency:
            body["amount"], body["currency"] = str(self.amount), self.currency
        return body

    @classmethod
    def of_body(cls, external_id: str, body: Mapping[str, str]) -> "SubscriptionEvent":
        """The event of what was kept of it."""
        return cls(
            external_id=external_id,
            type=body["type"],
            at=dt.datetime.fromisoformat(body["at"]),
            customer_id=body.get("customer_id", ""),
            order_id=body.get("order_id", ""),
            refund_id=body.get("refund_id", ""),
            amount=int(body.get("amount", 0)),
            currency=body.get("currency", ""),
        )


def _in_utc(moment: dt.datetime) -> str:
    try:
        return moment.astimezone(dt.UTC).isoformat()
    except OverflowError:
        # The last hours of the year 9999: it is refused for being in the future.
        return moment.isoformat()


@dataclass(frozen=True)
class Accepted:
    """What became of an event: an order, a refund, neither; or it waits (`parked`) for the reason that is named."""

    event_id: str
    status: Literal["accepted", "parked"] = "accepted"
    order_id: str | None = None
    refund_id: str | None = None
    reason: str | None = None
    replayed: bool = False


Outcome = Accepted | FenrunError


def accept_events(
    session: Session,
    source: str,
    events: Sequence[SubscriptionEvent],
    currency: Currency,
    reference_key: bytes,
    *,
    park: bool = True,
) -> list[Outcome]:
    """Takes in events, each on its own: one that is refused does not touch the others.

    The same event again, with the same content, is harmless: its first outcome is returned. So is the same order under
    another event. `(source, order_id)` is accepted once, for ever.

    Args:
        park: Keep events that come too early (of a customer whom nobody registered, of an order that is not there)
            until they can be used; else they are refused.

    Returns:
        For each event, in their order, what became of it, or the error that says why nothing did.
    """
    repository.lock_intake(session, source)
    intake = _Intake(session, source, currency, reference_key, park=park)
    return intake.take_in(events)


def pick_up_parked(session: Session, currency: Currency, reference_key: bytes, limit: int = 500) -> int:
    """Takes up parked events whose customer or order is there now; returns how many.

    One that turns out to be refused keeps its reason, and is not tried again.
    """
    parked = repository.claim_parked(session, limit)
    by_source: dict[str, list[repository.Parked]] = {}
    for event in parked:
        by_source.setdefault(event.source, []).append(event)
    for source, found in by_source.items():
        repository.lock_intake(session, source)
        intake = _Intake(session, source, currency, reference_key, park=True)
        events = [SubscriptionEvent.of_body(event.external_id, event.body) for event in found]
        outcomes = intake.take_in(events, {event.external_id: event.event_id for event in found})
        for event, outcome in zip(found, outcomes, strict=True):
            repository.unpark(
                session, event.event_id, outcome.code if isinstance(outcome, FenrunError) else outcome.reason
            )
    return len(parked)


def order_ref(reference_key: bytes, source: str, external_id: str) -> bytes:
    """What stands for an order on chain."""
    return reference(reference_key, "order", f"{source}\0{external_id}")[:ORDER_REF_BYTES]


def refund_ref(reference_key: bytes, source: str, external_id: str) -> bytes:
    """What stands for a refund on chain."""
    return reference(reference_key, "refund", f"{source}\0{external_id}")


class _Intake:
    """One call's worth of events of one source: what is known is read at once, what is new is written at once."""

    def __init__(self, session: Session, source: str, currency: Currency, reference_key: bytes, *, park: bool) -> None:
        self._session = session
        self._source = source
        self._currency = currency
        self._key = reference_key
        self._park = park
        self._latest = dt.datetime.now(dt.UTC) + _CLOCK_SKEW
        self._events: list[tuple[object, ...]] = []
        self._orders: list[tuple[object, ...]] = []
        self._refunds: list[tuple[object, ...]] = []
        self._waiting: Mapping[str, str] = {}

    def take_in(self, events: Sequence[SubscriptionEvent], waiting: Mapping[str, str] | None = None) -> list[Outcome]:
        """See `accept_events`. `waiting` are the ids of events that are stored already, by their ids at the source."""
        self._waiting = waiting or {}
        session, source = self._session, self._source
        earlier = {} if waiting else repository.events_by_external_id(session, source, [e.external_id for e in events])
        payments = [event for event in events if event.type in ORDER_KINDS]
        customers = attribution.in_force(session, sorted({event.customer_id for event in payments}))
        known = repository.orders_by_external_id(session, source, [event.order_id for event in payments])
        refused = screening.screen(session, self._key, source, payments, self._currency.code)
        outcomes: dict[int, Outcome] = {}
        for index, event in enumerate(events):
            if event.type == REFUNDED:
                continue
            body, before = event.body(), earlier.get(event.external_id)
            if before is not None:
                outcomes[index] = _again(event, body, before, known)
            elif event.type in NOTED:
                outcomes[index] = Accepted(self._event(event, body))
            else:
                outcomes[index] = refused.get(event.external_id) or self._payment(event, body, customers, known)
            _remember(earlier, event, body, outcomes[index])
        self._write_orders()
        self._take_in_refunds(events, earlier, outcomes)
        return [outcomes[index] for index in range(len(events))]

    # --- Payments -----------------------------------------------------------------------------------

    def _payment(
        self, event: SubscriptionEvent, body: Body, customers: Customers, known: dict[str, repository.Known]
    ) -> Outcome:
        earlier = known.get(event.order_id)
        if earlier is not None:
            if earlier.body == body:
                return Accepted(earlier.event_id, order_id=earlier.order_id, replayed=True)
            return OrderConflictError(f"Order {event.order_id} was accepted with other content")
        flaw = self._flaw(event)
        if flaw is not None:
            return flaw
        if event.customer_id not in customers:
            unknown = CustomerUnknownError(f"Order {event.order_id}: nobody registered customer {event.customer_id}")
            return self._wait(event, body, unknown)
        number, since = customers[event.customer_id]
        if event.at < since:
            return ReferralNotInForceError(
                f"Order {event.order_id} was paid before customer {event.customer_id} was registered "
                f"({since.date().isoformat()})"
            )
        event_id, order_id = self._event(event, body), new_id("ord")
        ref = order_ref(self._key, self._source, event.order_id)
        self._orders.append(
            (order_id, self._source, event.order_id, event_id, number, ORDER_KINDS[event.type], event.amount,
             event.currency, event.at, ref)
        )  # fmt: skip
        known[event.order_id] = repository.Known(order_id, event_id, body)
        return Accepted(event_id, order_id=order_id)

    def _flaw(self, event: SubscriptionEvent) -> FenrunError | None:
        what = f"Refund {event.refund_id}" if event.type == REFUNDED else f"Order {event.order_id}"
        code = self._currency.code
        if event.currency != code:
            return CurrencyUnknownError(f"{what} is in {event.currency}; this ledger keeps {code}")
        if event.amount <= 0:
            return AmountNotPositiveError(f"{what} is worth {self._currency.format(event.amount)} {code}")
        if event.at > self._latest:
            return PaidInFutureError(f"{what} says that it is paid on {event.at.isoformat()}")
        return None

    def _write_orders(self) -> None:
        repository.add_events(self._session, self._events)
        repository.add_orders(self._session, self._orders)
        self._events, self._orders = [], []

    # --- Refunds ------------------------------------------------------------------------------------

    def _take_in_refunds(
        self,
        events: Sequence[SubscriptionEvent],
        earlier: dict[str, repository.KnownEvent],
        outcomes: dict[int, Outcome],
    ) -> None:
        """Refunds come last: the order of one may have come in the same call."""
        refunds = [(index, event) for index, event in enumerate(events) if index not in outcomes]
        if not refunds:
            return
        known = repository.refunds_by_external_id(self._session, self._source, [e.refund_id for _, e in refunds])
        orders = repository.refundable(self._session, self._source, [e.order_id for _, e in refunds])
        for index, event in refunds:
            body, before = event.body(), earlier.get(event.external_id)
            if before is not None:
                outcomes[index] = _again(event, body, before, known)
            else:
                outcomes[index] = self._refund(event, body, known, orders)
            _remember(earlier, event, body, outcomes[index])
        repository.add_events(self._session, self._events)
        repository.add_refunds(self._session, self._refunds)

    def _refund(
        self,
        event: SubscriptionEvent,
        body: Body,
        known: dict[str, repository.Known],
        orders: dict[str, repository.Refundable],
    ) -> Outcome:
        earlier = known.get(event.refund_id)
        if earlier is not None:
            if earlier.body == body:
                return Accepted(earlier.event_id, refund_id=earlier.order_id, replayed=True)
            return RefundConflictError(f"Refund {event.refund_id} was accepted with other content")
        flaw = self._flaw(event)
        if flaw is not None:
            return flaw
        order = orders.get(event.order_id)
        if order is None:
            unknown = OrderUnknownError(f"Refund {event.refund_id}: order {event.order_id} is not known")
            return self._wait(event, body, unknown)
        if event.amount > order.left:
            shown = self._currency.format(order.left)
            return RefundTooLargeError(
                f"Refund {event.refund_id}: {shown} {self._currency.code} of order {event.order_id} are left to refund"
            )
        event_id, refund_id = self._event(event, body), new_id("rfd")
        ref = refund_ref(self._key, self._source, event.refund_id)
        self._refunds.append(
            (refund_id, self._source, event.refund_id, event_id, order.number, event.amount, event.at, ref)
        )
        orders[event.order_id] = order._replace(left=order.left - event.amount)
        known[event.refund_id] = repository.Known(refund_id, event_id, body)
        return Accepted(event_id, refund_id=refund_id)

    # --- Events -------------------------------------------------------------------------------------

    def _event(self, event: SubscriptionEvent, body: Body, reason: str | None = None) -> str:
        """The id of the event, which is written if it is not stored yet."""
        stored = self._waiting.get(event.external_id)
        if stored is not None:
            return stored
        event_id = new_id("evt")
        status = "parked" if reason else "accepted"
        self._events.append((event_id, self._source, event.external_id, event.type, body, status, reason))
        return event_id

    def _wait(self, event: SubscriptionEvent, body: Body, error: FenrunError) -> Outcome:
        if not self._park:
            return error
        return Accepted(self._event(event, body, error.code), status="parked", reason=error.code)


def _remember(
    earlier: dict[str, repository.KnownEvent], event: SubscriptionEvent, body: Body, outcome: Outcome
) -> None:
    """An event that comes twice in one call has come before, the second time."""
    if isinstance(outcome, Accepted) and not outcome.replayed:
        earlier[event.external_id] = repository.KnownEvent(
            outcome.event_id, body, outcome.status, outcome.reason, outcome.order_id, outcome.refund_id
        )


def _again(
    event: SubscriptionEvent, body: Body, before: repository.KnownEvent, known: Mapping[str, repository.Known]
) -> Outcome:
    """The outcome of an event that came before; `known` are the orders, or refunds, that came before."""
    if before.body != body:
        if (event.refund_id or event.order_id) in known:
            kind = RefundConflictError if event.refund_id else OrderConflictError
            return kind(f"{event.refund_id or event.order_id} was accepted with other content")
        return EventConflictError(f"Event {event.external_id} was accepted with other content")
    status: Literal["accepted", "parked"] = "parked" if before.status == "parked" else "accepted"
    return Accepted(before.event_id, status, before.order_id, before.refund_id, before.reason, replayed=True)
