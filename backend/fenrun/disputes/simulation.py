"""A month of disputes, walked through the real rules, the real states and their real clocks; only people are made up.

How fast people answer, and what they dispute, is assumed and printed with the result: whoever knows better says so.
"""

import datetime as dt
import math
import random
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from fenrun.disputes import states
from fenrun.disputes.provenance import Facts, Ground, Registration, Role, judge
from fenrun.disputes.states import DisputeEvent, DisputeStatus
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.company_identity import Identity, Scope

_MONTH = dt.timedelta(days=30)
_CLAIMANT, _RESPONDENT = 1, 2
_CUSTOMER = Identity("acme", "DE", "acme.com")
_SISTER = Identity("acmeeurope", "DE", "acme-europe.com")


@dataclass(frozen=True)
class Habits:
    """What people do: medians in minutes of business time, spread as a log-normal's sigma, and shares of 1."""

    respondent_minutes: float = 40
    staff_minutes: float = 25
    party_minutes: float = 12
    arbiter_minutes: float = 10
    spread: float = 0.8
    silent: float = 0.15
    """Of respondents, and of parties that are asked to accept, who never answer."""
    concedes: float = 0.05
    accepts: float = 0.75
    by_record: float = 0.08
    """Of disputes, those that rest on the record alone; the next ones, on mails and the like."""
    by_evidence: float = 0.10
    for_work: float = 0.08
    """Of disputes, those over an implementer's or a trainer's share."""
    claimant_registered: float = 0.75
    respondent_registered: float = 0.55
    unsure: float = 0.04
    """Of the claimant's registrations, those in a name that may be another company's; of a scope that is another."""
    undecided: float = 0.02
    other_scope: float = 0.03


@dataclass(frozen=True)
class Outcome:
    """How one dispute went."""

    opened_at: dt.datetime
    ruled_at: dt.datetime
    how: DisputeStatus


def simulate(disputes: int, seed: int, hours: BusinessHours, habits: Habits | None = None) -> dict[str, Any]:
    """Walks disputes that are opened at any hour of a month; returns what is printed.

    Minutes are of business time, from the opening to the ruling, as the budget of four hours is counted; `wall` is by
    the clock on the wall, nights and weekends included.
    """
    dice, habits = random.Random(seed), habits or Habits()  # noqa: S311 - a simulation has to be repeatable
    begins = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    outcomes = [_walk(dice, hours, begins + dice.random() * _MONTH, habits) for _ in range(disputes)]
    minutes = [hours.between(o.opened_at, o.ruled_at) / dt.timedelta(minutes=1) for o in outcomes]
    wall = [(o.ruled_at - o.opened_at) / dt.timedelta(minutes=1) for o in outcomes]
    heard = [spent for spent, o in zip(minutes, outcomes, strict=True) if o.how != "auto_resolved"]
    over = sum(spent > states.BUDGET / dt.timedelta(minutes=1) for spent in minutes)
    return {
        "disputes": disputes,
        "seed": seed,
        "business_hours": f"{hours.opens:%H:%M}-{hours.closes:%H:%M} {hours.zone.key}, Monday to Friday",
        "ended_by": dict(sorted(Counter(o.how for o in outcomes).items())),
        "automatic_share": round(1 - len(heard) / disputes, 4),
        "median_minutes": round(statistics.median(minutes), 1),
        "p95_minutes": round(_quantile(minutes, 0.95), 1),
        "longest_minutes": round(max(minutes), 1),
        "over_four_hours": over,
        "over_four_hours_share": round(over / disputes, 4),
        "of_those_heard": {
            "disputes": len(heard),
            "median_minutes": round(statistics.median(heard), 1) if heard else 0.0,
            "p95_minutes": round(_quantile(heard, 0.95), 1) if heard else 0.0,
        },
        "wall": {"median_minutes": round(statistics.median(wall), 1), "p95_minutes": round(_quantile(wall, 0.95), 1)},
        "assumed": asdict(habits),
    }


