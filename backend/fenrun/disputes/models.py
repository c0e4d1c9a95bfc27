"""Disputes, the shares they are about, what happened in them, and what was filed."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Dispute(Base):
    """A claim to shares that another partner has. States: `states.DISPUTE`."""

    __tablename__ = "disputes"
    __table_args__ = (
        Index("ix_disputes_claimant", "claimant_number", "number"),
        Index("ix_disputes_respondent", "respondent_number", "number"),
        Index("ix_disputes_deadline", "deadline", postgresql_where=text("deadline IS NOT NULL")),
        Index("ix_disputes_live", "number", postgresql_where=text("status NOT IN ('draft', 'closed')")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    claimant_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    respondent_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    customer_number: Mapped[int] = mapped_column(ForeignKey("customers.number"))
    role: Mapped[int] = mapped_column(SmallInteger)
    ground: Mapped[str]
    statement: Mapped[str]
    """What the claimant says, in its own words."""
    deal_number: Mapped[int | None] = mapped_column(ForeignKey("deals.number"))

    status: Mapped[str] = mapped_column(server_default="draft")
    status_since: Mapped[dt.datetime]
    deadline: Mapped[dt.datetime | None]
    """When time goes on without whoever is asked."""
    court_deadline: Mapped[dt.datetime | None]
    """Until when the court on the chain hears an appeal, or the panel."""
    resumes_to: Mapped[str | None]
    """Where a hold began."""
    opened_at: Mapped[dt.datetime | None]
    claim_digest: Mapped[bytes | None]
    """SHA-256 of the claim and the hashes of its evidence: what the chain has of it."""
    finding: Mapped[dict[str, Any] | None]
    """What the automatic check found; see `provenance.Finding`."""
    proposal: Mapped[dict[str, Any] | None]
    """A ruling that the parties are asked to accept, its reason, who proposed it, and who said what."""
    ruling: Mapped[str | None]
    ruled_by: Mapped[str | None]
    """`record`, `automatic`, `agreement`, `arbiter`, `silence`, `withdrawal`, `panel`, or `court`."""
    ruling_reason: Mapped[str | None]
    ruled_at: Mapped[dt.datetime | None]
    """When it was first ruled: what the budget of four hours is counted to."""
    appealed_by: Mapped[int | None]
    closed_at: Mapped[dt.datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class DisputedLeg(Base):
    """A share that a dispute is about: one, or several of the same customer and role."""

    __tablename__ = "disputed_legs"
    __table_args__ = (
        # A share has one dispute, ever; drafts, and what the court would not take, do not count.
        Index("uq_disputed_legs_live", "order_number", "role", unique=True, postgresql_where=text("live")),
    )

    dispute_number: Mapped[int] = mapped_column(ForeignKey("disputes.number"), primary_key=True)
    order_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    live: Mapped[bool] = mapped_column(server_default="false")
    """From the opening on, unless the court would not take it."""
    refused: Mapped[str | None]
    """Why the court would not take it: it was paid meanwhile, say."""


class DisputeCall(Base):
    """A call of the court that a share of a dispute needs; each is sent once."""

    __tablename__ = "dispute_calls"
    __table_args__ = (
        UniqueConstraint("dispute_number", "order_number", "kind", "what"),
        Index("ix_dispute_calls_due", "number", postgresql_where=text("intent_id IS NULL AND refused IS NULL")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    dispute_number: Mapped[int] = mapped_column(ForeignKey("disputes.number"), index=True)
    order_number: Mapped[int]
    role: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    """`open`, `evidence`, `rule`, `appeal`, `vote` or `execute`."""
    what: Mapped[str] = mapped_column(server_default="")
    """Whose evidence by its id, or whose vote by the seat."""
    argument: Mapped[str] = mapped_column(server_default="")
    """The ruling, the partner's number, or the evidence's hash."""
    partner_number: Mapped[int | None]
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"), unique=True)
    refused: Mapped[str | None]


class DisputeEntry(Base):
    """Something that happened in a dispute, as both sides read it."""

    __tablename__ = "dispute_entries"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    dispute_number: Mapped[int] = mapped_column(ForeignKey("disputes.number"), index=True)
    at: Mapped[dt.datetime]
    event: Mapped[str]
    status: Mapped[str]
    """Since then."""
    side: Mapped[str]
    """Whose doing: `claimant`, `respondent`, `staff`, `arbiter`, `panel`, `time` or `chain`."""
    member_id: Mapped[str | None]
    words: Mapped[str | None]
    """A statement, or a reason, as it was written."""
    ruling: Mapped[str | None]


class Evidence(Base):
    """A file that was handed in: hashed when it came, by our clock, and kept by its content."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("dispute_number", "sha256"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    dispute_number: Mapped[int] = mapped_column(ForeignKey("disputes.number"), index=True)
    side: Mapped[str]
    partner_number: Mapped[int | None]
    member_id: Mapped[str]
    login: Mapped[str]
    address: Mapped[str]
    """Where it was sent from."""
    name: Mapped[str]
    description: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    captured_at: Mapped[dt.datetime]
    signature: Mapped[str | None]
    """Of the submitter's wallet over the hash; see `evidence_service.message`."""
    signer: Mapped[str | None]


class PanelVote(Base):
    """What a member of the panel voted, and for which seat."""

    __tablename__ = "panel_votes"

    dispute_number: Mapped[int] = mapped_column(ForeignKey("disputes.number"), primary_key=True)
    seat: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    member_id: Mapped[str]
    login: Mapped[str]
    ruling: Mapped[str]
    reason: Mapped[str]
    at: Mapped[dt.datetime]


class Recusal(Base):
    """An arbiter who has a part in a partner's matters, by its own word."""

    __tablename__ = "recusals"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[dt.datetime]
