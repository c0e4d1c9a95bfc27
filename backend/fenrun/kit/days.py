"""Days of a timezone, as files and lists are asked for them."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, Query

from fenrun.kit.errors import MalformedError


@dataclass(frozen=True)
class Days:
    """Days of a timezone, both included; without an end, or without a beginning, all from there or up to there."""

    zone: ZoneInfo
    first: dt.date | None = None
    last: dt.date | None = None

    def since(self) -> float | None:
        """The first moment, in Unix seconds."""
        return None if self.first is None else start_of_day(self.first, self.zone)

    def until(self) -> float | None:
        """The first moment after."""
        return None if self.last is None else start_of_day(self.last + dt.timedelta(days=1), self.zone)

    def local(self, timestamp: float) -> dt.datetime:
        """A moment in this timezone."""
        return dt.datetime.fromtimestamp(timestamp, self.zone)


def start_of_day(day: dt.date, zone: ZoneInfo) -> float:
    """The first moment of a day, in Unix seconds; also where clocks jump over midnight, or strike it twice."""
    # A midnight that does not exist is read by the offset before the jump, which is the moment of the jump.
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone, fold=0).timestamp()


def require_sensible(day: dt.date) -> None:
    """Raises MalformedError for a day that no books can have."""
    if not 1970 < day.year < 2200:
        raise MalformedError(f"{day} is outside of the years that books can have")


def get_days(
    timezone: Annotated[str, Query(max_length=64, description="IANA name; days and moments are its own")] = "UTC",
    from_: Annotated[dt.date | None, Query(alias="from", description="First day, in the timezone")] = None,
    to: Annotated[dt.date | None, Query(description="Last day, in the timezone; included to its end")] = None,
) -> Days:
    """The days that a list or a file is about.

    Raises:
        MalformedError: no such timezone, or the days go back.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedError(f"There is no timezone {timezone}; write an IANA name such as Asia/Shanghai") from error
    if from_ is not None and to is not None and to < from_:
        raise MalformedError(f"The last day, {to}, is before the first one, {from_}")
    for day in filter(None, (from_, to)):
        require_sensible(day)
    return Days(zone, from_, to)


InDays = Annotated[Days, Depends(get_days)]
