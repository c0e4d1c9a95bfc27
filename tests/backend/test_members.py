"""Members and API keys: added, changed, rotated and ended by admins."""

import datetime as dt
import uuid

import pytest
from alembic import command
from alembic.config import Config
from tests.backend.people import PASSWORD, everything, is_problem

from fenrun.kit import migrations, postgres
from fenrun.kit.db import connect, sessions
from fenrun.kit.security import hash_token
from fenrun.registry import api_keys_service, members_repository
from fenrun.registry.models import ApiKey


def fresh():
    return f"m-{uuid.uuid4().hex[:10]}"


def add(people, **body):
    return people.admin.post("/v1/members", json=body)


def test_a_new_member_signs_in_with_the_first_password(people):
    login = fresh()
    made = add(people, login=f"  {login.upper()} ", role="operator", email=f"{login}@Example.com")
    assert made.status_code == 201, made.text
    assert (made.json()["login"], made.json()["email"]) == (login, f"{login}@example.com")
    client = people.signed_in(login, made.json()["password"])
    assert client.get("/v1/session").json()["role"] == "operator"
    [listed] = [m for m in everything(people.auditor, "/v1/members") if m["id"] == made.json()["id"]]
    assert "password" not in str(listed)


def test_a_partners_member_is_one_partners(people):
    made = add(people, login=fresh(), role="partner", partner_id=people.rich_id).json()
    client = people.signed_in(made["login"], made["password"])
    assert client.get("/v1/session").json()["partner_id"] == people.rich_id
    for body in ({"role": "partner"}, {"role": "finance", "partner_id": people.rich_id}):
        assert is_problem(add(people, login=fresh(), **body), 422, "malformed")
    assert is_problem(add(people, login=fresh(), role="partner", partner_id="pn_nobody"), 404, "not_found")
    for role in ("finance", "admin"):
        change = people.admin.patch(f"/v1/members/{made['id']}", json={"role": role})
        assert is_problem(change, 422, "malformed")
    staff = add(people, login=fresh(), role="finance").json()
    assert is_problem(people.admin.patch(f"/v1/members/{staff['id']}", json={"role": "partner"}), 422, "malformed")


@pytest.mark.parametrize(
    "change",
    [{"role": "janitor"}, {"role": ""}, {"login": ""}, {"login": "a\0b"}, {"email": "nobody"}, {"email": "a b@c"}],
)
def test_a_member_that_is_none(people, change):
    assert is_problem(add(people, **{"login": fresh(), "role": "finance", **change}), 422, "malformed")


def test_logins_and_e_mails_are_ones_own(people):
    login = fresh()
    assert add(people, login=login, role="finance", email=f"{login}@example.com").status_code == 201
    assert is_problem(add(people, login=login, role="finance"), 409, "taken")
    other = add(people, login=fresh(), role="finance")
    assert is_problem(add(people, login=fresh(), role="finance", email=f"{login}@example.com"), 409, "taken")
    change = people.admin.patch(f"/v1/members/{other.json()['id']}", json={"email": f"{login}@example.com"})
    assert is_problem(change, 409, "taken")


def test_another_role_counts_at_once(people):
    made = add(people, login=fresh(), role="finance").json()
    client = people.signed_in(made["login"], made["password"])
    assert client.get("/v1/trial-balance").status_code == 200
    assert people.admin.patch(f"/v1/members/{made['id']}", json={"role": "operator"}).status_code == 200
    assert is_problem(client.get("/v1/trial-balance"), 401, "unauthorized")  # its sessions have ended
    again = people.signed_in(made["login"], made["password"])
    assert is_problem(again.get("/v1/trial-balance"), 403, "forbidden")
    kept = people.admin.patch(f"/v1/members/{made['id']}", json={"email": f"{made['login']}@example.com"})
    assert kept.json()["role"] == "operator"
    assert again.get("/v1/session").status_code == 200


def test_an_admin_cannot_lock_itself_out(people):
    own = f"/v1/members/{people.member_ids['admin']}"
    for change in ({"role": "auditor"}, {"disabled": True}):
        assert is_problem(people.admin.patch(own, json=change), 409, "oneself")
    assert people.admin.patch(own, json={"email": "admin@example.com"}).status_code == 200


def test_a_password_that_an_admin_resets(people):
    login = people.newcomer()
    client = people.signed_in(login)
    member = client.get("/v1/session").json()["member_id"]
    new = people.admin.post(f"/v1/members/{member}/password").json()["password"]
    assert is_problem(client.get("/v1/session"), 401, "unauthorized")
    body = {"login": login, "password": PASSWORD}
    assert is_problem(people.anonymous.post("/v1/session", json=body), 401, "unauthorized")
    assert people.signed_in(login, new)


# --- API keys ---------------------------------------------------------------------------------------------------


