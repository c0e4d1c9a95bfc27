"""Suspended and reinstated: decided by channel operations, told to the partner, and told to the chain."""

import datetime as dt
import uuid

from sqlalchemy import text
from tests.backend.people import is_problem
from tests.backend.post import letters

from fenrun import worker
from fenrun.chain import devnet, indexer
from fenrun.chain.contracts import read
from fenrun.kit.security import reference
from fenrun.payouts import repository as payouts
from fenrun.registry import person_keys, repository, standings_service
from fenrun.registry.access import PERMISSIONS, Viewer
from fenrun.registry.models import StandingChange

ACTIVE, SUSPENDED = 1, 2
OPERATOR = Viewer("mb_op", "op", "operator", None, PERMISSIONS["operator"])


def on_chain(road, number):
    address = road.deployment.addresses["PartnerRegistry"]
    return read(road.client, "PartnerRegistry", address, "statusOf", number)[0]


def in_the_books(road, number):
    with road.sessions() as session:
        return session.scalar(text("SELECT status FROM partners WHERE number = :number"), {"number": number})


def decide(road, number, status, reason="invoices are missing"):
    with road.sessions.begin() as session:
        key, now = road.keys.reference_key, dt.datetime.now(dt.UTC)
        return standings_service.change(session, key, OPERATOR.member_id, number, status, reason, now)


def logs(road):
    with road.sessions() as session:
        return [log.fields for log in indexer.stored_logs(session, -1) if log.event == "PartnerStatusChanged"]


def test_what_is_decided_reaches_the_chain_with_the_keyed_hash_of_its_reason(road):
    made = decide(road, 1, "suspended")
    with road.sessions() as session:
        assert 1 in payouts.suspended(session)  # from here on nothing is paid, wherever the chain is
    worker.tick(road)
    worker.tick(road)
    assert (on_chain(road, 1), in_the_books(road, 1)) == (SUSPENDED, "suspended")
    [log] = logs(road)
    with road.sessions() as session:
        key = person_keys.of(session, road.keys.reference_key, 1)
    assert log["reason"] == reference(key, "standing", f"{made.id}\0invoices are missing")
    decide(road, 1, "active", "they came")
    with road.sessions() as session:
        assert 1 in payouts.suspended(session)  # until the chain lets it
    for _ in range(3):
        worker.tick(road)
    assert (on_chain(road, 1), in_the_books(road, 1), len(logs(road))) == (ACTIVE, "active", 2)
    with road.sessions() as session:
        assert 1 not in payouts.suspended(session)
    assert road.audit()["ok"]


def test_turned_round_before_the_chain_was_told_it_is_told_nothing(road):
    decide(road, 1, "suspended")
    decide(road, 1, "active")
    for _ in range(2):
        worker.tick(road)
    assert (on_chain(road, 1), logs(road)) == (ACTIVE, [])


def test_turned_round_while_the_chain_is_being_told_it_is_told_both_in_turn(road):
    decide(road, 1, "suspended")
    assert road.change_standings() == 1
    decide(road, 1, "active")
    assert road.change_standings() == 0  # the first is not in a block yet
    for _ in range(3):
        worker.tick(road)
    assert [(log["from"], log["to"]) for log in logs(road)] == [(ACTIVE, SUSPENDED), (SUSPENDED, ACTIVE)]
    assert in_the_books(road, 1) == "active"


def test_a_reorg_takes_it_back_and_the_next_block_brings_it_again(road):
    decide(road, 1, "suspended")
    worker.tick(road)
    assert in_the_books(road, 1) == "suspended"
    road.client.call("anvil_reorg", 1, [])
    latest = road.client.call("eth_getBlockByNumber", "latest", False)
    devnet.mine(road.client, int(latest["timestamp"], 16) + 1)
    road.index()
    assert in_the_books(road, 1) == "active"
    for _ in range(2):
        worker.tick(road)
    assert (on_chain(road, 1), in_the_books(road, 1)) == (SUSPENDED, "suspended")


def test_a_partner_that_the_chain_does_not_have_yet_waits(road):
    with road.sessions.begin() as session:
        session.execute(text("UPDATE partners SET status = 'pending' WHERE number = 1"))
    decide(road, 1, "suspended")
    assert road.change_standings() == 0
    with road.sessions.begin() as session:
        repository.set_status(session, 1, "active")
    assert road.change_standings() == 1


def test_the_partner_reads_why_and_is_told_by_mail(people):
    with people.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": people.other_id})
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    people.newcomer("partner", number, email=email)
    path = f"/v1/partners/{people.other_id}"
    if people.other.get(f"{path}/standing").json()["status"] == "suspended":
        people.operator.post(f"{path}/reinstate", json={"reason": "a test"})
    done = people.operator.post(f"{path}/suspend", json={"reason": " 缺少发票 "})
    assert done.status_code == 200, done.text
    shown = people.other.get(f"{path}/standing").json()
    assert (shown["status"], shown["on_chain"], shown["reason"]) == ("suspended", "active", "缺少发票")
    assert is_problem(people.operator.post(f"{path}/suspend", json={"reason": "again"}), 409, "partner_standing")
    assert is_problem(people.operator.post(f"{path}/reinstate", json={"reason": "  "}), 422, "malformed")
    assert people.operator.post(f"{path}/reinstate", json={"reason": "发票已到"}).status_code == 200
    assert is_problem(people.operator.post(f"{path}/reinstate", json={"reason": "again"}), 409, "partner_standing")
    told = letters(people.road.sessions, people.road.keys.reference_key, email)
    assert [letter.kind for letter, _ in told] == ["partner_suspended", "partner_reinstated"]
    assert [content.variables["reason"] for _, content in told] == ["缺少发票", "发票已到"]
    with people.road.sessions.begin() as session:
        session.query(StandingChange).delete()
