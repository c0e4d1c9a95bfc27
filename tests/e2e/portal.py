"""What tests do on the portal's pages: come in, look for what bars people, keep a picture."""

from playwright.sync_api import expect
from tests.conftest import ROOT
from tests.e2e.conftest import ARTIFACTS

AXE = (ROOT / "portal" / "node_modules" / "axe-core" / "axe.min.js").read_text()
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page, demo, who):
    """Signs in as one of those whom the demo printed."""
    enter(page, demo, *demo.sign_in(who))
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.wait_for_selector("main h1")


def enter(page, demo, login, password):
    """Fills the sign-in in and sends it."""
    page.goto(demo.url)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")


def settled(page):
    """Waits until nothing on the page is still loading."""
    page.wait_for_selector("main h1")
    expect(page.locator("main .animate-pulse")).to_have_count(0)


def keep(page, name):
    """A picture of the whole page, for people to look at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


def barriers(page):
    """What axe finds that bars people, with the first place of each."""
    # By the debugger's way in: the page's own policy lets no script of others run.
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", _RULES)
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]


def overflow(page):
    """By how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
