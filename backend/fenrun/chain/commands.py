"""`fenrun keys`: the keystore of the chain keys."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fenrun.chain import keys
from fenrun.kit.errors import SetupError
from fenrun.kit.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The chain keys, encrypted in the folder that FENRUN_KEYSTORE names.")

Role = Annotated[str, typer.Argument(help="deployer, governor, registrar, operator, treasurer or attestor")]


@app.command()
def new() -> None:
    """Makes the keys that the keystore lacks, under FENRUN_KEYSTORE_PASSWORD(_FILE); prints their addresses."""
    folder = _folder()
    made = keys.make_keystore(folder, load_settings().password_of_keystore())
    if not made:
        typer.echo(f"{folder} has a key for every role already", err=True)
    for role, address in made.items():
        if role in keys.ROLES:
            typer.echo(f"{role}\t{address}")


@app.command("list")
def list_(json_: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Lists the roles and the addresses of their keys."""
    found = keys.keystore_addresses(_folder())
    if json_:
        typer.echo(json.dumps(found))
        return
    for role, address in found.items():
        typer.echo(f"{role}\t{address}")


@app.command()
def export_address(role: Role) -> None:
    """Prints the address of a role's key alone, for scripts."""
    found = keys.keystore_addresses(_folder())
    if role not in found:
        raise SetupError(f"The keystore has no key for {role}; it has {', '.join(found) or 'none'}")
    typer.echo(found[role])


def _folder() -> Path:
    folder = load_settings().keystore
    if folder is None:
        raise SetupError("Set FENRUN_KEYSTORE to the keystore's folder")
    return folder
