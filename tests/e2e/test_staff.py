"""The vendor's staff at work: finance, channel operations, an administrator, an outside auditor."""

import re
import uuid
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.portal import barriers, keep, overflow, settled

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
LOOKS = {"Columns", "Export", "Copy", "Next", "Previous"}
"""Buttons by which a page is looked at: none of them changes anything."""
STAFF = ("second", "operator", "auditor")


@dataclass
class Person:
    """Somebody signed in: their cookies, and requests to the API in their name."""

    cookies: list
    request: object
    url: str

    def get(self, path):
        answer = self.request.get(f"{self.url}{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def send(self, method, path, data):
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self.request.fetch(f"{self.url}{path}", method=method, data=data, headers=key)
        assert answer.ok, answer.text()
        return answer.json()


@pytest.fixture(scope="module")
def people(browser, demo):
    """Who was there, and an administrator of ours who adds a second member of finance, an operator and an auditor."""
    contexts = []

    def person(login, password):
        context = browser.new_context()
        contexts.append(context)
        answer = context.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
        assert answer.ok, answer.text()
        return Person(context.cookies(), context.request, demo.url)

    done = fenrun(demo.home, "members", "add", "head", "--role", "admin", "--scenario", demo.folder)
    found = {"finance": person(*demo.sign_in("Finance")), "admin": person("head", done.stdout.split()[-1])}
    for login in STAFF:
        role = "finance" if login == "second" else login
        added = found["admin"].send("POST", "/v1/members", {"login": login, "role": role})
        found[login] = person(login, added["password"])
    yield found
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def places(people):
    """Where staff can go, by name; of everything that has a page of its own, one."""
    get = people["finance"].get
    [posting] = get("/v1/postings?search=BatchSettled&limit=1")["data"]
    batch = get(f"/v1/transactions/{posting['transaction']}")["batch_id"]
    order = get(f"/v1/orders?batch={batch}")["data"][0]["id"]
    customer = get("/v1/customers?limit=1")["data"][0]["id"]
    partner = get("/v1/commissions?limit=1")["data"][0]["partner_id"]
    return {
        "finance": "/finance",
        "accounts": "/accounts?kind=payable:held",
        "account": f"/accounts/{posting['destination']['id']}",
        "transaction": f"/transactions/{posting['transaction']}",
        "periods": "/periods",
        "period": f"/periods/{get('/v1/periods')[1]['month']}",
        "payout-runs": "/payout-runs",
        "payouts": "/payouts",
        "exports": "/exports",
        "partners": "/partners",
        "partner-statements": f"/partners/{partner}?view=statements",
        "partner-customers": f"/partners/{partner}?view=customers",
        "partner-details": f"/partners/{partner}?view=details",
        "known-companies": "/known-companies",
        "customers": "/customers",
        "customer": f"/customers/{customer}",
        "plans": "/plans",
        "agreements": "/agreements",
        "materials": "/materials",
        "data-requests": "/data-requests",
        "simulator": "/simulator",
        "orders": "/orders",
        "order": f"/orders/{order}",
        "batches": "/batches",
        "batch": f"/batches/{batch}",
        "events": "/events",
        "refused-rows": "/events?view=rows",
        "webhooks": "/webhooks",
        "members": "/members",
        "keys": "/keys",
        "audit-log": "/audit-log",
    }


# --- Finance -----------------------------------------------------------------------------------------------


def test_a_figure_of_the_trial_balance_leads_to_the_explanation_of_an_amount(demo, open_page, people):
    page = open_page(cookies=people["finance"].cookies)
    page.goto(f"{demo.url}/finance")
    page.get_by_role("link", name="Commission, referrers").click()
    page.get_by_role("table", name="Accounts").get_by_role("link").first.click()
    page.get_by_role("table", name="Postings").get_by_role("link", name=re.compile("Batch settled")).first.click()
    page.get_by_role("link", name=re.compile("^Batch [0-9]+ and its orders")).click()
    expect(page.get_by_role("region", name="Attempts")).to_contain_text("Mined")
    page.get_by_role("table", name="Orders").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="Commissions")).to_contain_text("because the partner’s volume in")


