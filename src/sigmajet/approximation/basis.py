r"""Orthonormal functions spanned by the features of a network.

Least squares takes features as they are, nearly dependent; an integrator in time needs
coordinates in which lengths mean something. With the singular value decomposition
:math:`\Phi = U \Sigma V^T` of the features at quadrature points, :math:`\psi = \Phi V \Sigma^{-1}`
is orthonormal there, smooth functions first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from .._types import Array, Orders
from ..geometry.partition import Partition
from ..geometry.quadrature import gauss_legendre, tensor_rule
from ..rounding import SAME
from .network.layers import Layers

# Of singular values against the largest. The last functions carry rounding of 1e-16 / cut, and so
# do their derivatives: with 1e-14 on a line, u_t = -u_xxx on 16 blocks grows like e^(25000 t),
# with 1e-12 like e^t. Where one block must do, beyond a line, the functions are needed.
_CUT_ALONE = 1e-14
# Nodes over functions of an axis. Gauss's rule is exact for products of two if they are as many;
# twice as many leave room for a product of three, as of a convection with a test function. Three
# evolutions on a line have the same errors with 1.2 and 3 (`benchmarks/sensitivity.py`).
_FINER = {1: 2.0, 2: 2.0, 3: 1.5}


@dataclass(frozen=True, slots=True)
class Basis:
    """Orthonormal functions on the reference box, the same for every block.

    `transform` (width, size) turns features into them; `points` and `weights` are the
    quadrature on the reference box for which they are orthonormal, weights summing to one.
    """

    network: Layers
    transform: Array
    points: Array
    weights: Array

    @property
    def size(self) -> int:
        """Functions on each block."""
        return int(self.transform.shape[1])

    def evaluate(
        self, partition: Partition, block: int, points: Array, orders: set[Orders]
    ) -> dict[Orders, Array]:
        """Derivatives of the functions of a block at points of the box, each (m, size)."""
        mapping = partition.mapping(block)
        # Orthonormal on the block in the mean square over the whole box.
        share = np.sqrt(np.prod(mapping.half_widths) / np.prod(partition.half_widths, axis=1).sum())
        return {
            alpha: values @ self.transform * (mapping.scale(alpha) / share)
            for alpha, values in self.network.features(mapping.to_reference(points), orders).items()
        }


def orthonormal_basis(network: Layers, *, alone: bool = False) -> Basis:
    """Make the features of a network, `alone` or one of several, orthonormal by a Gauss rule."""
    dimension = network.dimension
    finer = _FINER.get(dimension, _FINER[3])
    each = int(np.ceil(finer * network.width ** (1 / dimension))) + 4
    points, weights = tensor_rule([gauss_legendre(each)] * dimension)
    weights *= 0.5**dimension  # of a mean
    zero = (0,) * dimension
    features = network.features(points, [zero])[zero] * np.sqrt(weights)[:, None]
    (triangle,) = scipy.linalg.qr(features, mode="r", check_finite=False)
    _, values, rows = scipy.linalg.svd(triangle[: network.width], full_matrices=False)
    kept = values > (_CUT_ALONE if alone and dimension > 1 else SAME) * values[0]
    return Basis(network, rows[kept].T / values[kept], points, weights)
