"""The message of EIP-4361, "Sign-In with Ethereum": read strictly by its ABNF, and written.

`siwe` and its successor pin an older eth-account and bring web3; the grammar is one page, so it is read here.
"""

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from eth_utils.address import is_checksum_address, to_checksum_address

_URI = r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
_AUTHORITY = r"(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]*)?"
# statement = 1*( reserved / unreserved / " " ): RFC 3986's characters and the space, so no line can be smuggled in.
_STATEMENT = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;= -]+"

_MESSAGE = re.compile(
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<domain>{_AUTHORITY})"
    r" wants you to sign in with your Ethereum account:\n"
    r"(?P<address>0x[0-9A-Fa-f]{40})\n"
    r"\n"
    rf"(?:(?P<statement>{_STATEMENT})\n)?"
    r"\n"
    rf"URI: (?P<uri>{_URI})\n"
    r"Version: 1\n"
    r"Chain ID: (?P<chain_id>[0-9]+)\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,})\n"
    rf"Issued At: (?P<issued_at>{_TIME})"
    rf"(?:\nExpiration Time: (?P<expiration_time>{_TIME}))?"
    rf"(?:\nNot Before: (?P<not_before>{_TIME}))?"
    r"(?:\nRequest ID: (?P<request_id>[A-Za-z0-9._~!$&'()*+,;=:@%-]*))?"
    rf"(?P<resources>\nResources:(?:\n- {_URI})*)?"
)


@dataclass(frozen=True)
class Message:
    """What a wallet signed. Addresses are with their checksum, times with their zone."""

    domain: str
    address: str
    uri: str
    chain_id: int
    nonce: str
    issued_at: dt.datetime
    scheme: str | None = None
    statement: str | None = None
    expiration_time: dt.datetime | None = None
    not_before: dt.datetime | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None

    def text(self) -> str:
        """The message as it is signed."""
        lines = [
            f"{self.scheme + '://' if self.scheme else ''}{self.domain}"
            " wants you to sign in with your Ethereum account:",
            to_checksum_address(self.address),
            "",
            *([self.statement] if self.statement is not None else []),
            "",
            f"URI: {self.uri}",
            "Version: 1",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {_time(self.issued_at)}",
        ]
        if self.expiration_time is not None:
            lines.append(f"Expiration Time: {_time(self.expiration_time)}")
        if self.not_before is not None:
            lines.append(f"Not Before: {_time(self.not_before)}")
        if self.request_id is not None:
            lines.append(f"Request ID: {self.request_id}")
        if self.resources is not None:
            lines += ["Resources:", *(f"- {resource}" for resource in self.resources)]
        return "\n".join(lines)


def parse(text: str) -> Message:
    """Reads a message.

    Raises:
        ValueError: it is none; the text says which part.
    """
    found = _MESSAGE.fullmatch(text)
    if found is None:
        raise ValueError("the message does not follow EIP-4361")
    part = found.groupdict()
    if not is_checksum_address(part["address"]):
        raise ValueError("the address lacks its checksum (EIP-55)")
    urlsplit(part["uri"])  # raises ValueError where brackets do not pair
    resources = part["resources"]
    return Message(
        domain=part["domain"],
        address=part["address"],
        uri=part["uri"],
        chain_id=int(part["chain_id"]),
        nonce=part["nonce"],
        issued_at=_moment(part["issued_at"]),
        scheme=part["scheme"],
        statement=part["statement"],
        expiration_time=_moment(part["expiration_time"]) if part["expiration_time"] else None,
        not_before=_moment(part["not_before"]) if part["not_before"] else None,
        request_id=part["request_id"],
        resources=tuple(line[2:] for line in resources.split("\n")[2:]) if resources is not None else None,
    )


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise ValueError(f"{text} is no time of RFC 3339") from error


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
