"""Rules judge what they say: no table is silent where it should speak, and no broken one is published."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fenrun.compliance import cells, checking
from fenrun.compliance.catalogue import not_judged, shipped
from fenrun.compliance.documents import RuleDocument
from fenrun.compliance.engine import Table
from fenrun.compliance.errors import FactsError
from fenrun.compliance.vocabulary import LARGEST, OUTCOMES, POINTS, Field, fields

TABLES = [document for document in shipped().values() if document.kind == "table"]


def errors(document: RuleDocument) -> list[str]:
    return [flaw.code for flaw in checking.check(document) if flaw.level == "error"]


def changed(document: RuleDocument, **parts: object) -> RuleDocument:
    return RuleDocument.model_validate({**document.model_dump(), **parts})


@pytest.mark.parametrize("code", shipped())
def test_a_shipped_rule_is_sound_and_its_cases_come_out(code: str) -> None:
    document = shipped()[code]
    assert errors(document) == []
    assert [tried for tried in checking.test(document) if not tried.passed] == []
    outcomes = [case.expect for case in document.cases]
    assert any(outcome != "PASS" for outcome in outcomes), "no case fires"
    default = document.default.outcome if document.default else "PASS"
    quiet = {default, min(outcomes, key=OUTCOMES.index)}
    assert any(outcome in quiet for outcome in outcomes), "no near miss"
    assert len(set(outcomes)) > 1, "every case comes to the same"


def test_every_point_has_rules_and_what_is_not_judged_is_named_once() -> None:
    assert {document.point for document in shipped().values()} == set(POINTS)
    left = [entry["code"] for entry in not_judged()]
    assert len(set(left)) == len(left)
    assert not set(left) & set(shipped())


# --- Facts ------------------------------------------------------------------------------------------


def right_value(field: Field) -> st.SearchStrategy[object]:
    strategies = {
        "integer": st.one_of(
            st.integers(field.minimum, LARGEST),
            st.integers(field.minimum, field.minimum + 40_000),
            st.sampled_from([499, 500, 1500, 2999, 3000, 3001, 10_000, 200_000, 500_000_000]),
        ),
        "boolean": st.booleans(),
        "choice": st.sampled_from(field.choices or ("",)),
        "text": st.text("aB5 .@上$\"'\\\\\n", max_size=40),
    }
    return st.one_of(st.none(), strategies[field.type]) if field.optional else strategies[field.type]


def any_value(field: Field) -> st.SearchStrategy[object]:
    wrong = st.one_of(
        st.none(), st.text("a5 上$\"'", max_size=5), st.floats(allow_nan=False), st.booleans(), st.integers(),
        st.integers().map(str), st.just([]), st.just({}),
    )  # fmt: skip
    return st.one_of(right_value(field), wrong)


@settings(max_examples=400)
@given(st.data(), st.sampled_from(TABLES))
def test_no_facts_make_a_rule_silent(data: st.DataObject, document: RuleDocument) -> None:
    """Whatever is given, the row that applies by our own reading is what the engine says; else it says why it cannot.

    Facts may be missing, of another type, `"6"` for `6`, true for 1, or huge: by itself the engine takes each of these
    for "no match".
    """
    table = Table(document)
    facts = {
        field.name: data.draw(any_value(field), field.name)
        for field in table.inputs
        if data.draw(st.integers(0, 12)) > 0
    }
    flawed = [f.name for f in table.inputs if f.name not in facts or f.flaw(facts[f.name]) is not None]
    if flawed:
        with pytest.raises(FactsError, match="|".join(flawed)):
            table.values(facts)  # type: ignore[arg-type]
        return
    values = table.values(facts)  # type: ignore[arg-type]
    ours = next((n for n, line in enumerate(table.lines) if line.holds(values)), len(table.lines))
    assert table.ask([values]) == [ours]
    assert table.judge([values, values]) == [ours, ours]


# --- Tables of people -------------------------------------------------------------------------------


def cell_of(draw: st.DrawFn, field: Field) -> str:
    """Mostly one that can be read."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.text('a5 "<>=[].,$(no)tul', max_size=12))
    low, high = sorted(draw(st.tuples(st.integers(0, 30), st.integers(0, 30))))
    parts = {
        "integer": [str(low), f">= {low}", f"<= {low}", f"> {low}", f"< {low + 1}", f"[{low}..{high}]"],
        "boolean": ["true", "false"],
        "choice": [*(f'"{choice}"' for choice in field.choices), *(f'not "{choice}"' for choice in field.choices)],
        "text": ['"a"', '"上海"', '"$ == null"'],
    }[field.type]
    offered = st.sampled_from([*parts, "null"] if field.optional else parts)
    return ", ".join(draw(st.lists(offered, min_size=1, max_size=3)))


