"""The indexer: one page of blocks is one transaction, and a page that fails any check is not written.

Checks: every header names the stored hash of its parent; every log's block hash is its header's; sequence numbers are
dense; and our running heads equal `seq()` and `head()` as read at the hash of the page's last block. Together they
tell a reorg, a node that changes its mind, and a node that leaves logs out.

Most nodes throw the states of old blocks away, and cannot say what the heads were. Such a page is written, but nothing
of it is final until the heads of a later one agree: each head covers all before it. If they do not, all pages since the
last that agreed are taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.errors import IndexerStoppedError
from fenrun.chain.models import Attempt, Block, ChainLog, Cursor, Intent
from fenrun.chain.verification import Heads, heads_agree, rows_of, verify_headers

PAGE_BLOCKS = 100

_log = structlog.get_logger()

_LOG_COLUMNS = (
    ChainLog.contract,
    ChainLog.seq,
    ChainLog.block_number,
    ChainLog.log_index,
    ChainLog.transaction_hash,
    ChainLog.topic,
    ChainLog.data,
)


@dataclass(frozen=True)
class Log:
    """A verified log of one of our contracts."""

    contract: str
    event: str
    fields: dict[str, Any]
    seq: int
    block_number: int
    block_time: int
    log_index: int
    transaction_hash: bytes


class Projection(Protocol):
    """What the domains make of logs, in the indexer's own transaction."""

    def apply(self, session: Session, logs: Sequence[Log]) -> None:
        """Takes in verified logs, in their order."""

    def rollback(self, session: Session, block_number: int) -> None:
        """Forgets what came from blocks above this one."""


def index_page(
    session: Session,
    client: Client,
    deployment: Deployment,
    projection: Projection,
    confirmations: int,
) -> tuple[int, bool]:
    """Takes in the next page of blocks.

    Returns:
        How many blocks were taken in, or taken back (below zero), and whether there is more to do.

    Raises:
        IndexerStoppedError: the node contradicts itself, or what is final.
    """
    at, checked = _cursor(session)
    latest, known = client.batch([("eth_blockNumber", []), ("eth_getBlockByNumber", [hex(max(at, 0)), False])])
    tip = int(latest, 16)
    if not _is_stored(session, at, known):
        return _roll_back(session, client, projection, at, min(at - confirmations, checked)), True
    if tip <= at:
        return 0, False

    numbers = range(at + 1, min(tip, at + PAGE_BLOCKS) + 1)
    blocks, logs = _fetch(client, deployment, numbers)
    verify_headers(session, blocks)
    rows, heads = rows_of(session, deployment, blocks, logs)
    agreed = heads_agree(client, deployment, blocks[-1]["hash"], heads, is_tip=numbers[-1] == tip)
    if agreed is False:
        return _distrust(session, projection, at, checked, heads), False
    times = {int(block["number"], 16): int(block["timestamp"], 16) for block in blocks}
    # Until the heads agree, the data may be anything: it is decoded only now.
    found = [decode(row, times[row["block_number"]]) for row in rows]

    session.execute(
        insert(Block),
        [
            {
                "number": int(block["number"], 16),
                "hash": hex_bytes(block["hash"]),
                "parent_hash": hex_bytes(block["parentHash"]),
                "timestamp": int(block["timestamp"], 16),
            }
            for block in blocks
        ],
    )
    _note_mined(session, client, blocks)
    if rows:
        session.execute(insert(ChainLog), rows)
        projection.apply(session, found)
    _move_cursor(session, at, numbers[-1], agreed=bool(agreed))
    return len(blocks), numbers[-1] < tip


def final_block(session: Session, confirmations: int) -> int:
    """The highest block that counts as final: deep enough, and its heads agreed. Below zero when there is none."""
    row = session.execute(select(Cursor.block_number, Cursor.checked_block).where(Cursor.id == 1)).one_or_none()
    return -1 if row is None else min(row.block_number - confirmations, row.checked_block)


