"""All logs of a ledger and of its registries, from a node, and nothing left out.

Every journal numbers its logs and keeps a running hash over them. Whoever reads logs 1…n, gets the hash that the
contract has at a block, holds all that it had logged by then, unchanged. A node that omits one is caught.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.contracts import artifact, first_head, next_head
from fenrun.chain.errors import RpcError
from fenrun.statements.errors import CheckError

_MOST_BLOCKS = 10_000


@dataclass(frozen=True)
class VerifiedLog:
    """A log, decoded, that is known to be its journal's `seq`-th."""

    seq: int
    event: str
    fields: dict[str, Any]
    topic: bytes
    data: bytes
    block_number: int
    time: int
    transaction_hash: bytes
    head: bytes


@dataclass
class VerifiedChain:
    """What the contracts had logged by a block, by name of contract."""

    chain_id: int
    addresses: dict[str, str]
    block_number: int
    block_hash: str
    block_time: int
    logs: dict[str, list[VerifiedLog]] = field(default_factory=dict)


def read(client: Client, chain_id: int, addresses: dict[str, str], first_block: int) -> VerifiedChain:
    """Reads all logs from a block to the newest one.

    Raises:
        CheckError: a log is missing, doubled or changed.
        ChainUnavailableError, RpcError: the node did not answer, or refuses.
    """
    tip = client.call("eth_getBlockByNumber", "latest", False)
    chain = VerifiedChain(chain_id, addresses, int(tip["number"], 16), tip["hash"], int(tip["timestamp"], 16))
    names = {address: name for name, address in addresses.items()}
    raws: dict[str, list[dict[str, Any]]] = {name: [] for name in addresses}
    for raw in _fetch(client, sorted(names), first_block, chain.block_number):
        # OpenZeppelin's own logs have one topic; ours have two, the second being the number.
        if len(raw["topics"]) == 2:
            raws[names[raw["address"].lower()]].append(raw)
    times = _times(client, {raw["blockNumber"] for found in raws.values() for raw in found})
    for name, found in raws.items():
        chain.logs[name] = _verified(client, chain, name, found, times)
    return chain


def view(client: Client, chain: VerifiedChain, contract: str, function: str, *arguments: Any) -> tuple[Any, ...]:
    """What a view answers at the block up to which logs were read."""
    [answer] = views(client, chain, contract, function, [arguments])
    return answer


def views(
    client: Client, chain: VerifiedChain, contract: str, function: str, arguments: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """What a view answers to each list of arguments, at the block up to which logs were read."""
    code, at = artifact(contract), {"blockHash": chain.block_hash}
    calls: list[Call] = [
        ("eth_call", [{"to": chain.addresses[contract], "data": to_hex(code.call(function, *args))}, at])
        for args in arguments
    ]
    answers = [hex_bytes(answer) for answer in client.batch(calls)]
    if any(not answer for answer in answers):
        raise CheckError(f"There is no {contract} at {chain.addresses[contract]} on chain {chain.chain_id}")
    return [code.result(function, answer) for answer in answers]


def _fetch(client: Client, addresses: list[str], first: int, last: int) -> Iterator[dict[str, Any]]:
    """Logs by windows of blocks, halved when the node finds one too large."""
    start, size = first, _MOST_BLOCKS
    while start <= last:
        end = min(start + size - 1, last)
        try:
            found = client.call("eth_getLogs", {"fromBlock": hex(start), "toBlock": hex(end), "address": addresses})
        except RpcError:
            if size == 1:
                raise
            size //= 2
            continue
        yield from found
        start, size = end + 1, min(size * 2, _MOST_BLOCKS)


def _times(client: Client, numbers: set[str]) -> dict[str, tuple[str, int]]:
    """Hash and time of blocks."""
    ordered = sorted(numbers)
    blocks = client.batch([("eth_getBlockByNumber", [number, False]) for number in ordered])
    if any(block is None for block in blocks):
        raise CheckError("The node lost a block while its logs were read; try again")
    return {n: (block["hash"], int(block["timestamp"], 16)) for n, block in zip(ordered, blocks, strict=True)}


def _verified(
    client: Client,
    chain: VerifiedChain,
    name: str,
    raws: list[dict[str, Any]],
    times: dict[str, tuple[str, int]],
) -> list[VerifiedLog]:
    code, address = artifact(name), chain.addresses[name]
    head = first_head(chain.chain_id, address)
    rows: list[tuple[int, bytes, bytes, int, int, bytes, bytes]] = []
    for raw in raws:
        seq, topic, data = int(raw["topics"][1], 16), hex_bytes(raw["topics"][0]), hex_bytes(raw["data"])
        if seq != len(rows) + 1:
            raise CheckError(f"{name}: log {len(rows) + 1} is missing, {seq} came instead; the node left it out")
        block_hash, time = times[raw["blockNumber"]]
        if raw["blockHash"] != block_hash:
            raise CheckError(f"{name}: log {seq} names another block than the node has; try again")
        head = next_head(head, seq, topic, data)
        rows.append((seq, topic, data, int(raw["blockNumber"], 16), time, hex_bytes(raw["transactionHash"]), head))
    [written], [there] = view(client, chain, name, "seq"), view(client, chain, name, "head")
    if (written, there) != (len(rows), head):
        raise CheckError(
            f"{name} at {address}: the contract has written {written} logs, the node gave {len(rows)}, or others than"
            " these; it leaves logs out, or the first block is too late"
        )
    # Until the heads agree, the data may be anything: it is decoded only now.
    logs = []
    for seq, topic, data, block_number, time, transaction_hash, after in rows:
        event = code.event_names[topic]
        logs.append(
            VerifiedLog(seq, event, code.event(event, data), topic, data, block_number, time, transaction_hash, after)
        )
    return logs
