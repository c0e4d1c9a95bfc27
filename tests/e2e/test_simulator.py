"""A plan from the first try to the door of the chain: tried out, simulated at length, proposed, approved by another."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.portal import barriers, keep, overflow, settled

ROLES = ("operator", "compliance")


@pytest.fixture(scope="module")
def cookies(browser, demo):
    """Channel operations and compliance, whom an administrator of ours has added; and their requests."""
    context = browser.new_context()

    def signed_in(login, password):
        context.clear_cookies()
        answer = context.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
        assert answer.ok, answer.text()
        return context.cookies()

    done = fenrun(demo.home, "members", "add", "sim-head", "--role", "admin", "--scenario", demo.folder)
    head = signed_in("sim-head", done.stdout.split()[-1])
    found = {}
    for role in ROLES:
        context.clear_cookies()
        context.add_cookies(head)
        added = context.request.post(
            f"{demo.url}/v1/members",
            data={"login": f"sim-{role}", "role": role},
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
        assert added.ok, added.text()
        found[role] = signed_in(f"sim-{role}", added.json()["password"])
    yield found
    context.close()


def look(page, name):
    """Nothing bars anybody, nothing is wider than the window, and there is a picture."""
    settled(page)
    assert barriers(page) == []
    assert overflow(page) <= 0
    keep(page, name)


def test_a_candidate_is_tried_out_simulated_proposed_and_approved(demo, open_page, cookies):
    page = open_page(cookies=cookies["operator"])
    page.goto(f"{demo.url}/simulator")
    compared = page.get_by_role("table", name="Plans compared")
    commission = compared.get_by_role("row", name=re.compile("^Commission"))
    expect(commission.get_by_role("cell")).to_have_count(3)
    today, same = commission.get_by_role("cell").all_inner_texts()[1:]
    assert today == same  # a candidate begins as today's plans

    # By the handle, and by the table.
    page.get_by_role("slider", name=re.compile("New · Referrer · Below")).press("ArrowUp")
    expect(commission.get_by_role("cell").nth(2)).not_to_have_text(same)
    moved = commission.get_by_role("cell").nth(2).inner_text()
    page.get_by_label("New · Referrer · Tier 0 (%)").fill("20")
    expect(commission.get_by_role("cell").nth(2)).not_to_have_text(moved)
    expect(commission.get_by_role("cell").nth(1)).to_have_text(today)

    # What the contract cannot settle says so.
    page.get_by_role("button", name="Add a candidate").click()
    page.get_by_label("A tier goes by").select_option("marginal")
    expect(compared.get_by_text("Simulated only")).to_be_visible()
    expect(page.get_by_role("figure", name="Cost against revenue")).to_be_visible()

    # The address says all of it, to somebody else as well.
    address = page.locator("code[title*='/simulator#']").get_attribute("title")
    other = open_page(cookies=cookies["operator"])
    other.goto(address)
    expect(other.get_by_label("New · Referrer · Tier 0 (%)")).to_have_value("20")
    expect(other.get_by_role("table", name="Plans compared").get_by_text("Simulated only")).to_be_visible()
    look(page, "simulator-en-1280")

    page.get_by_label("Name", exact=True).last.fill("A bolder plan")
    page.get_by_label("Search the best balance").check()
    page.get_by_role("button", name="Save and simulate at length").click()
    page.wait_for_url(re.compile("simulation=sim_"))
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=120_000)
    for name in ("Forecast: Commission", "What matters most", "The best balances"):
        expect(page.get_by_role("figure", name=name)).to_be_visible()
    saved = page.url
    with page.expect_download() as file:
        page.get_by_role("link", name="JSON").click()
    found = json.loads(file.value.path().read_text())
    assert [figures["simulated_only"] for figures in found["designs"]] == [[], ["marginal"]]
    look(page, "simulation-en-1280")

    # What nobody can compute is declared; two questions have no usual answer.
    expect(page.get_by_role("button", name="Propose the version")).to_be_disabled()
    page.get_by_label("Where the plan's partners sell").select_option("EU")
    page.get_by_label("Whether partners sell for us or buy and sell on").select_option("agent")
    page.get_by_label("Our share of the relevant market").fill("12.5")
    page.get_by_role("button", name="Propose the version").click()
    page.get_by_role("dialog").get_by_role("button", name="Propose the version").click()
    expect(page.get_by_text("Proposed. Compliance decides next.")).to_be_visible()

    # Somebody of compliance decides; the version waits for the governor's delay.
    second = open_page(cookies=cookies["compliance"])
    second.goto(f"{demo.url}/simulator")
    second.get_by_text("Declaration", exact=True).click()
    expect(second.get_by_role("article")).to_contain_text("They sell for us")
    expect(second.get_by_role("article")).to_contain_text("12.50 %")
    second.get_by_role("button", name="Approve").click()
    second.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(second.get_by_role("article").get_by_text("Not published")).to_be_visible()
    second.goto(f"{demo.url}/plans")
    code = found["designs"][0]["curves"][0]["plan"]
    expect(second.get_by_role("table", name=code)).to_contain_text("Not published")
    for width, locale, name in ((1280, "zh-CN", "zh-1280"), (390, "zh-CN", "zh-390"), (390, "en-US", "en-390")):
        pages = [open_page(width=width, locale=locale, cookies=cookies["operator"]) for _ in range(2)]
        for shown, url, what in zip(pages, (address, saved), ("simulator", "simulation"), strict=True):
            shown.goto(url)
            expect(shown.get_by_role("figure").first).to_be_visible()
            look(shown, f"{what}-{name}")
