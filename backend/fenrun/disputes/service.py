"""Decisions about disputes: who may say what, when, and what follows.

What the chain has to be told is written down as calls, in the same transaction; `relay` makes them. Times are those of
our clock, in UTC. An appeal and the panel have the court's own clocks.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from fenrun.disputes import evidence_service, facts, provenance, repository, states
from fenrun.disputes.errors import NoGroundError, NothingToDisputeError, NotPartyError
from fenrun.disputes.models import Dispute, DisputeCall, DisputedLeg, DisputeEntry
from fenrun.disputes.provenance import Finding, Ground
from fenrun.disputes.states import DisputeEvent, DisputeStatus, Ruling
from fenrun.kit import audit_log, changes
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.ids import new_id
from fenrun.plans.split import ROLES
from fenrun.registry import notices

MOST_OPEN = 20
"""Disputes that one partner may have open at a time: each freezes somebody's money."""
MOST_ORDERS = 20
"""Of one dispute."""

BY_RECORD = ""
"""In the place of a ruling: the court asks the referral record itself."""

_IN_THE_LOG = {
    "open": "opened", "respond": "responded", "concede": "conceded", "propose": "proposed", "accept": "agreed",
    "accepted_by_one": "accepted", "rule": "ruled", "appeal": "appealed", "vote": "voted", "withdraw": "withdrawn",
    "hold": "held", "resume": "resumed", "escalate": "escalated",
}  # fmt: skip
"""What somebody did, as the audit log says it. What time and the chain do is in the dispute's own entries."""

Side = Literal["claimant", "respondent", "staff", "arbiter", "panel", "time", "chain"]


@dataclass(frozen=True)
class Room:
    """Where a decision is made: the transaction's clock, the hours that count, and the installation's key."""

    session: Session
    key: bytes
    hours: BusinessHours
    now: dt.datetime
    member_id: str | None = None


def draft(
    room: Room, claimant: int, orders: Sequence[str], role: int, ground: Ground, statement: str, deal_number: int | None
) -> Dispute:
    """Writes a claim down, for evidence to be added before it is opened.

    Raises:
        NothingToDisputeError: an order has no such share that can be disputed.
    """
    found = _disputable(claimant, repository.shares(room.session, orders, role), len(set(orders)))
    dispute = Dispute(
        id=new_id("dp"),
        claimant_number=claimant,
        respondent_number=found[0].partner_number,
        customer_number=found[0].customer_number,
        role=role,
        ground=ground,
        statement=statement,
        deal_number=deal_number,
        status="draft",
        status_since=room.now,
        created_by=room.member_id or "",
    )
    repository.add(room.session, dispute)
    legs = [DisputedLeg(order_number=share.order_number, role=role, dispute_number=dispute.number) for share in found]
    repository.add(room.session, *legs)
    audit_log.record(room.session, "dispute.drafted", dispute.id, after={"orders": list(orders), "ground": ground})
    return dispute


def open_(room: Room, dispute: Dispute) -> None:
    """Opens a dispute: its shares are frozen on the chain, and the record is asked at once.

    Raises:
        DisputeTransitionError: it was opened before.
        NoGroundError: the claim names neither a registration nor evidence, or the claimant has too many open.
        NothingToDisputeError: a share was paid, refunded or disputed meanwhile.
    """
    session = room.session
    states.after(status_of(dispute), "open")
    _require_ground(session, dispute)
    repository.lock_shares(session)
    legs = repository.legs(session, dispute.number)
    shares = [repository.share_of(session, leg["order_number"], dispute.role) for leg in legs]
    _disputable(dispute.claimant_number, [share for share in shares if share], len(legs))
    repository.set_live(session, dispute.number)
    dispute.opened_at, dispute.claim_digest = room.now, digest_of(session, dispute)
    for leg in legs:
        repository.add(session, call(dispute, leg["order_number"], "open", argument=dispute.claim_digest.hex()))
    for file in repository.evidence(session, dispute.number):
        repository.add(session, *evidence_service.calls_for(session, dispute, file))
    move(room, dispute, "open", "claimant", words=dispute.statement)
    _check(room, dispute)


def digest_of(session: Session, dispute: Dispute) -> bytes:
    """SHA-256 over the claim and the hashes of its evidence, as canonical JSON: what the chain has of it."""
    return hashlib.sha256(claim_text(session, dispute).encode()).digest()


