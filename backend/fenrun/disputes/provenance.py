"""Whose a customer is, by what is on record: the first valid registration within its scope. Pure.

`judge` rules only where the record leaves no doubt, says why, and quotes what it rests on; otherwise it says who is to
be asked. `on_balance` always rules: that is how silence is decided, on the evidence and never as a loss by itself.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fenrun.disputes.states import Ruling
from fenrun.kit.company_identity import Identity, Likeness, Scope, likeness, overlap

Ground = Literal["record", "registration", "evidence"]
"""What a claim rests on: that the chain's record names the claimant, that it registered the customer first, or more."""
Role = Literal["referrer", "implementer", "trainer"]
Asked = Literal["respondent", "claimant", "staff", "panel"]
Reason = Literal[
    "record_names_claimant", "record_names_respondent", "record_names_neither", "registered_first",
    "registered_before_attribution", "attributed_before", "registered_later", "respondent_registered", "record_stands",
    "identity_unsure", "registration_undecided", "scope_unclear", "same_moment", "work_needs_evidence",
    "evidence_unanswered", "direct_account", "decided_on_record", "orders_differ",
]  # fmt: skip

_SAME_MOMENT = dt.timedelta(seconds=1)
"""Nearer than this, no clock can say who was first."""


@dataclass(frozen=True)
class Registration:
    """A registration of a deal, as far as it matters here."""

    id: str
    partner: int
    identity: Identity
    scope: Scope
    registered_at: dt.datetime
    approved: bool
    """Whether it was ever answered by yes."""
    undecided: bool
    """Whether it waits for an answer."""
    valid_until: dt.datetime | None
    """When its protection ended, or it was given up; None while it has no end."""

    def counts_at(self, moment: dt.datetime) -> bool:
        """Whether it protected its partner at a moment."""
        return (
            self.approved and self.registered_at <= moment and (self.valid_until is None or moment < self.valid_until)
        )


Condition = Callable[[Registration], bool]


@dataclass(frozen=True)
class Facts:
    """All that a ruling may rest on."""

    claimant: int
    respondent: int
    role: Role
    ground: Ground
    order: str
    paid_at: dt.datetime
    """When the customer paid: the moment for which everything is asked."""
    holder: int | None
    """Whom the chain's record names in the role at that moment, and since when."""
    holder_since: dt.datetime | None
    customer: Identity | None
    """Who the customer is; None when nobody wrote that down."""
    registrations: tuple[Registration, ...] = ()
    claimant_evidence: int = 0
    """How many files each side filed."""
    direct_account: bool = False
    """Whether the vendor sells to the customer itself, and nobody else does."""


@dataclass(frozen=True)
class Quote:
    """A piece of evidence as a ruling quotes it."""

    kind: Literal["registration", "attribution", "order"]
    id: str
    partner: int | None
    at: dt.datetime | None


@dataclass(frozen=True)
class Finding:
    """What the record says. Without a ruling, who is to be asked."""

    ruling: Ruling | None
    reason: Reason
    quotes: tuple[Quote, ...]
    asks: tuple[Asked, ...] = ()


def judge(facts: Facts) -> Finding:
    """Rules where the record leaves no doubt."""
    if facts.ground == "record":
        return _by_record(facts)
    if facts.direct_account:
        return _ask(facts, "direct_account", "staff")
    if facts.role != "referrer":
        return _by_work(facts)
    return next(_doubts(facts), None) or _by_registration(facts)


def on_balance(facts: Facts) -> Finding:
    """Rules in any case: what is in doubt counts for nobody, and then whoever has the share keeps it."""
    found = judge(facts)
    if found.ruling is not None:
        return found
    quotes = (*found.quotes, _attribution(facts)) if facts.holder else found.quotes
    return Finding("keep", "decided_on_record", tuple(dict.fromkeys(quotes)))


def together(found: Sequence[Finding], *, certain: bool) -> Finding:
    """One finding for orders that are disputed together: the same for all, or a person's to make.

    Args:
        found: one for each order, of `judge` where `certain`, otherwise of `on_balance`; at least one.
        certain: whether there may be no ruling.
    """
    first = next((finding for finding in found if finding.ruling is None), found[0])
    if first.ruling is None or len({finding.ruling for finding in found}) == 1:
        return first
    quotes = tuple(dict.fromkeys(quote for finding in found for quote in finding.quotes))
    if certain:
        return Finding(None, "orders_differ", quotes, ("staff",))
    return Finding("keep", "decided_on_record", quotes)


