"""Who sends events: an API key or a signature, and under which key a repetition is known."""

import datetime as dt
import json
import time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook
from tests.conftest import empty

from fenrun.api import create_app
from fenrun.kit.db import sessions
from fenrun.kit.guard import MAX_BODY_BYTES, Guard
from fenrun.kit.http import install_handlers
from fenrun.registry import service as registry
from fenrun.registry.service import NewPartner
from fenrun.webhooks.event_source import FromSource

PASSWORD, API_KEY = "correct horse battery staple", "frk_of_a_test"
BODY = {"id": "evt-1", "note": "续费 ü"}


class World:
    """A small application with one endpoint that takes events, and the real one, where secrets are kept."""

    def __init__(self, factory):
        app = FastAPI()
        install_handlers(app)
        app.add_middleware(Guard, upload_bytes=1_000_000)

        @app.post("/v1/events")
        def accept(event: dict[str, str], source: FromSource) -> dict[str, str | None]:
            return {"source": source.name, "key": source.idempotency_key, "event": event["id"]}

        real = create_app(None)
        for one in (app, real):
            one.state.sessions, one.state.reference_key = factory, b"k" * 32
        with factory.begin() as session:
            empty(session, "event_source_secrets, api_keys, partners")
            registry.add_api_key(session, "crm", API_KEY)
            registry.add_member(session, "staff", PASSWORD, "finance", None)
            registry.add_partners(session, b"k" * 32, [NewPartner("p-1", "Partner", "DE", "entity")])
            registry.add_member(session, "partner", PASSWORD, "partner", 1)
        self.sessions, self.app = factory, app
        self.client = TestClient(app)
        self.staff, self.partner = TestClient(real), TestClient(real)
        for login in ("staff", "partner"):
            assert getattr(self, login).post("/v1/session", json={"login": login, "password": PASSWORD}).is_success

    def secret(self, source="billing", **body):
        answer = self.staff.post(f"/v1/event-source-secrets/{source}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def send(self, headers, body=None, source="billing"):
        content = json.dumps(body or BODY).encode() if not isinstance(body, bytes) else body
        address = "/v1/events" + (f"?source={source}" if source else "")
        return self.client.post(address, content=content, headers={"Content-Type": "application/json", **headers})


@pytest.fixture(scope="module")
def people(empty_database):
    return World(sessions(empty_database))


@pytest.fixture
def world(people):
    with people.sessions.begin() as session:
        session.execute(text("TRUNCATE event_source_secrets"))
    return people


def signed(secret, body=None, id_="msg_1", at=None):
    content = json.dumps(body or BODY)
    moment = int(time.time()) if at is None else at
    signature = Webhook(secret).sign(id_, dt.datetime.fromtimestamp(moment, dt.UTC), content)
    return {"webhook-id": id_, "webhook-timestamp": str(moment), "webhook-signature": signature}


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return True


def test_an_api_key_names_the_source_and_the_header_the_repetition(world):
    authorized = {"Authorization": f"Bearer {API_KEY}"}
    answer = world.send({**authorized, "Idempotency-Key": "k-1"}, source=None)
    assert answer.json() == {"source": "crm", "key": "k-1", "event": "evt-1"}
    assert world.send(authorized, source=None).json()["key"] is None
    # An API key says whose it is; the address does not.
    assert world.send(authorized, source="billing").json()["source"] == "crm"


def test_a_signature_names_nobody_so_the_address_does_and_the_id_is_the_repetition(world):
    secret = world.secret()["secret"]
    answer = world.send({**signed(secret), "Idempotency-Key": "ignored"})
    assert answer.json() == {"source": "billing", "key": "msg_1", "event": "evt-1"}


def test_neither_is_nobody(world):
    assert is_problem(world.send({}), 401, "unauthorized")
    assert is_problem(world.send({"Authorization": "Bearer x"}), 401, "unauthorized")


def test_a_bad_signature_is_not_made_good_by_an_api_key(world):
    world.secret()
    other = Webhook(b"another secret of 24 bytes or more")
    headers = signed(other._whsecret) | {"Authorization": f"Bearer {API_KEY}"}
    assert is_problem(world.send(headers), 401, "webhook_signature_invalid")


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_all_three_headers_are_needed(world, missing):
    headers = signed(world.secret()["secret"]) | {"Authorization": f"Bearer {API_KEY}"}
    del headers[missing]
    assert is_problem(world.send(headers), 401, "webhook_signature_invalid")


def test_the_source_must_be_said_and_be_the_one_that_signed(world):
    secret = world.secret()["secret"]
    assert is_problem(world.send(signed(secret), source=None), 401, "webhook_signature_invalid")
    unknown = world.send(signed(secret), source="nobody")
    world.secret("other")
    another = world.send(signed(secret), source="other")
    assert is_problem(unknown, 401, "webhook_signature_invalid")
    # Whether a source exists is not told.
    assert unknown.content == another.content


def test_five_minutes_are_the_tolerance(world):
    secret, now = world.secret()["secret"], int(time.time())
    assert world.send(signed(secret, at=now - 290)).status_code == 200
    assert is_problem(world.send(signed(secret, at=now - 310)), 401, "webhook_signature_invalid")
    assert is_problem(world.send(signed(secret, at=now + 310)), 401, "webhook_signature_invalid")


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean(world):
    headers = signed(world.secret()["secret"])
    assert world.send(headers).status_code == 200
    reformatted = json.dumps(BODY, indent=1).encode()
    assert is_problem(world.send(headers, reformatted), 401, "webhook_signature_invalid")


def test_who_signs_well_may_still_say_nonsense(world):
    secret = world.secret()["secret"]
    assert is_problem(world.send(signed(secret, {"id": 7}), {"id": 7}), 422, "malformed")
    assert is_problem(world.send({}, b"x" * (MAX_BODY_BYTES + 1)), 413, "too_large")


def test_two_secrets_while_one_replaces_the_other(world):
    old, new = world.secret(), world.secret()
    answer = world.staff.post("/v1/event-source-secrets/billing", json={})
    assert is_problem(answer, 409, "event_source_secrets_too_many")
    for secret in (old, new):
        assert world.send(signed(secret["secret"])).status_code == 200
    listed = world.staff.get("/v1/event-source-secrets").json()
    assert [row["id"] for row in listed] == [old["id"], new["id"]]
    assert all("secret" not in row for row in listed)
    assert world.staff.delete(f"/v1/event-source-secrets/other/{old['id']}").status_code == 404
    assert world.staff.delete(f"/v1/event-source-secrets/billing/{old['id']}").status_code == 204
    assert is_problem(world.send(signed(old["secret"])), 401, "webhook_signature_invalid")
    assert world.send(signed(new["secret"])).status_code == 200


def test_a_secret_that_the_sender_chose_is_taken_and_not_shown_again(world):
    given = "whsec_" + "QUJD" * 11
    made = world.secret(secret=given)
    assert made["secret"] is None
    assert world.send(signed(given)).status_code == 200
    answer = world.staff.post("/v1/event-source-secrets/billing", json={"secret": "whsec_short"})
    assert is_problem(answer, 422, "malformed")


def test_no_secret_is_kept_as_it_is(world):
    given = "whsec_" + "QUJD" * 11
    world.secret(secret=given)
    with world.sessions() as session:
        kept = session.execute(text("SELECT secret FROM event_source_secrets")).scalar_one()
    assert b"ABCABC" not in bytes(kept)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/v1/event-source-secrets"),
        ("post", "/v1/event-source-secrets/billing"),
        ("delete", "/v1/event-source-secrets/billing/ess_1"),
    ],
)
def test_secrets_of_sources_are_for_the_staff(world, method, path):
    body = {} if method == "post" else None
    assert is_problem(world.partner.request(method, path, json=body), 403, "forbidden")
    assert is_problem(TestClient(world.staff.app).request(method, path, json=body), 401, "unauthorized")


