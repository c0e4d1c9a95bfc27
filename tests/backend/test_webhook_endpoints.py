"""The API of webhooks: whose endpoints are whose, what is refused and why, secrets shown once, the log."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook
from tests.conftest import empty
from tests.receivers import receiver

from fenrun.api import create_app
from fenrun.kit import outbox
from fenrun.kit.db import sessions
from fenrun.registry import service as registry
from fenrun.registry.models import Partner
from fenrun.webhooks.events import SUBSCRIBABLE, TYPES
from fenrun.webhooks.sending import Sender
from fenrun.webhooks.service import ENDPOINTS_PER_OWNER
from fenrun.webhooks.tasks import Courier

KEY = b"k" * 32
PASSWORD = "correct horse battery staple"
TABLES = "messages, subscriptions, webhook_endpoints, webhook_deliveries, webhook_attempts, event_source_secrets"


class World:
    def __init__(self, factory):
        self.sessions = factory
        self.app = create_app(None)
        self.app.state.sessions, self.app.state.reference_key = factory, KEY
        self.app.state.webhooks_internal = True
        self.courier = Courier(factory, KEY, Sender(internal=True))
        with factory.begin() as session:
            empty(session, f"{TABLES}, partners")
            for number in (7, 8):
                session.add(Partner(number=number, id=f"pn_{number}", external_id=f"p-{number}", name=f"P {number}",
                                    country="CN", type="entity", partner_ref=bytes(32)))  # fmt: skip
            session.flush()
            registry.add_member(session, "staff", PASSWORD, "finance", None)
            registry.add_member(session, "seven", PASSWORD, "partner", 7)
            registry.add_member(session, "eight", PASSWORD, "partner", 8)
        self.staff, self.seven, self.eight = (self.signed_in(login) for login in ("staff", "seven", "eight"))

    def signed_in(self, login):
        client = TestClient(self.app)
        assert client.post("/v1/session", json={"login": login, "password": PASSWORD}).status_code == 200
        return client

    def announce(self, key, partner=7):
        with self.sessions.begin() as session:
            outbox.announce(session, "payout.completed", {"id": key}, key=key, at=dt.datetime.now(dt.UTC),
                            partner_number=partner)  # fmt: skip


@pytest.fixture(scope="module")
def people(empty_database):
    return World(sessions(empty_database))


@pytest.fixture
def world(people):
    with people.sessions.begin() as session:
        session.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    people.app.state.webhooks_internal = True
    return people


def add(client, url="http://127.0.0.1:9/a", types=("payout.completed",), status=201, **more):
    answer = client.post("/v1/webhook-endpoints", json={"url": url, "event_types": list(types), **more})
    assert answer.status_code == status, answer.text
    return answer.json()


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return True


# --- Endpoints ------------------------------------------------------------------------------------------------


def test_an_endpoint_is_shown_with_its_secret_once(world):
    made = add(world.seven, description="our CRM", types=["payout.failed", "payout.completed", "payout.failed"])
    assert made["secret"].startswith("whsec_")
    shown = world.seven.get(f"/v1/webhook-endpoints/{made['id']}").json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert shown | {"id": "", "created_at": ""} == {
        "id": "", "partner_id": "pn_7", "url": "http://127.0.0.1:9/a", "description": "our CRM",
        "event_types": ["payout.completed", "payout.failed"], "status": "enabled", "disabled_reason": None,
        "failing_since": None, "previous_secret_until": None, "created_at": "",
    }  # fmt: skip
    assert add(world.staff)["partner_id"] is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://", "write it whole"),
        ("crm.example.com/fenrun", "write it whole"),
        ("ftp://crm.example.com/", "write it whole"),
        ("javascript:alert(1)", "write it whole"),
        ("http://crm.example.com/", "as in https://"),
        ("https://u:p@crm.example.com/", "the part before @"),
        ("https://crm.example.com/#x", "the part after #"),
        ("https://crm.example.com:0/", "write it whole"),
        ("https://crm.example.com:99999/", "Port"),
        ("https://[::1/", "url:"),
        ("https://127.0.0.1/", "127.0.0.1 is not a public address"),
        ("https://[::ffff:169.254.169.254]/", "is not a public address"),
    ],
)
def test_an_address_that_is_never_sent_to_is_refused(world, url, says):
    world.app.state.webhooks_internal = False
    answer = world.seven.post("/v1/webhook-endpoints", json={"url": url, "event_types": ["payout.completed"]})
    assert is_problem(answer, 422, "webhook_url")
    assert says in answer.json()["detail"]
    made = add(world.seven, "https://crm.example.com/fenrun?a=b")
    answer = world.seven.patch(f"/v1/webhook-endpoints/{made['id']}", json={"url": url})
    assert is_problem(answer, 422, "webhook_url")


@pytest.mark.parametrize("types", [["payout.paid"], ["webhook_endpoint.test"], ["payout.completed", "*"]])
def test_event_types_that_there_are_not_are_refused(world, types):
    answer = world.staff.post("/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/", "event_types": types})
    assert is_problem(answer, 422, "webhook_event_type")
    assert "payout.completed" in answer.json()["detail"]


@pytest.mark.parametrize("type", [name for name in TYPES if TYPES[name].staff_only])
def test_what_is_for_the_staff_is_not_for_partners(world, type):
    answer = world.seven.post("/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/", "event_types": [type]})
    assert is_problem(answer, 422, "webhook_event_type")
    add(world.staff, types=[type])


@pytest.mark.parametrize(
    "body",
    [
        {}, {"url": "https://a.example/"}, {"url": "https://a.example/", "event_types": []},
        {"url": "https://a.example/\n", "event_types": ["payout.failed"]},
        {"url": "https://ä.example/", "event_types": ["payout.failed"]},
        {"url": "https://a.example/" + "a" * 2000, "event_types": ["payout.failed"]},
        {"url": "https://a.example/", "event_types": ["payout.failed"], "description": "a\0b"},
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused(world, body):
    assert is_problem(world.staff.post("/v1/webhook-endpoints", json=body), 422, "malformed")


def test_an_owner_has_one_endpoint_at_an_address(world):
    made = add(world.seven)
    answer = world.seven.post("/v1/webhook-endpoints", json={"url": made["url"], "event_types": ["payout.failed"]})
    assert is_problem(answer, 409, "webhook_endpoint_exists")
    assert made["id"] in answer.json()["detail"]
    add(world.eight)
    add(world.staff)
    assert is_problem(world.staff.post("/v1/webhook-endpoints",
                                       json={"url": made["url"], "event_types": ["payout.failed"]}),
                      409, "webhook_endpoint_exists")  # fmt: skip


def test_an_owner_has_twenty_endpoints_at_most(world):
    for n in range(ENDPOINTS_PER_OWNER):
        add(world.seven, f"http://127.0.0.1:9/{n}")
    answer = world.seven.post("/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/x",
                                                             "event_types": ["payout.failed"]})  # fmt: skip
    assert is_problem(answer, 409, "webhook_endpoints_too_many")
    add(world.eight)


def test_what_is_given_is_changed_and_the_rest_stays(world):
    made = add(world.seven, description="before")
    path = f"/v1/webhook-endpoints/{made['id']}"
    assert world.seven.patch(path, json={}).json()["description"] == "before"
    changed = world.seven.patch(path, json={"description": "after", "event_types": ["payout.failed"]}).json()
    assert (changed["description"], changed["event_types"], changed["url"]) == ("after", ["payout.failed"], made["url"])
    disabled = world.seven.patch(path, json={"enabled": False}).json()
    assert (disabled["status"], disabled["disabled_reason"]) == ("disabled", "asked")
    assert is_problem(world.seven.post(f"{path}/test"), 409, "webhook_endpoint_disabled")
    since = {"since": "2026-01-01T00:00:00Z"}
    assert is_problem(world.seven.post(f"{path}/resend", json=since), 409, "webhook_endpoint_disabled")
    enabled = world.seven.patch(path, json={"enabled": True}).json()
    assert (enabled["status"], enabled["disabled_reason"]) == ("enabled", None)
    assert world.seven.delete(path).status_code == 204
    assert is_problem(world.seven.get(path), 404, "not_found")


def test_lists_go_page_by_page_newest_first(world):
    made = [add(world.seven, f"http://127.0.0.1:9/{n}")["id"] for n in range(5)]
    seen, after = [], {}
    while True:
        page = world.seven.get("/v1/webhook-endpoints", params={"limit": 2, **after}).json()
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        after = {"startingAfter": seen[-1]}
    assert seen == made[::-1]
    before = world.seven.get("/v1/webhook-endpoints", params={"limit": 2, "endingBefore": seen[-1]}).json()
    assert [row["id"] for row in before["data"]] == seen[2:4]


# --- Whose is whose -------------------------------------------------------------------------------------------

ENDPOINT_CALLS = [
    ("get", "/v1/webhook-endpoints/{endpoint}", None, 200),
    ("patch", "/v1/webhook-endpoints/{endpoint}", {"description": "mine"}, 200),
    ("post", "/v1/webhook-endpoints/{endpoint}/rotate-secret", {}, 200),
    ("post", "/v1/webhook-endpoints/{endpoint}/test", None, 202),
    ("post", "/v1/webhook-endpoints/{endpoint}/resend", {"since": "2026-01-01T00:00:00Z"}, 202),
    ("get", "/v1/webhook-deliveries/{delivery}", None, 200),
    ("post", "/v1/webhook-deliveries/{delivery}/resend", None, 202),
    ("delete", "/v1/webhook-endpoints/{endpoint}", None, 204),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), ENDPOINT_CALLS)
def test_a_partner_reaches_its_own_and_nobody_elses(world, method, path, body, status):
    own, others, staffs = add(world.seven), add(world.eight), add(world.staff)
    deliveries = {}
    for client, made in ((world.seven, own), (world.eight, others), (world.staff, staffs)):
        deliveries[made["id"]] = client.post(f"/v1/webhook-endpoints/{made['id']}/test").json()["id"]
    for made in (others, staffs):
        address = path.format(endpoint=made["id"], delivery=deliveries[made["id"]])
        assert is_problem(world.seven.request(method, address, json=body), 404, "not_found")
        unknown = path.format(endpoint="wh_nobody", delivery="wd_nobody")
        assert is_problem(world.seven.request(method, unknown, json=body), 404, "not_found")
        assert is_problem(TestClient(world.app).request(method, address, json=body), 401, "unauthorized")
    address = path.format(endpoint=own["id"], delivery=deliveries[own["id"]])
    assert world.seven.request(method, address, json=body).status_code == status
    address = path.format(endpoint=others["id"], delivery=deliveries[others["id"]])
    assert world.staff.request(method, address, json=body).status_code == status


def test_lists_hold_a_partners_own_alone(world):
    own, others = add(world.seven), add(world.eight)
    for n in range(3):
        world.announce(f"7-{n}", 7)
        world.announce(f"8-{n}", 8)
    world.courier.distribute()
    assert [row["id"] for row in world.seven.get("/v1/webhook-endpoints").json()["data"]] == [own["id"]]
    rows = world.seven.get("/v1/webhook-deliveries").json()["data"]
    assert {row["endpoint_id"] for row in rows} == {own["id"]}
    assert len(rows) == 3
    assert world.seven.get("/v1/webhook-deliveries", params={"endpoint": others["id"]}).json()["data"] == []
    cursor = world.eight.get("/v1/webhook-deliveries").json()["data"][0]["id"]
    leaked = world.seven.get("/v1/webhook-deliveries", params={"startingAfter": cursor}).json()["data"]
    assert {row["endpoint_id"] for row in leaked} <= {own["id"]}
    assert len(world.staff.get("/v1/webhook-endpoints").json()["data"]) == 2
    assert len(world.staff.get("/v1/webhook-deliveries").json()["data"]) == 6


# --- Sending and the log --------------------------------------------------------------------------------------


def test_a_test_message_tells_what_came_of_it(world):
    with receiver() as there:
        there.status, there.body = 500, b"<b>no</b>"
        made = add(world.seven, there.url, ["payout.failed"])
        queued = world.seven.post(f"/v1/webhook-endpoints/{made['id']}/test").json()
        assert (queued["status"], queued["type"], queued["attempts"]) == ("pending", "webhook_endpoint.test", 0)
        world.courier.drain()
        verified = Webhook(made["secret"]).verify(there.got[0].body, there.got[0].headers)
        assert verified["data"] == {"id": made["id"]}
        assert there.got[0].headers["webhook-id"] == queued["message_id"]
    shown = world.seven.get(f"/v1/webhook-deliveries/{queued['id']}").json()
    assert (shown["status"], shown["attempts"], shown["last_status_code"]) == ("pending", 1, 500)
    assert shown["body"] == verified
    assert shown["next_attempt_at"] is not None
    [attempt] = shown["log"]
    assert (attempt["number"], attempt["status_code"], attempt["response"]) == (1, 500, "<b>no</b>")
    assert attempt["duration_ms"] >= 0


def test_deliveries_are_filtered_and_sent_again(world):
    with receiver() as there:
        made = add(world.seven, there.url)
        world.announce("a")
        world.courier.drain()
        world.seven.post(f"/v1/webhook-endpoints/{made['id']}/test")

        def found(**filters):
            return [row["type"] for row in world.seven.get("/v1/webhook-deliveries", params=filters).json()["data"]]

        assert found() == ["webhook_endpoint.test", "payout.completed"]
        assert found(status="delivered") == found(type="payout.completed") == ["payout.completed"]
        assert found(status="pending") == ["webhook_endpoint.test"]
        assert is_problem(world.seven.get("/v1/webhook-deliveries", params={"status": "lost"}), 422, "malformed")

        [old] = world.seven.get("/v1/webhook-deliveries", params={"status": "delivered"}).json()["data"]
        again = world.seven.post(f"/v1/webhook-deliveries/{old['id']}/resend").json()
        assert (again["status"], again["delivered_at"], again["attempts"]) == ("pending", None, 1)
        world.courier.drain()
        assert there.ids.count(old["message_id"]) == 2
        since = {"since": "2026-01-01T00:00:00+08:00", "delivered_too": True}
        assert world.seven.post(f"/v1/webhook-endpoints/{made['id']}/resend", json=since).json() == {"queued": 2}
        late = {"since": "2026-01-01T00:00:00"}
        assert is_problem(world.seven.post(f"/v1/webhook-endpoints/{made['id']}/resend", json=late), 422, "malformed")


def test_a_rotation_shows_the_new_secret_once_and_until_when_the_old_one_signs(world):
    with receiver() as there:
        made = add(world.seven, there.url)
        path = f"/v1/webhook-endpoints/{made['id']}/rotate-secret"
        rotated = world.seven.post(path, json={"overlap_hours": 1}).json()
        assert rotated["secret"] not in (made["secret"], None)
        assert rotated["previous_secret_until"] is not None
        assert "secret" not in world.seven.get(f"/v1/webhook-endpoints/{made['id']}").json()
        world.announce("a")
        world.courier.drain()
        for secret in (made["secret"], rotated["secret"]):
            Webhook(secret).verify(there.got[0].body, there.got[0].headers)
        # After a leak: at once.
        world.seven.post(path, json={"overlap_hours": 0})
        world.announce("b")
        world.courier.drain()
        assert there.got[1].headers["webhook-signature"].count("v1,") == 1
    assert is_problem(world.seven.post(path, json={"overlap_hours": 169}), 422, "malformed")


def test_every_type_can_be_subscribed_to_by_the_staff(world):
    assert sorted(add(world.staff, types=SUBSCRIBABLE)["event_types"]) == sorted(SUBSCRIBABLE)
