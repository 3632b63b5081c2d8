r"""Conditions on walls that are equations of their own, as of heat that a wall stores, u_t = k u_x.

Of such a condition :math:`F(t, T_1 \partial_t^k u, T_2 u, \dots) = 0` the trace :math:`T_1 u` is
no datum but part of the state: functions that have it are added to those that keep all conditions,
as many as it has data on the discretisation. The equations are tested with functions on which it
vanishes, and what it is follows from the condition,

.. math:: (v, \mathrm{equation}) = 0 \quad (T_1 v = 0), \qquad W^T F = 0,

W what spans its data at the points of the wall. That is enough on a line. Where walls have many
data, the equations are tested with the added functions w as well, and the condition is weighed
against them as the method of Galerkin on pairs of a function and its values there does,

.. math:: (w, \mathrm{equation}) + c \int_{\mathrm{wall}} T_1 w\, F = 0,

with a c of the sign for which derivatives in time add up: without the first term heat in a square
that a wall of it stores grew by modes that no solution has, with a c from 1/10 to 100 of what makes
the fluxes cancel none did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse

from ..._types import Array
from ...problem.compiled.walls import Moving


@dataclass(frozen=True, slots=True)
class Placed:
    """One of these conditions at its points (m, d), with rows over all coefficients there.

    Those of its `traces`, and of the `main` one that it tells.
    """

    condition: Moving
    points: Array
    scale: float
    traces: Sequence[scipy.sparse.csr_array]
    main: scipy.sparse.csr_array


class MovingWalls:
    """These conditions on one discretisation, as they are `placed`; `axis` is that of time."""

    def __init__(self, axis: int, placed: Sequence[Placed], weights: Array) -> None:
        self._axis = axis
        self.placed = placed
        self._weights = weights

    @property
    def store(self) -> bool:
        """Whether all of them tell the derivative in time of what they are solved for."""
        return all(p.condition.level for p in self.placed)

    def shares(self, time: float, coefficients: Array) -> list[float]:
        """The mean derivative of each by that derivative."""
        found = []
        for p in self.placed:
            _, partials = p.condition.residual(*self._at(p, time, coefficients))
            assert p.condition.told is not None  # as there is a derivative in time
            found.append(float(np.mean(partials[p.condition.told])))
        return found

    def defects(self, time: float, coefficients: Array, factors: Sequence[float]) -> Array:
        """What they leave of coefficients (levels, n) at a time, as many as they tell.

        Each times a factor.
        """
        left = [p.condition.residual(*self._at(p, time, coefficients))[0] for p in self.placed]
        scaled = [f * d / p.scale for d, p, f in zip(left, self.placed, factors, strict=True)]
        return np.asarray(self._weights.T @ np.concatenate(scaled))

    def slopes(self, time: float, coefficients: Array, factors: Sequence[float]) -> list[Any]:
        """Their derivatives by the coefficients of each level, rows over all of one."""
        count, total = coefficients.shape
        found: list[list[Any]] = [[] for _ in range(count)]
        for p, factor in zip(self.placed, factors, strict=True):
            _, partials = p.condition.residual(*self._at(p, time, coefficients))
            rows = [scipy.sparse.csr_array((len(p.points), total)) for _ in range(count)]
            for trace, level, partial in zip(p.traces, p.condition.levels, partials, strict=True):
                rows[level] = (
                    rows[level] + scipy.sparse.diags_array(factor * partial / p.scale) @ trace
                )
            for gathered, each in zip(found, rows, strict=True):
                gathered.append(each)
        weights = scipy.sparse.csr_array(self._weights.T)
        return [weights @ scipy.sparse.vstack(level) for level in found]

    def _at(self, placed: Placed, time: float, coefficients: Array) -> tuple[Array, Array]:
        """Points of all variables, and the values of the traces there."""
        values = np.array(
            [
                trace @ coefficients[level]
                for trace, level in zip(placed.traces, placed.condition.levels, strict=True)
            ]
        )
        return np.insert(placed.points, self._axis, time, axis=1), values
