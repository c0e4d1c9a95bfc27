"""Rules and their versions: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from fenrun.compliance import checking, code, repository, rules_service, sanctions
from fenrun.compliance.catalogue import not_judged
from fenrun.compliance.documents import RuleDocument
from fenrun.compliance.errors import RuleStateError, RuleUnsoundError, SecondPersonError
from fenrun.compliance.models import RuleVersion
from fenrun.compliance.schemas import (
    RulebookOut,
    RuleDetail,
    RuleFieldOut,
    RuleFlawOut,
    RuleOut,
    RulePublishIn,
    RuleReasonIn,
    RuleSettingOut,
    RuleStepOut,
    RuleTriedOut,
    RuleVersionOut,
    RuleVersionSummary,
    SanctionsListOut,
)
from fenrun.compliance.states import OPEN_RULE_STATES
from fenrun.compliance.vocabulary import Field, fields
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.registry.access import Compliance, Viewer

router = APIRouter(prefix="/v1/compliance", tags=["compliance"], responses=problems(UnauthorizedError, ForbiddenError))

Code = Annotated[str, Path(max_length=16)]


@router.get("/rules")
def rules(_: Compliance, session: InSession) -> RulebookOut:
    """All rules, the version of each that is in force, and the rules of the field that are not judged."""
    now = _now()
    by_code: dict[str, list[RuleVersion]] = {}
    for version in repository.rule_versions(session):
        by_code.setdefault(version.code, []).append(version)
    left = [
        {"code": entry["code"], "why": {"en": entry["en"], "zh": entry["zh"]}}
        for entry in not_judged()
        if entry["code"] not in by_code
    ]
    return RulebookOut.model_validate(
        {"data": [_rule(versions, now) for versions in by_code.values()], "not_judged": left}
    )


@router.get("/rules/{code_}", responses=problems(NotFoundError))
def rule(code_: Code, _: Compliance, session: InSession) -> RuleDetail:
    """A rule, its versions, and the facts that its versions can read."""
    now, versions = _now(), repository.rule_versions(session, code_)
    if not versions:
        raise NotFoundError(f"No rule {code_}")
    shown, force = _rule(versions, now), _in_force(versions, now)
    return RuleDetail(
        **dict(shown),
        versions=[_summary(version, force) for version in versions],
        fields=[field_out(field) for field in fields()[shown.point].values()],
        settings=[
            RuleSettingOut(name=name, default=setting.default, least=setting.least, most=setting.most)
            for name, setting in (code.settings_of(code_).items() if shown.kind == "code" else ())
        ],
    )


@router.post("/rules", status_code=201, responses=problems(RuleStateError))
def draft(body: RuleDocument, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Drafts the next version of a rule, or a new rule. It judges nothing until it is published."""
    return _version(session, rules_service.draft(session, viewer, body, _now()), viewer)


