"""Signing in with a wallet, and binding one: EIP-4361, what it must say, and that each message serves once."""

import datetime as dt

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from fastapi.testclient import TestClient
from tests.backend.people import ORIGIN, PASSWORD, is_problem
from tests.backend.test_sign_in import enrolled

from fenrun.kit.security import hash_token
from fenrun.registry import members_repository
from fenrun.registry.eip4361 import Message


def signed(account, message):
    text = message if isinstance(message, str) else message.text()
    signature = account.sign_message(encode_defunct(text=text)).signature.hex()
    return {"message": text, "signature": "0x" + signature.removeprefix("0x")}


def asked(people, account, **change):
    """A message about a fresh nonce, changed."""
    answer = people.anonymous.post("/v1/session/wallet-nonce")
    assert answer.status_code == 201
    ours = answer.json()
    assert (ours["domain"], ours["uri"]) == (ORIGIN.removeprefix("http://"), ORIGIN)
    fields = {"domain": ours["domain"], "uri": ours["uri"], "chain_id": ours["chain_id"], "nonce": ours["nonce"],
              "address": account.address, "issued_at": dt.datetime.now(dt.UTC), "statement": "Sign in."}  # fmt: skip
    return Message(**{**fields, **change})


@pytest.fixture(scope="module")
def holder(people):
    """The login of a member who bound a wallet, and the wallet."""
    account, login = Account.create(), people.newcomer()
    client = people.signed_in(login)
    assert is_problem(
        client.put("/v1/me/wallet", json={"password": "wrong", **signed(account, asked(people, account))}),
        403,
        "password_wrong",
    )
    answer = client.put("/v1/me/wallet", json={"password": PASSWORD, **signed(account, asked(people, account))})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"wallet": account.address.lower()}
    return login, account


def test_a_bound_wallet_signs_in(people, holder):
    login, account = holder
    client = TestClient(people.app)
    body = signed(account, asked(people, account))
    answer = client.post("/v1/session/wallet", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["login"] == login
    assert client.get("/v1/sessions").json()[0]["method"] == "wallet"
    assert is_problem(people.anonymous.post("/v1/session/wallet", json=body), 401, "wallet_refused")  # once


NOW = dt.datetime.now(dt.UTC)
WRONG = {
    "another's domain": ({"domain": "evil.example"}, "domain"),
    "another's port": ({"domain": "testserver:8420"}, "domain"),
    "another scheme": ({"scheme": "https"}, "scheme"),
    "another's URI": ({"uri": "http://evil.example/v1"}, "URI"),
    "a URI that only begins like ours": ({"uri": "http://testserver.evil.example"}, "URI"),
    "another chain": ({"chain_id": 1}, "chain id"),
    "a nonce of one's own": ({"nonce": "a" * 32}, "nonce"),
    "a message of tomorrow": ({"issued_at": NOW + dt.timedelta(days=1)}, "issued-at"),
    "a message of yesterday": ({"issued_at": NOW - dt.timedelta(days=1)}, "issued-at"),
    "a message that has expired": ({"expiration_time": NOW - dt.timedelta(seconds=1)}, "expiration-time"),
    "a message for later": ({"not_before": NOW + dt.timedelta(days=1)}, "not-before"),
    "another's address": ({"address": Account.create().address}, "signature"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_message_that_is_not_for_us_is_refused_and_uses_its_nonce_up(people, holder, name):
    _, account = holder
    change, part = WRONG[name]
    message = asked(people, account, **change)
    answer = people.anonymous.post("/v1/session/wallet", json=signed(account, message))
    assert is_problem(answer, 401, "wallet_refused")
    assert f"Refused: {part}" in answer.json()["detail"]
    if part != "nonce":
        good = asked(people, account, nonce=message.nonce)
        again = people.anonymous.post("/v1/session/wallet", json=signed(account, good))
        assert "Refused: nonce" in again.json()["detail"]


def test_a_signature_of_something_else_is_none(people, holder):
    _, account = holder
    body = signed(account, asked(people, account))
    other = signed(account, asked(people, account))
    for signature in (other["signature"], "0x" + "00" * 65, "0x" + "ff" * 65, body["signature"][:-2] + "99"):
        message = signed(account, asked(people, account))["message"]
        answer = people.anonymous.post("/v1/session/wallet", json={"message": message, "signature": signature})
        assert is_problem(answer, 401, "wallet_refused")
    short = people.anonymous.post("/v1/session/wallet", json={**body, "signature": body["signature"][:-2]})
    assert is_problem(short, 422, "malformed")
    text = people.anonymous.post("/v1/session/wallet", json=signed(account, "I agree to everything"))
    assert "does not follow EIP-4361" in text.json()["detail"]


def test_a_wallet_that_nobody_bound_gets_nobody_in(people):
    stranger = Account.create()
    answer = people.anonymous.post("/v1/session/wallet", json=signed(stranger, asked(people, stranger)))
    assert is_problem(answer, 401, "wallet_refused")
    assert "No member has bound" in answer.json()["detail"]


def test_a_wallet_has_one_member_and_can_be_given_up(people, holder):
    _, account = holder
    second = people.newcomer()
    client = people.signed_in(second)
    answer = client.put("/v1/me/wallet", json={"password": PASSWORD, **signed(account, asked(people, account))})
    assert is_problem(answer, 409, "taken")
    own = Account.create()
    body = {"password": PASSWORD, **signed(own, asked(people, own))}
    assert client.put("/v1/me/wallet", json=body).status_code == 200
    assert client.delete("/v1/me/wallet").status_code == 204
    gone = people.anonymous.post("/v1/session/wallet", json=signed(own, asked(people, own)))
    assert is_problem(gone, 401, "wallet_refused")


def test_a_wallet_does_not_replace_the_authenticator(people):
    account, login = Account.create(), people.newcomer()
    client, totp, _ = enrolled(people, login)
    body = {"password": PASSWORD, **signed(account, asked(people, account))}
    assert client.put("/v1/me/wallet", json=body).status_code == 200
    without = people.anonymous.post("/v1/session/wallet", json=signed(account, asked(people, account)))
    assert is_problem(without, 401, "totp_required")
    entering = TestClient(people.app)
    body = {**signed(account, asked(people, account)), "code": totp.unused()}
    assert entering.post("/v1/session/wallet", json=body).status_code == 200


def test_a_nonce_ends_by_itself(people):
    with people.road.sessions.begin() as session:
        now = dt.datetime.now(dt.UTC)
        late = now + dt.timedelta(minutes=10)
        members_repository.add_challenge(session, hash_token("a"), "wallet", late, {})
        members_repository.add_challenge(session, hash_token("b"), "wallet", late, {})
        members_repository.add_challenge(session, hash_token("c"), "oidc", late, {})
        assert members_repository.take_challenge(session, hash_token("a"), "wallet", late) is None
        assert members_repository.take_challenge(session, hash_token("c"), "wallet", now) is None
        assert members_repository.take_challenge(session, hash_token("b"), "wallet", now) == {}
        assert members_repository.take_challenge(session, hash_token("b"), "wallet", now) is None
