"""A node that forgets, leaves out or changes its mind: nothing wrong is ever written."""

import datetime as dt

import pytest
from sqlalchemy import text

from fenrun import worker
from fenrun.chain import devnet, indexer
from fenrun.chain.client import Client
from fenrun.chain.errors import IndexerStoppedError, RpcError
from fenrun.instance import SENDING_ROLES
from fenrun.kit.money import Currency
from fenrun.settlement import audit
from fenrun.settlement.intake import SubscriptionEvent, accept_events
from fenrun.settlement.projection import SettlementProjection
from fenrun.settlement.repository import ORDER_STATUS


@pytest.fixture
def order(road):
    """A new order that waits for a batch; returns its id in the CRM."""
    with road.sessions.begin() as session:
        customer = session.scalar(text("SELECT external_id FROM customers ORDER BY number LIMIT 1"))
        yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        event = SubscriptionEvent(
            "ev-1", "subscription.renewed", yesterday, customer, "R-1", amount=12_345, currency="USD"
        )
        accept_events(session, "crm", [event], Currency.of("USD"), road.keys.reference_key)
    return "R-1"


def status_of(road, external_id):
    with road.sessions() as session:
        return session.scalar(
            text(
                f"SELECT {ORDER_STATUS} FROM orders o LEFT JOIN batches b ON b.number = o.batch_number"
                " WHERE o.external_id = :id AND o.source = 'crm'"
            ),
            {"id": external_id},
        )


def counts(road):
    with road.sessions() as session:
        tables = ("chain_logs", "commissions", "blocks", "transactions", "postings")
        return {t: session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables}


def mine(road):
    latest = road.client.call("eth_getBlockByNumber", "latest", False)
    devnet.mine(road.client, int(latest["timestamp"], 16) + 1)


def settle(road):
    assert road.batch(dt.datetime.now(dt.UTC)) == 1
    assert road.send() == 1
    mine(road)


def is_clean(road):
    with road.sessions.begin() as session:
        return audit.run(session, road.client, road.deployment, road.keys.reference_key)["ok"]


class Forgetful(Client):
    """A node that leaves out some of its logs, or answers with what another block held."""

    def __init__(self, url, spoil):
        super().__init__(url)
        self._spoil = spoil

    def batch(self, calls):
        return [
            self._spoil(result) if method == "eth_getLogs" else result
            for (method, _), result in zip(calls, super().batch(calls), strict=True)
        ]


def test_a_node_that_leaves_a_log_out_is_caught(road, order):
    road.index()
    settle(road)
    before, honest = counts(road), road.client
    for spoil in (
        lambda _: [],
        lambda logs: logs[:-1],
        lambda logs: [{**log, "blockHash": "0x" + "11" * 32} for log in logs],
        lambda logs: [{**log, "data": log["data"][:-2] + "ff"} for log in logs],
        lambda logs: [*logs, logs[-1]],
    ):
        road.client = Forgetful(honest.url, spoil)
        with pytest.raises(IndexerStoppedError):
            road.index()
        road.client.close()
        assert counts(road) == before
        assert status_of(road, order) == "submitted"
    road.client = honest
    assert road.index() == 1
    assert status_of(road, order) == "confirmed"
    assert is_clean(road)


class Pruned(Forgetful):
    """A node that keeps the state of its newest block only, and may leave out logs of the others."""

    def batch(self, calls):
        if calls[0][0] == "eth_call":
            tip = self.call("eth_getBlockByNumber", "latest", False)["hash"]
            if calls[0][1][1]["blockHash"] != tip:
                raise RpcError("eth_call: missing trie node")
        return super().batch(calls)


@pytest.fixture
def pruned(road, order, monkeypatch):
    """The road on a node without old states, an order settled in the first of several pages; ends at the honest one."""
    road.index()
    settle(road)
    for _ in range(road.confirmations + 1):
        mine(road)
    monkeypatch.setattr(indexer, "PAGE_BLOCKS", 1)
    honest = road.client
    yield lambda spoil: setattr(road, "client", Pruned(honest.url, spoil))
    road.client.close()
    road.client = honest


