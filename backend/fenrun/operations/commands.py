"""`fenrun doctor`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from fenrun.kit.settings import load_settings
from fenrun.kit.terminal import console, plain_errors
from fenrun.operations.doctor import examine

commands = typer.Typer()


@commands.command()
def doctor(
    json_: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
) -> None:
    """Looks at everything that an installation needs; each line says that it is well, or what to do."""
    with plain_errors():
        found = examine(load_settings())
    well = all(finding.ok for finding in found)
    if json_:
        typer.echo(json.dumps({"ok": well, "findings": [asdict(finding) for finding in found]}))
    else:
        for finding in found:
            mark = "[green]ok[/]  " if finding.ok else "[red]mend[/]"
            console.print(f"{mark} {finding.name}: {finding.detail}", soft_wrap=True, highlight=False)
    if not well:
        raise typer.Exit(1)
