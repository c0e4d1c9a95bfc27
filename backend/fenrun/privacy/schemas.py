"""What the API says of requests about one's data."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fenrun.privacy.deadlines import Law
from fenrun.privacy.service import Kind
from fenrun.registry.schemas import Text


class PrivacyRequestIn(BaseModel):
    """What is asked for, by which law, and the password again."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    law: Annotated[Law, Field(description="By where you live: the EU, California, mainland China, or elsewhere")]
    password: Text


class PrivacyRequestOut(BaseModel):
    """A request, and what became of it. `partner_id` is set where a partner's data are meant as well."""

    id: str
    kind: Kind
    law: Law
    login: str
    partner_id: str | None
    partner_name: str | None
    asked_at: dt.datetime
    due_on: dt.date
    """The last day, in UTC, on which it must be answered."""
    state: Literal["asked", "ready", "expired", "approved", "erased", "refused"]
    reason: str | None
    decided_by: str | None
    """The id of the member who approved or refused it; null for who asked."""
    done_at: dt.datetime | None
    expires_at: dt.datetime | None
    """Until when the archive can be fetched."""
