"""Orders as the contract packs them; the layout is that of `contracts/libraries/OrderCodec.sol`."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eth_utils.crypto import keccak

ORDER_REF_BYTES = 16
LEAF_BYTES = 96
KINDS = ("new", "renewal")


class OrderRecord(NamedTuple):
    """An order on its way in."""

    order_no: int
    base: int
    kind: int
    paid_at: int
    customer_key: bytes
    order_ref: bytes

    def pack(self) -> bytes:
        """The 48 bytes of the record."""
        return (
            self.order_no.to_bytes(6)
            + self.base.to_bytes(8)
            + self.kind.to_bytes(1)
            + self.paid_at.to_bytes(5)
            + self.customer_key
            + self.order_ref
        )


class Leaf(NamedTuple):
    """An order as it was settled. Partners are ids on chain, 0 for nobody; days count from 1970."""

    order: OrderRecord
    partners: tuple[int, int, int]
    plan: int
    tiers: tuple[int, int, int]
    shares: tuple[int, int, int]
    release_day: int
    settled_day: int


def _ints(data: bytes, *widths: int) -> list[int]:
    """Numbers of the given widths in bytes, from the lowest on."""
    numbers, end = [], len(data)
    for width in widths:
        numbers.append(int.from_bytes(data[end - width : end]))
        end -= width
    return numbers


def unpack_leaf(data: bytes) -> Leaf:
    """The leaf of 96 bytes."""
    order = OrderRecord(
        int.from_bytes(data[:6]),
        int.from_bytes(data[6:14]),
        data[14],
        int.from_bytes(data[15:20]),
        data[20:32],
        data[32:48],
    )
    p0, p1, p2, plan, tiers = _ints(data[48:64], 4, 4, 4, 3, 1)
    s0, s1, s2, release, day = _ints(data[64:96], 8, 8, 8, 3, 3)
    return Leaf(order, (p0, p1, p2), plan, (tiers & 3, tiers >> 2 & 3, tiers >> 4 & 3), (s0, s1, s2), release, day)


def unpack_leaves(data: bytes) -> Iterator[Leaf]:
    """The leaves of a batch, in their order."""
    for start in range(0, len(data), LEAF_BYTES):
        yield unpack_leaf(data[start : start + LEAF_BYTES])


def merkle_root(leaves: bytes) -> bytes:
    """The root over the leaves of a batch, as `contracts/libraries/MerkleTree.sol` builds it."""
    level = [keccak(leaves[i : i + LEAF_BYTES]) for i in range(0, len(leaves), LEAF_BYTES)]
    if not level:
        return bytes(32)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def merkle_proof(leaves: bytes, index: int) -> list[bytes]:
    """The siblings from a leaf of a batch up to its root, as OpenZeppelin's `MerkleProof` wants them."""
    level = [keccak(leaves[i : i + LEAF_BYTES]) for i in range(0, len(leaves), LEAF_BYTES)]
    siblings = []
    while len(level) > 1:
        if index ^ 1 < len(level):
            siblings.append(level[index ^ 1])
        level, index = _above(level), index // 2
    return siblings


def merkle_root_of_proof(leaf: bytes, siblings: Iterable[bytes]) -> bytes:
    """The root to which a proof leads from the hash of a leaf, as OpenZeppelin's `MerkleProof` has it."""
    for sibling in siblings:
        leaf = keccak(min(leaf, sibling) + max(leaf, sibling))
    return leaf


def _above(level: list[bytes]) -> list[bytes]:
    paired = [keccak(min(a, b) + max(a, b)) for a, b in zip(level[::2], level[1::2], strict=False)]
    return paired + ([level[-1]] if len(level) % 2 else [])
