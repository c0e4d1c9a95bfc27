"""What compliance says of payees, and of releasing a run: the facts, and what to do with the answer."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from fenrun.compliance import sanctions
from fenrun.compliance import service as compliance
from fenrun.compliance.service import Subject
from fenrun.compliance.vocabulary import Value
from fenrun.invoices import repository as invoices
from fenrun.kit.calendar import first_of_next_month, move_months
from fenrun.kit.countries import group_of
from fenrun.payouts import screening_repository as repository
from fenrun.payouts.details import Document, same_name
from fenrun.payouts.eligibility import Candidate, LeftOut, Terms
from fenrun.payouts.settings import PayoutSettings

_DOCUMENTS = {
    "identity_days": "identity",
    "licence_days": "business_licence",
    "w9_days": "w9",
    "w8_days": "w8",
    "self_billing_days": "self_billing",
    "vat_id_days": "vat_id",
}
_NO_END = 36_500
"""Days that a document without an end is good for."""
_CURRENCIES = ("CNY", "USD", "EUR", "GBP")


def screen(
    session: Session, candidates: Sequence[Candidate], terms: Terms, settings: PayoutSettings, now: dt.datetime
) -> Mapping[int, tuple[LeftOut, ...]]:
    """Why rules keep payees from being paid, by partner. Judged are those with money and with payout details.

    Args:
        session: the transaction.
        candidates: who has money.
        terms: of the run.
        settings: where we are taxed, and whom invoices are made out to.
        now: the time.
    """
    judged = [one for one in candidates if one.available > 0 and one.details is not None]
    if not judged:
        return {}
    likest = sanctions.screen(session, [one.name for one in judged], now)
    numbers = [one.number for one in judged]
    earned = repository.earned_since(session, numbers, move_months(terms.pays_on.replace(day=1), -11))
    paid = repository.paid_in_year(session, numbers, terms.pays_on.year)
    returned = repository.refunded_since(session, numbers, terms.pays_on - dt.timedelta(days=90))
    covered = invoices.uncovered(session, numbers, settings.payer_tax_id or None)
    payer_country, due = settings.payer_country, quarter_due(terms.pays_on)
    subjects = []
    for one in judged:
        orders, refunded = returned.get(one.number, (0, 0))
        like = likest[one.name]
        facts: dict[str, Value] = {
            **_of_candidate(one, terms),
            "payer_country": group_of(payer_country) if payer_country else None,
            "list_score_bps": like.score_bps,
            "list_entry": like.entry,
            "list_version": like.versions,
            "invoices": _covered(covered.get(one.number), one.available),
            "gross_12m": earned.get(one.number, 0),
            "paid_this_year": paid.get(one.number, 0) + one.available,
            "days_to_report": due,
            "days_to_statement": due,
            "orders_90d": orders,
            "refunded_bps": refunded * 10_000 // orders if orders else 0,
        }
        subjects.append(Subject("payout", f"{one.id}:{terms.rail}", facts, one.name, one.number))
    verdicts = compliance.judge(session, "payout.prepare", subjects, now)
    return {
        one.number: tuple(LeftOut(found.rule_code, f"{found.says_en} / {found.says_zh}") for found in verdict.stopping)
        for one, verdict in zip(judged, verdicts, strict=True)
        if verdict.stopping
    }


def _of_candidate(one: Candidate, terms: Terms) -> dict[str, Value]:
    details = one.details
    assert details is not None
    holder = "none" if details.holder is None else "same" if same_name(details.holder, one.name) else "differs"
    code = terms.currency.code
    return {
        "rail": terms.rail,
        "currency": code if code in _CURRENCIES else "other",
        "country_group": group_of(details.country),
        "payee_type": details.payee_type,
        "verified": details.verified,
        "account_name": holder,
        "agreement": "unsigned" if one.unsigned is not None else "signed",
        **{fact: _days(details.documents.get(kind), terms.pays_on) for fact, kind in _DOCUMENTS.items()},
    }


def _covered(known: tuple[int, int] | None, available: int) -> str:
    if known is None:
        return "none"
    invoiced, paid = known
    return "covers" if invoiced >= paid + available else "short"


def _days(document: Document | None, day: dt.date) -> int | None:
    if document is None:
        return None
    return _NO_END if document.expires_on is None else min((document.expires_on - day).days, _NO_END)


def quarter_due(day: dt.date) -> int:
    """Days until what falls due in the month after a quarter does: on that month's last day."""
    quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    due = first_of_next_month(quarter) - dt.timedelta(days=1)
    if day > due:
        due = first_of_next_month(move_months(quarter, 3)) - dt.timedelta(days=1)
    return (due - day).days


def require_release(
    session: Session, run_id: str, total: int, member_id: str, pays_on: dt.date, now: dt.datetime
) -> None:
    """Refuses that somebody releases a run whom a rule keeps from it.

    Raises:
        ComplianceBlockedError: such as of who wrote a plan.
    """
    wrote = repository.wrote_a_plan(session, member_id, now - dt.timedelta(days=366))
    facts: dict[str, Value] = {"run_total": total, "released_by_plan_author": wrote}
    subject = Subject("payout_run", run_id, facts, f"{pays_on}")
    [verdict] = compliance.judge(session, "payout.release", [subject], now)
    verdict.require_pass()
