"""The replay: the chain's clock follows the orders' days, so that tiers climb, holds end and months are paid.

Every step is a job of the settlement road, and asks the database what is left to do. A replay that was killed goes on
where it was: at the day that is stored, with whatever had been bound to a nonce by then.
"""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import text

from fenrun.chain import devnet, sender
from fenrun.chain.errors import IndexerStoppedError
from fenrun.kit.calendar import first_of_next_month, start_of
from fenrun.kit.db import get_fact, set_fact
from fenrun.payouts import recording
from fenrun.plans import service as plans
from fenrun.settlement import maturing
from fenrun.settlement.tasks import Road

FACT = "replay"

_MOST_BLOCKS = 50
"""How many blocks the calls of one step may need. One is usual; a large month needs a few."""

Progress = Callable[[dt.date, int, int], None]
"""Told after each day: the day, how many days are done, how many there are."""


class Replay:
    """One replay over one road."""

    def __init__(self, road: Road, first_day: dt.date, today: dt.date) -> None:
        self._road = road
        self._first_day = first_day
        self._today = today
        latest = int(road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        with road.sessions() as session:
            clock = get_fact(session, FACT) or {"day": None, "time": latest}
        # What was bound before a crash must be mined at the time for which it was bound.
        self._time: int = max(latest, int(clock["time"]))
        self._day = dt.date.fromisoformat(clock["day"]) if clock["day"] else None

    def run(self, progress: Progress) -> None:
        """Runs to the end, or goes on to it."""
        self._road.index()
        self._step()
        self._set_up()
        days = self._days()
        reached = self._day
        for index, day in enumerate(days, start=1):
            if reached is None or day >= reached:
                self._play(day)
            progress(day, index, len(days))
        self._finish()

    # --- A day ------------------------------------------------------------------------------------

    def _play(self, day: dt.date) -> None:
        self._day = day
        self._wait_for(start_of(day))
        if day.day == 1:
            self._pay(day)
            self._road.seal()
        end = start_of(day + dt.timedelta(days=1))
        self._repeat(lambda: self._road.register_referrals(end, self._next))
        while self._road.batch(end, self._next):
            pass
        self._step()
        self._repeat(lambda: self._road.refund(end, self._next) > 0)

    def _pay(self, day: dt.date) -> None:
        road = self._road
        self._mature(day)
        with road.sessions.begin() as session:
            recording.pay_available(session, road.client, road.keys, road.deployment, day, self._next)
        self._step()

    def _mature(self, day: dt.date) -> None:
        road = self._road
        with road.sessions.begin() as session:
            maturing.mature_due(session, road.client, road.keys, road.deployment, day, self._next)
        self._step()

    @property
    def _next(self) -> int:
        """The time of the next block: what is estimated is estimated for it."""
        return self._time + 1

    def _repeat(self, job: Callable[[], bool]) -> None:
        """Does a job until nothing is left of it, a block each time."""
        while job():
            self._step()

    def _step(self) -> None:
        """Sends what is bound, and makes and reads blocks until they hold all of it."""
        for _ in range(_MOST_BLOCKS):
            if self._road.send() == 0:
                return
            self._mine()
            self._road.index()
        raise IndexerStoppedError(f"{_MOST_BLOCKS} blocks do not hold what was sent; nothing more is sent")

    def _mine(self) -> None:
        self._time += 1
        devnet.mine(self._road.client, self._time)

    def _wait_for(self, moment: dt.datetime) -> None:
        """The next block is made at this moment, or right after the last one if that was later."""
        self._time = max(self._time, int(moment.timestamp()) - 1)
        with self._road.sessions.begin() as session:
            day = self._day.isoformat() if self._day else None
            set_fact(session, FACT, {"day": day, "time": self._time})

    # --- Before the first day -----------------------------------------------------------------------

    def _set_up(self) -> None:
        road = self._road
        self._repeat(lambda: not road.set_up(self._next))
        road.announce_plans(self._next)
        self._step()
        with road.sessions() as session:
            versions = len(plans.all_plans(session))
        self._wait_for(start_of(self._first_day - dt.timedelta(days=1)) - dt.timedelta(seconds=1 + versions))
        self._repeat(lambda: road.publish(self._next))
        self._wait_for(start_of(self._first_day - dt.timedelta(days=1)))
        self._repeat(lambda: road.register_partners(self._next))

    # --- Days -----------------------------------------------------------------------------------------

    def _days(self) -> list[dt.date]:
        """Days on which something happens: attributions, orders, and the first of each month."""
        with self._road.sessions() as session:
            days = set(
                session.scalars(
                    text(
                        "SELECT DISTINCT (paid_at AT TIME ZONE 'UTC')::date FROM orders"
                        " UNION SELECT DISTINCT (refunded_at AT TIME ZONE 'UTC')::date FROM refunds"
                        " UNION SELECT DISTINCT (effective_from AT TIME ZONE 'UTC')::date"
                        " FROM referrals"
                    )
                )
            )
        first = first_of_next_month(self._first_day)
        while first <= self._today:
            days.add(first)
            first = first_of_next_month(first)
        return sorted(day for day in days if day <= self._today)

    def _finish(self) -> None:
        """Moves the clock to now, and lets enough blocks follow for everything to be final."""
        now = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=self._road.confirmations + 1)
        self._wait_for(now)
        self._mature(now.date())
        for _ in range(self._road.confirmations + 1):
            self._mine()
        self._road.index()
        self._road.seal()
        with self._road.sessions() as session:
            if sender.open_intents(session):
                raise IndexerStoppedError("Some transactions were never mined; run `fenrun audit` to see which")
