"""Hears what changed and tells those who listen: one connection to the database for all of a process.

A listener is told topics, never rows. When the database's connection is lost, what happened meanwhile is not told by
anybody: all listeners are let go, and whoever comes back asks for everything anew.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import psycopg
import structlog
from sqlalchemy import URL

from fenrun.kit import changes
from fenrun.kit.errors import TooManyRequestsError
from fenrun.live.errors import NotListeningError

MOST_OF_ONE = 20
"""Of one member or API key: a page in sight holds one."""
MOST = 2_000
"""Of a process: each holds a socket."""
_CONNECT_SECONDS = 10
_log = structlog.get_logger()


@dataclass(eq=False)
class Listener:
    """Somebody who is told what changed."""

    who: str
    """A member's or an API key's id."""
    partner: int | None
    """Whose changes they are told; None for those of all."""
    ended: bool = False
    _topics: set[str] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, seconds: float) -> list[str] | None:
        """The topics that changed since the last time; None when nothing did for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()
        told, self._topics = sorted(self._topics), set()
        return told or None

    def take(self, change: changes.Change) -> None:
        """Notes a change, if it is theirs to know."""
        if self.partner is None or self.partner in change.partners:
            self._topics.update(change.topics)
            self._woken.set()

    def end(self) -> None:
        """Lets them go."""
        self.ended = True
        self._woken.set()


class Hub:
    """Those who listen in this process, and the one connection that hears for them. Lives in one event loop."""

    def __init__(self, url: URL) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.listeners: set[Listener] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._stops_with_server = False

    async def join(self, who: str, partner: int | None) -> Listener:
        """Begins to listen; from when this returns nothing is missed.

        Raises:
            TooManyRequestsError: they, or all together, hold as many connections as there may be.
            NotListeningError: the database cannot be heard.
        """
        if len(self.listeners) >= MOST or sum(one.who == who for one in self.listeners) >= MOST_OF_ONE:
            raise TooManyRequestsError(f"{MOST_OF_ONE} pages may listen for one member; close one, or ask again later")
        listener = Listener(who, partner)
        self.listeners.add(listener)
        try:
            self._end_with_server()
            if self._hearing is None or self._hearing.done():
                self._hears = asyncio.Event()
                self._hearing = asyncio.create_task(self._hear(self._hears))
            hears = asyncio.create_task(self._hears.wait())
            await asyncio.wait({hears, self._hearing}, timeout=_CONNECT_SECONDS, return_when="FIRST_COMPLETED")
            hears.cancel()
            if not self._hears.is_set():
                raise NotListeningError("Load the page again in a moment; until then it does not change by itself")
        except BaseException:
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        """Ends to listen; with the last one goes the connection to the database."""
        self.listeners.discard(listener)
        if not self.listeners and self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    def end_all(self) -> None:
        """Lets everybody go."""
        for listener in self.listeners:
            listener.end()

    async def _hear(self, hears: asyncio.Event) -> None:
        try:
            async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                await connection.execute(f"LISTEN {changes.CHANNEL}")
                hears.set()
                async for message in connection.notifies():
                    change = changes.read(message.payload)
                    for listener in self.listeners:
                        listener.take(change)
        except psycopg.Error as error:
            _log.warning("live.lost", error=type(error).__name__)
        finally:
            hears.clear()
            self.end_all()

    def _end_with_server(self) -> None:
        """Lets everybody go when the process is told to stop: the server waits for the answers that it still sends."""
        if self._stops_with_server or threading.current_thread() is not threading.main_thread():
            return
        self._stops_with_server = True
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ending(loop, signal.getsignal(number)))

    def _ending(self, loop: asyncio.AbstractEventLoop, before: Any) -> Callable[[int, FrameType | None], None]:
        def end(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.end_all)
            if callable(before):
                before(number, frame)

        return end
