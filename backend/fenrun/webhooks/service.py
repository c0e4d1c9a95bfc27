"""Decisions about endpoints: who may have which, their secrets, when to send again, when to give up."""

import datetime as dt
import ipaddress
import random
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fenrun.kit import outbox
from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.models import Message
from fenrun.kit.outbox import Announcement, body_of
from fenrun.kit.webhook_signatures import new_secret, secret_text
from fenrun.webhooks import repository
from fenrun.webhooks.errors import (
    EndpointDisabledError,
    EndpointExistsError,
    EndpointUrlError,
    EventTypeError,
    TooManyEndpointsError,
)
from fenrun.webhooks.events import SUBSCRIBABLE, TYPES, EndpointDisabled, EndpointTest
from fenrun.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from fenrun.webhooks.repository import Claim
from fenrun.webhooks.sending import Outcome, is_public

ENDPOINTS_PER_OWNER = 20

_MINUTE, _HOUR = 60, 3_600
RETRY_SECONDS = (5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR)
"""How long to wait after the first failure, after the second, …: three days and a bit, as Standard Webhooks has it."""

JITTER = 0.1
"""A wait is longer or shorter by up to this part, so that what failed together does not come again together."""

LONGEST_RETRY_AFTER = 24 * _HOUR
FAILING_DAYS = 5
"""An endpoint to which nothing got through for so long is disabled when a message to it is given up."""

GONE = 410


def now(session: Session) -> dt.datetime:
    """The database's time: what several workers decide by one clock is decided by that one."""
    return session.execute(select(func.now())).scalar_one()


# --- Endpoints ----------------------------------------------------------------------------------------


def add_endpoint(
    session: Session, key: bytes, partner_number: int | None, url: str, description: str, types: Sequence[str],
    *, internal: bool,
) -> tuple[WebhookEndpoint, str]:  # fmt: skip
    """Adds an endpoint.

    Args:
        key: The installation's key, under which secrets are encrypted.
        partner_number: Whose it is; None for the staff's.
        internal: Whether addresses in one's own network are allowed.

    Returns:
        The endpoint, and its secret as the subscriber gets it.

    Raises:
        EndpointUrlError, EventTypeError, EndpointExistsError, TooManyEndpointsError: it cannot be added.
    """
    check_url(url, internal=internal)
    check_types(types, partner_number)
    if repository.endpoint_count(session, partner_number) >= ENDPOINTS_PER_OWNER:
        raise TooManyEndpointsError(f"{ENDPOINTS_PER_OWNER} endpoints are the most; delete one that is not needed")
    _require_free(session, partner_number, url)
    id_, secret = new_id("wh"), new_secret()
    found = WebhookEndpoint(
        id=id_,
        partner_number=partner_number,
        url=url,
        description=description,
        status="enabled",
        secret=encrypt(key, id_, secret),
        created_at=now(session),
    )
    session.add(found)
    repository.subscribe(session, found, sorted(set(types)))
    return found, secret_text(secret)


def change_endpoint(
    session: Session, found: WebhookEndpoint, url: str | None, description: str | None, types: Sequence[str] | None,
    enabled: bool | None, *, internal: bool,
) -> None:  # fmt: skip
    """Changes what is given of an endpoint. Raises like `add_endpoint`.

    Disabling it cancels what was on its way; what happens meanwhile is kept and can be sent by `resend_since`.
    """
    if url is not None and url != found.url:
        check_url(url, internal=internal)
        _require_free(session, found.partner_number, url)
        found.url = url
    if description is not None:
        found.description = description
    if types is not None:
        check_types(types, found.partner_number)
        repository.subscribe(session, found, sorted(set(types)))
    if enabled is True:
        found.status, found.disabled_reason, found.failing_since = "enabled", None, None
    elif enabled is False:
        disable(session, found, "asked")
    session.flush()


def disable(session: Session, found: WebhookEndpoint, reason: str) -> None:
    """Stops sending to an endpoint."""
    found.status, found.disabled_reason = "disabled", reason
    session.flush()
    repository.cancel_open(session, found.id)


