"""The main job, as a person meets it: the demo on real orders, and its pages in a real browser."""

import csv

from playwright.sync_api import expect
from tests.e2e.portal import keep, sign_in
from tests.reckoning import read_earnings, reckon


def test_the_known_result(demo, today):
    figures = demo.summary
    expected, refused = reckon(demo.folder, today)
    assert read_earnings(demo.out / "earnings.csv") == expected
    assert figures["orders_settled"] == len({order for order, _ in expected}) > 400
    assert figures["orders_refused"] == len(refused)
    assert figures["legs"] == len(expected)
    assert figures["earned_minor"] == sum(leg[3] for leg in expected.values())
    assert figures["audit_ok"] is True
    with (demo.out / "refused.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["order_id"] for row in rows] == refused
    assert {row["reason"] for row in rows} <= {"amount_not_positive"}


def test_the_months_of_a_partner_are_those_of_the_reckoning(demo, page, today):
    sign_in(page, demo, "Partner")
    login, _ = demo.sign_in("Partner")
    legs, _ = reckon(demo.folder, today)
    own = [leg for leg in legs.values() if leg[0].lower() == login]
    earned = page.evaluate("async () => {"
        " const me = await (await fetch('/v1/session')).json();"
        " return await (await fetch(`/v1/partners/${me.partner_id}/earnings`)).json() }")  # fmt: skip
    assert int(earned["earned"]) == sum(leg[3] for leg in own)
    by_month = {month["month"]: int(month["earned"]) for month in earned["months"]}
    for month in {leg[6][:7] for leg in own}:
        assert by_month[month] == sum(leg[3] for leg in own if leg[6].startswith(month))


def test_finance_sees_balanced_books_and_runs_the_check(demo, page):
    sign_in(page, demo, "Finance")
    expect(page.get_by_role("heading", level=1)).to_have_text("Finance")
    expect(page.get_by_text("Balanced", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{demo.summary['earned_minor'] / 100:,.2f}").first).to_be_visible()
    page.get_by_role("button", name="Run now").click()
    page.wait_for_selector("progress")
    page.wait_for_selector("progress", state="detached", timeout=60_000)
    expect(page.get_by_text("Chain and books agree")).to_be_visible()
    expect(page.get_by_text("no difference").first).to_be_visible()
    keep(page, "finance")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="简体中文").click()
    keep(page, "finance-zh")


def test_the_api_describes_itself(demo, page):
    page.goto(f"{demo.url}/docs")
    for tag, path in (("events", "/v1/events/batch"), ("books", "/v1/trial-balance")):
        page.locator(f"#operations-tag-{tag}").click()
        expect(page.get_by_text(path, exact=True)).to_be_visible()
    keep(page, "docs")
