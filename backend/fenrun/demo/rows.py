"""Reading the CSV files of a scenario: a bad row is refused with its line, and never takes another with it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fenrun.kit.errors import SetupError

MAX_FIELD = 200


class Refused(NamedTuple):
    """A row that is not taken in."""

    order_id: str
    reason: str
    detail: str
    file: str
    line: int


class Row(NamedTuple):
    """A row of a file, by column."""

    line: int
    values: dict[str, str]


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row | Refused]:
    """The rows of a CSV file.

    A record is one line: a quote that is never closed spoils its own line and no more.

    Raises:
        SetupError: the file or one of its columns is missing.
    """
    if not path.is_file():
        raise SetupError(f"{path} is missing; a scenario needs partners.csv, customers.csv, orders.csv and plans.yaml")
    csv.field_size_limit(1 << 30)
    with path.open("rb") as file:
        header: list[str] | None = None
        for line, raw in enumerate(file, start=1):
            content = raw.rstrip(b"\r\n")
            if line == 1:
                content = content.removeprefix(b"\xef\xbb\xbf")
            if not content.strip():
                continue
            fields = _fields(content)
            if header is None:
                header = fields if isinstance(fields, list) else []
                missing = [column for column in columns if column not in header]
                if missing:
                    raise SetupError(
                        f"{path.name}: column {missing[0]} is missing; it has {', '.join(header) or 'none'}"
                    )
                continue
            yield _row(content, fields, header, path.name, line)
    if header is None:
        raise SetupError(f"{path.name} is empty; its first line names the columns {', '.join(columns)}")


def _row(content: bytes, fields: list[str] | str, header: list[str], file: str, line: int) -> Row | Refused:
    """The row of a line, or why it is none."""
    if isinstance(fields, str):
        return Refused(_guess_id(content), "row_malformed", fields, file, line)
    if len(fields) != len(header):
        detail = f"{len(fields)} fields instead of {len(header)}"
        return Refused(_short(fields[0]), "row_malformed", detail, file, line)
    for name, value in zip(header, fields, strict=True):
        if len(value) > MAX_FIELD:
            detail = f"{name} has {len(value):,} characters; at most {MAX_FIELD} are possible"
            return Refused(_short(fields[0]), "field_too_large", detail, file, line)
    return Row(line, {name: value.strip() for name, value in zip(header, fields, strict=True)})


def _fields(content: bytes) -> list[str] | str:
    """The fields of a line, or what is wrong with it."""
    if b"\0" in content:
        return "it contains a zero byte"
    try:
        return next(csv.reader([content.decode()], strict=True))
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except csv.Error as error:
        return f"it is not CSV: {error}"


def _guess_id(content: bytes) -> str:
    return _short(content.replace(b"\0", b"").split(b",")[0].decode(errors="replace").strip('"'))


def _short(text: str) -> str:
    return text if len(text) <= 64 else text[:64] + "…"