def _by_record(facts: Facts) -> Finding:
    if facts.holder == facts.claimant:
        return Finding("transfer", "record_names_claimant", (_attribution(facts), _order(facts)))
    if facts.holder == facts.respondent:
        return Finding("keep", "record_names_respondent", (_attribution(facts), _order(facts)))
    return Finding("reverse", "record_names_neither", (_attribution(facts), _order(facts)))


def _by_work(facts: Facts) -> Finding:
    """Who implements or trains is not registered anywhere: only evidence can say it."""
    if facts.claimant_evidence:
        return _ask(facts, "work_needs_evidence", "respondent")
    return Finding("keep", "record_stands", (_attribution(facts), _order(facts)))


def _doubts(facts: Facts) -> Iterator[Finding]:
    """What might turn the ruling, and a person has to say."""
    mine, first = _first(facts, _is_claimants(facts)), _first(facts, _is_others(facts))
    if mine is None:
        undecided = _of(facts, "same", lambda r: r.partner == facts.claimant and r.undecided)
        if undecided and undecided[0].registered_at <= facts.paid_at:
            yield _ask(facts, "registration_undecided", "staff", *undecided)
        unsure = _counting(facts, "unsure", _is_claimants(facts))
        if unsure and (first is None or unsure[0].registered_at < first.registered_at):
            yield _ask(facts, "identity_unsure", "staff", *unsure)
        return
    rivals = _counting(facts, "unsure", _is_others(facts))
    if rivals and rivals[0].registered_at <= mine.registered_at:
        yield _ask(facts, "identity_unsure", "staff", mine, *rivals)
    if first is not None and not overlap(mine.scope, first.scope):
        yield _ask(facts, "scope_unclear", "respondent", mine, first)
    if first is not None and abs(mine.registered_at - first.registered_at) < _SAME_MOMENT:
        yield _ask(facts, "same_moment", "panel", mine, first)


def _by_registration(facts: Facts) -> Finding:
    mine, first = _first(facts, _is_claimants(facts)), _first(facts, _is_others(facts))
    if mine is None:
        return _without_registration(facts, first)
    if first is not None and first.registered_at < mine.registered_at:
        return Finding("keep", "registered_later", (_quote(first), _quote(mine), _order(facts)))
    if facts.holder_since is not None and facts.holder_since <= mine.registered_at:
        return Finding("keep", "attributed_before", (_attribution(facts), _quote(mine), _order(facts)))
    if first is not None:
        return Finding("transfer", "registered_first", (_quote(mine), _quote(first), _order(facts)))
    return Finding("transfer", "registered_before_attribution", (_quote(mine), _attribution(facts), _order(facts)))


def _without_registration(facts: Facts, first: Registration | None) -> Finding:
    if first is not None and first.partner == facts.respondent:
        return Finding("keep", "respondent_registered", (_quote(first), _order(facts)))
    if facts.claimant_evidence:
        return _ask(facts, "evidence_unanswered", "respondent")
    return Finding("keep", "record_stands", (_attribution(facts), _order(facts)))


def _is_claimants(facts: Facts) -> Condition:
    return lambda registration: registration.partner == facts.claimant


def _is_others(facts: Facts) -> Condition:
    """Of the respondent, or of a third: whoever claims has to have been before everybody."""
    return lambda registration: registration.partner != facts.claimant


def _first(facts: Facts, whose: Condition) -> Registration | None:
    """The first registration that protected its partner when the customer paid, and certainly is of the customer."""
    return next(iter(_counting(facts, "same", whose)), None)


def _counting(facts: Facts, alike: Likeness, whose: Condition) -> list[Registration]:
    return _of(facts, alike, lambda r: whose(r) and r.counts_at(facts.paid_at))


def _of(facts: Facts, alike: Likeness, condition: Condition) -> list[Registration]:
    """Registrations by time. Of a customer that nobody wrote down, any may be."""
    found = [
        r
        for r in facts.registrations
        if condition(r) and (likeness(r.identity, facts.customer) if facts.customer else "unsure") == alike
    ]
    return sorted(found, key=lambda r: (r.registered_at, r.id))


def _ask(facts: Facts, reason: Reason, asked: Asked, *about: Registration) -> Finding:
    return Finding(None, reason, (*map(_quote, about), _order(facts)), (asked,))


def _quote(registration: Registration) -> Quote:
    return Quote("registration", registration.id, registration.partner, registration.registered_at)


def _attribution(facts: Facts) -> Quote:
    return Quote("attribution", facts.order, facts.holder, facts.holder_since)


def _order(facts: Facts) -> Quote:
    return Quote("order", facts.order, None, facts.paid_at)
