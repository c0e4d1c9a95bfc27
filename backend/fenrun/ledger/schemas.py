"""What the API says of the books. Amounts are minor units, as text."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel

AccountType = Literal["expense", "liability", "asset", "equity"]


class AccountOut(BaseModel):
    """An account, with its totals."""

    id: str
    kind: str
    type: AccountType
    partner_id: str | None
    partner_name: str | None
    currency: str
    debits: str
    credits: str
    balance: str


class TrialBalanceLine(BaseModel):
    """All accounts of a kind together. The balance is on the side that is natural for the type."""

    code: str
    type: AccountType
    debits: str
    credits: str
    balance: str


class TrialBalance(BaseModel):
    """The trial balance of the final journal."""

    currency: str
    as_of: dt.date | None
    lines: list[TrialBalanceLine]
    debits: str
    credits: str
    balanced: bool
    transactions: int
    journal_head: str
