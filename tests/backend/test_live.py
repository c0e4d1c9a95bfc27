"""Pages that stay up to date: who is told of which change, when, and until when."""

import asyncio
import datetime as dt
import json
import os
import signal
import threading
import time
import uuid
from contextlib import contextmanager

import httpx2
import psycopg
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from tests import plain_http
from tests.backend.people import is_problem
from tests.backend.server import Server

from fenrun import worker
from fenrun.kit import changes
from fenrun.live import endpoints, service
from fenrun.live.service import Hub, Listener

PATIENCE_SECONDS = 20


@pytest.fixture
def server(people, monkeypatch):
    """The application in a real server: only there an answer is read while it is written."""
    monkeypatch.setattr(people.app.state.settings, "live_seconds", 600)
    with Server(uvicorn.Config(people.app, port=0, log_config=None)) as running:
        yield running


class Stream:
    """What a page hears, event by event; heartbeats are skipped."""

    def __init__(self, answer):
        self.answer, self._lines = answer, answer.iter_lines()

    def next(self):
        name, data = None, None
        for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
            elif line == "" and name:
                return name, data
        return None

    def topics(self, *wanted):
        """All topics up to when those wanted were told."""
        told = set()
        while not told >= set(wanted):
            name, data = self.next()
            assert name == "changed"
            told |= set(data["topics"])
        return told


@contextmanager
def listening(server, client):
    headers = {"Cookie": f"fenrun_session={client.cookies['fenrun_session']}"}
    with httpx2.stream("GET", f"{server.address}/v1/live", headers=headers, timeout=PATIENCE_SECONDS) as answer:
        stream = Stream(answer)
        if answer.status_code == 200:
            assert stream.next() == ("ready", {})
        yield stream


def until(true):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def tell(people, **changed):
    with people.road.sessions.begin() as session:
        changes.tell(session, changed)


def number_of(people, name):
    with people.road.sessions() as session:
        query = "SELECT number FROM partners WHERE id = %s"
        return session.connection().exec_driver_sql(query, (getattr(people, f"{name}_id"),)).scalar_one()


def order_of_rich(people):
    """Sends an event about a customer of the partner `rich` alone."""
    with people.road.sessions() as session:
        customer = session.connection().exec_driver_sql(
            "SELECT c.external_id FROM customers c JOIN orders o ON o.customer_number = c.number"
            " JOIN commissions g ON g.order_number = o.number"
            " GROUP BY 1 HAVING bool_and(g.partner_number = %s) ORDER BY 1 LIMIT 1", (number_of(people, "rich"),)
        ).scalar_one()  # fmt: skip
    order = f"LIVE-{uuid.uuid4().hex[:8]}"
    paid_at = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
    data = {"order_id": order, "customer_id": customer, "amount": "100.00", "currency": "USD", "paid_at": paid_at}
    body = {"id": f"evt-{order}", "type": "subscription.renewed", "data": data}
    answer = people.sender.post("/v1/events", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code == 202, answer.text
    return order


def test_a_settled_order_is_told_to_its_partner_and_the_staff_and_to_nobody_else(people, server):
    for _ in range(people.road.confirmations + 4):  # what other tests left to be done is of other partners too
        worker.tick(people.road)
    with (
        listening(server, people.rich) as rich,
        listening(server, people.other) as other,
        listening(server, people.auditor) as auditor,
    ):
        order = order_of_rich(people)
        worker.tick(people.road)
        assert rich.topics("orders", "commissions", "balances") == {"orders", "commissions", "balances"}
        # What was told is there to be read.
        [found] = people.rich.get("/v1/commissions", params={"search": order}).json()["data"]
        assert found["finalized"] is False
        assert auditor.topics("batches") >= {"orders", "commissions", "balances", "batches"}
        for _ in range(2):
            worker.tick(people.road)
        rich.topics("orders", "commissions")
        assert people.rich.get(f"/v1/commissions/{found['id']}").json()["finalized"] is True
        auditor.topics("books")
        # The first that another partner hears of is its own.
        tell(people, payouts=[number_of(people, "other")])
        assert other.next() == ("changed", {"topics": ["payouts"]})


def test_a_page_hears_until_its_session_ends(people, server, monkeypatch):
    monkeypatch.setattr(endpoints, "BEAT_SECONDS", 0.02)
    leaver = people.signed_in("the-finance")
    with listening(server, leaver) as stream:
        tell(people, books=[])
        assert stream.next() == ("changed", {"topics": ["books"]})
        assert leaver.delete("/v1/session").status_code == 204
        assert stream.next() == ("ended", {})
        assert stream.next() is None


def test_nobody_hears_without_a_session_or_beyond_the_limit(people, server, monkeypatch):
    assert is_problem(plain_http.get(f"{server.address}/v1/live"), 401, "unauthorized")
    monkeypatch.setattr(service, "MOST_OF_ONE", 1)
    with listening(server, people.finance), listening(server, people.finance) as second:
        second.answer.read()
        assert is_problem(second.answer, 429, "too_many_requests")
    # A place that was left is free again.
    until(lambda: not people.app.state.live.listeners)
    with listening(server, people.finance):
        pass


def test_when_the_database_goes_everybody_is_let_go_and_may_come_back(people, server):
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%'"
    with listening(server, people.finance) as stream:
        with people.road.sessions.begin() as session:
            assert session.connection().exec_driver_sql(ends).all() == [(True,)]
        assert stream.next() is None
    with listening(server, people.finance) as stream:
        tell(people, books=[])
        assert stream.next() == ("changed", {"topics": ["books"]})


def test_a_process_that_is_told_to_stop_lets_everybody_go(people):
    heard = []
    before = {number: signal.signal(number, lambda *_: heard.append(1)) for number in (signal.SIGINT, signal.SIGTERM)}

    async def listen():
        listener = await Hub(people.road.engine.url).join("mb_1", None)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await listener.next(PATIENCE_SECONDS) is None
        return listener.ended

    try:
        assert asyncio.run(listen())
        assert heard == [1]  # and the server is told as before
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


numbers = st.sets(st.integers(1, 2**63 - 1), max_size=60)


@given(own=st.integers(1, 50), told=st.lists(st.tuples(st.sampled_from(["orders", "payouts"]), numbers), max_size=5))
def test_a_partner_is_told_a_topic_exactly_when_it_is_concerned(own, told):
    partner, staff = Listener("mb_1", own), Listener("mb_2", None)
    for topic, partners in told:
        for listener in (partner, staff):
            listener.take(changes.Change((topic,), frozenset(partners)))
    assert asyncio.run(partner.next(0)) == (sorted({t for t, partners in told if own in partners}) or None)
    assert asyncio.run(staff.next(0)) == (sorted({t for t, _ in told}) or None)


def test_a_change_for_any_number_of_partners_fits_into_the_databases_messages(people):
    concerned = set(range(2**63 - 2_000, 2**63))
    url = people.road.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {changes.CHANNEL}")
        tell(people, orders=concerned, balances=concerned, books=[])
        heard = [
            changes.read(message.payload) for message in connection.notifies(timeout=PATIENCE_SECONDS, stop_after=7)
        ]
    assert frozenset().union(*(c.partners for c in heard if set(c.topics) == {"orders", "balances"})) == concerned
    assert [c.partners for c in heard if c.topics == ("books",)] == [frozenset()]
