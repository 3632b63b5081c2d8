"""Breakpoints: where the known terms of a statement switch, and where they are sharp.

A term in the variable and the parameters alone, a source or a coefficient, is known before any
march. Where it switches, at the roots of what stands in a `Heaviside`, `sign`, `Abs`, `Max`, `Min`
or a condition of a `Piecewise` and at the steps of `floor`, `ceiling` or `Mod`, a window can end,
so that none holds a jump or a kink. Where it bends most, a march can be asked whether it noticed.

Jumps of a term whose formula is not known, a NumPy function, are looked for where samples of it
bend, by bisection (Pachon, Platte and Trefethen, Piecewise-smooth chebfuns, IMA J. Numer. Anal. 30,
2010). A switch itself belongs to no block's inside, and no value is taken there: terms may have the
value of either side, or one of their own. Where a formula is not finite, as 0/0, it has no value.

Switches are told from samples: of an even number of them between two samples none is found. What
switches with an unknown is followed with the solution (:mod:`..switches`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array
from ...problem.compiled.expressions import compile_table
from ...problem.jumps.places import JUMP, SAMPLES
from ...problem.statement import Problem
from ...rounding import BISECTIONS
from ..features.features import known_terms
from ..features.kinks import distinct, switches_along
from ..features.pieces import POINTS


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Times in rising order: where known terms switch, and where they bend most in between."""

    switches: Array
    sharp: Array


def breakpoints(problem: Problem) -> Breakpoints:
    """The breakpoints of the equations of a problem on a line."""
    terms = _bending(problem)
    (lower,), (upper,) = problem.domain.lower, problem.domain.upper
    times = np.linspace(lower, upper, SAMPLES)
    values = _sampler(problem, terms)
    table = values(times)
    sizes = np.nan_to_num(np.abs(table)).max(axis=1, initial=0.0)
    known_places = [interface.place for interface in problem.interfaces]
    switches = np.concatenate([known_places, *switches_along(problem, problem.equations, 0)])
    switches = np.concatenate([switches, *_jumps(values, times, table, sizes, switches)])
    bends = [_bends(times, row, switches) for row in table]
    sharp = np.unique(np.concatenate([[], *(times[peaks] for peaks in bends)]))
    return Breakpoints(distinct(switches, lower, upper, known_places), sharp)


def _bending(problem: Problem) -> list[sympy.Expr]:
    """Known terms of the equations that are no polynomials."""
    variable = problem.variables[0]
    known = {*problem.variables, *problem.parameters}
    terms = [t for e in problem.equations for t in known_terms(e.residual, known)]
    return [
        term
        for term in dict.fromkeys(terms)
        if variable in term.free_symbols and not term.is_polynomial(variable)
    ]


def _jumps(
    values: Callable[[Array], Array], times: Array, table: Array, sizes: Array, switches: Array
) -> Iterator[Array]:
    """Where terms change from one number to the next, beside the switches that are known."""
    for number, (row, size) in enumerate(zip(table, sizes, strict=True)):
        peaks = _bends(times, row, switches)
        left = np.union1d(peaks - 1, peaks)
        before, after = times[left], times[left + 1]
        first, last = row[left], row[left + 1]
        for _ in range(BISECTIONS):
            steep = JUMP * size < np.abs(last - first)
            before, after, first, last = before[steep], after[steep], first[steep], last[steep]
            if not len(before):
                break
            middle = 0.5 * (before + after)
            value = values(middle)[number]
            right = np.abs(last - value) > np.abs(value - first)
            before, first = np.where(right, middle, before), np.where(right, value, first)
            after, last = np.where(right, after, middle), np.where(right, last, value)
        # Beside a pole values grow and grow.
        yield after[np.abs(last - first) <= 2.0 * size]


def _bends(times: Array, row: Array, switches: Array) -> NDArray[np.intp]:
    """The samples of a term at which its second differences are largest, away from switches."""
    bend = np.pad(np.abs(np.diff(row, 2)), 1)
    # A switch at a sample is in the differences of both sides.
    near = np.searchsorted(times, switches, side="left")
    bend[np.clip(near[:, None] + np.arange(-2, 2), 0, len(bend) - 1)] = 0.0
    bend[~np.isfinite(bend)] = 0.0
    peaks = 1 + np.flatnonzero(
        (bend[1:-1] >= bend[:-2]) & (bend[1:-1] >= bend[2:]) & (bend[1:-1] > 0.0)
    )
    return np.asarray(peaks[np.argsort(bend[peaks])[-POINTS:]])


def _sampler(problem: Problem, expressions: Sequence[sympy.Expr]) -> Callable[[Array], Array]:
    """Expressions in the variable as a function of times; NaN where one has no real value."""
    table = compile_table(problem, (), expressions)

    def values(times: Array) -> Array:
        found = table(times)
        return np.where(np.isfinite(found), found, np.nan)

    return values
