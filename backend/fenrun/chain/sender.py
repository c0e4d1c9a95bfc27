"""The sender: one intent, one nonce, many attempts.

`bind` takes a nonce in the caller's transaction, together with what the intent is for. `sign` stores the raw bytes in
the next one. Only then are they broadcast, and the same bytes again until a block holds them. An error never causes a
new nonce. A stuck intent gets another attempt at its nonce, with a higher fee; every attempt is kept. Whether an
intent was mined is what the indexer sees in a block, not what a node answers.
"""

import datetime as dt
from collections.abc import Sequence

from eth_account import Account
from eth_utils.address import to_checksum_address
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client, to_hex
from fenrun.chain.gas import Call
from fenrun.chain.keys import Keys
from fenrun.chain.models import Attempt, Intent

_TIP = 10**9
_STUCK_AFTER = dt.timedelta(seconds=60)
# A replacement must offer at least a tenth more; nodes differ in rounding.
_BUMP_PERCENT = 113


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


def sign(session: Session, client: Client, keys: Keys) -> list[bytes]:
    """Stores a first attempt for every intent that has none, and another for every stuck one.

    Returns:
        The newest raw transaction of every intent that no block holds yet, by signer and nonce: what is to be
        broadcast once this transaction is committed, and not before.
    """
    waiting = session.scalars(
        select(Intent).where(Intent.state.in_(("bound", "signed"))).order_by(Intent.signer, Intent.nonce)
    ).all()
    if not waiting:
        return []
    newest = _newest_attempts(session, [intent.id for intent in waiting if intent.state == "signed"])
    since = dt.datetime.now(dt.UTC) - _STUCK_AFTER
    chain_id, base_fee = _fees(client)
    for intent in waiting:
        last = newest.get(intent.id)
        if last is None:
            fee, tip = base_fee * 2 + _TIP, _TIP
            intent.state = "signed"
        elif last.created_at < since:
            fee = max(last.max_fee * _BUMP_PERCENT // 100 + 1, base_fee * 2 + _TIP)
            tip = last.tip * _BUMP_PERCENT // 100 + 1
        else:
            continue
        newest[intent.id] = _attempt(intent, keys, chain_id, fee, tip)
        session.add(newest[intent.id])
    session.flush()
    return [newest[intent.id].raw for intent in waiting]


def broadcast(client: Client, raws: Sequence[bytes]) -> None:
    """Sends raw transactions that are stored.

    What the node answers decides nothing: it may know the bytes, or have mined them a moment ago.
    """
    for raw in raws:
        # One by one: a node may handle the parts of a batch in any order.
        client.try_batch([("eth_sendRawTransaction", [to_hex(raw)])])


def open_intents(session: Session, signer: str | None = None) -> int:
    """How many intents no block holds yet, of one signer or of all."""
    query = select(func.count()).select_from(Intent).where(Intent.state.in_(("bound", "signed")))
    return session.scalar(query if signer is None else query.where(Intent.signer == signer)) or 0


def _newest_attempts(session: Session, intent_ids: list[int]) -> dict[int, Attempt]:
    attempts = session.scalars(select(Attempt).where(Attempt.intent_id.in_(intent_ids)).order_by(Attempt.max_fee))
    return {attempt.intent_id: attempt for attempt in attempts}


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
