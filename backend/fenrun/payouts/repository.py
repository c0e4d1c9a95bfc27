"""All SQL of payouts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.orm import Session

from fenrun.chain.contracts import artifact
from fenrun.chain.models import ChainLog
from fenrun.payouts.models import (
    Payout,
    PayoutDetails,
    PayoutDetailsChange,
    PayoutFile,
    PayoutRun,
    PayoutRunTransition,
)
from fenrun.registry import repository as registry
from fenrun.settlement.reads import Filters

# What may leave is what is final and not taken back since: the lesser of the sealed and the pending balance. What is
# reserved is not recorded yet, so that it is still in it.
_CANDIDATES = """
WITH balances AS (
  SELECT partner_number,
    coalesce(min(least(credits - debits, pending_credits - pending_debits))
             FILTER (WHERE kind = 'payable:available'), 0) AS available,
    coalesce(sum(pending_credits - pending_debits) FILTER (WHERE kind = 'payable:held'), 0) AS held,
    coalesce(sum(pending_credits - pending_debits) FILTER (WHERE kind = 'payable:frozen'), 0) AS frozen,
    coalesce(sum(pending_debits - pending_credits) FILTER (WHERE kind = 'asset:partner_debt'), 0) AS debt
  FROM accounts WHERE partner_number IS NOT NULL AND currency = :currency GROUP BY 1
), reserved AS (
  SELECT partner_number, sum(gross) AS gross, min(r.id) AS run_id
  FROM payouts LEFT JOIN payout_runs r ON r.number = run_number
  WHERE payouts.status IN ('pending', 'processing', 'sent') GROUP BY 1
), month AS (
  SELECT partner_number, sum(gross) AS gross, sum(withheld) AS withheld
  FROM payouts LEFT JOIN payout_runs r ON r.number = run_number
  WHERE payouts.status IN ('pending', 'processing', 'sent', 'completed') AND bounce_reason IS NULL
    AND coalesce(r.pays_on, paid_on) >= :month_start AND coalesce(r.pays_on, paid_on) < :month_end
  GROUP BY 1
)
SELECT p.number, p.id, p.name, p.status, b.available, b.held, b.frozen, b.debt,
       (SELECT min(release_on) FROM holds h WHERE h.partner_number = p.number) AS next_release,
       coalesce(reserved.gross, 0) AS reserved, reserved.run_id,
       coalesce(month.gross, 0) AS month_gross, coalesce(month.withheld, 0) AS month_withheld,
       d.country, d.payee_type, d.account, d.wallet, d.documents, d.verified_at IS NOT NULL AS verified
FROM partners p
JOIN balances b ON b.partner_number = p.number
LEFT JOIN reserved ON reserved.partner_number = p.number
LEFT JOIN month ON month.partner_number = p.number
LEFT JOIN payout_details d ON d.partner_number = p.number
WHERE b.available > 0 OR b.held > 0 OR b.frozen > 0 OR b.debt > 0
ORDER BY p.number
"""

# What is on its way to the chain, or promised by a run, has not left the account yet.
_AVAILABLE = """
SELECT a.partner_number, a.pending_credits - a.pending_debits - coalesce(p.gross, 0) AS amount
FROM accounts a
LEFT JOIN (SELECT partner_number, sum(gross) AS gross FROM payouts
           WHERE status IN ('pending', 'processing', 'sent') GROUP BY 1) p
  USING (partner_number)
WHERE a.kind = 'payable:available' AND a.pending_credits - a.pending_debits > coalesce(p.gross, 0)
ORDER BY a.partner_number
"""

# The bank paid these. One that the contract left out, or whose call was reverted, is tried again when it can pass: a
# clawback may have taken what the bank had already sent, and later credits make up for it.
_TO_RECORD = """
SELECT po.number
FROM payouts po
JOIN accounts a ON a.partner_number = po.partner_number AND a.kind = 'payable:available'
LEFT JOIN intents i ON i.id = po.intent_id
WHERE po.rail = 'bank' AND po.status = 'sent' AND po.answered_on IS NOT NULL AND po.bounce_reason IS NULL
  AND (i.id IS NULL OR i.state = 'reverted' OR po.reason IS NOT NULL)
  AND a.pending_credits - a.pending_debits >= po.gross AND NOT po.partner_number = ANY(:suspended)
ORDER BY po.number LIMIT :limit FOR UPDATE OF po SKIP LOCKED
"""

_ANY_PAID = "SELECT 1 FROM payouts WHERE status = 'sent' AND answered_on IS NOT NULL LIMIT 1"

_TO_RETURN = """
SELECT po.number
FROM payouts po LEFT JOIN intents i ON i.id = po.return_intent_id
WHERE po.status = 'completed' AND po.bounce_reason IS NOT NULL AND (i.id IS NULL OR i.state = 'reverted')
ORDER BY po.number LIMIT :limit FOR UPDATE OF po SKIP LOCKED
"""

# Sent back before it was recorded, and no call that could record it is under way.
_NEVER_RECORDED = """
UPDATE payouts po SET status = 'failed', reason = po.bounce_reason
FROM payouts self LEFT JOIN intents i ON i.id = self.intent_id
WHERE self.number = po.number AND po.status = 'sent' AND po.bounce_reason IS NOT NULL
  AND (i.id IS NULL OR i.state = 'reverted' OR po.reason IS NOT NULL)
