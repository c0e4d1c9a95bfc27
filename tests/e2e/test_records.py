"""What people write down: companies the vendor knows, partners in whose matters an arbiter has a part, invoices."""

import datetime as dt
import re
import time
import uuid

import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.portal import barriers, keep, overflow, settled
from tests.e2e.test_staff import Person

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
MEMBERS = {"operator": "operator", "arbiter": "arbiter", "comply": "compliance", "auditor": "auditor"}
BUYER = "91110108551385082Q"
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
PATIENCE_SECONDS = 120
TODAY = dt.datetime.now(dt.UTC).date().isoformat()


@pytest.fixture(scope="module")
def people(browser, demo):
    """One of each role that has a part here, signed in, and members of two partners that no other test looks at."""
    contexts, found = [], {}

    def person(login, password):
        context = browser.new_context()
        contexts.append(context)
        answer = context.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
        assert answer.ok, answer.text()
        return Person(context.cookies(), context.request, demo.url)

    def added(name, role, *more):
        login = f"records-{name}"
        done = fenrun(demo.home, "members", "add", login, "--role", role, *more, "--scenario", demo.folder)
        found[name] = person(login, done.stdout.split()[-1])

    for name, role in MEMBERS.items():
        added(name, role)
    found["finance"] = person(*demo.sign_in("Finance"))
    get = found["operator"].get
    # The first of the list is test_deals', the last ones are test_compliance's and test_onboarding's.
    untouched = [
        row for row in get("/v1/partners?limit=100")["data"][1:-2]
        if row["status"] == "active" and row["external_id"].lower() not in demo.printed.lower()
    ]  # fmt: skip
    holder = next(row for row in reversed(untouched) if shares(get, row))
    claimant = next(row for row in reversed(untouched) if row is not holder)
    for name, partner in (("holder", holder), ("claimant", claimant)):
        added(name, "partner", "--partner", partner["id"])
    yield {**found, "partners": {"holder": holder, "claimant": claimant}}
    for context in contexts:
        context.close()


def shares(get, partner):
    """Shares of a partner of which something is left."""
    rows = get(f"/v1/commissions?partner={partner['id']}&limit=100")["data"]
    return [row for row in rows if int(row["amount"]) > int(row["clawed_back"])]


@pytest.fixture(scope="module")
def appealed(people):
    """A dispute that the record ruled and the claimant appealed, so that a panel may vote."""
    claimant, share = people["claimant"], shares(people["operator"].get, people["partners"]["holder"])[0]
    claim = {
        "orders": [share["order_external_id"]], "role": share["role"], "ground": "record", "statement": "It names us",
    }  # fmt: skip
    path = f"/v1/disputes/{claimant.send('POST', '/v1/disputes', claim)['id']}"
    claimant.send("POST", f"{path}/open", None)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "appeal" not in (found := claimant.get(path))["actions"]:
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    return claimant.send("POST", f"{path}/appeal", {"words": "Read it again"})


