"""Integrals of what is solved, over a domain or a part of its boundary, with their errors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .._types import Array
from ..approximation.block_field import BlockField
from ..approximation.field import Field
from ..errors import ProblemError
from ..geometry.mapping import AffineMap
from ..geometry.partition import Partition
from ..geometry.quadrature import gauss_legendre, tensor_rule
from ..geometry.region import BoxRegion
from ..geometry.shapes.plane import PlanePart, PlaneRegion
from ..geometry.shapes.rules import area_rule, wall_rule
from ..geometry.solids.rules import boundary_rule, volume_rule
from ..geometry.solids.solid import SolidPart, SolidRegion
from ..problem.statement import Problem
from ..problem.terms.domain import Domain, Region, Shaped
from .asked import Asked

__all__ = ["Integral", "integrate"]

_Over = BoxRegion | PlaneRegion | PlanePart | SolidRegion | SolidPart

_NODES = (12, 20)  # along a line in a block; two rules tell the error of the first


class Integral(NamedTuple):
    """The value of an integral, and what it may be off by."""

    value: float | complex
    error: float


def integrate(
    problem: Problem, field: Field, check: Field | None, expression: Any, over: Any
) -> Integral:
    """Integrate an expression; see :meth:`sigmajet.Solution.integrate`."""
    asked = Asked(problem, expression)
    place = _place(problem, over)
    blocks = _blocks(problem, field)
    coarse, value = (_total(asked, field, place, blocks, nodes) for nodes in _NODES)
    if check is None:
        return Integral(value, math.inf)
    other = _total(asked, check, place, blocks, _NODES[1])
    return Integral(value, abs(value - coarse) + abs(value - other))


def _place(problem: Problem, over: Any) -> _Over:
    """Where to integrate."""
    domain = problem.domain
    if over is None:
        over = domain
    if isinstance(over, Domain):
        if over.variables != domain.variables:
            raise ProblemError(f"over: got a region of {over.variables}, not of {domain.variables}")
        place: Any = over.region
    elif isinstance(domain, Region):
        place = domain.boundary_part(over, "over", problem.parameters)
    elif isinstance(domain, Shaped):
        raise ProblemError(f"over: integrals over parts of {domain} are not there yet")
    else:
        raise ProblemError(f"over: got {over!r}, expected a region; a box has no named parts")
    if not isinstance(place, _Over):
        raise ProblemError(f"over: integrals over {over} are not there yet")
    return place


def _blocks(problem: Problem, field: Field) -> Partition:
    """Blocks in each of which a field is smooth."""
    if isinstance(field, BlockField):
        return field.partition
    whole = Partition.whole(problem.domain.lower, problem.domain.upper)
    for _ in range(3):
        whole = whole.cut({b: range(whole.dimension) for b in range(len(whole))})
    return whole


def _total(
    asked: Asked,
    field: Field,
    place: _Over,
    blocks: Partition,
    count: int,
) -> float | complex:
    parts = [
        complex(weights @ asked.of(field, points, normals))
        for points, normals, weights in _rules(place, blocks, count)
        if len(points)
    ]
    real, imaginary = (math.fsum(p) for p in ((v.real for v in parts), (v.imag for v in parts)))
    return complex(real, imaginary) if asked.is_complex else real


def _rules(
    place: _Over, blocks: Partition, count: int
) -> Iterator[tuple[Array, Array | None, Array]]:
    """Points, normals on a boundary, and weights, block by block; of a solid all at once."""
    if isinstance(place, SolidPart):
        yield boundary_rule(place, count)
        return
    if isinstance(place, SolidRegion):
        points, weights = volume_rule(place, count)
        yield points, None, weights
        return
    for block in range(len(blocks)):
        cell = blocks.mapping(block)
        if isinstance(place, PlanePart):
            yield wall_rule(place, cell, count)
        elif isinstance(place, PlaneRegion):
            points, weights = area_rule(place, cell, count)
            yield points, None, weights
        else:
            held = place.tight(cell)
            if np.all(held.upper > held.lower):
                yield _box_rule(held, count)


def _box_rule(cell: AffineMap, count: int) -> tuple[Array, None, Array]:
    points, weights = tensor_rule([gauss_legendre(count)] * len(cell.lower))
    return cell.from_reference(points), None, weights * float(np.prod(cell.half_widths))
