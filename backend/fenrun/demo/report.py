"""What a replay comes to: the summary, and the CSV files."""

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.plans.split import ROLES
from fenrun.settlement import intake_repository as repository

_SUMMARY = """
SELECT
  (SELECT count(*) FROM orders o JOIN batches b ON b.number = o.batch_number
   WHERE o.reason IS NULL AND b.status IN ('confirmed', 'finalized')) AS orders_settled,
  (SELECT count(*) FROM refusals WHERE file = 'orders.csv')
    + (SELECT count(*) FROM orders WHERE reason IS NOT NULL) AS orders_refused,
  (SELECT count(*) FROM refunds WHERE status = 'confirmed') AS refunds,
  (SELECT coalesce(sum(clawed_back), 0) FROM commissions) AS clawed_back_minor,
  (SELECT count(*) FROM commissions) AS legs,
  (SELECT coalesce(sum(amount), 0) FROM commissions) AS earned_minor,
  (SELECT count(DISTINCT partner_number) FROM payouts WHERE status = 'completed') AS partners_paid,
  (SELECT coalesce(sum(gross), 0) FROM payouts WHERE status = 'completed') AS paid_minor,
  (SELECT count(*) FROM batches WHERE status IN ('confirmed', 'finalized')) AS batches,
  (SELECT coalesce(sum(i.gas_used), 0) FROM batches b JOIN intents i ON i.id = b.intent_id) AS gas
"""

_EARNINGS = """
SELECT o.external_id, c.role, p.external_id, o.base, c.rate_bps, c.amount, pl.code, c.tier,
       c.settled_on, c.release_on, i.transaction_hash
FROM commissions c
JOIN orders o ON o.number = c.order_number
JOIN partners p ON p.number = c.partner_number
JOIN plans pl ON pl.number = c.plan_number
JOIN batches b ON b.number = o.batch_number
JOIN intents i ON i.id = b.intent_id
ORDER BY c.order_number, c.role
"""

_CLAWBACKS = """
SELECT o.external_id, c.role, p.external_id, c.from_frozen + c.from_held + c.from_available + c.to_debt,
       c.from_held, c.from_available, c.to_debt, c.clawed_on, l.transaction_hash
FROM clawbacks c
JOIN orders o ON o.number = c.order_number
JOIN partners p ON p.number = c.partner_number
JOIN chain_logs l ON l.contract = 'SettlementLedger' AND l.seq = c.log_seq
ORDER BY c.log_seq, c.role
"""

CLAWBACK_COLUMNS = (
    "order_id", "role", "partner_id", "amount_minor", "from_held_minor", "from_available_minor", "to_debt_minor",
    "clawed_on", "tx_hash",
)  # fmt: skip
EARNINGS_COLUMNS = (
    "order_id", "role", "partner_id", "base_minor", "rate_bps", "amount_minor",
    "plan", "tier", "settled_on", "payable_on", "tx_hash",
)  # fmt: skip
REFUSED_COLUMNS = ("order_id", "reason", "file", "line")


def summary(session: Session, orders_read: int) -> dict[str, Any]:
    """The figures of a replay; amounts are minor units."""
    row = session.execute(text(_SUMMARY)).one()
    by_role = session.execute(text("SELECT role, sum(amount) FROM commissions GROUP BY role"))
    reasons = session.execute(
        text(
            "SELECT reason, count(*) FROM (SELECT reason FROM refusals WHERE file = 'orders.csv'"
            " UNION ALL SELECT reason FROM orders WHERE reason IS NOT NULL) r GROUP BY 1 ORDER BY 1"
        )
    )
    credited = dict.fromkeys(ROLES, 0) | {ROLES[role]: int(total) for role, total in by_role}
    return {
        "orders_read": orders_read,
        "orders_settled": row.orders_settled,
        "orders_refused": row.orders_refused,
        "refused_by_reason": {row[0]: row[1] for row in reasons},
        "legs": row.legs,
        "earned_minor": int(row.earned_minor),
        "earned_by_role_minor": credited,
        "refunds": row.refunds,
        "clawed_back_minor": int(row.clawed_back_minor),
        "paid_minor": int(row.paid_minor),
        "partners_paid": row.partners_paid,
        "batches": row.batches,
        "gas_per_order": round(int(row.gas) / row.orders_settled) if row.orders_settled else 0,
    }


def write_files(session: Session, folder: Path) -> None:
    """Writes `earnings.csv`, `clawbacks.csv` and `refused.csv`; a folder that is not there is made."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "earnings.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(EARNINGS_COLUMNS)
        rows = session.execute(text(_EARNINGS).execution_options(yield_per=5_000))
        for order_id, role, *rest, tx_hash in rows:
            writer.writerow((order_id, ROLES[role], *rest, "0x" + bytes(tx_hash).hex()))
    with (folder / "refused.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(REFUSED_COLUMNS)
        for refusal in repository.refusals(session):
            writer.writerow((refusal.order_id, refusal.reason, refusal.file, refusal.line))
        failed = session.execute(
            text("SELECT external_id, reason FROM orders WHERE reason IS NOT NULL ORDER BY number")
        )
        for external_id, reason in failed:
            writer.writerow((external_id, reason, "orders.csv", ""))
    with (folder / "clawbacks.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CLAWBACK_COLUMNS)
        for order_id, role, *rest, tx_hash in session.execute(text(_CLAWBACKS)):
            writer.writerow((order_id, ROLES[role], *rest, "0x" + bytes(tx_hash).hex()))
