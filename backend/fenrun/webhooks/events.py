"""The event types and what their messages say. `docs/webhooks.md` lists them, written from these models.

Amounts are minor units, as text. A message of a partner's says nothing of another partner's money.
"""

import datetime as dt
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Minor = Annotated[str, Field(pattern=r"^-?\d+$", description="Minor units of the currency")]
Role = Literal["referrer", "implementer", "trainer"]
Ruling = Literal["kept", "reversed", "transferred"]


def _example(value: Any, description: str | None = None) -> Any:
    return Field(description=description, examples=[value])


PartnerId = Annotated[str, _example("pn_06cfb3m2k8hxq5t0v7n4d1w9ra")]
OrderId = Annotated[str, _example("ord_06cfb40e7rwz2m9k5t8xq1v3nh")]
CommissionId = Annotated[str, _example("cm_06cfb40e7rwz2m9k5t8xq1v3nh_referrer")]
PayoutId = Annotated[str, _example("po_06cfc81x4n7v0q3t9k2mzr5hwd")]
DisputeId = Annotated[str, _example("dp_12")]
Currency = Annotated[str, _example("CNY", "ISO 4217")]
RoleName = Annotated[Role, _example("referrer")]
Day = Annotated[dt.date, _example("2026-03-31", "UTC")]
Moment = Annotated[dt.datetime, _example("2026-04-03T08:00:00Z", "UTC")]


class EventData(BaseModel):
    """The `data` of a message."""

    model_config = ConfigDict(extra="forbid")

    type: ClassVar[str]
    staff_only: ClassVar[bool] = False
    """Whether no partner may subscribe to it."""


class PartnerRegistered(EventData):
    """A partner is on chain and can earn."""

    type = "partner.registered"

    partner_id: PartnerId


class PartnerUpdated(EventData):
    """A partner's status changed. A suspended partner goes on earning and is not paid."""

    type = "partner.updated"

    partner_id: PartnerId
    changes: dict[Literal["status"], tuple[str, str]] = Field(
        description="What it was, and what it is", examples=[{"status": ["active", "suspended"]}]
    )


class SkippedOrder(BaseModel):
    """An order that the contract left out."""

    order_id: OrderId
    reason: Annotated[str, _example("no_referral")]


class BatchFinalized(EventData):
    """Orders that went on chain together are settled for good."""

    type = "batch.finalized"
    staff_only = True

    batch: Annotated[int, _example(41, "The contract's number")]
    orders: Annotated[int, _example(500)]
    skipped: list[SkippedOrder]
    root: Annotated[str, _example("0x" + "5d" * 32, "Merkle root over the settled orders")]
    transaction_hash: Annotated[str, _example("0x" + "9c" * 32)]
    block_number: Annotated[int, _example(18_204_117)]
    settled_on: Day


class Commission(BaseModel):
    """A share in an order."""

    id: CommissionId
    order_id: OrderId
    role: RoleName
    kind: Annotated[Literal["new", "renewal"], _example("renewal")]
    base: Annotated[Minor, _example("2933")]
    tier: Annotated[int, _example(1)]
    rate_bps: Annotated[int, _example(1200)]
    amount: Annotated[Minor, _example("351")]
    payable_on: Annotated[dt.date, _example("2026-04-30", "The first day on which it may be paid")]


class CommissionCreated(EventData):
    """A batch credited commissions to a partner: one message for all of them, or one for each fifty."""

    type = "commission.created"

    partner_id: PartnerId
    currency: Currency
    batch: Annotated[int, _example(41, "The contract's number")]
    settled_on: Day
    commissions: list[Commission]


class CommissionRefunded(EventData):
    """An order was refunded, in part or whole, and a partner's share in it with it."""

    type = "commission.refunded"

    id: CommissionId
    order_id: OrderId
    partner_id: PartnerId
    role: RoleName
    currency: Currency
    amount: Annotated[Minor, _example("351", "What the partner gave back with this refund")]
    from_held: Annotated[Minor, _example("300")]
    from_available: Annotated[Minor, _example("0")]
    from_frozen: Annotated[Minor, _example("0")]
    to_debt: Annotated[Minor, _example("51", "What later credits repay")]
    order_refunded: Annotated[Minor, _example("2933", "All refunds of the order so far")]


class CommissionDisputed(EventData):
    """A share is frozen until a dispute about it is decided."""

    type = "commission.disputed"

    id: CommissionId
    order_id: OrderId
    partner_id: PartnerId
    role: RoleName
    currency: Currency
    amount: Annotated[Minor, _example("351", "What is frozen")]


class CommissionResolved(EventData):
    """A dispute about a share was decided. Each partner hears what it gave up and what it got."""

    type = "commission.resolved"

    id: CommissionId
    order_id: OrderId
    partner_id: PartnerId
    role: RoleName
    currency: Currency
    ruling: Annotated[Ruling, _example("transferred")]
    given_up: Annotated[Minor, _example("0")]
    received: Annotated[Minor, _example("351")]


