"""What proves that a node gave all logs and no others: headers, dense sequence numbers, and the journals' own heads."""

from typing import Any

from sqlalchemy import ARRAY, String, func, literal, select, true
from sqlalchemy.orm import Session

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.contracts import Deployment, artifact, first_head, next_head
from fenrun.chain.errors import IndexerStoppedError, RpcError
from fenrun.chain.models import Block, ChainLog

Heads = dict[str, tuple[int, bytes]]
"""By journal: the number of its last log, and the hash over all of them."""


def verify_headers(session: Session, blocks: list[dict[str, Any]]) -> None:
    """Each block names the one before it, the first the last that is stored.

    Raises:
        IndexerStoppedError: one does not.
    """
    first = int(blocks[0]["number"], 16)
    parent = session.scalar(select(Block.hash).where(Block.number == first - 1))
    for block in blocks:
        if parent is not None and hex_bytes(block["parentHash"]) != parent:
            raise IndexerStoppedError(f"Block {int(block['number'], 16)} does not follow the one before it; try again")
        parent = hex_bytes(block["hash"])


def rows_of(
    session: Session, deployment: Deployment, blocks: list[dict[str, Any]], raw_logs: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], Heads]:
    """The rows to store for a page's logs, and the heads that the journals must have after them.

    Raises:
        IndexerStoppedError: a log is of another block than its header, or one before it is missing.
    """
    hashes = {int(block["number"], 16): block["hash"] for block in blocks}
    heads = _stored_heads(session, deployment)
    rows: list[dict[str, Any]] = []
    for raw in raw_logs:
        number = int(raw["blockNumber"], 16)
        if raw["blockHash"] != hashes[number]:
            raise IndexerStoppedError(f"A log names another block {number} than its header; try again")
        name = deployment.name_of(raw["address"])
        event_names = artifact(name).event_names if name in heads else {}
        topic = hex_bytes(raw["topics"][0])
        # A log that no journal wrote, such as AccessManaged's AuthorityUpdated, has no sequence number.
        if name is None or name not in heads or not _is_journalled(event_names.get(topic)):
            continue
        seq, head = heads[name]
        found, data = int(raw["topics"][1], 16), hex_bytes(raw["data"])
        if found != seq + 1:
            raise IndexerStoppedError(f"{name}: log {seq + 1} is missing, {found} came instead; the node left it out")
        head = next_head(head, found, topic, data)
        heads[name] = (found, head)
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
    return rows, heads


def heads_agree(client: Client, deployment: Deployment, block_hash: str, heads: Heads, *, is_tip: bool) -> bool | None:
    """Whether the journals stood at these heads at a block; None if the node has thrown that state away.

    Raises:
        RpcError: the node does not even know the state of its newest block.
    """
    try:
        on_chain = read_heads(client, deployment, block_hash)
    except RpcError:
        # Every kind of node words it otherwise, so the words are not looked at.
        if is_tip:
            raise
        return None
    return all(on_chain.get(name) == state for name, state in heads.items() if name in on_chain or state[0])


def read_heads(client: Client, deployment: Deployment, block_hash: str) -> Heads:
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


def _is_journalled(event: str | None) -> bool:
    return event is not None and event not in ("AuthorityUpdated", "EIP712DomainChanged")


def _stored_heads(session: Session, deployment: Deployment) -> Heads:
    """The heads after the last logs that are stored."""
    heads = {name: (0, first_head(deployment.chain_id, deployment.addresses[name])) for name in deployment.journals}
    names = func.unnest(literal(list(heads), ARRAY(String))).table_valued("name")
    last = (
        select(ChainLog.seq, ChainLog.head)
        .where(ChainLog.contract == names.c.name)
        .order_by(ChainLog.seq.desc())
        .limit(1)
        .lateral()
    )
    for name, seq, head in session.execute(select(names.c.name, last.c.seq, last.c.head).join(last, true())):
        heads[name] = (seq, head)
    return heads
