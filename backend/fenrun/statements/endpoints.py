"""Statements, periods, exports, and the page that checks: HTTP only."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from fenrun.chain.client import to_hex
from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.days import require_sensible
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import (
    InSession,
    KeyInFlightError,
    KeyMissingError,
    KeyReusedError,
    earlier_answer,
    problems,
    remember_answer,
)
from fenrun.ledger.endpoints import type_of
from fenrun.registry import repository as registry
from fenrun.registry.access import Finance, SignedIn, Viewer, visible_partner
from fenrun.registry.models import Partner
from fenrun.settlement import explain, reads
from fenrun.statements import build, checkpoint, page, repository, service
from fenrun.statements.build import Source
from fenrun.statements.errors import PeriodNotReadyError, PeriodStateError, StatementError
from fenrun.statements.models import Period
from fenrun.statements.schemas import (
    CheckpointOut,
    ClosingCheck,
    CommissionProof,
    PeriodBalanceLine,
    PeriodOut,
    PeriodTrialBalance,
    PeriodWithChecklist,
    Statement,
    StatementListed,
)

router = APIRouter(prefix="/v1", responses=problems(UnauthorizedError, ForbiddenError))
open_router = APIRouter(prefix="/v1")

Month = Annotated[str, PathParameter(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", description="YYYY-MM, UTC")]
Key = Annotated[str | None, Header(alias="Idempotency-Key")]
_KEY_ERRORS = (KeyMissingError, KeyInFlightError, KeyReusedError)


def get_source(request: Request) -> Source:
    """Where this installation's statements come from."""
    state = request.app.state
    return Source(state.deployment, state.currency, state.reference_key)


InSource = Annotated[Source, Depends(get_source)]


# --- Statements -----------------------------------------------------------------------------------------


@router.get("/statements/{partner_id}", tags=["statements"], responses=problems(NotFoundError))
def statements(partner_id: str, viewer: SignedIn, session: InSession, source: InSource) -> list[StatementListed]:
    """The months of which a partner can have a statement, newest first."""
    visible(session, viewer, partner_id)
    closed = {period.month: period.status for period in repository.periods(session, source.currency.code)}
    return [
        StatementListed.model_validate(
            {
                "month": f"{month:%Y-%m}",
                "status": closed.get(month, "open"),
                "complete": build.is_complete(session, first_of_next_month(month)),
            }
        )
        for month in reversed(service.months(session, _today()))
    ]


@router.get("/statements/{partner_id}/{month}", tags=["statements"], responses=problems(NotFoundError, StatementError))
def statement(
    partner_id: str, month: Month, viewer: SignedIn, session: InSession, source: InSource, response: Response
) -> Statement:
    """A partner's month with all its proofs: the file that `fenrun verify` and the page at /v1/verifier check."""
    found = _statement(session, source, viewer, partner_id, month)
    response.headers["Content-Disposition"] = f'attachment; filename="statement-{found.partner.number}-{month}.json"'
    return found


@router.get(
    "/statements/{partner_id}/{month}/pdf",
    tags=["statements"],
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}, **problems(NotFoundError, StatementError)},
)
def statement_pdf(
    partner_id: str,
    month: Month,
    viewer: SignedIn,
    session: InSession,
    source: InSource,
    language: Literal["en", "zh"] = "en",
) -> Response:
    """The same on paper."""
    from fenrun.statements import pdf  # it loads a font

    found = _statement(session, source, viewer, partner_id, month)
    name = f"statement-{found.partner.number}-{month}-{language}.pdf"
    return Response(pdf.render(found, language), media_type="application/pdf", headers=attached(name))


