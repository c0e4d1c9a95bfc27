"""What can go wrong with a letter."""


class UndeliverableError(Exception):
    """Another attempt cannot help; the message says why."""


class UnsentError(Exception):
    """This attempt failed and a later one may not; the message says why."""
