"""Events of a CRM, one by one or many at once: HTTP only."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from fenrun.compliance.errors import ComplianceBlockedError
from fenrun.kit.errors import FenrunError, ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import (
    InSession,
    KeyInFlightError,
    KeyMissingError,
    KeyReusedError,
    Page,
    Paging,
    earlier_answer,
    page_of,
    problems,
    remember_answer,
)
from fenrun.kit.money import AmountError, AmountPrecisionError, AmountTooLargeError, Currency
from fenrun.kit.webhook_signatures import SignatureError
from fenrun.registry.access import Staff
from fenrun.settlement import intake, reads
from fenrun.settlement.errors import (
    AmountNotPositiveError,
    CurrencyUnknownError,
    EventConflictError,
    OrderConflictError,
    PaidInFutureError,
    ReferralNotInForceError,
    RefundConflictError,
    RefundTooLargeError,
)
from fenrun.settlement.event_schemas import (
    EventAccepted,
    EventBatch,
    EventIn,
    EventOut,
    EventOutcomes,
    EventRefused,
    EventStatus,
)
from fenrun.webhooks.event_source import FromSource

router = APIRouter(
    prefix="/v1/events", tags=["events"], responses=problems(UnauthorizedError, SignatureError, ForbiddenError)
)


@router.post(
    "",
    status_code=202,
    responses=problems(
        KeyMissingError, KeyInFlightError, KeyReusedError, AmountError, AmountPrecisionError,
        AmountTooLargeError, AmountNotPositiveError, ReferralNotInForceError, CurrencyUnknownError,
        OrderConflictError, EventConflictError, PaidInFutureError, RefundConflictError, RefundTooLargeError,
        ComplianceBlockedError,
    ),
)  # fmt: skip
def accept_event(
    event: EventIn,
    source: FromSource,
    request: Request,
    response: Response,
    session: InSession,
) -> EventAccepted:
    """Takes in a subscription event. Sending it again is harmless: the answer is the first one's.

    An event that comes too early (of a customer whom nobody registered, the refund of an order that is still to come)
    is parked, and taken up by itself.
    """
    body = event.model_dump_json().encode()
    earlier = earlier_answer(session, source.name, source.idempotency_key, body)
    if earlier is not None:
        response.headers["Idempotent-Replayed"] = "true"
        return EventAccepted.model_validate(earlier.response)
    currency: Currency = request.app.state.currency
    [outcome] = intake.accept_events(
        session, source.name, [event.event(currency)], currency, request.app.state.reference_key
    )
    if isinstance(outcome, FenrunError):
        raise outcome
    accepted = _accepted(outcome)
    assert source.idempotency_key is not None
    remember_answer(session, source.name, source.idempotency_key, body, 202, accepted)
    return accepted


@router.post("/batch", status_code=202)
def accept_batch(batch: EventBatch, source: FromSource, request: Request, session: InSession) -> EventOutcomes:
    """Takes in up to 1,000 events, each on its own, and answers for each. An event's `id` is its idempotency key."""
    currency: Currency = request.app.state.currency
    outcomes: list[EventAccepted | EventRefused | None] = []
    events = []
    for event in batch.data:
        try:
            events.append(event.event(currency))
            outcomes.append(None)
        except AmountError as error:
            outcomes.append(_refused(event.id, error))
    found = iter(
        zip(
            events,
            intake.accept_events(session, source.name, events, currency, request.app.state.reference_key),
            strict=True,
        )
    )
    answers = []
    for outcome in outcomes:
        if outcome is not None:
            answers.append(outcome)
            continue
        event_, became = next(found)
        answers.append(_refused(event_.external_id, became) if isinstance(became, FenrunError) else _accepted(became))
    return EventOutcomes(data=answers)


@router.get("", responses=problems(NotFoundError))
def events(
    _: Staff,
    session: InSession,
    paging: Paging,
    status: EventStatus | None = None,
    search: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[EventOut]:
    """The inbox: events as they came in, newest first."""
    rows = reads.events(session, status, search or None, paging.starting_after, paging.ending_before, paging.limit + 1)
    return page_of([EventOut.model_validate(dict(row)) for row in rows], paging)


def _accepted(outcome: intake.Accepted) -> EventAccepted:
    return EventAccepted(
        event_id=outcome.event_id,
        status=outcome.status,
        order_id=outcome.order_id,
        refund_id=outcome.refund_id,
        reason=outcome.reason,
        replayed=outcome.replayed,
    )


def _refused(id_: str, error: FenrunError) -> EventRefused:
    return EventRefused(id=id_, code=error.code, detail=error.detail)
