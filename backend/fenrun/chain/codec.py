"""Orders as the contract packs them; the layout is that of `contracts/libraries/OrderCodec.sol`."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from eth_hash.auto import keccak
from numpy.typing import NDArray

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


# A field of three, five or six bytes is two: its upper part and its lower.
_LEAF = np.dtype(
    {
        "names": [
            "order_hi", "order_lo", "base", "kind", "paid_hi", "paid_lo", "customer_key", "order_ref", "tiers",
            "plan_hi", "plan_lo", "partners", "day_hi", "day_lo", "release_hi", "release_lo", "shares",
        ],
        "formats": [
            ">u2", ">u4", ">u8", "u1", "u1", ">u4", "V12", "V16", "u1",
            "u1", ">u2", (">u4", 3), "u1", ">u2", "u1", ">u2", (">u8", 3),
        ],
        "offsets": [0, 2, 6, 14, 15, 16, 20, 32, 48, 49, 50, 52, 66, 67, 69, 70, 72],
        "itemsize": LEAF_BYTES,
    }
)  # fmt: skip

_BITS_64 = 2**64 - 1

Ints = NDArray[np.int64]


class Leaves:
    """The leaves of a batch as columns: one row per order, in their order.

    Partners (ids on chain, 0 for nobody), shares and tiers have a column per role.
    """

    def __init__(self, data: bytes) -> None:
        raw = np.frombuffer(data, _LEAF) if data else np.zeros(0, _LEAF)
        self.data = data
        self.order_no: Ints = _joined(raw["order_hi"], raw["order_lo"], 32)
        self.base: Ints = raw["base"].astype(np.int64)
        self.kind: Ints = raw["kind"].astype(np.int64)
        self.paid_at: Ints = _joined(raw["paid_hi"], raw["paid_lo"], 32)
        self.plan: Ints = _joined(raw["plan_hi"], raw["plan_lo"], 16)
        self.settled_day: Ints = _joined(raw["day_hi"], raw["day_lo"], 16)
        self.release_day: Ints = _joined(raw["release_hi"], raw["release_lo"], 16)
        # Words have the first role in their lowest bits, which is last.
        self.partners: Ints = raw["partners"][:, ::-1].astype(np.int64)
        self.shares: Ints = raw["shares"][:, ::-1].astype(np.int64)
        self.tiers: Ints = raw["tiers"][:, None].astype(np.int64) >> np.array([0, 2, 4]) & 3
        self.customer_key = raw["customer_key"]
        self.order_ref = raw["order_ref"]

    def __len__(self) -> int:
        return len(self.order_no)

    def leaf(self, index: int) -> bytes:
        """The 96 bytes of one."""
        return self.data[index * LEAF_BYTES : (index + 1) * LEAF_BYTES]


def _joined(upper: NDArray[Any], lower: NDArray[Any], bits: int) -> Ints:
    return upper.astype(np.int64) << bits | lower.astype(np.int64)


def unpack_leaf(data: bytes) -> Leaf:
    """The leaf of 96 bytes."""
    return next(unpack_leaves(data))


def unpack_leaves(data: bytes) -> Iterator[Leaf]:
    """The leaves of a batch, in their order."""
    leaves = Leaves(data)
    for index in range(len(leaves)):
        order_no, base, kind, paid_at = (
            int(column[index]) & _BITS_64 for column in (leaves.order_no, leaves.base, leaves.kind, leaves.paid_at)
        )
        keys = leaves.customer_key[index].tobytes(), leaves.order_ref[index].tobytes()
        order = OrderRecord(order_no, base, kind, paid_at, *keys)
        partners, tiers, shares = (
            tuple(int(value) & _BITS_64 for value in column[index])
            for column in (leaves.partners, leaves.tiers, leaves.shares)
        )
        days = int(leaves.release_day[index]), int(leaves.settled_day[index])
        yield Leaf(order, partners, int(leaves.plan[index]), tiers, shares, *days)  # type: ignore[arg-type]


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
