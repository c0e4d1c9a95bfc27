"""All SQL of disputes."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import RowMapping, func, or_, select, text, update
from sqlalchemy.orm import Session

from fenrun.disputes.models import (
    Dispute,
    DisputeCall,
    DisputedLeg,
    DisputeEntry,
    Evidence,
    PanelVote,
    Recusal,
)
from fenrun.settlement.models import CourtCase


class Share(NamedTuple):
    """A settled share, as a claim names it."""

    order_number: int
    order_id: str
    external_id: str
    customer_number: int
    partner_number: int
    left: int
    """What refunds left of it, minor units."""
    paid_at: dt.datetime
    is_disputed: bool


_SHARE = """
SELECT o.number, o.id, o.external_id, o.customer_number, c.partner_number, c.amount - c.clawed_back, o.paid_at,
       c.dispute IS NOT NULL OR EXISTS (SELECT FROM disputed_legs l
         WHERE l.order_number = c.order_number AND l.role = c.role AND l.live)
FROM orders o JOIN commissions c ON c.order_number = o.number AND c.role = :role
WHERE o.id = ANY(:names) OR o.external_id = ANY(:names)
ORDER BY o.paid_at, o.number
"""

# The transaction whose log holds the order's leaf, and the number that the contract gave its batch.
_BATCH = """
SELECT i.transaction_hash, b.chain_number
FROM orders o JOIN batches b ON b.number = o.batch_number JOIN intents i ON i.id = b.intent_id
WHERE o.number = :order AND i.transaction_hash IS NOT NULL AND b.chain_number IS NOT NULL
"""

_LEGS = """
SELECT l.order_number, l.role, l.refused, o.id AS order_id, o.external_id AS order_external_id, o.currency,
       c.amount, c.clawed_back, c.release_on AS payable_on, (o.paid_at AT TIME ZONE 'UTC')::date AS paid_on,
       k.id AS court_id, k.status AS court_status, k.ruling AS court_ruling, k.deadline AS court_deadline
FROM disputed_legs l
JOIN orders o ON o.number = l.order_number
JOIN commissions c ON c.order_number = l.order_number AND c.role = l.role
LEFT JOIN court_cases k ON k.order_number = l.order_number AND k.role = l.role
WHERE l.dispute_number = :dispute ORDER BY o.paid_at, o.number
"""


# What the court said last is known by its deadline: each thing that happens there moves it.
_TO_FOLLOW = """
SELECT d.number FROM disputes d
WHERE d.status NOT IN ('draft', 'closed') AND (
  NOT EXISTS (SELECT FROM disputed_legs l WHERE l.dispute_number = d.number AND l.refused IS NULL)
  OR EXISTS (
    SELECT FROM disputed_legs l JOIN court_cases k ON k.order_number = l.order_number AND k.role = l.role
    WHERE l.dispute_number = d.number AND l.refused IS NULL AND (k.status = 'executed' OR k.deadline <= :now
      OR (k.status <> 'open' AND k.deadline IS DISTINCT FROM d.court_deadline))))
"""


def add(session: Session, *rows: object) -> None:
    """Adds rows."""
    session.add_all(rows)
    session.flush()


def by_id(session: Session, id_: str, *, lock: bool = False) -> Dispute | None:
    """The dispute of a public id; locked, where it is to be changed."""
    query = select(Dispute).where(Dispute.id == id_)
    return session.scalar(query.with_for_update() if lock else query)


def page(
    session: Session,
    party: int | None,
    status: str | None,
    after: int | None,
    before: int | None,
    limit: int,
) -> list[Dispute]:
    """A page of disputes, newest first. A party sees its own; whom it is against, once it is opened."""
    query = select(Dispute)
    if party is not None:
        against = (Dispute.respondent_number == party) & Dispute.opened_at.is_not(None)
        query = query.where(or_(Dispute.claimant_number == party, against))
    else:
        query = query.where(Dispute.opened_at.is_not(None))
    if status is not None:
        query = query.where(Dispute.status == status)
    if before is not None:
        found = session.scalars(query.where(Dispute.number > before).order_by(Dispute.number).limit(limit)).all()
        return list(reversed(found))
    if after is not None:
        query = query.where(Dispute.number < after)
    return list(session.scalars(query.order_by(Dispute.number.desc()).limit(limit)))


def open_of_claimant(session: Session, claimant: int) -> int:
    """How many disputes of a claimant have not ended."""
    query = select(func.count()).select_from(Dispute)
    return (
        session.scalar(query.where(Dispute.claimant_number == claimant, Dispute.status.not_in(("draft", "closed"))))
        or 0
    )


def shares(session: Session, names: Sequence[str], role: int) -> list[Share]:
    """The settled shares of orders in a role, by the orders' ids, ours or the CRM's; the first paid first."""
    return [Share(*row) for row in session.execute(text(_SHARE), {"names": list(names), "role": role})]


def share_of(session: Session, order_number: int, role: int) -> Share | None:
    """The settled share of an order in a role."""
    query = _SHARE.replace("o.id = ANY(:names) OR o.external_id = ANY(:names)", "o.number = :order")
    row = session.execute(text(query), {"order": order_number, "role": role}).one_or_none()
    return Share(*row) if row else None


def lock_shares(session: Session) -> None:
    """Lets one transaction at a time decide whose claim to a share is the first."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('disputes.open', 0))"))


