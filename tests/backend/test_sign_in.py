"""Signing in: passwords, codes, lock-outs, sessions."""

import datetime as dt
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from tests.backend.people import PASSWORD, is_problem

from fenrun.api import create_app
from fenrun.kit.encryption import decrypt
from fenrun.kit.security import hash_token
from fenrun.registry import members_repository, sessions_service
from fenrun.registry.sessions_service import Device, Opened

NEW_PASSWORD = "another long password"
HERE = Device("192.0.2.1", "a test")


def post(client, path, **body):
    return client.post(path, json=body)


def enrolled(people, login):
    """A client of a member with an authenticator: the client, the authenticator, the recovery codes."""
    client = people.signed_in(login)
    started = post(client, "/v1/me/totp", password=PASSWORD)
    assert started.status_code == 201, started.text
    totp = pyotp.parse_uri(started.json()["otpauth_uri"])
    assert totp.secret == started.json()["secret"]
    step = step_of(dt.datetime.now(dt.UTC))
    confirmed = post(client, "/v1/me/totp/confirm", code=totp.generate_otp(step))
    assert confirmed.status_code == 200, confirmed.text
    return client, Authenticator(totp, step), confirmed.json()["recovery_codes"]


class Authenticator:
    """An authenticator, and the step whose code was shown to confirm it."""

    def __init__(self, totp, step):
        self.secret, self._totp, self._step = totp.secret, totp, step

    def at(self, now, steps=0):
        return self._totp.generate_otp(step_of(now) + steps)

    def used(self):
        return self._totp.generate_otp(self._step)

    def unused(self):
        """The code of the step after the used one: good already."""
        return self._totp.generate_otp(self._step + 1)


def step_of(moment):
    return int(moment.timestamp()) // 30


# --- Passwords --------------------------------------------------------------------------------------------------


def test_a_wrong_password_looks_like_an_unknown_login(people):
    login, bodies = people.newcomer(), set()
    for name, password in ((login, "wrong"), ("nobody", PASSWORD), (login, PASSWORD + " "), ("' OR 1=1 --", "x")):
        answer = post(people.anonymous, "/v1/session", login=name, password=password)
        assert is_problem(answer, 401, "unauthorized")
        assert "set-cookie" not in answer.headers
        bodies.add(answer.content)
    assert len(bodies) == 1


def test_a_disabled_member_is_out_at_once_and_looks_unknown(people):
    login = people.newcomer()
    client = people.signed_in(login)
    member = client.get("/v1/session").json()["member_id"]
    assert people.admin.patch(f"/v1/members/{member}", json={"disabled": True}).status_code == 200
    assert is_problem(client.get("/v1/session"), 401, "unauthorized")
    assert is_problem(post(people.anonymous, "/v1/session", login=login, password=PASSWORD), 401, "unauthorized")
    assert people.admin.patch(f"/v1/members/{member}", json={"disabled": False}).status_code == 200
    assert people.signed_in(login)


def test_another_password_ends_the_other_sessions(people):
    login = people.newcomer()
    here, elsewhere = people.signed_in(login), people.signed_in(login)
    wrong = here.put("/v1/me/password", json={"current": "wrong", "new": NEW_PASSWORD})
    assert is_problem(wrong, 403, "password_wrong")
    short = here.put("/v1/me/password", json={"current": PASSWORD, "new": "short"})
    assert is_problem(short, 422, "malformed")
    assert here.put("/v1/me/password", json={"current": PASSWORD, "new": NEW_PASSWORD}).status_code == 204
    assert here.get("/v1/session").status_code == 200
    assert is_problem(elsewhere.get("/v1/session"), 401, "unauthorized")
    assert is_problem(post(people.anonymous, "/v1/session", login=login, password=PASSWORD), 401, "unauthorized")
    assert people.signed_in(login, NEW_PASSWORD)


# --- Sessions ---------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(people):
    login = people.newcomer()
    first, second = people.signed_in(login), people.signed_in(login)
    listed = second.get("/v1/sessions").json()
    assert [entry["current"] for entry in listed] == [True, False]
    assert {entry["method"] for entry in listed} == {"password"}
    assert {entry["user_agent"] for entry in listed} == {"testclient"}
    assert second.delete(f"/v1/sessions/{listed[1]['id']}").status_code == 204
    assert is_problem(first.get("/v1/session"), 401, "unauthorized")
    assert is_problem(second.delete(f"/v1/sessions/{listed[1]['id']}"), 404, "not_found")
    assert second.get("/v1/session").status_code == 200


