"""Whether a version of a rule can be relied on: names, types, cells, a default, rows that no fact reaches or two claim.

The sweep is exact, not a sample. A column's cells change their meaning only next to the values that they name, so a
value on each side of each stands for all others; and what matters of a value is which rows it leaves possible. Columns
are taken in turn, each set of rows still possible kept once, with facts that lead to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fenrun.compliance import cells, code
from fenrun.compliance.documents import RuleDocument
from fenrun.compliance.engine import Line, Table
from fenrun.compliance.errors import FactsError
from fenrun.compliance.vocabulary import LARGEST, Facts, Field, Outcome, Value, fields

MOST_SETS = 20_000
"""Of rows still possible, at once. A table with more is too tangled to be understood, and is refused."""
_SHOWN = 20

Level = Literal["error", "note"]


@dataclass(frozen=True)
class Flaw:
    """What is wrong, or worth knowing: an error keeps a version from being tested."""

    level: Level
    code: str
    where: str
    """Such as `rows[2].own_share_bps`."""
    message: str


@dataclass(frozen=True)
class Tried:
    """What came of a case."""

    name: str
    expected: Outcome
    found: Outcome | None
    """None when its facts cannot be judged."""
    problem: str | None = None

    @property
    def passed(self) -> bool:
        """Whether it came out as expected."""
        return self.found == self.expected


def check(document: RuleDocument) -> list[Flaw]:
    """All flaws of a version; it is sound when none is an error."""
    if document.kind == "code":
        return [Flaw("error", "settings", where, message) for where, message in code.flaws(document)]
    found = [*_names(document), *_cells(document)]
    if document.settings:
        found.append(Flaw("error", "settings", "settings", "A table has no settings"))
    if document.default is None:
        found.append(Flaw("error", "default_missing", "default", "Say what applies when no row does"))
    if any(flaw.level == "error" for flaw in found):
        return found
    try:
        table = Table(document)
    except Exception as error:  # noqa: BLE001 - whatever the engine dislikes, the author has to hear of
        return [Flaw("error", "not_compiled", "rows", f"The engine does not take the table: {_first(error)}")]
    return [*found, *_sweep(table)]


def test(document: RuleDocument) -> list[Tried]:
    """What comes of a version's cases. It must be sound."""
    rule = code.of(document) if document.kind == "code" else Table(document)
    tried = []
    for case in document.cases:
        try:
            outcome: Outcome | None = outcome_of(rule, case.facts)
            tried.append(Tried(case.name, case.expect, outcome))
        except FactsError as error:
            tried.append(Tried(case.name, case.expect, None, str(error)))
    return tried


def outcome_of(rule: "Table | code.Coded", facts: Facts) -> Outcome:
    """What a rule says about facts.

    Raises:
        FactsError: they are missing, or of another type.
    """
    if isinstance(rule, code.Coded):
        said = rule.judge(facts)
        return said.outcome if said is not None else "PASS"
    [row] = rule.ask([rule.values(facts)])
    default = rule.document.default
    assert default is not None
    return rule.lines[row].row.outcome if row < len(rule.lines) else default.outcome


def _names(document: RuleDocument) -> Iterator[Flaw]:
    vocabulary = fields()[document.point]
    known = ", ".join(vocabulary)
    for index, name in enumerate(document.inputs):
        if name not in vocabulary:
            yield Flaw(
                "error", "unknown_fact", f"inputs[{index}]", f"{document.point} has no fact {name}; it has {known}"
            )
        elif name in document.inputs[:index]:
            yield Flaw("error", "twice", f"inputs[{index}]", f"{name} is an input already")
    if not document.inputs:
        yield Flaw("error", "no_inputs", "inputs", "A table needs an input")
    if not document.rows:
        yield Flaw("error", "no_rows", "rows", "A table needs a row; a rule that never says anything is switched off")
    for name in document.inputs:
        if document.rows and not any(row.when.get(name, "").strip() for row in document.rows):
            yield Flaw(
                "error", "unused", "inputs", f"No row reads {name}; take it out, or the rule waits for it in vain"
            )
    if all(row.outcome == "PASS" for row in document.rows) and document.default and document.default.outcome == "PASS":
        yield Flaw("error", "says_nothing", "rows", "Whatever the facts, it says PASS")


def _cells(document: RuleDocument) -> Iterator[Flaw]:
    vocabulary = fields()[document.point]
    for index, row in enumerate(document.rows):
        for name, cell in row.when.items():
            where = f"rows[{index}].{name}"
            if name not in document.inputs:
                yield Flaw("error", "no_input", where, f"{name} is none of the table's inputs")
            elif name in vocabulary:
                try:
                    cells.read(cell, vocabulary[name])
                except cells.CellError as error:
                    yield Flaw("error", "cell", where, str(error))


# --- The sweep --------------------------------------------------------------------------------------


def _sweep(table: Table) -> Iterator[Flaw]:
    reached = possible(table.lines, table.inputs)
    if reached is None:
        yield Flaw("error", "tangled", "rows", "Too many combinations of rows to tell what applies; make two tables")
        return
    lines = table.lines
    witnesses = list(reached.values())
    for values, row in zip(witnesses, table.ask(witnesses), strict=True):
        ours = next((n for n, line in enumerate(lines) if line.holds(values)), len(lines))
        if row != ours:
            yield Flaw(
                "error",
                "engine_differs",
                f"rows[{ours}]",
                f"The engine reads a cell otherwise: {_shown(table, values)}",
            )
    for n in range(len(lines)):
        if not any(rows >> n & 1 for rows in reached):
            yield Flaw("error", "unreachable", f"rows[{n}]", "No facts lead to this row")
    yield from _overlaps(table, reached)
    if 0 in reached:
        yield Flaw("note", "default", "default", f"No row says anything of, for example, {_shown(table, reached[0])}")
    else:
        yield Flaw("note", "default_unused", "default", "The rows say something of everything")


def _overlaps(table: Table, reached: dict[int, tuple[Value, ...]]) -> Iterator[Flaw]:
    told: set[tuple[int, int]] = set()
    for rows, values in reached.items():
        claiming = [n for n in range(len(table.lines)) if rows >> n & 1]
        for other in claiming[1:]:
            pair = (claiming[0], other)
            differ = table.lines[pair[0]].row.outcome != table.lines[other].row.outcome
            if differ and pair not in told and len(told) < _SHOWN:
                told.add(pair)
                yield Flaw(
                    "error", "overlap", f"rows[{other}]",
                    f"Row {pair[0] + 1} says {table.lines[pair[0]].row.outcome} of the same: {_shown(table, values)}",
                )  # fmt: skip


def possible(lines: list[Line], inputs: tuple[Field, ...]) -> dict[int, tuple[Value, ...]] | None:
    """Every set of rows that hold together (a bit for each), with facts for which they do; None: over `MOST_SETS`."""
    reached: dict[int, tuple[Value, ...]] = {(1 << len(lines)) - 1: ()}
    for column, field in enumerate(inputs):
        masks: dict[int, Value] = {}
        for value in representatives(field, [line.cells[column] for line in lines]):
            holding = sum(1 << n for n, line in enumerate(lines) if line.cells[column].holds(value))
            masks.setdefault(holding, value)
        following: dict[int, tuple[Value, ...]] = {}
        for rows, values in reached.items():
            for holding, value in masks.items():
                following.setdefault(rows & holding, (*values, value))
        if len(following) > MOST_SETS:
            return None
        reached = following
    return reached


def representatives(field: Field, column: list[cells.Cell]) -> list[Value]:
    """Values that stand for all that a fact can be: cells hold for all or none of those that one stands for."""
    found: list[Value] = [None] if field.optional else []
    if field.type == "boolean":
        return [*found, False, True]
    if field.type == "choice":
        return [*found, *field.choices]
    edges = {edge for cell in column for edge in cell.edges()}
    if field.type == "text":
        other = "other"
        while other in edges:
            other += "*"
        return [*found, *sorted(str(edge) for edge in edges), other]
    beside = {int(edge) + step for edge in edges if edge is not None for step in (-1, 0, 1)} | {field.minimum, LARGEST}
    return [*found, *sorted(value for value in beside if field.minimum <= value <= LARGEST)]


def _shown(table: Table, values: tuple[Value, ...]) -> str:
    return ", ".join(
        f"{field.name} = {'unknown' if value is None else value}"
        for field, value in zip(table.inputs, values, strict=True)
    )


def _first(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0][:200]
