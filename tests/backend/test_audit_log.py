"""The audit log: every endpoint that changes something leaves a line, in the same transaction, for good."""

import json
import uuid

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError
from tests.backend.good_requests import CALLS, ELSEWHERE, PAYER, member
from tests.backend.people import PASSWORD, everything, is_problem, routes
from tests.backend.test_sign_in import enrolled

from fenrun.api import create_app
from fenrun.kit import audit_log
from fenrun.kit.http import get_session

APP = create_app(None)
WRITING = [route for route in routes(APP) if route[0] != "get"]


def answer_to(call, method, path, request_id=None):
    headers = {**(call.headers or {}), **({"X-Request-Id": request_id} if request_id else {})}
    return call.client.request(method.upper(), call.path or path, json=call.body, content=call.content, headers=headers)


@pytest.mark.parametrize("route", WRITING, ids=" ".join)
def test_every_endpoint_that_writes_is_in_a_transaction_that_leaves_a_line(route):
    """The line is written where the transaction of a request is made: an endpoint that has one cannot do without."""
    method, path = route
    found = [
        context.original_route
        for context in iter_route_contexts(APP.routes)
        if context.path == path and method.upper() in (context.methods or ())
    ]
    assert found
    assert all(get_session in dependencies_of(one.dependant) for one in found), f"{method.upper()} {path}: no InSession"


def dependencies_of(dependant):
    return {dependant.call}.union(*(dependencies_of(inner) for inner in dependant.dependencies))


def test_every_endpoint_that_writes_is_asked_something_good():
    assert set(WRITING) == set(CALLS) | ELSEWHERE


@pytest.mark.parametrize("route", CALLS, ids=" ".join)
def test_an_endpoint_that_writes_leaves_a_line(people, route, monkeypatch):
    monkeypatch.setattr("fenrun.payouts.endpoints.load_payout_settings", lambda: PAYER)
    method, path = route
    call = CALLS[route](people)
    who = call.client.get("/v1/session").json().get("member_id") if call.client is not people.anonymous else None
    request_id = uuid.uuid4().hex
    answer = answer_to(call, method, path, request_id)
    assert answer.status_code < 300, answer.text
    assert answer.headers["X-Request-Id"] == request_id
    [line] = people.lines(request_id=request_id)
    assert line["action"] == call.action
    assert line["address"] == "testclient"
    if who is not None:
        assert line["actor"] == who
        assert line["actor_name"]
    if call.target is not None:
        assert line["target"] == call.target
    if call.action.startswith(("POST ", "PUT ", "PATCH ", "DELETE ")):
        assert set(line["after"]) == {"body_hmac"}


def test_no_line_is_left_of_what_did_not_happen(people):
    for client, path, body in (
        (people.admin, "/v1/members", {"login": "the-rich", "role": "finance"}),
        (people.admin, "/v1/api-keys", {"name": "sender", "scopes": ["read"]}),
        (people.rich, "/v1/audit", None),
        (people.sender, "/v1/events", {}),
    ):
        request_id = uuid.uuid4().hex
        answer = client.post(path, json=body, headers={"X-Request-Id": request_id})
        assert answer.status_code in (403, 409, 422), answer.text
        assert people.lines(request_id=request_id) == []


def test_a_refused_sign_in_is_written_down_without_what_was_typed(people):
    login, request_id = people.newcomer(), uuid.uuid4().hex
    headers = {"X-Request-Id": request_id}
    for name in (login, "typed-my-password-here"):
        body = {"login": name, "password": "wrong"}
        assert is_problem(people.anonymous.post("/v1/session", json=body, headers=headers), 401, "unauthorized")
    known, unknown = people.lines(request_id=request_id)
    assert known["action"] == unknown["action"] == "sign_in.refused"
    assert known["target"].startswith("mb_")
    assert unknown["target"] == ""
    assert known["after"] == {"code": "unauthorized", "failures": 1}


def test_a_change_is_told_with_what_was_before(people):
    _, _, id_ = member(people)
    people.admin.patch(f"/v1/members/{id_}", json={"role": "compliance", "email": f"{id_}@Example.com"})
    [line] = people.lines(action="member.changed", target=id_)
    kept = {"owner": False, "language": "en", "disabled": False}
    assert line["before"] == {"role": "finance", "email": None, **kept}
    assert line["after"] == {"role": "compliance", "email": f"{id_}@example.com", **kept}


def test_no_line_holds_a_secret(people):
    made = people.admin.post("/v1/api-keys", json={"name": f"k-{uuid.uuid4().hex[:8]}", "scopes": ["read"]}).json()
    new = people.admin.post("/v1/members", json={"login": f"m-{uuid.uuid4().hex[:8]}", "role": "operator"}).json()
    reset = people.admin.post(f"/v1/members/{new['id']}/password").json()
    login = people.newcomer()
    client, totp, codes = enrolled(people, login)
    secrets = [made["key"], new["password"], reset["password"], totp.secret, codes[0], PASSWORD,
               client.cookies["fenrun_session"], people.sender_key]  # fmt: skip
    whole = json.dumps([dict(line) for line in people.lines()], default=str)
    assert made["id"] in whole
    assert not [secret for secret in secrets if secret in whole]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'somebody else'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE id = 1",
        "TRUNCATE audit_log",
        "UPDATE audit_log SET id = DEFAULT WHERE false",
    ],
)
def test_a_line_cannot_be_altered_nor_taken_out(people, statement):
    count = len(people.lines())
    assert count
    with people.road.sessions() as session, pytest.raises(DBAPIError, match="append-only"):
        session.connection().exec_driver_sql(statement)
    assert len(people.lines()) >= count


def test_a_line_goes_with_its_change_or_not_at_all(people):
    count = len(people.lines(action="test.happened"))
    with people.road.sessions() as session:
        audit_log.record(session, "test.happened", "x")
        session.flush()
        session.rollback()
    assert len(people.lines(action="test.happened")) == count


def test_admins_and_auditors_read_it_page_by_page_and_filtered(people):
    whole = everything(people.auditor, "/v1/audit-log")
    assert [line["id"] for line in whole] == sorted((line["id"] for line in whole), key=lambda i: -int(i[3:]))
    assert {line["id"] for line in whole} <= {f"al_{row['id']}" for row in people.lines()}
    admin = people.member_ids["admin"]
    mine = everything(people.admin, "/v1/audit-log", actor=admin)
    assert mine
    assert mine == [line for line in everything(people.admin, "/v1/audit-log") if line["actor"] == admin]
    one = mine[len(mine) // 2]
    assert one in everything(people.auditor, "/v1/audit-log", target=one["target"])
    assert one in everything(people.auditor, "/v1/audit-log", action=one["action"], actor=admin)
    same = everything(people.auditor, "/v1/audit-log", since=one["at"], until=mine[0]["at"], actor=admin)
    assert one in same or one["at"] == mine[0]["at"]
    assert mine[0] not in same
    back = people.auditor.get("/v1/audit-log", params={"endingBefore": whole[5]["id"], "limit": 3}).json()
    assert [line["id"] for line in back["data"]] == [line["id"] for line in whole[2:5]]
    assert is_problem(people.auditor.get("/v1/audit-log?startingAfter=al_x"), 404, "not_found")
    assert is_problem(people.auditor.get("/v1/audit-log?since=2026-01-01T00:00:00"), 422, "malformed")
