"""What people ask of us about their own data: an archive that holds it, and an erasure that takes it away."""

import csv
import datetime as dt
import hashlib
import io
import json
import uuid
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests.backend.people import PASSWORD, everything, is_problem
from tests.backend.post import letters

from fenrun.mail.models import Letter
from fenrun.payouts import details
from fenrun.payouts.models import PayoutDetails
from fenrun.privacy import service, tasks
from fenrun.privacy.deadlines import LAWS, due_on
from fenrun.privacy.errors import ErasureBlockedError
from fenrun.privacy.models import PrivacyRequest
from fenrun.registry import person_keys
from fenrun.registry.access import PERMISSIONS, Viewer
from fenrun.registry.errors import ErasedError
from fenrun.registry.models import Member, Partner

PATH = "/v1/privacy-requests"
IBAN = "DE89370400440532013000"
FIRST, SECOND = (Viewer(f"mb_{name}", name, "compliance", None, PERMISSIONS["compliance"]) for name in ("ann", "bob"))


def ask(client, kind="export", law="gdpr", password=PASSWORD):
    return client.post(PATH, json={"kind": kind, "law": law, "password": password})


def archive_of(people, client, request_id):
    while tasks.make_archive(people.road):
        pass
    answer = client.get(f"{PATH}/{request_id}/archive")
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


# --- The clock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "asked", "due"),
    [
        ("gdpr", "2026-11-24", "2026-12-24"),
        ("ccpa", "2026-11-24", "2027-01-08"),
        ("other", "2026-02-01", "2026-03-03"),
        ("pipl", "2026-11-24", "2026-12-15"),  # a Tuesday: three weeks of five days
        ("pipl", "2026-11-27", "2026-12-18"),  # a Friday
        ("pipl", "2026-11-28", "2026-12-18"),  # a Saturday counts from Monday on
    ],
)
def test_each_law_has_its_clock(law, asked, due):
    assert due_on(law, dt.date.fromisoformat(asked)) == dt.date.fromisoformat(due)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(LAWS))
def test_who_asks_later_is_never_answered_earlier(day, law):
    assert day < due_on(law, day) <= due_on(law, day + dt.timedelta(days=1))
    if law == "pipl":
        between = (day + dt.timedelta(days=n) for n in range(1, (due_on(law, day) - day).days + 1))
        assert sum(one.weekday() < 5 for one in between) == 15


# --- The archive --------------------------------------------------------------------------------------


