"""What can go wrong with pages that stay up to date."""

from fenrun.kit.errors import FenrunError


class NotListeningError(FenrunError):
    """The database cannot be heard at the moment."""

    code = "not_listening"
    status = 503
    title = "Changes cannot be told"
