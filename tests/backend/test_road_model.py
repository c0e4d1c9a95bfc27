"""The whole road against a model: payments, refunds, disputes, reorgs, crashes and time in any order. What each partner
is owed at rest is what the model says, to the unit, and the audit finds nothing.
"""

import contextlib
import csv
import datetime as dt
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import yaml
from sqlalchemy import event, text
from tests.backend.test_reorg import is_clean, mine
from tests.backend.test_reversals import DAY, EVIDENCE, NOTHING, Chain, proven_orders
from tests.reckoning import divided, month_before, reckon

from fenrun.chain import devnet
from fenrun.chain.errors import IndexerStoppedError
from fenrun.kit.money import Currency
from fenrun.plans.split import ROLES
from fenrun.settlement.intake import SubscriptionEvent, accept_events

KEEP, REVERSE, TRANSFER = 1, 2, 3
USD = Currency.of("USD")


@dataclass
class Paid:
    """An order of the model."""

    customer: str
    base: int
    kind: str
    refunded: int = 0
    owners: dict[str, str | None] = field(default_factory=dict)
    """By role, where a ruling gave the share to another partner, or to nobody."""
    disputes: dict[str, int] = field(default_factory=dict)
    """By role, the dispute that is not decided yet; 0 when it is."""


class World:
    """What the machine runs on: one installation, and what the scenario says of it."""

    def __init__(self, road, folder, today):
        self.road, self.chain, self.disputes = road, Chain(road), 0
        self.plans = {plan["id"]: plan for plan in yaml.safe_load((folder / "plans.yaml").read_text())["plans"]}
        with (folder / "customers.csv").open(newline="") as file:
            self.customers = {row["customer_id"]: row for row in csv.DictReader(file)}
        self.volume = defaultdict(int)
        """By partner and month, what was settled before."""
        earning = {}
        for (order, _), (partner, base, _, amount, _, _, day, _) in reckon(folder, today)[0].items():
            if amount > 0:
                earning[order, partner] = (day[:7], base)
        for (_, partner), (month, base) in earning.items():
            self.volume[partner, month] += base
        self.runs = 0


class Killed(Exception):  # noqa: N818 - what happened, not what is wrong
    """The process ended before its transaction was committed."""


