"""The API against its conventions: events and their retries, pages, filters, explanations, problems, the portal."""

import datetime as dt
import subprocess
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from fenrun import api as api_module
from fenrun import worker
from fenrun.api import create_app
from fenrun.demo import run as demo_run
from fenrun.instance import Instance
from fenrun.kit.settings import Settings
from fenrun.settlement import audit

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
PAID = (NOW - dt.timedelta(hours=1)).isoformat()


@pytest.fixture(scope="module")
def world(replayed, tmp_path_factory):
    """A replayed slice on a copy of its own: its road, and clients of its API."""
    [source] = (replayed[1] / "scenarios").iterdir()
    copy = tmp_path_factory.mktemp("api") / "copy"
    subprocess.run(["cp", "-a", source, copy], check=True)  # the database's files keep their owner
    instance = Instance(copy, Settings(home=copy.parent))
    try:
        fact = instance.fact("scenario")
        instance.start_chain(fact["genesis_time"])
        who = demo_run.sign_ins(instance)

        road = instance.road(fact["currency"])
        app = create_app(road)
        clients = {}
        for role, (login, password) in (("finance", who.finance), ("partner", who.partner)):
            clients[role] = TestClient(app, raise_server_exceptions=False)
            answer = clients[role].post("/v1/session", json={"login": login, "password": password})
            assert answer.status_code == 200
        with road.sessions() as session:
            customers = session.connection().exec_driver_sql(
                "SELECT external_id, min(effective_from) FROM customers c JOIN referrals r"
                " ON r.customer_number = c.number GROUP BY 1 ORDER BY 1"
            ).all()  # fmt: skip
        crm = TestClient(app, headers={"Authorization": f"Bearer {who.api_key}"}, raise_server_exceptions=False)
        yield SimpleNamespace(road=road, app=app, crm=crm, customers=customers, **clients)
    finally:
        instance.stop()


def event(world, **data):
    """A good event about a new order, changed."""
    top = {name: data.pop(name) for name in ("id", "type") if name in data}
    order = f"API-{uuid.uuid4().hex[:8]}"
    about = {"order_id": order, "customer_id": world.customers[0][0], "amount": "100.00", "currency": "USD",
             "paid_at": PAID, **data}  # fmt: skip
    return {"id": f"evt-{order}", "type": "subscription.renewed", "data": about, **top}


def send(world, body, key=None):
    return world.crm.post("/v1/events", json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= problem.keys()
    return True


# --- Events ---------------------------------------------------------------------------------------------------


def test_an_event_needs_a_key_for_retries(world):
    assert is_problem(world.crm.post("/v1/events", json=event(world)), 400, "idempotency_key_missing")
    long = world.crm.post("/v1/events", json=event(world), headers={"Idempotency-Key": "k" * 256})
    assert is_problem(long, 400, "idempotency_key_missing")


def test_a_retry_is_answered_as_the_first_time(world):
    body, key = event(world), uuid.uuid4().hex
    first, again = send(world, body, key), send(world, body, key)
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = send(world, event(world), key)
    assert is_problem(other, 422, "idempotency_key_reused")


def test_the_same_order_under_another_key_is_the_same_order(world):
    body = event(world)
    first, again = send(world, body), send(world, body)
    assert again.status_code == 202
    assert again.json() == {**first.json(), "replayed": True}
    body["data"]["amount"] = "100.01"
    assert is_problem(send(world, body), 409, "order_conflict")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": "0"}, 409, "amount_not_positive"),
        ({"amount": "-5.00"}, 409, "amount_not_positive"),
        ({"amount": "1.001"}, 422, "amount_precision"),
        ({"amount": "ten"}, 422, "amount_malformed"),
        ({"amount": "1e3"}, 422, "amount_malformed"),
        ({"amount": "92233720368547758.08"}, 422, "amount_too_large"),
        ({"amount": "9" * 65}, 422, "malformed"),
        ({"amount": 100.0}, 422, "malformed"),
        ({"amount": 100}, 422, "malformed"),
        ({"amount": None}, 422, "malformed"),
        ({"customer_id": ""}, 422, "malformed"),
        ({"customer_id": "c" * 201}, 422, "malformed"),
        ({"order_id": "o" * 10_000_000}, 413, "too_large"),
        ({"order_id": "a\0b"}, 422, "malformed"),
        ({"paid_at": "9999-12-31T23:59:59-01:00"}, 409, "paid_in_future"),
        ({"currency": "EUR"}, 409, "currency_unknown"),
        ({"currency": "ZZZ"}, 409, "currency_unknown"),
        ({"currency": "usd"}, 422, "malformed"),
        ({"paid_at": "1990-01-01T00:00:00Z"}, 409, "referral_not_in_force"),
        ({"paid_at": "2025-02-30T00:00:00Z"}, 422, "malformed"),
        ({"paid_at": "2025-02-01T00:00:00"}, 422, "malformed"),
        ({"paid_at": ""}, 422, "malformed"),
        ({"type": "subscription.exploded"}, 422, "malformed"),
        ({"id": ""}, 422, "malformed"),
    ],
)
def test_what_is_refused_says_why_and_can_be_sent_again_corrected(world, change, status, code):
    key, good = uuid.uuid4().hex, event(world)
    bad = {**good, "data": {**good["data"]}}
    for name, value in change.items():
        (bad if name in ("id", "type") else bad["data"])[name] = value
    answer = send(world, bad, key)
    assert is_problem(answer, status, code)
    assert len(answer.content) < 2_000
    assert send(world, good, key).status_code == 202


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b'"x"', b'{"id": "a"}'])
def test_a_body_that_is_no_event(world, content):
    headers = {"Idempotency-Key": "x", "Content-Type": "application/json"}
    assert is_problem(world.crm.post("/v1/events", content=content, headers=headers), 422, "malformed")


