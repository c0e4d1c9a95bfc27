"""Disputes as people meet them: who may do what when, what both sides read, what is filed."""

import datetime as dt
import hashlib
import uuid
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.backend import test_deals as deals
from tests.backend.people import everything, is_problem

from fenrun.disputes import evidence_service, repository, service, states
from fenrun.disputes.models import Evidence
from fenrun.disputes.service import Room
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.settings import Settings
from fenrun.plans.split import ROLES

PDF = b"%PDF-1.7 minutes of the meeting"
PNG = b"\x89PNG\r\n\x1a\n...."
AROUND_THE_CLOCK = BusinessHours.of("UTC", "00:00-23:59")


def filed(side, content=PDF):
    """A file that somebody handed in, without its dispute."""
    digest = hashlib.sha256(content).hexdigest()
    return Evidence(
        id=f"evd_{uuid.uuid4().hex}", side=side, partner_number=None, member_id="mb_x", login="x", address="",
        name="minutes.pdf", description="Minutes", media_type="application/pdf", size=len(content), sha256=digest,
        captured_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip


def share_of(people, name):
    """An order, and a role in which a partner alone has a share in it that nobody disputes yet."""
    partner = getattr(people, f"{name}_id")
    with people.road.sessions() as session:
        order, role = session.execute(text(
            "SELECT o.id, c.role FROM commissions c JOIN orders o ON o.number = c.order_number"
            " JOIN partners p ON p.number = c.partner_number"
            " WHERE p.id = :partner AND c.amount > c.clawed_back AND c.dispute IS NULL AND NOT EXISTS ("
            "  SELECT FROM disputed_legs l WHERE l.order_number = c.order_number AND l.role = c.role AND l.live)"
            " ORDER BY o.number DESC LIMIT 1"), {"partner": partner}).one()  # fmt: skip
        return {"orders": [order], "role": ROLES[role]}


def claim_of(people, name="rich", ground="evidence", **more):
    """What one partner says of a share of the other's."""
    against = {"rich": "other", "other": "rich"}[name]
    return {
        **share_of(people, against),
        "ground": ground,
        "statement": "We brought this customer: see the minutes",
        **more,
    }


def drafted(people, name="rich", ground="evidence", **more):
    answer = getattr(people, name).post("/v1/disputes", json=claim_of(people, name, ground, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


def file_in(client, dispute, content=None, name="minutes.pdf", **more):
    return client.post(
        f"/v1/disputes/{dispute['id']}/evidence",
        params={"name": name, "description": "Minutes of the first meeting", **more},
        content=content if content is not None else PDF + uuid.uuid4().bytes,
    )


def filed_by(people, name="rich"):
    answer = file_in(getattr(people, name), drafted(people, name))
    assert answer.status_code == 201, answer.text
    return answer.json()


def opened(people, name="rich"):
    """A dispute in which the other party is asked. What tests before it opened is over."""
    with people.road.sessions.begin() as session:
        session.execute(text("UPDATE disputes SET status = 'closed', deadline = NULL WHERE status <> 'draft'"))
    made = drafted(people, name)
    assert file_in(getattr(people, name), made).status_code == 201
    answer = getattr(people, name).post(f"/v1/disputes/{made['id']}/open")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "awaiting_response"
    return answer.json()


def brought_to(people, status, **columns):
    """An open dispute in a status that only time or the chain brings about."""
    dispute = opened(people)
    values = {"status": status, **columns}
    with people.road.sessions.begin() as session:
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        session.execute(text(f"UPDATE disputes SET {assignments} WHERE id = :id"), {**values, "id": dispute["id"]})
    return dispute


def soon():
    return dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)


def say(client, dispute, step, **body):
    return client.post(f"/v1/disputes/{dispute['id']}/{step}", json=body)


def see(client, dispute):
    return client.get(f"/v1/disputes/{dispute['id']}").json()


def arbiter(people):
    return people.signed_in(people.newcomer("arbiter"))


# --- Opening ---------------------------------------------------------------------------------------------


def test_a_draft_is_the_claimants_alone_until_it_is_opened(people):
    made = drafted(people)
    for client in (people.other, people.finance, people.compliance, people.arbiter):
        assert is_problem(client.get(f"/v1/disputes/{made['id']}"), 404, "not_found")
        assert made["id"] not in {row["id"] for row in everything(client, "/v1/disputes")}
    assert see(people.rich, made)["actions"] == ["open", "withdraw", "evidence"]


def test_opening_asks_the_record_at_once_and_then_the_respondent(people):
    dispute = opened(people)
    assert dispute["finding"]["asks"] == ["respondent"]
    assert [entry["event"] for entry in dispute["entries"]] == ["evidence", "open", "check", "ask"]
    seen = see(people.other, dispute)
    assert (seen["your_side"], seen["actions"]) == ("respondent", ["respond", "concede", "evidence"])
    assert seen["deadline"] is not None
    hours = people.road.hours
    due = hours.after(dt.datetime.fromisoformat(seen["opened_at"]), dt.timedelta(minutes=90))
    assert dt.datetime.fromisoformat(seen["deadline"]) == due


def test_on_the_ground_of_the_record_it_is_ruled_in_the_same_moment(people):
    made = drafted(people, ground="record")
    done = people.rich.post(f"/v1/disputes/{made['id']}/open").json()
    assert (done["status"], done["ruling"], done["ruled_by"]) == ("auto_resolved", "keep", "record")
    assert done["finding"]["reason"] == "record_names_respondent"
    assert [quote["kind"] for quote in done["finding"]["quotes"]] == ["attribution", "order"]
    assert done["ruled_at"] == done["opened_at"]


def test_a_claim_needs_a_ground(people):
    made = drafted(people)
    assert is_problem(people.rich.post(f"/v1/disputes/{made['id']}/open"), 409, "no_ground")
    made = drafted(people, ground="registration")
    assert is_problem(people.rich.post(f"/v1/disputes/{made['id']}/open"), 409, "no_ground")


def test_a_share_has_one_dispute_ever(people):
    first, second = drafted(people), drafted(people)
    for dispute in (first, second):
        file_in(people.rich, dispute)
    assert people.rich.post(f"/v1/disputes/{first['id']}/open").status_code == 200
    assert is_problem(people.rich.post(f"/v1/disputes/{second['id']}/open"), 409, "nothing_to_dispute")


@pytest.mark.parametrize("which", ["own", "unknown", "twice", "and unknown"])
def test_whether_an_order_exists_cannot_be_told_from_what_cannot_be_disputed(people, which):
    claim = claim_of(people)
    claim |= {
        "own": share_of(people, "rich"),
        "unknown": {"orders": ["ord_none"]},
        "twice": {"orders": [*claim["orders"], claim["orders"][0] + "0"]},
        "and unknown": {"orders": [*claim["orders"], "ord_none"]},
    }[which]
    answer = people.rich.post("/v1/disputes", json=claim)
    assert is_problem(answer, 409, "nothing_to_dispute")
    assert answer.json()["detail"] == (
        "Each order must be settled, of one customer, and have a share in this role that one other partner has and"
        " nobody disputes or disputed"
    )


def test_nobody_freezes_more_than_so_many_shares_at_a_time(people, monkeypatch):
    opened(people)
    made = drafted(people)
    file_in(people.rich, made)
    monkeypatch.setattr(service, "MOST_OPEN", 1)
    assert is_problem(people.rich.post(f"/v1/disputes/{made['id']}/open"), 409, "no_ground")


def test_what_a_rivals_share_is_worth_is_not_the_claimants_to_know(people):
    dispute = opened(people)
    assert [leg["at_stake"] for leg in dispute["legs"]] == [None]
    [seen] = see(people.other, dispute)["legs"]
    assert int(seen["at_stake"]) > 0
    assert see(people.operator, dispute)["legs"][0]["at_stake"] == seen["at_stake"]


def test_a_registration_of_another_partner_is_no_ground(people):
    claim = claim_of(people, ground="registration", deal_id=deals.drafted(people.other)["id"])
    assert is_problem(people.rich.post("/v1/disputes", json=claim), 404, "not_found")


# --- Evidence --------------------------------------------------------------------------------------------


def test_a_file_is_hashed_when_it_comes_and_comes_back_as_it_was(people):
    made = drafted(people)
    content = PDF + uuid.uuid4().bytes
    out = file_in(people.rich, made, content).json()
    assert out["sha256"] == hashlib.sha256(content).hexdigest()
    assert (out["side"], out["media_type"], out["signer"]) == ("claimant", "application/pdf", None)
    answer = people.rich.get(f"/v1/evidence/{out['id']}")
    assert answer.content == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Fenrun-SHA256"] == out["sha256"]
    assert is_problem(people.other.get(f"/v1/evidence/{out['id']}"), 404, "not_found")


def test_a_changed_file_is_never_given_out(people):
    made = drafted(people)
    content = PDF + uuid.uuid4().bytes
    out = file_in(people.rich, made, content).json()
    [path] = Path(people.road.files._root).rglob(out["sha256"])
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert is_problem(people.rich.get(f"/v1/evidence/{out['id']}"), 500, "file_damaged")
    path.write_bytes(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00 a program", b"<html>\x00", "x".encode("utf-16")],
    ids=["empty", "exe", "zero", "utf-16"],
)
def test_what_is_no_document_is_refused(people, content):
    assert is_problem(file_in(people.rich, drafted(people), content), 409, "evidence_refused")


def test_pictures_and_plain_text_are_taken(people):
    made = drafted(people)
    for content in (PNG, b"\xff\xd8\xff....", "来往邮件".encode()):
        assert file_in(people.rich, made, content).status_code == 201


def test_the_same_file_is_filed_once_whoever_sends_it(people):
    dispute = opened(people)
    content = PDF + uuid.uuid4().bytes
    assert file_in(people.rich, dispute, content).status_code == 201
    assert is_problem(file_in(people.other, dispute, content), 409, "evidence_refused")


def test_a_file_as_large_as_the_settings_allow_is_taken_and_one_byte_more_is_not(people):
    made = drafted(people)
    whole = PDF + bytes(Settings().upload_bytes - len(PDF))
    assert file_in(people.rich, made, whole).status_code == 201
    assert is_problem(file_in(people.rich, made, whole + b"x"), 413, "too_large")


def test_a_wallet_signs_what_its_member_files(people):
    wallet, another = Account.create(), Account.create()
    login = people.newcomer("partner", people_number(people, "rich"), wallet=wallet.address.lower())
    client = people.signed_in(login)
    made = drafted(people)
    content = PDF + uuid.uuid4().bytes
    message = evidence_service.message(made["id"], hashlib.sha256(content).hexdigest())

    def signed(account, words):
        return "0x" + account.sign_message(encode_defunct(text=words)).signature.hex().removeprefix("0x")

    refused = file_in(client, made, content, signature=signed(another, message))
    assert is_problem(refused, 409, "evidence_refused")
    assert is_problem(file_in(client, made, content, signature=signed(wallet, message + "0")), 409, "evidence_refused")
    out = file_in(client, made, content, signature=signed(wallet, message)).json()
    assert out["signer"] == wallet.address.lower()
    assert is_problem(file_in(people.rich, made, signature=signed(wallet, message)), 409, "evidence_refused")


def people_number(people, name):
    with people.road.sessions() as session:
        query = text("SELECT number FROM partners WHERE id = :id")
        return session.scalar(query, {"id": getattr(people, f"{name}_id")})


def test_evidence_is_heard_until_it_is_ruled(people):
    dispute = brought_to(people, "ruled", ruling="keep", ruled_by="arbiter")
    assert is_problem(file_in(people.other, dispute), 403, "not_party")


# --- Hearing ---------------------------------------------------------------------------------------------


def test_the_respondent_answers_and_the_claimant_cannot_for_it(people):
    dispute = opened(people)
    assert is_problem(say(people.rich, dispute, "response", words="They agree"), 403, "not_party")
    assert say(people.other, dispute, "response", words="We have the contract").json()["status"] == "evidence_open"
    assert see(people.rich, dispute)["entries"][-1]["words"] == "We have the contract"


def test_who_concedes_gives_the_share_up(people):
    dispute = opened(people)
    done = say(people.other, dispute, "concession", words="You were first").json()
    assert (done["status"], done["ruling"], done["ruled_by"]) == ("accepted", "transfer", "agreement")


def test_a_proposal_ends_it_when_both_accept(people):
    dispute = brought_to(people, "under_review")
    assert "propose" in see(people.operator, dispute)["actions"]
    proposed = say(people.operator, dispute, "proposal", ruling="reverse", reason="Neither of you brought it").json()
    assert proposed["status"] == "proposed"
    assert say(people.rich, dispute, "answer", accepts=True).json()["status"] == "proposed"
    assert "answer" not in see(people.rich, dispute)["actions"]
    done = say(people.other, dispute, "answer", accepts=True).json()
    assert (done["status"], done["ruling"], done["ruled_by"]) == ("accepted", "reverse", "agreement")


def test_a_declined_proposal_goes_to_an_arbiter_who_has_no_part(people):
    dispute = brought_to(people, "under_review")
    say(people.operator, dispute, "proposal", ruling="keep", reason="The minutes are undated")
    declined = say(people.rich, dispute, "answer", accepts=False, words="They are dated on page 2").json()
    assert (declined["status"], declined["proposal"]["claimant"]) == ("proposed", False)
    done = say(arbiter(people), dispute, "ruling", ruling="transfer", reason="Page 2 is dated").json()
    assert (done["status"], done["ruling"], done["ruled_by"]) == ("ruled", "transfer", "arbiter")
    assert done["your_side"] == "arbiter"


def test_a_conflicted_arbiter_is_excluded(people):
    dispute = brought_to(people, "under_review")
    recused = arbiter(people)
    body = {"partner_id": people.other_id, "reason": "My brother works there"}
    assert recused.post("/v1/recusals", json=body).status_code == 204
    assert see(recused, dispute)["actions"] == []
    refused = say(recused, dispute, "ruling", ruling="keep", reason="x")
    assert is_problem(refused, 403, "arbiter_conflicted")
    # Compliance that stopped the clocks has acted, and does not rule.
    assert say(people.compliance, dispute, "hold", words="A court was asked").json()["status"] == "on_hold_legal"
    assert say(people.compliance, dispute, "resume", words="It said no").json()["status"] == "under_review"
    assert is_problem(say(people.compliance, dispute, "ruling", ruling="keep", reason="x"), 403, "arbiter_conflicted")


def test_a_hold_stops_the_clock_and_goes_on_where_it_began(people):
    dispute = opened(people)
    held = say(people.compliance, dispute, "hold", words="A court was asked").json()
    assert (held["status"], held["deadline"]) == ("on_hold_legal", None)
    again = say(people.compliance, dispute, "resume", words="Go on").json()
    assert again["status"] == "awaiting_response"
    assert again["deadline"] is not None


def test_the_panel_is_three_who_had_no_part_and_two_equal_votes_end_it(people):
    dispute = brought_to(people, "ruled", ruling="keep", ruled_by="arbiter", court_deadline=soon())
    assert see(people.rich, dispute)["actions"] == ["appeal"]
    assert say(people.rich, dispute, "appeal", words="Read page 2").json()["status"] == "appealed"
    first, second, third = (arbiter(people) for _ in range(3))
    assert say(first, dispute, "vote", ruling="transfer", reason="Page 2").status_code == 200
    assert is_problem(say(first, dispute, "vote", ruling="transfer", reason="Again"), 403, "arbiter_conflicted")
    assert say(second, dispute, "vote", ruling="keep", reason="Undated").status_code == 200
    done = say(third, dispute, "vote", ruling="transfer", reason="Page 2 is dated").json()
    assert [vote["ruling"] for vote in done["votes"]] == ["transfer", "keep", "transfer"]
    late = say(arbiter(people), dispute, "vote", ruling="keep", reason="x")
    assert is_problem(late, 409, "too_late")


def test_an_appeal_has_the_courts_own_deadline(people):
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    dispute = brought_to(people, "ruled", ruling="keep", ruled_by="arbiter", court_deadline=past)
    assert is_problem(say(people.rich, dispute, "appeal", words="x"), 409, "too_late")


def test_a_claim_is_withdrawn_until_it_is_ruled(people):
    dispute = opened(people)
    assert is_problem(say(people.other, dispute, "withdraw", words="x"), 403, "not_party")
    assert say(people.rich, dispute, "withdraw", words="A mistake").json()["status"] == "withdrawn"
    assert say(people.rich, drafted(people), "withdraw", words="x").json()["status"] == "closed"


def test_compliance_sends_a_matter_to_a_court_outside(people):
    dispute = opened(people)
    assert say(people.compliance, dispute, "escalation", words="Case 7/2026").json()["status"] == "escalated_external"
    assert see(people.rich, dispute)["deadline"] is None


def test_an_arbiter_sees_disputes_and_nothing_else(people):
    dispute = opened(people)
    assert see(people.arbiter, dispute)["your_side"] == "arbiter"
    for path in ("/v1/orders", "/v1/partners", "/v1/deals", "/v1/payouts", "/v1/commissions"):
        assert is_problem(people.arbiter.get(path), 403, "forbidden")


# --- The machine -----------------------------------------------------------------------------------------

CLOCKED = [status for status in states.STATUSES if states.deadline(status, soon(), AROUND_THE_CLOCK)]


def test_every_status_is_reached_and_closed_alone_has_no_way_on():
    reached = {after for moves in states.DISPUTE.values() for after in moves.values()}
    assert reached | {"draft"} == set(states.DISPUTE) == set(states.STATUSES)
    assert [status for status, moves in states.DISPUTE.items() if not moves] == ["closed"]


def test_every_clock_that_runs_out_leads_on_and_all_of_them_together_keep_the_budget():
    assert [status for status in CLOCKED if status != "opened"] == list(states.SPANS)
    assert all("time_out" in states.DISPUTE[status] for status in states.SPANS)
    assert states.CHECK_WITHIN + sum(states.SPANS.values(), dt.timedelta()) + states.EXECUTE_WITHIN <= states.BUDGET


@given(data=st.data())
def test_whatever_people_do_time_and_the_chain_bring_every_dispute_to_its_end(data):
    """A walk by any events, and from where it stands the events that need nobody's will."""
    nobody = ("check", "ask", "time_out", "finalize", "decide", "execute", "close")
    status, resumes_to = "opened", None
    for _ in range(data.draw(st.integers(0, 12))):
        if not states.DISPUTE[status]:
            break
        event = data.draw(st.sampled_from(sorted(states.DISPUTE[status])))
        before = status
        status = states.after(status, event, resumes_to)
        assert status in states.STATUSES
        if event == "hold":
            resumes_to = before
        if event == "resume":
            assert status == resumes_to
    for _ in range(8):
        event = next((event for event in nobody if event in states.DISPUTE[status]), None)
        if event is None:
            break
        status = states.after(status, event)
    assert status == "closed"


def test_a_ruling_is_never_changed_but_by_the_panel_and_never_comes_before_somebody_was_heard():
    """Of the statuses that decide, only an appeal leads to another decision."""
    for status in states.DECIDED:
        onward = set(states.DISPUTE[status].values())
        assert onward <= {"appealed", "ruled_final", "executed", "closed"}
    heard = ("awaiting_response", "evidence_open")
    assert not any({"rule", "propose"} & set(states.DISPUTE[status]) for status in heard)


def test_time_goes_on_without_who_is_silent_and_leaves_an_entry_for_both(people):
    dispute = opened(people)
    with people.road.sessions.begin() as session:
        found = repository.by_id(session, dispute["id"], lock=True)
        room = Room(session, people.road.keys.reference_key, people.road.hours, found.deadline)
        service.time_out(room, found)
    entry = see(people.rich, dispute)["entries"][-1]
    assert (entry["event"], entry["side"], entry["status"]) == ("time_out", "time", "evidence_open")
