"""What rules find is acted on: events are refused, customers and partners held, runs and plans stopped. Real chain."""

import datetime as dt
import os
import uuid

import pytest
from sqlalchemy import text
from tests.backend.good_requests import proposal
from tests.backend.people import add_member, everything, is_problem
from tests.backend.test_intake import EARLIER, customer, payment, run, send  # noqa: F401 - a fixture

from fenrun.compliance import enforcement, findings_service, repository
from fenrun.compliance.errors import SanctionsFileError
from fenrun.compliance.service import Subject, judge
from fenrun.kit.company_identity import name_key
from fenrun.oversight.tasks import Overseer
from fenrun.payouts import details
from fenrun.registry import person_keys, standings_service
from fenrun.registry import repository as registry
from fenrun.registry.access import PERMISSIONS, Viewer
from fenrun.registry.errors import StandingError

ADA, BEA = (
    Viewer(f"mb_{name}", name, "compliance", None, PERMISSIONS["compliance"], f"se_{name}") for name in ("ada", "bea")
)


def now():
    return dt.datetime.now(dt.UTC)


def let_pass(road, finding_id):
    key = road.keys.reference_key
    with road.sessions.begin() as session:
        findings_service.ask(session, key, ADA, finding_id, "for a test", now())
        findings_service.confirm(session, key, BEA, finding_id, None, now())


def scalar(road, query, **values):
    with road.sessions() as session:
        return session.scalar(text(query), values)


def live(road, code):
    with road.sessions() as session:
        return list(
            session.scalars(
                text(
                    "SELECT id FROM compliance_findings WHERE rule_code = :code AND closed_at IS NULL ORDER BY number"
                ),
                {"code": code},
            )
        )


# --- Events -----------------------------------------------------------------------------------------


def event_of(customer_id, order_id):
    return {
        "id": f"ev-{uuid.uuid4().hex}", "type": "subscription.renewed",
        "data": {"order_id": order_id, "customer_id": customer_id, "amount": "10.00", "currency": "USD",
                 "paid_at": (now() - dt.timedelta(hours=1)).isoformat()},
    }  # fmt: skip


