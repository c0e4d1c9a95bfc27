"""Disputes on their way through the court on the chain, and what it says back.

A partner without a wallet there is spoken for by the registrar, a ruling by the arbiter's key, a vote by its seat's.
Only what the indexer has read decides what is sent next, so a reorg or a restart asks for nothing twice.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.keys import PANEL, Keys
from fenrun.chain.sender import bind
from fenrun.disputes import repository, service
from fenrun.disputes.models import Dispute, DisputeCall
from fenrun.disputes.service import BY_RECORD, Room
from fenrun.disputes.states import DECIDED, DisputeStatus
from fenrun.settlement.court import COURT, GROUNDS, RULINGS
from fenrun.settlement.models import CourtCase
from fenrun.settlement.refunding import proven_order

CALLS_PER_JOB = 100

_LATER = ("Ledger_NotOpen", "Court_TooEarly")
"""What passes by itself: the call waits."""
_log = structlog.get_logger()


def bind_due(
    session: Session, client: Client, keys: Keys, deployment: Deployment, now: dt.datetime, at: int | None = None
) -> int:
    """Binds the calls that the court can take now; returns how many.

    What it refuses for good is noted with its words, and stops no other.
    """
    bound = 0
    for wanted, case in repository.due_calls(session, now, CALLS_PER_JOB):
        made = _made(session, wanted, case)
        if made is None:
            continue
        role, data = made
        # The order of a share's calls is that of their numbers: a key of its own for each.
        call = Call(f"dispute:{wanted.number}", keys.address(role), deployment.addresses[COURT], data)
        try:
            wanted.intent_id = bind(session, call, estimate(client, call, COURT, at))
            bound += 1
        except RevertedError as error:
            if any(name in error.detail for name in _LATER):
                continue
            _log.warning("dispute.refused_by_court", call=call.key, kind=wanted.kind, detail=error.detail)
            wanted.refused = error.detail
            if wanted.kind == "open":
                repository.refuse_leg(session, wanted.dispute_number, wanted.order_number, error.detail)
    session.flush()
    return bound


def follow(room: Room, dispute: Dispute, final_block: int, chain_time: dt.datetime) -> bool:
    """Moves a dispute on by what the court says of its shares; returns whether anything changed.

    Args:
        room: the transaction and our clock.
        dispute: opened, and not closed; locked.
        final_block: the highest block that no reorg takes back.
        chain_time: the time of the block that would be next.
    """
    legs = [leg for leg in repository.legs(room.session, dispute.number) if leg["refused"] is None]
    if not legs:
        service.move(room, dispute, "void", "chain")
        return True
    if any(leg["court_id"] is None for leg in legs):
        return False
    status = service.status_of(dispute)
    if all(leg["court_status"] == "executed" for leg in legs):
        if not _are_final(room.session, legs, final_block):
            return False
        _finish(room, dispute, legs)
        return True
    if any(leg["court_deadline"] > chain_time for leg in legs if leg["court_status"] != "executed"):
        return _note_deadline(room.session, dispute, status, legs)
    changed = _settle(room, dispute, status, legs)
    return _ask_to_execute(room.session, dispute, legs) or changed


def _made(session: Session, wanted: DisputeCall, case: CourtCase | None) -> tuple[str, bytes] | None:
    """Whose key makes a call that the court can take, and its data; None while the order's batch is not in a block."""
    if case is None:
        return _opening(session, wanted)
    arguments: tuple[Any, ...] = ()
    match wanted.kind:
        case "evidence":
            role, function = "registrar", "submitEvidence"
            arguments = wanted.partner_number, bytes.fromhex(wanted.argument)
        case "rule" if wanted.argument == BY_RECORD:
            role, function = "registrar", "ruleByRecord"
        case "rule":
            role, function, arguments = "arbiter", "rule", (RULINGS.index(wanted.argument),)
        case "appeal":
            role, function, arguments = "registrar", "appeal", (wanted.partner_number,)
        case "vote":
            role, function, arguments = PANEL[int(wanted.what) - 1], "vote", (RULINGS.index(wanted.argument),)
        case _:
            role, function = "registrar", "execute"
    return role, artifact(COURT).call(function, case.id, *arguments)


def _opening(session: Session, wanted: DisputeCall) -> tuple[str, bytes] | None:
    batch = repository.batch_of(session, wanted.order_number)
    if batch is None:
        return None
    dispute = session.get_one(Dispute, wanted.dispute_number)
    proven = proven_order(session, *batch, wanted.order_number)
    ground = GROUNDS.index("record" if dispute.ground == "record" else "evidence")
    digest = bytes.fromhex(wanted.argument)
    data = artifact(COURT).call("open", proven, wanted.role, dispute.claimant_number, ground, digest)
    return "registrar", data


def _are_final(session: Session, legs: Sequence[RowMapping], final_block: int) -> bool:
    cases = [session.get_one(CourtCase, leg["court_id"]) for leg in legs]
    return all(case.block_number <= final_block for case in cases)


def _note_deadline(session: Session, dispute: Dispute, status: DisputeStatus, legs: Sequence[RowMapping]) -> bool:
    """Shows the court's clock where ours does not run: until when an appeal or a vote counts."""
    if status not in DECIDED:
        return False
    until = min((leg["court_deadline"] for leg in legs), default=None)
    if any(leg["court_status"] == "open" for leg in legs) or dispute.court_deadline == until:
        return False
    dispute.court_deadline = until
    service.tell(session, dispute)
    return True


def _settle(room: Room, dispute: Dispute, status: DisputeStatus, legs: Sequence[RowMapping]) -> bool:
    """The time for an appeal, or the panel's, is over: the ruling stands."""
    if status == "appealed":
        _take_over(dispute, legs, "panel")
        service.move(room, dispute, "decide", "panel", ruling=dispute.ruling)
        return True
    if status in DECIDED and status not in ("ruled_final", "withdrawn"):
        service.move(room, dispute, "finalize", "time", ruling=dispute.ruling)
        return True
    return False


def _ask_to_execute(session: Session, dispute: Dispute, legs: Sequence[RowMapping]) -> bool:
    asked = False
    for leg in legs:
        if not repository.has_call(session, dispute.number, leg["order_number"], "execute"):
            repository.add(session, service.call(dispute, leg["order_number"], "execute"))
            asked = True
    return asked


def _finish(room: Room, dispute: Dispute, legs: Sequence[RowMapping]) -> None:
    """The money has moved, and stays moved. What the court did is what counts, whatever was meant here."""
    _take_over(dispute, legs, "court")
    dispute.ruled_at = dispute.ruled_at or room.now
    dispute.court_deadline = None
    service.move(room, dispute, "execute", "chain", ruling=dispute.ruling)
    service.move(room, dispute, "close", "time")


def _take_over(dispute: Dispute, legs: Sequence[RowMapping], by: str) -> None:
    ruling: Any = legs[0]["court_ruling"] or "keep"
    if ruling == dispute.ruling:
        return
    dispute.ruling, dispute.ruled_by = ruling, by
