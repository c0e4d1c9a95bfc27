"""The courier: takes messages to their endpoints. Any number may run, in any number of processes.

An attempt is claimed in one transaction, made in none, and noted in another. Whoever dies in between leaves a lease
that runs out, and somebody else makes one more attempt, with the same `webhook-id`.
"""

import datetime as dt
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

import fenrun
from fenrun.kit import outbox
from fenrun.kit.errors import FenrunError
from fenrun.kit.webhook_signatures import sign
from fenrun.webhooks import repository, service
from fenrun.webhooks.repository import Claim
from fenrun.webhooks.sending import Sender

SLOTS = 16
"""Attempts at once, in one process."""
PER_ENDPOINT = 4
"""Attempts at once to one endpoint, over all processes."""
LEASE = dt.timedelta(minutes=2)
"""Longer than an attempt can take: its deadline, and the resolver's patience before it."""

_PAUSE_SECONDS = 0.5
_FORGET_EVERY_SECONDS = 600
_log = structlog.get_logger()


class Parcel(NamedTuple):
    """A claimed delivery, and all that is needed to attempt it."""

    claim: Claim
    url: str
    secrets: list[bytes]
    body: bytes


@dataclass
class Courier:
    """Takes messages to their endpoints."""

    sessions: "sessionmaker[Session]"
    key: bytes
    """The installation's key, under which secrets are encrypted."""
    sender: Sender
    slots: int = SLOTS
    _forgot_at: float = field(default=float("-inf"), init=False)

    def run(self, stopping: threading.Event) -> None:
        """Works until told to stop; then waits for what is under way."""
        running: set[Future[None]] = set()
        with ThreadPoolExecutor(self.slots, thread_name_prefix="courier") as pool:
            while not stopping.is_set():
                try:
                    self.distribute()
                    self.forget()
                    running |= {pool.submit(self.attempt, parcel) for parcel in self.claim(self.slots - len(running))}
                except SQLAlchemyError as error:
                    _log.warning("courier.database_failed", error=type(error).__name__)
                except FenrunError as error:
                    _log.error("courier.failed", code=error.code, detail=error.detail)
                done, running = wait(running, 0 if stopping.is_set() else _PAUSE_SECONDS, FIRST_COMPLETED)
                for failed in filter(None, (future.exception() for future in done)):
                    _log.error("courier.attempt_failed", error=repr(failed))
                if not done:
                    stopping.wait(0 if running else _PAUSE_SECONDS)

    def drain(self) -> int:
        """Makes every attempt that is due, one after another; returns how many."""
        made = 0
        self.distribute()
        while parcels := self.claim(self.slots):
            for parcel in parcels:
                self.attempt(parcel)
            made += len(parcels)
            self.distribute()
        return made

    def distribute(self) -> int:
        """Makes deliveries of new messages; returns of how many."""
        total = 0
        while True:
            with self.sessions.begin() as session:
                count = repository.distribute(session)
            total += count
            if count < repository.DISTRIBUTED_AT_ONCE:
                return total

    def claim(self, room: int) -> list[Parcel]:
        """Takes due deliveries, at most so many."""
        if room <= 0:
            return []
        with self.sessions.begin() as session:
            now = service.now(session)
            claims = repository.claim(session, now, now + LEASE, room, PER_ENDPOINT)
            found = repository.parcels(session, claims)
            return [
                Parcel(claim, endpoint.url, service.secrets_in_force(self.key, endpoint, now), body.encode())
                for claim in claims
                for endpoint, body in [found[claim.delivery_id]]
            ]

    def attempt(self, parcel: Parcel) -> None:
        """Makes an attempt, and notes what came of it. If that fails, the lease runs out and it is made again."""
        claim = parcel.claim
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Fenrun/{fenrun.__version__}",
            "webhook-id": claim.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(parcel.secrets, claim.message_id, timestamp, parcel.body),
        }
        outcome = self.sender.post(parcel.url, headers, parcel.body)
        try:
            with self.sessions.begin() as session:
                service.note_outcome(session, claim, outcome)
        except SQLAlchemyError as error:
            _log.warning("courier.outcome_not_noted", delivery=claim.delivery_id, error=type(error).__name__)

    def forget(self) -> None:
        """Deletes, now and then, what is older than messages are kept."""
        if time.monotonic() - self._forgot_at < _FORGET_EVERY_SECONDS:
            return
        more = True
        while more:
            with self.sessions.begin() as session:
                more = repository.forget_before(session, service.now(session) - outbox.KEPT) > 0
        self._forgot_at = time.monotonic()
