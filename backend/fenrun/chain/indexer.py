"""The indexer: one page of blocks is one transaction, and a page that fails any check is not written.

Checks: every header names the stored hash of its parent; every log's block hash is its header's; sequence numbers are
dense; and our running heads equal `seq()` and `head()` as read at the hash of the page's last block. Together they
tell a reorg, a node that changes its mind, and a node that leaves logs out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.contracts import Deployment, artifact, first_head, next_head
from fenrun.chain.errors import IndexerStoppedError
from fenrun.chain.models import Attempt, Block, ChainLog, Cursor, Intent

PAGE_BLOCKS = 100

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
    at = session.scalar(select(Cursor.block_number).where(Cursor.id == 1).with_for_update())
    if at is None:
        session.add(Cursor(id=1, block_number=-1))
        session.flush()
        at = -1
    latest, known = client.batch([("eth_blockNumber", []), ("eth_getBlockByNumber", [hex(max(at, 0)), False])])
    tip = int(latest, 16)
    if not _is_stored(session, at, known):
        return _roll_back(session, client, projection, at, confirmations), True
    if tip <= at:
        return 0, False

    numbers = range(at + 1, min(tip, at + PAGE_BLOCKS) + 1)
    blocks, logs = _fetch(client, deployment, numbers)
    _verify_headers(session, blocks)
    verified = _verify_logs(session, client, deployment, blocks, logs)

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
    if verified:
        session.execute(insert(ChainLog), [row for _, row in verified])
        projection.apply(session, [log for log, _ in verified])
    _move_cursor(session, at, numbers[-1])
    return len(blocks), numbers[-1] < tip


def final_block(session: Session, confirmations: int) -> int:
    """The highest block that counts as final; below zero when there is none."""
    at = session.scalar(select(Cursor.block_number).where(Cursor.id == 1))
    return -1 if at is None else at - confirmations


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


def _roll_back(session: Session, client: Client, projection: Projection, at: int, confirmations: int) -> int:
    ancestor = _common_ancestor(session, client, at)
    if ancestor < at - confirmations:
        raise IndexerStoppedError(
            f"The node no longer has block {ancestor + 1}, which is final here ({confirmations} confirmations). "
            "Nothing was changed. Is this the right chain? If so, more confirmations are needed."
        )
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


def _move_cursor(session: Session, at: int, to: int) -> None:
    moved = session.connection().execute(
        update(Cursor).where(Cursor.id == 1, Cursor.block_number == at).values(block_number=to)
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


def _verify_headers(session: Session, blocks: list[dict[str, Any]]) -> None:
    first = int(blocks[0]["number"], 16)
    parent = session.scalar(select(Block.hash).where(Block.number == first - 1))
    for block in blocks:
        if parent is not None and hex_bytes(block["parentHash"]) != parent:
            raise IndexerStoppedError(f"Block {int(block['number'], 16)} does not follow the one before it; try again")
        parent = hex_bytes(block["hash"])


def _verify_logs(
    session: Session,
    client: Client,
    deployment: Deployment,
    blocks: list[dict[str, Any]],
    raw_logs: list[dict[str, Any]],
) -> list[tuple[Log, dict[str, Any]]]:
    headers = {int(block["number"], 16): block for block in blocks}
    states = {name: _last_state(session, deployment, name) for name in deployment.journals}
    rows: list[dict[str, Any]] = []
    for raw in raw_logs:
        number = int(raw["blockNumber"], 16)
        if raw["blockHash"] != headers[number]["hash"]:
            raise IndexerStoppedError(f"A log names another block {number} than its header; try again")
        name = deployment.name_of(raw["address"])
        event_names = artifact(name).event_names if name in states else {}
        topic = hex_bytes(raw["topics"][0])
        # A log that no journal wrote, such as AccessManaged's AuthorityUpdated, has no sequence number.
        if name is None or name not in states or not _is_journalled(event_names.get(topic)):
            continue
        seq, head = states[name]
        found, data = int(raw["topics"][1], 16), hex_bytes(raw["data"])
        if found != seq + 1:
            raise IndexerStoppedError(f"{name}: log {seq + 1} is missing, {found} came instead; the node left it out")
        head = next_head(head, found, topic, data)
        states[name] = (found, head)
        row = {
            "contract": name,
            "seq": found,
            "block_number": number,
            "log_index": int(raw["logIndex"], 16),
            "transaction_hash": hex_bytes(raw["transactionHash"]),
            "topic": topic,
            "data": data,
            "head": head,
        }
        rows.append(row)
    # Until the heads agree, the data may be anything: it is decoded only now.
    _verify_heads(client, deployment, blocks[-1]["hash"], states)
    times = {number: int(header["timestamp"], 16) for number, header in headers.items()}
    return [(decode(row, times[row["block_number"]]), row) for row in rows]


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


def _is_journalled(event: str | None) -> bool:
    return event is not None and event not in ("AuthorityUpdated", "EIP712DomainChanged")


def _last_state(session: Session, deployment: Deployment, name: str) -> tuple[int, bytes]:
    row = session.execute(
        select(ChainLog.seq, ChainLog.head).where(ChainLog.contract == name).order_by(ChainLog.seq.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return 0, first_head(deployment.chain_id, deployment.addresses[name])
    return row.seq, row.head


def read_heads(client: Client, deployment: Deployment, block_hash: str) -> dict[str, tuple[int, bytes]]:
    """Sequence number and head of every journal at a block; no entry for one not deployed by then."""
    journal = artifact(deployment.journals[0])
    at = {"blockHash": block_hash}
    calls: list[Call] = [
        ("eth_call", [{"to": deployment.addresses[name], "data": to_hex(journal.selector(view))}, at])
        for name in deployment.journals
        for view in ("seq", "head")
    ]
    results = client.batch(calls)
    heads = {}
    for index, name in enumerate(deployment.journals):
        seq, head = results[2 * index], results[2 * index + 1]
        if seq != "0x":
            heads[name] = (int(seq, 16), hex_bytes(head))
    return heads


def _verify_heads(
    client: Client,
    deployment: Deployment,
    block_hash: str,
    states: dict[str, tuple[int, bytes]],
) -> None:
    on_chain = read_heads(client, deployment, block_hash)
    for name, (seq, head) in states.items():
        if name not in on_chain and seq == 0:
            continue
        if on_chain.get(name) != (seq, head):
            there = on_chain.get(name, (0, b""))[0]
            raise IndexerStoppedError(
                f"{name}: the chain stands at log {there}, the node gave logs up to {seq}, or others; try again"
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
