r"""A network whose neurons combine to Legendre polynomials, to rounding.

On a window in time an unknown is solved for as a polynomial and handed over as a network; both
are one function, since outer weights with

.. math:: \sum_j a_{kj}\, s(w_j x + b_j) = P_k(x) + O(10^{-15}), \qquad -1 \le x \le 1,

exist for every degree k that windows use. They are found once, by least squares, in values
and derivatives together. Slopes of every size from 1 to 16 at Chebyshev centres do it. With 64
neurons, of a function whose coefficients fall to 1e-13 at degree 16, relative to the largest:

=======================  =====  =====  =====  =====
derivatives fitted up to     2      4      6      8
=======================  =====  =====  =====  =====
error of the value       4e-15  1e-14  5e-14  1e-12
of the highest           4e-13  2e-10  2e-09  9e-07
=======================  =====  =====  =====  =====

A fit of the values alone loses three digits of each derivative more.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.linalg

from ..._types import Array
from ...geometry.legendre import legendre_values
from ...geometry.quadrature import gauss_legendre
from ...randomness import Purpose, Seed
from ...rounding import relative_rounding
from .network import Network

_FLATTEST, _STEEPEST = 1.0, 16.0  # to 8 or to 24: a digit worse in the higher derivatives
_REACH = 1.2  # of the centres: some outside, or the ends are met worse than the middle
# A derivative counts as much as the one below over this. More costs the derivatives digits, less
# the values; beyond order 4 the derivatives need them more.
_UNIT, _UNIT_HIGH, _HIGH = 4.0, 2.0, 4


@lru_cache(maxsize=16)
def legendre_network(degree: int, highest: int, width: int, seed: Seed) -> tuple[Network, Array]:
    """A network and its outer weights (width, degree + 1) for the polynomials up to a degree.

    Derivatives up to `highest` are met as well.
    """
    rng = seed.of(Purpose.NEURONS, width).generator()
    shares = rng.permutation((np.arange(width) + rng.random(width)) / width)
    slopes = _FLATTEST * (_STEEPEST / _FLATTEST) ** shares * rng.choice([-1.0, 1.0], width)
    centres = _REACH * np.cos(np.pi * (np.arange(width) + 0.5) / width)
    network = Network(slopes[:, None], -slopes * centres)
    points, shares = gauss_legendre(3 * width)
    features = network.features(points[:, None], [(k,) for k in range(highest + 1)])
    unit = _UNIT if highest <= _HIGH else _UNIT_HIGH
    units = [np.sqrt(shares)[:, None] * unit**-k for k in range(highest + 1)]
    rows = np.concatenate([scale * features[(k,)] for k, scale in enumerate(units)])
    wanted = np.concatenate(
        [scale * legendre_values(points, degree, k) for k, scale in enumerate(units)]
    )
    sizes = np.linalg.norm(rows, axis=0)
    left, singular, right = scipy.linalg.svd(rows / sizes, full_matrices=False)
    kept = singular > relative_rounding() * singular[0]
    solved = right[kept].T @ ((left[:, kept].T @ wanted) / singular[kept, None])
    return network, np.asarray(solved / sizes[:, None])
