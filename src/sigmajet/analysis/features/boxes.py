r"""Blocks of several variables, cut until nothing in known terms is narrower than they can see.

As along a line (:mod:`.enclosed`), but what the ellipses bound is a box: one variable in the
ellipse about its side, the others in theirs. The worst box of a term is halved where the term
varies most, until it is a polynomial in every variable to the tolerance. A spot of any width is
found, for no box that holds it is bounded before it is as narrow.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from ..._types import Array
from ...geometry.mapping import AffineMap
from ...geometry.partition import Partition
from ...geometry.place import Place
from ...problem.compiled.enclosure import Ball, Enclosure, NotEnclosed
from ...problem.statement import Problem
from ...rules.judgement import SEVERAL
from .enclosed import ELLIPSES, Norm, reach, remainder
from .features import MOST, doubt, known_terms
from .pieces import POINTS

__all__ = ["NarrowTerms", "Sight"]


@dataclass(frozen=True, slots=True)
class Sight:
    """Blocks that see what known terms hold.

    Attributes
    ----------
    partition : Partition
    smooth : bool
        Whether all terms are holomorphic, and resolved.
    doubts : tuple of str
        What a report has to say of terms that are unproven.
    """

    partition: Partition
    smooth: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NarrowTerms:
    """What known terms of a statement hold in boxes that are smaller than its domain.

    Attributes
    ----------
    boxes : tuple
        A term, a box, and the axes along which the term varies each.
    smooth : bool
        Whether all terms are holomorphic, and resolved.
    doubts : dict of Expr to str
        What a report has to say of terms that are unproven.
    """

    boxes: tuple[tuple[sympy.Expr, AffineMap, tuple[int, ...]], ...]
    smooth: bool
    doubts: Mapping[sympy.Expr, str]

    @classmethod
    def read(cls, problem: Problem, tol: float) -> NarrowTerms:
        """Look at all terms, to a tolerance relative to their own size in L2."""
        terms = list(_terms(problem))
        boxes: list[tuple[sympy.Expr, AffineMap, tuple[int, ...]]] = []
        doubts, smooth = {}, True
        for source, term, whole in terms:
            found = _resolved(term, whole, tol, MOST // (len(terms) * term.cost))
            if found is None:
                doubts[source] = doubt(source)
                continue
            held, ends = found
            smooth = smooth and not ends
            boxes += [(source, box, term.axes) for box in held if len(held) > 1]
        return cls(tuple(boxes), smooth and not doubts, doubts)

    def seen(
        self,
        partition: Partition,
        points: int,
        most: int,
        layered: Sequence[tuple[int, float]] = (),
    ) -> Sight:
        """Blocks whose points would step over nothing of it.

        Parameters
        ----------
        partition : Partition
            To be cut.
        points : int
            At which a block looks at the equations: several are to fall into every box.
        most : int
            Blocks. Where more are asked for the rest is not proven.
        layered : sequence of tuple of int and float
            An axis and a place on it each, where blocks end for boundary layers: boxes that are
            narrow for their nearness to one alone lie in such a layer.
        """
        share = SEVERAL / points ** (1.0 / partition.dimension)
        while True:
            cut = partition.cut(self._axes(partition, share, layered))
            if len(cut) == len(partition):
                return Sight(partition, self.smooth, tuple(self.doubts.values()))
            if len(cut) > most:
                rest = {source: doubt(source) for source, _, _ in self.boxes}
                return Sight(partition, False, tuple({**self.doubts, **rest}.values()))
            partition = cut

    def _axes(
        self, partition: Partition, share: float, layered: Sequence[tuple[int, float]]
    ) -> dict[int, list[int]]:
        """Blocks that hold boxes narrower than a share of them, and along which axes these are."""
        found = {}
        for block in range(len(partition)):
            cell = partition.mapping(block)
            narrow = {
                axis
                for _, box, axes in self.boxes
                if np.all(box.upper >= cell.lower) and np.all(box.lower <= cell.upper)
                for axis in axes
                if box.half_widths[axis] < share * cell.half_widths[axis]
                and not _beside(box, axis, layered)
            }
            if narrow:
                found[block] = sorted(narrow)
        return found


class _Term:
    """A known term over boxes, along those of its variables in which a place extends."""

    def __init__(self, enclosure: Enclosure, axes: tuple[int, ...]) -> None:
        import flint

        self.axes = axes
        self.cost = (2 * len(ELLIPSES) * len(axes) + 2) * enclosure.cost
        self._arb, self._acb = flint.arb, flint.acb
        self._enclosure = enclosure

    def size(self, box: AffineMap) -> float:
        """How large it is in the middle; zero if it has no value."""
        middle = [self._acb(c) for c in box.middle]
        value = self._enclosure(middle, middle)
        return float(value.mid().abs_upper()) if value.is_finite() else 0.0

    def rest(self, box: AffineMap) -> tuple[float, int]:
        """What a polynomial of a piece's degree leaves, and the axis along which most varies."""
        everywhere = self._balls(box)
        middle = [self._acb(c) for c in box.middle]
        left, alone = 0.0, []
        for axis in self.axes:
            left = max(left, self._along(box, axis, everywhere))
            alone.append(self._along(box, axis, middle))
        spread = np.where(np.isfinite(alone), alone, np.inf)
        sides = box.half_widths[list(self.axes)]
        if not 0.0 < spread.max() < np.inf or spread.min() == spread.max():
            return left, self.axes[int(np.argmax(sides))]
        return left, self.axes[int(np.argmax(spread))]

    def _balls(self, box: AffineMap) -> list[Ball]:
        pairs = zip(box.middle, box.half_widths, strict=True)
        return [self._acb(self._arb(centre, half)) for centre, half in pairs]

    def _along(self, box: AffineMap, axis: int, others: Sequence[Ball]) -> float:
        """What is left along an axis, with the other variables where they are given."""
        acb, arb = self._acb, self._arb
        centre, half = box.middle[axis], box.half_widths[axis]

        def at(ball: Ball) -> list[Ball]:
            return [*others[:axis], ball, *others[axis + 1 :]]

        real = at(acb(arb(centre, half)))
        middle = self._enclosure(at(acb(centre)), at(acb(centre)))
        found = []
        for rho in ELLIPSES:
            width, height = 0.5 * (rho + 1.0 / rho), 0.5 * (rho - 1.0 / rho)
            ball = acb(arb(centre, width * half), arb(0.0, height * half))
            apart = float((self._enclosure(at(ball), real) - middle).abs_upper())
            found.append(remainder(apart if apart < np.inf else np.inf, rho, POINTS))
        return min(found)


