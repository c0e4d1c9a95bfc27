"""The journal as a Beancount file (https://beancount.github.io), which checks itself: month by month it asserts what
every account must show.

Signs are Beancount's: what is debited is above zero. Accounts of a partner end in its number on chain.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import groupby

from sqlalchemy.orm import Session

from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.money import Currency
from fenrun.registry import repository as registry
from fenrun.statements import repository
from fenrun.statements.repository import BookedPosting

_ROOTS = {"expense": "Expenses", "payable": "Liabilities", "asset": "Assets"}


def account(kind: str, partner: int | None) -> str:
    """The name of an account, such as `Liabilities:Held:P0007` of `payable:held`."""
    root, *rest = kind.split(":")
    parts = ["".join(word.capitalize() for word in part.split("_")) for part in rest]
    return ":".join([_ROOTS[root], *parts, *([f"P{partner:04d}"] if partner is not None else [])])


def lines(session: Session, currency: Currency, partner: int | None = None) -> Iterator[str]:
    """The file, line by line: all books, or what touches one partner's accounts.

    Of one partner only its own accounts are asserted: the others' balances are made of other partners' too.
    """
    opened = repository.booked_accounts(session, currency.code, partner)
    names = registry.names(session, [number for _, number, _ in opened if number is not None])
    yield f'option "title" "Fenrun{f", partner {partner}" if partner is not None else ""}"'
    yield f'option "operating_currency" "{currency.code}"'
    yield ""
    for kind, number, first in opened:
        yield f"{first.isoformat()} open {account(kind, number)} {currency.code}"
        if number is not None:
            yield f"  partner: {_quoted(names[number].name)}"
            yield f"  partner-id: {_quoted(names[number].external_id)}"
    asserted: dt.date | None = None
    postings = repository.booked_postings(session, currency.code, partner)
    for (day, number, order), group in groupby(postings, lambda p: (p.day, p.transaction, p.order)):
        while asserted is not None and day >= asserted:
            yield from _assertions(session, currency, partner, asserted)
            asserted = first_of_next_month(asserted)
        asserted = asserted or first_of_next_month(day)
        yield from _transaction(day, number, order, list(group), currency)
    if asserted is not None:
        yield from _assertions(session, currency, partner, asserted)


def _transaction(
    day: dt.date,
    number: int,
    order: int | None,
    postings: list[BookedPosting],
    currency: Currency,
) -> Iterator[str]:
    first = postings[0]
    yield ""
    yield f'{day.isoformat()} * "{first.kind}"' + (f" ^order-{order}" if order is not None else "")
    yield f"  log: {number}"
    yield f'  journal-hash: "{first.hash.hex()}"'
    for posting in postings:
        for kind, owner, amount in (
            (posting.source, posting.source_partner, posting.amount),
            (posting.destination, posting.destination_partner, -posting.amount),
        ):
            yield f"  {account(kind, owner)}  {currency.format(amount)} {currency.code}"


def _assertions(session: Session, currency: Currency, partner: int | None, day: dt.date) -> Iterator[str]:
    """What accounts show at the beginning of a day, by a query of its own."""
    shown: Mapping[tuple[str, int | None], int] = repository.debit_balances(session, currency.code, partner, day)
    yield ""
    for (kind, number), amount in sorted(shown.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        yield f"{day.isoformat()} balance {account(kind, number)}  {currency.format(amount)} {currency.code}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
