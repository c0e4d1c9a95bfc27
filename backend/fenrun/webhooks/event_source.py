"""Who sends us events: a program with an API key, or one that signs as Standard Webhooks says."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from sqlalchemy.orm import Session

from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import NotFoundError
from fenrun.kit.http import InSession
from fenrun.kit.ids import new_id
from fenrun.kit.webhook_signatures import SignatureError, new_secret, parse_secret, secret_text, verify
from fenrun.registry.access import get_api_caller
from fenrun.webhooks import repository
from fenrun.webhooks.errors import TooManySecretsError
from fenrun.webhooks.models import EventSourceSecret

SECRETS_PER_SOURCE = 2
SOURCE_NAME = r"^[A-Za-z0-9_-]+$"


@dataclass(frozen=True)
class EventSource:
    """Whose events these are, and under which key a repetition is known."""

    name: str
    idempotency_key: str | None
    """`webhook-id` of what is signed; else the header Idempotency-Key, None when it is missing."""


async def raw_body(request: Request) -> bytes:
    """The bytes that came: what a signature is over."""
    return await request.body()


def get_event_source(
    request: Request,
    session: InSession,
    body: Annotated[bytes, Depends(raw_body)],
    source: Annotated[
        str | None, Query(max_length=100, description="The name of a source that signs; not needed with an API key")
    ] = None,
    idempotency_key: Annotated[str | None, Header()] = None,
    webhook_id: Annotated[str | None, Header()] = None,
    webhook_timestamp: Annotated[str | None, Header()] = None,
    webhook_signature: Annotated[str | None, Header()] = None,
) -> EventSource:
    """The sender of a request. What is signed is held to its signature, whatever else it carries.

    Raises:
        SignatureError: it is signed, and the signature does not hold.
        UnauthorizedError: it is not signed, and has no API key, or an unknown one.
    """
    if webhook_id is None and webhook_signature is None and webhook_timestamp is None:
        return EventSource(get_api_caller(request, session), idempotency_key)
    if webhook_id is None or webhook_signature is None or webhook_timestamp is None:
        raise SignatureError("Send all three: webhook-id, webhook-timestamp, webhook-signature")
    if source is None:
        raise SignatureError("Say in the address whose signature it is: /v1/events?source=NAME")
    secrets = secrets_of(session, request.app.state.reference_key, source)
    verify(secrets, webhook_id, webhook_timestamp, webhook_signature, body, time.time())
    return EventSource(source, webhook_id)


FromSource = Annotated[EventSource, Depends(get_event_source)]


def secrets_of(session: Session, key: bytes, source: str) -> Sequence[bytes]:
    """The secrets that a source may sign with; none for a source that there is not."""
    return [decrypt(key, row.id, row.secret) for row in repository.source_secrets(session, source)]


def add_secret(session: Session, key: bytes, source: str, given: str | None) -> tuple[EventSourceSecret, str | None]:
    """Adds a secret of a source: the one that its sender gave, or a new one.

    Returns:
        What is kept; and the secret to be shown, if it is a new one.

    Raises:
        MalformedError: what was given is no secret.
        TooManySecretsError: the source has two.
    """
    secret = new_secret() if given is None else parse_secret(given)
    if repository.lock_source(session, source) >= SECRETS_PER_SOURCE:
        raise TooManySecretsError(f"{source} has {SECRETS_PER_SOURCE} secrets; delete the one that is no longer used")
    id_ = new_id("ess")
    row = EventSourceSecret(id=id_, source=source, secret=encrypt(key, id_, secret))
    session.add(row)
    session.flush()
    session.refresh(row)
    return row, secret_text(secret) if given is None else None


def remove_secret(session: Session, source: str, id_: str) -> None:
    """Forgets a secret of a source.

    Raises:
        NotFoundError: it has no such secret.
    """
    row = session.get(EventSourceSecret, id_)
    if row is None or row.source != source:
        raise NotFoundError(f"{source} has no secret {id_}")
    session.delete(row)
    session.flush()
