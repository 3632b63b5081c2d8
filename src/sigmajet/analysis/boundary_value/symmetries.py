r"""Symmetries of a statement: what leaves it as it is leaves its only solution as it is.

A map g of the box onto itself, :math:`x_i \mapsto l_i + h_i - x_i` (reflection) or the exchange
of two variables with equal intervals, takes a solution u to :math:`u \circ g`. Where g takes every
relation of a linear statement to one of its relations and the solution is unique,
:math:`u \circ g = u`: features summed over a group of such maps span the solution,

.. math:: \sum_{g \in G} s(w \cdot g x + b) = \sum_{g \in G} s(g^T w \cdot x + b),

which is an ordinary network whose neurons share outer weights. Even functions of five variables
of degree 16 have 1287 coefficients, where all functions have 20349.

The group of all symmetries is far too large to sum over (ten variables: 4e9 maps), and need not
be: of its reflections a linear code C is enough. Functions that are left as they are by all words
of C are sums of monomials whose odd exponents form a word of the dual code; if that has no short
words but zero, they are even up to a high degree (Delsarte's argument for designs). With 32
of the 1024 reflections of ten variables that is degree 3, and few are left beyond.
Interchangeable variables are turned in a cycle.

A reflection may change the sign of an unknown as well, :math:`u \circ g = -u`. A linear statement
that allows it has a solution of that parity, the mean of any with its image; one in time that is
known at its start has no other, nonlinear or not.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ..._types import Array
from ...approximation.network.network import PLAIN
from ...approximation.network.symmetry import NO_SYMMETRY, Symmetry, chosen_maps
from ...geometry.place import Interval, Place
from ...geometry.region import BoxRegion
from ...problem.compiled.residual import Residual
from ...problem.compiled.system import System
from ...problem.terms.trace import Trace
from ...randomness import PROBES
from ...rounding import SAME
from ...rules.samples import MANY

# Fewer cost more than they gain: two maps made a Gaussian in five variables a half slower.
_SMALLEST = 5
# May be equal at all points that are looked at and different between them.
_PIECEWISE = (
    sympy.Piecewise,
    sympy.Heaviside,
    sympy.Abs,
    sympy.sign,
    sympy.Max,
    sympy.Min,
    sympy.floor,
    sympy.ceiling,
    AppliedUndef,
)


def find_symmetry(system: System) -> Symmetry:
    """A group that leaves a linear statement for one unknown in many variables as it is."""
    problem = system.problem
    dimension = len(problem.variables)
    relations = (*system.equations, *system.conditions)
    if (
        dimension <= PLAIN
        or len(problem.unknowns) > 1
        or not problem.linear
        or any(r.relation.residual.has(*_PIECEWISE) for r in relations)
    ):
        return NO_SYMMETRY
    lower, upper = problem.domain.lower, problem.domain.upper
    same = tuple(range(dimension))
    reflected = [a for a in same if _keeps(_Map(lower, upper, same, a), relations)]
    classes: list[list[int]] = []
    for axis in same:
        for members in classes:
            other = members[0]
            exchange = list(same)
            exchange[axis], exchange[other] = other, axis
            equal = (lower[axis], upper[axis]) == (lower[other], upper[other])
            if equal and _keeps(_Map(lower, upper, tuple(exchange)), relations):
                members.append(axis)
                break
        else:
            classes.append([axis])
    found = chosen_maps(dimension, reflected, classes)
    return found if len(found) >= _SMALLEST else NO_SYMMETRY


def find_parities(system: System) -> list[tuple[int, tuple[int, ...]]]:
    """Axes of a box along which the solution is even (1) or odd (-1), with that of each unknown.

    In few variables, of linear statements and of evolutions from a known start.
    """
    problem = system.problem
    relations = (*system.equations, *system.conditions)
    if (
        len(problem.variables) > PLAIN
        or not isinstance(problem.domain.region, BoxRegion)
        or not (problem.linear or _starts(system))
        or any(r.relation.residual.has(*_PIECEWISE) for r in relations)
    ):
        return []
    lower, upper = problem.domain.lower, problem.domain.upper
    found = []
    for axis, variable in enumerate(problem.variables):
        if variable == problem.time:
            continue
        reflection = _Map(lower, upper, tuple(range(len(lower))), axis)
        for parities in itertools.product((1, -1), repeat=len(problem.unknowns)):
            if _keeps(reflection, relations, parities):
                found.append((axis, parities))
                break
    return found


def _starts(system: System) -> bool:
    """Whether there is a time, and a condition at a moment."""
    problem = system.problem
    if problem.time is None:
        return False
    axis = problem.variables.index(problem.time)
    return any(condition.relation.place[axis] is not None for condition in system.conditions)


@dataclass(frozen=True, slots=True)
class _Map:
    """The exchange of two variables, or the reflection of one: its own inverse."""

    lower: Sequence[float]
    upper: Sequence[float]
    axes: tuple[int, ...]
    reflected: int | None = None

    def points(self, points: Array) -> Array:
        """Points (m, d) after the map."""
        moved = points[:, self.axes]
        if self.reflected is not None:
            low, high = self.lower[self.reflected], self.upper[self.reflected]
            moved[:, self.reflected] = low + (high - moved[:, self.reflected])
        return moved

    def trace(self, trace: Trace) -> tuple[Trace, float]:
        """A trace of u o g, as a trace of u and its sign."""
        orders = tuple(trace.orders[axis] for axis in self.axes)
        place = [trace.place[axis] for axis in self.axes]
        if self.reflected is None:
            return Trace(trace.unknown, orders, Place(place)), 1.0
        here = place[self.reflected]
        ends = self.lower[self.reflected], self.upper[self.reflected]
        if isinstance(here, Interval):
            place[self.reflected] = Interval(
                _mirrored(here.upper, *ends), _mirrored(here.lower, *ends)
            )
        elif here is not None:
            place[self.reflected] = _mirrored(here, *ends)
        return Trace(trace.unknown, orders, Place(place)), (-1.0) ** orders[self.reflected]


def _mirrored(value: float, low: float, high: float) -> float:
    """A coordinate reflected; the ends to the last bit."""
    return {low: high, high: low}.get(value, low + (high - value))


def _keeps(
    map_: _Map, relations: Sequence[Residual], parities: Sequence[int] | None = None
) -> bool:
    """Whether a map takes every relation to one of the relations, with signs of the unknowns."""
    return all(
        any(_becomes(map_, one, other, parities) for other in relations) for one in relations
    )


def _becomes(
    map_: _Map, one: Residual, other: Residual, parities: Sequence[int] | None = None
) -> bool:
    """Whether `one`, stated for u o g, is `other` stated for u, or minus that."""
    moved = [map_.trace(trace) for trace in one.traces]
    number = {trace: k for k, trace in enumerate(other.traces)}
    if {trace for trace, _ in moved} != number.keys():
        return False
    rng = PROBES.generator()
    points = rng.uniform(map_.lower, map_.upper, (MANY, len(map_.lower)))
    order = [number[trace] for trace, _ in moved]
    signs = np.array([sign for _, sign in moved])
    if parities is not None:
        signs *= np.array([parities[trace.unknown] for trace, _ in moved])
    nothing = np.zeros((len(order), MANY))
    # Affine residuals are known by their coefficients, others by their values at any traces.
    tried = [nothing] if parities is None else [nothing, rng.standard_normal(nothing.shape)]
    alike = {1.0, -1.0}
    for values in tried:
        images = np.empty_like(values)
        images[order] = signs[:, None] * values
        first = _coefficients(one, points, values)
        second = _coefficients(other, map_.points(points), images)
        second = second[[0, *(1 + k for k in order)]] * np.array([1.0, *signs])[:, None]
        allowed = SAME * np.max(np.abs(second), axis=1, keepdims=True)
        alike = {s for s in alike if bool(np.all(np.abs(first - s * second) <= allowed))}
    return bool(alike)


def _coefficients(residual: Residual, points: Array, values: Array) -> Array:
    """A residual at values of its traces, and the factor of each in it, (1 + k, m)."""
    points = points.copy()
    for axis, value in enumerate(residual.relation.place):
        if value is not None:
            points[:, axis] = value
    known, partials = residual(points, values)
    return np.vstack([known, partials])
