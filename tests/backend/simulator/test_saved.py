"""Simulations over HTTP: at once, saved and made by the worker, exported, and proposed as plan versions."""

import io
import json
import threading
import uuid

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import text
from tests.backend.people import everything, is_problem

from fenrun.plans.models import Plan
from fenrun.simulator import repository
from fenrun.simulator.comparison import TODAY
from fenrun.simulator.engine import reckon
from fenrun.simulator.tasks import Simulant

FLAT = {"new": {"referrer": [1_000]}, "renewal": {"referrer": [500]}, "hold_days": 7}
DESIGNS = [
    {"name": "flat", "plans": {"*": FLAT}},
    {"name": "slices", "plans": {"standard": {**FLAT, "basis": "marginal", "period_months": 3}}},
]
ASKED = {"name": "for a test", "designs": DESIGNS, "draws": 20, "assumptions": {"elasticity_bps": [0, 1_000, 2_000]}}


@pytest.fixture
def simulant(people):
    return Simulant(people.road.sessions, people.road.currency, threading.Event())


def made(people, simulant, **more):
    """A simulation that the worker has made."""
    answer = people.operator.post("/v1/simulations", json={**ASKED, **more})
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "queued"
    while simulant.step():
        pass
    return people.finance.get(f"/v1/simulations/{answer.json()['id']}").json()


@pytest.fixture(scope="module")
def done(people):
    """A simulation that nobody spoils."""
    simulant = Simulant(people.road.sessions, people.road.currency, threading.Event())
    return made(people, simulant, search={"evaluations": 20, "objectives": ["margin_after"]})


def test_the_history_of_the_database_is_what_was_settled(people):
    with people.road.sessions() as session:
        history = repository.history(session, people.road.currency)
        total, legs = session.execute(text("SELECT sum(amount), count(*) FROM commissions")).one()
        by_partner = session.execute(
            text(
                "SELECT p.external_id, sum(c.amount) FROM commissions c JOIN partners p ON p.number = c.partner_number"
                " GROUP BY 1 HAVING sum(c.amount) > 0"
            )
        )
        expected = {row[0]: int(row[1]) for row in by_partner}
    found = reckon(history.orders, TODAY, history.today)
    assert (int(found.amounts.sum()), len(found.amounts)) == (int(total), legs)
    earned = dict(zip(history.orders.partner_ids, found.by_partner.tolist(), strict=True))
    assert {partner: amount for partner, amount in earned.items() if amount} == expected


def test_a_preview_answers_at_once_and_leaves_no_trace(people):
    request_id = uuid.uuid4().hex
    body = {"designs": DESIGNS, "assumptions": {"margin_bps": 4_000}}
    answer = people.operator.post("/v1/simulations/preview", json=body, headers={"X-Request-Id": request_id})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [figures["name"] for figures in found["designs"]] == ["flat", "slices"]
    assert [figures["simulated_only"] for figures in found["designs"]] == [[], ["marginal"]]
    assert found["forecast"] == found["front"] == []
    assert people.lines(request_id=request_id) == []


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"name": "a", "plans": {"gold": FLAT}}, "there is no plan gold"),
        ({"name": "a", "plans": {"*": {**FLAT, "tier_thresholds": ["5"]}}}, "one rate per tier"),
        ({"name": "a", "plans": {"*": {**FLAT, "basis": "target"}}}, "target"),
        ({"name": "a", "plans": {"*": {"split": {"new_bps": [1], "renewal_bps": [1], "parts_bps": {}}}}}, "add up"),
    ],
)
def test_a_design_that_makes_no_sense_is_refused_with_its_name(people, design, words):
    answer = people.operator.post("/v1/simulations/preview", json={"designs": [design]})
    assert is_problem(answer, 422, "design_invalid")
    assert words in answer.json()["detail"]
    assert "a" in answer.json()["detail"]


