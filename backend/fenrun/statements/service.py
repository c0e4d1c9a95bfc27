"""Closing months: the checklist, the checkpoint, the lock, and trial balances."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import artifact
from fenrun.chain.gas import Call, estimate
from fenrun.chain.indexer import final_block
from fenrun.chain.keys import Keys
from fenrun.chain.sender import bind
from fenrun.kit.calendar import day_of, first_of_next_month, move_months, start_of
from fenrun.kit.db import copy_rows
from fenrun.registry import notices, person_keys
from fenrun.statements import build, checkpoint, repository
from fenrun.statements.build import Source
from fenrun.statements.errors import PeriodNotReadyError, PeriodStateError
from fenrun.statements.models import Checkpoint, Period
from fenrun.statements.repository import LEDGER, Span
from fenrun.statements.schemas import Missing

_SENTENCES: dict[Missing, str] = {
    "earlier_open": "Close {} first",
    "not_final": "No final block of {} or later yet; wait",
    "unsealed": "{} logs of the month are not in the journal yet; wait",
    "never_audited": "No audit has run yet; run one",
    "audit_differs": "The last audit found differences; mend them and run another",
    "audit_too_old": "The last audit was before the month's end; run another",
}


class Item(NamedTuple):
    """A line of the checklist: done, or what is missing, and a month, a day or a number that it is about."""

    name: str
    missing: Missing | None = None
    about: str | None = None

    @property
    def detail(self) -> str:
        """What is missing, and what to do; nothing when it is done."""
        return _SENTENCES[self.missing].format(self.about) if self.missing else ""


def months(session: Session, today: dt.date) -> list[dt.date]:
    """The months of the books, from the first transaction to the present one."""
    first = repository.first_day(session)
    if first is None:
        return []
    month, found = first.replace(day=1), []
    while month <= today:
        found.append(month)
        month = first_of_next_month(month)
    return found


def checklist(session: Session, currency: str, month: dt.date, confirmations: int) -> list[Item]:
    """What must be true before a month is closed, each with what is missing."""
    end = first_of_next_month(month)
    moment = int(start_of(end).timestamp())
    before = move_months(month, -1)
    first = repository.first_day(session)
    earlier = first is None or before < first.replace(day=1) or repository.period(session, before, currency) is not None
    after, final = repository.first_block_from(session, moment), final_block(session, confirmations)
    unsealed = repository.unsealed_before(session, moment)
    is_final = after is not None and after <= final
    return [
        Item("earlier_closed") if earlier else Item("earlier_closed", "earlier_open", f"{before:%Y-%m}"),
        Item("final") if is_final else Item("final", "not_final", end.isoformat()),
        Item("sealed") if unsealed == 0 else Item("sealed", "unsealed", str(unsealed)),
        _audited(session, after),
    ]


def _audited(session: Session, after: int | None) -> Item:
    audit = repository.last_audit(session)
    if audit is None:
        return Item("audited", "never_audited")
    ok, result = audit
    if not ok:
        return Item("audited", "audit_differs")
    if after is None or result["block_number"] < after:
        return Item("audited", "audit_too_old")
    return Item("audited")


def close(session: Session, source: Source, month: dt.date, who: str, confirmations: int) -> Period:
    """Closes a month: from here on nothing can be posted into it. Its checkpoint waits to be anchored.

    Raises:
        PeriodStateError: it is closed already.
        PeriodNotReadyError: something of the checklist is not done.
        StatementError: logs and books do not agree.
    """
    currency = source.currency.code
    if repository.period(session, month, currency, lock=True) is not None:
        raise PeriodStateError(f"{month:%Y-%m} is closed already")
    missing = [item.detail for item in checklist(session, currency, month, confirmations) if item.missing]
    if missing:
        raise PeriodNotReadyError(f"{month:%Y-%m}: {'; '.join(missing)}")
    at = repository.span(session, month, first_of_next_month(month))
    period = Period(
        month=month,
        currency=currency,
        status="closed",
        last_transaction=at.last,
        journal_hash=repository.journal_hash(session, at.last),
        closed_by=who,
    )
    session.add(period)
    session.flush()
    session.refresh(period)
    _checkpoint(session, source, month, at)
    return period


def _checkpoint(session: Session, source: Source, month: dt.date, at: Span) -> None:
    """Keeps the tree over everybody's figures; a month in which nobody has any gets none."""
    revision = 1
    figures = build.figures(session, source, month, at)
    keys = person_keys.of_all(session, source.reference_key, list(figures))
    leaves = [
        # Who was erased keeps a place that nobody can show to be theirs: its salt is kept nowhere.
        (partner, build.leaf(source, month, revision, partner, mine, keys[partner] or person_keys.new()))
        for partner, mine in figures.items()
    ]
    if not leaves:
        return
    about, told = {"month": f"{month:%Y-%m}", "path": "/statements"}, [partner for partner, _ in leaves]
    notices.to_partners(session, source.reference_key, told, "statement_ready", about, dt.datetime.now(dt.UTC))
    leaves = [(checkpoint.COMPLIANCE, build.compliance_leaf(session, source, month, revision)), *leaves]
    session.add(
        Checkpoint(
            month=month,
            currency=source.currency.code,
            revision=revision,
            root=checkpoint.root([hash_ for _, hash_ in leaves]),
            ledger_head=repository.head(session, at.last) or bytes(32),
            salted_by_person=True,
        )
    )
    copy_rows(
        session,
        "checkpoint_leaves",
        ("month", "currency", "revision", "partner_number", "hash"),
        ((month, source.currency.code, revision, partner, hash_) for partner, hash_ in leaves),
    )


