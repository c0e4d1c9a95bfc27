"""The part of the audit that looks at the books alone: hashes, totals, balance, bank."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.ledger import service as ledger
from fenrun.ledger.models import Transaction
from fenrun.ledger.service import End, Entry, Move

if TYPE_CHECKING:
    from fenrun.settlement.audit import Check

_POSTINGS = """
SELECT s.kind, s.partner_number, d.kind, d.partner_number, p.amount, p.order_number, p.asset
FROM postings p
JOIN accounts s ON s.id = p.source_id
JOIN accounts d ON d.id = p.destination_id
WHERE p.transaction_number = :number ORDER BY p.position
"""

_TOTALS = """
SELECT a.id, a.kind, a.partner_number, a.debits, a.credits,
       coalesce(s.amount, 0) AS moved_out, coalesce(d.amount, 0) AS moved_in
FROM accounts a
LEFT JOIN (SELECT source_id, sum(amount) AS amount FROM postings GROUP BY 1) s ON s.source_id = a.id
LEFT JOIN (SELECT destination_id, sum(amount) AS amount FROM postings GROUP BY 1) d
  ON d.destination_id = a.id
ORDER BY a.id
"""


# What the bank paid, as far as the journal goes: later payments are not final yet.
_PAID = """
SELECT coalesce(sum(p.gross - p.withheld), 0)
FROM payouts p
JOIN intents i ON i.id = p.intent_id
JOIN chain_logs l ON l.transaction_hash = i.transaction_hash
WHERE p.status IN ('completed', 'returned') AND p.rail = 'bank' AND l.contract = 'SettlementLedger'
  AND l.seq <= (SELECT max(number) FROM transactions)
"""


def checks(session: Session, new: "Callable[[str], Check]", heads: dict[int, bytes], returned: int) -> "list[Check]":
    """The checks of the books.

    Args:
        heads: Those of the ledger contract, by sequence number.
        returned: What the bank sent back of its payments, as far as the journal goes.
    """
    chained, totals, bank = new("journal_hashes"), new("account_totals"), new("books_equal_bank")
    previous = ledger.FIRST_HASH
    for transaction in session.scalars(select(Transaction).order_by(Transaction.number)):
        rows = session.execute(text(_POSTINGS), {"number": transaction.number}).all()
        moves = [Move(End(r[0], r[1]), End(r[2], r[3]), r[4], r[5]) for r in rows]
        entry = Entry(
            transaction.number,
            transaction.kind,
            transaction.effective_on,
            transaction.chain_head,
            moves,
        )
        expected = ledger.chain_hash(previous, entry, rows[0][6] if rows else "")
        what = f"hash of transaction {transaction.number}"
        chained.compare(what, expected.hex(), bytes(transaction.hash).hex())
        previous = transaction.hash
        what = f"chain head of transaction {transaction.number}"
        chained.compare(what, heads.get(transaction.number, b"").hex(), bytes(transaction.chain_head).hex())

    debits = credits = 0
    for row in session.execute(text(_TOTALS)):
        what = f"account {row.kind} of partner {row.partner_number or '–'}"
        totals.compare(f"{what}, debits", int(row.moved_out), int(row.debits))
        totals.compare(f"{what}, credits", int(row.moved_in), int(row.credits))
        debits, credits = debits + int(row.debits), credits + int(row.credits)
    totals.compare("sum of debits and of credits", debits, credits)

    paid = session.scalar(text(_PAID))
    in_books = sum(credit_balances(session, ledger.BANK).values())
    bank.compare("payments by the bank", int(paid or 0) - returned, in_books)
    return [chained, totals, bank]


def credit_balances(session: Session, kind: str) -> dict[int, int]:
    """Credits less debits of the accounts of a kind, by partner (0 for none), without those that are even."""
    rows = session.execute(
        text(
            "SELECT coalesce(partner_number, 0), credits - debits FROM accounts"
            " WHERE kind = :kind AND credits <> debits"
        ),
        {"kind": kind},
    )
    return {partner: int(balance) for partner, balance in rows}
