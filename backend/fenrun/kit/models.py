"""What the kit itself keeps."""

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Index, func, text
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
