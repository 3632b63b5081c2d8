r"""Linear constraints kept by a basis of their null space: on one block, or a line of blocks.

Coefficients are

.. math:: a = Z y + L g,

:math:`Z` a basis of the null space of the constraints, :math:`L` what unit data of each row make,
orthogonal to it. On a line both are local to a few blocks, and forms over :math:`y` are sparse.

Rounding of :math:`a` breaks the constraints :math:`C a = g` by as much of the roughest functions,
whose derivatives at ends are large, like :math:`n^6` a third one of degree n. An operator of fourth
order answers a jump of it by a smooth function: a clamped beam on six blocks had noise of 1e-8 in
its rate, which steps in time took for an error of their own, 5000 of 2e-6. On a line it is taken
out, :math:`a \leftarrow a - L (C a - g)`: the sums C a are known to the rounding of their terms,
and of a smooth function terms are small where those derivatives are large.

Where conditions are equations of their own, which tell their data, functions for these data are
more columns of :math:`Z`, the last ones. Equations are tested with the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

from ..._types import Array, Integers
from ...rounding import SAME
from ...rules.judgement import A_DIGIT

# Singular values of the constraints (rows of unit length) below which they say nothing new. On a
# line they are few and independent; on the faces of a plane they are many, and the smallest
# singular values are the noise of the roughest functions (heat on a square: 1e-10 against 1e-6).
DEPENDENT_ON_A_LINE, DEPENDENT = 1e-10, 1e-5


class NullSpace:
    """Functions on one block or a line of them, and what keeps the constraints among them.

    Parameters
    ----------
    joined : sparse array (unknowns * blocks * size, c)
        Columns of coefficients: functions that fit together.
    walls : list of array
        Rows of each condition over all coefficients.
    mass : array (blocks, unknowns * size, unknowns * size)
        Inner products of the functions of each block, those of the unknowns one after another.
    unknowns : int
    cut : float
        Of singular values, see above.
    moving : collection of int
        Which conditions are equations of their own.
    last : collection of int
        Unknowns whose functions come last, by themselves; conditions must not join them to others,
        nor be equations of their own.
    joints : pair of sparse arrays or None
        Rows by which functions that fit together differ where blocks meet, nothing but for
        rounding, and columns that change what each row takes by one. None leaves rounding in.

    Attributes
    ----------
    size : int
        Free coordinates y.
    first : int
        How many of them are of the unknowns that do not come last.
    tests : int
        How many of their functions, the first ones, keep all conditions.
    weights : array (moving rows, size - tests)
        Which combinations of the rows of those equations tell the other coordinates,
    lengths : array (size - tests,)
        and what their functions have of them.
    scales : list of float
        By which the rows of each condition were divided, and data are to be.
    mass : array (size, size), sparse where there are several blocks
    fits : bool
        That blocks fit together exactly, and nothing has to be damped.
    """

    fits = True

    def __init__(
        self,
        joined: scipy.sparse.csc_array,
        walls: Sequence[scipy.sparse.csr_array],
        mass: Array,
        unknowns: int,
        cut: float,
        moving: Collection[int] = (),
        last: Collection[int] = (),
        joints: tuple[scipy.sparse.csr_array, scipy.sparse.csc_array] | None = None,
    ) -> None:
        self._unknowns, self._blocks, self._joints = unknowns, len(mass), joints
        held = [(rows @ joined).toarray() for rows in walls]
        self.scales = [mean_length(rows) for rows in held]
        scaled = [rows / scale for rows, scale in zip(held, self.scales, strict=True)]
        still = [np.zeros_like(r) if k in moving else r for k, r in enumerate(scaled)]
        rows = np.concatenate([np.zeros((0, joined.shape[1])), *still])
        # Together, functions of unknowns with equal walls mix: one of size 1e-9 is then lost in
        # the rounding of one of size 1e3.
        unknown = joined.indices[joined.indptr[:-1]] // (joined.shape[0] // unknowns)
        held_by = [np.unique(unknown[np.any(each, axis=0)]) for each in held]
        groups = self._grouped(held_by, last)
        parts = [
            self._split(joined[:, among], rows[:, among], cut)
            for among in (np.flatnonzero(np.isin(unknown, group)) for group in groups)
        ]
        counts = [int(null.shape[1]) for null, _ in parts]
        self.first = sum(
            count for count, group in zip(counts, groups, strict=True) if group[0] not in last
        )
        self._null = self._stacked([null for null, _ in parts])
        self._lift = np.sum([lift @ left.T for _, (lift, left) in parts], axis=0)
        self.tests, self.weights = int(self._null.shape[1]), np.zeros((0, 0))
        self.lengths = np.zeros(0)
        self._solve_own: Callable[[NDArray[Any]], NDArray[Any]] | None = None
        if moving:
            chosen = scipy.sparse.vstack([walls[k] / self.scales[k] for k in sorted(moving)])
            moved = chosen @ self._null
            moved = moved.toarray() if scipy.sparse.issparse(moved) else moved
            parts = [
                self._split(self._null[:, end - count : end], moved[:, end - count : end], cut)
                for end, count in zip(np.cumsum(counts), counts, strict=True)
            ]
            null = self._stacked([null for null, _ in parts])
            lift = np.hstack([lift for _, (lift, _) in parts])
            self.weights = np.hstack([weights for _, (_, weights) in parts])
            self.tests = int(null.shape[1])
            # Of what data of length one make: the reciprocal is what functions of length one have.
            self.lengths = 1.0 / np.linalg.norm(lift, axis=0)
            self._null = self._stacked([null, lift * self.lengths])
        self.size = int(self._null.shape[1])
        self._columns, self._local = self._localised()
        self.mass = self._form(mass)[0]
        self._solve_mass = factorised(self.mass)
        # A change of data then leaves the projection of a function alone.
        overlap = self._null.T @ by_unknown(mass @ by_block(self._lift, *self._shape), *self._shape)
        self._lift = self._lift - self._null @ self._solve_mass(overlap)
        kept = np.repeat([k not in moving for k in range(len(walls))], [len(r) for r in held])
        self._slots = np.flatnonzero(kept)
        every = [rows / scale for rows, scale in zip(walls, self.scales, strict=True)]
        none = scipy.sparse.csr_array((0, joined.shape[0]))
        self._rows = scipy.sparse.csr_array(scipy.sparse.vstack([none, *every]))[self._slots]

    @property
    def _shape(self) -> tuple[int, int]:
        return self._unknowns, self._blocks

    @property
    def functions(self) -> Any:
        """The coefficients (n, size) of the functions of the free coordinates."""
        return self._null

    def coefficients(self, free: Array, data: Array) -> Array:
        """All coefficients (n, k) from free coordinates (size, k) and data (q, k); or without k."""
        found = np.asarray(self._null @ free + self._lift @ data)
        if self._joints is not None:
            rows, columns = self._joints
            found -= columns @ (rows @ found)
            found -= self._lift[:, self._slots] @ (self._rows @ found - data[self._slots])
        return found

    def homogeneous(self, free: Array) -> Array:
        """The same without data."""
        return np.asarray(self._null @ free)

    def lifted(self, slots: Integers) -> Array:
        """The coefficients (n, slots) of functions for unit data of some rows."""
        return np.asarray(self._lift[:, slots])

    def tested(self, moments: Array) -> Array:
        """Moments (tests, k) with the functions that keep all conditions, from those with all."""
        return np.asarray((self._null.T @ moments)[: self.tests])

    def tested_by_told(self, moments: Array) -> Array:
        """Those (size - tests, k) with the functions of the other coordinates."""
        return np.asarray((self._null.T @ moments)[self.tests :])

    def nearest(self, moments: Array, told: Array | None = None) -> Array:
        """Free coordinates (size, k) of the function with moments (n, k).

        `told` are those of data that moving conditions tell, where they are known.
        """
        moments = self._null.T @ moments
        if told is None:
            return np.asarray(self._solve_mass(moments))
        own = self.tests
        if self._solve_own is None:
            self._solve_own = factorised(self.mass[:own, :own])
        rest = self._solve_own(moments[:own] - self.mass[:own, own:] @ told)
        return np.concatenate([rest, told])

    def moved(self, told: Array) -> Array:
        """The values of moving rows (rows, k) from those coordinates (size - tests, k)."""
        return np.asarray(self.weights @ (self.lengths[:, None] * told))

    def told(self, moved: Array) -> Array:
        """Those coordinates from the values of moving rows."""
        return np.asarray((self.weights.T @ moved) / self.lengths[:, None])

    def admissible(self, free: Array) -> Array:
        """Free coordinates (size, k) that keep the constraints: all do."""
        return free

    def form(
        self,
        forms: Array,
        slots: Integers | None = None,
        slopes: Array | None = None,
        *,
        told: bool = False,
    ) -> Any:
        """The matrix of a bilinear form, given on each block: tests by free coordinates.

        `slopes` (slots, size) say how the data of some rows follow the free coordinates; with
        `told` the functions of all of these are tests.
        """
        matrix, tested = self._form(forms)
        if self.tests < self.size and not told:
            matrix = matrix[: self.tests]
        if slots is None or slopes is None:
            return matrix
        moved = np.zeros((self.size + 1, len(slots)))
        lifted = tested @ by_block(self._lift[:, slots], *self._shape)
        for held, part in zip(self._columns, lifted, strict=True):
            moved[held] += part
        if self._blocks == 1:
            return matrix + moved[:-1] @ slopes
        return matrix + scipy.sparse.csc_array(moved[:-1]) @ scipy.sparse.csc_array(slopes)

    def _form(self, forms: Array) -> tuple[Any, Array]:
        """The matrix over all free coordinates, and what is left to the right of each block."""
        tested = np.swapaxes(self._local, 1, 2) @ forms
        parts = tested @ self._local
        if self._blocks == 1:
            return parts[0], tested
        rows_at = np.broadcast_to(self._columns[:, :, None], parts.shape).ravel()
        columns_at = np.broadcast_to(self._columns[:, None, :], parts.shape).ravel()
        inside = (rows_at < self.size) & (columns_at < self.size)
        entries = (parts.ravel()[inside], (rows_at[inside], columns_at[inside]))
        shape = (self.size, self.size)
        return scipy.sparse.csc_array(scipy.sparse.coo_array(entries, shape=shape)), tested

    def _grouped(self, held_by: Sequence[Integers], last: Collection[int]) -> list[list[int]]:
        """Unknowns by conditions that hold several, those of `last` behind the others."""
        group = list(range(self._unknowns))
        for held in held_by:
            joined = {group[k] for k in held}
            group = [min(joined) if g in joined else g for g in group]
        found = [[k for k, g in enumerate(group) if g == each] for each in sorted(set(group))]
        return sorted(found, key=lambda each: each[0] in last)

    def _stacked(self, parts: Sequence[Any]) -> Any:
        """Columns beside each other, sparse where there are several blocks."""
        if self._blocks == 1:
            return np.hstack(parts)
        return scipy.sparse.csc_array(scipy.sparse.hstack(parts))

    def _split(
        self, joined: Any, rows: Array, cut: float
    ) -> tuple[Array | scipy.sparse.csc_array, tuple[Array, Array]]:
        """Columns of norm one on which the rows vanish, and columns for what data of rows span.

        The second ones times the transpose of the last matrix are for unit data of each row.
        """
        largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
        touched = np.any(np.abs(rows) > SAME * largest, axis=0)
        bound, free = joined[:, np.flatnonzero(touched)], joined[:, np.flatnonzero(~touched)]
        told = np.flatnonzero(largest[:, 0])
        left, values, right = scipy.linalg.svd(rows[np.ix_(told, touched)], full_matrices=True)
        rank = int(np.sum(values > cut * values.max(initial=0.0)))
        lift = np.asarray(bound @ (right[:rank].T / values[:rank]))
        spanned = (lift, np.zeros((len(rows), rank)))
        spanned[1][told] = left[:, :rank]
        if self._blocks == 1:
            free = free.toarray() if scipy.sparse.issparse(free) else free
            return np.hstack([free, bound @ right[rank:].T]), spanned
        kept = bound @ scipy.sparse.csc_array(right[rank:].T)
        null = scipy.sparse.csc_array(scipy.sparse.hstack([free, kept]))
        lengths = scipy.sparse.linalg.norm(null, axis=0)
        return scipy.sparse.csc_array(null / lengths), spanned

    def _localised(self) -> tuple[Integers, Array]:
        """Which free coordinates matter on each block, (blocks, c), `size` standing for none.

        And the coefficients of each block from its coordinates, (blocks, unknowns * size, c).
        """
        if self._blocks == 1:
            return np.arange(self.size)[None], self._null[None]
        rows = scipy.sparse.csr_array(self._null)
        count = self._blocks
        each = rows.shape[0] // (self._unknowns * count)
        starts = each * (np.arange(self._unknowns)[:, None] * count + np.arange(count))
        chosen, pieces = [], []
        for block in range(count):
            piece = rows[(starts[:, block, None] + np.arange(each)).ravel()]
            used = np.unique(piece.indices)
            chosen.append(used)
            pieces.append(piece[:, used].toarray())
        columns = np.full((count, max(map(len, chosen))), self.size)
        local = np.zeros((count, self._unknowns * each, columns.shape[1]))
        for block, (used, piece) in enumerate(zip(chosen, pieces, strict=True)):
            columns[block, : len(used)] = used
            local[block, :, : len(used)] = piece
        return columns, local


def by_block(coefficients: NDArray[Any], unknowns: int, blocks: int) -> NDArray[Any]:
    """(blocks, unknowns * size, k) from (unknowns * blocks * size, k)."""
    total, columns = coefficients.shape
    size = total // (unknowns * blocks)
    shaped = coefficients.reshape(unknowns, blocks, size, columns)
    return shaped.swapaxes(0, 1).reshape(blocks, unknowns * size, columns)


def by_unknown(parts: NDArray[Any], unknowns: int, blocks: int) -> NDArray[Any]:
    """The other way."""
    _, each, columns = parts.shape
    shaped = parts.reshape(blocks, unknowns, each // unknowns, columns)
    return shaped.swapaxes(0, 1).reshape(blocks * each, columns)


def mean_length(rows: Array | scipy.sparse.csr_array) -> float:
    """Of rows: in the mean square, or one if they are all zero or there are none."""
    entries = rows.data if isinstance(rows, scipy.sparse.csr_array) else rows
    return float(np.sqrt(np.sum(np.square(entries)) / max(1, rows.shape[0]))) or 1.0


def factorised(matrix: Any) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The solver of a dense or sparse system."""
    if scipy.sparse.issparse(matrix):
        # Blocks meet their neighbours both ways, and the diagonal is large: to keep to it, down
        # to a tenth of the largest entry of a column, halves
        # the fill and the time of two unknowns on 32 blocks, against the defaults.
        factors = scipy.sparse.linalg.splu(
            matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=1.0 / A_DIGIT
        )
        return lambda right: np.asarray(factors.solve(right))
    factors, pivots = scipy.linalg.lu_factor(matrix, check_finite=False)

    def solve(right: NDArray[Any]) -> NDArray[Any]:
        # LAPACK itself: of a system of 60 `lu_solve` takes 8 microseconds, of which this takes 2.
        (substitute,) = scipy.linalg.get_lapack_funcs(("getrs",), (factors, right))
        return np.asarray(substitute(factors, pivots, right)[0])

    return solve
