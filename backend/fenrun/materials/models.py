"""Materials, their versions, and who fetched them."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Material(Base):
    """Something that partners can fetch, in one language. For all of them, unless it names roles or partners."""

    __tablename__ = "materials"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str]
    language: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    """For partners to whom a customer is attributed in one of these roles."""
    partner_numbers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    """For these partners, whatever their roles."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    withdrawn_at: Mapped[dt.datetime | None]


class MaterialVersion(Base):
    """A file of a material. It is in the store of files under its SHA-256, and is never changed."""

    __tablename__ = "material_versions"
    __table_args__ = (UniqueConstraint("material_number", "version"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    material_number: Mapped[int] = mapped_column(ForeignKey("materials.number"))
    version: Mapped[int] = mapped_column(SmallInteger)
    file_name: Mapped[str]
    media_type: Mapped[str]
    """By the file's content, not by what somebody said."""
    sha256: Mapped[bytes]
    size: Mapped[int]
    published_by: Mapped[str]
    published_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class MaterialDownload(Base):
    """That somebody fetched a file."""

    __tablename__ = "material_downloads"
    __table_args__ = (Index("ix_material_downloads_version", "version_number", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    version_number: Mapped[int] = mapped_column(ForeignKey("material_versions.number"))
    member_id: Mapped[str]
    login: Mapped[str]
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    address: Mapped[str]
    at: Mapped[dt.datetime]