def test_two_posts_at_once_with_one_key_make_one_order(world):
    for _ in range(3):
        body, key = event(world), uuid.uuid4().hex
        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda _: send(world, body, key), range(6)))  # noqa: B023 - joined inside
        accepted = [answer.json()["order_id"] for answer in answers if answer.status_code == 202]
        assert accepted
        assert len(set(accepted)) == 1
        assert {a.status_code for a in answers} <= {202, 409}
        for answer in answers:
            assert answer.status_code == 202 or is_problem(answer, 409, "idempotency_key_in_flight")
        found = world.finance.get("/v1/orders", params={"search": body["data"]["order_id"]}).json()["data"]
        assert [order["id"] for order in found] == accepted[:1]


def test_an_accepted_event_is_settled_and_the_books_still_agree(world):
    body = event(world, amount="1234.56")
    order_id = send(world, body).json()["order_id"]
    before = world.finance.get(f"/v1/orders/{order_id}").json()
    assert before["status"] == "pending"
    assert before["commissions"] == []
    for _ in range(6):
        worker.tick(world.road)
    order = world.finance.get(f"/v1/orders/{order_id}").json()
    assert order["status"] == "finalized"
    assert order["base"] == "123456"
    assert order["settled_on"] == dt.datetime.now(dt.UTC).date().isoformat()
    [listed] = world.finance.get("/v1/orders", params={"search": body["data"]["order_id"]}).json()["data"]
    assert listed == {name: order[name] for name in listed}
    for leg in order["commissions"]:
        assert leg["finalized"] is True
        assert int(leg["amount"]) == 123_456 * leg["rate_bps"] // 10_000
    assert not everything(world.finance, "/v1/orders", status="pending")
    with world.road.sessions.begin() as session:
        verdict = audit.run(session, world.road.client, world.road.deployment, world.road.keys.reference_key)
    assert verdict["ok"] is True, verdict
    assert world.finance.get("/v1/trial-balance").json()["balanced"] is True
    assert world.finance.post("/v1/audit").json()["ok"] is True
    assert world.finance.get("/v1/audit").json()["ok"] is True


# --- Pages and filters ------------------------------------------------------------------------------------------

LISTS = ["/v1/partners", "/v1/commissions", "/v1/orders", "/v1/batches", "/v1/payouts", "/v1/refusals", "/v1/accounts"]


