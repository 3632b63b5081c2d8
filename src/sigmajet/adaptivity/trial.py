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
from ..approximation.shared.corner_functions import NO_CORNERS
from ..approximation.shared.functions import SharedFunctions, weights_each
from ..discretization.collocation.collocation import Discretisation, Placed, collocation_points
from ..discretization.collocation.fit import Fit, solve_discretised
from ..geometry.partition import Partition
from ..nonlinear.gauss_newton import STEPS
from ..problem.compiled.system import System
from ..randomness import Purpose, Seed

# Of conditions against equations, times the square of the dimension (at least two), and for checks
# a share of it: most of the error comes from the walls in many variables, in ten more than in five,
# where 250 halved that of a Gaussian against 50, and 1000 in ten against 250. On a line and in the
# plane it is 50. With 40 errors of 44 random problems are 0.9 times those, but a clamped plate
# misses 1e-4 by a third; with 10 a nonlinear layer takes ten times as long.
_WEIGHT, OF_CHECKS = 12.5, 0.4


@dataclass(frozen=True, slots=True)
class Trial:
    """Solves on networks of any width over one partition, each independent of the others.

    Where sizes of the unknowns are known, rows are scaled by these `units`.
    """

    system: System
    partition: Partition
    shape: Shape
    seed: Seed
    symmetry: Symmetry = NO_SYMMETRY
    shared: SharedFunctions = NO_CORNERS
    units: tuple[float, ...] = ()

    def solve(
        self,
        width: int,
        number: int,
        start: Differentiable | None,
        steps: int = STEPS,
        *,
        natural: bool = True,
        places: Sequence[Placed] = (),
    ) -> Fit:
        """Solve; number 0 is the solution itself, others check it with other weights.

        A nonlinear problem takes so many `steps` of Gauss-Newton at most, see
        `solve_discretised` for these, for `natural` and for `places`.
        """
        draw = self._draw(number)
        network = draw_network(
            self.partition.dimension,
            width,
            draw.of(Purpose.NEURONS, width),
            self.shape,
            images=len(self.symmetry),
        )
        images = self.symmetry.images(network)
        return solve_discretised(
            self.system,
            Discretisation(
                self.partition,
                network,
                len(self.system.problem.unknowns),
                images,
                self.shared,
                units=self.units,
            ),
            start,
            weight=(OF_CHECKS if number else 1.0) * self._weight,
            seed=draw,
            steps=steps,
            natural=natural,
            places=places,
        )

    def places(self, width: int, number: int = 0) -> list[Placed]:
        """Where the relations hold in such a solve, whatever the shape of its network."""
        shared = weights_each(self.shared, self.system.unknowns)
        draw = self._draw(number)
        return list(collocation_points(self.system, self.partition, width, draw, shared))

    def _draw(self, number: int) -> Seed:
        return self.seed.of(Purpose.DRAW, number)

    @property
    def _weight(self) -> float:
        return _WEIGHT * max(self.partition.dimension, 2) ** 2

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
        with ThreadPoolExecutor(max(1, len(numbers))) as pool:
            return solved + list(pool.map(lambda i: self.solve(widths[i], i, None), numbers))
