"""What the chain says of payments. Who is paid, and how, is decided in `fenrun.payouts`."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.indexer import Log
from fenrun.kit.calendar import day_of
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
