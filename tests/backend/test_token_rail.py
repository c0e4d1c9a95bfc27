"""The token rail on a real chain and database: collected as it is settled, paid to wallets, booked and audited."""

import datetime as dt
import os
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.backend.test_payouts import PASSWORD, everything, is_problem
from tests.backend.test_reversals import NOTHING, Chain
from tests.backend.token_world import COUNTRIES, DAY, NAMES, RATES, SCALE, USD, TokenWorld
from typer.testing import CliRunner

from fenrun import cli, desk
from fenrun.chain.client import hex_bytes, to_hex
from fenrun.chain.contracts import artifact
from fenrun.chain.deploy import Token
from fenrun.chain.token import read_token
from fenrun.kit import migrations
from fenrun.kit.db import connect, ensure_database, sessions, set_fact
from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency
from fenrun.operations import doctor
from fenrun.registry import service as registry
from fenrun.settlement import vault
from fenrun.settlement.projection import bring_up_to_date

GERMAN, SINGAPOREAN, BRAZILIAN, CHINESE = range(4)
TOKEN_RUN = {"currency": "USD", "rail": "token"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = TokenWorld(tmp_path_factory.mktemp("tokens"))
    try:
        made.open()
        app = made.app
        made.ann, made.bob = (signed_in(made, app, login, "finance", None) for login in ("ann", "bob"))
        made.partner = signed_in(made, app, "gerda", "partner", 1)
        made.ids = [row["id"] for row in everything(made.ann, "/v1/partners")]
        yield made
    finally:
        made.stop()


def signed_in(world, app, login, role, partner):
    with world.road.sessions.begin() as session:
        registry.add_member(session, login, PASSWORD, role, partner)
    client = TestClient(app, raise_server_exceptions=False)
    assert client.post("/v1/session", json={"login": login, "password": PASSWORD}).status_code == 200
    return client


def put_details(world, who, **more):
    account = {"holder": NAMES[who], "iban": "DE89370400440532013000"}
    papers = [{"kind": "business_licence", "number": "1"}]
    body = {"country": COUNTRIES[who], "payee_type": "entity", "account": account, "documents": papers, **more}
    return world.ann.put(f"/v1/partners/{world.ids[who]}/payout-details", json=body)


def verify(world, who):
    answer = world.bob.post(f"/v1/partners/{world.ids[who]}/payout-details/verify")
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def paid_by_wallet(world):
    """Everybody has verified details, and a wallet that the chain knows; but for the Chinese partner."""
    for who in (GERMAN, SINGAPOREAN, BRAZILIAN):
        assert put_details(world, who, wallet=world.wallets[who].address).status_code == 200
        verify(world, who)
    assert put_details(world, CHINESE).status_code == 200
    verify(world, CHINESE)
    world.rest()
    return world


def prepare(world):
    answer = world.ann.post(
        "/v1/payout-runs", json={**TOKEN_RUN, "pays_on": dt.datetime.now(dt.UTC).date().isoformat()}
    )
    assert answer.status_code == 201, answer.text
    run = answer.json()
    left_out = everything(world.ann, "/v1/payout-exclusions", run=run["id"])
    return run, {row["partner_id"]: row for row in left_out}


def payouts_of(world, run):
    return {row["partner_id"]: row for row in everything(world.ann, "/v1/payouts", run=run["id"])}


def approve(world, run):
    answer = world.bob.post(f"/v1/payout-runs/{run['id']}/approve")
    assert answer.status_code == 200, answer.text


def vault_equals_books(world):
    assert world.in_vault() == world.owed() * SCALE == world.view("SettlementLedger", "owed") * SCALE
    return world.is_clean()


def test_what_a_batch_credits_is_collected_with_it(world):
    before, owed = world.units(world.payer), world.owed()
    world.order(0, 1_000_00)
    world.rest()
    assert world.owed() - owed == 175_00
    assert before - world.units(world.payer) == 175_00 * SCALE
    assert vault_equals_books(world)


def test_orders_wait_for_a_payer_that_cannot_pay(world):
    owed = world.owed()
    world.block(world.payer)
    order = world.order(1, 2_000_00)
    world.rest()
    assert world.owed() == owed
    assert world.query("SELECT reason, batch_number FROM orders WHERE external_id = :id", id=order) == [(None, None)]
    world.block(world.payer, blocked=False)
    world.rest()
    assert world.owed() == owed + 350_00
    assert vault_equals_books(world)


def test_a_payee_in_china_gets_no_wallet(world):
    answer = put_details(world, CHINESE, wallet=world.wallets[CHINESE].address)
    assert "PAY-02" in is_problem(answer, 409, "rail_refused")


def test_a_wallet_that_is_no_address_is_refused(world):
    mistyped = world.wallets[GERMAN].address.replace("a", "A", 1) if "a" in world.wallets[GERMAN].address else "0x12"
    for wallet in (mistyped, "0x" + "1" * 39, "0x" + "0" * 40):
        assert "wallet" in is_problem(put_details(world, GERMAN, wallet=wallet), 422, "payout_details_invalid")


def test_a_run_pays_wallets_and_one_that_the_token_refuses_stops_nobody(paid_by_wallet):
    world = paid_by_wallet
    for customer in range(4):
        world.order(customer, 1_000_00)
    world.rest()
    world.mature()
    _, waiting = prepare(world)
    assert {row["reason"] for row in waiting.values()} == {"wallet_waiting", "PAY-02"}
    world.pass_days(3)

    run, left_out = prepare(world)
    assert run["rail"] == "token"
    assert {id_: row["reason"] for id_, row in left_out.items()} == {world.ids[CHINESE]: "PAY-02"}
    assert "PAY-02" in left_out[world.ids[CHINESE]]["detail"]
    types = ["payout.completed", "payout.failed", "withdrawal.completed"]
    hook = world.ann.post("/v1/webhook-endpoints", json={"url": "https://93.184.215.14/", "event_types": types})
    assert hook.status_code == 201, hook.text
    world.road.announce()  # from here on
    is_problem(world.ann.post(f"/v1/payout-runs/{run['id']}/approve"), 403, "same_person")
    due = {who: world.available(who + 1) for who in range(4)}
    world.block(world.wallets[BRAZILIAN].address)
    approve(world, run)
    is_problem(world.bob.post(f"/v1/payout-runs/{run['id']}/file"), 409, "rail_refused")
    before, owed = world.in_vault(), world.owed()
    world.rest()

    paid = payouts_of(world, run)
    for who in (GERMAN, SINGAPOREAN):
        payout, wallet = paid[world.ids[who]], world.wallets[who].address
        assert (payout["status"], payout["gross"], payout["rail"]) == ("completed", str(due[who]), "token")
        assert payout["wallet"] == wallet.lower()
        assert world.node.client.call("eth_getTransactionReceipt", payout["transaction_hash"])["status"] == "0x1"
        assert (world.units(wallet), world.available(who + 1)) == (due[who] * SCALE, 0)
    failed = paid[world.ids[BRAZILIAN]]
    assert (failed["status"], failed["paid_on"]) == ("failed", None)
    assert failed["reason"].startswith("The token or the payee refused the payment")
    assert world.available(BRAZILIAN + 1) == due[BRAZILIAN] > 0
    total = due[GERMAN] + due[SINGAPOREAN]
    assert (before - world.in_vault(), owed - world.owed()) == (total * SCALE, total)
    assert world.totals()["asset:vault"] == total
    world.step()  # what is final now closes the run
    assert world.ann.get(f"/v1/payout-runs/{run['id']}").json()["status"] == "closed"
    assert vault_equals_books(world)

    world.road.announce()
    told = world.query("SELECT type, partner_numbers FROM messages ORDER BY partner_numbers")
    assert told == [("payout.completed", [1]), ("payout.completed", [2]), ("payout.failed", [3])]

    # It is payable again, and paid once the token lets it.
    world.block(world.wallets[BRAZILIAN].address, blocked=False)
    again, _ = prepare(world)
    approve(world, again)
    world.rest()
    assert payouts_of(world, again)[world.ids[BRAZILIAN]]["status"] == "completed"
    assert world.units(world.wallets[BRAZILIAN].address) == due[BRAZILIAN] * SCALE
    assert vault_equals_books(world)


def signed(world, who, *, to=None, amount, nonce, deadline=None, signer=None):
    """The body of a withdrawal as a wallet signs it (EIP-712)."""
    to, deadline = to or world.wallets[who].address, deadline or world.now() + 3_600
    message = encode_typed_data(
        domain_data={
            "name": "Fenrun TokenVault",
            "version": "1",
            "chainId": world.road.deployment.chain_id,
            "verifyingContract": world.road.deployment.vault,
        },
        message_types={
            "Withdrawal": [
                {"name": "partnerId", "type": "uint32"},
                {"name": "to", "type": "address"},
                {"name": "amount", "type": "uint80"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint40"},
            ]
        },
        message_data={"partnerId": who + 1, "to": to, "amount": amount, "nonce": nonce, "deadline": deadline},
    )
    signature = (signer or world.wallets[who]).sign_message(message).signature
    return {"to": to, "amount": str(amount), "nonce": str(nonce), "deadline": deadline, "signature": to_hex(signature)}


def withdraw(world, body, who=GERMAN, client=None):
    return (client or world.partner).post(f"/v1/partners/{world.ids[who]}/withdrawals", json=body)


@pytest.fixture
def rich(paid_by_wallet):
    """Every partner has something available."""
    world = paid_by_wallet
    world.pass_days(3)
    for customer in range(4):
        world.order(customer, 1_000_00)
    world.rest()
    world.mature()
    return world


def test_a_run_of_many_is_paid_in_several_calls_one_after_the_other(rich, monkeypatch):
    world = rich
    monkeypatch.setattr("fenrun.payouts.vault_runs.PAYEES_PER_CALL", 1)
    road = world.road
    instance = SimpleNamespace(sessions=road.sessions, currency=road.currency, keys=road.keys)
    monkeypatch.setattr(desk, "open_instance", lambda _: nullcontext(instance))
    command = ["payouts", "prepare", dt.datetime.now(dt.UTC).date().isoformat(), "--token", "--as", "ann",
               "--password", PASSWORD]  # fmt: skip
    made = CliRunner().invoke(cli.app, command)
    assert made.exit_code == 0, made.output
    run = {"id": made.stdout.strip().splitlines()[-1]}
    calls = world.view("TokenVault", "payoutBatchCount")
    approve(world, run)
    world.rest()
    paid = payouts_of(world, run)
    assert {row["status"] for row in paid.values()} == {"completed"}
    assert len({row["transaction_hash"] for row in paid.values()}) == len(paid) > 1
    assert world.view("TokenVault", "payoutBatchCount") == calls + len(paid)
    assert vault_equals_books(world)


def test_a_partner_withdraws_by_its_signature_and_we_pay_the_fee(rich):
    world, to = rich, "0x" + "5a" * 20
    paid, owed, in_vault = world.totals()["asset:vault"], world.owed(), world.in_vault()
    body = signed(world, GERMAN, to=to, amount=60_00, nonce=7)
    answer = withdraw(world, body)
    assert answer.status_code == 202, answer.text
    request_id, made = answer.headers["X-Request-Id"], answer.json()
    [line] = world.query("SELECT action, actor_name FROM audit_log WHERE request_id = :id", id=request_id)
    assert line == ("POST /v1/partners/{partner_id}/withdrawals", "gerda")
    assert (made["status"], made["gross"], made["rail"], made["run_id"]) == ("processing", "6000", "token", None)
    # The same request again is the same withdrawal; another one with its nonce is none.
    assert withdraw(world, body).json()["id"] == made["id"]
    other = signed(world, GERMAN, amount=61_00, nonce=7)
    assert "nonce" in is_problem(withdraw(world, other), 409, "withdrawal_refused")
    world.rest()

    [row] = [row for row in everything(world.partner, "/v1/payouts") if row["id"] == made["id"]]
    assert (row["status"], row["wallet"]) == ("completed", to)
    receipt = world.node.client.call("eth_getTransactionReceipt", row["transaction_hash"])
    assert receipt["from"] == world.road.keys.address("operator")
    assert world.units(to) == 60_00 * SCALE == in_vault - world.in_vault()
    assert (world.totals()["asset:vault"] - paid, owed - world.owed()) == (60_00, 60_00)
    assert vault_equals_books(world)
    assert "nonce" in is_problem(
        withdraw(world, {**body, "to": world.wallets[GERMAN].address}), 409, "withdrawal_refused"
    )


def test_a_withdrawal_that_the_vault_would_refuse_is_told_why(rich):
    world, stranger = rich, rich.wallets[BRAZILIAN]
    intents = world.query("SELECT count(*) FROM intents")
    most = world.available(GERMAN + 1)
    for body, word in (
        (signed(world, GERMAN, amount=1_00, nonce=21, signer=stranger), "signature"),
        (signed(world, GERMAN, amount=1_00, nonce=22, deadline=world.now() - 1), "deadline"),
        (signed(world, GERMAN, amount=most + 1, nonce=23), "available"),
        ({**signed(world, GERMAN, amount=1_00, nonce=24), "to": "0x" + "Ab" * 20}, "checksum"),
        ({**signed(world, GERMAN, amount=1_00, nonce=25), "amount": "200"}, "signature"),
    ):
        assert word in is_problem(withdraw(world, body), 409, "withdrawal_refused")
    in_china = signed(world, CHINESE, amount=1_00, nonce=1)
    assert "PAY-02" in is_problem(withdraw(world, in_china, CHINESE, world.ann), 409, "rail_refused")
    is_problem(withdraw(world, in_china, CHINESE), 404, "not_found")
    world.send(world.issuer, world.at, world.token.call("setBlocked", world.wallets[GERMAN].address, True))
    is_problem(withdraw(world, signed(world, GERMAN, amount=1_00, nonce=26)), 409, "withdrawal_refused")
    world.block(world.wallets[GERMAN].address, blocked=False)
    assert world.query("SELECT count(*) FROM intents") == intents


def test_what_is_promised_to_a_run_cannot_be_withdrawn_as_well(rich):
    world = rich
    run, _ = prepare(world)
    body = signed(world, SINGAPOREAN, amount=1_00, nonce=31)
    assert "in no payout" in is_problem(withdraw(world, body, SINGAPOREAN, world.ann), 409, "withdrawal_refused")
    assert world.ann.post(f"/v1/payout-runs/{run['id']}/cancel", json={"reason": "a test"}).status_code == 200


def test_what_a_wallet_withdraws_by_itself_is_a_payout(rich):
    world, wallet = rich, rich.wallets[SINGAPOREAN].address
    before, paid = world.units(wallet), world.totals()["asset:vault"]
    data = artifact("TokenVault").call("withdraw", SINGAPOREAN + 1, 12_34)
    assert world.send(wallet, world.road.deployment.vault, data)
    world.blocks()
    newest = everything(world.ann, "/v1/payouts", partner=world.ids[SINGAPOREAN])[0]
    assert (newest["status"], newest["gross"], newest["wallet"]) == ("completed", "1234", wallet.lower())
    assert newest["run_id"] is None
    assert newest["transaction_hash"]
    assert world.units(wallet) - before == 12_34 * SCALE
    assert world.totals()["asset:vault"] - paid == 12_34
    assert vault_equals_books(world)


def test_a_reorg_takes_payouts_back_until_they_are_mined_again(rich):
    world, wallet = rich, rich.wallets[SINGAPOREAN].address

    def rows():
        tables = ("vault_movements", "payouts", "accounts", "chain_logs")
        return [world.query(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]

    before = rows()
    assert world.send(wallet, world.road.deployment.vault, artifact("TokenVault").call("withdraw", 2, 1))
    world.road.index()
    assert [len(table) - len(old) for table, old in zip(rows(), before, strict=True)] == [1, 1, 0, 2]
    world.node.client.call("anvil_reorg", 1, [])
    world.road.index()
    assert rows() == before

    # What we sent is mined again, with the same bytes.
    run, _ = prepare(world)
    approve(world, run)
    world.step()
    first = payouts_of(world, run)
    assert {row["status"] for row in first.values()} == {"completed"}
    world.node.client.call("anvil_reorg", 1, [])
    world.road.index()
    assert {row["status"] for row in payouts_of(world, run).values()} == {"sent"}
    world.rest()
    assert payouts_of(world, run) == first
    assert vault_equals_books(world)


def test_what_a_refund_takes_back_returns_to_the_payer(rich):
    world = rich
    order = world.order(2, 4_000_00)
    world.rest()
    payer, owed = world.units(world.payer), world.owed()
    world.refund(order, 4_000_00)
    world.rest()
    assert world.owed() == owed - 700_00
    assert world.view("TokenVault", "surplus") == 700_00 * SCALE
    assert world.is_clean()
    world.road.even_vault(dt.date(2030, 1, 1))
    world.rest()
    assert world.units(world.payer) - payer == 700_00 * SCALE
    assert vault_equals_books(world)


def test_tokens_that_somebody_sends_unasked_break_nothing(rich):
    world = rich
    world.mint(world.road.deployment.vault, 5)
    assert world.is_clean()
    world.road.even_vault(dt.date(2030, 1, 2))
    world.rest()
    assert vault_equals_books(world)


def test_what_a_correction_credits_is_collected(rich):
    world = rich
    chain = Chain(world.road)
    adjustment = (1, GERMAN + 1, 3_21, NOTHING, chain.time + DAY)
    chain.send("SettlementLedger", "adjust", adjustment, chain.second.address, chain.approval(world.road, adjustment))
    world.blocks()
    assert world.view("TokenVault", "shortage") == 3_21 * SCALE
    assert world.is_clean()
    world.road.even_vault(dt.date(2030, 1, 3))
    world.rest()
    assert vault_equals_books(world)


# --- Whatever happens, to the unit -----------------------------------------------------------------

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 3), st.integers(1, 10**8)),
        st.tuples(st.just("refund"), st.integers(0, 10**6), st.sampled_from([1, 3, 1_000])),
        st.tuples(st.just("mature"), st.none(), st.none()),
        st.tuples(st.just("run"), st.integers(0, 2), st.booleans()),
        st.tuples(st.just("withdraw"), st.integers(0, 2), st.integers(1, 3)),
        st.tuples(st.just("relay"), st.integers(0, 2), st.integers(1, 3)),
        st.tuples(st.just("reorg"), st.integers(1, 2), st.none()),
    ),
    min_size=6,
    max_size=12,
)


