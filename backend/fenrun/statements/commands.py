"""`fenrun statement`, `fenrun export`, `fenrun verify`."""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.markup import escape

from fenrun.chain.client import Client
from fenrun.kit.days import Days
from fenrun.kit.errors import MalformedError, NotFoundError
from fenrun.kit.terminal import console, plain_errors
from fenrun.payouts import repository as payouts
from fenrun.registry import repository as registry
from fenrun.settlement.reads import Filters
from fenrun.statements import beancount, build, check, export, service, verify
from fenrun.statements import page as page_file
from fenrun.statements.errors import CheckError
from fenrun.statements.tasks import source_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fenrun.registry.models import Partner
    from fenrun.settlement.tasks import Road

app = typer.Typer()

Opener = Callable[[Path | None], "AbstractContextManager[Road]"]
"""Opens an installation; the command line has it in its context's `obj`."""

Scenario = Annotated[Path | None, typer.Option("--scenario", help="Whose installation: as of `fenrun demo`.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write here; otherwise to standard output.")]


class Kind(StrEnum):
    """What can be exported."""

    commissions = "commissions"
    orders = "orders"
    payouts = "payouts"
    beancount = "beancount"


class FileFormat(StrEnum):
    """What a statement or a list can be written as."""

    json = "json"
    pdf = "pdf"
    csv = "csv"
    xlsx = "xlsx"


class PdfLanguage(StrEnum):
    """The languages of a PDF."""

    en = "en"
    zh = "zh"


@app.command()
def statement(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(help="Its id in the CRM, or pn_….")],
    period: Annotated[str, typer.Argument(help="YYYY-MM, UTC.")],
    format_: Annotated[FileFormat, typer.Option("--format", help="json or pdf.")] = FileFormat.json,
    language: PdfLanguage = PdfLanguage.en,
    out: Out = None,
    scenario: Scenario = None,
) -> None:
    """Writes a partner's statement of a month, with all its proofs."""
    with plain_errors(), _opened(context, scenario) as road, road.sessions() as session:
        month = _month(period)
        if month not in service.months(session, dt.datetime.now(dt.UTC).date()):
            raise NotFoundError(f"The books have no month {period}")
        made = build.statement(session, source_of(road), _partner(session, partner), month)
        if format_ == FileFormat.pdf:
            from fenrun.statements import pdf

            content = pdf.render(made, language.value)
        elif format_ == FileFormat.json:
            content = made.model_dump_json(indent=1).encode() + b"\n"
        else:
            raise MalformedError("A statement is json or pdf")
        _write(out, iter([content]))


