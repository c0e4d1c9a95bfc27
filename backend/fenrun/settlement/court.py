"""What the dispute court's logs mean: one row per dispute of the chain, as far as blocks have it.

The rows follow from the logs alone. They are few: what a reorg takes back is folded anew from the first on.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from fenrun.chain.contracts import artifact
from fenrun.chain.indexer import Log
from fenrun.chain.models import ChainLog
from fenrun.settlement.models import CourtCase

COURT = "DisputeCourt"
GROUNDS = ("record", "evidence")
"""The contract's `Ground`, by its number."""
RULINGS = ("none", "keep", "reverse", "transfer")
"""The contract's `Ruling`, by its number."""


def take_in(session: Session, logs: Sequence[Log]) -> None:
    """Adds logs of the court to its rows."""
    for log in logs:
        if log.contract == COURT:
            _note(session, log.event, log.fields, log.block_number)


def take_back(session: Session, block_number: int) -> None:
    """Forgets what blocks above this one said."""
    court = artifact(COURT)
    session.execute(text("DELETE FROM court_cases"))
    rows = session.execute(
        select(ChainLog.topic, ChainLog.data, ChainLog.block_number)
        .where(ChainLog.contract == COURT, ChainLog.block_number <= block_number)
        .order_by(ChainLog.seq)
    )
    for topic, data, number in rows:
        event = court.event_names[topic]
        _note(session, event, court.event(event, data), number)


def _note(session: Session, event: str, fields: dict[str, object], block_number: int) -> None:
    match event:
        case "DisputeOpened":
            session.add(_opened(fields, block_number))
            session.flush()
            return
        case "DisputeRuled":
            changed = {"status": "ruled", "ruling": _ruling(fields["ruling"]), "deadline": _moment(fields["deadline"])}
        case "RulingAppealed":
            changed = {"status": "appealed", "deadline": _moment(fields["deadline"])}
        case "VoteCast":
            changed = {"ruling": _ruling(fields["to"]), "deadline": _moment(fields["deadline"])}
        case "DisputeExecuted":
            changed = {"status": "executed", "ruling": _ruling(fields["ruling"])}
        case _:
            return
    changed["block_number"] = block_number
    session.execute(update(CourtCase).where(CourtCase.id == fields["disputeId"]).values(**changed))


def _opened(fields: dict[str, object], block_number: int) -> CourtCase:
    dispute = fields["dispute"]
    assert isinstance(dispute, tuple)
    claimant, respondent, order, role, ground, _, _, _, deadline, *_ = dispute
    return CourtCase(
        id=fields["disputeId"],
        order_number=order,
        role=role,
        claimant=claimant,
        respondent=respondent,
        ground=GROUNDS[ground],
        status="open",
        deadline=_moment(deadline),
        block_number=block_number,
    )


def _ruling(number: object) -> str:
    assert isinstance(number, int)
    return RULINGS[number]


def _moment(seconds: object) -> dt.datetime:
    assert isinstance(seconds, int)
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
