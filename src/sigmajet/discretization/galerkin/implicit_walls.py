r"""Conditions in space that no constant matrix holds: nonlinear ones, or coefficients that move.

Of such a condition :math:`F(t, T_1 u, T_2 u, \dots) = 0` one trace, the highest derivative, is
made a constraint like that of a linear wall, :math:`T_1 u = z`, with an unknown datum z. For
given free coordinates y the coefficients are :math:`a = Z y + L z + \dots`, and

.. math:: G(z; y, t) = F(t, T_1 a(y, z), T_2 a(y, z), \dots) = 0

is solved for z by Newton's method: the elimination of the algebraic part of a
differential-algebraic system of index 1. With :math:`\partial z / \partial y = -G_z^{-1} G_y` the
Jacobian of the method of lines stays exact, and a second level follows from dG/dt = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ..._types import Array
from ...linalg.constraints.null_space import NullSpace
from ...nonlinear.gauss_newton import STEPS, gauss_newton
from ...problem.compiled.walls import Implicit
from ...problem.statement import Problem
from ...rounding import SAME, relative_rounding

_TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True, slots=True)
class Held:
    """An implicit condition on a discretisation.

    At its points (m, d), whose data are the rows `slots` of the constraints and divided by a
    scale; `traces` give each trace there from coefficients.
    """

    condition: Implicit
    points: Array
    slots: NDArray[np.intp]
    scale: float
    traces: Sequence[scipy.sparse.csr_array]


class ImplicitWalls:
    """The implicit conditions of one discretisation; `memory` is where Newton starts."""

    def __init__(self, problem: Problem, kept: NullSpace, held: Sequence[Held]) -> None:
        self._kept = kept
        self._time = problem.variables.index(problem.time)
        self.slots = np.concatenate([each.slots for each in held])
        self.memory = np.zeros(len(self.slots))
        self._held = held
        lift = kept.lifted(self.slots)
        self._lifted = [[trace @ lift for trace in each.traces] for each in held]

    def begin(self, coefficients: Array) -> None:
        """Take from a function's coefficients where Newton starts."""
        parts = [h.traces[h.condition.main] @ coefficients / h.scale for h in self._held]
        self.memory = np.concatenate(parts)

    def fill(self, time: float, levels: Array, data: Array) -> None:
        """Set the unknown data in `data` (derivatives, q) from free coordinates (order, r)."""
        data[0, self.slots] = self._solve(time, levels[0], data[0])
        if len(levels) > 1:
            rest = self._kept.coefficients(levels[1], data[1])
            drift, slope = [], []
            for (held, values, partials), lifted in zip(
                self._evaluated(time, levels[0], data[0]), self._lifted, strict=True
            ):
                slope.append(_combined(partials, lifted))
                moved = np.zeros(len(held.points))
                for trace, partial in zip(held.traces, partials, strict=True):
                    moved += partial * (trace @ rest)
                full = np.insert(held.points, self._time, time, axis=1)
                drift.append(moved + held.condition.drift(full, values)[0])
            data[1, self.slots] = -_solved(np.concatenate(slope), np.concatenate(drift))

    def form(self, forms: Array, slopes: Array) -> Any:
        """A bilinear form, given on each block, where the unknown data follow by `slopes`."""
        return self._kept.form(forms, self.slots, slopes)

    def slopes(self, time: float, free: Array, data: Array) -> Array:
        """dz/dy at free coordinates (r,) and filled data (q,), (slots, r)."""
        rows, slope = [], []
        for (held, _, partials), lifted in zip(
            self._evaluated(time, free, data), self._lifted, strict=True
        ):
            slope.append(_combined(partials, lifted))
            traces = [trace.toarray() for trace in held.traces]
            rows.append(self._kept.tested(_combined(partials, traces).T).T)
        return -_solved(np.concatenate(slope), np.concatenate(rows))

    def _solve(self, time: float, free: Array, data: Array) -> Array:
        """The unknown data; not a number where Newton does not come to rest."""
        data = data.copy()

        def linearise(found: Array) -> _Step | None:
            data[self.slots] = found
            defects, slope = [], []
            for (held, values, partials), lifted in zip(
                self._evaluated(time, free, data), self._lifted, strict=True
            ):
                full = np.insert(held.points, self._time, time, axis=1)
                defects.append(held.condition.residual(full, values)[0])
                slope.append(_combined(partials, lifted))
            matrix, defect = np.concatenate(slope), np.concatenate(defects)
            if not (np.all(np.isfinite(matrix)) and np.all(np.isfinite(defect))):
                return None
            largest = np.abs(self._kept.coefficients(free, data))
            made = max(
                float((abs(h.traces[h.condition.main]) @ largest).max() / h.scale)
                for h in self._held
            )
            return _Step(-_solved(matrix, defect), found, made / terms)

        terms = self._held[0].traces[0].shape[1]
        reached = gauss_newton(
            linearise, self.memory, tolerance=relative_rounding(terms), steps=STEPS
        )
        if not reached.status.settled:
            return np.full_like(self.memory, np.nan)
        self.memory = reached.iterate
        return reached.iterate

    def _evaluated(self, time: float, free: Array, data: Array) -> list[tuple[Held, Array, Array]]:
        """Values of the traces and partial derivatives by them, for each condition."""
        coefficients = self._kept.coefficients(free, data)
        results = []
        for held in self._held:
            full = np.insert(held.points, self._time, time, axis=1)
            values = np.array([trace @ coefficients for trace in held.traces])
            results.append((held, values, held.condition.residual(full, values)[1]))
        return results


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of Newton's method from data."""

    change: Array
    data: Array
    share: float
    """Of a datum that vanishes, the mean term it is the sum of: what it is known by."""

    def size(self, *, stalls: bool) -> float:
        """Relative to the largest of the data."""
        largest = np.abs(self.data + self.change).max()
        return float(np.abs(self.change).max() / max(largest, self.share, _TINY))


def _combined(partials: Array, rows: Sequence[Array]) -> Array:
    """Sum of the traces' rows, each times the partial derivative by it."""
    return np.asarray(sum(p[:, None] * r for p, r in zip(partials, rows, strict=True)))


def _solved(matrix: Array, right: Array) -> Array:
    """Least squares: on the faces of a plane data may say the same thing twice."""
    if not (np.all(np.isfinite(right)) and np.all(np.isfinite(matrix))):
        return np.full((matrix.shape[1], *right.shape[1:]), np.nan)
    return np.asarray(np.linalg.lstsq(matrix, right, rcond=SAME)[0])
