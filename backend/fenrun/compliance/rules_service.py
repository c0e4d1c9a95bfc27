"""How a rule comes to be: drafted, checked, tested by its cases, approved by a second, published, rolled back."""

import datetime as dt
import hashlib
import json

from sqlalchemy.orm import Session

from fenrun.compliance import checking, repository
from fenrun.compliance.catalogue import shipped
from fenrun.compliance.checking import Flaw, Tried
from fenrun.compliance.documents import RuleDocument
from fenrun.compliance.errors import RuleStateError, RuleUnsoundError, SecondPersonError
from fenrun.compliance.models import RuleStep, RuleVersion
from fenrun.compliance.states import RULE, RuleState
from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.registry.access import Viewer

READ = "fenrun.rules"
"""Under which a session keeps the rules that it read; it is dropped when it changes them."""
_PROGRAM = "fenrun"
"""Who drafted what is shipped: nobody that could approve it too."""


def digest_of(document: RuleDocument) -> bytes:
    """What a version is known by: SHA-256 of its document."""
    return hashlib.sha256(json.dumps(document.model_dump(mode="json"), sort_keys=True).encode()).digest()


# --- What is shipped --------------------------------------------------------------------------------


def install_shipped(session: Session, now: dt.datetime) -> int:
    """Publishes the shipped version of every rule that there is none of; returns how many.

    A shipped rule that has changed since, as after an update, waits as a tested version for a person to approve it:
    what is in force is never changed by a program.
    """
    repository.lock_rules(session)
    newest: dict[str, RuleVersion] = {}
    last_shipped: dict[str, bytes] = {}
    for version in reversed(repository.rule_versions(session)):
        newest[version.code] = version
        if version.shipped:
            last_shipped[version.code] = version.digest
    installed = 0
    for code, document in shipped().items():
        if code not in newest:
            made = _add(session, document, 1, "published", _PROGRAM, now)
            # From when its law is: a month of before it was installed is reported by it too.
            made.effective_from, made.shipped = dt.datetime.fromisoformat(f"{document.law.in_force}T00:00:00Z"), True
            installed += 1
        elif last_shipped.get(code) not in (None, digest_of(document)) and not repository.open_version(session, code):
            made = _add(session, document, newest[code].version + 1, "tested", _PROGRAM, now)
            made.shipped = True
    session.flush()
    return installed


# --- Drafts -----------------------------------------------------------------------------------------


def draft(session: Session, viewer: Viewer, document: RuleDocument, now: dt.datetime) -> RuleVersion:
    """Begins the next version of a rule, or the first one of a new rule.

    Raises:
        RuleStateError: another version of it is still to be published; or it would move to another point.
    """
    repository.lock_rules(session)
    versions = repository.rule_versions(session, document.code)
    _require_nothing_open(session, document.code)
    if versions and versions[0].point != document.point:
        raise RuleStateError(f"{document.code} is asked at {versions[0].point}; give another point another code")
    number = versions[0].version + 1 if versions else 1
    made = _add(session, document, number, "draft", viewer.member_id, now, viewer.login)
    audit_log.record(session, "rule.drafted", made.id, after={"rule": f"{made.code}@{made.version}"})
    return made


def edit(session: Session, viewer: Viewer, id_: str, document: RuleDocument, now: dt.datetime) -> RuleVersion:
    """Replaces the document of a version that is not published; it is a draft again, and the editor's.

    Raises:
        NotFoundError: no such version.
        RuleStateError: it is published or withdrawn, or would become another rule.
    """
    found = _one(session, id_)
    state = _after(found, "edit")
    if (document.code, document.point) != (found.code, found.point):
        raise RuleStateError(f"This is {found.code}, asked at {found.point}; draft another rule instead")
    before = found.document
    found.document, found.digest = document.model_dump(mode="json"), digest_of(document)
    found.drafted_by, found.shipped = viewer.member_id, False
    _move(session, found, state, viewer, now)
    audit_log.record(session, "rule.edited", found.id, before, found.document)
    return found


def withdraw(session: Session, viewer: Viewer, id_: str, reason: str, now: dt.datetime) -> RuleVersion:
    """Gives up a version that is not published.

    Raises:
        NotFoundError: no such version.
        RuleStateError: it is published or withdrawn already.
    """
    found = _one(session, id_)
    _move(session, found, _after(found, "withdraw"), viewer, now, reason)
    audit_log.record(session, "rule.withdrawn", found.id, after={"reason": reason})
    return found


# --- On the way to publication ----------------------------------------------------------------------


def check(session: Session, viewer: Viewer, id_: str, now: dt.datetime) -> tuple[RuleVersion, list[Flaw]]:
    """Looks for all that is broken; without an error the version is checked.

    Raises:
        NotFoundError: no such version.
        RuleStateError: it is past that.
    """
    found = _one(session, id_)
    state = _after(found, "check")
    flaws = checking.check(document_of(found))
    if not errors_of(flaws):
        _move(session, found, state, viewer, now)
        audit_log.record(session, "rule.checked", found.id)
    return found, flaws


