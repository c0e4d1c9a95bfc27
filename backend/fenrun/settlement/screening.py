"""What compliance says of payments before they are taken in: of each by itself, and of the months they belong to."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from fenrun.compliance import service as compliance
from fenrun.compliance.errors import ComplianceBlockedError
from fenrun.compliance.service import Subject
from fenrun.kit.security import reference
from fenrun.settlement import intake_repository as repository

if TYPE_CHECKING:
    from fenrun.settlement.intake import SubscriptionEvent


def screen(
    session: Session, key: bytes, source: str, payments: Sequence["SubscriptionEvent"], currency: str
) -> dict[str, ComplianceBlockedError]:
    """Why payments are not taken in, by the sender's ids of the events. Those of which nothing is said can be.

    Whose customer it is was judged when the customer, or its partner, changed: an order of one that is held is taken in
    and waits (`customer_holds`). Here is asked what depends on the order alone.
    """
    if not payments:
        return {}
    now = dt.datetime.now(dt.UTC)
    subjects = [
        Subject(
            "event",
            # An id that may be personal data is not kept of what was refused for being that.
            reference(key, "event", f"{source}\0{event.external_id}").hex(),
            {"customer_reference": event.customer_id, "order_reference": event.order_id},
        )
        for event in payments
    ]
    verdicts = compliance.judge(session, "event.accept", subjects, now, first_time=True)
    refused = {
        event.external_id: compliance.blocked(verdict.stopping)
        for event, verdict in zip(payments, verdicts, strict=True)
        if verdict.stopping
    }
    return refused | _late(session, payments, currency, now)


def _late(
    session: Session, payments: Sequence["SubscriptionEvent"], currency: str, now: dt.datetime
) -> dict[str, ComplianceBlockedError]:
    """What is said of months before this one. This one is open: it cannot be closed before it is over."""
    this = now.date().replace(day=1)
    paid_in = {event.external_id: event.at.astimezone(dt.UTC).date() for event in payments if _dated(event)}
    paid_in = {id_: day.replace(day=1) for id_, day in paid_in.items() if day < this}
    months = sorted(set(paid_in.values()))
    if not months:
        return {}
    closed = repository.closed_months(session, months, currency)
    subjects = [
        Subject("month", f"{month:%Y-%m}", {"paid_in": "closed" if month in closed else "open"}, f"{month:%Y-%m}")
        for month in months
    ]
    judged = compliance.judge(session, "month.book", subjects, now, first_time=True)
    verdicts = dict(zip(months, judged, strict=True))
    return {
        id_: compliance.blocked(verdicts[month].stopping) for id_, month in paid_in.items() if verdicts[month].stopping
    }


def _dated(event: "SubscriptionEvent") -> bool:
    """Whether it is paid in a month that can be named: one of the year 9999 is refused for being in the future."""
    return event.at.year < 9999
