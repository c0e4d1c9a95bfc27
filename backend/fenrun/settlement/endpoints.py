"""Orders, commissions, batches, payments, audits: HTTP only."""

from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from sqlalchemy import RowMapping

from fenrun.kit.days import InDays
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import (
    InSession,
    Page,
    PageQuery,
    Paging,
    page_of,
    problems,
)
from fenrun.plans.split import ROLES
from fenrun.registry import repository as registry
from fenrun.registry.access import Finance, SignedIn, Staff, Viewer, scope_of, visible_partner
from fenrun.settlement import explain, history, reads
from fenrun.settlement.filters import CommissionFilters, Search
from fenrun.settlement.schemas import (
    AuditOut,
    BatchOut,
    CommissionOut,
    EarningsOut,
    HappeningOut,
    OrderOut,
    OrderStatus,
    OrderWithCommissions,
    PartnerWithBalance,
    RefusalOut,
)

router = APIRouter(prefix="/v1", responses=problems(UnauthorizedError, ForbiddenError))

Out = TypeVar("Out")


# --- Partners -----------------------------------------------------------------------------------------


@router.get("/partners", tags=["partners"], responses=problems(NotFoundError))
def partners(
    _: Staff, request: Request, session: InSession, paging: Paging, search: Search = None
) -> Page[PartnerWithBalance]:
    """The partners and their balances."""
    found = registry.page(
        session,
        search,
        _partner_cursor(session, paging.starting_after),
        _partner_cursor(session, paging.ending_before),
        paging.limit + 1,
    )
    out = explain.with_balances(session, found, request.app.state.currency)
    return page_of(out, paging)


@router.get("/partners/{partner_id}", tags=["partners"], responses=problems(NotFoundError))
def partner(partner_id: str, viewer: SignedIn, request: Request, session: InSession) -> PartnerWithBalance:
    """A partner and its balance."""
    number = visible_partner(session, viewer, partner_id)
    found = registry.names(session, [number])[number]
    return explain.with_balances(session, [found], request.app.state.currency)[0]


@router.get("/partners/{partner_id}/earnings", tags=["partners"], responses=problems(NotFoundError))
def earnings(partner_id: str, viewer: SignedIn, request: Request, session: InSession) -> EarningsOut:
    """What a partner earned, month by month, and what becomes of it."""
    number = visible_partner(session, viewer, partner_id)
    found = registry.names(session, [number])[number]
    state = request.app.state
    return explain.earnings(session, found, state.currency, state.confirmations)


# --- Commissions and orders ---------------------------------------------------------------------------


@router.get("/commissions", tags=["commissions"], responses=problems(NotFoundError))
def commissions(
    filters: CommissionFilters,
    days: InDays,
    session: InSession,
    paging: Paging,
    sort: Annotated[Literal["-settled_on", "settled_on"], Query(description="Newest first, or oldest")] = "-settled_on",
) -> Page[CommissionOut]:
    """Commissions. A partner's member sees its own."""
    after, before = (
        explain.commission_position(session, id_) if id_ else None
        for id_ in (paging.starting_after, paging.ending_before)
    )
    within = filters.within(reads.COMMISSION_DAYS, days)
    oldest_first = sort == "settled_on"
    rows = reads.page(session, reads.COMMISSION, within, after, before, paging.limit + 1, oldest_first=oldest_first)
    return page_of(explain.commissions(session, rows), paging)


@router.get("/commissions/{commission_id}", tags=["commissions"], responses=problems(NotFoundError))
def commission(commission_id: str, viewer: SignedIn, session: InSession) -> CommissionOut:
    """A commission, with everything that explains it."""
    return explain.commissions(session, [_commission(session, viewer, commission_id)])[0]


@router.get("/commissions/{commission_id}/history", tags=["commissions"], responses=problems(NotFoundError))
def commission_history(commission_id: str, viewer: SignedIn, session: InSession) -> list[HappeningOut]:
    """What happened to a commission: settled, taken back, released, paid."""
    return history.of(session, _commission(session, viewer, commission_id))


@router.get("/orders", tags=["orders"], responses=problems(NotFoundError))
def orders(
    viewer: SignedIn,
    session: InSession,
    paging: Paging,
    status: OrderStatus | None = None,
    search: Search = None,
) -> Page[OrderOut]:
    """Orders, newest first. A partner's member sees those in which it has a share."""
    filters = reads.Filters.of(
        order_of_partner=scope_of(session, viewer, None),
        order_status=status,
        order_search=search or None,
    )
    rows = _rows(session, reads.ORDER, filters, paging, "orders")
    return page_of([explain.order(row) for row in rows], paging)