class Model:
    """What partners are due by the rates alone, and the acts that change it."""

    def __init__(self, world):
        self.world, self.orders, self.due = world, [], [0] * len(NAMES)
        self.start = self.had()

    def had(self):
        """What each partner has got in its wallet, and has coming in the books, in minor units."""
        world = self.world
        rows = world.query(
            "SELECT partner_number, sum((pending_credits - pending_debits)) FROM accounts"
            " WHERE partner_number IS NOT NULL GROUP BY 1"
        )
        coming = {number: int(amount) for number, amount in rows}
        return [coming.get(n + 1, 0) + world.units(w.address) // SCALE for n, w in enumerate(world.wallets)]

    def shares(self, customer, amount):
        return [((customer + role) % len(NAMES), amount * bps // 10_000) for role, [bps] in enumerate(RATES)]

    def order(self, customer, amount):
        self.orders.append([self.world.order(customer, amount), customer, amount, 0])
        for who, share in self.shares(customer, amount):
            self.due[who] += share

    def refund(self, index, parts):
        if not self.orders:
            return
        entry = self.orders[index % len(self.orders)]
        order, customer, amount, before = entry
        part = min(max(amount // parts, 1), amount - before)
        if part == 0:
            return
        self.world.rest()
        self.world.refund(order, part)
        entry[3] = before + part
        for who, share in self.shares(customer, amount):
            self.due[who] -= share * (before + part) // amount - share * before // amount

    def mature(self, *_):
        self.world.mature()

    def run(self, who, blocked):
        world, wallet = self.world, self.world.wallets[who].address
        run, _ = prepare(world)
        if int(run["payouts"]) == 0:
            return
        if blocked:
            world.block(wallet)
        approve(world, run)
        world.rest()
        if blocked:
            assert payouts_of(world, run).get(world.ids[who], {"status": "failed"})["status"] == "failed"
            world.block(wallet, blocked=False)

    def withdraw(self, who, parts):
        world, amount = self.world, self.world.available(who + 1) // parts
        if amount:
            data = artifact("TokenVault").call("withdraw", who + 1, amount)
            assert world.send(world.wallets[who].address, world.road.deployment.vault, data)
            world.road.index()

    def relay(self, who, parts):
        world, amount = self.world, self.world.available(who + 1) // parts
        if amount:
            body = signed(world, who, amount=amount, nonce=next(world.numbers) + 10**6)
            assert withdraw(world, body, who, world.ann).status_code in (202, 409)

    def reorg(self, depth, _):
        self.world.node.client.call("anvil_reorg", depth, [])
        self.world.road.index()

    def holds(self):
        """Every unit is where it should be."""
        world = self.world
        assert [now - before for now, before in zip(self.had(), self.start, strict=True)] == self.due
        assert world.owed() == world.view("SettlementLedger", "owed")
        assert world.in_vault() == world.owed() * SCALE + world.view("TokenVault", "surplus")
        [(units,)] = world.query("SELECT sum(units) FROM vault_movements")
        return world.in_vault() - units


@settings(
    max_examples=int(os.environ.get("FENRUN_EXAMPLES", "2")), derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(acts=ACTS)
def test_every_unit_is_in_the_vault_or_with_a_partner_whatever_happens(rich, acts):
    model = Model(rich)
    unasked = model.holds()
    for act, *arguments in acts:
        getattr(model, act)(*arguments)
    rich.rest()
    assert model.holds() == unasked
    assert rich.is_clean()


def test_an_empty_database_gets_the_same_books_and_the_same_record_from_the_logs(rich):
    world, same = rich, ("vault_movements", "holds", "commissions", "transactions")
    address = world.instance.engine.url.render_as_string(hide_password=False)
    engine = connect(ensure_database(address, "anew"))
    try:
        migrations.upgrade(engine)
        again = replace(world.road, engine=engine, sessions=sessions(engine))
        again.index()
        again.seal()

        def rows(road, table):
            with road.sessions() as session:
                columns = "number, hash" if table == "transactions" else "*"
                return session.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1, 2")).all()

        assert {table: rows(again, table) for table in same} == {table: rows(world.road, table) for table in same}
    finally:
        engine.dispose()


def test_logs_that_are_folded_anew_make_no_payout_twice(rich):
    world = rich

    def rows():
        tables = ("vault_movements", "payouts", "accounts", "holds", "commissions")
        return [world.query(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]

    before = rows()
    with world.road.sessions.begin() as session:
        set_fact(session, "fold", {"version": 0})
        bring_up_to_date(session, "USD", world.road.token)
    assert rows() == before


def test_tokens_that_vanish_are_noticed(rich):
    world, vault = rich, rich.road.deployment.vault
    # OpenZeppelin's ERC-20 has its balances first.
    slot = to_hex(keccak(bytes(12) + hex_bytes(vault) + bytes(32)))

    def put(units):
        world.node.client.call("anvil_setStorageAt", world.at, slot, to_hex(units.to_bytes(32)))
        world.blocks()

    units = world.in_vault()
    put(units - 1)
    verdict = world.road.audit()
    put(units)
    assert world.in_vault() == units
    failed = {check["name"]: check["first_difference"] for check in verdict["checks"] if not check["ok"]}
    assert set(failed) == {"vault_holds_tokens"}
    assert failed["vault_holds_tokens"] == f"what is there: expected {units}, found {units - 1}"
    assert world.is_clean()


@pytest.mark.parametrize(
    ("change", "back", "check"),
    [
        ("UPDATE vault_movements SET units = units + 1 WHERE kind = 'collected'",
         "UPDATE vault_movements SET units = units - 1 WHERE kind = 'collected'", "vault_record"),
        ("UPDATE payouts SET wallet = wallet || 'x' WHERE rail = 'token'",
         "UPDATE payouts SET wallet = rtrim(wallet, 'x') WHERE rail = 'token'", "vault_record"),
        ("UPDATE accounts SET credits = credits + 1, pending_credits = pending_credits + 1 WHERE kind = 'asset:vault'",
         "UPDATE accounts SET credits = credits - 1, pending_credits = pending_credits - 1 WHERE kind = 'asset:vault'",
         "books_equal_chain"),
    ],
)  # fmt: skip
def test_the_audit_names_what_was_changed(rich, change, back, check):
    with rich.road.sessions.begin() as session:
        session.execute(text(change))
    verdict = rich.road.audit()
    with rich.road.sessions.begin() as session:
        session.execute(text(back))
    assert check in {found["name"] for found in verdict["checks"] if not found["ok"]}
    assert rich.is_clean()


def test_every_event_of_the_vault_is_known_to_its_record():
    ours = set(artifact("TokenVault").event_names.values()) - {"AuthorityUpdated", "EIP712DomainChanged"}
    assert set(vault._MOVEMENTS) == ours


def test_a_token_must_be_one_and_express_a_minor_unit(world):
    client, payer = world.node.client, world.payer
    assert read_token(client, world.at, payer, Currency.of("JPY")) == Token(world.at.lower(), payer, 10**6)
    for token, payee, currency, says in (
        (world.at, payer, Currency("XTS", 7), "a minor unit must be a whole number of the token's"),
        (world.wallets[GERMAN].address, payer, USD, "there is no ERC-20"),
        (world.road.deployment.vault, payer, USD, "there is no ERC-20"),
        (world.at, "0x12", USD, "FENRUN_TOKEN_PAYER"),
    ):
        with pytest.raises(SetupError, match=says):
            read_token(client, token, payee, currency)


def test_the_doctor_looks_at_the_payer_and_at_the_vaults_role(world):
    found = {finding.name: finding for finding in doctor.examine(world.settings)}
    assert found["roles"].ok, found["roles"]
    assert found["payer of the vault"].ok
    assert str(world.units(world.payer)) in found["payer of the vault"].detail
    poor = Token(world.at, world.wallets[CHINESE].address, SCALE)
    finding = doctor._payer(world.node.client, poor, world.road.deployment.vault)
    assert (finding.ok, "send it tokens" in finding.detail) == (False, True)


def test_the_vault_is_shown_with_what_wallets_sign_for(world):
    shown = world.partner.get("/v1/vault").json()
    assert shown["vault"] == world.road.deployment.vault
    assert (shown["token"], shown["scale"]) == (world.at.lower(), str(SCALE))
    assert int(shown["units"]) <= world.in_vault()


def test_who_moves_to_china_loses_the_wallet(rich):
    world = rich
    assert world.view("PartnerRegistry", "partnerOf", BRAZILIAN + 1)[0] == world.wallets[BRAZILIAN].address.lower()
    assert put_details(world, BRAZILIAN, country="CN").status_code == 200
    verify(world, BRAZILIAN)
    world.rest()
    world.pass_days(3)
    assert world.view("PartnerRegistry", "partnerOf", BRAZILIAN + 1)[0] == "0x" + "00" * 20
    _, left_out = prepare(world)
    assert left_out[world.ids[BRAZILIAN]]["reason"] == "PAY-02"
    body = signed(world, BRAZILIAN, amount=1, nonce=1)
    assert "PAY-02" in is_problem(withdraw(world, body, BRAZILIAN, world.ann), 409, "rail_refused")
