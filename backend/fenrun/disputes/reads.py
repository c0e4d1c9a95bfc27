"""A dispute as its reader may see it, and what that reader may do now."""

import datetime as dt
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from fenrun.attribution.models import Customer
from fenrun.deals.models import Deal
from fenrun.disputes import arbiters, repository, states
from fenrun.disputes.models import Dispute
from fenrun.disputes.schemas import Action, DisputeDetail, DisputeOut, PartyOut, YourSide
from fenrun.plans.split import ROLES
from fenrun.registry import repository as partners
from fenrun.registry.access import Viewer
from fenrun.registry.models import Partner

_ARBITERS = ("rule", "vote")


def side_of(viewer: Viewer, dispute: Dispute) -> YourSide | None:
    """From which side somebody looks at a dispute; None for who may not know of it."""
    if viewer.partner_number is not None:
        if viewer.partner_number == dispute.claimant_number:
            return "claimant"
        is_against = viewer.partner_number == dispute.respondent_number and dispute.opened_at is not None
        return "respondent" if is_against else None
    if dispute.opened_at is None and not viewer.may("channel:write"):
        return None
    return "staff" if viewer.may("rows:all") else "arbiter"


def listed(session: Session, viewer: Viewer, rows: list[Dispute]) -> list[DisputeOut]:
    """Disputes as a list shows them."""
    return [DisputeOut.model_validate(_fields(session, viewer, row)) for row in rows]


def detail(session: Session, viewer: Viewer, dispute: Dispute) -> DisputeDetail:
    """A dispute with everything that is known of it."""
    side = side_of(viewer, dispute)
    deal = session.get(Deal, dispute.deal_number) if dispute.deal_number is not None else None
    columns = {column.key: getattr(dispute, column.key) for column in Dispute.__mapper__.column_attrs}
    return DisputeDetail.model_validate(
        {
            **columns,
            **_fields(session, viewer, dispute),
            "deal_id": deal.id if deal else None,
            "claim_sha256": dispute.claim_digest.hex() if dispute.claim_digest else None,
            "finding": _finding(session, dispute),
            "legs": [_leg(leg, dispute, side) for leg in repository.legs(session, dispute.number)],
            "entries": [_plain(entry) for entry in repository.entries(session, dispute.number)],
            "evidence": [_plain(file) for file in repository.evidence(session, dispute.number)],
            "votes": [_plain(vote) for vote in repository.votes(session, dispute.number)],
            "actions": actions(session, viewer, dispute),
        }
    )


def actions(session: Session, viewer: Viewer, dispute: Dispute) -> list[Action]:
    """What somebody may do now."""
    side, moves = side_of(viewer, dispute), states.DISPUTE[_status(dispute)]
    found: list[Action] = []
    if side in ("claimant", "respondent") and viewer.may("rows:write"):
        found += _of_party(dispute, side, set(moves))
    if side == "staff" and viewer.may("channel:write"):
        found += [action for action in ("open", "propose") if action in moves]
        if dispute.status in states.HEARING:
            found.append("evidence")
    if viewer.may("rules:write"):
        found += [action for action in ("hold", "resume", "escalate") if action in moves]
    if viewer.may("disputes:rule") and arbiters.may_rule(session, dispute, viewer.member_id):
        found += ["rule"] if "rule" in moves else ["vote"] if dispute.status == "appealed" else []
    return found


def _of_party(dispute: Dispute, side: str, moves: set[Any]) -> list[Action]:
    own: tuple[Action, ...] = ("open", "withdraw") if side == "claimant" else ("respond", "concede")
    found = [action for action in own if action in moves]
    if dispute.status in (*states.HEARING, "appealed", *(["draft"] if side == "claimant" else [])):
        found.append("evidence")
    if dispute.status in states.APPEALABLE and dispute.court_deadline is not None:
        found.append("appeal")
    if dispute.status == "proposed" and (dispute.proposal or {}).get(side) is None:
        found.append("answer")
    return found


def _fields(session: Session, viewer: Viewer, dispute: Dispute) -> dict[str, Any]:
    names = partners.names(session, [dispute.claimant_number, dispute.respondent_number])
    columns = {column.key: getattr(dispute, column.key) for column in Dispute.__mapper__.column_attrs}
    customer = session.get_one(Customer, dispute.customer_number)
    return {
        **columns,
        "claimant": _party(names[dispute.claimant_number]),
        "respondent": _party(names[dispute.respondent_number]),
        "your_side": side_of(viewer, dispute),
        "customer_external_id": customer.external_id,
        "orders": [leg["order_external_id"] for leg in repository.legs(session, dispute.number)],
        "role": ROLES[dispute.role],
    }


def _party(partner: Partner) -> PartyOut:
    return PartyOut(id=partner.id, name=partner.name)


def _finding(session: Session, dispute: Dispute) -> dict[str, Any] | None:
    if dispute.finding is None:
        return None
    numbers = [quote["partner"] for quote in dispute.finding["quotes"] if quote["partner"]]
    names = partners.names(session, numbers)
    quotes = [
        {**quote, "partner_name": names[quote["partner"]].name if quote["partner"] else None}
        for quote in dispute.finding["quotes"]
    ]
    return {**dispute.finding, "quotes": quotes}


def _leg(leg: RowMapping, dispute: Dispute, side: YourSide | None) -> dict[str, Any]:
    # What a rival's share is worth says what it is paid: not before it is the claimant's own.
    hidden = side == "claimant" and not (dispute.status == "closed" and dispute.ruling == "transfer")
    return {**leg, "at_stake": None if hidden else str(leg["amount"] - leg["clawed_back"])}


def _plain(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs}


def _status(dispute: Dispute) -> states.DisputeStatus:
    found: states.DisputeStatus = next(status for status in states.STATUSES if status == dispute.status)
    return found


def still_open(dispute: Dispute, now: dt.datetime) -> bool:
    """Whether the court still hears an appeal."""
    return dispute.court_deadline is not None and now < dispute.court_deadline
