"""A version of a rule as people write it: a decision table, or the settings of a rule that is code."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fenrun.compliance.vocabulary import Outcome, Point

Words = Annotated[str, Field(min_length=1, max_length=400)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2,4}(-[A-Z]{2})?-\d{2}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
FactIn = int | bool | str | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Bilingual(_Strict):
    """The same in both languages."""

    en: Words
    zh: Words


class Law(_Strict):
    """Where a rule comes from."""

    name: Words
    version: Words
    """Which version of the text: its number, or the day of its last change."""
    in_force: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    """From when on it binds."""
    verified: bool = True
    """Whether the figures were read in a source; else somebody has to before the rule is relied on."""


class RuleRow(_Strict):
    """What is said when all cells of `when` hold."""

    when: dict[Name, Annotated[str, Field(max_length=400)]]
    outcome: Outcome
    says: Bilingual


class RuleDefault(_Strict):
    """What is said when no row applies."""

    outcome: Outcome
    says: Bilingual | None = None


class RuleCase(_Strict):
    """Facts, and what has to come of them."""

    name: Words
    facts: dict[Name, FactIn]
    expect: Outcome


class RuleDocument(_Strict):
    """A version of a rule. A rule that is `code` has `settings`; any other has `inputs`, `rows` and a `default`."""

    code: Code
    point: Point
    title: Bilingual
    law: Law
    enabled: bool = True
    kind: Literal["table", "code"] = "table"
    overridable: bool = True
    """Whether two people of compliance can let pass what it stops."""
    inputs: Annotated[list[Name], Field(max_length=12)] = []
    rows: Annotated[list[RuleRow], Field(max_length=60)] = []
    default: RuleDefault | None = None
    settings: dict[Name, int] = {}
    cases: Annotated[list[RuleCase], Field(max_length=200)] = []
