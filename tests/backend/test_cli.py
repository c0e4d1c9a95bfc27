"""The command line where it refuses, and an audit that names what was tampered with."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from tests.conftest import ROOT, fenrun, summary_of
from tests.worlds import slice_of_cdnow

from fenrun.instance import Instance
from fenrun.kit.settings import Settings
from fenrun.settlement import audit


def sentence_of(done):
    """What a refused command says: one line, no traceback, exit code 2."""
    assert done.returncode == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if line and line != "Starting PostgreSQL"]
    assert len(said) == 1, said
    assert done.stdout == ""
    return said[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return slice_of_cdnow(tmp_path_factory.mktemp("cli") / "scenario", orders=10)


def test_a_port_in_use(tmp_path, folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = fenrun(tmp_path / "home", "demo", "--scenario", folder, "--port", port, check=False)
    said = sentence_of(done)
    assert f"Port {port} is in use" in said
    assert "--port" in said
    assert not (tmp_path / "home").exists()


def test_an_audit_before_there_is_anything(tmp_path, folder):
    done = fenrun(tmp_path / "home", "audit", "--scenario", folder, "--json", check=False)
    assert "run `fenrun demo` first" in sentence_of(done)


def test_two_demos_at_once_and_an_audit_afterwards(tmp_path, folder):
    home = tmp_path / "home"
    with subprocess.Popen(
        [sys.executable, "-m", "fenrun", "demo", "--scenario", str(folder), "--exit", "--json"],
        env={**os.environ, "FENRUN_HOME": str(home), "PYTHONWARNINGS": "error"},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as first:  # fmt: skip
        deadline = time.monotonic() + 60
        while not list(home.glob("scenarios/*/keys.json")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        # Held in the middle of its work: however slowly the second starts, the first is there still.
        first.send_signal(signal.SIGSTOP)
        try:
            second = fenrun(home, "demo", "--scenario", folder, "--exit", check=False)
        finally:
            first.send_signal(signal.SIGCONT)
        out, errors = first.communicate(timeout=120)
    assert first.returncode == 0, errors[-2000:]
    assert '"audit_ok": true' in out
    assert "Another fenrun uses" in sentence_of(second)
    done = fenrun(home, "audit", "--scenario", folder, "--json")
    assert summary_of(done)["ok"] is True


# --- Tampering --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(replayed, tmp_path_factory):
    """A replayed slice on a copy of its own, its chain running."""
    [source] = (replayed[1] / "scenarios").iterdir()
    copy = tmp_path_factory.mktemp("tampered") / "copy"
    subprocess.run(["cp", "-a", source, copy], check=True)  # the database's files keep their owner
    instance = Instance(copy, Settings(home=copy.parent))
    try:
        fact = instance.fact("scenario")
        instance.start_chain(fact["genesis_time"])
        yield instance.road(fact["currency"])
    finally:
        instance.stop()


# What is changed (`{x}` is looked up first); the checks that must fail; how the first entry is named.
TAMPERINGS = {
    "a cent in a commission": (
        "SELECT order_number, role FROM commissions WHERE amount > 1 ORDER BY 1, 2 OFFSET 7 LIMIT 1",
        ["UPDATE commissions SET amount = amount - 1 WHERE order_number = {0} AND role = {1}"],
        {"commissions": "order and role ({0}, {1}): "},
    ),
    "a commission for somebody else": (
        "SELECT order_number, role, partner_number - 1 FROM commissions WHERE partner_number > 2"
        " ORDER BY 1, 2 OFFSET 3 LIMIT 1",
        ["UPDATE commissions SET partner_number = {2} WHERE order_number = {0} AND role = {1}"],
        {"commissions": "order and role ({0}, {1}): "},
    ),
    "another tier": (
        "SELECT order_number, role FROM commissions ORDER BY 1, 2 OFFSET 9 LIMIT 1",
        ["UPDATE commissions SET tier = tier + 1 WHERE order_number = {0} AND role = {1}"],
        {"commissions": "order and role ({0}, {1}): "},
    ),
    "a commission that is gone": (
        "SELECT order_number, role FROM commissions ORDER BY 1, 2 OFFSET 5 LIMIT 1",
        ["DELETE FROM commissions WHERE order_number = {0} AND role = {1}"],
        {"commissions": "order and role ({0}, {1}): "},
    ),
    "a cent in a posting": (
        "SELECT transaction_number, position FROM postings WHERE amount > 1 ORDER BY 1, 2 OFFSET 11 LIMIT 1",
        ["UPDATE postings SET amount = amount + 1 WHERE transaction_number = {0} AND position = {1}"],
        {"journal_hashes": "hash of transaction {0}: ", "account_totals": "account "},
    ),
    "a cent in an account": (
        "SELECT id, kind, partner_number FROM accounts WHERE kind = 'payable:available' AND credits > 1"
        " ORDER BY id OFFSET 2 LIMIT 1",
        ["UPDATE accounts SET credits = credits + 1 WHERE id = {0}"],
        {"account_totals": "account {1} of partner {2}, credits: ", "books_equal_chain": "{1} {2}: "},
    ),
    "a day in the journal": (
        "SELECT number FROM transactions ORDER BY number OFFSET 4 LIMIT 1",
        ["UPDATE transactions SET effective_on = effective_on + 1 WHERE number = {0}"],
        {"journal_hashes": "hash of transaction {0}: "},
    ),
    "the end of the journal": (
        "SELECT max(number) FROM transactions",
        ["DELETE FROM postings WHERE transaction_number = {0}", "DELETE FROM transactions WHERE number = {0}"],
        {"account_totals": "account "},
    ),
    "an order that is gone": (
        "SELECT number FROM orders WHERE reason IS NULL ORDER BY number OFFSET 6 LIMIT 1",
        ["DELETE FROM commissions WHERE order_number = {0}", "DELETE FROM orders WHERE number = {0}"],
        {"orders": "order {0}: ", "commissions": "order and role ({0}, "},
    ),
    "a cent in an order": (
        "SELECT number FROM orders WHERE reason IS NULL ORDER BY number OFFSET 6 LIMIT 1",
        ["UPDATE orders SET base = base + 1 WHERE number = {0}"],
        {"orders": "order {0}: "},
    ),
    "an order for another customer": (
        "SELECT number, (SELECT max(number) FROM customers) FROM orders ORDER BY number LIMIT 1",
        ["UPDATE orders SET customer_number = {1} WHERE number = {0}"],
        {"orders": "order {0}: "},
    ),
    "a payout": (
        "SELECT number FROM payouts WHERE status = 'completed' ORDER BY number OFFSET 2 LIMIT 1",
        ["UPDATE payouts SET gross = gross + 1 WHERE number = {0}"],
        {"payouts": "payout {0}: ", "books_equal_bank": "payments by the bank: "},
    ),
    "a rate": (
        "SELECT order_number, role FROM commissions ORDER BY 1, 2 OFFSET 9 LIMIT 1",
        ["UPDATE commissions SET rate_bps = rate_bps + 1 WHERE order_number = {0} AND role = {1}"],
        {"commissions": "order and role ({0}, {1}): "},
    ),
    "a release day": (
        "SELECT order_number, role FROM commissions ORDER BY 1, 2 OFFSET 9 LIMIT 1",
        ["UPDATE commissions SET release_on = release_on + 1 WHERE order_number = {0} AND role = {1}"],
        {"commissions": "order and role ({0}, {1}): "},
    ),
    "what matured": (
        "SELECT partner_number, release_on FROM maturities ORDER BY 1, 2 OFFSET 3 LIMIT 1",
        ["UPDATE maturities SET amount = amount + 1 WHERE partner_number = {0} AND release_on = '{1}'"],
        {"payouts": "matured ({0}, "},
    ),
    "a plan": (
        "SELECT max(number) FROM plans",
        ["UPDATE plans SET hold_days = hold_days + 1 WHERE number = {0}"],
        {"plans_and_referrals": "plan {0}: "},
    ),
    "a referral": (
        "SELECT id FROM referrals WHERE referrer > 1 ORDER BY id LIMIT 1",
        ["UPDATE referrals SET referrer = referrer - 1 WHERE id = {0}"],
        {"plans_and_referrals": "customer "},
    ),
    "an order's id": (
        "SELECT number FROM orders WHERE reason IS NULL ORDER BY number LIMIT 1",
        ["UPDATE orders SET external_id = external_id || 'x' WHERE number = {0}"],
        {"orders": "order {0}: "},
    ),
    "a root": (
        "SELECT chain_number FROM batches ORDER BY number OFFSET 2 LIMIT 1",
        ["UPDATE batches SET root = sha256(root) WHERE chain_number = {0}"],
        {"roots_of_batches": "root of batch {0}: "},
    ),
    "a bank's reference": (
        "SELECT number FROM payouts WHERE status = 'completed' ORDER BY number LIMIT 1",
        ["UPDATE payouts SET bank_reference = 'another' WHERE number = {0}"],
        {"payouts": "payout {0}: "},
    ),
    "a payout to somebody else": (
        "SELECT number, partner_number - 1 FROM payouts WHERE partner_number > 2 ORDER BY number LIMIT 1",
        ["UPDATE payouts SET partner_number = {1} WHERE number = {0}"],
        {"payouts": "payout {0}: "},
    ),
    "a payout that is taken back": (
        "SELECT number FROM payouts ORDER BY number LIMIT 1",
        ["UPDATE payouts SET status = 'failed' WHERE number = {0}"],
        {"payouts": "payout {0}: ", "books_equal_bank": "payments by the bank: "},
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_an_audit_names_what_was_tampered_with_first(opened, name):
    lookup, changes, expected = TAMPERINGS[name]
    with opened.sessions() as session:
        connection = session.connection()
        values = connection.exec_driver_sql(lookup).one()
        for change in changes:
            assert connection.exec_driver_sql(change.format(*values)).rowcount > 0
        verdict = audit.run(session, opened.client, opened.deployment, opened.keys.reference_key)
        session.rollback()  # the next test finds it as it was
    assert verdict["ok"] is False
    failed = {check["name"]: check["first_difference"] for check in verdict["checks"] if not check["ok"]}
    for check, words in expected.items():
        assert failed[check].startswith(words.format(*values)), failed


def test_an_audit_of_what_was_not_tampered_with(opened):
    with opened.sessions.begin() as session:
        assert audit.run(session, opened.client, opened.deployment, opened.keys.reference_key)["ok"] is True
