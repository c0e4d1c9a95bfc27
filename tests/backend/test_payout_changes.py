"""Payout details that a partner changes itself: cooled off, told to the old contact, verified, or undone."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import text, update
from tests.backend.people import PASSWORD, is_problem
from tests.backend.post import letters

from fenrun.payouts import change_service, details, repository
from fenrun.payouts.models import PayoutDetails, PayoutDetailsChange
from fenrun.payouts.settings import load_payout_settings
from fenrun.registry import person_keys

OLD, NEW = "GB82WEST12345698765432", "DE89370400440532013000"
CHINESE = {"number": "6222 0200 0000 0000 1234", "bank_code": "102100099996"}


class Payee:
    """A partner who is paid to an account that finance verified, and one of its owners."""

    def __init__(self, people, partner_id, client):
        self.people, self.id, self.client = people, partner_id, client
        self.path = f"/v1/partners/{partner_id}/payout-details"
        self.second = people.signed_in(people.newcomer())
        with people.road.sessions() as session:
            self.number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": partner_id})

    def body(self, account=None, **more):
        account = {"holder": "Example GmbH", **(account or {"iban": NEW})}
        documents = [{"kind": "business_licence", "number": "91310000MA1FL0LX3X", "expires_on": "2030-01-01"}]
        return {"country": "DE", "payee_type": "entity", "account": account, "documents": documents,
                "password": PASSWORD, **more}  # fmt: skip

    def ask(self, **more):
        return self.client.put(f"{self.path}/change", json=self.body(**more))

    def shown(self):
        return self.client.get(self.path).json()

    def verify(self, client=None):
        return (client or self.people.finance).post(f"{self.path}/change/verify")

    def pass_time(self):
        """Lets the change that waits have cooled off, and the worker look."""
        now = dt.datetime.now(dt.UTC)
        with self.people.road.sessions.begin() as session:
            session.execute(
                update(PayoutDetailsChange)
                .where(PayoutDetailsChange.partner_number == self.number, PayoutDetailsChange.ended_at.is_(None))
                .values(effective_at=now)
            )
            change_service.take_effect(session, self.people.road.keys.reference_key, now)

    def paid_to(self):
        """The account in force, which is where a run pays."""
        with self.people.road.sessions() as session:
            known = repository.details(session, self.number)
            assert known.verified_at is not None
            key = person_keys.of(session, self.people.road.keys.reference_key, self.number)
            return details.unseal(key, self.number, known.account).identifier


@pytest.fixture
def payee(people):
    """Its details are put back afterwards."""
    found = Payee(people, people.other_id, people.other)
    old = {"country": "GB", "payee_type": "entity", "account": {"holder": "Example GmbH", "iban": OLD}}
    people.finance.delete(f"{found.path}/change")
    assert people.finance.put(found.path, json=old).status_code == 200
    assert found.second.post(f"{found.path}/verify").status_code == 200
    yield found
    with people.road.sessions.begin() as session:
        session.execute(text("DELETE FROM payout_details_changes"))
        session.delete(session.get(PayoutDetails, found.number))


def test_a_change_is_in_force_when_it_cooled_off_and_finance_verified_it(payee):
    asked = payee.ask()
    assert asked.status_code == 200, asked.text
    change = asked.json()["change"]
    waits = dt.datetime.fromisoformat(change["effective_at"]) - dt.datetime.fromisoformat(change["asked_at"])
    assert waits == dt.timedelta(hours=72)
    assert (change["account_hint"], change["verified"], change["asked_by"]) == ("3000", False, "the-other")
    assert (asked.json()["account_hint"], asked.json()["verified"]) == ("5432", True)
    verified = payee.verify().json()
    assert (verified["change"]["verified"], verified["account_hint"]) == (True, "5432")
    assert payee.paid_to() == OLD
    payee.pass_time()
    assert payee.paid_to() == NEW
    shown = payee.shown()
    assert (shown["change"], shown["account_hint"], shown["country"], shown["verified"]) == (None, "3000", "DE", True)
    assert shown["documents"] == payee.body()["documents"]


def test_one_that_cooled_off_waits_for_finance_and_the_old_account_is_paid_meanwhile(payee):
    payee.ask()
    payee.pass_time()
    assert payee.paid_to() == OLD
    assert payee.verify().json()["account_hint"] == "3000"
    assert payee.paid_to() == NEW


def test_any_member_of_the_partner_undoes_it_until_then_and_the_account_is_forgotten(people, payee):
    payee.ask()
    clerk = people.signed_in(people.newcomer("partner", payee.number))
    assert is_problem(clerk.put(f"{payee.path}/change", json=payee.body()), 403, "forbidden")
    assert clerk.delete(f"{payee.path}/change").status_code == 204
    assert payee.shown()["change"] is None
    assert is_problem(payee.client.delete(f"{payee.path}/change"), 409, "payout_change_missing")
    assert is_problem(payee.verify(), 409, "payout_change_missing")
    payee.pass_time()
    assert payee.paid_to() == OLD
    with people.road.sessions() as session:
        ended = session.execute(text("SELECT account, outcome FROM payout_details_changes")).all()
    assert ended == [(None, "undone")]


def test_asked_again_the_clock_begins_anew(payee):
    first = payee.ask().json()["change"]
    second = payee.ask(account=CHINESE, country="CN").json()["change"]
    assert second["id"] != first["id"]
    assert second["effective_at"] > first["effective_at"]
    assert (second["account_hint"], second["country"]) == ("1234", "CN")


def test_what_finance_writes_down_ends_it(people, payee):
    payee.ask()
    details_of = {"country": "GB", "payee_type": "entity", "account": {"holder": "Example GmbH", "iban": OLD}}
    assert people.finance.put(payee.path, json=details_of).json()["change"] is None


def test_the_old_contacts_are_told_what_happens(people, payee):
    former, present = (f"{uuid.uuid4().hex[:12]}@example.com" for _ in range(2))
    login = people.newcomer("partner", payee.number, email=former, muted=["payouts", "documents", "statements"])
    [id_] = [m["id"] for m in people.admin.get("/v1/members?limit=100").json()["data"] if m["login"] == login] or [
        people.signed_in(login).get("/v1/session").json()["member_id"]
    ]
    assert people.admin.patch(f"/v1/members/{id_}", json={"email": present}).status_code == 200
    payee.ask()
    people.other.delete(f"{payee.path}/change")
    payee.ask()
    payee.verify()
    payee.pass_time()
    for address in (former, present):
        told = letters(people.road.sessions, people.road.keys.reference_key, address)
        kinds = [letter.kind for letter, _ in told if letter.kind.startswith("payout_change")]
        asked, undone, in_force = "payout_change_asked", "payout_change_undone", "payout_change_in_force"
        assert kinds == [asked, undone, asked, in_force]
    [asked, *_] = [content for letter, content in told if letter.kind == "payout_change_asked"]
    assert (asked.variables["hint"], asked.variables["by"]) == ("3000", "the-other")


def test_a_wrong_password_changes_nothing_and_is_counted(people, payee):
    login = people.newcomer("partner", payee.number, is_owner=True)
    owner = people.signed_in(login)
    answer = owner.put(f"{payee.path}/change", json=payee.body(password="not it"))
    assert is_problem(answer, 403, "password_wrong")
    assert payee.shown()["change"] is None
    [line] = people.lines(request_id=answer.headers["X-Request-Id"])
    assert (line["action"], line["after"]["failures"]) == ("sign_in.refused", 1)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"account": {"iban": "DE89370400440532013001"}}, "check digits"),
        ({"account": {"number": "123456"}}, "needs its bank"),
        ({"account": {"iban": NEW, "number": "123456"}}, "give iban, or number"),
        ({"documents": [{"kind": "w9", "number": "1"}, {"kind": "w9", "number": "2"}]}, "each kind"),
    ],
)
def test_what_no_bank_would_take_is_refused(payee, more, says):
    answer = payee.ask(**more)
    assert is_problem(answer, 422, "payout_details_invalid")
    assert says in answer.json()["detail"]


def test_the_first_details_of_all_wait_for_finance_alone(people, payee):
    with people.road.sessions.begin() as session:
        session.execute(text("UPDATE payout_details SET verified_at = NULL, verified_by = NULL"))
    change = payee.ask().json()["change"]
    assert change["effective_at"] == change["asked_at"]
    assert payee.verify().json()["account_hint"] == "3000"


def test_finance_sees_the_accounts_whole_and_the_log_says_who_looked(people, payee):
    payee.ask(account=CHINESE)
    seen = people.finance.get(f"{payee.path}/accounts")
    assert seen.json()["present"]["iban"] == OLD
    assert seen.json()["asked_for"]["number"] == CHINESE["number"]
    [line] = people.lines(request_id=seen.headers["X-Request-Id"])
    assert (line["action"], line["target"]) == ("payout_accounts.seen", people.other_id)
    assert is_problem(people.auditor.get(f"{payee.path}/accounts"), 403, "forbidden")


def test_how_long_it_cools_off_is_set_by_the_operator(payee, monkeypatch):
    settings = load_payout_settings().model_copy(update={"cooling_hours": 1})
    monkeypatch.setattr("fenrun.payouts.details_endpoints.load_payout_settings", lambda: settings)
    change = payee.ask().json()["change"]
    waits = dt.datetime.fromisoformat(change["effective_at"]) - dt.datetime.fromisoformat(change["asked_at"])
    assert waits == dt.timedelta(hours=1)
