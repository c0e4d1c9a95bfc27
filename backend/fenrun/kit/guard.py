"""What no endpoint should ever see: bodies beyond any need, and zero bytes, which no text of ours has."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenrun.kit.errors import FenrunError, MalformedError, TooLargeError
from fenrun.kit.http import BODY, problem_response

MAX_BODY_BYTES = 32_768
"""A parser of nested JSON can be driven into the ground by some 100,000 brackets."""
MAX_BATCH_BYTES = 1_048_576
"""Of a path that takes many things at once: it ends in `/batch`."""
CONTENT = ("/content", "/evidence", "/extension")
"""How a path ends that takes a file as it is, which nothing parses: it may have what the settings allow."""


class Guard:
    """Reads a request's body up to the limit before anything parses it."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app, self._upload_bytes = app, upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                raise MalformedError("The address contains a zero byte")
            body = await _read(receive, self._limit(scope))
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

    def _limit(self, scope: Scope) -> int:
        if scope["path"].endswith("/batch"):
            return MAX_BATCH_BYTES
        if scope["path"].endswith(CONTENT) and b"json" not in dict(scope["headers"]).get(b"content-type", b"").lower():
            return self._upload_bytes
        return MAX_BODY_BYTES


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
