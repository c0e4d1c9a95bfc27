"""Statements and periods as the API gives them. Amounts are minor units, as text; bytes are `0x…`.

A statement is also a file: `fenrun verify` and the page at /v1/verifier read what is written here.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from fenrun.settlement.schemas import Kind, Minor, Role

FORMAT = "fenrun.statement.1"

Hex = Annotated[str, Field(pattern=r"^0x([0-9a-f]{2})*$")]
PeriodStatus = Literal["open", "closed", "locked"]
Missing = Literal["earlier_open", "not_final", "unsealed", "never_audited", "audit_differs", "audit_too_old"]
"""What of the checklist for closing a month is not done."""


class Accounts(BaseModel):
    """A partner's four accounts. Debt is what the partner owes; the others are owed to it."""

    held: Minor
    available: Minor
    frozen: Minor
    debt: Minor


class StatementPartner(BaseModel):
    """Whose statement it is; `number` is the id on chain.

    Of one that was `erased`, nobody can show its place in a closed month any more: the key to it was destroyed.
    """

    number: int
    id: str
    external_id: str
    name: str
    erased: bool = False


class StatementPeriod(BaseModel):
    """A month, UTC. `complete` says that it is over, and that every log of it is final and in the books."""

    month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    first_day: dt.date
    last_day: dt.date
    status: PeriodStatus
    complete: bool


class LedgerSpan(BaseModel):
    """Which logs of the ledger the statement knows of: those after `before`, up to `last`."""

    before: int
    last: int
    head: Hex
    """The ledger's head after the last one."""
    first_block: int
    """Where the logs of our contracts begin."""


class StatementLeg(BaseModel):
    """The partner's share in an order, for one role."""

    role: Role
    tier: int
    rate_bps: int
    share: Minor


class StatementOrder(BaseModel):
    """A settled order and the proof that it is in its batch."""

    order_no: int
    order_id: str | None
    external_id: str | None
    kind: Kind
    base: Minor
    paid_at: dt.datetime
    plan: int
    settled_on: dt.date
    payable_on: dt.date
    legs: list[StatementLeg]
    leaf: Hex
    batch: int
    position: int
    """Of the leaf in its batch, from 0."""
    root: Hex
    proof: list[Hex]
    seq: int
    block_number: int
    transaction_hash: Hex


class CommissionProof(BaseModel):
    """The order of a commission with the proof that it is in its batch, and where the batch's root can be asked for.

    `root` is from the logs of the ledger that this server read and verified; the contract's view `rootOf(batch)` at
    `contract` gives the same to anyone with a node.
    """

    chain_id: int
    contract: str
    order: StatementOrder


class StatementPlan(BaseModel):
    """A plan version that some order follows, as it was published."""

    number: int
    code: str
    version: int
    tier_thresholds: list[Minor]
    hold_days: int
    new_bps: list[list[int]]
    renewal_bps: list[list[int]]
    seq: int
    block_number: int
    transaction_hash: Hex


class StatementMovement(BaseModel):
    """Anything else that moved the partner's accounts. `seq` names its log."""

    seq: int
    on: dt.date
    kind: str
    order_no: int | None
    number: int | None
    withheld: Minor
    held: Minor
    available: Minor
    frozen: Minor
    debt: Minor


class StatementLog(BaseModel):
    """A log of the ledger, as the chain has it."""

    contract: str
    seq: int
    block_number: int
    transaction_hash: Hex
    topic: Hex
    data: Hex


class StatementTotals(BaseModel):
    """How much there is of what."""

    orders: int
    legs: int
    earned: Minor
    movements: int


class StatementCheckpoint(BaseModel):
    """The partner's place in the tree of the closed month. The transaction is missing until a block holds it."""

    revision: int
    root: Hex
    journal_hash: Hex
    ledger_head: Hex
    salt: Hex
    index: int
    size: int
    path: list[Hex]
    block_number: int | None
    transaction_hash: Hex | None


class Statement(BaseModel):
    """One partner, one month, one currency: opening, what moved, closing, and what a stranger needs to check it."""

    format: str
    chain_id: int
    contracts: dict[str, str]
    partner: StatementPartner
    currency: str
    decimals: int
    period: StatementPeriod
    ledger: LedgerSpan
    opening: Accounts
    orders: list[StatementOrder]
    movements: list[StatementMovement]
    closing: Accounts
    totals: StatementTotals
    plans: list[StatementPlan]
    logs: list[StatementLog]
    checkpoint: StatementCheckpoint | None


class StatementListed(BaseModel):
    """A month of which there is a statement."""

    month: str
    status: PeriodStatus
    complete: bool


class ClosingCheck(BaseModel):
    """A line of the checklist for closing a month: done, or what is missing.

    `about` is the month, the day or the number that `missing` speaks of; `detail` says the same in English.
    """

    name: Literal["earlier_closed", "final", "sealed", "audited"]
    ok: bool
    missing: Missing | None
    about: str | None
    detail: str


class CheckpointOut(BaseModel):
    """What was, or will be, anchored on chain of a month."""

    revision: int
    root: Hex
    partners: int
    transaction_hash: Hex | None
    block_number: int | None


class PeriodOut(BaseModel):
    """A month of the books."""

    id: str
    month: str
    currency: str
    status: PeriodStatus
    last_transaction: int
    journal_hash: Hex
    closed_at: dt.datetime | None
    closed_by: str | None
    locked_at: dt.datetime | None
    locked_by: str | None
    checkpoint: CheckpointOut | None


class PeriodWithChecklist(PeriodOut):
    """A month, and what stands between it and its closing."""

    checklist: list[ClosingCheck]


class PeriodBalanceLine(BaseModel):
    """All accounts of a kind. Balances are on the side that is natural for the type."""

    code: str
    type: Literal["expense", "liability", "asset"]
    opening: Minor
    debits: Minor
    credits: Minor
    closing: Minor


class PeriodTrialBalance(BaseModel):
    """The trial balance of a stretch of days, or as of its last one."""

    currency: str
    first_day: dt.date | None
    last_day: dt.date
    lines: list[PeriodBalanceLine]
    debits: Minor
    credits: Minor
    balanced: bool
    last_transaction: int
    journal_hash: Hex
