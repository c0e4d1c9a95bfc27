"""What can go wrong with requests about one's data."""

from fenrun.kit.errors import FenrunError


class RequestStateError(FenrunError):
    """The request is not in a state in which this can happen; or one of the kind is open already."""

    code = "privacy_state"
    status = 409
    title = "Not possible any more, or not yet"


class ErasureBlockedError(FenrunError):
    """Something is still to be paid or decided that needs the data; the detail names it."""

    code = "erasure_blocked"
    status = 409
    title = "The data are still needed"