def everything(client, path, limit=100, **query):
    """All rows of a list, page after page."""
    rows, after = [], {}
    while True:
        answer = client.get(path, params={"limit": limit, **query, **after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        assert len(page["data"]) == limit
        after = {"startingAfter": page["data"][-1]["id"]}


@pytest.mark.parametrize("path", LISTS)
def test_pages_forth_and_back_are_the_whole_list(world, path):
    whole = [row["id"] for row in everything(world.finance, path)]
    assert len(set(whole)) == len(whole)
    if not whole:
        assert path == "/v1/refusals"
        return
    some = whole[:23]
    forth = world.finance.get(path, params={"limit": 7}).json()
    pages = [[row["id"] for row in forth["data"]]]
    while forth["has_more"] and len(pages) < 3:
        forth = world.finance.get(path, params={"limit": 7, "startingAfter": pages[-1][-1]}).json()
        pages.append([row["id"] for row in forth["data"]])
    seen = [id_ for page in pages for id_ in page]
    assert seen == some[: len(seen)]
    last = min(len(whole), 20)
    if last == len(whole):
        end = world.finance.get(path, params={"startingAfter": whole[-1]}).json()
        assert end == {"data": [], "has_more": False}
    back = world.finance.get(path, params={"limit": 5, "endingBefore": whole[last - 1]}).json()
    assert [row["id"] for row in back["data"]] == whole[max(0, last - 6) : last - 1]
    assert back["has_more"] is (last - 1 > 5)
    first = world.finance.get(path, params={"limit": 5, "endingBefore": whole[0]}).json()
    assert first == {"data": [], "has_more": False}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "9" * 30])
def test_a_limit_that_is_none(world, path, limit):
    assert is_problem(world.finance.get(path, params={"limit": limit}), 422, "malformed")


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/v1/partners"])
@pytest.mark.parametrize("cursor", ["startingAfter", "endingBefore"])
def test_a_cursor_that_is_none(world, path, cursor):
    assert is_problem(world.finance.get(path, params={cursor: "nothing"}), 404, "not_found")
    assert is_problem(world.finance.get(path, params={cursor: "x" * 65}), 422, "malformed")


@pytest.mark.parametrize("who", ["finance", "partner"])
def test_filters_choose_what_they_say(world, who):
    client = getattr(world, who)
    whole = everything(client, "/v1/commissions")
    for role in ("referrer", "implementer", "trainer"):
        assert everything(client, "/v1/commissions", role=role) == [row for row in whole if row["role"] == role]
    for status in ("pending", "approved", "paid", "processed"):
        found = everything(client, "/v1/commissions", status=status)
        assert found == [row for row in whole if row["status"] == status]
    months = sorted({row["settled_on"][:7] for row in whole})
    for month in (months[0], months[-1]):
        found = everything(client, "/v1/commissions", month=month)
        assert found == [row for row in whole if row["settled_on"].startswith(month)]
    assert everything(client, "/v1/commissions", month="1970-01") == []
    one = whole[len(whole) // 2]
    found = everything(client, "/v1/commissions", search=one["order_external_id"].lower())
    assert one in found
    assert all(one["order_external_id"] in row["order_external_id"] for row in found)
    found = everything(client, "/v1/commissions", month=one["settled_on"][:7], role=one["role"], status=one["status"])
    assert one in found
    assert everything(client, "/v1/commissions", order=one["order_id"]) == [
        row for row in whole if row["order_id"] == one["order_id"]
    ]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"; DROP TABLE orders; --', "元", "\U0001f600"])
def test_a_search_is_text_and_nothing_else(world, text):
    for path in ("/v1/orders", "/v1/commissions", "/v1/partners"):
        found = everything(world.finance, path, search=text)
        assert all(any(text in str(value) for value in row.values()) for row in found)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/commissions", {"month": "2025-13"}), ("/v1/commissions", {"month": "2025-1"}),
        ("/v1/commissions", {"month": "2025-01-01"}), ("/v1/commissions", {"month": ""}),
        ("/v1/commissions", {"role": "janitor"}), ("/v1/commissions", {"status": "lost"}),
        ("/v1/orders", {"status": "lost"}), ("/v1/orders", {"search": "x" * 101}),
        ("/v1/commissions", {"partner": "x" * 65}),
    ],
)  # fmt: skip
def test_a_filter_that_is_none(world, path, query):
    assert is_problem(world.finance.get(path, params=query), 422, "malformed")


