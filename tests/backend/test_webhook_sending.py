"""Sending to subscribers that are slow, down or hostile, over real sockets."""

import socket
import ssl

import pytest
import trustme
from tests.receivers import raw, receiver, silent

from fenrun.webhooks import sending
from fenrun.webhooks.sending import EXCERPT_BYTES, Sender, is_public

BODY = b'{"type":"webhook_endpoint.test"}'
PATIENT = Sender(internal=True)
OK = b"HTTP/1.1 200 OK\r\n"


def post(sender, url, **headers):
    return sender.post(url, {"Content-Type": "application/json", **headers}, BODY)


def hasty():
    return Sender(internal=True, deadline=0.4)


def read_request(connection):
    got = b""
    while not got.endswith(BODY):
        got += connection.recv(65_536)
    return got


def test_a_good_answer_is_one_between_200_and_299():
    with receiver() as there:
        there.body = b"thanks"
        outcome = post(PATIENT, f"{there.url}?a=1", **{"webhook-id": "msg_1"})
        [request] = there.got
        assert (outcome.status, outcome.error, outcome.response) == (204, None, "")
        assert (request.path, request.body, request.headers["webhook-id"]) == ("/hook?a=1", BODY, "msg_1")
        assert request.headers["Host"] == f"127.0.0.1:{there.port}"
        for status in (200, 299):
            there.status = status
            assert post(PATIENT, there.url).error is None
        assert post(PATIENT, there.url).response == "thanks"
        for status in (300, 404, 410, 429, 500, 503):
            there.status = status
            outcome = post(PATIENT, there.url)
            assert outcome.status == status
            assert str(status) in outcome.error


def test_a_redirect_is_not_followed():
    with receiver() as inside, receiver() as there:
        there.status, there.headers = 302, {"Location": inside.url}
        outcome = post(PATIENT, there.url)
        assert outcome.status == 302
        assert "redirects are not followed" in outcome.error
        assert inside.got == []


@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("soon", None), ("-1", None), ("9" * 20, None)])
def test_how_long_it_asks_us_to_wait(header, seconds):
    with receiver() as there:
        there.status, there.headers = 429, {"Retry-After": header}
        assert post(PATIENT, there.url).retry_after == seconds


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = post(PATIENT, f"http://127.0.0.1:{port}/")
    assert outcome.status is None
    assert "The connection failed" in outcome.error


def test_the_name_is_unknown():
    assert "The name is not found" in post(PATIENT, "http://nobody.invalid/").error


def test_it_hangs_without_an_answer():
    with raw(silent) as there:
        outcome = post(hasty(), there.url)
    assert (outcome.status, outcome.error) == (None, "No answer within 0.4 seconds")


def test_a_byte_now_and_then_does_not_hold_us():
    """A timeout alone would start anew with each byte."""

    def trickle(server, connection):
        read_request(connection)
        for byte in OK + b"X-Slow: " + b"." * 60:
            connection.sendall(bytes([byte]))
            server.done.wait(0.05)
        connection.sendall(b"\r\n\r\n")

    with raw(trickle) as there:
        assert post(hasty(), there.url).error == "No answer within 0.4 seconds"


def test_a_body_that_trickles_ends_with_the_deadline_and_the_status_counts():
    def trickle(server, connection):
        read_request(connection)
        connection.sendall(OK + b"\r\n")
        while not server.done.wait(0.02):
            connection.sendall(b".")

    with raw(trickle) as there:
        outcome = post(hasty(), there.url)
    assert (outcome.status, outcome.error) == (200, None)
    assert 0 < len(outcome.response) < EXCERPT_BYTES


def test_a_hundred_megabytes_are_not_read():
    sent = 0

    def flood(server, connection):
        nonlocal sent
        read_request(connection)
        connection.sendall(OK + b"Content-Length: 100000000\r\n\r\n")
        while sent < 100_000_000:
            connection.sendall(b"x" * 100_000)
            sent += 100_000

    with raw(flood) as there:
        outcome = post(PATIENT, there.url)
    assert (outcome.status, outcome.response) == (200, "x" * EXCERPT_BYTES)
    assert sent < 50_000_000


