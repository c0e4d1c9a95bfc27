"""The sealer: what final logs of the ledger contract do to the books."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fenrun.chain.codec import Leaves
from fenrun.chain.contracts import artifact
from fenrun.chain.models import Block, ChainLog
from fenrun.kit.calendar import day_of
from fenrun.kit.columns import sums
from fenrun.ledger import repository as books
from fenrun.ledger import service as ledger
from fenrun.ledger.errors import BooksError
from fenrun.ledger.service import End, Entry, Fan, Move
from fenrun.plans.split import ROLES

CONTRACT = "SettlementLedger"
PAGE_LOGS = 200

Amounts = Iterable[tuple[End, int]]

_KEEP = 1
"""The contract's `Ruling`: the partner keeps the share."""

# The layout of a balance word; see `libraries/AccountWords.sol`.
_AVAILABLE_MASK = (1 << 88) - 1
_DEBT_AT, _DEBT_MASK = 88, (1 << 80) - 1
_FROZEN_AT = 168


def seal(session: Session, final_block: int, currency: str) -> list[Entry]:
    """Posts the next page of final logs; less than `PAGE_LOGS` are the last.

    Raises:
        BooksError: one of them does not add up; nothing was posted.
    """
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
    entries = [_entry(session, log, timestamp) for log, timestamp in rows]
    ledger.post(session, entries, currency)
    return entries


