"""What happens to a share after it was settled: refunds, disputes, returned payments, corrections; on a real chain, in
the books, and audited.
"""

import datetime as dt
from types import SimpleNamespace

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from sqlalchemy import text

from fenrun import worker
from fenrun.chain import devnet
from fenrun.chain.client import to_hex
from fenrun.chain.codec import LEAF_BYTES, unpack_leaf
from fenrun.chain.contracts import artifact
from fenrun.chain.deploy import GOVERNING_DELAY_SECONDS, ROLES
from fenrun.kit.money import Currency
from fenrun.ledger.service import AVAILABLE, DEBT, FROZEN, HELD, PREDECESSOR, End
from fenrun.settlement import audit
from fenrun.settlement.intake import SubscriptionEvent, accept_events
from fenrun.settlement.journal import POSTINGS, moves_of

DAY = 86_400
NOTHING = bytes(32)
RECORD, EVIDENCE = 0, 1
TRANSFER = 3


class Chain:
    """Sends what the product does not send yet, and makes a block for each call."""

    def __init__(self, road):
        self._client, self._at = road.client, road.deployment.addresses
        self.time = int(self._client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.hand = Account.from_key(keccak(text="a member of staff in a test"))
        self.second = Account.from_key(keccak(text="another one"))
        governor = road.keys.address("governor")
        grants = [
            ("AccessManager", "grantRole", ROLES[role], holder.address, 0)
            for role, holder in (
                ("refunder", self.hand),
                ("registrar", self.hand),
                ("arbiter", self.hand),
                ("treasurer", self.hand),
                ("treasurer", self.second),
            )
        ]
        self.govern(governor, grants)

    def govern(self, governor, calls):
        """Announces calls of the governor, waits, and makes them."""
        for contract, function, *arguments in calls:
            data = artifact(contract).call(function, *arguments)
            self.send("AccessManager", "schedule", self._at[contract], data, 0, sender=governor)
        self.time += GOVERNING_DELAY_SECONDS
        for contract, function, *arguments in calls:
            self.send(contract, function, *arguments, sender=governor)

    def send(self, contract, function, *arguments, sender=None):
        sender = sender or self.hand.address
        self._client.call("anvil_impersonateAccount", sender)
        self._client.call("anvil_setBalance", sender, hex(10**24))
        data = to_hex(artifact(contract).call(function, *arguments))
        transaction = {"from": sender, "to": self._at[contract], "data": data, "gas": hex(5_000_000)}
        hash_ = self._client.call("eth_sendTransaction", transaction)
        self.time += 1
        devnet.mine(self._client, self.time)
        assert self._client.call("eth_getTransactionReceipt", hash_)["status"] == "0x1", function

    def view(self, contract, function, *arguments):
        call = {"to": self._at[contract], "data": to_hex(artifact(contract).call(function, *arguments))}
        result = self._client.call("eth_call", call, "latest")
        return artifact(contract).result(function, bytes.fromhex(result[2:]))

    def approval(self, road, adjustment):
        """The second key's signature."""
        kinds = {"adjustmentNo": "uint48", "partnerId": "uint32", "amount": "int80", "reason": "bytes32",
                 "deadline": "uint40"}  # fmt: skip
        message = encode_typed_data(
            domain_data={
                "name": "Fenrun SettlementLedger",
                "version": "1",
                "chainId": road.deployment.chain_id,
                "verifyingContract": road.deployment.addresses["SettlementLedger"],
            },
            message_types={"Adjustment": [{"name": name, "type": type_} for name, type_ in kinds.items()]},
            message_data=dict(zip(kinds, adjustment, strict=True)),
        )
        return bytes(self.second.sign_message(message).signature)


def settle_some(road):
    """Settles three new orders, whose shares are held; returns their numbers."""
    now = dt.datetime.now(dt.UTC)
    with road.sessions.begin() as session:
        customers = session.scalars(
            text(
                "SELECT c.external_id FROM customers c JOIN referrals r ON r.customer_number = c.number"
                " WHERE r.referrer IS NOT NULL ORDER BY c.number LIMIT 3"
            )
        )
        events = [
            SubscriptionEvent(
                f"ev-{n}", "subscription.renewed", now, customer, f"R-{n}", amount=100_000, currency="USD"
            )
            for n, customer in enumerate(customers)
        ]
        accept_events(session, "crm", events, Currency.of("USD"), road.keys.reference_key)
    worker.tick(road)
    with road.sessions() as session:
        return session.scalars(text("SELECT number FROM orders WHERE source = 'crm' ORDER BY number")).all()


def proven_orders(road):
    """Every settled order with its leaf and the proof that a call takes."""
    with road.sessions() as session:
        topic = keccak(text="BatchSettled(uint256,uint256,uint256,bytes32,bytes,(uint48,uint8)[])")
        logs = session.scalars(text("SELECT data FROM chain_logs WHERE topic = :topic ORDER BY seq"), {"topic": topic})
        batches = [artifact("SettlementLedger").event("BatchSettled", bytes(data)) for data in logs]
    orders = {}
    for batch in batches:
        leaves = [batch["leaves"][at : at + LEAF_BYTES] for at in range(0, len(batch["leaves"]), LEAF_BYTES)]
        for index, data in enumerate(leaves):
            leaf, words = unpack_leaf(data), [data[at : at + 32] for at in (0, 32, 64)]
            call = (batch["batchId"], words, proof(list(map(keccak, leaves)), index))
            orders[leaf.order.order_no] = SimpleNamespace(leaf=leaf, call=call)
    return orders


def proof(level, at):
    """The siblings from a leaf up."""
    siblings = []
    while len(level) > 1:
        if at ^ 1 < len(level):
            siblings.append(level[at ^ 1])
        pairs = [level[first : first + 2] for first in range(0, len(level), 2)]
        level = [keccak(b"".join(sorted(pair))) if len(pair) == 2 else pair[0] for pair in pairs]
        at //= 2
    return siblings


def books(road):
    """What each kind of account shows, debits less credits."""
    with road.sessions() as session:
        rows = session.execute(text("SELECT kind, sum(debits - credits) FROM accounts GROUP BY 1"))
        return {kind: int(balance) for kind, balance in rows}


def posted(road):
    """Kinds of transactions in the journal."""
    with road.sessions() as session:
        return set(session.scalars(text("SELECT DISTINCT kind FROM transactions")))


def test_the_books_follow_whatever_happens_to_a_share(road):
    fresh, chain, before = settle_some(road), Chain(road), books(road)
    orders = proven_orders(road)
    first, second, third = (orders[number] for number in fresh)
    paid = [o for o in orders.values() if o.leaf.release_day < chain.time // DAY - 60 and o.leaf.shares[0]]

    # Refunds: of what is held, half and then all; of what was paid long ago.
    base = first.leaf.order.base
    chain.send("SettlementLedger", "refund", first.call, base // 2, NOTHING)
    chain.send("SettlementLedger", "refund", first.call, base, NOTHING)
    chain.send("SettlementLedger", "refund", paid[0].call, paid[0].leaf.order.base, NOTHING)

    # Two disputes: one is transferred by an arbiter, of the other the record says that the partner keeps it.
    for dispute, (order, ground) in enumerate(((second, EVIDENCE), (third, RECORD)), start=1):
        claimant = order.leaf.partners[0] % 3 + 1
        chain.send("DisputeCourt", "open", order.call, 0, claimant, ground, NOTHING)
        if ground == EVIDENCE:
            chain.send("DisputeCourt", "rule", dispute, TRANSFER)
        else:
            chain.send("DisputeCourt", "ruleByRecord", dispute)
    # A refund meanwhile takes from what is frozen.
    chain.send("SettlementLedger", "refund", second.call, second.leaf.order.base // 3, NOTHING)
    chain.time += 3 * DAY
    for dispute in (1, 2):
        chain.send("DisputeCourt", "execute", dispute)

    # A payment comes back; a balance is corrected up, then far down; what is then owed is forgiven in part.
    with road.sessions() as session:
        number, partner = session.execute(
            text("SELECT number, partner_number FROM payouts WHERE status = 'completed' ORDER BY number LIMIT 1")
        ).one()
    chain.send("SettlementLedger", "returnPayout", number, NOTHING)
    available = chain.view("SettlementLedger", "balanceOf", partner)[0]
    for adjustment_no, amount in ((1, 1_000), (2, -available - 1_777)):
        adjustment = (adjustment_no, partner, amount, NOTHING, chain.time + DAY)
        approval = chain.approval(road, adjustment)
        chain.send("SettlementLedger", "adjust", adjustment, chain.second.address, approval)
    assert chain.view("SettlementLedger", "balanceOf", partner)[:2] == (0, 777)
    chain.govern(road.keys.address("governor"), [("SettlementLedger", "writeOffDebt", partner, 77, NOTHING)])

    for _ in range(road.confirmations + 1):
        chain.time += 1
        devnet.mine(road.client, chain.time)
    road.index()
    road.seal()

    assert posted(road) >= {
        "OrderRefunded", "ShareFrozen", "ShareResolved", "PayoutReturned", "BalanceAdjusted", "DebtWrittenOff",
    }  # fmt: skip
    with road.sessions.begin() as session:
        verdict = audit.run(session, road.client, road.deployment, road.keys.reference_key)
    failed = {check["name"]: check["first_difference"] for check in verdict["checks"] if not check["ok"]}
    assert not failed

    after = books(road)
    changed = {kind: after[kind] - before.get(kind, 0) for kind in after if after[kind] != before.get(kind, 0)}
    assert sum(changed.values()) == 0
    assert changed["expense:debt_written_off"] == 77
    assert changed["expense:adjustment"] == 1_000 - available - 1_777
    assert changed["asset:partner_debt"] >= 700
    with road.sessions() as session:
        net = session.scalar(text("SELECT gross - withheld FROM payouts WHERE number = :number"), {"number": number})
    assert changed["asset:bank"] == net
    # Nothing waits for a ruling any more.
    assert after["payable:frozen"] == 0


def test_debt_is_repaid_and_withheld_tax_comes_back():
    fields = {"partnerId": 7, "gross": 1_000, "withheld": 200, "debtRepaid": 850}
    moves = [(m.source.kind, m.destination.kind, m.amount) for m in moves_of("PayoutReturned", fields)]
    assert moves == [
        ("asset:bank", "asset:partner_debt", 800),
        ("payable:tax_withheld", "asset:partner_debt", 50),
        ("payable:tax_withheld", "payable:available", 150),
    ]


def test_every_event_of_the_ledger_is_known_to_the_books():
    ours = set(artifact("SettlementLedger").event_names.values()) - {"AuthorityUpdated", "EIP712DomainChanged"}
    assert set(POSTINGS) == ours


def test_what_a_ledger_took_over_has_the_predecessor_as_its_other_end():
    rich, poor = 500 | 30 << 168, 70 << 88
    inherited = moves_of("AccountsInherited", {"firstId": 7, "accounts": [(0, rich), (0, poor), (0, 0)]})
    credits = moves_of("CreditsInherited", {"releases": [(8, 20_000)], "amounts": [40]})
    assert [(m.source, m.destination, m.amount) for m in (*inherited, *credits)] == [
        (End(PREDECESSOR), End(AVAILABLE, 7), 500),
        (End(PREDECESSOR), End(FROZEN, 7), 30),
        (End(DEBT, 8), End(PREDECESSOR), 70),
        (End(PREDECESSOR), End(HELD, 8), 40),
    ]
