"""Errors that reach a person or a program, as RFC 9457 problem details with a stable code."""

from typing import ClassVar


class FenrunError(Exception):
    """An error with a stable code; `detail` says what is wrong and what to do.

    Subclasses set `code` (stable, for programs), `status` (HTTP) and `title` (for people).
    """

    retry_after: int | None = None
    """Seconds after which the same request may succeed, if that is known."""

    keeps_record: ClassVar[bool] = False
    """Whether what the request wrote stays: nothing but why it was refused, since that comes before all else."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InternalError(FenrunError):
    """Something that nobody foresaw."""


class MalformedError(FenrunError):
    """A request that says nothing sensible; the detail names the part."""

    code = "malformed"
    status = 422
    title = "The request is malformed"


class TooLargeError(FenrunError):
    """A body larger than any request of ours needs."""

    code = "too_large"
    status = 413
    title = "The request is too large"


class NotFoundError(FenrunError):
    """The thing asked for does not exist, or the caller may not know that it does."""

    code = "not_found"
    status = 404
    title = "Not found"


class UnauthorizedError(FenrunError):
    """The caller did not say who it is, or not believably."""

    code = "unauthorized"
    status = 401
    title = "Sign in first"


class ForbiddenError(FenrunError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class TooManyRequestsError(FenrunError):
    """The caller asked more often than it may."""

    code = "too_many_requests"
    status = 429
    title = "Too many requests"


class SetupError(FenrunError):
    """The machine or the configuration lacks something; the detail says what to do."""

    code = "setup"
    title = "Cannot start"
