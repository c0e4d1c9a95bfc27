"""Rules by version, what they said, what people decided about it, and the lists that names are screened against."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class RuleVersion(Base):
    """A version of a rule. States: `states.RULE`. What is published is never changed."""

    __tablename__ = "compliance_rule_versions"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        # Somebody's draft is finished or withdrawn before another of the rule begins.
        Index(
            "uq_compliance_rule_versions_open", "code", unique=True,
            postgresql_where=text("state IN ('draft', 'checked', 'tested', 'approved')"),
        ),
    )  # fmt: skip

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    version: Mapped[int]
    point: Mapped[str]
    document: Mapped[dict[str, Any]]
    """`documents.RuleDocument`."""
    digest: Mapped[bytes]
    """SHA-256 of the document."""
    state: Mapped[str] = mapped_column(server_default="draft")
    shipped: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it came with the program, and not from a person."""
    effective_from: Mapped[dt.datetime | None]
    """From when on it is in force, if it was published; until the next one is."""
    drafted_by: Mapped[str]
    """The member's id, or that of who asked for a rollback: who cannot approve it."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class RuleStep(Base):
    """That a version of a rule came into a state. Never altered: a trigger refuses it."""

    __tablename__ = "compliance_rule_steps"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    version_number: Mapped[int] = mapped_column(ForeignKey("compliance_rule_versions.number"), index=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    by_member: Mapped[str]
    by_login: Mapped[str]
    at: Mapped[dt.datetime]


class Check(Base):
    """That rules were asked: how many subjects, what came of them, by which rulebook. One row a call."""

    __tablename__ = "compliance_checks"
    __table_args__ = (Index("ix_compliance_checks_at", "at"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[dt.datetime]
    point: Mapped[str]
    rulebook: Mapped[bytes]
    """SHA-256 of the versions that were in force, by code."""
    subjects: Mapped[int]
    inputs: Mapped[bytes]
    """SHA-256 of all the facts, in their order."""
    outcomes: Mapped[dict[str, Any]]
    """How many subjects came to which outcome."""


class RuleFinding(Base):
    """What a rule said of a subject, if it was not PASS. States: `states.FINDING`."""

    __tablename__ = "compliance_findings"
    __table_args__ = (
        # What is true of a subject now; what was before stays, closed.
        Index(
            "uq_compliance_findings_live", "subject_kind", "subject_id", "rule_code", unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_compliance_findings_state", "state", "number"),
        Index("ix_compliance_findings_partner", "partner_number", "number"),
        Index("ix_compliance_findings_at", "at"),
    )  # fmt: skip

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    at: Mapped[dt.datetime]
    point: Mapped[str]
    rule_code: Mapped[str]
    rule_number: Mapped[int] = mapped_column(ForeignKey("compliance_rule_versions.number"), index=True)
    outcome: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    subject_name: Mapped[str]
    """What people know it by; empty where that would be personal data."""
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    customer_number: Mapped[int | None] = mapped_column(ForeignKey("customers.number"))
    facts: Mapped[dict[str, Any]]
    """What the rule read, but for free text, which may be personal data."""
    evidence: Mapped[dict[str, Any]]
    input_hash: Mapped[bytes]
    """Of the rule's version and the facts that it read: a decision holds for these, and for no others."""
    says_en: Mapped[str]
    says_zh: Mapped[str]
    overridable: Mapped[bool]
    state: Mapped[str]
    closed_at: Mapped[dt.datetime | None]
    """When the rule, asked again, said otherwise."""


class FindingDecision(Base):
    """What somebody decided about a finding. Never altered: a trigger refuses it."""

    __tablename__ = "compliance_decisions"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    finding_number: Mapped[int] = mapped_column(ForeignKey("compliance_findings.number"), index=True)
    state: Mapped[str]
    """Into which the finding came by it."""
    reason: Mapped[str | None]
    by_member: Mapped[str]
    """Empty: the rules, asked again."""
    by_login: Mapped[str]
    at: Mapped[dt.datetime]


class CustomerHold(Base):
    """A customer whose orders do not go on chain until the findings about it are decided."""

    __tablename__ = "customer_holds"

    customer_number: Mapped[int] = mapped_column(ForeignKey("customers.number"), primary_key=True)
    since: Mapped[dt.datetime]


class SanctionsList(Base):
    """A version of a sanctions list. Of each name the newest one counts."""

    __tablename__ = "sanctions_lists"
    __table_args__ = (UniqueConstraint("name", "version"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    sha256: Mapped[bytes]
    """Of the file."""
    entries: Mapped[int]
    loaded_by: Mapped[str]
    loaded_at: Mapped[dt.datetime]


class SanctionsName(Base):
    """A name of an entry, or one of its aliases, as names are compared."""

    __tablename__ = "sanctions_names"
    __table_args__ = (Index("ix_sanctions_names_list", "list_number"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    list_number: Mapped[int] = mapped_column(ForeignKey("sanctions_lists.number"))
    entry: Mapped[str]
    """The list's own id of it."""
    name: Mapped[str]
    folded: Mapped[str]


class Screening(Base):
    """What a name came to against the lists in force. Made anew when they change."""

    __tablename__ = "screenings"

    folded: Mapped[str] = mapped_column(primary_key=True)
    lists: Mapped[str]
    """The versions, as `sanctions.versions` names them."""
    score_bps: Mapped[int | None]
    entry: Mapped[str | None]
    name: Mapped[str | None]
    """The name there that is most like it."""
    at: Mapped[dt.datetime]
