"""The risk queue: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session

from fenrun.compliance import findings_service, repository, rules_service, service
from fenrun.compliance.endpoints import field_out, summary_of
from fenrun.compliance.errors import NotOverridableError, ResultStateError, SecondPersonError
from fenrun.compliance.models import RuleFinding
from fenrun.compliance.schemas import (
    RuleConfirmIn,
    RuleFindingCount,
    RuleFindingDecisionOut,
    RuleFindingDetail,
    RuleFindingOut,
    RuleFindingSummary,
    RuleReasonIn,
)
from fenrun.compliance.states import STOPPING
from fenrun.compliance.vocabulary import Outcome, Point, fields
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.registry import repository as partners
from fenrun.registry.access import Compliance, Viewer, visible_partner

router = APIRouter(
    prefix="/v1/compliance/findings", tags=["compliance"], responses=problems(UnauthorizedError, ForbiddenError)
)

Which = Literal["stopping", "to_confirm", "noted", "decided", "closed"]
_STATES: dict[Which, tuple[str, ...]] = {
    "stopping": STOPPING,
    "to_confirm": ("override_asked",),
    "noted": ("noted",),
    "decided": ("overridden", "upheld"),
    "closed": ("cleared",),
}
_STEPS = problems(NotFoundError, ResultStateError)


@router.get("", responses=problems(NotFoundError))
def findings(
    viewer: Compliance,
    session: InSession,
    paging: Paging,
    which: Which | None = None,
    outcome: Outcome | None = None,
    point: Point | None = None,
    rule: Annotated[str | None, Query(max_length=16)] = None,
    partner: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[RuleFindingOut]:
    """What rules found, newest first: what is stopped, what waits for a second person, what is only noted."""
    positions: list[int | None] = []
    for id_ in (paging.starting_after, paging.ending_before):
        found = repository.finding(session, id_) if id_ else None
        if id_ and found is None:
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(found.number if found else None)
    rows = repository.findings(
        session,
        after=positions[0],
        before=positions[1],
        limit=paging.limit + 1,
        state=_STATES[which] if which else None,
        outcome=outcome,
        point=point,
        rule=rule,
        partner=visible_partner(session, viewer, partner) if partner else None,
    )
    return page_of(_shown(session, rows), paging)


@router.get("/summary")
def summary(_: Compliance, session: InSession) -> RuleFindingSummary:
    """How much waits in the risk queue."""
    counts = repository.counts(session)
    return RuleFindingSummary(
        stopping=sum(n for outcome, state, n in counts if outcome in ("HOLD", "BLOCK") and state in STOPPING),
        to_confirm=sum(n for _, state, n in counts if state == "override_asked"),
        counts=[RuleFindingCount.model_validate({"outcome": o, "state": s, "count": n}) for o, s, n in counts],
    )


@router.get("/{finding_id}", responses=problems(NotFoundError))
def finding(finding_id: str, viewer: Compliance, session: InSession) -> RuleFindingDetail:
    """A finding: by which rule and law, from which facts, and what was decided."""
    found = repository.finding(session, finding_id)
    if found is None:
        raise NotFoundError(f"No finding {finding_id}")
    return _detail(session, found, viewer)


@router.post(
    "/{finding_id}/override", responses={**_STEPS, **problems(NotFoundError, NotOverridableError, ResultStateError)}
)
def ask(
    finding_id: str, body: RuleReasonIn, viewer: Compliance, http: Request, session: InSession
) -> RuleFindingDetail:
    """Asks that a finding be let pass; somebody else of compliance has to confirm it."""
    found = findings_service.ask(session, http.app.state.reference_key, viewer, finding_id, body.reason, _now())
    return _detail(session, found, viewer)


@router.post("/{finding_id}/confirm", responses=problems(NotFoundError, ResultStateError, SecondPersonError))
def confirm(
    finding_id: str, body: RuleConfirmIn, viewer: Compliance, http: Request, session: InSession
) -> RuleFindingDetail:
    """Lets a finding pass that somebody else asked for, as long as the facts are these."""
    found = findings_service.confirm(session, http.app.state.reference_key, viewer, finding_id, body.reason, _now())
    return _detail(session, found, viewer)


@router.post("/{finding_id}/refuse", responses=_STEPS)
def refuse(
    finding_id: str, body: RuleReasonIn, viewer: Compliance, http: Request, session: InSession
) -> RuleFindingDetail:
    """Does not let a finding pass that somebody asked for."""
    return _decide(finding_id, "refuse", body, viewer, http, session)


@router.post("/{finding_id}/uphold", responses=_STEPS)
def uphold(
    finding_id: str, body: RuleReasonIn, viewer: Compliance, http: Request, session: InSession
) -> RuleFindingDetail:
    """Upholds a finding: what it stops stays stopped until somebody takes this back, or the facts change."""
    return _decide(finding_id, "uphold", body, viewer, http, session)


@router.post("/{finding_id}/reopen", responses=_STEPS)
def reopen(
    finding_id: str, body: RuleReasonIn, viewer: Compliance, http: Request, session: InSession
) -> RuleFindingDetail:
    """Takes a decision back: the finding stops again what it is about, and waits for another decision."""
    return _decide(finding_id, "reopen", body, viewer, http, session)


def _decide(
    id_: str, step: str, body: RuleReasonIn, viewer: Viewer, http: Request, session: Session
) -> RuleFindingDetail:
    key = http.app.state.reference_key
    found = findings_service.decide(session, key, viewer, id_, step, body.reason, _now())
    return _detail(session, found, viewer)


# --- Answers ----------------------------------------------------------------------------------------


def _shown(session: Session, rows: Sequence[RuleFinding]) -> list[RuleFindingOut]:
    names = partners.names(session, [row.partner_number for row in rows if row.partner_number is not None])
    titles = {
        number: rules_service.document_of(repository.rule_by_number(session, number)).title
        for number in {row.rule_number for row in rows}
    }
    return [
        RuleFindingOut.model_validate(
            {
                "id": row.id, "at": row.at, "point": row.point, "rule": row.rule_code,
                "title": titles[row.rule_number], "outcome": row.outcome, "state": row.state,
                "overridable": row.overridable, "says": {"en": row.says_en, "zh": row.says_zh},
                "subject_kind": row.subject_kind, "subject_id": row.subject_id, "subject_name": row.subject_name,
                "partner_id": names[row.partner_number].id if row.partner_number in names else None,
                "partner_name": names[row.partner_number].name if row.partner_number in names else None,
                "closed_at": row.closed_at, "stops": service.stops(row),
            }
        )
        for row in rows
    ]  # fmt: skip


def _detail(session: Session, found: RuleFinding, viewer: Viewer) -> RuleFindingDetail:
    [shown] = _shown(session, [found])
    version = repository.rule_by_number(session, found.rule_number)
    document = rules_service.document_of(version)
    decisions = repository.decisions(session, found.number)
    now_in_force = any(row["number"] == version.number for row in repository.in_force(session, _now(), found.point))
    asked = decisions[-1] if decisions and found.state == "override_asked" else None
    known = fields()[shown.point]
    return RuleFindingDetail(
        **dict(shown),
        law=document.law,
        rule_version=summary_of(version, now_in_force),
        facts=found.facts,
        evidence=found.evidence,
        input_hash=found.input_hash.hex(),
        asked_by_me=asked is not None and asked.by_member == viewer.member_id,
        decisions=[
            RuleFindingDecisionOut.model_validate({"state": d.state, "reason": d.reason, "by": d.by_login, "at": d.at})
            for d in decisions
        ],
        fields=[field_out(known[name]) for name in found.facts if name in known],
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
