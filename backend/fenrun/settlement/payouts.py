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
"""

_AVAILABLE = """
SELECT m.partner_number, m.amount - coalesce(p.gross, 0) AS amount
FROM (SELECT partner_number, sum(amount - debt_repaid) AS amount FROM maturities GROUP BY 1) m
LEFT JOIN (SELECT partner_number, sum(gross) AS gross FROM payouts WHERE status <> 'failed'
           GROUP BY 1) p USING (partner_number)
WHERE m.amount > coalesce(p.gross, 0)
ORDER BY m.partner_number
"""


def mature_due(
    session: Session, client: Client, keys: Keys, deployment: Deployment, today: dt.date, at: int | None = None
) -> int:
    """Binds the calls that make all due credits available; returns how many calls.

    To be called again only when blocks hold them: until then the same credits are due.
    """
    # The planner must know how much there is: it grows by the month, and is asked for as a whole.
    session.execute(text("ANALYZE commissions, maturities, payouts"))
    due = session.execute(text(_DUE), {"today": today}).all()
    calls = 0
    for start in range(0, len(due), RELEASES_PER_CALL):
        part = due[start : start + RELEASES_PER_CALL]
        releases = [(partner, day_number(release_on)) for partner, release_on in part]
        first = f"{part[0].partner_number}:{part[0].release_on.isoformat()}"
        call = Call(
            f"mature:{today.isoformat()}:{first}",
            keys.address("treasurer"),
            deployment.addresses["SettlementLedger"],
            artifact("SettlementLedger").call("mature", releases),
        )
        bind(session, call, estimate(client, call, "SettlementLedger", at))
        calls += 1
    return calls


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
