"""The message of EIP-4361: its examples, what its grammar refuses, and that what is written is read back."""

import dataclasses
import datetime as dt

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from fenrun.registry.eip4361 import Message, parse

# The example of the EIP.
EXAMPLE = """service.org wants you to sign in with your Ethereum account:
0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

I accept the ServiceOrg Terms of Service: https://service.org/tos

URI: https://service.org/login
Version: 1
Chain ID: 1
Nonce: 32891756
Issued At: 2021-09-30T16:25:24Z
Resources:
- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
- https://example.com/my-web2-claim.json"""

STATEMENT = "I accept the ServiceOrg Terms of Service: https://service.org/tos"
OPTIONAL = "Expiration Time: 2021-10-30T16:25:24Z\nNot Before: 2021-09-30T16:25:24+08:00\nRequest ID: some_id"


def test_the_example_of_the_eip():
    message = parse(EXAMPLE)
    assert message == Message(
        domain="service.org",
        address="0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
        statement=STATEMENT,
        uri="https://service.org/login",
        chain_id=1,
        nonce="32891756",
        issued_at=dt.datetime(2021, 9, 30, 16, 25, 24, tzinfo=dt.UTC),
        resources=(
            "ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/",
            "https://example.com/my-web2-claim.json",
        ),
    )
    assert message.text() == EXAMPLE


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("service.org wants", "127.0.0.1:8080 wants", "domain", "127.0.0.1:8080"),
        ("service.org wants", "test@127.0.0.1:8080 wants", "domain", "test@127.0.0.1:8080"),
        ("service.org wants", "[2001:db8::7]:80 wants", "domain", "[2001:db8::7]:80"),
        ("service.org wants", "https://service.org wants", "scheme", "https"),
        (f"{STATEMENT}\n\n", "\n", "statement", None),
        ("24Z", "24.123Z", "issued_at", dt.datetime(2021, 9, 30, 16, 25, 24, 123_000, dt.UTC)),
        ("Resources:", f"{OPTIONAL}\nResources:", "request_id", "some_id"),
        ("Resources:", f"{OPTIONAL}\nResources:", "not_before", dt.datetime(2021, 9, 30, 8, 25, 24, tzinfo=dt.UTC)),
        (EXAMPLE[EXAMPLE.index("\nResources") :], "", "resources", None),
        (EXAMPLE[EXAMPLE.index("\n- ipfs") :], "", "resources", ()),
        (EXAMPLE[EXAMPLE.index("\nResources") :], "\nRequest ID: ", "request_id", ""),
    ],
)
def test_what_the_grammar_allows(old, new, field, value):
    assert EXAMPLE.count(old) == 1
    assert getattr(parse(EXAMPLE.replace(old, new)), field) == value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("service.org wants", " wants"),
        ("service.org wants", "service.org/path wants"),
        ("service.org wants", "evil.example\nservice.org wants"),
        ("wants you to sign in", "Wants you to sign in"),
        ("account:\n", "account:\r\n"),
        ("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"),
        ("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc"),
        ("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", ""),
        ("Cc2\n\n", "Cc2\n"),
        ("Cc2\n\n", "Cc2\n\n\n"),
        ("Service: https", "Service: \nhttps"),
        ("I accept", "Ich akzeptiere Ä"),
        ("URI: https://service.org/login\n", ""),
        ("URI: https://service.org/login", "URI: _not_a_uri_"),
        ("URI: https://service.org/login", "URI: https://service.org/lo gin"),
        ("Version: 1", "Version: 2"),
        ("Version: 1\n", ""),
        ("Chain ID: 1", "Chain ID: ?"),
        ("Chain ID: 1", "Chain ID: -1"),
        ("Chain ID: 1\nNonce: 32891756", "Nonce: 32891756\nChain ID: 1"),
        ("Nonce: 32891756", "Nonce: 1234567"),
        ("Nonce: 32891756", "Nonce: 3289175_"),
        ("Nonce: 32891756", "Nonce: 3289175６"),
        ("2021-09-30T16:25:24Z", "Wed Oct 05 2011 16:48:00 GMT+0200 (CEST)"),
        ("2021-09-30T16:25:24Z", "2021-09-30T16:25:24"),
        ("2021-09-30T16:25:24Z", "2021-02-30T16:25:24Z"),
        ("2021-09-30T16:25:24Z", "2021-09-30 16:25:24Z"),
        ("Resources:", "Not Before: 2021-09-30T16:25:24Z\nExpiration Time: 2021-10-30T16:25:24Z\nResources:"),
        ("Resources:", "Request ID: some_id\nNot Before: 2021-09-30T16:25:24Z\nResources:"),
        ("\n- https://example.com/my-web2-claim.json", "\n- _not_a_uri_"),
        ("\n- https://example.com/my-web2-claim.json", " - https://example.com/my-web2-claim.json"),
        ("claim.json", "claim.json\n"),
    ],
)
def test_what_the_grammar_refuses(old, new):
    assert EXAMPLE.count(old) == 1
    with pytest.raises(ValueError, match=r"EIP-4361|EIP-55|RFC 3339"):
        parse(EXAMPLE.replace(old, new))


MOMENTS = st.integers(0, 2**33).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC))
ADDRESSES = [Account.from_key(bytes([number] * 32)).address for number in range(1, 9)]
URIS = st.from_regex(r"https://[a-z0-9.-]{1,20}(:[0-9]{1,5})?(/[A-Za-z0-9._~%-]{0,10}){0,3}", fullmatch=True)
MESSAGES = st.builds(
    Message,
    domain=st.from_regex(r"[a-z0-9.-]{1,30}(:[0-9]{1,5})?", fullmatch=True),
    address=st.sampled_from(ADDRESSES),
    uri=URIS,
    chain_id=st.integers(0, 2**64),
    nonce=st.from_regex(r"[A-Za-z0-9]{8,40}", fullmatch=True),
    issued_at=MOMENTS,
    scheme=st.none() | st.sampled_from(["https", "http"]),
    statement=st.none() | st.from_regex(r"[A-Za-z0-9._~:/?#@!$&'()*+,;= -]{1,80}", fullmatch=True),
    expiration_time=st.none() | MOMENTS,
    not_before=st.none() | MOMENTS,
    request_id=st.none() | st.from_regex(r"[A-Za-z0-9._~:@-]{0,20}", fullmatch=True),
    resources=st.none() | st.lists(URIS, max_size=3).map(tuple),
)


@given(message=MESSAGES)
def test_what_is_written_is_read_back(message):
    assert parse(message.text()) == message


@given(message=MESSAGES, data=st.data())
def test_nobody_smuggles_a_line_into_a_statement(message, data):
    lines = message.text().split("\n")
    at = data.draw(st.integers(0, len(lines)))
    line = data.draw(st.sampled_from(["URI: https://a.example", "Nonce: attacker1", "Chain ID: 7"]))
    lines.insert(at, line)
    try:
        found = parse("\n".join(lines))
    except ValueError as error:
        assert "EIP-4361" in str(error)  # noqa: PT017 - either it is refused so, or it is harmless
    else:
        # Where there was no statement, a line is one: it says what it says to the person, and to nobody else.
        assert message.statement is None
        assert found == dataclasses.replace(message, statement=line)