def test_the_worker_makes_what_was_saved(people, done):
    assert (done["status"], done["progress_bps"], done["reason"]) == ("done", 10_000, None)
    assert [row["name"] for row in done["result"]["forecast"]] == ["today", "flat", "slices"]
    assert len(done["result"]["front"]) == 1
    assert done["result"]["designs"][0]["sensitivity"]
    assert done["asked"]["designs"][0]["plans"]["*"]["new"] == FLAT["new"]
    assert done["id"] in {row["id"] for row in everything(people.auditor, "/v1/simulations")}


def test_a_stated_business_is_simulated_too(people, simulant):
    found = made(people, simulant, distribution={"customers": 200, "partners": 5}, draws=0, designs=DESIGNS[:1])
    assert found["status"] == "done"
    assert found["result"]["partners"] == 5


def test_one_that_waits_is_canceled_at_once(people, simulant):
    saved = people.operator.post("/v1/simulations", json=ASKED).json()
    path = f"/v1/simulations/{saved['id']}"
    assert people.operator.post(f"{path}/cancel").json()["status"] == "canceled"
    assert is_problem(people.operator.post(f"{path}/cancel"), 409, "simulation_state")
    assert not simulant.step()
    assert is_problem(people.operator.get(f"{path}/file"), 409, "simulation_state")


def test_one_that_runs_ends_at_its_next_step(people, simulant, monkeypatch):
    saved = people.operator.post("/v1/simulations", json=ASKED).json()
    path, states = f"/v1/simulations/{saved['id']}", []
    note = repository.note_progress

    def note_and_cancel(session, number, progress_bps):
        if not states:
            states.append(people.operator.post(f"{path}/cancel").json()["status"])
        return note(session, number, progress_bps)

    monkeypatch.setattr(repository, "note_progress", note_and_cancel)
    assert simulant.step()
    assert states == ["running"]
    found = people.operator.get(path).json()
    assert (found["status"], found["result"]) == ("canceled", None)


def test_one_that_a_stopping_worker_left_is_made_by_the_next(people):
    saved = people.operator.post("/v1/simulations", json={**ASKED, "designs": DESIGNS[:1]}).json()
    stopping = threading.Event()
    stopping.set()
    assert not Simulant(people.road.sessions, people.road.currency, stopping).step()
    path = f"/v1/simulations/{saved['id']}"
    assert people.operator.get(path).json()["status"] == "running"
    assert Simulant(people.road.sessions, people.road.currency, threading.Event()).step()
    assert people.operator.get(path).json()["status"] == "done"


def test_one_that_cannot_be_made_says_why(people, simulant):
    found = made(people, simulant, designs=[{"name": "a", "plans": {"gold": FLAT}}])
    assert found["status"] == "failed"
    assert "there is no plan gold" in found["reason"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Assumed, and not measured"), ("zh-CN", "以下为假设，并非测得")]
)
def test_it_can_be_had_as_a_file(people, done, language, words):
    path = f"/v1/simulations/{done['id']}/file"

    def content(format_):
        return people.auditor.get(path, params={"format": format_, "language": language}).content

    assert json.loads(content("json")) == done["result"]
    book = openpyxl.load_workbook(io.BytesIO(content("xlsx")))
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {words, "flat", "slices"} <= cells
    paper = pypdfium2.PdfDocument(content("pdf"))
    text_ = "".join(page.get_textpage().get_text_range() for page in paper)
    assert words in text_.replace("\r\n", "")


# --- Proposals --------------------------------------------------------------------------------------------


DECLARED = {"declaration": {"jurisdiction": "CN", "channel_role": "agent"}}


def proposed(people, done, code):
    body = {"design": "flat", "plan": "*", "code": code, **DECLARED}
    return people.operator.post(f"/v1/simulations/{done['id']}/proposals", json=body)


