"""The job that judges whatever changed. Harmless to repeat."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from fenrun.compliance import sanctions
from fenrun.compliance.errors import SanctionsFileError
from fenrun.kit.changes import tell
from fenrun.oversight import service
from fenrun.oversight.service import Judged
from fenrun.settlement.tasks import Road


class Overseer:
    """Judges what changed since it looked last; when it is new, everything.

    Args:
        lists: files of sanctions lists, taken in when they are new or changed.
    """

    def __init__(self, lists: Sequence[Path] = ()) -> None:
        self._lists = lists
        self._read: dict[Path, float] = {}
        self._judged: Judged = {}

    def step(self, road: Road, now: dt.datetime | None = None) -> bool:
        """Looks once; returns whether there was anything new.

        Raises:
            SanctionsFileError: a list cannot be read.
        """
        judged, now = dict(self._judged), now or dt.datetime.now(dt.UTC)
        self._take_in_lists(road, now)
        with road.sessions.begin() as session:
            news = service.watch(session, road.keys.reference_key, judged, now)
            if news:
                tell(session, {"findings": ()})
        # Only what was committed counts as judged.
        self._judged = judged
        return news > 0

    def _take_in_lists(self, road: Road, now: dt.datetime) -> None:
        for path in self._lists:
            try:
                changed = path.stat().st_mtime
                if self._read.get(path) == changed:
                    continue
                content = path.read_bytes()
            except OSError as error:
                raise SanctionsFileError(f"FENRUN_SANCTIONS_LISTS: {path}: {error.strerror}") from error
            with road.sessions.begin() as session:
                sanctions.load(session, content, "settings", now, path.name)
            self._read[path] = changed