def require_read_chain(session: Session, client: Client) -> None:
    """Makes sure that the node is on the chain that was read: what another one estimates means nothing.

    A node that is being made again, or that was restored to an earlier state, is not.

    Raises:
        IndexerStoppedError: it lacks the last block that was read.
    """
    at = height(session)
    if not _is_stored(session, at, client.call("eth_getBlockByNumber", hex(max(at, 0)), False)):
        raise IndexerStoppedError(
            f"The node does not have block {at}, the last that was read; nothing is sent meanwhile"
        )


def _is_stored(session: Session, number: int, block: dict[str, Any] | None) -> bool:
    """Whether the node's block is the one that we stored. Before the first there is nothing to compare."""
    if number < 0:
        return True
    stored = session.scalar(select(Block.hash).where(Block.number == number))
    return block is not None and stored is not None and hex_bytes(block["hash"]) == stored


def _common_ancestor(session: Session, client: Client, at: int) -> int:
    """The highest stored block that the node still has; -1 for none."""
    for number in range(at, -1, -1):
        if _is_stored(session, number, client.call("eth_getBlockByNumber", hex(number), False)):
            return number
    return -1


def _roll_back(session: Session, client: Client, projection: Projection, at: int, final: int) -> int:
    ancestor = _common_ancestor(session, client, at)
    if ancestor < final:
        raise IndexerStoppedError(
            f"The node no longer has block {ancestor + 1}, which is final here. Nothing was changed. "
            "Is this the right chain? If so, more confirmations are needed."
        )
    return _take_back(session, projection, at, ancestor)


def _distrust(session: Session, projection: Projection, at: int, checked: int, heads: Heads) -> int:
    """Takes back the pages that were written unchecked: the heads of a later one do not agree."""
    said = ", ".join(f"{name} {seq}" for name, (seq, _) in sorted(heads.items()))
    complaint = f"The node gave logs up to {said}, or others than the chain holds; try again"
    if checked == at:
        raise IndexerStoppedError(complaint)
    _log.warning("indexer.takes_back_unchecked", detail=complaint, first=checked + 1, last=at)
    return _take_back(session, projection, at, checked)


def _take_back(session: Session, projection: Projection, at: int, ancestor: int) -> int:
    projection.rollback(session, ancestor)
    session.execute(delete(ChainLog).where(ChainLog.block_number > ancestor))
    session.execute(
        update(Intent)
        .where(Intent.block_number > ancestor)
        .values(
            state="signed",
            block_number=None,
            transaction_index=None,
            transaction_hash=None,
            gas_used=None,
        )
    )
    session.execute(delete(Block).where(Block.number > ancestor))
    _move_cursor(session, at, ancestor)
    return ancestor - at


def _cursor(session: Session) -> tuple[int, int]:
    """The last block that was read, and the last whose heads agreed; no other indexer moves them meanwhile."""
    row = session.execute(
        select(Cursor.block_number, Cursor.checked_block).where(Cursor.id == 1).with_for_update()
    ).one_or_none()
    if row is None:
        session.add(Cursor(id=1, block_number=-1, checked_block=-1))
        session.flush()
        return -1, -1
    return row.block_number, row.checked_block


def _move_cursor(session: Session, at: int, to: int, *, agreed: bool = False) -> None:
    moved = session.connection().execute(
        update(Cursor)
        .where(Cursor.id == 1, Cursor.block_number == at)
        .values(block_number=to, checked_block=to if agreed else func.least(Cursor.checked_block, to))
    )
    if moved.rowcount != 1:
        raise IndexerStoppedError("Another indexer moved the cursor; this page was not written")


