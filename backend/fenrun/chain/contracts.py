"""Our contracts: artifacts, addresses, encoding of calls, and what their logs say."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from fenrun.chain.client import Client, hex_bytes, to_hex

JOURNALS = (
    "PartnerRegistry",
    "PlanRegistry",
    "ReferralRegistry",
    "SettlementLedger",
    "DisputeCourt",
    "CheckpointRegistry",
    "TokenVault",
)
"""The contracts whose logs are dense and chained, in the order of their deployment. The vault is on the token rail."""


LEDGER = "SettlementLedger"
VAULT = "TokenVault"


@dataclass(frozen=True)
class Artifact:
    """A compiled contract."""

    name: str
    abi: tuple[dict[str, Any], ...]
    bytecode: bytes
    deployed: bytes
    """What is on chain afterwards; immutables are zero here."""

    def constructor(self, *args: Any) -> bytes:
        """What a creating transaction carries."""
        entries = [entry for entry in self.abi if entry["type"] == "constructor"]
        return self.bytecode + (encode(_types(entries[0]["inputs"]), args) if entries else b"")

    def call(self, function: str, *args: Any) -> bytes:
        """The calldata of a function. Names must not be overloaded."""
        entry = self._function(function)
        return self.selector(function) + encode(_types(entry["inputs"]), args)

    def selector(self, function: str) -> bytes:
        """The four bytes that name a function."""
        entry = self._function(function)
        return keccak(text=_signature(entry))[:4]

    def result(self, function: str, data: bytes) -> tuple[Any, ...]:
        """What a function returned."""
        return tuple(decode(_types(self._function(function)["outputs"]), data))

    @cached_property
    def event_names(self) -> dict[bytes, str]:
        """Names of events by their topic."""
        return {keccak(text=_signature(entry)): entry["name"] for entry in self.abi if entry["type"] == "event"}

    def event(self, name: str, data: bytes) -> dict[str, Any]:
        """The fields of an event that are not indexed.

        Raises:
            ValueError: the data is not of this event.
        """
        entry = next(e for e in self.abi if e["type"] == "event" and e["name"] == name)
        inputs = [field for field in entry["inputs"] if not field["indexed"]]
        try:
            values = decode(_types(inputs), data)
        except DecodingError as error:
            raise ValueError(f"the data of {name} does not decode: {error}") from error
        return {field["name"]: value for field, value in zip(inputs, values, strict=True)}

    def error_in_words(self, data: bytes) -> str | None:
        """A custom error with its arguments, as in `Ledger_NotMatured(partnerId=7, …)`; None if it is not declared."""
        for entry in self.abi:
            if entry["type"] == "error" and keccak(text=_signature(entry))[:4] == data[:4]:
                values = decode(_types(entry["inputs"]), data[4:])
                named = (
                    f"{field['name']}={value.hex() if isinstance(value, bytes) else value}"
                    for field, value in zip(entry["inputs"], values, strict=True)
                )
                return f"{entry['name']}({', '.join(named)})"
        return None

    def error_name(self, selector: bytes) -> str | None:
        """The custom error that begins with these four bytes; None if it is not declared."""
        errors = (entry for entry in self.abi if entry["type"] == "error")
        return next((e["name"] for e in errors if keccak(text=_signature(e))[:4] == selector), None)

    def _function(self, name: str) -> dict[str, Any]:
        return next(e for e in self.abi if e["type"] == "function" and e["name"] == name)


@cache
def artifact(name: str) -> Artifact:
    """The compiled contract of a name, as `scripts/compile.py` wrote it."""
    text = resources.files("fenrun.chain").joinpath("artifacts", f"{name}.json").read_text()
    content = json.loads(text)
    codes = (bytes.fromhex(content[kind].removeprefix("0x")) for kind in ("bytecode", "deployedBytecode"))
    return Artifact(name, tuple(content["abi"]), *codes)


def error_in_words(name: str, data: bytes) -> str:
    """What a call of a contract was refused with; a vault hands on what its ledger says."""
    for contract in (name, LEDGER) if name == VAULT else (name,):
        words = artifact(contract).error_in_words(data)
        if words is not None:
            return words
    return f"an error that {name} does not declare: 0x{data.hex()}"


@dataclass(frozen=True)
class Deployment:
    """Where the contracts of one network are."""

    chain_id: int
    addresses: dict[str, str]
    """By contract name, lower case."""

    @property
    def journals(self) -> tuple[str, ...]:
        """Those of `JOURNALS` that are there."""
        return tuple(name for name in JOURNALS if name in self.addresses)

    @property
    def vault(self) -> str | None:
        """Where the token vault is; None where there is only the bank rail."""
        return self.addresses.get(VAULT)

    def name_of(self, address: str) -> str | None:
        """The contract at an address."""
        return next((n for n, a in self.addresses.items() if a == address.lower()), None)


def read(client: Client, name: str, address: str, view: str, *args: Any, block: object = "latest") -> tuple[Any, ...]:
    """What a view of a contract returns, at a block."""
    call = {"to": address, "data": to_hex(artifact(name).call(view, *args))}
    return artifact(name).result(view, hex_bytes(client.call("eth_call", call, block)))


def first_head(chain_id: int, address: str) -> bytes:
    """The head of a journal before its first log; see `IJournal`."""
    return keccak(encode(["uint256", "address"], [chain_id, address]))


def next_head(head: bytes, seq: int, topic: bytes, data: bytes) -> bytes:
    """The head of a journal after one more log; see `IJournal`."""
    return keccak(encode(["bytes32", "uint256", "bytes32", "bytes32"], [head, seq, topic, keccak(data)]))


def attest(key: bytes, deployment: Deployment, orders: bytes, deadline: int) -> bytes:
    """The attestor's EIP-712 signature over the records of a batch; see `ISettlementLedger`."""
    from eth_account import Account  # half a second to import; so everywhere
    from eth_account.messages import encode_typed_data

    message = encode_typed_data(
        domain_data={
            "name": "Fenrun SettlementLedger",
            "version": "1",
            "chainId": deployment.chain_id,
            "verifyingContract": deployment.addresses["SettlementLedger"],
        },
        message_types={
            "OrderBatch": [
                {"name": "ordersHash", "type": "bytes32"},
                {"name": "deadline", "type": "uint40"},
            ]
        },
        message_data={"ordersHash": keccak(orders), "deadline": deadline},
    )
    return bytes(Account.sign_message(message, key).signature)


def _types(inputs: list[dict[str, Any]]) -> list[str]:
    return [collapse_if_tuple(dict(field)) for field in inputs]


def _signature(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(_types(entry['inputs']))})"
