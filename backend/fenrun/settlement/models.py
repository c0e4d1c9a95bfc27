"""Events, orders, batches, commissions, payouts."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Event(Base):
    """A subscription event as it came in. `(source, external_id)` is accepted once, for ever."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    type: Mapped[str]
    body: Mapped[dict[str, Any]]
    received_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Order(Base):
    """A paid order. States: `pending → submitted → confirmed → finalized`, or `failed` with a reason."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_orders_pending", "paid_at", "number", postgresql_where=text("status = 'pending'")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """The order number on chain."""
    id: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    external_id: Mapped[str]
    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"))
    customer_number: Mapped[int] = mapped_column(ForeignKey("customers.number"), index=True)
    kind: Mapped[str]
    base: Mapped[int]
    currency: Mapped[str]
    paid_at: Mapped[dt.datetime]
    order_ref: Mapped[bytes]
    status: Mapped[str] = mapped_column(server_default="pending")
    reason: Mapped[str | None]
    batch_number: Mapped[int | None] = mapped_column(ForeignKey("batches.number"), index=True)
    settled_on: Mapped[dt.date | None]
    block_number: Mapped[int | None] = mapped_column(index=True)


class Batch(Base):
    """Orders that go on chain in one transaction. `number` is ours; `chain_number` the contract's."""

    __tablename__ = "batches"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"), unique=True)
    status: Mapped[str] = mapped_column(server_default="submitted")
    orders: Mapped[int]
    skipped: Mapped[int] = mapped_column(server_default="0")
    chain_number: Mapped[int | None]
    root: Mapped[bytes | None]
    settled_on: Mapped[dt.date | None]
    block_number: Mapped[int | None] = mapped_column(index=True)


class Commission(Base):
    """A leg: a partner's share in a settled order, for one role, with everything that explains it."""

    __tablename__ = "commissions"
    __table_args__ = (
        Index("ix_commissions_partner", "partner_number", "order_number"),
        Index("ix_commissions_release", "release_on", "partner_number"),
    )

    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number"), primary_key=True)
    role: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"))
    tier: Mapped[int] = mapped_column(SmallInteger)
    rate_bps: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[int]
    settled_on: Mapped[dt.date]
    release_on: Mapped[dt.date]
    """The first day on which it may be paid."""
    block_number: Mapped[int] = mapped_column(index=True)


class Maturity(Base):
    """What was held for a partner until a day, and became available."""

    __tablename__ = "maturities"

    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"), primary_key=True)
    release_on: Mapped[dt.date] = mapped_column(primary_key=True)
    amount: Mapped[int]
    debt_repaid: Mapped[int]
    cumulative: Mapped[int]
    """All that became available to the partner, up to and with this."""
    matured_on: Mapped[dt.date]
    block_number: Mapped[int] = mapped_column(index=True)


class Payout(Base):
    """A payment. States: `processing → completed`, or `failed` when the contract left it out."""

    __tablename__ = "payouts"
    __table_args__ = (Index("ix_payouts_partner", "partner_number", "number"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """The payout number on chain."""
    id: Mapped[str] = mapped_column(unique=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    gross: Mapped[int]
    withheld: Mapped[int]
    bank_reference: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="processing")
    reason: Mapped[str | None]
    cumulative: Mapped[int | None]
    """All that was paid to the partner, up to and with this."""
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))
    paid_on: Mapped[dt.date | None]
    block_number: Mapped[int | None] = mapped_column(index=True)


class Refusal(Base):
    """A row of a file that was not taken in, and why. Never lost."""

    __tablename__ = "refusals"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_id: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    file: Mapped[str]
    line: Mapped[int]


class Audit(Base):
    """The result of one audit."""

    __tablename__ = "audits"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    ran_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    ok: Mapped[bool]
    result: Mapped[dict[str, Any]]
