"""The job of disputes: time goes on, the court is told, and what it says is taken over. Harmless to repeat."""

import datetime as dt

from fenrun.chain import indexer
from fenrun.disputes import relay, repository, service
from fenrun.disputes.service import Room
from fenrun.settlement.tasks import Road


def step(road: Road, now: dt.datetime, at: int | None = None) -> int:
    """Does what there is to do; returns how many disputes and calls were moved on.

    `at` is the time of the block it is for, where that is not the node's own next one.
    """
    chain_time = now if at is None else dt.datetime.fromtimestamp(at, dt.UTC)
    with road.sessions.begin() as session:
        room = Room(session, road.keys.reference_key, road.hours, now)
        due = repository.due(session, now)
        for dispute in due:
            service.time_out(room, dispute)
        final = indexer.final_block(session, road.confirmations)
        followed = sum(
            relay.follow(room, dispute, final, chain_time) for dispute in repository.to_follow(session, chain_time)
        )
        bound = relay.bind_due(session, road.client, road.keys, road.deployment, chain_time, at)
        if bound:
            indexer.require_read_chain(session, road.client)
        return len(due) + followed + bound