def test_a_hundred_megabytes_of_headers_are_not_read():
    sent = 0

    def flood(server, connection):
        nonlocal sent
        read_request(connection)
        connection.sendall(OK)
        while sent < 100_000_000:
            connection.sendall(b"X: " + b"x" * 60_000 + b"\r\n")
            sent += 60_000

    with raw(flood) as there:
        outcome = post(PATIENT, there.url)
    assert outcome.status is None
    assert "The connection failed" in outcome.error
    assert sent < 50_000_000


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"", None),
        (b"HTTP/1.1 2", None),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None),
        (b"HTTP/1.1 000 \r\n\r\n", None),
        (OK, 200),
        (OK + b"Content-Length: 100\r\n\r\n" + b"half", 200),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 200),
        (OK + b"Content-Length: no\r\n\r\n", 200),
        (OK + b"Content-Length: 4\r\n\r\n\x00\xff\xfe\x80", 200),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 5 + b"HTTP/1.1 500 Oops\r\n\r\n", 500),
    ],
)
def test_it_hangs_up_in_the_middle_or_talks_nonsense(answer, status):
    def behave(server, connection):
        read_request(connection)
        connection.sendall(answer)

    with raw(behave) as there:
        outcome = post(PATIENT, there.url)
    assert outcome.status == status
    assert (outcome.error is None) == (status == 200)
    assert "\0" not in outcome.response


def test_it_takes_nothing_in():
    """A body larger than the sockets' buffers, which nobody reads."""
    with raw(silent) as there:
        assert hasty().post(there.url, {}, b"x" * 20_000_000).error == "No answer within 0.4 seconds"


# --- TLS ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def server_context(authority, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def trusting(authority, tmp_path, monkeypatch):
    """A sender whose system trusts the authority."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return Sender(internal=True, deadline=5)


def test_a_good_certificate(authority, trusting):
    with receiver(server_context(authority, "127.0.0.1")) as there:
        there.status, there.body = 200, b"thanks"
        outcome = post(trusting, there.url)
        assert (outcome.status, outcome.error, outcome.response) == (200, None, "thanks")
        assert there.got[0].body == BODY


def test_a_certificate_of_nobody_we_know(authority):
    with receiver(server_context(authority, "127.0.0.1")) as there:
        assert "The certificate is not good" in post(PATIENT, there.url).error
        assert there.got == []


def test_a_certificate_for_another_name(authority, trusting):
    with receiver(server_context(authority, "other.example")) as there:
        assert "The certificate is not good" in post(trusting, there.url).error
        assert there.got == []


def test_no_tls_where_there_should_be(trusting):
    with receiver() as there:
        assert "The connection failed" in post(trusting, there.url.replace("http:", "https:")).error


def test_a_handshake_that_never_ends():
    with raw(silent) as there:
        outcome = post(hasty(), there.url.replace("http:", "https:"))
    assert outcome.error == "No answer within 0.4 seconds"


def test_a_byte_now_and_then_over_tls_does_not_hold_us(authority, trusting):
    context = server_context(authority, "127.0.0.1")

    def trickle(server, connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65_536)
            for byte in OK + b"X-Slow: " + b"." * 60:
                tls.sendall(bytes([byte]))
                server.done.wait(0.1)
            tls.sendall(b"\r\n\r\n")

    trusting.deadline = 1.0
    with raw(trickle) as there:
        assert post(trusting, there.url.replace("http:", "https:")).error == "No answer within 1 seconds"


# --- Addresses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_a_public_address(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2001:0:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_no_public_address(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:7f00:1]"]
)
def test_nothing_inside_is_even_connected_to(host):
    with raw(silent) as there:
        outcome = post(Sender(internal=False), f"https://{host}:{there.port}/")
        assert outcome.status is None
        assert "no public address" in outcome.error or "not found" in outcome.error
        assert there.connections == 0


def test_plain_http_is_for_ones_own_network():
    with receiver() as there:
        assert post(Sender(internal=False), there.url).error == "Only https is sent to"
        assert there.got == []


def test_a_name_is_looked_up_once_and_what_was_checked_is_what_is_connected_to(monkeypatch):
    """A name that leads outside when it is checked and inside when it is used would get past a check beforehand."""
    asked = []

    def rebinding(host, port, **_):
        asked.append(host)
        address = "127.0.0.2" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(sending, "is_public", lambda address: address == "127.0.0.2")
    with raw(silent) as there:
        assert post(Sender(internal=False), f"https://rebind.example:{there.port}/").status is None
        assert there.connections == 0
    assert asked == ["rebind.example"]


def test_a_private_address_among_public_ones_is_passed_over(monkeypatch):
    there = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 9)) for address in ("127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: there)
    used = []
    monkeypatch.setattr(sending, "is_public", lambda address: address == "127.0.0.2")
    monkeypatch.setattr(sending._Timed, "connect", lambda self, address: used.append(address) or self.recv(1))
    post(Sender(internal=False), "https://mixed.example/")
    assert used == [("127.0.0.2", 9)]
