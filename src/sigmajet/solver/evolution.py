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
from scipy.integrate import Radau

from .basis import Basis, orthonormal_basis
from .collocation import System
from .estimate import draw_sample, relative_difference, relative_residual
from .fields import EvolvingField, Window
from .lines import EvolutionModel, Lines
from .network import draw_network
from .options import Options
from .outcome import Outcome, Progress
from .partition import Partition
from .report import Attempt
from .space import Space, without

Array = NDArray[np.float64]

_LINE_WIDTH = 48  # neurons of each block on a line
_WIDTHS = {2: 400, 3: 800}  # of the one block in the plane and in space
_MOST_BLOCKS = 16  # of one space: its matrices are dense
_FINEST = 2.0**-14  # of a block against the interval
_FINEST_TAIL = 1e-10  # share of the roughest functions that rounding allows to ask for
_RUNS = 6
_TIGHTER = 0.1  # tolerance of a run against the one before
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
    accuracy = tol
    for number in range(_RUNS):
        start = time.perf_counter()
        run = _integrate(model, neurons, (seed, number), accuracy, progress)
        estimate = np.inf
        if previous is not None and run.stopped is None:
            estimate = relative_difference(system, run.field, previous.field, sample)
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
        if len(attempts) > 2 and estimate > 0.5 * attempts[-2].estimate:
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
    while True:
        window, state, now, poor = _run_window(model, space, state, now, accuracy, progress)
        windows.append(window)
        if not poor:
            break
        field = EvolvingField(axis, tuple(windows))
        refined = Space(model.walls, space.partition.split(dict.fromkeys(poor, 2)), basis, start)
        state = _transfer(model, field, refined, now)
        space = refined
    stopped = now if now < end else None
    if stopped is not None:
        notes.append(
            f"the integration stopped at {model.problem.time} = {stopped:.6g}: the solution blows "
            "up there, or loses the smoothness that the equation needs"
        )
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
        levels = np.array([space.project(v, g) for v, g in zip(values, data, strict=False)])
        poor = _unresolved(space, levels[0], data[0], accuracy)
        if not poor:
            return space, levels.ravel(), space.gap(values[0], levels[0], data[0])
        partition = partition.split(dict.fromkeys(poor, 2))


def _unresolved(space: Space, free: Array, data: Array, accuracy: float) -> list[int]:
    """Blocks of a line to cut: their roughest functions matter, and they are not too short."""
    partition = space.partition
    if partition.dimension > 1 or len(partition) >= _MOST_BLOCKS:
        return []
    tails = space.tails(space.coefficients(free, data))
    long = partition.half_widths[:, 0] > _FINEST * partition.half_widths.sum()
    return [int(b) for b in np.flatnonzero((tails > max(0.1 * accuracy, _FINEST_TAIL)) & long)]


def _transfer(model: EvolutionModel, field: EvolvingField, space: Space, now: float) -> Array:
    """The state of a field on another discretisation."""
    full = np.insert(space.points, model.axis, now, axis=1)
    data = space.data(now)
    levels = []
    for order in range(model.order):
        alpha = tuple(order if a == model.axis else 0 for a in range(full.shape[1]))
        values = field.derivatives([(i, alpha) for i in range(space.unknowns)], full)
        levels.append(space.project(values, data[order]))
    return np.concatenate(levels)


def _run_window(
    model: EvolutionModel,
    space: Space,
    state: Array,
    now: float,
    accuracy: float,
    progress: Progress,
) -> tuple[Window, Array, float, list[int]]:
    """Integrate until the end or until a block is no longer resolved; which blocks, if so."""
    start, end = model.interval
    lines = Lines(model, space)
    # Coordinates are orthonormal: with this atol the error in a step, in L2, is within accuracy.
    size = np.linalg.norm(state) or 1.0
    integrator = Radau(
        lines.rate,
        now,
        state,
        end,
        rtol=max(accuracy, 1e-13),
        atol=max(accuracy, 1e-15) * size / np.sqrt(len(state)),
        jac=lines.jacobian,
    )
    nodes = [_node(lines, now, state, end - start)]
    poor: list[int] = []
    while integrator.t < end:
        integrator.step()
        if integrator.status == "failed":
            break
        progress(
            f"{model.problem.time} = {integrator.t:.4g}, {len(space.partition)} blocks",
            (integrator.t - start) / (end - start),
        )
        data = space.data(integrator.t)
        poor = _unresolved(space, integrator.y[: space.size], data[0], accuracy)
        if poor and len(nodes) > 1:
            break
        nodes.append(_node(lines, integrator.t, integrator.y, integrator.t - nodes[-1][0]))
        now, state = integrator.t, integrator.y.copy()
        if poor:
            break
    times = np.array([t for t, _ in nodes])
    jets = np.array([jet for _, jet in nodes])
    return Window(space.partition, space.basis, times, jets), state, now, poor


def _node(lines: Lines, time: float, state: Array, span: float) -> tuple[float, Array]:
    """Coefficients of the unknowns and their first two time derivatives at a step."""
    size = lines.space.size
    rate = lines.rate(time, state)
    if lines.model.order > 1:
        second = rate[size : 2 * size]
    else:
        second = lines.second_rate(time, state, rate, span)
    data = lines.space.data(time)
    levels = (state[:size], rate[:size], second[:size])
    return time, np.stack(
        [lines.space.coefficients(free, g) for free, g in zip(levels, data, strict=False)]
    )
