"""`fenrun simulate`."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency
from fenrun.kit.terminal import console, plain_errors
from fenrun.simulator import service
from fenrun.simulator.plan_file import read_simulation
from fenrun.simulator.result_schemas import ComparisonOut, FiguresOut
from fenrun.simulator.sources import from_scenario

commands = typer.Typer()


@commands.command()
def simulate(
    scenario: Annotated[Path, typer.Option("--scenario", help="Folder with partners, customers, plans and orders.")],
    plans: Annotated[Path, typer.Option("--plans", help="File of candidates, or another plans.yaml.")],
    json_: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Reckons what other plans would have cost and brought, by the rules that pay. Nothing is settled."""
    with plain_errors():
        history = from_scenario(scenario)
        currency = Currency.of(history.orders.currency)
        if currency is None:
            raise SetupError(f"There is no currency {history.orders.currency}")
        asked = read_simulation(plans, currency)
        started = time.monotonic()
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("Simulating", total=1.0)
            found = service.run(history, asked, lambda part: progress.update(task, completed=part))
        _print(found, currency, time.monotonic() - started)
    if json_:
        typer.echo(found.model_dump_json(by_alias=True))


def _print(found: ComparisonOut, currency: Currency, seconds: float) -> None:
    table = Table(box=None, padding=(0, 2))
    for heading in ("", "Cost", "Rate", "Left after it", "Win", "Lose"):
        table.add_column(heading, justify="left" if not heading else "right")
    for figures in (found.today, *found.designs):
        table.add_row(*_row(figures, currency))
    console.print(table)
    if any(figures.simulated_only for figures in found.designs):
        console.print("* the contract cannot settle this: it can be simulated, and not promoted")
    for forecast in found.forecast:
        low, high = (currency.format(int(bound)) for bound in (forecast.cost.p10, forecast.cost.p90))
        console.print(f"{forecast.name}: cost of a period like this one, in 80 of 100 cases, {low} to {high}")
    if found.front:
        console.print(f"{len(found.front)} candidates that none beats were found; --json lists them")
    console.print(f"{found.orders:,} orders, {found.partners:,} partners, {seconds:.1f} s; amounts in {found.currency}")


def _row(figures: FiguresOut, currency: Currency) -> list[str]:
    against = figures.against_today
    return [
        figures.name + (" *" if figures.simulated_only else ""),
        currency.format(int(figures.cost)),
        "" if figures.effective_rate_bps is None else f"{figures.effective_rate_bps / 100:.2f} %",
        currency.format(int(figures.margin_after)),
        f"{against.winners:,}",
        f"{against.losers:,}",
    ]