def legs(session: Session, dispute_number: int) -> Sequence[RowMapping]:
    """The shares of a dispute, and what the court says of each."""
    return session.execute(text(_LEGS), {"dispute": dispute_number}).mappings().all()


def batch_of(session: Session, order_number: int) -> tuple[bytes, int] | None:
    """The transaction that settled an order, and the contract's number of its batch."""
    row = session.execute(text(_BATCH), {"order": order_number}).one_or_none()
    return (bytes(row[0]), row[1]) if row else None


def entries(session: Session, dispute_number: int) -> Sequence[DisputeEntry]:
    """What happened in a dispute, in order."""
    query = select(DisputeEntry).where(DisputeEntry.dispute_number == dispute_number).order_by(DisputeEntry.number)
    return session.scalars(query).all()


def evidence(session: Session, dispute_number: int) -> Sequence[Evidence]:
    """What was filed in a dispute, in order."""
    query = select(Evidence).where(Evidence.dispute_number == dispute_number).order_by(Evidence.number)
    return session.scalars(query).all()


def evidence_by_id(session: Session, id_: str) -> Evidence | None:
    """The file of a public id."""
    return session.scalar(select(Evidence).where(Evidence.id == id_))


def of_evidence(session: Session, evidence: Evidence) -> Dispute:
    """The dispute in which a file was handed in."""
    return session.get_one(Dispute, evidence.dispute_number)


def votes(session: Session, dispute_number: int) -> Sequence[PanelVote]:
    """The panel's votes, by seat."""
    query = select(PanelVote).where(PanelVote.dispute_number == dispute_number).order_by(PanelVote.seat)
    return session.scalars(query).all()


def is_recused(session: Session, member_id: str, partners: Iterable[int]) -> bool:
    """Whether an arbiter said that it has a part in one of some partners' matters."""
    query = select(Recusal.member_id).where(Recusal.member_id == member_id, Recusal.partner_number.in_(list(partners)))
    return session.scalar(query.limit(1)) is not None


# --- What time and the worker ask -----------------------------------------------------------------------


def due(session: Session, now: dt.datetime) -> list[Dispute]:
    """Disputes in which somebody's time is over, the first one first; locked."""
    query = select(Dispute).where(Dispute.deadline <= now).order_by(Dispute.deadline)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def to_follow(session: Session, chain_time: dt.datetime) -> list[Dispute]:
    """Disputes of which the court says something new, or whose time is over there, by number; locked."""
    numbers = session.scalars(text(_TO_FOLLOW), {"now": chain_time}).all()
    query = select(Dispute).where(Dispute.number.in_(numbers)).order_by(Dispute.number)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def due_calls(session: Session, chain_time: dt.datetime, limit: int) -> list[tuple[DisputeCall, CourtCase | None]]:
    """Calls that no transaction was made for, and that the court can take as it stands; locked."""
    kind, status = DisputeCall.kind, CourtCase.status
    possible = or_(
        (kind == "open") & CourtCase.id.is_(None),
        (kind == "evidence") & status.in_(("open", "appealed")),
        (kind == "rule") & (status == "open"),
        (kind == "appeal") & (status == "ruled"),
        (kind == "vote") & (status == "appealed"),
        (kind == "execute") & (status != "executed") & (CourtCase.deadline <= chain_time),
    )
    rows = session.execute(
        select(DisputeCall, CourtCase)
        .outerjoin(
            CourtCase,
            (CourtCase.order_number == DisputeCall.order_number) & (CourtCase.role == DisputeCall.role),
        )
        .where(DisputeCall.intent_id.is_(None), DisputeCall.refused.is_(None), possible)
        .order_by(DisputeCall.number)
        .limit(limit)
        .with_for_update(skip_locked=True, of=DisputeCall)
    )
    return [(call, case) for call, case in rows]


def has_call(session: Session, dispute_number: int, order_number: int, kind: str) -> bool:
    """Whether a call of a kind was asked for a share of a dispute."""
    query = select(DisputeCall.number).where(
        DisputeCall.dispute_number == dispute_number, DisputeCall.order_number == order_number, DisputeCall.kind == kind
    )
    return session.scalar(query.limit(1)) is not None


def set_live(session: Session, dispute_number: int) -> None:
    """Notes that a dispute's shares are disputed from now on."""
    session.execute(update(DisputedLeg).where(DisputedLeg.dispute_number == dispute_number).values(live=True))


def refuse_leg(session: Session, dispute_number: int, order_number: int, reason: str) -> None:
    """Notes that the court would not take a share, and that nothing more is asked for it."""
    for table, of_leg in (
        (DisputedLeg, DisputedLeg.order_number == order_number),
        (DisputeCall, (DisputeCall.order_number == order_number) & DisputeCall.intent_id.is_(None)),
    ):
        session.execute(update(table).where(table.dispute_number == dispute_number, of_leg).values(refused=reason))
    of_one = (DisputedLeg.dispute_number == dispute_number) & (DisputedLeg.order_number == order_number)
    session.execute(update(DisputedLeg).where(of_one).values(live=False))
