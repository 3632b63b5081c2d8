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
from ...problem.compiled.ordinary import Layout
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.terms.constant import number
from ...rounding import HALF_OF_THE_DIGITS


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
        last = np.inf
        while True:
            residuals, matrix = self._evaluated(jet, beyond)
            if np.linalg.matrix_rank(matrix) < len(rows):
                raise self._undetermined()
            step = np.linalg.solve(matrix, residuals)
            beyond[rows] -= step
            length = float(np.linalg.norm(step))
            if not length < last:  # rounding is left, or nothing that leads on
                break
            last = length
            if all(r.relation.linear for r in self.relations):
                return beyond
        if not length <= HALF_OF_THE_DIGITS * float(np.linalg.norm(beyond[rows])):
            raise self._undetermined()
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

    def _undetermined(self) -> ProblemError:
        return ProblemError(
            f"what holds at the interface at {number(self.place)} does not determine the solution "
            "beyond it: state there the jumps that are meant, or begin anew behind it"
        )


def crossings(system: System, layout: Layout, *, upwards: bool) -> dict[float, Crossing]:
    """All interfaces of a problem on a line by their places."""
    found: dict[float, Crossing] = {}
    relations = iter(system.across)
    for interface in system.problem.interfaces:
        held = tuple(next(relations) for _ in interface.relations)
        found[interface.place] = Crossing(layout, interface.place, held, upwards)
    return found
