"""All SQL of webhooks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, any_, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from fenrun.kit.db import copy_rows
from fenrun.kit.ids import first_id, new_id
from fenrun.kit.models import Message, Subscription
from fenrun.webhooks.models import EventSourceSecret, WebhookAttempt, WebhookDelivery, WebhookEndpoint

DISTRIBUTED_AT_ONCE = 1_000
_OPEN = ("pending", "sending")


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours to attempt, until the lease ends."""

    delivery_id: str
    endpoint_id: str
    message_id: str
    number: int
    tries: int
    lease: dt.datetime


class Known(NamedTuple):
    """A delivery for people: with its message, and the last attempt."""

    delivery: WebhookDelivery
    message: Message
    status_code: int | None
    error: str | None


# --- Endpoints ----------------------------------------------------------------------------------------


def endpoint(session: Session, id_: str, *, lock: bool = False) -> WebhookEndpoint | None:
    """The endpoint of an id; locked, so that what is decided of it still holds when it is written."""
    return session.get(WebhookEndpoint, id_, with_for_update={"key_share": True} if lock else None)


def endpoint_at(session: Session, partner_number: int | None, url: str) -> WebhookEndpoint | None:
    """An owner's endpoint at an address."""
    return session.scalar(
        select(WebhookEndpoint).where(
            WebhookEndpoint.url == url, WebhookEndpoint.partner_number.is_not_distinct_from(partner_number)
        )
    )


def endpoint_count(session: Session, partner_number: int | None) -> int:
    """How many endpoints an owner has. Others that would add one to it wait."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 6))"), {"owner": f"webhooks:{partner_number}"}
    )
    owned = WebhookEndpoint.partner_number.is_not_distinct_from(partner_number)
    return session.scalar(select(func.count()).where(owned)) or 0


def endpoints(
    session: Session, partner_number: int | None, after: str | None, before: str | None, limit: int
) -> list[WebhookEndpoint]:
    """A page of endpoints, newest first; a partner's alone, or all."""
    query = select(WebhookEndpoint)
    if partner_number is not None:
        query = query.where(WebhookEndpoint.partner_number == partner_number)
    if before:
        earlier = query.where(WebhookEndpoint.id > before).order_by(WebhookEndpoint.id).limit(limit)
        return list(reversed(session.scalars(earlier).all()))
    if after:
        query = query.where(WebhookEndpoint.id < after)
    return list(session.scalars(query.order_by(WebhookEndpoint.id.desc()).limit(limit)))


def subscribe(session: Session, found: WebhookEndpoint, types: Sequence[str]) -> None:
    """Sets what an endpoint hears of."""
    session.flush()
    session.execute(delete(Subscription).where(Subscription.subscriber == found.id))
    session.add_all(Subscription(type=type, subscriber=found.id, partner_number=found.partner_number) for type in types)
    session.flush()


def types_of(session: Session, endpoint_ids: Sequence[str]) -> dict[str, list[str]]:
    """What endpoints hear of, in the order of the alphabet."""
    rows = session.execute(
        select(Subscription.subscriber, Subscription.type)
        .where(Subscription.subscriber.in_(endpoint_ids))
        .order_by(Subscription.type)
    )
    types: dict[str, list[str]] = {id_: [] for id_ in endpoint_ids}
    for subscriber, type in rows:
        types[subscriber].append(type)
    return types


def remove(session: Session, found: WebhookEndpoint) -> None:
    """Forgets an endpoint, its deliveries and their log."""
    session.execute(delete(Subscription).where(Subscription.subscriber == found.id))
    session.delete(found)
    session.flush()


