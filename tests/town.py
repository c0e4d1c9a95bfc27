"""A whole installation in processes of its own, to be disturbed: PostgreSQL, a node behind a proxy, API, two workers.

Every process that falls is started again, as systemd would; what a CRM was not answered it sends again, as CRMs do.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from decimal import Decimal

import httpx2
import yaml
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from tests import plain_http
from tests.conftest import ROOT
from tests.nodes import Node, Proxy
from tests.reckoning import ROLES, _rows, divided
from tests.worlds import random_world

from fenrun.chain.devnet import free_port
from fenrun.chain.errors import ChainUnavailableError, RpcError
from fenrun.chain.keys import load_or_make
from fenrun.instance import real
from fenrun.kit import postgres
from fenrun.kit.db import connect
from fenrun.kit.settings import Settings
from fenrun.settlement import audit

CONFIRMATIONS = 12
BLOCK_SECONDS = 0.3
TWO_DAYS = 2 * 86_400
PATIENCE_SECONDS = 240


class Town:
    """A folder for everything; `start` starts it, `run` is one run."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = {}
        self.node, self._mining = None, threading.Lock()
        self._stopping, self._miner = threading.Event(), threading.Thread(target=self._mine)
        self.tried = defaultdict(int)
        self.expected, self.sent = {}, 0

    def start(self):
        folder = self.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._pg = folder / "pg"
        self.database = postgres.start(self._pg)
        home = folder / "home"
        (home / "main").mkdir(parents=True)
        keys = load_or_make(home / "main" / "keys.json")
        roles = ("deployer", "governor", "registrar", "operator", "treasurer", "refunder")
        self.node = Node(folder, [keys.address(role) for role in roles])
        self._miner.start()
        self.operator = keys.address("operator")
        self.proxy = Proxy(self.node.port)
        self.port = free_port()
        self.environment = {
            "FENRUN_HOME": str(home), "FENRUN_DATABASE_URL": self.database, "FENRUN_RPC_URL": self.proxy.url,
            "FENRUN_CURRENCY": "USD", "FENRUN_PORT": str(self.port), "FENRUN_CONFIRMATIONS": str(CONFIRMATIONS),
            "FENRUN_STUCK_SECONDS": "2", "FENRUN_AUDIT_SECONDS": "20", "FENRUN_BATCH_ORDERS": "17",
        }  # fmt: skip
        self.engine = connect(self.database)
        self._start("worker 1")
        self._wait_for("the set-up", "SELECT count(*) FROM intents WHERE key = 'renounce' AND state = 'mined'")
        world = random_world(folder / "world", seed=3, orders=1, refunds=False)
        (world / "plans.yaml").write_text("currency: USD\n" + (world / "plans.yaml").read_text())
        self.plans = {plan["id"]: plan for plan in yaml.safe_load((world / "plans.yaml").read_text())["plans"]}
        self.customers = {row["customer_id"]: row for row in _rows(world / "customers.csv")}
        (world / "orders.csv").write_text("order_id,customer_id,paid_on,kind,amount,currency\n")
        self._fenrun("import", str(world))
        announced = "SELECT count(*) >= :n FROM intents WHERE key LIKE 'announce:%' AND state = 'mined'"
        self._wait_for("the announcements", announced, n=len(self.plans))
        self.node.client.call("evm_increaseTime", TWO_DAYS + 10)
        self._wait_for("the referrals", "SELECT count(*) = 0 FROM referrals WHERE status = 'pending'")
        self.api_key = "frk_" + "chaos" * 8
        instance = real(Settings(**self._settings()))
        from fenrun.registry import service as registry

        with instance.sessions.begin() as session:
            registry.add_api_key(session, "crm", self.api_key)
        instance.stop()
        self._start("worker 2")
        self._start("api")

    def stop(self):
        self._stopping.set()
        if self._miner.is_alive():
            self._miner.join()
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.engine.dispose()
        self.proxy.stop()
        self.node.stop()
        postgres.stop(self._pg)

    # --- A run ------------------------------------------------------------------------------------------------

    def run(self, seed, orders=60, faults=None):
        """Sends orders, with faults in between (three, drawn by the seed, or those that are named), and looks at what
        came of them once all is at rest. Returns the faults.
        """
        dice = random.Random(seed)
        drawn = faults or dice.sample(list(FAULTS), 3)
        batches = [self._orders(dice, orders // 4) for _ in range(4)]
        for number, batch in enumerate(batches):
            for fault in drawn[number : number + 1]:
                self.tried[fault] += 1
                FAULTS[fault](self, dice)
            self._send(batch)
        self.proxy.faults.clear()
        self.rest()
        return drawn

    def rest(self):
        """Waits until everything that was sent is in the journal, and compares it with the model."""
        self._wait_for(
            "the journal",
            "SELECT (SELECT count(*) FROM orders o JOIN batches b ON b.number = o.batch_number"
            "  WHERE b.status = 'finalized' AND o.reason IS NULL) = :sent"
            " AND (SELECT coalesce(max(number), 0) FROM transactions)"
            "  = (SELECT max(seq) FROM chain_logs WHERE contract = 'SettlementLedger')",
            sent=self.sent,
        )
        with self.engine.connect() as connection:
            legs = {
                (order, ROLES[role]): (partner, int(amount))
                for order, role, partner, amount in connection.execute(text(
                    "SELECT o.external_id, c.role, p.external_id, c.amount FROM commissions c"
                    " JOIN orders o ON o.number = c.order_number JOIN partners p ON p.number = c.partner_number"
                ))
            }  # fmt: skip
            balances = connection.execute(text(
                "SELECT p.external_id, sum(a.credits - a.debits)::bigint FROM accounts a"
                " JOIN partners p ON p.number = a.partner_number WHERE a.kind LIKE 'payable:%' GROUP BY 1"
            )).all()  # fmt: skip
            open_ = connection.execute(text("SELECT count(*) FROM intents WHERE state <> 'mined'")).scalar_one()
        assert legs == self.expected
        earned = defaultdict(int)
        for partner, amount in self.expected.values():
            earned[partner] += amount
        assert {p: a for p, a in balances if a} == {p: a for p, a in earned.items() if a}
        assert open_ == 0

    def audit(self):
        """Everything again from the chain's logs; and the chain itself: no nonce twice, none left out."""
        instance = real(Settings(**self._settings()))
        try:
            road = instance.open_road(instance.installation())
            with instance.sessions.begin() as session:
                verdict = audit.run(session, road.client, road.deployment, road.keys.reference_key)
                of_ours = session.execute(text(
                    "SELECT signer, count(*), max(nonce) + 1 FROM intents WHERE state = 'mined' GROUP BY 1"
                )).all()  # fmt: skip
        finally:
            instance.stop()
        assert verdict["ok"], verdict
        for signer, count, nonces in of_ours:
            assert count == nonces == int(self.node.client.call("eth_getTransactionCount", signer, "latest"), 16)

    def _orders(self, dice, count):
        rows = []
        for _ in range(count):
            self.sent += 1
            id_, customer = f"T-{self.sent}", dice.choice(list(self.customers))
            base = dice.choice([1, 999, 10_000, dice.randint(1, 300_000)])
            self._expect(id_, customer, base)
            rows.append({
                "id": f"evt-{id_}", "type": "subscription.renewed",
                "data": {"order_id": id_, "customer_id": customer, "amount": f"{Decimal(base) / 100:.2f}",
                         "currency": "USD", "paid_at": "2026-01-15T08:00:00Z"},
            })  # fmt: skip
        return rows

    def _expect(self, order, customer, base):
        """What a renewal earns: nobody has a volume of the month before, so every tier is the lowest."""
        row = self.customers[customer]
        plan = self.plans[row["plan"]]
        roles = [role for role in ROLES if row[role]]
        shares = divided(base, [plan["renewal"].get(role, [0])[0] for role in roles])
        for role, amount in zip(roles, shares, strict=True):
            self.expected[order, role] = (row[role], amount)

    def _send(self, batch):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._keep_up()
            with contextlib.suppress(httpx2.HTTPError):
                answer = plain_http.post(
                    f"http://127.0.0.1:{self.port}/v1/events/batch", json={"data": batch}, timeout=20,
                    headers={"Authorization": f"Bearer {self.api_key}"},
                )  # fmt: skip
                if answer.status_code == 202:
                    assert not [outcome for outcome in answer.json()["data"] if "code" in outcome]
                    return
                assert answer.status_code >= 500, answer.text
            assert time.monotonic() < deadline, "the API does not answer"
            time.sleep(0.1)

    def _mine(self):
        """Makes blocks all the time. Anvil's own interval mining loses blocks when a reorg comes upon it."""
        client = self.node.client.another()
        while not self._stopping.wait(BLOCK_SECONDS):
            with self._mining, contextlib.suppress(ChainUnavailableError, RpcError):
                client.call("evm_mine")
        client.close()

    # --- Processes --------------------------------------------------------------------------------------------

    def _settings(self):
        return {name.removeprefix("FENRUN_").lower(): value for name, value in self.environment.items()}

    def _start(self, name):
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "fenrun", name.split()[0]],
                env={**os.environ, **self.environment}, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _keep_up(self):
        for name, process in self.processes.items():
            if process.poll() is not None:
                self._start(name)

    def _fenrun(self, *arguments):
        subprocess.run(
            [sys.executable, "-m", "fenrun", *arguments],
            env={**os.environ, **self.environment}, cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip

    def _wait_for(self, what, query, **values):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._keep_up()
            with contextlib.suppress(SQLAlchemyError), self.engine.connect() as connection:
                if connection.execute(text(query), values).scalar_one():
                    return
            assert time.monotonic() < deadline, f"{what} is not there; see the logs in {self.folder}"
            time.sleep(0.1)

    # --- Faults -----------------------------------------------------------------------------------------------

    def kill(self, name):
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()

    def kill_postgres(self, dice):
        os.kill(int((self._pg / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        time.sleep(dice.uniform(0, 0.5))
        postgres.start(self._pg)

    def restart_postgres(self, dice):
        postgres.stop(self._pg)
        time.sleep(dice.uniform(0, 0.5))
        postgres.start(self._pg)

    def drop(self, dice):
        """Out of the node's pool with what waits there; more than once, to meet some."""
        for _ in range(20):
            for of_one in self.node.client.call("txpool_content")["pending"].values():
                for transaction in of_one.values():
                    self.node.client.call("anvil_dropTransaction", transaction["hash"])
            time.sleep(dice.uniform(0.02, 0.1))

    def spike(self, dice):
        """The fee rises tenfold and more; what was sent before has to be outbid."""
        self.node.client.call("anvil_setNextBlockBaseFeePerGas", hex(dice.choice([10**10, 10**11])))

    def reorg(self, dice):
        time.sleep(dice.uniform(0, 1))
        with self._mining:
            self.node.client.call("anvil_reorg", dice.randint(1, 10), [])

    def restart_node(self, _):
        with self._mining:
            self.node.restart()

    def fill_disk(self, dice):
        """The database says that its disk is full, whatever is written, for a while."""
        table = dice.choice(["intents", "attempts", "blocks", "chain_logs", "orders", "commissions", "postings"])
        with self.engine.begin() as connection:
            connection.execute(text(
                "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'"
                " USING ERRCODE = 'disk_full'; END $$"
            ))  # fmt: skip
            connection.execute(text(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION full_disk()"
            ))  # fmt: skip
        try:
            time.sleep(dice.uniform(0.3, 1.5))
        finally:
            with self.engine.begin() as connection:
                connection.execute(text(f"DROP TRIGGER full_disk ON {table}"))

    def lose_answers(self, dice):
        self.proxy.faults += dice.choices(["refuse", "lose", "late", None], k=30)


def _safely(fault):
    """What is itself hit by another fault has done enough."""

    def do(town, dice):
        with contextlib.suppress(SQLAlchemyError, ChainUnavailableError, RpcError):
            fault(town, dice)

    return do


FAULTS = {
    "kill -9 of the API": lambda town, _: town.kill("api"),
    "kill -9 of one of two workers": lambda town, dice: town.kill(dice.choice(["worker 1", "worker 2"])),
    "kill -9 of both workers": lambda town, _: (town.kill("worker 1"), town.kill("worker 2")),
    "kill -9 of PostgreSQL": Town.kill_postgres,
    "PostgreSQL restarted": Town.restart_postgres,
    "node restarted, its pool lost": Town.restart_node,
    "reorg of depth 1 to 10": _safely(Town.reorg),
    "transactions dropped": _safely(Town.drop),
    "fee spike, transactions replaced": _safely(Town.spike),
    "answers of the node lost or late": Town.lose_answers,
    "clock of the node jumps ahead": _safely(
        lambda town, dice: town.node.client.call("evm_increaseTime", dice.randint(60, 7_200))
    ),
    "database's disk full": _safely(Town.fill_disk),
}
