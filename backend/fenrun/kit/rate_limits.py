"""How often somebody may ask: a token bucket per caller, in the database, so that all replicas share it.

A bucket is one time, at which it is full again (the generic cell rate algorithm): a request moves it on by the cost of
one token, and is refused when it would lie further ahead than a whole bucket. Time is the database's, one for all.
"""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

import structlog
from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenrun.kit.errors import TooManyRequestsError
from fenrun.kit.http import problem_response

WINDOW_SECONDS = 60
_PURGE_SECONDS = 60.0
_log = structlog.get_logger()

_TAKE = text("""
    WITH taken AS (
        INSERT INTO rate_buckets AS b (caller, full_at) VALUES (:caller, clock_timestamp() + :cost * interval '1 s')
        ON CONFLICT (caller) DO UPDATE SET full_at = greatest(b.full_at, clock_timestamp()) + :cost * interval '1 s'
        WHERE greatest(b.full_at, clock_timestamp()) + :cost * interval '1 s'
            <= clock_timestamp() + :window * interval '1 s'
        RETURNING full_at
    )
    SELECT TRUE AS granted, extract(epoch FROM full_at - clock_timestamp())::float8 AS used FROM taken
    UNION ALL
    SELECT FALSE, extract(epoch FROM full_at - clock_timestamp())::float8 FROM rate_buckets
    WHERE caller = :caller AND NOT EXISTS (SELECT FROM taken)
""")


class Caller(NamedTuple):
    """Who asks, and how many requests a minute it has. The name of the policy is shown to it."""

    bucket: str
    policy: str
    per_minute: int


class Grant(NamedTuple):
    """What is left of a bucket after a request."""

    granted: bool
    remaining: int
    seconds: int
    """Until one more token is there, if refused, otherwise until the bucket is full."""


def take(session: Session, caller: Caller) -> Grant:
    """Takes a token out of a caller's bucket, if there is one."""
    cost = WINDOW_SECONDS / caller.per_minute
    row = session.execute(_TAKE, {"caller": caller.bucket, "cost": cost, "window": WINDOW_SECONDS}).first()
    # Refused, and purged before it was read: it had just filled up.
    granted, used = (row.granted, max(0.0, row.used)) if row is not None else (False, float(WINDOW_SECONDS))
    remaining = max(0, math.floor((WINDOW_SECONDS - used) / cost)) if granted else 0
    return Grant(granted, remaining, math.ceil(used if granted else max(0.0, used + cost - WINDOW_SECONDS)) or 1)


class RateLimits:
    """Counts requests to the API in a transaction of their own, which a refused request must not take back."""

    def __init__(self, app: ASGIApp, open_session: Callable[[], Session], identify: Callable[..., Caller]) -> None:
        """`identify(session, scope, headers)` says who asks."""
        self._app, self._open, self._identify = app, open_session, identify
        self._purge_at = time.monotonic() + _PURGE_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through and tells what is left, or refuses it."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        try:
            caller, grant = await to_thread.run_sync(self._take, scope)
        except SQLAlchemyError as error:
            # Without a database nothing else is answered either; the request says so itself.
            _log.warning("rate_limits.unavailable", error=type(error).__name__)
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"{caller.policy}";q={caller.per_minute};w={WINDOW_SECONDS}'
                headers["RateLimit"] = f'"{caller.policy}";r={grant.remaining};t={grant.seconds}'
            await send(message)

        if grant.granted:
            await self._app(scope, receive, tell)
            return
        refusal = TooManyRequestsError(
            f"{caller.per_minute:,} requests a minute are allowed here; try again in {grant.seconds} s"
        )
        refusal.retry_after = grant.seconds
        await problem_response(refusal)(scope, receive, tell)

    def _take(self, scope: Scope) -> tuple[Caller, Grant]:
        with self._open() as session:
            # Each statement for itself; a commit that touched an unlogged table alone does not wait for the disk.
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            caller = self._identify(session, scope, Headers(scope=scope))
            grant = take(session, caller)
            if time.monotonic() > self._purge_at:
                self._purge_at = time.monotonic() + _PURGE_SECONDS
                session.execute(text("DELETE FROM rate_buckets WHERE full_at < clock_timestamp()"))
        return caller, grant
