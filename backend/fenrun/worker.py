"""The worker: takes new orders along the settlement road, over and over."""

import datetime as dt
import threading
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from fenrun.chain import devnet, indexer
from fenrun.kit.db import only_one
from fenrun.kit.errors import FenrunError
from fenrun.settlement.tasks import Road
from fenrun.statements import tasks as statements

_PAUSE_SECONDS = 0.5
_log = structlog.get_logger()


def run(road: Road, stopping: threading.Event) -> None:
    """Works until told to stop. One at a time per database; another waits for its turn."""
    while not stopping.is_set():
        try:
            with only_one(road.engine, f"sender:{road.keys.address('operator')}") as mine:
                while mine and not stopping.is_set():
                    tick(road)
                    stopping.wait(_PAUSE_SECONDS)
        except FenrunError as error:
            _log.warning("worker.step_failed", code=error.code, detail=error.detail)
        except SQLAlchemyError as error:
            # The database was away; the lock went with its connection and is taken anew.
            _log.warning("worker.database_failed", error=type(error).__name__)
        stopping.wait(_PAUSE_SECONDS)


def tick(road: Road) -> None:
    """One round: batch, release, send; a block on the embedded chain if something waits for one; read, post."""
    road.index()
    # The last block may be hours old: nothing was to be done since.
    at = _next_block_time(road)
    while road.batch(dt.datetime.now(dt.UTC), at):
        pass
    road.mature(dt.datetime.now(dt.UTC).date(), at)
    statements.anchor(road, at)
    if road.send() or _is_unsealed(road):
        devnet.mine(road.client, _next_block_time(road))
        road.index()
    road.seal()


def _next_block_time(road: Road) -> int:
    latest = road.client.call("eth_getBlockByNumber", "latest", False)
    return max(int(time.time()), int(latest["timestamp"], 16) + 1)


def _is_unsealed(road: Road) -> bool:
    """Whether logs wait for more blocks to become final."""
    with road.sessions() as session:
        return indexer.unsealed(session, road.confirmations)