def final_block(road):
    with road.sessions() as session:
        return indexer.final_block(session, road.confirmations)


def read_page(road):
    projection = SettlementProjection(road.currency, road.token)
    with road.sessions.begin() as session:
        return indexer.index_page(session, road.client, road.deployment, projection, road.confirmations)


def test_nothing_is_final_until_a_node_without_old_states_could_prove_it(road, order, pruned):
    pruned(lambda logs: logs)
    before = final_block(road)
    for _ in range(road.confirmations + 1):
        assert read_page(road) == (1, True)
        assert status_of(road, order) == "confirmed"
        assert final_block(road) <= before + road.confirmations
    assert read_page(road) == (1, False)
    assert final_block(road) == before + road.confirmations + 2
    assert is_clean(road)


def test_what_a_node_without_old_states_left_out_is_taken_back_when_it_shows(road, order, pruned):
    before = counts(road)
    pruned(lambda logs: logs[:-1])
    for _ in range(road.confirmations + 1):
        assert read_page(road) == (1, True)
    assert read_page(road) == (-road.confirmations - 1, False)
    assert counts(road) == before
    assert status_of(road, order) == "submitted"
    road.client.close()
    pruned(lambda logs: logs)
    assert road.index() == road.confirmations + 2
    assert status_of(road, order) == "confirmed"
    assert is_clean(road)


def test_a_reorg_takes_back_what_it_removed_and_the_order_is_settled_once(road, order):
    road.index()
    before = counts(road)
    settle(road)
    road.index()
    assert status_of(road, order) == "confirmed"
    road.client.call("anvil_reorg", 1, [])
    road.index()
    assert status_of(road, order) == "submitted"
    assert counts(road) | {"blocks": 0} == before | {"blocks": 0}
    for _ in range(10):
        worker.tick(road)
        if status_of(road, order) == "finalized":
            break
    assert status_of(road, order) == "finalized"
    assert is_clean(road)
    with road.sessions() as session:
        nonces = session.scalar(text("SELECT count(*) FROM intents WHERE key LIKE 'settle:%' AND state <> 'mined'"))
    assert nonces == 0


def test_a_reorg_below_finality_stops_the_indexer(road, order):
    settle(road)
    for _ in range(road.confirmations + 3):
        mine(road)
    road.index()
    before = counts(road)
    road.client.call("anvil_reorg", road.confirmations + 2, [])
    with pytest.raises(IndexerStoppedError, match="final"):
        road.index()
    assert counts(road) == before


def test_the_chain_is_made_again_from_what_is_stored(instance, road):
    tip = road.client.call("eth_getBlockByNumber", "latest", False)
    instance._devnet.stop()
    client = instance.start_chain(instance.fact("scenario")["genesis_time"])
    assert client.call("eth_getBlockByNumber", "latest", False)["hash"] == tip["hash"]
    again = instance.road("USD")
    assert again.index() == 0
    assert is_clean(again)


def test_a_rebuild_that_was_cut_short_goes_on(instance, road):
    """Killed between two blocks, with a transaction of the next one already sent."""
    tip = road.client.call("eth_getBlockByNumber", "latest", False)
    with road.sessions() as session:
        blocks = indexer.stored_chain(session, above=0)
    instance._devnet.stop()
    genesis_time = instance.fact("scenario")["genesis_time"]
    funded = [instance.keys.address(role) for role in SENDING_ROLES]
    url, fresh = instance._devnet.start(funded, genesis_time)
    assert fresh
    cut_short = Client(url)
    devnet.rebuild(cut_short, 0, blocks[:17])
    cut_short.call("eth_sendRawTransaction", "0x" + blocks[17][2][0].hex())
    cut_short.close()
    client = instance.start_chain(genesis_time)
    assert client.call("eth_getBlockByNumber", "latest", False)["hash"] == tip["hash"]
