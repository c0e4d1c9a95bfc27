"""Who may see what, for every route that the API describes: a route without an expectation here fails."""

import datetime as dt
import subprocess

import pytest
from fastapi.testclient import TestClient

from fenrun.api import create_app
from fenrun.demo import run as demo_run
from fenrun.instance import Instance
from fenrun.kit.settings import Settings
from fenrun.registry import service as registry

PASSWORD = "correct horse battery staple"

# By method and path: who gets what. `own` answers with the caller's own rows; `gone` is 404 for another's id.
OPEN, API_KEY, FINANCE, OWN, OWN_ID, MEMBER = "open", "api key", "finance", "own rows", "own ids", "any member"
EXPECTED = {
    ("post", "/v1/session"): OPEN,
    ("get", "/v1/session"): MEMBER,
    ("delete", "/v1/session"): OPEN,
    ("get", "/v1/partners"): FINANCE,
    ("get", "/v1/partners/{partner_id}"): OWN_ID,
    ("get", "/v1/partners/{partner_id}/earnings"): OWN_ID,
    ("get", "/v1/commissions"): OWN,
    ("get", "/v1/commissions/{commission_id}"): OWN_ID,
    ("get", "/v1/orders"): OWN,
    ("get", "/v1/orders/{order_id}"): OWN_ID,
    ("get", "/v1/batches"): FINANCE,
    ("get", "/v1/batches/{batch_id}"): FINANCE,
    ("get", "/v1/payouts"): OWN,
    ("get", "/v1/refusals"): FINANCE,
    ("post", "/v1/events"): API_KEY,
    ("get", "/v1/audit"): FINANCE,
    ("post", "/v1/audit"): FINANCE,
    ("get", "/v1/accounts"): FINANCE,
    ("get", "/v1/trial-balance"): FINANCE,
    ("get", "/v1/trial-balance/{day}"): FINANCE,
    ("get", "/v1/statements/{partner_id}"): OWN_ID,
    ("get", "/v1/statements/{partner_id}/{month}"): OWN_ID,
    ("get", "/v1/statements/{partner_id}/{month}/pdf"): OWN_ID,
    ("get", "/v1/verifier"): OPEN,
    ("get", "/v1/periods"): FINANCE,
    ("get", "/v1/periods/{month}"): FINANCE,
    ("post", "/v1/periods/{month}/close"): FINANCE,
    ("post", "/v1/periods/{month}/lock"): FINANCE,
    ("get", "/v1/periods/{month}/trial-balance"): FINANCE,
    ("get", "/v1/exports/commissions"): OWN,
    ("get", "/v1/exports/orders"): OWN,
    ("get", "/v1/exports/payouts"): OWN,
    ("get", "/v1/exports/beancount"): OWN,
}
ROUTES = sorted((method, path) for path, methods in create_app(None).openapi()["paths"].items() for method in methods)


class World:
    """A replayed slice, its application, and people who are signed in to it."""

    def __init__(self, app, key):
        self.app, self.key = app, key
        self.anonymous = TestClient(app)
        self.finance = self.signed_in("finance-test")
        self.rich, self.other = self.signed_in("rich"), self.signed_in("other")
        self.rich_id = self.rich.get("/v1/session").json()["partner_id"]
        self.other_id = self.other.get("/v1/session").json()["partner_id"]

    def signed_in(self, login, password=PASSWORD):
        client = TestClient(self.app)
        assert client.post("/v1/session", json={"login": login, "password": password}).status_code == 200
        return client

    def ids(self, client, partner):
        """An id of each kind that a partner's own lists show, by the name in the path."""
        commission = client.get("/v1/commissions").json()["data"][0]
        assert commission["partner_id"] == partner
        return {
            "partner_id": partner,
            "commission_id": commission["id"],
            "order_id": commission["order_id"],
            "batch_id": commission["batch_id"],
        }