@app.command("export")
def export_(
    context: typer.Context,
    kind: Kind,
    format_: Annotated[FileFormat, typer.Option("--format", help="csv or xlsx.")] = FileFormat.csv,
    partner: Annotated[str | None, typer.Option(help="Only this one's: its id in the CRM, or pn_….")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day, in the timezone.")] = None,
    to: Annotated[str | None, typer.Option(help="Last day, in the timezone; included to its end.")] = None,
    timezone: Annotated[str, typer.Option(help="IANA name.")] = "UTC",
    out: Out = None,
    scenario: Scenario = None,
) -> None:
    """Writes a list as CSV or XLSX, or the journal as a Beancount file."""
    with plain_errors(), _opened(context, scenario) as road, road.sessions() as session:
        number = _partner(session, partner).number if partner else None
        currency = source_of(road).currency
        if kind == Kind.beancount:
            _write(out, (f"{line}\n".encode() for line in beancount.lines(session, currency, number)))
            return
        table = export.TABLES[kind.value]
        filters = {
            Kind.commissions: lambda: Filters.of(partner=number),
            Kind.orders: lambda: Filters.of(order_of_partner=number),
            Kind.payouts: lambda: payouts.conditions(payee=number),
        }[kind]()
        rows = export.rows(session, table, filters, currency, _days(timezone, from_, to))
        if format_ == FileFormat.xlsx:
            with export.as_xlsx(table.columns, rows, kind.value) as file:
                _write(out, iter([file.read()]))
        elif format_ == FileFormat.csv:
            _write(out, export.as_csv(table.columns, rows))
        else:
            raise MalformedError("A list is csv or xlsx")


@app.command("verify")
def verify_(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="statement.json or a case's PDF", exists=True, dir_okay=False)
    ] = None,
    rpc: Annotated[str | None, typer.Option(help="A node of the chain; without it only the file itself.")] = None,
    ledger: Annotated[str | None, typer.Option(help="The address that the ledger must have.")] = None,
    page: Annotated[Path | None, typer.Option(help="Write the page that does this offline in a browser.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Checks a statement or a case file, by itself and against the chain. Needs no server and no database of ours."""
    with plain_errors():
        if page is not None:
            page.write_text(page_file.text(), "utf-8")
            console.print(f"Wrote {page}: open it in a browser")
        if file is None:
            if page is None:
                raise MalformedError("Name a statement.json, or write the page by --page")
            return
        report = _verified_case(context, file, rpc) if _is_pdf(file) else _verified(file, rpc, ledger)
    if json_:
        print(json.dumps(verify.as_json(report)))
    else:
        _print(report)
    if report.wrong:
        raise typer.Exit(1)


def _is_pdf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(5) == b"%PDF-"


def _verified_case(context: typer.Context, file: Path, rpc: str | None) -> verify.Report:
    """The report on a case file, which stands above this layer; the context knows who makes it."""
    found: verify.Report = context.obj.case_report(file.read_bytes(), rpc)
    return found


def _verified(file: Path, rpc: str | None, ledger: str | None) -> verify.Report:
    """The report; what could not even be read or compared is a report too: the statement is not proven."""
    try:
        read = check.read(file.read_bytes())
    except CheckError as error:
        return verify.failed("readable", error.detail)
    if rpc is None:
        if ledger is not None and ledger.lower() != read.contracts[verify.LEDGER].lower():
            return verify.failed("ledger", f"The statement is of the ledger {read.contracts[verify.LEDGER]}")
        return verify.by_itself(read)
    with closing(Client(rpc)) as client:
        try:
            return verify.against_chain(read, client, ledger)
        except CheckError as error:
            return verify.failed("chain", error.detail, read)


def _print(report: verify.Report) -> None:
    for found in report.checks:
        if not found.compared and found.wrong is None:
            console.print(f"– {found.name}, nothing to compare", soft_wrap=True)
            continue
        mark = "[red]✗[/]" if found.wrong else "[green]✓[/]"
        console.print(f"{mark} {found.name}, {found.compared:,} comparisons", soft_wrap=True)
    where = f"ledger {report.ledger} on chain {report.chain_id}"
    upto = f", up to block {report.block_number}" if report.block_number is not None else ", not asked"
    console.print(f"  {escape(where)}{upto}", soft_wrap=True, highlight=False)
    for note in report.notes:
        console.print(f"  {escape(note)}", soft_wrap=True, highlight=False)
    if report.wrong:
        console.print(f"[red]Wrong:[/] {escape(report.wrong)}", soft_wrap=True, highlight=False)
    else:
        console.print(f"[green]Nothing is wrong in this {report.what}[/]")


def _opened(context: typer.Context, scenario: Path | None) -> "AbstractContextManager[Road]":
    opener: Opener = context.obj.open_road
    return opener(scenario)


def _partner(session: "Session", text: str) -> "Partner":
    found = registry.by_id(session, text) or registry.by_external_id(session, text)
    if found is None:
        raise NotFoundError(f"No partner {text}")
    return found


def _month(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise MalformedError(f"{text} is no month; write YYYY-MM") from error


def _days(timezone: str, first: str | None, last: str | None) -> Days:
    try:
        zone = ZoneInfo(timezone)
        return Days(zone, *(dt.date.fromisoformat(day) if day else None for day in (first, last)))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedError(f"{error}: write days as YYYY-MM-DD, and a timezone such as Asia/Shanghai") from error


def _write(out: Path | None, pieces: Iterator[bytes]) -> None:
    if out is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    with out.open("wb") as file:
        file.writelines(pieces)
