"""A month of compliance, gathered: what was checked, stopped and overridden, with the law, and where it is anchored."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from fenrun.chain.client import to_hex
from fenrun.compliance import record, rules_service
from fenrun.compliance import repository as compliance
from fenrun.compliance import service as rules
from fenrun.compliance.models import FindingDecision, RuleFinding
from fenrun.compliance.vocabulary import Facts
from fenrun.kit.calendar import first_of_next_month, start_of
from fenrun.kit.countries import group_of
from fenrun.oversight import repository
from fenrun.oversight.schemas import ComplianceReport, ReportAnchor, ReportDeductibility, ReportFinding
from fenrun.statements import checkpoint, export
from fenrun.statements import repository as statements

_STOPS = ("HOLD", "BLOCK")


def gather(
    session: Session, month: dt.date, currency: str, payer_country: str | None, now: dt.datetime
) -> ComplianceReport:
    """The report of a month, by its first day.

    Args:
        session: a transaction that reads.
        month: its first day.
        currency: the ledger's, ISO 4217.
        payer_country: where we are taxed, ISO 3166-1; None where nobody said.
        now: the time.
    """
    start, end = start_of(month), start_of(first_of_next_month(month))
    found = compliance.findings_between(session, start, end)
    decisions: dict[int, list[FindingDecision]] = defaultdict(list)
    for decision in compliance.decisions_until(session, [one.number for one in found], end):
        decisions[decision.finding_number].append(decision)
    details = [_finding(session, one, decisions[one.number]) for one in found]
    new = [detail for detail, one in zip(details, found, strict=True) if one.at >= start]
    return ComplianceReport.model_validate(
        {
            "month": f"{month:%Y-%m}",
            "complete": now >= end,
            "checks": [dict(row) for row in compliance.checked_between(session, start, end)],
            "findings": {
                "opened": len(new),
                "closed": sum(one.closed_at is not None and start <= one.closed_at < end for one in found),
                "stopping": sum(map(_stops, details)),
                **{state: sum(detail.state == state for detail in details) for state in ("overridden", "upheld")},
            },
            "by_rule": _by_rule(session, details),
            "details": details,
            "rules_published": [
                {"code": version.code, "version": version.version, "at": step.at, "by": step.by_login}
                for step, version in compliance.published_between(session, start, end)
            ],
            "deductibility": _deductibility(session, month, currency, payer_country, min(now, end)),
            "sha256": record.digest(session, month, start, end).hex(),
            "anchor": _anchor(session, month, currency),
        }
    )


def _finding(session: Session, one: RuleFinding, decisions: Sequence[FindingDecision]) -> ReportFinding:
    version = compliance.rule_by_number(session, one.rule_number)
    first = "open" if one.outcome in _STOPS else "noted"
    return ReportFinding.model_validate(
        {
            "id": one.id, "at": one.at, "rule": one.rule_code, "rule_version": version.version,
            "law": rules_service.document_of(version).law, "outcome": one.outcome, "subject_kind": one.subject_kind,
            "subject_id": one.subject_id, "subject_name": one.subject_name,
            "says": {"en": one.says_en, "zh": one.says_zh}, "input_hash": one.input_hash.hex(),
            # As it was at the end of the month, whatever was decided since.
            "state": decisions[-1].state if decisions else first,
            "decisions": [
                {"at": d.at, "state": d.state, "by": d.by_login, "reason": d.reason} for d in decisions
            ],
        }
    )  # fmt: skip


def _stops(detail: ReportFinding) -> bool:
    return detail.outcome in _STOPS and detail.state in ("open", "override_asked", "upheld")


def _by_rule(session: Session, details: Iterable[ReportFinding]) -> list[dict[str, object]]:
    by_code: dict[str, list[ReportFinding]] = defaultdict(list)
    for detail in details:
        by_code[detail.rule].append(detail)
    told = []
    for code, mine in sorted(by_code.items()):
        states = Counter(detail.state for detail in mine)
        document = rules_service.document_of(compliance.rule_versions(session, code)[0])
        told.append(
            {
                "rule": code, "title": document.title, "law": mine[-1].law, "found": len(mine),
                "stopping": sum(map(_stops, mine)),
                **{state: states[state] for state in ("overridden", "upheld", "cleared")},
            }
        )  # fmt: skip
    return told


def _deductibility(
    session: Session, month: dt.date, currency: str, payer_country: str | None, at: dt.datetime
) -> ReportDeductibility | None:
    """Contract by contract: what one customer paid in the month, and what partners got of it."""
    if payer_country is None or group_of(payer_country) != "CN":
        return None
    contracts = repository.contracts(session, month, first_of_next_month(month))
    asked: list[Facts] = [
        {"payer_country": "CN", "revenue": int(row["revenue"]), "commission": max(int(row["commission"]), 0)}
        for row in contracts
    ]
    said = rules.evaluate(session, "period.report", asked, at)
    over = sum(int(one.evidence["not_deductible"] or 0) for found in said for _, one in found)
    commission = sum(facts["commission"] for facts in asked if isinstance(facts["commission"], int))
    revenue = sum(facts["revenue"] for facts in asked if isinstance(facts["revenue"], int))
    return ReportDeductibility(
        currency=currency,
        contracts=len(asked),
        revenue=str(revenue),
        commission=str(commission),
        deductible=str(commission - over),
        not_deductible=str(over),
    )


def _anchor(session: Session, month: dt.date, currency: str) -> ReportAnchor | None:
    kept = statements.checkpoint(session, month, currency)
    leaves = statements.leaves(session, kept) if kept is not None else []
    if kept is None or not leaves or leaves[0][0] != checkpoint.COMPLIANCE:
        return None
    intent = statements.anchoring(session, kept)
    hashes = [hash_ for _, hash_ in leaves]
    return ReportAnchor(
        revision=kept.revision,
        index=0,
        size=len(hashes),
        leaf=to_hex(hashes[0]),
        path=[to_hex(sibling) for sibling in checkpoint.path(hashes, 0)],
        root=to_hex(kept.root),
        transaction_hash=to_hex(intent.transaction_hash) if intent and intent.transaction_hash else None,
    )


CSV_COLUMNS = (
    "finding", "found_at", "rule", "rule_version", "title_en", "title_zh", "law", "law_version", "in_force", "outcome",
    "subject_kind", "subject_id", "subject_name", "says_en", "says_zh", "state", "decisions", "input_sha256",
)  # fmt: skip


def as_csv(report: ComplianceReport) -> bytes:
    """The findings of a report, a row each, for a spreadsheet."""
    return b"".join(export.as_csv(CSV_COLUMNS, _rows(report)))


def _rows(report: ComplianceReport) -> Iterator[list[export.Cell]]:
    titles = {rule.rule: rule.title for rule in report.by_rule}
    for one in report.details:
        decided = "; ".join(
            f"{d.at:%Y-%m-%dT%H:%M:%SZ} {d.state} {d.by or 'rules'}{f': {d.reason}' if d.reason else ''}"
            for d in one.decisions
        )
        yield [
            one.id, one.at, one.rule, one.rule_version, titles[one.rule].en, titles[one.rule].zh, one.law.name,
            one.law.version, one.law.in_force, one.outcome, one.subject_kind, one.subject_id, one.subject_name,
            one.says.en, one.says.zh, one.state, decided, one.input_hash,
        ]  # fmt: skip
