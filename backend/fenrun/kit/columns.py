"""Sums over columns of whole numbers, exact."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def sums(keys: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Each key once, in their order, and the sum of its values.

    Not by `bincount`, whose weights are floating point.
    """
    if len(keys) == 0:
        return keys, values
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
    return sorted_keys[starts], np.add.reduceat(values[order], starts)


def sum_by(keys: Ints, values: Ints) -> dict[int, int]:
    """The sum of the values of each key, in the order of the keys."""
    found, totals = sums(keys, values)
    return dict(zip(found.tolist(), totals.tolist(), strict=True))
