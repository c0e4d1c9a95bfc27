"""The command line in common: where it prints, and errors as one plain sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from fenrun.kit.errors import FenrunError

console = Console(stderr=True)


@contextmanager
def plain_errors() -> Iterator[None]:
    """An error that we know is one plain sentence and exit status 2, not a traceback."""
    try:
        yield
    except FenrunError as error:
        console.print(f"[red]{error.title}:[/] {escape(error.detail)}", soft_wrap=True)
        raise typer.Exit(2) from error
