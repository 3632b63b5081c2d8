r"""Blocks joined through unknowns on their common faces, so that no block sees another.

On each face :math:`\Gamma` between two blocks and for each derivative across it below the
equations' order stands a polynomial :math:`\lambda_k`, a sum of products of Legendre polynomials,
that both sides take,

.. math:: \partial_n^k u_{\text{left}} = \lambda_k = \partial_n^k u_{\text{right}}
          \quad \text{on } \Gamma.

A block's neurons then meet nothing but the polynomials on its own faces, and elimination leaves
fronts over polynomials alone, of which there are far fewer than neurons: this is static
condensation. Faces of blocks of unlike size need no more care: each piece that two blocks share is
a face of its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..._types import Array, Orders
from ...approximation.block_field import block_features
from ...geometry.legendre import legendre_products, total_degrees
from ...geometry.partition import Interface, Partition
from ...geometry.points import face_points
from ...linalg.least_squares.backends import backend
from ...linalg.least_squares.interface import Rows
from ...problem.statement import Problem
from ...randomness import Purpose, Seed
from .collocation import Discretisation

# Points of a face over the neurons along its axes. With 4 errors are the same or larger by up to a
# half, and a solve takes 1.4 times as long.
_POINTS = 2.0


def joined_faces(problem: Problem, partition: Partition) -> list[Interface]:
    """The faces across which solutions are smooth: on the others conditions say what holds."""
    return [face for face in partition.interfaces() if not face.lies_on(problem.planes)]


def face_sizes(
    orders: Sequence[Orders], faces: Sequence[Interface], partition: Partition, width: int
) -> list[int]:
    """Unknowns on each of some faces, for equations of these orders."""
    # In ten variables there are no faces, and half a million products of degrees to look through.
    modes = len(_degrees(partition.dimension, width)) if faces else 0
    return [modes * sum(o[face.axis] for o in orders) for face in faces]


def work(orders: Sequence[Orders], partition: Partition, width: int, shared: int = 0) -> float:
    """Floating-point operations of a solve, about, of which all blocks share some functions."""
    blocks = len(partition)
    faces = partition.interfaces()
    sizes = [len(orders) * width] * blocks + face_sizes(orders, faces, partition, width)
    pairs = [(b, n) for n, f in enumerate(faces, blocks) for b in (f.left, f.right)]
    if shared:
        pairs += [(b, len(sizes)) for b in range(blocks)]
        sizes.append(len(orders) * shared)
    return backend().work(pairs, sizes)


def interface_rows(
    problem: Problem, discretisation: Discretisation, *, weight: float, seed: Seed
) -> Iterator[Rows]:
    """Rows between a block and one of its faces, which are numbered after all blocks.

    What both of them share is smooth across their face by itself. What one has and the other has
    not counts as its own.
    """
    partition, network = discretisation.partition, discretisation.network
    dimension, width = partition.dimension, network.width
    faces = joined_faces(problem, partition)
    if not faces:
        return
    count = int(_POINTS * width ** ((dimension - 1) / dimension)) + 4
    degrees = _degrees(dimension, width)
    for number, face in enumerate(faces, len(discretisation.sizes)):
        points = face_points(face, count, seed.of(Purpose.FACES), partition.filled(face.left))
        modes = legendre_products(_on_face(points, face), degrees)
        levels = [(i, k) for i, o in enumerate(problem.orders) for k in range(o[face.axis])]
        for side, other in ((face.left, face.right), (face.right, face.left)):
            alone = np.flatnonzero(discretisation.holds[side] & ~discretisation.holds[other])
            for place, (unknown, order) in enumerate(levels):
                alpha = tuple(order if axis == face.axis else 0 for axis in range(dimension))
                features = block_features(network, partition, side, points, {alpha})[alpha]
                unit = weight / (np.sqrt(np.mean(np.sum(features**2, axis=1))) or 1.0)
                matrix = np.zeros((len(points), discretisation.size + len(levels) * len(degrees)))
                matrix[:, unknown * width : (unknown + 1) * width] = unit * features
                start = discretisation.size + place * len(degrees)
                matrix[:, start : start + len(degrees)] = -unit * modes
                rows = Rows((side, number), matrix, np.zeros((len(points), 1)))
                if len(alone):
                    functions = discretisation.shared.features(points, [alpha])[alpha][:, alone]
                    every = discretisation.unknowns * len(discretisation.shared)
                    common = np.zeros((len(points), every))
                    common[:, unknown * len(discretisation.shared) + alone] = unit * functions
                    if discretisation.joint is not None:
                        common = common @ discretisation.joint
                    rows.blocks = (side, number, discretisation.shared_block)
                    rows.matrix = np.hstack([matrix, common])
                yield rows


def _degrees(dimension: int, width: int) -> NDArray[np.intp]:
    """Degrees (modes, d - 1) of the polynomials of a face, as rich as the traces of a network.

    Neurons span about as much as the polynomials of a total degree that are as many. With 0.85 of
    that degree errors stay the same, with 0.55 they are 3 to 200 times larger.
    """
    degrees = itertools.count(1)
    degree = next(p for p in degrees if math.comb(p + 1 + dimension, dimension) > width)
    return total_degrees(dimension - 1, degree)


def _on_face(points: Array, face: Interface) -> Array:
    """Points of a face in its own coordinates, (m, d - 1)."""
    middle, half = 0.5 * (face.upper + face.lower), 0.5 * (face.upper - face.lower)
    free = [axis for axis in range(points.shape[1]) if axis != face.axis]
    return np.asarray((points[:, free] - middle[free]) / half[free])