def test_an_owners_archive_holds_all_of_its_partner_and_nothing_of_another(people):
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    with people.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": people.rich_id})
    client = people.signed_in(people.newcomer("partner", number, is_owner=True, email=email, language="zh-CN"))
    path = f"/v1/partners/{people.rich_id}/payout-details"
    account = {"holder": "Somebody", "iban": IBAN}
    people.finance.put(path, json={"country": "DE", "payee_type": "entity", "account": account})
    made = ask(client)
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["partner_id"]) == ("asked", people.rich_id)
    archive = archive_of(people, client, made.json()["id"])
    manifest = json.loads(archive.read("manifest.json"))
    assert set(archive.namelist()) == {"manifest.json", *manifest["sha256"]}
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    rows = list(csv.DictReader(io.StringIO(archive.read("commissions.csv").decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == {row["id"] for row in everything(client, "/v1/commissions")}
    orders = list(csv.DictReader(io.StringIO(archive.read("orders.csv").decode("utf-8-sig"))))
    assert {row["id"] for row in orders} == {row["id"] for row in everything(client, "/v1/orders")}
    payouts = list(csv.DictReader(io.StringIO(archive.read("payouts.csv").decode("utf-8-sig"))))
    assert {row["id"] for row in payouts} == {row["id"] for row in everything(client, "/v1/payouts")}
    assert json.loads(archive.read("account_to_pay_to.json"))["in_force"]["iban"] == IBAN
    [own] = json.loads(archive.read("account.json"))
    assert (own["email"], own["language"]) == (email, "zh-CN")
    assert json.loads(archive.read("partner.json"))[0]["id"] == people.rich_id
    assert "the-other" not in str({name: archive.read(name) for name in archive.namelist()})
    told = letters(people.road.sessions, people.road.keys.reference_key, email, "export_ready")
    assert [letter.language for letter, _ in told] == ["zh-CN"]
    with people.road.sessions.begin() as session:
        session.execute(text("DELETE FROM payout_details WHERE partner_number = :number"), {"number": number})


def test_a_member_who_does_not_act_for_the_partner_gets_its_own_data_alone(people):
    with people.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": people.rich_id})
    login = people.newcomer("partner", number)
    client = people.signed_in(login)
    made = ask(client).json()
    assert made["partner_id"] is None
    archive = archive_of(people, client, made["id"])
    assert "commissions.csv" not in archive.namelist()
    assert json.loads(archive.read("account.json"))[0]["login"] == login
    actions = {line["action"] for line in json.loads(archive.read("audit_log.json"))}
    assert actions >= {"session.opened", "privacy.asked"}


def test_an_archive_is_its_members_alone_sealed_and_gone_after_a_week(people):
    client = people.signed_in(people.newcomer())
    made = ask(client).json()
    assert is_problem(client.get(f"{PATH}/{made['id']}/archive"), 409, "privacy_state")
    assert is_problem(ask(client), 409, "privacy_state")  # one at a time
    archive_of(people, client, made["id"])
    assert is_problem(people.admin.get(f"{PATH}/{made['id']}/archive"), 404, "not_found")
    with people.road.sessions() as session:
        kept = session.get(PrivacyRequest, made["id"])
        assert b"account.json" not in kept.archive
        assert kept.expires_at - kept.done_at == dt.timedelta(days=7)
        later = kept.expires_at
    tasks.make_archive(people.road, later)
    assert is_problem(client.get(f"{PATH}/{made['id']}/archive"), 409, "privacy_state")
    [row] = [row for row in everything(client, PATH) if row["id"] == made["id"]]
    assert row["state"] == "expired"
    assert ask(client).status_code == 201


def test_a_wrong_password_asks_for_nothing(people):
    login = people.newcomer()
    client = people.signed_in(login)
    assert is_problem(ask(client, password="not it"), 403, "password_wrong")
    assert login not in {row["login"] for row in everything(client, PATH)}


# --- Erasure ------------------------------------------------------------------------------------------


def test_an_erasure_takes_four_eyes_and_leaves_nothing_that_names_the_member(people):
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    login = people.newcomer("operator", email=email, wallet="0x" + uuid.uuid4().hex + "0" * 8)
    client, second = people.signed_in(login), people.signed_in(people.newcomer("compliance"))
    made = ask(client, "erasure", "ccpa").json()
    path = f"{PATH}/{made['id']}"
    assert made["due_on"] == (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=45)).isoformat()
    assert is_problem(second.post(f"{path}/erase"), 409, "privacy_state")
    assert people.compliance.post(f"{path}/approve").json()["state"] == "approved"
    assert is_problem(people.compliance.post(f"{path}/erase"), 403, "same_person")
    done = second.post(f"{path}/erase")
    assert (done.status_code, done.json()["state"]) == (200, "erased")
    assert is_problem(client.get("/v1/me"), 401, "unauthorized")
    answer = people.anonymous.post("/v1/session", json={"login": login, "password": PASSWORD})
    assert is_problem(answer, 401, "unauthorized")
    with people.road.sessions() as session:
        rows = session.execute(text("SELECT row_to_json(m)::text FROM members m")).scalars().all()
        requests = session.execute(text("SELECT row_to_json(r)::text FROM privacy_requests r")).scalars().all()
        assert not [row for row in (*rows, *requests) if login in row or email in row]
    [(letter, content)] = letters(people.road.sessions, people.road.keys.reference_key, email)
    assert (letter.kind, content.variables["login"]) == ("erasure_done", login)


def test_nobody_answers_their_own_request_and_a_refusal_says_why(people):
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    client = people.signed_in(people.newcomer("compliance", email=email))
    path = f"{PATH}/{ask(client, 'erasure', 'pipl').json()['id']}"
    assert is_problem(client.post(f"{path}/approve"), 403, "same_person")
    refused = people.compliance.post(f"{path}/refuse", json={"reason": "The contract still runs"})
    assert refused.json()["state"] == "refused"
    newest = everything(people.auditor, PATH)[0]
    assert (newest["state"], newest["reason"]) == ("refused", "The contract still runs")
    assert newest["decided_by"] == people.member_ids["compliance"]
    assert is_problem(people.compliance.post(f"{path}/approve"), 409, "privacy_state")
    [(_, content)] = letters(people.road.sessions, people.road.keys.reference_key, email, "erasure_refused")
    assert content.variables["reason"] == "The contract still runs"


def test_a_partners_member_sees_its_own_requests_alone(people):
    client = people.signed_in(people.newcomer())
    ask(client)
    assert everything(people.other, PATH) == []


@pytest.fixture
def leaving(people):
    """A transaction, taken back afterwards, with a partner that is a person and asks to be erased."""
    key, now = people.road.keys.reference_key, dt.datetime.now(dt.UTC)
    with people.road.sessions() as session:
        named = {"external_id": "leaving", "name": "Zhang San", "country": "DE", "type": "individual"}
        session.add(Partner(number=9_999, id="pn_leaving", partner_ref=bytes(32), status="active", **named))
        session.flush()
        own = person_keys.new()
        person_keys.keep(session, key, {9_999: own})
        login = {"login": "zhang-san", "email": "zhang@example.com", "password_hash": "", "role": "partner"}
        session.add(Member(id="mb_leaving", partner_number=9_999, is_owner=True, **login))
        sealed = details.seal(own, 9_999, details.Account("Zhang San", iban=IBAN))
        session.add(
            PayoutDetails(
                partner_number=9_999, country="DE", payee_type="individual", account=sealed, account_hint="3000",
                documents=[{"kind": "identity", "number": "L01X00T47", "expires_on": None}], changed_by="mb_leaving",
            )
        )  # fmt: skip
        session.flush()
        viewer = Viewer("mb_leaving", "zhang-san", "partner", 9_999, PERMISSIONS["owner"])
        asked = service.ask(session, viewer, "erasure", "gdpr", now)
        yield session, asked, key, now
        session.rollback()


def test_a_partner_that_leaves_is_a_number_in_the_books(leaving):
    session, asked, key, now = leaving
    service.approve(session, asked.id, FIRST, now)
    service.erase(session, asked.id, SECOND, key, now)
    for table in ("partners", "members", "payout_details", "payout_details_changes", "privacy_requests"):
        rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t")).scalars().all()
        for trace in ("Zhang San", "zhang-san", "zhang@example.com", "L01X00T47", IBAN):
            assert not [row for row in rows if trace in row], (table, trace)
    partner = session.get(Partner, 9_999)
    assert (partner.name, partner.external_id) == ("Erased 9999", "erased-9999")
    with pytest.raises(ErasedError):
        person_keys.of(session, key, 9_999)
    assert session.scalar(select(Letter.kind).where(Letter.about == asked.id)) == "erasure_done"


@pytest.mark.parametrize("kind", ["payable:available", "payable:held", "payable:frozen", "asset:partner_debt"])
def test_who_is_still_owed_or_owes_is_not_erased(leaving, kind):
    session, asked, key, now = leaving
    service.approve(session, asked.id, FIRST, now)
    # It was earned between the one's look and the other's.
    session.execute(
        text(
            "INSERT INTO accounts (kind, partner_number, currency, debits, credits, pending_debits, pending_credits)"
            " VALUES (:kind, 9999, 'USD', 0, 0, 0, 1)"
        ),
        {"kind": kind},
    )
    with pytest.raises(ErasureBlockedError, match=kind):
        service.erase(session, asked.id, SECOND, key, now)


def test_an_erasure_that_is_stopped_leaves_the_key(leaving):
    session, asked, key, now = leaving
    service.approve(session, asked.id, FIRST, now)
    session.execute(
        text(
            "INSERT INTO accounts (kind, partner_number, currency, debits, credits, pending_debits, pending_credits)"
            " VALUES ('payable:available', 9999, 'USD', 0, 0, 0, 1)"
        )
    )
    with pytest.raises(ErasureBlockedError):
        service.erase(session, asked.id, SECOND, key, now)
    own, kept = person_keys.of(session, key, 9_999), session.get(PayoutDetails, 9_999)
    assert details.unseal(own, 9_999, kept.account).iban == IBAN


def test_a_company_that_leaves_keeps_its_name_and_loses_its_key(leaving):
    session, asked, key, now = leaving
    partner = session.get(Partner, 9_999)
    partner.type, partner.name = "entity", "Example GmbH"
    service.approve(session, asked.id, FIRST, now)
    service.erase(session, asked.id, SECOND, key, now)
    assert (partner.name, partner.external_id) == ("Example GmbH", "leaving")
    with pytest.raises(ErasedError):
        person_keys.of(session, key, 9_999)


def test_an_erasure_of_one_member_alone_leaves_the_partners_key(leaving):
    session, asked, key, now = leaving
    asked.partner_number = None
    service.approve(session, asked.id, FIRST, now)
    service.erase(session, asked.id, SECOND, key, now)
    assert session.get(Partner, 9_999).external_id == "leaving"
    assert person_keys.of(session, key, 9_999)
