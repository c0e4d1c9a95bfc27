"""The sender: one intent, one nonce, many attempts.

`bind` takes a nonce in the caller's transaction, together with what the intent is for. `sign` stores the raw bytes in
the next one. Only then are they broadcast, and the same bytes again until a block holds them. An error never causes a
new nonce. A stuck intent gets another attempt at its nonce, with a higher fee; every attempt is kept. Whether an
intent was mined is what the indexer sees in a block, not what a node answers.
"""

import datetime as dt
from dataclasses import dataclass

from eth_account import Account
from eth_utils.address import to_checksum_address
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client, to_hex
from fenrun.chain.contracts import artifact
from fenrun.chain.errors import RevertedError, RpcError
from fenrun.chain.keys import Keys
from fenrun.chain.models import Attempt, Intent

GAS_CAP = 16_777_216
"""Most gas of one transaction (EIP-7825)."""

_TIP = 10**9
_STUCK_AFTER = dt.timedelta(seconds=60)
# A replacement must offer at least a tenth more; nodes differ in rounding.
_BUMP_PERCENT = 113


@dataclass(frozen=True)
class Call:
    """A call we want on chain."""

    key: str
    """What it is, in our own words: unique, so that it is intended once."""
    signer: str
    to: str | None
    data: bytes


def estimate(client: Client, call: Call, contract: str, at: int | None = None) -> int:
    """A gas limit for a call on the chain as it stands, with a margin.

    Args:
        contract: Whose errors it may meet.
        at: Unix seconds of the block it is for; None for the node's own next one.

    Raises:
        RevertedError: the contract would refuse one; the detail is its error in words.
    """
    params: list[object] = [_as_transaction(call)]
    if at is not None:
        params += ["latest", None, {"time": hex(at)}]
    [answer] = client.try_batch([("eth_estimateGas", params)])
    if answer.error is not None:
        data = answer.error.get("data")
        if not isinstance(data, str) or len(data) < 10:
            raise RpcError(f"{call.key}: {answer.error.get('message')}")
        words = artifact(contract).error_in_words(bytes.fromhex(data[2:]))
        raise RevertedError(f"{call.key}: {words}")
    # What runs before it in the same block can make storage colder or warmer.
    return min(int(answer.result, 16) * 5 // 4 + 50_000, GAS_CAP)


def bind(session: Session, call: Call, gas: int) -> int:
    """Takes the signer's next nonce for a call, in the caller's transaction.

    Returns:
        The intent's id.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:signer, 1))"), {"signer": call.signer})
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


def sign(session: Session, client: Client, keys: Keys) -> int:
    """Stores a first attempt for every intent that has none, and another for every stuck one.

    Returns:
        How many attempts were stored.
    """
    bound = session.scalars(select(Intent).where(Intent.state == "bound").order_by(Intent.id).with_for_update()).all()
    stuck = _stuck(session)
    if not bound and not stuck:
        return 0
    chain_id, base_fee = _fees(client)
    for intent in bound:
        session.add(_attempt(intent, keys, chain_id, base_fee * 2 + _TIP, _TIP))
        intent.state = "signed"
    for intent, last in stuck:
        fee = max(last.max_fee * _BUMP_PERCENT // 100 + 1, base_fee * 2 + _TIP)
        session.add(_attempt(intent, keys, chain_id, fee, last.tip * _BUMP_PERCENT // 100 + 1))
    session.flush()
    return len(bound) + len(stuck)


def broadcast(session: Session, client: Client) -> int:
    """Sends the newest attempt of every intent that no block holds yet, by signer and nonce.

    What the node answers decides nothing: it may know the bytes, or have mined them a moment ago.

    Returns:
        How many were sent.
    """
    rows = session.execute(
        select(Intent.id, Attempt.raw)
        .join(Attempt, Attempt.intent_id == Intent.id)
        .where(Intent.state == "signed")
        .order_by(Intent.signer, Intent.nonce, Attempt.max_fee.desc())
    ).all()
    newest: dict[int, bytes] = {}
    for intent_id, raw in rows:
        newest.setdefault(intent_id, raw)
    for raw in newest.values():
        # One by one: a node may handle the parts of a batch in any order.
        client.try_batch([("eth_sendRawTransaction", [to_hex(raw)])])
    return len(newest)


def open_intents(session: Session) -> int:
    """How many intents no block holds yet."""
    return session.scalar(select(func.count()).select_from(Intent).where(Intent.state.in_(("bound", "signed")))) or 0


def _stuck(session: Session) -> list[tuple[Intent, Attempt]]:
    since = dt.datetime.now(dt.UTC) - _STUCK_AFTER
    rows = session.execute(
        select(Intent, Attempt)
        .join(Attempt, Attempt.intent_id == Intent.id)
        .where(Intent.state == "signed")
        .order_by(Intent.id, Attempt.max_fee.desc())
    ).all()
    newest: dict[int, tuple[Intent, Attempt]] = {}
    for intent, attempt in rows:
        newest.setdefault(intent.id, (intent, attempt))
    return [pair for pair in newest.values() if pair[1].created_at < since]


def _fees(client: Client) -> tuple[int, int]:
    chain_id, block = client.batch([("eth_chainId", []), ("eth_getBlockByNumber", ["latest", False])])
    return int(chain_id, 16), int(block.get("baseFeePerGas") or "0x0", 16)


def _attempt(intent: Intent, keys: Keys, chain_id: int, max_fee: int, tip: int) -> Attempt:
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


def _as_transaction(call: Call) -> dict[str, str]:
    transaction = {"from": call.signer, "data": to_hex(call.data)}
    if call.to is not None:
        transaction["to"] = call.to
    return transaction
