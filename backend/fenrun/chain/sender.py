"""The sender: one intent, one nonce, many attempts.

`bind` takes a nonce in the caller's transaction, together with what the intent is for. `sign` stores the raw bytes in
the next one. Only then are they broadcast, and the same bytes again until a block holds them. An error never causes a
new nonce. A stuck intent gets another attempt at its nonce, with a higher fee; every attempt is kept. Whether an
intent was mined is what the indexer sees in a block, not what a node answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client, to_hex
from fenrun.chain.errors import KeyUsedElsewhereError, RpcError, WrongChainError
from fenrun.chain.gas import Call
from fenrun.chain.keys import Keys
from fenrun.chain.models import Attempt, Intent

OPEN = ("bound", "signed")
"""States of an intent that no block holds."""

_TIP = 10**9
# A replacement must offer at least a tenth more, with some nodes an eighth; they differ in rounding.
_BUMP_PERCENT = 113
_LOOK_BACK_BLOCKS = 256
_HARMLESS = ("already known", "already imported", "nonce too low", "already exists")

_OPEN_WITH_NEWEST = """
SELECT i.id, i.key, i.nonce, a.transaction_hash, a.max_fee, a.tip,
       a.created_at < now() - make_interval(secs => :stuck) AS is_stuck
FROM intents i LEFT JOIN LATERAL (
  SELECT * FROM attempts WHERE attempts.intent_id = i.id ORDER BY max_fee DESC LIMIT 1) a ON true
WHERE i.signer = :signer AND i.state IN ('bound', 'signed') ORDER BY i.nonce
"""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Fees:
    """How much may be offered, and when more is. Times are by the database's clock alone."""

    cap: int | None = None
    """Most of the fees' coin per gas, in wei; None for no limit."""
    stuck_seconds: float = 60


DEFAULT_FEES = Fees()


def bind(session: Session, call: Call, gas: int) -> int:
    """Takes the signer's next nonce for a call, in the caller's transaction.

    Returns:
        The intent's id.
    """
    hold(session, call.signer)
    last = session.scalar(select(func.max(Intent.nonce)).where(Intent.signer == call.signer))
    intent = Intent(
        key=call.key,
        signer=call.signer,
        nonce=0 if last is None else last + 1,
        to_address=call.to,
        data=call.data,
        gas=gas,
    )
    session.add(intent)
    session.flush()
    return intent.id


def is_intended(session: Session, key: str) -> bool:
    """Whether there is an intent of this key."""
    return session.scalar(select(Intent.id).where(Intent.key == key)) is not None


def open_signers(session: Session) -> list[str]:
    """Whose intents no block holds yet."""
    return list(session.scalars(select(Intent.signer).where(Intent.state.in_(OPEN)).distinct().order_by(Intent.signer)))


def sign(
    session: Session, client: Client, keys: Keys, signer: str, chain_id: int, fees: Fees = DEFAULT_FEES
) -> list[bytes]:
    """Stores a first attempt for every intent of a signer that has none, and another for a stuck one.

    What the node holds in a block already, and the indexer has not read yet, is left alone.

    Returns:
        The hashes of the newest attempts that no block holds, by nonce: what is to be broadcast once this transaction
        is committed, and not before.

    Raises:
        WrongChainError: the node is of another chain; nothing is signed for it.
        KeyUsedElsewhereError: a transaction that is not ours took one of these nonces.
    """
    hold(session, signer)
    waiting = session.execute(text(_OPEN_WITH_NEWEST), {"signer": signer, "stuck": fees.stuck_seconds}).all()
    if not waiting:
        return []
    found, count, base_fee, tip = _state(client, signer)
    if found != chain_id:
        raise WrongChainError(f"The node is of chain {found}, not {chain_id}; nothing is signed for it")
    _refuse_foreign(session, client, signer, [row.id for row in waiting if row.nonce < count])
    hashes, first = [], True
    for row in waiting:
        if row.nonce < count:
            continue
        offer = _offer(row, fees, base_fee, tip, first)
        first = False
        if offer is None:
            hashes.append(bytes(row.transaction_hash))
            continue
        intent = session.get_one(Intent, row.id)
        attempt = _attempt(intent, keys, chain_id, *offer)
        intent.state = "signed"
        session.add(attempt)
        hashes.append(attempt.transaction_hash)
    session.flush()
    return hashes


def raws(session: Session, hashes: Sequence[bytes]) -> list[bytes]:
    """The stored bytes of attempts, in the order of the hashes."""
    found = {
        bytes(hash_): bytes(raw)
        for hash_, raw in session.execute(
            select(Attempt.transaction_hash, Attempt.raw).where(Attempt.transaction_hash.in_(hashes))
        )
    }
    return [found[hash_] for hash_ in hashes]


def broadcast(client: Client, raws: Sequence[bytes]) -> None:
    """Sends raw transactions that are stored.

    What the node answers decides nothing: it may know the bytes, or have mined them a moment ago. What a person may
    have to mend (no coin for the fee, say) is logged.
    """
    for raw in raws:
        # One by one: a node may handle the parts of a batch in any order.
        [answer] = client.try_batch([("eth_sendRawTransaction", [to_hex(raw)])])
        message = str((answer.error or {}).get("message", ""))
        if message and not any(words in message.lower() for words in _HARMLESS):
            _log.warning("sender.refused_by_node", detail=message, transaction=to_hex(keccak(raw)))


