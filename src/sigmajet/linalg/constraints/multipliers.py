r"""Linear constraints kept by multipliers: on blocks beyond a line.

A function that fits together has coefficients :math:`a` with :math:`C a = g`, and a form
:math:`A` that is diagonal by blocks is tested with such functions alone:

.. math:: \begin{pmatrix} A & C^T \\ C & 0 \end{pmatrix}
          \begin{pmatrix} a \\ \lambda \end{pmatrix} = \begin{pmatrix} r \\ g \end{pmatrix}.

:math:`C A^{-1} C^T \lambda = C A^{-1} r - g` couples blocks that share a face alone, where a
basis of the null space of :math:`C` would couple them all. The free coordinates are all
coefficients of the part that keeps :math:`C a = 0`; moments :math:`r` count but for what
:math:`C^T` makes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

from ..._types import Integers
from .null_space import by_block, by_unknown, mean_length

Array = NDArray[Any]

_PASSES = 2  # solves: the first, and one that takes out the rounding of it


@dataclass(frozen=True, slots=True)
class Constraints:
    """Independent rows over all coefficients.

    Attributes
    ----------
    rows : tuple of array
        The rows that each block takes part in, their `parts` (rows, unknowns * size) over its own
        coefficients.
    count, unknowns : int
        How many rows, and unknowns.
    """

    rows: tuple[Integers, ...]
    parts: tuple[Array, ...]
    count: int
    unknowns: int

    @classmethod
    def of(cls, matrix: scipy.sparse.csr_array, unknowns: int, blocks: int) -> Constraints:
        """The constraints of a matrix over all coefficients, one unknown after the other."""
        count, total = matrix.shape
        size = total // (unknowns * blocks)
        entries = scipy.sparse.coo_array(matrix)
        at_rows, at_columns = entries.coords
        unknown, rest = np.divmod(at_columns, blocks * size)
        block, column = np.divmod(rest, size)
        column = column + unknown * size
        rows, parts = [], []
        for number in range(blocks):
            held = block == number
            used, places = np.unique(at_rows[held], return_inverse=True)
            part = np.zeros((len(used), unknowns * size))
            part[places, column[held]] = entries.data[held]
            rows.append(used)
            parts.append(part)
        return cls(tuple(rows), tuple(parts), count, unknowns)

    def of_functions(self, coefficients: Array) -> Array:
        """C a (count, k) for the coefficients of each block (blocks, unknowns * size, k)."""
        found = np.zeros((self.count, coefficients.shape[-1]), dtype=coefficients.dtype)
        for rows, part, own in zip(self.rows, self.parts, coefficients, strict=True):
            found[rows] += part @ own
        return found

    def forces(self, multipliers: Array) -> Array:
        """C^T l (blocks, unknowns * size, k)."""
        return np.array(
            [part.T @ multipliers[rows] for rows, part in zip(self.rows, self.parts, strict=True)]
        )


@dataclass(frozen=True, slots=True)
class Saddle:
    """A form over functions that keep the constraints, by the A of each block, `forms`."""

    forms: Array
    constraints: Constraints

    __array_ufunc__ = None  # scalars of NumPy leave products to this class

    def __rmul__(self, factor: complex | float) -> Saddle:
        return Saddle(factor * self.forms, self.constraints)

    def __sub__(self, other: Saddle) -> Saddle:
        return Saddle(self.forms - other.forms, self.constraints)

    def __matmul__(self, vectors: Array) -> Array:
        """Moments A a, (n,) or (n, k)."""
        shape = (self.constraints.unknowns, len(self.forms))
        columns = vectors.reshape(len(vectors), -1)
        return by_unknown(self.forms @ by_block(columns, *shape), *shape).reshape(vectors.shape)

    def factorised(self) -> Callable[..., Array]:
        """The solver for moments (n,) or (n, k), and data (count, k) of the constraints if any."""
        held, forms = self.constraints, self.forms
        shape = (held.unknowns, len(forms))
        factors, answers = [], []
        entries, at_rows, at_columns = [], [], []
        for form, rows, part in zip(forms, held.rows, held.parts, strict=True):
            factors.append(scipy.linalg.lu_factor(form, check_finite=False))
            answers.append(scipy.linalg.lu_solve(factors[-1], part.T, check_finite=False))
            entries.append((part @ answers[-1]).ravel())
            at_rows.append(np.repeat(rows, len(rows)))
            at_columns.append(np.tile(rows, len(rows)))
        count = held.count
        places = (np.concatenate(at_rows), np.concatenate(at_columns))
        shared = scipy.sparse.coo_array((np.concatenate(entries), places), shape=(count, count))
        last = scipy.sparse.linalg.splu(scipy.sparse.csc_array(shared)) if count else None

        def once(moments: Array, data: Array) -> tuple[Array, Array]:
            first = np.array(
                [
                    scipy.linalg.lu_solve(factor, part, check_finite=False)
                    for factor, part in zip(factors, moments, strict=True)
                ]
            )
            missing = held.of_functions(first) - data
            multipliers = missing if last is None else last.solve(missing)
            for known, answer, rows in zip(first, answers, held.rows, strict=True):
                known -= answer @ multipliers[rows]
            return first, multipliers

        def solve(right: Array, data: Array | None = None) -> Array:
            moments = by_block(right.reshape(len(right), -1), *shape)
            wanted = np.zeros((count, moments.shape[-1])) if data is None else data
            found, multipliers = once(moments, wanted)
            for _ in range(1, _PASSES):
                rest = moments - forms @ found - held.forces(multipliers)
                more, change = once(rest, wanted - held.of_functions(found))
                found, multipliers = found + more, multipliers + change
            return by_unknown(found, *shape).reshape(right.shape)

        return solve


class Multipliers:
    """What keeps the conditions on walls and fits together across faces, on blocks beyond a line.

    Parameters
    ----------
    walls, faces : list of sparse array
        Rows over all coefficients: moments of each condition, and of jumps between blocks.
    tests : list of sparse array
        What makes those moments of data at the points of each condition.
    mass : array (blocks, unknowns * size, unknowns * size)
        Inner products of the functions of each block, those of the unknowns one after another.
    unknowns : int
    cut : float
        Of rows, against the largest that others leave of one, where they say nothing new.

    Attributes
    ----------
    size, scales, mass, fits
        As of `NullSpace`.
    """

    fits = False

    def __init__(
        self,
        walls: Sequence[scipy.sparse.csr_array],
        faces: Sequence[scipy.sparse.csr_array],
        tests: Sequence[scipy.sparse.csr_array],
        mass: Array,
        unknowns: int,
        cut: float,
    ) -> None:
        self.size = len(mass) * mass.shape[1]
        self.scales = [mean_length(rows) for rows in walls]
        scaled = [rows / mean_length(rows) for rows in (*walls, *faces)]
        nothing = scipy.sparse.csr_array((0, self.size))
        rows = scipy.sparse.csr_array(scipy.sparse.vstack([nothing, *scaled]))
        chosen = independent(rows, cut)
        self._constraints = Constraints.of(rows[chosen], unknowns, len(mass))
        made = scipy.sparse.block_diag([*tests, np.zeros((0, 0))])
        # Nothing is asked of faces.
        below = scipy.sparse.csr_array((rows.shape[0] - made.shape[0], made.shape[1]))
        self._data = scipy.sparse.csr_array(scipy.sparse.vstack([made, below]))[chosen]
        self.mass = self.form(mass)
        self._solve_mass = self.mass.factorised()

    def coefficients(self, free: Array, data: Array) -> Array:
        """All coefficients (n, k) from free coordinates (size, k) and data (q, k)."""
        if not np.any(data):
            return free
        return free + self._solve_mass(np.zeros_like(free), self._data @ data)

    def homogeneous(self, free: Array) -> Array:
        """The same without data."""
        return free

    def tested(self, moments: Array) -> Array:
        """Moments (size, k) with the functions of the free coordinates: those with all."""
        return moments

    def nearest(self, moments: Array) -> Array:
        """Free coordinates (size, k) of the function with moments (n, k)."""
        return self._solve_mass(moments)

    def admissible(self, free: Array) -> Array:
        """Free coordinates (size, k) without what rounding adds that breaks the constraints."""
        return self._solve_mass(self.mass @ free)

    def form(self, forms: Array) -> Saddle:
        """A bilinear form, given on each block, over the free coordinates."""
        return Saddle(forms, self._constraints)


def independent(rows: scipy.sparse.csr_array, cut: float) -> Integers:
    """Which rows are independent.

    By the diagonal of a pivoted Cholesky factor of their inner products, that is of the distances
    of a row from those chosen before, beyond `cut` against the largest. Squares lose half the
    digits, and a `cut` of 1e-5 can spare them.
    """
    if not rows.shape[0]:
        return np.zeros(0, dtype=np.intp)
    products = (rows @ rows.T).toarray()
    (factorise,) = scipy.linalg.get_lapack_funcs(("pstrf",), (products,))
    _, order, rank, _ = factorise(products, lower=1, tol=cut**2 * products.diagonal().max())
    return np.asarray(np.sort(order[:rank] - 1))
