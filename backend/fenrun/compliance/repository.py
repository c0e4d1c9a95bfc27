"""All SQL of compliance."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import RowMapping, Select, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from fenrun.compliance.models import (
    CustomerHold,
    FindingDecision,
    RuleFinding,
    RuleStep,
    RuleVersion,
    Screening,
)
from fenrun.compliance.states import OPEN_RULE_STATES, STOPPING
from fenrun.compliance.vocabulary import POINTS
from fenrun.kit.db import among

# --- Rules ------------------------------------------------------------------------------------------


def lock_rules(session: Session) -> None:
    """Lets one transaction at a time change which rules there are."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('compliance.rules', 0))"))


_IN_FORCE = text(
    "SELECT DISTINCT ON (code) number, code, point, version, digest FROM compliance_rule_versions"
    " WHERE state = 'published' AND effective_from <= :now AND point = ANY(:points)"
    " ORDER BY code, effective_from DESC, version DESC"
)


def in_force(session: Session, now: dt.datetime, *points: str) -> Sequence[RowMapping]:
    """Number, code, point, version and digest of the version of each rule that is in force at points, by code."""
    return (
        session.execute(
            _IN_FORCE,
            {"now": now, "points": list(points or POINTS)},
        )
        .mappings()
        .all()
    )


def any_rule(session: Session) -> bool:
    """Whether there is any version of any rule."""
    return session.scalar(select(RuleVersion.number).limit(1)) is not None


def rule_version(session: Session, id_: str, *, lock: bool = False) -> RuleVersion | None:
    """A version by its id."""
    query = select(RuleVersion).where(RuleVersion.id == id_)
    return session.scalar(query.with_for_update() if lock else query)


def rule_by_number(session: Session, number: int) -> RuleVersion:
    """A version by its number."""
    return session.get_one(RuleVersion, number)


def rule_versions(session: Session, code: str | None = None) -> Sequence[RuleVersion]:
    """The versions of a rule, newest first; of all rules, by code."""
    query = select(RuleVersion).order_by(RuleVersion.code, RuleVersion.version.desc())
    return session.scalars(query if code is None else query.where(RuleVersion.code == code)).all()


def open_version(session: Session, code: str) -> RuleVersion | None:
    """The version of a rule that is still to be published."""
    return session.scalar(select(RuleVersion).where(RuleVersion.code == code, RuleVersion.state.in_(OPEN_RULE_STATES)))


def steps(session: Session, version_number: int) -> Sequence[RuleStep]:
    """How a version came into its state, oldest first."""
    return session.scalars(
        select(RuleStep).where(RuleStep.version_number == version_number).order_by(RuleStep.number)
    ).all()


# --- Findings ---------------------------------------------------------------------------------------


def lock_point(session: Session, point: str) -> None:
    """Lets one transaction at a time open findings at a point."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"compliance:{point}"})


_NOTE = text(
    "INSERT INTO compliance_checks (at, point, rulebook, subjects, inputs, outcomes)"
    " VALUES (:at, :point, :rulebook, :subjects, :inputs, CAST(:outcomes AS jsonb))"
)


def note_check(
    session: Session,
    at: dt.datetime,
    point: str,
    rulebook: bytes,
    subjects: int,
    inputs: bytes,
    outcomes: Mapping[str, int],
) -> None:
    """Notes that rules were asked; by a plain statement, for it is on the way of every order."""
    session.execute(
        _NOTE,
        {"at": at, "point": point, "rulebook": rulebook, "subjects": subjects, "inputs": inputs,
         "outcomes": json.dumps(outcomes)},
    )  # fmt: skip


def live(session: Session, kind: str, ids: Sequence[str], point: str) -> Sequence[RuleFinding]:
    """What is true of subjects of a kind by rules of a point, whether they are still in force or not, locked."""
    query = select(RuleFinding).where(
        RuleFinding.closed_at.is_(None),
        RuleFinding.subject_kind == kind,
        among(RuleFinding.subject_id, list(ids)),
        RuleFinding.point == point,
    )
    return session.scalars(query.order_by(RuleFinding.number).with_for_update()).all()


def live_at(session: Session, point: str) -> Sequence[RuleFinding]:
    """What is true now by rules of a point, of whatever subject."""
    return session.scalars(
        select(RuleFinding).where(RuleFinding.closed_at.is_(None), RuleFinding.point == point).with_for_update()
    ).all()


def finding(session: Session, id_: str, *, lock: bool = False) -> RuleFinding | None:
    """A finding by its id."""
    query = select(RuleFinding).where(RuleFinding.id == id_)
    return session.scalar(query.with_for_update() if lock else query)


def findings(
    session: Session,
    *,
    after: int | None,
    before: int | None,
    limit: int,
    state: Sequence[str] | None = None,
    outcome: str | None = None,
    point: str | None = None,
    rule: str | None = None,
    partner: int | None = None,
) -> Sequence[RuleFinding]:
    """A page of findings, newest first: what comes after a position, or just before one."""
    query = select(RuleFinding)
    if state is not None:
        query = query.where(RuleFinding.state.in_(state))
    for column, value in (
        (RuleFinding.outcome, outcome),
        (RuleFinding.point, point),
        (RuleFinding.rule_code, rule),
        (RuleFinding.partner_number, partner),
    ):
        query = query if value is None else query.where(column == value)
    return _page(session, query, after, before, limit)


def _page(
    session: Session, query: Select[RuleFinding], after: int | None, before: int | None, limit: int
) -> Sequence[RuleFinding]:
    if before is not None:
        rows = session.scalars(query.where(RuleFinding.number > before).order_by(RuleFinding.number).limit(limit)).all()
        return list(reversed(rows))
    if after is not None:
        query = query.where(RuleFinding.number < after)
    return session.scalars(query.order_by(RuleFinding.number.desc()).limit(limit)).all()


def decisions(session: Session, finding_number: int) -> Sequence[FindingDecision]:
    """What was decided about a finding, oldest first."""
    return session.scalars(
        select(FindingDecision).where(FindingDecision.finding_number == finding_number).order_by(FindingDecision.number)
    ).all()


def last_decision(session: Session, finding_number: int) -> FindingDecision | None:
    """The newest decision about a finding."""
    return session.scalar(
        select(FindingDecision)
        .where(FindingDecision.finding_number == finding_number)
        .order_by(FindingDecision.number.desc())
        .limit(1)
    )


def stopping_partner(session: Session, partner_number: int, points: Sequence[str]) -> Sequence[RuleFinding]:
    """What holds or blocks a partner at points."""
    return session.scalars(
        select(RuleFinding)
        .where(RuleFinding.partner_number == partner_number, RuleFinding.point.in_(points), *_STOPS)
        .order_by(RuleFinding.number)
    ).all()


def stopping_customer(session: Session, customer_number: int) -> bool:
    """Whether a finding keeps a customer's orders from the chain."""
    query = select(RuleFinding.number).where(RuleFinding.customer_number == customer_number, *_STOPS)
    return session.scalar(query.limit(1)) is not None