def cancel_open(session: Session, endpoint_id: str) -> None:
    """Ends what was to be delivered to an endpoint. What is being sent just now may still arrive."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.status.in_(_OPEN))
        .values(status="canceled", next_attempt_at=None)
    )


# --- From messages to deliveries ------------------------------------------------------------------------


def distribute(session: Session) -> int:
    """Makes a delivery of each new message to each enabled endpoint that wants it; returns how many messages.

    Several may do this at once: each takes other messages.
    """
    waiting = session.scalars(
        select(Message.id)
        .where(~Message.distributed)
        .order_by(Message.id)
        .limit(DISTRIBUTED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if waiting:
        add_deliveries(session, _recipients(session, Message.id.in_(waiting), WebhookEndpoint.status == "enabled"))
        session.execute(update(Message).where(Message.id.in_(waiting)).values(distributed=True))
    return len(waiting)


def undelivered(session: Session, endpoint_id: str, since: dt.datetime, *, delivered_too: bool) -> list[str]:
    """Messages since a moment that an endpoint wants, and for which there is not even a delivery to it; and the
    deliveries that ended, put back into the queue as far as they are wanted. Returns the messages' ids.
    """
    again = ["failed", "canceled", *(["delivered"] if delivered_too else [])]
    known = session.scalars(
        select(WebhookDelivery.id)
        .join(Message, Message.id == WebhookDelivery.message_id)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.status.in_(again),
            Message.id >= first_id("msg", since),
        )
    ).all()
    requeue(session, known)
    there = exists().where(WebhookDelivery.message_id == Message.id, WebhookDelivery.endpoint_id == WebhookEndpoint.id)
    rows = _recipients(
        session,
        Message.id >= first_id("msg", since),
        Message.distributed.is_(True),
        WebhookEndpoint.id == endpoint_id,
        ~there,
    )
    add_deliveries(session, rows)
    return [*known, *(message for message, _ in rows)]


def _recipients(session: Session, *conditions: ColumnElement[bool]) -> list[tuple[str, str]]:
    """Messages and the endpoints that want them and may: a partner's hears of its own alone."""
    own = Subscription.partner_number == any_(Message.partner_numbers)
    rows = session.execute(
        select(Message.id, WebhookEndpoint.id)
        .join(Subscription, and_(Subscription.type == Message.type, or_(Subscription.partner_number.is_(None), own)))
        .join(WebhookEndpoint, WebhookEndpoint.id == Subscription.subscriber)
        .where(*conditions)
        .order_by(Message.id)
    )
    return [(message, recipient) for message, recipient in rows]


def add_deliveries(session: Session, rows: Sequence[tuple[str, str]]) -> list[str]:
    """Puts messages into the queue of endpoints; returns the deliveries' ids. Each pair must be new."""
    ids = [new_id("wd") for _ in rows]
    copy_rows(
        session,
        "webhook_deliveries",
        ("id", "message_id", "endpoint_id"),
        ((id_, *row) for id_, row in zip(ids, rows, strict=True)),
    )
    return ids


def requeue(session: Session, delivery_ids: Sequence[str]) -> None:
    """Makes deliveries due at once, with a new schedule. One that is being sent just now is left alone."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(delivery_ids), WebhookDelivery.status != "sending")
        .values(status="pending", tries=0, next_attempt_at=func.now(), delivered_at=None)
    )


# --- The queue ----------------------------------------------------------------------------------------


def claim(session: Session, now: dt.datetime, lease: dt.datetime, room: int, cap: int) -> list[Claim]:
    """Takes due deliveries, each for one worker alone, until the lease ends.

    No endpoint has more than `cap` on their way at once, over all workers, and a failing one a single one: so whoever
    answers slowly, or never, takes no more than that from the others.
    """
    given = {"now": now, "lease": lease, "room": room, "cap": cap}
    candidates = session.scalars(_CANDIDATES, given).all()
    if not candidates:
        return []
    # A second statement, which sees what the last holder of the locks wrote: so the cap is exact.
    return [Claim(*row) for row in session.execute(_CLAIM, {**given, "candidates": list(candidates)})]


_ROOM = """
(CASE WHEN e.failing_since IS NULL THEN :cap ELSE 1 END
 - (SELECT count(*) FROM webhook_deliveries f
    WHERE f.endpoint_id = e.id AND f.status = 'sending' AND f.next_attempt_at > :now))
"""
_CANDIDATES = text(f"""
SELECT e.id FROM webhook_endpoints e
-- One look per endpoint, not all that is due: an EXISTS here is planned as a walk over the whole backlog.
CROSS JOIN LATERAL (SELECT FROM webhook_deliveries d
                    WHERE d.endpoint_id = e.id AND d.status IN ('pending', 'sending') AND d.next_attempt_at <= :now
                    LIMIT 1) due
WHERE e.status = 'enabled' AND {_ROOM} > 0
ORDER BY random() LIMIT :room FOR NO KEY UPDATE OF e SKIP LOCKED
""")  # noqa: S608 - ours
_CLAIM = text(f"""
UPDATE webhook_deliveries d
SET status = 'sending', tries = d.tries + 1, attempts = d.attempts + 1, next_attempt_at = :lease
FROM (SELECT due.id FROM webhook_endpoints e
      CROSS JOIN LATERAL (SELECT w.id FROM webhook_deliveries w
                          WHERE w.endpoint_id = e.id AND w.status IN ('pending', 'sending')
                            AND w.next_attempt_at <= :now
                          ORDER BY w.next_attempt_at LIMIT greatest(0, {_ROOM})) due
      WHERE e.id = ANY(:candidates) LIMIT :room) mine
