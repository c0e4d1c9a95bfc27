"""The tree over all partners' figures of a closed month: pure, and the same in `page.html`.

As RFC 6962 builds its trees, with Keccak-256: a leaf is hashed behind a byte 0, a node behind a byte 1, and the left
part of a tree is the largest power of two below its size. A leaf's fields are length-prefixed, so that no two lists of
fields are the same bytes, and salted for each partner, so that nobody finds another's figures by trying.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eth_utils.crypto import keccak

ACCOUNTS = ("held", "available", "frozen", "debt")
NOTHING = bytes(32)
_FORMAT = "fenrun.checkpoint.1"
_COMPLIANCE = "fenrun.compliance.1"
COMPLIANCE = 0
"""Whose leaf it is, among the numbers of partners, which begin at 1."""


@dataclass
class Figures:
    """A partner's month, in minor units."""

    opening: Mapping[str, int]
    closing: Mapping[str, int]
    legs: int = 0
    earned: int = 0
    movements: int = 0
    digest: bytes = NOTHING
    """Of every leg and movement, in the order of the ledger's logs."""
    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS, 0))

    def add_leg(self, share: int, line: str) -> None:
        """Counts a share in a settled order; `line` is its `leg_line`."""
        self.legs += 1
        self.earned += share
        self._add((share, 0, 0, 0), line)

    def add_movement(self, amounts: Sequence[int], line: str) -> None:
        """Counts another movement; `line` is its `movement_line`."""
        self.movements += 1
        self._add(amounts, line)

    def gap(self) -> str | None:
        """Why opening and movements do not make the closing; None when they do."""
        for name in ACCOUNTS:
            opening, moved, closing = self.opening[name], self.moved[name], self.closing[name]
            if opening + moved != closing:
                return f"{name}: opening {opening} and movements {moved} make {opening + moved}, closing is {closing}"
        return None

    def _add(self, amounts: Sequence[int], line: str) -> None:
        self.digest = keccak(self.digest + line.encode())
        for name, amount in zip(ACCOUNTS, amounts, strict=True):
            if amount:
                self.moved[name] += amount


def leg_line(order_no: int, role: int, batch: int, hashed_leaf: bytes) -> str:
    """A share in a settled order, as the digest has it; of the leaf, the hash that is in its batch's tree."""
    return f"leg {order_no} {role} {batch} {hashed_leaf.hex()}"


def movement_line(seq: int, kind: str, order_no: int | None, number: int | None, amounts: Sequence[int]) -> str:
    """Another movement, as the digest has it; amounts in the order of `ACCOUNTS`."""
    numbers = " ".join("-" if value is None else str(value) for value in (order_no, number))
    return f"movement {seq} {kind} {numbers} {' '.join(map(str, amounts))}"


def leaf_hash(
    chain_id: int, ledger: str, month: str, currency: str, revision: int, partner: int, figures: Figures, salt: bytes
) -> bytes:
    """A partner's leaf.

    Args:
        ledger: The ledger's address, `0x…`, lower case.
        month: `YYYY-MM`, UTC.
    """
    counts = (figures.legs, figures.earned, figures.movements)
    texts = (
        _FORMAT, chain_id, ledger, month, currency, revision, partner,
        *(figures.opening[name] for name in ACCOUNTS), *counts, *(figures.closing[name] for name in ACCOUNTS),
    )  # fmt: skip
    fields = [str(value).encode() for value in texts] + [figures.digest, salt]
    return keccak(b"\0" + b"".join(len(field).to_bytes(4) + field for field in fields))


def compliance_leaf(chain_id: int, ledger: str, month: str, currency: str, revision: int, digest: bytes) -> bytes:
    """The leaf of what compliance checked, found and decided in a month; the first one of the tree.

    Args:
        ledger: The ledger's address, `0x…`, lower case.
        month: `YYYY-MM`, UTC.
        digest: SHA-256 of the month's record.
    """
    texts = (_COMPLIANCE, chain_id, ledger, month, currency, revision)
    fields = [str(value).encode() for value in texts] + [digest]
    return keccak(b"\0" + b"".join(len(field).to_bytes(4) + field for field in fields))


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; zeros when there are none."""
    if len(leaves) < 2:
        return leaves[0] if leaves else NOTHING
    split = _split(len(leaves))
    return _node(root(leaves[:split]), root(leaves[split:]))


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from a leaf up to the root: RFC 6962's audit path."""
    if len(leaves) < 2:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*path(leaves[:split], index), root(leaves[split:])]
    return [*path(leaves[split:], index - split), root(leaves[:split])]


def root_of_path(leaf: bytes, index: int, size: int, siblings: Iterable[bytes]) -> bytes | None:
    """The root to which a path leads; None when it is too short or too long, or the index beyond the size.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    at, last, hash_ = index, size - 1, leaf
    for sibling in siblings:
        if last == 0:
            return None
        if at & 1 or at == last:
            hash_ = _node(sibling, hash_)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            hash_ = _node(hash_, sibling)
        at, last = at >> 1, last >> 1
    return hash_ if last == 0 else None


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return keccak(b"\1" + left + right)
