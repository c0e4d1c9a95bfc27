"""Endpoints of subscribers, deliveries to them, and every attempt."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class WebhookEndpoint(Base):
    """Where a subscriber wants its messages. What it wants stands in `subscriptions`."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (UniqueConstraint("partner_number", "url", postgresql_nulls_not_distinct=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    """The partner whose it is, which hears of its own alone; none: the vendor's staff."""
    url: Mapped[str]
    description: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="enabled")
    """`enabled` or `disabled`."""
    disabled_reason: Mapped[str | None]
    """`asked`; `gone`: it answered 410; `failing`: for days nothing got through."""
    failing_since: Mapped[dt.datetime | None]
    """The first attempt that failed since the last that did not."""
    secret: Mapped[bytes]
    """Encrypted, as the next."""
    previous_secret: Mapped[bytes | None]
    previous_until: Mapped[dt.datetime | None]
    """Until when messages are signed with the previous secret too."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class WebhookDelivery(Base):
    """A message on its way to an endpoint.

    States: `pending → sending → delivered`, or back to `pending` until the schedule of retries is used up, then
    `failed`; `canceled` when its endpoint was disabled before.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "endpoint_id"),
        Index("ix_webhook_deliveries_endpoint", "endpoint_id", "id"),
        Index(
            "ix_webhook_deliveries_open",
            "endpoint_id",
            "next_attempt_at",
            postgresql_where=text("status IN ('pending', 'sending')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(server_default="pending")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Attempts since it was last put into the queue: the place in the schedule."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    """All attempts that were begun."""
    next_attempt_at: Mapped[dt.datetime | None] = mapped_column(server_default=func.now())
    """When it is due. While it is being sent: when whoever sends it must be dead, so that it is due again."""
    delivered_at: Mapped[dt.datetime | None]


class WebhookAttempt(Base):
    """What came of one attempt. One that was begun and has no row here died with its worker."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1 for the first."""
    at: Mapped[dt.datetime]
    duration_ms: Mapped[int]
    status_code: Mapped[int | None]
    """None when there was no answer."""
    error: Mapped[str | None]
    """Why it does not count as delivered, in words."""
    response: Mapped[str]
    """The beginning of the answer's body."""


class EventSourceSecret(Base):
    """A secret with which a source signs the events that it sends us. One, or two while they change."""

    __tablename__ = "event_source_secrets"

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(index=True)
    secret: Mapped[bytes]
    """Encrypted."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
