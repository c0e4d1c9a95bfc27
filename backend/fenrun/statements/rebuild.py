"""A partner's month from the ledger's verified logs alone: the second path, which shares no step with the books.

The books add up the amounts that logs name. Here, what is available, frozen and owed is read off the balance words
that the contract puts into its logs, so each movement is the difference between two states of the contract itself.
What is held is kept by release day, as the contract keeps it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fenrun.chain.codec import LEAF_BYTES, Leaf, unpack_leaf
from fenrun.kit.calendar import day_of, month_number
from fenrun.plans.split import Volumes
from fenrun.statements.errors import CheckError
from fenrun.statements.ledger_logs import VerifiedLog

Amounts = tuple[int, int, int, int]
"""Held, available, frozen, debt."""

# `available 88 | debt 80 | frozen 88`, from the lowest bit: `contracts/libraries/AccountWords.sol`.
_AVAILABLE, _DEBT = (1 << 88) - 1, (1 << 80) - 1


class SettledOrder(NamedTuple):
    """An order as the ledger settled it."""

    leaf: Leaf
    data: bytes
    batch: int
    position: int
    root: bytes
    log: VerifiedLog
    volume: int
    """The partner's volume of the month before."""


@dataclass
class Rebuilt:
    """What the ledger says of a partner's month."""

    opening: Amounts = (0, 0, 0, 0)
    closing: Amounts = (0, 0, 0, 0)
    now: Amounts = (0, 0, 0, 0)
    """After the last log that was read."""
    before: int = 0
    """The last log before the month."""
    last: int = 0
    """The last log of the month, or of an earlier one."""
    orders: dict[int, SettledOrder] = field(default_factory=dict)
    moved: dict[int, Amounts] = field(default_factory=dict)
    """By log: what it did to the partner's accounts, shares of settled orders included."""
    elsewhere: dict[int, dt.date] = field(default_factory=dict)
    """All other orders of the ledger, and when they were settled."""
    held: dict[int, int] = field(default_factory=dict)
    """What is held now, by release day."""


@dataclass
class _Account:
    partner: int
    held: dict[int, int] = field(default_factory=dict)
    word: int = 0
    release_days: dict[int, int] = field(default_factory=dict)

    def state(self) -> Amounts:
        word = self.word
        return sum(self.held.values()), word & _AVAILABLE, word >> 168, word >> 88 & _DEBT

    def hold(self, day: int, amount: int) -> None:
        """Changes what is held until a day."""
        self.held[day] = self.held.get(day, 0) + amount
        if self.held[day] < 0:
            raise CheckError(
                f"The ledger's logs take more than was held for partner {self.partner} until {day_of(day)}"
            )

    def take_in(self, log: VerifiedLog) -> None:  # noqa: C901, PLR0912 - a case for each event
        fields = log.fields
        match log.event:
            case "CreditsMatured":
                for partner, day, amount, _, word in fields["maturities"]:
                    if partner == self.partner:
                        self.hold(day, -amount)
                        self.word = word
            case "PayoutsRecorded":
                for payout, word in zip(fields["payouts"], fields["balances"], strict=True):
                    self._set(payout[1], word)
            case "OrderRefunded":
                for clawback in fields["clawbacks"]:
                    self._claw(clawback, fields["orderNo"])
            case "ShareFrozen":
                if fields["partnerId"] == self.partner:
                    self.hold(self.release_days[fields["orderNo"]], -fields["fromHeld"])
                self._set(fields["partnerId"], fields["balance"])
            case "ShareResolved":
                order, _, _, to, to_held, _, _, word, _ = fields["resolution"]
                self._claw(fields["clawback"], order)
                if to == self.partner:
                    self.hold(self.release_days[order], to_held)
                self._set(to, word)
            case "BalanceAdjusted":
                self._set(fields["adjustment"][1], fields["balance"])
            case "PayoutReturned" | "WithdrawalRecorded" | "DebtWrittenOff":
                self._set(fields["partnerId"], fields["balance"])
            case "BatchSettled" | "AttestorChanged" | "PhaseChanged":
                pass
            case _:
                raise CheckError(f"Log {log.seq}: this program does not know {log.event}, such as of a ledger that"
                                 " follows another one")  # fmt: skip

    def _set(self, partner: int, word: int) -> None:
        if partner == self.partner:
            self.word = word

    def _claw(self, clawback: Sequence[Any], order: int) -> None:
        partner, _, _, held, _, _, word = clawback
        if partner == self.partner:
            self.hold(self.release_days[order], -held)
            self.word = word


def rebuild(logs: Sequence[VerifiedLog], partner: int, first_day: dt.date, last_day: dt.date) -> Rebuilt:
    """The month of a partner, from all logs of the ledger.

    Raises:
        CheckError: the logs contradict themselves, or one is not understood.
    """
    found, account, volumes = Rebuilt(), _Account(partner), Volumes()
    for log in logs:
        day = day_of(log.time // 86_400)
        before = account.state()
        if log.event == "BatchSettled":
            _settle(log, account, volumes, found, inside=first_day <= day <= last_day)
        account.take_in(log)
        after = account.state()
        if day < first_day:
            found.before, found.opening = log.seq, after
        if day <= last_day:
            found.last, found.closing = log.seq, after
        if first_day <= day <= last_day and after != before:
            held, available, frozen, debt = (b - a for a, b in zip(before, after, strict=True))
            found.moved[log.seq] = held, available, frozen, debt
    found.now = account.state()
    found.held = {day: amount for day, amount in account.held.items() if amount}
    return found


def _settle(log: VerifiedLog, account: _Account, volumes: Volumes, found: Rebuilt, *, inside: bool) -> None:
    data, partner = log.fields["leaves"], account.partner
    day = day_of(log.fields["day"])
    month = month_number(day)
    counted = 0
    for position in range(len(data) // LEAF_BYTES):
        own = data[position * LEAF_BYTES : (position + 1) * LEAF_BYTES]
        leaf = unpack_leaf(own)
        number = leaf.order.order_no
        if number in found.orders or number in found.elsewhere:
            raise CheckError(f"The ledger's logs settle order {number} twice")
        account.release_days[number] = leaf.release_day
        share = sum(s for p, s in zip(leaf.partners, leaf.shares, strict=True) if p == partner)
        if partner in leaf.partners and inside:
            volume = volumes.before(partner, month)
            found.orders[number] = SettledOrder(
                leaf, own, log.fields["batchId"], position, log.fields["root"], log, volume
            )
        else:
            found.elsewhere[number] = day
        if share:
            account.hold(leaf.release_day, share)
            counted += leaf.order.base
    if counted:
        volumes.add(partner, month, counted)
