"""The job that anchors checkpoints."""

from typing import TYPE_CHECKING

import structlog

from fenrun.chain.errors import RevertedError
from fenrun.kit.money import Currency
from fenrun.statements import service
from fenrun.statements.build import Source

if TYPE_CHECKING:
    from fenrun.settlement.tasks import Road

_log = structlog.get_logger()


def source_of(road: "Road") -> Source:
    """Where a road's statements come from."""
    currency = Currency.of(road.currency)
    assert currency is not None
    return Source(road.deployment, currency, road.keys.reference_key)


def anchor(road: "Road", at: int | None = None) -> int:
    """Binds the transactions that anchor what was closed; returns how many. `at` is the time of their block.

    What the contract refuses is logged and tried again: orders must not wait for it.
    """
    try:
        with road.sessions.begin() as session:
            return service.anchor(session, road.client, road.keys, source_of(road), at)
    except RevertedError as error:
        _log.warning("checkpoint.refused", detail=error.detail)
        return 0