def test_a_payout_run_goes_through_four_eyes_to_the_bank_and_back(demo, open_page, people):
    ann, bob = people["finance"], people["second"]
    payee = next(one for one in ann.get("/v1/partners?limit=100")["data"] if int(one["available"]) > 0)
    papers = [{"kind": kind, "number": "1"} for kind in ("identity", "business_licence", "w9")]
    account = {"holder": payee["name"], "number": "6222021234567890", "bank_code": "102100099996"}
    details = {"country": payee["country"], "payee_type": payee["type"], "account": account, "documents": papers}
    ann.send("PUT", f"/v1/partners/{payee['id']}/payout-details", details)

    # The bank's answer is wrong at first.
    second = open_page(cookies=bob.cookies, refusals=("401", "422"))
    second.goto(f"{demo.url}/partners/{payee['id']}?view=details")
    second.get_by_role("button", name="Verify the details").click()
    second.get_by_role("dialog").get_by_role("button", name="Verify the details").click()
    expect(second.get_by_text("Verified", exact=True)).to_be_visible()

    first = open_page(cookies=ann.cookies)
    first.goto(f"{demo.url}/payout-runs")
    first.get_by_role("button", name="Prepare a run").click()
    first.get_by_role("dialog").get_by_role("button", name="Prepare a run").click()
    first.wait_for_url(re.compile("/payout-runs/pr_"))
    expect(first.get_by_role("button", name="Approve")).to_be_disabled()
    expect(first.get_by_text("You prepared this run")).to_be_visible()
    first.get_by_role("button", name=re.compile("^Left out")).click()
    expect(first.get_by_role("table", name="Left out").get_by_text("No bank details").first).to_be_visible()
    keep(first, "staff-run-left-out")

    second.goto(first.url.partition("?")[0])
    second.get_by_role("button", name="Approve").click()
    second.get_by_role("dialog").get_by_role("button", name="Approve").click()
    with second.expect_download() as download:
        second.get_by_role("button", name="Bank file pain.001").click()
    assert payee["name"] in download.value.path().read_text()
    expect(second.get_by_text("With the bank", exact=True).first).to_be_visible()

    run = first.url.partition("?")[0].rpartition("/")[2]
    [payout] = ann.get(f"/v1/payouts?run={run}")["data"]
    amount = f"{int(payout['net']) // 100}.{int(payout['net']) % 100:02}"
    rows = f"end_to_end_id,status,amount,reason,bank_reference\n{payout['end_to_end_id']},%s,{amount},AC04 closed,\n"
    second.get_by_role("button", name="Take in the bank’s answer").click()
    dialog = second.get_by_role("dialog")
    for status, said in (("lost", "line 2"), ("failed", "Failed")):
        file = {"name": "answer.csv", "mimeType": "text/csv", "buffer": (rows % status).encode()}
        dialog.locator("input[type=file]").set_input_files(file)
        dialog.get_by_role("button", name="Take in", exact=True).click()
        expect(dialog).to_contain_text(said)
    second.keyboard.press("Escape")
    expect(second.get_by_role("table", name="Payouts").get_by_text("Failed", exact=True)).to_be_visible()
    expect(second.get_by_text("Closed", exact=True).first).to_be_visible()
    keep(second, "staff-run-answered")


# --- Channel, administrator, auditor ------------------------------------------------------------------------


def test_an_operator_sees_what_an_event_waits_for_and_who_earned_a_customer(demo, open_page, people):
    key = people["admin"].send(
        "POST", "/v1/api-keys", {"name": f"crm-{uuid.uuid4().hex[:8]}", "scopes": ["events:write"]}
    )["key"]
    event = {
        "id": uuid.uuid4().hex,
        "type": "subscription.canceled",
        "data": {"customer_id": "nobody-yet", "effective_at": "2026-01-01T00:00:00Z"},
    }
    refund = {
        "id": f"waits-{uuid.uuid4().hex}",
        "type": "subscription.refunded",
        "data": {
            "refund_id": "r-1", "order_id": "not-yet-here", "amount": "1.00", "currency": "USD",
            "refunded_at": "2026-01-01T00:00:00Z",
        },
    }  # fmt: skip
    page = open_page(cookies=people["operator"].cookies)
    for sent in (event, refund):
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": sent["id"]}
        assert page.request.post(f"{demo.url}/v1/events", data=sent, headers=headers).ok
    page.goto(f"{demo.url}/events")
    page.get_by_label("Status").select_option(label="Parked")
    expect(page.get_by_text("Is taken up once the order comes in")).to_be_visible()
    keep(page, "staff-parked")
    page.get_by_role("link", name="Customers").click()
    page.get_by_role("table", name="Customers").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="Attribution")).to_contain_text("Referrer")


def test_an_administrator_adds_a_member_whose_password_is_shown_once_and_finds_it_in_the_log(demo, open_page, people):
    page, login = open_page(cookies=people["admin"].cookies), f"new-{uuid.uuid4().hex[:8]}"
    page.goto(f"{demo.url}/members")
    page.get_by_role("button", name="Add a member").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Login").fill(login)
    dialog.get_by_label("Role").select_option(label="Auditor")
    dialog.get_by_role("button", name="Add a member").click()
    password = dialog.locator("code").inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_role("table", name="Members")).to_contain_text(login)
    answer = page.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
    assert answer.json()["role"] == "auditor"
    page.context.add_cookies(people["admin"].cookies)
    page.goto(f"{demo.url}/audit-log")
    page.get_by_role("link", name="member.added").first.click()
    expect(page.get_by_text(f"login: {login}")).to_be_visible()


# --- Every page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "width", "theme"), [("en", 1280, "light"), ("zh", 390, "dark")])
def test_an_auditor_reads_every_page_which_fits_its_window_bars_nobody_and_offers_nothing_that_writes(
    demo, open_page, people, places, language, width, theme
):
    page, written = open_page(width, LANGUAGES[language], theme, people["auditor"].cookies), []
    page.on("request", lambda sent: sent.method not in ("GET", "HEAD") and written.append(sent.url))
    for turn, (name, path) in enumerate(places.items()):
        page.goto(f"{demo.url}{path}")
        settled(page)
        assert path.partition("?")[0] in page.url, name
        # Each page is looked at closely in one of the two windows, in turn.
        if (turn % 2 == 0) == (language == "en"):
            assert barriers(page) == [], name
            keep(page, f"staff-{name}-{language}-{width}")
        if language == "en":
            # Those that are pressed or opened change what is shown; so do those that take a filter back.
            buttons = page.locator("main button:not([aria-pressed]):not([aria-expanded]):visible")
            labels = {label.strip() for label in buttons.all_inner_texts() if "✕" not in label}
            assert labels <= LOOKS, name
        # The same page in the other window: what is looked at closely there is looked at in the other language.
        for wide in (width, 1670 - width):
            page.set_viewport_size({"width": wide, "height": 900})
            assert overflow(page) <= 0, (name, wide)
        page.set_viewport_size({"width": width, "height": 900})
    assert written == []