def test_signing_out_ends_the_session_and_no_other(people):
    login = people.newcomer()
    client, other = people.signed_in(login), people.signed_in(login)
    token = client.cookies["fenrun_session"]
    assert client.delete("/v1/session").status_code == 204
    stolen = people.anonymous.get("/v1/session", headers={"Cookie": f"fenrun_session={token}"})
    assert is_problem(stolen, 401, "unauthorized")
    assert other.get("/v1/session").status_code == 200


def test_a_session_ends_by_itself(people):
    client = people.signed_in(people.newcomer())
    token_hash = hash_token(client.cookies["fenrun_session"])
    begun = dt.datetime.now(dt.UTC)
    with people.road.sessions() as session:
        hours = dt.timedelta(hours=sessions_service.SIGN_IN_HOURS)
        assert members_repository.sign_in(session, token_hash, begun + hours - dt.timedelta(minutes=1)) is not None
        assert members_repository.sign_in(session, token_hash, begun + hours) is None


# --- Lock-out ---------------------------------------------------------------------------------------------------


@given(failures=st.integers(0, 200))
def test_each_failure_beyond_the_free_ones_doubles_the_wait_up_to_the_longest(failures):
    wait = sessions_service.wait_after(failures)
    if failures < sessions_service.FREE_FAILURES:
        assert wait == dt.timedelta(0)
    else:
        after = sessions_service.wait_after(failures + 1)
        assert after == min(wait * 2, sessions_service.LONGEST_WAIT)
        assert wait >= sessions_service.FIRST_WAIT


def attempt(people, login, password, now, code=None):
    """An attempt to sign in at some time, as the endpoint makes it."""
    with people.road.sessions.begin() as session:
        key = people.app.state.reference_key
        return sessions_service.sign_in(session, key, login, password, code, HERE, now)


@pytest.mark.parametrize("exists", [True, False])
def test_a_login_is_locked_after_failures_whether_it_exists_or_not(people, exists):
    login = people.newcomer() if exists else f"nobody-{secrets.token_hex(4)}"
    now = dt.datetime.now(dt.UTC)
    for _ in range(sessions_service.FREE_FAILURES):
        assert attempt(people, login, "wrong", now).code == "unauthorized"
    waits = []
    for _ in range(4):
        refused = attempt(people, login, PASSWORD, now)
        assert refused.code == "locked_out"
        waits.append(refused.retry_after)
        now += dt.timedelta(seconds=refused.retry_after)
        assert attempt(people, login, "wrong", now).code == "unauthorized"
    assert waits == [31, 61, 121, 241]
    now += sessions_service.LONGEST_WAIT
    if exists:
        assert isinstance(attempt(people, login, PASSWORD, now), Opened)
        assert attempt(people, login, "wrong", now).code == "unauthorized"  # counted anew
        assert isinstance(attempt(people, login, PASSWORD, now), Opened)


def test_the_lock_is_told_with_a_time_and_holds_over_every_replica(people):
    login = people.newcomer()
    for _ in range(sessions_service.FREE_FAILURES):
        assert is_problem(post(people.anonymous, "/v1/session", login=login, password="wrong"), 401, "unauthorized")
    replica = TestClient(create_app(people.road, people.app.state.settings))
    refused = post(replica, "/v1/session", login=login, password=PASSWORD)
    assert is_problem(refused, 429, "locked_out")
    assert 0 < int(refused.headers["Retry-After"]) <= 31


def test_guesses_at_once_count_one_by_one(people):
    login, at = people.newcomer(), dt.datetime.now(dt.UTC)
    with ThreadPoolExecutor(12) as threads:
        outcomes = list(threads.map(lambda _: attempt(people, login, "wrong", at).code, range(12)))
    assert sorted(outcomes) == ["locked_out"] * 7 + ["unauthorized"] * sessions_service.FREE_FAILURES


def test_asking_for_the_password_again_is_locked_too(people):
    client = people.signed_in(people.newcomer())
    codes = []
    for _ in range(sessions_service.FREE_FAILURES + 1):
        answer = client.put("/v1/me/password", json={"current": "wrong", "new": NEW_PASSWORD})
        codes.append(answer.json()["code"])
    assert codes == ["password_wrong"] * sessions_service.FREE_FAILURES + ["locked_out"]


# --- Authenticator ----------------------------------------------------------------------------------------------