@router.get("/orders/{order_id}", tags=["orders"], responses=problems(NotFoundError))
def order(order_id: str, viewer: SignedIn, session: InSession) -> OrderWithCommissions:
    """An order, and the shares in it that the caller may see."""
    own = scope_of(session, viewer, None)
    rows = reads.page(session, reads.ORDER, reads.Filters.of(order=order_id, order_of_partner=own))
    found = _only([explain.order(row) for row in rows], order_id)
    legs = reads.page(session, reads.COMMISSION, reads.Filters.of(order=order_id, partner=own), limit=len(ROLES))
    return OrderWithCommissions(**found.model_dump(), commissions=explain.commissions(session, legs))


# --- Batches, payments, refused rows ------------------------------------------------------------------


@router.get("/batches", tags=["batches"], responses=problems(NotFoundError))
def batches(_: Staff, session: InSession, paging: Paging) -> Page[BatchOut]:
    """Batches, newest first."""
    rows = _rows(session, reads.BATCH, reads.Filters.of(), paging, "batches")
    return page_of([explain.batch(row) for row in rows], paging)


@router.get("/batches/{batch_id}", tags=["batches"], responses=problems(NotFoundError))
def batch(batch_id: str, _: Staff, session: InSession) -> BatchOut:
    """A batch and its transaction."""
    rows = reads.page(session, reads.BATCH, reads.Filters.of(batch=batch_id))
    return _only([explain.batch(row) for row in rows], batch_id)


@router.get("/refusals", tags=["orders"], responses=problems(NotFoundError))
def refusals(_: Staff, session: InSession, paging: Paging) -> Page[RefusalOut]:
    """Rows of files that were not taken in, and why."""
    after, before = (_refusal_number(id_) if id_ else None for id_ in (paging.starting_after, paging.ending_before))
    rows = reads.refusals(session, after, before, paging.limit + 1)
    return page_of([explain.refusal(row) for row in rows], paging)


# --- Audits --------------------------------------------------------------------------------


@router.get("/audit", tags=["books"], responses=problems(NotFoundError))
def last_audit(_: Finance, session: InSession) -> AuditOut:
    """The newest audit: the chain's logs against contract, books and payments."""
    audit = reads.last_audit(session)
    if audit is None:
        raise NotFoundError("No audit has run yet")
    return AuditOut.model_validate({"ran_at": audit.ran_at, **audit.result})


@router.post("/audit", tags=["books"])
def run_audit(_: Finance, request: Request) -> AuditOut:
    """Runs an audit now."""
    return AuditOut.model_validate(request.app.state.audit())


# --- In common ----------------------------------------------------------------------------------------


def _commission(session: InSession, viewer: Viewer, commission_id: str) -> RowMapping:
    position = explain.commission_position(session, commission_id)
    filters = reads.Filters.of(
        partner=scope_of(session, viewer, None), commission_order=position // 4, commission_role=3 - position % 4
    )
    return _only(list(reads.page(session, reads.COMMISSION, filters)), commission_id)


def _partner_number(session: InSession, partner_id: str | None) -> int | None:
    found = registry.by_id(session, partner_id) if partner_id else None
    return found.number if found else None


def _partner_cursor(session: InSession, partner_id: str | None) -> int:
    number = _partner_number(session, partner_id)
    if partner_id and number is None:
        raise NotFoundError(f"No such id to page from: {partner_id}")
    return number or 0


def _rows(session: InSession, query: str, filters: reads.Filters, paging: PageQuery, table: str) -> list[RowMapping]:
    positions: list[int | None] = []
    for id_ in (paging.starting_after, paging.ending_before):
        position = reads.position_of(session, table, id_) if id_ else None
        if id_ and position is None:
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(position)
    return list(reads.page(session, query, filters, positions[0], positions[1], paging.limit + 1))


def _refusal_number(id_: str) -> int:
    number = id_.removeprefix("rf_")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError(f"No refused row {id_}")
    return int(number)


def _only(found: list[Out], id_: str) -> Out:
    if not found:
        raise NotFoundError(f"Nothing has the id {id_}")
    return found[0]
