"""How far two trajectories are apart, and what one leaves of its equations between the nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...problem.compiled.ordinary import Equations
from ...randomness import Seed
from ...rounding import HALF_OF_THE_DIGITS, relative_rounding
from ...rules.judgement import A_DIGIT, SLIGHT
from .trajectory import Trajectory

_TIMES = A_DIGIT * A_DIGIT  # what a window expects; one is met where the next modes fall slowly


def distance(fine: Trajectory, coarse: Trajectory) -> float:
    """Relative L2 distance, the largest over the unknowns, as far as both reach."""
    times, weights = fine.sample()
    # Two runs meet an event at times that differ by rounding or a little more.
    common = coarse.reach * (1.0 + HALF_OF_THE_DIGITS)
    both = np.abs(np.array(fine.edges[1:]) - fine.edges[0]) <= common
    if not np.any(both):
        return np.inf
    times, weights = times[both], weights[both].ravel()
    values = fine.unknowns(times.ravel())
    apart = values - coarse.unknowns(times.ravel())
    norms = _norms(fine, values, weights)
    with np.errstate(invalid="ignore"):
        largest = float(np.max(np.sqrt((apart**2) @ weights) / norms))
    # With nothing in common the norm itself is wrong, and the error may be anything.
    return largest if largest < 1.0 else np.inf


def _norms(trajectory: Trajectory, values: Array, weights: Array) -> Array:
    """Of the unknowns, (unknowns,); of the largest for one that is little more than its rounding.

    That one is zero.
    """
    norms = np.sqrt((values**2) @ weights)
    rows = [trajectory.layout.row(unknown, 0) for unknown in range(len(norms))]
    rounding = np.sum(trajectory.rounding, axis=0)[rows] * float(np.sqrt(weights.sum()))
    return np.where(SLIGHT * norms > rounding, norms, norms.max() or 1.0)


def rounding_of_time(trajectory: Trajectory) -> float:
    r"""How far a solution moves in the rounding of time, which two runs share.

    A time is known to half of its last digit, and a coefficient of it as well:
    :math:`\epsilon/2\; \|t\, u'\| / \|u\|`, the largest over the unknowns.
    """
    times, weights = (each.ravel() for each in trajectory.sample())
    states, layout = trajectory.states(times), trajectory.layout
    norms = _norms(trajectory, states[layout.order == 0], weights)
    moved = [
        float(np.sqrt((times * states[layout.row(unknown, 1)]) ** 2 @ weights) / norms[unknown])
        for unknown, order in enumerate(layout.orders)
        if order
    ]
    return 0.5 * relative_rounding() * max(moved, default=0.0)


def state_sizes(trajectory: Trajectory) -> Array:
    """Root mean square of every state over the march, (rows,)."""
    lengths = np.abs(np.diff(trajectory.edges))
    return np.asarray(np.sqrt(lengths @ np.array(trajectory.squares) / lengths.sum()))


def overlooked(equations: Equations, trajectory: Trajectory, faint: Sequence[Array]) -> float:
    """What defects at `faint` features of known terms amount to, which two runs may share.

    Of a state, relative to its size; the largest over the states.
    """
    edges, layout = np.sort(trajectory.edges), equations.layout
    sizes = state_sizes(trajectory)
    moved = np.zeros(len(sizes))
    for times in faint:
        if not edges[0] <= times[0] <= times[-1] <= edges[-1]:
            continue
        states = trajectory.states(times)
        table = equations.evaluate(times, states)
        defects, _ = equations.terms(table, states)
        for p in equations.partials:
            if p.order == layout.orders[p.unknown] > 0:
                with np.errstate(divide="ignore", invalid="ignore"):
                    rate = np.nan_to_num(defects[p.equation] / table[p.row], posinf=0.0, neginf=0.0)
                moved[layout.row(p.unknown, p.order - 1)] += abs(np.trapezoid(rate, times))
    return float(np.max(np.divide(moved, sizes, out=np.zeros_like(moved), where=sizes > 0.0)))


@dataclass(frozen=True, slots=True)
class Defect:
    """What is left of the equations at times between the nodes.

    Attributes
    ----------
    relative : float
        Root mean square over that of the equations' terms.
    expected : bool
        Whether it is nowhere larger than the windows expect of themselves. If it is, something
        happens between nodes that none of them met, such as a short pulse.
    surprising : array
        The times at which it is not.
    worst : array
        Of these the one of each window at which the excess is largest.
    """

    relative: float
    expected: bool
    surprising: Array
    worst: Array


def unseen_defect(
    equations: Equations, trajectory: Trajectory, tolerance: float, seed: Seed, suspects: Array
) -> Defect:
    """The equations at random times, some in every window, and at times that are suspect.

    Windows were held to `tolerance`.
    """
    rng = seed.generator()
    edges = np.array(trajectory.edges)
    lengths = np.diff(edges)
    counts = trajectory.counts()
    window = np.repeat(np.arange(len(lengths)), counts)
    times = edges[window] + lengths[window] * rng.random(len(window))
    sign = np.sign(edges[-1] - edges[0])
    suspects = suspects[sign * suspects < sign * edges[-1]]
    at = np.searchsorted(sign * edges, sign * suspects, side="right") - 1
    weights = np.concatenate([np.abs(lengths / counts)[window], np.zeros(len(at))])
    window, times = np.concatenate([window, at]), np.concatenate([times, suspects])
    states = trajectory.states(times)
    table = equations.evaluate(times, states)
    defects, terms = equations.terms(table, states)
    lengths = np.abs(lengths)
    allowed = _TIMES * (np.array(trajectory.defects)[window].T + relative_rounding() * terms)
    # What would move a state by the tolerance if it lasted for the window.
    sizes = state_sizes(trajectory)
    for p in equations.partials:
        if p.order == equations.layout.orders[p.unknown]:
            row = equations.layout.row(p.unknown, max(p.order - 1, 0))
            lasting = lengths[window] if p.order else 1.0
            harmless = A_DIGIT * tolerance * sizes[row] * np.abs(table[p.row]) / lasting
            allowed[p.equation] = np.maximum(allowed[p.equation], harmless)
    with np.errstate(all="ignore"):
        excess = np.max(np.abs(defects) / allowed, axis=0)
        # Windows that hold fewer times than nodes have seen what there is, a kink or the like.
        surprising = (excess > 1.0) & (trajectory.shares() > trajectory.method.degree)[window]
        shares = np.sqrt((defects**2) @ weights / ((terms**2) @ weights))
    relative = float(np.max(np.where(np.isfinite(shares), shares, 0.0)))
    order = np.flatnonzero(surprising)
    order = order[np.lexsort((-excess[order], window[order]))]
    _, first = np.unique(window[order], return_index=True)
    return Defect(relative, not len(order), times[order], times[order[first]])
