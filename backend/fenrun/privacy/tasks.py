"""The job that makes archives."""

import datetime as dt
from typing import TYPE_CHECKING

from fenrun.kit.money import Currency
from fenrun.privacy import service
from fenrun.statements import export

if TYPE_CHECKING:
    from fenrun.settlement.tasks import Road


def make_archive(road: "Road", now: dt.datetime | None = None) -> bool:
    """Makes the next archive that was asked for; returns whether there was one.

    Args:
        road: the database and the keys.
        now: the time; None for the clock's.
    """
    currency = Currency.of(road.currency)
    assert currency is not None
    now = now or dt.datetime.now(dt.UTC)
    with export.snapshot(road.sessions) as reading, road.sessions.begin() as session:
        return service.make_next(session, reading, road.keys.reference_key, currency, now)
