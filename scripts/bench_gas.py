#!/usr/bin/env python3
"""What the contracts cost: gas per order, as the receipts of a real Anvil say.

Gas is exact: the same on every machine, and from run to run. The last line is one JSON object.

Warm is a batch within a running month: one plan, customers locked, and the words of the bitmap, of volumes and of held
credits above zero. A new epoch is the same batch on the next day, when nobody holds a credit until that release day.

    uv run scripts/bench_gas.py            prints
    uv run scripts/bench_gas.py --check    fails when a figure is not the one in docs/gas.json
    uv run scripts/bench_gas.py --write    writes docs/gas.json
"""

import argparse
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_utils.crypto import keccak

from fenrun.chain.client import Client, to_hex
from fenrun.chain.codec import LEAF_BYTES, OrderRecord, merkle_proof
from fenrun.chain.contracts import Deployment, artifact, attest
from fenrun.chain.deploy import PERMISSIONS
from fenrun.chain.devnet import anvil_program, free_port
from fenrun.chain.errors import ChainUnavailableError, RpcError

DAY = 86_400
GENESIS = 20_100 * DAY
COMMITTED = Path(__file__).resolve().parent.parent / "docs" / "gas.json"
GAS_CAP = 16_777_216
"""EIP-7825: what a transaction may use at the most."""

NOBODY = "0x" + "00" * 20
NOTHING = bytes(32)
ATTESTOR = keccak(text="the attestor of a benchmark")
ROLE, LEDGER_ROLE = 1, 8

# Published prices of the same work, 200 orders of three recipients, gas per order. The floor: what calldata, storage,
# one log and hashing must cost at today's prices.
REFERENCES = {"0xSplits PullSplit": 130_492, "ERC-20 transfers": 59_514, "naive ledger": 29_417}
FLOOR = 4_500


