"""Asking the rules: of subjects at a point, all at once. What they say is kept, and stands until they say otherwise."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from fenrun.compliance import code, repository, rules_service
from fenrun.compliance.code import Coded, Said
from fenrun.compliance.documents import Bilingual, RuleDocument
from fenrun.compliance.engine import Table
from fenrun.compliance.errors import ComplianceBlockedError, FactsError
from fenrun.compliance.models import FindingDecision, RuleFinding
from fenrun.compliance.states import STOPPING
from fenrun.compliance.vocabulary import Facts, Field, Outcome, Point, worst
from fenrun.kit.ids import new_id

SubjectKind = Literal[
    "plan_proposal", "partner", "event", "month", "customer", "payout", "payout_run", "material", "privacy_request"
]
_KEPT_AS_TEXT = ("list_entry", "list_version")
"""Text that is about lists, and never about a person of ours."""


@dataclass(frozen=True)
class Subject:
    """What is judged, by the facts of its point."""

    kind: SubjectKind
    id: str
    facts: Facts
    name: str = ""
    partner_number: int | None = None
    customer_number: int | None = None


@dataclass
class Verdict:
    """What all rules of a point say of a subject, after what people decided."""

    outcome: Outcome
    findings: list[RuleFinding] = field(default_factory=list)
    """Everything that is true of it now and is not PASS, decided or not."""

    @property
    def stopping(self) -> list[RuleFinding]:
        """What holds or blocks it."""
        return [found for found in self.findings if stops(found)]

    def require_pass(self) -> None:
        """Refuses what holds or blocks.

        Raises:
            ComplianceBlockedError: with every rule that does.
        """
        if self.stopping:
            raise blocked(self.stopping)


def states_of(session: Session, kind: SubjectKind, id_: str, point: Point) -> set[str]:
    """The states of what is true of a subject by rules of a point."""
    return {found.state for found in repository.live(session, kind, [id_], point)}


def stops(found: RuleFinding) -> bool:
    """Whether a finding holds or blocks what it is about."""
    return found.closed_at is None and found.outcome in ("HOLD", "BLOCK") and found.state in STOPPING


def blocked(found: Sequence[RuleFinding]) -> ComplianceBlockedError:
    """The error that names the rules which hold or block."""
    said = "; ".join(f"{one.rule_code}: {one.says_en}" for one in found)
    return ComplianceBlockedError(f"{said} (in the risk queue: {', '.join(one.id for one in found)})")


class Rule(NamedTuple):
    """A version in force, ready to judge."""

    number: int
    digest: bytes
    document: RuleDocument
    judge: Table | Coded

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The facts that it reads."""
        return self.judge.inputs


class _Result(NamedTuple):
    rule: Rule
    said: Said
    input_hash: bytes


def judge(
    session: Session, point: Point, subjects: Sequence[Subject], now: dt.datetime, *, first_time: bool = False
) -> list[Verdict]:
    """What the rules in force at a point say of subjects.

    A subject whose facts are missing or of another type is held: a rule that cannot be asked does not pass. What is
    said is kept as findings; a finding that two people let pass counts as passed as long as its facts are the same.

    Args:
        session: the transaction.
        point: which rules.
        subjects: what is judged, with the facts of the point.
        now: the time.
        first_time: whether nothing can have been found of them before that would have to be closed.
    """
    if not subjects:
        return []
    rules = rulebook(session, now, point)
    said = list(zip(*(_ask(rule, subjects) for rule in rules), strict=True)) or [()] * len(subjects)
    if first_time and not any(any(results) for results in said):
        verdicts = [Verdict("PASS") for _ in subjects]
    else:
        verdicts = _record(session, point, subjects, said, now)
    repository.note_check(
        session, now, point, _rulebook_digest(rules), len(subjects), _digest([subject.facts for subject in subjects]),
        Counter(verdict.outcome for verdict in verdicts),
    )  # fmt: skip
    return verdicts


