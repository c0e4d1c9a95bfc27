"""Months that were closed, and what was anchored of them."""

import datetime as dt

from sqlalchemy import ForeignKey, ForeignKeyConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Period(Base):
    """A month of the books. States: `open → closed → locked`; a month without a row is open.

    Nothing can be posted into a month that is not open: a trigger on `transactions` and one on `postings` refuse it.
    """

    __tablename__ = "periods"

    month: Mapped[dt.date] = mapped_column(primary_key=True)
    """Its first day (UTC)."""
    currency: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    last_transaction: Mapped[int]
    """The last one of the month, or of an earlier one when the month had none."""
    journal_hash: Mapped[bytes]
    """The journal's hash after it."""
    closed_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    closed_by: Mapped[str]
    locked_at: Mapped[dt.datetime | None]
    locked_by: Mapped[str | None]


class Checkpoint(Base):
    """The figures of a closed month as one root, and the transaction that anchors it."""

    __tablename__ = "checkpoints"
    __table_args__ = (ForeignKeyConstraint(["month", "currency"], ["periods.month", "periods.currency"]),)

    month: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    ledger_head: Mapped[bytes]
    salted_by_person: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether leaves are salted with each partner's own key; with the installation's in months closed before."""
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))


class CheckpointLeaf(Base):
    """A partner's leaf in the tree of a checkpoint. The figures are those of its statement, and not kept again."""

    __tablename__ = "checkpoint_leaves"
    __table_args__ = (
        ForeignKeyConstraint(
            ["month", "currency", "revision"], ["checkpoints.month", "checkpoints.currency", "checkpoints.revision"]
        ),
    )

    month: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    partner_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Leaves stand in the order of these."""
    hash: Mapped[bytes]