def open_intents(session: Session, signer: str | None = None) -> int:
    """How many intents no block holds yet, of one signer or of all."""
    query = select(func.count()).select_from(Intent).where(Intent.state.in_(OPEN))
    return session.scalar(query if signer is None else query.where(Intent.signer == signer)) or 0


def hold(session: Session, signer: str) -> None:
    """Lets one transaction at a time give nonces of a signer away, or sign for them, until it ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:signer, 1))"), {"signer": signer})


def _state(client: Client, signer: str) -> tuple[int, int, int, int]:
    """Chain id, how many transactions of the signer blocks hold, base fee, and the tip that the node suggests."""
    chain_id, count, block, tip = client.try_batch(
        [
            ("eth_chainId", []),
            ("eth_getTransactionCount", [signer, "latest"]),
            ("eth_getBlockByNumber", ["latest", False]),
            ("eth_maxPriorityFeePerGas", []),
        ]
    )
    for answer in (chain_id, count, block):
        if answer.error is not None:
            raise RpcError(f"{answer.error.get('message')}")
    return (
        int(chain_id.result, 16),
        int(count.result, 16),
        int(block.result.get("baseFeePerGas") or "0x0", 16),
        int(tip.result, 16) if tip.result else _TIP,
    )


def _offer(row: Row[Any], fees: Fees, base_fee: int, tip: int, first: bool) -> tuple[int, int] | None:
    """Highest fee and tip of the next attempt; None when the last one will do, or may not be outbid."""
    wanted = base_fee * 2 + tip
    if row.transaction_hash is None:
        fee = min(wanted, fees.cap or wanted)
        return fee, min(tip, fee)
    # One behind another in the queue is stuck only for what it offers itself.
    if not row.is_stuck or not (first or row.max_fee < base_fee):
        return None
    least = row.max_fee * _BUMP_PERCENT // 100 + 1
    fee = max(least, wanted)
    if fees.cap is not None and fee > fees.cap:
        if fees.cap < least:
            _log.warning("sender.fee_cap_reached", key=row.key, cap=fees.cap, wanted=wanted)
            return None
        fee = fees.cap
    return fee, min(max(row.tip * _BUMP_PERCENT // 100 + 1, tip), fee)


def _refuse_foreign(session: Session, client: Client, signer: str, intent_ids: list[int]) -> None:
    """Raises when blocks hold the nonces of intents, but none of their attempts."""
    if not intent_ids:
        return
    ours: dict[int, list[bytes]] = {id_: [] for id_ in intent_ids}
    for id_, hash_ in session.execute(
        select(Attempt.intent_id, Attempt.transaction_hash).where(Attempt.intent_id.in_(intent_ids))
    ):
        ours[id_].append(hash_)
    hashes = [hash_ for of_one in ours.values() for hash_ in of_one]
    receipts = client.batch([("eth_getTransactionReceipt", [to_hex(hash_)]) for hash_ in hashes])
    mined = {hash_ for hash_, receipt in zip(hashes, receipts, strict=True) if receipt is not None}
    lost = [id_ for id_, of_one in ours.items() if not mined.intersection(of_one)]
    if not lost:
        return
    intent = session.get_one(Intent, lost[0])
    # A reorg in between can have taken ours out again.
    if int(client.call("eth_getTransactionCount", signer, "latest"), 16) <= intent.nonce:
        return
    raise KeyUsedElsewhereError(
        f"Nonce {intent.nonce} of {signer}, which is for {intent.key}, was taken by {_foreign(client, intent)}. "
        "Somebody else sends with this key, or the database is older than the chain. Nothing more is sent with it"
    )


def _foreign(client: Client, intent: Intent) -> str:
    """The transaction that took an intent's nonce, if it is in one of the newest blocks."""
    tip = int(client.call("eth_blockNumber"), 16)
    for number in range(tip, max(tip - _LOOK_BACK_BLOCKS, -1), -1):
        block = client.call("eth_getBlockByNumber", hex(number), True)
        for transaction in block["transactions"] if block else ():
            if transaction["from"] == intent.signer and int(transaction["nonce"], 16) == intent.nonce:
                return f"transaction {transaction['hash']} in block {number}"
    return "a transaction that we did not send"


def _attempt(intent: Intent, keys: Keys, chain_id: int, max_fee: int, tip: int) -> Attempt:
    from eth_account import Account

    transaction = {
        "type": 2,
        "chainId": chain_id,
        "nonce": intent.nonce,
        "to": to_checksum_address(intent.to_address) if intent.to_address else b"",
        "value": 0,
        "data": intent.data,
        "gas": intent.gas,
        "maxFeePerGas": max_fee,
        "maxPriorityFeePerGas": min(tip, max_fee),
    }
    signed = Account.sign_transaction(transaction, keys.key_of(intent.signer))
    return Attempt(
        transaction_hash=bytes(signed.hash),
        intent_id=intent.id,
        raw=bytes(signed.raw_transaction),
        max_fee=max_fee,
        tip=tip,
    )
