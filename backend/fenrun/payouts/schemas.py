"""What the API says of payouts. Amounts are minor units, as text."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fenrun.payouts.states import PayoutStatus, Rail, RunStatus

Minor = Annotated[str, Field(pattern=r"^-?\d+$", description="Minor units of the currency")]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1")]
PayeeType = Literal["individual", "entity"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PayoutOut(BaseModel):
    """A payment to a partner."""

    id: str
    run_id: str | None
    partner_id: str
    partner_name: str
    gross: Minor
    withheld: Minor
    net: Minor
    currency: str
    tax_rule: str | None
    tax_note: str | None
    rail: Rail
    wallet: str | None
    """On the token rail, the address that is paid."""
    status: PayoutStatus
    reason: str | None
    """Why it is not paid, came back, or waits; in the words of the bank where it is the bank's."""
    answered_on: dt.date | None
    """The day on which the bank said that it was paid."""
    paid_on: dt.date | None
    """The day on which the chain recorded it."""
    end_to_end_id: str | None
    bank_reference: str
    transaction_hash: str | None


class RunIn(_In):
    """A run to prepare."""

    pays_on: dt.date
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    rail: Rail = "bank"


class ReasonIn(_In):
    """Why a run is turned down or called off."""

    reason: Text


class TransitionOut(BaseModel):
    """What became of a run: who did it, when and why."""

    status: RunStatus
    by: str
    at: dt.datetime
    reason: str | None


class RunOut(BaseModel):
    """A run."""

    id: str
    status: RunStatus
    rail: Rail
    currency: str
    pays_on: dt.date
    minimum: Minor
    tax_version: str
    payouts: int
    gross: Minor
    withheld: Minor
    net: Minor
    by_status: dict[PayoutStatus, int]
    left_out: int


class RunWithHistory(RunOut):
    """A run, and what became of it."""

    transitions: list[TransitionOut]
    file_format: str | None
    file_sha256: str | None


class ExclusionOut(BaseModel):
    """A partner that a run left out, and why."""

    id: str
    run_id: str
    pays_on: dt.date
    currency: str
    partner_id: str
    partner_name: str
    reason: str
    detail: str
    available: Minor


class AccountIn(_In):
    """A bank account: an IBAN, or a number with bank_code or bic."""

    holder: Text
    iban: Annotated[str, Field(max_length=50)] | None = None
    number: Annotated[str, Field(max_length=40)] | None = None
    bic: Annotated[str, Field(max_length=11)] | None = None
    bank_code: Annotated[str, Field(max_length=35)] | None = None


class DocumentModel(_In):
    """A document that was checked."""

    kind: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", description="identity, business_licence, w9, …")]
    number: Text
    expires_on: dt.date | None = None


class DetailsIn(_In):
    """Where a partner is paid, and what must be known for it."""

    country: Country
    payee_type: PayeeType
    account: AccountIn | None = None
    wallet: Annotated[str, Field(max_length=42, description="An address, for the token rail")] | None = None
    documents: Annotated[list[DocumentModel], Field(max_length=20)] = []


class ChangeIn(_In):
    """Other payout details, and the password again."""

    country: Country
    payee_type: PayeeType
    account: AccountIn
    documents: Annotated[list[DocumentModel], Field(max_length=20)] = []
    password: Annotated[str, Field(min_length=1, max_length=200)]


class ChangeOut(BaseModel):
    """A change that waits. It is in force once it is `verified` and `effective_at` is over."""

    id: str
    country: str
    payee_type: str
    account_hint: str
    documents: list[DocumentModel]
    asked_by: str
    """The login of who asked."""
    asked_at: dt.datetime
    effective_at: dt.datetime
    verified: bool


class BankAccountOut(BaseModel):
    """A bank account, whole."""

    holder: str
    iban: str | None
    number: str | None
    bic: str | None
    bank_code: str | None


class BankAccountsOut(BaseModel):
    """The accounts of a partner: the one in force, and the one that is asked for."""

    present: BankAccountOut | None
    asked_for: BankAccountOut | None


class DetailsOut(BaseModel):
    """A partner's payout details, but for the account, of which only the end is shown."""

    partner_id: str
    country: str | None
    payee_type: str | None
    account_hint: str | None
    wallet: str | None
    documents: list[DocumentModel]
    verified: bool
    changed_at: dt.datetime | None
    change: ChangeOut | None
    """What the partner asked for instead."""


class WithdrawalIn(_In):
    """A withdrawal that the partner's wallet signed: EIP-712, `Withdrawal` of the domain `Fenrun TokenVault`, `1`."""

    to: Annotated[str, Field(max_length=42, description="The address to pay to")]
    amount: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$", description="Minor units of the currency")]
    nonce: Annotated[str, Field(pattern=r"^[0-9]{1,77}$", description="A number that the partner has not used")]
    deadline: Annotated[int, Field(ge=0, lt=2**40, description="Until when the signature counts, Unix seconds")]
    signature: Annotated[str, Field(pattern=r"^0x([0-9a-fA-F]{2}){1,1024}$")]


class VaultOut(BaseModel):
    """The token vault, and the domain of what wallets sign for it."""

    chain_id: int
    vault: str
    token: str
    payer: str
    """Who pays for what is credited."""
    scale: Annotated[str, Field(description="How many units of the token are one minor unit of the currency")]
    units: Annotated[str, Field(description="What the vault holds, in units of the token")]


class AnswerOut(BaseModel):
    """What a bank's file changed. `replayed`: it was taken in before, and changed nothing now."""

    payouts_paid: int
    payouts_failed: int
    payouts_bounced: int
    payouts_unchanged: int
    replayed: bool
