"""Plan versions."""

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Plan(Base):
    """A version of a plan. `number` is its id on chain, given before it is published. Never edited."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("code", "version"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    version: Mapped[int]
    currency: Mapped[str]
    tier_thresholds: Mapped[list[Any]]
    """Minor units, ascending."""
    hold_days: Mapped[int]
    new_bps: Mapped[list[Any]]
    """One row per role, one cell per tier."""
    renewal_bps: Mapped[list[Any]]
    plan_ref: Mapped[bytes]
    status: Mapped[str] = mapped_column(server_default="pending")
    """`pending` until the chain has it, then `published`."""
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))
