"""What a CRM sends, and what it is answered. Amounts come as decimal text."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from fenrun.kit.http import Page
from fenrun.kit.money import Currency
from fenrun.settlement.intake import REFUNDED, SubscriptionEvent

MAX_EVENTS = 1_000

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Decimal = Annotated[str, Field(max_length=64, description="Decimal text in the currency's own units, as in 29.33")]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]


class Payment(BaseModel):
    """What a customer paid, and for what."""

    order_id: Name
    customer_id: Name
    amount: Decimal
    currency: Code
    paid_at: AwareDatetime


class PaymentEvent(BaseModel):
    """A customer paid. The first payment counts as new; a renewal and an upgrade by the rates of renewals."""

    id: Name
    type: Literal["subscription.created", "subscription.renewed", "subscription.upgraded"]
    data: Payment

    def event(self, currency: Currency) -> SubscriptionEvent:
        """The event, its amount in minor units.

        Raises:
            AmountError: the amount is none.
        """
        data = self.data
        return SubscriptionEvent(
            self.id,
            self.type,
            data.paid_at,
            data.customer_id,
            data.order_id,
            amount=_minor(currency, data.amount, data.currency),
            currency=data.currency,
        )


class Refund(BaseModel):
    """What of an order went back to the customer."""

    refund_id: Name
    order_id: Name
    amount: Decimal
    currency: Code
    refunded_at: AwareDatetime


class RefundEvent(BaseModel):
    """Money went back, in part or whole: the partners' shares go back in proportion."""

    id: Name
    type: Literal["subscription.refunded"]
    data: Refund

    def event(self, currency: Currency) -> SubscriptionEvent:
        """See `PaymentEvent.event`."""
        data = self.data
        return SubscriptionEvent(
            self.id,
            REFUNDED,
            data.refunded_at,
            order_id=data.order_id,
            refund_id=data.refund_id,
            amount=_minor(currency, data.amount, data.currency),
            currency=data.currency,
        )


class Change(BaseModel):
    """A change of a subscription for which nothing is paid."""

    customer_id: Name
    effective_at: AwareDatetime


class ChangeEvent(BaseModel):
    """A subscription was made smaller or ended. It is kept, and credits nothing."""

    id: Name
    type: Literal["subscription.downgraded", "subscription.canceled"]
    data: Change

    def event(self, _: Currency) -> SubscriptionEvent:
        """See `PaymentEvent.event`."""
        return SubscriptionEvent(self.id, self.type, self.data.effective_at, self.data.customer_id)


EventIn = Annotated[PaymentEvent | RefundEvent | ChangeEvent, Field(discriminator="type")]


class EventBatch(BaseModel):
    """Many events at once, each taken in on its own. An event's `id` is its idempotency key."""

    data: Annotated[list[EventIn], Field(min_length=1, max_length=MAX_EVENTS)]


class EventAccepted(BaseModel):
    """What became of an event."""

    event_id: str
    status: Literal["accepted", "parked"]
    """`parked`: it waits for the reason that is named, and is taken up by itself."""
    order_id: str | None
    refund_id: str | None
    reason: str | None
    replayed: bool


class EventRefused(BaseModel):
    """Why nothing became of an event: `code` is stable, `detail` says what to do."""

    status: Literal["refused"] = "refused"
    id: str
    code: str
    detail: str


class EventOutcomes(BaseModel):
    """What became of each event, in their order."""

    data: list[EventAccepted | EventRefused]


class EventOut(BaseModel):
    """An event as it came in."""

    id: str
    source: str
    external_id: str
    type: str
    status: Literal["accepted", "parked", "refused"]
    reason: str | None
    received_at: dt.datetime
    order_id: str | None
    refund_id: str | None


EventPage = Page[EventOut]
EventStatus = Literal["accepted", "parked", "refused"]


def _minor(currency: Currency, amount: str, code: str) -> int:
    # In another currency it is refused by its code; its decimals are none of our business.
    return currency.parse(amount) if code == currency.code else 1
