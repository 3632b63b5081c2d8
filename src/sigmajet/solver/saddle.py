r"""Forms on blocks whose functions are held together by constraints: saddle point systems.

A form :math:`A` is diagonal by blocks over all coefficients, a function that fits together has
coefficients :math:`x = N y` with :math:`C N = 0`. Then

.. math:: N^T A N y = r \quad\Longleftrightarrow\quad
          \begin{pmatrix} A & C^T \\ C & 0 \end{pmatrix}
          \begin{pmatrix} x \\ \lambda \end{pmatrix} = \begin{pmatrix} N r \\ 0 \end{pmatrix},

and :math:`C A^{-1} C^T \lambda = C A^{-1} N r` couples blocks that share a face alone, where
:math:`N^T A N` would couple them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

Array = NDArray[Any]

_PASSES = 2  # solves: the first, and one that takes out the rounding of it


@dataclass(frozen=True, slots=True)
class Constraints:
    """Independent rows over all coefficients, and the functions on which they vanish.

    Attributes
    ----------
    null : array (unknowns * blocks * size, r)
        Orthonormal columns.
    rows : list of array
        The rows that each block takes part in, their `parts` (rows, unknowns * size) over its own
        coefficients.
    count, unknowns : int
        How many rows, and unknowns.
    """

    null: Array
    rows: tuple[NDArray[np.intp], ...]
    parts: tuple[Array, ...]
    count: int
    unknowns: int

    @classmethod
    def of(cls, matrix: Array, null: Array, unknowns: int, blocks: int) -> Constraints:
        """The constraints of a matrix over all coefficients, one unknown after the other."""
        size = matrix.shape[1] // (unknowns * blocks)
        by_block = matrix.reshape(len(matrix), unknowns, blocks, size).transpose(2, 0, 1, 3)
        each = by_block.reshape(blocks, len(matrix), unknowns * size)
        rows = tuple(np.flatnonzero(np.any(part, axis=1)) for part in each)
        parts = tuple(part[held] for part, held in zip(each, rows, strict=True))
        return cls(null, rows, parts, len(matrix), unknowns)

    def split(self, vectors: Array) -> Array:
        """Coefficients of each block (blocks, unknowns * size, k) from free coordinates (r, k)."""
        flat = _real_times(self.null, vectors)
        shaped = flat.reshape(self.unknowns, len(self.rows), -1, vectors.shape[1])
        return np.asarray(shaped.swapaxes(0, 1).reshape(len(self.rows), -1, vectors.shape[1]))

    def join(self, parts: Array) -> Array:
        """The other way, for coefficients that keep the constraints."""
        shaped = parts.reshape(len(self.rows), self.unknowns, -1, parts.shape[-1])
        return _real_times(self.null.T, shaped.swapaxes(0, 1).reshape(-1, parts.shape[-1]))


def _real_times(matrix: Array, vectors: Array) -> Array:
    """A product with a large real matrix, of which no complex copy is made."""
    if not np.iscomplexobj(vectors):
        return np.asarray(matrix @ vectors)
    both = matrix @ np.hstack([vectors.real, vectors.imag])
    count = vectors.shape[1]
    return np.asarray(both[:, :count] + 1j * both[:, count:])


@dataclass(frozen=True, slots=True)
class Saddle:
    """The form N^T A N, by the A of each block, `forms` (blocks, unknowns * size, ...)."""

    forms: Array
    constraints: Constraints

    __array_ufunc__ = None  # scalars of NumPy leave products to this class

    def __rmul__(self, factor: complex | float) -> Saddle:
        return Saddle(factor * self.forms, self.constraints)

    def __sub__(self, other: Saddle) -> Saddle:
        return Saddle(self.forms - other.forms, self.constraints)

    def __matmul__(self, vectors: Array) -> Array:
        columns = vectors.reshape(len(vectors), -1)
        found = self.constraints.join(self.forms @ self.constraints.split(columns))
        return found.reshape(vectors.shape)

    def factorised(self) -> Callable[[Array], Array]:
        """The solver of a system with one or more right-hand sides."""
        held = self.constraints
        factors: list[Any] = []
        answers: list[Array] = []
        entries, at_rows, at_columns = [], [], []
        for form, rows, part in zip(self.forms, held.rows, held.parts, strict=True):
            factors.append(scipy.linalg.lu_factor(form, check_finite=False))
            answers.append(scipy.linalg.lu_solve(factors[-1], part.T, check_finite=False))
            entries.append((part @ answers[-1]).ravel())
            at_rows.append(np.repeat(rows, len(rows)))
            at_columns.append(np.tile(rows, len(rows)))
        count = held.count
        places = (np.concatenate(at_rows), np.concatenate(at_columns))
        shared = scipy.sparse.coo_array((np.concatenate(entries), places), shape=(count, count))
        last = scipy.sparse.linalg.splu(scipy.sparse.csc_array(shared)) if count else None

        def once(right: Array) -> Array:
            first = np.array(
                [
                    scipy.linalg.lu_solve(factor, part, check_finite=False)
                    for factor, part in zip(factors, held.split(right), strict=True)
                ]
            )
            forces = np.zeros((count, right.shape[1]), dtype=first.dtype)
            for rows, part, known in zip(held.rows, held.parts, first, strict=True):
                forces[rows] += part @ known
            multipliers = forces if last is None else last.solve(forces)
            return held.join(
                np.array(
                    [
                        known - answer @ multipliers[rows]
                        for known, answer, rows in zip(first, answers, held.rows, strict=True)
                    ]
                )
            )

        def solve(right: Array) -> Array:
            columns = right.reshape(len(right), -1)
            found = once(columns)
            for _ in range(1, _PASSES):
                found = found + once(columns - self @ found)
            return found.reshape(right.shape)

        return solve


def independent(rows: Array, cut: float) -> tuple[NDArray[np.intp], Array, Array]:
    """Which rows (m, n) are independent, columns (n, m) for unit data of all, and a null space.

    By the diagonal of a pivoted QR of the transpose, beyond `cut` against its largest entry. Data
    of the other rows count for nothing.
    """
    if not rows.size:
        return np.zeros(0, dtype=np.intp), np.zeros(rows.shape[::-1]), np.eye(rows.shape[1])
    full, triangle, order = scipy.linalg.qr(rows.T, pivoting=True, check_finite=False)
    diagonal = np.abs(np.diag(triangle))
    rank = int(np.sum(diagonal > cut * diagonal.max(initial=0.0)))
    lift = np.zeros((rows.shape[1], len(rows)))
    inverse = scipy.linalg.solve_triangular(
        triangle[:rank, :rank], np.eye(rank), trans="T", check_finite=False
    )
    lift[:, order[:rank]] = full[:, :rank] @ inverse
    return np.asarray(order[:rank]), lift, full[:, rank:]
