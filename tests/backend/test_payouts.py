"""Payout runs on a real chain and database: from who is paid to what the bank answered, and back."""

import csv
import datetime as dt
import hashlib
import threading
from contextlib import nullcontext
from importlib import resources
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.backend.conftest import open_copy
from tests.backend.test_reversals import Chain
from typer.testing import CliRunner

from fenrun import cli, desk, worker
from fenrun.api import create_app
from fenrun.chain import devnet
from fenrun.chain.contracts import artifact
from fenrun.kit.calendar import day_of
from fenrun.kit.money import Currency
from fenrun.kit.security import reference
from fenrun.payouts import service, tasks
from fenrun.payouts.bank_answer import CSV_COLUMNS
from fenrun.payouts.bank_file import NAMESPACE
from fenrun.payouts.settings import PayoutSettings
from fenrun.payouts.withholding import Month, read_rules, withhold
from fenrun.registry import person_keys
from fenrun.registry import service as registry
from fenrun.settlement.intake import SubscriptionEvent, accept_events

PASSWORD = "correct horse battery staple"
SETTINGS = PayoutSettings(
    payer_name="Fenrun", payer_account="GB82WEST12345698765432", payer_bic="NWBKGB2L", minimum={"USD": "1.00"}
)
USD = Currency.of("USD")
DAY = 86_400
IN_DOLLARS = read_rules(
    (resources.files("fenrun.payouts") / "tax_rules.yaml").read_text().replace("currency: CNY", "currency: USD")
)
"""The ledger of the slice is in dollars: the same rule as if it were written in them."""


@pytest.fixture(scope="module")
def office(replayed, tmp_path_factory):
    """A replayed slice with credits to pay, and two members of finance."""
    instance = open_copy(replayed, tmp_path_factory.mktemp("payouts"))
    patch = pytest.MonkeyPatch()
    patch.setattr("fenrun.payouts.endpoints.load_payout_settings", lambda: SETTINGS)
    patch.setattr("fenrun.payouts.commands.load_payout_settings", lambda: SETTINGS)
    patch.setattr("fenrun.payouts.service.load_rules", lambda: IN_DOLLARS)
    try:
        fact = instance.fact("scenario")
        instance.start_chain(fact["genesis_time"])
        road = instance.road(fact["currency"])
        with instance.sessions.begin() as session:
            for login in ("ann", "bob"):
                registry.add_member(session, login, PASSWORD, "finance", None)
        app = create_app(road)
        yield Office(road, app)
    finally:
        patch.undo()
        instance.stop()


