"""The sealer: what final logs of the ledger contract do to the books."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fenrun.chain.codec import unpack_leaves
from fenrun.chain.contracts import artifact
from fenrun.chain.models import Block, ChainLog
from fenrun.kit.calendar import day_of
from fenrun.ledger import repository as books
from fenrun.ledger import service as ledger
from fenrun.ledger.service import End, Entry, Move
from fenrun.plans.split import ROLES

CONTRACT = "SettlementLedger"
PAGE_LOGS = 200


def seal(session: Session, final_block: int, currency: str) -> int:
    """Posts the next page of final logs; returns how many, zero when all are posted."""
    last, _ = books.last_transaction(session)
    rows = session.execute(
        select(ChainLog, Block.timestamp)
        .join(Block, Block.number == ChainLog.block_number)
        .where(
            ChainLog.contract == CONTRACT,
            ChainLog.seq > last,
            ChainLog.block_number <= final_block,
        )
        .order_by(ChainLog.seq)
        .limit(PAGE_LOGS)
    ).all()
    ledger.post(session, [entry_of(log, timestamp) for log, timestamp in rows], currency)
    return len(rows)


def entry_of(log: ChainLog, timestamp: int) -> Entry:
    """What a log does to the books."""
    contract = artifact(CONTRACT)
    event = contract.event_names[log.topic]
    moves = _MOVES[event](contract.event(event, log.data))
    return Entry(log.seq, event, day_of(timestamp // 86_400), log.head, list(moves))


def _settled(fields: dict[str, Any]) -> Iterator[Move]:
    for leaf in unpack_leaves(fields["leaves"]):
        for role, partner, amount in zip(ROLES, leaf.partners, leaf.shares, strict=True):
            if amount:
                yield Move(End(ledger.expense(role)), End(ledger.HELD, partner), amount, leaf.order.order_no)


def _matured(fields: dict[str, Any]) -> Iterator[Move]:
    for partner, _, amount, debt_repaid, _ in fields["maturities"]:
        if amount > debt_repaid:
            yield Move(End(ledger.HELD, partner), End(ledger.AVAILABLE, partner), amount - debt_repaid)
        if debt_repaid:
            yield Move(End(ledger.HELD, partner), End(ledger.DEBT, partner), debt_repaid)


def _paid(fields: dict[str, Any]) -> Iterator[Move]:
    for _, partner, gross, withheld, _ in fields["payouts"]:
        if gross > withheld:
            yield Move(End(ledger.AVAILABLE, partner), End(ledger.BANK), gross - withheld)
        if withheld:
            yield Move(End(ledger.AVAILABLE, partner), End(ledger.TAX), withheld)


def _nothing(_: dict[str, Any]) -> Iterator[Move]:
    return iter(())


_MOVES: dict[str, Callable[[dict[str, Any]], Iterator[Move]]] = {
    "BatchSettled": _settled,
    "CreditsMatured": _matured,
    "PayoutsRecorded": _paid,
    "AttestorChanged": _nothing,
}
