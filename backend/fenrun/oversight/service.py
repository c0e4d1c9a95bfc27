"""Judging partners, customers and requests when they change, and making what follows from it so."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from fenrun.compliance import enforcement, sanctions
from fenrun.compliance import service as compliance
from fenrun.compliance.models import RuleFinding
from fenrun.compliance.service import Subject, Verdict
from fenrun.compliance.vocabulary import Facts, Point
from fenrun.oversight import facts, repository
from fenrun.registry import notices, person_keys

Judged = dict[tuple[str, str], tuple[bytes, Facts]]
"""What was judged last of each subject (kind, id): by which rulebook, from which facts."""


def watch(session: Session, key: bytes, judged: Judged, now: dt.datetime) -> int:
    """Judges whatever changed since it was judged last, or whose rules did; returns how much that was.

    Args:
        session: the transaction.
        key: the installation's.
        judged: what the caller judged before, which is brought up to date.
        now: the time.
    """
    sanctions.load_shipped(session, now)
    rows = repository.partners(session)
    likest = sanctions.screen(session, {row["name"] for row in rows}, now)
    keys = person_keys.of_all(session, key, [row["number"] for row in rows])
    partners = [facts.partner_subject(row, told, likest[row["name"]]) for row, told in facts.of_partners(rows, keys)]
    customers = list(facts.of_customers(repository.customers(session), facts.known_partners(rows)))
    requests = [_request(row, now.date()) for row in repository.requests(session)]
    held_partners, held_customers = repository.held(session)
    news, opened = 0, list[RuleFinding]()
    for subject, verdict in _changed(session, "partner.activate", partners, judged, now):
        news += 1
        opened += verdict.stopping
        if verdict.stopping or subject.partner_number in held_partners:
            assert subject.partner_number is not None
            enforcement.hold_partner(session, key, subject.partner_number, now)
    for subject, verdict in _changed(session, "commission.calculate", customers, judged, now):
        news += 1
        opened += verdict.stopping
        if verdict.stopping or subject.customer_number in held_customers:
            assert subject.customer_number is not None
            enforcement.hold_customer(session, subject.customer_number, now)
    # One that was answered is no longer late.
    compliance.close_gone(session, "data.request", [request.id for request in requests], now)
    for _, verdict in _changed(session, "data.request", requests, judged, now):
        news += 1
        opened += verdict.stopping
    _tell(session, key, [found for found in opened if found.at == now], now)
    return news


def _tell(session: Session, key: bytes, opened: Sequence[RuleFinding], now: dt.datetime) -> None:
    """Writes to everybody of compliance what was held or blocked just now; once, however many there are."""
    if opened:
        first = f"{opened[0].rule_code} {opened[0].says_en} / {opened[0].says_zh}"
        about = {"count": str(len(opened)), "first": first, "path": "/risks"}
        notices.to_staff(session, key, "compliance", "findings_opened", about, now)


def _request(row: Mapping[str, object], today: dt.date) -> Subject:
    due = row["due_on"]
    assert isinstance(due, dt.date)
    found: Facts = {
        "law": str(row["law"]), "kind": str(row["kind"]), "days_left": (due - today).days,
        "books_kept": row["partner_number"] is not None,
    }  # fmt: skip
    number = row["partner_number"]
    return Subject("privacy_request", str(row["id"]), found, partner_number=number if isinstance(number, int) else None)


def _changed(
    session: Session, point: Point, subjects: Sequence[Subject], judged: Judged, now: dt.datetime
) -> list[tuple[Subject, Verdict]]:
    rulebook = compliance.rulebook_digest(session, point, now)
    news = [s for s in subjects if judged.get((s.kind, s.id)) != (rulebook, s.facts)]
    verdicts = compliance.judge(session, point, news, now)
    judged.update({(s.kind, s.id): (rulebook, s.facts) for s in news})
    return list(zip(news, verdicts, strict=True))