def test_an_authenticator_is_asked_for_once_it_was_confirmed(people):
    login = people.newcomer()
    elsewhere = people.signed_in(login)
    begun = people.signed_in(login)
    assert post(begun, "/v1/me/totp", password=PASSWORD).status_code == 201
    assert people.signed_in(login)  # a secret that nobody showed to have does not count
    client, totp, codes = enrolled(people, login)
    assert len(set(codes)) == 10
    assert is_problem(elsewhere.get("/v1/session"), 401, "unauthorized")
    assert client.get("/v1/session").status_code == 200
    without = post(people.anonymous, "/v1/session", login=login, password=PASSWORD)
    assert is_problem(without, 401, "totp_required")
    wrong = post(people.anonymous, "/v1/session", login=login, password=PASSWORD, code="000000")
    assert is_problem(wrong, 401, "totp_wrong")
    guess = post(people.anonymous, "/v1/session", login=login, password="wrong", code=totp.unused())
    assert is_problem(guess, 401, "unauthorized")
    assert people.signed_in(login, code=totp.unused())
    assert is_problem(post(client, "/v1/me/totp", password=PASSWORD), 409, "totp_state")


def test_a_code_serves_once(people):
    login = people.newcomer()
    _, totp, _ = enrolled(people, login)
    again = post(people.anonymous, "/v1/session", login=login, password=PASSWORD, code=totp.used())
    assert is_problem(again, 401, "totp_wrong")
    code = totp.unused()
    barrier = threading.Barrier(4)

    def enter(_):
        barrier.wait()
        client = TestClient(people.app)
        return post(client, "/v1/session", login=login, password=PASSWORD, code=code).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(enter, range(4))) == [200, 401, 401, 401]


def test_codes_of_yesterday_and_tomorrow_are_none(people):
    login = people.newcomer()
    _, totp, _ = enrolled(people, login)
    now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)
    for steps in (-2, 2, 2880):
        refused = attempt(people, login, PASSWORD, now, totp.at(now, steps))
        assert refused.code == "totp_wrong"
    assert isinstance(attempt(people, login, PASSWORD, now, totp.at(now, -1)), Opened)
    assert isinstance(attempt(people, login, PASSWORD, now, totp.at(now, 1)), Opened)
    assert attempt(people, login, PASSWORD, now, totp.at(now)).code == "totp_wrong"  # older than the newest used


def test_a_recovery_code_serves_once_however_it_is_written(people):
    login = people.newcomer()
    _, _, codes = enrolled(people, login)
    assert people.signed_in(login, code=codes[0].upper().replace("-", " "))
    again = post(people.anonymous, "/v1/session", login=login, password=PASSWORD, code=codes[0])
    assert is_problem(again, 401, "totp_wrong")
    assert people.signed_in(login, code=codes[1])
    other = people.newcomer()
    enrolled(people, other)
    foreign = post(people.anonymous, "/v1/session", login=other, password=PASSWORD, code=codes[2])
    assert is_problem(foreign, 401, "totp_wrong")


def test_guessing_codes_locks_the_login(people):
    login = people.newcomer()
    enrolled(people, login)
    now = dt.datetime.now(dt.UTC)
    for number in range(sessions_service.FREE_FAILURES):
        assert attempt(people, login, PASSWORD, now, f"{number:06}").code == "totp_wrong"
    assert attempt(people, login, PASSWORD, now, "999999").code == "locked_out"


def test_an_admin_takes_a_lost_authenticator_away(people):
    login = people.newcomer()
    client, _, codes = enrolled(people, login)
    member = client.get("/v1/session").json()["member_id"]
    assert people.admin.delete(f"/v1/members/{member}/totp").status_code == 204
    assert is_problem(client.get("/v1/session"), 401, "unauthorized")
    assert people.signed_in(login)
    enrolled(people, login)
    old = post(people.anonymous, "/v1/session", login=login, password=PASSWORD, code=codes[3])
    assert is_problem(old, 401, "totp_wrong")


def test_the_database_alone_does_not_tell_the_authenticators_secret(people):
    login = people.newcomer()
    _, totp, codes = enrolled(people, login)
    with people.road.sessions() as session:
        member = members_repository.member_by_login(session, login)
        assert totp.secret.encode() not in member.totp_secret
        key = people.app.state.reference_key
        assert decrypt(key, f"totp:{member.id}", member.totp_secret).decode() == totp.secret
        rows = session.connection().exec_driver_sql("SELECT code_hash FROM recovery_codes").scalars().all()
    assert len(rows) >= 10
    assert all(code.encode() not in bytes(row) for row in rows for code in codes)
