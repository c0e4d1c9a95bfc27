"""Forgotten passwords, and the letters that tell members what happened to their accounts."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select, update
from tests.backend.people import PASSWORD, everything, is_problem
from tests.backend.post import letters, token_of
from tests.backend.test_sign_in import enrolled

from fenrun.registry.models import Member, Partner, PasswordReset

NEW = "a whole new password"


@pytest.fixture
def member(people):
    """A login and its address."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    return people.newcomer(email=email), email


def ask(people, login):
    return people.anonymous.post("/v1/session/reset", json={"login": login})


def confirm(people, token, password=NEW):
    return people.anonymous.post("/v1/session/reset/confirm", json={"token": token, "password": password})


def sign_in(people, login, password):
    return people.anonymous.post("/v1/session", json={"login": login, "password": password})


def kinds(people, to):
    return [row.kind for row, _ in letters(people.road.sessions, people.road.keys.reference_key, to)]


def id_of(client):
    return client.get("/v1/session").json()["member_id"]


# --- Resets -------------------------------------------------------------------------------------------


def test_a_link_sets_a_new_password_once_and_ends_every_session(people, member):
    login, email = member
    client = people.signed_in(login)
    assert ask(people, login.upper()).status_code == 202
    token = token_of(people, email, "reset")
    assert confirm(people, token).status_code == 204
    assert is_problem(client.get("/v1/session"), 401, "unauthorized")
    assert is_problem(sign_in(people, login, PASSWORD), 401, "unauthorized")
    people.signed_in(login, NEW)
    assert is_problem(confirm(people, token), 410, "link_ended")
    assert kinds(people, email) == ["reset", "password_changed"]


def test_whoever_asks_learns_nothing(people, member):
    login, email = member
    answers = [ask(people, who) for who in (login, email, "nobody", "nobody@example.com", people.newcomer())]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, "null")}
    assert kinds(people, email) == ["reset"]  # asked twice, within the pause


def test_another_link_makes_the_one_before_void(people, member):
    login, email = member
    ask(people, login)
    first = token_of(people, email, "reset")
    with people.road.sessions.begin() as session:
        session.execute(update(PasswordReset).values(created_at=PasswordReset.created_at - dt.timedelta(minutes=3)))
    ask(people, email)
    second = token_of(people, email, "reset")
    assert is_problem(confirm(people, first), 410, "link_ended")
    assert confirm(people, second).status_code == 204


def test_after_an_hour_a_link_has_ended(people, member):
    login, email = member
    ask(people, login)
    token = token_of(people, email, "reset")
    with people.road.sessions.begin() as session:
        session.execute(update(PasswordReset).values(expires_at=PasswordReset.expires_at - dt.timedelta(hours=1)))
    assert is_problem(confirm(people, token), 410, "link_ended")
    people.signed_in(login)


@pytest.mark.parametrize(
    "change", [{"disabled": True}, {"email": "elsewhere@example.com"}, {"email": None}], ids=["out", "moved", "gone"]
)
def test_a_link_does_not_outlive_what_it_was_sent_for(people, member, change):
    login, email = member
    client = people.signed_in(login)
    ask(people, login)
    token, path = token_of(people, email, "reset"), f"/v1/members/{id_of(client)}"
    assert people.admin.patch(path, json=change).status_code == 200
    assert is_problem(confirm(people, token), 410, "link_ended")
    people.admin.patch(path, json={"email": None})


def test_a_changed_password_makes_the_link_void(people, member):
    login, email = member
    ask(people, login)
    client = people.signed_in(login)
    assert client.put("/v1/me/password", json={"current": PASSWORD, "new": NEW}).status_code == 204
    assert is_problem(confirm(people, token_of(people, email, "reset")), 410, "link_ended")


def test_a_disabled_member_gets_no_link(people, member):
    login, email = member
    with people.road.sessions.begin() as session:
        session.execute(update(Member).where(Member.login == login).values(disabled_at=dt.datetime.now(dt.UTC)))
    assert ask(people, login).status_code == 202
    assert kinds(people, email) == []


