"""What a log of the ledger says of partners' accounts, beside settled orders: a line for each thing that happened."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

_KEEP, _TRANSFER = 1, 3
"""The contract's `Ruling`."""

# Where a balance word has the debt; see `contracts/libraries/AccountWords.sol`.
_DEBT_AT, _DEBT_BITS = 88, 80


class Line(NamedTuple):
    """A movement of one partner's accounts, in minor units; debt above zero is owed by the partner."""

    partner: int
    kind: str
    order_no: int | None = None
    number: int | None = None
    """Of the payment or the adjustment; of what matured, the release day since 1970."""
    withheld: int = 0
    """What of a payment went to the tax office."""
    held: int = 0
    available: int = 0
    frozen: int = 0
    debt: int = 0

    @property
    def amounts(self) -> tuple[int, int, int, int]:
        """The changes, in the order of `checkpoint.ACCOUNTS`."""
        return self.held, self.available, self.frozen, self.debt


def lines_of(event: str, fields: dict[str, Any]) -> Iterator[Line]:
    """The lines of an event, in its order; none for one that moves nothing, and none for settled orders.

    Raises:
        KeyError: no such event.
    """
    return _LINES[event](fields)


def _matured(fields: dict[str, Any]) -> Iterator[Line]:
    for partner, day, amount, repaid, _ in fields["maturities"]:
        yield Line(partner, "matured", number=day, held=-amount, available=amount - repaid, debt=-repaid)


def _paid(fields: dict[str, Any]) -> Iterator[Line]:
    for number, partner, gross, withheld, _ in fields["payouts"]:
        yield Line(partner, "paid", number=number, withheld=withheld, available=-gross)


def _returned(fields: dict[str, Any]) -> Iterator[Line]:
    gross, repaid = fields["gross"], fields["debtRepaid"]
    yield Line(fields["partnerId"], "returned", number=fields["payoutNo"], available=gross - repaid, debt=-repaid)


def _withdrawn(fields: dict[str, Any]) -> Iterator[Line]:
    yield Line(fields["partnerId"], "withdrawn", available=-fields["amount"])


def _refunded(fields: dict[str, Any]) -> Iterator[Line]:
    for clawback in fields["clawbacks"]:
        yield from _clawed("clawed_back", clawback, fields["orderNo"])


def _frozen(fields: dict[str, Any]) -> Iterator[Line]:
    held, available = fields["fromHeld"], fields["fromAvailable"]
    yield Line(fields["partnerId"], "frozen", fields["orderNo"], held=-held, available=-available,
               frozen=held + available)  # fmt: skip


def _resolved(fields: dict[str, Any]) -> Iterator[Line]:
    order, _, ruling, to, to_held, to_credit, repaid, _, _ = fields["resolution"]
    yield from _clawed("ruled_away", fields["clawback"], order)
    if ruling in (_KEEP, _TRANSFER):
        kind, frozen = ("ruled_kept", to_held + to_credit) if ruling == _KEEP else ("ruled_given", 0)
        yield Line(to, kind, order, held=to_held, available=to_credit - repaid, frozen=-frozen, debt=-repaid)


def _adjusted(fields: dict[str, Any]) -> Iterator[Line]:
    number, partner, amount, _, _ = fields["adjustment"]
    debt = (fields["balance"] >> _DEBT_AT & (1 << _DEBT_BITS) - 1) - fields["fromDebt"]
    yield Line(partner, "adjusted", number=number, available=amount + debt, debt=debt)


def _written_off(fields: dict[str, Any]) -> Iterator[Line]:
    yield Line(fields["partnerId"], "written_off", debt=-fields["amount"])


def _clawed(kind: str, clawback: Sequence[int], order: int) -> Iterator[Line]:
    partner, _, frozen, held, available, debt, _ = clawback
    if partner:
        yield Line(partner, kind, order, held=-held, available=-available, frozen=-frozen, debt=debt)


def _nothing(_: dict[str, Any]) -> Iterator[Line]:
    return iter(())


_LINES: dict[str, Callable[[dict[str, Any]], Iterator[Line]]] = {
    "BatchSettled": _nothing,
    "CreditsMatured": _matured,
    "PayoutsRecorded": _paid,
    "PayoutReturned": _returned,
    "WithdrawalRecorded": _withdrawn,
    "OrderRefunded": _refunded,
    "ShareFrozen": _frozen,
    "ShareResolved": _resolved,
    "BalanceAdjusted": _adjusted,
    "DebtWrittenOff": _written_off,
    "AttestorChanged": _nothing,
    "PhaseChanged": _nothing,
}
KINDS = (
    "matured", "paid", "returned", "withdrawn", "clawed_back", "frozen", "ruled_away", "ruled_kept", "ruled_given",
    "adjusted", "written_off",
)  # fmt: skip
