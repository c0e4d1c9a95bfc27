"""What the API says of a month of compliance."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel

from fenrun.compliance.documents import Bilingual, Law
from fenrun.compliance.states import FindingState
from fenrun.compliance.vocabulary import Outcome, Point

Minor = str


class ReportChecks(BaseModel):
    """How often the rules of a point were asked."""

    point: Point
    calls: int
    subjects: int
    outcomes: dict[Outcome, int]


class ReportFigures(BaseModel):
    """What was found in the month, and what had become of it at its end, or now if it is not over."""

    opened: int
    closed: int
    stopping: int
    overridden: int
    upheld: int


class ReportRule(BaseModel):
    """What a rule found in the month, and what had become of it."""

    rule: str
    title: Bilingual
    law: Law
    found: int
    stopping: int
    overridden: int
    upheld: int
    cleared: int


class ReportDecision(BaseModel):
    """A decision; without a name, the rules', asked again."""

    at: dt.datetime
    state: FindingState
    by: str
    reason: str | None


class ReportFinding(BaseModel):
    """A finding that was made in the month, or decided in it."""

    id: str
    at: dt.datetime
    rule: str
    rule_version: int
    law: Law
    outcome: Outcome
    subject_kind: str
    subject_id: str
    subject_name: str
    says: Bilingual
    state: FindingState
    input_hash: str
    decisions: list[ReportDecision]


class ReportRulePublished(BaseModel):
    """A version of a rule that was published in the month."""

    code: str
    version: int
    at: dt.datetime
    by: str


class ReportDeductibility(BaseModel):
    """What of the month's commission is no deductible cost (rule TAX-CN-06), contract by contract. Minor units."""

    currency: str
    contracts: int
    revenue: Minor
    commission: Minor
    deductible: Minor
    not_deductible: Minor


class ReportAnchor(BaseModel):
    """Where the month's record is in the tree that was anchored on chain."""

    revision: int
    index: int
    size: int
    leaf: str
    path: list[str]
    root: str
    transaction_hash: str | None


class ComplianceReport(BaseModel):
    """A month of compliance: what was checked, stopped and overridden."""

    month: str
    complete: bool
    """Whether the month is over."""
    checks: list[ReportChecks]
    findings: ReportFigures
    by_rule: list[ReportRule]
    details: list[ReportFinding]
    rules_published: list[ReportRulePublished]
    deductibility: ReportDeductibility | None
    """None where we are not taxed in China, or the rule is off."""
    sha256: str
    """Of the month's record."""
    anchor: ReportAnchor | None
    """None until the month is closed."""


ReportFormat = Literal["pdf", "csv", "txt"]
