"""Deals and disputes, walked through by everybody who has a part in them, in both languages."""

import datetime as dt
import re
import uuid

import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.portal import barriers, keep, overflow, settled
from tests.e2e.test_staff import Person

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


@pytest.fixture(scope="module")
def people(browser, demo):
    """The partner who earned most, another partner, an operator and two arbiters, signed in."""
    contexts = []

    def person(login, password):
        context = browser.new_context()
        contexts.append(context)
        answer = context.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
        assert answer.ok, answer.text()
        return Person(context.cookies(), context.request, demo.url)

    done = fenrun(demo.home, "members", "add", "deals-head", "--role", "admin", "--scenario", demo.folder)
    head = person("deals-head", done.stdout.split()[-1])
    found = {"rich": person(*demo.sign_in("Partner"))}
    rich = found["rich"].get("/v1/session")["partner_id"]
    other = next(row["id"] for row in head.get("/v1/partners?limit=100")["data"] if row["id"] != rich)
    for name, role, partner in (
        ("other", "partner", other), ("operator", "operator", None), ("one", "arbiter", None), ("two", "arbiter", None),
    ):  # fmt: skip
        body = {"login": f"deals-{name}", "role": role, "partner_id": partner}
        found[name] = person(body["login"], head.send("POST", "/v1/members", body)["password"])
    yield found
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def shares(people):
    """Shares that the partner who earned most has, and another may claim."""
    rows = people["rich"].get("/v1/commissions?limit=100")["data"]
    seen, found = set(), []
    for row in rows:
        if row["order_id"] not in seen and int(row["amount"]) > int(row["clawed_back"]):
            seen.add(row["order_id"])
            found.append(row)
    return found


def claimed(people, share, **claim):
    body = {"orders": [share["order_external_id"]], "role": share["role"], "statement": "We brought them", **claim}
    return people["other"].send("POST", "/v1/disputes", body)["id"]