def test(session: Session, viewer: Viewer, id_: str, now: dt.datetime) -> tuple[RuleVersion, list[Tried]]:
    """Runs the version's cases; it is tested when all come out, one at least fires, and one at least does not.

    Raises:
        NotFoundError: no such version.
        RuleStateError: it is not checked, or past that.
        RuleUnsoundError: its cases cannot show that it works.
    """
    found = _one(session, id_)
    state = _after(found, "test")
    document = document_of(found)
    outcomes = {case.expect for case in document.cases}
    if len(outcomes) < 2:
        raise RuleUnsoundError("Give a case that has to fire, and a near miss that comes to something else")
    tried = checking.test(document)
    if all(one.passed for one in tried):
        _move(session, found, state, viewer, now)
        audit_log.record(session, "rule.tested", found.id, after={"cases": len(tried)})
    return found, tried


def approve(session: Session, viewer: Viewer, id_: str, now: dt.datetime) -> RuleVersion:
    """Lets a tested version be published.

    Raises:
        NotFoundError: no such version.
        RuleStateError: it is not tested.
        SecondPersonError: the viewer wrote it.
    """
    found = _one(session, id_)
    state = _after(found, "approve")
    if found.drafted_by == viewer.member_id:
        raise SecondPersonError("You wrote this version; somebody else of compliance has to approve it")
    _move(session, found, state, viewer, now)
    audit_log.record(session, "rule.approved", found.id)
    return found


def publish(
    session: Session, viewer: Viewer, id_: str, effective_from: dt.datetime | None, now: dt.datetime
) -> RuleVersion:
    """Publishes an approved version, in force from a moment on (None: from now on).

    Raises:
        NotFoundError: no such version.
        RuleStateError: it is not approved, or the moment is over.
        RuleUnsoundError: it was sound when it was checked, and is not any more: the program has changed since.
    """
    found = _one(session, id_)
    state = _after(found, "publish")
    if effective_from is not None and effective_from < now:
        raise RuleStateError("effective_from: what was decided by the rule before stays so; give a moment to come")
    document = document_of(found)
    if errors_of(checking.check(document)) or not all(tried.passed for tried in checking.test(document)):
        raise RuleUnsoundError("It has errors now; edit it, and have it checked again")
    found.effective_from = effective_from or now
    _move(session, found, state, viewer, now)
    after = {"rule": f"{found.code}@{found.version}", "effective_from": found.effective_from.isoformat()}
    audit_log.record(session, "rule.published", found.id, after=after)
    return found


def roll_back(session: Session, viewer: Viewer, id_: str, reason: str, now: dt.datetime) -> RuleVersion:
    """Makes a published version's text the next version: tested already, so that it waits for a second person alone.

    Raises:
        NotFoundError: no such version.
        RuleStateError: it was never published, or another version is still to be.
        RuleUnsoundError: the program has changed since, and its text is not sound any more.
    """
    repository.lock_rules(session)
    found = _one(session, id_)
    if found.state != "published":
        raise RuleStateError(f"{found.code}@{found.version} was never published")
    _require_nothing_open(session, found.code)
    document = document_of(found)
    if errors_of(checking.check(document)) or not all(tried.passed for tried in checking.test(document)):
        raise RuleUnsoundError("Its text has errors now; draft a version from it instead")
    newest = repository.rule_versions(session, found.code)[0]
    made = _add(session, document, newest.version + 1, "tested", viewer.member_id, now, viewer.login, reason)
    after = {"rule": f"{made.code}@{made.version}", "to": found.version, "reason": reason}
    audit_log.record(session, "rule.rolled_back", made.id, after=after)
    return made


# --- In common --------------------------------------------------------------------------------------


def document_of(version: RuleVersion) -> RuleDocument:
    """The document of a version."""
    return RuleDocument.model_validate(version.document)


def errors_of(flaws: list[Flaw]) -> list[Flaw]:
    """Those that keep a version from being relied on."""
    return [flaw for flaw in flaws if flaw.level == "error"]


def _one(session: Session, id_: str) -> RuleVersion:
    found = repository.rule_version(session, id_, lock=True)
    if found is None:
        raise NotFoundError(f"No version {id_} of a rule")
    return found


def _require_nothing_open(session: Session, code: str) -> None:
    found = repository.open_version(session, code)
    if found is not None:
        raise RuleStateError(f"{code}@{found.version} is {found.state}: publish or withdraw it first")


def _after(found: RuleVersion, step: str) -> RuleState:
    state = RULE[found.state].get(step)
    if state is None:
        raise RuleStateError(f"{found.code}@{found.version} is {found.state}; it cannot be: {step}")
    return state


def _add(
    session: Session,
    document: RuleDocument,
    version: int,
    state: RuleState,
    by: str,
    now: dt.datetime,
    login: str = _PROGRAM,
    reason: str | None = None,
) -> RuleVersion:
    session.info.pop(READ, None)
    made = RuleVersion(
        id=new_id("rv"),
        code=document.code,
        version=version,
        point=document.point,
        document=document.model_dump(mode="json"),
        digest=digest_of(document),
        state=state,
        drafted_by=by,
        created_at=now,
    )
    session.add(made)
    session.flush()
    session.add(RuleStep(version_number=made.number, state=state, reason=reason, by_member=by, by_login=login, at=now))
    return made


def _move(
    session: Session, found: RuleVersion, state: RuleState, viewer: Viewer, now: dt.datetime, reason: str | None = None
) -> None:
    session.info.pop(READ, None)
    found.state = state
    session.add(
        RuleStep(
            version_number=found.number, state=state, reason=reason, by_member=viewer.member_id,
            by_login=viewer.login, at=now,
        )
    )  # fmt: skip
    session.flush()
