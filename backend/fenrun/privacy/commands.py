"""`fenrun privacy`: which erasures were carried out, and carrying them out anew after a backup was restored.

The context's object is `fenrun.desk`, which opens installations.
"""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from fenrun.kit.errors import MalformedError
from fenrun.privacy import restoring
from fenrun.privacy.restoring import Erasure

commands = typer.Typer(no_args_is_help=True, help="Erasures of people's data, and backups.")

Scenario = Annotated[Path | None, typer.Option("--scenario", help="The scenario whose installation is meant.")]


@commands.command()
def erased(context: typer.Context, scenario: Scenario = None) -> None:
    """Lists the erasures that were carried out, as JSON, one a line. Keep it outside of the backups."""
    with context.obj.open_session(scenario) as session:
        found = restoring.erasures(session)
    for one in found:
        typer.echo(msgspec.json.encode(one).decode())


@commands.command()
def reapply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `fenrun privacy erased` printed.")],
    scenario: Scenario = None,
) -> None:
    """Carries erasures out anew after a backup was restored: all of the file, or none. Doing it again is harmless."""
    wanted = _read(file)
    with context.obj.open_session(scenario) as session:
        now = dt.datetime.now(dt.UTC)
        counts = Counter(restoring.reapply(session, one, now) for one in wanted)
    typer.echo(
        f"{counts['erased']} carried out anew, {counts['erased before']} were, {counts['not here']} concern nobody here"
    )


def _read(file: Path) -> list[Erasure]:
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        if line.strip():
            try:
                found.append(msgspec.json.decode(line, type=Erasure))
            except msgspec.DecodeError as error:
                raise MalformedError(
                    f"{file}, line {number}: {error}; give what `fenrun privacy erased` printed"
                ) from error
    return found
