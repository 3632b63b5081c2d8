"""Whether arrays that were read from a file are those of a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from ..rounding import HALF_OF_THE_DIGITS


def check_array(arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless an array has this shape and finite numbers."""
    array = arrays[name]
    if array.shape != shape or 0 in shape or array.dtype != np.float64:
        raise ValueError(f"{name}: got {array.dtype} of shape {array.shape}, expected {shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: holds numbers that are not finite")


def check_partition(arrays: Mapping[str, NDArray[Any]], prefix: str, dimension: int) -> None:
    """Raise ValueError unless `lower` and `upper` are corners of blocks that share faces at most.

    On a line they have to follow each other as well. Those of different parts, if an `owner` tells
    them, may overlap.
    """
    shape = (len(arrays[f"{prefix}lower"]), dimension)
    for name in ("lower", "upper"):
        check_array(arrays, prefix + name, shape)
    lower, upper = arrays[f"{prefix}lower"], arrays[f"{prefix}upper"]
    if not np.all(lower < upper):
        raise ValueError(f"{prefix}lower, {prefix}upper: an interval is empty")
    order = np.argsort(lower[:, 0])
    lower, upper = lower[order], upper[order]
    owner = arrays[f"{prefix}owner"][order] if f"{prefix}owner" in arrays else np.zeros(len(lower))
    if dimension == 1 and not np.array_equal(lower[1:], upper[:-1]):
        raise ValueError(f"{prefix}lower, {prefix}upper: the intervals do not follow each other")
    begun = np.searchsorted(lower[:, 0], upper[:, 0])  # those that begin before a block ends
    for block, stop in enumerate(begun):
        after = slice(block + 1, stop)
        shared = (lower[after] < upper[block]) & (upper[after] > lower[block])
        if np.any(np.all(shared, axis=1) & (owner[after] == owner[block])):
            raise ValueError(f"{prefix}lower, {prefix}upper: two blocks overlap")


def check_cover(boxes: tuple[Array, Array], domain: tuple[Array, Array], *, whole: bool) -> None:
    """Raise ValueError unless boxes that do not overlap lie in a domain, and fill it if `whole`.

    Each is a pair of lower and upper corners, (n, d) of the boxes and (d,) of the domain.
    """
    (lower, upper), (low, high) = boxes, domain
    slack = HALF_OF_THE_DIGITS * (high - low)
    if np.any(lower < low - slack) or np.any(upper > high + slack):
        raise ValueError("blocks lie outside of the domain")
    filled, volume = np.sum(np.prod(upper - lower, axis=1)), np.prod(high - low)
    if whole and abs(filled - volume) > HALF_OF_THE_DIGITS * volume:
        raise ValueError("blocks do not fill the domain")
