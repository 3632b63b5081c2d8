"""Gauss-Legendre quadrature: exact for polynomials up to degree 2 n - 1 from n nodes a panel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from .._types import Array

# Of a block or an arc: exact to degree 63, and what 48 neurons resolve has forty degrees or fewer.
NODES = 32


@cache
def gauss_legendre(count: int) -> tuple[Array, Array]:
    """Nodes (count,) of [-1, 1], rising, and their weights; shared, hence read-only."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


def panel_rule(edges: Array, count: int) -> tuple[Array, Array]:
    """Nodes (panels, count) between edges and their weights, negative where edges fall."""
    nodes, weights = gauss_legendre(count)
    half = 0.5 * np.diff(edges)[:, None]
    return edges[:-1, None] + half * (nodes + 1.0), half * weights


def panels_between(low: float, high: float, cuts: Array) -> Array:
    """Edges from low to high, which may lie below it, with those of rising cuts that are inside."""
    inside = cuts[(cuts > min(low, high)) & (cuts < max(low, high))]
    return np.concatenate([[low], inside if low < high else inside[::-1], [high]])


def tensor_rule(rules: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Points (m, d) and weights (m,) of the product of d rules, the last running fastest."""
    grids = np.meshgrid(*(nodes for nodes, _ in rules), indexing="ij")
    weights = np.ones(1)
    for _, shares in rules:
        weights = np.multiply.outer(weights, shares).ravel()
    points = np.stack([grid.ravel() for grid in grids], axis=-1) if rules else np.empty((1, 0))
    return points, weights
