"""Time in which people can be expected to answer: the working hours of a place, from Monday to Friday.

Holidays are not known here; who needs them to count asks for a hold.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fenrun.kit.errors import SetupError

_WORKING_DAYS = 5


@dataclass(frozen=True)
class BusinessHours:
    """When a place works, by its own clock."""

    zone: ZoneInfo
    opens: dt.time
    closes: dt.time

    @classmethod
    def of(cls, zone: str, hours: str) -> "BusinessHours":
        """Hours such as `09:00-18:00` in a timezone of the IANA's.

        Raises:
            SetupError: there is no such timezone, or the hours are none.
        """
        try:
            found = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SetupError(f"FENRUN_BUSINESS_ZONE: there is no timezone {zone}; write Asia/Shanghai, say") from error
        opens, _, closes = hours.partition("-")
        try:
            made = cls(found, dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))
        except ValueError as error:
            raise SetupError(f"FENRUN_BUSINESS_HOURS: write 09:00-18:00, say, and not {hours}") from error
        if made.opens >= made.closes:
            raise SetupError(f"FENRUN_BUSINESS_HOURS: {hours} ends before it begins")
        return made

    def after(self, moment: dt.datetime, span: dt.timedelta) -> dt.datetime:
        """The moment at which so much working time has passed since another one; in UTC."""
        for begins, ends in self._windows(moment):
            room = ends - begins
            if span <= room:
                return begins + span
            span -= room
        raise AssertionError  # there is always another Monday

    def between(self, first: dt.datetime, last: dt.datetime) -> dt.timedelta:
        """How much working time lies between two moments; nothing when the second is not later."""
        total = dt.timedelta()
        for begins, ends in self._windows(first):
            if begins >= last:
                break
            total += min(ends, last) - begins
        return total

    def _windows(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Working days from a moment on, as what is left of each; in UTC, so that spans are true."""
        day = moment.astimezone(self.zone).date()
        while True:
            if day.weekday() < _WORKING_DAYS:
                begins, ends = (
                    dt.datetime.combine(day, at, self.zone).astimezone(dt.UTC) for at in (self.opens, self.closes)
                )
                if moment < ends:
                    yield max(begins, moment.astimezone(dt.UTC)), ends
            day += dt.timedelta(days=1)
