"""Lists as files: the rows of a list endpoint, under the same filters, all of them, as CSV or XLSX.

Moments are written in the timezone that was asked for, with its offset; a range of days is that timezone's, from the
first moment of its first day to the last one of its last. UTC days stay as they are: the contract counts by them.
"""

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, NamedTuple

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session, sessionmaker

from fenrun.chain.client import to_hex
from fenrun.kit.days import Days
from fenrun.kit.money import Currency
from fenrun.payouts import repository as payouts
from fenrun.settlement import explain, reads
from fenrun.settlement.reads import Filters
from fenrun.statements import repository

PAGE_ROWS = 500
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

# What spreadsheets take for the beginning of a formula. A number may begin with a sign.
_FORMULA = re.compile(r"[=+\-@\t\r\n|%＝＋－＠]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Beyond this a spreadsheet's number is no longer exact.
_EXACT_DIGITS = 15


class Money(NamedTuple):
    """An amount in a row."""

    minor: int
    currency: Currency

    def __str__(self) -> str:
        return self.currency.format(self.minor)


Cell = str | int | Money | dt.date | dt.datetime | None


@dataclass(frozen=True)
class Table:
    """A list that can be a file."""

    columns: tuple[str, ...]
    page: Callable[[Session, Filters, int | None], Sequence[RowMapping]]
    """The rows after a position, newest first."""
    conditions: tuple[str, str]
    """Of a range of time, on `since` and on `until`."""
    rows: Callable[[Session, Sequence[RowMapping], Currency, Days], Iterator[list[Cell]]]


def snapshot(sessions: "sessionmaker[Session]") -> Session:
    """A session that sees one state of the database from its first page to its last, while others write."""
    session = sessions()
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


def rows(session: Session, table: Table, filters: Filters, currency: Currency, days: Days) -> Iterator[list[Cell]]:
    """All rows under some filters and in some days, newest first."""
    narrowed, after = filters.within(table.conditions, days), None
    while True:
        page = table.page(session, narrowed, after)
        yield from table.rows(session, page, currency, days)
        if len(page) < PAGE_ROWS:
            return
        after = page[-1]["position"]


def _commissions(session: Session, page: Sequence[RowMapping], currency: Currency, days: Days) -> Iterator[list[Cell]]:
    times = repository.block_times(session, [row["block_number"] for row in page])
    for out in explain.commissions(session, page):
        yield [
            out.id, out.order_id, out.order_external_id, out.partner_id, out.partner_name, out.role, out.kind,
            Money(int(out.base), currency), out.rate_bps, Money(int(out.amount), currency), out.currency, out.status,
            out.tier, Money(int(out.tier_volume), currency), out.tier_month, out.plan.code, out.plan.version,
            out.order_paid_on, out.settled_on, days.local(times[out.block_number]), out.payable_on, out.paid_on,
            out.transaction_hash, out.block_number, "yes" if out.finalized else "no",
        ]  # fmt: skip


def _orders(session: Session, page: Sequence[RowMapping], currency: Currency, days: Days) -> Iterator[list[Cell]]:
    times = repository.order_times(session, [row["position"] for row in page])
    for row in page:
        out = explain.order(row)
        yield [
            out.id, out.external_id, out.source, out.customer_external_id, out.kind, Money(int(out.base), currency),
            out.currency, days.local(times[row["position"]]), out.status, out.reason, out.settled_on, out.batch_id,
        ]  # fmt: skip


def _payouts(session: Session, page: Sequence[RowMapping], currency: Currency, days: Days) -> Iterator[list[Cell]]:
    times = repository.payout_times(session, [row["position"] for row in page])
    for row in page:
        paid_at, hash_ = times.get(row["position"]), row["transaction_hash"]
        yield [
            row["id"], row["run_id"], row["partner_id"], row["partner_name"],
            *(Money(int(row[name]), currency) for name in ("gross", "withheld", "net")), currency.code,
            row["tax_rule"], row["status"], row["reason"], row["paid_on"],
            None if paid_at is None else days.local(paid_at), row["bank_reference"],
            None if hash_ is None else to_hex(bytes(hash_)),
        ]  # fmt: skip


def _pages(query: str) -> Callable[[Session, Filters, int | None], Sequence[RowMapping]]:
    return lambda session, filters, after: reads.page(session, query, filters, after, None, PAGE_ROWS)


TABLES = {
    "commissions": Table(
        (
            "id", "order_id", "order_external_id", "partner_id", "partner_name", "role", "kind", "base", "rate_bps",
            "amount", "currency", "status", "tier", "tier_volume", "tier_month", "plan", "plan_version",
            "order_paid_on", "settled_on", "settled_at", "payable_on", "paid_on", "transaction_hash", "block_number",
            "final",
        ),
        _pages(reads.COMMISSION),
        reads.COMMISSION_DAYS,
        _commissions,
    ),
    "orders": Table(
        (
            "id", "external_id", "source", "customer_external_id", "kind", "base", "currency", "paid_at", "status",
            "reason", "settled_on", "batch_id",
        ),
        _pages(reads.ORDER),
        ("o.paid_at >= to_timestamp(:since)", "o.paid_at < to_timestamp(:until)"),
        _orders,
    ),
    "payouts": Table(
        (
            "id", "run_id", "partner_id", "partner_name", "gross", "withheld", "net", "currency", "tax_rule", "status",
            "reason", "paid_on", "paid_at", "bank_reference", "transaction_hash",
        ),
        lambda session, filters, after: payouts.page_of(session, payouts.PAYOUT, filters, after, None, PAGE_ROWS),
        reads.in_block("po"),
        _payouts,
    ),
}  # fmt: skip


# --- Files ----------------------------------------------------------------------------------------------


def text_of(cell: Cell) -> str:
    """A cell of a CSV file. What a spreadsheet would run as a formula is made text by an apostrophe before it."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date | dt.datetime):
        return cell.isoformat()
    text = str(cell)
    if isinstance(cell, str) and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def as_csv(columns: Sequence[str], found: Iterator[list[Cell]]) -> Iterator[bytes]:
    """A CSV file (RFC 4180, UTF-8 with the mark that spreadsheets look for), piece by piece."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(_BOM)
    writer.writerow(columns)
    for number, row in enumerate(found, start=1):
        writer.writerow([text_of(cell) for cell in row])
        if number % PAGE_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_xlsx(columns: Sequence[str], found: Iterator[list[Cell]], name: str) -> IO[bytes]:
    """An XLSX file, row after row into a temporary file; whoever closes it removes it.

    Texts are never formulas or links. Times are without zone, as the format has none: in the timezone that was asked
    for, whose offset is in the column's text of the CSV file.
    """
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "remove_timezone": True}  # fmt: skip
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(name)
    formats = {kind: book.add_format(style) for kind, style in _STYLES.items()}
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, formats["head"])
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(found, start=1):
        for at, cell in enumerate(row):
            _write(sheet, number, at, cell, formats)
    book.close()
    file.seek(0)
    return file


_STYLES = {
    "head": {"bold": True},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    **{f"money{decimals}": {"num_format": "0" + "." * (decimals > 0) + "0" * decimals} for decimals in range(5)},
}


def _write(sheet: Any, row: int, at: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case Money() if len(str(abs(cell.minor))) <= _EXACT_DIGITS:
            amount = Decimal(cell.minor).scaleb(-cell.currency.decimals)
            sheet.write_number(row, at, amount, formats[f"money{cell.currency.decimals}"])
        case Money():
            sheet.write_string(row, at, str(cell))
        case dt.datetime():
            sheet.write_datetime(row, at, cell, formats["moment"])
        case dt.date():
            sheet.write_datetime(row, at, cell, formats["day"])
        case int():
            sheet.write_number(row, at, cell)
        case str():
            sheet.write_string(row, at, cell)
