"""Kinks: places of one variable each where what is known of a statement is not smooth.

Those at which a `Heaviside`, `sign`, `Abs`, `Max`, `Min`, `floor` or a condition of a `Piecewise`
of one variable switches are told from samples: of an even number of switches between two samples
none is found. So are jumps of code, with no two within a `SAMPLES`-th of the interval. Where else
terms are not holomorphic, bounds tell (:mod:`.features`).
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...problem.compiled.expressions import compile_table
from ...problem.jumps.places import SAMPLES
from ...problem.jumps.switch import SWITCHING, steps
from ...problem.statement import Problem
from ...problem.terms.relation import Relation
from ...rounding import SAME, bisected
from ...rules.judgement import A_DIGIT
from .features import Features, features, jumps_of_code


def features_with_kinks(problem: Problem, tol: float) -> Features:
    """The features of an evolution, whose `ends` are all kinks that stay in their place.

    Along axes of space the inner ones, of the start those along which some unknown has no
    derivative: elsewhere they are carried on or smoothed out. Of time all switches, at both ends of
    it too.
    """
    axis = problem.variables.index(problem.time)
    begin = [c for c in problem.conditions if c.place[axis] is not None]
    lasting = [*problem.equations, *(c for c in problem.conditions if c not in begin)]
    found, start = (_seen(problem, tol, relations) for relations in (lasting, begin))
    sides = zip(problem.domain.lower, problem.domain.upper, strict=True)
    ends = []
    for number, (low, high) in enumerate(sides):
        stay = min(orders[number] for orders in problem.orders) == 0
        places, others = found.ends[number], start.ends[number][: None if stay else 0]
        both = distinct(np.append(places, others), low, high, places.tolist())
        ends.append(places if number == axis else both[(low < both) & (both < high)])
    pieces = tuple(map(operator.add, found.pieces, start.pieces))
    unproven = tuple(dict.fromkeys((*found.unproven, *start.unproven)))
    return Features(pieces, tuple(ends), unproven)


def _seen(problem: Problem, tol: float, relations: Sequence[Relation]) -> Features:
    """The features of some relations, with all ends that are known, each once.

    Of time switches alone: beside a pole that can be integrated no time is left out.
    """
    ends = list(zip(problem.domain.lower, problem.domain.upper, strict=True))
    switches = []
    for number, sides in enumerate(ends):
        planes = [place for axis, place in problem.planes if axis == number]
        code = jumps_of_code(problem, relations, number, tol)
        places = np.concatenate([planes, *switches_along(problem, relations, number), *code])
        switches.append(distinct(places, *sides, planes))
    found = features(problem, tol, switches, relations)
    every = (
        places
        if variable == problem.time
        else distinct(np.append(places, others), *sides, places.tolist())
        for variable, places, others, sides in zip(
            problem.variables, switches, found.ends, ends, strict=True
        )
    )
    return replace(found, ends=tuple(every))


def switches_along(problem: Problem, relations: Sequence[Relation], axis: int) -> Iterator[Array]:
    """Where the step functions of one variable in some relations change."""
    variable = problem.variables[axis]
    known = {variable, *problem.parameters}
    changing = dict.fromkeys(
        step
        for relation in relations
        for atom in relation.residual.atoms(*SWITCHING)
        for step in steps(atom)
        if variable in step.free_symbols <= known
    )
    if not changing:
        return
    table = compile_table(problem, (), list(changing))
    start = np.array(problem.domain.lower)

    def values(places: Array) -> Array:
        points = np.tile(start, (len(places), 1))
        points[:, axis] = places
        found = table(points)
        return np.where(np.isfinite(found), found, np.nan)

    places = np.linspace(problem.domain.lower[axis], problem.domain.upper[axis], SAMPLES)
    for number, row in enumerate(values(places)):
        changed = np.flatnonzero(row[1:] != row[:-1])
        if not 0 < len(changed) <= SAMPLES / A_DIGIT:
            continue  # of more, samples do not tell neighbours apart

        def same(middle: Array, n: int = number, first: Array = row[changed]) -> NDArray[np.bool_]:
            return np.asarray(values(middle)[n] == first)

        yield bisected(same, places[changed], places[changed + 1])[1]


def distinct(places: Array, lower: float, upper: float, named: Sequence[float]) -> Array:
    """Places in rising order: within rounding of an end, or of the one before, is the same.

    So is what is near to one that is `named`.
    """
    same = SAME * max(abs(lower), abs(upper))
    for place in named:
        places = np.where(np.abs(places - place) <= same, place, places)
    places = np.sort(places)
    places = np.where(places - lower <= same, lower, places)
    places = np.where(upper - places <= same, upper, places)
    return np.asarray(places[np.diff(places, prepend=-np.inf) > same])