# --- Explanations -----------------------------------------------------------------------------------------------


def test_every_amount_follows_from_what_is_shown_beside_it(world):
    rows = everything(world.finance, "/v1/commissions")
    assert len(rows) > 300
    volume, counted = defaultdict(int), set()
    for row in rows:
        if int(row["amount"]) > 0 and (row["partner_id"], row["order_id"]) not in counted:
            counted.add((row["partner_id"], row["order_id"]))
            volume[row["partner_id"], row["settled_on"][:7]] += int(row["base"])
    tiers = set()
    for row in rows:
        assert int(row["amount"]) == int(row["base"]) * row["rate_bps"] // 10_000
        thresholds = [int(threshold) for threshold in row["plan"]["tier_thresholds"]]
        assert row["tier"] == sum(int(row["tier_volume"]) >= threshold for threshold in thresholds)
        first = dt.date.fromisoformat(row["settled_on"]).replace(day=1)
        assert row["tier_month"] == f"{first - dt.timedelta(days=1):%Y-%m}"
        assert int(row["tier_volume"]) == volume[row["partner_id"], row["tier_month"]]
        hold = dt.date.fromisoformat(row["payable_on"]) - dt.date.fromisoformat(row["settled_on"])
        assert hold.days == row["plan"]["hold_days"] + 1
        if row["paid_on"]:
            assert row["status"] == "paid"
            assert row["paid_on"] >= row["payable_on"]
        tiers.add(row["tier"])
    assert len(tiers) > 1, "the slice should climb a tier"


def test_months_and_balances_add_up(world):
    rows = everything(world.finance, "/v1/commissions")
    for partner in everything(world.finance, "/v1/partners"):
        shown = world.finance.get(f"/v1/partners/{partner['id']}/earnings").json()
        own = [row for row in rows if row["partner_id"] == partner["id"]]
        earned = sum(int(row["amount"]) for row in own)
        assert int(shown["earned"]) == earned == int(partner["earned"])
        assert sum(int(month["earned"]) for month in shown["months"]) == earned
        assert sum(int(month["paid"]) for month in shown["months"]) == int(shown["paid"])
        held, available, paid, debt = (int(shown[name]) for name in ("held", "available", "paid", "debt"))
        assert held + available + paid - debt == earned
        assert held == sum(int(row["amount"]) for row in own if row["status"] == "pending")
        assert available == sum(int(row["amount"]) for row in own if row["status"] == "approved")
        for month in shown["months"]:
            legs = [row for row in own if row["settled_on"].startswith(month["month"])]
            assert int(month["earned"]) == sum(int(month[r]) for r in ("referrer", "implementer", "trainer"))
            assert int(month["earned"]) == sum(int(row["amount"]) for row in legs)
            assert month["orders"] == len({row["order_id"] for row in legs})
        if shown["next_release"]:
            on = min(row["payable_on"] for row in own if row["status"] == "pending")
            due = [row for row in own if row["status"] == "pending" and row["payable_on"] == on]
            assert shown["next_release"] == {"on": on, "amount": str(sum(int(row["amount"]) for row in due))}


def test_the_books_say_what_the_lists_say(world):
    balance = world.finance.get("/v1/trial-balance").json()
    earned = sum(int(row["amount"]) for row in everything(world.finance, "/v1/commissions"))
    lines = {line["code"]: int(line["balance"]) for line in balance["lines"]}
    assert balance["balanced"] is True
    assert balance["debits"] == balance["credits"]
    assert sum(amount for code, amount in lines.items() if code.startswith("expense:")) == earned
    assert -lines["asset:bank"] == sum(int(row["net"]) for row in everything(world.finance, "/v1/payouts"))
    accounts = everything(world.finance, "/v1/accounts")
    for code, total in lines.items():
        same = everything(world.finance, "/v1/accounts", kind=code)
        assert same == [account for account in accounts if account["kind"] == code]
        assert sum(int(account["balance"]) for account in same) == total


