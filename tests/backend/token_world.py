"""An installation on the token rail: a real node, a token that can refuse accounts, a vault, and wallets."""

import datetime as dt
import itertools

from eth_account import Account
from eth_utils import keccak
from solcx import compile_standard
from sqlalchemy import text
from tests.conftest import ROOT
from tests.nodes import Node

from fenrun import worker
from fenrun.api import create_app
from fenrun.attribution import service as attribution
from fenrun.attribution.service import NewCustomer
from fenrun.chain import devnet
from fenrun.chain.client import hex_bytes, to_hex
from fenrun.chain.contracts import Artifact, artifact
from fenrun.chain.keys import load_or_make
from fenrun.chain.setup import SENDING_ROLES
from fenrun.instance import Instance
from fenrun.kit.money import Currency
from fenrun.kit.settings import Settings
from fenrun.plans import service as plans
from fenrun.plans.split import Terms
from fenrun.registry import service as registry
from fenrun.registry.service import NewPartner
from fenrun.settlement.intake import REFUNDED, SubscriptionEvent, accept_events

DAY = 86_400
USD = Currency.of("USD")
SCALE = 10**4
"""The token has six decimals, the dollar two."""
RICH = 10**18
COUNTRIES = ("DE", "SG", "BR", "CN")
RATES = ((1_000,), (500,), (250,))
NAMES = tuple(f"Partner of {country}" for country in COUNTRIES)


def compiled(name):
    """A token of the contracts' own tests. Never one of the product's artifacts."""
    sources = [f"contracts/mocks/{file}.sol" for file in ("AwkwardTokens", "AwkwardPayees")]
    output = compile_standard(
        {
            "language": "Solidity",
            "sources": {source: {"content": (ROOT / source).read_text()} for source in sources},
            "settings": {
                "evmVersion": "cancun",
                "outputSelection": {sources[0]: {name: ["abi", "evm.bytecode.object"]}},
            },
        },
        solc_binary=ROOT / "scripts" / "solc",
    )
    contract = output["contracts"][sources[0]][name]
    return Artifact(name, tuple(contract["abi"]), bytes.fromhex(contract["evm"]["bytecode"]["object"]), b"")


