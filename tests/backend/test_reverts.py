"""Transactions that a block holds as reverted: sent again, never twice, and set aside when nothing helps."""

import datetime as dt

import pytest
from sqlalchemy import text
from tests.backend.test_reorg import is_clean, mine, status_of

from fenrun.chain import devnet, reverts
from fenrun.instance import Instance
from fenrun.kit.money import Currency
from fenrun.kit.settings import Settings
from fenrun.settlement.intake import SubscriptionEvent, accept_events

DAY = 86_400
ORDERS = 40


@pytest.fixture
def orders(road):
    """New orders that wait for a batch; returns their ids in the CRM."""
    road.index()
    return add_orders(road, "R")


def add_orders(road, name):
    """Orders of all customers in turn, paid yesterday; returns their ids in the CRM."""
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    with road.sessions.begin() as session:
        customers = session.scalars(text("SELECT external_id FROM customers ORDER BY number")).all()
        events = [
            SubscriptionEvent(
                f"ev-{name}-{i}", "subscription.renewed", yesterday, customers[i % len(customers)], f"{name}-{i}",
                amount=12_345, currency="USD",
            )
            for i in range(ORDERS)
        ]  # fmt: skip
        accept_events(session, "crm", events, Currency.of("USD"), road.keys.reference_key)
    return [event.order_id for event in events]


def bind(road, gas=None):
    """Binds a batch of all that waits, on request with less gas than it needs."""
    bound = road.batch(dt.datetime.now(dt.UTC))
    if gas:
        with road.sessions.begin() as session:
            session.execute(text("UPDATE intents SET gas = :gas WHERE state = 'bound'"), {"gas": gas})
    return bound


def revert(road):
    """Sends what is bound and lets it fail for good."""
    road.send()
    for _ in range(road.confirmations + 1):
        mine(road)
    road.index()


def settle(road):
    road.send()
    for _ in range(road.confirmations + 1):
        mine(road)
    road.index()
    road.seal()


def intents(road, key):
    with road.sessions() as session:
        rows = session.execute(
            text("SELECT key, state, nonce FROM intents WHERE key LIKE :key ORDER BY nonce"), {"key": key}
        )
        return [tuple(row) for row in rows]


def newest_batch(road):
    with road.sessions() as session:
        return session.execute(text("SELECT number, status FROM batches ORDER BY number DESC LIMIT 1")).one()


def test_what_was_reverted_is_sent_again_once_its_block_is_final(road, orders, instance):
    assert bind(road, gas=100_000) == ORDERS
    road.send()
    mine(road)
    road.index()
    assert road.bind_again() == 0  # a reorg may still take the block back
    for _ in range(road.confirmations):
        mine(road)
    road.index()
    assert road.bind_again() == 1
    assert road.bind_again() == 0
    settle(road)
    assert {status_of(road, order) for order in orders} == {"finalized"}
    number, status = newest_batch(road)
    [(failed, _, nonce), (mined, _, next_nonce)] = tries = intents(road, f"settle:{number}%")
    assert [state for _, state, _ in tries] == ["reverted", "mined"]
    assert (failed, mined, next_nonce) == (f"settle:{number}#1", f"settle:{number}", nonce + 1)
    assert status == "finalized"
    assert is_clean(road)
    # The chain is made again from what is stored, with what failed in its place.
    instance.stop()
    opened = Instance(instance.folder, Settings(home=instance.folder.parent))
    try:
        opened.start_chain(opened.fact("scenario")["genesis_time"])
        assert is_clean(opened.road("USD"))
    finally:
        opened.stop()


def test_what_reverts_every_time_is_set_aside(road, orders):
    bind(road, gas=100_000)
    for tried in range(1, reverts.TRIES + 1):
        revert(road)
        assert road.bind_again() == (tried < reverts.TRIES)
        with road.sessions.begin() as session:
            session.execute(text("UPDATE intents SET gas = 100000 WHERE state = 'bound'"))
    number, status = newest_batch(road)
    assert status == "failed"
    assert [state for _, state, _ in intents(road, f"settle:{number}%")] == ["reverted", "reverted", "refused"]
    assert {status_of(road, order) for order in orders} == {"failed"}
    assert bind(road) == 0
    assert is_clean(road)


def test_orders_of_a_batch_that_the_contract_refuses_by_now_wait_for_another(road, orders):
    bind(road, gas=100_000)
    revert(road)
    latest = road.client.call("eth_getBlockByNumber", "latest", False)
    devnet.mine(road.client, int(latest["timestamp"], 16) + 8 * DAY)  # its attestation holds for seven days
    road.index()
    assert road.bind_again() == 0
    assert newest_batch(road).status == "failed"
    assert {status_of(road, order) for order in orders} == {"pending"}
    assert bind(road) == ORDERS
    settle(road)
    assert {status_of(road, order) for order in orders} == {"finalized"}
    assert is_clean(road)


def test_a_batch_that_is_bound_before_midnight_has_gas_enough_after_it(road, orders):
    # Once today, so that what the estimate is made on is warm; then again, and its block is tomorrow's.
    bind(road)
    settle(road)
    again = add_orders(road, "S")
    assert bind(road) == ORDERS
    road.send()
    latest = int(road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    devnet.mine(road.client, (latest // DAY + 1) * DAY)
    for _ in range(road.confirmations):
        mine(road)
    road.index()
    road.seal()
    assert {status_of(road, order) for order in again} == {"finalized"}
    number, _ = newest_batch(road)
    assert [state for _, state, _ in intents(road, f"settle:{number}%")] == ["mined"]
