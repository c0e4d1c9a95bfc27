"""How long the portal's first page takes in a real browser: largest contentful paint, with nothing cached."""

import statistics
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench_world import KEY, PARTNER, World

_CHROMIUM = Path(__file__).resolve().parent.parent / ".tools" / "chromium"
_TIMES = 9
_PAINT = """() => new Promise((resolve) => {
  let last = 0
  const seen = new PerformanceObserver((list) => { for (const entry of list.getEntries()) last = entry.startTime })
  seen.observe({ type: "largest-contentful-paint", buffered: true })
  setTimeout(() => resolve(last), 100)
})"""


def measure(world: World) -> dict[str, float]:
    """Milliseconds until the largest thing of a partner's overview is painted: median, and the slowest."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM.read_text().strip(), args=["--no-sandbox", "--disable-background-networking"]
        )
        taken = sorted(_paint(browser, world) for _ in range(_TIMES))
        browser.close()
    return {"overview_lcp_ms": round(statistics.median(taken)), "overview_lcp_slowest_ms": round(taken[-1])}


def _paint(browser: Browser, world: World) -> float:
    context = browser.new_context(base_url=f"http://127.0.0.1:{world.port}", viewport={"width": 1280, "height": 900})
    answer = context.request.post("/v1/session", data={"login": PARTNER, "password": KEY})
    if not answer.ok:
        raise SystemExit(f"The partner could not sign in: {answer.text()}")
    page = context.new_page()
    page.goto("/")
    # The figures are there, or the paint was not the page's.
    page.get_by_role("main").get_by_role("table").first.wait_for()
    found: float = page.evaluate(_PAINT)
    context.close()
    return found
