"""The job that makes saved simulations."""

import datetime as dt
import threading
import time

import structlog
from sqlalchemy.orm import Session, sessionmaker

from fenrun.kit.errors import FenrunError
from fenrun.simulator import repository, service
from fenrun.simulator.saving_service import Histories, history_of
from fenrun.simulator.schemas import SimulationIn, as_json

_NOTE_EVERY_SECONDS = 0.5
_log = structlog.get_logger()


class _CanceledError(Exception):
    """Somebody wants the simulation to end."""


class _StoppingError(Exception):
    """This process ends; another makes the simulation anew."""


class Simulant:
    """Makes simulations, one after another. Whoever dies in one leaves it `running`, and another makes it anew."""

    def __init__(self, sessions: "sessionmaker[Session]", currency: str, stopping: threading.Event) -> None:
        self._sessions, self._currency, self._stopping = sessions, currency, stopping
        self._histories = Histories()
        self._noted_at = float("-inf")

    def step(self) -> bool:
        """Makes the oldest simulation that waits; returns whether there was one."""
        with self._sessions.begin() as session:
            waiting = repository.next_waiting(session)
            if waiting is None:
                return False
            waiting.status, waiting.progress_bps = "running", 0
            number, asked = waiting.number, SimulationIn.model_validate(waiting.asked)
        try:
            with self._sessions() as session:
                history = history_of(session, self._histories, asked, self._currency)
            found = as_json(service.run(history, asked, lambda part: self._note(number, part)))
        except _CanceledError:
            self._finish(number, "canceled")
        except _StoppingError:
            return False
        except FenrunError as error:
            self._finish(number, "failed", reason=error.detail)
        except Exception as error:
            # A defect of ours must not be tried for ever.
            self._finish(number, "failed", reason=f"{type(error).__name__}: {error}")
            raise
        else:
            with self._sessions.begin() as session:
                repository.finish(session, number, "done", dt.datetime.now(dt.UTC), result=found)
        return True

    def _finish(self, number: int, status: str, reason: str | None = None) -> None:
        with self._sessions.begin() as session:
            repository.finish(session, number, status, dt.datetime.now(dt.UTC), reason=reason)

    def _note(self, number: int, part: float) -> None:
        if self._stopping.is_set():
            raise _StoppingError
        if part < 1 and time.monotonic() - self._noted_at < _NOTE_EVERY_SECONDS:
            return
        self._noted_at = time.monotonic()
        with self._sessions.begin() as session:
            if repository.note_progress(session, number, round(part * 10_000)):
                raise _CanceledError
