"""What becomes of the states of an ordinary differential equation at an interface.

A march comes to a place where fluxes and not slopes go on: :math:`p y'` of a mass that changes, the
momentum that a blow adds to. As many relations as there are states below the highest derivatives
give those on the other side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...errors import ProblemError
from ...nonlinear.gauss_newton import STEPS, gauss_newton
from ...problem.compiled.ordinary import Layout
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.terms.constant import number
from ...rounding import relative_rounding


@dataclass(frozen=True, slots=True)
class Crossing:
    """One interface on the way of a march, upwards or downwards."""

    layout: Layout
    place: float
    relations: tuple[Residual, ...]
    upwards: bool

    def __call__(self, jet: Array) -> Array:
        """The states beyond the interface, from those before; highest derivatives are unknown.

        Raises
        ------
        ProblemError
            If the relations do not determine them.
        """
        rows = self.layout.lower
        beyond = np.where(self.layout.lifts > 0, jet, np.nan)
        linear = all(r.relation.linear for r in self.relations)

        def linearise(states: Array) -> _Step | None:
            beyond[rows] = states
            residuals, matrix = self._evaluated(jet, beyond)
            if not (np.all(np.isfinite(residuals)) and np.all(np.isfinite(matrix))):
                return None
            if np.linalg.matrix_rank(matrix) < len(rows):
                return None
            change = np.linalg.solve(matrix, -residuals).astype(float, copy=False)
            return _Step(change, states, jet[rows])

        found = gauss_newton(
            linearise,
            beyond[rows],
            tolerance=np.inf if linear else relative_rounding(),
            steps=STEPS,
            jacobian="constant" if linear else "exact",
        )
        if not found.status.settled:
            raise ProblemError(
                f"what holds at the interface at {number(self.place)} does not determine the "
                "solution beyond it: state there the jumps that are meant, or begin anew behind it"
            )
        beyond[rows] = found.iterate
        return beyond

    def _evaluated(self, before: Array, beyond: Array) -> tuple[Array, Array]:
        """Residuals of the relations, and their partial derivatives by the states beyond."""
        residuals = np.empty(len(self.relations))
        matrix = np.zeros((len(self.relations), len(before)))
        for row, relation in enumerate(self.relations):
            held = np.array([self.layout.row(t.unknown, t.orders[0]) for t in relation.traces])
            above = np.array([self._is_above(t.place[0]) for t in relation.traces])
            ahead = above == self.upwards
            values = np.where(ahead, beyond[held], before[held])
            defect, partials = relation(np.array([[self.place]]), values[:, None])
            residuals[row] = defect[0]
            np.add.at(matrix[row], held[ahead], partials[ahead, 0])
        return residuals, matrix[:, self.layout.lower]

    def _is_above(self, side: object) -> bool:
        return isinstance(side, float) and side > self.place


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of Newton's method from states beyond, which those before the interface made."""

    change: Array
    states: Array
    before: Array

    def size(self, *, stalls: bool) -> float:
        """Relative to the largest states of both sides, as the rounding of what holds there is."""
        largest = max(map(np.linalg.norm, (self.before, self.states, self.states + self.change)))
        return float(np.linalg.norm(self.change) / largest) if largest > 0.0 else 0.0


def crossings(system: System, layout: Layout, *, upwards: bool) -> dict[float, Crossing]:
    """All interfaces of a problem on a line by their places."""
    found: dict[float, Crossing] = {}
    relations = iter(system.across)
    for interface in system.problem.interfaces:
        held = tuple(next(relations) for _ in interface.relations)
        found[interface.place] = Crossing(layout, interface.place, held, upwards)
    return found