@router.get("/commissions/{commission_id}/proof", tags=["commissions"], responses=problems(NotFoundError))
def commission_proof(
    commission_id: str, viewer: SignedIn, session: InSession, source: InSource, response: Response
) -> CommissionProof:
    """The proof that a commission's order is in its batch; whoever has a node can ask it for the batch's root."""
    position = explain.commission_position(session, commission_id)
    partner = reads.partner_of(session, position // 4, 3 - position % 4)
    found = None
    if partner is not None and viewer.may_see(partner):
        found = build.proof(session, source, partner, position // 4)
    if found is None:
        raise NotFoundError(f"Nothing has the id {commission_id}")
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{found.order.order_no}.json"'
    return found


@open_router.get("/verifier", tags=["statements"], response_class=HTMLResponse)
def verifier() -> HTMLResponse:
    """The page that checks a statement in a browser, offline: open it here, or keep it as a file."""
    text, hashes = page.text(), page.script_hashes()
    # What the page's own head says, and only these two scripts.
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


# --- Periods --------------------------------------------------------------------------------------------


@router.get("/periods", tags=["periods"])
def periods(_: Finance, session: InSession, source: InSource) -> list[PeriodOut]:
    """The months of the books, newest first."""
    return [_period(session, source, month) for month in reversed(service.months(session, _today()))]


@router.get("/periods/{month}", tags=["periods"], responses=problems(NotFoundError))
def period(month: Month, _: Finance, request: Request, session: InSession, source: InSource) -> PeriodWithChecklist:
    """A month, and what stands between it and its closing."""
    day = _month(session, month)
    items = service.checklist(session, source.currency.code, day, request.app.state.confirmations)
    return PeriodWithChecklist(
        **_period(session, source, day).model_dump(),
        checklist=[
            ClosingCheck.model_validate({**item._asdict(), "ok": item.missing is None, "detail": item.detail})
            for item in items
        ],
    )


@router.post(
    "/periods/{month}/close",
    tags=["periods"],
    responses=problems(NotFoundError, PeriodStateError, PeriodNotReadyError, StatementError, *_KEY_ERRORS),
)
def close_period(
    month: Month,
    viewer: Finance,
    request: Request,
    response: Response,
    session: InSession,
    source: InSource,
    key: Key = None,
) -> PeriodOut:
    """Closes a month: nothing can be posted into it any more, and its checkpoint is anchored on chain."""
    earlier = _earlier(session, viewer, key, f"close {month}", response)
    if earlier is not None:
        return PeriodOut.model_validate(earlier)
    day = _month(session, month)
    service.close(session, source, day, viewer.login, request.app.state.confirmations)
    return _remembered(session, viewer, key, f"close {month}", _period(session, source, day))


@router.post(
    "/periods/{month}/lock",
    tags=["periods"],
    responses=problems(NotFoundError, PeriodStateError, PeriodNotReadyError, *_KEY_ERRORS),
)
def lock_period(
    month: Month, viewer: Finance, response: Response, session: InSession, source: InSource, key: Key = None
) -> PeriodOut:
    """Locks a closed month once its checkpoint is on chain."""
    earlier = _earlier(session, viewer, key, f"lock {month}", response)
    if earlier is not None:
        return PeriodOut.model_validate(earlier)
    day = _month(session, month)
    service.lock(session, source.currency.code, day, viewer.login)
    return _remembered(session, viewer, key, f"lock {month}", _period(session, source, day))


@router.get("/periods/{month}/trial-balance", tags=["periods"], responses=problems(NotFoundError))
def period_trial_balance(month: Month, _: Finance, session: InSession, source: InSource) -> PeriodTrialBalance:
    """What was debited and credited in a month, between what stood before it and after it."""
    day = _month(session, month)
    return _trial_balance(session, source, day, first_of_next_month(day) - dt.timedelta(days=1))


@router.get("/trial-balance/{day}", tags=["periods"])
def trial_balance_of(day: dt.date, _: Finance, session: InSession, source: InSource) -> PeriodTrialBalance:
    """The trial balance as of a day, that day included."""
    require_sensible(day)
    return _trial_balance(session, source, None, day)


# --- In common ------------------------------------------------------------------------------------------


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def attached(name: str) -> dict[str, str]:
    """The header by which a browser keeps an answer as a file."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def visible(session: Session, viewer: Viewer, partner_id: str) -> Partner:
    """The partner of an id, if the viewer may see it.

    Raises:
        NotFoundError: there is none, or it is another's.
    """
    number = visible_partner(session, viewer, partner_id)
    return registry.names(session, [number])[number]


def _month(session: Session, month: str) -> dt.date:
    day = dt.date.fromisoformat(f"{month}-01")
    if day not in service.months(session, _today()):
        raise NotFoundError(f"The books have no month {month}")
    return day


def _statement(session: Session, source: Source, viewer: Viewer, partner_id: str, month: str) -> Statement:
    return build.statement(session, source, visible(session, viewer, partner_id), _month(session, month))


def _period(session: Session, source: Source, month: dt.date) -> PeriodOut:
    currency = source.currency.code
    found = repository.period(session, month, currency)
    at = repository.span(session, month, first_of_next_month(month)) if found is None else None
    last = found.last_transaction if found is not None else at.last if at is not None else 0
    return PeriodOut.model_validate(
        {
            "id": f"{month:%Y-%m}-{currency}",
            "month": f"{month:%Y-%m}",
            "currency": currency,
            "status": found.status if found else "open",
            "last_transaction": last,
            "journal_hash": to_hex(repository.journal_hash(session, last)),
            **{name: getattr(found, name, None) for name in ("closed_at", "closed_by", "locked_at", "locked_by")},
            "checkpoint": _checkpoint(session, found) if found else None,
        }
    )


def _checkpoint(session: Session, period_: Period) -> CheckpointOut | None:
    found = repository.checkpoint(session, period_.month, period_.currency)
    if found is None:
        return None
    intent = repository.anchoring(session, found)
    return CheckpointOut(
        revision=found.revision,
        root=to_hex(found.root),
        partners=sum(number != checkpoint.COMPLIANCE for number, _ in repository.leaves(session, found)),
        transaction_hash=to_hex(intent.transaction_hash) if intent and intent.transaction_hash else None,
        block_number=intent.block_number if intent else None,
    )


def _trial_balance(session: Session, source: Source, start: dt.date | None, last_day: dt.date) -> PeriodTrialBalance:
    lines, at = service.trial_balance(session, source.currency.code, start, last_day)
    debits, credits = sum(line.debits for line in lines), sum(line.credits for line in lines)
    return PeriodTrialBalance(
        currency=source.currency.code,
        first_day=start,
        last_day=last_day,
        lines=[_balance_line(line) for line in lines],
        debits=str(debits),
        credits=str(credits),
        balanced=debits == credits,
        last_transaction=at.last,
        journal_hash=to_hex(repository.journal_hash(session, at.last)),
    )


def _balance_line(line: service.BalanceLine) -> PeriodBalanceLine:
    type_ = type_of(line.kind)
    side = -1 if type_ == "liability" else 1
    opening = side * (line.opening_debits - line.opening_credits)
    return PeriodBalanceLine(
        code=line.kind,
        type=type_,
        opening=str(opening),
        debits=str(line.debits),
        credits=str(line.credits),
        closing=str(opening + side * (line.debits - line.credits)),
    )


def _earlier(session: Session, viewer: Viewer, key: str | None, what: str, response: Response) -> dict[str, Any] | None:
    earlier = earlier_answer(session, viewer.login, key, what.encode())
    if earlier is None:
        return None
    response.headers["Idempotent-Replayed"] = "true"
    return earlier.response


def _remembered(session: Session, viewer: Viewer, key: str | None, what: str, out: PeriodOut) -> PeriodOut:
    assert key is not None
    remember_answer(session, viewer.login, key, what.encode(), 200, out)
    return out
