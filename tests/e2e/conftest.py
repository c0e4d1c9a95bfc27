"""`fenrun demo` on some hundred real orders, left running as a person would, and a browser."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from tests.backend.post import Mailbox, smtp_server
from tests.conftest import ROOT
from tests.worlds import slice_of_cdnow

ARTIFACTS = ROOT / "test-artifacts" / "e2e"
PATIENCE_SECONDS = 600
# A machine with much to do takes longer to draw a page; nothing waits once it is there.
expect.set_options(timeout=30_000)


@dataclass
class Demo:
    """A demo that ran to its end and serves its portal."""

    url: str
    folder: Path
    home: Path
    out: Path
    summary: dict
    printed: str
    mailbox: Mailbox
    """What its letters' server was given."""

    def sign_in(self, who):
        """Login and password as the demo printed them."""
        found = re.search(rf"{who}\s+login (\S+)\s+password (\S+)", self.printed)
        assert found, self.printed[-2000:]
        return found.groups()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def mail():
    """A real SMTP server: its mailbox and its port."""
    with smtp_server() as found:
        yield found


@pytest.fixture(scope="session")
def demo(tmp_path_factory, mail):
    mailbox, smtp_port = mail
    base, port = tmp_path_factory.mktemp("demo"), free_port()
    folder = slice_of_cdnow(base / "scenario", orders=500)
    url = f"http://127.0.0.1:{port}"
    printed = (base / "printed").open("w+")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "fenrun",
            "demo",
            "--scenario",
            str(folder),
            "--json",
            "--port",
            str(port),
            "--out",
            str(base / "out"),
        ],
        env={
            **os.environ,
            "FENRUN_HOME": str(base / "home"),
            "FENRUN_PAYOUT_PAYER_NAME": "Fenrun",
            "FENRUN_PAYOUT_PAYER_ACCOUNT": "GB82WEST12345698765432",
            "FENRUN_PAYOUT_PAYER_BIC": "NWBKGB2L",
            "FENRUN_PUBLIC_URL": url,
            "FENRUN_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "FENRUN_MAIL_FROM": "Fenrun <fenrun@example.com>",
            "PYTHONWARNINGS": "error",
            "COLUMNS": "200",
        },
        stdout=subprocess.PIPE,
        stderr=printed,
        text=True,
        cwd=ROOT,
    )
    try:
        line = process.stdout.readline()
        text = Path(printed.name).read_text
        assert line, text()[-4000:]
        wait_for(url, process, text)
        yield Demo(url, folder, base / "home", base / "out", json.loads(line), text(), mailbox)
    finally:
        # Ctrl-C, as the demo says; it stops its servers itself.
        process.send_signal(2)
        process.wait(60)
        process.stdout.close()
        printed.close()


def wait_for(url, process, text):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/", timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(text()[-4000:])


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("FENRUN_CHROMIUM") or (ROOT / ".tools" / "chromium").read_text().strip()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        )
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, demo):
    """Opens pages of whatever kind of window; an error on one of them, or a request to elsewhere, fails the test."""
    problems, contexts = [], []

    def watch(page, refusals):
        expected = re.compile(rf"status of ({'|'.join(refusals)})")
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda said: said.type == "error" and not expected.search(said.text) and problems.append(said.text),
        )
        page.on("request", lambda sent: sent.url.startswith((demo.url, "data:")) or problems.append(sent.url))

    def open_(width=1280, locale="en-US", theme="light", cookies=(), refusals=("401",)):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, color_scheme=theme, accept_downloads=True
        )
        context.add_cookies(list(cookies))
        contexts.append(context)
        context.on("page", lambda page: watch(page, refusals))
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_page):
    return open_page()
