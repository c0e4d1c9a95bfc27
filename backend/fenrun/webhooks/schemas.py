"""What the API says of endpoints and deliveries. What messages say stands in `events`."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

EndpointStatus = Literal["enabled", "disabled"]
DisabledReason = Literal["asked", "gone", "failing"]
DeliveryStatus = Literal["pending", "sending", "delivered", "failed", "canceled"]
Url = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[\x21-\x7e]+$")]
Description = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
EventTypes = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=100)]


class EndpointIn(BaseModel):
    """A new endpoint."""

    url: Url
    description: Description = ""
    event_types: EventTypes


class EndpointChange(BaseModel):
    """What is to be changed of an endpoint; the rest stays."""

    url: Url | None = None
    description: Description | None = None
    event_types: EventTypes | None = None
    enabled: bool | None = None


class RotationIn(BaseModel):
    """A change of secret."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, description="How long both secrets sign")] = 24


class ResendIn(BaseModel):
    """What is to be sent again."""

    since: AwareDatetime
    delivered_too: Annotated[bool, Field(description="Also what was delivered")] = False


class EndpointOut(BaseModel):
    """Where a subscriber wants its messages."""

    id: str
    partner_id: str | None
    url: str
    description: str
    event_types: list[str]
    status: EndpointStatus
    disabled_reason: DisabledReason | None
    failing_since: dt.datetime | None
    previous_secret_until: dt.datetime | None
    created_at: dt.datetime


class EndpointWithSecret(EndpointOut):
    """An endpoint with the secret that signs its messages. It is shown this once."""

    secret: str


class ResendOut(BaseModel):
    """How many messages are on their way."""

    queued: int


class DeliveryOut(BaseModel):
    """A message on its way to an endpoint."""

    id: str
    endpoint_id: str
    message_id: str
    type: str
    status: DeliveryStatus
    attempts: int
    created_at: dt.datetime
    next_attempt_at: dt.datetime | None
    delivered_at: dt.datetime | None
    last_status_code: int | None
    last_error: str | None


class AttemptOut(BaseModel):
    """What came of one attempt."""

    number: int
    at: dt.datetime
    duration_ms: int
    status_code: int | None
    error: str | None
    response: str


class DeliveryWithAttempts(DeliveryOut):
    """A delivery with what is sent, and every attempt."""

    body: dict[str, Any]
    log: list[AttemptOut]


class SourceSecretIn(BaseModel):
    """A secret that the sender chose; without one we make one."""

    secret: Annotated[str | None, Field(max_length=128, description="whsec_ and 24 to 64 bytes in base64")] = None


class SourceSecretOut(BaseModel):
    """A secret of a source, without the secret."""

    id: str
    source: str
    created_at: dt.datetime


class SourceSecretMade(SourceSecretOut):
    """A new secret of a source. One that we made is shown this once."""

    secret: str | None
