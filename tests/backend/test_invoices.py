"""Invoices of partners, and rule TAX-CN-05: a company is paid no more than its invoices cover."""

import datetime as dt

import pytest
from sqlalchemy import text
from tests.backend.good_requests import an_invoice
from tests.backend.people import everything, is_problem

from fenrun.kit.money import Currency
from fenrun.payouts import screening
from fenrun.payouts.eligibility import Candidate, Details, Terms
from fenrun.payouts.settings import PayoutSettings
from fenrun.payouts.withholding import Month, load_rules

BUYER, ANOTHER = "91350100M000100Y43", "914403001922038216"
CNY = Currency.of("CNY")


def path(people):
    return f"/v1/partners/{people.other_id}/invoices"


def registered(people, **parts):
    answer = people.finance.post(path(people), json={**an_invoice(), **parts})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_invoice_is_registered_once_and_seen_by_its_partner(people):
    made = registered(people)
    assert (made["currency"], made["amount"], made["red_lettered_at"]) == ("USD", "113000", None)
    again = {**an_invoice(), "number": made["number"]}
    assert is_problem(people.finance.post(path(people), json=again), 409, "invoice_taken")
    # Whoever sends it: another partner cannot be paid for it either.
    answer = people.finance.post(f"/v1/partners/{people.rich_id}/invoices", json=again)
    assert is_problem(answer, 409, "invoice_taken")
    assert made["id"] in {row["id"] for row in everything(people.other, path(people))}
    assert is_problem(people.rich.get(path(people)), 404, "not_found")
    gone = people.finance.post(f"/v1/invoices/{made['id']}/red-letter", json={"reason": "returned"}).json()
    assert gone["red_letter_reason"] == "returned"
    answer = people.finance.post(f"/v1/invoices/{made['id']}/red-letter", json={"reason": "again"})
    assert is_problem(answer, 409, "invoice_state")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"number": "12345678"}, "number"),
        ({"number": "12345678901234567890", "code": "1234567890"}, "number"),
        ({"buyer_tax_id": "91350100M000100Y40"}, "buyer_tax_id"),
        ({"issued_on": "2199-01-01"}, "issued_on"),
        ({"amount": "100", "tax": "100"}, "tax"),
    ],
)
def test_what_is_no_invoice_is_refused_with_the_field(people, parts, field):
    answer = people.finance.post(path(people), json={**an_invoice(), **parts})
    assert is_problem(answer, 409, "invoice_invalid")
    assert answer.json()["detail"].startswith(f"{field}: ")


def test_a_paper_invoice_has_a_code_and_eight_digits(people):
    assert registered(people, code="3200154130", number="07315268")["code"] == "3200154130"


def test_a_company_is_held_until_its_invoices_cover_what_is_paid(people):
    with people.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": people.other_id})
        session.execute(text("DELETE FROM invoices"))
        session.commit()
    settings = PayoutSettings(payer_country="CN", payer_tax_id=BUYER)

    def stopped(available, settings=settings):
        one = Candidate(
            number=number, id=people.other_id, name="Another", status="active", available=available, held=0, frozen=0,
            debt=0, next_release=None, open_run=None, month=Month(),
            details=Details("Another", None, "CN", "entity", {}, verified=True),
        )  # fmt: skip
        pays_on = dt.datetime.now(dt.UTC).date()
        terms = Terms("bank", CNY, pays_on, 1, load_rules())
        with people.road.sessions() as session:
            found = screening.screen(session, [one], terms, settings, dt.datetime.now(dt.UTC)).get(number, ())
            session.rollback()
        return "TAX-CN-05" in {reason.reason for reason in found}

    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert stopped(100)
    assert not stopped(100, PayoutSettings(payer_country="DE"))
    first = registered(people, amount="100", tax="6", issued_on=today)
    assert not stopped(100)
    assert stopped(101)
    registered(people, amount="50", tax="3", issued_on=today, buyer_tax_id=ANOTHER)
    assert stopped(101), "made out to somebody else"
    registered(people, amount="1", tax="0", issued_on=today)
    assert not stopped(101)
    people.finance.post(f"/v1/invoices/{first['id']}/red-letter", json={"reason": "wrong amount"})
    assert stopped(2)
    assert not stopped(1)
