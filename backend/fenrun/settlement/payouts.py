"""Paying on the bank rail."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.indexer import Log
from fenrun.chain.keys import Keys
from fenrun.chain.sender import Call, bind, estimate
from fenrun.kit.calendar import day_of
from fenrun.kit.ids import new_id
from fenrun.kit.security import reference
from fenrun.ledger import repository as books
from fenrun.ledger.service import AVAILABLE
from fenrun.settlement.errors import SKIP_REASONS
from fenrun.settlement.models import Payout

PAYOUTS_PER_CALL = 300

# What is on its way to the chain has not left the account yet.
_AVAILABLE = """
SELECT a.partner_number, a.pending_credits - a.pending_debits - coalesce(p.gross, 0) AS amount
FROM accounts a
LEFT JOIN (SELECT partner_number, sum(gross) AS gross FROM payouts WHERE status = 'processing' GROUP BY 1) p
  USING (partner_number)
WHERE a.kind = 'payable:available' AND a.pending_credits - a.pending_debits > coalesce(p.gross, 0)
ORDER BY a.partner_number
"""


def pay_available(
    session: Session, client: Client, keys: Keys, deployment: Deployment, today: dt.date, at: int | None = None
) -> int:
    """Binds the calls that record payments of everything that is available; returns how many calls.

    No minimum, no tax. What is on its way counts as paid, so it is never paid twice.
    """
    rows = session.execute(text(_AVAILABLE)).all()
    payouts = [
        Payout(
            id=new_id("po"),
            partner_number=partner_number,
            gross=int(amount),
            withheld=0,
            bank_reference=f"FENRUN {today:%Y-%m} {partner_number:07d}",
        )
        for partner_number, amount in rows
    ]
    session.add_all(payouts)
    session.flush()
    calls = 0
    for start in range(0, len(payouts), PAYOUTS_PER_CALL):
        part = payouts[start : start + PAYOUTS_PER_CALL]
        call = Call(
            f"payouts:{part[0].number}",
            keys.address("treasurer"),
            deployment.addresses["SettlementLedger"],
            artifact("SettlementLedger").call("recordPayouts", [_argument(payout, keys) for payout in part]),
        )
        intent_id = bind(session, call, estimate(client, call, "SettlementLedger", at))
        for payout in part:
            payout.intent_id = intent_id
        calls += 1
    session.flush()
    return calls


def _argument(payout: Payout, keys: Keys) -> tuple[int, int, int, int, bytes]:
    bank_ref = reference(keys.reference_key, "bank", payout.bank_reference)
    return payout.number, payout.partner_number, payout.gross, payout.withheld, bank_ref


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
                "UPDATE payouts SET status = 'failed', reason = :reason, block_number = :block"
                " WHERE number = :number AND status = 'processing'"
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