class BalanceReleased(EventData):
    """What was held for a partner is available."""

    type = "balance.released"

    partner_id: PartnerId
    currency: Currency
    release_on: Day
    amount: Annotated[Minor, _example("184200")]
    debt_repaid: Annotated[Minor, _example("51", "The part of it that repaid debt")]


class BalanceAdjusted(EventData):
    """A balance was corrected by hand, by two people."""

    type = "balance.adjusted"

    partner_id: PartnerId
    currency: Currency
    amount: Annotated[Minor, _example("-1000", "Below zero: to the partner's disadvantage")]


class BalanceDebtWrittenOff(EventData):
    """Debt of a partner was forgiven."""

    type = "balance.debt_written_off"

    partner_id: PartnerId
    currency: Currency
    amount: Annotated[Minor, _example("51")]


class PayoutCompleted(EventData):
    """A payment is recorded on chain."""

    type = "payout.completed"

    id: PayoutId
    partner_id: PartnerId
    currency: Currency
    gross: Annotated[Minor, _example("184149")]
    withheld: Annotated[Minor, _example("29463", "Tax that was withheld")]
    net: Annotated[Minor, _example("154686")]
    paid_on: Day


class PayoutFailed(EventData):
    """The contract left a payment out; nothing was paid."""

    type = "payout.failed"

    id: PayoutId
    partner_id: PartnerId
    reason: Annotated[str, _example("partner_suspended")]


class PayoutReturned(EventData):
    """A payment came back from the bank; it is payable again."""

    type = "payout.returned"

    id: PayoutId
    partner_id: PartnerId
    currency: Currency
    gross: Annotated[Minor, _example("184149")]
    debt_repaid: Annotated[Minor, _example("0", "The part of it that repaid debt")]


class WithdrawalCompleted(EventData):
    """A partner withdrew on the token rail."""

    type = "withdrawal.completed"

    partner_id: PartnerId
    currency: Currency
    amount: Annotated[Minor, _example("184149")]


class DisputeOpened(EventData):
    """A partner claims another's share. Both hear of it."""

    type = "dispute.opened"

    id: DisputeId
    order_id: OrderId
    role: RoleName
    claimant_id: PartnerId
    respondent_id: Annotated[str, _example("pn_06cfb3m2k9a4z7e1y5c8p0s6gj")]
    ground: Annotated[Literal["record", "evidence"], _example("evidence")]
    deadline: Annotated[Moment, Field(description="Too late for a ruling")]


class DisputeEvidence(EventData):
    """A party submitted evidence."""

    type = "dispute.evidence_submitted"

    id: DisputeId
    partner_id: PartnerId
    evidence: Annotated[str, _example("0x" + "3e" * 32, "Its hash")]


class DisputeRuled(EventData):
    """The first ruling; either party may appeal."""

    type = "dispute.ruled"

    id: DisputeId
    ruling: Annotated[Ruling, _example("transferred")]
    deadline: Annotated[Moment, Field(description="Too late for an appeal")]


class DisputeAppealed(EventData):
    """A party appealed; a panel of three decides."""

    type = "dispute.appealed"

    id: DisputeId
    partner_id: PartnerId
    deadline: Annotated[Moment, Field(description="Too late for a vote")]


class DisputeClosed(EventData):
    """A dispute is decided, and the decision carried out."""

    type = "dispute.closed"

    id: DisputeId
    ruling: Annotated[Ruling, _example("transferred")]


class EndpointDisabled(EventData):
    """An endpoint was disabled because it is gone, or because nothing got through for days."""

    type = "webhook_endpoint.disabled"

    id: Annotated[str, _example("wh_06cfd2r8q1m5x9t3k7v0n4zhwb")]
    url: Annotated[str, _example("https://crm.example.com/fenrun")]
    reason: Annotated[Literal["gone", "failing"], _example("failing")]


class EndpointTest(EventData):
    """A test that somebody asked for; it goes to that endpoint alone, whatever it subscribed to."""

    type = "webhook_endpoint.test"

    id: Annotated[str, _example("wh_06cfd2r8q1m5x9t3k7v0n4zhwb")]


Event = TypeVar("Event", bound=EventData)

TYPES: dict[str, type[EventData]] = {cls.type: cls for cls in EventData.__subclasses__()}
"""All event types, by name."""

SUBSCRIBABLE = tuple(name for name in TYPES if name != EndpointTest.type)


def example_of(model: type[BaseModel]) -> dict[str, Any]:
    """An example of a message's data, put together from its fields' examples."""
    return {name: _example_of(field.annotation, field.examples) for name, field in model.model_fields.items()}


def _example_of(annotation: Any, examples: list[Any] | None) -> Any:
    if examples:
        return examples[0]
    [inner] = annotation.__args__  # a list of models: it has no example of its own
    return [example_of(inner)]
