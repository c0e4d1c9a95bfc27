"""The record of a month as text: a line for every check, finding, decision and step of a rule. Its SHA-256 is anchored.

Nothing in it ever changes: checks, decisions and steps are append-only, and of a finding only what it was found as is
told; what became of it are decisions. So whoever has the record of a closed month can hold us to it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from fenrun.compliance.models import Check, FindingDecision, RuleFinding, RuleStep, RuleVersion

FORMAT = "fenrun.compliance.1"
_AT_ONCE = 2_000


def lines(session: Session, month: dt.date, start: dt.datetime, end: dt.datetime) -> Iterator[str]:
    """The lines of a month, from its first moment to the one after its last."""
    yield f"{FORMAT} {month:%Y-%m}"
    checks = select(Check).where(Check.at >= start, Check.at < end).order_by(Check.number)
    for check in session.scalars(checks.execution_options(yield_per=_AT_ONCE)):
        yield _line(
            "check", check.number, check.at, check.point, check.subjects, check.outcomes, check.rulebook.hex(),
            check.inputs.hex(),
        )  # fmt: skip
    found = select(RuleFinding).where(RuleFinding.at >= start, RuleFinding.at < end).order_by(RuleFinding.number)
    for finding in session.scalars(found.execution_options(yield_per=_AT_ONCE)):
        yield _line(
            "finding", finding.id, finding.at, finding.rule_code, finding.outcome, finding.subject_kind,
            finding.subject_id, finding.facts, finding.evidence, finding.input_hash.hex(),
        )  # fmt: skip
    decided = (
        select(FindingDecision, RuleFinding.id)
        .join(RuleFinding, RuleFinding.number == FindingDecision.finding_number)
        .where(FindingDecision.at >= start, FindingDecision.at < end)
        .order_by(FindingDecision.number)
    )
    for decision, id_ in session.execute(decided):
        yield _line("decision", id_, decision.at, decision.state, decision.by_member, decision.reason)
    steps = (
        select(RuleStep, RuleVersion)
        .join(RuleVersion, RuleVersion.number == RuleStep.version_number)
        .where(RuleStep.at >= start, RuleStep.at < end)
        .order_by(RuleStep.number)
    )
    for step, version in session.execute(steps):
        yield _line("rule", f"{version.code}@{version.version}", step.at, step.state, step.by_member, step.reason)


def digest(session: Session, month: dt.date, start: dt.datetime, end: dt.datetime) -> bytes:
    """The SHA-256 of a month's record: of its lines, each with a line feed after it."""
    made = hashlib.sha256()
    for line in lines(session, month, start, end):
        made.update(f"{line}\n".encode())
    return made.digest()


def _line(kind: str, *values: object) -> str:
    told = [value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value for value in values]
    return f"{kind} {json.dumps(told, ensure_ascii=False, sort_keys=True)}"
