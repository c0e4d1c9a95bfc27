"""What can go wrong with the books."""

from fenrun.kit.errors import FenrunError


class BooksError(FenrunError):
    """A posting would break a promise of the books; nothing was written."""

    code = "books_refused"
    title = "The books refuse this"
