"""Plans, and customers and who earned them, as channel operations look at them: HTTP only."""

from fastapi import APIRouter
from sqlalchemy import RowMapping

from fenrun.chain.client import to_hex
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.plans.split import ROLES
from fenrun.registry.access import Staff, visible_partner
from fenrun.settlement import channel_reads
from fenrun.settlement.channel_schemas import (
    AttributionOut,
    CustomerOut,
    CustomerWithHistory,
    PartnerNamed,
    PlanVersionOut,
)
from fenrun.settlement.filters import Id, Search

router = APIRouter(prefix="/v1", responses=problems(UnauthorizedError, ForbiddenError))


@router.get("/plans", tags=["plans"])
def plans(_: Staff, session: InSession) -> list[PlanVersionOut]:
    """All plan versions: by code, the newest version first."""
    return [
        PlanVersionOut.model_validate(
            {
                **row,
                "tier_thresholds": [str(threshold) for threshold in row["tier_thresholds"]],
                "transaction_hash": _hex(row),
            }
        )
        for row in channel_reads.plans(session)
    ]


@router.get("/customers", tags=["customers"], responses=problems(NotFoundError))
def customers(
    viewer: Staff, session: InSession, paging: Paging, search: Search = None, partner: Id = None
) -> Page[CustomerOut]:
    """Customers, the first registered first, and who earned them."""
    found = channel_reads.customers(
        session,
        search or None,
        visible_partner(session, viewer, partner) if partner else None,
        _number(paging.starting_after),
        _number(paging.ending_before),
        paging.limit + 1,
    )
    attributions = channel_reads.attributions(session, [row["number"] for row in found])
    out = [_customer(row, attributions.get(row["number"], [])) for row in found]
    return page_of([CustomerOut(id=c.id, external_id=c.external_id, attribution=c.attribution) for c in out], paging)


@router.get("/customers/{customer_id}", tags=["customers"], responses=problems(NotFoundError))
def customer(customer_id: str, _: Staff, session: InSession) -> CustomerWithHistory:
    """A customer, and all its attributions, the newest first."""
    number = _number(customer_id)
    row = channel_reads.customer(session, number)
    if row is None:
        raise NotFoundError(f"No customer {customer_id}")
    return _customer(row, channel_reads.attributions(session, [number]).get(number, []))


def _customer(row: RowMapping, attributions: list[RowMapping]) -> CustomerWithHistory:
    history = [_attribution(attribution) for attribution in attributions]
    return CustomerWithHistory(
        id=f"cus_{row['number']}",
        external_id=row["external_id"],
        attribution=history[0] if history else None,
        attributions=history,
    )


def _attribution(row: RowMapping) -> AttributionOut:
    earners = {
        role: PartnerNamed(id=row[f"{role}_id"], name=row[f"{role}_name"]) if row[f"{role}_id"] else None
        for role in ROLES
    }
    return AttributionOut.model_validate({**row, **earners, "id": f"at_{row['id']}", "transaction_hash": _hex(row)})


def _hex(row: RowMapping) -> str | None:
    hash_ = row["transaction_hash"]
    return None if hash_ is None else to_hex(bytes(hash_))


def _number(id_: str | None) -> int:
    if id_ is None:
        return 0
    text = id_.removeprefix("cus_")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFoundError(f"No customer {id_}")
    return int(text)
