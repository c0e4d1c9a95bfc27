"""A partner at work, in both languages, on a laptop and on a phone."""

import datetime as dt
import re
import uuid

import pyotp
import pytest
from playwright.sync_api import expect
from tests.conftest import fenrun
from tests.e2e.portal import barriers, enter, keep, overflow, settled

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


@pytest.fixture(scope="module")
def cookies(browser, demo):
    """A partner's session, for pages that need not sign in again."""
    context = browser.new_context()
    login, password = demo.sign_in("Partner")
    answer = context.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password})
    assert answer.ok
    yield context.cookies()
    context.close()


@pytest.fixture(scope="module")
def places(browser, demo, cookies):
    """Where a partner can go, by name."""
    context = browser.new_context()
    context.add_cookies(cookies)
    [commission] = context.request.get(f"{demo.url}/v1/commissions?limit=1").json()["data"]
    context.close()
    return {
        "overview": "/overview",
        "commissions": "/commissions",
        "commission": f"/commissions/{commission['id']}",
        "payouts": "/payouts",
        "statements": "/statements",
        "agreements": "/agreements",
        "materials": "/materials",
        "settings": "/settings",
    }


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 390)])
def test_every_page_fits_both_windows_speaks_its_language_and_bars_nobody(
    demo, open_page, cookies, places, language, width
):
    # Both languages are looked at in both widths, closely in one of them: in light the one, in dark the other.
    page = open_page(width, LANGUAGES[language], "light" if width == 1280 else "dark", cookies)
    for name, path in (places | {"design": "/design"}).items():
        page.goto(f"{demo.url}{path}")
        settled(page) if name != "design" else page.wait_for_selector("main h1")
        assert barriers(page) == [], name
        words = page.locator("main").inner_text()
        assert bool(re.search(r"[\u4e00-\u9fff]{4}", words)) == (language == "zh"), name
        for wide in (1670 - width, width):
            page.set_viewport_size({"width": wide, "height": 900})
            assert overflow(page) <= 0, (name, wide)
            keep(page, f"partner-{name}-{language}-{wide}")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")


def test_what_bars_people_is_found_when_it_is_planted(demo, open_page, cookies):
    page = open_page(cookies=cookies)
    page.goto(f"{demo.url}/settings")
    settled(page)
    page.evaluate("document.documentElement.lang = ''; document.querySelectorAll('label').forEach(l => l.remove())")
    assert {name for name, _ in barriers(page)} >= {"html-has-lang", "label"}


