"""What can go wrong with agreements."""

from fenrun.kit.errors import FenrunError


class VersionError(FenrunError):
    """Not the version that can be published now; the detail names it."""

    code = "agreement_version"
    status = 409
    title = "This version cannot be published"


class OtherTextError(FenrunError):
    """What was read is not what is published."""

    code = "agreement_text"
    status = 409
    title = "This is not the text that is published"
