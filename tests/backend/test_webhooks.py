"""The outbox and the courier: what was announced arrives, once and signed, whatever happens on the way."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook
from tests.conftest import empty
from tests.receivers import raw, receiver, silent

from fenrun.kit import outbox
from fenrun.kit.db import sessions
from fenrun.kit.outbox import Announcement
from fenrun.registry.models import Partner
from fenrun.webhooks import repository, service
from fenrun.webhooks.sending import Sender
from fenrun.webhooks.service import FAILING_DAYS, RETRY_SECONDS
from fenrun.webhooks.tasks import LEASE, PER_ENDPOINT, Courier

KEY = b"k" * 32
DAY = dt.timedelta(days=1)
TABLES = (
    "messages, subscriptions, webhook_endpoints, webhook_deliveries, webhook_attempts, event_source_secrets, partners"
)


@pytest.fixture
def world(empty_database):
    """An empty database with partners 7 and 8, and a courier."""
    factory = sessions(empty_database)
    with factory.begin() as session:
        empty(session, TABLES)
        for number in (7, 8):
            session.add(Partner(number=number, id=f"pn_{number}", external_id=f"p-{number}", name=f"P {number}",
                                country="CN", type="entity", partner_ref=bytes(32)))  # fmt: skip
    return World(factory)


class World:
    def __init__(self, factory):
        self.sessions = factory
        self.courier = Courier(factory, KEY, Sender(internal=True, deadline=10))

    def subscribe(self, url, *types, partner=None):
        """An endpoint, and the library that its owner verifies with."""
        with self.sessions.begin() as session:
            found, secret = service.add_endpoint(session, KEY, partner, url, "", types, internal=True)
        return SimpleNamespace(id=found.id, verifier=Webhook(secret))

    def announce(self, type="payout.completed", key="1", partner=7, **data):
        with self.sessions.begin() as session:
            outbox.announce(session, type, data, key=key, at=dt.datetime.now(dt.UTC), partner_number=partner)

    def rows(self, query, **given):
        with self.sessions() as session:
            return session.execute(text(query), given).mappings().all()

    def row(self, query, **given):
        [row] = self.rows(query, **given)
        return row

    def set(self, statement, **given):
        with self.sessions.begin() as session:
            session.execute(text(statement), given)

    def make_due(self):
        self.set("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'")

    def fail_for_good(self):
        """Makes every attempt of the schedule, one after another."""
        for _ in range(len(RETRY_SECONDS) + 1):
            self.make_due()
            self.courier.drain()

    def endpoint(self, id_):
        return self.row("SELECT * FROM webhook_endpoints WHERE id = :id", id=id_)

    def statuses(self):
        return [row["status"] for row in self.rows("SELECT status FROM webhook_deliveries ORDER BY id")]

    def change(self, endpoint_id, **changes):
        with self.sessions.begin() as session:
            given = {"url": None, "description": None, "types": None, "enabled": None, **changes}
            service.change_endpoint(session, service.owned(session, endpoint_id, None), **given, internal=True)

    def resend_since(self, endpoint_id, since, **more):
        with self.sessions.begin() as session:
            more = {"delivered_too": False, **more}
            return service.resend_since(session, service.owned(session, endpoint_id, None), since, **more)


# --- Outbox ---------------------------------------------------------------------------------------------------


def test_what_happened_is_told_once_signed_and_as_it_was_announced(world):
    with receiver() as there:
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce(id="po_1", gross="29463")
        world.announce(id="po_1", gross="29463")
        assert world.courier.drain() == 1
        [request] = there.got
        told = subscriber.verifier.verify(request.body, request.headers)
        assert (told["type"], told["data"]) == ("payout.completed", {"id": "po_1", "gross": "29463"})
        happened = dt.datetime.fromisoformat(told["timestamp"])
        assert abs(dt.datetime.now(dt.UTC) - happened) < dt.timedelta(minutes=5)
        assert request.headers["webhook-id"].startswith("msg_")
        assert request.headers["Content-Type"] == "application/json"
        assert world.courier.drain() == 0
    assert world.statuses() == ["delivered"]


def test_a_transaction_that_fails_announces_nothing(world):
    world.subscribe("http://127.0.0.1:9/", "payout.completed")
    with world.sessions() as session:
        outbox.announce(session, "payout.completed", {}, key="1", at=dt.datetime.now(dt.UTC))
        session.rollback()
    assert world.rows("SELECT FROM messages") == []


def test_what_nobody_wants_is_not_written(world):
    world.announce()
    world.subscribe("http://127.0.0.1:9/a", "payout.failed")
    world.subscribe("http://127.0.0.1:9/b", "payout.completed", partner=8)
    world.announce(partner=7)
    world.announce(partner=None)
    assert world.rows("SELECT FROM messages") == []
    world.announce(partner=8)
    assert len(world.rows("SELECT FROM messages")) == 1


def test_many_at_once_skip_what_came_before_and_what_is_no_news(world):
    world.subscribe("http://127.0.0.1:9/", "payout.completed", "commission.created")
    now = dt.datetime.now(dt.UTC)
    world.announce(key="payout:3")
    many = [Announcement("payout.completed", {"n": n}, f"payout:{n}", now, (7, 8)) for n in range(1_000)]
    many += [
        Announcement("commission.created", {}, "old", now - outbox.KEPT - DAY),
        Announcement("payout.failed", {}, "unwanted", now),
    ]
    with world.sessions.begin() as session:
        assert outbox.announce_many(session, many) == 999
    with world.sessions.begin() as session:
        assert outbox.announce_many(session, many) == 0
    assert world.row("SELECT partner_numbers FROM messages WHERE key = 'payout:4'")["partner_numbers"] == [7, 8]


def test_two_transactions_that_announce_the_same_make_one_message(world):
    world.subscribe("http://127.0.0.1:9/", "payout.completed")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: world.announce(key="same"), range(16)))
    assert len(world.rows("SELECT FROM messages")) == 1


def test_messages_are_forgotten_after_thirty_days_and_their_deliveries_with_them(world):
    with receiver() as there:
        world.subscribe(there.url, "payout.completed")
        world.announce(key="old")
        world.courier.drain()
        between = dt.datetime.now(dt.UTC)
        world.announce(key="new")
        with world.sessions.begin() as session:
            assert repository.forget_before(session, service.now(session) - outbox.KEPT) == 0
            assert repository.forget_before(session, between) == 1
    assert [row["key"] for row in world.rows("SELECT key FROM messages")] == ["new"]
    assert world.rows("SELECT FROM webhook_attempts") == []


# --- Who hears of what ----------------------------------------------------------------------------------------


def test_a_partner_hears_of_its_own_alone_and_the_staff_of_all(world):
    with receiver() as seven, receiver() as eight, receiver() as staff:
        world.subscribe(seven.url, "payout.completed", "dispute.opened", partner=7)
        world.subscribe(eight.url, "payout.completed", "dispute.opened", partner=8)
        world.subscribe(staff.url, "payout.completed", "dispute.opened", "batch.finalized")
        now = dt.datetime.now(dt.UTC)
        with world.sessions.begin() as session:
            outbox.announce_many(
                session,
                [
                    Announcement("payout.completed", {"for": 7}, "a", now, [7]),
                    Announcement("payout.completed", {"for": 8}, "b", now, [8]),
                    Announcement("dispute.opened", {"for": "both"}, "c", now, [7, 8]),
                    Announcement("batch.finalized", {"for": "staff"}, "d", now),
                ],
            )
        world.courier.drain()
        heard = [sorted(str(json.loads(r.body)["data"]["for"]) for r in there.got) for there in (seven, eight, staff)]
    assert heard == [["7", "both"], ["8", "both"], ["7", "8", "both", "staff"]]


def test_two_endpoints_get_the_same_message_under_the_same_id_with_their_own_signatures(world):
    with receiver() as one, receiver() as two:
        a, b = (world.subscribe(there.url, "payout.completed") for there in (one, two))
        world.announce()
        world.courier.drain()
        assert one.ids == two.ids
        assert one.got[0].body == two.got[0].body
        a.verifier.verify(one.got[0].body, one.got[0].headers)
        b.verifier.verify(two.got[0].body, two.got[0].headers)
        assert one.got[0].headers["webhook-signature"] != two.got[0].headers["webhook-signature"]
    assert len(world.rows("SELECT FROM messages")) == 1


# --- Retries --------------------------------------------------------------------------------------------------


def test_what_fails_is_tried_for_three_days_under_one_id_and_then_given_up(world):
    waits = []
    with receiver() as there:
        there.status, there.body = 500, b"out of order"
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce()
        world.courier.distribute()
        for _ in range(len(RETRY_SECONDS) + 1):
            world.make_due()
            world.courier.drain()
            row = world.row(
                "SELECT status, extract(epoch FROM next_attempt_at - now()) AS wait FROM webhook_deliveries"
            )
            waits.append(row["wait"])
        assert len(set(there.ids)) == 1
        for request in there.got:
            subscriber.verifier.verify(request.body, request.headers)
        assert len({request.body for request in there.got}) == 1
        world.make_due()
        assert world.courier.drain() == 0
    assert row["status"] == "failed"
    assert waits.pop() is None
    for wait, planned in zip(waits, RETRY_SECONDS, strict=True):
        assert planned * 0.9 - 5 < wait <= planned * 1.1
    assert 3 * 86_400 < sum(RETRY_SECONDS) < 4 * 86_400
    log = world.rows("SELECT number, status_code, error, response FROM webhook_attempts ORDER BY number")
    assert [entry["number"] for entry in log] == list(range(1, 11))
    assert {(entry["status_code"], entry["error"], entry["response"]) for entry in log} == {
        (500, "It answered 500", "out of order")
    }


def test_jitter_keeps_apart_what_failed_together():
    waits = {service.next_wait(3, None) for _ in range(50)}
    assert len(waits) > 40
    assert all(27 * 60 <= wait.total_seconds() <= 33 * 60 for wait in waits)


@pytest.mark.parametrize(("asked", "least", "most"), [(None, 4, 6), (60, 60, 60), (10**8, 86_400, 86_400)])
def test_who_asks_us_to_wait_longer_is_granted_up_to_a_day(asked, least, most):
    assert least <= service.next_wait(1, asked).total_seconds() <= most


def test_one_success_ends_the_retries(world):
    with receiver() as there:
        there.status = 503
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce()
        world.courier.drain()
        assert world.endpoint(subscriber.id)["failing_since"] is not None
        there.status = 200
        world.make_due()
        world.courier.drain()
        world.make_due()
        world.courier.drain()
        assert len(there.got) == 2
    assert world.endpoint(subscriber.id)["failing_since"] is None
    assert world.row("SELECT status, attempts, next_attempt_at FROM webhook_deliveries") == {
        "status": "delivered", "attempts": 2, "next_attempt_at": None,
    }  # fmt: skip


# --- Disabled -------------------------------------------------------------------------------------------------


def test_an_endpoint_that_fails_for_days_is_disabled_says_so_and_is_told_of(world):
    with receiver() as down, receiver() as staff:
        down.status = 500
        subscriber = world.subscribe(down.url, "payout.completed", partner=7)
        world.subscribe(staff.url, "webhook_endpoint.disabled")
        world.announce(key="1")
        world.fail_for_good()
        # One message in vain within five days: others may get through.
        assert world.endpoint(subscriber.id)["status"] == "enabled"
        world.set("UPDATE webhook_endpoints SET failing_since = failing_since - :days", days=FAILING_DAYS * DAY)
        world.announce(key="2")
        world.announce(key="3")
        world.courier.drain()
        assert world.endpoint(subscriber.id)["status"] == "enabled"
        world.fail_for_good()
        found = world.endpoint(subscriber.id)
        assert (found["status"], found["disabled_reason"]) == ("disabled", "failing")
        # The first of the two that was given up took the other with it; the staff were told.
        assert sorted(world.statuses()) == ["canceled", "delivered", "failed", "failed"]
        world.courier.drain()
        told = [json.loads(request.body) for request in staff.got]
        assert [(message["type"], message["data"]["id"], message["data"]["reason"]) for message in told] == [
            ("webhook_endpoint.disabled", subscriber.id, "failing")
        ]


def test_one_success_within_the_days_keeps_an_endpoint(world):
    with receiver() as there:
        there.status = 500
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce(key="1")
        world.courier.drain()
        world.set("UPDATE webhook_endpoints SET failing_since = failing_since - :days", days=FAILING_DAYS * DAY)
        there.status = 200
        world.announce(key="2")
        world.courier.drain()
        there.status = 500
        world.fail_for_good()
    assert world.endpoint(subscriber.id)["status"] == "enabled"
    assert sorted(world.statuses()) == ["delivered", "failed"]


def test_410_gone_disables_at_once(world):
    with receiver() as there:
        there.status = 410
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce(key="1")
        world.courier.drain()
        world.announce(key="2")
        assert world.courier.drain() == 0
        assert len(there.got) == 1
    found = world.endpoint(subscriber.id)
    assert (found["status"], found["disabled_reason"]) == ("disabled", "gone")


def test_what_happened_while_an_endpoint_was_disabled_can_be_sent_when_it_is_enabled(world):
    with receiver() as there:
        subscriber = world.subscribe(there.url, "payout.completed")
        since = dt.datetime.now(dt.UTC) - DAY
        world.announce(key="before")
        world.courier.drain()
        world.announce(key="on its way")
        world.courier.distribute()
        world.change(subscriber.id, enabled=False)
        world.announce(key="meanwhile")
        assert world.courier.drain() == 0
        assert sorted(world.statuses()) == ["canceled", "delivered"]
        world.change(subscriber.id, enabled=True)
        assert world.courier.drain() == 0
        assert world.resend_since(subscriber.id, since) == 2
        assert world.courier.drain() == 2
        assert len(set(there.ids)) == 3
        assert world.resend_since(subscriber.id, since) == 0
        assert world.resend_since(subscriber.id, since, delivered_too=True) == 3
        assert world.courier.drain() == 3
        assert len(set(there.ids)) == 3
        assert world.resend_since(subscriber.id, dt.datetime.now(dt.UTC) + DAY, delivered_too=True) == 0


def test_a_resend_asks_again_under_the_same_id_with_a_schedule_of_its_own(world):
    with receiver() as there:
        there.status = 500
        world.subscribe(there.url, "payout.completed")
        world.announce()
        world.fail_for_good()
        assert world.statuses() == ["failed"]
        id_ = world.row("SELECT id FROM webhook_deliveries")["id"]
        with world.sessions.begin() as session:
            known, found = service.delivery(session, id_, None)
            service.resend(session, found, known)
        assert world.courier.drain() == 1
        assert world.statuses() == ["pending"]
        assert len(set(there.ids)) == 1
    assert world.row("SELECT max(number) AS last FROM webhook_attempts")["last"] == 11


# --- Secrets --------------------------------------------------------------------------------------------------


def test_both_secrets_sign_while_one_replaces_the_other(world):
    with receiver() as there:
        old = world.subscribe(there.url, "payout.completed")
        with world.sessions.begin() as session:
            found = service.owned(session, old.id, None)
            new = Webhook(service.rotate_secret(session, KEY, found, dt.timedelta(hours=24)))
        world.announce(key="1")
        world.courier.drain()
        for verifier in (old.verifier, new):
            verifier.verify(there.got[0].body, there.got[0].headers)
        assert there.got[0].headers["webhook-signature"].count("v1,") == 2

        world.set("UPDATE webhook_endpoints SET previous_until = now()")
        world.announce(key="2")
        world.courier.drain()
        new.verify(there.got[1].body, there.got[1].headers)
        with pytest.raises(Exception, match="No matching signature"):
            old.verifier.verify(there.got[1].body, there.got[1].headers)


def test_no_secret_is_kept_as_it_is(world):
    with world.sessions.begin() as session:
        found, shown = service.add_endpoint(session, KEY, None, "http://127.0.0.1:9/", "", ["payout.failed"],
                                            internal=True)  # fmt: skip
        secret = service.secrets_in_force(KEY, found, service.now(session))[0]
    row = world.endpoint(found.id)
    assert secret not in bytes(row["secret"])
    assert shown not in str(row)


# --- Workers --------------------------------------------------------------------------------------------------


def test_two_workers_send_each_message_once_and_never_more_at_once_than_an_endpoint_takes(world):
    under_way, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(PER_ENDPOINT)

    def meet(_):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        full.wait(30)  # nobody is answered until as many are here as may be
        with lock:
            under_way -= 1

    messages = 10 * PER_ENDPOINT
    with receiver() as there:
        there.on_request = meet
        world.subscribe(there.url, "payout.completed")
        for n in range(messages):
            world.announce(key=str(n))
        stopping = threading.Event()
        couriers = [Courier(world.sessions, KEY, Sender(internal=True, deadline=30)) for _ in range(2)]
        threads = [threading.Thread(target=courier.run, args=(stopping,)) for courier in couriers]
        for thread in threads:
            thread.start()
        arrived = there.wait_for(messages)
        stopping.set()
        for thread in threads:
            thread.join()
        assert arrived
        assert len(set(there.ids)) == len(there.ids) == messages
    assert most == PER_ENDPOINT
    assert world.statuses() == ["delivered"] * messages


def test_who_never_answers_takes_no_place_from_the_others(world):
    with raw(silent) as hanging, receiver() as there:
        world.subscribe(hanging.url, "payout.completed")
        world.subscribe(there.url, "payout.completed")
        for n in range(20):
            world.announce(key=str(n))
        courier = Courier(world.sessions, KEY, Sender(internal=True, deadline=60), slots=PER_ENDPOINT + 1)
        stopping = threading.Event()
        thread = threading.Thread(target=courier.run, args=(stopping,))
        thread.start()
        # Its own four places are held by the hanging one all the while; the fifth serves everybody else.
        arrived = there.wait_for(20)
        held = hanging.connections
        hanging.done.set()
        stopping.set()
        thread.join()
    assert arrived
    assert held == PER_ENDPOINT


def test_a_failing_endpoint_has_one_place(world):
    with receiver() as there:
        there.status = 500
        world.subscribe(there.url, "payout.completed")
        for n in range(10):
            world.announce(key=str(n))
        world.courier.distribute()
        first = world.courier.claim(16)
        assert len(first) == PER_ENDPOINT
        assert world.courier.claim(16) == []
        for parcel in first:
            world.courier.attempt(parcel)
        assert len(world.courier.claim(16)) == 1
        assert world.courier.claim(16) == []


_KILLED = """
import sys
from fenrun.kit.db import connect, sessions
from fenrun.webhooks.sending import Sender
from fenrun.webhooks.tasks import Courier
Courier(sessions(connect(sys.argv[1])), b"k" * 32, Sender(internal=True)).drain()
"""


def test_a_worker_killed_between_sending_and_noting_causes_one_more_attempt_under_the_same_id(world, empty_database):
    url = empty_database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with receiver() as there:
        world.subscribe(there.url, "payout.completed")
        world.announce()
        worker = subprocess.Popen([sys.executable, "-c", _KILLED, url])
        there.on_request = lambda _: os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(60) == -signal.SIGKILL
        assert there.wait_for(1)
        there.on_request = lambda _: None
        assert world.statuses() == ["sending"]
        # While the lease lasts nobody else touches it.
        assert world.courier.drain() == 0
        world.set("UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at - :lease", lease=LEASE)
        assert world.courier.drain() == 1
        assert world.courier.drain() == 0
        assert len(there.ids) == 2
        assert len(set(there.ids)) == 1
    assert world.row("SELECT status, attempts FROM webhook_deliveries") == {"status": "delivered", "attempts": 2}
    assert [row["number"] for row in world.rows("SELECT number FROM webhook_attempts")] == [2]


def test_a_worker_that_comes_back_after_its_lease_changes_nothing_but_the_log(world):
    with receiver() as there:
        there.status = 500
        world.subscribe(there.url, "payout.completed")
        world.announce()
        world.courier.distribute()
        [late] = world.courier.claim(1)
        world.set("UPDATE webhook_deliveries SET next_attempt_at = now()")
        there.status = 200
        assert world.courier.drain() == 1
        there.status = 500
        world.courier.attempt(late)
    assert world.statuses() == ["delivered"]
    assert [row["status_code"] for row in world.rows("SELECT status_code FROM webhook_attempts ORDER BY number")] == [
        500, 200,
    ]  # fmt: skip


def test_an_endpoint_deleted_while_it_is_sent_to(world):
    with receiver() as there:
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce()
        world.courier.distribute()
        [parcel] = world.courier.claim(1)
        with world.sessions.begin() as session:
            repository.remove(session, service.owned(session, subscriber.id, None))
        world.courier.attempt(parcel)
    assert world.rows("SELECT FROM webhook_deliveries") == []
    assert world.rows("SELECT FROM subscriptions") == []


def test_an_endpoint_disabled_while_it_is_sent_to_stays_canceled(world):
    with receiver() as there:
        there.status = 500
        subscriber = world.subscribe(there.url, "payout.completed")
        world.announce()
        world.courier.distribute()
        [parcel] = world.courier.claim(1)
        world.change(subscriber.id, enabled=False)
        world.courier.attempt(parcel)
    assert world.statuses() == ["canceled"]
    assert world.row("SELECT status_code FROM webhook_attempts")["status_code"] == 500