"""

PAYOUT = """
SELECT po.number AS position, po.id, r.id AS run_id, p.id AS partner_id, p.name AS partner_name, po.gross,
       po.withheld, po.gross - po.withheld AS net, po.tax_rule, po.tax_note, po.status,
       coalesce(po.bounce_reason, po.reason) AS reason, po.paid_on, po.answered_on, po.end_to_end_id,
       po.bank_reference, po.rail, po.wallet, coalesce(po.transaction_hash, i.transaction_hash) AS transaction_hash
FROM payouts po
JOIN partners p ON p.number = po.partner_number
LEFT JOIN payout_runs r ON r.number = po.run_number
LEFT JOIN intents i ON i.id = po.intent_id
"""

RUN = """
SELECT r.number AS position, r.id, r.status, r.rail, r.currency, r.pays_on, r.minimum, r.tax_version,
       coalesce(s.payouts, 0) AS payouts, coalesce(s.gross, 0) AS gross, coalesce(s.withheld, 0) AS withheld,
       coalesce(s.gross - s.withheld, 0) AS net, coalesce(s.by_status, '{}'::jsonb) AS by_status,
       (SELECT count(*) FROM payout_exclusions e WHERE e.run_number = r.number) AS left_out
FROM payout_runs r
LEFT JOIN LATERAL (
  SELECT sum(n)::bigint AS payouts, sum(gross) AS gross, sum(withheld) AS withheld,
         jsonb_object_agg(status, n) AS by_status
  FROM (SELECT status, count(*) AS n, sum(gross) AS gross, sum(withheld) AS withheld FROM payouts
        WHERE run_number = r.number GROUP BY 1) by_status) s ON true
"""

EXCLUSION = """
SELECT e.number AS position, e.id, r.id AS run_id, r.pays_on, r.currency, p.id AS partner_id, p.name AS partner_name,
       e.reason, e.detail, e.available
FROM payout_exclusions e
JOIN payout_runs r ON r.number = e.run_number
JOIN partners p ON p.number = e.partner_number
"""

_SUSPENDED = 2
"""The contract's `Status`."""

_POSITIONS = {PAYOUT: "po.number", RUN: "r.number", EXCLUSION: "e.number"}
_CONDITIONS = {
    "payee": "po.partner_number = :payee",
    "payout": "po.id = :payout",
    "payout_status": "po.status = :payout_status",
    "run": "r.id = :run",
    "run_status": "r.status = :run_status",
    "left_out": "e.partner_number = :left_out",
    "reason": "e.reason = :reason",
}


def page(
    session: Session, query: str, after: int | None = None, before: int | None = None, limit: int = 1, **filters: Any
) -> Sequence[RowMapping]:
    """A page of a list, newest first: what comes after a position, or just before one. Filters that are None: none."""
    return page_of(session, query, conditions(**filters), after, before, limit)


def conditions(**filters: Any) -> Filters:
    """The conditions of filters by name; those that are None: none."""
    values = {name: value for name, value in filters.items() if value is not None}
    return Filters([_CONDITIONS[name] for name in values], values)


def page_of(
    session: Session, query: str, filters: Filters, after: int | None, before: int | None, limit: int
) -> Sequence[RowMapping]:
    """A page of a list under conditions; as `page`."""
    position, found = _POSITIONS[query], list(filters.conditions)
    if after is not None or before is not None:
        found.append(f"{position} {'<' if before is None else '>'} :position")
    where = f" WHERE {' AND '.join(found)}" if found else ""
    direction = "ASC" if before is not None else "DESC"
    values = {**filters.values, "limit": limit, "position": after if before is None else before}
    rows = (
        session.execute(text(f"{query}{where} ORDER BY {position} {direction} LIMIT :limit"), values).mappings().all()
    )
    return list(reversed(rows)) if before is not None else rows


def position_of(session: Session, query: str, id_: str) -> int | None:
    """Where a row stands in a list, by its public id."""
    table = {PAYOUT: "payouts", RUN: "payout_runs", EXCLUSION: "payout_exclusions"}[query]
    number = session.scalar(text(f"SELECT number FROM {table} WHERE id = :id"), {"id": id_})  # noqa: S608
    return None if number is None else int(number)


# --- Preparing --------------------------------------------------------------------------------------


