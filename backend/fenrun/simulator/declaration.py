"""What compliance has to know of a plan and nobody can compute, and what it says of the plan that is proposed."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from fenrun.compliance import service as compliance
from fenrun.compliance.service import Subject, Verdict
from fenrun.compliance.vocabulary import Facts
from fenrun.kit.countries import CountryGroup
from fenrun.plans.split import Terms
from fenrun.simulator import repository
from fenrun.simulator.models import PlanProposal
from fenrun.simulator.schemas import Minor, RuleIn

Share = Annotated[int, Field(ge=0, le=10_000)]


class PlanDeclaration(BaseModel):
    """What whoever proposes a plan declares about it. Shares are basis points of the relevant market."""

    model_config = ConfigDict(extra="forbid")

    jurisdiction: CountryGroup
    channel_role: Literal["agent", "reseller"]
    genuine_agency: bool = False
    price_clause: Literal["none", "fixed_resale_price", "min_resale_price", "max_discount", "min_margin"] = "none"
    rebate_reads: Literal["none", "own_sales", "resale_price", "advertised_price"] = "none"
    own_share_bps: Share | None = None
    partner_share_bps: Share | None = None
    product_turnover: Minor | None = None
    """Yearly, of the contract's products, in fen of CNY."""
    safe_harbour_evidence: bool = False
    restraint: Literal["none", "territory", "customers", "exclusive_dealing", "mfn"] = "none"
    measure: Literal["sales", "headcount"] = "sales"
    recruit_required: bool = False
    entry_fee: Minor = "0"
    mandatory_purchase: bool = False
    override_depth: Annotated[int, Field(ge=0, le=100)] = 0
    role_work: bool = True
    network_depth: Annotated[int, Field(ge=1, le=100)] = 1
    tied_to_retail: bool = True
    licensed_direct_seller: bool = False


def judge(session: Session, found: PlanProposal, now: dt.datetime) -> Verdict:
    """What the rules say of a proposal. One that declares nothing is held: what is not said cannot be judged."""
    facts: Facts = {}
    if found.declaration is not None:
        declared = PlanDeclaration.model_validate(found.declaration)
        facts = {
            **declared.model_dump(exclude={"entry_fee", "product_turnover"}),
            "entry_fee": int(declared.entry_fee),
            "product_turnover": None if declared.product_turnover is None else int(declared.product_turnover),
            "network_members": repository.partner_count(session),
            "total_rate_bps": highest_total(RuleIn.model_validate(found.terms).rule().terms),
        }
    subject = Subject("plan_proposal", found.id, facts, f"{found.code}: {found.design}")
    [verdict] = compliance.judge(session, "plan.publish", [subject], now)
    return verdict


def highest_total(terms: Terms) -> int:
    """The most that a plan pays of an order, in basis points: all roles together, in the tier where that is most."""
    totals = [sum(rates) for table in (terms.new_bps, terms.renewal_bps) for rates in zip(*table, strict=True)]
    return max(totals, default=0)
