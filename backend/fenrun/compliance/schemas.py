"""What the API says of rules, their versions, what they found, and sanctions lists."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from fenrun.compliance.checking import Level
from fenrun.compliance.documents import Bilingual, Law, RuleDocument
from fenrun.compliance.states import FindingState, RuleState
from fenrun.compliance.vocabulary import Outcome, Point, Type


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]


class RuleReasonIn(_In):
    """Why."""

    reason: Reason


class RuleConfirmIn(_In):
    """Why a second person agrees, if there is more to say."""

    reason: Reason | None = None


class RulePublishIn(_In):
    """From when on a version is in force; without a moment, from now on."""

    effective_from: AwareDatetime | None = None


class RuleFlawOut(BaseModel):
    """What is wrong with a version, or worth knowing."""

    level: Level
    code: str
    where: str
    """Such as `rows[2].own_share_bps`."""
    message: str


class RuleTriedOut(BaseModel):
    """What came of a case of a version."""

    name: str
    expected: Outcome
    found: Outcome | None
    """None: its facts cannot be judged."""
    problem: str | None
    passed: bool


class RuleStepOut(BaseModel):
    """That a version came into a state."""

    state: RuleState
    reason: str | None
    by: str
    at: dt.datetime


class RuleVersionSummary(BaseModel):
    """A version of a rule."""

    id: str
    code: str
    version: int
    state: RuleState
    shipped: bool
    in_force: bool
    effective_from: dt.datetime | None
    created_at: dt.datetime


class RuleVersionOut(RuleVersionSummary):
    """A version of a rule with its text, what is found of it now, and how it came about."""

    document: RuleDocument
    sha256: str
    mine: bool
    """Whether the viewer wrote it, and so cannot approve it."""
    flaws: list[RuleFlawOut]
    cases: list[RuleTriedOut]
    """None are run while there are errors."""
    steps: list[RuleStepOut]


class RuleOut(BaseModel):
    """A rule, by its version in force; without one, by its newest."""

    code: str
    point: Point
    title: Bilingual
    law: Law
    kind: Literal["table", "code"]
    enabled: bool
    overridable: bool
    in_force: RuleVersionSummary | None
    scheduled: RuleVersionSummary | None
    """Published, and in force later."""
    open: RuleVersionSummary | None
    """Still to be published."""


class RuleFieldOut(BaseModel):
    """A fact that rules of a point can read."""

    name: str
    type: Type
    about: Bilingual
    choices: list[str]
    optional: bool
    volatile: bool


class RuleSettingOut(BaseModel):
    """A number of a rule that is code."""

    name: str
    default: int
    least: int
    most: int


class RuleDetail(RuleOut):
    """A rule, its versions, and what one may write in them."""

    versions: list[RuleVersionSummary]
    fields: list[RuleFieldOut]
    settings: list[RuleSettingOut]


class RuleNotJudgedOut(BaseModel):
    """A rule of the field that is not judged here, and why."""

    code: str
    why: Bilingual


class RulebookOut(BaseModel):
    """All rules by code, and those that are not judged."""

    data: list[RuleOut]
    not_judged: list[RuleNotJudgedOut]


class RuleCheckOut(BaseModel):
    """A version after it was checked or tested."""

    version: RuleVersionOut


class RuleFindingDecisionOut(BaseModel):
    """What was decided about a finding; without a name, by the rules, asked again."""

    state: FindingState
    reason: str | None
    by: str
    at: dt.datetime


class RuleFindingOut(BaseModel):
    """What a rule said of somebody or something."""

    id: str
    at: dt.datetime
    point: Point
    rule: str
    title: Bilingual
    outcome: Outcome
    state: FindingState
    overridable: bool
    says: Bilingual
    subject_kind: str
    subject_id: str
    subject_name: str
    partner_id: str | None
    partner_name: str | None
    closed_at: dt.datetime | None
    stops: bool
    """Whether it holds or blocks now."""


class RuleFindingDetail(RuleFindingOut):
    """What a rule said, by which version and law, from which facts, and what was decided."""

    law: Law
    rule_version: RuleVersionSummary
    facts: dict[str, Any]
    evidence: dict[str, Any]
    input_hash: str
    """SHA-256 of the rule's version and the facts: a decision holds for these alone."""
    asked_by_me: bool
    """Whether the viewer asked that it be let pass, and so cannot confirm it."""
    decisions: list[RuleFindingDecisionOut]
    fields: list[RuleFieldOut]


class RuleFindingCount(BaseModel):
    """How many findings are true now."""

    outcome: Outcome
    state: FindingState
    count: int


class RuleFindingSummary(BaseModel):
    """What waits in the risk queue."""

    stopping: int
    """What holds or blocks now."""
    to_confirm: int
    """What somebody asked to let pass."""
    counts: list[RuleFindingCount]


class SanctionsListOut(BaseModel):
    """A sanctions list in force."""

    name: str
    version: str
    entries: int
    sha256: str
    loaded_at: dt.datetime
