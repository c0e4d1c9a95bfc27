"""The sender and the indexer over a real node and a real database, without any contract: each intent is a transaction
that carries its own number, so that one that is mined twice or never is seen on the chain itself.
"""

import random
import threading

from sqlalchemy import select, text

from fenrun.chain import indexer, sender
from fenrun.chain.contracts import JOURNALS, Deployment
from fenrun.chain.errors import ChainUnavailableError, IndexerStoppedError, RpcError
from fenrun.chain.gas import Call
from fenrun.chain.models import Intent
from fenrun.chain.sender import Fees

NOWHERE = "0x" + "ab" * 20
DEPLOYMENT = {name: f"0x{number:040x}" for number, name in enumerate(JOURNALS, start=0xFACE)}
CONFIRMATIONS = 12
AT_ONCE, PATIENT = Fees(stuck_seconds=0), Fees()


class Nothing:
    """A projection of a chain without our contracts."""

    def apply(self, *_):
        raise AssertionError

    def rollback(self, *_):
        return


class Station:
    """One process' view: a database, a way to the node, the keys."""

    def __init__(self, sessions, client, keys, chain_id, signer="operator"):
        self.sessions, self.client, self.keys, self.chain_id = sessions, client, keys, chain_id
        self.signer = keys.address(signer)
        self.bound = 0

    def stop(self):
        self.client.close()

    def beside(self):
        """Another process."""
        return Station(self.sessions, self.client.another(), self.keys, self.chain_id)

    def bind(self, count=1):
        with self.sessions.begin() as session:
            for _ in range(count):
                self.bound += 1
                data = self.bound.to_bytes(32, "big")
                sender.bind(session, Call(f"thing:{self.bound}", self.signer, NOWHERE, data), 60_000)

    def send(self, fees=PATIENT, broadcast=True):
        with self.sessions.begin() as session:
            hashes = sender.sign(session, self.client, self.keys, self.signer, self.chain_id, fees)
        if broadcast:
            with self.sessions() as session:
                raws = sender.raws(session, hashes)
            sender.broadcast(self.client, raws)
        return hashes

    def index(self):
        more = True
        while more:
            with self.sessions.begin() as session:
                _, more = indexer.index_page(
                    session, self.client, Deployment(self.chain_id, DEPLOYMENT), Nothing(), CONFIRMATIONS
                )

    def states(self):
        with self.sessions() as session:
            return session.scalars(select(Intent.state).order_by(Intent.nonce)).all()

    def attempts(self):
        with self.sessions() as session:
            rows = session.execute(text(
                "SELECT i.nonce, a.max_fee, a.tip FROM attempts a JOIN intents i ON i.id = a.intent_id ORDER BY 1, 2"
            ))  # fmt: skip
            return [tuple(row) for row in rows]


def is_exactly_once(node, station):
    """Whether the chain holds every intent once, each at a nonce of its own, and no nonce was left out."""
    mine = [t for t in node.transactions() if t["from"] == station.signer]
    assert sorted(int(t["input"], 16) for t in mine) == list(range(1, station.bound + 1))
    assert [int(t["nonce"], 16) for t in mine] == list(range(station.bound))
    assert station.states() == ["mined"] * station.bound
    return True


AWAY = (ChainUnavailableError, IndexerStoppedError, RpcError)
"""What a node that is away, or changes its mind, makes of a step. The next one goes on."""


def _quietly(station):
    try:
        station.send(AT_ONCE)
    except AWAY:
        return
    finally:
        station.client.close()


def _drop(dice, node, *_):
    pending = node.client.call("txpool_content")["pending"]
    hashes = [t["hash"] for of_one in pending.values() for t in of_one.values()]
    if hashes:
        node.client.call("anvil_dropTransaction", dice.choice(hashes))


def _reorg(dice, node, *_):
    depth = dice.randint(1, 10)
    if depth < int(node.client.call("eth_blockNumber"), 16):
        node.client.call("anvil_reorg", depth, [])


def _race(_, __, ___, station):
    others = [threading.Thread(target=_quietly, args=(station.beside(),)) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()


def _spike(dice, node, *_):
    node.client.call("anvil_setNextBlockBaseFeePerGas", hex(dice.choice([10**9, 10**10, 10**11])))


def _restart(dice, node, *_):
    if dice.random() < 0.3:
        node.restart()


def _lose(dice, _, proxy, __):
    proxy.faults += dice.choices(["refuse", "lose", "late", None], k=4)


FAULTS = {
    "bind": lambda dice, _, __, station: station.bind(dice.randint(1, 4)),
    "send": lambda _, __, ___, station: station.send(),
    "outbid": lambda _, __, ___, station: station.send(AT_ONCE),
    "killed before broadcasting": lambda _, __, ___, station: station.send(broadcast=False),
    "mine": lambda dice, node, _, __: node.mine(dice.randint(1, 3)),
    "index": lambda _, __, ___, station: station.index(),
    "dropped": _drop,
    "fee spike": _spike,
    "reorg": _reorg,
    "node restarted": _restart,
    "answers lost": _lose,
    "workers racing": _race,
    "clock skew": lambda dice, node, _, __: node.client.call("evm_increaseTime", dice.randint(1, 90_000)),
}


def disturb(seed, node, proxy, station, steps=25):
    """Does to a sender what its seed says, and then lets it come to rest; returns what was done, by name."""
    dice, done = random.Random(seed), []
    for _ in range(steps):
        fault = dice.choice(list(FAULTS))
        done.append(fault)
        try:
            FAULTS[fault](dice, node, proxy, station)
        except AWAY:
            # The node was away in the midst of it; what was done is in the database, or was not.
            continue
    proxy.faults.clear()
    for _ in range(40):
        try:
            station.send(AT_ONCE)
            node.mine()
            station.index()
        except AWAY:
            continue
        if set(station.states()) <= {"mined"}:
            break
    return done
