"""Logs: structured lines on stderr, with the id of the request they belong to and without any secret."""

import logging
import re
import sys
import uuid
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REDACTED = "[redacted]"
_REQUEST_ID = "fenrun.request_id"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

_SECRET_NAMES = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api[-_]?key|private|signature|otp|recovery|mnemonic|verifier",
    re.IGNORECASE,
)
# What gives itself away wherever it stands: the part in the group goes.
_SECRET_VALUES = [
    re.compile(pattern)
    for pattern in (
        r"\b(?:frk|whsec)_([A-Za-z0-9+/=_-]{8,})",  # API keys and webhook secrets
        r"(?i)\b(?:bearer|basic) +([A-Za-z0-9._~+/=-]{6,})",
        r"(?i)fenrun_(?:session|oidc)=([^;\s\"']+)",
        r"\b(eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)",  # signed tokens
        r"\b[a-z][a-z0-9+.-]*://[^\s:/@]*:([^\s/@]+)@",  # passwords in addresses
        r"(otpauth://[^\s\"']+)",
        r"(?i)[?&](?:code|state|token|key|secret|password)=([^&\s\"']+)",
        # JSON in a text
        r"(?i)[\"'](?:[a-z_]*(?:password|secret|token|signature)|current|new|key)[\"']: ?[\"']([^\"']+)[\"']",
        r"[\"']code[\"']: ?[\"']([0-9]{6}|[a-z2-7]{4}(?:-[a-z2-7]{4}){3})[\"']",
    )
]


def install(stream: TextIO | None = None) -> None:
    """Sends what this process logs, through structlog or `logging`, to a stream (stderr), secrets taken out: for people
    in a terminal, as JSON elsewhere. Every process calls it first.
    """
    stream = stream or sys.stderr
    render: list[Any] = (
        [redact, structlog.dev.ConsoleRenderer()]
        if stream.isatty()
        else [
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    )
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("httpx2", "httpcore2", "alembic"):  # they tell of every call
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: takes out values by their names, and parts of texts by how they look."""
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {str(inner): _clean(str(inner), of) for inner, of in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_clean(name, of) for of in value]
    if value is None or isinstance(value, (bool, int, float)):
        return REDACTED if isinstance(value, int) and value and _SECRET_NAMES.search(name) else value
    if _SECRET_NAMES.search(name):
        return REDACTED
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    for pattern in _SECRET_VALUES:
        text = pattern.sub(lambda found: found[0].replace(found[1], REDACTED), text)
    return text


def request_id(scope: Scope) -> str:
    """The id of a request, as its answer says it too."""
    return str(scope.get(_REQUEST_ID, ""))


class RequestIds:
    """Gives each request an id: its own `X-Request-Id`, or a new one. Answer, logs and audit log carry it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
        id_ = scope[_REQUEST_ID] = given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = id_
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=id_):
            await self._app(scope, receive, tell)
