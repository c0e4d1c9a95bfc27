"""Signing in with an OpenID provider, against a real one on localhost: what is good, and every token that is not."""

import time
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests import plain_http
from tests.backend.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.backend.people import is_problem

from fenrun.api import create_app


@pytest.fixture(scope="module")
def provider():
    running = Provider()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def app(people, provider):
    change = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
    }
    return create_app(people.road, people.app.state.settings.model_copy(update=change))


@pytest.fixture
def browser(app, provider):
    provider.reset()
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def email(people, provider, browser):
    """The e-mail of a member of the test's own, who is signed in at the provider."""
    address = f"{uuid.uuid4().hex[:10]}@example.com"
    people.newcomer("finance", email=address)
    provider.account = {"sub": f"sub-{address}", "email": address.upper(), "email_verified": True}
    return address


def to_provider(browser):
    answer = browser.get("/v1/session/oidc")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def and_back(browser, address):
    """Follows the provider's redirection, as a browser does; returns our answer."""
    back = urlsplit(plain_http.get(address, follow_redirects=False).headers["Location"])
    assert back.path == "/v1/session/oidc/callback"
    return browser.get(f"{back.path}?{back.query}")


def test_a_member_enters_by_its_e_mail_and_from_then_on_by_its_subject(people, provider, browser, email):
    answer = and_back(browser, to_provider(browser))
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/"
    who = browser.get("/v1/session").json()
    assert who["role"] == "finance"
    assert browser.get("/v1/sessions").json()[0]["method"] == "oidc"
    assert people.lines(action="oidc.bound", actor="", target=who["member_id"])
    provider.account["email"] = "renamed@example.com"
    browser.cookies.clear()
    assert and_back(browser, to_provider(browser)).status_code == 303
    assert browser.get("/v1/session").json()["member_id"] == who["member_id"]
    # Another account that claims the e-mail now is not this member any more.
    provider.account = {"sub": "another", "email": email, "email_verified": True}
    browser.cookies.clear()
    assert is_problem(and_back(browser, to_provider(browser)), 401, "oidc_refused")


def test_the_code_is_bound_to_a_verifier_that_only_we_know(provider, browser, email):
    query = parse_qs(urlsplit(to_provider(browser)).query)
    [challenge] = query["code_challenge"]
    assert len(challenge) == 43
    assert and_back(browser, to_provider(browser)).status_code == 303
    [verifier] = parse_qs(provider.requests[-1])["code_verifier"]
    assert len(verifier) >= 43
    assert verifier not in str(query)


def test_nobody_becomes_a_member_by_having_an_account(people, provider, browser):
    provider.account = {"sub": "stranger", "email": "stranger@example.com", "email_verified": True}
    answer = and_back(browser, to_provider(browser))
    assert is_problem(answer, 401, "oidc_refused")
    assert "fenrun_session" not in browser.cookies
    assert "stranger@example.com" not in {m["email"] for m in people.admin.get("/v1/members?limit=100").json()["data"]}


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_e_mail_that_the_provider_does_not_vouch_for_is_none(provider, browser, email, verified):
    provider.account["email_verified"] = verified
    assert is_problem(and_back(browser, to_provider(browser)), 401, "oidc_refused")


def test_a_disabled_member_stays_out(people, browser, email):
    assert and_back(browser, to_provider(browser)).status_code == 303
    member = browser.get("/v1/session").json()["member_id"]
    assert people.admin.patch(f"/v1/members/{member}", json={"disabled": True}).status_code == 200
    browser.cookies.clear()
    assert is_problem(and_back(browser, to_provider(browser)), 401, "oidc_refused")


NOW = int(time.time())
BAD_CLAIMS = {
    "another issuer": {"iss": "https://accounts.evil.example"},
    "another program": {"aud": "somebody-else"},
    "several programs, and not which": {"aud": [CLIENT_ID, "somebody-else"]},
    "another authorized program": {"azp": "somebody-else"},
    "expired": {"iat": NOW - 900, "exp": NOW - 600},
    "issued in the future": {"iat": NOW + 3600, "exp": NOW + 7200},
    "another's nonce": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "no end": {"exp": None},
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_a_token_that_is_not_for_this_sign_in_is_refused(provider, browser, email, name):
    change = BAD_CLAIMS[name]
    provider.change = lambda claims: {k: v for k, v in {**claims, **change}.items() if v is not None}
    answer = and_back(browser, to_provider(browser))
    assert is_problem(answer, 401, "oidc_refused")
    assert "fenrun_session" not in browser.cookies


@pytest.mark.parametrize("how", ["signed_by_another_key", "signed_with_the_clients_secret", "not_signed"])
def test_a_token_that_the_provider_did_not_sign_is_refused(provider, browser, email, how):
    provider.sign = getattr(provider, how)
    assert is_problem(and_back(browser, to_provider(browser)), 401, "oidc_refused")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "\0"])
def test_what_is_no_token_at_all_is_refused(provider, browser, email, token):
    provider.sign = lambda _: token
    assert is_problem(and_back(browser, to_provider(browser)), 401, "oidc_refused")


def test_a_sign_in_that_was_begun_elsewhere_is_refused(app, provider, browser, email):
    """Otherwise somebody could sign another's browser in to an account of their own."""
    address = to_provider(browser)
    victim = TestClient(app, follow_redirects=False)
    assert is_problem(and_back(victim, address), 401, "oidc_refused")
    assert is_problem(browser.get("/v1/session/oidc/callback"), 401, "oidc_refused")
    assert is_problem(browser.get("/v1/session/oidc/callback?state=x&code=y"), 401, "oidc_refused")


def test_a_state_and_a_code_serve_once(provider, browser, email):
    address = to_provider(browser)
    back = urlsplit(plain_http.get(address, follow_redirects=False).headers["Location"])
    state = browser.cookies["fenrun_oidc"]
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    browser.cookies.clear()
    again = browser.get(f"{back.path}?{back.query}", headers={"Cookie": f"fenrun_oidc={state}"})
    assert is_problem(again, 401, "oidc_refused")
    # After a refusal too: whoever learned the state cannot try codes.
    address = to_provider(browser)
    [state] = parse_qs(urlsplit(address).query)["state"]
    assert is_problem(browser.get(f"{back.path}?state={state}&code=made-up"), 401, "oidc_refused")
    assert is_problem(and_back(browser, address), 401, "oidc_refused")


def test_a_provider_that_is_down_or_another_is_said_to_be(people, provider, browser):
    provider.down = True
    assert is_problem(browser.get("/v1/session/oidc"), 503, "oidc_unavailable")
    for issuer in (provider.issuer + "/", "http://127.0.0.1:9", "nonsense"):
        settings = people.app.state.settings.model_copy(update={"oidc_issuer": issuer})
        other = TestClient(create_app(people.road, settings), follow_redirects=False)
        provider.reset()
        assert is_problem(other.get("/v1/session/oidc"), 503, "oidc_unavailable")


def test_without_a_provider_there_is_none(people):
    answer = people.anonymous.get("/v1/session/oidc", follow_redirects=False)
    assert is_problem(answer, 404, "not_found")
    assert "FENRUN_OIDC_ISSUER" in answer.json()["detail"]