class Office:
    """The API as two members of finance see it, and the chain behind it."""

    def __init__(self, road, app):
        self.road, self.app, self.chain = road, app, Chain(road)
        self.ann, self.bob = self.signed_in("ann"), self.signed_in("bob")
        self.orders = 0

    def signed_in(self, login):
        client = TestClient(self.app)
        assert client.post("/v1/session", json={"login": login, "password": PASSWORD}).status_code == 200
        return client

    def earn(self, customers=8):
        """Settles an order of each of some customers, and lets their holds end."""
        road, now = self.road, dt.datetime.now(dt.UTC)
        with road.sessions.begin() as session:
            chosen = session.scalars(
                text(
                    "SELECT min(c.external_id) FROM customers c JOIN referrals r ON r.customer_number = c.number"
                    " WHERE r.referrer IS NOT NULL GROUP BY r.referrer ORDER BY r.referrer LIMIT :limit"
                ),
                {"limit": customers},
            ).all()
            self.orders += 1
            events = [
                SubscriptionEvent(
                    f"ev-{self.orders}-{c}", "subscription.renewed", now, c, f"R-{self.orders}-{c}", amount=5_000_000,
                    currency="USD",
                )
                for c in chosen
            ]  # fmt: skip
            accept_events(session, "crm", events, USD, road.keys.reference_key)
        worker.tick(road)
        self.chain.time = self.latest() + 90 * DAY
        devnet.mine(road.client, self.chain.time)
        road.mature(day_of(self.chain.time // DAY), self.chain.time + 1)
        road.send()
        self.blocks()

    def blocks(self):
        """Blocks until everything is final, read and posted."""
        for _ in range(self.road.confirmations + 1):
            self.chain.time = self.latest() + 1
            devnet.mine(self.road.client, self.chain.time)
        self.road.index()
        self.road.seal()

    def latest(self):
        return int(self.road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def on_chain(self):
        """Sends and mines what is bound, and makes it final."""
        worker.tick(self.road)
        self.chain.time = self.latest()
        self.blocks()

    def prepare(self, client=None):
        answer = (client or self.ann).post("/v1/payout-runs", json={"pays_on": today(), "currency": "USD"})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def sent(self, client=None):
        """A run that is with the bank, and its payouts."""
        run = self.prepare(client)
        approved = self.bob.post(f"/v1/payout-runs/{run['id']}/approve")
        assert approved.status_code == 200, (approved.text, self.left_out(run))
        assert self.ann.post(f"/v1/payout-runs/{run['id']}/file").status_code == 200
        return run, self.payouts(run)

    def payouts(self, run, **query):
        rows = everything(self.ann, "/v1/payouts", run=run["id"], **query)
        return {row["id"]: row for row in rows}

    def left_out(self, run):
        rows = everything(self.ann, "/v1/payout-exclusions", run=run["id"])
        return {row["partner_id"]: row for row in rows}

    def available(self, partner_id):
        return int(self.ann.get(f"/v1/partners/{partner_id}").json()["available"])

    def put_in_order(self):
        """Gives every partner with money details that another member verified."""
        rows = everything(self.ann, "/v1/partners")
        for row in rows:
            if int(row["available"]) or int(row["held"]):
                put = self.ann.put(f"/v1/partners/{row['id']}/payout-details", json=details_of(row))
                assert put.status_code == 200, put.text
                assert self.bob.post(f"/v1/partners/{row['id']}/payout-details/verify").status_code == 200

    def answer(self, *rows, client=None):
        body = "\n".join([",".join(CSV_COLUMNS), *(",".join(row) for row in rows)]) + "\n"
        headers = {"Content-Type": "text/csv"}
        return (client or self.ann).post("/v1/bank-answers/batch", content=body.encode(), headers=headers)

    def is_clean(self):
        verdict = self.road.audit()
        failed = {check["name"]: check["first_difference"] for check in verdict["checks"] if not check["ok"]}
        assert failed == {}
        return True


def today():
    return dt.datetime.now(dt.UTC).date().isoformat()


def details_of(row):
    papers = [{"kind": kind, "number": "1"} for kind in ("identity", "business_licence", "w9")]
    account = {"holder": row["name"], "number": "6222021234567890", "bank_code": "102100099996"}
    return {"country": row["country"], "payee_type": row["type"], "account": account, "documents": papers}


def everything(client, path, **query):
    rows, after = [], {}
    while True:
        answer = client.get(path, params={"limit": 100, **query, **after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = {"startingAfter": page["data"][-1]["id"]}


def is_problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()["detail"]


def money(payout):
    return USD.format(int(payout["net"]))


def paid(payout, bank_reference=""):
    return (payout["end_to_end_id"], "paid", money(payout), "", bank_reference)


def test_a_run_from_who_is_left_out_to_a_payment_that_comes_back(office):
    office.earn()

    # Nobody can be paid before there are details, and everybody is told so.
    empty = office.prepare()
    assert empty["payouts"] == 0
    reasons = {row["reason"] for row in office.left_out(empty).values()}
    assert "details_missing" in reasons
    assert reasons <= {"details_missing", "on_hold"}
    is_problem(office.bob.post(f"/v1/payout-runs/{empty['id']}/approve"), 409, "run_empty")
    assert office.ann.post(f"/v1/payout-runs/{empty['id']}/cancel", json={"reason": "nobody"}).status_code == 200
    office.put_in_order()

    # Everything that is available, less tax where a rule says so; nothing twice.
    run = office.prepare()
    payouts = office.payouts(run)
    assert len(payouts) == run["payouts"] >= 6
    partners = {row["id"]: row for row in everything(office.ann, "/v1/partners")}
    taxed = 0
    for payout in payouts.values():
        partner = partners[payout["partner_id"]]
        assert payout["gross"] == partner["available"]
        rule = IN_DOLLARS.rule_for(partner["country"], partner["type"], dt.date.fromisoformat(today()))
        # The replay paid on the first of this month too, without tax: the month is made good now.
        earlier = [p for p in everything(office.ann, "/v1/payouts", partner=partner["id"], status="completed")
                   if p["paid_on"] >= today()[:8]]  # fmt: skip
        month = Month(sum(int(p["gross"]) for p in earlier), 0)
        withheld = withhold(rule, int(payout["gross"]), month) if rule else 0
        assert (payout["withheld"], payout["net"]) == (str(withheld), str(int(payout["gross"]) - withheld))
        assert payout["tax_note"]
        taxed += withheld > 0
    assert taxed
    again = office.prepare(office.bob)
    assert again["payouts"] == 0
    assert {row["reason"] for row in office.left_out(again).values()} >= {"in_open_run"}
    assert run["id"] in next(iter(office.left_out(again).values()))["detail"]

    # Four eyes.
    path = f"/v1/payout-runs/{run['id']}"
    is_problem(office.ann.post(f"{path}/approve"), 403, "same_person")
    is_problem(office.ann.post(f"{path}/file"), 409, "transition_impossible")
    assert office.bob.post(f"{path}/approve").json()["status"] == "approved"
    is_problem(office.bob.post(f"{path}/approve"), 409, "transition_impossible")
    is_problem(office.bob.post(f"{path}/reject", json={"reason": "late"}), 409, "transition_impossible")

    # The file: exact sums, the same bytes again, in no other format.
    file = office.ann.post(f"{path}/file")
    assert file.headers["content-type"] == "application/xml"
    root = ET.fromstring(file.content)  # noqa: S314
    total = sum(int(payout["net"]) for payout in payouts.values())
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", None, {"p": NAMESPACE}) == USD.format(total)
    assert office.bob.post(f"{path}/file").content == file.content
    assert office.ann.get(path).json()["file_sha256"] == hashlib.sha256(file.content).hexdigest()
    is_problem(office.ann.post(f"{path}/file?format=csv"), 409, "payout_file_changed")
    is_problem(office.ann.post(f"{path}/cancel", json={"reason": "late"}), 409, "transition_impossible")

    # The bank's answer: all rows or none.
    first, second, *rest = payouts.values()
    good = [paid(p, f"BANK-{n}") for n, p in enumerate((first, *rest))]
    failed = (second["end_to_end_id"], "failed", money(second), "AC04 closed account", "")
    said = is_problem(office.answer(*good, ("FENRUN-9", "paid", "1.00", "", ""), good[0]), 422, "bank_answer_invalid")
    assert f"line {len(good) + 3}: {first['end_to_end_id']} stands in line 2 already" in said
    said = is_problem(office.answer(*good, ("FENRUN-9", "paid", "1.00", "", "")), 422, "bank_answer_invalid")
    assert f"line {len(good) + 2}: no payment of ours has the end-to-end id 'FENRUN-9'" in said
    is_problem(office.answer((first["end_to_end_id"], "paid", "0.01", "", "")), 422, "bank_answer_invalid")
    assert {p["status"] for p in office.payouts(run).values()} == {"sent"}
    taken = office.answer(*good, failed).json()
    assert taken == {
        "payouts_paid": len(good), "payouts_failed": 1, "payouts_bounced": 0, "payouts_unchanged": 0, "replayed": False,
    }  # fmt: skip
    assert office.answer(*good, failed).json() == {**taken, "replayed": True}
    assert office.answer(good[0]).json()["payouts_unchanged"] == 1
    history = office.ann.get(path).json()
    steps = [(step["status"], step["by"]) for step in history["transitions"]]
    assert steps == [("prepared", "ann"), ("approved", "bob"), ("sent", "ann"), ("closed", "ann")]

    # The chain records what was paid, with the hash of the bank's reference; what failed is payable again.
    office.on_chain()
    after = office.payouts(run)
    assert {p["status"] for p in after.values()} == {"completed", "failed"}
    with office.road.sessions() as session:
        number, ref = session.execute(
            text("SELECT number, bank_reference FROM payouts WHERE id = :id"), {"id": first["id"]}
        ).one()
        payee = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": first["partner_id"]})
        key = person_keys.of(session, office.road.keys.reference_key, payee)
    assert ref == "BANK-0"
    assert reference(key, "bank", ref) in recorded(office.road)
    partner_number, gross, withheld, _ = office.chain.view("SettlementLedger", "payoutOf", number)
    assert (str(gross), str(withheld)) == (first["gross"], first["withheld"])
    assert office.available(first["partner_id"]) == 0
    assert office.available(second["partner_id"]) == int(second["gross"])
    assert after[second["id"]]["reason"] == "AC04 closed account"

    # A payment bounces after it was recorded: the whole of it is credited again, tax included.
    bounce = (first["end_to_end_id"], "returned", money(first), "AC06 blocked", "")
    assert office.answer(bounce).json()["payouts_bounced"] == 1
    assert tasks.record(office.road) == 1
    assert tasks.record(office.road) == 0
    office.on_chain()
    returned = office.payouts(run)[first["id"]]
    assert (returned["status"], returned["reason"]) == ("returned", "AC06 blocked")
    assert office.chain.view("SettlementLedger", "payoutOf", number)[3] is True
    assert office.available(first["partner_id"]) == int(first["gross"])
    assert office.is_clean()

    # Both are paid in the next run.
    following = office.prepare()
    assert {p["partner_id"]: p["gross"] for p in office.payouts(following).values()} == {
        p["partner_id"]: p["gross"] for p in (first, second)
    }
    for unpaid in (again, following):
        assert office.bob.post(f"/v1/payout-runs/{unpaid['id']}/reject", json={"reason": "test"}).status_code == 200

    # A partner sees its own payouts and reasons, and nobody else's.
    with office.road.sessions.begin() as session:
        registry.add_member(session, "payee", PASSWORD, "partner", partner_number)
    payee = office.signed_in("payee")
    own = everything(payee, "/v1/payouts", run=run["id"])
    assert [row["id"] for row in own] == [first["id"]]
    assert {row["partner_id"] for row in everything(payee, "/v1/payout-exclusions")} == {first["partner_id"]}
    hint = payee.get(f"/v1/partners/{first['partner_id']}/payout-details").json()
    assert (hint["account_hint"], hint["verified"]) == ("7890", True)


def recorded(road):
    """References of all payments that the chain recorded."""
    contract = artifact("SettlementLedger")
    topic = next(topic for topic, name in contract.event_names.items() if name == "PayoutsRecorded")
    with road.sessions() as session:
        logs = session.scalars(text("SELECT data FROM chain_logs WHERE topic = :topic"), {"topic": topic}).all()
    return {bytes(payout[4]) for data in logs for payout in contract.event("PayoutsRecorded", bytes(data))["payouts"]}


def test_two_who_prepare_at_once_never_pay_the_same(office):
    office.earn(4)
    office.put_in_order()
    made, start = [], threading.Barrier(4)

    def prepare(login):
        start.wait()
        with office.road.sessions.begin() as session:
            run = service.prepare(
                session, service.Actor(f"mb_{login}", login), dt.date.fromisoformat(today()), "USD", USD, SETTINGS,
                office.road.keys.reference_key, dt.date.fromisoformat(today()),
            )  # fmt: skip
            made.append(run.id)

    threads = [threading.Thread(target=prepare, args=(login,)) for login in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    payees = [p["partner_id"] for id_ in made for p in office.payouts({"id": id_}).values()]
    assert len(made) == 4
    assert payees
    assert len(payees) == len(set(payees))
    # The database itself would refuse it.
    with office.road.sessions() as session, pytest.raises(IntegrityError, match="uq_payouts_promised"):
        session.execute(
            text(
                "INSERT INTO payouts (id, run_number, partner_number, gross, withheld, bank_reference, status)"
                " SELECT 'po_x', run_number, partner_number, 1, 0, '', 'pending' FROM payouts WHERE status = 'pending'"
                " LIMIT 1"
            )
        )
    for id_ in made:
        assert office.ann.post(f"/v1/payout-runs/{id_}/cancel", json={"reason": "test"}).status_code == 200


def test_what_changes_after_a_run_was_prepared_is_taken_out_and_never_added(office):
    office.earn(5)
    office.put_in_order()
    run = office.prepare()
    changed, clawed, *rest = office.payouts(run).values()
    partner = office.ann.get(f"/v1/partners/{changed['partner_id']}").json()
    put = office.bob.put(f"/v1/partners/{partner['id']}/payout-details", json=details_of(partner))
    assert put.json()["verified"] is False
    with office.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": clawed["partner_id"]})
    adjustment = (77, number, -1, bytes(32), office.chain.time + DAY)
    approval = office.chain.approval(office.road, adjustment)
    office.chain.time = office.latest()
    office.chain.send("SettlementLedger", "adjust", adjustment, office.chain.second.address, approval)
    office.road.index()
    approved = office.bob.post(f"/v1/payout-runs/{run['id']}/approve").json()
    assert approved["by_status"] == {"processing": len(rest), "canceled": 2}
    reasons = {id_: row["reason"] for id_, row in office.left_out(run).items() if id_ in
               (changed["partner_id"], clawed["partner_id"])}  # fmt: skip
    assert reasons == {changed["partner_id"]: "details_changed", clawed["partner_id"]: "less_available"}
    assert office.ann.post(f"/v1/payout-runs/{run['id']}/cancel", json={"reason": "test"}).status_code == 200
    office.put_in_order()
    office.blocks()


def test_a_payment_that_the_ledger_leaves_out_stays_reserved_and_is_tried_again(office):
    office.earn(3)
    office.put_in_order()
    run, payouts = office.sent()
    late, *others = payouts.values()
    with office.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": late["partner_id"]})
    registrar = office.chain.hand.address
    office.chain.time = office.latest()
    active, suspended = 1, 2
    office.chain.send("PartnerRegistry", "setStatus", number, suspended, bytes(32), sender=registrar)
    assert office.answer(*(paid(p) for p in payouts.values())).status_code == 200
    # Killed between commits and run again: one call, whatever is repeated.
    assert tasks.record(office.road) == len(payouts)
    assert tasks.record(office.road) == 0
    office.on_chain()
    after = office.payouts(run)
    assert {after[p["id"]]["status"] for p in others} <= {"completed"}
    assert (after[late["id"]]["status"], after[late["id"]]["reason"]) == ("sent", "partner_suspended")
    # Nobody is prepared for payment while suspended, nor while a payment is under way.
    following = office.prepare()
    assert office.left_out(following)[late["partner_id"]]["reason"] == "suspended"
    assert office.ann.post(f"/v1/payout-runs/{following['id']}/cancel", json={"reason": "test"}).status_code == 200
    assert tasks.record(office.road) == 0
    office.chain.time = office.latest()
    office.chain.send("PartnerRegistry", "setStatus", number, active, bytes(32), sender=registrar)
    office.on_chain()
    assert office.payouts(run)[late["id"]]["status"] == "completed"
    assert office.is_clean()


def test_a_payment_that_comes_back_before_it_was_recorded_is_payable_again(office):
    office.earn(3)
    office.put_in_order()
    run, payouts = office.sent()
    early, *others = payouts.values()
    assert office.answer(*(paid(p) for p in payouts.values())).status_code == 200
    back = (early["end_to_end_id"], "failed", money(early), "AM04", "")
    assert office.answer(back).json()["payouts_bounced"] == 1
    office.on_chain()
    after = office.payouts(run)
    assert (after[early["id"]]["status"], after[early["id"]]["reason"]) == ("failed", "AM04")
    assert {after[p["id"]]["status"] for p in others} <= {"completed"}
    assert office.available(early["partner_id"]) >= int(early["gross"])
    # The bank contradicts itself: nothing is taken in.
    assert office.answer(paid(early)).json()["payouts_unchanged"] == 1
    assert office.is_clean()


def test_a_block_that_the_chain_takes_back_leaves_the_payment_with_the_bank(office):
    office.earn(2)
    office.put_in_order()
    run, payouts = office.sent()
    assert office.answer(*(paid(p) for p in payouts.values())).status_code == 200
    worker.tick(office.road)
    assert {p["status"] for p in office.payouts(run).values()} == {"completed"}
    office.road.client.call("anvil_reorg", 1, [])
    office.chain.time = office.latest()
    office.road.index()
    assert {p["status"] for p in office.payouts(run).values()} <= {"sent", "completed"}
    office.on_chain()
    assert {p["status"] for p in office.payouts(run).values()} == {"completed"}
    assert office.is_clean()


def test_accounts_are_not_readable_in_the_database(office):
    with office.road.sessions() as session:
        rows = session.execute(text("SELECT account FROM payout_details")).scalars().all()
        rows += session.execute(text("SELECT account FROM payouts WHERE account IS NOT NULL")).scalars().all()
    assert rows
    assert all(b"6222021234567890" not in bytes(row) for row in rows)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"pays_on": "2020-01-01", "currency": "USD"}, 409, "pays_on_past"),
        ({"pays_on": today(), "currency": "EUR"}, 409, "currency_unknown"),
        ({"pays_on": "soon", "currency": "USD"}, 422, "malformed"),
        ({"pays_on": today(), "currency": "USD", "rail": "token"}, 409, "rail_refused"),
        ({"pays_on": today(), "currency": "USD", "rail": "cash"}, 422, "malformed"),
    ],
)
def test_a_run_that_cannot_be_is_refused(office, body, status, code):
    is_problem(office.ann.post("/v1/payout-runs", json=body), status, code)


def test_who_wrote_details_down_does_not_verify_them(office):
    partner = everything(office.ann, "/v1/partners")[-1]
    path = f"/v1/partners/{partner['id']}/payout-details"
    with office.road.sessions.begin() as session:
        session.execute(text("DELETE FROM payout_details WHERE partner_number = (SELECT max(number) FROM partners)"))
    assert office.ann.get(path).json()["country"] is None
    is_problem(office.ann.post(f"{path}/verify"), 409, "payout_details_missing")
    assert office.ann.put(path, json=details_of(partner)).status_code == 200
    is_problem(office.ann.post(f"{path}/verify"), 403, "same_person")
    wrong = {**details_of(partner), "account": {"holder": "A", "iban": "DE00"}}
    is_problem(office.ann.put(path, json=wrong), 422, "payout_details_invalid")
    assert office.ann.get(path).json()["verified"] is False


def test_a_run_by_command(office, tmp_path, monkeypatch):
    office.earn(3)
    office.put_in_order()
    road = office.road
    instance = SimpleNamespace(sessions=road.sessions, currency=road.currency, keys=road.keys)
    monkeypatch.setattr(desk, "open_instance", lambda _: nullcontext(instance))

    def fenrun_payouts(*arguments, login="ann", password=PASSWORD):
        as_who = ["--as", login, "--password", password]
        return CliRunner().invoke(cli.app, ["payouts", *map(str, arguments), *as_who])

    made = fenrun_payouts("prepare", today())
    assert made.exit_code == 0, made.output
    run = made.stdout.strip().splitlines()[-1]
    assert fenrun_payouts("approve", run).exit_code == 2
    assert fenrun_payouts("approve", run, login="bob", password="wrong").exit_code == 2
    assert fenrun_payouts("approve", run, login="payee").exit_code == 2
    assert fenrun_payouts("approve", run, login="bob").exit_code == 0
    exported = fenrun_payouts("export", run, "--csv", "--out", tmp_path)
    assert exported.exit_code == 0, exported.output
    with (tmp_path / f"{run}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    answer = tmp_path / "answer.csv"
    lines = [f"{row['end_to_end_id']},paid,{row['amount']},," for row in rows]
    answer.write_text("\n".join([",".join(CSV_COLUMNS), *lines]) + "\n")
    for _ in range(2):
        assert fenrun_payouts("import", answer).exit_code == 0
    office.on_chain()
    assert {p["status"] for p in office.payouts({"id": run}).values()} == {"completed"}
    assert office.is_clean()