class _Case:
    """A dispute on its way: its status and the moment."""

    def __init__(self, hours: BusinessHours, moment: dt.datetime) -> None:
        self._hours, self.moment = hours, moment
        self.status: DisputeStatus = "draft"

    def move(self, event: DisputeEvent, moment: dt.datetime | None = None) -> None:
        self.status = states.after(self.status, event)
        self.moment = moment or self.moment

    def answered(self, minutes: float | None) -> dt.datetime | None:
        """When somebody answers within the step's time; None when it is over before."""
        until = states.deadline(self.status, self.moment, self._hours)
        assert until is not None
        if minutes is None:
            return None
        at = self._hours.after(self.moment, dt.timedelta(minutes=minutes))
        return at if at < until else None

    def time_out(self) -> None:
        until = states.deadline(self.status, self.moment, self._hours)
        self.move("time_out", until)


def _walk(dice: random.Random, hours: BusinessHours, opened_at: dt.datetime, habits: Habits) -> Outcome:
    case = _Case(hours, opened_at)
    case.move("open")
    case.move("check")
    if judge(_facts(dice, opened_at, habits)).ruling is not None:
        case.move("resolve")
        return Outcome(opened_at, case.moment, case.status)
    case.move("ask")
    _hear(dice, case, habits)
    return Outcome(opened_at, case.moment, case.status)


def _hear(dice: random.Random, case: _Case, habits: Habits) -> None:
    """The respondent, evidence, the staff, the parties, and at last an arbiter."""
    at = case.answered(_minutes(dice, habits.respondent_minutes, habits, habits.silent))
    if at is not None and dice.random() < habits.concedes:
        case.move("concede", at)
        return
    if at is None:
        case.time_out()
    else:
        case.move("respond", at)
    case.time_out()
    at = case.answered(_minutes(dice, habits.staff_minutes, habits))
    if at is None:
        case.time_out()
        return
    case.move("propose", at)
    answers = [case.answered(_minutes(dice, habits.party_minutes, habits, habits.silent)) for _ in range(2)]
    heard = [answer for answer in answers if answer is not None]
    if len(heard) == len(answers) and all(dice.random() < habits.accepts for _ in heard):
        case.move("accept", max(heard))
        return
    at = case.answered(_minutes(dice, habits.arbiter_minutes + habits.party_minutes, habits))
    if at is None:
        case.time_out()
    else:
        case.move("rule", at)


def _minutes(dice: random.Random, median: float, habits: Habits, silent: float = 0.0) -> float | None:
    return None if dice.random() < silent else dice.lognormvariate(math.log(median), habits.spread)


def _facts(dice: random.Random, now: dt.datetime, habits: Habits) -> Facts:
    """What is disputed, as a programme's own record would have it."""
    paid_at = now - dt.timedelta(days=dice.uniform(1, 30))
    since = paid_at - dt.timedelta(days=dice.uniform(1, 60))
    ground = _ground(dice, habits)
    role: Role = "referrer" if dice.random() >= habits.for_work else "implementer"
    registrations = []
    if ground != "evidence" and dice.random() < habits.claimant_registered:
        registrations.append(_registration(dice, _CLAIMANT, paid_at, habits))
    if dice.random() < habits.respondent_registered:
        registrations.append(_registration(dice, _RESPONDENT, paid_at, None))
    return Facts(
        claimant=_CLAIMANT,
        respondent=_RESPONDENT,
        role=role,
        ground=ground,
        order="ord",
        paid_at=paid_at,
        holder=_RESPONDENT,
        holder_since=since,
        customer=_CUSTOMER,
        registrations=tuple(registrations),
        claimant_evidence=1 if ground == "evidence" else 0,
    )


def _ground(dice: random.Random, habits: Habits) -> Ground:
    drawn = dice.random()
    if drawn < habits.by_record:
        return "record"
    return "evidence" if drawn < habits.by_record + habits.by_evidence else "registration"


def _registration(dice: random.Random, partner: int, paid_at: dt.datetime, habits: Habits | None) -> Registration:
    registered_at = paid_at - dt.timedelta(days=dice.uniform(0, 110))
    unsure, other_scope, undecided = (
        habits is not None and dice.random() < share
        for share in ((habits.unsure, habits.other_scope, habits.undecided) if habits else (0, 0, 0))
    )
    return Registration(
        id=f"dl_{partner}",
        partner=partner,
        identity=_SISTER if unsure else _CUSTOMER,
        scope=Scope(frozenset({"erp" if other_scope else "crm"}), "DE"),
        registered_at=registered_at,
        approved=not undecided,
        undecided=undecided,
        valid_until=registered_at + dt.timedelta(days=90),
    )


def _quantile(values: list[float], share: float) -> float:
    """The smallest value that at least such a share does not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]
