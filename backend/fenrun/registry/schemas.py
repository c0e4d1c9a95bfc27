"""What the API says of members."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class SignInRequest(BaseModel):
    """A login and its password."""

    login: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class ViewerOut(BaseModel):
    """Who is signed in."""

    login: str
    role: Literal["partner", "finance"]
    partner_id: str | None
    partner_name: str | None