class TokenWorld:
    """The installation, its road, and what stands for the world outside: the CRM, wallets, time."""

    def __init__(self, folder):
        self.home = folder / "home"
        (self.home / "main").mkdir(parents=True)
        keys = load_or_make(self.home / "main" / "keys.json")
        self.issuer = Account.from_key(keccak(text="who issues the token")).address
        self.wallets = [Account.from_key(keccak(text=f"the wallet of {name}")) for name in NAMES]
        self.node = Node(folder, [*map(keys.address, SENDING_ROLES), *(wallet.address for wallet in self.wallets)])
        self.node.client.call("anvil_setBlockGasLimit", hex(60_000_000))
        self.token = compiled("BlocklistToken")
        self.at = self._deploy()
        self.payer = keys.address("treasurer")
        self.mint(self.payer, RICH)
        self.settings = Settings(home=self.home, rpc_url=self.node.url, currency="USD", token=self.at)
        self.instance = Instance(self.home / "main", self.settings)
        self.numbers = itertools.count(1)

    def open(self):
        """Sets up, and registers partners, a plan and a customer of each."""
        self.road = self.instance.open_road(self.instance.found())
        while not self.road.is_set_up():
            self.step()
        with self.road.sessions.begin() as session:
            reference_key = self.road.keys.reference_key
            plan = plans.add_plan(session, reference_key, "plain", "USD", Terms((), 0, RATES, RATES))
            registry.add_partners(
                session,
                reference_key,
                [
                    NewPartner(f"p-{country}", name, country, "entity")
                    for country, name in zip(COUNTRIES, NAMES, strict=True)
                ],
            )
            count, since = len(COUNTRIES), dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
            attribution.add_customers(
                session,
                reference_key,
                [
                    NewCustomer(f"c-{n}", n % count + 1, (n + 1) % count + 1, (n + 2) % count + 1, plan.number, since)
                    for n in range(count)
                ],
            )
        self.rest()
        self.pass_days(2)
        self.rest()
        return self

    def stop(self):
        self.instance.stop()
        self.node.stop()

    @property
    def app(self):
        return create_app(self.road, self.settings)

    # --- The chain ------------------------------------------------------------------------------------

    def step(self):
        """What a worker does, one thing after another, and a block."""
        self.road.index()
        worker.prepare(self.road)
        self.road.send()
        self.node.mine()
        self.road.index()
        self.road.seal()

    def rest(self):
        """Steps until one binds nothing and nothing waits, and all of it is final."""
        known = None
        while True:
            self.step()
            [found] = self.query(
                "SELECT count(*), count(*) FILTER (WHERE state IN ('bound', 'signed')) AS open FROM intents"
            )
            if found == known and not found.open:
                break
            known = found
        self.blocks()

    def blocks(self):
        """Blocks until what is there is final, read and posted."""
        self.node.mine(self.road.confirmations + 1)
        self.road.index()
        self.road.seal()

    def pass_days(self, days):
        """Lets the chain's clock go on, and credits mature that are due by then."""
        devnet.mine(self.node.client, self.now() + days * DAY)
        self.road.index()

    def mature(self):
        """Releases whatever is held, as on the day after."""
        self.pass_days(1)
        self.road.mature(dt.datetime.fromtimestamp(self.now(), dt.UTC).date())
        self.rest()

    def now(self):
        return int(self.node.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def send(self, sender, to, data):
        """A transaction of somebody else's, in a block of its own; whether it passed."""
        client = self.node.client
        client.call("anvil_impersonateAccount", sender)
        client.call("anvil_setBalance", sender, hex(10**24))
        hash_ = client.call(
            "eth_sendTransaction", {"from": sender, "to": to, "data": to_hex(data), "gas": hex(3_000_000)}
        )
        self.node.mine()
        return client.call("eth_getTransactionReceipt", hash_)["status"] == "0x1"

    def view(self, contract, function, *arguments):
        to, known = (
            (self.at, self.token)
            if contract == "token"
            else (self.road.deployment.addresses[contract], artifact(contract))
        )
        call = {"to": to, "data": to_hex(known.call(function, *arguments))}
        result = known.result(function, hex_bytes(self.node.client.call("eth_call", call, "latest")))
        return result[0] if len(result) == 1 else result

    # --- The token ------------------------------------------------------------------------------------

    def _deploy(self):
        client = self.node.client
        client.call("anvil_impersonateAccount", self.issuer)
        client.call("anvil_setBalance", self.issuer, hex(10**24))
        creation = {"from": self.issuer, "data": to_hex(self.token.constructor()), "gas": hex(3_000_000)}
        hash_ = client.call("eth_sendTransaction", creation)
        self.node.mine()
        return client.call("eth_getTransactionReceipt", hash_)["contractAddress"]

    def mint(self, to, units):
        assert self.send(self.issuer, self.at, self.token.call("mint", to, units))

    def block(self, account, blocked=True):
        assert self.send(self.issuer, self.at, self.token.call("setBlocked", account, blocked))

    def units(self, account):
        return self.view("token", "balanceOf", account)

    def in_vault(self):
        return self.units(self.road.deployment.vault)

    # --- The CRM and the books ------------------------------------------------------------------------

    def order(self, customer=0, amount=1_000_00):
        """A payment of a customer; returns the order's id."""
        number = next(self.numbers)
        self._accept(
            SubscriptionEvent(f"ev-{number}", "subscription.renewed", self._moment(), f"c-{customer}", f"o-{number}",
                              amount=amount, currency="USD")
        )  # fmt: skip
        return f"o-{number}"

    def refund(self, order, amount):
        number = next(self.numbers)
        self._accept(
            SubscriptionEvent(f"ev-{number}", REFUNDED, self._moment(), order_id=order, refund_id=f"r-{number}",
                              amount=amount, currency="USD")
        )  # fmt: skip

    def _accept(self, event):
        with self.road.sessions.begin() as session:
            [outcome] = accept_events(session, "crm", [event], USD, self.road.keys.reference_key)
        assert not isinstance(outcome, Exception), outcome

    def _moment(self):
        return dt.datetime.now(dt.UTC)

    def totals(self, sealed=True):
        """Credits less debits by kind of account, all partners together."""
        columns = "credits - debits" if sealed else "pending_credits - pending_debits"
        with self.road.sessions() as session:
            rows = session.execute(text(f"SELECT kind, sum({columns}) FROM accounts GROUP BY 1"))
            return {kind: int(amount) for kind, amount in rows if amount}

    def owed(self, sealed=True):
        """What the books say is owed to all partners, in minor units."""
        totals = self.totals(sealed)
        return sum(totals.get(f"payable:{kind}", 0) for kind in ("held", "available", "frozen"))

    def available(self, partner):
        return self.view("SettlementLedger", "balanceOf", partner)[0]

    def query(self, statement, **values):
        with self.road.sessions() as session:
            return session.execute(text(statement), values).all()

    def is_clean(self):
        verdict = self.road.audit()
        failed = {check["name"]: check["first_difference"] for check in verdict["checks"] if not check["ok"]}
        assert failed == {}
        return True
