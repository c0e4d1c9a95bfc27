"""The postman: takes letters to the SMTP server, one after another.

A letter is claimed in one transaction, sent in none, and noted in another. Whoever dies in between leaves a lease that
runs out; the letter then goes again with the same Message-ID. One that is noted as sent never goes again.
"""

import datetime as dt
import time
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session, sessionmaker

from fenrun.mail import repository, service
from fenrun.mail.errors import UndeliverableError, UnsentError
from fenrun.mail.sending import Server
from fenrun.mail.service import Claim
from fenrun.mail.wording import compose

AT_ONCE = 1
"""Letters per claim: a lease covers one conversation."""
_FORGET_EVERY_SECONDS = 3_600
_log = structlog.get_logger()


@dataclass
class Postman:
    """Takes letters to the server."""

    sessions: "sessionmaker[Session]"
    key: bytes
    """The installation's key, under which letters are sealed."""
    server: Server | None
    """None when none is configured: letters stay in the queue."""
    origin: str
    """Where their links lead."""
    _forgot_at: float = field(default=float("-inf"), init=False)

    def step(self, now: dt.datetime | None = None) -> bool:
        """Sends the letters that are due next; returns whether there were any.

        Args:
            now: the time; None for the clock's.
        """
        if self.server is None:
            return False
        now = now or dt.datetime.now(dt.UTC)
        with self.sessions.begin() as session:
            claims = service.claim(session, self.key, now, AT_ONCE)
            if time.monotonic() - self._forgot_at > _FORGET_EVERY_SECONDS:
                repository.forget_before(session, now - service.KEPT)
                self._forgot_at = time.monotonic()
        for claim in claims:
            self._attempt(self.server, claim, now)
        return bool(claims)

    def drain(self, now: dt.datetime | None = None) -> int:
        """Makes every attempt that is due; returns in how many steps."""
        steps = 0
        while self.step(now):
            steps += 1
        return steps

    def _attempt(self, server: Server, claim: Claim, now: dt.datetime) -> None:
        try:
            server.send(
                claim.id,
                claim.content.to,
                compose(claim.kind, claim.language, claim.content.variables, self.origin),
            )
        except (UndeliverableError, UnsentError) as error:
            final = isinstance(error, UndeliverableError)
            again_at = None if final else service.next_attempt_after(claim.attempt, now)
            with self.sessions.begin() as session:
                repository.note_unsent(session, claim.id, claim.attempt, str(error), again_at)
            _log.warning("postman.unsent", letter=claim.id, kind=claim.kind, attempt=claim.attempt, again_at=again_at)
            return
        with self.sessions.begin() as session:
            repository.note_sent(session, claim.id, now)
        _log.info("postman.sent", letter=claim.id, kind=claim.kind)