def _resolved(
    term: _Term, whole: AffineMap, tol: float, most: int
) -> tuple[list[AffineMap], bool] | None:
    """The boxes on which a term is a polynomial; None if they are more than `most`.

    Without those that only lie towards a place where the term is not holomorphic: they would shrink
    for ever, and each is as wide as its distance. Whether there is such a place is told too.
    """
    axes = list(term.axes)
    half_widths = whole.half_widths[axes]
    least = POINTS * np.spacing(np.maximum(np.abs(whole.lower), np.abs(whole.upper)))
    norm, count = Norm(), 0
    waiting: list[tuple[float, int, AffineMap, int, tuple[float, float]]] = []
    ends: list[Array] = []

    def add(box: AffineMap) -> None:
        nonlocal count
        share, size = float(np.prod(box.half_widths[axes] / half_widths)), term.size(box)
        left, axis = term.rest(box)
        norm.add(size, share)
        count += 1
        heapq.heappush(waiting, (-(share**0.5) * left, count, box, axis, (size, share)))

    add(whole)
    while waiting and -waiting[0][0] > tol * float(norm):
        _, _, box, axis, (size, share) = heapq.heappop(waiting)
        if 2.0 * box.half_widths[axis] <= least[axis]:
            ends.append(box.middle)
            continue
        if count > most or len(ends) > POINTS:
            return None
        norm.add(size, -share)
        for half in _halves(box, axis):
            add(half)
    found = [box for _, _, box, _, _ in waiting]
    return [box for box in found if not any(_towards(box, e, axes) for e in ends)], bool(ends)


def _halves(box: AffineMap, axis: int) -> tuple[AffineMap, AffineMap]:
    """Both halves across an axis."""
    low, high = box.upper.copy(), box.lower.copy()
    low[axis] = high[axis] = box.middle[axis]
    return AffineMap(box.lower, low), AffineMap(high, box.upper)


def _towards(box: AffineMap, end: Array, axes: list[int]) -> bool:
    """Whether a box is narrow for nothing but its nearness to an end."""
    apart = np.maximum(np.maximum(box.lower - end, end - box.upper), 0.0)[axes]
    return bool(apart.max() <= reach() * 2.0 * box.half_widths[axes].max())


def _beside(box: AffineMap, axis: int, planes: Sequence[tuple[int, float]]) -> bool:
    """Whether a box is as near to a plane across an axis as it is narrow."""
    near = reach() * 2.0 * box.half_widths[axis]
    lower, upper = box.lower[axis] - near, box.upper[axis] + near
    return any(across == axis and lower <= place <= upper for across, place in planes)


def _terms(problem: Problem) -> Iterator[tuple[sympy.Expr, _Term, AffineMap]]:
    """Terms of equations on the domain, and those of conditions where these hold."""
    known = {*problem.variables, *problem.parameters}
    lower, upper = np.array(problem.domain.lower), np.array(problem.domain.upper)
    seen = set()
    for relation in (*problem.equations, *problem.conditions):
        low, high = lower.copy(), upper.copy()
        if isinstance(relation.place, Place):
            for axis in relation.place.fixed:
                value = relation.place[axis]
                if isinstance(value, float):
                    low[axis] = high[axis] = value
        for term in known_terms(relation.residual, known):
            extends = tuple(
                axis
                for axis, variable in enumerate(problem.variables)
                if variable in term.free_symbols and high[axis] > low[axis]
            )
            key = (term, tuple(low), tuple(high))
            if not extends or key in seen:
                continue
            seen.add(key)
            try:
                enclosure = Enclosure.compile(term, problem.variables, problem.parameters)
            except NotEnclosed:
                continue
            yield term, _Term(enclosure, extends), AffineMap(low, high)