@dataclass
class Bench:
    """The contracts on an Anvil of their own; every account is the same, so that no role is in the way."""

    client: Client
    me: str = ""
    chain_id: int = 0
    at: dict[str, str] = field(default_factory=dict)
    order_no: int = 0
    bystander: bytes = keccak(text="bystander")[:12]
    """A customer of partners whom no other order is for."""

    draw: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same orders every time

    def send(self, to: str | None, data: bytes) -> dict[str, Any]:
        """The receipt of a transaction that must succeed."""
        transaction = {"from": self.me, "data": to_hex(data), "gas": hex(GAS_CAP), **({"to": to} if to else {})}
        hash_ = self.client.call("eth_sendTransaction", transaction)
        receipt = None
        while receipt is None:
            receipt = self.client.call("eth_getTransactionReceipt", hash_)
        if receipt["status"] != "0x1":
            raise SystemExit(str(self.client.try_batch([("eth_call", [transaction, "latest"])])[0].error))
        return dict(receipt)

    def call(self, contract: str, function: str, *arguments: Any) -> dict[str, Any]:
        """The receipt of a call."""
        return self.send(self.at[contract], artifact(contract).call(function, *arguments))

    def deploy(self) -> None:
        """Everything an installation has, with one holder of all roles."""
        # A second a block, whatever the clock says: calldata would differ by its zeros.
        self.client.call("anvil_setBlockTimestampInterval", 1)
        self.me = self.client.call("eth_accounts")[0]
        self.chain_id = int(self.client.call("eth_chainId"), 16)
        attestor = Account.from_key(ATTESTOR).address
        self._create("AccessManager", self.me)
        manager = self.at["AccessManager"]
        self._create("PartnerRegistry", manager)
        self._create("PlanRegistry", manager)
        self._create("ReferralRegistry", manager, self.at["PartnerRegistry"], self.at["PlanRegistry"])
        registries = [self.at[name] for name in ("PartnerRegistry", "PlanRegistry", "ReferralRegistry")]
        self._create("SettlementLedger", manager, *registries, b"USD", attestor, NOBODY)
        for contract, permissions in PERMISSIONS.items():
            for role, functions in permissions.items():
                if contract in self.at:
                    selectors = [artifact(contract).selector(function) for function in functions]
                    number = LEDGER_ROLE if role == "ledger" else ROLE
                    self.call("AccessManager", "setTargetFunctionRole", self.at[contract], selectors, number)
        self.call("AccessManager", "grantRole", ROLE, self.me, 0)
        self.call("AccessManager", "grantRole", LEDGER_ROLE, self.at["SettlementLedger"], 0)

    def _create(self, contract: str, *arguments: Any) -> None:
        self.at[contract] = self.send(None, artifact(contract).constructor(*arguments))["contractAddress"]

    def register(self, partners: int, plans: int) -> None:
        """Partners with every role, and plans with four tiers."""
        for first in range(1, partners + 1, 100):
            new = [(keccak(text=f"partner {first + i}"), NOTHING, NOBODY, 7) for i in range(100)]
            self.call("PartnerRegistry", "registerPartners", first, new)
        new_bps = [[1000, 1100, 1200, 1500], [500, 600, 700, 800], [100, 200, 300, 400]]
        for number in range(1, plans + 1):
            terms = (keccak(text="plan"), [100_000 * number, 500_000, 2_000_000], new_bps, new_bps, 14)
            self.call("PlanRegistry", "publishPlan", number, terms)

    def customers(self, name: str, count: int, partners: int, plans: int = 1) -> list[bytes]:
        """Customers of three partners each, drawn from as many, a third of them for each role."""
        keys = [keccak(text=f"{name} {i}")[:12] for i in range(count)]
        third = partners // 3
        draw = self.draw.randrange
        for start in range(0, count, 100):
            referrals = [
                (key, 1 + draw(third), 1 + third + draw(third), 1 + 2 * third + draw(third), 1 + draw(plans), 0, 0)
                for key in keys[start : start + 100]
            ]
            self.call("ReferralRegistry", "registerReferrals", referrals)
        return keys

    def settle(self, customers: list[bytes]) -> dict[str, Any]:
        """The receipt of a batch of one order for each customer."""
        return self.settle_orders([(customer, self.draw.randrange(1_000, 200_000), 0) for customer in customers])

    def settle_orders(self, batch: list[tuple[bytes, int, int]]) -> dict[str, Any]:
        """The receipt of a batch of orders: customer, base in minor units, 0 for new and 1 for renewal."""
        now = int(self.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        orders = b""
        for customer, base, kind in batch:
            self.order_no += 1
            orders += OrderRecord(
                order_no=self.order_no,
                base=base,
                kind=kind,
                paid_at=now - 3_600,
                customer_key=customer,
                order_ref=keccak(text=f"order {self.order_no}")[:16],
            ).pack()
        deployment = Deployment(self.chain_id, self.at)
        signature = attest(ATTESTOR, deployment, orders, now + DAY)
        return self.call("SettlementLedger", "settleBatch", orders, now + DAY, signature)

    def per_order(self, customers: list[bytes]) -> int:
        """Gas per order of a batch, in a word of the bitmap that another partner's order has used already."""
        self.order_no = (self.order_no // 256 + 1) * 256
        self.settle([self.bystander])
        return round(_gas(self.settle(customers)) / len(customers))

    def travel(self, days: int) -> None:
        """Makes a block, some days later at noon."""
        now = int(self.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.client.call("evm_setNextBlockTimestamp", (now // DAY + days) * DAY + DAY // 2)
        self.client.call("evm_mine")


def measure(bench: Bench) -> dict[str, int]:
    """All figures."""
    bench.deploy()
    bench.register(partners=1_800, plans=3)
    few, many, mixed = (
        bench.customers("few", 500, 30), bench.customers("many", 500, 300), bench.customers("mixed", 200, 30, plans=3)
    )  # fmt: skip
    bench.call("ReferralRegistry", "registerReferrals", [(bench.bystander, 1_798, 1_799, 1_800, 1, 0, 0)])
    bench.travel(1)
    for customers in (few, many, mixed):
        for start in range(0, len(customers), 100):
            bench.settle(customers[start : start + 100])
    figures = {f"warm_{count}x30": bench.per_order(few[:count]) for count in (50, 200, 500)}
    figures |= {f"warm_{count}x300": bench.per_order(many[:count]) for count in (50, 200, 500)}
    figures["warm_mixed_plans_200x30"] = bench.per_order(mixed)
    bench.travel(1)
    figures["new_epoch_200x30"] = bench.per_order(few[:200])
    figures["new_epoch_200x300"] = bench.per_order(many[:200])
    figures["first_orders_200x30"] = bench.per_order(bench.customers("first", 200, 30))
    figures["refund"] = refund(bench, few[:200])
    figures["payout_each"] = payout_each(bench)
    figures |= worst(bench)
    figures["floor"] = FLOOR
    return figures


def refund(bench: Bench, customers: list[bytes]) -> int:
    """A first partial refund, by a proof of eight hashes."""
    fields = settled(bench.settle(customers))
    leaves = fields["leaves"]
    leaf = [leaves[i : i + 32] for i in range(0, LEAF_BYTES, 32)]
    proven = (fields["batchId"], leaf, merkle_proof(leaves, 0))
    return _gas(bench.call("SettlementLedger", "refund", proven, 500, keccak(text="refund")))


def payout_each(bench: Bench) -> int:
    """A payout on the bank rail, of thirty in one call."""
    bench.travel(30)
    today = int(bench.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16) // DAY
    releases = [(partner, day) for partner in range(1, 31) for day in range(today - 31, today)]
    bench.call("SettlementLedger", "mature", releases)
    payouts = [(partner, partner, 10, 2, keccak(text=f"bank {partner}")) for partner in range(1, 31)]
    return round(_gas(bench.call("SettlementLedger", "recordPayouts", payouts)) / 30)


def worst(bench: Bench) -> dict[str, int]:
    """The dearest batch there can be: first orders, no partner twice, every word fresh. As many as fit."""
    ids = iter(range(301, 1_798))
    keys = [keccak(text=f"worst {i}")[:12] for i in range(400)]
    for start in range(0, 400, 100):
        referrals = [(key, next(ids), next(ids), next(ids), 1, 0, 0) for key in keys[start : start + 100]]
        bench.call("ReferralRegistry", "registerReferrals", referrals)
    bench.travel(1)
    bench.order_no = (bench.order_no // 256 + 1) * 256
    count = 100
    gas = _gas(bench.settle(keys[:count]))
    return {"worst_100x300": round(gas / count), "worst_fits": int(GAS_CAP / (gas / count))}


def settled(receipt: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says of the batch that it settled."""
    topic = next(t for t, name in artifact("SettlementLedger").event_names.items() if name == "BatchSettled")
    log = next(log for log in receipt["logs"] if log["topics"][0] == to_hex(topic))
    return artifact("SettlementLedger").event("BatchSettled", bytes.fromhex(log["data"][2:]))


def _gas(receipt: dict[str, Any]) -> int:
    return int(receipt["gasUsed"], 16)


@contextmanager
def bare_chain() -> Iterator[Client]:
    """An Anvil of its own, whose clock begins at `GENESIS`, ended afterwards."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "anvil.log").open("wb") as log:
        command = [
            anvil_program(), "--port", str(port), "--hardfork", "osaka", "--enable-tx-gas-limit", "--silent",
            "--timestamp", str(GENESIS), "--gas-limit", "1000000000",
        ]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        client = Client(f"http://127.0.0.1:{port}")
        try:
            while not _answers(client) and process.poll() is None:
                time.sleep(0.05)
            yield client
        finally:
            client.close()
            process.terminate()
            process.wait()


def main() -> None:
    """Starts a chain, measures, prints; compares or writes."""
    parser = argparse.ArgumentParser(description="What the contracts cost, in gas.")
    parser.add_argument("--check", action="store_true", help="fail when a figure is not the committed one")
    parser.add_argument("--write", action="store_true", help="write the committed figures")
    arguments = parser.parse_args()
    with bare_chain() as client:
        figures = measure(Bench(client))

    print("gas per order, 200 orders × 3 partners unless the name says otherwise\n")
    for name, value in {**figures, **REFERENCES}.items():
        print(f"  {name:26} {value:>9,}")
    for name, value in REFERENCES.items():
        print(f"  {name} ÷ warm_200x30 = {value / figures['warm_200x30']:.1f}")
    if arguments.write:
        COMMITTED.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))
    if arguments.check and (committed := json.loads(COMMITTED.read_text())) != figures:
        changed = sorted(name for name in committed | figures if committed.get(name) != figures.get(name))
        raise SystemExit(f"Gas has changed: {', '.join(changed)}. If it is meant, run `make gas-snapshot` and commit.")


def _answers(client: Client) -> bool:
    try:
        return bool(client.call("eth_chainId"))
    except (ChainUnavailableError, RpcError):
        return False


if __name__ == "__main__":
    main()
