"""All SQL of the books."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fenrun.kit.columns import Ints, sum_by
from fenrun.kit.db import copy_columns, copy_rows
from fenrun.ledger.models import Account, Transaction
from fenrun.registry import repository as registry

AccountKey = tuple[str, int | None]
"""Kind, and the partner where it is kept per partner."""

_POSTING_COLUMNS = ("transaction_number", "position", "source_id", "destination_id", "amount")


class Totals(NamedTuple):
    """What was debited to and credited to the accounts of a kind."""

    kind: str
    currency: str
    debits: Decimal
    credits: Decimal


def last_transaction(session: Session) -> tuple[int, bytes]:
    """Number and hash of the last transaction; zeros before the first."""
    row = session.execute(
        select(Transaction.number, Transaction.hash).order_by(Transaction.number.desc()).limit(1)
    ).one_or_none()
    return (row.number, row.hash) if row else (0, bytes(32))


def ensure_accounts(session: Session, keys: set[AccountKey], currency: str) -> dict[AccountKey, int]:
    """Ids of accounts, opened where they did not exist."""
    found = _accounts(session, keys, currency)
    missing = sorted(keys - found.keys(), key=lambda key: (key[0], key[1] or 0))
    if missing:
        copy_rows(
            session,
            "accounts",
            ("kind", "partner_number", "currency"),
            ((kind, partner, currency) for kind, partner in missing),
        )
        found = _accounts(session, keys, currency)
    return found


def _accounts(session: Session, keys: set[AccountKey], currency: str) -> dict[AccountKey, int]:
    rows = session.execute(
        text(
            "SELECT id, kind, partner_number FROM accounts WHERE currency = :currency AND kind = ANY(:kinds)"
            " AND (partner_number IS NULL OR partner_number = ANY(:partners))"
        ),
        {
            "currency": currency,
            "kinds": sorted({kind for kind, _ in keys}),
            "partners": sorted({partner for _, partner in keys if partner is not None}),
        },
    )
    return {(kind, partner): id_ for id_, kind, partner in rows}


def add_pending(session: Session, moved: Mapping[AccountKey, Sequence[int]], currency: str) -> None:
    """Moves the pending totals of accounts by debits and credits, opening those that did not exist."""
    keys = sorted(moved, key=lambda key: (key[0], key[1] or 0))
    if not keys:
        return
    lock_totals(session)
    session.execute(
        text(
            "INSERT INTO accounts AS a (kind, partner_number, currency, pending_debits, pending_credits)"
            " SELECT kind, partner, :currency, d, c FROM unnest(CAST(:kinds AS text[]), CAST(:partners AS bigint[]),"
            " CAST(:debits AS numeric[]), CAST(:credits AS numeric[])) AS moved(kind, partner, d, c)"
            " ON CONFLICT (kind, partner_number, currency) DO UPDATE"
            " SET pending_debits = a.pending_debits + excluded.pending_debits,"
            " pending_credits = a.pending_credits + excluded.pending_credits"
        ),
        {
            "currency": currency,
            "kinds": [kind for kind, _ in keys],
            "partners": [partner for _, partner in keys],
            "debits": [moved[key][0] for key in keys],
            "credits": [moved[key][1] for key in keys],
        },
    )


def lock_totals(session: Session) -> None:
    """Lets one transaction at a time move totals: two that touch the same accounts could wait for each other."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('ledger.totals', 0))"))