@pytest.fixture(scope="module")
def world(replayed, tmp_path_factory):
    [source] = (replayed[1] / "scenarios").iterdir()
    copy = tmp_path_factory.mktemp("access") / "copy"
    subprocess.run(["cp", "-a", source, copy], check=True)  # the database's files keep their owner
    instance = Instance(copy, Settings(home=copy.parent))
    try:
        fact = instance.fact("scenario")
        instance.start_chain(fact["genesis_time"])
        key = demo_run.sign_ins(instance).api_key
        with instance.sessions.begin() as session:
            # Two partners who never share an order, so that whatever one sees of the other's is a leak.
            rows = session.connection().exec_driver_sql(
                "SELECT partner_number, array_agg(order_number) FROM commissions GROUP BY 1 ORDER BY count(*) DESC"
            ).all()  # fmt: skip
            rich, orders = rows[0]
            other = next(number for number, own in rows[1:] if not set(own) & set(orders))
            registry.add_member(session, "finance-test", PASSWORD, "finance", None)
            registry.add_member(session, "rich", PASSWORD, "partner", rich)
            registry.add_member(session, "other", PASSWORD, "partner", other)
        yield World(create_app(instance.road(fact["currency"])), key)
    finally:
        instance.stop()


def at(path, ids):
    """A path with ids in it, of a month and a day that the books have."""
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=60)
    return path.format(month=f"{day:%Y-%m}", day=day, **ids)


def call(client, method, path, **more):
    return client.request(method.upper(), path, **more)


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return True


def everything(client, path, **query):
    """All rows of a list, page after page."""
    rows, after = [], {}
    while True:
        answer = client.get(path, params={"limit": 100, **query, **after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = {"startingAfter": page["data"][-1]["id"]}


def test_every_route_has_an_expectation():
    assert set(ROUTES) == set(EXPECTED)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_signing_in(world, method, path):
    ids = world.ids(world.rich, world.rich_id)
    answer = call(world.anonymous, method, at(path, ids), json={} if method == "post" else None)
    if EXPECTED[method, path] == OPEN:
        assert answer.status_code in (200, 204, 422)
    else:
        assert is_problem(answer, 401, "unauthorized")


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43, "é".encode("latin-1").decode("latin-1"), "a" * 5000])
def test_a_made_up_session_is_none(world, cookie):
    answer = world.anonymous.get("/v1/session", headers={"Cookie": b"fenrun_session=" + cookie.encode("latin-1")})
    assert is_problem(answer, 401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_api_key_is_for_events_alone(world, method, path):
    headers = {"Authorization": f"Bearer {world.key}"}
    ids = world.ids(world.rich, world.rich_id)
    answer = call(world.anonymous, method, at(path, ids), headers=headers, json={} if method == "post" else None)
    match EXPECTED[method, path]:
        case "api key":
            assert is_problem(answer, 422, "malformed")
        case "open":
            assert answer.status_code in (200, 204, 422)
        case _:
            assert is_problem(answer, 401, "unauthorized")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic {key}", "{key}", "Bearer {key}x"])
def test_what_is_no_api_key(world, header):
    answer = world.anonymous.post("/v1/events", json={}, headers={"Authorization": header.format(key=world.key)})
    assert is_problem(answer, 401, "unauthorized")


def test_a_session_does_not_send_events(world):
    assert is_problem(world.finance.post("/v1/events", json={}), 401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if EXPECTED[route] == FINANCE])
def test_finance_pages_are_not_for_partners(world, method, path):
    ids = world.ids(world.rich, world.rich_id)
    assert is_problem(call(world.rich, method, at(path, ids)), 403, "forbidden")


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if EXPECTED[route] == OWN_ID])
def test_a_partner_sees_its_own_and_nobody_elses(world, method, path):
    own, others = world.ids(world.rich, world.rich_id), world.ids(world.other, world.other_id)
    assert call(world.rich, method, at(path, own)).status_code == 200
    assert call(world.finance, method, at(path, own)).status_code == 200
    refused = call(world.rich, method, at(path, others))
    assert is_problem(refused, 404, "not_found")
    # What exists and is another's looks like what does not exist.
    unknown = call(world.rich, method, at(path, {name: f"{id_}x" for name, id_ in others.items()}))
    assert is_problem(unknown, 404, "not_found")
    [wanted] = [others[name] for name in others if f"{{{name}}}" in path]
    assert unknown.json()["detail"].replace(f"{wanted}x", wanted) == refused.json()["detail"]


