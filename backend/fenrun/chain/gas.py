"""How much gas a call needs, and whether the contract would refuse it."""

from dataclasses import dataclass
from typing import Any

from fenrun.chain.client import Client, to_hex
from fenrun.chain.contracts import error_in_words
from fenrun.chain.errors import RevertedError, RpcError

GAS_CAP = 16_777_216
"""Most gas of one transaction (EIP-7825)."""

_METHOD_UNKNOWN = -32_601


@dataclass(frozen=True)
class Call:
    """A call we want on chain."""

    key: str
    """What it is, in our own words: unique, so that it is intended once."""
    signer: str
    to: str | None
    data: bytes

    def as_transaction(self) -> dict[str, str]:
        """As nodes want it."""
        transaction = {"from": self.signer, "data": to_hex(self.data)}
        if self.to is not None:
            transaction["to"] = self.to
        return transaction


def estimate(client: Client, call: Call, contract: str, at: int | None = None) -> int:
    """A gas limit for a call on the chain as it stands, with a margin; the cap when it needs more than that.

    One simulation where the node offers it: an estimate makes a dozen, and most of a batch's time went there.

    Args:
        contract: Whose errors it may meet.
        at: Unix seconds of the block it is for; None for the node's own next one.

    Raises:
        RevertedError: the contract would refuse one; the detail is its error in words.
    """
    used = _simulated(client, call, contract, at)
    if used is None:
        used = _estimated(client, call, contract, at)
    # What runs before it in the same block can make storage colder or warmer.
    return min(used * 5 // 4 + 50_000, GAS_CAP)


def _simulated(client: Client, call: Call, contract: str, at: int | None) -> int | None:
    """What one run of the call used; None where the node cannot simulate."""
    block: dict[str, Any] = {"calls": [{**call.as_transaction(), "gas": hex(GAS_CAP)}]}
    if at is not None:
        block["blockOverrides"] = {"time": hex(at)}
    [answer] = client.try_batch([("eth_simulateV1", [{"blockStateCalls": [block]}, "latest"])])
    if answer.error is not None:
        if answer.error.get("code") == _METHOD_UNKNOWN:
            return None
        raise RpcError(f"{call.key}: {answer.error.get('message')}")
    [result] = answer.result[0]["calls"]
    if result["status"] == "0x1":
        return int(result["gasUsed"], 16)
    if result["returnData"] == "0x":
        # Nothing was said: no error of ours, but the end of the gas.
        return GAS_CAP
    raise _refusal(call, contract, {**result["error"], "data": result["returnData"]})


def _estimated(client: Client, call: Call, contract: str, at: int | None) -> int:
    params: list[object] = [call.as_transaction()]
    if at is not None:
        params += ["latest", None, {"time": hex(at)}]
    [answer] = client.try_batch([("eth_estimateGas", params)])
    if answer.error is not None:
        raise _refusal(call, contract, answer.error)
    return int(answer.result, 16)


def _refusal(call: Call, contract: str, error: dict[str, Any]) -> Exception:
    data = error.get("data")
    if not isinstance(data, str) or len(data) < 10:
        return RpcError(f"{call.key}: {error.get('message')}")
    return RevertedError(f"{call.key}: {error_in_words(contract, bytes.fromhex(data[2:]))}")