def lock(session: Session) -> None:
    """Lets one transaction at a time decide who is paid."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('payouts.prepare', 0))"))


def candidates(session: Session, currency: str, month_start: dt.date, month_end: dt.date) -> Sequence[RowMapping]:
    """Partners with money of any kind, what is reserved of it, and what they were paid in a month."""
    return (
        session.execute(text(_CANDIDATES), {"currency": currency, "month_start": month_start, "month_end": month_end})
        .mappings()
        .all()
    )


def suspended(session: Session) -> set[int]:
    """Partners that the chain has as suspended, final or not, or is about to: who is in doubt is not paid."""
    contract = artifact("PartnerRegistry")
    topic = next(topic for topic, name in contract.event_names.items() if name == "PartnerStatusChanged")
    query = select(ChainLog.data).where(ChainLog.contract == contract.name, ChainLog.topic == topic)
    statuses = {}
    for data in session.scalars(query.order_by(ChainLog.seq)):
        fields = contract.event("PartnerStatusChanged", data)
        statuses[fields["partnerId"]] = fields["to"]
    on_chain = {partner for partner, status in statuses.items() if status == _SUSPENDED}
    return on_chain | registry.about_to_be_suspended(session)


def available(session: Session) -> list[tuple[int, int]]:
    """Partners and what they have available beyond what is on its way."""
    return [(partner, int(amount)) for partner, amount in session.execute(text(_AVAILABLE))]


def run(session: Session, id_: str) -> PayoutRun | None:
    """A run by its id, locked: whoever changes it next waits."""
    return session.scalar(select(PayoutRun).where(PayoutRun.id == id_).with_for_update())


def payouts_of(session: Session, run_number: int, *statuses: str) -> list[Payout]:
    """Payouts of a run in some statuses, by number."""
    query = select(Payout).where(Payout.run_number == run_number, Payout.status.in_(statuses))
    return list(session.scalars(query.order_by(Payout.number)))


def transitions(session: Session, run_number: int) -> list[PayoutRunTransition]:
    """What became of a run, in order."""
    query = select(PayoutRunTransition).where(PayoutRunTransition.run_number == run_number)
    return list(session.scalars(query.order_by(PayoutRunTransition.id)))


def file_of(session: Session, run_number: int) -> PayoutFile | None:
    """What is known of the file that was made of a run."""
    return session.get(PayoutFile, run_number)


def details(session: Session, partner_number: int) -> PayoutDetails | None:
    """A partner's payout details."""
    return session.get(PayoutDetails, partner_number)


def open_change(session: Session, partner_number: int) -> PayoutDetailsChange | None:
    """The change of a partner's details that waits, locked. Two who ask at once ask in turn."""
    session.execute(text("SELECT pg_advisory_xact_lock(:partner, 7)"), {"partner": partner_number})
    query = select(PayoutDetailsChange).where(PayoutDetailsChange.partner_number == partner_number)
    return session.scalar(query.where(PayoutDetailsChange.ended_at.is_(None)).with_for_update())


def waiting_change(session: Session, partner_number: int) -> PayoutDetailsChange | None:
    """The change of a partner's details that waits, to look at."""
    query = select(PayoutDetailsChange).where(PayoutDetailsChange.partner_number == partner_number)
    return session.scalar(query.where(PayoutDetailsChange.ended_at.is_(None)))


def changes_due(session: Session, now: dt.datetime) -> list[int]:
    """Partners whose change was verified and has cooled off."""
    query = select(PayoutDetailsChange.partner_number).where(
        PayoutDetailsChange.ended_at.is_(None),
        PayoutDetailsChange.verified_at.is_not(None),
        PayoutDetailsChange.effective_at <= now,
    )
    return list(session.scalars(query.order_by(PayoutDetailsChange.partner_number)))


# --- The bank's answer ------------------------------------------------------------------------------


def by_end_to_end_id(session: Session, ids: Sequence[str]) -> dict[str, Payout]:
    """Payouts by their end-to-end ids, locked."""
    rows = session.scalars(
        select(Payout).where(Payout.end_to_end_id.in_(ids)).order_by(Payout.number).with_for_update()
    )
    return {payout.end_to_end_id: payout for payout in rows if payout.end_to_end_id is not None}


def unanswered(session: Session, run_number: int) -> int:
    """How many payouts of a run the bank has not answered."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Payout)
            .where(Payout.run_number == run_number, Payout.status == "sent", Payout.answered_on.is_(None))
        )
        or 0
    )


# --- On chain ---------------------------------------------------------------------------------------


def to_record(session: Session, limit: int) -> list[Payout]:
    """Payouts that the bank made and no call records yet, locked for this transaction; others skip them."""
    if session.scalar(text(_ANY_PAID)) is None:
        return []
    values = {"limit": limit, "suspended": sorted(suspended(session))}
    return by_number(session, list(session.scalars(text(_TO_RECORD), values)))


def to_return(session: Session, limit: int) -> list[Payout]:
    """Recorded payouts that the bank sent back, locked for this transaction; others skip them."""
    return by_number(session, list(session.scalars(text(_TO_RETURN), {"limit": limit})))


def fail_never_recorded(session: Session) -> None:
    """Lets what the bank sent back before it was recorded be payable again."""
    session.execute(text(_NEVER_RECORDED))


def set_intent(session: Session, numbers: Sequence[int], intent_id: int) -> None:
    """Notes the call that records payouts."""
    session.execute(update(Payout).where(Payout.number.in_(numbers)).values(intent_id=intent_id, reason=None))


def by_number(session: Session, numbers: Sequence[int]) -> list[Payout]:
    """Payouts by their numbers, in order, as the database has them now."""
    query = select(Payout).where(Payout.number.in_(numbers)).order_by(Payout.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))