def test_no_answer_holds_a_float(world):
    def walk(value):
        assert not isinstance(value, float)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    for path in (*LISTS, "/v1/trial-balance"):
        walk(world.finance.get(path).json())
    described = world.app.openapi()["components"]["schemas"]
    money = {"base", "amount", "earned", "held", "available", "paid", "debt", "gross", "net", "withheld", "balance"}
    for schema in described.values():
        for name in money & schema.get("properties", {}).keys():
            assert schema["properties"][name].get("type") == "string", (schema["title"], name)


# --- Problems, description, portal --------------------------------------------------------------------------------


def test_what_does_not_exist_is_a_problem(world):
    for path in ("/v1/unknown", "/v1/", "/v1/orders/", "/v1/partners/x/y", "/v1/../v1/unknown"):
        assert world.finance.get(path).status_code in (404, 307), path
    assert is_problem(world.finance.get("/v1/unknown"), 404, "not_found")
    assert is_problem(world.finance.get("/v1/orders/ord_nothing"), 404, "not_found")
    assert is_problem(world.finance.get("/v1/batches/' OR 1=1"), 404, "not_found")
    assert is_problem(world.finance.put("/v1/orders"), 405, "http_error")


def test_the_description_names_every_problem_as_problem_json(world):
    document = world.finance.get("/v1/openapi.json").json()
    assert world.finance.get("/docs").status_code == 200
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                if status.startswith("4") and status != "422":
                    assert "application/problem+json" in response["content"], (method, path, status)


@pytest.mark.parametrize("path", ["/", "/v1/session", "/v1/unknown", "/earnings/deep/link", "/v1/openapi.json"])
def test_every_answer_has_the_headers_that_protect(world, path):
    headers = world.finance.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """A built portal, with a secret beside it."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<html>the portal</html>")
    (dist / "assets" / "a.js").write_text("code")
    (tmp_path / "secret.txt").write_text("SECRET")
    (tmp_path / "dist-secret").write_text("SECRET")
    monkeypatch.setattr(api_module, "PORTAL", dist)
    return dist


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "/assets/..%2f..%2fsecret.txt",
     "/..%2fdist-secret", "/%2fetc%2fpasswd", "//etc/passwd", "/..%5csecret.txt", "/....//secret.txt", "/assets",
     "/assets/", "/any/page/of/the/portal"],
)  # fmt: skip
def test_the_portal_serves_no_file_from_elsewhere(world, portal, path):
    answer = world.finance.get(f"http://testserver{path}")
    assert answer.status_code == 200
    assert answer.text == "<html>the portal</html>"


def test_the_portals_files_are_kept_by_the_browser_and_its_page_is_not(world, portal):
    assert "immutable" in world.finance.get("/assets/a.js").headers["Cache-Control"]
    assert world.finance.get("/orders/ord_1").headers["Cache-Control"] == "no-cache"


def test_a_portal_that_is_not_built_says_so(world, portal):
    (portal / "index.html").unlink()
    answer = world.finance.get("/")
    assert is_problem(answer, 404, "not_found")
    assert "make setup" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/%00", "/v1/orders/%00", "/v1/orders?search=%00", "/v1/accounts?kind=%00"])
def test_zero_bytes_are_malformed(world, path):
    assert is_problem(world.finance.get(path), 422, "malformed")


def test_a_body_of_brackets_is_not_even_read(world):
    headers = {"Content-Type": "application/json"}
    answer = world.finance.post("/v1/session", content="[" * 100_000, headers=headers)
    assert is_problem(answer, 413, "too_large")


def test_a_path_longer_than_any_files_name_is_a_page(world):
    assert world.finance.get("/" + "x" * 5_000).status_code in (200, 404)


def test_a_page_from_nowhere(world):
    assert is_problem(world.finance.get("/v1/partners", params={"startingAfter": "nothing"}), 404, "not_found")
    both = {"startingAfter": "a", "endingBefore": "b"}
    assert is_problem(world.finance.get("/v1/partners", params=both), 422, "malformed")
