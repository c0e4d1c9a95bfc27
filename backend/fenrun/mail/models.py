"""Letters: what is to be told to people by mail."""

import datetime as dt

from sqlalchemy import Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Letter(Base):
    """A message to one person, written in the transaction of what it tells of.

    States: `queued → sent`, or `failed` when no attempt can bring it there any more; the reason says why.
    """

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_queued", "next_attempt_at", postgresql_where=text("state = 'queued'")),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    language: Mapped[str]
    about: Mapped[str]
    """The id of the member or invitation whose matter it is."""
    sealed: Mapped[bytes | None]
    """The recipient's address and what the text names, encrypted; gone once the letter is."""
    state: Mapped[str] = mapped_column(server_default="queued")
    reason: Mapped[str | None]
    """Why the last attempt failed. Never the address."""
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    next_attempt_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    """When it is due. While it is being sent: when whoever sends it must be dead, so that it is due again."""
    useful_until: Mapped[dt.datetime | None]
    """After which nobody needs it: when its link ends."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[dt.datetime | None]
