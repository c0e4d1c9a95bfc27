"""What the API says of invoices."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Minor = Annotated[str, Field(pattern=r"^\d{1,15}$", description="Minor units of the ledger's currency")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InvoiceIn(_In):
    """An invoice, as it is printed."""

    code: Annotated[str, Field(pattern=r"^\d{0,12}$", description="发票代码; empty for a fully digital invoice")] = ""
    number: Annotated[str, Field(pattern=r"^\d{8,20}$", description="发票号码")]
    issued_on: dt.date
    amount: Minor
    tax: Minor = "0"
    buyer_tax_id: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class RedLetterIn(_In):
    """Why an invoice was red-lettered."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]


class InvoiceOut(BaseModel):
    """An invoice of a partner."""

    id: str
    code: str
    number: str
    issued_on: dt.date
    currency: str
    amount: Minor
    tax: Minor
    buyer_tax_id: str
    red_lettered_at: dt.datetime | None
    red_letter_reason: str | None
    created_at: dt.datetime
