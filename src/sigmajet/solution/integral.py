"""Integrals of what is solved, over a domain or a part of its boundary, with their errors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._types import Array
from ..approximation.block_field import BlockField
from ..approximation.field import Field
from ..errors import ProblemError
from ..geometry.integration.places import Inside, OnBoundary, rules_inside, rules_on_boundary
from ..geometry.partition import Partition
from ..geometry.region import BoxRegion
from ..geometry.shapes import combine
from ..geometry.shapes.plane import PlanePart, PlaneRegion
from ..geometry.solids import combine as solids
from ..geometry.solids.solid import SolidPart
from ..problem.statement import Problem
from ..problem.terms.domain import Domain, Region, Shaped
from ..rounding import HALF_OF_THE_DIGITS
from .asked import Asked

__all__ = ["Integral", "integrate"]

_Over = Inside | OnBoundary

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
    pieces = list(_pieces(place, blocks, whole=place == problem.domain.region))
    coarse, value = (_total(asked, field, pieces, nodes) for nodes in _NODES)
    if check is None:
        return Integral(value, math.inf)
    other = _total(asked, check, pieces, _NODES[1])
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
    pieces: Sequence[tuple[_Over, Partition]],
    count: int,
) -> float | complex:
    parts = [
        complex(weights @ asked.of(field, points, normals))
        for held, own in pieces
        for points, normals, weights in _rules(held, own, count)
        if len(points)
    ]
    real, imaginary = (math.fsum(p) for p in ((v.real for v in parts), (v.imag for v in parts)))
    return complex(real, imaginary) if asked.is_complex else real


def _rules(
    place: _Over, blocks: Partition, count: int
) -> Iterator[tuple[Array, Array | None, Array]]:
    """Points, normals on a boundary, and weights."""
    if isinstance(place, OnBoundary):
        yield from rules_on_boundary(place, blocks, count)
        return
    for points, weights in rules_inside(place, blocks, count):
        yield points, None, weights


def _pieces(place: _Over, blocks: Partition, *, whole: bool) -> Iterator[tuple[_Over, Partition]]:
    """What a place, the `whole` region perhaps, has of each part of it, and that part's blocks."""
    if blocks.owner is None or isinstance(place, SolidPart):
        yield place, blocks
        return
    for number, part in enumerate(blocks.parts):
        _, own = blocks.within(number)
        held: Any = part if whole else _common(place, part)
        if held is not None:
            yield held, own


def _common(place: _Over, part: Any) -> _Over | None:
    """What a place has of a part of the region; None if nothing."""
    if isinstance(place, PlanePart):
        return _wall_of(place, part)
    plane = isinstance(part, PlaneRegion)
    together: Any = combine if plane else solids
    whole = together.box(place.lower, place.upper) if isinstance(place, BoxRegion) else place
    try:
        found: _Over = together.intersection(part, whole)
    except ProblemError:  # nothing is left
        return None
    return found


def _wall_of(place: PlanePart, part: PlaneRegion) -> PlanePart | None:
    """The pieces of a boundary that bound a part of its region too."""
    near = HALF_OF_THE_DIGITS * place.region.size
    ends = np.array([arc.start for arc in part.arcs])
    pieces = []
    for arc in place.arcs:
        shares = arc.nearest(ends)
        met = np.linalg.norm(arc.at(shares) - ends, axis=1) <= near
        inner = np.unique(shares[met])
        cuts = inner[(inner > HALF_OF_THE_DIGITS) & (inner < 1.0 - HALF_OF_THE_DIGITS)]
        for piece in arc.cut(cuts):
            middle = np.array([0.5])
            inward = piece.at(middle) - 4.0 * near * piece.normals(middle)
            if part.contains(inward)[0] and part.whole.distance(piece.at(middle))[0] <= near:
                pieces.append(piece)
    return PlanePart(place.region, pieces) if pieces else None
