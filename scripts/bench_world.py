"""An installation for benchmarks: its servers, a world of partners and customers, and processes to load."""

import csv
import datetime as dt
import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fenrun import worker
from fenrun.chain.devnet import free_port
from fenrun.demo.intake import add_new
from fenrun.demo.scenario import read_scenario
from fenrun.instance import Instance, real
from fenrun.kit.settings import Settings, load_settings
from fenrun.registry import service as registry
from fenrun.settlement.tasks import Road

PARTNERS, CUSTOMERS = 300, 2_000
CURRENCY, CALLER, PARTNER, KEY = "USD", "bench", "bench-partner", "frk_bench"
_PLAN = """
currency: USD
plans:
  - id: standard
    tier_thresholds: [200, 500, 1500]
    hold_days: 14
    new:     {referrer: [1000, 1200, 1500, 1800], implementer: [500, 600, 700, 800], trainer: [200, 200, 300, 300]}
    renewal: {referrer: [500, 600, 750, 900], implementer: [250, 300, 350, 400], trainer: [100, 100, 100, 100]}
"""


class World:
    """An installation with its database and chain, and partners and customers that the chain knows."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        os.environ.update(
            FENRUN_HOME=str(home), FENRUN_CURRENCY=CURRENCY, FENRUN_PORT=str(self.port), FENRUN_AUDIT_SECONDS="86400"
        )
        self.settings: Settings = load_settings()
        self.instance: Instance = real(self.settings, joins=False, migrates=True)
        self.road: Road = self.instance.open_road(self.instance.found())
        self._orders = 0
        self._draw = random.Random(1)  # noqa: S311 - the same orders every time
        self._fill(home / "world")

    def _fill(self, folder: Path) -> None:
        folder.mkdir()
        people = [f"p{number}" for number in range(PARTNERS)]
        since = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
        _write(folder / "partners.csv", ["partner_id", "name", "country", "type"],
               [[person, f"Partner {person}", "DE", "entity"] for person in people])  # fmt: skip
        _write(folder / "customers.csv",
               ["customer_id", "registered_on", "referrer", "implementer", "trainer", "plan"],
               [[f"c{number}", since, *self._draw.sample(people, 3), "standard"] for number in range(CUSTOMERS)],
               )  # fmt: skip
        _write(folder / "orders.csv", ["order_id", "customer_id", "paid_on", "kind", "amount", "currency"], [])
        (folder / "plans.yaml").write_text(_PLAN)
        with self.instance.sessions.begin() as session:
            add_new(session, read_scenario(folder), CURRENCY, self.instance.keys.reference_key)
            registry.add_member(session, "bench", KEY, "finance", None)
            registry.add_member(session, PARTNER, KEY, "partner", 1)
            registry.add_api_key(session, CALLER, KEY)
        while self.count("referrals WHERE status = 'pending'"):
            worker.tick(self.road)

    def count(self, what: str) -> int:
        """How many rows there are of a table, perhaps with a condition."""
        with self.instance.sessions() as session:
            return int(session.scalar(text(f"SELECT count(*) FROM {what}")) or 0)  # noqa: S608 - our own words

    def settled(self) -> int:
        """How many orders are in the books."""
        with self.instance.sessions() as session:
            found = session.scalar(text("SELECT sum(orders - skipped) FROM batches WHERE status <> 'submitted'"))
            return int(found or 0)

    def events(self, count: int) -> list[dict[str, Any]]:
        """Events of orders that nobody sent yet."""
        now = dt.datetime.now(dt.UTC).isoformat()
        first, self._orders = self._orders, self._orders + count
        return [
            {
                "id": f"e{number}",
                "type": "subscription.renewed",
                "data": {
                    "order_id": f"o{number}",
                    "customer_id": f"c{self._draw.randrange(CUSTOMERS)}",
                    "amount": f"{self._draw.randrange(100, 30_000) / 100:.2f}",
                    "currency": CURRENCY,
                    "paid_at": now,
                },
            }
            for number in range(first, first + count)
        ]

    @contextmanager
    def process(self, command: str, program: tuple[str, str] = ("-m", "fenrun")) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the installation, `api` or `worker`, ended afterwards; `program` as Python is told it."""
        with (self.instance.folder / f"{command}.log").open("ab") as log:
            running = subprocess.Popen(
                [sys.executable, *program, command], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            while command == "api" and not self._answers():
                time.sleep(0.1)
            yield running
        finally:
            running.terminate()
            running.wait()

    def _answers(self) -> bool:
        connection = self.connect()
        try:
            connection.request("GET", "/v1/session")
            connection.getresponse().read()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the API."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def stop(self) -> None:
        """Ends the servers."""
        self.instance.stop()


def bodies(events: list[dict[str, Any]], size: int = 1_000) -> list[bytes]:
    """The bodies of requests for batches of events."""
    return [json.dumps({"data": events[at : at + size]}).encode() for at in range(0, len(events), size)]


def post(connection: http.client.HTTPConnection, path: str, body: bytes, key: str | None = None) -> None:
    """Sends a request that must be accepted."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", path, body, headers | ({"Idempotency-Key": key} if key else {}))
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 202:
        raise SystemExit(f"{path} answered {answer.status}: {content[:500].decode()}")


def _write(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
