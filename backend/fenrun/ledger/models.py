"""Double entry: a posting has two ends, so none can be unbalanced."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Identity, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Account(Base):
    """An account of one currency. A `kind` that is kept per partner has one account for each.

    `debits` and `credits` are what the journal says: final, and sealed. `pending_debits` and `pending_credits` have
    beside it what is in a block and may still be taken back.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("kind", "partner_number", "currency", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    partner_number: Mapped[int | None] = mapped_column(index=True)
    currency: Mapped[str]
    debits: Mapped[Decimal] = mapped_column(Numeric(38, 0), server_default="0")
    credits: Mapped[Decimal] = mapped_column(Numeric(38, 0), server_default="0")
    pending_debits: Mapped[Decimal] = mapped_column(Numeric(38, 0), server_default="0")
    pending_credits: Mapped[Decimal] = mapped_column(Numeric(38, 0), server_default="0")


class Transaction(Base):
    """What one final log of the settlement ledger did to the books, chained to the one before by its hash."""

    __tablename__ = "transactions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The log's sequence number on chain."""
    kind: Mapped[str]
    effective_on: Mapped[dt.date] = mapped_column(index=True)
    chain_head: Mapped[bytes]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
    posted_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Posting(Base):
    """An amount that moved from one account (debited) to another (credited). Never changed.

    Without foreign keys: see ADR 6. The audit finds what they would.
    """

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("source_id <> destination_id", name="two_ends"),
        Index("ix_postings_source", "source_id", "transaction_number"),
        Index("ix_postings_destination", "destination_id", "transaction_number"),
        Index("ix_postings_order_number", "order_number", postgresql_where=text("order_number IS NOT NULL")),
    )

    transaction_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source_id: Mapped[int]
    destination_id: Mapped[int]
    amount: Mapped[int]
    asset: Mapped[str]
    order_number: Mapped[int | None]
    """Of what happened to one order; what a batch credits is the sum of its legs."""