def test_a_partner_registers_a_customer_the_staff_answers_and_the_protection_is_extended(demo, open_page, people):
    name = f"Nordlicht {uuid.uuid4().hex[:6]} GmbH"
    page = open_page(cookies=people["rich"].cookies, refusals=("401", "409"))
    page.goto(demo.url)
    settled(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Deals").click()
    page.get_by_role("link", name="Register a customer").click()
    page.get_by_role("button", name="Register a customer").click()
    expect(page.get_by_label("Legal name")).to_be_focused()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for label, text in {
        "Legal name": name,
        "Domain": "gmail.com",
        "Country": "DE",
        "Contact at the customer": "Erika Muster",
        "Their e-mail or phone": "erika@nordlicht.example",
        "Products": "CRM, ERP",
        "What makes them buy": "A new plant",
        "Who works on it": "李雷",
        "Last spoken to the customer": today,
    }.items():
        page.get_by_label(label, exact=True).fill(text)
    # What names no company is refused with the reason, and nothing that was filled in is lost.
    page.get_by_role("button", name="Register a customer").click()
    expect(page.get_by_role("alert")).to_contain_text("mailbox at gmail.com")
    page.get_by_label("Domain").fill(f"https://www.{uuid.uuid4().hex[:10]}.de/about")
    page.get_by_role("button", name="Register a customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("Handed in", exact=True).first).to_be_visible()
    expect(page.get_by_text("in 47 hours").first).to_be_visible()
    address = page.url

    staff = open_page(cookies=people["operator"].cookies)
    staff.goto(f"{demo.url}/deals?status=submitted")
    staff.get_by_role("link", name=name).click()
    expect(staff.get_by_text("Nothing that we know of")).to_be_visible()
    staff.get_by_role("button", name="Answer").click()
    staff.get_by_role("dialog").get_by_label("Answer").select_option("Reject")
    staff.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(staff.get_by_role("dialog")).to_contain_text("This is needed")
    staff.get_by_role("dialog").get_by_label("Answer").select_option("Approve")
    staff.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(staff.get_by_text("Protected", exact=True).first).to_be_visible()

    # The partner's page heard of it by itself.
    assert page.url == address
    expect(page.get_by_text("in 89 days").first).to_be_visible()
    page.get_by_role("button", name="Extend by 60 days").click()
    page.get_by_role("dialog").get_by_label("What the file shows").fill("They asked for an offer")
    page.get_by_role("dialog").get_by_label("File", exact=True).set_input_files(
        {"name": "offer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 an offer"}
    )
    page.get_by_role("dialog").get_by_role("button", name="Extend by 60 days").click()
    expect(page.get_by_text("in 149 days").first).to_be_visible()
    expect(page.get_by_role("button", name="Extend by 60 days")).to_have_count(0)


def test_a_dispute_goes_from_the_claim_to_its_end_before_both_sides_eyes(demo, open_page, people, shares):
    """Opened in the portal, ruled by the record, appealed, decided by two of a panel, carried out on the chain."""
    share = shares[0]
    page = open_page(cookies=people["other"].cookies)
    page.goto(f"{demo.url}/disputes/new?order={share['order_external_id']}")
    page.get_by_label("Role").select_option(share["role"])
    page.get_by_label("It rests on").select_option("record")
    page.get_by_label("The claim").fill("The chain's record names us")
    page.get_by_role("button", name="Open a dispute").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Dispute over {share['order_external_id']}")
    expect(page.get_by_text("Ruled by the record", exact=True).first).to_be_visible()
    why = page.get_by_role("region", name="What the record says")
    expect(why).to_contain_text("names the partner who has the share")
    expect(why).to_contain_text("Attribution on the chain")
    # The chain says until when an appeal counts; the page hears of it.
    page.get_by_role("button", name="Appeal").click()
    page.get_by_role("dialog").get_by_label("Your words").fill("Read it again")
    page.get_by_role("dialog").get_by_role("button", name="Appeal").click()
    expect(page.get_by_text("Appealed", exact=True).first).to_be_visible()

    dispute = page.url.rpartition("/")[2]
    for name in ("one", "two"):
        arbiter = open_page(cookies=people[name].cookies)
        arbiter.goto(demo.url)
        settled(arbiter)
        arbiter.get_by_role("link", name=share["order_external_id"]).click()
        arbiter.get_by_role("button", name="Vote").click()
        arbiter.get_by_role("dialog").get_by_label("Why").fill("The record is plain")
        arbiter.get_by_role("dialog").get_by_role("button", name="Vote").click()
        expect(arbiter.get_by_role("region", name="What happened")).to_contain_text("Voted")
        keep(arbiter, f"dispute-arbiter-{name}")
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible()
    done = people["rich"].get(f"/v1/disputes/{dispute}")
    assert (done["status"], done["ruling"]) == ("closed", "keep")
    assert [leg["court_status"] for leg in done["legs"]] == ["executed"]
    keep(page, "dispute-closed")


def test_the_other_side_answers_and_both_file_what_supports_them(demo, open_page, people, shares):
    share = shares[1]
    page = open_page(cookies=people["other"].cookies)
    page.goto(f"{demo.url}/disputes/new?order={share['order_external_id']}")
    page.get_by_label("Role").select_option(share["role"])
    page.get_by_label("It rests on").select_option("evidence")
    page.get_by_label("The claim").fill("See the minutes")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "minutes.txt", "mimeType": "text/plain", "buffer": "会议纪要 minutes".encode()}
    )
    page.get_by_label("What it shows").fill("Minutes of the first meeting")
    page.get_by_role("button", name="Open a dispute").click()
    expect(page.get_by_text("Waits for an answer", exact=True).first).to_be_visible()
    expect(page.get_by_role("region", name="Evidence")).to_contain_text("minutes.txt")

    answering = open_page(cookies=people["rich"].cookies)
    answering.goto(f"{demo.url}/disputes")
    answering.get_by_role("link", name=share["order_external_id"]).first.click()
    answering.get_by_role("button", name="Answer").click()
    answering.get_by_role("dialog").get_by_label("Your words").fill("We have the contract")
    answering.get_by_role("dialog").get_by_role("button", name="Answer").click()
    expect(answering.get_by_role("region", name="What happened")).to_contain_text("We have the contract")
    with answering.expect_download() as download:
        answering.get_by_role("link", name="minutes.txt").click()
    assert download.value.path().read_text("utf-8") == "会议纪要 minutes"
    expect(page.get_by_role("region", name="What happened")).to_contain_text("We have the contract")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 390)])
def test_every_page_of_deals_and_disputes_fits_speaks_its_language_and_bars_nobody(
    demo, open_page, people, language, width
):
    deal = people["rich"].get("/v1/deals?limit=1")["data"][0]["id"]
    dispute = people["rich"].get("/v1/disputes?limit=1")["data"][0]["id"]
    places = {"deals": "/deals", "deal": f"/deals/{deal}", "disputes": "/disputes", "dispute": f"/disputes/{dispute}"}
    new = {"new-deal": "/deals/new", "new-dispute": "/disputes/new"}
    for who, paths in {"rich": {**places, **new}, "operator": places}.items():
        theme = "light" if width == 1280 else "dark"
        page = open_page(width, LANGUAGES[language], theme, people[who].cookies)
        for name, path in paths.items():
            page.goto(f"{demo.url}{path}")
            settled(page)
            assert barriers(page) == [], name
            words = page.locator("main").inner_text()
            assert bool(re.search(r"[\u4e00-\u9fff]{4}", words)) == (language == "zh"), name
            for wide in (1670 - width, width):
                page.set_viewport_size({"width": wide, "height": 900})
                assert overflow(page) <= 0, (name, wide)
                keep(page, f"deals-{who}-{name}-{language}-{wide}")
