"""Events, orders, batches, commissions."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Numeric, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Event(Base):
    """A subscription event as it came in. `(source, external_id)` is accepted once, for ever.

    States: `accepted` (it made an order or a refund, or needs neither), or `parked` with the reason why it waits.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_events_parked", "source", "id", postgresql_where=text("status = 'parked'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    type: Mapped[str]
    body: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default="accepted")
    reason: Mapped[str | None]
    received_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Order(Base):
    """A paid order.

    It waits (`pending`) until it has a batch, and is then what its batch is: `submitted → confirmed → finalized`. One
    that was set aside has a reason (`failed`). So a block that settles five hundred orders changes one row. What
    changes in an order has no index: PostgreSQL then leaves its index entries alone. No foreign keys: see ADR 6.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        {"postgresql_with": {"fillfactor": 85}},
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """The order number on chain."""
    id: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    external_id: Mapped[str]
    event_id: Mapped[str] = mapped_column(index=True)
    customer_number: Mapped[int]
    kind: Mapped[str]
    base: Mapped[int]
    currency: Mapped[str]
    paid_at: Mapped[dt.datetime]
    order_ref: Mapped[bytes]
    reason: Mapped[str | None]
    batch_number: Mapped[int | None]


class OrderInQueue(Base):
    """An order that waits for a batch; the oldest payment goes first."""

    __tablename__ = "order_queue"

    paid_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Refund(Base):
    """Money that went back to a customer. States: `pending → submitted → confirmed`, or `failed` with a reason.

    Refunds of one order go on chain one after the other, each with the sum up to and with it.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_refunds_open", "number", postgresql_where=text("status IN ('pending', 'submitted')")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    external_id: Mapped[str]
    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"), index=True)
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number"), index=True)
    amount: Mapped[int]
    refunded_at: Mapped[dt.datetime]
    refund_ref: Mapped[bytes] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(server_default="pending")
    reason: Mapped[str | None]
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"), unique=True)
    block_number: Mapped[int | None]


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
    """A leg: a partner's share in a settled order, for one role, with everything that explains it.

    This and the tables below it follow from the chain's logs alone: they name numbers of the chain, and no rows of
    ours that a database indexed anew would not have.
    """

    __tablename__ = "commissions"
    __table_args__ = (Index("ix_commissions_partner", "partner_number", "order_number"),)

    order_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    partner_number: Mapped[int]
    plan_number: Mapped[int]
    tier: Mapped[int] = mapped_column(SmallInteger)
    rate_bps: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[int]
    settled_on: Mapped[dt.date]
    release_on: Mapped[dt.date]
    """The first day on which it may be paid."""
    block_number: Mapped[int]
    clawed_back: Mapped[int] = mapped_column(server_default="0")
    """What refunds and rulings took of it."""
    dispute: Mapped[str | None]
    """`open`, or how it ended: `kept`, `reversed`, `transferred`."""


class Clawback(Base):
    """What a refund or a ruling took back of a leg, and from where."""

    __tablename__ = "clawbacks"
    __table_args__ = (Index("ix_clawbacks_partner", "partner_number", "log_seq"),)

    log_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    order_number: Mapped[int] = mapped_column(index=True)
    partner_number: Mapped[int]
    from_frozen: Mapped[int]
    from_held: Mapped[int]
    from_available: Mapped[int]
    to_debt: Mapped[int]
    clawed_on: Mapped[dt.date]
    block_number: Mapped[int]


class Hold(Base):
    """What is held for a partner until a day; no row when it is nothing."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_release_on", "release_on", "partner_number"),)

    partner_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    release_on: Mapped[dt.date] = mapped_column(primary_key=True)
    amount: Mapped[int]


class PartnerMonth(Base):
    """A partner's month (UTC, by the settling blocks), summed up. Amounts are minor units."""

    __tablename__ = "partner_months"

    partner_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    """Its first day."""
    orders: Mapped[int]
    volume: Mapped[int]
    """Of orders in which the partner has a share above zero, each counted once: what tiers go by."""
    referrer: Mapped[int]
    implementer: Mapped[int]
    trainer: Mapped[int]
    clawed_back: Mapped[int]
    paid: Mapped[int]


class Maturity(Base):
    """What was held for a partner until a day, and became available."""

    __tablename__ = "maturities"

    partner_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    release_on: Mapped[dt.date] = mapped_column(primary_key=True)
    amount: Mapped[int]
    debt_repaid: Mapped[int]
    cumulative: Mapped[int]
    """All that was ever credited to the partner's available balance, up to and with this."""
    matured_on: Mapped[dt.date]
    block_number: Mapped[int] = mapped_column(index=True)


class VaultMovement(Base):
    """Tokens that came into the vault or left it: the token rail's own record, as a bank's statement is the bank's.

    It follows from the vault's logs alone. The audit holds it against the token, and against the books.
    """

    __tablename__ = "vault_movements"
    __table_args__ = (Index("ix_vault_movements_partner", "partner_number", "log_seq"),)

    log_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The sequence number of the vault's log."""
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """In a log that pays many."""
    kind: Mapped[str]
    """`collected`, `collected_shortage`, `returned_surplus`, `withdrawn`, `withdrawn_signed`, `paid_out`, `moved`."""
    partner_number: Mapped[int | None]
    address: Mapped[str | None]
    """Whom it went to, where the log says so."""
    units: Mapped[Decimal] = mapped_column(Numeric(78, 0))
    """Of the token; below zero when it left."""
    moved_on: Mapped[dt.date]
    transaction_hash: Mapped[bytes]
    block_number: Mapped[int] = mapped_column(index=True)


class CourtCase(Base):
    """A dispute as the court on the chain has it: one share, one dispute, ever."""

    __tablename__ = "court_cases"
    __table_args__ = (UniqueConstraint("order_number", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_number: Mapped[int]
    role: Mapped[int] = mapped_column(SmallInteger)
    claimant: Mapped[int]
    respondent: Mapped[int]
    ground: Mapped[str]
    """`record` or `evidence`: who may rule."""
    status: Mapped[str]
    """`open`, `ruled`, `appealed`, `executed`. From its deadline on, it is decided and waits to be executed."""
    ruling: Mapped[str | None]
    """`keep`, `reverse` or `transfer`, once there is one."""
    deadline: Mapped[dt.datetime]
    """The first moment, by the chain's clock, that is too late for what the status waits for."""
    block_number: Mapped[int]
    """Of its newest log."""


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