def look(page, name, language="en"):
    """Nothing bars anybody, a laptop and a phone are wide enough, and the page speaks its reader's language."""
    settled(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0, (name, width)
        assert barriers(page) == [], (name, width)
        keep(page, f"records-{name}-{language}-{width}")
    assert bool(CHINESE.search(page.locator("main").inner_text())) == (language == "zh"), name


def refused(dialog, label, why):
    """The dialog is still there and says at a field, which has the focus, what is wrong with it."""
    field = dialog.get_by_label(label, exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(why))


def test_a_company_is_written_down_held_against_registrations_and_forgotten(demo, open_page, people):
    word = uuid.uuid4().hex[:10]
    name, domain = f"Westwind {word} GmbH", f"{word}.de"
    customer = people["operator"].get("/v1/customers?limit=1")["data"][0]["external_id"]
    page = open_page(cookies=people["operator"].cookies, refusals=("401", "404", "409", "422"))
    page.goto(f"{demo.url}/deals")
    page.get_by_role("link", name="Known companies").click()
    expect(page.get_by_text("No company was written down yet.")).to_be_visible()
    page.get_by_role("button", name="Add a company").click()
    dialog = page.get_by_role("dialog")
    add = dialog.get_by_role("button", name="Add a company")
    add.click()
    refused(dialog, "Legal name", "This is needed")
    for label, text in {
        "Legal name": name, "Country": "d", "Domain": "gmail.com", "Social credit code": "91350100M000100Y44",
        "Last contacted": TODAY, "Customer id in the CRM": f"no-{word}",
    }.items():  # fmt: skip
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_label("Sold to by the vendor alone").check()
    # One after the other, as the server comes to them; what was filled in is still there.
    for label, why, instead in (
        ("Country", "not in the form", "de"),
        ("Customer id in the CRM", "no customer with this id", customer),
        ("Domain", "mailbox at gmail.com", f"https://www.{domain}/about"),
        ("Social credit code", "check character", ""),
    ):
        add.click()
        refused(dialog, label, why)
        dialog.get_by_label(label, exact=True).fill(instead)
    add.click()
    row = page.get_by_role("table", name="Known companies").get_by_role("row", name=re.compile(word))
    for text in ("DE", domain, "Yes", customer):
        expect(row.get_by_role("cell", name=text, exact=True)).to_be_visible()
    [made] = [one for one in people["auditor"].get("/v1/known-companies")["data"] if one["domain"] == domain]
    assert made["contacted_on"] == TODAY
    look(page, "companies")

    # The customer is this company now, and no other.
    page.get_by_role("button", name="Add a company").click()
    for label, text in {"Legal name": "Other AG", "Country": "DE", "Customer id in the CRM": customer}.items():
        dialog.get_by_label(label, exact=True).fill(text)
    add.click()
    refused(dialog, "Customer id in the CRM", "a known company already")
    page.keyboard.press("Escape")

    auditor = open_page(locale=LANGUAGES["zh"], cookies=people["auditor"].cookies)
    auditor.goto(f"{demo.url}/known-companies")
    expect(auditor.get_by_text(name)).to_be_visible()
    look(auditor, "companies", "zh")
    expect(auditor.get_by_role("button", name="添加公司")).to_have_count(0)
    expect(auditor.get_by_role("button", name="移除")).to_have_count(0)

    row.get_by_role("button", name="Remove").click()
    expect(dialog).to_contain_text(f"{name} is forgotten")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No company was written down yet.")).to_be_visible()
    assert people["auditor"].get("/v1/known-companies")["data"] == []


def test_an_arbiter_recuses_themselves_and_may_vote_no_more(demo, open_page, people, appealed):
    page, holder = open_page(cookies=people["arbiter"].cookies), people["partners"]["holder"]
    page.goto(f"{demo.url}/disputes/{appealed['id']}")
    expect(page.get_by_role("button", name="Vote")).to_be_visible()
    page.get_by_role("link", name="← Disputes").click()
    page.get_by_role("button", name="Recuse yourself").click()
    dialog = page.get_by_role("dialog")
    # Nobody is chosen from the start: it cannot be taken back.
    dialog.get_by_role("button", name="Recuse yourself").click()
    refused(dialog, "Partner", "This is needed")
    dialog.get_by_label("Partner", exact=True).select_option(label=holder["name"])
    dialog.get_by_role("button", name="Recuse yourself").click()
    refused(dialog, "Which part you have", "This is needed")
    dialog.get_by_label("Which part you have").fill("A cousin of mine runs it")
    assert barriers(page) == []
    keep(page, "records-recusal-en")
    dialog.get_by_role("button", name="Recuse yourself").click()
    expect(dialog).to_contain_text("Noted.")
    page.keyboard.press("Escape")
    page.get_by_role("link", name=appealed["orders"][0]).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(appealed["orders"][0])
    expect(page.get_by_role("button", name="Vote")).to_have_count(0)
    lines = people["auditor"].get("/v1/audit-log?action=arbiter.recused")["data"]
    assert lines[0]["after"] == {"partner": holder["id"], "reason": "A cousin of mine runs it"}


def test_compliance_recuses_itself_from_any_partner_or_from_a_dispute_in_sight(demo, open_page, people, appealed):
    page, claimant = open_page(locale=LANGUAGES["zh"], cookies=people["comply"].cookies), people["partners"]["claimant"]
    page.goto(f"{demo.url}/disputes")
    page.get_by_role("button", name="申请回避").click()
    # Also from whoever no dispute names.
    page.get_by_role("dialog").get_by_label("按名称查找伙伴").fill(
        people["operator"].get("/v1/partners?limit=1")["data"][0]["name"]
    )
    expect(page.get_by_role("dialog").get_by_label("合作伙伴", exact=True).locator("option")).to_have_count(2)
    page.keyboard.press("Escape")
    look(page, "disputes", "zh")
    page.goto(f"{demo.url}/disputes/{appealed['id']}")
    expect(page.get_by_role("button", name="投票")).to_be_visible()
    page.get_by_role("button", name="申请回避").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("合作伙伴", exact=True).locator("option")).to_have_count(3)
    dialog.get_by_label("合作伙伴", exact=True).select_option(label=claimant["name"])
    dialog.get_by_label("利害关系说明").fill("曾为其顾问")
    dialog.get_by_role("button", name="申请回避").click()
    expect(dialog).to_contain_text("已记录")
    expect(page.get_by_role("button", name="投票")).to_have_count(0)
    # Who rules on nothing has nothing to recuse themselves from.
    auditor = open_page(cookies=people["auditor"].cookies)
    auditor.goto(f"{demo.url}/disputes")
    settled(auditor)
    expect(auditor.get_by_role("button", name="Recuse yourself")).to_have_count(0)


