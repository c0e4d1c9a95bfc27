"""Maturing and paying on the bank rail."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.indexer import Log
from fenrun.chain.keys import Keys
from fenrun.chain.sender import Call, bind, estimate
from fenrun.kit.calendar import day_number, day_of
from fenrun.kit.db import copy_rows
from fenrun.kit.ids import new_id
from fenrun.kit.security import reference
from fenrun.settlement.models import Payout

RELEASES_PER_CALL = 600
PAYOUTS_PER_CALL = 300

_DUE = """
SELECT DISTINCT c.partner_number, c.release_on
FROM commissions c
WHERE c.amount > 0 AND c.release_on <= :today
  AND NOT EXISTS (SELECT FROM maturities m
                  WHERE m.partner_number = c.partner_number AND m.release_on = c.release_on)
ORDER BY c.partner_number, c.release_on
LIMIT :most
"""

_AVAILABLE = """
SELECT m.partner_number, m.amount - coalesce(p.gross, 0) AS amount
FROM (SELECT partner_number, sum(amount - debt_repaid) AS amount FROM maturities GROUP BY 1) m
LEFT JOIN (SELECT partner_number, sum(gross) AS gross FROM payouts WHERE status <> 'failed'
           GROUP BY 1) p USING (partner_number)
WHERE m.amount > coalesce(p.gross, 0)
ORDER BY m.partner_number
LIMIT :most
"""


def mature_due(
    session: Session, client: Client, keys: Keys, deployment: Deployment, today: dt.date, at: int | None = None
) -> bool:
    """Binds a call that makes the next due credits available; False when none is due.

    To be called again once a block holds it.
    """
    due = session.execute(text(_DUE), {"today": today, "most": RELEASES_PER_CALL}).all()
    if not due:
        return False
    releases = [(partner, day_number(release_on)) for partner, release_on in due]
    data = artifact("SettlementLedger").call("mature", releases)
    call = Call(
        f"mature:{today.isoformat()}:{due[0].partner_number}:{due[0].release_on.isoformat()}",
        keys.address("treasurer"),
        deployment.addresses["SettlementLedger"],
        data,
    )
    gas = estimate(client, call, "SettlementLedger", at)
    bind(session, call, gas)
    return True


def pay_available(
    session: Session, client: Client, keys: Keys, deployment: Deployment, today: dt.date, at: int | None = None
) -> bool:
    """Binds a call that records payments of everything available to the next partners; False when there is nothing.

    No minimum, no tax. What is on its way counts as paid, so it is never paid twice.
    """
    rows = session.execute(text(_AVAILABLE), {"most": PAYOUTS_PER_CALL}).all()
    if not rows:
        return False
    payouts = []
    for partner_number, amount in rows:
        payout = Payout(
            id=new_id("po"),
            partner_number=partner_number,
            gross=int(amount),
            withheld=0,
            bank_reference=f"FENRUN {today:%Y-%m} {partner_number:07d}",
        )
        payouts.append(payout)
    session.add_all(payouts)
    session.flush()
    arguments = [
        (p.number, p.partner_number, p.gross, p.withheld, reference(keys.reference_key, "bank", p.bank_reference))
        for p in payouts
    ]
    call = Call(
        f"payouts:{payouts[0].number}",
        keys.address("treasurer"),
        deployment.addresses["SettlementLedger"],
        artifact("SettlementLedger").call("recordPayouts", arguments),
    )
    gas = estimate(client, call, "SettlementLedger", at)
    intent_id = bind(session, call, gas)
    for payout in payouts:
        payout.intent_id = intent_id
    session.flush()
    return True


def note_matured(session: Session, log: Log) -> None:
    """Takes in a log of matured credits."""
    day = _day(log)
    totals = _totals(session, "maturities", "amount - debt_repaid", [m[0] for m in log.fields["maturities"]])
    rows = []
    for partner, release_day, amount, debt_repaid, _ in log.fields["maturities"]:
        totals[partner] = totals.get(partner, 0) + amount - debt_repaid
        rows.append((partner, day_of(release_day), amount, debt_repaid, totals[partner], day, log.block_number))
    copy_rows(
        session,
        "maturities",
        ("partner_number", "release_on", "amount", "debt_repaid", "cumulative", "matured_on", "block_number"),
        rows,
    )


def note_paid(session: Session, log: Log) -> None:
    """Takes in a log of recorded payments."""
    from fenrun.settlement.projection import SKIP_REASONS

    day = _day(log)
    totals = _totals(session, "payouts", "gross", [p[1] for p in log.fields["payouts"]])
    cumulative = []
    for _, partner, gross, _, _ in log.fields["payouts"]:
        totals[partner] = totals.get(partner, 0) + gross
        cumulative.append(totals[partner])
    session.execute(
        text(
            "UPDATE payouts SET status = 'completed', cumulative = paid.cumulative, paid_on = :day,"
            " block_number = :block FROM unnest(CAST(:numbers AS bigint[]), CAST(:cumulative AS bigint[]))"
            " AS paid(number, cumulative) WHERE payouts.number = paid.number"
        ),
        {
            "numbers": [payout[0] for payout in log.fields["payouts"]],
            "cumulative": cumulative,
            "day": day,
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


def _totals(session: Session, table: str, amount: str, partners: list[int]) -> dict[int, int]:
    completed = " AND status = 'completed'" if table == "payouts" else ""
    rows = session.execute(
        text(
            f"SELECT partner_number, sum({amount}) FROM {table}"  # noqa: S608 - both are ours
            f" WHERE partner_number = ANY(:partners){completed} GROUP BY 1"
        ),
        {"partners": partners},
    )
    return {partner: int(total) for partner, total in rows}


def _day(log: Log) -> dt.date:
    return day_of(log.block_time // 86_400)
