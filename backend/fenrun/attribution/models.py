"""Customers and who earned them."""

import datetime as dt

from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Customer(Base):
    """A customer of the vendor. On chain only `customer_key` stands for it: 96 bits of an HMAC."""

    __tablename__ = "customers"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_key: Mapped[bytes] = mapped_column(unique=True)


class Referral(Base):
    """An attribution of a customer: partners by role, the plan version, and from when on it counts."""

    __tablename__ = "referrals"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    customer_number: Mapped[int] = mapped_column(ForeignKey("customers.number"), index=True)
    referrer: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    implementer: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    trainer: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"))
    effective_from: Mapped[dt.datetime] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(server_default="pending")
    """`pending` until the chain has it, then `registered`, and `locked` by the first settled order."""
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))
