"""What can go wrong with statements and periods."""

from fenrun.kit.errors import FenrunError


class PeriodNotReadyError(FenrunError):
    """Something of the checklist is not done; the detail says what, and what to do."""

    code = "period_not_ready"
    status = 409
    title = "The period cannot be closed yet"


class PeriodStateError(FenrunError):
    """The period is closed already, or not closed yet."""

    code = "period_state"
    status = 409
    title = "The period is in another state"


class StatementError(FenrunError):
    """The books and the chain's logs do not say the same of a partner: no statement is made of either."""

    code = "statement_refused"
    status = 409
    title = "The statement would not be true"


class CheckError(FenrunError):
    """A statement does not hold; the detail is the first thing that is wrong, in words."""

    code = "statement_wrong"
    title = "The statement is wrong"
