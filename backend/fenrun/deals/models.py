"""Registrations of deals, and the companies that the vendor knows itself."""

import datetime as dt

from sqlalchemy import ARRAY, ForeignKey, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Deal(Base):
    """A customer that a partner says it brings. States: `states.DEAL`."""

    __tablename__ = "deals"
    __table_args__ = (
        Index("ix_deals_partner", "partner_number", "number"),
        Index("ix_deals_waiting", "answer_due_at", postgresql_where=text("status = 'submitted'")),
        Index("ix_deals_protected", "protected_until", postgresql_where=text("status = 'approved'")),
        Index("ix_deals_name", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    status: Mapped[str] = mapped_column(server_default="draft")

    legal_name: Mapped[str]
    name_key: Mapped[str]
    """What it is compared by: `identity.name_key`."""
    country: Mapped[str]
    domain: Mapped[str | None] = mapped_column(index=True)
    credit_code: Mapped[str | None] = mapped_column(index=True)
    contact: Mapped[bytes]
    """The person at the customer's: name and address, sealed."""
    value: Mapped[str]
    """A range, in the installation's currency."""
    quarter: Mapped[str]
    """In which it is expected to close, such as `2026-Q4`."""
    stage: Mapped[str]
    compelling_event: Mapped[str]
    products: Mapped[list[str]] = mapped_column(ARRAY(String))
    region: Mapped[str]
    partner_contact: Mapped[str]
    """Who works on it at the partner's, and when they last spoke to the customer."""
    contacted_on: Mapped[dt.date]

    registered_at: Mapped[dt.datetime | None]
    """When it was first handed in for this company and scope, by our clock: what comes first, wins."""
    submitted_at: Mapped[dt.datetime | None]
    answer_due_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None]
    """The member's id."""
    reason: Mapped[str | None]
    """Why it was returned or rejected, in words that the partner reads."""
    protected_until: Mapped[dt.datetime | None]
    extended_at: Mapped[dt.datetime | None]
    extension_note: Mapped[str | None]
    extension_file: Mapped[str | None]
    """SHA-256 of what shows that the deal is alive."""
    ended_at: Mapped[dt.datetime | None]
    """When it was rejected, withdrawn, or expired."""
    reminded_at: Mapped[dt.datetime | None]

    customer_number: Mapped[int | None] = mapped_column(ForeignKey("customers.number"), index=True)
    """The customer of the CRM that it became."""
    customer_external_id: Mapped[str | None]
    plan_number: Mapped[int | None] = mapped_column(ForeignKey("plans.number"))
    claim: Mapped[str | None]
    """`awaits_signature`, of a partner who has a wallet, or `made`."""
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class KnownCompany(Base):
    """A company that the vendor is in touch with itself, or that a customer of the CRM is."""

    __tablename__ = "known_companies"
    __table_args__ = (Index("ix_known_companies_name", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    legal_name: Mapped[str]
    name_key: Mapped[str]
    country: Mapped[str]
    domain: Mapped[str | None] = mapped_column(index=True)
    credit_code: Mapped[str | None] = mapped_column(index=True)
    direct_only: Mapped[bool]
    """Nobody but the vendor sells to it."""
    contacted_on: Mapped[dt.date | None]
    """When the vendor's own people last spoke to it."""
    customer_number: Mapped[int | None] = mapped_column(ForeignKey("customers.number"), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
