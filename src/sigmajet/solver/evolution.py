"""Evolution in time: a network in space, an implicit integrator in time, two runs compared.

SciPy's Radau (order 5, L-stable) integrates the method of lines. On a line a block is cut in
two as soon as its roughest functions carry more than the tolerance, and the integration goes on
from the last resolved step. The output between the steps is the quintic polynomial through the
state and its first two time derivatives at both ends, one order above the integrator.

Runs with tighter and tighter tolerance, each on a network of its own, are made until two
agree; their difference is the error estimate.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .basis import Basis, orthonormal_basis
from .collocation import System
from .estimate import draw_sample, relative_difference, relative_residual
from .fields import EvolvingField, Window
from .lines import EvolutionModel, Lines
from .network import draw_network
from .options import Options
from .outcome import Outcome, Progress
from .partition import Partition
from .radau import STAGES, Pace, Radau
from .report import Attempt
from .space import Space, without

Array = NDArray[np.float64]

_LINE_WIDTH = 48  # neurons of each block on a line
_WIDTHS = {2: 400, 3: 800}  # of the one block in the plane and in space
_MOST_BLOCKS = 64  # of one space
_FINEST = 2.0**-14  # of a block against the interval
_TAIL = (
    0.1  # share of the roughest functions of a block against the accuracy, beyond which it is cut
)
_FINEST_TAIL = 1e-10  # share of the roughest functions that rounding allows to ask for
_FIRST = 0.3  # accuracy of the first run against the tolerance: steps add up
_RUNS = 6
_TIGHTER = 0.1  # tolerance of a run against the one before
_STALLED = 0.7  # of one estimate against the one before: no use to go on
_CAUTION = 2.0  # times the distance of two runs: what limits both leaves them equally far off
_VIOLATED = 1e-6  # by an initial state of its walls, relative, that is worth a note


@dataclass(slots=True)
class _Run:
    """One integration: what was reached, with what."""

    field: EvolvingField
    blocks: int
    stopped: float | None
    notes: tuple[str, ...]


def solve_evolution(system: System, options: Options) -> Outcome:
    """Integrate with tighter and tighter tolerances until two runs agree to `tol`."""
    tol, width, seed, progress = options.tol, options.width, options.seed, options.progress
    model = EvolutionModel(system)
    domain = system.problem.domain
    whole = Partition.whole(domain.lower, domain.upper)
    sample = draw_sample(whole, seed)
    dimension = len(domain.variables) - 1
    neurons = width or (_LINE_WIDTH if dimension == 1 else _WIDTHS.get(dimension, 1200))
    attempts: list[Attempt] = []
    outcomes: list[Outcome] = []
    previous: _Run | None = None
    accuracy = _FIRST * tol
    for number in range(_RUNS):
        start = time.perf_counter()
        run = _integrate(model, neurons, (seed, number), accuracy, progress)
        estimate = np.inf
        if previous is not None and run.stopped is None:
            apart = relative_difference(system, run.field, previous.field, sample)
            estimate = _CAUTION * apart
        attempts.append(
            Attempt(
                run.blocks,
                neurons,
                relative_residual(system, run.field, sample, whole),
                estimate,
                time.perf_counter() - start,
            )
        )
        outcomes.append(
            Outcome(
                method="evolution",
                field=run.field,
                partition=whole,
                attempts=(),
                best=attempts[-1],
                amplification=0.0,
                converged=run.stopped is None,
                notes=run.notes,
            )
        )
        progress(f"accuracy {accuracy:.0e}: error {estimate:.1e}", 1.0)
        if estimate <= tol or run.stopped is not None:
            break
        recent, before = attempts[-2:], attempts[:-2]
        least = min((a.estimate for a in before), default=np.inf)
        if np.isfinite(least) and min(a.estimate for a in recent) > _STALLED * least:
            break
        previous = run
        accuracy *= _TIGHTER
        if width is None:
            neurons = int(neurons * (1.1 if dimension == 1 else 1.5))
    best = min(outcomes, key=lambda outcome: outcome.best.estimate)
    return replace(best, attempts=tuple(attempts))


def _integrate(
    model: EvolutionModel,
    neurons: int,
    seed: tuple[int, int],
    accuracy: float,
    progress: Progress,
) -> _Run:
    """Integrate once from start to end, in windows between which the blocks change."""
    start, end = model.interval
    axis = model.axis
    domain = model.problem.domain
    partition = Partition.whole(without(domain.lower, axis), without(domain.upper, axis))
    basis = orthonormal_basis(draw_network(partition.dimension, neurons, (*seed, neurons)))
    space, state, gap = _initial_state(model, partition, basis, accuracy)
    notes: list[str] = []
    if gap > max(_VIOLATED, 100 * accuracy):
        notes.append(
            f"the initial state and the conditions on the walls contradict each other by {gap:.1e}"
            " of the state where they meet; the solution starts with a singularity there"
        )
    windows: list[Window] = []
    now = start
    pace: Pace | None = None
    while True:
        window, state, now, poor, pace = _run_window(
            model, space, state, now, accuracy, pace, progress
        )
        if window is not None:
            windows.append(window)
        if not poor:
            break
        refined = Space(model.walls, space.partition.split(dict.fromkeys(poor, 2)), basis, start)
        state = _transfer(space, state, refined, now)
        space = refined
    stopped = now if now < end else None
    if stopped is not None:
        notes.append(
            f"the integration stopped at {model.problem.time} = {stopped:.6g}: the solution blows "
            "up there, or loses the smoothness that the equation needs"
        )
    if not windows:
        windows.append(_standstill(space, state, start, end))
    return _Run(EvolvingField(axis, tuple(windows)), len(space.partition), stopped, tuple(notes))


def _initial_state(
    model: EvolutionModel, partition: Partition, basis: Basis, accuracy: float
) -> tuple[Space, Array, float]:
    """Cut blocks until the initial state is resolved; the last number is its gap to the walls."""
    start = model.interval[0]
    while True:
        space = Space(model.walls, partition, basis, start)
        values = model.initial_values(space.points)
        data = space.data(start)
        levels = space.project(values, data[: len(values)])
        poor: set[int] = set()
        for level, given in zip(levels, data, strict=False):
            coefficients = space.coefficients(level, given)
            scales = np.sqrt(np.sum(coefficients**2, axis=(1, 2)))
            poor |= set(_unresolved(space, coefficients, scales, accuracy))
        if not poor:
            gaps = map(space.gap, values, levels, data)
            return space, levels.ravel(), max(gaps)
        partition = partition.split(dict.fromkeys(poor, 2))


def _unresolved(space: Space, coefficients: Array, scales: Array, accuracy: float) -> list[int]:
    """Blocks of a line to cut: their roughest functions matter, and they are not too short."""
    partition = space.partition
    if partition.dimension > 1 or len(partition) >= _MOST_BLOCKS:
        return []
    tails = space.tails(coefficients, scales)
    long = partition.half_widths[:, 0] > _FINEST * partition.half_widths.sum()
    return [int(b) for b in np.flatnonzero((tails > max(_TAIL * accuracy, _FINEST_TAIL)) & long)]


def _transfer(before: Space, state: Array, after: Space, now: float) -> Array:
    """A state on another discretisation."""
    zero = (0,) * after.partition.dimension
    where = before.partition.locate(after.points)
    old, new = before.data(now), after.data(now)
    levels = []
    for order, free in enumerate(state.reshape(-1, before.size)):
        coefficients = before.coefficients(free, old[order])
        values = np.empty((after.unknowns, len(after.points)))
        for block in np.unique(where):
            held = where == block
            functions = before.basis.evaluate(
                before.partition, int(block), after.points[held], {zero}
            )
            values[:, held] = coefficients[:, block] @ functions[zero].T
        levels.append(after.project(values[None], new[order, None])[0])
    return np.concatenate(levels)


def _run_window(
    model: EvolutionModel,
    space: Space,
    state: Array,
    now: float,
    accuracy: float,
    pace: Pace | None,
    progress: Progress,
) -> tuple[Window | None, Array, float, list[int], Pace]:
    """Integrate until the end or until a block is no longer resolved; which blocks, if so."""
    start, end = model.interval
    lines = Lines(model, space)
    integrator = Radau(lines, now, state, end, accuracy, stages=_stages(accuracy), pace=pace)
    times, values = [now], []
    pace = integrator.pace
    poor: list[int] = []
    while integrator.time < end and not poor:
        step = integrator.step()
        if step is None:
            break
        progress(
            f"{model.problem.time} = {integrator.time:.4g}, {len(space.partition)} blocks",
            (integrator.time - start) / (end - start),
        )
        nodes = integrator.moments(step)
        data = np.array([space.data(moment)[0] for moment in nodes])
        frees = step.states[:, : space.size]
        jet = np.array([space.coefficients(y, g) for y, g in zip(frees, data, strict=True)])
        poor = _unresolved(space, jet[-1], integrator.scales[0], accuracy)
        if poor:
            break
        pace = integrator.pace
        values.append(jet)
        times.append(step.end)
        now, state = step.end, step.states[-1]
    if not values:
        return None, state, now, poor, pace
    window = Window(space.partition, space.basis, np.array(times), np.array(values))
    return window, state, now, poor, pace


def _standstill(space: Space, state: Array, start: float, end: float) -> Window:
    """The initial state, for an integration that could not make a single step."""
    times = np.array([start, start + 1e-12 * (end - start)])
    there = space.coefficients(state[: space.size], space.data(start)[0])
    return Window(space.partition, space.basis, times, np.array([[there] * (STAGES[0] + 1)]))


def _stages(accuracy: float) -> int:
    """Stages for which the work is least at an accuracy."""
    return 5 if accuracy > 1e-6 else 7
