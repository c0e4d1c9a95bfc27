"""A key per person: what the erasure of a partner leaves of it, and who reads that."""

import datetime as dt
import io
import zipfile

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from tests.backend.erasure import KEPT, opens
from tests.backend.test_payouts import (
    PASSWORD,
    SETTINGS,
    details_of,
    everything,
    is_problem,
    money,
)

from fenrun import worker
from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.errors import SetupError
from fenrun.kit.security import reference
from fenrun.registry import person_keys
from fenrun.registry import service as registry
from fenrun.registry.models import Partner
from fenrun.settlement import audit
from fenrun.statements import build, check, verify
from fenrun.statements import service as statements
from fenrun.statements.tasks import source_of

# --- What is left ---------------------------------------------------------------------------------------


def test_nothing_that_is_left_leads_from_the_person_to_the_chain(erased):
    left = erased.keys()
    assert erased.key not in left
    assert len(left) > 1_000  # the database has many values that could be keys
    on_chain = erased.on_chain()  # the chain's own values are there as before
    for (kind, value), stands in on_chain.items():
        assert not [key for key in left if reference(key, kind, value) == stands], kind
    for sealed in erased.sealed:
        assert not opens(left, sealed, f"partner {erased.number}")


def test_nothing_that_is_left_names_the_person(erased):
    with erased.road.sessions() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        assert set(tables) > KEPT
        for table in sorted(set(tables) - KEPT):
            query = text(f"SELECT count(*) FROM {table} t WHERE strpos(row_to_json(t)::text, :trace) > 0")
            for trace in (erased.name, erased.external_id, "zhang-san"):
                assert session.scalar(query, {"trace": trace}) == 0, (table, trace)


def test_the_books_stay_and_the_audit_says_what_it_cannot_compare(erased):
    checks = erased.verdict()
    with erased.road.sessions() as session:
        own = session.scalar(
            text("SELECT count(*) FROM payouts WHERE partner_number = :number AND status IN ('completed', 'returned')"),
            {"number": erased.number},
        )
    assert checks["payouts"]["erased"] == own > 0
    answer = erased.office.ann.get("/v1/audit")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    [shown] = [one for one in answer.json()["checks"] if one["name"] == "payouts"]
    assert shown["erased"] == own


def test_a_bank_reference_that_was_altered_is_found_before_and_among_the_others_after(town):
    with town.road.sessions() as session:
        other = session.scalar(
            text("SELECT number FROM payouts WHERE status = 'completed' AND partner_number <> :n LIMIT 1"),
            {"n": town.number},
        )
        session.execute(text("UPDATE payouts SET bank_reference = 'X' WHERE number = :n"), {"n": other})
        found = audit.run(session, town.road.client, town.road.deployment, town.installation_key)
        [payouts_check] = [one for one in found["checks"] if one["name"] == "payouts"]
        assert payouts_check["differences"] == 1
        assert f"payout {other}" in payouts_check["first_difference"]
        session.rollback()


# --- Who reads it ---------------------------------------------------------------------------------------


def test_accounts_and_bank_files_say_that_it_was_erased(erased, monkeypatch):
    monkeypatch.setattr("fenrun.payouts.endpoints.load_payout_settings", lambda: SETTINGS)
    office = erased.office
    path = f"/v1/partners/{erased.id}/payout-details"
    assert str(erased.number) in is_problem(office.ann.get(f"{path}/accounts"), 410, "erased")
    row = office.ann.get(f"/v1/partners/{erased.id}").json()
    is_problem(office.ann.put(path, json=details_of(row)), 410, "erased")
    said = is_problem(office.ann.post(f"/v1/payout-runs/{erased.run['id']}/file"), 410, "erased")
    assert erased.payout["id"] in said
    assert office.ann.get(f"/v1/payout-runs/{erased.run['id']}").json()["file_sha256"]
    [shown] = [p for p in office.payouts(erased.run).values() if p["partner_id"] == erased.id]
    assert shown["gross"] == erased.payout["gross"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/partners", "/v1/payouts", "/v1/payout-runs", "/v1/commissions", "/v1/orders", "/v1/disputes", "/v1/deals",
        "/v1/privacy-requests",
    ],
)  # fmt: skip
def test_every_list_goes_on(erased, path):
    with erased.road.sessions.begin() as session:
        registry.add_member(session, "looks", PASSWORD, "admin" if path == "/v1/deals" else "auditor", None)
    client = TestClient(erased.office.app, raise_server_exceptions=False)
    client.post("/v1/session", json={"login": "looks", "password": PASSWORD})
    assert erased.name not in str(everything(client, path))


