"""The command line: starts things, prints what came of it."""

import datetime as dt
import json
import socket
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperGroup

from fenrun import desk, processes, worker
from fenrun.chain.commands import app as keys
from fenrun.demo import report
from fenrun.demo import run as demo_run
from fenrun.desk import SCENARIO
from fenrun.disputes import commands as disputes
from fenrun.instance import Instance
from fenrun.kit import logs
from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency
from fenrun.kit.settings import Settings, load_settings
from fenrun.kit.terminal import console, plain_errors
from fenrun.operations import commands as operations
from fenrun.payouts import commands as payouts
from fenrun.privacy import commands as privacy
from fenrun.registry.commands import api_keys, members
from fenrun.settlement.tasks import Road
from fenrun.simulator import commands as simulator
from fenrun.statements import commands as statements


class _Commands(TyperGroup):
    """All commands, those of the domains too: an error that we know is one plain sentence, not a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Runs a command."""
        with plain_errors():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
app.add_typer(processes.commands)
app.add_typer(operations.commands)
app.add_typer(keys, name="keys")
app.add_typer(members, name="members")
app.add_typer(api_keys, name="api-keys")
app.add_typer(payouts.commands, name="payouts")
app.add_typer(privacy.commands, name="privacy")
app.add_typer(statements.app)
app.add_typer(disputes.commands, name="disputes")
app.add_typer(simulator.commands)

Scenario = Annotated[Path, typer.Option("--scenario", help="Folder with partners, customers, plans and orders.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object, last.")]


@app.callback()
def main(context: typer.Context) -> None:
    """Partner settlement that anyone can check."""
    logs.install()
    context.obj = desk


@app.command()
def demo(
    scenario: Scenario = SCENARIO,
    exit_: Annotated[bool, typer.Option("--exit", help="Stop everything afterwards.")] = False,
    json_: Json = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write earnings.csv and refused.csv here.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65_535, help="Of the portal.")] = None,
) -> None:
    """Replays a scenario on a real chain, audits the books and serves the portal."""
    settings = load_settings()
    port = port or settings.port
    if out is not None and out.exists() and not out.is_dir():
        raise SetupError(f"--out names a file, {out}; name a folder")
    if not exit_:
        _require_free(settings.host, port)
    instance = _open(scenario, settings)
    try:
        with _bar() as progress:
            road, summary = demo_run.run(instance, scenario, console.print, progress)
        if out is not None:
            with instance.sessions() as session:
                report.write_files(session, out)
        _print_summary(summary)
        if json_:
            print(json.dumps(summary), flush=True)
        if not exit_:
            _serve(instance, road, settings.host, port)
    finally:
        # What a failed run leaves must not hold the machine; the next run goes on from the database.
        instance.stop()
    if not summary["audit_ok"]:
        raise typer.Exit(1)


@app.command()
def audit(
    scenario: Annotated[Path | None, typer.Option("--scenario", help="Of this demo, not of the installation.")] = None,
    json_: Json = False,
) -> None:
    """Recomputes everything from the chain's logs and compares contract, books and payments."""
    with desk.open_road(scenario) as road:
        result = road.audit()
    _print_audit(result)
    if json_:
        print(json.dumps(result), flush=True)
    if not result["ok"]:
        raise typer.Exit(1)


def _open(scenario: Path, settings: Settings) -> Instance:
    console.print("Starting PostgreSQL")
    return demo_run.open_scenario(scenario, settings)


def _serve(instance: Instance, road: Road, host: str, port: int) -> None:
    """Serves the portal, with a worker beside it, until interrupted."""
    import uvicorn

    from fenrun.api import create_app

    who = demo_run.sign_ins(instance)
    address = f"http://{host}:{port}"
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("Portal", address)
    table.add_row("Finance", f"login [b]{who.finance[0]}[/]  password [b]{who.finance[1]}[/]")
    if who.partner[0]:
        name = f"{who.partner_name} (earned most)"
        table.add_row("Partner", f"login [b]{who.partner[0]}[/]  password [b]{who.partner[1]}[/]  {name}")
    table.add_row("API", f"{address}/docs  key [b]{who.api_key}[/]")
    table.add_row("Stop", "Ctrl-C; the next run starts where this one ended")
    console.print(table)
    stopping = threading.Event()
    background = threading.Thread(target=worker.run, args=(road, stopping, load_settings()), name="worker")
    background.start()
    try:
        uvicorn.run(create_app(road), host=host, port=port, log_level="warning", log_config=None)
    finally:
        stopping.set()
        background.join()


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Port {port} is in use: end the program that has it, or choose another with --port"
            ) from error


class _bar:  # noqa: N801 - used like a function
    """Progress by day: a bar in a terminal, a line a month elsewhere."""

    def __init__(self) -> None:
        self._month = ""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("days"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: Any = None

    def __enter__(self) -> "_bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, day: dt.date, done: int, total: int) -> None:
        if self._task is None:
            self._task = self._progress.add_task("Replay", total=total)
        self._progress.update(self._task, completed=done, total=total, description=f"{day}")
        month = f"{day:%Y-%m}"
        if not console.is_terminal and month != self._month:
            self._month = month
            console.print(f"Replaying {month} ({done} of {total} days)")


def _print_summary(summary: dict[str, Any]) -> None:
    currency = Currency.of(summary["currency"])
    assert currency is not None

    def money(minor: int) -> str:
        return f"{currency.format(minor)} {currency.code}"

    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("Orders read", f"{summary['orders_read']:,}")
    table.add_row("  settled", f"{summary['orders_settled']:,}")
    for reason, count in summary["refused_by_reason"].items():
        table.add_row("  refused", f"{count:,}  {reason}")
    table.add_row("Role legs", f"{summary['legs']:,}")
    table.add_row("Earned", money(summary["earned_minor"]))
    for role, minor in summary["earned_by_role_minor"].items():
        table.add_row(f"  {role}", money(minor))
    table.add_row("Paid", f"{money(summary['paid_minor'])} to {summary['partners_paid']:,} partners")
    table.add_row("Gas per order", f"{summary['gas_per_order']:,} in {summary['batches']:,} batches")
    table.add_row("Replay", f"{summary['seconds']} seconds")
    console.print(table)
    _print_audit(summary["audit"])


def _print_audit(result: dict[str, Any]) -> None:
    compared = sum(check["compared"] for check in result["checks"])
    if result["ok"]:
        console.print(f"[green]Audit: chain = contract = books = bank[/], {compared:,} comparisons, 0 differences")
        if erased := sum(check["erased"] for check in result["checks"]):
            console.print(f"  of {erased:,} payments the bank's reference is not compared: their partners were erased")
        return
    console.print("[red]Audit failed[/]")
    for check in result["checks"]:
        if check["differences"]:
            console.print(
                f"  {check['name']}: {check['differences']} of {check['compared']} differ; "
                f"first: {check['first_difference']}"
            )
