"""Endpoints of subscribers, and the log of what was sent to them: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request

from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.registry import repository as registry
from fenrun.registry.access import Finance, SignedIn
from fenrun.webhooks import event_source, repository, service
from fenrun.webhooks.errors import (
    EndpointDisabledError,
    EndpointExistsError,
    EndpointUrlError,
    EventTypeError,
    TooManyEndpointsError,
    TooManySecretsError,
)
from fenrun.webhooks.models import WebhookEndpoint
from fenrun.webhooks.schemas import (
    AttemptOut,
    DeliveryOut,
    DeliveryStatus,
    DeliveryWithAttempts,
    EndpointChange,
    EndpointIn,
    EndpointOut,
    EndpointWithSecret,
    ResendIn,
    ResendOut,
    RotationIn,
    SourceSecretIn,
    SourceSecretMade,
    SourceSecretOut,
)

router = APIRouter(prefix="/v1", responses=problems(UnauthorizedError, ForbiddenError))

Id = Annotated[str | None, Query(max_length=64)]
Source = Annotated[str, Path(max_length=100, pattern=event_source.SOURCE_NAME)]
_BAD = (EndpointUrlError, EventTypeError, EndpointExistsError)


@router.get("/webhook-endpoints", tags=["webhooks"])
def endpoints(viewer: SignedIn, session: InSession, paging: Paging) -> Page[EndpointOut]:
    """The endpoints, newest first. A partner's member sees its own."""
    found = repository.endpoints(
        session, viewer.partner_number, paging.starting_after, paging.ending_before, paging.limit + 1
    )
    return page_of(_outs(session, found), paging)


@router.post("/webhook-endpoints", tags=["webhooks"], status_code=201, responses=problems(*_BAD, TooManyEndpointsError))
def add_endpoint(new: EndpointIn, viewer: SignedIn, request: Request, session: InSession) -> EndpointWithSecret:
    """Adds an endpoint: a partner's member for what is its partner's, the staff for everything.

    The answer shows the signing secret, this once. An owner has one endpoint at an address, so a repetition is refused.
    """
    state = request.app.state
    found, secret = service.add_endpoint(
        session, state.reference_key, viewer.partner_number, new.url, new.description, new.event_types,
        internal=state.webhooks_internal,
    )  # fmt: skip
    return EndpointWithSecret(**_outs(session, [found])[0].model_dump(), secret=secret)


@router.get("/webhook-endpoints/{endpoint_id}", tags=["webhooks"], responses=problems(NotFoundError))
def endpoint(endpoint_id: str, viewer: SignedIn, session: InSession) -> EndpointOut:
    """An endpoint."""
    return _outs(session, [service.owned(session, endpoint_id, viewer.partner_number)])[0]


@router.patch("/webhook-endpoints/{endpoint_id}", tags=["webhooks"], responses=problems(NotFoundError, *_BAD))
def change_endpoint(
    endpoint_id: str, change: EndpointChange, viewer: SignedIn, request: Request, session: InSession
) -> EndpointOut:
    """Changes what is given of an endpoint. Disabling it cancels what was on its way."""
    found = service.owned(session, endpoint_id, viewer.partner_number)
    service.change_endpoint(
        session, found, change.url, change.description, change.event_types, change.enabled,
        internal=request.app.state.webhooks_internal,
    )  # fmt: skip
    return _outs(session, [found])[0]


@router.delete(
    "/webhook-endpoints/{endpoint_id}", tags=["webhooks"], status_code=204, responses=problems(NotFoundError)
)
def delete_endpoint(endpoint_id: str, viewer: SignedIn, session: InSession) -> None:
    """Deletes an endpoint with its deliveries and their log."""
    repository.remove(session, service.owned(session, endpoint_id, viewer.partner_number))


@router.post("/webhook-endpoints/{endpoint_id}/rotate-secret", tags=["webhooks"], responses=problems(NotFoundError))
def rotate_secret(
    endpoint_id: str, rotation: RotationIn, viewer: SignedIn, request: Request, session: InSession
) -> EndpointWithSecret:
    """Gives an endpoint a new secret, shown this once. During the overlap messages are signed with both."""
    found = service.owned(session, endpoint_id, viewer.partner_number)
    overlap = dt.timedelta(hours=rotation.overlap_hours)
    secret = service.rotate_secret(session, request.app.state.reference_key, found, overlap)
    return EndpointWithSecret(**_outs(session, [found])[0].model_dump(), secret=secret)


@router.post(
    "/webhook-endpoints/{endpoint_id}/test",
    tags=["webhooks"],
    status_code=202,
    responses=problems(NotFoundError, EndpointDisabledError),
)
def send_test(endpoint_id: str, viewer: SignedIn, session: InSession) -> DeliveryOut:
    """Sends a `webhook_endpoint.test` to an endpoint; the delivery's log tells what came of it."""
    found = service.owned(session, endpoint_id, viewer.partner_number)
    return _delivery(session, service.send_test(session, found), viewer.partner_number)