WHERE d.id = mine.id
RETURNING d.id, d.endpoint_id, d.message_id, d.attempts, d.tries, d.next_attempt_at
""")  # noqa: S608 - ours


def parcels(session: Session, claims: Sequence[Claim]) -> dict[str, tuple[WebhookEndpoint, str]]:
    """Where claimed deliveries go, and what is sent, by the delivery's id."""
    rows = session.execute(
        select(WebhookDelivery.id, WebhookEndpoint, Message.body)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .join(Message, Message.id == WebhookDelivery.message_id)
        .where(WebhookDelivery.id.in_([claimed.delivery_id for claimed in claims]))
    )
    return {id_: (found, body) for id_, found, body in rows}


def works_again(session: Session, endpoint_id: str) -> None:
    """Notes that something got through to an endpoint."""
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.failing_since.is_not(None))
        .values(failing_since=None)
    )


def is_mine(session: Session, claimed: Claim) -> bool | None:
    """Whether nobody took a delivery over, nor canceled it; None when it is gone. It is locked from here on."""
    query = select(WebhookDelivery.status, WebhookDelivery.next_attempt_at)
    row = session.execute(query.where(WebhookDelivery.id == claimed.delivery_id).with_for_update()).one_or_none()
    return None if row is None else tuple(row) == ("sending", claimed.lease)


def settle(
    session: Session, delivery_id: str, status: str, next_attempt_at: dt.datetime | None, delivered_at: Any = None
) -> None:
    """Notes where a delivery stands after an attempt."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id)
        .values(status=status, next_attempt_at=next_attempt_at, delivered_at=delivered_at)
    )


def forget_before(session: Session, moment: dt.datetime, limit: int = 5_000) -> int:
    """Deletes messages of before a moment with their deliveries; returns how many. To be repeated until zero."""
    old = select(Message.id).where(Message.id < first_id("msg", moment)).order_by(Message.id).limit(limit)
    result = session.connection().execute(delete(Message).where(Message.id.in_(old)))
    return result.rowcount


# --- Deliveries, for people -----------------------------------------------------------------------------

_LAST = (
    select(WebhookAttempt.status_code, WebhookAttempt.error)
    .where(WebhookAttempt.delivery_id == WebhookDelivery.id)
    .order_by(WebhookAttempt.number.desc())
    .limit(1)
    .lateral()
)


def deliveries(
    session: Session,
    *,
    partner_number: int | None,
    endpoint_id: str | None = None,
    status: str | None = None,
    type: str | None = None,
    only: str | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int = 1,
) -> list[Known]:
    """A page of deliveries, newest first; to a partner's endpoints alone, or to all."""
    query = (
        select(WebhookDelivery, Message, _LAST.c.status_code, _LAST.c.error)
        .join(Message, Message.id == WebhookDelivery.message_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .outerjoin(_LAST, text("true"))
    )
    conditions = {
        WebhookEndpoint.partner_number: partner_number,
        WebhookDelivery.endpoint_id: endpoint_id,
        WebhookDelivery.status: status,
        Message.type: type,
        WebhookDelivery.id: only,
    }
    for column, value in conditions.items():
        if value is not None:
            query = query.where(column == value)
    if before:
        earlier = query.where(WebhookDelivery.id > before).order_by(WebhookDelivery.id).limit(limit)
        return [Known(*row) for row in reversed(session.execute(earlier).all())]
    if after:
        query = query.where(WebhookDelivery.id < after)
    return [Known(*row) for row in session.execute(query.order_by(WebhookDelivery.id.desc()).limit(limit))]


def attempts(session: Session, delivery_id: str) -> list[WebhookAttempt]:
    """Every attempt of a delivery, the first first."""
    query = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id)
    return list(session.scalars(query.order_by(WebhookAttempt.number)))


def body_of(session: Session, message_id: str) -> str:
    """What is sent of a message."""
    return session.execute(select(Message.body).where(Message.id == message_id)).scalar_one()


# --- Sources of events ----------------------------------------------------------------------------------


def source_secrets(session: Session, source: str | None) -> list[EventSourceSecret]:
    """The secrets of a source, or of all, oldest first."""
    query = select(EventSourceSecret).order_by(EventSourceSecret.source, EventSourceSecret.id)
    if source is not None:
        query = query.where(EventSourceSecret.source == source)
    return list(session.scalars(query))


def lock_source(session: Session, source: str) -> int:
    """How many secrets a source has. Others that would add one wait."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:source, 5))"), {"source": source})
    return session.scalar(select(func.count()).where(EventSourceSecret.source == source)) or 0
