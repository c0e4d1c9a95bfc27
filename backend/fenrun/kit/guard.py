"""What no endpoint should ever see: bodies beyond any need, and zero bytes, which no text of ours has."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenrun.kit.errors import FenrunError, MalformedError, TooLargeError
from fenrun.kit.http import BODY, problem_response

MAX_BODY_BYTES = 32_768
"""A parser of nested JSON can be driven into the ground by some 100,000 brackets."""
MAX_BATCH_BYTES = 1_048_576
"""Of a path that takes many things at once: it ends in `/batch`."""
MAX_FILE_BYTES = 8 * 1_048_576
"""Of a path that takes a file: a scan of some pages."""
_FILE_PATHS = ("/evidence", "/extension")


class Guard:
    """Reads a request's body up to the limit before anything parses it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                raise MalformedError("The address contains a zero byte")
            body = await _read(receive, _limit(scope["path"]))
            scope[BODY] = body or b""
        except FenrunError as error:
            await problem_response(error)(scope, receive, send)
            return

        async def replay() -> Message:
            nonlocal body
            if body is None:
                return await receive()
            message: Message = {"type": "http.request", "body": body, "more_body": False}
            body = None
            return message

        await self._app(scope, replay, send)


def _limit(path: str) -> int:
    if path.endswith(_FILE_PATHS):
        return MAX_FILE_BYTES
    return MAX_BATCH_BYTES if path.endswith("/batch") else MAX_BODY_BYTES


async def _read(receive: Receive, limit: int) -> bytes | None:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise TooLargeError(f"A request has at most {limit:,} bytes")
    return body
