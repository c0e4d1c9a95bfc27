"""Lists and the journal as files: HTTP only."""

import datetime as dt
from collections.abc import Iterator
from typing import IO, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.payouts import repository as payouts
from fenrun.payouts.states import PayoutStatus
from fenrun.plans.split import ROLES
from fenrun.registry.access import SignedIn, scope_of
from fenrun.settlement import reads
from fenrun.settlement.schemas import CommissionStatus, OrderStatus, Role
from fenrun.statements import beancount, export
from fenrun.statements.endpoints import InSource, attached, require_sensible

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


def get_days(
    timezone: Annotated[str, Query(max_length=64, description="IANA name; days and moments are its own")] = "UTC",
    from_: Annotated[dt.date | None, Query(alias="from", description="First day, in the timezone")] = None,
    to: Annotated[dt.date | None, Query(description="Last day, in the timezone; included to its end")] = None,
) -> export.Days:
    """The days that a file is about.

    Raises:
        MalformedError: no such timezone, or the days go back.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedError(f"There is no timezone {timezone}; write an IANA name such as Asia/Shanghai") from error
    if from_ is not None and to is not None and to < from_:
        raise MalformedError(f"The last day, {to}, is before the first one, {from_}")
    for day in filter(None, (from_, to)):
        require_sensible(day)
    return export.Days(zone, from_, to)


InDays = Annotated[export.Days, Depends(get_days)]


@router.get(
    "/exports/commissions",
    response_class=StreamingResponse,
    responses={**_FILES, **problems(NotFoundError)},
)
def export_commissions(
    viewer: SignedIn,
    request: Request,
    session: InSession,
    days: InDays,
    format: Format = "csv",
    partner: Id = None,
    order: Id = None,
    month: Annotated[str | None, Query(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")] = None,
    role: Role | None = None,
    status: CommissionStatus | None = None,
    search: Search = None,
) -> StreamingResponse:
    """The rows of /v1/commissions under the same filters, all of them, as a file."""
    start = dt.date.fromisoformat(f"{month}-01") if month else None
    filters = reads.Filters.of(
        partner=scope_of(session, viewer, partner),
        order=order,
        month_start=start,
        month_end=first_of_next_month(start) if start else None,
        role=ROLES.index(role) if role else None,
        commission_status=status,
        search=search or None,
    )
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


def _file(request: Request, name: str, filters: reads.Filters, days: export.Days, format: Format) -> StreamingResponse:
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