@st.composite
def drafts(draw: st.DrawFn) -> RuleDocument:
    point = draw(st.sampled_from(POINTS))
    vocabulary = fields()[point]
    names = draw(st.lists(st.sampled_from(sorted(vocabulary)), min_size=1, max_size=3, unique=True))
    says = {"en": "Said", "zh": "说"}
    outcomes = draw(st.sampled_from([["BLOCK"], ["HOLD", "BLOCK"], list(OUTCOMES)]))
    rows = [
        {
            "when": {name: cell_of(draw, vocabulary[name]) for name in names if draw(st.integers(0, 4)) > 0},
            "outcome": draw(st.sampled_from(outcomes)),
            "says": says,
        }
        for _ in range(draw(st.integers(1, 4)))
    ]
    return RuleDocument.model_validate(
        {
            "code": "FR-77", "point": point, "title": says, "inputs": names, "rows": rows,
            "law": {"name": "A law", "version": "1", "in_force": "2026-01-01"},
            "default": {"outcome": "PASS"},
        }
    )  # fmt: skip


@settings(max_examples=600)
@given(st.data(), drafts())
def test_a_draft_without_errors_is_read_by_the_engine_as_by_us(data: st.DataObject, draft: RuleDocument) -> None:
    """Cells of anybody: what cannot be relied on is refused, and what is taken holds for what it says."""
    if errors(draft):
        return
    table = Table(draft)
    asked = [tuple(data.draw(right_value(field)) for field in table.inputs) for _ in range(5)]
    ours = [next((n for n, line in enumerate(table.lines) if line.holds(v)), len(table.lines)) for v in asked]  # type: ignore[arg-type]
    assert table.ask(asked) == ours  # type: ignore[arg-type]


def test_drafts_without_errors_happen() -> None:
    """The test above has something to compare."""
    sound = 0

    @settings(max_examples=300, database=None)
    @given(drafts())
    def count(draft: RuleDocument) -> None:
        nonlocal sound
        sound += not errors(draft)

    count()
    assert sound > 20


@settings(max_examples=200)
@given(st.data(), st.sampled_from(TABLES), st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True))
def test_a_renamed_field_is_caught_before_publishing(data: st.DataObject, document: RuleDocument, new: str) -> None:
    """In the inputs, in a row, or in both: a rule that waits for a fact that never comes is no rule."""
    old = data.draw(st.sampled_from(document.inputs))
    if new in fields()[document.point]:
        return
    rename = {old: new}
    inputs = [rename.get(name, name) for name in document.inputs]
    rows = [
        {**row.model_dump(), "when": {rename.get(name, name): cell for name, cell in row.when.items()}}
        for row in document.rows
    ]
    assert "unknown_fact" in errors(changed(document, inputs=inputs, rows=rows))
    assert errors(changed(document, inputs=inputs)) != []
    assert "no_input" in errors(changed(document, rows=rows))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"default": None}, "default_missing"),
        ({"inputs": ["entry_fee"]}, "no_input"),
        ({"inputs": ["entry_fee", "entry_fee", "mandatory_purchase", "jurisdiction"]}, "twice"),
        ({"inputs": ["entry_fee", "mandatory_purchase", "jurisdiction", "measure"]}, "unused"),
        ({"rows": []}, "no_rows"),
        ({"settings": {"bps": 1}}, "settings"),
    ],
)
def test_what_a_table_lacks_is_named(parts: dict[str, object], code: str) -> None:
    assert code in errors(changed(shipped()["MLM-02"], **parts))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("> ", "cannot be read"),
        ("5 and 6", "cannot be read"),
        ("=> 5", "cannot be read"),
        ('"5"', "is a whole number, and"),
        ("true", "is a whole number, and"),
        ("[9..3]", "holds for no number"),
        ("< 0", "never holds"),
        ("null", "always known"),
        ("5,", "Nothing follows"),
    ],
)
def test_a_broken_cell_is_named(cell: str, message: str) -> None:
    rows = [{**row.model_dump(), "when": {**row.when, "entry_fee": cell}} for row in shipped()["MLM-02"].rows]
    found = [flaw for flaw in checking.check(changed(shipped()["MLM-02"], rows=rows)) if flaw.code == "cell"]
    assert [flaw.where for flaw in found] == ["rows[0].entry_fee", "rows[1].entry_fee"]
    assert message in found[0].message


def test_rows_that_nothing_reaches_or_two_claim_are_named() -> None:
    says = {"en": "Said", "zh": "说"}

    def with_rows(*rows: tuple[str, str]) -> list[tuple[str, str]]:
        made = [{"when": {"entry_fee": cell}, "outcome": outcome, "says": says} for cell, outcome in rows]
        document = changed(shipped()["MLM-02"], inputs=["entry_fee"], rows=made, cases=[])
        return [(flaw.code, flaw.where) for flaw in checking.check(document)]

    assert with_rows(("> 10", "BLOCK"), ("> 5", "BLOCK")) == [("default", "default")]
    assert ("overlap", "rows[1]") in with_rows(("> 5", "WARN"), ("> 10", "BLOCK"))
    assert with_rows((">= 5", "WARN"), ("< 5", "BLOCK")) == [("default_unused", "default")]


def test_a_cell_that_the_engine_cannot_read_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine takes `($ …` for a range, fails without a word and matches nothing: so the two are compared."""
    monkeypatch.setattr(cells.Part, "expression", lambda part: f"($ != null and $ >= {part.low})")
    assert "engine_differs" in errors(shipped()["ACC-03"])
