"""Sums over columns of whole numbers, exact."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def sum_by(keys: Ints, values: Ints) -> dict[int, int]:
    """The sum of the values of each key, in the order of the keys.

    Not by `bincount`, whose weights are floating point.
    """
    if len(keys) == 0:
        return {}
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
    sums = np.add.reduceat(values[order], starts)
    return dict(zip(sorted_keys[starts].tolist(), sums.tolist(), strict=True))
