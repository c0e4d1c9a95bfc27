"""What the API says of materials."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fenrun.mail.wording import Language

Role = Literal["referrer", "implementer", "trainer"]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
Summary = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]
Roles = Annotated[list[Role], Field(max_length=3)]
PartnerIds = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=100)]


class MaterialIn(BaseModel):
    """A new material. For all partners, unless it names roles or partners."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    summary: Summary = ""
    language: Language
    roles: Roles = []
    partner_ids: PartnerIds = []


class MaterialChange(BaseModel):
    """What is to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: Line = "-"
    summary: Summary = ""
    language: Language = "en"
    roles: Roles = []
    partner_ids: PartnerIds = []
    withdrawn: bool = False


class MaterialVersionOut(BaseModel):
    """A file of a material."""

    version: int
    file_name: str
    media_type: str
    sha256: str
    size: int
    published_at: dt.datetime


class AudienceOut(BaseModel):
    """Whom a material is for; all partners where both are empty."""

    roles: list[Role]
    partner_ids: list[str]


class MaterialOut(BaseModel):
    """A material and its versions, newest first. `audience` and `downloads` are null for a partner's member."""

    id: str
    title: str
    summary: str
    language: Language
    versions: list[MaterialVersionOut]
    withdrawn_at: dt.datetime | None
    created_at: dt.datetime
    audience: AudienceOut | None
    downloads: int | None


class MaterialDownloadOut(BaseModel):
    """That somebody fetched a file."""

    id: str
    version: int
    login: str
    partner_id: str | None
    partner_name: str | None
    address: str
    at: dt.datetime