@pytest.mark.parametrize("source", ["a b", "é", "x" * 101, "a.b"])
def test_a_source_has_a_plain_name(world, source):
    assert is_problem(world.staff.post(f"/v1/event-source-secrets/{source}", json={}), 422, "malformed")


def test_a_signed_event_becomes_an_order_once_however_often_it_is_sent(as_finance, road):
    secret = as_finance.post("/v1/event-source-secrets/billing", json={}).json()["secret"]
    as_finance.cookies.clear()
    with road.sessions() as session:
        customer = session.execute(text("SELECT external_id FROM customers ORDER BY number LIMIT 1")).scalar_one()
    paid_at = dt.datetime.now(dt.UTC).isoformat()
    about = {"order_id": "B-1", "customer_id": customer, "amount": "10.00", "currency": "USD", "paid_at": paid_at}
    body = {"id": "evt-1", "type": "subscription.renewed", "data": about}
    answers = [
        as_finance.post(
            "/v1/events",
            params={"source": "billing"},
            content=json.dumps(body),
            headers={"Content-Type": "application/json", **signed(secret, body, at=int(time.time()) - attempt)},
        )
        for attempt in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 202], answers[0].text
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true", "true"]
    assert len({answer.json()["order_id"] for answer in answers}) == 1
    with road.sessions() as session:
        orders = session.execute(text("SELECT source FROM orders WHERE external_id = 'B-1'")).scalars().all()
    assert orders == ["billing"]
