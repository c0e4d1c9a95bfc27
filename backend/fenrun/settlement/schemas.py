"""What the API says of orders, commissions and payments. Amounts are minor units, as text."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field

Role = Literal["referrer", "implementer", "trainer"]
Kind = Literal["new", "renewal"]
OrderStatus = Literal["pending", "submitted", "confirmed", "finalized", "failed"]
BatchStatus = Literal["submitted", "confirmed", "finalized", "failed"]
CommissionStatus = Literal["pending", "approved", "paid", "processed", "refunded", "disputed"]
"""Held; available; paid; worth nothing, so that nothing is to be paid; taken back as a whole; waiting for a ruling."""
Minor = Annotated[str, Field(pattern=r"^-?\d+$", description="Minor units of the currency")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class PartnerOut(BaseModel):
    """A partner."""

    id: str
    external_id: str
    name: str
    country: str
    type: str
    status: str


class PartnerWithBalance(PartnerOut):
    """A partner and its balance."""

    currency: str
    earned: Minor
    clawed_back: Minor
    held: Minor
    available: Minor
    frozen: Minor
    paid: Minor
    debt: Minor


class MonthOut(BaseModel):
    """What a partner earned in a month, by role, and its volume."""

    month: str
    orders: int
    earned: Minor
    referrer: Minor
    implementer: Minor
    trainer: Minor
    clawed_back: Minor
    paid: Minor
    volume: Minor


class ReleaseOut(BaseModel):
    """What is released next."""

    on: dt.date
    amount: Minor


class AsOf(BaseModel):
    """How far the chain was read."""

    block_number: int
    block_time: dt.datetime | None
    finalized_block: int


class EarningsOut(BaseModel):
    """A partner's earnings."""

    partner: PartnerOut
    currency: str
    earned: Minor
    clawed_back: Minor
    held: Minor
    available: Minor
    frozen: Minor
    paid: Minor
    debt: Minor
    next_release: ReleaseOut | None
    months: list[MonthOut]
    as_of: AsOf


class PlanOut(BaseModel):
    """The plan version that a commission follows."""

    id: str
    code: str
    version: int
    tier_thresholds: list[Minor]
    hold_days: int


class CommissionOut(BaseModel):
    """A share in an order, with everything that explains it."""

    id: str
    order_id: str
    order_external_id: str
    customer_external_id: str
    partner_id: str
    partner_name: str
    role: Role
    kind: Kind
    base: Minor
    rate_bps: int
    amount: Minor
    clawed_back: Minor
    currency: str
    tier: int
    tier_volume: Minor
    tier_month: str
    plan: PlanOut
    order_paid_on: dt.date
    settled_on: dt.date
    payable_on: dt.date
    status: CommissionStatus
    paid_on: dt.date | None
    batch_id: str
    transaction_hash: str
    block_number: int
    finalized: bool


class HappeningOut(BaseModel):
    """Something that happened to a commission. `amount` is what it credited or took; 0 where it did neither."""

    kind: Literal["customer_paid", "settled", "clawed_back", "released", "paid"]
    on: dt.date
    amount: Minor
    from_held: Minor
    from_available: Minor
    from_frozen: Minor
    to_debt: Minor
    """What was owed after, because it had been paid out before."""
    block_number: int | None
    transaction_hash: str | None


class TierRate(BaseModel):
    """What a role gets of an order, in basis points."""

    role: Role
    kind: Kind
    now_bps: int
    next_month_bps: int
    """As things stand: by the volume of this month so far."""
    better_bps: int | None
    """From next month on, once the next threshold is reached; None on the highest tier."""


class TierOut(BaseModel):
    """Where a partner stands in a plan that customers of its follow. A month's tier is fixed by the month before."""

    plan: PlanOut
    customers: int
    currency: str
    tier: int
    tier_volume: Minor
    tier_month: str
    month: str
    volume: Minor
    next_tier: int
    next_threshold: Minor | None
    missing: Minor | None
    """How much more volume this month reaches the next threshold."""
    rates: list[TierRate]


class EstimatedShare(BaseModel):
    """A share that an order would give."""

    role: Role
    rate_bps: int
    amount: Minor


class EstimateOut(BaseModel):
    """What an order that is settled today would give."""

    currency: str
    tier: int
    shares: list[EstimatedShare]
    total: Minor
    payable_on: dt.date
    exact: bool
    """False where the plan may give away the whole order: a last unit then goes by the rates of the others."""


class OrderOut(BaseModel):
    """An order."""

    id: str
    external_id: str
    source: str
    customer_external_id: str
    kind: Kind
    base: Minor
    currency: str
    paid_on: dt.date
    status: OrderStatus
    reason: str | None
    settled_on: dt.date | None
    batch_id: str | None


class OrderWithCommissions(OrderOut):
    """An order and the shares in it that the caller may see."""

    commissions: list[CommissionOut]


class BatchOut(BaseModel):
    """Orders that went on chain together."""

    id: str
    number: int
    status: BatchStatus
    orders: int
    skipped: int
    root: str | None
    transaction_hash: str | None
    block_number: int | None
    settled_on: dt.date | None
    gas_used: int | None
    gas_per_order: int | None


class AttemptToSettleOut(BaseModel):
    """A transaction that was signed for a batch. All of one batch share the nonce, so at most one can be mined."""

    transaction_hash: str
    nonce: int
    max_fee: str
    """Wei per gas, as text; `tip` likewise."""
    tip: str
    signed_at: dt.datetime
    mined: bool


class RefusalOut(BaseModel):
    """A row of a file that was not taken in."""

    id: str
    order_id: str
    reason: str
    detail: str
    file: str
    line: int


class AuditCheck(BaseModel):
    """One promise, checked."""

    name: str
    ok: bool
    compared: int
    differences: int
    first_difference: str | None
    erased: int = 0
    """Those whose keyed reference could not be compared, because their partner was erased; the rest of them was."""


class AuditOut(BaseModel):
    """An audit: the chain's logs against contract, books and payments."""

    ran_at: dt.datetime
    ok: bool
    seconds: float
    block_number: int
    checks: list[AuditCheck]
