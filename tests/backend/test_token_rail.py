"""The token rail on a real chain and database: collected as it is settled, paid to wallets, booked and audited."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from tests.backend.test_payouts import PASSWORD, everything, is_problem
from tests.backend.token_world import COUNTRIES, NAMES, SCALE, TokenWorld

from fenrun.registry import service as registry

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
    for wallet in (mistyped, "0x" + "0" * 39):
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

    # It is payable again, and paid once the token lets it.
    world.block(world.wallets[BRAZILIAN].address, blocked=False)
    again, _ = prepare(world)
    approve(world, again)
    world.rest()
    assert payouts_of(world, again)[world.ids[BRAZILIAN]]["status"] == "completed"
    assert world.units(world.wallets[BRAZILIAN].address) == due[BRAZILIAN] * SCALE
    assert vault_equals_books(world)
