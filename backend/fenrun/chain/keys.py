"""The keys that sign: one per role. In plain in a file of the demo's, or encrypted in a folder of the operator's."""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eth_keys.datatypes import PrivateKey

from fenrun.kit.errors import SetupError

PANEL = ("panel_1", "panel_2", "panel_3")
"""The three seats that decide over an appealed ruling."""
ROLES = (
    *("deployer", "governor", "registrar", "operator", "treasurer", "refunder", "attestor"),
    *("arbiter", *PANEL),
)
REFERENCE = "reference"
"""Not a key of the chain, but 32 secret bytes all the same; a keystore file holds them too."""


@dataclass(frozen=True, repr=False)
class Keys:
    """Private keys by role, and the secret that keys the references we put on chain."""

    private: dict[str, bytes]
    reference_key: bytes

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {role: PrivateKey(key).public_key.to_address() for role, key in self.private.items()}

    def address(self, role: str) -> str:
        """The address of a role's key, lower case."""
        return self._addresses[role]

    def key_of(self, address: str) -> bytes:
        """The private key of an address of ours."""
        return next(key for role, key in self.private.items() if self._addresses[role] == address)


def load_or_make(path: Path) -> Keys:
    """The keys of a file; those that are not there are made and written first."""
    content: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in (*ROLES, "reference_key") if name not in content]
    if missing:
        content |= {name: secrets.token_hex(32) for name in missing}
        _write(path, content)
    return Keys(
        {role: bytes.fromhex(content[role]) for role in ROLES},
        bytes.fromhex(content["reference_key"]),
    )


# --- A keystore: Web3 Secret Storage, version 3, one file `<role>.json` per key -----------------------


def load_keystore(folder: Path, password: str) -> Keys:
    """The keys of a keystore. Takes some seconds: the files are made to resist guessing.

    Raises:
        SetupError: a file is missing or is none, or the password is another's; it names the file.
    """
    found = {role: _decrypt(folder / f"{role}.json", password) for role in (*ROLES, REFERENCE)}
    return Keys({role: found[role] for role in ROLES}, found[REFERENCE])


def make_keystore(folder: Path, password: str, *, iterations: int | None = None) -> dict[str, str]:
    """Makes the keys that a folder lacks; those that are there stay.

    Args:
        folder: made with mode 0700 if it is not there.
        password: of every file.
        iterations: of the derivation (scrypt's n); the library's own, unless a test is in a hurry.

    Returns:
        The addresses of the new keys by role.

    Raises:
        SetupError: the password is empty.
    """
    from eth_account import Account

    if not password:
        raise SetupError("The keystore's password is empty")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {}
    for role in (*ROLES, REFERENCE):
        path = folder / f"{role}.json"
        if not path.exists():
            account = Account.create()
            _write(path, Account.encrypt(account.key, password, kdf="scrypt", iterations=iterations))
            made[role] = str(account.address)
    return made


def keystore_addresses(folder: Path) -> dict[str, str]:
    """The addresses that the files of a keystore name, by role; no password is needed.

    Raises:
        SetupError: the folder or a file in it is none.
    """
    if not folder.is_dir():
        raise SetupError(f"There is no folder {folder}; `fenrun keys new` makes it")
    found = {role: _read(path) for role in ROLES if (path := folder / f"{role}.json").exists()}
    # Other programs write the address without its 0x, or in lower case.
    return {role: "0x" + str(file.get("address", "")).removeprefix("0x").lower() for role, file in found.items()}


def _decrypt(path: Path, password: str) -> bytes:
    from eth_account import Account

    try:
        return bytes(Account.decrypt(_read(path), password))
    except (ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{path} cannot be opened: the password is another's, or the file is damaged") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise SetupError(f"{path} is missing; `fenrun keys new` makes the keys that a keystore lacks") from error
    except (OSError, ValueError) as error:
        raise SetupError(f"{path} is no keystore file: {error}") from error
    if not isinstance(content, dict):
        raise SetupError(f"{path} is no keystore file: it holds no object")
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    # Written aside and renamed: a crash leaves either no file or a whole one.
    aside = path.with_suffix(".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