def claim_text(session: Session, dispute: Dispute) -> str:
    """The claim as its digest reads it."""
    claim = {
        "dispute": dispute.id,
        "evidence": [
            {"id": file.id, "sha256": file.sha256, "captured_at": file.captured_at.isoformat()}
            for file in repository.evidence(session, dispute.number)
            if dispute.opened_at is None or file.captured_at <= dispute.opened_at
        ],
        "ground": dispute.ground,
        "orders": [leg["order_id"] for leg in repository.legs(session, dispute.number)],
        "role": ROLES[dispute.role],
        "statement": dispute.statement,
    }
    return json.dumps(claim, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- People ---------------------------------------------------------------------------------------------


def respond(room: Room, dispute: Dispute, words: str) -> None:
    """The respondent answers.

    Raises:
        DisputeTransitionError: it is not asked, or not any more.
    """
    move(room, dispute, "respond", "respondent", words=words)


def concede(room: Room, dispute: Dispute, words: str) -> None:
    """The respondent gives the share up."""
    _decided(room, dispute, "concede", "transfer", "agreement", words, "respondent")


def withdraw(room: Room, dispute: Dispute, words: str) -> None:
    """The claimant gives its claim up; a draft is thrown away."""
    if dispute.status == "draft":
        move(room, dispute, "withdraw", "claimant", words=words)
        return
    _decided(room, dispute, "withdraw", "keep", "withdrawal", words, "claimant")


def propose(room: Room, dispute: Dispute, ruling: Ruling, reason: str) -> None:
    """The staff proposes how to end it; both parties are asked."""
    states.after(status_of(dispute), "propose")
    dispute.proposal = {"ruling": ruling, "reason": reason, "by": room.member_id, "claimant": None, "respondent": None}
    move(room, dispute, "propose", "staff", words=reason, ruling=ruling)


def answer(room: Room, dispute: Dispute, side: Side, accepts: bool, words: str | None) -> None:
    """A party says whether it accepts what was proposed; when both do, that ends it.

    Raises:
        DisputeTransitionError: nothing is proposed.
        NotPartyError: somebody else than the parties.
    """
    states.after(status_of(dispute), "accept")
    if side not in ("claimant", "respondent"):
        raise NotPartyError("The parties accept a proposal, or do not")
    assert dispute.proposal is not None
    proposal = {**dispute.proposal, side: accepts}
    dispute.proposal = proposal
    if proposal["claimant"] and proposal["respondent"]:
        _decided(room, dispute, "accept", proposal["ruling"], "agreement", proposal["reason"], side)
        return
    note(room, dispute, "accepted_by_one" if accepts else "declined", side, words)


def rule(room: Room, dispute: Dispute, ruling: Ruling, reason: str) -> None:
    """An arbiter rules; see `arbiters.require_free` for who may."""
    _decided(room, dispute, "rule", ruling, "arbiter", reason, "arbiter")


def appeal(room: Room, dispute: Dispute, side: Side, partner: int, words: str) -> None:
    """A party brings the ruling before the panel. Until when, the court's clock says."""
    move(room, dispute, "appeal", side, words=words)
    dispute.appealed_by = partner
    for leg in _taken(room.session, dispute):
        repository.add(room.session, call(dispute, leg["order_number"], "appeal", partner=partner))


def hold(room: Room, dispute: Dispute, words: str) -> None:
    """Compliance stops our clocks, for a court outside, say. The chain's do not stop."""
    before = status_of(dispute)
    move(room, dispute, "hold", "staff", words=words)
    dispute.resumes_to = before


def resume(room: Room, dispute: Dispute, words: str) -> None:
    """Compliance lets the clocks run again, from the beginning of the step."""
    move(room, dispute, "resume", "staff", words=words)
    dispute.resumes_to = None


def escalate(room: Room, dispute: Dispute, words: str) -> None:
    """The matter goes to a court outside; the share stays frozen until the chain's own deadline."""
    move(room, dispute, "escalate", "staff", words=words)


# --- Time -----------------------------------------------------------------------------------------------


def time_out(room: Room, dispute: Dispute) -> None:
    """Goes on without whoever was asked. Before people ruled, the evidence does: silence by itself loses nothing."""
    status = status_of(dispute)
    if status == "opened":
        _check(room, dispute)
        return
    if status in ("awaiting_response", "evidence_open"):
        move(room, dispute, "time_out", "time")
        return
    found = _found(room.session, dispute, certain=False)
    assert found.ruling is not None
    dispute.finding = as_json(found)
    _decided(room, dispute, "time_out", found.ruling, "silence", None, "time")


# --- In common ------------------------------------------------------------------------------------------


def move(
    room: Room,
    dispute: Dispute,
    event: DisputeEvent,
    side: Side,
    *,
    words: str | None = None,
    ruling: str | None = None,
) -> None:
    """Moves a dispute on, and writes down why.

    Raises:
        DisputeTransitionError: the event cannot happen in its status.
    """
    resumes_to = next((status for status in states.STATUSES if status == dispute.resumes_to), None)
    status = states.after(status_of(dispute), event, resumes_to)
    dispute.status, dispute.status_since = status, room.now
    dispute.deadline = states.deadline(status, room.now, room.hours)
    if status == "closed":
        dispute.closed_at = room.now
    note(room, dispute, event, side, words, ruling)


def note(
    room: Room, dispute: Dispute, event: str, side: Side, words: str | None = None, ruling: str | None = None
) -> None:
    """Writes down what happened, for both sides to read."""
    entry = DisputeEntry(
        dispute_number=dispute.number, at=room.now, event=event, status=dispute.status, side=side,
        member_id=room.member_id, words=words, ruling=ruling,
    )  # fmt: skip
    repository.add(room.session, entry)
    if side not in ("time", "chain"):
        after = {"status": dispute.status, "side": side, "ruling": ruling}
        audit_log.record(room.session, f"dispute.{_IN_THE_LOG.get(event, event)}", dispute.id, after=after)
    tell(room.session, dispute)


def tell(session: Session, dispute: Dispute) -> None:
    """Tells the pages of both sides that a dispute has changed."""
    changes.tell(session, {"disputes": {dispute.claimant_number, dispute.respondent_number}})


def as_json(found: Finding) -> dict[str, Any]:
    """A finding as it is stored and quoted."""
    quotes = [{**asdict(quote), "at": quote.at.isoformat() if quote.at else None} for quote in found.quotes]
    return {"ruling": found.ruling, "reason": found.reason, "quotes": quotes, "asks": list(found.asks)}


def _check(room: Room, dispute: Dispute) -> None:
    """Asks the record, and rules by it where it leaves no doubt."""
    found = _found(room.session, dispute, certain=True)
    dispute.finding = as_json(found)
    move(room, dispute, "check", "time")
    if found.ruling is not None:
        by = "record" if dispute.ground == "record" else "automatic"
        _decided(room, dispute, "resolve", found.ruling, by, None, "time")
        return
    move(room, dispute, "ask", "time")
    assert dispute.deadline is not None
    variables = {
        "order": ", ".join(leg["order_external_id"] for leg in repository.legs(room.session, dispute.number)),
        "until": notices.spelled(dispute.deadline),
        "path": f"/disputes/{dispute.id}",
    }
    notices.to_partners(room.session, room.key, [dispute.respondent_number], "dispute_opened", variables, room.now)


def _found(session: Session, dispute: Dispute, *, certain: bool) -> Finding:
    """What is on record about all shares of a dispute; orders that would be ruled differently need a person."""
    shares = [
        repository.share_of(session, leg["order_number"], dispute.role)
        for leg in repository.legs(session, dispute.number)
    ]
    judge = provenance.judge if certain else provenance.on_balance
    found = [judge(facts.gather(session, dispute, share)) for share in shares if share is not None]
    return provenance.together(found, certain=certain)


def _decided(
    room: Room, dispute: Dispute, event: DisputeEvent, ruling: Ruling, by: str, reason: str | None, side: Side
) -> None:
    """Rules, and asks the court to."""
    move(room, dispute, event, side, words=reason, ruling=ruling)
    dispute.ruling, dispute.ruled_by, dispute.ruling_reason = ruling, by, reason
    dispute.ruled_at = dispute.ruled_at or room.now
    for leg in _taken(room.session, dispute):
        argument = BY_RECORD if dispute.ground == "record" else ruling
        repository.add(room.session, call(dispute, leg["order_number"], "rule", argument=argument))
    variables = {
        "order": ", ".join(leg["order_external_id"] for leg in repository.legs(room.session, dispute.number)),
        "path": f"/disputes/{dispute.id}",
    }
    parties = [dispute.claimant_number, dispute.respondent_number]
    notices.to_partners(room.session, room.key, parties, "dispute_ruled", variables, room.now)


def call(
    dispute: Dispute, order_number: int, kind: str, *, what: str = "", argument: str = "", partner: int | None = None
) -> DisputeCall:
    return DisputeCall(
        dispute_number=dispute.number, order_number=order_number, role=dispute.role, kind=kind, what=what,
        argument=argument, partner_number=partner,
    )  # fmt: skip


def _taken(session: Session, dispute: Dispute) -> list[Any]:
    return [leg for leg in repository.legs(session, dispute.number) if leg["refused"] is None]


def _require_ground(session: Session, dispute: Dispute) -> None:
    if dispute.ground == "registration" and dispute.deal_number is None:
        raise NoGroundError("deal_id: name the registration by which you were first")
    if dispute.ground == "evidence" and not repository.evidence(session, dispute.number):
        raise NoGroundError("File what your claim rests on first: a contract, a mail, minutes")
    if repository.open_of_claimant(session, dispute.claimant_number) >= MOST_OPEN:
        raise NoGroundError(
            f"You have {MOST_OPEN} disputes open, and each freezes somebody's money; wait for one to end"
        )


def _disputable(claimant: int, found: list[repository.Share], wanted: int) -> list[repository.Share]:
    """The shares that a claim names, when each can be disputed and they belong together."""
    good = [share for share in found if share.left > 0 and share.partner_number != claimant and not share.is_disputed]
    together = {(share.customer_number, share.partner_number) for share in good}
    if len(good) != wanted or len(together) != 1:
        raise NothingToDisputeError(
            "Each order must be settled, of one customer, and have a share in this role that one other partner has and"
            " nobody disputes or disputed"
        )
    return good


def status_of(dispute: Dispute) -> DisputeStatus:
    """The status, as the machine knows it."""
    found: DisputeStatus = next(status for status in states.STATUSES if status == dispute.status)
    return found
