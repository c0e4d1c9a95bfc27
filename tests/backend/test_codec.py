"""Bytes that the contract reads and writes, against the layout in `OrderCodec.sol`; and the chain of hashes."""

import datetime as dt

import pytest
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from fenrun.chain.codec import Leaf, OrderRecord, merkle_root, unpack_leaf, unpack_leaves
from fenrun.ledger.service import FIRST_HASH, End, Entry, Move, chain_hash


def bits(width):
    return st.integers(0, 2**width - 1)


records = st.builds(
    OrderRecord,
    order_no=bits(48),
    base=bits(64),
    kind=bits(8),
    paid_at=bits(40),
    customer_key=st.binary(min_size=12, max_size=12),
    order_ref=st.binary(min_size=16, max_size=16),
)
leaves = st.builds(
    Leaf,
    order=records,
    partners=st.tuples(*[bits(32)] * 3),
    plan=bits(24),
    tiers=st.tuples(*[bits(2)] * 3),
    shares=st.tuples(*[bits(64)] * 3),
    release_day=bits(24),
    settled_day=bits(24),
)


def packed(*fields):
    """A word of (value, width) from the lowest bit on."""
    word, at = 0, 0
    for value, width in fields:
        assert 0 <= value < 2**width
        word |= value << at
        at += width
    assert at <= 256
    return word.to_bytes(32, "big")


def order_word(record):
    key = int.from_bytes(record.customer_key, "big")
    return packed((key, 96), (record.paid_at, 40), (record.kind, 8), (record.base, 64), (record.order_no, 48))


def leaf_words(leaf):
    ref = int.from_bytes(leaf.order.order_ref, "big")
    return (
        order_word(leaf.order)
        + packed(*[(p, 32) for p in leaf.partners], (leaf.plan, 24), *[(t, 2) for t in leaf.tiers], (0, 2), (ref, 128))
        + packed(*[(s, 64) for s in leaf.shares], (leaf.release_day, 24), (leaf.settled_day, 24))
    )


@given(records)
def test_a_record_has_the_contracts_layout(record):
    assert record.pack() == order_word(record) + record.order_ref
    assert len(record.pack()) == 48


@given(leaves)
def test_a_leaf_is_read_by_the_contracts_layout(leaf):
    assert unpack_leaf(leaf_words(leaf)) == leaf


@given(st.lists(leaves, max_size=8))
def test_leaves_keep_their_order(batch):
    assert list(unpack_leaves(b"".join(map(leaf_words, batch)))) == batch


@pytest.mark.parametrize(
    ("field", "value"),
    [("base", 2**64), ("base", -1), ("order_no", 2**48), ("kind", 256), ("paid_at", 2**40), ("paid_at", -1)],
)
def test_what_does_not_fit_never_wraps(field, value):
    record = OrderRecord(1, 1, 0, 1, bytes(12), bytes(16))._replace(**{field: value})
    with pytest.raises(OverflowError):
        record.pack()


def naive_root(nodes):
    """The root of a tree whose pairs are sorted, and whose odd last node moves up as it is."""
    if len(nodes) == 1:
        return nodes[0]
    above = []
    while nodes:
        pair, nodes = nodes[:2], nodes[2:]
        above.append(keccak(b"".join(sorted(pair))) if len(pair) == 2 else pair[0])
    return naive_root(above)


@given(st.lists(st.binary(min_size=96, max_size=96), min_size=1, max_size=33))
def test_the_root_is_that_of_a_naive_tree(data):
    assert merkle_root(b"".join(data)) == naive_root([keccak(leaf) for leaf in data])


@given(st.lists(st.binary(min_size=96, max_size=96), min_size=1, max_size=9, unique=True), st.data())
def test_any_bit_of_any_leaf_changes_the_root(data, draw):
    content = bytearray(b"".join(data))
    bit = draw.draw(st.integers(0, len(content) * 8 - 1))
    before = merkle_root(bytes(content))
    content[bit // 8] ^= 1 << bit % 8
    assert merkle_root(bytes(content)) != before


def test_the_root_of_nothing():
    assert merkle_root(b"") == bytes(32)


# --- The chain of hashes ----------------------------------------------------------------------------------

ends = st.builds(
    End, st.sampled_from(["payable:held", "payable:available", "asset:bank"]), st.none() | st.integers(1, 50)
)
moves = st.builds(Move, ends, ends, st.integers(1, 2**63 - 1), st.none() | st.integers(1, 10**6))
entries = st.builds(
    Entry,
    st.integers(1, 10**6),
    st.sampled_from(["BatchSettled", "CreditsMatured"]),
    st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
    st.binary(min_size=32, max_size=32),
    st.lists(moves, max_size=5),
)


@given(entries, entries)
def test_two_entries_have_one_hash_only_if_they_are_one(a, b):
    assert (chain_hash(FIRST_HASH, a, "USD") == chain_hash(FIRST_HASH, b, "USD")) == (a == b)


@given(entries, st.data())
def test_every_field_counts(entry, draw):
    before = chain_hash(FIRST_HASH, entry, "USD")
    changed = [
        Entry(entry.number + 1, entry.kind, entry.effective_on, entry.chain_head, entry.moves),
        Entry(entry.number, entry.kind + "x", entry.effective_on, entry.chain_head, entry.moves),
        Entry(entry.number, entry.kind, entry.effective_on + dt.timedelta(1), entry.chain_head, entry.moves),
        Entry(entry.number, entry.kind, entry.effective_on, entry.chain_head[::-1] + b"x", entry.moves),
        Entry(entry.number, entry.kind, entry.effective_on, entry.chain_head,
              [*entry.moves, draw.draw(moves)]),
    ]  # fmt: skip
    for index, move in enumerate(entry.moves):
        for other in (
            Move(move.destination, move.source, move.amount, move.order),
            Move(move.source, move.destination, move.amount + 1, move.order),
            Move(move.source, move.destination, move.amount, (move.order or 0) + 1),
        ):
            if other != move:
                lines = [*entry.moves[:index], other, *entry.moves[index + 1 :]]
                changed.append(Entry(entry.number, entry.kind, entry.effective_on, entry.chain_head, lines))
    hashes = [chain_hash(FIRST_HASH, other, "USD") for other in changed]
    assert before not in hashes
    assert chain_hash(before, entry, "USD") != before
    if entry.moves:
        assert chain_hash(FIRST_HASH, entry, "EUR") != before