def test_a_candidate_becomes_a_plan_version_when_somebody_else_approves(people, done):
    code = f"new-{uuid.uuid4().hex[:6]}"
    answer = proposed(people, done, code)
    assert answer.status_code == 201, answer.text
    proposal = answer.json()
    assert (proposal["status"], proposal["proposed_by"]) == ("waiting", "the-operator")
    assert is_problem(people.operator.post(f"/v1/plan-proposals/{proposal['id']}/approve"), 403, "forbidden")
    approved = people.compliance.post(f"/v1/plan-proposals/{proposal['id']}/approve").json()
    [line] = people.lines(action="plan.approved", target=proposal["id"])
    assert (line["actor"], line["after"]["id"]) == (people.member_ids["compliance"], approved["plan_id"])
    assert (approved["status"], approved["plan_status"]) == ("approved", "pending")
    [plan] = [plan for plan in people.operator.get("/v1/plans").json() if plan["code"] == code]
    assert (plan["id"], plan["version"], plan["hold_days"]) == (approved["plan_id"], 1, 7)
    assert (plan["new_bps"][0], plan["renewal_bps"][0]) == ([1_000], [500])
    again = people.compliance.post(f"/v1/plan-proposals/{proposal['id']}/approve")
    assert is_problem(again, 409, "simulation_state")
    with people.road.sessions.begin() as session:  # others count the plans
        session.execute(text("UPDATE plan_proposals SET plan_number = NULL WHERE id = :id"), {"id": proposal["id"]})
        session.delete(session.query(Plan).filter_by(code=code).one())


def test_nobody_approves_what_they_proposed(people, done):
    answer = proposed(people, done, f"own-{uuid.uuid4().hex[:6]}")
    with people.road.sessions.begin() as session:
        session.execute(
            text("UPDATE plan_proposals SET proposed_by = :by WHERE id = :id"),
            {"by": people.member_ids["compliance"], "id": answer.json()["id"]},
        )
    path = f"/v1/plan-proposals/{answer.json()['id']}"
    assert is_problem(people.compliance.post(f"{path}/approve"), 403, "same_person")
    rejected = people.compliance.post(f"{path}/reject", json={"reason": "too dear"}).json()
    assert (rejected["status"], rejected["reason"], rejected["plan_id"]) == ("rejected", "too dear", None)


def test_what_the_contract_cannot_settle_is_never_proposed(people, done):
    path = f"/v1/simulations/{done['id']}/proposals"
    answer = people.operator.post(path, json={"design": "slices", "plan": "standard", "code": "standard", **DECLARED})
    assert is_problem(answer, 409, "simulated_only")
    assert "marginal" in answer.json()["detail"]
    unknown = people.operator.post(path, json={"design": "slices", "plan": "growth", "code": "standard", **DECLARED})
    assert is_problem(unknown, 404, "not_found")


def test_one_version_of_a_plan_waits_at_a_time(people, done):
    code = f"once-{uuid.uuid4().hex[:6]}"
    first, second = proposed(people, done, code), proposed(people, done, code)
    assert is_problem(second, 409, "simulation_state")
    listed = everything(people.auditor, "/v1/plan-proposals")
    assert first.json()["id"] in {row["id"] for row in listed if row["code"] == code}


# --- A partner's own --------------------------------------------------------------------------------------


def test_a_partner_sees_what_it_would_have_earned(people):
    path = f"/v1/partners/{people.rich_id}/what-if"
    same = people.rich.get(path).json()
    earnings = people.rich.get(f"/v1/partners/{people.rich_id}/earnings").json()
    assert same["earned"] == same["would_earn"] == earnings["earned"]
    assert {m["month"]: m["earned"] for m in same["months"]} == {
        m["month"]: m["earned"] for m in earnings["months"] if int(m["volume"]) or int(m["earned"])
    }
    more = people.rich.get(path, params={"volume_bps": 20_000}).json()
    assert int(more["would_earn"]) >= 2 * int(same["earned"]) - 2 * same["orders"]
    assert more["earned"] == same["earned"]
