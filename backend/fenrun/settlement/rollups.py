"""Sums that are kept, because they are asked for often: accounts, credits by release day, months.

What a log adds to them follows from the log alone. A reorg takes it back by adding the same with the other sign.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.codec import Leaves
from fenrun.chain.indexer import Log
from fenrun.kit.calendar import day_of
from fenrun.kit.columns import Ints, sum_by
from fenrun.ledger import repository as books
from fenrun.ledger import service as ledger
from fenrun.ledger.repository import AccountKey
from fenrun.ledger.service import Fan
from fenrun.plans.split import ROLES
from fenrun.settlement.journal import moves_of

# Two numbers in one key: a partner, and a day or a month since 1970 (24 bits).
_DAY_BITS = 24
_DAY_MASK = (1 << _DAY_BITS) - 1

ORDERS, VOLUME, REFERRER, CLAWED_BACK, PAID = 0, 1, 2, 5, 6
"""Columns of a partner's month; the roles follow each other."""
_MONTH_COLUMNS = ("orders", "volume", *ROLES, "clawed_back", "paid")

TRANSFER = 3
"""The contract's `Ruling`: another partner gets the share."""

ReleaseDays = Callable[[int], int]
"""The release day of a settled order."""


@dataclass
class Rollups:
    """What logs add; written at once."""

    accounts: dict[AccountKey, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """Debits and credits."""
    holds: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    """By partner and release day."""
    months: dict[tuple[int, dt.date], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * len(_MONTH_COLUMNS))
    )
    _leaves: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """What batches settled, by sign: summed up once for all of them."""

    touched: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Events by name, and the partners concerned; kept when the rest is written."""

    def add(self, log: Log, release_day: ReleaseDays, sign: int = 1) -> None:
        """Adds what a log of the ledger contract says, or takes it back when the sign is below zero."""
        touched = self.touched[log.event]
        if log.event == "BatchSettled":
            self._leaves[sign].append(log.fields["leaves"])
            return
        for move in moves_of(log.event, log.fields):
            assert not isinstance(move, Fan)  # only a batch has them
            touched.update(ledger.partners_of((move,)))
            self.accounts[move.source.kind, move.source.partner][0] += sign * move.amount
            self.accounts[move.destination.kind, move.destination.partner][1] += sign * move.amount
        adders = {
            "CreditsMatured": self._matured,
            "CreditsInherited": self._inherited,
            "PayoutsRecorded": self._paid,
            "PayoutReturned": self._returned,
            "WithdrawalRecorded": self._withdrawn,
            "OrderRefunded": self._refunded,
            "ShareFrozen": self._frozen,
            "ShareResolved": self._resolved,
        }
        if log.event in adders:
            day = day_of(log.block_time // 86_400)
            adders[log.event](log.fields, day.replace(day=1), release_day, sign)

    def write(self, session: Session, currency: str) -> None:
        """Adds it to what is stored, and begins anew."""
        for sign, batches in self._leaves.items():
            self._settle(Leaves(b"".join(batches)), sign)
        self._leaves.clear()
        books.add_pending(session, self.accounts, currency)
        _write_holds(session, self.holds)
        _write_months(session, self.months)
        self.accounts.clear()
        self.holds.clear()
        self.months.clear()

    def _settle(self, leaves: Leaves, sign: int) -> None:
        self.touched["BatchSettled"].update(np.unique(leaves.partners[leaves.partners > 0]).tolist())
        earned = leaves.shares > 0
        months = leaves.settled_day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        for role, name in enumerate(ROLES):
            pays = earned[:, role]
            if not pays.any():
                continue
            partners, shares = leaves.partners[pays, role], leaves.shares[pays, role]
            self.accounts[ledger.expense(name), None][0] += sign * int(shares.sum())
            for partner, amount in sum_by(partners, shares).items():
                self.accounts[ledger.HELD, partner][1] += sign * amount
            for key, amount in sum_by(partners << _DAY_BITS | leaves.release_day[pays], shares).items():
                self.holds[key >> _DAY_BITS, key & _DAY_MASK] += sign * amount
            self._add_to_months(partners, months[pays], REFERRER + role, shares, sign)
        for column, counts, values in (
            (ORDERS, leaves.partners > 0, np.ones_like(leaves.base)),
            (VOLUME, earned, leaves.base),
        ):
            for role in range(len(ROLES)):
                once = counts[:, role] & ~_seen_before(leaves, counts, role)
                self._add_to_months(leaves.partners[once, role], months[once], column, values[once], sign)

    def _add_to_months(self, partners: Ints, months: Ints, column: int, values: Ints, sign: int) -> None:
        for key, amount in sum_by(partners << _DAY_BITS | months, values).items():
            year, month = divmod(key & _DAY_MASK, 12)
            self.months[key >> _DAY_BITS, dt.date(1970 + year, month + 1, 1)][column] += sign * amount

    def _matured(self, fields: Mapping[str, Any], _: dt.date, __: ReleaseDays, sign: int) -> None:
        for partner, day, amount, _repaid, _balance in fields["maturities"]:
            self.holds[partner, day] -= sign * amount

    def _inherited(self, fields: Mapping[str, Any], _: dt.date, __: ReleaseDays, sign: int) -> None:
        for (partner, day), amount in zip(fields["releases"], fields["amounts"], strict=True):
            self.holds[partner, day] += sign * amount

    def _paid(self, fields: Mapping[str, Any], month: dt.date, __: ReleaseDays, sign: int) -> None:
        for _, partner, gross, _withheld, _ref in fields["payouts"]:
            self.months[partner, month][PAID] += sign * gross

    def _returned(self, fields: Mapping[str, Any], month: dt.date, __: ReleaseDays, sign: int) -> None:
        self.months[fields["partnerId"], month][PAID] -= sign * fields["gross"]

    def _withdrawn(self, fields: Mapping[str, Any], month: dt.date, __: ReleaseDays, sign: int) -> None:
        self.months[fields["partnerId"], month][PAID] += sign * fields["amount"]

    def _refunded(self, fields: Mapping[str, Any], month: dt.date, release_day: ReleaseDays, sign: int) -> None:
        for clawback in fields["clawbacks"]:
            self._claw(clawback, fields["orderNo"], month, release_day, sign)

    def _frozen(self, fields: Mapping[str, Any], _: dt.date, release_day: ReleaseDays, sign: int) -> None:
        if fields["fromHeld"]:
            self.holds[fields["partnerId"], release_day(fields["orderNo"])] -= sign * fields["fromHeld"]

    def _resolved(self, fields: Mapping[str, Any], month: dt.date, release_day: ReleaseDays, sign: int) -> None:
        order, role, ruling, to, to_held, to_credit, *_ = fields["resolution"]
        self._claw(fields["clawback"], order, month, release_day, sign)
        if to_held:
            self.holds[to, release_day(order)] += sign * to_held
        if ruling == TRANSFER and to_held + to_credit:
            self.months[to, month][REFERRER + role] += sign * (to_held + to_credit)

    def _claw(self, clawback: Sequence[int], order: int, month: dt.date, release_day: ReleaseDays, sign: int) -> None:
        partner, _, from_frozen, from_held, from_available, to_debt, _ = clawback
        taken = from_frozen + from_held + from_available + to_debt
        if from_held:
            self.holds[partner, release_day(order)] -= sign * from_held
        if taken:
            self.months[partner, month][CLAWED_BACK] += sign * taken


def _seen_before(leaves: Leaves, counts: "np.ndarray[Any, np.dtype[np.bool_]]", role: int) -> Any:
    """Whether the partner of a role has a lower role in the same order, too."""
    seen = np.zeros(len(leaves), np.bool_)
    for lower in range(role):
        seen |= counts[:, lower] & (leaves.partners[:, lower] == leaves.partners[:, role])
    return seen


def _write_holds(session: Session, holds: Mapping[tuple[int, int], int]) -> None:
    keys = sorted(holds)
    if not keys:
        return
    values = {
        "partners": [partner for partner, _ in keys],
        "days": [day_of(day) for _, day in keys],
        "amounts": [holds[key] for key in keys],
    }
    session.execute(
        text(
            "INSERT INTO holds AS h (partner_number, release_on, amount)"
            " SELECT * FROM unnest(CAST(:partners AS bigint[]), CAST(:days AS date[]), CAST(:amounts AS bigint[]))"
            " ON CONFLICT (partner_number, release_on) DO UPDATE SET amount = h.amount + excluded.amount"
        ),
        values,
    )
    session.execute(
        text(
            "DELETE FROM holds WHERE amount = 0 AND (partner_number, release_on) IN"
            " (SELECT * FROM unnest(CAST(:partners AS bigint[]), CAST(:days AS date[])))"
        ),
        values,
    )


def _write_months(session: Session, months: Mapping[tuple[int, dt.date], list[int]]) -> None:
    keys = sorted(months)
    if not keys:
        return
    columns = {name: [months[key][index] for key in keys] for index, name in enumerate(_MONTH_COLUMNS)}
    added = ", ".join(f"{name} = m.{name} + excluded.{name}" for name in _MONTH_COLUMNS)
    arrays = ", ".join(f"CAST(:{name} AS bigint[])" for name in _MONTH_COLUMNS)
    session.execute(
        text(
            f"INSERT INTO partner_months AS m (partner_number, month, {', '.join(_MONTH_COLUMNS)})"  # noqa: S608
            f" SELECT * FROM unnest(CAST(:partners AS bigint[]), CAST(:months AS date[]), {arrays})"
            f" ON CONFLICT (partner_number, month) DO UPDATE SET {added}"
        ),
        {
            "partners": [partner for partner, _ in keys],
            "months": [month for _, month in keys],
            **columns,
        },
    )


def drop_empty(session: Session) -> None:
    """Removes what nothing is left of after logs were taken back, so that it is as if it had never been."""
    empty = " AND ".join(f"{name} = 0" for name in _MONTH_COLUMNS)
    session.execute(text(f"DELETE FROM partner_months WHERE {empty}"))  # noqa: S608 - our own names
    books.drop_unused(session)
