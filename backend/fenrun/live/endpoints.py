"""What changed, as server-sent events: HTTP only."""

import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from fenrun.kit.errors import ForbiddenError, UnauthorizedError
from fenrun.kit.http import problems
from fenrun.live.errors import NotListeningError
from fenrun.live.service import Hub, Listener
from fenrun.registry.access import Viewer, Watcher, get_viewer

BEAT_SECONDS = 15.0
"""How often the session is looked at again, and something is sent: proxies close what is silent for a minute."""

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}
}

router = APIRouter(prefix="/v1", tags=["live"], responses=problems(UnauthorizedError, ForbiddenError))


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={**_STREAM, **problems(NotListeningError)},
)
async def live(viewer: Watcher, request: Request) -> StreamingResponse:
    """Tells what changes, as it changes: topics alone, those that concern the caller.

    `ready` says that from now on nothing is missed; `changed` names topics; `ended` says that the session is over.
    A stream lasts an hour; then, as after any break, connect again and ask for everything anew.
    """
    hub: Hub = request.app.state.live
    listener = await hub.join(viewer.member_id, viewer.partner_number)
    lasts = request.app.state.settings.live_seconds
    return StreamingResponse(
        _events(hub, listener, viewer, request, time.monotonic() + lasts),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(hub: Hub, listener: Listener, viewer: Viewer, request: Request, until: float) -> AsyncIterator[str]:
    try:
        yield _event("ready", {})
        checked = time.monotonic()
        while not listener.ended and (left := until - time.monotonic()) > 0:
            topics = await listener.next(min(left, BEAT_SECONDS))
            if time.monotonic() - checked >= BEAT_SECONDS:
                checked = time.monotonic()
                if not await to_thread.run_sync(_is_still, request, viewer):
                    yield _event("ended", {})
                    return
            yield _event("changed", {"topics": topics}) if topics else ": beat\n\n"
    finally:
        hub.leave(listener)


def _event(name: str, data: dict[str, list[str]]) -> str:
    return f"event: {name}\ndata: {msgspec.json.encode(data).decode()}\n\n"


def _is_still(request: Request, viewer: Viewer) -> bool:
    """Whether the credentials are good for what they were good for."""
    try:
        with request.app.state.sessions.begin() as session:
            return get_viewer(request, session) == viewer
    except (UnauthorizedError, SQLAlchemyError):
        return False
