"""Where the traces of a relation are taken: points of its place, and quadrature of integrals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from ..approximation.field import Differentiable, Field
from ..approximation.norm import Sampled
from ..geometry.partition import Partition
from ..geometry.place import Interval, Place
from ..geometry.points import interior_points
from ..geometry.quadrature import NODES, panel_rule, panels_between, tensor_rule
from ..geometry.region import Beside
from ..problem.compiled.residual import Residual
from ..problem.statement import Problem
from ..problem.terms.trace import Trace
from ..randomness import Seed

AT_ONCE = 512  # points: 1 MB or two of features, a third faster than all where neurons have images


def place_points(
    problem: Problem,
    condition: Residual,
    partition: Partition,
    width: int,
    seed: Seed,
    least: int = 0,
) -> Array:
    """Points (m, d) of the place where a condition holds, some in every block that it meets.

    Blocks on both sides of an interface meet what holds there. On walls of space they are so many
    at `least`.
    """
    place, dimension = condition.relation.place, partition.dimension
    if not place.dimension:
        return place.points(partition, np.empty((1, 0)))
    count = int((4 if dimension < 3 else 2) * width ** (place.dimension / dimension)) + 4
    if place.dimension > 1:
        count = max(count, least)
    if dimension > 3:
        count = min(count, 2 * width // len(problem.conditions) + 4)
    reference = interior_points(place.dimension, count, seed)
    across = condition.relation.across
    if across is None or across.axis is None:
        return place.points(partition, reference)
    sides = {trace.place for trace in condition.traces}
    return np.concatenate([side.points(partition, reference) for side in sorted(sides, key=str)])


def evaluate_relation(
    residual: Residual, field: Differentiable | None, points: Array, partition: Partition
) -> tuple[Array, Array, Array]:
    """Residual (m,), partial derivatives (k, m) and trace values (k, m) at points."""
    values = np.zeros((len(residual.traces), len(points)))
    if field is not None:
        for rows, traces in by_place(residual.traces):
            wanted = [(trace.unknown, trace.orders) for trace in traces]
            for owners, placed, shares in placements(traces[0], points, partition):
                found = shares * field.derivatives(wanted, placed)
                np.add.at(values, (np.array(rows)[:, None], owners), found)
    defect, partials = residual(points, values)
    return defect, partials, values


def evaluate_sampled(
    residual: Residual, seen: Sampled[Field], partition: Partition
) -> tuple[Array, Array, Array]:
    """The same at a sample, where what relations share is evaluated once."""
    points = seen.sample.points
    if not residual.local:
        return evaluate_relation(residual, seen.field, points, partition)
    values = seen.derivatives([(trace.unknown, trace.orders) for trace in residual.traces])
    defect, partials = residual(points, values)
    return defect, partials, values


def by_place(traces: Sequence[Trace]) -> list[tuple[list[int], list[Trace]]]:
    """Traces with their numbers, grouped by the place where they are taken."""
    groups: dict[Place, tuple[list[int], list[Trace]]] = {}
    for number, trace in enumerate(traces):
        numbers, members = groups.setdefault(trace.place, ([], []))
        numbers.append(number)
        members.append(trace)
    return list(groups.values())


def placements(
    trace: Trace, points: Array, partition: Partition
) -> Iterator[tuple[NDArray[np.intp], Array, Array]]:
    """Where a trace is taken for points (m, d) of its relation, some thousand places at once.

    The number of the point to which each place belongs (n,), the places (n, d), and their weights
    (n,) in the sum that stands for an integral.
    """
    side, rules = trace.place, {}
    fixed = side.taken(points) if isinstance(side, Beside) else points.copy()
    for axis, place in enumerate(trace.place):
        if isinstance(place, Interval):
            rules[axis] = _quadrature(place, partition, axis)
        elif place is not None:
            fixed[:, axis] = place
    nodes, weights = tensor_rule(list(rules.values()))
    count = max(1, AT_ONCE // len(points))
    for start in range(0, len(weights), count):
        some = slice(start, start + count)
        placed = np.tile(fixed, (len(weights[some]), 1))
        placed[:, list(rules)] = np.repeat(nodes[some], len(points), axis=0)
        owners = np.tile(np.arange(len(points)), len(weights[some]))
        yield owners, placed, np.repeat(weights[some], len(points))


def _quadrature(interval: Interval, partition: Partition, axis: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights over an interval, panel by panel between block edges."""
    edges = partition.edges(axis)
    panels = panels_between(interval.lower, interval.upper, edges)
    nodes, weights = panel_rule(panels, NODES)
    return nodes.ravel(), weights.ravel()
