"""`fenrun members` and `fenrun api-keys`: people and programs, for whoever has the machine.

The context's object is `fenrun.desk`, which opens installations.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from fenrun.kit.errors import NotFoundError, SetupError
from fenrun.mail.wording import LANGUAGES
from fenrun.registry import api_keys_service, members_service
from fenrun.registry import members_repository as repository
from fenrun.registry import repository as partners
from fenrun.registry.access import SCOPES, Role, Scope

members = typer.Typer(no_args_is_help=True, help="Who may sign in.")
api_keys = typer.Typer(no_args_is_help=True, help="Programs that may send events or read.")

_ALL = 1_000_000

Scenario = Annotated[Path | None, typer.Option("--scenario", help="The scenario whose installation is meant.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]
Login = Annotated[str, typer.Argument(help="The member's login.")]


@members.command()
def add(
    context: typer.Context,
    login: Login,
    role: Annotated[
        str, typer.Option("--role", help="partner, operator, finance, compliance, arbiter, auditor or admin")
    ],
    partner: Annotated[
        str | None, typer.Option("--partner", help="The partner's id, pn_…, for the role partner")
    ] = None,
    email: Annotated[
        str | None, typer.Option("--email", help="For letters, and to find the OpenID provider's account")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Of letters: en or zh-CN")] = "en",
    scenario: Scenario = None,
) -> None:
    """Adds a member and prints the first password, this once."""
    wanted, language = _one_of(role, get_args(Role), "--role"), _one_of(language, LANGUAGES, "--language")
    with context.obj.open_session(scenario) as session:
        login = login.strip().lower()
        made, password = members_service.add(
            session, login, wanted, partner, email.lower() if email else None, language=language
        )
        id_ = made.id
    typer.echo(f"{id_}\t{login}\t{password}")


@members.command("list")
def list_members(context: typer.Context, json_: Json = False, scenario: Scenario = None) -> None:
    """Lists the members."""
    with context.obj.open_session(scenario) as session:
        found = repository.members(session, None, None, _ALL)[::-1]
        names = partners.names(session, [m.partner_number for m in found if m.partner_number is not None])
        rows = [
            {
                "id": member.id,
                "login": member.login,
                "role": member.role,
                "partner": names[member.partner_number].id if member.partner_number is not None else None,
                "totp": member.totp_since is not None,
                "disabled": member.disabled_at is not None,
            }
            for member in found
        ]
    _print(rows, json_)


@members.command()
def reset_totp(context: typer.Context, login: Login, scenario: Scenario = None) -> None:
    """Takes the authenticator of a member away who has lost it; the password is asked for as before."""
    with context.obj.open_sealing_session(scenario) as (session, key):
        member = repository.member_by_login(session, login.strip().lower())
        if member is None:
            raise NotFoundError(f"No member has the login {login}")
        members_service.reset_totp(session, key, member.id, dt.datetime.now(dt.UTC))


@api_keys.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of the program; the source of the events it sends.")],
    scope: Annotated[list[str], typer.Option("--scope", help="events:write or read; several may be given.")],
    scenario: Scenario = None,
) -> None:
    """Makes a key and prints it, this once."""
    scopes: list[Scope] = [_one_of(one, SCOPES, "--scope") for one in scope]
    with context.obj.open_sealing_session(scenario) as (session, key):
        made, plain = api_keys_service.create(session, key, name, scopes, dt.datetime.now(dt.UTC))
        id_ = made.id
    typer.echo(f"{id_}\t{plain}")


@api_keys.command("list")
def list_api_keys(context: typer.Context, json_: Json = False, scenario: Scenario = None) -> None:
    """Lists the keys, ended ones too."""
    columns = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    with context.obj.open_session(scenario) as session:
        rows = [
            {name: getattr(key, name) for name in columns} for key in repository.api_keys(session, None, None, _ALL)
        ]
    _print(rows, json_)


@api_keys.command()
def rotate(
    context: typer.Context,
    key_id: str,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720, help="How long the old key goes on.")] = 24,
    scenario: Scenario = None,
) -> None:
    """Makes a key in another's place and prints it, this once."""
    with context.obj.open_sealing_session(scenario) as (session, key):
        overlap = dt.timedelta(hours=overlap_hours)
        made, plain = api_keys_service.rotate(session, key, key_id, overlap, dt.datetime.now(dt.UTC))
        id_ = made.id
    typer.echo(f"{id_}\t{plain}")


@api_keys.command()
def revoke(context: typer.Context, key_id: str, scenario: Scenario = None) -> None:
    """Ends a key at once."""
    with context.obj.open_session(scenario) as session:
        api_keys_service.revoke(session, key_id, dt.datetime.now(dt.UTC))


def _one_of(value: str, allowed: tuple[Any, ...], option: str) -> Any:
    if value not in allowed:
        raise SetupError(f"{option}: {value} is none of {', '.join(allowed)}")
    return value


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    for row in rows:
        if as_json:
            typer.echo(json.dumps(row, default=str))
        else:
            typer.echo("\t".join("-" if value is None else str(value) for value in row.values()))