_STOPS = (
    RuleFinding.closed_at.is_(None),
    RuleFinding.outcome.in_(("HOLD", "BLOCK")),
    RuleFinding.state.in_(STOPPING),
)


def counts(session: Session) -> Sequence[tuple[str, str, int]]:
    """How many findings are true now, by outcome and state."""
    rows = session.execute(
        select(RuleFinding.outcome, RuleFinding.state, func.count())
        .where(RuleFinding.closed_at.is_(None))
        .group_by(RuleFinding.outcome, RuleFinding.state)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def forget_partner(session: Session, partner_number: int, folded_name: str) -> None:
    """Takes a person's name out of what was found of it and screened; what was found stays."""
    session.execute(update(RuleFinding).where(RuleFinding.partner_number == partner_number).values(subject_name=""))
    session.execute(delete(Screening).where(Screening.folded == folded_name))


# --- Customers that are held ------------------------------------------------------------------------


def hold_customer(session: Session, customer_number: int, now: dt.datetime) -> bool:
    """Keeps a customer's orders from the chain; returns whether they were not yet."""
    if session.get(CustomerHold, customer_number) is not None:
        return False
    session.add(CustomerHold(customer_number=customer_number, since=now))
    session.flush()
    return True


def release_customer(session: Session, customer_number: int) -> bool:
    """Lets a customer's orders go on chain; returns whether they were held."""
    held = session.get(CustomerHold, customer_number)
    if held is None:
        return False
    session.delete(held)
    session.flush()
    return True


# --- Reports ----------------------------------------------------------------------------------------


def checked_between(session: Session, start: dt.datetime, end: dt.datetime) -> Sequence[RowMapping]:
    """How often rules were asked in a span at each point, about how many subjects, and what came of them."""
    return (
        session.execute(
            text(
                "WITH asked AS (SELECT * FROM compliance_checks WHERE at >= :start AND at < :end)"
                " SELECT point, count(*) AS calls, sum(subjects)::bigint AS subjects,"
                " (SELECT jsonb_object_agg(key, n) FROM (SELECT key, sum(value::bigint)::bigint AS n"
                "  FROM asked b, jsonb_each_text(b.outcomes) WHERE b.point = a.point GROUP BY 1) o) AS outcomes"
                " FROM asked a GROUP BY 1 ORDER BY 1"
            ),
            {"start": start, "end": end},
        )
        .mappings()
        .all()
    )


def findings_between(session: Session, start: dt.datetime, end: dt.datetime) -> Sequence[RuleFinding]:
    """What was found in a span, or decided in it, oldest first."""
    decided = select(FindingDecision.finding_number).where(FindingDecision.at >= start, FindingDecision.at < end)
    return session.scalars(
        select(RuleFinding)
        .where(or_((RuleFinding.at >= start) & (RuleFinding.at < end), RuleFinding.number.in_(decided)))
        .order_by(RuleFinding.number)
    ).all()


def decisions_until(session: Session, numbers: Sequence[int], end: dt.datetime) -> Sequence[FindingDecision]:
    """What was decided about findings before a moment, oldest first."""
    return session.scalars(
        select(FindingDecision)
        .where(among(FindingDecision.finding_number, list(numbers)), FindingDecision.at < end)
        .order_by(FindingDecision.number)
    ).all()


def published_between(session: Session, start: dt.datetime, end: dt.datetime) -> Sequence[tuple[RuleStep, RuleVersion]]:
    """Which versions of rules were published in a span, and by which step, oldest first."""
    rows = session.execute(
        select(RuleStep, RuleVersion)
        .join(RuleVersion, RuleVersion.number == RuleStep.version_number)
        .where(RuleStep.state == "published", RuleStep.at >= start, RuleStep.at < end)
        .order_by(RuleStep.number)
    )
    return [(row[0], row[1]) for row in rows]
