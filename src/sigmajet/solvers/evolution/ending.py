r"""Why an integration in time stopped: told apart by what it has measured, not guessed.

- Where the short waves about the last state grow, the problem is ill-posed beyond.
- A size m(t) that goes to infinity at a time T, as :math:`(T - t)^{-p}` or
  :math:`-\log(T - t)` do, doubles in ever shorter times: over the last doubling

  .. math:: r = \frac{m'(t)\, (t - t_0)}{m(t)}

  is beyond all bounds, where growth that goes on for ever keeps it. Of the unknowns themselves that
  is a blow-up, of their slopes in space or in time a shock, a cusp or a quench.
  Behind a shock that blocks cannot follow unknowns double once as well: one that has not doubled
  twice in all has not blown up where a slope has gone up more. When it did is told by the times at
  which it had doubled before, :math:`T \approx t_3 + (t_3 - t_2) q / (1 - q)` with
  :math:`q = (t_3 - t_2) / (t_2 - t_1)` (A. Aitken's process), while blocks resolved it.
- What is left are limits of the solver: of its blocks, or of its steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._types import Array
from ...analysis.evolution.short_waves import growing_terms
from ...approximation.evolving_field import EvolvingField
from ...discretization.galerkin.space import Space
from ...problem.compiled.evolution import EvolutionModel
from ...problem.terms.trace import Trace
from ...rounding import HALF_OF_THE_DIGITS

# Of r: with seeds 0 to 4 it is at least 6.7e5 where unknowns blow up, 1.4e3 where slopes do, and at
# most 0.8 of what goes on (the cases of test_endings).
_RISES = 300.0


def why_stopped(
    model: EvolutionModel,
    field: EvolvingField,
    space: Space,
    accuracy: float,
    *,
    blocks_left: bool,
    kinked: str,
) -> str:
    """The reason in the user's words.

    Parameters
    ----------
    model : EvolutionModel
    field : EvolvingField
        The solution so far.
    space : Space
        On which it stopped.
    accuracy : float
        Of a step.
    blocks_left : bool
        Whether more blocks could have been cut.
    kinked : str
        The state that it began with, where blocks did not resolve that; else empty.
    """
    seen = _Seen(model, field, _evenly_too(space))
    names = [unknown.func.__name__ for unknown in model.problem.unknowns]
    waves = "" if model.singular else growing_terms(model, seen.points(seen.last), seen.state)
    if waves:
        return (
            f"from there on the problem is ill-posed: about this state waves of {waves} grow, the "
            "faster the shorter they are (a coefficient has the sign of diffusion that runs "
            "backwards)"
        )
    none = (0,) * len(model.problem.variables)
    slopes = [tuple(int(a == axis) for a in range(len(none))) for axis in range(len(none))]
    for unknown, name in enumerate(names):
        across = [s for axis, s in enumerate(slopes) if axis != model.axis]
        if seen.rise(unknown, none) > _RISES and not seen.is_shock(unknown, none, across):
            return f"{name} grows without bound there (a blow-up)"
    for unknown, name in enumerate(names):
        steep = [s for s in slopes if seen.rise(unknown, s) > _RISES]
        if blocks_left and steep:
            time = seen.lost(unknown, steep[0])
            at = f", by its doublings at about {model.problem.time} = {model.clock(time):.3g}"
            return (
                f"a slope of {name} grows without bound there{at if time < seen.last else ''} (a "
                "shock, a cusp or a quench): the solution loses the smoothness that the equation "
                "needs"
            )
    blocks, width = len(space.partition), space.basis.network.width
    if kinked:
        return (
            f"{kinked} has a jump or a kink, which the equations carry along, and blocks "
            "of any length leave too much of it for this accuracy; the solution goes on, a larger "
            "tol may follow it"
        )
    if not blocks_left:
        return (
            f"the solution has more detail there than {blocks} blocks of {width} neurons hold, "
            "as many as an evolution takes here; the solution goes on, a larger tol may follow it"
        )
    if seen.leaves_the_domain(accuracy):
        return (
            "the equations have no value at states as near as the accuracy (a root, a power or a "
            "logarithm of what comes to zero, or a division by it)"
        )
    return (
        "no step, however short, is as accurate as asked for; neither the solution nor its slopes "
        "grow without bound, a larger tol may go on"
    )


def _evenly_too(space: Space) -> Array:
    """The points of a space, and on a line even ones as well: blocks crowd where detail is last."""
    if space.partition.dimension > 1:
        return space.points
    ends = space.partition.lower.min(), space.partition.upper.max()
    return np.concatenate([space.points, np.linspace(*ends, len(space.points))[:, None]])


class _Seen:
    """A solution up to where it stopped, at points of space."""

    def __init__(self, model: EvolutionModel, field: EvolvingField, points: Array) -> None:
        self._model, self._field, self._points = model, field, points
        self._axis = model.axis
        self._times = np.unique(np.concatenate([s.times for s in field.stretches]))
        self._sizes: dict[tuple[int, tuple[int, ...], float], float] = {}  # as asked for

    @property
    def last(self) -> float:
        """The time of the last state."""
        return float(self._times[-1])

    def points(self, time: float) -> Array:
        """The points at a time, of all variables."""
        return np.insert(self._points, self._axis, time, axis=1)

    def state(self, traces: Sequence[Trace], points: Array) -> Array:
        """Derivatives at points, (traces, m)."""
        return self._field.derivatives([(t.unknown, t.orders) for t in traces], points)

    def leaves_the_domain(self, accuracy: float) -> bool:
        """Whether an equation has no value at a state that is off by an accuracy."""
        here, begin = self.points(self.last), self.points(float(self._times[0]))
        for equation in self._model.system.equations:
            values = self.state(equation.traces, here)
            sizes = np.maximum(np.abs(values), np.abs(self.state(equation.traces, begin)))
            off = accuracy * sizes.max(axis=1, keepdims=True)
            for side in (values - off, values + off):
                if not np.all(np.isfinite(equation(here, side)[0])):
                    return True
        return False

    def is_shock(
        self, unknown: int, none: tuple[int, ...], across: Sequence[tuple[int, ...]]
    ) -> bool:
        """Whether an unknown that rose has not doubled twice in all, and a slope has gone up more.

        By more than the square of that: it may have doubled once while the unknown has not.
        """
        growth = self._growth(unknown, none)
        return growth < 2.0**2 and any(self._growth(unknown, s) > growth**2 for s in across)

    def _growth(self, unknown: int, orders: tuple[int, ...]) -> float:
        """The largest value of a derivative over that at the start."""
        sizes = [self._largest(unknown, orders, time) for time in self._times]
        return max(sizes) / sizes[0] if sizes[0] > 0.0 else np.inf

    def lost(self, unknown: int, orders: tuple[int, ...]) -> float:
        """When a derivative grows without bound, by when it had doubled once to three times."""
        first = self._largest(unknown, orders, self._times[0])
        moments = [self._reached(unknown, orders, 2.0**k * first) for k in (1, 2, 3)]
        before, last = np.diff(moments)
        ratio = last / before if before > 0.0 else 1.0
        return float(moments[-1] + last * ratio / (1.0 - ratio)) if ratio < 1.0 else np.inf

    def _reached(self, unknown: int, orders: tuple[int, ...], size: float) -> float:
        """The first time at which a derivative has a size, between steps as well."""
        passed = (
            k for k, time in enumerate(self._times) if self._largest(unknown, orders, time) >= size
        )
        index = next(passed, 0)
        if index == 0:
            return self.last
        low, high = self._times[index - 1 : index + 1]
        while high - low > HALF_OF_THE_DIGITS * (self.last - self._times[0]):
            middle = 0.5 * (low + high)
            if self._largest(unknown, orders, middle) >= size:
                high = middle
            else:
                low = middle
        return float(high)

    def rise(self, unknown: int, orders: tuple[int, ...]) -> float:
        """The r of the largest value of a derivative, while it doubled for the last time.

        Where a solution ends, differences from step to step are noise; what doubled is not.
        """

        def size(number: int) -> float:
            return self._largest(unknown, orders, self._times[number])

        last = len(self._times) - 1
        peak = before = last
        for back in (2**k for k in range(last.bit_length() + 1)):
            before = max(last - back, 0)
            peak = max(peak, before, key=size)
            if 2.0 * size(before) <= size(peak):
                break
        after = peak
        while after - before > 1:  # steps in between, at the earlier of which it was small
            middle = (before + after) // 2
            before, after = (
                (middle, after) if 2.0 * size(middle) <= size(peak) else (before, middle)
            )
        if not size(peak) > size(before):
            return 0.0
        start, begin, end = self._times[[0, before, peak]]
        return float((1.0 - size(before) / size(peak)) * (end - start) / (end - begin))

    def _largest(self, unknown: int, orders: tuple[int, ...], time: float) -> float:
        asked = unknown, orders, float(time)
        if asked not in self._sizes:
            values = self._field.derivatives([(unknown, orders)], self.points(time))
            self._sizes[asked] = float(np.abs(values).max())
        return self._sizes[asked]
