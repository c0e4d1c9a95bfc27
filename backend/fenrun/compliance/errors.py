"""What can go wrong with rules and with what people decide about their results."""

from fenrun.kit.errors import FenrunError


class FactsError(Exception):
    """Facts are missing, or are of another type: nothing can be judged by them."""


class RuleStateError(FenrunError):
    """A version of a rule is not in the state that this needs."""

    code = "rule_state"
    status = 409
    title = "The rule's version is not in that state"


class RuleUnsoundError(FenrunError):
    """A version of a rule has errors, or its cases do not come out."""

    code = "rule_unsound"
    status = 422
    title = "The rule's version cannot be relied on"


class ResultStateError(FenrunError):
    """A result of a rule was decided already, or is of a kind that nobody decides."""

    code = "result_state"
    status = 409
    title = "The result is decided already"


class NotOverridableError(FenrunError):
    """What the law forbids is not let pass by anybody."""

    code = "not_overridable"
    status = 409
    title = "Nobody can let this pass"


class SecondPersonError(FenrunError):
    """Who asked for something, or wrote it, cannot be who approves it."""

    code = "second_person"
    status = 403
    title = "A second person is needed"


class ComplianceBlockedError(FenrunError):
    """A rule keeps this from happening. What was found stays in the risk queue."""

    keeps_record = True
    code = "compliance_blocked"
    status = 422
    title = "A rule of compliance forbids this"


class SanctionsFileError(FenrunError):
    """A sanctions list cannot be read."""

    code = "sanctions_file"
    status = 422
    title = "The sanctions list cannot be read"
