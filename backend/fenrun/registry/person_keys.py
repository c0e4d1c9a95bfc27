"""A key for each partner: what stands for it on chain is derived from it, what is kept secret of it sealed under it.

The key is kept under the installation's. When it is destroyed, nobody can link the chain's values to the partner any
more, and what was sealed stays closed, in every copy of the database that was made since.
"""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.security import reference
from fenrun.registry import person_keys_repository as repository
from fenrun.registry.errors import ErasedError

_KEY_BYTES = 32
NOTHING = bytes(32)
"""What goes on chain in the place of a reference when the key that it would be made with is destroyed."""


def new() -> bytes:
    """A key that nobody has."""
    return secrets.token_bytes(_KEY_BYTES)


def of(session: Session, installation_key: bytes, number: int, *, hold: bool = False) -> bytes:
    """A partner's key.

    Args:
        session: the transaction.
        installation_key: under which it is kept.
        number: the partner's.
        hold: whether an erasure waits until this transaction ends. For what seals: else it could be written after all
            else was erased.

    Raises:
        ErasedError: it was destroyed.
    """
    found = of_all(session, installation_key, [number], hold=hold)[number]
    if found is None:
        raise ErasedError(f"The data of partner {number} were erased, and the key to them destroyed")
    return found


def of_all(
    session: Session, installation_key: bytes, numbers: Sequence[int], *, hold: bool = False
) -> dict[int, bytes | None]:
    """The keys of partners, None for those whose key was destroyed. Arguments as in `of`.

    One that has no key, because it was there before keys were made, goes on with the installation's.
    """
    found = repository.sealed(session, numbers, hold=hold)
    keys: dict[int, bytes | None] = dict.fromkeys(numbers, installation_key)
    for number, sealed in found.items():
        keys[number] = None if sealed is None else decrypt(installation_key, _context(number), sealed)
    return keys


def keep(session: Session, installation_key: bytes, keys: Mapping[int, bytes]) -> None:
    """Keeps new keys, by the numbers of partners who have none yet."""
    rows = ((number, encrypt(installation_key, _context(number), key)) for number, key in keys.items())
    repository.add(session, rows)


def destroy(session: Session, number: int, now: dt.datetime) -> None:
    """Destroys a partner's key for ever, once no transaction holds it. Doing it again changes nothing."""
    repository.destroy(session, number, now)


def stands_for(key: bytes | None, kind: str, value: str) -> bytes:
    """What goes on chain for something that is about a partner: `NOTHING` where the partner's key was destroyed."""
    return NOTHING if key is None else reference(key, kind, value)


def _context(number: int) -> str:
    return f"key of partner {number}"