def test_lists_hold_a_partners_own_rows_alone(world):
    for client, partner in ((world.rich, world.rich_id), (world.other, world.other_id)):
        own = everything(client, "/v1/commissions")
        assert own
        assert {row["partner_id"] for row in own} == {partner}
        assert {row["id"] for row in everything(client, "/v1/orders")} == {row["order_id"] for row in own}
        assert {row["partner_id"] for row in everything(client, "/v1/payouts")} <= {partner}
        of_all = everything(world.finance, "/v1/commissions", partner=partner)
        assert of_all == own
        for row in own[:5]:
            legs = client.get(f"/v1/orders/{row['order_id']}").json()["commissions"]
            assert {leg["partner_id"] for leg in legs} == {partner}
    assert len(everything(world.finance, "/v1/commissions")) > len(everything(world.rich, "/v1/commissions"))


@pytest.mark.parametrize("path", ["/v1/commissions", "/v1/payouts"])
def test_a_filter_does_not_open_another_partners_rows(world, path):
    assert is_problem(world.rich.get(path, params={"partner": world.other_id}), 404, "not_found")
    assert world.rich.get(path, params={"partner": world.rich_id}).status_code == 200
    assert is_problem(world.rich.get(path, params={"partner": "pn_nobody"}), 404, "not_found")


def test_another_partners_order_is_not_found_by_filter_or_search(world):
    others = world.other.get("/v1/commissions").json()["data"][0]
    assert everything(world.rich, "/v1/commissions", order=others["order_id"]) == []
    assert everything(world.rich, "/v1/commissions", search=others["order_external_id"]) == []
    assert everything(world.rich, "/v1/orders", search=others["order_external_id"]) == []
    assert everything(world.rich, "/v1/orders", search="' OR '1'='1") == []
    assert everything(world.rich, "/v1/orders", search="%") == []


@pytest.mark.parametrize("cursor", ["startingAfter", "endingBefore"])
@pytest.mark.parametrize("path", ["/v1/commissions", "/v1/orders", "/v1/payouts"])
def test_a_cursor_of_another_partners_shows_none_of_its_rows(world, path, cursor):
    for row in world.other.get(path).json()["data"][:3]:
        answer = world.rich.get(path, params={cursor: row["id"], "limit": 100})
        own = {known["id"] for known in everything(world.rich, path)}
        assert answer.status_code in (200, 404)
        assert {found["id"] for found in answer.json().get("data", [])} <= own


def test_signing_out_ends_the_session(world):
    client = world.signed_in("rich")
    token = client.cookies["fenrun_session"]
    assert client.get("/v1/session").status_code == 200
    assert client.delete("/v1/session").status_code == 204
    assert is_problem(client.get("/v1/session"), 401, "unauthorized")
    stolen = world.anonymous.get("/v1/session", headers={"Cookie": f"fenrun_session={token}"})
    assert is_problem(stolen, 401, "unauthorized")
    # Another session of the same member goes on.
    assert world.rich.get("/v1/session").status_code == 200


def test_a_wrong_password_looks_like_an_unknown_login(world):
    bodies = []
    for login, password in (("rich", "wrong"), ("nobody", PASSWORD), ("rich", PASSWORD + " "), ("' OR 1=1 --", "x")):
        answer = world.anonymous.post("/v1/session", json={"login": login, "password": password})
        assert is_problem(answer, 401, "unauthorized")
        assert "set-cookie" not in answer.headers
        bodies.append(answer.content)
    assert len(set(bodies)) == 1


def test_the_cookie_is_not_for_scripts_nor_other_sites(world):
    answer = world.anonymous.post("/v1/session", json={"login": "rich", "password": PASSWORD})
    flags = {flag.strip().lower() for flag in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict"} <= flags
    assert PASSWORD not in answer.text
    world.anonymous.cookies.clear()
    secure = TestClient(world.app, base_url="https://testserver")
    answer = secure.post("/v1/session", json={"login": "rich", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_no_token_and_no_password_is_kept_as_it_is(world):
    token = world.rich.cookies["fenrun_session"].encode()
    with world.app.state.sessions() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT token_hash FROM sign_ins UNION ALL SELECT key_hash FROM api_keys"
            " UNION ALL SELECT convert_to(password_hash, 'UTF8') FROM members"
        ).all()  # fmt: skip
    assert all(secret not in bytes(row[0]) for row in rows for secret in (token, world.key.encode(), PASSWORD.encode()))
