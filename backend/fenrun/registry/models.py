"""Partners and members."""

import datetime as dt

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Partner(Base):
    """Who can earn. `number` is the id on chain: dense, from 1, given before it is registered there."""

    __tablename__ = "partners"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str]
    type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    """`pending` until the chain has it, then `active` or `suspended`."""
    partner_ref: Mapped[bytes]
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Member(Base):
    """Somebody who may sign in, for one partner or for the vendor's staff."""

    __tablename__ = "members"

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    """`partner` sees its own partner's rows, `finance` all."""
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))


class SignIn(Base):
    """A session of the portal. Only the token's hash is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    expires_at: Mapped[dt.datetime]


class ApiKey(Base):
    """A program's key, such as the CRM's. Only its hash is kept."""

    __tablename__ = "api_keys"

    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
