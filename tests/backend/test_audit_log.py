"""The audit log: every endpoint that changes something leaves a line, in the same transaction, for good."""

import datetime as dt
import json
import uuid

import pyotp
import pytest
from eth_account import Account
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError
from tests.backend.people import PASSWORD, everything, is_problem, routes
from tests.backend.test_sign_in import enrolled
from tests.backend.test_wallets import asked, signed

from fenrun.api import create_app
from fenrun.kit import audit_log
from fenrun.kit.http import get_session

WRITING = [route for route in routes(create_app(None)) if route[0] != "get"]


class Call:
    """A good request to an endpoint that writes: who sends it, where to, with what; and the line it leaves."""

    def __init__(self, action, client, body=None, target=None, path=None, headers=None):
        self.action, self.client, self.body = action, client, body
        self.target, self.path, self.headers = target, path, headers


def member(people, **more):
    login = people.newcomer(**more)
    client = people.signed_in(login)
    return login, client, client.get("/v1/session").json()["member_id"]


def sign_in(people):
    return Call("session.opened", people.anonymous, {"login": people.newcomer(), "password": PASSWORD})


def sign_out(people):
    _, client, _ = member(people)
    return Call("session.ended", client, target=client.get("/v1/sessions").json()[0]["id"])


def wallet_sign_in(people):
    _, client, _ = member(people)
    account = Account.create()
    body = {"password": PASSWORD, **signed(account, asked(people, account))}
    assert client.put("/v1/me/wallet", json=body).status_code == 200
    return Call("session.opened", people.anonymous, signed(account, asked(people, account)))


def revocation(people):
    login, client, _ = member(people)
    people.signed_in(login)
    own = client.get("/v1/sessions").json()[0]["id"]
    return Call("session.revoked", client, target=own, path=f"/v1/sessions/{own}")


def password_change(people):
    _, client, id_ = member(people)
    return Call("password.changed", client, {"current": PASSWORD, "new": "another long password"}, id_)


def totp_start(people):
    _, client, id_ = member(people)
    return Call("totp.begun", client, {"password": PASSWORD}, id_)


def totp_confirmation(people):
    _, client, id_ = member(people)
    secret = client.post("/v1/me/totp", json={"password": PASSWORD}).json()["secret"]
    return Call("totp.enrolled", client, {"code": pyotp.TOTP(secret).now()}, id_)


def binding(people):
    _, client, id_ = member(people)
    account = Account.create()
    return Call("wallet.bound", client, {"password": PASSWORD, **signed(account, asked(people, account))}, id_)


def unbinding(people):
    _, client, id_ = member(people)
    return Call("wallet.unbound", client, target=id_)


def new_member(people):
    body = {"login": f"added-{uuid.uuid4().hex[:8]}", "role": "partner", "partner_id": people.rich_id}
    return Call("member.added", people.admin, body)


def member_change(people):
    _, _, id_ = member(people)
    return Call("member.changed", people.admin, {"role": "auditor"}, id_, f"/v1/members/{id_}")


def password_reset(people):
    _, _, id_ = member(people)
    return Call("password.reset", people.admin, target=id_, path=f"/v1/members/{id_}/password")


def totp_reset(people):
    login = people.newcomer()
    client, _, _ = enrolled(people, login)
    id_ = client.get("/v1/session").json()["member_id"]
    return Call("totp.reset", people.admin, target=id_, path=f"/v1/members/{id_}/totp")


def new_key(people):
    return Call("api_key.created", people.admin, {"name": f"k-{uuid.uuid4().hex[:8]}", "scopes": ["read"]})


def key_of(people):
    body = {"name": f"k-{uuid.uuid4().hex[:8]}", "scopes": ["events:write"]}
    return people.admin.post("/v1/api-keys", json=body).json()["id"]


def rotation(people):
    key = key_of(people)
    return Call("api_key.rotated", people.admin, {"overlap_hours": 1}, key, f"/v1/api-keys/{key}/rotate")


def key_revocation(people):
    key = key_of(people)
    return Call("api_key.revoked", people.admin, target=key, path=f"/v1/api-keys/{key}")


def event(people):
    with people.road.sessions() as session:
        customer = session.connection().exec_driver_sql(
            "SELECT external_id FROM customers c JOIN referrals r ON r.customer_number = c.number LIMIT 1"
        ).scalar_one()  # fmt: skip
    order, paid = f"AL-{uuid.uuid4().hex[:8]}", dt.datetime.now(dt.UTC).replace(microsecond=0)
    data = {"order_id": order, "customer_id": customer, "amount": "100.00", "currency": "USD", "paid_at": str(paid)}
    body = {"id": f"evt-{order}", "type": "subscription.renewed", "data": data}
    return Call("POST /v1/events", people.sender, body, headers={"Idempotency-Key": uuid.uuid4().hex})


# A good request for some. An endpoint that says nothing of its own to the log leaves `METHOD path`.
CALLS = {
    ("post", "/v1/session"): sign_in,
    ("delete", "/v1/session"): sign_out,
    ("post", "/v1/session/wallet-nonce"): lambda people: Call("POST /v1/session/wallet-nonce", people.anonymous),
    ("post", "/v1/session/wallet"): wallet_sign_in,
    ("delete", "/v1/sessions/{session_id}"): revocation,
    ("put", "/v1/me/password"): password_change,
    ("post", "/v1/me/totp"): totp_start,
    ("post", "/v1/me/totp/confirm"): totp_confirmation,
    ("put", "/v1/me/wallet"): binding,
    ("delete", "/v1/me/wallet"): unbinding,
    ("post", "/v1/members"): new_member,
    ("patch", "/v1/members/{member_id}"): member_change,
    ("post", "/v1/members/{member_id}/password"): password_reset,
    ("delete", "/v1/members/{member_id}/totp"): totp_reset,
    ("post", "/v1/api-keys"): new_key,
    ("post", "/v1/api-keys/{api_key_id}/rotate"): rotation,
    ("delete", "/v1/api-keys/{api_key_id}"): key_revocation,
    ("post", "/v1/events"): event,
    ("post", "/v1/audit"): lambda people: Call("POST /v1/audit", people.finance),
}


def answer_to(call, method, path, request_id=None):
    headers = {**(call.headers or {}), **({"X-Request-Id": request_id} if request_id else {})}
    return call.client.request(method.upper(), call.path or path, json=call.body, headers=headers)


@pytest.mark.parametrize("route", WRITING, ids=" ".join)
def test_every_endpoint_that_writes_is_in_a_transaction_that_leaves_a_line(route):
    """The line is written where the transaction of a request is made: an endpoint that has one cannot do without."""
    method, path = route
    found = [
        context.original_route
        for context in iter_route_contexts(create_app(None).routes)
        if context.path == path and method.upper() in (context.methods or ())
    ]
    assert found
    assert all(get_session in dependencies_of(one.dependant) for one in found), f"{method.upper()} {path}: no InSession"


def dependencies_of(dependant):
    return {dependant.call}.union(*(dependencies_of(inner) for inner in dependant.dependencies))


@pytest.mark.parametrize("route", CALLS, ids=" ".join)
def test_an_endpoint_that_writes_leaves_a_line(people, route):
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
    if call.action.startswith("POST "):
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
    assert line["before"] == {"role": "finance", "email": None, "disabled": False}
    assert line["after"] == {"role": "compliance", "email": f"{id_}@example.com", "disabled": False}


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
