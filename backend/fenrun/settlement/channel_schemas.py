"""What the API says of plans, and of customers and who earned them."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel

from fenrun.settlement.schemas import PlanOut


class PlanVersionOut(PlanOut):
    """A version of a plan, with its rates: a row for each role, in the order referrer, implementer, trainer, and a cell
    for each tier."""

    currency: str
    status: Literal["pending", "published"]
    new_bps: list[list[int]]
    renewal_bps: list[list[int]]
    customers: int
    """Whose newest attribution follows it."""
    block_number: int | None
    transaction_hash: str | None


class PartnerNamed(BaseModel):
    """A partner, as far as a list names it."""

    id: str
    name: str


class AttributionOut(BaseModel):
    """Who earned a customer, by role, under which plan version, and from when on."""

    id: str
    referrer: PartnerNamed | None
    implementer: PartnerNamed | None
    trainer: PartnerNamed | None
    plan_id: str
    plan_code: str
    plan_version: int
    effective_from: dt.datetime
    effective_until: dt.datetime | None
    """When the next one took over; nothing for the newest."""
    status: Literal["pending", "registered", "locked"]
    block_number: int | None
    transaction_hash: str | None


class CustomerOut(BaseModel):
    """A customer, and its newest attribution."""

    id: str
    external_id: str
    attribution: AttributionOut | None


class CustomerWithHistory(CustomerOut):
    """A customer, and all its attributions, the newest first."""

    attributions: list[AttributionOut]
