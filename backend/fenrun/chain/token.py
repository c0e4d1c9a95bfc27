"""The ERC-20 of the token rail: what of it must be known before its vault is deployed."""

import re

from eth_abi.abi import decode, encode
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import is_checksum_address, is_checksum_formatted_address
from eth_utils.crypto import keccak

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.deploy import Token
from fenrun.chain.errors import RpcError
from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_ALLOWANCE = function_signature_to_4byte_selector("allowance(address,address)")
_BALANCE_OF = function_signature_to_4byte_selector("balanceOf(address)")
_TRANSFER = to_hex(keccak(text="Transfer(address,address,uint256)"))
_PAGE_BLOCKS = 1_000
_DECIMALS = function_signature_to_4byte_selector("decimals()")


def read_token(client: Client, address: str, payer: str, currency: Currency) -> Token:
    """The token at an address, in which a currency is to be paid.

    Raises:
        SetupError: there is no token, or it cannot express a minor unit of the currency.
    """
    for name, value in (("FENRUN_TOKEN", address), ("FENRUN_TOKEN_PAYER", payer)):
        if not is_address(value):
            raise SetupError(f"{name}: “{value}” is no address, 0x and 40 hex digits; copy it anew")
    try:
        answer = hex_bytes(client.call("eth_call", {"to": address, "data": to_hex(_DECIMALS)}, "latest"))
    except RpcError:
        answer = b""
    if len(answer) != 32:
        raise SetupError(f"FENRUN_TOKEN: there is no ERC-20 with decimals at {address} on this chain")
    [decimals] = decode(["uint256"], answer)
    if not currency.decimals <= decimals <= currency.decimals + 36:
        raise SetupError(
            f"FENRUN_TOKEN: the token has {decimals} decimals and {currency.code} {currency.decimals}; a minor unit "
            "must be a whole number of the token's"
        )
    return Token(address.lower(), payer.lower(), 10 ** (decimals - currency.decimals))


def balance_of(client: Client, token: str, owner: str, block: object = "latest") -> int:
    """How many units of a token an address has at a block."""
    call = {"to": token, "data": to_hex(_BALANCE_OF + encode(["address"], [owner]))}
    return int(client.call("eth_call", call, block), 16)


def allowance(client: Client, token: str, owner: str, spender: str) -> int:
    """How many units of a token an owner lets somebody take."""
    call = {"to": token, "data": to_hex(_ALLOWANCE + encode(["address", "address"], [owner, spender]))}
    return int(client.call("eth_call", call, "latest"), 16)


def transfers(client: Client, token: str, owner: str, tip: int) -> tuple[int, int]:
    """How many units of a token ever came to an address, and left it, by the token's own logs up to a block."""
    padded = "0x" + owner.removeprefix("0x").lower().rjust(64, "0")
    calls: list[Call] = [
        (
            "eth_getLogs",
            [
                {
                    "fromBlock": hex(start),
                    "toBlock": hex(min(start + _PAGE_BLOCKS - 1, tip)),
                    "address": token,
                    "topics": [_TRANSFER, *parties],
                }
            ],
        )
        for parties in ([None, padded], [padded, None])
        for start in range(0, tip + 1, _PAGE_BLOCKS)
    ]
    sums = [sum(int(log["data"], 16) for log in logs) for logs in client.batch(calls)]
    half = len(sums) // 2
    return sum(sums[:half]), sum(sums[half:])


def is_address(text: str) -> bool:
    """Whether this is somebody's address; one in mixed case must have the right checksum (EIP-55)."""
    if not _ADDRESS.fullmatch(text) or int(text, 16) == 0:
        return False
    return is_checksum_address(text) if is_checksum_formatted_address(text) else True
