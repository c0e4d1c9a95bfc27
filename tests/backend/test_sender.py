"""The sender on a real node: whatever happens, every intent is mined exactly once and no nonce is left out."""

import os
import time

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address
from sqlalchemy import text
from tests.nodes import CHAIN_ID, Node, Proxy
from tests.senders import AT_ONCE, Station, disturb, is_exactly_once

from fenrun.chain.client import Client, to_hex
from fenrun.chain.errors import ChainUnavailableError, KeyUsedElsewhereError, WrongChainError
from fenrun.chain.keys import load_or_make
from fenrun.chain.sender import Fees
from fenrun.kit import migrations, postgres
from fenrun.kit.db import connect, ensure_database, sessions

SEEDS = int(os.environ.get("FENRUN_SEEDS") or 4)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sender")
    url = ensure_database(postgres.start(folder / "pg"), "sender")
    engine = connect(url)
    migrations.upgrade(engine)
    yield engine
    engine.dispose()
    postgres.stop(folder / "pg")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return load_or_make(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture
def start(database, keys, tmp_path):
    """Starts a node of its own over empty tables; returns node, proxy and station."""
    with database.begin() as connection:
        for table in ("attempts", "intents", "blocks", "chain_cursor"):
            connection.execute(text(f"DELETE FROM {table}"))
    running = []

    def begin(mining=None):
        node = Node(tmp_path, [keys.address("operator")], mining)
        proxy = Proxy(node.port)
        station = Station(sessions(database), Client(proxy.url), keys, CHAIN_ID)
        running.extend((station, proxy, node))
        return node, proxy, station

    yield begin
    for server in running:
        server.stop()


def settle(node, station, rounds=3):
    for _ in range(rounds):
        station.send()
        node.mine()
        station.index()


def test_one_intent_is_one_transaction(start):
    node, _, station = start()
    station.bind(3)
    settle(node, station)
    assert is_exactly_once(node, station)
    assert len(station.attempts()) == 3


def test_a_dropped_transaction_is_broadcast_again_with_the_same_bytes(start):
    node, _, station = start()
    station.bind(2)
    hashes = station.send()
    node.client.call("anvil_dropTransaction", to_hex(hashes[0]))
    node.mine()
    station.index()
    assert station.send() == hashes
    settle(node, station)
    assert is_exactly_once(node, station)
    assert len(station.attempts()) == 2


def test_what_is_stuck_under_a_higher_fee_is_outbid_at_its_nonce(start):
    node, _, station = start()
    station.bind(2)
    station.send()
    node.client.call("anvil_setNextBlockBaseFeePerGas", hex(50 * 10**9))
    node.mine()
    station.index()
    assert station.states() == ["signed", "signed"]
    station.send(AT_ONCE)
    node.mine()
    station.index()
    assert is_exactly_once(node, station)
    for nonce in (0, 1):
        [(_, first, tip), (_, second, bumped)] = [attempt for attempt in station.attempts() if attempt[0] == nonce]
        assert second * 8 >= first * 9
        assert bumped * 8 >= tip * 9


def test_nothing_is_offered_above_the_cap(start):
    node, _, station = start()
    capped = Fees(cap=3 * 10**9, stuck_seconds=0)
    station.bind()
    station.send(capped)
    node.client.call("anvil_setNextBlockBaseFeePerGas", hex(50 * 10**9))
    node.mine()
    for _ in range(12):
        station.send(capped)
    assert max(fee for _, fee, _ in station.attempts()) <= capped.cap
    assert station.states() == ["signed"]
    for _ in range(60):  # empty blocks make the fee fall
        node.mine(1)
        station.send(capped)
        station.index()
    assert is_exactly_once(node, station)


@pytest.mark.parametrize("depth", [1, 3, 10])
def test_a_reorg_around_a_transaction(start, depth):
    node, _, station = start()
    node.mine(12)
    station.bind(2)
    station.send()
    node.mine(depth)
    station.index()
    assert station.states() == ["mined", "mined"]
    node.client.call("anvil_reorg", depth, [])
    station.index()
    assert station.states() == ["signed", "signed"]
    settle(node, station)
    assert is_exactly_once(node, station)
    assert len(station.attempts()) == 2


def test_a_node_that_was_restarted_has_forgotten_what_waited(start):
    node, _, station = start()
    station.bind(2)
    hashes = station.send()
    node.restart()
    assert node.client.call("eth_getTransactionByHash", to_hex(hashes[0])) is None
    settle(node, station)
    assert is_exactly_once(node, station)


@pytest.mark.parametrize("fault", ["refuse", "lose", "late"])
def test_an_answer_that_is_lost_or_late_changes_nothing(start, fault):
    node, proxy, station = start()
    for _ in range(3):
        station.bind()
        # The first two requests, one after the other: the client asks once more by itself.
        proxy.faults += [None, fault, fault]
        try:
            station.send()
        except ChainUnavailableError:
            assert fault != "late"
    settle(node, station)
    assert proxy.done >= 3
    assert is_exactly_once(node, station)
    assert len(station.attempts()) == 3


def test_a_key_that_somebody_else_uses_stops_and_the_transaction_is_named(start, keys):
    node, _, station = start()
    station.bind(2)
    foreign = Account.sign_transaction(
        {"type": 2, "chainId": CHAIN_ID, "nonce": 0, "to": to_checksum_address("0x" + "cd" * 20),
         "value": 1, "data": b"", "gas": 30_000,
         "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 10**9}, keys.private["operator"],
    )  # fmt: skip
    node.client.call("eth_sendRawTransaction", to_hex(foreign.raw_transaction))
    node.mine()
    with pytest.raises(KeyUsedElsewhereError, match=to_hex(foreign.hash)):
        station.send()
    assert station.attempts() == []
    assert station.states() == ["bound", "bound"]


def test_nothing_is_signed_for_another_chain(start):
    _, _, station = start()
    station.bind()
    station.chain_id = CHAIN_ID + 1
    with pytest.raises(WrongChainError, match=str(CHAIN_ID)):
        station.send()
    assert station.attempts() == []


@pytest.mark.parametrize("mining", ["auto", 0.2])
def test_a_node_that_mines_by_itself_with_other_peoples_transactions_in_between(start, mining):
    node, _, station = start(mining)
    other = station.beside()
    other.signer = station.keys.address("treasurer")
    node.client.call("anvil_setBalance", other.signer, hex(10**20))
    deadline = time.monotonic() + 60
    for _ in range(3):
        station.bind(2)
        station.send()
        other.client.call("anvil_impersonateAccount", other.signer)
        other.client.call("eth_sendTransaction", {"from": other.signer, "to": "0x" + "cd" * 20, "value": "0x1"})
        station.index()
    other.stop()
    while set(station.states()) != {"mined"}:
        assert time.monotonic() < deadline
        station.send()
        station.index()
    assert is_exactly_once(node, station)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_intent_is_mined_exactly_once_whatever_happens(start, seed):
    node, proxy, station = start()
    node.mine(2)
    done = disturb(seed, node, proxy, station)
    assert is_exactly_once(node, station), done