def _fetch(client: Client, deployment: Deployment, numbers: range) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    calls: list[Call] = [("eth_getBlockByNumber", [hex(number), False]) for number in numbers]
    calls.append(
        (
            "eth_getLogs",
            [
                {
                    "fromBlock": hex(numbers[0]),
                    "toBlock": hex(numbers[-1]),
                    "address": [deployment.addresses[name] for name in deployment.journals],
                }
            ],
        )
    )
    *blocks, logs = client.batch(calls)
    if any(block is None for block in blocks):
        raise IndexerStoppedError("The node lost a block while the page was read; try again")
    return blocks, logs


def stored_logs(session: Session, above: int, limit: int | None = None, after: tuple[int, int] = (-1, -1)) -> list[Log]:
    """Stored logs of blocks above a number, in their order.

    Args:
        limit: How many at the most.
        after: Block and log index after which to go on.
    """
    columns = (*_LOG_COLUMNS, Block.timestamp)
    rows = session.execute(
        select(*columns)
        .join(Block, Block.number == ChainLog.block_number)
        .where(ChainLog.block_number > above, tuple_(ChainLog.block_number, ChainLog.log_index) > after)
        .order_by(ChainLog.block_number, ChainLog.log_index)
        .limit(limit)
    ).mappings()
    return [decode(dict(row), row["timestamp"]) for row in rows]


def decode(row: dict[str, Any], block_time: int) -> Log:
    """The log of a stored row."""
    contract = artifact(row["contract"])
    event = contract.event_names[row["topic"]]
    return Log(
        contract=row["contract"],
        event=event,
        fields=contract.event(event, row["data"]),
        seq=row["seq"],
        block_number=row["block_number"],
        block_time=block_time,
        log_index=row["log_index"],
        transaction_hash=row["transaction_hash"],
    )


def _note_mined(session: Session, client: Client, blocks: list[dict[str, Any]]) -> None:
    """Marks the intents whose transactions these blocks hold."""
    hashes = [hex_bytes(hash_) for block in blocks for hash_ in block["transactions"]]
    if not hashes:
        return
    ours = session.execute(
        select(Attempt.transaction_hash, Attempt.intent_id).where(Attempt.transaction_hash.in_(hashes))
    ).all()
    if not ours:
        return
    receipts = client.batch([("eth_getTransactionReceipt", [to_hex(hash_)]) for hash_, _ in ours])
    session.execute(
        update(Intent),
        [
            {
                "id": intent_id,
                "state": "mined" if receipt["status"] == "0x1" else "reverted",
                "block_number": int(receipt["blockNumber"], 16),
                "transaction_index": int(receipt["transactionIndex"], 16),
                "transaction_hash": hash_,
                "gas_used": int(receipt["gasUsed"], 16),
            }
            for (hash_, intent_id), receipt in zip(ours, receipts, strict=True)
        ],
    )


def stored_chain(session: Session, above: int) -> list[tuple[int, bytes, list[bytes]]]:
    """Time, hash and raw transactions of every stored block above a number: what makes a chain again."""
    raws: dict[int, list[bytes]] = {}
    rows = session.execute(
        select(Intent.block_number, Attempt.raw)
        .join(Attempt, Attempt.transaction_hash == Intent.transaction_hash)
        .where(Intent.block_number > above)
        .order_by(Intent.block_number, Intent.transaction_index)
    )
    for number, raw in rows:
        raws.setdefault(number or 0, []).append(raw)
    blocks = session.execute(
        select(Block.number, Block.timestamp, Block.hash).where(Block.number > above).order_by(Block.number)
    )
    return [(timestamp, hash_, raws.get(number, [])) for number, timestamp, hash_ in blocks]


def height(session: Session) -> int:
    """The highest stored block; -1 when there is none."""
    highest = session.scalar(select(func.max(Block.number)))
    return -1 if highest is None else highest


def unsealed(session: Session, confirmations: int) -> bool:
    """Whether blocks that hold logs are not yet final."""
    newest = session.scalar(select(func.max(ChainLog.block_number)))
    return newest is not None and newest > final_block(session, confirmations)
