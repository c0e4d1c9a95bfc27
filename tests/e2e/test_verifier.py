"""The page that checks a statement, in a real browser, opened from disk, with the network off."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect
from tests.e2e.portal import keep


@pytest.fixture
def statement(demo, page):
    """The statement of the partner's richest month, as the API gives it."""

    def get(path):
        answer = page.request.get(f"{demo.url}/v1/{path}")
        assert answer.ok, answer.text()
        return answer.json()

    login, password = demo.sign_in("Partner")
    assert page.request.post(f"{demo.url}/v1/session", data={"login": login, "password": password}).ok
    partner = get("session")["partner_id"]
    best = max(get(f"partners/{partner}/earnings")["months"], key=lambda month: month["orders"])
    return get(f"statements/{partner}/{best['month']}")


def test_a_partner_checks_a_statement_offline(demo, browser, statement, tmp_path):
    file, good, bad = tmp_path / "verifier.html", tmp_path / "statement.json", tmp_path / "changed.json"
    with urllib.request.urlopen(f"{demo.url}/v1/verifier") as answer:  # noqa: S310 - our own address
        file.write_bytes(answer.read())
    good.write_text(json.dumps(statement))
    order = statement["orders"][0]
    order["legs"][0]["share"] = str(int(order["legs"][0]["share"]) + 1)
    bad.write_text(json.dumps(statement))

    context = browser.new_context(locale="en-US", offline=True)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("request", lambda request: request.url.startswith("file:") or problems.append(request.url))
    page.goto(file.as_uri())
    page.set_input_files("input[type=file]", good)
    expect(page.locator(".verdict.ok")).to_contain_text("Nothing is wrong in this statement.")
    expect(page.locator("li.ok")).to_have_count(6)
    expect(page.locator("main")).to_contain_text(statement["partner"]["name"])
    keep(page, "verifier")

    page.set_input_files("input[type=file]", bad)
    expect(page.locator(".verdict.bad")).to_contain_text(
        re.compile(rf"Order {order['order_no']} .*, share: the statement says \d+, its leaf says \d+")
    )
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator(".verdict.bad")).to_contain_text(f"订单 {order['order_no']}")
    expect(page.locator("main")).to_contain_text("期初")
    keep(page, "verifier-zh")
    context.close()
    assert problems == []


def test_the_page_works_where_it_is_served(demo, page, statement, tmp_path):
    file = tmp_path / "statement.json"
    file.write_text(json.dumps(statement))
    page.goto(f"{demo.url}/v1/verifier")
    page.set_input_files("input[type=file]", file)
    expect(page.locator(".verdict.ok")).to_be_visible()
