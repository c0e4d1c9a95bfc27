"""Who may rule: nobody with a part in the matter, and nobody twice."""

from sqlalchemy.orm import Session

from fenrun.deals.models import Deal
from fenrun.disputes import repository
from fenrun.disputes.errors import ConflictedError, TooLateError
from fenrun.disputes.models import Dispute, PanelVote, Recusal
from fenrun.disputes.service import Room, call, note
from fenrun.disputes.states import Ruling
from fenrun.kit import audit_log

SEATS = 3


def require_free(session: Session, dispute: Dispute, member_id: str) -> None:
    """Lets an arbiter pass who has no part in a dispute.

    Raises:
        ConflictedError: it proposed, ruled, filed or opened something in it, answered the registration that it is
            about, or said that it has a part in one of the parties' matters.
    """
    deal = session.get(Deal, dispute.deal_number) if dispute.deal_number is not None else None
    if deal is not None and deal.answered_by == member_id:
        raise ConflictedError(f"You answered the registration {deal.id}, which this is about; let somebody else rule")
    acted = any(entry.member_id == member_id for entry in repository.entries(session, dispute.number))
    if acted or dispute.created_by == member_id:
        raise ConflictedError("You acted in this dispute before; let somebody else rule")
    if repository.is_recused(session, member_id, (dispute.claimant_number, dispute.respondent_number)):
        raise ConflictedError("You said that you have a part in a party's matters; let somebody else rule")


def may_rule(session: Session, dispute: Dispute, member_id: str) -> bool:
    """Whether an arbiter has no part in a dispute."""
    try:
        require_free(session, dispute, member_id)
    except ConflictedError:
        return False
    return True


def recuse(room: Room, member_id: str, partner_number: int, partner_id: str, reason: str) -> None:
    """Notes that an arbiter has a part in a partner's matters: it rules on none of them from now on."""
    recusal = Recusal(member_id=member_id, partner_number=partner_number, reason=reason, at=room.now)
    room.session.merge(recusal)
    room.session.flush()
    audit_log.record(room.session, "arbiter.recused", member_id, after={"partner": partner_id, "reason": reason})


def vote(room: Room, dispute: Dispute, login: str, ruling: Ruling, reason: str) -> None:
    """A member of the panel votes over an appealed ruling. What first has two votes is decided.

    Raises:
        TooLateError: the dispute is not appealed, or the panel has decided.
        ConflictedError: as `require_free` has it.
    """
    assert room.member_id is not None
    if dispute.status != "appealed":
        raise TooLateError(f"The dispute is {dispute.status}; the panel votes over what was appealed")
    cast = repository.votes(room.session, dispute.number)
    if len(cast) >= SEATS or len({vote.ruling for vote in cast}) < len(cast):
        raise TooLateError("The panel has decided")
    require_free(room.session, dispute, room.member_id)
    seat = len(cast) + 1
    row = PanelVote(
        dispute_number=dispute.number, seat=seat, member_id=room.member_id, login=login, ruling=ruling, reason=reason,
        at=room.now,
    )  # fmt: skip
    repository.add(room.session, row)
    for leg in repository.legs(room.session, dispute.number):
        if leg["refused"] is None:
            wanted = call(dispute, leg["order_number"], "vote", what=str(seat), argument=ruling)
            repository.add(room.session, wanted)
    note(room, dispute, "vote", "panel", words=reason, ruling=ruling)
