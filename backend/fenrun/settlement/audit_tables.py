"""The part of the audit that holds our tables, column by column, against what the chain's logs say."""

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.kit.calendar import day_of
from fenrun.kit.security import reference
from fenrun.ledger import repository as ledger_repository
from fenrun.plans import service as plans
from fenrun.settlement import audit_books, reads
from fenrun.settlement.intake import order_ref

if TYPE_CHECKING:
    from fenrun.settlement.audit import Check, Rebuilt

_ORDERS = """
SELECT o.number, o.base, c.customer_key, o.kind, floor(extract(epoch FROM o.paid_at))::bigint, o.source, o.external_id
FROM orders o JOIN customers c ON c.number = o.customer_number
JOIN batches b ON b.number = o.batch_number
WHERE o.reason IS NULL AND b.status IN ('confirmed', 'finalized')
"""
_LEGS = """
SELECT order_number, role, partner_number, plan_number, tier, rate_bps, amount, settled_on, release_on FROM commissions
"""
_REFERRALS = """
SELECT c.customer_key, coalesce(r.referrer, 0), coalesce(r.implementer, 0), coalesce(r.trainer, 0), r.plan_number
FROM referrals r JOIN customers c ON c.number = r.customer_number WHERE r.status <> 'pending'
"""
_PAYOUTS = """
SELECT number, partner_number, gross, withheld, bank_reference FROM payouts WHERE status IN ('completed', 'returned')
"""


def checks(session: Session, rebuilt: "Rebuilt", reference_key: bytes) -> "list[Check]":
    """The checks of the tables. References on chain are worked out again from the ids that they stand for."""
    from fenrun.settlement.audit import Check  # the two are one thing in two files

    orders, legs, payouts = Check("orders"), Check("commissions"), Check("payouts")
    rules, shown, books = Check("plans_and_referrals"), Check("balances"), Check("books_equal_chain")
    accounts = rebuilt.accounts

    found: dict[object, object] = {}
    for number, base, key, kind, paid_at, source, external_id in session.execute(text(_ORDERS)):
        ref = order_ref(reference_key, source, external_id)
        found[number] = (base, bytes(key).hex(), kind, paid_at, ref.hex())
    orders.compare_all("order", rebuilt.orders, found)

    batches = text("SELECT chain_number, root FROM batches WHERE status IN ('confirmed', 'finalized')")
    roots = {row[0]: bytes(row[1]).hex() for row in session.execute(batches)}
    orders.compare_all("root of batch", {batch: root.hex() for batch, root in rebuilt.roots.items()}, roots)

    rows = session.execute(text(_LEGS))
    legs.compare_all("order and role", rebuilt.legs, {(row[0], row[1]): tuple(row[2:]) for row in rows})

    maturities = session.execute(text("SELECT partner_number, release_on, amount, debt_repaid FROM maturities"))
    expected = {(partner, day_of(day)): amounts for (partner, day), amounts in accounts.maturities.items()}
    payouts.compare_all("matured", expected, {(row[0], row[1]): tuple(row[2:]) for row in maturities})
    paid = {
        number: (partner, gross, withheld, reference(reference_key, "bank", bank).hex())
        for number, partner, gross, withheld, bank in session.execute(text(_PAYOUTS))
    }
    payouts.compare_all("payout", accounts.payouts, paid)
    held, partners = accounts.held_by_partner(), range(1, rebuilt.partners + 1)
    for partner, row in sorted(reads.balances(session, partners).items()):
        shown.compare(f"held for partner {partner}", held[partner], int(row["held"]))
        shown.compare(f"available to partner {partner}", accounts.available[partner], int(row["available"]))
        shown.compare(f"frozen for partner {partner}", accounts.frozen[partner], int(row["frozen"]))
        shown.compare(f"debt of partner {partner}", accounts.debt[partner], int(row["debt"]))

    terms = {plan.number: plans.terms_of(plan) for plan in plans.all_plans(session) if plan.status == "published"}
    rules.compare_all("plan", rebuilt.terms, terms)
    referrals = {bytes(row[0]).hex(): tuple(row[1:]) for row in session.execute(text(_REFERRALS))}
    on_chain = {key.hex(): attributions[-1][:4] for key, attributions in rebuilt.referrals.items()}
    rules.compare_all("customer", on_chain, referrals)

    in_books = {totals.kind for totals in ledger_repository.totals_by_kind(session)}
    for kind in sorted(rebuilt.posted.keys() | in_books):
        books.compare_all(kind, rebuilt.posted.get(kind, {}), audit_books.credit_balances(session, kind))
    return [orders, legs, payouts, rules, shown, books]
