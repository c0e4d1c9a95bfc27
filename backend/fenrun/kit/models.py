"""What the kit itself keeps."""

import datetime as dt
from typing import Any

from sqlalchemy import Identity, Index, func
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
