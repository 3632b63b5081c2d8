r"""Quadrature over a solid by what its boundary tells: no lines, no mesh.

By the divergence theorem :math:`\int_V p = \oint P n_x` with :math:`\partial_x P = p`, so that
a rule on the boundary gives the integrals of products of Legendre polynomials. Weights on points
inside that reproduce them all integrate what such polynomials come near to; of many such weights
the shortest are taken, which are next to equal (B. Mueller, F. Kummer and M. Oberlack, Highly
accurate surface and volume integration on implicit domains by means of moment-fitting, Int. J.
Numer. Meth. Engng. 96, 2013).
"""

from __future__ import annotations

import numpy as np

from ..._types import Array
from ...randomness import PROBES
from ...rules.samples import MANY
from ..legendre import integration_matrix, legendre_products, legendre_values, total_degrees
from ..points import points_inside
from .solid import SolidRegion

__all__ = ["moment_rule"]


def moment_rule(
    region: SolidRegion, degree: int, boundary: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    """Points (m, 3) and weights (m,), by points, normals and weights of the whole boundary.

    There are four points for each polynomial, of whose weights a few in a hundred are negative.
    """
    degrees = total_degrees(3, degree)
    (points,) = points_inside([region], [region.bounds], 4 * len(degrees), PROBES)
    bounds, moments = region.bounds, np.zeros(len(degrees))
    for start in range(0, len(boundary[2]), MANY):
        placed, normals, weights = (each[start : start + MANY] for each in boundary)
        at = bounds.to_reference(placed)
        across = degrees * np.array([0, 1, 1])
        values = legendre_products(at, across)
        rising = legendre_values(at[:, 0], degree + 1) @ integration_matrix(degree + 1)
        values *= rising[:, degrees[:, 0]]
        moments += bounds.half_widths[0] * (weights * normals[:, 0]) @ values
    values = legendre_products(bounds.to_reference(points), degrees)
    basis, triangle = np.linalg.qr(values)
    shares, *_ = np.linalg.lstsq(triangle.T, moments, rcond=None)  # thin bodies have no full rank
    return points, basis @ shares
