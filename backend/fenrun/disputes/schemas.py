"""What the API says of disputes."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fenrun.deals.schemas import Long, Short
from fenrun.disputes.provenance import Asked, Ground, Reason, Role
from fenrun.disputes.states import DisputeStatus, Ruling
from fenrun.settlement.schemas import Minor

Action = Literal[
    "evidence", "open", "withdraw", "respond", "concede", "propose", "answer", "rule", "appeal", "vote", "hold",
    "resume", "escalate",
]  # fmt: skip
RuledBy = Literal["record", "automatic", "agreement", "arbiter", "silence", "withdrawal", "panel", "court"]
YourSide = Literal["claimant", "respondent", "staff", "arbiter"]
Words = Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"^[^\x00]*$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DisputeIn(_In):
    """A claim to the share that another partner has, in a role, of orders of one customer."""

    orders: Annotated[list[Short], Field(min_length=1, max_length=20)]
    role: Role
    ground: Ground
    statement: Words
    deal_id: Annotated[str, Field(max_length=64)] | None = None
    partner_id: Annotated[str, Field(max_length=64)] | None = None
    """Whose claim it is, where the staff writes it down; a partner's own members need not say."""


class WordsIn(_In):
    """What somebody says, for both sides to read."""

    words: Words


class RulingIn(_In):
    """A ruling, or a proposal of one, or a vote for one, and why."""

    ruling: Ruling
    reason: Words


class AnswerIn(_In):
    """Whether a party accepts what was proposed."""

    accepts: bool
    words: Words | None = None


class RecusalIn(_In):
    """A partner in whose matters an arbiter has a part, and which."""

    partner_id: Annotated[str, Field(max_length=64)]
    reason: Long


class PartyOut(BaseModel):
    """A partner, as a dispute names it."""

    id: str
    name: str


class DisputeOut(BaseModel):
    """A dispute, as a list shows it."""

    id: str
    status: DisputeStatus
    claimant: PartyOut
    respondent: PartyOut
    your_side: YourSide
    customer_external_id: str
    orders: list[str]
    role: Role
    ground: Ground
    opened_at: dt.datetime | None
    deadline: dt.datetime | None
    court_deadline: dt.datetime | None
    ruling: Ruling | None
    ruled_by: RuledBy | None
    closed_at: dt.datetime | None
    created_at: dt.datetime


class QuoteOut(BaseModel):
    """A piece of the record that a finding rests on."""

    kind: Literal["registration", "attribution", "order"]
    id: str
    partner_name: str | None
    at: dt.datetime | None


class DisputeFindingOut(BaseModel):
    """What the automatic check found, and by what. Without a ruling, who is asked."""

    ruling: Ruling | None
    reason: Reason
    quotes: list[QuoteOut]
    asks: list[Asked]


class ProposalOut(BaseModel):
    """What the staff proposed, and what the parties say."""

    ruling: Ruling
    reason: str
    claimant: bool | None
    respondent: bool | None


class LegOut(BaseModel):
    """A disputed share. What is at stake is its partner's and the staff's to see."""

    order_id: str
    order_external_id: str
    paid_on: dt.date
    at_stake: Minor | None
    currency: str
    court_id: int | None
    court_status: Literal["open", "ruled", "appealed", "executed"] | None
    court_ruling: str | None
    refused: str | None


class EntryOut(BaseModel):
    """Something that happened."""

    at: dt.datetime
    event: str
    status: DisputeStatus
    side: str
    words: str | None
    ruling: Ruling | None


class EvidenceOut(BaseModel):
    """A file that was handed in. `signer` is the wallet that signed its hash."""

    id: str
    side: str
    name: str
    description: str
    media_type: str
    size: int
    sha256: str
    captured_at: dt.datetime
    signer: str | None


class VoteOut(BaseModel):
    """What a member of the panel voted."""

    seat: int
    ruling: Ruling
    reason: str
    at: dt.datetime


class DisputeDetail(DisputeOut):
    """A dispute with everything that is known of it, and what the reader may do now."""

    statement: str
    deal_id: str | None
    claim_sha256: str | None
    finding: DisputeFindingOut | None
    proposal: ProposalOut | None
    ruling_reason: str | None
    ruled_at: dt.datetime | None
    legs: list[LegOut]
    entries: list[EntryOut]
    evidence: list[EvidenceOut]
    votes: list[VoteOut]
    actions: list[Action]