def lock(session: Session, currency: str, month: dt.date, who: str) -> Period:
    """Locks a closed month once its checkpoint is on chain: what it says can be held against us.

    Raises:
        PeriodStateError: it is open, or locked already.
        PeriodNotReadyError: its checkpoint is not on chain yet.
    """
    period = repository.period(session, month, currency, lock=True)
    if period is None or period.status != "closed":
        raise PeriodStateError(f"{month:%Y-%m} is {period.status if period else 'open'}; only a closed one is locked")
    anchored = repository.checkpoint(session, month, currency)
    if anchored is not None and repository.anchoring(session, anchored) is None:
        raise PeriodNotReadyError(f"{month:%Y-%m}: its checkpoint is not on chain yet; wait for the worker")
    period.status, period.locked_by, period.locked_at = "locked", who, dt.datetime.now(dt.UTC)
    session.flush()
    return period


def anchor(session: Session, client: Client, keys: Keys, source: Source, at: int | None = None) -> int:
    """Binds the calls that anchor checkpoints; returns how many. `at` as in `gas.estimate`."""
    ledger, registry = (source.deployment.addresses[name] for name in (LEDGER, "CheckpointRegistry"))
    waiting = repository.unanchored(session)
    for found in waiting:
        period = repository.period(session, found.month, found.currency)
        assert period is not None
        number = found.month.year * 12 + found.month.month - 1
        words = (
            found.root,
            period.journal_hash,
            found.ledger_head,
            period.last_transaction,
            len(repository.leaves(session, found)),
        )
        call = Call(
            f"checkpoint:{found.currency}:{found.month:%Y-%m}:{found.revision}",
            keys.address("treasurer"),
            registry,
            artifact("CheckpointRegistry").call("anchor", ledger, number, found.revision, words),
        )
        found.intent_id = bind(session, call, estimate(client, call, "CheckpointRegistry", at))
    session.flush()
    return len(waiting)


class BalanceLine(NamedTuple):
    """All accounts of a kind: what stood before, what moved, in minor units."""

    kind: str
    opening_debits: int
    opening_credits: int
    debits: int
    credits: int


def trial_balance(
    session: Session, currency: str, start: dt.date | None, last_day: dt.date
) -> tuple[list[BalanceLine], Span]:
    """The trial balance from a day (None: from the first) to another one, that one included."""
    at = repository.span(session, start or day_of(0), last_day + dt.timedelta(days=1))
    rows = repository.trial_balance(session, currency, at)
    return [BalanceLine(row["kind"], *(int(row[name]) for name in BalanceLine._fields[1:])) for row in rows], at
