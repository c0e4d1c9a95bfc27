"""What is stored about the chain: what we sent and what we saw."""

import datetime as dt

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Intent(Base):
    """One thing we want done on chain: one signer, one nonce, as many attempts as it takes.

    States: `bound` (nonce taken, nothing signed) → `signed` (raw bytes stored, may be broadcast) →
    `mined` or `reverted` (seen in a block; goes back to `signed` when a reorg removes that block). What is `reverted`
    for good is `bound` again at another nonce, or `refused` (see `reverts`).
    """

    __tablename__ = "intents"
    __table_args__ = (
        UniqueConstraint("signer", "nonce"),
        Index("ix_intents_open", "id", postgresql_where=text("state IN ('bound', 'signed')")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """What it is, in our own words: the same thing is never intended twice."""
    signer: Mapped[str]
    nonce: Mapped[int]
    to_address: Mapped[str | None]
    data: Mapped[bytes]
    gas: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="bound")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    block_number: Mapped[int | None] = mapped_column(index=True)
    transaction_index: Mapped[int | None]
    transaction_hash: Mapped[bytes | None]
    gas_used: Mapped[int | None]


class Attempt(Base):
    """A signed transaction of an intent: the bytes that were, or will be, broadcast. Never deleted."""

    __tablename__ = "attempts"

    transaction_hash: Mapped[bytes] = mapped_column(primary_key=True)
    intent_id: Mapped[int] = mapped_column(ForeignKey("intents.id"), index=True)
    raw: Mapped[bytes]
    max_fee: Mapped[int]
    tip: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Block(Base):
    """A block header that we verified against its parent."""

    __tablename__ = "blocks"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]
    parent_hash: Mapped[bytes]
    timestamp: Mapped[int]


class ChainLog(Base):
    """A log of one of our contracts, with the running head after it."""

    __tablename__ = "chain_logs"

    contract: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block_number: Mapped[int] = mapped_column(ForeignKey("blocks.number"), index=True)
    log_index: Mapped[int]
    transaction_hash: Mapped[bytes]
    topic: Mapped[bytes]
    data: Mapped[bytes]
    head: Mapped[bytes]


class Cursor(Base):
    """How far the indexer is: one row."""

    __tablename__ = "chain_cursor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block_number: Mapped[int]
    checked_block: Mapped[int]
    """The last block at which the journals' heads agreed with the chain's: nothing above it is final."""