def test_personal_data_is_refused_and_what_refused_it_stays(people):
    body = event_of("wang.fang@example.com", "SO-1")
    answer = people.sender.post("/v1/events", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert is_problem(answer, 422, "compliance_blocked")
    assert "PRV-01" in answer.json()["detail"]
    assert "wang.fang" not in answer.text
    [found] = everything(people.compliance, "/v1/compliance/findings", rule="PRV-01", which="stopping")[:1]
    assert (found["outcome"], found["stops"], found["overridable"]) == ("BLOCK", True, False)
    detail = people.compliance.get(f"/v1/compliance/findings/{found['id']}").json()
    assert detail["evidence"] == {"field": "customer_reference", "kind": "email"}
    assert detail["facts"] == {}
    with people.road.sessions() as session:
        stored = session.scalar(text("SELECT count(*) FROM events WHERE external_id = :id"), {"id": body["id"]})
    assert stored == 0


def test_one_that_is_refused_does_not_touch_the_others(people):
    good, bad = event_of("nobody-knows", f"SO-{uuid.uuid4().hex}"), event_of("C-1", "13812345678")
    answer = people.sender.post("/v1/events/batch", json={"data": [bad, good]})
    assert [row["status"] for row in answer.json()["data"]] == ["refused", "parked"]
    assert answer.json()["data"][0]["code"] == "compliance_blocked"


def test_a_late_order_of_a_closed_month_is_noted_and_booked_in_the_open_one(road, customer):  # noqa: F811
    at = EARLIER - dt.timedelta(days=32)
    month = at.date().replace(day=1)
    with road.sessions.begin() as session:
        session.execute(
            text(
                "INSERT INTO periods (month, currency, status, last_transaction, journal_hash, closed_by)"
                " VALUES (:month, 'USD', 'closed', 0, '\\x00', 'test')"
            ),
            {"month": month},
        )
    [outcome, _] = send(road, payment("late", customer)._replace(at=at), payment("in-time", customer))
    assert outcome.status == "accepted"
    with road.sessions() as session:
        [found] = repository.findings(session, after=None, before=None, limit=5, rule="ACC-01")
        assert (found.outcome, found.state, found.subject_id) == ("WARN", "noted", f"{month:%Y-%m}")


# --- Customers --------------------------------------------------------------------------------------


def hold(road, external_id, **facts):
    """Judges a customer by facts, as the overseer does, and makes it so."""
    with road.sessions.begin() as session:
        number = session.scalar(text("SELECT number FROM customers WHERE external_id = :id"), {"id": external_id})
        given = {"customer_is_partner": "no", "shared_domain": False, **facts}
        subject = Subject("customer", external_id, given, external_id, customer_number=number)
        [verdict] = judge(session, "commission.calculate", [subject], now())
        enforcement.hold_customer(session, number, now())
        return verdict


def test_orders_of_a_customer_that_is_held_stay_off_the_chain_until_two_people_let_it_pass(road, customer):  # noqa: F811
    verdict = hold(road, customer, customer_is_partner="same")
    [outcome] = send(road, payment("held-1", customer))
    run(road)
    query = "SELECT o.batch_number FROM orders o WHERE o.external_id = :id"
    assert outcome.status == "accepted"
    assert scalar(road, query, id="held-1") is None
    let_pass(road, verdict.findings[0].id)
    run(road)
    assert scalar(road, query, id="held-1") is not None
    assert scalar(road, "SELECT count(*) FROM commissions c JOIN orders o ON o.number = c.order_number"
                        " WHERE o.external_id = 'held-1'") >= 1  # fmt: skip


def test_a_decision_taken_back_holds_again(road, customer):  # noqa: F811
    verdict = hold(road, customer, shared_domain=True)
    let_pass(road, verdict.findings[0].id)
    with road.sessions.begin() as session:
        findings_service.decide(
            session, road.keys.reference_key, BEA, verdict.findings[0].id, "reopen", "they are the buyer", now()
        )
    send(road, payment("held-2", customer))
    run(road)
    assert scalar(road, "SELECT batch_number FROM orders WHERE external_id = 'held-2'") is None


def test_a_referrer_that_is_its_own_customer_is_found(road, customer):  # noqa: F811
    with road.sessions.begin() as session:
        number, referrer = session.execute(
            text("SELECT c.number, r.referrer FROM customers c JOIN referrals r ON r.customer_number = c.number"
                 " WHERE c.external_id = :id"),
            {"id": customer},
        ).one()  # fmt: skip
        name = session.scalar(text("SELECT name FROM partners WHERE number = :number"), {"number": referrer})
        session.execute(
            text("INSERT INTO known_companies (id, legal_name, name_key, country, direct_only, customer_number)"
                 " SELECT 'kc_self', name, :key, country, false, :customer FROM partners WHERE number = :number"),
            {"key": name_key(name), "customer": number, "number": referrer},
        )  # fmt: skip
    overseer = Overseer()
    assert overseer.step(road)
    assert len(live(road, "FR-01")) == 1
    assert scalar(road, "SELECT count(*) FROM customer_holds WHERE customer_number = :n", n=number) == 1
    assert not overseer.step(road)
    with road.sessions.begin() as session:
        session.execute(
            text("UPDATE known_companies SET name_key = 'another', legal_name = 'Another' WHERE id = 'kc_self'")
        )
    assert overseer.step(road)
    assert live(road, "FR-01") == []
    assert scalar(road, "SELECT count(*) FROM customer_holds") == 0


# --- Partners ---------------------------------------------------------------------------------------


def test_a_partner_on_a_list_is_suspended_until_two_people_let_it_pass(road):
    Overseer().step(road)
    with road.sessions.begin() as session:
        session.execute(text("UPDATE partners SET name = 'Nimbus Frond' WHERE number = 1"))
        add_member(session, "comply", "compliance", None, email="comply@example.com", language="zh-CN")
    overseer = Overseer()
    overseer.step(road)
    [found] = live(road, "SAN-01")
    letters = "SELECT count(*) FROM letters WHERE kind = 'findings_opened'"
    assert scalar(road, letters) == 1
    overseer.step(road)
    assert scalar(road, letters) == 1
    with road.sessions() as session:
        newest = registry.standing(session, 1)
        assert (newest.status, newest.by_member) == ("suspended", "compliance")
        assert "SAN-01" in newest.reason
    run(road)
    assert scalar(road, "SELECT status FROM partners WHERE number = 1") == "suspended"
    with road.sessions.begin() as session, pytest.raises(StandingError, match="risk queue"):
        standings_service.change(session, road.keys.reference_key, "mb_operator", 1, "active", "why not", now())
    let_pass(road, found)
    run(road)
    assert scalar(road, "SELECT status FROM partners WHERE number = 1") == "active"
    assert not overseer.step(road)
    with road.sessions.begin() as session:
        session.execute(text("UPDATE partners SET name = 'Nimbus Front' WHERE number = 1"))
    overseer.step(road)
    with road.sessions() as session:
        found = repository.finding(session, live(road, "SAN-01")[0])
        assert (found.outcome, registry.standing(session, 1).status) == ("BLOCK", "suspended")


def test_lists_that_settings_name_are_read_and_read_again(road, tmp_path):
    path = tmp_path / "us_ofac_sdn.csv"
    header = "id,schema,name,aliases\n"
    path.write_text(f"{header}NK-1,Company,Nobody of ours Ltd,\n")
    overseer = Overseer([path, tmp_path / "own.json"])
    with pytest.raises(SanctionsFileError, match=r"own\.json"):
        overseer.step(road)
    overseer = Overseer([path])
    overseer.step(road)
    assert live(road, "SAN-01") == []
    with road.sessions.begin() as session:
        session.execute(text("UPDATE partners SET name = 'Qilin Harbour GmbH' WHERE number = 3"))
    path.write_text(f"{header}NK-1,Company,Harbour Qilin,\n")
    os.utime(path, (0, 0))
    overseer.step(road)
    [found] = live(road, "SAN-01")
    with road.sessions() as session:
        assert repository.finding(session, found).evidence["list_entry"] == "us_ofac_sdn:NK-1"
        assert registry.standing(session, 3).status == "suspended"


def test_what_a_person_suspended_is_not_reinstated_by_rules(road):
    key = road.keys.reference_key
    with road.sessions.begin() as session:
        standings_service.change(session, key, "mb_operator", 2, "suspended", "a quarrel", now())
        session.execute(text("UPDATE partners SET name = 'Nimbus Front' WHERE number = 2"))
    overseer = Overseer()
    overseer.step(road)
    with road.sessions.begin() as session:
        session.execute(text("UPDATE partners SET name = 'Quite Another' WHERE number = 2"))
    overseer.step(road)
    assert live(road, "SAN-01") == []
    with road.sessions() as session:
        assert registry.standing(session, 2).status == "suspended"
    with road.sessions.begin() as session:
        standings_service.change(session, key, "mb_operator", 2, "active", "settled", now())


def test_a_payout_account_of_two_partners_holds_both(road):
    """By the account's number, whatever its blanks; it is sealed in the database, each under its owner's key."""
    key, ibans = road.keys.reference_key, ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000")
    with road.sessions.begin() as session:
        own = person_keys.of_all(session, key, [4, 5])
        for number, iban in zip(own, ibans, strict=True):
            sealed = details.seal(own[number], number, details.Account(holder="Somebody", iban=iban))
            session.execute(
                text(
                    "INSERT INTO payout_details (partner_number, country, payee_type, account, account_hint, documents,"
                    " changed_by) VALUES (:number, 'DE', 'entity', :sealed, '3000', '[]', 'mb_test')"
                ),
                {"number": number, "sealed": sealed},
            )
    overseer = Overseer()
    overseer.step(road)
    with road.sessions() as session:
        found = repository.findings(session, after=None, before=None, limit=9, rule="FR-02", state=("open",))
        assert {one.partner_number for one in found} == {4, 5}
        assert found[0].facts["same_account_partners"] == 1
        assert {registry.standing(session, number).status for number in own} == {"suspended"}
    with road.sessions.begin() as session:
        session.execute(text("DELETE FROM payout_details WHERE partner_number = 4"))
    overseer.step(road)
    assert live(road, "FR-02") == []
    with road.sessions() as session:
        assert {registry.standing(session, number).status for number in own} == {"active"}


def test_a_late_answer_is_held_up_to_compliance_until_it_is_given(road):
    with road.sessions.begin() as session:
        member = add_member(session, "asks", "finance", None)
        session.execute(
            text(
                "INSERT INTO privacy_requests (id, kind, law, member_id, login, asked_at, due_on, state)"
                " VALUES ('pv_late', 'export', 'gdpr', :member, 'asks', :at, :due, 'asked')"
            ),
            {"member": member, "at": now() - dt.timedelta(days=40), "due": now().date() - dt.timedelta(days=10)},
        )
    overseer = Overseer()
    overseer.step(road)
    assert len(live(road, "PRV-02")) == 1
    with road.sessions.begin() as session:
        session.execute(text("UPDATE privacy_requests SET state = 'ready' WHERE id = 'pv_late'"))
    overseer.step(road)
    assert live(road, "PRV-02") == []


# --- Plans and materials ----------------------------------------------------------------------------


def test_a_plan_that_the_law_forbids_is_not_approved(people):
    asked = proposal(people)
    body = {**asked.body, "declaration": {"jurisdiction": "CN", "channel_role": "agent", "measure": "headcount"}}
    made = people.operator.post(asked.path, json=body).json()
    answer = people.compliance.post(f"/v1/plan-proposals/{made['id']}/approve")
    assert is_problem(answer, 422, "compliance_blocked")
    assert "MLM-01" in answer.json()["detail"]
    [found] = [
        row for row in everything(people.compliance, "/v1/compliance/findings", rule="MLM-01")
        if row["subject_id"] == made["id"]
    ]  # fmt: skip
    answer = people.compliance.post(f"/v1/compliance/findings/{found['id']}/override", json={"reason": "please"})
    assert is_problem(answer, 409, "not_overridable")


def test_a_restraint_that_legal_reviewed_is_approved(people):
    asked = proposal(people)
    declared = {"jurisdiction": "CN", "channel_role": "reseller", "restraint": "territory", "own_share_bps": 2200,
                "partner_share_bps": 300}  # fmt: skip
    made = people.operator.post(asked.path, json={**asked.body, "declaration": declared}).json()
    assert people.compliance.post(f"/v1/plan-proposals/{made['id']}/approve").status_code == 422
    [found] = [
        row for row in everything(people.compliance, "/v1/compliance/findings", rule="AM-03")
        if row["subject_id"] == made["id"]
    ]  # fmt: skip
    path, second = f"/v1/compliance/findings/{found['id']}", people.signed_in(people.newcomer("compliance"))
    assert people.compliance.post(f"{path}/override", json={"reason": "legal opinion of today"}).status_code == 200
    assert is_problem(people.compliance.post(f"{path}/confirm", json={}), 403, "second_person")
    assert second.post(f"{path}/confirm", json={}).json()["state"] == "overridden"
    answer = people.compliance.post(f"/v1/plan-proposals/{made['id']}/approve")
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    with people.road.sessions.begin() as session:  # another plan would have to be announced before anything is settled
        session.execute(text("UPDATE plan_proposals SET plan_number = NULL WHERE id = :id"), {"id": made["id"]})
        session.execute(text("DELETE FROM plans WHERE id = :id"), {"id": answer.json()["plan_id"]})


def test_a_material_that_compliance_stopped_is_not_fetched(people):
    made = people.operator.post(
        "/v1/materials",
        json={"title": "国家级 CRM", "summary": "手册", "language": "zh-CN", "roles": [], "partner_ids": []},
    ).json()
    path = f"/v1/materials/{made['id']}"
    put = people.operator.put(
        f"{path}/versions/1/content", params={"file_name": "a.txt"}, content="说明".encode(),
        headers={"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    assert put.status_code == 200, put.text
    assert people.rich.get(f"{path}/content").status_code == 200
    [found] = [
        row for row in everything(people.compliance, "/v1/compliance/findings", rule="AD-01")
        if row["subject_id"] == made["id"]
    ]  # fmt: skip
    decided = people.compliance.post(f"/v1/compliance/findings/{found['id']}/uphold", json={"reason": "a superlative"})
    assert decided.json()["state"] == "upheld"
    assert is_problem(people.rich.get(f"{path}/content"), 422, "compliance_blocked")
    people.compliance.post(f"/v1/compliance/findings/{found['id']}/reopen", json={"reason": "it was a quotation"})
    assert people.rich.get(f"{path}/content").status_code == 200