def test_an_invoice_is_registered_read_by_its_partner_and_red_lettered(demo, open_page, people):
    partner, number = people["partners"]["holder"], f"{uuid.uuid4().int % 10**20:020}"
    tomorrow = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)).isoformat()
    page = open_page(cookies=people["finance"].cookies, refusals=("401", "409", "422"))
    page.goto(f"{demo.url}/partners/{partner['id']}?view=details")
    invoices = page.get_by_role("region", name="Invoices")
    expect(invoices).to_contain_text("No invoice was registered yet.")
    invoices.get_by_role("button", name="Register an invoice").click()
    dialog = page.get_by_role("dialog")
    register = dialog.get_by_role("button", name="Register an invoice")
    register.click()
    refused(dialog, "Number", "This is needed")
    for label, text in {
        "Number": "12345", "Issued on": tomorrow, "The buyer’s tax id": "91350100M000100Y44", "Amount": "1,130.005",
        "Tax in it": "2000",
    }.items():  # fmt: skip
        dialog.get_by_label(label, exact=True).fill(text)
    for label, why, instead in (
        ("Amount", "no more decimals than USD has", "1,130.05"),
        ("Number", "not in the form", "12345678"),
        ("Number", "20 digits and no code", number),
        ("The buyer’s tax id", "no unified social credit code", BUYER.lower()),
        ("Issued on", "still to come", TODAY),
        ("Tax in it", "less than the amount", "130"),
    ):
        register.click()
        refused(dialog, label, why)
        dialog.get_by_label(label, exact=True).fill(instead)
    register.click()
    row = invoices.get_by_role("row", name=re.compile(number))
    expect(row).to_contain_text("1,130.05 USD")
    expect(row).to_contain_text("Valid")
    [made] = people["holder"].get(f"/v1/partners/{partner['id']}/invoices")["data"]
    assert (made["amount"], made["tax"], made["code"]) == ("113005", "13000", "")
    assert (made["buyer_tax_id"], made["issued_on"]) == (BUYER, TODAY)
    look(page, "invoices")

    # Nobody registers it a second time.
    invoices.get_by_role("button", name="Register an invoice").click()
    for label, text in {"Number": number, "Issued on": TODAY, "The buyer’s tax id": BUYER, "Amount": "1"}.items():
        dialog.get_by_label(label, exact=True).fill(text)
    register.click()
    expect(dialog.get_by_role("alert")).to_contain_text("registered already")
    page.keyboard.press("Escape")

    row.get_by_role("button", name="Red-letter").click()
    dialog.get_by_role("button", name="Red-letter").click()
    expect(dialog.get_by_text("Give a reason")).to_be_visible()
    dialog.get_by_label("Why it was red-lettered").fill("The goods went back")
    dialog.get_by_role("button", name="Red-letter").click()
    expect(row).to_contain_text("The goods went back")
    expect(row.get_by_role("button")).to_have_count(0)

    own = open_page(locale=LANGUAGES["zh"], cookies=people["holder"].cookies)
    own.goto(f"{demo.url}/settings")
    region = own.get_by_role("region", name="发票")
    expect(region.get_by_role("row", name=re.compile(number))).to_contain_text("已红冲")
    expect(region.get_by_role("button")).to_have_count(0)
    look(own, "invoices", "zh")
    auditor = open_page(cookies=people["auditor"].cookies)
    auditor.goto(f"{demo.url}/partners/{partner['id']}?view=details")
    seen = auditor.get_by_role("region", name="Invoices")
    expect(seen.get_by_role("row", name=re.compile(number))).to_contain_text("Red-lettered")
    expect(seen.get_by_role("button")).to_have_count(0)
