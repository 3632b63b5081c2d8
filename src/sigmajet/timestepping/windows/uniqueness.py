r"""Where a solution that was computed may branch: places at which uniqueness fails inside a march.

Written as :math:`u_i^{(k_i)} = f_i`, the equations determine a solution as long as the partial
derivatives :math:`f_y = -F_g^{-1} F_y` are integrable along it (Osgood's condition). They are not
where they grow like :math:`1/(t - t_0)`, as those of :math:`t u' = 2u` or
:math:`u' = 3 u^{2/3}` do. With :math:`s = t - t_0` and
:math:`w_{il} = s^{l - k_i + 1} u_i^{(l)}` such a place is a regular singular point (Fuchs),

.. math:: s \frac{dw}{ds} = E w , \qquad
          E \ni l - k_i + 1, \; 1, \; s^{k_j - l} \frac{\partial f_i}{\partial u_j^{(l)}} .

Where an eigenvalue of E has a positive real part, solutions part beyond the place that agree at it
in every derivative below the highest; where none has, as for :math:`t u' + u = \cos t`, at most
one solution passes. A nonlinear equation whose highest derivative has a coefficient that
vanishes has several slopes there, :math:`\pm 1` for :math:`u u' = t`, whatever the sign.
Partial derivatives that are large but bounded, of stiff equations and in layers, fall below
:math:`1/s` at small s: that is how the two are told apart. What is bounded only nearer than 1e-7
of the interval is taken for unbounded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...problem.compiled.ordinary import Equations
from ...rounding import relative_rounding
from ...rules.judgement import HALVED, SEVERAL, SLIGHT
from .trajectory import Trajectory
from .trajectory_error import state_sizes

# Distances from a place, of the way to the nearer end, two a decade. At the shortest the states
# differ from those at the place by half the digits.
_STEPS: Array = np.logspace(-0.5, -7, 14, dtype=np.float64)
# Of partial derivatives: what of them an error of the solution may change, and has to last towards
# the place. Those that are integrable fall to less: to a sixth if like an inverse square root.
_LASTS = HALVED
# An exponent, or the scaled derivatives; rounding is far below. With 1e-3 and 1e-1 fifteen
# initial-value problems, of branches and from singular points, end alike
# (`benchmarks/sensitivity.py`).
_POSITIVE = 1e-2
_DIGITS = np.finfo(float).precision  # of the interval, to which a place is known at best


def branching_place(
    equations: Equations, trajectory: Trajectory, implicit: bool, tolerance: float
) -> float | None:
    """The first place inside a march beyond which its solution is one of several, if any.

    `implicit` says that the coefficients of the highest derivatives hold unknowns; the states are
    known to `tolerance`, relative to their size.
    """
    if not np.any(equations.layout.lifts):
        return None
    first, last = trajectory.edges[0], trajectory.edges[-1]
    places = _peaks(equations, trajectory)
    places = places[np.argsort(np.abs(places - first))]
    room = np.minimum(np.abs(places - first), np.abs(last - places))
    # A singularity beside the end of a march is where it ends.
    inside = room > SLIGHT * abs(last - first)
    if not np.any(inside):
        return None
    places, steps = places[inside], np.sign(last - first) * room[inside, None] * _STEPS
    seen = _growth(equations, trajectory, places, -steps, tolerance)
    for place, ahead, count in zip(places, steps, seen, strict=True):
        if count and (
            implicit or _exponent(equations, trajectory, place, ahead[:count]) > _POSITIVE
        ):
            # Zero is zero, not what the search leaves of it.
            return round(float(place), _DIGITS - int(np.log10(abs(last - first)))) + 0.0
    return None


def infinite(equations: Equations, place: float, jet: Array) -> bool:
    """Whether partial derivatives are infinite at a jet at which the equations are not."""
    table = equations.evaluate(np.array([place]), np.nan_to_num(jet)[:, None])[:, 0]
    count = len(equations.gather)
    return bool(np.all(np.isfinite(table[:count])) and not np.all(np.isfinite(table[count:])))


def leaves_open(equations: Equations, trajectory: Trajectory, tolerance: float) -> bool:
    """Whether solutions part at the start of a march, a singular point."""
    first, last = trajectory.edges[0], trajectory.edges[-1]
    steps = (last - first) * _STEPS
    (count,) = _growth(equations, trajectory, np.array([first]), steps[None], tolerance)
    return count > 0 and _exponent(equations, trajectory, first, steps[:count]) > _POSITIVE


def ends_open(equations: Equations, trajectory: Trajectory, tolerance: float) -> bool:
    """Whether a march ends where partial derivatives grow like 1/s, as at u = 0 of u' = -sqrt(u).

    Nothing has to part there to be one of several: no more is known of what lies beyond.
    """
    first, last = trajectory.edges[0], trajectory.edges[-1]
    steps = (first - last) * _STEPS
    (count,) = _growth(equations, trajectory, np.array([last]), steps[None], tolerance)
    return bool(count > 0)


def _growth(
    equations: Equations, trajectory: Trajectory, places: Array, steps: Array, tolerance: float
) -> NDArray[np.intp]:
    """How many steps towards each place tell that partial derivatives grow like 1/s there.

    None where they do not. A step counts as long as the error of the states does not
    change the partial derivatives: with u' = 2 sqrt(|u|) one of 1e-10 does, from 1e-5 on.
    """
    times = (places[:, None] + steps).ravel()
    states = trajectory.states(times)
    error = tolerance * state_sizes(trajectory)[:, None]
    exact, more, less = (
        _scaled(equations, times, moved, steps.ravel())
        for moved in (states, states + error, states - error)
    )
    with np.errstate(invalid="ignore"):  # infinite less infinite: not clear
        sizes, above, below = (
            np.abs(values).max(axis=(1, 2)).reshape(steps.shape)
            for values in (exact, more - exact, less - exact)
        )
        clear = np.maximum(above, below) <= _LASTS * sizes
    counts = np.cumprod(clear & np.isfinite(sizes), axis=1).sum(axis=1)
    rows, last = np.arange(len(places)), np.maximum(counts - 1, 0)
    earlier = sizes[rows, np.maximum(last - SEVERAL, 0)]
    grow = (counts >= SEVERAL) & (sizes[rows, last] > np.maximum(_LASTS * earlier, _POSITIVE))
    return np.asarray(np.where(grow, counts, 0))


def _exponent(equations: Equations, trajectory: Trajectory, place: float, steps: Array) -> float:
    """The largest real part of an eigenvalue of E; the median of the last steps."""
    steps, layout = steps[-SEVERAL:], equations.layout
    times = place + steps
    scaled = _scaled(equations, times, trajectory.states(times), steps)
    matrices = layout.first_order(scaled)
    diagonal = np.arange(matrices.shape[1])
    matrices[:, diagonal, diagonal] += 1.0 - layout.lifts[layout.lower]
    largest = [
        np.linalg.eigvals(m).real.max() if np.all(np.isfinite(m)) else np.inf for m in matrices
    ]
    return float(np.median(largest))


def _scaled(equations: Equations, times: Array, states: Array, steps: Array) -> Array:
    """s^(k_j - l) times the partial derivative of f_i by u_j^(l): (times, unknowns, states)."""
    layout = equations.layout
    slopes = equations.slopes(equations.evaluate(times, states))
    with np.errstate(over="ignore"):
        return np.asarray(slopes * steps[:, None, None] ** layout.lifts[layout.lower])


def _peaks(equations: Equations, trajectory: Trajectory) -> Array:
    """Where along a march the partial derivatives of f are largest."""
    edges = np.array(trajectory.edges)
    lengths = np.diff(edges)
    counts = trajectory.counts()
    window = np.repeat(np.arange(len(lengths)), counts)
    numbers = np.arange(len(window)) - np.repeat(np.cumsum(counts) - counts, counts)
    times = edges[window] + lengths[window] * (numbers + 0.5) / counts[window]

    def sizes(times: Array) -> Array:
        # Lower derivatives count with powers of the interval, which all peak where they do.
        ones = np.full(times.size, edges[-1] - edges[0])
        states = trajectory.states(times.ravel())
        values = np.abs(_scaled(equations, times.ravel(), states, ones)).max(axis=(1, 2))
        return np.asarray(values.reshape(times.shape))

    size = sizes(times)
    middle = 1 + np.flatnonzero((size[1:-1] >= size[:-2]) & (size[1:-1] > size[2:]))
    width = np.abs(times[middle + 1] - times[middle - 1])
    # The largest, no more than cost as much as the march.
    most = len(trajectory) + trajectory.method.degree
    middle = middle[np.argsort(-size[middle] * width)[:most]]
    left, right = times[middle - 1], times[middle + 1]
    parts, closing = trajectory.method.degree, np.arange(len(middle))
    # Each time the two parts beside the highest are left: to rounding, or until what is bounded has
    # so small a scaled derivative that no exponent is positive.
    for _ in range(int(np.log(relative_rounding()) / np.log(2.0 / (parts - 1)))):
        if not len(closing):
            break
        low, high = left[closing], right[closing]
        grid = low + (high - low) * np.linspace(0.0, 1.0, parts)[:, None]
        found, rows = sizes(grid), np.arange(len(closing))
        best = np.clip(np.argmax(found, axis=0), 1, parts - 2)
        left[closing], right[closing] = grid[best - 1, rows], grid[best + 1, rows]
        with np.errstate(invalid="ignore"):  # infinite at a place that is told to the last bit
            scaled = found.max(axis=0) * np.abs((right - left)[closing] / (edges[-1] - edges[0]))
        closing = closing[~(scaled <= _POSITIVE)]
    return np.asarray(0.5 * (left + right))
