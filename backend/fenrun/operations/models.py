"""What workers note about themselves."""

import datetime as dt

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class JobFailure(Base):
    """How often a step of a worker's role failed with a code, and the last time's words."""

    __tablename__ = "job_failures"

    role: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
    detail: Mapped[str]
    last_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
