"""Agreements and signatures. A trigger refuses to change or delete either."""

import datetime as dt

from sqlalchemy import ForeignKey, Identity, SmallInteger, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Agreement(Base):
    """A version of an agreement in one language. Its text is in the store of files under its SHA-256."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("name", "version", "language"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    """What is agreed, the same for all its versions and languages, such as `partner-agreement`."""
    version: Mapped[int] = mapped_column(SmallInteger)
    language: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    """`text/plain` for Markdown, or `application/pdf`."""
    sha256: Mapped[bytes]
    size: Mapped[int]
    effective_on: Mapped[dt.date]
    """The first day, in UTC, on which it is asked of partners; the same for all languages of a version."""
    published_by: Mapped[str]
    """The member's id."""
    published_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Signature(Base):
    """That somebody signed a version for a partner: who, when, from where, and what exactly."""

    __tablename__ = "agreement_signatures"
    __table_args__ = (UniqueConstraint("partner_number", "agreement_number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_number: Mapped[int] = mapped_column(ForeignKey("agreements.number"), index=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    member_id: Mapped[str]
    login: Mapped[str]
    signer: Mapped[str]
    """The name that they signed with."""
    address: Mapped[str]
    sha256: Mapped[bytes]
    """Of the text that was before them, as their side computed it: the agreement's own, or nothing was signed."""
    signed_at: Mapped[dt.datetime]