def _entry(session: Session, log: ChainLog, timestamp: int) -> Entry:
    contract = artifact(CONTRACT)
    event = contract.event_names[log.topic]
    fields = contract.event(event, log.data)
    complete(session, event, fields)
    return Entry(log.seq, event, day_of(timestamp // 86_400), log.head, list(moves_of(event, fields)))


def complete(session: Session, event: str, fields: dict[str, Any]) -> None:
    """Adds to the fields of a log what only an earlier log says: of a returned payment, what was withheld of it.

    Raises:
        BooksError: there is no such earlier log.
    """
    if event == "PayoutReturned":
        fields["withheld"] = _withheld(session, fields["payoutNo"])


def _withheld(session: Session, payout_number: int) -> int:
    contract = artifact(CONTRACT)
    topic = next(topic for topic, name in contract.event_names.items() if name == "PayoutsRecorded")
    # The newest first: what comes back was mostly paid a few days ago.
    query = select(ChainLog.data).where(ChainLog.contract == CONTRACT, ChainLog.topic == topic)
    for data in session.scalars(query.order_by(ChainLog.seq.desc())):
        for number, _, _, withheld, _ in contract.event("PayoutsRecorded", data)["payouts"]:
            if number == payout_number:
                return int(withheld)
    raise BooksError(f"Payment {payout_number} came back, and no log says that it was paid")


def moves_of(event: str, fields: dict[str, Any]) -> Iterable[Move | Fan]:
    """What an event of the ledger moves between accounts.

    Args:
        event: Its name.
        fields: What the log says; of a returned payout, `withheld` as well: the log names only the whole.

    Raises:
        BooksError: its amounts do not add up.
    """
    return POSTINGS[event](fields)


def _settled(fields: dict[str, Any]) -> Iterator[Fan]:
    """One move per role and partner: which orders it comes from is what the legs say."""
    leaves = Leaves(fields["leaves"])
    for index, role in enumerate(ROLES):
        pays = leaves.shares[:, index] > 0
        partners, amounts = sums(leaves.partners[pays, index], leaves.shares[pays, index])
        yield Fan(End(ledger.expense(role)), ledger.HELD, partners, amounts)


def _matured(fields: dict[str, Any]) -> Iterator[Move]:
    for partner, _, amount, debt_repaid, _ in fields["maturities"]:
        yield from _pour([(End(ledger.HELD, partner), amount)], _credit(partner, amount, debt_repaid))


def _paid(fields: dict[str, Any]) -> Iterator[Move]:
    for _, partner, gross, withheld, _ in fields["payouts"]:
        yield from _pour([(End(ledger.AVAILABLE, partner), gross)], _bank(gross, withheld))


def _returned(fields: dict[str, Any]) -> Iterator[Move]:
    gross = fields["gross"]
    return _pour(_bank(gross, fields["withheld"]), _credit(fields["partnerId"], gross, fields["debtRepaid"]))


def _withdrawn(fields: dict[str, Any]) -> Iterator[Move]:
    yield Move(End(ledger.AVAILABLE, fields["partnerId"]), End(ledger.VAULT), fields["amount"])


def _refunded(fields: dict[str, Any]) -> Iterator[Move]:
    for clawback in fields["clawbacks"]:
        yield from _clawed(clawback, fields["orderNo"])


def _frozen(fields: dict[str, Any]) -> Iterator[Move]:
    partner, held, available = fields["partnerId"], fields["fromHeld"], fields["fromAvailable"]
    return _pour(
        [(End(ledger.HELD, partner), held), (End(ledger.AVAILABLE, partner), available)],
        [(End(ledger.FROZEN, partner), held + available)],
        fields["orderNo"],
    )


def _resolved(fields: dict[str, Any]) -> Iterator[Move]:
    order, role, ruling, to, to_held, to_credit, debt_repaid, _, _ = fields["resolution"]
    yield from _clawed(fields["clawback"], order)
    giver = End(ledger.FROZEN, to) if ruling == _KEEP else End(ledger.expense(ROLES[role]))
    given = [(End(ledger.HELD, to), to_held), *_credit(to, to_credit, debt_repaid)]
    yield from _pour([(giver, to_held + to_credit)], given, order)


def _adjusted(fields: dict[str, Any]) -> Iterator[Move]:
    _, partner, amount, _, _ = fields["adjustment"]
    debt = fields["balance"] >> _DEBT_AT & _DEBT_MASK
    changed = _credit(partner, abs(amount), abs(fields["fromDebt"] - debt))
    by_hand = [(End(ledger.ADJUSTMENT), abs(amount))]
    return _pour(by_hand, changed) if amount > 0 else _pour(changed, by_hand)


def _written_off(fields: dict[str, Any]) -> Iterator[Move]:
    yield Move(End(ledger.WRITTEN_OFF), End(ledger.DEBT, fields["partnerId"]), fields["amount"])


def _accounts_inherited(fields: dict[str, Any]) -> Iterator[Move]:
    for partner, (_, balance) in enumerate(fields["accounts"], start=fields["firstId"]):
        available, debt, frozen = balance & _AVAILABLE_MASK, balance >> _DEBT_AT & _DEBT_MASK, balance >> _FROZEN_AT
        owed = {ledger.AVAILABLE: available, ledger.FROZEN: frozen}
        for kind, amount in owed.items():
            if amount:
                yield Move(End(ledger.PREDECESSOR), End(kind, partner), amount)
        if debt:
            yield Move(End(ledger.DEBT, partner), End(ledger.PREDECESSOR), debt)


def _credits_inherited(fields: dict[str, Any]) -> Iterator[Move]:
    for (partner, _), amount in zip(fields["releases"], fields["amounts"], strict=True):
        yield Move(End(ledger.PREDECESSOR), End(ledger.HELD, partner), amount)


def _nothing(_: dict[str, Any]) -> Iterator[Move]:
    return iter(())


def _clawed(clawback: tuple[int, ...], order: int) -> Iterator[Move]:
    """What a partner gave back of a share is no expense any more."""
    partner, role, frozen, held, available, debt, _ = clawback
    taken = {ledger.FROZEN: frozen, ledger.HELD: held, ledger.AVAILABLE: available, ledger.DEBT: debt}
    for kind, amount in taken.items():
        if amount:
            yield Move(End(kind, partner), End(ledger.expense(ROLES[role])), amount, order)


def _credit(partner: int, amount: int, debt: int) -> Amounts:
    """A change of what is beyond held: a credit repays debt first."""
    return [(End(ledger.DEBT, partner), debt), (End(ledger.AVAILABLE, partner), amount - debt)]


def _bank(gross: int, withheld: int) -> Amounts:
    return [(End(ledger.BANK), gross - withheld), (End(ledger.TAX), withheld)]


def _pour(sources: Amounts, destinations: Amounts, order: int | None = None) -> Iterator[Move]:
    """Moves equal sums, the first of the sources into the first of the destinations."""
    full = [(end, amount) for end, amount in sources if amount]
    empty = [(end, amount) for end, amount in destinations if amount]
    while full and empty:
        (source, left), (destination, room) = full[0], empty[0]
        amount = min(left, room)
        yield Move(source, destination, amount, order)
        full[:1] = [(source, left - amount)] if left > amount else []
        empty[:1] = [(destination, room - amount)] if room > amount else []
    if full or empty:
        raise BooksError(f"A log's amounts do not add up: {full or empty} is left over")


POSTINGS: dict[str, Callable[[dict[str, Any]], Iterable[Move | Fan]]] = {
    "BatchSettled": _settled,
    "OrderRefunded": _refunded,
    "CreditsMatured": _matured,
    "PayoutsRecorded": _paid,
    "PayoutReturned": _returned,
    "WithdrawalRecorded": _withdrawn,
    "BalanceAdjusted": _adjusted,
    "DebtWrittenOff": _written_off,
    "ShareFrozen": _frozen,
    "ShareResolved": _resolved,
    "AccountsInherited": _accounts_inherited,
    "CreditsInherited": _credits_inherited,
    "AttestorChanged": _nothing,
    "PhaseChanged": _nothing,
}