@pytest.mark.parametrize("table", ["commissions", "orders", "payouts"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_export_goes_on(erased, table, form):
    answer = erased.office.ann.get(f"/v1/exports/{table}", params={"format": form})
    assert answer.status_code == 200, answer.text
    content = answer.content
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(map(book.read, book.namelist()))
    assert b"Partner 0" in content if table != "orders" else b"crm" in content
    assert erased.name.encode() not in content


def test_a_statement_is_made_without_the_place_that_nobody_can_show(erased):
    address = erased.road.deployment.addresses["SettlementLedger"]
    shown = [month for month, old in erased.statements.items() if old.checkpoint is not None]
    assert shown
    for month in shown[-2:]:
        made = check.read(erased.statement(month).model_dump_json().encode())
        assert (made.partner.erased, made.partner.name) == (True, f"Erased {erased.number}")
        assert made.checkpoint is None
        report = verify.against_chain(made, erased.road.client, address)
        assert report.wrong is None
        assert any("erased" in note for note in report.notes)
    # What the person was given before is still proven by the chain.
    old = check.read(erased.statements[shown[-1]].model_dump_json().encode())
    assert verify.against_chain(old, erased.road.client, address).wrong is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_statement_on_paper_is_made_too(erased, language):
    path = f"/v1/statements/{erased.id}/{erased.closed[-1]:%Y-%m}/pdf"
    answer = erased.office.ann.get(path, params={"language": language})
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


# --- What comes after -----------------------------------------------------------------------------------


def test_what_becomes_of_it_later_reaches_the_chain_and_links_nothing(erased):
    office, road = erased.office, erased.road
    # The bank sends back what it had paid, after all.
    bounce = (erased.payout["end_to_end_id"], "returned", money(erased.payout), "AC06 blocked", "")
    assert office.answer(bounce).json()["payouts_bounced"] == 1
    for _ in range(2):
        office.on_chain()
    [returned] = [log for log in erased.logs("PayoutReturned") if log["partnerId"] == erased.number]
    assert bytes(returned["reason"]) == person_keys.NOTHING
    assert office.available(erased.id) == int(erased.payout["gross"])
    erased.decide("suspended", "nobody is there")
    for _ in range(3):
        worker.tick(road)
    newest = [log for log in erased.logs("PartnerStatusChanged") if log["partnerId"] == erased.number][-1]
    assert bytes(newest["reason"]) == person_keys.NOTHING
    erased.verdict()
    # The month in which it left is closed with its figures, and the others' places are proven as ever.
    month, source = first_of_next_month(erased.closed[-1]), source_of(road)
    with road.sessions.begin() as session:
        statements.close(session, source, month, "finance", road.confirmations)
    worker.tick(road)
    with road.sessions() as session:
        others = session.scalars(
            text("SELECT partner_number FROM checkpoint_leaves WHERE month = :month ORDER BY 1"), {"month": month}
        ).all()
        assert erased.number in others
        other = next(number for number in others if number not in (0, erased.number))
        made = build.statement(session, source, session.get(Partner, other), month)
    assert made.checkpoint is not None
    read = check.read(made.model_dump_json().encode())
    assert verify.by_itself(read).wrong is None


# --- For ever -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE person_keys SET key = sha256('') WHERE partner_number = 1",
        "UPDATE person_keys SET key = sha256(''), destroyed_at = NULL WHERE partner_number = :gone",
        "UPDATE person_keys SET destroyed_at = now() WHERE partner_number = :gone",
        "UPDATE person_keys SET key = NULL WHERE partner_number = 1",
        "UPDATE person_keys SET key = NULL, destroyed_at = now(), created_at = now() WHERE partner_number = 1",
        "UPDATE person_keys SET key = NULL, destroyed_at = now(), partner_number = 2 WHERE partner_number = 1",
        "DELETE FROM person_keys WHERE partner_number = :gone",
        "DELETE FROM person_keys WHERE partner_number = 1",
        "TRUNCATE person_keys",
    ],
)
def test_a_key_is_destroyed_or_stays_as_it_is(erased, statement):
    values = {"gone": erased.number} if ":gone" in statement else {}
    with erased.road.sessions() as session, pytest.raises(DatabaseError, match=r"append-only|is_there_or_destroyed"):
        session.execute(text(statement), values)


def test_destroying_again_changes_nothing_and_gives_no_key_to_who_had_none(erased):
    query = text("SELECT destroyed_at FROM person_keys WHERE partner_number = :number AND key IS NULL")
    with erased.road.sessions() as session:
        before = session.scalar(query, {"number": erased.number})
        person_keys.destroy(session, erased.number, before + dt.timedelta(days=1))
        assert session.scalar(query, {"number": erased.number}) == before
        session.rollback()


def test_each_key_is_another_and_none_is_kept_in_the_clear(town):
    with town.road.sessions() as session:
        rows = session.execute(text("SELECT partner_number, key FROM person_keys WHERE key IS NOT NULL")).all()
        known = person_keys.of_all(session, town.installation_key, [number for number, _ in rows])
        assert len(set(known.values())) == len(rows) > 5
        assert not [number for number, sealed in rows if known[number] in bytes(sealed)]
        with pytest.raises(SetupError):
            person_keys.of(session, bytes(32), rows[0][0])
