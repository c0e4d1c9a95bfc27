"""Months are closed once and for all: in order, when everything is final, sealed and audited; and stay as they are."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from tests.backend.people import add_member

from fenrun.api import create_app
from fenrun.chain.client import hex_bytes, to_hex
from fenrun.chain.contracts import artifact
from fenrun.demo import run as demo_run
from fenrun.kit.calendar import first_of_next_month
from fenrun.ledger import service as ledger
from fenrun.ledger.service import End, Entry, Move
from fenrun.mail.models import Letter
from fenrun.statements import checkpoint, repository, service
from fenrun.statements.checkpoint import Figures
from fenrun.statements.errors import PeriodNotReadyError, PeriodStateError


@pytest.fixture(scope="module")
def client(books):
    login, password = demo_run.sign_ins(books.instance).finance
    with TestClient(create_app(books.road)) as opened:
        assert opened.post("/v1/session", json={"login": login, "password": password}).status_code == 200
        yield opened


# --- What was closed stays ----------------------------------------------------------------------------------


def refused(session, statement, **values):
    with pytest.raises(IntegrityError, match="belongs to a closed period"):
        session.execute(text(statement), values)
    session.rollback()


def test_nothing_can_be_posted_into_a_closed_month(books):
    with books.road.sessions() as session:
        last = session.scalar(text("SELECT max(number) FROM transactions"))
        move = Move(End(ledger.ADJUSTMENT), End(ledger.AVAILABLE, 1), 1)
        for day in (books.closed[0], first_of_next_month(books.closed[-1]) - dt.timedelta(days=1)):
            with pytest.raises(IntegrityError, match="belongs to a closed period"):
                ledger.post(session, [Entry(last + 1, "BalanceAdjusted", day, bytes(32), [move])], "USD")
            session.rollback()
        # The next day is open.
        ledger.post(
            session,
            [Entry(last + 1, "BalanceAdjusted", first_of_next_month(books.closed[-1]), bytes(32), [move])],
            "USD",
        )
        session.rollback()


def test_nothing_of_a_closed_month_can_be_changed_or_removed(books):
    with books.road.sessions() as session:
        at = repository.span(session, books.closed[2], first_of_next_month(books.closed[2]))
        number = session.scalar(
            text("SELECT min(transaction_number) FROM postings WHERE transaction_number > :n"), {"n": at.before}
        )
        last = session.scalar(text("SELECT max(number) FROM transactions"))
        values = {"n": number}
        refused(session, "UPDATE transactions SET effective_on = effective_on + 400 WHERE number = :n", **values)
        refused(session, "UPDATE postings SET amount = amount + 1 WHERE transaction_number = :n", **values)
        refused(session, "DELETE FROM postings WHERE transaction_number = :n", **values)
        refused(
            session,
            "INSERT INTO postings SELECT transaction_number, position + 9000, source_id, destination_id, 1, asset"
            " FROM postings WHERE transaction_number = :n LIMIT 1",
            **values,
        )
        # Nor can what is open be moved back into it.
        refused(session, "UPDATE transactions SET effective_on = :day WHERE number = :n", n=last, day=books.closed[-1])
        refused(
            session,
            "UPDATE postings SET transaction_number = :n, position = position + 9000"
            " WHERE transaction_number = (SELECT max(transaction_number) FROM postings)",
            n=number,
        )


def test_a_closed_month_goes_no_way_but_to_be_locked(books):
    with books.road.sessions() as session:
        for change in (
            "UPDATE periods SET status = 'open' WHERE month = :m",
            "UPDATE periods SET last_transaction = 0 WHERE month = :m",
            "UPDATE periods SET status = 'locked', journal_hash = '' WHERE month = :m",
            "DELETE FROM periods WHERE month = :m",
        ):
            with pytest.raises(IntegrityError, match="goes no way but to be locked"):
                session.execute(text(change), {"m": books.closed[1]})
            session.rollback()
        locked = service.lock(session, "USD", books.closed[1], "somebody")
        assert (locked.status, locked.locked_by) == ("locked", "somebody")
        with pytest.raises(PeriodStateError, match="is locked; only a closed one is locked"):
            service.lock(session, "USD", books.closed[1], "somebody")
        session.rollback()


# --- Closing ------------------------------------------------------------------------------------------------


def unclose(session, month):
    """Opens a month and all after it again, as no service can."""
    for table in ("checkpoint_leaves", "checkpoints", "periods"):
        if table == "periods":
            session.execute(text("ALTER TABLE periods DISABLE TRIGGER periods_forward"))
        session.execute(text(f"DELETE FROM {table} WHERE month >= :month"), {"month": month})


def set_audit(session, *, ok=True, block=10**9):
    session.execute(
        text("INSERT INTO audits (ok, result) VALUES (:ok, jsonb_build_object('block_number', CAST(:block AS int)))"),
        {"ok": ok, "block": block},
    )


def test_a_month_is_closed_when_everything_is_done(books):
    month, before = books.closed[-1], books.closed[-2]
    with books.road.sessions() as session:
        unclose(session, month)
        set_audit(session)
        closed = service.close(session, books.source, month, "ada", books.road.confirmations)
        assert (closed.status, closed.closed_by) == ("closed", "ada")
        with pytest.raises(PeriodStateError, match="closed already"):
            service.close(session, books.source, month, "ada", books.road.confirmations)
        session.rollback()

        unclose(session, before)
        set_audit(session)
        with pytest.raises(PeriodNotReadyError, match=f"Close {before:%Y-%m} first"):
            service.close(session, books.source, month, "ada", books.road.confirmations)
        session.rollback()

        unclose(session, month)
        set_audit(session, ok=False)
        with pytest.raises(PeriodNotReadyError, match="The last audit found differences"):
            service.close(session, books.source, month, "ada", books.road.confirmations)
        session.rollback()

        unclose(session, month)
        set_audit(session, block=3)
        with pytest.raises(PeriodNotReadyError, match="The last audit was before the month's end"):
            service.close(session, books.source, month, "ada", books.road.confirmations)
        session.rollback()

        unclose(session, month)
        set_audit(session)
        values = {"n": repository.span(session, month, first_of_next_month(month)).before}
        session.execute(text("DELETE FROM postings WHERE transaction_number > :n"), values)
        session.execute(text("DELETE FROM transactions WHERE number > :n"), values)
        with pytest.raises(PeriodNotReadyError, match="logs of the month are not in the journal yet"):
            service.close(session, books.source, month, "ada", books.road.confirmations)
        session.rollback()


def test_the_members_of_partners_with_a_statement_hear_that_it_is_ready(books):
    month = books.closed[-1]
    with books.road.sessions() as session:
        figures = "SELECT min(partner_number) FROM checkpoint_leaves WHERE month = :month AND partner_number > 0"
        partner = session.execute(text(figures), {"month": month}).scalar_one()
        hears = add_member(session, "hears", "partner", partner, email="hears@example.com", language="zh-CN")
        add_member(session, "has-no-address", "partner", partner)
        add_member(session, "is-staff", "finance", None, email="staff@example.com")
        unclose(session, month)
        set_audit(session)
        service.close(session, books.source, month, "ada", books.road.confirmations)
        session.flush()
        told = session.scalars(select(Letter).where(Letter.kind == "statement_ready")).all()
        assert [(letter.about, letter.language) for letter in told] == [(hears, "zh-CN")]
        session.rollback()


def test_a_month_that_is_not_over_is_not_closed(books):
    with books.road.sessions() as session:
        for month in books.months[len(books.closed) :]:
            items = {item.name: item for item in service.checklist(session, "USD", month, books.road.confirmations)}
            if month == books.months[-1]:
                assert (items["final"].missing, "wait" in items["final"].detail) == ("not_final", True)
                assert items["final"].about > str(month)


def test_what_was_anchored_is_on_chain(books):
    registry = artifact("CheckpointRegistry")
    addresses = books.source.deployment.addresses
    with books.road.sessions() as session:
        for month in books.closed:
            kept = repository.checkpoint(session, month, "USD")
            period = repository.period(session, month, "USD")
            leaves = [hash_ for _, hash_ in repository.leaves(session, kept)]
            assert repository.anchoring(session, kept) is not None
            assert checkpoint.root(leaves) == kept.root
            number = month.year * 12 + month.month - 1
            data = registry.call("checkpointOf", addresses["SettlementLedger"], number, 1)
            call = {"to": addresses["CheckpointRegistry"], "data": to_hex(data)}
            [found] = registry.result("checkpointOf", hex_bytes(books.road.client.call("eth_call", call, "latest")))
            assert found == (kept.root, period.journal_hash, kept.ledger_head, period.last_transaction, len(leaves))


def test_the_journal_and_the_audit_know_the_anchoring(books):
    with books.road.sessions() as session:
        logs = session.scalar(text("SELECT count(*) FROM chain_logs WHERE contract = 'CheckpointRegistry'"))
    assert logs == len(books.closed)


# --- The tree -------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70), st.data())
def test_every_leaf_leads_to_the_root_by_its_own_place_alone(size, data):
    leaves = [number.to_bytes(32) for number in range(1, size + 1)]
    index = data.draw(st.integers(0, size - 1))
    root, path = checkpoint.root(leaves), checkpoint.path(leaves, index)
    assert checkpoint.root_of_path(leaves[index], index, size, path) == root
    for other in {0, index - 1, index + 1, size - 1} - {index}:
        assert checkpoint.root_of_path(leaves[index], other, size, path) != root
    assert checkpoint.root_of_path(leaves[index], index, size, [*path, bytes(32)]) != root
    if path:
        assert checkpoint.root_of_path(leaves[index], index, size, path[:-1]) != root


def test_the_tree_is_rfc_6962s():
    # The shape of the RFC's own example, section 2.1.3: seven leaves, left part the largest power of two.
    a, b, c, d, e, f, g = leaves = [bytes([number]) * 32 for number in range(7)]

    def node(left, right):
        return checkpoint.keccak(b"\1" + left + right)

    left, right = node(node(a, b), node(c, d)), node(node(e, f), g)
    assert checkpoint.root(leaves) == node(left, right)
    assert checkpoint.path(leaves, 0) == [b, node(c, d), right]
    assert checkpoint.path(leaves, 3) == [c, node(a, b), right]
    assert checkpoint.path(leaves, 4) == [f, g, left]
    assert checkpoint.path(leaves, 6) == [node(e, f), left]


def test_a_leaf_is_of_one_partner_month_revision_and_salt():
    zero = dict.fromkeys(checkpoint.ACCOUNTS, 0)
    given_ = [31337, "0xab", "2026-05", "USD", 1, 7, Figures(zero, zero, 1, 2, 3), bytes(32)]
    changes = {
        0: 1, 1: "0xac", 2: "2026-06", 3: "EUR", 4: 2, 5: 8, 6: Figures(zero, zero, 12, 3, 3), 7: b"\1" * 32,
    }  # fmt: skip
    hashes = {checkpoint.leaf_hash(*given_)}
    for at, value in changes.items():
        hashes.add(checkpoint.leaf_hash(*[value if i == at else known for i, known in enumerate(given_)]))
    # 1, 23 and 12, 3 are not the same list of fields.
    given_[6] = Figures(zero, zero, 1, 23, 3)
    hashes.add(checkpoint.leaf_hash(*given_))
    assert len(hashes) == len(changes) + 2


# --- Over HTTP ------------------------------------------------------------------------------------------------


def test_the_months_over_http(books, client):
    listed = {row["month"]: row for row in client.get("/v1/periods").json()}
    for month in books.closed:
        row = listed[f"{month:%Y-%m}"]
        assert row["status"] in ("closed", "locked")
        assert row["checkpoint"]["transaction_hash"]
        assert row["closed_by"] == "finance"
    shown = client.get(f"/v1/periods/{books.closed[0]:%Y-%m}").json()
    assert {item["name"] for item in shown["checklist"]} == {"earlier_closed", "final", "sealed", "audited"}
    for unknown in ("1999-01", "2199-12"):
        assert client.get(f"/v1/periods/{unknown}").json()["code"] == "not_found"
    assert client.get("/v1/periods/2026-13").status_code == 422


def test_closing_and_locking_over_http(books, client):
    month = f"{books.closed[0]:%Y-%m}"
    missing = client.post(f"/v1/periods/{month}/close")
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    again = client.post(f"/v1/periods/{month}/close", headers={"Idempotency-Key": "close it"})
    assert (again.status_code, again.json()["code"]) == (409, "period_state")
    early = client.post(f"/v1/periods/{books.months[-1]:%Y-%m}/close", headers={"Idempotency-Key": "early"})
    assert early.json()["code"] in ("period_not_ready", "not_found")

    locked = client.post(f"/v1/periods/{month}/lock", headers={"Idempotency-Key": "lock it"})
    assert locked.status_code == 200, locked.text
    assert locked.json()["status"] == "locked"
    replayed = client.post(f"/v1/periods/{month}/lock", headers={"Idempotency-Key": "lock it"})
    assert replayed.json() == locked.json()
    assert replayed.headers["Idempotent-Replayed"] == "true"
    other = client.post(f"/v1/periods/{month}/close", headers={"Idempotency-Key": "lock it"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_trial_balances_follow_each_other(books, client):
    before = {}
    for month in books.months:
        if month > books.today:
            break
        shown = client.get(f"/v1/periods/{month:%Y-%m}/trial-balance").json()
        assert shown["balanced"] is True
        lines = {line["code"]: line for line in shown["lines"]}
        assert {code: line["opening"] for code, line in lines.items() if line["opening"] != "0"} == before
        before = {code: line["closing"] for code, line in lines.items() if line["closing"] != "0"}
        as_of = client.get(f"/v1/trial-balance/{first_of_next_month(month) - dt.timedelta(days=1)}").json()
        assert {line["code"]: line["closing"] for line in as_of["lines"] if line["closing"] != "0"} == before
        assert as_of["journal_hash"] == shown["journal_hash"]
    whole = client.get("/v1/trial-balance").json()
    end = client.get("/v1/trial-balance/2199-12-31").json()
    assert {line["code"]: line["balance"] for line in whole["lines"]} == {
        line["code"]: line["closing"] for line in end["lines"]
    }
    assert client.get("/v1/trial-balance/9999-12-31").json()["code"] == "malformed"
