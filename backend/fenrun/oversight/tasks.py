"""The job that judges whatever changed. Harmless to repeat."""

import datetime as dt

from fenrun.kit.changes import tell
from fenrun.oversight import service
from fenrun.oversight.service import Judged
from fenrun.settlement.tasks import Road


class Overseer:
    """Judges what changed since it looked last; when it is new, everything."""

    def __init__(self) -> None:
        self._judged: Judged = {}

    def step(self, road: Road, now: dt.datetime | None = None) -> bool:
        """Looks once; returns whether there was anything new."""
        judged = dict(self._judged)
        with road.sessions.begin() as session:
            news = service.watch(session, road.keys.reference_key, judged, now or dt.datetime.now(dt.UTC))
            if news:
                tell(session, {"findings": ()})
        # Only what was committed counts as judged.
        self._judged = judged
        return news > 0
