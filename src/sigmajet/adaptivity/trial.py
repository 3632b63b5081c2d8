"""A problem solved on one partition, on as many independent networks as wanted.

Solutions that share nothing but the problem are what an error is told from, see :mod:`.estimate`.
Linear ones do not wait for each other and are computed side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..approximation.field import Differentiable
from ..approximation.network.network import Shape, draw_network
from ..approximation.network.symmetry import NO_SYMMETRY, Symmetry
from ..discretization.collocation.collocation import Discretisation
from ..discretization.collocation.fit import Fit, solve_discretised
from ..geometry.partition import Partition
from ..nonlinear.gauss_newton import STEPS
from ..problem.compiled.system import System

_WEIGHT, _CHECK_WEIGHT = 50.0, 20.0  # conditions against equations
# In four and more variables most of the error comes from the walls, in ten more than in five. On
# 1500 neurons 5 times the weight halved that of a Gaussian in five variables. In ten 20 times, in
# place of 5, left half the error of a Gaussian off the centre, and 0.7 of that of the check of a
# centred one; in four two problems lost a factor of 2 and 9 by it.
_MANY, _MORE = 5.0, 0.2
_WORKERS = 2  # a third solve is a small one, and memory is not free


@dataclass(frozen=True, slots=True)
class Trial:
    """Solves on networks of any width over one partition, each independent of the others."""

    system: System
    partition: Partition
    shape: Shape
    seed: int
    symmetry: Symmetry = NO_SYMMETRY

    def solve(
        self,
        width: int,
        number: int,
        start: Differentiable | None,
        steps: int = STEPS,
        *,
        natural: bool = True,
    ) -> Fit:
        """Solve; number 0 is the solution itself, others check it with other weights.

        A nonlinear problem takes so many `steps` of Gauss-Newton at most, see
        `solve_discretised` for these and for `natural`.
        """
        network = draw_network(
            self.partition.dimension,
            width,
            (self.seed, width, number),
            self.shape,
            images=len(self.symmetry),
        )
        images = self.symmetry.images(network)
        return solve_discretised(
            self.system,
            Discretisation(self.partition, network, len(self.system.problem.unknowns), images),
            start,
            weight=(_CHECK_WEIGHT if number else _WEIGHT) * self._share_of_walls,
            seed=self.seed + number,
            steps=steps,
            natural=natural,
        )

    @property
    def _share_of_walls(self) -> float:
        dimension = self.partition.dimension
        return 1.0 if dimension <= 3 else max(_MANY, _MORE * dimension**2)

    def solve_all(
        self, widths: Sequence[int], start: Differentiable | None, known: Sequence[Fit] = ()
    ) -> list[Fit]:
        """Solutions number 0, 1, ... of these widths, of which the first ones may be `known`.

        Nonlinear ones start from the first.
        """
        solved = list(known)
        if not self.system.problem.linear:
            for number in range(len(solved), len(widths)):
                nearest = solved[0].field if solved else start
                solved.append(self.solve(widths[number], number, nearest))
            return solved
        numbers = range(len(solved), len(widths))
        with ThreadPoolExecutor(_WORKERS) as pool:
            return solved + list(pool.map(lambda i: self.solve(widths[i], i, None), numbers))
