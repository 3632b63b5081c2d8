"""Combinations of functions, for all unknowns of a system at once, that solve its principal part.

What is homogeneous about a point is in them a vector that the equations tell, and what holds on
walls. Where they hold for a combination by themselves, its weight is in no row of any cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.shared.corner_functions import NO_CORNERS, CornerFunctions
from ...rounding import HALF_OF_THE_DIGITS
from .principal_parts import Term

__all__ = ["JointFunctions", "null_space", "values_of_terms"]


@dataclass(frozen=True, slots=True, eq=False)
class JointFunctions:
    """Functions, and how much the unknowns have of each for one weight.

    Attributes
    ----------
    functions : CornerFunctions
    joint : array (unknowns, functions, weights)
    """

    functions: CornerFunctions
    joint: Array

    @classmethod
    def none(cls, unknowns: int) -> JointFunctions:
        """None of a system of so many unknowns."""
        return cls(NO_CORNERS, np.zeros((unknowns, 0, 0)))

    @classmethod
    def of_one(cls, functions: CornerFunctions) -> JointFunctions:
        """Those of the one unknown of an equation."""
        return cls(functions, np.eye(len(functions))[None])

    @classmethod
    def of_vectors(
        cls, functions: CornerFunctions, used: NDArray[np.bool_], vectors: Array
    ) -> JointFunctions:
        """Those with weights of the columns that are used, see :func:`values_of_terms`.

        What unknowns have nothing of but rounding is left out.
        """
        joint = np.zeros((*used.shape, vectors.shape[1]))
        joint[used] = vectors
        least = HALF_OF_THE_DIGITS * np.abs(joint).max(axis=1, keepdims=True, initial=0.0)
        joint = np.where(np.abs(joint) > least, joint, 0.0)
        had = np.any(joint, axis=(0, 2))
        return cls(functions.some(had), joint[:, had])

    def beside(self, other: JointFunctions) -> JointFunctions:
        """Those of this, then those of another."""
        (unknowns, *first), (_, *second) = self.joint.shape, other.joint.shape
        joint = np.zeros((unknowns, first[0] + second[0], first[1] + second[1]))
        joint[:, : first[0], : first[1]] = self.joint
        joint[:, first[0] :, first[1] :] = other.joint
        return JointFunctions(self.functions.beside(other.functions), joint)


def values_of_terms(
    terms: Sequence[Term], functions: CornerFunctions, points: Array, used: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """What relations make of the functions that unknowns use, and the sizes of the terms of that.

    Row by row, (rows, m, columns). Columns are those of the first unknown, then of the next, as in
    `used`, (unknowns, functions).
    """
    rows = 1 + max(term.row for term in terms)
    found = np.zeros((2, rows, len(points), *used.shape))
    features = functions.features(points, {term.orders for term in terms})
    for term in terms:
        value = term.factor * features[term.orders]
        found[0, term.row, :, term.unknown] += value
        found[1, term.row, :, term.unknown] += np.abs(value)
    values, sizes = found[..., used]
    return values, sizes


def null_space(relations: Sequence[tuple[Array, Array]]) -> Array:
    """Combinations (columns, n) for which rows vanish, up to half of the digits of their terms.

    Rows and sizes of their terms, relation by relation.
    """
    largest = [float(sizes.max()) or 1.0 for _, sizes in relations]
    rows, sizes = (
        np.vstack([pair[k] / size for pair, size in zip(relations, largest, strict=True)])
        for k in (0, 1)
    )
    columns = _lengths(sizes)
    alive = columns > HALF_OF_THE_DIGITS * columns.max()
    _, singular, turned = np.linalg.svd(rows[:, alive] / columns[alive], full_matrices=True)
    rank = int(np.count_nonzero(singular > HALF_OF_THE_DIGITS))
    found = np.zeros((rows.shape[1], turned.shape[0] - rank))
    found[alive] = turned[rank:].T / columns[alive, None]
    return np.asarray(found / _lengths(found))


def _lengths(matrix: Array) -> Array:
    """Lengths of columns, one where they vanish."""
    lengths = np.linalg.norm(matrix, axis=0)
    return np.where(lengths > 0.0, lengths, 1.0)
