"""All SQL of the books."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fenrun.kit.db import copy_columns, copy_rows
from fenrun.ledger.models import Account, Transaction
from fenrun.registry import repository as registry

AccountKey = tuple[str, int | None]
"""Kind, and the partner where it is kept per partner."""
PostingRow = tuple[int, int, int, int, int, int | None]

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


def add_postings(session: Session, rows: Sequence[PostingRow], asset: str) -> None:
    """Writes postings: transaction, position, source, destination, amount, order."""
    of_batches = np.array([row[:5] for row in rows if row[5] is None], np.int64).reshape(-1, 5)
    if len(of_batches):
        columns = {name: (">i8", of_batches[:, index]) for index, name in enumerate(_POSTING_COLUMNS)}
        code = asset.encode()
        copy_columns(session, "postings", columns | {"asset": (f"S{len(code)}", np.full(len(of_batches), code))})
    of_orders = [(*row, asset) for row in rows if row[5] is not None]
    if of_orders:
        copy_rows(session, "postings", (*_POSTING_COLUMNS, "order_number", "asset"), of_orders)


def add_totals(session: Session, debits: Mapping[int, int], credits: Mapping[int, int]) -> None:
    """Moves the totals of accounts by what was debited and credited to them."""
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
