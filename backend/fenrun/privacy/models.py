"""Requests about one's own data."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class PrivacyRequest(Base):
    """A member's request for an archive of its data, or for its erasure; of its partner's too where it may act for it.

    States: an `export` is `asked → ready → expired`; an `erasure` is `asked → approved → erased`, or `refused`.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        # One at a time of each kind.
        Index(
            "uq_privacy_requests_open",
            "member_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('asked', 'approved')"),
        ),
        Index("ix_privacy_requests_asked", "id", postgresql_where=text("state = 'asked'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`export` or `erasure`."""
    law: Mapped[str]
    """By where the member lives: `gdpr`, `ccpa`, `pipl`, or `other`."""
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    login: Mapped[str]
    """As it was; what is left of it once it is erased."""
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    """The partner whose data are meant as well; none for the member's alone."""
    asked_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]
    """The last day, in UTC, on which it must be answered."""
    state: Mapped[str]
    decided_by: Mapped[str | None]
    """The member's id, as `done_by`."""
    decided_at: Mapped[dt.datetime | None]
    reason: Mapped[str | None]
    """Why it was refused, in words that the member reads."""
    done_by: Mapped[str | None]
    done_at: Mapped[dt.datetime | None]
    archive: Mapped[bytes | None]
    """Encrypted, until it expires."""
    expires_at: Mapped[dt.datetime | None]
    """Until when the archive can be fetched."""
