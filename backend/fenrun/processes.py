"""The processes of an installation: `fenrun up` and what it is made of, `fenrun api` and `fenrun worker`."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fenrun import worker as working
from fenrun.demo import intake
from fenrun.demo.scenario import read_scenario
from fenrun.instance import Instance, real
from fenrun.kit import logs, terminal
from fenrun.kit.errors import FenrunError, SetupError
from fenrun.kit.settings import Settings, load_settings
from fenrun.registry import members_repository as members
from fenrun.registry import service as registry

if TYPE_CHECKING:
    from fastapi import FastAPI

commands = typer.Typer()

_WATCH_SECONDS = 0.5
_STOP_SECONDS = 150
"""How long a process that was told to stop may take: as long as a node may take to answer, and a little."""
_log = structlog.get_logger()

Parent = Annotated[int | None, typer.Option("--with-parent", hidden=True)]
Processes = Annotated[int, typer.Option("--processes", min=1, help="How many share the port.")]


@commands.command()
def up() -> None:
    """Starts an installation: database and chain, embedded where no other is set, API and workers."""
    with terminal.plain_errors():
        logs.install()
        settings = load_settings()
        stopping = terminal.stop_on_signals()
        terminal.console.print("Starting the database and the chain")
        instance = real(settings, joins=False, migrates=True)
        try:
            installation = instance.found()
            instance.open_road(installation)
            _let_in(instance)
            _supervise(instance, installation.genesis_time, settings, stopping)
        finally:
            instance.stop()


@commands.command()
def api(processes: Processes = 1, parent: Parent = None) -> None:
    """Serves the API and the portal, over a database that is set up."""
    import uvicorn

    with terminal.plain_errors():
        logs.install()
        settings = load_settings()
        # Whatever is missing is said here once, and not by each process.
        instance = real(settings)
        if instance.installation() is None:
            raise SetupError("Nothing is set up here yet: start `fenrun up` or `fenrun worker` first")
        instance.stop()
        terminal.end_with(parent)
        uvicorn.run(
            "fenrun.processes:application",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=processes,
            log_config=None,
        )


def application() -> "FastAPI":
    """The API of the environment's installation; each process of `fenrun api` makes its own."""
    from fenrun.api import create_app

    logs.install()
    instance = real(load_settings())
    installation = instance.installation()
    assert installation is not None
    return create_app(instance.open_road(installation, check=False))


@commands.command()
def worker(parent: Parent = None) -> None:
    """Takes what comes in along the road. Any number may run over one database."""
    with terminal.plain_errors():
        logs.install()
        settings = load_settings()
        stopping = terminal.stop_on_signals()
        terminal.end_with(parent)
        instance = real(settings, migrates=True)
        try:
            road = instance.open_road(instance.found())
            working.run(road, stopping, settings)
        finally:
            instance.stop()


@commands.command()
def migrate() -> None:
    """Brings the database to the schema of this version. `fenrun up` and `fenrun worker` do it too."""
    with terminal.plain_errors():
        real(load_settings(), migrates=True).stop()


@commands.command("import")
def import_(folder: Annotated[Path, typer.Argument(help="With partners, customers, plans and orders.")]) -> None:
    """Takes partners, customers, plans and orders of a folder in, dates as they are; what is known already stays."""
    with terminal.plain_errors():
        instance = real(load_settings())
        try:
            installation = instance.installation()
            if installation is None:
                raise SetupError("Nothing is set up here yet: start `fenrun up` first")
            scenario = read_scenario(folder)
            with instance.sessions.begin() as session:
                added, refused = intake.add_new(session, scenario, installation.currency, instance.keys.reference_key)
        finally:
            instance.stop()
    terminal.console.print("Added: " + ", ".join(f"{count:,} {what}" for what, count in added.items()))
    for row in refused:
        terminal.console.print(f"[yellow]{row.file} line {row.line}[/] {row.reason}: {row.detail}", soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def _let_in(instance: Instance) -> None:
    """Lets the first member and the CRM in, once; a database that was restored knows its people already."""
    with instance.sessions.begin() as session:
        if members.member_by_login(session, "finance") is None:
            secret = instance.credentials()
            registry.add_member(session, "finance", secret["finance"], "finance", None)
            registry.add_api_key(session, "crm", secret["api_key"])


# --- Supervising ----------------------------------------------------------------------------------------------


class _Child:
    """A process of ours, started again when it ends by itself, later each time."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0

    def look(self, parent: int) -> None:
        """Starts it, if it does not run."""
        now = time.monotonic()
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                if now - self._started > 60:
                    self._failures = 0
                return
            if now - self._started < min(2.0**self._failures, 30):
                return
            self._failures += 1
            _log.warning("process.ended", process=self._arguments[0], status=status)
        self._started = now
        # A session of its own: Ctrl-C is ours to handle, and it is told to stop once.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fenrun", *self._arguments, "--with-parent", str(parent)],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        """Tells it to stop."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Waits for its end; one that takes too long is ended."""
        if self._process is not None:
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()


def _supervise(instance: Instance, genesis_time: int | None, settings: Settings, stopping: threading.Event) -> None:
    """Keeps API, workers and the embedded servers running until told to stop."""
    children = [_Child("api"), *(_Child("worker") for _ in range(settings.workers))]
    terminal.console.print(f"Portal and API: http://{settings.host}:{settings.port}; passwords and keys are in "
                           f"{instance.folder / 'credentials.json'}; Ctrl-C stops", soft_wrap=True)  # fmt: skip
    try:
        while not stopping.is_set():
            try:
                _look_after_servers(instance, genesis_time)
            except (FenrunError, SQLAlchemyError) as error:
                _log.warning("process.server_failed", error=str(error))
            for child in children:
                child.look(os.getpid())
            stopping.wait(_WATCH_SECONDS)
    finally:
        for child in children:
            child.stop()
        for child in children:
            child.wait()


def _look_after_servers(instance: Instance, genesis_time: int | None) -> None:
    try:
        with instance.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        instance.revive_database()
    if genesis_time is not None and instance.revive_chain(genesis_time):
        _log.warning("chain.revived")
