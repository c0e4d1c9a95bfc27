"""The keys that sign: one per role, in a file that only the owner can read."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account

_ROLES = ("deployer", "governor", "registrar", "operator", "treasurer", "refunder", "attestor")


@dataclass(frozen=True, repr=False)
class Keys:
    """Private keys by role, and the secret that keys the references we put on chain."""

    private: dict[str, bytes]
    reference_key: bytes

    def address(self, role: str) -> str:
        """The address of a role's key, lower case."""
        return str(Account.from_key(self.private[role]).address).lower()

    def key_of(self, address: str) -> bytes:
        """The private key of an address of ours."""
        return next(key for role, key in self.private.items() if self.address(role) == address)


def load_or_make(path: Path) -> Keys:
    """The keys of a file; those that are not there are made and written first."""
    content: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in (*_ROLES, "reference_key") if name not in content]
    if missing:
        content |= {name: secrets.token_hex(32) for name in missing}
        # Written aside and renamed: a crash leaves either no file or a whole one.
        aside = path.with_suffix(".new")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    return Keys(
        {role: bytes.fromhex(content[role]) for role in _ROLES},
        bytes.fromhex(content["reference_key"]),
    )
