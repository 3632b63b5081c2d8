r"""A network whose neurons combine to Legendre polynomials, to rounding.

On a window in time an unknown is solved for as a polynomial and handed over as a network; both
are one function, since outer weights with

.. math:: \sum_j a_{kj}\, s(w_j x + b_j) = P_k(x) + O(10^{-15}), \qquad -1 \le x \le 1,

exist for every degree k that windows use. They are found once, by least squares, in values
and derivatives together; neurons are drawn as those of every block are. With 64 of them a function
whose coefficients fall to 1e-13 at degree 16 is met to 1e-14, and its derivatives of order 2, 4 and
8, if all up to it are fitted, to 1e-12, 1e-11 and 1e-8 (`tests/solvers/test_initial_value.py`).
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
from .network import Network, draw_network


@lru_cache(maxsize=16)
def legendre_network(degree: int, highest: int, width: int, seed: Seed) -> tuple[Network, Array]:
    """A network and its outer weights (width, degree + 1) for the polynomials up to a degree.

    Derivatives up to `highest` are met as well.
    """
    network = draw_network(1, width, seed.of(Purpose.NEURONS, width))
    points, shares = gauss_legendre(3 * width)
    features = network.features(points[:, None], [(k,) for k in range(highest + 1)])
    # A derivative counts as much as the one below over two: over four or eight, derivatives of all
    # orders have a digit less, and values none more.
    units = [np.sqrt(shares)[:, None] * 2.0**-k for k in range(highest + 1)]
    rows = np.concatenate([scale * features[(k,)] for k, scale in enumerate(units)])
    wanted = np.concatenate(
        [scale * legendre_values(points, degree, k) for k, scale in enumerate(units)]
    )
    sizes = np.linalg.norm(rows, axis=0)
    left, singular, right = scipy.linalg.svd(rows / sizes, full_matrices=False)
    kept = singular > relative_rounding() * singular[0]
    solved = right[kept].T @ ((left[:, kept].T @ wanted) / singular[kept, None])
    return network, np.asarray(solved / sizes[:, None])
