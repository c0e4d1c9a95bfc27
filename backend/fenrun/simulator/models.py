"""Simulations that were saved, and proposals to make one's candidate a plan version."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Simulation(Base):
    """What was asked, and what came of it. `queued → running → done`, `failed` or `canceled`."""

    __tablename__ = "simulations"
    __table_args__ = (
        Index("ix_simulations_waiting", "number", postgresql_where=text("status IN ('queued', 'running')")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    asked: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default="queued")
    progress_bps: Mapped[int] = mapped_column(server_default="0")
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str | None]
    """Why it failed."""
    result: Mapped[dict[str, Any] | None]
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[dt.datetime | None]


class PlanProposal(Base):
    """A candidate that somebody proposes as a plan version, and somebody else decides on.

    `waiting → approved` or `rejected`. An approved one has become the plan version `plan_number`.
    """

    __tablename__ = "plan_proposals"
    __table_args__ = (
        # One version of a plan at a time.
        Index("uq_plan_proposals_waiting", "code", unique=True, postgresql_where=text("status = 'waiting'")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    simulation_number: Mapped[int] = mapped_column(ForeignKey("simulations.number"), index=True)
    design: Mapped[str]
    """The candidate's name."""
    code: Mapped[str]
    """Of the plan that gets a new version."""
    terms: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    """What the simulation found that concerns it."""
    declaration: Mapped[dict[str, Any] | None]
    """What compliance has to know of the plan and nobody can compute; None of proposals from before it was asked."""
    status: Mapped[str] = mapped_column(server_default="waiting")
    proposed_by: Mapped[str]
    proposed_by_name: Mapped[str]
    proposed_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    decided_by: Mapped[str | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    reason: Mapped[str | None]
    plan_number: Mapped[int | None] = mapped_column(ForeignKey("plans.number"))
