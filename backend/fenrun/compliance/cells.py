"""The cells of a decision table: what one may say, whether it holds for a value, and where its meaning changes.

A cell is empty (anything), or alternatives with commas between:

    500              this number            "agent"      this text
    >= 500           also >, <, <=          [1..500]     from 1 to 500, both included
    true  false      null: not known        not "agent"  any known value but this

The engine has a language of its own, far wider. It is not offered: what it cannot read or decide it calls "no match",
without a word, and a table of arbitrary expressions cannot be swept for gaps. A cell is translated into its plainest
forms (`expression`); `holds` is the same by itself, and checking compares the two on the compiled table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fenrun.compliance.vocabulary import LARGEST, Field, Value

_INTEGER = r"-?\d{1,19}"
_TEXT = r'"[^"\\]*"'
_PART = re.compile(
    rf"\s*(?:(?P<null>null)|(?P<bool>true|false)|\[\s*(?P<low>{_INTEGER})\s*\.\.\s*(?P<high>{_INTEGER})\s*\]"
    rf"|(?P<op>>=|<=|>|<)\s*(?P<bound>{_INTEGER})|(?P<int>{_INTEGER})|(?P<no>not\s+)?(?P<text>{_TEXT}))\s*(?:,|$)"
)


class CellError(Exception):
    """A cell says nothing that can be judged by."""


@dataclass(frozen=True)
class Part:
    """One alternative: `null`, a value, or a range of numbers (None is no end)."""

    null: bool = False
    equal: Value = None
    low: int | None = None
    high: int | None = None

    def holds(self, value: Value) -> bool:
        """Whether it holds for a value of the fact's type."""
        if self.null or value is None:
            return self.null and value is None
        if self.equal is not None:
            return value == self.equal
        assert isinstance(value, int)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def expression(self) -> str:
        """The same in the engine's language."""
        if self.null:
            return "null"
        if isinstance(self.equal, str):
            return f'"{self.equal}"'
        if self.equal is not None:
            return str(self.equal).lower()
        if self.low is None or self.high is None:
            return f">= {self.low}" if self.high is None else f"<= {self.high}"
        return str(self.low) if self.low == self.high else f"[{self.low}..{self.high}]"


@dataclass(frozen=True)
class Cell:
    """What a row says about one fact; without parts, nothing."""

    parts: tuple[Part, ...]

    def holds(self, value: Value) -> bool:
        """Whether the row's condition holds for a value of the fact's type."""
        return not self.parts or any(part.holds(value) for part in self.parts)

    def expression(self) -> str:
        """The same in the engine's language; empty for anything.

        `null` comes first: a comparison with an unknown value fails there, and with it what stands behind.
        """
        return ", ".join(part.expression() for part in sorted(self.parts, key=lambda part: not part.null))

    def edges(self) -> Iterator[Value]:
        """Values next to which it says something else."""
        for part in self.parts:
            if part.equal is not None:
                yield part.equal
            yield from (end for end in (part.low, part.high) if end is not None)


def read(cell: str, field: Field) -> Cell:
    """A cell about a fact.

    Raises:
        CellError: it cannot be read, is of another type, or names a choice that the fact does not have.
    """
    parts: list[Part] = []
    at = 0
    if not cell.strip():
        return Cell(())
    while at < len(cell):
        found = _PART.match(cell, at)
        if found is None:
            raise CellError(f'“{cell[at:].strip()}” cannot be read; write a value, >= 5, [1..5], null or not "a"')
        parts += _parts(found, field)
        at = found.end()
    if cell.rstrip().endswith(","):
        raise CellError("Nothing follows the last comma")
    return Cell(tuple(parts))


def _parts(found: re.Match[str], field: Field) -> list[Part]:
    if found["null"]:
        if not field.optional:
            raise CellError(f"{field.name} is always known; null never happens")
        return [Part(null=True)]
    kind = "boolean" if found["bool"] else "text" if found["text"] else "integer"
    if kind != ("text" if field.type == "choice" else field.type):
        raise CellError(f"{field.name} is {_A[field.type]}, and “{found[0].strip(' ,')}” is {_A[kind]}")
    if found["bool"]:
        return [Part(equal=found["bool"] == "true")]
    if found["text"]:
        return [Part(equal=text) for text in _texts(found["text"][1:-1], bool(found["no"]), field)]
    return [_range(found, field)]


def _texts(text: str, negated: bool, field: Field) -> list[str]:
    if field.type == "choice" and text not in field.choices:
        raise CellError(f"{field.name} is never “{text}”; it is one of {', '.join(field.choices)}")
    if negated and field.type != "choice":
        raise CellError(f"{field.name} can be any text; “not” is for choices")
    return [choice for choice in field.choices if choice != text] if negated else [text]


_A = {"boolean": "true or false", "text": "a text", "integer": "a whole number", "choice": "one of its choices"}


def _range(found: re.Match[str], field: Field) -> Part:
    low: int | None
    high: int | None
    if found["int"]:
        low = high = int(found["int"])
    elif found["op"]:
        bound = int(found["bound"])
        low = {">=": bound, ">": bound + 1}.get(found["op"])
        high = {"<=": bound, "<": bound - 1}.get(found["op"])
    else:
        low, high = int(found["low"]), int(found["high"])
    if low is not None and high is not None and low > high:
        raise CellError(f"[{low}..{high}] holds for no number")
    if (high is not None and high < field.minimum) or (low is not None and low > LARGEST):
        raise CellError(f"{field.name} is at least {field.minimum}; this never holds")
    return Part(low=low, high=high)
