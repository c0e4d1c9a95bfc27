"""Orders as the contract packs them; the layout is that of `contracts/libraries/OrderCodec.sol`."""

from collections.abc import Iterator
from typing import NamedTuple

from eth_utils.crypto import keccak

LEAF_BYTES = 128
KINDS = ("new", "renewal")


class OrderRecord(NamedTuple):
    """An order on its way in."""

    order_ref: bytes
    order_no: int
    base: int
    kind: int
    paid_at: int
    customer_key: bytes

    def pack(self) -> bytes:
        """The 64 bytes of the record."""
        return (
            self.order_ref
            + self.order_no.to_bytes(6)
            + self.base.to_bytes(8)
            + self.kind.to_bytes(1)
            + self.paid_at.to_bytes(5)
            + self.customer_key
        )


class Leaf(NamedTuple):
    """An order as it was settled. Partners are ids on chain, 0 for nobody; days count from 1970."""

    order: OrderRecord
    partners: tuple[int, int, int]
    plan: int
    tiers: tuple[int, int, int]
    release_day: int
    shares: tuple[int, int, int]
    settled_day: int


def _ints(data: bytes, *widths: int) -> list[int]:
    """Numbers of the given widths in bytes, from the lowest on."""
    numbers, end = [], len(data)
    for width in widths:
        numbers.append(int.from_bytes(data[end - width : end]))
        end -= width
    return numbers


def unpack_leaf(data: bytes) -> Leaf:
    """The leaf of 128 bytes."""
    order = OrderRecord(
        data[:32],
        int.from_bytes(data[32:38]),
        int.from_bytes(data[38:46]),
        data[46],
        int.from_bytes(data[47:52]),
        data[52:64],
    )
    p0, p1, p2, plan, t0, t1, t2, release = _ints(data[64:96], 4, 4, 4, 3, 1, 1, 1, 3)
    s0, s1, s2, day = _ints(data[96:128], 8, 8, 8, 3)
    return Leaf(order, (p0, p1, p2), plan, (t0, t1, t2), release, (s0, s1, s2), day)


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
        paired = [keccak(min(a, b) + max(a, b)) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]
