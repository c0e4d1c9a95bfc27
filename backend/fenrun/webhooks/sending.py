"""One HTTP request to a subscriber, who may be slow, down or hostile.

Everything ends by one deadline, whatever trickles in; a few kB of the answer are read; redirects are not followed; the
certificate must be good; and the address that is really connected to must be a public one.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

EXCERPT_BYTES = 2_048
_CONNECT_SECONDS = 5.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class _RefusedError(Exception):
    """We do not send there; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What came of a request."""

    duration_ms: int
    status: int | None = None
    """Of the answer; None when there was none."""
    error: str | None = None
    """Why it does not count as delivered, in words; None when it does."""
    response: str = ""
    """The beginning of the answer's body."""
    retry_after: int | None = None
    """The seconds that the answer asks us to wait."""


class Sender:
    """Sends to public addresses; to any when `internal`, for subscribers in one's own network."""

    def __init__(self, *, internal: bool, deadline: float = 20.0) -> None:
        self.deadline = deadline
        self._internal = internal
        self._context = ssl.create_default_context()
        self._context.sslsocket_class = _TimedTls

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Sends a body; never raises for what the other side does."""
        started = time.monotonic()
        answer: dict[str, Any] = {}
        try:
            answer = self._post(url, headers, body, started + self.deadline)
        except _RefusedError as error:
            answer["error"] = str(error)
        except TimeoutError:
            answer["error"] = f"No answer within {self.deadline:g} seconds"
        except ssl.SSLCertVerificationError as error:
            answer["error"] = f"The certificate is not good: {error.verify_message}"
        except socket.gaierror as error:
            answer["error"] = f"The name is not found: {error.strerror}"
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            answer["error"] = f"The connection failed: {str(error) or type(error).__name__}"[:300]
        return Outcome(duration_ms=round((time.monotonic() - started) * 1000), **answer)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes, ends: float) -> dict[str, Any]:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if not self._internal and not secure:
            raise _RefusedError("Only https is sent to")
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        connection = http.client.HTTPConnection(host, port)
        # Given a socket, http.client opens none of its own.
        connection.sock = self._connect(host, port, secure, ends)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Host": parts.netloc, **headers})
            return _read(connection.getresponse())
        finally:
            connection.close()

    def _connect(self, host: str, port: int, secure: bool, ends: float) -> socket.socket:
        """A connection to one of the host's addresses, each checked just before it is used: no second look-up of the
        name can lead elsewhere."""
        failure: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            if not self._internal and not is_public(str(address[0])):
                failure = failure or PermissionError()
                continue
            plain = _Timed(family, kind, protocol)
            plain.ends = min(ends, time.monotonic() + _CONNECT_SECONDS)
            try:
                plain.left()
                plain.connect(address)
                plain.ends = ends
                return self._secure(plain, host) if secure else plain
            except OSError as error:
                plain.close()
                failure = error
        if isinstance(failure, PermissionError):
            raise _RefusedError(f"{host} is at no public address; FENRUN_WEBHOOKS_INTERNAL would allow it")
        raise failure or OSError("no address")

    def _secure(self, plain: "_Timed", host: str) -> socket.socket:
        tls = self._context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        assert isinstance(tls, _TimedTls)
        tls.ends = plain.ends
        try:
            tls.left()
            tls.do_handshake()
        except OSError:
            tls.close()
            raise
        return tls


class _Ends:
    """A socket of which every operation ends by one deadline.

    A timeout alone starts anew with each byte, and a byte every few seconds would hold us for ever.
    """

    ends: float

    def left(self) -> None:
        """Sets the timeout to what is left."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)  # type: ignore[attr-defined]

    def recv_into(self, *args: Any, **more: Any) -> int:
        self.left()
        return super().recv_into(*args, **more)  # type: ignore[misc, no-any-return]

    def send(self, *args: Any) -> int:
        self.left()
        return super().send(*args)  # type: ignore[misc, no-any-return]

    def sendall(self, *args: Any) -> None:
        self.left()
        super().sendall(*args)  # type: ignore[misc]


class _Timed(_Ends, socket.socket):
    pass


class _TimedTls(_Ends, ssl.SSLSocket):
    pass


def _read(response: http.client.HTTPResponse) -> dict[str, Any]:
    """An answer counts by its status; what goes wrong while its body is read changes nothing."""
    excerpt = b""
    try:
        while len(excerpt) < EXCERPT_BYTES and (part := response.read1(EXCERPT_BYTES - len(excerpt))):
            excerpt += part
    except (OSError, http.client.HTTPException, ValueError):
        pass
    status = response.status
    return {
        "status": status,
        "error": None if 200 <= status < 300 else _in_words(status),
        # PostgreSQL's texts hold no zero bytes.
        "response": excerpt.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}"),
        "retry_after": _seconds(response.headers.get("Retry-After")),
    }


def _in_words(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered {status}; redirects are not followed: change the endpoint's address"
    return f"It answered {status}"


def _seconds(text: str | None) -> int | None:
    """Seconds of a Retry-After; the form with a date is not used by those who limit rates."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 9 else None


def is_public(address: str) -> bool:
    """Whether an address is in the public internet, also where an IPv6 address only wraps an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast and not _is_site_local(one) for one in _within(ip))


def _within(ip: Address) -> list[Address]:
    """The address, or the IPv4 addresses that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    inner = [ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [ip, *(one for one in inner if one is not None)]


def _is_site_local(ip: Address) -> bool:
    return isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
