"""The vault holds what is owed: what a correction credited is collected, what refunds took back is returned."""

import datetime as dt

import structlog
from sqlalchemy.orm import Session

from fenrun.chain import sender
from fenrun.chain.client import Client
from fenrun.chain.contracts import VAULT, Deployment, artifact, read
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.keys import Keys

_CALLS = {"shortage": "collect", "surplus": "returnSurplus"}
"""What mends it, by the vault's view that says how much it is. Batches are collected as they are settled."""
_log = structlog.get_logger()


def even(
    session: Session, client: Client, keys: Keys, deployment: Deployment, day: dt.date, at: int | None = None
) -> int:
    """Binds the call that evens the vault, at most one of a kind on a day; returns how many."""
    assert deployment.vault is not None
    bound = 0
    for view, function in _CALLS.items():
        key = f"vault:{function}:{day}"
        [units] = read(client, VAULT, deployment.vault, view)
        if units == 0 or sender.is_intended(session, key):
            continue
        call = Call(key, keys.address("treasurer"), deployment.vault, artifact(VAULT).call(function))
        try:
            sender.bind(session, call, estimate(client, call, VAULT, at))
        except RevertedError as error:
            # The payer has too little, or the ledger is retired; tomorrow is another day.
            _log.warning("vault.not_evened", detail=error.detail)
            continue
        bound += 1
    return bound
