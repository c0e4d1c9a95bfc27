"""What the API says of registrations and known companies."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from fenrun.deals.conflicts import FindingKind
from fenrun.deals.service import Decision
from fenrun.deals.states import DealStatus
from fenrun.kit.company_identity import Likeness


def _no_zero(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain a zero byte")
    return text


Value = Literal["under_10k", "10k_50k", "50k_250k", "250k_1m", "over_1m"]
Stage = Literal["lead", "qualified", "demo", "proposal", "negotiation"]
Claim = Literal["awaits_signature", "made"]

_CLEAN = AfterValidator(_no_zero)
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _CLEAN]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), _CLEAN]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _CLEAN]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CompanyIn(_In):
    """A company, as far as it can be told from others."""

    legal_name: Short
    country: Country
    domain: Optional | None = None
    credit_code: Optional | None = None


class ContactIn(_In):
    """The person at the customer's."""

    name: Short
    email: Short


class PartnerContactIn(_In):
    """Who works on it at the partner's, and when they last spoke to the customer."""

    name: Short
    contacted_on: dt.date


class DealIn(_In):
    """A registration: eight fields, and the scope they are meant for."""

    company: CompanyIn
    contact: ContactIn
    value: Value
    quarter: Annotated[str, Field(pattern=r"^20[0-9]{2}-Q[1-4]$")]
    stage: Stage
    compelling_event: Long
    products: Annotated[list[Short], Field(min_length=1, max_length=10)]
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    partner_contact: PartnerContactIn


class NewDealIn(DealIn):
    """A registration for a partner. Its own members need not say which."""

    partner_id: Annotated[str, Field(max_length=64)] | None = None


class AttributionIn(_In):
    """The customer of the CRM that a registration becomes, and the plan version it earns by."""

    customer_id: Short
    plan_id: Annotated[str, Field(min_length=1, max_length=64), _CLEAN]


class DecisionIn(_In):
    """The answer to a registration. A reason is needed unless it is approved; the partner reads it."""

    decision: Decision
    reason: Long | None = None
    attribution: AttributionIn | None = None


class ClaimIn(_In):
    """A claim as the partner's wallet signed it."""

    deadline: Annotated[int, Field(ge=0, lt=2**40)]
    signature: Annotated[str, Field(pattern=r"^0x([0-9a-fA-F]{2}){65,512}$")]


class ContactOut(BaseModel):
    """The person at the customer's."""

    name: str
    email: str


class DealFindingOut(BaseModel):
    """Something else that concerns the same company, or perhaps the same. `bars`: nothing is approved against it."""

    kind: FindingKind
    likeness: Likeness
    bars: bool
    id: str
    legal_name: str
    partner_name: str | None
    since: dt.datetime | dt.date | None


class DealOut(BaseModel):
    """A registration, as a list shows it."""

    id: str
    partner_id: str
    partner_name: str
    status: DealStatus
    legal_name: str
    country: str
    domain: str | None
    credit_code: str | None
    value: Value
    quarter: str
    stage: Stage
    products: list[str]
    region: str
    registered_at: dt.datetime | None
    answer_due_at: dt.datetime | None
    answered_at: dt.datetime | None
    protected_until: dt.datetime | None
    can_extend: bool
    reason: str | None
    created_at: dt.datetime


class DealDetail(DealOut):
    """A registration with everything that is known of it. What stands in its way is for the staff alone."""

    contact: ContactOut
    compelling_event: str
    partner_contact: str
    contacted_on: dt.date
    extended_at: dt.datetime | None
    extension_note: str | None
    extension_sha256: str | None
    customer_id: str | None
    claim: Claim | None
    findings: list[DealFindingOut] | None


class ClaimOut(BaseModel):
    """What the wallet is to sign (EIP-712), and until when that counts."""

    typed_data: dict[str, Any]
    deadline: int


class KnownCompanyIn(CompanyIn):
    """A company that the vendor is in touch with itself, or that a customer of the CRM is."""

    direct_only: bool = False
    contacted_on: dt.date | None = None
    customer_id: Short | None = None


class KnownCompanyOut(BaseModel):
    """A company that the vendor knows itself."""

    id: str
    legal_name: str
    country: str
    domain: str | None
    credit_code: str | None
    direct_only: bool
    contacted_on: dt.date | None
    customer_id: str | None