def test_who_is_locked_out_gets_in_by_the_link(people, member):
    login, email = member
    for _ in range(5):
        sign_in(people, login, "wrong")
    assert is_problem(sign_in(people, login, PASSWORD), 429, "locked_out")
    ask(people, login)
    assert confirm(people, token_of(people, email, "reset")).status_code == 204
    people.signed_in(login, NEW)


def test_a_link_does_not_stand_in_for_the_authenticator(people):
    login = people.newcomer()
    enrolled(people, login)
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    with people.road.sessions.begin() as session:
        session.execute(update(Member).where(Member.login == login).values(email=email))
    ask(people, login)
    assert confirm(people, token_of(people, email, "reset")).status_code == 204
    assert is_problem(sign_in(people, login, NEW), 401, "totp_required")


# --- Notices ------------------------------------------------------------------------------------------


def test_members_hear_of_what_happens_to_their_accounts(people, member):
    login, email = member
    client = people.signed_in(login)
    path = f"/v1/members/{id_of(client)}"
    assert client.put("/v1/me/password", json={"current": PASSWORD, "new": NEW}).status_code == 204
    assert people.admin.post(f"{path}/password").status_code == 200
    assert people.admin.delete(f"{path}/totp").status_code == 204
    assert kinds(people, email) == ["password_changed", "password_changed", "totp_removed"]


def test_a_changed_address_is_told_at_the_first_and_at_the_last(people, member):
    login, email = member
    path = f"/v1/members/{id_of(people.signed_in(login))}"
    second, third = (f"{uuid.uuid4().hex[:12]}@example.com" for _ in range(2))
    for address in (second, third):  # who took an account over changes it twice, and hides nothing by it
        assert people.admin.patch(path, json={"email": address}).status_code == 200
    assert kinds(people, email) == ["email_changed", "email_changed"]
    assert people.admin.delete(f"{path}/totp").status_code == 204
    assert [kinds(people, to)[-1] for to in (email, third)] == ["totp_removed"] * 2
    assert "totp_removed" not in kinds(people, second)
    with people.road.sessions.begin() as session:
        long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=31)
        session.execute(update(Member).where(Member.login == login).values(email_changed_at=long_ago))
    assert people.admin.delete(f"{path}/totp").status_code == 204
    assert kinds(people, email).count("totp_removed") == 1
    assert kinds(people, third).count("totp_removed") == 2


def test_admins_hear_of_new_api_keys(people):
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    people.newcomer("admin", email=email, language="zh-CN")
    name = f"k-{uuid.uuid4().hex[:10]}"
    made = people.admin.post("/v1/api-keys", json={"name": name, "scopes": ["read"]}).json()
    assert people.admin.post(f"/v1/api-keys/{made['id']}/rotate", json={}).status_code == 201
    told = letters(people.road.sessions, people.road.keys.reference_key, email)
    assert [(row.kind, row.language) for row, _ in told] == [("api_key_created", "zh-CN")] * 2
    assert {(c.variables["name"], c.variables["by"]) for _, c in told} == {(name, "the-admin")}
    with people.road.sessions.begin() as session:
        session.execute(update(Member).where(Member.email == email).values(disabled_at=dt.datetime.now(dt.UTC)))


def test_a_partners_members_hear_that_its_payout_details_changed_at_the_old_address_too(people):
    # One that no other test pays.
    known = (people.rich_id, people.other_id)
    partner = [row for row in everything(people.finance, "/v1/partners") if row["id"] not in known][-1]
    with people.road.sessions() as session:
        number = session.scalar(select(Partner.number).where(Partner.id == partner["id"]))
    old, new = (f"{uuid.uuid4().hex[:12]}@example.com" for _ in range(2))
    login = people.newcomer("partner", number, email=old)
    path = f"/v1/members/{id_of(people.signed_in(login))}"
    assert people.admin.patch(path, json={"email": new}).status_code == 200
    body = {
        "country": "DE",
        "payee_type": "entity",
        "account": {"holder": partner["name"], "iban": "DE89370400440532013000"},
        "documents": [],
    }
    answer = people.finance.put(f"/v1/partners/{partner['id']}/payout-details", json=body)
    assert answer.status_code == 200, answer.text
    for address in (old, new):
        assert kinds(people, address)[-1] == "payout_details_changed"
    assert people.admin.patch(path, json={"email": None, "disabled": True}).status_code == 200