def rotate_secret(session: Session, key: bytes, found: WebhookEndpoint, overlap: dt.timedelta) -> str:
    """Gives an endpoint a new secret; during the overlap messages are signed with both. Returns the new one."""
    secret = new_secret()
    found.previous_secret, found.previous_until = found.secret, now(session) + overlap
    found.secret = encrypt(key, found.id, secret)
    session.flush()
    return secret_text(secret)


def secrets_in_force(key: bytes, found: WebhookEndpoint, at: dt.datetime) -> list[bytes]:
    """The secrets that sign messages to an endpoint, the newest first."""
    secrets = [decrypt(key, found.id, found.secret)]
    if found.previous_secret is not None and found.previous_until is not None and at < found.previous_until:
        secrets.append(decrypt(key, found.id, found.previous_secret))
    return secrets


def check_url(url: str, *, internal: bool) -> None:
    """Refuses what will never be sent to. Names are looked up, and their addresses checked, each time we connect.

    Raises:
        EndpointUrlError: not an address of the web, or one that only we can reach.
    """
    schemes = ("https", "http") if internal else ("https",)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise EndpointUrlError(f"url: {error}") from error
    if parts.scheme not in schemes or not host or port == 0:
        raise EndpointUrlError(f"url: write it whole, as in {schemes[0]}://example.com/fenrun")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise EndpointUrlError("url: leave out the part before @ and the part after #; messages are signed instead")
    if not internal and _is_private_literal(host):
        raise EndpointUrlError(f"url: {host} is not a public address; FENRUN_WEBHOOKS_INTERNAL would allow it")


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return False


def check_types(types: Sequence[str], partner_number: int | None) -> None:
    """Refuses event types that there are not, or that are not for this owner.

    Raises:
        EventTypeError: the first of them.
    """
    for type in types:
        if type not in SUBSCRIBABLE:
            raise EventTypeError(f"event_types: there is no {type}; there are {', '.join(SUBSCRIBABLE)}")
        if partner_number is not None and TYPES[type].staff_only:
            raise EventTypeError(f"event_types: {type} is not for partners")


def _require_free(session: Session, partner_number: int | None, url: str) -> None:
    other = repository.endpoint_at(session, partner_number, url)
    if other is not None:
        raise EndpointExistsError(f"{other.id} sends to this address already; change that one")


# --- Sending on demand --------------------------------------------------------------------------------


def send_test(session: Session, found: WebhookEndpoint) -> str:
    """Puts a test message into an endpoint's queue; returns the delivery's id.

    It is never an example of a real type: whoever got one might pay by it.

    Raises:
        EndpointDisabledError: it is disabled.
    """
    _require_enabled(found)
    id_ = new_id("msg")
    data = EndpointTest(id=found.id).model_dump(mode="json")
    body = body_of(Announcement(EndpointTest.type, data, id_, now(session)))
    session.add(Message(id=id_, key=id_, type=EndpointTest.type, partner_numbers=[], body=body, distributed=True))
    return repository.add_deliveries(session, [(id_, found.id)])[0]