class Run:
    """Steps of people, of the chain and of the jobs, as dice have it. Each run goes on where the last one ended."""

    def __init__(self, world, dice):
        self.world, self.road, self.dice = world, world.road, dice
        world.runs += 1
        self.name = f"run-{world.runs}"
        self.orders: dict[str, Paid] = {}
        self.sent = []
        self.before = self._owed()

    # --- People ---------------------------------------------------------------------------------------------------

    def pay(self):
        events = []
        for _ in range(self.dice.randint(1, 4)):
            id_ = f"{self.name}-{len(self.orders)}"
            customer = self.dice.choice(sorted(self.world.customers))
            base = self.dice.choice([1, 99, 10_000, self.dice.randint(1, 500_000)])
            kind = self.dice.choice(["created", "renewed", "upgraded"])
            self.orders[id_] = Paid(customer, base, "new" if kind == "created" else "renewal")
            events.append(self._event(f"subscription.{kind}", id_, customer_id=customer, amount=base))
        self._accept(events)

    def say_it_again(self):
        if self.sent:
            self._accept([self.dice.choice(self.sent)])

    def give_back(self):
        open_ = sorted(id_ for id_, order in self.orders.items() if order.refunded < order.base)
        if not open_:
            return
        id_ = self.dice.choice(open_)
        left = self.orders[id_].base - self.orders[id_].refunded
        amount = self.dice.choice([left, self.dice.randint(1, left)])
        self.orders[id_].refunded += amount
        refund = f"{id_}-r{self.orders[id_].refunded}"
        self._accept([self._event("subscription.refunded", id_, refund_id=refund, amount=amount)])

    def dispute(self):
        """Somebody claims a share; the court's calls are final before anything else happens."""
        shares = sorted(
            (id_, role)
            for id_ in self._final()
            for role, left in self._left(id_).items()
            if left and role not in self.orders[id_].disputes
        )
        if not shares:
            return
        (id_, role), ruling = self.dice.choice(shares), self.dice.choice([KEEP, REVERSE, TRANSFER])
        order = self.orders[id_]
        with self.road.sessions() as session:
            number = session.scalar(text("SELECT number FROM orders WHERE external_id = :id"), {"id": id_})
        proven, index = proven_orders(self.road)[number], ROLES.index(role)
        claimant = proven.leaf.partners[index] % 3 + 1
        self._court("open", proven.call, index, claimant, EVIDENCE, NOTHING)
        self.world.disputes += 1
        order.disputes[role] = self.world.disputes
        if ruling == TRANSFER:
            with self.road.sessions() as session:
                order.owners[role] = session.scalar(
                    text("SELECT external_id FROM partners WHERE number = :number"), {"number": claimant}
                )
        elif ruling == REVERSE:
            order.owners[role] = None
        self._court("rule", order.disputes[role], ruling)

    def carry_out_rulings(self):
        if not any(any(order.disputes.values()) for order in self.orders.values()):
            return
        self.world.chain.time += 3 * DAY
        for order in self.orders.values():
            for role, dispute in order.disputes.items():
                if dispute:
                    self._court("execute", dispute)
                    order.disputes[role] = 0

    # --- The jobs -------------------------------------------------------------------------------------------------

    def _jobs(self):
        """What a worker does. After a reorg all but the indexer may refuse, until that has read the new chain."""
        now = dt.datetime.now(dt.UTC)
        return [
            lambda: self.road.batch(now), lambda: self.road.refund(now), self.road.bind_again, self.road.send,
            self.road.pick_up, self.road.index, self.road.seal, self._mature,
        ]  # fmt: skip

    def do(self):
        with contextlib.suppress(IndexerStoppedError):
            self.dice.choice(self._jobs())()

    def do_and_be_killed(self):
        """Everything of the job happens, but for the commit."""

        def die(_):
            raise Killed

        event.listen(self.road.engine, "commit", die)
        try:
            with contextlib.suppress(Killed, IndexerStoppedError):
                self.dice.choice(self._jobs())()
        finally:
            event.remove(self.road.engine, "commit", die)

    def _mature(self):
        latest = self.road.client.call("eth_getBlockByNumber", "latest", False)
        self.road.mature(dt.datetime.fromtimestamp(int(latest["timestamp"], 16), dt.UTC).date())

    # --- The chain ------------------------------------------------------------------------------------------------

    def block(self):
        mine(self.road)

    def time_passes(self):
        latest = int(self.road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        devnet.mine(self.road.client, latest + self.dice.choice([1, 9, 20]) * DAY)

    def reorg(self):
        self.road.client.call("anvil_reorg", self.dice.randint(1, self.road.confirmations), [])

    # --- At rest --------------------------------------------------------------------------------------------------

    STEPS = (
        pay, pay, say_it_again, give_back, give_back, dispute, carry_out_rulings, do, do, do, do, do_and_be_killed,
        do_and_be_killed, block, block, time_passes, reorg,
    )  # fmt: skip

    def rest(self):
        self.carry_out_rulings()
        waiting = text(
            "SELECT (SELECT count(*) FROM order_queue)"
            " + (SELECT count(*) FROM refunds WHERE status IN ('pending', 'submitted'))"
            " + (SELECT count(*) FROM batches WHERE status IN ('submitted', 'confirmed'))"
            " + (SELECT max(seq) FROM chain_logs WHERE contract = 'SettlementLedger')"
            " - (SELECT max(number) FROM transactions)"
            " + (SELECT count(*) FROM intents WHERE state IN ('bound', 'signed', 'reverted') AND key NOT LIKE '%#%')"
        )
        for _ in range(200):
            self.road.index()
            for job in self._jobs():
                job()
            with self.road.sessions() as session:
                if session.scalar(waiting) == 0:
                    break
            mine(self.road)
        else:
            raise AssertionError("it does not come to rest")
        expected = defaultdict(int, self.before)
        settled = self._settled_days()
        assert set(settled) == set(self.orders)
        legs = self._legs()
        for id_, day in sorted(settled.items(), key=lambda item: item[1]):
            # The volume of a month decides the tiers of the next.
            assert legs[id_] == self._credited(self.orders[id_], day)
            self._count(self.orders[id_], day)
            for partner, amount in self._shares(self.orders[id_], day):
                expected[partner] += amount
        assert self._owed() == {partner: amount for partner, amount in expected.items() if amount}
        assert is_clean(self.road)

    # --- The model ------------------------------------------------------------------------------------------------

    def _shares(self, order, day):
        """What partners are owed for an order: the rates of their tiers, less what refunds and rulings took."""
        for role, share in self._credited(order, day).items():
            owner = order.owners.get(role, self.world.customers[order.customer][role])
            if owner is not None:
                yield owner, share - share * order.refunded // order.base

    def _credited(self, order, day):
        customer = self.world.customers[order.customer]
        plan = self.world.plans[customer["plan"]]
        roles = [role for role in ROLES if customer[role]]
        rates = []
        for role in roles:
            before = self.world.volume[customer[role], month_before(f"{day:%Y-%m}")]
            tier = sum(before >= Decimal(str(threshold)) * 100 for threshold in plan["tier_thresholds"])
            rates.append(plan[order.kind].get(role, [0] * 4)[tier])
        return dict(zip(roles, divided(order.base, rates), strict=True))

    def _count(self, order, day):
        """Adds an order to the volume of those who earn by it."""
        earning = {
            self.world.customers[order.customer][role] for role, share in self._credited(order, day).items() if share
        }
        for partner in earning:
            self.world.volume[partner, f"{day:%Y-%m}"] += order.base

    # --- What is there --------------------------------------------------------------------------------------------

    def _owed(self):
        """By partner, everything payable less what is owed to us, where that is not nothing."""
        with self.road.sessions() as session:
            rows = session.execute(
                text(
                    "SELECT p.external_id, sum(a.credits - a.debits) FROM accounts a"
                    " JOIN partners p ON p.number = a.partner_number GROUP BY 1"
                )
            )
            return {partner: int(amount) for partner, amount in rows if amount}

    def _mine(self, query):
        """Rows of a query about this run's orders."""
        with self.road.sessions() as session:
            return session.execute(text(query), {"mine": f"{self.name}-%"}).all()

    def _settled_days(self):
        rows = self._mine(
            "SELECT o.external_id, b.settled_on FROM orders o JOIN batches b ON b.number = o.batch_number"
            " WHERE o.source = 'crm' AND o.external_id LIKE :mine AND b.settled_on IS NOT NULL"
        )
        return dict(tuple(row) for row in rows)

    def _final(self):
        rows = self._mine(
            "SELECT o.external_id FROM orders o JOIN batches b ON b.number = o.batch_number"
            " WHERE b.status = 'finalized' AND o.external_id LIKE :mine"
        )
        return [id_ for (id_,) in rows]

    def _legs(self):
        """By order and role, what was credited."""
        legs = defaultdict(dict)
        for id_, role, amount in self._mine(
            "SELECT o.external_id, c.role, c.amount FROM commissions c"
            " JOIN orders o ON o.number = c.order_number WHERE o.external_id LIKE :mine"
        ):
            legs[id_][ROLES[role]] = amount
        return legs

    def _left(self, id_):
        """What refunds that are in a block leave of each share."""
        with self.road.sessions() as session:
            rows = session.execute(
                text(
                    "SELECT c.role, c.amount - c.clawed_back FROM commissions c"
                    " JOIN orders o ON o.number = c.order_number WHERE o.external_id = :id"
                ),
                {"id": id_},
            )
            return {ROLES[role]: left for role, left in rows}

    def _event(self, type_, order, **more):
        id_ = f"ev-{self.name}-{len(self.sent)}"
        yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        self.sent.append(SubscriptionEvent(id_, type_, yesterday, order_id=order, currency="USD", **more))
        return self.sent[-1]

    def _accept(self, events):
        with self.road.sessions.begin() as session:
            accept_events(session, "crm", events, USD, self.road.keys.reference_key)

    def _court(self, function, *arguments):
        """A call of the court, in a block that no reorg here takes back."""
        chain = self.world.chain
        latest = int(self.road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        chain.time = max(chain.time, latest)
        chain.send("DisputeCourt", function, *arguments)
        for _ in range(self.road.confirmations + 1):
            mine(self.road)
        self.road.index()
        self.road.seal()


STEPS, RUNS = 40, 4


def test_the_whole_road_is_what_a_model_says(road, replayed, today):
    """FENRUN_RUNS and FENRUN_SEED choose, as in `make chaos`."""
    world, seed = World(road, replayed[0], today), int(os.environ.get("FENRUN_SEED") or 1)
    for number in range(seed, seed + int(os.environ.get("FENRUN_RUNS") or RUNS)):
        dice = random.Random(number)
        run, did = Run(world, dice), []
        try:
            for step in dice.choices(Run.STEPS, k=STEPS):
                did.append(step.__name__)
                step(run)
            run.rest()
        except Exception:
            print(f"seed {number}:", ", ".join(did))
            raise
