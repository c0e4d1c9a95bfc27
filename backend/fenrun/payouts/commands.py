"""`fenrun payouts`: the four steps of a run, by a member of finance who gives a password as in the portal."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session, sessionmaker

from fenrun.kit import audit_log
from fenrun.kit.errors import ForbiddenError, UnauthorizedError
from fenrun.kit.money import Currency
from fenrun.kit.security import is_password
from fenrun.kit.terminal import console
from fenrun.payouts import answers_service, file_service, repository, service
from fenrun.payouts.settings import load_payout_settings
from fenrun.payouts.states import Rail
from fenrun.registry import members_repository as members
from fenrun.registry.access import PERMISSIONS

commands = typer.Typer(
    no_args_is_help=True, help="Payout runs: prepare, approve, export the bank file, import the answer."
)


@dataclass(frozen=True)
class Desk:
    """What the commands need of an installation; the context's object is `fenrun.desk`, which opens it."""

    sessions: "sessionmaker[Session]"
    currency: Currency
    reference_key: bytes


Login = Annotated[str, typer.Option("--as", metavar="LOGIN", help="Who does this.", prompt="Login")]
Password = Annotated[
    str, typer.Option("--password", envvar="FENRUN_PASSWORD", prompt=True, hide_input=True, help="Theirs.")
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, pr_…")]


@commands.command()
def prepare(
    context: typer.Context,
    pays_on: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DAY")],
    login: Login,
    password: Password,
    token: Annotated[bool, typer.Option("--token", help="Paid by the vault, to wallets.")] = False,
) -> None:
    """Makes a run of everybody who can be paid on a day; prints its id, and on the side who was left out and why."""
    desk = _desk(context)
    with _acting(desk, login, password) as (session, actor):
        key, today = desk.reference_key, dt.datetime.now(dt.UTC).date()
        code, settings = desk.currency.code, load_payout_settings()
        rail: Rail = "token" if token else "bank"
        run = service.prepare(session, actor, pays_on.date(), code, desk.currency, settings, key, today, rail)
        # All of it: whoever is left out will ask.
        left_out = repository.page(session, repository.EXCLUSION, limit=1_000_000, run=run.id)
        _tell(session, run.id, desk.currency)
    for row in left_out:
        console.print(f"[yellow]left out[/] {row['partner_name']}: {row['detail']}", soft_wrap=True)
    print(run.id)


@commands.command()
def approve(context: typer.Context, run_id: RunId, login: Login, password: Password) -> None:
    """Approves a run that another member prepared."""
    desk = _desk(context)
    with _acting(desk, login, password) as (session, actor):
        key = desk.reference_key
        service.approve(session, run_id, actor, key, desk.currency, dt.datetime.now(dt.UTC))
        _tell(session, run_id, desk.currency)


@commands.command()
def export(
    context: typer.Context,
    run_id: RunId,
    login: Login,
    password: Password,
    out: Annotated[Path, typer.Option("--out", help="Folder to write the file to.", file_okay=False)] = Path(),
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of ISO 20022 pain.001.")] = False,
) -> None:
    """Writes the bank file of an approved run, which is sent from here on; prints where it is."""
    desk = _desk(context)
    with _acting(desk, login, password) as (session, actor):
        key = desk.reference_key
        format_: file_service.Format = "csv" if as_csv else "pain.001"
        file = file_service.make_file(session, run_id, format_, actor, load_payout_settings(), key, desk.currency)
        # Before the transaction ends: a file that cannot be written was not sent.
        path = out / file.name
        path.write_bytes(file.content)
        _tell(session, run_id, desk.currency)
    console.print(f"SHA-256 {file.sha256}")
    print(path)


@commands.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, pain.002, camt.053 or camt.054.")],
    login: Login,
    password: Password,
) -> None:
    """Takes in the bank's answer, all rows or none. The same file again changes nothing."""
    desk = _desk(context)
    with _acting(desk, login, password) as (session, actor):
        now = dt.datetime.now(dt.UTC)
        taken = answers_service.take_in(session, file.read_bytes(), actor, desk.currency, desk.reference_key, now)
    if taken.replayed:
        console.print("This file was taken in before; nothing changed")
    console.print(
        f"{taken.paid} paid, {taken.failed} failed, {taken.bounced} sent back, {taken.unchanged} known already"
    )


def _desk(context: typer.Context) -> Desk:
    """The installation, opened only now: help needs none."""
    instance = context.with_resource(context.obj.open_instance(None))
    currency = Currency.of(instance.currency)
    assert currency is not None
    return Desk(instance.sessions, currency, instance.keys.reference_key)


@contextmanager
def _acting(desk: Desk, login: str, password: str) -> Iterator[tuple[Session, service.Actor]]:
    """A transaction in the name of a member of finance;"""
    with desk.sessions.begin() as session:
        member = members.member_by_login(session, login)
        if not is_password(password, member.password_hash if member else None) or member is None:
            raise UnauthorizedError("Login or password is wrong")
        if "books:write" not in PERMISSIONS[member.role]:
            raise ForbiddenError("This is for the vendor's finance staff")
        audit_log.act_as(session, member.id, member.login)
        yield session, service.Actor(member.id, member.login)


def _tell(session: Session, run_id: str, currency: Currency) -> None:
    [row] = repository.page(session, repository.RUN, run=run_id)
    net, withheld = currency.format(int(row["net"])), currency.format(int(row["withheld"]))
    console.print(
        f"Run {run_id}, {row['status']}: {row['payouts']} payouts, {net} {currency.code} to pay,"
        f" {withheld} withheld, {row['left_out']} left out"
    )