def resend(session: Session, found: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    """Sends a message again, under the same id. One that is being sent just now is left alone.

    Raises:
        EndpointDisabledError: its endpoint is disabled.
    """
    _require_enabled(found)
    repository.requeue(session, [delivery.id])


def resend_since(session: Session, found: WebhookEndpoint, since: dt.datetime, *, delivered_too: bool) -> int:
    """Sends all messages since a moment that an endpoint wants and did not get, or all; returns how many.

    Raises:
        EndpointDisabledError: it is disabled.
    """
    _require_enabled(found)
    oldest = now(session) - outbox.KEPT
    return len(repository.undelivered(session, found.id, max(since, oldest), delivered_too=delivered_too))


def _require_enabled(found: WebhookEndpoint) -> None:
    if found.status != "enabled":
        raise EndpointDisabledError(f"Enable {found.id} first")


# --- After an attempt ---------------------------------------------------------------------------------


def note_outcome(session: Session, claimed: Claim, outcome: Outcome) -> None:
    """Writes what came of an attempt, and what follows from it.

    If the lease ran out and somebody else took the delivery over, that one decides, and only the log gets a line.
    """
    at = now(session)
    # The endpoint first, here as everywhere: whoever locks in another order waits for us, and we for it.
    found = None if outcome.error is None else repository.endpoint(session, claimed.endpoint_id, lock=True)
    if outcome.error is None:
        repository.works_again(session, claimed.endpoint_id)
    mine = repository.is_mine(session, claimed)
    if mine is not None:
        _log(session, claimed, outcome, at)
    if not mine:
        return
    if found is None:
        repository.settle(session, claimed.delivery_id, "delivered", None, at)
        return
    found.failing_since = found.failing_since or at
    wait = next_wait(claimed.tries, outcome.retry_after)
    if wait is None:
        repository.settle(session, claimed.delivery_id, "failed", None)
    else:
        repository.settle(session, claimed.delivery_id, "pending", at + wait)
    reason = _reason_to_disable(found, outcome, wait, at)
    if reason and found.status == "enabled":
        disable(session, found, reason)
        _announce_disabled(session, found, reason, at)


def next_wait(tries: int, retry_after: int | None) -> dt.timedelta | None:
    """How long to wait after so many tries in vain; None when it is given up.

    Args:
        tries: 1 after the first.
        retry_after: The seconds that the subscriber asked for; a longer wait than ours is granted, up to a day.
    """
    if tries > len(RETRY_SECONDS):
        return None
    ours = RETRY_SECONDS[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    return dt.timedelta(seconds=max(ours, min(retry_after or 0, LONGEST_RETRY_AFTER)))


def _reason_to_disable(
    found: WebhookEndpoint, outcome: Outcome, wait: dt.timedelta | None, at: dt.datetime
) -> str | None:
    if outcome.status == GONE:
        return "gone"
    assert found.failing_since is not None
    for_days = at - found.failing_since >= dt.timedelta(days=FAILING_DAYS)
    return "failing" if wait is None and for_days else None


def _announce_disabled(session: Session, found: WebhookEndpoint, reason: str, at: dt.datetime) -> None:
    data = EndpointDisabled.model_validate({"id": found.id, "url": found.url, "reason": reason})
    outbox.announce(
        session,
        EndpointDisabled.type,
        data.model_dump(mode="json"),
        key=f"{EndpointDisabled.type}:{found.id}:{at.isoformat()}",
        at=at,
        partner_number=found.partner_number,
    )


def _log(session: Session, claimed: Claim, outcome: Outcome, at: dt.datetime) -> None:
    session.add(
        WebhookAttempt(
            delivery_id=claimed.delivery_id,
            number=claimed.number,
            at=at - dt.timedelta(milliseconds=outcome.duration_ms),
            duration_ms=outcome.duration_ms,
            status_code=outcome.status,
            error=outcome.error,
            response=outcome.response,
        )
    )
    session.flush()


def delivery(session: Session, id_: str, partner_number: int | None) -> tuple[WebhookDelivery, WebhookEndpoint]:
    """A delivery and its endpoint, both locked.

    Raises:
        NotFoundError: there is none, or it is another's.
    """
    known = session.get(WebhookDelivery, id_)
    found = repository.endpoint(session, known.endpoint_id, lock=True) if known else None
    if known is None or found is None or partner_number not in (None, found.partner_number):
        raise NotFoundError(f"Nothing has the id {id_}")
    return known, found


def owned(session: Session, id_: str, partner_number: int | None) -> WebhookEndpoint:
    """An endpoint, locked; any for the staff, a partner's own for a partner.

    Raises:
        NotFoundError: there is none, or it is another's.
    """
    found = repository.endpoint(session, id_, lock=True)
    if found is None or partner_number not in (None, found.partner_number):
        raise NotFoundError(f"Nothing has the id {id_}")
    return found
