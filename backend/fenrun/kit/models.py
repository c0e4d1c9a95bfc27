"""What the kit itself keeps."""

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class IdempotencyKey(Base):
    """The answer that a caller got under a key. Money keys never expire."""

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int]
    response: Mapped[dict[str, Any]]


class Message(Base):
    """Something that happened, for whoever subscribed: written in the transaction in which it happened."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_waiting", "id", postgresql_where=text("NOT distributed")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """The header `webhook-id` of every attempt to deliver it."""
    key: Mapped[str] = mapped_column(unique=True)
    """What happened, in our own words: announced twice, it is one message."""
    type: Mapped[str]
    partner_numbers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """The partners who may know of it, besides the vendor's staff."""
    body: Mapped[str]
    """The JSON that is sent, to the byte: it is what signatures are over."""
    distributed: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Subscription(Base):
    """Who wants to hear of what. What nobody wants is not even written."""

    __tablename__ = "subscriptions"

    type: Mapped[str] = mapped_column(primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    partner_number: Mapped[int | None]
    """A partner hears of its own alone; none: the vendor's staff, who hear of all."""


class AuditLine(Base):
    """A change that a person or a program made. A trigger refuses to update or delete a line."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_target", "target", "id"), Index("ix_audit_log_actor", "actor", "id"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    """The id of a member or API key, `cli:` and a user, or empty for somebody who is not signed in."""
    actor_name: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str]
    address: Mapped[str]


class RateBucket(Base):
    """The bucket of a caller: it is full again at `full_at`. Without a row it is full now."""

    __tablename__ = "rate_buckets"
    # Not worth a write to the log: after a crash all buckets are full.
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy's own way

    caller: Mapped[str] = mapped_column(primary_key=True)
    full_at: Mapped[dt.datetime]
