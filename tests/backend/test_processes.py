"""`fenrun up` and what it is made of: an installation that is not a demo, its processes killed and taken over."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import httpx2
import pytest
from sqlalchemy import text
from tests import plain_http
from tests.backend.people import add_member
from tests.backend.post import smtp_server
from tests.conftest import ROOT, fenrun
from tests.worlds import random_world

from fenrun.chain.devnet import free_port
from fenrun.kit import postgres
from fenrun.kit.db import connect, sessions

PATIENCE_SECONDS = 120


class Up:
    """A running `fenrun up` with a world imported."""

    def __init__(self, home, port, log, mailbox, smtp_port):
        self.home, self.port, self.mailbox, self._smtp_port = home, port, mailbox, smtp_port
        self.address = f"http://127.0.0.1:{port}"
        self._log = log
        self.process = None

    def start(self):
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fenrun", "up"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "FENRUN_HOME": str(self.home), "FENRUN_PORT": str(self.port),
                     "FENRUN_CURRENCY": "USD", "FENRUN_AUDIT_SECONDS": "1",
                     "FENRUN_SMTP_URL": f"smtp://127.0.0.1:{self._smtp_port}",
                     "FENRUN_MAIL_FROM": "no-reply@fenrun.example"},
            )  # fmt: skip
        self.until(lambda: plain_http.get(f"{self.address}/health/live").status_code == 200)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def until(self, holds):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                if holds():
                    return
            assert self.process.poll() is None, self._log.read_text()[-3000:]
            assert time.monotonic() < deadline, self._log.read_text()[-3000:]
            time.sleep(0.1)

    @contextlib.contextmanager
    def database(self):
        engine = connect(postgres.running(self.home / "main" / "pg"))
        try:
            yield engine
        finally:
            engine.dispose()

    def ask(self, query):
        with self.database() as engine, engine.connect() as connection:
            return connection.execute(text(query)).scalar_one()

    def child(self, name):
        """The id of a child process of `fenrun up`."""
        for line in subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True,
                                   text=True, check=True).stdout.splitlines():  # fmt: skip
            number, _, command = line.strip().partition(" ")
            if f"fenrun {name}" in command:
                return int(number)
        return None

    def settled(self):
        return "SELECT count(*) FROM orders o JOIN batches b ON b.number = o.batch_number WHERE b.status = 'finalized'"


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    base = tmp_path_factory.mktemp("up")
    with smtp_server() as (mailbox, smtp_port):
        up = Up(base / "home", free_port(), base / "log", mailbox, smtp_port)
        try:
            up.start()
            yield up
        finally:
            up.stop()


@pytest.fixture(scope="module")
def filled(up, tmp_path_factory):
    """The installation, with a world imported and settled."""
    world = random_world(tmp_path_factory.mktemp("world") / "w", seed=5, orders=40)
    done = fenrun(up.home, "import", world, check=False)
    assert "8 partners, 12 customers" in done.stderr, done.stderr
    up.until(lambda: up.ask(up.settled()) == up.ask("SELECT count(*) FROM orders") > 0)
    return up, world


def test_an_import_is_registered_published_and_settled_by_the_worker(filled):
    up, _ = filled
    assert up.ask("SELECT count(*) FROM partners WHERE status <> 'active'") == 0
    assert up.ask("SELECT count(*) FROM plans WHERE status <> 'published'") == 0
    assert up.ask("SELECT count(*) FROM orders WHERE reason IS NOT NULL") == 0


def test_the_same_import_again_adds_nothing(filled):
    up, world = filled
    again = fenrun(up.home, "import", world, check=False)
    assert "Added: 0 plans, 0 partners, 0 customers, 0 orders, 0 refunds" in again.stderr


def test_a_killed_worker_and_a_killed_chain_are_taken_over(filled):
    up, _ = filled
    os.kill(up.child("worker"), signal.SIGKILL)
    chain = json.loads((up.home / "main" / "anvil.json").read_text())["pid"]
    os.kill(chain, signal.SIGKILL)
    key = json.loads((up.home / "main" / "credentials.json").read_text())["api_key"]
    data = {"order_id": "after", "customer_id": "c-1", "amount": "12.34", "currency": "USD",
            "paid_at": "2026-01-15T08:00:00Z"}  # fmt: skip
    body = {"data": [{"id": "evt-after", "type": "subscription.renewed", "data": data}]}
    headers = {"Authorization": f"Bearer {key}"}
    up.until(lambda: plain_http.post(f"{up.address}/v1/events/batch", json=body, headers=headers).status_code == 202)
    up.until(lambda: up.ask(up.settled() + " AND o.external_id = 'after'") == 1)
    assert up.ask("SELECT count(*) FROM intents WHERE state <> 'mined'") == 0


def test_health_and_figures_say_so(filled):
    up, _ = filled
    checks = dict.fromkeys(("database", "node", "indexer", "audit"), True)
    well = {"status": "ready", "checks": checks}
    up.until(lambda: plain_http.get(f"{up.address}/health/ready").json() == well)
    assert plain_http.get(f"{up.address}/metrics").status_code == 401
    key = json.loads((up.home / "main" / "credentials.json").read_text())["api_key"]

    def figures():
        answer = plain_http.get(f"{up.address}/metrics", headers={"Authorization": f"Bearer {key}"}).text
        return dict(line.rsplit(" ", 1) for line in answer.splitlines() if not line.startswith("#"))

    up.until(lambda: figures().get("fenrun_audit_ok") == "1.0")
    found = figures()
    assert float(found["fenrun_orders_accepted_total"]) == up.ask("SELECT max(number) FROM orders")
    up.until(lambda: figures()["fenrun_sealed_log"] == figures()["fenrun_ledger_log"])
    up.until(lambda: figures()["fenrun_indexer_lag_blocks"] == "0.0")
    assert float(found["fenrun_gas_used_total"]) > 1_000_000


def test_a_forgotten_password_is_set_by_the_letters_link(filled):
    up, _ = filled
    with up.database() as engine, sessions(engine).begin() as database:
        add_member(database, "eve", "auditor", None, email="eve@example.com", language="zh-CN")
    session = f"{up.address}/v1/session"
    assert plain_http.post(f"{session}/reset", json={"login": "eve"}).status_code == 202
    up.until(lambda: up.mailbox.messages)
    [(to, message)] = up.mailbox.messages
    assert (to, message["Subject"]) == (["eve@example.com"], "设置新密码")
    [token] = re.findall(rf"{up.address}/reset/(\S+)", message.get_body(("plain",)).get_content())
    new = {"token": token, "password": "a whole new password"}
    assert plain_http.post(f"{session}/reset/confirm", json=new).status_code == 204
    assert plain_http.post(session, json={"login": "eve", "password": new["password"]}).status_code == 200
    up.until(lambda: [message["Subject"] for _, message in up.mailbox.messages[1:]] == ["您的密码已更改"])
    assert up.ask("SELECT count(*) FROM letters WHERE state = 'sent' AND sealed IS NULL") == 2


def test_a_doctor_finds_nothing_or_names_it(filled):
    up, _ = filled
    found = {finding["name"]: finding for finding in
             json.loads(fenrun(up.home, "doctor", "--json", check=False).stdout)["findings"]}  # fmt: skip
    for name in ("versions", "disk", "database", "clock of the database", "node", "contracts", "roles", "set-up",
                 "journal", "transactions", "coin of the operator", "indexer", "audit", "mail"):  # fmt: skip
        assert found[name]["ok"], found[name]
    empty = fenrun(up.home.parent / "empty", "doctor", "--json", check=False)
    assert empty.returncode == 1
    assert "fenrun up" in json.loads(empty.stdout)["findings"][-1]["detail"]


def test_a_second_up_is_refused_and_a_stopped_one_goes_on(filled):
    up, _ = filled
    second = fenrun(up.home, "up", check=False)
    assert second.returncode == 2
    assert "Another fenrun uses" in second.stderr
    before = up.ask("SELECT max(number) FROM transactions")
    assert up.stop() == 0
    up.start()
    assert up.ask("SELECT max(number) FROM transactions") == before
    up.until(lambda: plain_http.get(f"{up.address}/health/ready").status_code == 200)
