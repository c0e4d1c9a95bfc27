"""What a block holds as reverted.

Every call is simulated before it is bound, so a revert means that the chain moved in between: a day ended and every
slot of the new one is fresh, a reorg put something else first. Once its block is final the same call is bound again at
a new nonce. What failed stays, as an intent of its own, for the chain's history is made again from it.
"""

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.models import Attempt, Intent
from fenrun.chain.sender import hold

TRIES = 3
"""How often one call is sent before a person has to look at it."""

_log = structlog.get_logger()


def bind_again(
    session: Session, client: Client, deployment: Deployment, final_block: int, at: int | None = None
) -> tuple[int, int]:
    """Binds anew what final blocks hold as reverted; gives up what the contract refuses, or has reverted `TRIES` times.

    What is given up is `refused`: whoever intended it decides what becomes of it. The set-up is left alone, for the
    addresses of the contracts depend on its nonces.

    Args:
        final_block: The highest block that no reorg takes back.
        at: Unix seconds of the block it is for; None for the node's own next one.

    Returns:
        How many were bound again, and how many were given up.
    """
    names = {address: name for name, address in deployment.addresses.items()}
    reverted = session.scalars(
        select(Intent)
        .where(Intent.state == "reverted", Intent.block_number <= final_block, Intent.to_address.in_(names))
        .where(~Intent.key.contains("#"))
        .order_by(Intent.nonce)
        .with_for_update()
    ).all()
    again = sum(_bind_again(session, client, names, intent, at) for intent in reverted)
    return again, len(reverted) - again


def _bind_again(session: Session, client: Client, names: dict[str, str], intent: Intent, at: int | None) -> bool:
    tried = _tries(session, intent)
    call = Call(intent.key, intent.signer, intent.to_address, intent.data)
    try:
        gas = estimate(client, call, names[intent.to_address or ""], at) if tried < TRIES else None
    except RevertedError as error:
        _log.warning("intent.refused_by_contract", key=intent.key, detail=error.detail)
        gas = None
    if gas is None:
        intent.state = "refused"
        session.flush()
        return False
    _log.warning("intent.bound_again", key=intent.key, tries=tried)
    _keep(session, intent, tried)
    intent.gas, intent.state = gas, "bound"
    intent.block_number = intent.transaction_index = intent.transaction_hash = intent.gas_used = None
    session.flush()
    return True


def _tries(session: Session, intent: Intent) -> int:
    """How often a call was sent."""
    earlier = select(func.count()).where(Intent.key.startswith(f"{intent.key}#", autoescape=True))
    return (session.scalar(earlier) or 0) + 1


def _keep(session: Session, intent: Intent, tried: int) -> None:
    """Gives what failed a row of its own, with its nonce and its attempts, and the intent the signer's next nonce."""
    hold(session, intent.signer)
    failed = {
        column.key: getattr(intent, column.key) for column in Intent.__mapper__.column_attrs if column.key != "id"
    }
    last = session.scalar(select(func.max(Intent.nonce)).where(Intent.signer == intent.signer))
    assert last is not None  # its own
    intent.nonce = last + 1
    session.flush()
    kept = session.scalar(insert(Intent).values({**failed, "key": f"{intent.key}#{tried}"}).returning(Intent.id))
    session.execute(update(Attempt).where(Attempt.intent_id == intent.id).values(intent_id=kept))
