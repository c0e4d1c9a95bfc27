"""The jobs of payouts: each is a transaction of its own, and harmless to repeat."""

from fenrun.payouts import recording
from fenrun.settlement.tasks import Road


def record(road: Road, at: int | None = None) -> int:
    """Takes along to the chain what the bank paid and what it sent back; returns how many payments.

    `at` is the time of the block it is for, where that is not the node's own next one.
    """
    with road.sessions.begin() as session:
        recorded = recording.record_due(session, road.client, road.keys, road.deployment, at)
        return recorded + recording.return_due(session, road.client, road.keys, road.deployment, at)
