"""Deciding about what rules found: let pass by two people, upheld by one, and taken back by either."""

import datetime as dt

from sqlalchemy.orm import Session

from fenrun.compliance import enforcement, repository
from fenrun.compliance.errors import NotOverridableError, ResultStateError, SecondPersonError
from fenrun.compliance.models import FindingDecision, RuleFinding
from fenrun.compliance.states import FINDING
from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.registry.access import Viewer


def ask(session: Session, key: bytes, viewer: Viewer, id_: str, reason: str, now: dt.datetime) -> RuleFinding:
    """Asks that a finding be let pass, for a reason that a second person judges.

    Raises:
        NotFoundError: no such finding.
        NotOverridableError: nobody can let it pass.
        ResultStateError: it is decided already, or stops nothing.
    """
    found = _one(session, id_)
    if not found.overridable and found.outcome in ("HOLD", "BLOCK"):
        raise NotOverridableError(f"{found.rule_code} is not let pass by anybody; mend what it says instead")
    return _move(session, key, found, "ask", viewer, reason, now)


def confirm(
    session: Session, key: bytes, viewer: Viewer, id_: str, reason: str | None, now: dt.datetime
) -> RuleFinding:
    """Lets a finding pass that somebody else asked for. It holds for these facts and this version of the rule.

    Raises:
        NotFoundError: no such finding.
        ResultStateError: nobody asked.
        SecondPersonError: the viewer asked.
    """
    found = _one(session, id_)
    asked = repository.last_decision(session, found.number)
    if found.state == "override_asked" and asked is not None and asked.by_member == viewer.member_id:
        raise SecondPersonError("You asked for this; somebody else of compliance has to confirm it")
    return _move(session, key, found, "confirm", viewer, reason, now)


def decide(
    session: Session, key: bytes, viewer: Viewer, id_: str, step: str, reason: str, now: dt.datetime
) -> RuleFinding:
    """Refuses what was asked (`refuse`), upholds a finding (`uphold`), or takes a decision back (`reopen`).

    Raises:
        NotFoundError: no such finding.
        ResultStateError: it is in no state in which this can be done.
    """
    return _move(session, key, _one(session, id_), step, viewer, reason, now)


def _one(session: Session, id_: str) -> RuleFinding:
    found = repository.finding(session, id_, lock=True)
    if found is None:
        raise NotFoundError(f"No finding {id_}")
    return found


def _move(
    session: Session, key: bytes, found: RuleFinding, step: str, viewer: Viewer, reason: str | None, now: dt.datetime
) -> RuleFinding:
    state = FINDING[found.state].get(step)
    if state is None:
        raise ResultStateError(f"The finding is {found.state}; it cannot be: {step}")
    if step == "reopen" and found.outcome not in ("HOLD", "BLOCK"):
        state = "noted"
    before, found.state = found.state, state
    session.add(
        FindingDecision(
            finding_number=found.number, state=state, reason=reason, by_member=viewer.member_id,
            by_login=viewer.login, at=now,
        )
    )  # fmt: skip
    session.flush()
    audit_log.record(
        session,
        f"finding.{step}",
        found.id,
        {"state": before},
        {"state": state, "reason": reason, "rule": found.rule_code},
    )
    enforcement.apply(session, key, found, now)
    return found
