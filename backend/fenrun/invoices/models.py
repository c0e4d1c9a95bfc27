"""Invoices that partners sent."""

import datetime as dt

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Invoice(Base):
    """An invoice of a partner for its commission. One that was red-lettered (红冲) covers nothing any more."""

    __tablename__ = "invoices"
    __table_args__ = (
        # A number is issued once: the same invoice pays for nothing twice, whoever sends it.
        UniqueConstraint("code", "invoice_number"),
        Index("ix_invoices_partner", "partner_number", "number"),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    code: Mapped[str]
    """发票代码; empty for a fully digital one, whose number has 20 digits."""
    invoice_number: Mapped[str]
    issued_on: Mapped[dt.date]
    amount: Mapped[int]
    """With tax, in minor units of the ledger's currency."""
    tax: Mapped[int]
    buyer_tax_id: Mapped[str]
    """Whom it is made out to."""
    red_lettered_at: Mapped[dt.datetime | None]
    red_letter_reason: Mapped[str | None]
    registered_by: Mapped[str]
    """The member's id."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
