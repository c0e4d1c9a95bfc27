"""What the API says of agreements."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fenrun.agreements.service import State
from fenrun.mail.wording import Language

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hex")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]


class AgreementOut(BaseModel):
    """A version of an agreement in one language."""

    id: str
    name: str
    version: int
    language: Language
    title: str
    media_type: str
    """`text/plain` for Markdown, or `application/pdf`."""
    sha256: Digest
    size: int
    effective_on: dt.date
    published_at: dt.datetime
    signed: int | None
    """How many partners have signed this text; null for a partner's member."""


class SignatureIn(BaseModel):
    """A signature: the name, and the SHA-256 of the text that was read."""

    model_config = ConfigDict(extra="forbid")

    signer: Line
    sha256: Digest


class SignatureOut(BaseModel):
    """Who signed what, when and from where."""

    id: str
    agreement_id: str
    version: int
    language: Language
    signer: str
    login: str
    address: str
    sha256: Digest
    signed_at: dt.datetime


class AgreementStandingOut(BaseModel):
    """How a partner stands to an agreement.

    `due`: the version in force is not signed, and nothing is paid out. `upcoming`: the next version can be signed
    already. `texts` is the version that counts in each of its languages.
    """

    name: str
    state: State
    texts: list[AgreementOut]
    signatures: list[SignatureOut]