@router.post(
    "/webhook-endpoints/{endpoint_id}/resend",
    tags=["webhooks"],
    status_code=202,
    responses=problems(NotFoundError, EndpointDisabledError),
)
def resend_since(endpoint_id: str, what: ResendIn, viewer: SignedIn, session: InSession) -> ResendOut:
    """Sends again what happened since a moment and did not arrive: also what happened while the endpoint was disabled.

    Messages are kept for 30 days.
    """
    found = service.owned(session, endpoint_id, viewer.partner_number)
    return ResendOut(queued=service.resend_since(session, found, what.since, delivered_too=what.delivered_too))


@router.get("/webhook-deliveries", tags=["webhooks"])
def deliveries(
    viewer: SignedIn,
    session: InSession,
    paging: Paging,
    endpoint: Id = None,
    status: DeliveryStatus | None = None,
    type: Id = None,
) -> Page[DeliveryOut]:
    """Deliveries, newest first. A partner's member sees those to its own endpoints."""
    rows = repository.deliveries(
        session,
        partner_number=viewer.partner_number,
        endpoint_id=endpoint,
        status=status,
        type=type,
        after=paging.starting_after,
        before=paging.ending_before,
        limit=paging.limit + 1,
    )
    return page_of([_out(row) for row in rows], paging)


@router.get("/webhook-deliveries/{delivery_id}", tags=["webhooks"], responses=problems(NotFoundError))
def delivery(delivery_id: str, viewer: SignedIn, session: InSession) -> DeliveryWithAttempts:
    """A delivery, with what is sent and every attempt."""
    out = _delivery(session, delivery_id, viewer.partner_number)
    log = [
        AttemptOut.model_validate({name: getattr(attempt, name) for name in AttemptOut.model_fields})
        for attempt in repository.attempts(session, delivery_id)
    ]
    body = repository.body_of(session, out.message_id)
    return DeliveryWithAttempts(**out.model_dump(), body=msgspec.json.decode(body), log=log)


@router.post(
    "/webhook-deliveries/{delivery_id}/resend",
    tags=["webhooks"],
    status_code=202,
    responses=problems(NotFoundError, EndpointDisabledError),
)
def resend(delivery_id: str, viewer: SignedIn, session: InSession) -> DeliveryOut:
    """Sends a message again at once, under the same `webhook-id`, whatever became of it before."""
    known, found = service.delivery(session, delivery_id, viewer.partner_number)
    service.resend(session, found, known)
    return _delivery(session, delivery_id, viewer.partner_number)


# --- Sources that sign their events -------------------------------------------------------------------


@router.get("/event-source-secrets", tags=["events"], responses=problems(ForbiddenError))
def source_secrets(_: Finance, session: InSession) -> list[SourceSecretOut]:
    """The secrets with which sources sign what they send to `/v1/events`: one a source, or two while they change."""
    rows = repository.source_secrets(session, None)
    return [SourceSecretOut(id=row.id, source=row.source, created_at=row.created_at) for row in rows]


@router.post(
    "/event-source-secrets/{source}",
    tags=["events"],
    status_code=201,
    responses=problems(ForbiddenError, MalformedError, TooManySecretsError),
)
def add_source_secret(
    source: Source, new: SourceSecretIn, _: Finance, request: Request, session: InSession
) -> SourceSecretMade:
    """Adds a secret of a source: the one that its sender chose, or a new one, which the answer shows this once."""
    row, shown = event_source.add_secret(session, request.app.state.reference_key, source, new.secret)
    return SourceSecretMade(id=row.id, source=row.source, created_at=row.created_at, secret=shown)


@router.delete(
    "/event-source-secrets/{source}/{secret_id}",
    tags=["events"],
    status_code=204,
    responses=problems(ForbiddenError, NotFoundError),
)
def remove_source_secret(source: Source, secret_id: str, _: Finance, session: InSession) -> None:
    """Forgets a secret of a source; what is signed with it is refused from now on."""
    event_source.remove_secret(session, source, secret_id)


# --- Rows into answers --------------------------------------------------------------------------------


def _outs(session: InSession, found: Sequence[WebhookEndpoint]) -> list[EndpointOut]:
    partners = registry.names(session, [one.partner_number for one in found if one.partner_number is not None])
    types = repository.types_of(session, [one.id for one in found])
    return [
        EndpointOut.model_validate(
            {name: getattr(one, name, None) for name in EndpointOut.model_fields}
            | {
                "partner_id": None if one.partner_number is None else partners[one.partner_number].id,
                "event_types": types[one.id],
                "previous_secret_until": one.previous_until,
            }
        )
        for one in found
    ]


def _delivery(session: InSession, id_: str, partner_number: int | None) -> DeliveryOut:
    rows = repository.deliveries(session, partner_number=partner_number, only=id_)
    if not rows:
        raise NotFoundError(f"Nothing has the id {id_}")
    return _out(rows[0])


def _out(known: repository.Known) -> DeliveryOut:
    found, message, status_code, error = known
    return DeliveryOut(
        id=found.id,
        endpoint_id=found.endpoint_id,
        message_id=found.message_id,
        type=message.type,
        status=found.status,
        attempts=found.attempts,
        created_at=message.created_at,
        next_attempt_at=found.next_attempt_at if found.status == "pending" else None,
        delivered_at=found.delivered_at,
        last_status_code=status_code,
        last_error=error,
    )
