"""The part of the audit that holds our tables, column by column, against what the chain's logs say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.kit.calendar import day_of
from fenrun.kit.security import reference
from fenrun.ledger import repository as ledger_repository
from fenrun.plans import service as plans
from fenrun.registry import person_keys
from fenrun.settlement import audit_books, reads

if TYPE_CHECKING:
    from fenrun.settlement.audit import Check, Rebuilt

_CLAWBACKS = """
SELECT order_number, role, partner_number, sum(from_frozen + from_held + from_available + to_debt)
FROM clawbacks GROUP BY 1, 2, 3
"""
_REFERRALS = """
SELECT c.customer_key, coalesce(r.referrer, 0), coalesce(r.implementer, 0), coalesce(r.trainer, 0), r.plan_number
FROM referrals r JOIN customers c ON c.number = r.customer_number WHERE r.status <> 'pending'
"""
_PAYOUTS = """
SELECT number, partner_number, gross, withheld, bank_reference FROM payouts
WHERE status IN ('completed', 'returned') AND rail = 'bank'
"""


def checks(session: Session, rebuilt: "Rebuilt", reference_key: bytes) -> "list[Check]":
    """The checks of the tables. References on chain are worked out again from the ids that they stand for."""
    from fenrun.settlement.audit import Check  # the two are one thing in two files

    roots, clawed, payouts = Check("roots_of_batches"), Check("clawbacks"), Check("payouts")
    rules, shown, books = Check("plans_and_referrals"), Check("balances"), Check("books_equal_chain")
    accounts = rebuilt.accounts

    batches = text("SELECT chain_number, root FROM batches WHERE status IN ('confirmed', 'finalized')")
    stored = {row[0]: bytes(row[1]).hex() for row in session.execute(batches)}
    roots.compare_all("root of batch", {batch: root.hex() for batch, root in rebuilt.roots.items()}, stored)

    taken = {tuple(row[:3]): int(row[3]) for row in session.execute(text(_CLAWBACKS))}
    clawed.compare_all("order, role and partner", accounts.clawed, taken)

    maturities = session.execute(text("SELECT partner_number, release_on, amount, debt_repaid FROM maturities"))
    expected = {(partner, day_of(day)): amounts for (partner, day), amounts in accounts.maturities.items()}
    payouts.compare_all("matured", expected, {(row[0], row[1]): tuple(row[2:]) for row in maturities})
    _compare_payouts(session, payouts, accounts.payouts, reference_key)
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
    return [roots, clawed, payouts, rules, shown, books]


def _compare_payouts(session: Session, check: "Check", on_chain: Mapping[int, Any], reference_key: bytes) -> None:
    """The bank's reference, worked out again, is the chain's. Of who was erased, the rest of the payment is compared.

    A payment from before persons had keys was recorded with the installation's.
    """
    rows = session.execute(text(_PAYOUTS)).all()
    keys = person_keys.of_all(session, reference_key, [row.partner_number for row in rows])
    paid = {}
    for number, partner, gross, withheld, bank in rows:
        said = on_chain[number][3] if number in on_chain else None
        key = keys[partner]
        if key is None:
            check.erased += 1
            shown = said
        else:
            first, *others = (reference(one, "bank", bank).hex() for one in (key, reference_key))
            shown = said if said in others else first
        paid[number] = (partner, gross, withheld, shown)
    check.compare_all("payout", on_chain, paid)
