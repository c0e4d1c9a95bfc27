"""Lists and the journal as files: HTTP only."""

from collections.abc import Iterator
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from fenrun.kit.days import Days, InDays
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.payouts import repository as payouts
from fenrun.payouts.states import PayoutStatus
from fenrun.registry.access import SignedIn, scope_of
from fenrun.settlement import reads
from fenrun.settlement.filters import CommissionFilters
from fenrun.settlement.schemas import OrderStatus
from fenrun.statements import beancount, export
from fenrun.statements.endpoints import InSource, attached

router = APIRouter(prefix="/v1", tags=["exports"], responses=problems(UnauthorizedError, ForbiddenError))

PIECE_BYTES = 64 * 1024
Id = Annotated[str | None, Query(max_length=64)]
Search = Annotated[str | None, Query(max_length=100)]
Format = Literal["csv", "xlsx"]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
        }
    }
}


@router.get(
    "/exports/commissions",
    response_class=StreamingResponse,
    responses={**_FILES, **problems(NotFoundError)},
)
def export_commissions(
    request: Request, filters: CommissionFilters, days: InDays, format: Format = "csv"
) -> StreamingResponse:
    """The rows of /v1/commissions under the same filters, all of them, as a file."""
    return _file(request, "commissions", filters, days, format)


@router.get(
    "/exports/orders",
    response_class=StreamingResponse,
    responses={**_FILES, **problems(NotFoundError)},
)
def export_orders(
    viewer: SignedIn,
    request: Request,
    session: InSession,
    days: InDays,
    format: Format = "csv",
    status: OrderStatus | None = None,
    search: Search = None,
) -> StreamingResponse:
    """The rows of /v1/orders under the same filters, all of them, as a file."""
    filters = reads.Filters.of(
        order_of_partner=scope_of(session, viewer, None), order_status=status, order_search=search or None
    )
    return _file(request, "orders", filters, days, format)


@router.get(
    "/exports/payouts",
    response_class=StreamingResponse,
    responses={**_FILES, **problems(NotFoundError)},
)
def export_payouts(
    viewer: SignedIn,
    request: Request,
    session: InSession,
    days: InDays,
    format: Format = "csv",
    partner: Id = None,
    run: Id = None,
    status: PayoutStatus | None = None,
) -> StreamingResponse:
    """The rows of /v1/payouts under the same filters, all of them, as a file."""
    filters = payouts.conditions(payee=scope_of(session, viewer, partner), run=run, payout_status=status)
    return _file(request, "payouts", filters, days, format)


@router.get(
    "/exports/beancount",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/plain": {}}}, **problems(NotFoundError)},
)
def export_beancount(
    viewer: SignedIn, request: Request, session: InSession, source: InSource, partner: Id = None
) -> StreamingResponse:
    """The final journal as a Beancount file: the whole, or what touches one partner's accounts."""
    own = scope_of(session, viewer, partner)

    def pieces() -> Iterator[bytes]:
        with export.snapshot(request.app.state.sessions) as reading:
            for line in beancount.lines(reading, source.currency, own):
                yield f"{line}\n".encode()

    name = "books.beancount" if own is None else f"partner-{own}.beancount"
    return StreamingResponse(pieces(), media_type="text/plain; charset=utf-8", headers=attached(name))


def _file(request: Request, name: str, filters: reads.Filters, days: Days, format: Format) -> StreamingResponse:
    table, currency = export.TABLES[name], request.app.state.currency
    headers = attached(f"{name}.{format}")

    def csv() -> Iterator[bytes]:
        with export.snapshot(request.app.state.sessions) as reading:
            yield from export.as_csv(table.columns, export.rows(reading, table, filters, currency, days))

    if format == "csv":
        return StreamingResponse(csv(), media_type="text/csv; charset=utf-8", headers=headers)
    with export.snapshot(request.app.state.sessions) as reading:
        file = export.as_xlsx(table.columns, export.rows(reading, table, filters, currency, days), name)
    return StreamingResponse(_pieces(file), media_type=list(_FILES[200]["content"])[1], headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece
