"""Judging facts by decision tables: zen-engine behind a door that lets nothing pass in silence.

By itself the engine takes a broken cell, a missing field and `"6"` for `6` for "no match". So it is given nothing but
tables that `checking` has found sound, made here of cells that were read (there are no function nodes, HTTP nodes or
expressions of others in them), and facts whose names and types were compared with the vocabulary.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import zen

from fenrun.compliance import cells
from fenrun.compliance.documents import RuleDocument, RuleRow
from fenrun.compliance.errors import FactsError
from fenrun.compliance.vocabulary import Facts, Field, Value, fields

_KEPT = 10_000
"""How many answers a table remembers: facts of an order are few and repeat."""


@dataclass(frozen=True)
class Line:
    """A row whose cells were read, in the order of the table's inputs."""

    cells: tuple[cells.Cell, ...]
    row: RuleRow

    def holds(self, values: Sequence[Value]) -> bool:
        """Whether the row applies, by our own reading of its cells."""
        return all(cell.holds(value) for cell, value in zip(self.cells, values, strict=True))


class Table:
    """A decision table, compiled.

    Raises:
        cells.CellError: a cell cannot be read.
        KeyError: an input, or the fact of a cell, is not in the vocabulary of the point.
    """

    def __init__(self, document: RuleDocument) -> None:
        vocabulary = fields()[document.point]
        self.document = document
        self.inputs: tuple[Field, ...] = tuple(vocabulary[name] for name in document.inputs)
        self.lines = [_line(row, self.inputs) for row in document.rows]
        self._decision = zen.ZenEngine().create_decision(json.dumps(self._graph()))
        self._known: dict[tuple[Value, ...], int] = {}

    def values(self, facts: Facts) -> tuple[Value, ...]:
        """The values of the table's inputs.

        Raises:
            FactsError: one is missing or of another type.
        """
        found = []
        for field in self.inputs:
            value = facts.get(field.name)
            flaw = f"{field.name} is not given" if field.name not in facts else field.flaw(value)
            if flaw is not None:
                raise FactsError(flaw)
            found.append(value)
        return tuple(found)

    def judge(self, wanted: Sequence[tuple[Value, ...]]) -> list[int]:
        """For each tuple of `values`, the index of the row that applies; the number of rows for the default."""
        # Answers are gathered here, not read from what is remembered: another thread may empty that.
        answers = {values: row for values in wanted if (row := self._known.get(values)) is not None}
        missing = list(dict.fromkeys(values for values in wanted if values not in answers))
        if missing:
            fresh = dict(zip(missing, self.ask(missing), strict=True))
            answers |= fresh
            if len(self._known) + len(fresh) > _KEPT:
                self._known.clear()
            if len(fresh) <= _KEPT:
                self._known.update(fresh)
        return [answers[values] for values in wanted]

    def ask(self, asked: Sequence[tuple[Value, ...]]) -> list[int]:
        """What the engine itself says, all in one call."""
        facts = [{field.name: value for field, value in zip(self.inputs, values, strict=True)} for values in asked]
        answers = self._decision.evaluate({"facts": facts})["result"]["answers"]
        rows = [answer["row"] for answer in answers]
        assert len(rows) == len(asked), "the engine left something out"
        return [int(row) for row in rows]

    def _graph(self) -> dict[str, Any]:
        """The table as a JSON Decision Model of one node: the row is all that it answers."""
        columns = [{"id": f"i{k}", "name": field.name, "field": field.name} for k, field in enumerate(self.inputs)]
        rules = [
            {"_id": f"r{n}", **{f"i{k}": cell.expression() for k, cell in enumerate(line.cells)}, "row": str(n)}
            for n, line in enumerate(self.lines)
        ]
        otherwise = {"_id": "default", **{column["id"]: "" for column in columns}, "row": str(len(self.lines))}
        content = {
            "hitPolicy": "first",
            "inputs": columns,
            "outputs": [{"id": "row", "name": "row", "field": "row"}],
            "rules": [*rules, otherwise],
            "executionMode": "loop",
            "inputField": "facts",
            "outputPath": "answers",
        }
        at = {"x": 0, "y": 0}
        return {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [
                {"id": "in", "type": "inputNode", "name": "in", "position": at},
                {"id": "table", "type": "decisionTableNode", "name": "table", "position": at, "content": content},
                {"id": "out", "type": "outputNode", "name": "out", "position": at},
            ],
            "edges": [
                {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
                {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
            ],
        }


def _line(row: RuleRow, inputs: Sequence[Field]) -> Line:
    return Line(tuple(cells.read(row.when.get(field.name, ""), field) for field in inputs), row)