def new_key(people, *scopes):
    answer = people.admin.post("/v1/api-keys", json={"name": fresh(), "scopes": scopes or ["read"]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_key_is_shown_once_and_known_by_its_beginning(people):
    made = new_key(people, "read", "events:write")
    assert made["key"].startswith(made["prefix"])
    assert len(made["key"]) > 40
    [listed] = [key for key in everything(people.auditor, "/v1/api-keys") if key["id"] == made["id"]]
    assert listed == {name: made[name] for name in listed}
    assert "key" not in listed
    assert listed["last_used_at"] is None
    client = people.with_key(made["key"])
    assert client.get("/v1/orders").status_code == 200
    assert is_problem(client.post("/v1/events", json={}), 422, "malformed")
    [listed] = [key for key in everything(people.auditor, "/v1/api-keys") if key["id"] == made["id"]]
    used = dt.datetime.fromisoformat(listed["last_used_at"])
    assert dt.timedelta(0) <= dt.datetime.now(dt.UTC) - used < dt.timedelta(minutes=1)


def test_a_rotated_key_goes_on_for_a_while(people):
    old = new_key(people, "events:write")
    rotated = people.admin.post(f"/v1/api-keys/{old['id']}/rotate", json={"overlap_hours": 1})
    assert rotated.status_code == 201, rotated.text
    new = rotated.json()
    assert (new["name"], new["scopes"]) == (old["name"], old["scopes"])  # to the books, the same source
    for key in (old["key"], new["key"]):
        assert is_problem(people.with_key(key).post("/v1/events", json={}), 422, "malformed")
    with people.road.sessions() as session:
        stored = session.get(ApiKey, old["id"])
        assert members_repository.api_key(session, stored.key_hash, stored.expires_at) is None
    again = people.admin.post(f"/v1/api-keys/{old['id']}/rotate", json={})
    assert is_problem(again, 409, "api_key_ended")
    at_once = people.admin.post(f"/v1/api-keys/{new['id']}/rotate", json={"overlap_hours": 0}).json()
    assert is_problem(people.with_key(new["key"]).post("/v1/events", json={}), 401, "unauthorized")
    assert is_problem(people.with_key(at_once["key"]).post("/v1/events", json={}), 422, "malformed")


def test_a_revoked_key_ends_at_once_and_frees_its_name(people):
    made = new_key(people)
    taken = people.admin.post("/v1/api-keys", json={"name": made["name"], "scopes": ["read"]})
    assert is_problem(taken, 409, "taken")
    assert people.admin.delete(f"/v1/api-keys/{made['id']}").status_code == 204
    assert people.admin.delete(f"/v1/api-keys/{made['id']}").status_code == 204
    assert is_problem(people.with_key(made["key"]).get("/v1/orders"), 401, "unauthorized")
    assert is_problem(people.admin.post(f"/v1/api-keys/{made['id']}/rotate", json={}), 409, "api_key_ended")
    again = people.admin.post("/v1/api-keys", json={"name": made["name"], "scopes": ["read"]})
    assert again.status_code == 201
    assert again.json()["key"] != made["key"]


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "A B"}, {"name": "x" * 65}, {"scopes": []}, {"scopes": ["everything"]}, {"scopes": "read"}],
)
def test_a_key_that_is_none(people, change):
    body = {"name": fresh(), "scopes": ["read"], **change}
    assert is_problem(people.admin.post("/v1/api-keys", json=body), 422, "malformed")


def test_noting_a_keys_use_waits_for_nobody(people):
    made = new_key(people)
    now = dt.datetime.now(dt.UTC)
    with people.road.sessions() as first, people.road.sessions() as second:
        for session in (first, second):
            session.connection().exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            members_repository.note_use(session, session.get(ApiKey, made["id"]), now)
        first.commit()
        second.commit()
    with people.road.sessions() as session:
        assert session.get(ApiKey, made["id"]).last_used_at == now


def test_two_keys_of_one_name_are_not_made_at_once(people):
    name, now = fresh(), dt.datetime.now(dt.UTC)
    with people.road.sessions() as first, people.road.sessions() as second:
        api_keys_service.create(first, bytes(32), name, ["read"], now)
        second.connection().exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(Exception, match="lock timeout"):
            api_keys_service.create(second, bytes(32), name, ["read"], now)
        first.rollback()


def test_keys_and_members_of_the_first_release_go_on(tmp_path):
    engine = connect(postgres.start(tmp_path / "pg"))
    try:
        config = Config()
        config.set_main_option("script_location", str(migrations.FOLDER))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.exec_driver_sql("INSERT INTO api_keys VALUES (sha256('frk_old'), 'crm')")
            connection.exec_driver_sql("INSERT INTO members VALUES ('mb_1', 'finance', 'x', 'finance', NULL)")
            connection.exec_driver_sql("INSERT INTO sign_ins VALUES ('\\x00', 'mb_1', now())")
        migrations.upgrade(engine)
        with sessions(engine)() as session:
            key = members_repository.api_key(session, hash_token("frk_old"), dt.datetime.now(dt.UTC))
            assert (key.name, key.scopes) == ("crm", ["events:write"])
            assert key.id.startswith("ak_")
            assert members_repository.member(session, "mb_1").totp_since is None
            assert members_repository.sign_ins(session, "mb_1", dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == []
    finally:
        engine.dispose()
        postgres.stop(tmp_path / "pg")
