"""Posting to the books: accounts on demand, totals, and the chain of hashes. One writer at a time."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from fenrun.kit.columns import Ints
from fenrun.ledger import repository
from fenrun.ledger.errors import BooksError
from fenrun.ledger.models import Transaction

FIRST_HASH = bytes(32)

HELD = "payable:held"
AVAILABLE = "payable:available"
FROZEN = "payable:frozen"
BANK = "asset:bank"
TAX = "payable:tax_withheld"
VAULT = "asset:vault"
DEBT = "asset:partner_debt"
ADJUSTMENT = "expense:adjustment"
WRITTEN_OFF = "expense:debt_written_off"
PREDECESSOR = "equity:predecessor"
"""The other end of what a ledger took over when it was opened."""


def expense(role: str) -> str:
    """The account kind of commissions of a role."""
    return f"expense:commission:{role}"


class End(NamedTuple):
    """An end of a posting: an account kind, and the partner where it is kept per partner."""

    kind: str
    partner: int | None = None


class Move(NamedTuple):
    """An amount, in minor units above zero, from the account that is debited to the one that is credited."""

    source: End
    destination: End
    amount: int
    order: int | None = None


class Fan(NamedTuple):
    """Amounts from one account to accounts of many partners: as many moves, without one by one.

    `partners` are in no order that matters to anybody but the hash; each is named once.
    """

    source: End
    kind: str
    partners: Ints
    amounts: Ints


@dataclass(frozen=True)
class Entry:
    """What one final log does to the books."""

    number: int
    kind: str
    effective_on: dt.date
    chain_head: bytes
    moves: Sequence[Move | Fan]


def partners_of(moves: Iterable[Move | Fan]) -> set[int]:
    """The numbers of the partners whose accounts some moves touch."""
    found: set[int] = set()
    for move in moves:
        if isinstance(move, Fan):
            found.update(move.partners.tolist())
        else:
            found.update(end.partner for end in (move.source, move.destination) if end.partner is not None)
    return found


def post(session: Session, entries: Sequence[Entry], currency: str) -> None:
    """Writes transactions, in the order of their numbers, and moves the totals of their accounts.

    Raises:
        BooksError: the first does not follow the last one in the books.
    """
    if not entries:
        return
    repository.lock_totals(session)
    last, previous = repository.last_transaction(session)
    postings = repository.Postings(repository.ensure_accounts(session, _ends(entries), currency))

    rows: list[dict[str, object]] = []
    for entry in entries:
        if entry.number != last + 1:
            raise BooksError(f"Transaction {entry.number} does not follow {last}; nothing was posted")
        last = entry.number
        chained = chain_hash(previous, entry, currency)
        rows.append(
            {
                "number": entry.number,
                "kind": entry.kind,
                "effective_on": entry.effective_on,
                "chain_head": entry.chain_head,
                "previous_hash": previous,
                "hash": chained,
            }
        )
        previous = chained
        for move in entry.moves:
            if isinstance(move, Fan):
                postings.add_fan(entry.number, move.source, move.kind, move.partners, move.amounts)
            else:
                postings.add(entry.number, *move)

    session.execute(insert(Transaction), rows)
    postings.write(session, currency)


def _ends(entries: Sequence[Entry]) -> set[repository.AccountKey]:
    ends: set[repository.AccountKey] = set()
    fanned: dict[str, list[Ints]] = defaultdict(list)
    for entry in entries:
        for move in entry.moves:
            ends.add(move.source)
            if isinstance(move, Fan):
                fanned[move.kind].append(move.partners)
            else:
                ends.add(move.destination)
    for kind, partners in fanned.items():
        ends.update((kind, partner) for partner in np.unique(np.concatenate(partners)).tolist())
    return ends


def chain_hash(previous: bytes, entry: Entry, currency: str) -> bytes:
    """The hash of an entry and of all before it: SHA-256 over the hash before and the entry's lines.

    Accounts are named by kind and partner, never by the id of a row, so that books rebuilt from the chain on an empty
    database have the same hashes.
    """
    lines = [f"{entry.number} {entry.kind} {entry.effective_on.isoformat()} {entry.chain_head.hex()}"]
    lines += _lines(entry.moves, currency)
    return hashlib.sha256(previous + "\n".join(lines).encode()).digest()


def _lines(moves: Iterable[Move | Fan], currency: str) -> Iterable[str]:
    for move in moves:
        if isinstance(move, Fan):
            (kind, partner), to_kind, partners, amounts = move
            ends, tail = f"{kind}/{partner or ''} {to_kind}/", f" {currency} "
            yield from (
                f"{ends}{to} {amount}{tail}" for to, amount in zip(partners.tolist(), amounts.tolist(), strict=True)
            )
        else:
            (kind, partner), (to_kind, to_partner), amount, order = move
            yield f"{kind}/{partner or ''} {to_kind}/{to_partner or ''} {amount} {currency} {order or ''}"
