"""Rate limits: a bucket per caller, shared by all replicas, told in headers."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.backend.people import PASSWORD, is_problem

from fenrun.api import create_app
from fenrun.kit.rate_limits import WINDOW_SECONDS, Caller, take


@pytest.fixture
def replica(people):
    """Makes applications over the same database, with limits of their own; the buckets are full."""
    with people.road.sessions.begin() as session:
        session.execute(text("TRUNCATE rate_buckets"))

    def make(**limits):
        app = create_app(people.road, people.app.state.settings.model_copy(update=limits))
        return TestClient(app, raise_server_exceptions=False)

    return make


def as_member(client, people, name):
    client.cookies = dict(getattr(people, name).cookies)
    return client


def remaining(answer):
    return int(answer.headers["RateLimit"].split(";")[1].removeprefix("r="))


def test_a_member_has_so_many_requests_over_all_replicas_and_sessions(people, replica):
    first = as_member(replica(requests_per_minute=6), people, "finance")
    second = replica(requests_per_minute=6)
    second.cookies = dict(people.signed_in("the-finance").cookies)
    with people.road.sessions.begin() as session:
        session.execute(text("TRUNCATE rate_buckets"))
    left = []
    for client in (first, second) * 3:
        answer = client.get("/v1/session")
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"member";q=6;w=60'
        assert answer.headers["RateLimit"].startswith('"member";r=')
        left.append(remaining(answer))
    assert left == [5, 4, 3, 2, 1, 0]
    refused = second.get("/v1/session")
    assert is_problem(refused, 429, "too_many_requests")
    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= 10
    assert refused.headers["RateLimit"] == f'"member";r=0;t={wait}'
    assert refused.headers["X-Request-Id"]
    # Nobody else is touched by it.
    assert as_member(replica(requests_per_minute=6), people, "rich").get("/v1/session").status_code == 200
    assert replica(requests_per_minute=6).get("/v1/session").status_code == 401


def test_an_api_key_has_a_limit_of_its_own_and_a_batch_is_one_request(people, replica):
    client = replica(api_requests_per_minute=3, requests_per_minute=1)
    client.headers["Authorization"] = f"Bearer {people.sender_key}"
    answers = [client.post("/v1/events", json={}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"api-key";q=3;w=60'


def test_made_up_keys_and_sessions_count_for_the_address(people, replica):
    client = replica(requests_per_minute=4, api_requests_per_minute=1000)
    codes = [
        client.get("/v1/session", headers=headers).status_code
        for headers in (
            {"Authorization": "Bearer frk_one"},
            {"Authorization": "Bearer frk_two"},
            {"Cookie": "fenrun_session=three"},
            {},
            {"Authorization": "Bearer frk_five"},
        )
    ]
    assert codes == [401, 401, 401, 401, 429]


def test_sign_ins_are_counted_by_address_whatever_the_login_and_session(people, replica):
    client = as_member(replica(sign_ins_per_minute=3), people, "rich")
    codes = []
    for path, body in (
        ("/v1/session", {"login": "nobody-1", "password": PASSWORD}),
        ("/v1/session", {"login": "nobody-2", "password": PASSWORD}),
        ("/v1/session/wallet-nonce", None),
        ("/v1/session/wallet", {"message": "x", "signature": "0x" + "0" * 130}),
        ("/v1/session", {"login": "the-rich", "password": PASSWORD}),
    ):
        codes.append(client.post(path, json=body).status_code)
    assert codes == [401, 401, 201, 429, 429]
    assert client.get("/v1/session").status_code == 200  # who is in stays in
    assert client.get("/v1/sessions").status_code == 200
    assert client.get("/v1/session/oidc", follow_redirects=False).status_code == 429


def test_the_portals_files_are_not_counted(people, replica):
    client = replica(requests_per_minute=1)
    for _ in range(3):
        assert "RateLimit" not in client.get("/docs").headers
        assert client.get("/assets/nothing.js").status_code != 429


def test_requests_at_once_never_get_more_than_there_is(people, replica):
    client = as_member(replica(requests_per_minute=10), people, "finance")
    barrier = threading.Barrier(8)

    def ask(_):
        barrier.wait()
        return [client.get("/v1/session").status_code for _ in range(3)]

    with ThreadPoolExecutor(8) as threads:
        codes = sorted(code for codes in threads.map(ask, range(8)) for code in codes)
    # One more token comes every six seconds.
    assert codes[:10] == [200] * 10
    assert codes.count(200) <= 13
    assert set(codes) == {200, 429}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(per_minute=st.integers(1, 40), pauses=st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_a_bucket_is_the_model_of_a_bucket(people, per_minute, pauses):
    """Tokens come evenly and stop at the brim; a request takes one. The row's time is moved back to let time pass."""
    cost = WINDOW_SECONDS / per_minute
    tokens, caller = float(per_minute), Caller("a bucket of the model's", "model", per_minute)
    with people.road.sessions() as session:
        for pause in pauses:
            session.execute(
                text("UPDATE rate_buckets SET full_at = full_at - :pause * interval '1 s' WHERE caller = :caller"),
                {"pause": pause, "caller": caller.bucket},
            )
            tokens = min(float(per_minute), tokens + pause / cost)
            grant = take(session, caller)
            # The database's clock runs on meanwhile: near a whole token either answer is right.
            if abs(tokens - 1) > 0.5 / cost + 1e-6:
                assert grant.granted is (tokens >= 1)
            if grant.granted:
                tokens -= 1
                assert abs(grant.remaining - math.floor(max(tokens, 0))) <= 1
            assert 1 <= grant.seconds <= WINDOW_SECONDS
        session.rollback()


def test_full_buckets_are_swept_away(people, replica):
    client = replica(requests_per_minute=60)
    [limits] = [m for m in _middlewares(client.app) if type(m).__name__ == "RateLimits"]
    with people.road.sessions.begin() as session:
        session.execute(text("INSERT INTO rate_buckets VALUES ('old', now() - interval '1 h')"))
    limits._purge_at = 0.0
    assert client.get("/v1/session").status_code == 401
    with people.road.sessions() as session:
        left = session.execute(text("SELECT caller FROM rate_buckets")).scalars().all()
    assert left == ["address:testclient"]


def _middlewares(app):
    layer = app.middleware_stack or app.build_middleware_stack()
    app.middleware_stack = layer
    while layer is not None:
        yield layer
        layer = getattr(layer, "_app", None) or getattr(layer, "app", None)
