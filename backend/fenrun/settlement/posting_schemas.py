"""What the API says of the journal. Amounts are minor units, as text."""

import datetime as dt

from pydantic import BaseModel


class AccountEnd(BaseModel):
    """One of a posting's two accounts."""

    id: str
    kind: str
    partner_id: str | None
    partner_name: str | None


class PostingOut(BaseModel):
    """An amount that moved: `source` was debited, `destination` credited.

    `order_id` is set of what happened to one order alone; what a batch credits a partner comes from all its orders,
    which are those of the transaction's `batch_id`.
    """

    id: str
    transaction: int
    kind: str
    on: dt.date
    source: AccountEnd
    destination: AccountEnd
    amount: str
    currency: str
    order_id: str | None
    order_external_id: str | None


class TransactionOut(BaseModel):
    """What one log of the settlement ledger did to the books; `number` is the log's sequence number on chain."""

    number: int
    kind: str
    on: dt.date
    posted_at: dt.datetime
    hash: str
    previous_hash: str
    chain_head: str
    transaction_hash: str | None
    block_number: int | None
    batch_id: str | None
    batch_number: int | None
    postings: int
    amount: str
    currency: str
    """The sum of its postings."""
