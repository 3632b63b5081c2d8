r"""Do short waves grow without bound? Then an evolution is ill-posed, and rounding decides it.

The principal terms of :mod:`.frozen` give waves :math:`r e^{i \xi x + s t}` with

.. math:: s^m r = \sum_{k, \alpha} A_{k \alpha} (i \xi)^\alpha s^k r, \qquad
          s(\rho \xi) = \rho^q s(\xi).

One s with a positive real part means growth at a rate like :math:`\rho^q`, faster than any bound
the shorter the wave is (J. Hadamard; I. G. Petrovsky). Where real parts are zero the terms
of lower degree decide, about which nothing is said here.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...errors import ProblemError
from ...linalg.eigen import companion, parted
from ...problem.compiled.evolution import EvolutionModel
from ...problem.terms.constant import number
from ...problem.terms.notation import trace_text
from .frozen import State, Term, degree, principal

# Wave vectors of integers up to this: in the plane no two neighbours are farther apart than
# (1, 0) and (4, 1), 14 degrees, so that waves of growth are stepped over only where their cone is
# as narrow.
_DIRECTIONS = 4


def refuse_growth(model: EvolutionModel) -> None:
    """Raise if waves that are shorter and shorter grow faster and faster.

    Raises
    ------
    ProblemError
    """
    named = growing_terms(model, model.start.points)
    if not named:
        return
    problem = model.problem
    raise ProblemError(
        f"the evolution is ill-posed: with these signs of its highest derivatives, {named}, waves "
        f"grow from {problem.time} = {number(model.clock(model.interval[0]))} on without bound, "
        "the faster the shorter they are, and rounding would decide the solution; check the "
        f"signs, or whether {problem.time} runs the right way "
        '(method="steady" fits space and time at once)'
    )


def growing_terms(model: EvolutionModel, points: Array, state: State | None = None) -> str:
    """The derivatives that have short waves grow about a state at points; empty if none do."""
    problem = model.problem
    traces = sorted({t for e in problem.equations for t in e.traces}, key=lambda t: t.sort_key)
    terms = principal(model, traces, points, state)
    if not terms or terms[0].gain.shape[-1] == 0:
        return ""
    # Coefficients that are the same at many points are looked at once.
    gains = np.unique(np.array([term.gain for term in terms]), axis=-1)
    terms = [replace(term, gain=gain) for term, gain in zip(terms, gains, strict=True)]
    dimension = len(problem.variables) - 1
    rates = np.array([_rates(model, terms, wave) for wave in _waves(dimension)])
    size = np.abs(rates).max()
    if rates.real.max() <= parted(rates.shape[-1]) * size:
        return ""
    highest = degree(model, traces)
    below = [t for t in traces if t.orders[model.axis] < model.order]
    return ", ".join(
        trace_text(t, problem.unknowns, problem.variables)
        for t in below
        if degree(model, [t]) == highest
    )


def _waves(dimension: int) -> Array:
    """Wave vectors of length one, (n, d); one of each pair of opposites."""
    steps = range(-_DIRECTIONS, _DIRECTIONS + 1)
    every = [w for w in itertools.product(steps, repeat=dimension) if w > (0,) * dimension]
    waves = np.array([w for w in every if math.gcd(*w) == 1], dtype=float)
    return np.asarray(waves / np.linalg.norm(waves, axis=1, keepdims=True))


def _rates(model: EvolutionModel, terms: list[Term], wave: Array) -> NDArray[np.complex128]:
    """All s of a wave at each point, (m, order * unknowns)."""
    order, count, points = model.order, *terms[0].gain.shape[1:]
    matrices = np.zeros((points, order, count, count), dtype=complex)
    for term in terms:
        symbol = np.prod([(1j * w) ** n for w, n in zip(wave, term.alpha, strict=True)])
        matrices[:, term.level] += symbol * term.gain.transpose(2, 0, 1)
    return np.asarray(np.linalg.eigvals(companion(matrices)))
