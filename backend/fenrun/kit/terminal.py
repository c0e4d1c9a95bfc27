"""What commands share: the console, errors as one plain sentence, signals, and the end of a parent."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import typer
from rich.console import Console

from fenrun.kit.errors import FenrunError

console = Console(stderr=True)

_FORCED = 130


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """An error that we know is one plain sentence and exit status 2, not a traceback."""
    try:
        yield
    except FenrunError as error:
        console.print(f"[red]{error.title}:[/] {error.detail}", soft_wrap=True)
        raise typer.Exit(2) from error


def stop_on_signals(at_once: Callable[[], None] = lambda: None) -> threading.Event:
    """An event that SIGTERM or SIGINT sets; a second signal ends the process at once.

    Args:
        at_once: Called before such an end.
    """
    stopping = threading.Event()

    def handle(_: int, __: FrameType | None) -> None:
        if stopping.is_set():
            at_once()
            os._exit(_FORCED)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    return stopping


def end_with(parent: int | None) -> None:
    """Ends this process as by SIGTERM once its parent is gone. A parent that was killed cannot say so itself."""
    if parent is None:
        return

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
