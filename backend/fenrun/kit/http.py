"""HTTP in common: one transaction per request, problem details, pages, idempotency keys."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import structlog
from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.errors import FenrunError, InternalError, MalformedError
from fenrun.kit.logs import request_id
from fenrun.kit.models import IdempotencyKey
from fenrun.kit.security import reference

Item = TypeVar("Item")

PROBLEM_JSON = "application/problem+json"
READING = ("GET", "HEAD", "OPTIONS")
BODY = "fenrun.body"
"""Where `kit.guard` leaves the body in a request's scope."""

_log = structlog.get_logger()


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    detail: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it. `code` is stable; `detail` says what to do."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: list[FieldProblem] | None = None


class Page(BaseModel, Generic[Item]):
    """A page of a list."""

    data: list[Item]
    has_more: bool


class PageQuery(BaseModel):
    """Which page: the items after one, or before one, by id."""

    limit: int
    starting_after: str | None
    ending_before: str | None


def page_query(
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    starting_after: Annotated[str | None, Query(alias="startingAfter", max_length=64)] = None,
    ending_before: Annotated[str | None, Query(alias="endingBefore", max_length=64)] = None,
) -> PageQuery:
    """The page that a request asks for.

    Raises:
        MalformedError: both ends are given.
    """
    if starting_after and ending_before:
        raise MalformedError("Give startingAfter or endingBefore, not both")
    return PageQuery(limit=limit, starting_after=starting_after, ending_before=ending_before)


Paging = Annotated[PageQuery, Depends(page_query)]


def page_of(items: Sequence[Item], paging: PageQuery) -> Page[Item]:
    """A page from one item more than was asked for."""
    more = len(items) > paging.limit
    if more:
        items = items[1:] if paging.ending_before else items[: paging.limit]
    return Page(data=list(items), has_more=more)


def get_session(request: Request) -> Iterator[Session]:
    """The transaction of a request: committed when the endpoint returns, before the answer is sent.

    A request that may have changed something and did not say what leaves a line in the audit log all the same: which
    endpoint, which ids, and a keyed digest of the body.
    """
    with request.app.state.sessions.begin() as session:
        address = request.client.host if request.client else ""
        origin = audit_log.begin(session, audit_log.Origin(request_id=request_id(request.scope), address=address))
        refused: FenrunError | None = None
        try:
            yield session
        except FenrunError as error:
            if not error.keeps_record:
                raise
            refused = error
        if request.method not in READING and not origin.recorded:
            body = reference(request.app.state.reference_key, "body", request.scope[BODY].decode("utf-8", "replace"))
            audit_log.record(
                session,
                f"{request.method} {request.scope['route'].path}",
                ",".join(request.path_params.values()),
                after={"body_hmac": body.hex()},
            )
    if refused is not None:
        raise refused


InSession = Annotated[Session, Depends(get_session, scope="function")]


def problems(*errors: type[FenrunError]) -> dict[int | str, dict[str, Any]]:
    """What an endpoint declares in `responses=`: the errors that it can answer."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = by_status.setdefault(error.status, {"model": Problem, "description": "", "content": {PROBLEM_JSON: {}}})
        entry["description"] = " · ".join(filter(None, [entry["description"], f"`{error.code}` {error.title}"]))
    return by_status


def install_handlers(app: FastAPI) -> None:
    """Turns errors into problem details."""

    @app.exception_handler(FenrunError)
    def known(_: Request, error: FenrunError) -> JSONResponse:
        return problem_response(error)

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> JSONResponse:
        _log.error("http.unforeseen", error=type(error).__name__, request_id=request_id(request.scope))
        return known(
            request, InternalError("It was logged; nothing was half written. Try again, or tell us when it was")
        )

    @app.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            FieldProblem(field=".".join(str(part) for part in e["loc"][1:]), detail=e["msg"]) for e in error.errors()
        ]
        return _problem(
            Problem(
                type="urn:fenrun:problem:malformed",
                title="The request is malformed",
                status=422,
                code="malformed",
                detail="; ".join(f"{f.field}: {f.detail}" for f in fields),
                fields=fields,
            )
        )


def problem_response(error: FenrunError) -> JSONResponse:
    """An error as problem details."""
    return _problem(
        Problem(
            type=f"urn:fenrun:problem:{error.code}",
            title=error.title,
            status=error.status,
            code=error.code,
            detail=error.detail,
        ),
        error.retry_after,
    )


def _problem(problem: Problem, retry_after: int | None = None) -> JSONResponse:
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return JSONResponse(problem.model_dump(exclude_none=True), problem.status, headers, media_type=PROBLEM_JSON)


class KeyMissingError(FenrunError):
    """A POST came without its key."""

    code = "idempotency_key_missing"
    status = 400
    title = "Idempotency-Key is missing"


class KeyInFlightError(FenrunError):
    """The first request with this key is not answered yet."""

    code = "idempotency_key_in_flight"
    status = 409
    title = "A request with this key is being handled"


class KeyReusedError(FenrunError):
    """The key was used with another body."""

    code = "idempotency_key_reused"
    status = 422
    title = "This key was used with another body"


def earlier_answer(session: Session, caller: str, key: str | None, body: bytes) -> IdempotencyKey | None:
    """What was answered under this key before; None the first time, when the key is held until the end.

    Raises:
        KeyMissingError: no key.
        KeyInFlightError: another request holds it.
        KeyReusedError: it was used with another body.
    """
    if not key or len(key) > 255:
        raise KeyMissingError("Send a header Idempotency-Key: 1 to 255 characters, the same when you retry")
    free = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 2))"),
        {"key": f"{caller}\0{key}".replace("\0", "\x1f")},
    )
    if not free:
        raise KeyInFlightError("Wait for the answer to the first request, then retry")
    earlier = session.get(IdempotencyKey, (caller, key))
    if earlier is not None and earlier.body_hash != hashlib.sha256(body).digest():
        raise KeyReusedError("Use a new key for a new request")
    return earlier


def remember_answer(session: Session, caller: str, key: str, body: bytes, status: int, response: BaseModel) -> None:
    """Keeps an answer under its key, in the transaction of what it did."""
    session.add(
        IdempotencyKey(
            caller=caller,
            key=key,
            body_hash=hashlib.sha256(body).digest(),
            status=status,
            response=msgspec.json.decode(response.model_dump_json()),
        )
    )