@router.get("/rule-versions/{version_id}", responses=problems(NotFoundError))
def version(version_id: str, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """A version of a rule, what is wrong with it, and what its cases come to."""
    found = repository.rule_version(session, version_id)
    if found is None:
        raise NotFoundError(f"No version {version_id} of a rule")
    return _version(session, found, viewer)


@router.put("/rule-versions/{version_id}", responses=problems(NotFoundError, RuleStateError))
def edit(version_id: str, body: RuleDocument, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Replaces the text of a version that is not published. It is a draft again, and whoever edits it wrote it."""
    return _version(session, rules_service.edit(session, viewer, version_id, body, _now()), viewer)


@router.post("/rule-versions/{version_id}/check", responses=problems(NotFoundError, RuleStateError))
def check(version_id: str, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Looks for broken cells, wrong names and types, a missing default, rows that nothing reaches, and overlaps."""
    return _version(session, rules_service.check(session, viewer, version_id, _now())[0], viewer)


@router.post("/rule-versions/{version_id}/test", responses=problems(NotFoundError, RuleStateError, RuleUnsoundError))
def test(version_id: str, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Runs the cases of a checked version. All of them have to come out."""
    return _version(session, rules_service.test(session, viewer, version_id, _now())[0], viewer)


@router.post(
    "/rule-versions/{version_id}/approve", responses=problems(NotFoundError, RuleStateError, SecondPersonError)
)
def approve(version_id: str, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Approves a tested version that somebody else wrote."""
    return _version(session, rules_service.approve(session, viewer, version_id, _now()), viewer)


@router.post("/rule-versions/{version_id}/publish", responses=problems(NotFoundError, RuleStateError, RuleUnsoundError))
def publish(version_id: str, body: RulePublishIn, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Publishes an approved version, in force from a moment on."""
    made = rules_service.publish(session, viewer, version_id, body.effective_from, _now())
    return _version(session, made, viewer)


@router.post("/rule-versions/{version_id}/withdraw", responses=problems(NotFoundError, RuleStateError))
def withdraw(version_id: str, body: RuleReasonIn, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Gives up a version that is not published."""
    return _version(session, rules_service.withdraw(session, viewer, version_id, body.reason, _now()), viewer)


@router.post(
    "/rule-versions/{version_id}/roll-back",
    status_code=201,
    responses=problems(NotFoundError, RuleStateError, RuleUnsoundError),
)
def roll_back(version_id: str, body: RuleReasonIn, viewer: Compliance, session: InSession) -> RuleVersionOut:
    """Makes an earlier published text the next version, which a second person approves and publishes."""
    return _version(session, rules_service.roll_back(session, viewer, version_id, body.reason, _now()), viewer)


@router.get("/sanctions-lists")
def sanctions_lists(_: Compliance, session: InSession) -> list[SanctionsListOut]:
    """The sanctions lists that names are screened against."""
    return [
        SanctionsListOut(
            name=found.name, version=found.version, entries=found.entries, sha256=found.sha256.hex(),
            loaded_at=found.loaded_at,
        )
        for found in sanctions.in_force(session)
    ]  # fmt: skip


# --- Answers ----------------------------------------------------------------------------------------


def field_out(field: Field) -> RuleFieldOut:
    """A fact as it is shown."""
    return RuleFieldOut.model_validate(
        {
            "name": field.name, "type": field.type, "choices": list(field.choices), "optional": field.optional,
            "volatile": field.volatile, "about": {"en": field.about["en"], "zh": field.about["zh-CN"]},
        }
    )  # fmt: skip


def summary_of(version: RuleVersion, in_force: bool) -> RuleVersionSummary:
    """A version as it is listed."""
    return RuleVersionSummary.model_validate(
        {
            "id": version.id, "code": version.code, "version": version.version, "state": version.state,
            "shipped": version.shipped, "in_force": in_force, "effective_from": version.effective_from,
            "created_at": version.created_at,
        }
    )  # fmt: skip


def _summary(version: RuleVersion, force: RuleVersion | None) -> RuleVersionSummary:
    return summary_of(version, version is force)


def _in_force(versions: Sequence[RuleVersion], now: dt.datetime) -> RuleVersion | None:
    published = [v for v in versions if v.state == "published" and v.effective_from and v.effective_from <= now]
    return max(published, key=lambda v: (v.effective_from, v.version), default=None)


def _rule(versions: Sequence[RuleVersion], now: dt.datetime) -> RuleOut:
    force = _in_force(versions, now)
    later = [v for v in versions if v.state == "published" and v.effective_from and v.effective_from > now]
    unfinished = next((v for v in versions if v.state in OPEN_RULE_STATES), None)
    document = rules_service.document_of(force or versions[0])
    scheduled = min(later, key=lambda v: (v.effective_from, v.version), default=None)
    return RuleOut(
        code=document.code,
        point=document.point,
        title=document.title,
        law=document.law,
        kind=document.kind,
        enabled=document.enabled,
        overridable=document.overridable,
        in_force=_summary(force, force) if force else None,
        scheduled=_summary(scheduled, force) if scheduled else None,
        open=_summary(unfinished, force) if unfinished else None,
    )


def _version(session: Session, found: RuleVersion, viewer: Viewer) -> RuleVersionOut:
    document, force = (
        rules_service.document_of(found),
        _in_force(repository.rule_versions(session, found.code), _now()),
    )
    flaws = checking.check(document)
    tried = [] if rules_service.errors_of(flaws) else checking.test(document)
    return RuleVersionOut(
        **dict(_summary(found, force)),
        document=document,
        sha256=found.digest.hex(),
        mine=found.drafted_by == viewer.member_id,
        flaws=[RuleFlawOut(level=f.level, code=f.code, where=f.where, message=f.message) for f in flaws],
        cases=[
            RuleTriedOut(name=t.name, expected=t.expected, found=t.found, problem=t.problem, passed=t.passed)
            for t in tried
        ],
        steps=[
            RuleStepOut.model_validate({"state": s.state, "reason": s.reason, "by": s.by_login, "at": s.at})
            for s in repository.steps(session, found.number)
        ],
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