def pending_totals(session: Session, kind: str, partners: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Debits and credits of partners' accounts of a kind, with what is not final yet; none for those without one."""
    rows = session.execute(
        select(Account.partner_number, Account.pending_debits, Account.pending_credits).where(
            Account.kind == kind, Account.partner_number.in_(partners)
        )
    )
    return {partner: (int(debits), int(credits)) for partner, debits, credits in rows if partner is not None}


def drop_unused(session: Session) -> None:
    """Removes accounts that nothing was ever moved on."""
    session.execute(
        text("DELETE FROM accounts WHERE pending_debits = 0 AND pending_credits = 0 AND debits = 0 AND credits = 0")
    )


class Postings:
    """Postings on their way into the table, and what they move: written at once."""

    def __init__(self, accounts: Mapping[AccountKey, int]) -> None:
        self._accounts = accounts
        self._positions: dict[int, int] = defaultdict(int)
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._of_orders: list[tuple[int, int, int, int, int, int]] = []
        self._columns: list[Ints] = []

    def add(
        self, transaction: int, source: AccountKey, destination: AccountKey, amount: int, order: int | None
    ) -> None:
        """One posting of a transaction."""
        row = (transaction, self._next(transaction, 1), self._accounts[source], self._accounts[destination], amount)
        if order is None:
            self._rows.append(row)
        else:
            self._of_orders.append((*row, order))

    def add_fan(self, transaction: int, source: AccountKey, kind: str, partners: Ints, amounts: Ints) -> None:
        """A posting of a transaction to the account of each partner."""
        count = len(partners)
        position = self._next(transaction, count)
        columns = np.empty((count, len(_POSTING_COLUMNS)), np.int64)
        columns[:, 0], columns[:, 1] = transaction, np.arange(position, position + count)
        columns[:, 2] = self._accounts[source]
        columns[:, 3] = [self._accounts[kind, partner] for partner in partners.tolist()]
        columns[:, 4] = amounts
        self._columns.append(columns)

    def write(self, session: Session, asset: str) -> None:
        """Writes them, and moves the totals of their accounts."""
        plain = [np.array(self._rows, np.int64)] if self._rows else []
        columns = np.concatenate([np.empty((0, len(_POSTING_COLUMNS)), np.int64), *self._columns, *plain])
        if len(columns):
            code = asset.encode()
            copied = {name: (">i8", columns[:, index]) for index, name in enumerate(_POSTING_COLUMNS)}
            copy_columns(session, "postings", copied | {"asset": (f"S{len(code)}", np.full(len(columns), code))})
        if self._of_orders:
            rows = [(*row, asset) for row in self._of_orders]
            copy_rows(session, "postings", (*_POSTING_COLUMNS, "order_number", "asset"), rows)
        of_orders = [np.array([row[:5] for row in self._of_orders], np.int64)] if self._of_orders else []
        moved = np.concatenate([columns, *of_orders])
        _add_totals(session, sum_by(moved[:, 2], moved[:, 4]), sum_by(moved[:, 3], moved[:, 4]))

    def _next(self, transaction: int, count: int) -> int:
        position = self._positions[transaction]
        self._positions[transaction] = position + count
        return position


def _add_totals(session: Session, debits: Mapping[int, int], credits: Mapping[int, int]) -> None:
    ids = sorted(debits.keys() | credits.keys())
    session.execute(
        text(
            "UPDATE accounts SET debits = debits + moved.d, credits = credits + moved.c"
            " FROM unnest(CAST(:ids AS bigint[]), CAST(:debits AS numeric[]),"
            " CAST(:credits AS numeric[])) AS moved(id, d, c) WHERE accounts.id = moved.id"
        ),
        {
            "ids": ids,
            "debits": [debits.get(id_, 0) for id_ in ids],
            "credits": [credits.get(id_, 0) for id_ in ids],
        },
    )


def totals_by_kind(session: Session) -> list[Totals]:
    """Totals of all accounts, by kind and currency."""
    rows = session.execute(
        select(Account.kind, Account.currency, func.sum(Account.debits), func.sum(Account.credits))
        .group_by(Account.kind, Account.currency)
        .order_by(Account.kind)
    )
    return [Totals(*row) for row in rows]


def account(session: Session, number: int) -> Account | None:
    """An account by its number."""
    return session.get(Account, number)


def accounts(
    session: Session, kind: str | None, partner: int | None, search: str | None, after: int, before: int, limit: int
) -> list[Account]:
    """A page of accounts by id: the ones after `after`, or the ones just before `before`."""
    query = select(Account)
    if kind is not None:
        query = query.where(Account.kind == kind)
    if partner is not None:
        query = query.where(Account.partner_number == partner)
    if search is not None:
        query = query.where(Account.partner_number.in_(registry.numbers_matching(search)))
    if before:
        page = session.scalars(query.where(Account.id < before).order_by(Account.id.desc()).limit(limit)).all()
        return list(reversed(page))
    return list(session.scalars(query.where(Account.id > after).order_by(Account.id).limit(limit)).all())


def last_effective_day(session: Session) -> dt.date | None:
    """The day of the last transaction."""
    return session.scalar(select(Transaction.effective_on).order_by(Transaction.number.desc()).limit(1))