def evaluate(session: Session, point: Point, asked: Sequence[Facts], now: dt.datetime) -> list[list[tuple[str, Said]]]:
    """What the rules in force say of facts, by their codes, without keeping it: for figures of a report."""
    subjects = [Subject("month", "", facts) for facts in asked]
    said = [_ask(rule, subjects) for rule in rulebook(session, now, point)]
    by_subject = zip(*said, strict=True) if said else [()] * len(subjects)
    return [[(one.rule.document.code, one.said) for one in results if one is not None] for results in by_subject]


def rulebook(session: Session, now: dt.datetime, *points: Point) -> list[Rule]:
    """The rules in force at points, by code, read once in a transaction; those that are switched off are left out."""
    read: dict[Point, list[Rule]] = session.info.setdefault(rules_service.READ, {})
    missing = [point for point in points if point not in read]
    if missing:
        found = repository.in_force(session, now, *missing)
        if not found and not repository.any_rule(session):
            # A database in which nobody installed the rules yet has to be as strict as any other.
            rules_service.install_shipped(session, now)
            found = repository.in_force(session, now, *missing)
        for point in missing:
            mine = [_compiled(session, row["number"], bytes(row["digest"])) for row in found if row["point"] == point]
            read[point] = [rule for rule in mine if rule.document.enabled]
    return [rule for point in points for rule in read[point]]


def rulebook_digest(session: Session, point: Point, now: dt.datetime) -> bytes:
    """What the rules in force at a point are known by, those that are off left out."""
    return _rulebook_digest(rulebook(session, now, point))


def _rulebook_digest(rules: Sequence[Rule]) -> bytes:
    return hashlib.sha256(b"".join(rule.digest for rule in rules)).digest()


_COMPILED: dict[bytes, Rule] = {}
"""By the document's digest: a document is never changed, and compiling it takes milliseconds."""


def _compiled(session: Session, number: int, digest: bytes) -> Rule:
    rule = _COMPILED.get(digest)
    if rule is None:
        document = RuleDocument.model_validate(repository.rule_by_number(session, number).document)
        rule = Rule(number, digest, document, code.of(document) if document.kind == "code" else Table(document))
        _COMPILED[digest] = rule
    return rule._replace(number=number)


# --- Asking -----------------------------------------------------------------------------------------


def _ask(rule: Rule, subjects: Sequence[Subject]) -> list[_Result | None]:
    if isinstance(rule.judge, Coded):
        return [_ask_code(rule, rule.judge, subject) for subject in subjects]
    table = rule.judge
    results: list[_Result | None] = [None] * len(subjects)
    asked = []
    for place, subject in enumerate(subjects):
        try:
            asked.append((place, table.values(subject.facts)))
        except FactsError as error:
            results[place] = _unjudged(rule, error)
    rows = table.judge([values for _, values in asked])
    for (place, _), row in zip(asked, rows, strict=True):
        said = _said(rule.document, row)
        if said is not None:
            results[place] = _Result(rule, said, _input_hash(rule, subjects[place].facts, row))
    return results


def _said(document: RuleDocument, row: int) -> Said | None:
    if row < len(document.rows):
        line = document.rows[row]
        return None if line.outcome == "PASS" else Said(line.outcome, line.says, {"row": row + 1})
    default = document.default
    assert default is not None
    if default.outcome == "PASS":
        return None
    return Said(default.outcome, default.says or document.title, {"row": "default"})


def _ask_code(rule: Rule, coded: Coded, subject: Subject) -> _Result | None:
    try:
        said = coded.judge(subject.facts)
    except FactsError as error:
        return _unjudged(rule, error)
    if said is None or said.outcome == "PASS":
        return None
    return _Result(rule, said, _input_hash(rule, subject.facts, said.outcome))


def _unjudged(rule: Rule, error: FactsError) -> _Result:
    says = Bilingual(en=f"It could not be judged: {error}"[:400], zh=f"无法判定：{error}"[:400])
    return _Result(rule, Said("HOLD", says, {"problem": str(error)[:400]}), _input_hash(rule, {}, str(error)))


