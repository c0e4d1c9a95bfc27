"""Registrations of deals through the API: who was first, for how long, and what stands in the way."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import text
from tests.backend.people import everything, is_problem

from fenrun.deals import repository, service, states, tasks
from fenrun.deals.models import Deal

DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7 an offer that the customer asked for"


def body(name=None, **changes):
    """The eight fields of a registration, of a company of its own unless it is named."""
    name = name or f"Firma {uuid.uuid4().hex[:10]} GmbH"
    company = {"legal_name": name, "country": "DE", "domain": f"{uuid.uuid4().hex[:12]}.de"}
    return {
        "company": {**company, **changes.pop("company", {})},
        "contact": {"name": "Erika Muster", "email": "erika@example.com"},
        "value": "50k_250k",
        "quarter": "2027-Q1",
        "stage": "proposal",
        "compelling_event": "Their contract with the old system ends in March",
        "products": ["CRM"],
        "region": "DE",
        "partner_contact": {"name": "李雷", "contacted_on": "2026-11-02"},
        **changes,
    }


def drafted(client, name=None, **changes):
    answer = client.post("/v1/deals", json=body(name, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def submitted(client, name=None, **changes):
    made = drafted(client, name, **changes)
    answer = client.post(f"/v1/deals/{made['id']}/submit")
    assert answer.status_code == 200, answer.text
    return answer.json()


def decided(people, id_, decision="approve", **more):
    return people.operator.post(f"/v1/deals/{id_}/decision", json={"decision": decision, **more})


def approved(people, client, name=None, **changes):
    made = submitted(client, name, **changes)
    answer = decided(people, made["id"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def moment(text_):
    return dt.datetime.fromisoformat(text_)


def test_a_registration_is_answered_within_48_hours_and_then_protected_for_90_days(people):
    deal = submitted(people.rich)
    assert (deal["status"], deal["protected_until"]) == ("submitted", None)
    assert moment(deal["answer_due_at"]) - moment(deal["registered_at"]) == 2 * DAY
    done = decided(people, deal["id"]).json()
    assert done["status"] == "approved"
    assert moment(done["protected_until"]) - moment(done["answered_at"]) == 90 * DAY
    assert done["id"] in {row["id"] for row in everything(people.rich, "/v1/deals", status="approved")}


def test_what_is_written_comes_back_and_the_contact_is_sealed_in_the_database(people):
    deal = drafted(people.rich)
    seen = people.rich.get(f"/v1/deals/{deal['id']}").json()
    assert seen["contact"] == {"name": "Erika Muster", "email": "erika@example.com"}
    assert (seen["partner_contact"], seen["contacted_on"]) == ("李雷", "2026-11-02")
    with people.road.sessions() as session:
        sealed = repository.by_id(session, deal["id"]).contact
    assert b"Erika" not in sealed


@pytest.mark.parametrize(
    ("company", "field"),
    [
        ({"legal_name": "GmbH"}, None),
        ({"legal_name": "。。"}, "legal_name"),
        ({"domain": "gmail.com"}, "domain"),
        ({"domain": "com"}, "domain"),
        ({"domain": "not a domain"}, "domain"),
        ({"domain": None}, "domain"),
        ({"credit_code": "91350100M000100Y44"}, "credit_code"),
    ],
)
def test_what_names_no_company_is_refused_with_the_field_that_does_not(people, company, field):
    answer = people.rich.post("/v1/deals", json=body(company=company))
    if field is None:
        assert answer.status_code == 201
        return
    assert is_problem(answer, 409, "deal_invalid")
    assert answer.json()["detail"].startswith(f"{field}:")


def test_a_region_is_of_the_company_s_country(people):
    assert is_problem(people.rich.post("/v1/deals", json=body(region="FR")), 409, "deal_invalid")


def test_only_the_partner_and_the_staff_see_a_registration_and_only_the_staff_what_stands_in_its_way(people):
    deal = submitted(people.rich)
    assert is_problem(people.other.get(f"/v1/deals/{deal['id']}"), 404, "not_found")
    assert deal["id"] not in {row["id"] for row in everything(people.other, "/v1/deals")}
    assert people.rich.get(f"/v1/deals/{deal['id']}").json()["findings"] is None
    assert people.operator.get(f"/v1/deals/{deal['id']}").json()["findings"] == []


def test_two_partners_in_two_spellings_the_first_one_wins(people):
    first = submitted(people.rich, "Grün & Söhne GmbH", company={"domain": "gruen-soehne.de"})
    second = submitted(people.other, "GRUN & SOHNE, G.m.b.H.", company={"domain": "https://www.gruen-soehne.de/x"})
    [finding] = people.operator.get(f"/v1/deals/{second['id']}").json()["findings"]
    assert (finding["kind"], finding["likeness"], finding["bars"], finding["id"]) == (
        "earlier", "same", True, first["id"],
    )  # fmt: skip
    refused = decided(people, second["id"])
    assert is_problem(refused, 409, "deal_conflict")
    assert first["id"] in refused.json()["detail"]
    [later] = people.operator.get(f"/v1/deals/{first['id']}").json()["findings"]
    assert (later["kind"], later["bars"]) == ("later", False)
    assert decided(people, first["id"]).status_code == 200
    assert people.operator.get(f"/v1/deals/{second['id']}").json()["findings"][0]["kind"] == "protected"
    assert is_problem(decided(people, second["id"]), 409, "deal_conflict")
    # When the first gives up, the second can have it.
    assert people.rich.post(f"/v1/deals/{first['id']}/withdraw").status_code == 200
    assert decided(people, second["id"]).status_code == 200


def test_another_product_or_region_is_another_deal(people):
    domain = f"{uuid.uuid4().hex[:12]}.cn"
    company = {"country": "CN", "domain": domain}
    approved(people, people.rich, "示例科技有限公司", company=company, region="CN-SH")
    beijing = approved(people, people.other, "示例科技有限公司", company=company, region="CN-BJ")
    assert people.other.post(f"/v1/deals/{beijing['id']}/withdraw").status_code == 200
    assert approved(people, people.other, "示例科技有限公司", company=company, region="CN-SH", products=["ERP"])
    national = submitted(people.other, "示例科技有限公司", company=company, region="CN", products=["crm", "BI"])
    assert is_problem(decided(people, national["id"]), 409, "deal_conflict")


def test_what_only_looks_alike_is_shown_and_does_not_bar(people):
    tag = uuid.uuid4().hex[:8]
    first = approved(people, people.rich, f"Nordwind {tag} GmbH")
    second = submitted(people.other, f"Nordwind {tag} Logistik GmbH")
    [finding] = people.operator.get(f"/v1/deals/{second['id']}").json()["findings"]
    assert (finding["likeness"], finding["bars"], finding["id"]) == ("unsure", False, first["id"])
    assert decided(people, second["id"]).status_code == 200


def test_the_same_partner_registers_a_company_once(people):
    company = {"domain": f"{uuid.uuid4().hex[:12]}.de"}
    first = submitted(people.rich, "Einmal AG", company=company)
    again = drafted(people.rich, "EINMAL", company=company)
    answer = people.rich.post(f"/v1/deals/{again['id']}/submit")
    assert is_problem(answer, 409, "deal_duplicate")
    assert first["id"] in answer.json()["detail"]


def test_a_returned_registration_keeps_its_place_unless_it_is_of_another_company(people):
    deal = submitted(people.rich)
    assert is_problem(decided(people, deal["id"], "return"), 409, "deal_invalid")
    assert decided(people, deal["id"], "return", reason="Which product line?").json()["status"] == "returned"
    same = people.rich.get(f"/v1/deals/{deal['id']}").json()
    assert same["reason"] == "Which product line?"
    kept = body(same["legal_name"], company={"domain": same["domain"]}, stage="negotiation")
    assert people.rich.put(f"/v1/deals/{deal['id']}", json=kept).status_code == 200
    again = people.rich.post(f"/v1/deals/{deal['id']}/submit").json()
    assert again["registered_at"] == deal["registered_at"]
    assert moment(again["answer_due_at"]) > moment(deal["answer_due_at"])
    decided(people, deal["id"], "return", reason="The company is wrong")
    people.rich.put(f"/v1/deals/{deal['id']}", json=body())
    anew = people.rich.post(f"/v1/deals/{deal['id']}/submit").json()
    assert moment(anew["registered_at"]) > moment(deal["registered_at"])


def test_the_partner_reads_why_it_was_rejected_and_a_rejection_is_final(people):
    deal = submitted(people.rich)
    assert decided(people, deal["id"], "reject", reason="We have sold to them since 2019").status_code == 200
    seen = people.rich.get(f"/v1/deals/{deal['id']}").json()
    assert (seen["status"], seen["reason"]) == ("rejected", "We have sold to them since 2019")
    for again in (
        people.rich.post(f"/v1/deals/{deal['id']}/submit"),
        people.rich.post(f"/v1/deals/{deal['id']}/withdraw"),
        decided(people, deal["id"]),
    ):
        assert is_problem(again, 409, "deal_transition")


def test_protection_is_extended_once_by_60_days_and_by_a_file(people):
    deal = approved(people, people.rich)
    path = f"/v1/deals/{deal['id']}/extension"
    assert is_problem(people.rich.post(path, params={"note": "x"}, content=b""), 409, "deal_invalid")
    done = people.rich.post(path, params={"note": "They asked for an offer"}, content=PDF).json()
    assert moment(done["protected_until"]) - moment(deal["protected_until"]) == 60 * DAY
    assert not done["can_extend"]
    assert people.road.files.get(done["extension_sha256"]) == PDF
    assert is_problem(people.rich.post(path, params={"note": "x"}, content=PDF), 409, "deal_transition")


def test_a_company_that_the_vendor_sells_to_itself_cannot_be_registered(people):
    domain = f"{uuid.uuid4().hex[:12]}.de"
    known = {"legal_name": "Direkt AG", "country": "DE", "domain": domain, "direct_only": True}
    company = people.operator.post("/v1/known-companies", json=known).json()
    deal = submitted(people.rich, "DIREKT A.G.", company={"domain": domain})
    answer = decided(people, deal["id"])
    assert is_problem(answer, 409, "deal_conflict")
    assert company["id"] in answer.json()["detail"]
    assert people.operator.delete(f"/v1/known-companies/{company['id']}").status_code == 204
    assert decided(people, deal["id"]).status_code == 200


def test_the_vendor_s_own_talk_of_the_last_60_days_is_shown(people, today):
    domain = f"{uuid.uuid4().hex[:12]}.de"
    known = {"legal_name": "Gespräch AG", "country": "DE", "domain": domain}
    for days in (59, 61):
        spoken = {**known, "contacted_on": str(today - days * DAY)}
        company = people.operator.post("/v1/known-companies", json=spoken).json()
        deal = submitted(people.rich, "Gesprach AG", company={"domain": domain})
        kinds = [finding["kind"] for finding in people.operator.get(f"/v1/deals/{deal['id']}").json()["findings"]]
        assert kinds == (["direct_contact"] if days == 59 else [])
        people.operator.delete(f"/v1/known-companies/{company['id']}")
        people.rich.post(f"/v1/deals/{deal['id']}/withdraw")


def test_approving_can_make_the_attribution_which_the_first_touch_keeps(people):
    plan = people.operator.get("/v1/plans").json()[0]["id"]
    deal, customer = submitted(people.rich), f"crm-{uuid.uuid4().hex[:10]}"
    wanted = {"customer_id": customer, "plan_id": plan}
    assert is_problem(decided(people, deal["id"], attribution={**wanted, "plan_id": "pl_none"}), 404, "not_found")
    personal = decided(people, deal["id"], attribution={**wanted, "customer_id": "li.wei@example.com"})
    assert is_problem(personal, 409, "deal_invalid")
    assert "PRV-01" in personal.json()["detail"]
    done = decided(people, deal["id"], attribution=wanted).json()
    assert (done["status"], done["customer_id"], done["claim"]) == ("approved", customer, "made")
    with people.road.sessions() as session:
        row = session.execute(text(
            "SELECT r.referrer, r.effective_from, r.status FROM referrals r JOIN customers c"
            " ON c.number = r.customer_number WHERE c.external_id = :id"), {"id": customer}).one()  # fmt: skip
        own = repository.by_id(session, deal["id"])
        assert (row.referrer, row.effective_from) == (own.partner_number, own.registered_at)
    another = submitted(people.other)
    assert is_problem(decided(people, another["id"], attribution=wanted), 409, "customer_taken")
    # What became a customer is neither withdrawn nor does it expire.
    assert is_problem(people.rich.post(f"/v1/deals/{deal['id']}/withdraw"), 409, "deal_transition")


def test_time_ends_what_is_not_a_customer_and_reminds_before(people):
    deal = approved(people, people.rich)
    until = moment(deal["protected_until"])
    key = people.road.keys.reference_key

    def at(when):
        with people.road.sessions.begin() as session:
            reminded = service.remind_due(session, key, when)
            service.expire_due(session, when)
            return reminded, repository.by_id(session, deal["id"]).status

    with people.road.sessions.begin() as session:  # others' registrations of this module have their own time
        session.execute(text("UPDATE deals SET protected_until = NULL WHERE id <> :id"), {"id": deal["id"]})
    assert at(until - 15 * DAY) == (0, "approved")
    assert at(until - 13 * DAY) == (1, "approved")
    assert at(until - 12 * DAY) == (0, "approved")
    assert at(until - dt.timedelta(seconds=1)) == (0, "approved")
    assert at(until) == (0, "expired")


def test_a_returned_registration_waits_thirty_days(people):
    deal = submitted(people.rich)
    done = decided(people, deal["id"], "return", reason="Which product?").json()
    with people.road.sessions.begin() as session:
        service.expire_due(session, moment(done["answered_at"]) + 30 * DAY)
        assert repository.by_id(session, deal["id"]).status == "expired"


def test_the_worker_keeps_the_time(people):
    tasks.keep_time(people.road, dt.datetime.now(dt.UTC))


def test_every_status_is_reached_and_only_what_is_over_has_no_way_on():
    reached = {after for moves in states.DEAL.values() for after in moves.values()} | {"draft"}
    assert reached == set(states.DEAL) == set(states.STATUSES)
    assert {status for status, moves in states.DEAL.items() if not moves} == {"rejected", "withdrawn", "expired"}


def test_a_claim_waits_for_a_signature_only_where_the_partner_has_a_wallet(people):
    deal = approved(people, people.rich)
    assert is_problem(people.rich.get(f"/v1/deals/{deal['id']}/claim"), 409, "deal_transition")


def test_nobody_reads_a_list_from_another_s_registration_on(people):
    deal = drafted(people.other)
    assert is_problem(people.rich.get("/v1/deals", params={"startingAfter": deal["id"]}), 404, "not_found")
    with people.road.sessions() as session:
        assert session.query(Deal).count() == len(everything(people.operator, "/v1/deals"))
