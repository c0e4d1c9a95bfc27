"""`fenrun disputes`."""

import json
from typing import Annotated

import typer

from fenrun.disputes.simulation import simulate as walk
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.settings import load_settings
from fenrun.kit.terminal import console, plain_errors

commands = typer.Typer(no_args_is_help=True, help="Disputes.")


@commands.callback()
def _group() -> None:
    """Disputes."""


@commands.command()
def simulate(
    disputes: Annotated[int, typer.Option(min=1, max=100_000, help="How many, in a month.")] = 1_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same month.")] = 1,
    json_: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Walks a month of made-up disputes through the real rules and clocks: does the budget of four hours hold?"""
    with plain_errors():
        settings = load_settings()
        result = walk(disputes, seed, BusinessHours.of(settings.business_zone, settings.business_hours))
    if json_:
        print(json.dumps(result, ensure_ascii=False))
        return
    heard = result["of_those_heard"]
    for line in (
        f"{result['disputes']:,} disputes in a month; business time {result['business_hours']}",
        f"ended by the record alone: {result['automatic_share']:.1%}",
        f"to the ruling, in business minutes: median {result['median_minutes']}, p95 {result['p95_minutes']}, "
        f"longest {result['longest_minutes']}",
        f"of the {heard['disputes']:,} in which people were heard: median {heard['median_minutes']}, "
        f"p95 {heard['p95_minutes']}",
        f"over four hours: {result['over_four_hours']} ({result['over_four_hours_share']:.1%})",
        f"assumed: {', '.join(f'{name} {value}' for name, value in result['assumed'].items())}",
    ):
        console.print(line, soft_wrap=True, highlight=False)