def _input_hash(rule: Rule, facts: Facts, came_to: object) -> bytes:
    """What a decision about a finding holds for: the rule's version, where it came to, and the facts that were read.

    Of a volatile fact, such as a count of days, only where it leads counts: it is another one tomorrow.
    """
    read = {field_.name: facts.get(field_.name) for field_ in rule.inputs if not field_.volatile}
    return _digest([rule.digest.hex(), came_to, read])


def _digest(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).digest()


# --- Keeping what was said --------------------------------------------------------------------------


def _record(
    session: Session,
    point: Point,
    subjects: Sequence[Subject],
    said: Sequence[Sequence[_Result | None]],
    now: dt.datetime,
) -> list[Verdict]:
    """Opens what is new, closes what is no longer true, and leaves what was said before as it was decided."""
    if any(any(results) for results in said):
        # Two calls that find the same of one subject would both open it.
        repository.lock_point(session, point)
    known = _known(session, point, subjects)
    verdicts = []
    for subject, results in zip(subjects, said, strict=True):
        found = [
            _keep(session, subject, known.pop((subject.kind, subject.id, result.rule.document.code), None), result, now)
            for result in results
            if result is not None
        ]
        verdicts.append(Verdict(worst([_counts_as(one) for one in found]), found))
    for gone in known.values():
        close(session, gone, "The rules say it no longer", now)
    session.flush()
    return verdicts


def _known(session: Session, point: Point, subjects: Iterable[Subject]) -> dict[tuple[str, str, str], RuleFinding]:
    by_kind: dict[str, list[str]] = {}
    for subject in subjects:
        by_kind.setdefault(subject.kind, []).append(subject.id)
    return {
        (found.subject_kind, found.subject_id, found.rule_code): found
        for kind, ids in by_kind.items()
        for found in repository.live(session, kind, ids, point)
    }


def _counts_as(found: RuleFinding) -> Outcome:
    outcome: Outcome = found.outcome  # type: ignore[assignment]
    return "PASS" if found.state == "overridden" else outcome


def _keep(
    session: Session, subject: Subject, before: RuleFinding | None, result: _Result, now: dt.datetime
) -> RuleFinding:
    if before is not None and before.input_hash == result.input_hash:
        return before
    if before is not None:
        close(session, before, "The facts, or the rule, are others", now)
        session.flush()
    rule, said = result.rule, result.said
    document = rule.document
    found = RuleFinding(
        id=new_id("cf"),
        at=now,
        point=document.point,
        rule_code=document.code,
        rule_number=rule.number,
        outcome=said.outcome,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name,
        partner_number=subject.partner_number,
        customer_number=subject.customer_number,
        facts=_shown(rule.inputs, subject.facts),
        evidence=dict(said.evidence),
        input_hash=result.input_hash,
        says_en=said.says.en,
        says_zh=said.says.zh,
        overridable=document.overridable,
        state="open" if said.outcome in ("HOLD", "BLOCK") else "noted",
    )
    session.add(found)
    return found


def _shown(inputs: Sequence[Field], facts: Facts) -> Mapping[str, object]:
    return {
        field_.name: facts.get(field_.name)
        for field_ in inputs
        if field_.type != "text" or field_.name in _KEPT_AS_TEXT
    }


def close(session: Session, found: RuleFinding, reason: str, now: dt.datetime) -> None:
    """Closes a finding that is true no longer, because the rules, asked again, say so."""
    found.state, found.closed_at = "cleared", now
    session.add(
        FindingDecision(finding_number=found.number, state="cleared", reason=reason, by_member="", by_login="", at=now)
    )


def close_gone(session: Session, point: Point, still: Iterable[str], now: dt.datetime) -> None:
    """Closes what was found at a point of subjects that there are no more; `still` are the ids of those there are."""
    there = set(still)
    for found in repository.live_at(session, point):
        if found.subject_id not in there:
            close(session, found, "What it was about is over", now)
