"""What rules can speak of: the points at which they are asked, the outcomes, and the facts of each point by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import yaml

Point = Literal[
    "plan.publish",
    "partner.activate",
    "event.accept",
    "month.book",
    "commission.calculate",
    "payout.prepare",
    "payout.release",
    "content.publish",
    "content.fetch",
    "data.request",
    "period.report",
]
POINTS: tuple[Point, ...] = get_args(Point)

Outcome = Literal["PASS", "COMPUTE", "WARN", "HOLD", "BLOCK"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""From what weighs least: `COMPUTE` notes a figure, `WARN` notes a doubt, `HOLD` keeps from being paid until somebody
decides, `BLOCK` keeps from happening."""

Type = Literal["integer", "boolean", "choice", "text"]
Value = int | bool | str | None
Facts = Mapping[str, Value]

LARGEST = 10**18
"""No fact is a larger number: minor units of more than the world's money, and exact in the engine's decimals."""


@dataclass(frozen=True)
class Field:
    """A fact. An `optional` one may be unknown (None), which is a value of its own: a rule has to say what then."""

    name: str
    type: Type
    about: Mapping[str, str]
    """What it is, by language."""
    choices: tuple[str, ...] = ()
    optional: bool = False
    minimum: int = 0
    """Of a number."""
    volatile: bool = False
    """Whether it is another one by itself, as a count of days is: then only where it leads needs a new decision."""

    def flaw(self, value: object) -> str | None:
        """Why a value is none of this fact's; None when it is one."""
        if value is None:
            return None if self.optional else f"{self.name} is missing"
        # A bool is an int to Python, and "6" is a number to nobody.
        right = {
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "boolean": isinstance(value, bool),
        }.get(self.type, isinstance(value, str))
        if not right:
            return f"{self.name} is {_A[self.type]}, and {value!r} is not"
        if isinstance(value, int) and not isinstance(value, bool) and not self.minimum <= value <= LARGEST:
            return f"{self.name} is out of range: {value}"
        if self.type == "choice" and value not in self.choices:
            return f"{self.name} is {value!r}, not one of {', '.join(self.choices)}"
        return None


_A = {"integer": "a whole number", "boolean": "true or false", "choice": "one of its choices", "text": "a text"}


def worst(outcomes: list[Outcome]) -> Outcome:
    """The one that weighs most; PASS of none."""
    return max(outcomes, key=OUTCOMES.index, default="PASS")


@cache
def fields() -> Mapping[Point, Mapping[str, Field]]:
    """The facts of every point."""
    file = yaml.safe_load((resources.files("fenrun.compliance") / "catalogue" / "fields.yaml").read_text("utf-8"))
    return {point: {name: _field(name, entry) for name, entry in file[point].items()} for point in POINTS}


def _field(name: str, entry: dict[str, Any]) -> Field:
    return Field(
        name,
        entry["type"],
        {"en": entry["en"], "zh-CN": entry["zh"]},
        tuple(entry.get("choices", ())),
        entry.get("optional", False),
        entry.get("minimum", 0),
        entry.get("volatile", False),
    )
