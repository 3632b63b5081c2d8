r"""Scrambled Sobol sequences: the points of `scipy.stats.qmc.Sobol`, bit for bit.

Loading `scipy.stats` takes longer than most problems. The i-th point, in the order of Gray's code
:math:`g(i) = i \oplus \lfloor i/2 \rfloor`, is :math:`2^{-30}` times
:math:`s \oplus \bigoplus_{k : g(i)_k = 1} L v_k` in every coordinate, with

=============  ===========================================================================
v              direction numbers of Joe and Kuo, continued by a recurrence of their polynomial
L              a random lower triangular matrix of bits with ones on its diagonal
s              a random shift of the bits
=============  ===========================================================================

after A. B. Owen, Scrambling Sobol' and Niederreiter-Xing points, J. Complexity 14 (1998), in the
linear form of J. Matousek, On the L2-discrepancy for anchored boxes, J. Complexity 14 (1998).
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np

from .._types import Array, Integers
from ..randomness import Seed

__all__ = ["sobol_points"]

BITS = 30  # of a coordinate, as in SciPy


def sobol_points(dimension: int, count: int, seed: Seed) -> Array:
    """`count` points of the open unit box, (count, dimension)."""
    (rng,) = seed.generator().spawn(1)
    size = int(np.ceil(np.log2(count)))
    directions = _directions()
    if dimension > len(directions):
        from scipy.stats import qmc  # which knows those of 21201 coordinates

        points = qmc.Sobol(dimension, rng=seed.generator()).random_base2(size)
        return np.asarray(points[:count] + 0.5 ** (BITS + 1))
    # Drawn as 32 bits: what is drawn depends on it.
    draws = rng.integers(2, size=(dimension, BITS), dtype=np.uint32)
    shift = draws.astype(np.int64) @ 2 ** np.arange(BITS)
    mixing = np.tril(rng.integers(2, size=(dimension, BITS, BITS), dtype=np.uint32))
    mixing[:, np.arange(BITS), np.arange(BITS)] = 1
    scrambled = _numbers(mixing.astype(np.int64) @ _digits(directions[:dimension]) % 2)
    points = shift[None]
    for direction in scrambled.T[:size]:
        points = np.concatenate([points, points[::-1] ^ direction])
    # Half a step in: zero is one of the coordinates.
    return np.asarray((points[:count] + 0.5) * 0.5**BITS)


def _digits(numbers: Integers) -> Integers:
    """The binary digits of numbers (..., n), the leading one first, (..., bits, n)."""
    places = np.arange(BITS - 1, -1, -1)[:, None]
    return numbers[..., None, :] >> places & 1


def _numbers(digits: Integers) -> Integers:
    """The numbers (..., n) of binary digits (..., bits, n)."""
    return np.asarray(2 ** np.arange(BITS - 1, -1, -1) @ digits)


@cache
def _directions() -> Integers:
    """Direction numbers as integers of so many bits, (coordinates, bits)."""
    text = resources.files(__package__).joinpath("joe_kuo.txt").read_text(encoding="utf-8")
    rows = [[1] * BITS]
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        polynomial, *row = map(int, line.split())
        degree = len(row)
        while len(row) < BITS:
            following = row[-degree] << degree ^ row[-degree]
            for k in range(1, degree):
                if polynomial >> degree - k & 1:
                    following ^= row[-k] << k
            row.append(following)
        rows.append(row)
    return np.array(rows) << np.arange(BITS - 1, -1, -1)