def test_a_page_runs_no_script_but_its_own(demo, browser):
    page = browser.new_page()
    policy = page.goto(demo.url).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src" not in policy  # so that of default-src holds, without 'unsafe-inline'
    ran = page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "globalThis.planted = true";
        document.body.append(script);
        return globalThis.planted === true;
    }""")
    page.close()
    assert ran is False


def test_the_list_keeps_its_state_in_the_address_and_the_file_is_what_it_shows(demo, open_page, cookies):
    page = open_page(cookies=cookies)
    page.goto(f"{demo.url}/commissions")
    table = page.get_by_role("table", name="Commissions")
    customer = table.get_by_role("row").nth(1).get_by_role("cell").nth(1).inner_text()
    page.keyboard.press("/")
    page.keyboard.type(customer)
    page.wait_for_url(re.compile(f"search={customer}"))
    page.get_by_role("button", name="Settled on").click()
    page.wait_for_url(re.compile("sort=settled_on"))
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Plan").check()
    page.get_by_label("Rate").uncheck()
    page.keyboard.press("Escape")
    expect(table.get_by_role("columnheader", name="Plan")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Rate")).to_have_count(0)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    page.reload()
    expect(table.get_by_role("columnheader", name="Plan")).to_be_visible()
    shown = [link.inner_text() for link in table.get_by_role("link").all()]
    assert {line.split(",")[2] for line in lines[1:]} >= set(shown) != set()
    # By keyboard: from row to row, and into one.
    table.get_by_role("link").first.focus()
    page.keyboard.press("j")
    expect(table.get_by_role("link").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {shown[0]}")
    # Nothing matches is not nothing yet.
    page.goto(f"{demo.url}/commissions?search=nowhere")
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()


def test_the_palette_finds_pages_and_orders_by_keyboard(demo, open_page, cookies):
    page = open_page(cookies=cookies)
    page.goto(f"{demo.url}/overview")
    order = page.get_by_role("table", name="Commissions").get_by_role("link").first.inner_text()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search and go to")
    expect(palette.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("statem")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/statements"))
    expect(palette).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type(order)
    expect(palette.get_by_role("link", name=order)).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")


def test_a_settled_order_shows_on_an_open_page_without_a_reload_and_a_break_is_visible(demo, open_page, cookies):
    page = open_page(cookies=cookies)
    page.goto(f"{demo.url}/commissions")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    [latest] = page.request.get(f"{demo.url}/v1/commissions?limit=1").json()["data"]
    # So little that nothing is earned by it, and other tests find the figures that they know.
    order = f"LIVE-{uuid.uuid4().hex[:8]}"
    paid_at = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)).isoformat()
    data = {"order_id": order, "customer_id": latest["customer_external_id"], "amount": "0.01", "currency": "USD"}
    key = re.search(r"key (\S+)", demo.printed).group(1)
    answer = page.request.post(
        f"{demo.url}/v1/events",
        data={"id": f"evt-{order}", "type": "subscription.renewed", "data": {**data, "paid_at": paid_at}},
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": order, "Cookie": ""},
    )
    assert answer.status == 202, answer.text()
    page.evaluate("globalThis.notReloaded = true")
    expect(page.get_by_role("link", name=order)).to_be_visible()
    assert page.evaluate("globalThis.notReloaded") is True
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def test_a_code_is_asked_for_once_it_was_set_up(demo, open_page):
    scenario = ("--scenario", demo.folder)
    login = f"somebody-{uuid.uuid4().hex[:6]}"
    added = fenrun(demo.home, "members", "add", login, "--role", "operator", *scenario)
    password = added.stdout.split("\t")[2].strip()
    page = open_page()
    enter(page, demo, login, password)
    # An operator may not see the books, and starts where they may.
    page.wait_for_url(re.compile("/partners"))
    expect(page.get_by_role("link", name="Finance")).to_have_count(0)
    page.goto(f"{demo.url}/settings")
    card = page.get_by_role("region", name="Code at sign-in")
    card.get_by_label("Your password").fill(password)
    card.get_by_role("button", name="Set it up").click()
    secret = card.locator("code").inner_text()
    expect(card.get_by_role("img")).to_be_visible()
    totp = pyotp.TOTP(secret)
    card.get_by_label("Code").fill(totp.now())
    card.get_by_role("button", name="Confirm").click()
    expect(card.locator("li")).to_have_count(10)
    codes = card.locator("li").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    expect(card).to_contain_text("10 recovery codes are left")

    fresh = open_page()
    enter(fresh, demo, login, password)
    expect(fresh.get_by_role("heading", level=1)).to_have_text("Enter your code")
    assert barriers(fresh) == []
    fresh.get_by_label("Code").fill("000000" if totp.now() != "000000" else "000001")
    fresh.click("button[type=submit]")
    expect(fresh.get_by_role("alert")).to_contain_text("This code is wrong")
    fresh.get_by_label("Code").fill(codes[0])
    fresh.click("button[type=submit]")
    fresh.wait_for_url(re.compile("/partners"))


def test_a_narrow_screen_has_a_menu_and_the_colours_are_the_readers_choice(demo, open_page, cookies):
    page = open_page(width=390, cookies=cookies)
    page.goto(f"{demo.url}/overview")
    page.get_by_role("button", name="Menu").click()
    menu = page.get_by_role("dialog", name="Menu")
    menu.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert barriers(page) == []
    keep(page, "menu-390")
    menu.get_by_role("link", name="Payouts").click()
    page.wait_for_url(re.compile("/payouts"))
    expect(menu).to_have_count(0)
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("button", name="Sign out")
    expect(menu.get_by_text("Partner", exact=False).first).to_be_visible()
