r"""How fast the waves of an evolution on a line are, and what goes on across each.

With a principal part

.. math:: u_t + A u_x = \dots \quad\text{or}\quad u_{tt} + b\, u_{xt} - a\, u_{xx} = \dots,

whose coefficients may vary with place and time, what is not smooth stays on lines x' = c, c an
eigenvalue of A or a root of :math:`c^2 - b c = a`. Across a line of velocity c

.. math:: (A - c)\, [u] = 0 \quad\text{or}\quad [u] = 0,

and no other derivative need go on (R. Courant, D. Hilbert, "Methods of Mathematical Physics" II).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..._types import Array, Integers
from ...linalg.eigen import parted
from ...problem.compiled.evolution import EvolutionModel
from ...rounding import relative_rounding
from ...rules.samples import FEW
from .frozen import degree, principal

Everywhere = Callable[[Array, Array], Array]
"""Of places and times (m,): something at each."""


@dataclass(frozen=True, slots=True)
class Family:
    """Lines of one kind of wave, and what goes on across them.

    `velocity` (m,) and `kept` (m, k, unknowns), combinations of the unknowns, at places and times;
    `slopes` says whether slopes go on as well, `constant` what the velocity is if it never changes.
    """

    velocity: Everywhere
    kept: Everywhere
    constant: float | None = None
    slopes: bool = False


def standing(unknowns: int) -> Family:
    """Lines that stand still, across which all goes on."""
    return Family(
        lambda places, _: np.zeros(len(places)),
        lambda places, _: np.broadcast_to(np.eye(unknowns), (len(places), unknowns, unknowns)),
        0.0,
        slopes=True,
    )


def families(model: EvolutionModel, count: int) -> tuple[Family, ...] | None:
    """The waves of the principal part, the slowest first; None where it is no such part.

    Coefficients that vary are looked at on a grid of so many times.
    """
    problem, axis = model.problem, model.axis
    traces = sorted({t for e in problem.equations for t in e.traces}, key=lambda t: t.sort_key)
    unknowns, order = len(problem.unknowns), model.order
    if degree(model, traces) != 1 or order > 2 or (order == 2 and unknowns > 1):
        return None
    leading = [
        partial.free_symbols & {*problem.variables, *equation.relation.symbols}
        for equation in model.system.equations
        for trace, partial in zip(equation.traces, equation.partials, strict=True)
        if sum(trace.orders) >= order
    ]
    if any(not symbols <= {*problem.variables} for symbols in leading):
        return None
    speeds = _Speeds(model)
    places, times = model.start.points[:, 1 - axis], model.interval[0] * np.ones(1)
    if any(leading):
        times = np.linspace(*model.interval, count)
    else:
        places = places[:1]
    grid = [g.ravel() for g in np.meshgrid(places, times)]
    found = speeds(*grid)
    if found is None:
        return None
    scale = float(np.abs(found).max())
    apart = np.diff(found, axis=0) > parted(len(found)) * scale
    if np.any(apart.any(axis=1) != apart.all(axis=1)):
        return None  # waves that are as fast as each other somewhere
    groups = np.split(np.arange(len(found)), 1 + np.flatnonzero(apart.any(axis=1)))
    if order == 2 and len(groups) < 2:
        return None
    waves = [_family(speeds, group, scale, constant=not any(leading)) for group in groups]
    kept = [wave.kept(*grid) for wave in waves]
    if order == 1 and any(
        each.shape[1] != unknowns - len(group) for each, group in zip(kept, groups, strict=True)
    ):
        return None  # not enough waves for all unknowns: weakly hyperbolic
    return tuple(waves)


def _family(speeds: _Speeds, group: Integers, scale: float, *, constant: bool) -> Family:
    order, alone = speeds.model.order, len(speeds.model.problem.unknowns) == 1
    # One equation of first order has its velocity as it is stated. As nothing below half of the
    # digits it would jump where it fades, and lines would stand still that leave such a place.
    still = scale * (relative_rounding(FEW) if order == 1 and alone else parted(len(group)))

    def velocity(places: Array, times: Array) -> Array:
        found = speeds(places, times)
        if found is None:
            return np.full(len(places), np.nan)
        mean = found[group].mean(axis=0)
        return np.where(np.abs(mean) <= still, 0.0, mean)

    def kept(places: Array, times: Array) -> Array:
        if order == 2:
            return np.ones((len(places), 1, 1))
        matrices = speeds.matrices(places, times)
        count = matrices.shape[-1]
        matrices = matrices - velocity(places, times)[:, None, None] * np.eye(count)
        _, sizes, rows = np.linalg.svd(matrices)
        return np.asarray(rows[:, : int(np.sum(sizes > parted(count) * scale, axis=1).max())])

    if constant:
        at = speeds.model.start.points[:1, 1 - speeds.model.axis]
        now = np.array([speeds.model.interval[0]])
        value, rows = float(velocity(at, now)[0]), kept(at, now)[0]
        return Family(
            lambda places, _: np.full(len(places), value),
            lambda places, _: np.broadcast_to(rows, (len(places), *rows.shape)),
            value,
        )
    return Family(velocity, kept)


@dataclass(frozen=True, slots=True)
class _Speeds:
    """The velocities of all waves at places and times."""

    model: EvolutionModel

    def __call__(self, places: Array, times: Array) -> Array | None:
        """In rising order, (waves, m); None where they have no value or are not real."""
        if self.model.order == 2:
            gains = self._gains(places, times)
            mixed, pure = (np.zeros(len(places)) + gains.get(k, 0.0) for k in (1, 2))
            inside = mixed.ravel() ** 2 + 4.0 * pure.ravel()
            if not np.all(inside > 0.0):
                return None
            root = np.sqrt(inside)
            return np.array([0.5 * (mixed - root), 0.5 * (mixed + root)])
        matrices = self.matrices(places, times)
        if not np.all(np.isfinite(matrices)):
            return None
        values = np.linalg.eigvals(matrices)
        if np.abs(values.imag).max() > parted(values.shape[1]) * np.abs(values).max():
            return None
        return np.sort(values.real, axis=1).T

    def matrices(self, places: Array, times: Array) -> Array:
        """A at places and times, (m, unknowns, unknowns)."""
        unknowns = len(self.model.problem.unknowns)
        gain = self._gains(places, times).get(1)
        if gain is None:
            return np.full((len(places), unknowns, unknowns), np.nan)
        return -gain.transpose(2, 0, 1)

    def _gains(self, places: Array, times: Array) -> dict[int, Array]:
        """The matrices of derivatives by place, by their order; none where one has no value."""
        model = self.model
        points = np.empty((len(places), 2))
        points[:, model.axis], points[:, 1 - model.axis] = times, places
        traces = sorted(
            {t for e in model.problem.equations for t in e.traces}, key=lambda t: t.sort_key
        )
        terms = principal(model, traces, points)
        if any(term.gain.shape[-1] < len(points) for term in terms):
            return {}
        return {term.alpha[0]: term.gain for term in terms}
