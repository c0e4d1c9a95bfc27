"""What the chain says of payments. Who is paid, and how, is decided in `fenrun.payouts`."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.chain.contracts import LEDGER, artifact
from fenrun.chain.indexer import Log
from fenrun.chain.models import ChainLog
from fenrun.kit.calendar import day_of
from fenrun.kit.ids import new_id
from fenrun.ledger import repository as books
from fenrun.ledger.service import AVAILABLE
from fenrun.settlement.errors import SKIP_REASONS


def note_paid(session: Session, log: Log) -> None:
    """Takes in a log of recorded payments, whose moves are in the pending totals already."""
    paid = log.fields["payouts"]
    totals = books.pending_totals(session, AVAILABLE, sorted({partner for _, partner, *_ in paid}))
    left = {partner: debits for partner, (debits, _) in totals.items()}
    cumulative = []
    for _, partner, gross, _, _ in reversed(paid):
        cumulative.append(left[partner])
        left[partner] -= gross
    session.execute(
        text(
            "UPDATE payouts SET status = 'completed', cumulative = paid.cumulative, paid_on = :day,"
            " block_number = :block FROM unnest(CAST(:numbers AS bigint[]), CAST(:cumulative AS bigint[]))"
            " AS paid(number, cumulative) WHERE payouts.number = paid.number"
        ),
        {
            "numbers": [payout[0] for payout in paid],
            "cumulative": cumulative[::-1],
            "day": day_of(log.block_time // 86_400),
            "block": log.block_number,
        },
    )
    for number, reason in log.fields["skipped"]:
        session.execute(
            text(
                # What a bank paid already stays reserved, and is tried again.
                "UPDATE payouts SET status = CASE WHEN run_number IS NULL THEN 'failed' ELSE 'sent' END,"
                " reason = :reason, block_number = :block WHERE number = :number AND status IN ('processing', 'sent')"
            ),
            {"reason": SKIP_REASONS[reason], "block": log.block_number, "number": number},
        )


def note_returned(session: Session, log: Log) -> None:
    """Takes in that a payment came back."""
    session.execute(
        text("UPDATE payouts SET status = 'returned' WHERE number = :number"), {"number": log.fields["payoutNo"]}
    )


def forget_returned(session: Session, log: Log) -> None:
    """Takes back that a payment came back."""
    session.execute(
        text("UPDATE payouts SET status = 'completed' WHERE number = :number"), {"number": log.fields["payoutNo"]}
    )


# --- The token rail ---------------------------------------------------------------------------------


_WITHDRAWN = """
UPDATE payouts SET status = 'completed', reason = NULL, cumulative = :cumulative, paid_on = :day,
       block_number = :block, log_seq = :seq, transaction_hash = :hash
WHERE number = (
  SELECT p.number FROM payouts p JOIN attempts a ON a.intent_id = p.intent_id
  WHERE a.transaction_hash = :hash AND p.rail = 'token' AND p.partner_number = :partner AND p.gross = :amount
    AND p.log_seq IS NULL
  ORDER BY p.number LIMIT 1)
RETURNING number
"""

# Of a partner's own wallet. A database that is indexed anew knows no partners, and keeps no payouts.
_OWN = """
INSERT INTO payouts (id, partner_number, gross, withheld, rail, bank_reference, status, cumulative, paid_on,
                     block_number, log_seq, transaction_hash)
SELECT :id, p.number, :amount, 0, 'token', '', 'completed', :cumulative, :day, :block, :seq, :hash
FROM partners p WHERE p.number = :partner
ON CONFLICT (log_seq) DO NOTHING
"""


def note_withdrawn(session: Session, log: Log) -> None:
    """Takes in that the vault paid a partner, whose move is in the pending totals already."""
    partner, amount = log.fields["partnerId"], log.fields["amount"]
    debits, _ = books.pending_totals(session, AVAILABLE, [partner])[partner]
    values = {
        "partner": partner,
        "amount": amount,
        "cumulative": debits,
        "day": day_of(log.block_time // 86_400),
        "block": log.block_number,
        "seq": log.seq,
        "hash": log.transaction_hash,
    }
    if session.scalar(text(_WITHDRAWN), values) is None:
        session.execute(text(_OWN), {**values, "id": new_id("po")})


def note_wallets(session: Session, block_number: int, transaction_hash: bytes, wallets: Sequence[str | None]) -> None:
    """Notes where payments of one transaction went: the vault pays each right after the ledger has recorded it."""
    topic = next(t for t, name in artifact(LEDGER).event_names.items() if name == "WithdrawalRecorded")
    seqs = session.scalars(
        select(ChainLog.seq)
        .where(
            ChainLog.contract == LEDGER,
            ChainLog.topic == topic,
            ChainLog.block_number == block_number,
            ChainLog.transaction_hash == transaction_hash,
        )
        .order_by(ChainLog.seq)
    ).all()
    session.execute(
        text(
            "UPDATE payouts SET wallet = paid.wallet"
            " FROM unnest(CAST(:seqs AS bigint[]), CAST(:wallets AS text[])) AS paid(seq, wallet)"
            " WHERE payouts.log_seq = paid.seq"
        ),
        {"seqs": list(seqs), "wallets": list(wallets)},
    )


def note_unpaid(session: Session, log: Log, failed: Sequence[tuple[int, int, str]]) -> None:
    """Takes in whom a batch of the vault did not pay: partner, amount and why. It is payable again."""
    for partner, amount, reason in failed:
        session.execute(
            text(
                "UPDATE payouts SET status = 'failed', reason = :reason, block_number = :block"
                " WHERE status = 'sent' AND partner_number = :partner AND gross = :amount"
                " AND intent_id = (SELECT intent_id FROM attempts WHERE transaction_hash = :hash)"
            ),
            {"reason": reason, "block": log.block_number, "partner": partner, "amount": amount,
             "hash": log.transaction_hash},
        )  # fmt: skip
