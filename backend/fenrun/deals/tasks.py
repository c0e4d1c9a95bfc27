"""The job of registrations: what is over ends, and whose end is near hears of it. Harmless to repeat."""

import datetime as dt

from fenrun.deals import service
from fenrun.settlement.tasks import Road


def keep_time(road: Road, now: dt.datetime) -> int:
    """Ends and reminds; returns how many registrations were concerned."""
    with road.sessions.begin() as session:
        return service.expire_due(session, now) + service.remind_due(session, road.keys.reference_key, now)
