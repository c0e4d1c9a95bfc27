"""JSON-RPC to a node: raw, typed and in batches, because formatting results is what costs time."""

import http.client
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fenrun.chain.errors import ChainUnavailableError, RpcError

_TIMEOUT_SECONDS = 120
_BATCH = 500

Call = tuple[str, list[Any]]


class _Answer(msgspec.Struct):
    id: int
    result: Any = None
    error: dict[str, Any] | None = None


class Client:
    """A connection to one node. Not for use by several threads at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self._path = parts.path or "/"
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)

    def call(self, method: str, *params: Any) -> Any:
        """The result of one call.

        Raises:
            ChainUnavailableError: no answer.
            RpcError: an error as the answer.
        """
        return self._results([(method, list(params))], self._post([(method, list(params))]))[0]

    def batch(self, calls: Sequence[Call]) -> list[Any]:
        """The results of many calls, in their order. Raises like `call`, at the first error."""
        return self._results(calls, self.try_batch(calls))

    def try_batch(self, calls: Sequence[Call]) -> list[_Answer]:
        """The answers to many calls, in their order, errors included."""
        answers: list[_Answer] = []
        for start in range(0, len(calls), _BATCH):
            answers += self._post(calls[start : start + _BATCH])
        return answers

    def another(self) -> "Client":
        """A second connection to the same node, for another thread."""
        return Client(self.url)

    def close(self) -> None:
        """Closes the connection; the next call opens it again."""
        self._connection.close()

    @staticmethod
    def _results(calls: Sequence[Call], answers: Sequence[_Answer]) -> list[Any]:
        for (method, _), answer in zip(calls, answers, strict=True):
            if answer.error is not None:
                raise RpcError(f"{method}: {answer.error.get('message', answer.error)}")
        return [answer.result for answer in answers]

    def _post(self, calls: Sequence[Call]) -> list[_Answer]:
        body = msgspec.json.encode(
            [
                {"jsonrpc": "2.0", "id": index, "method": method, "params": params}
                for index, (method, params) in enumerate(calls)
            ]
        )
        answers = msgspec.json.decode(self._send(body), type=list[_Answer])
        return sorted(answers, key=lambda answer: answer.id)

    def _send(self, body: bytes) -> bytes:
        # A connection that the node closed while it was idle is opened once more. Every call we make may be repeated.
        for attempt in (1, 2):
            try:
                self._connection.request("POST", self._path, body, {"Content-Type": "application/json"})
                response = self._connection.getresponse()
                content = response.read()
                if response.status != 200:
                    raise ChainUnavailableError(f"{self.url} answered {response.status}")
                return content
            except (TimeoutError, http.client.HTTPException, ConnectionError, OSError) as error:
                self._connection.close()
                if attempt == 2:
                    raise ChainUnavailableError(f"No answer from {self.url}: {error}") from error
        raise AssertionError


def hex_bytes(text: str) -> bytes:
    """Bytes of `0x…`."""
    return bytes.fromhex(text[2:])


def to_hex(data: bytes) -> str:
    """`0x…` of bytes."""
    return "0x" + data.hex()
