"""Two networks trained side by side, whose distance is the error estimate.

The second has 0.8 the neurons in each layer, other weights to start from, other points, and another
weight of conditions against equations: where both come to the same function, that is what the
statement says and not what one network has made of it. Their distance is about the error of the
second, which is the smaller network. As both may creep along the same valley, what the first moved
by in a round counts as well, and the estimate is the largest of three rounds: while fronts form one
round alone comes to a half of the error (Burgers' and Allen and Cahn's equations after 20 steps).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...adaptivity.diagnosis import undefined_equations, violated_conditions
from ...adaptivity.estimate import (
    CHECK_WIDTHS,
    NO_SOLUTION,
    VIOLATED,
    mismatches,
    relative_residual,
)
from ...adaptivity.trial import OF_CHECKS
from ...analysis.boundary_value.symmetries import find_parities
from ...analysis.features.features import features
from ...approximation.network.layered_field import LayeredField
from ...approximation.norm import Sample, Sampled, draw_sample, relative_difference
from ...approximation.saved import check_array
from ...deep.network import Mirrors
from ...errors import FileError
from ...geometry.partition import Partition
from ...geometry.points import points_inside
from ...geometry.region import BoxRegion
from ...problem.compiled.system import System
from ...problem.statement import Problem
from ...randomness import Purpose
from ...solution.outcome import Outcome
from ...solution.report import Attempt
from ...solution.status import Status
from ..boundary_value.surplus import tolerated
from ..checkpoint import Checkpoint
from ..memory import refuse_layers
from .options import TrainingOptions
from .training import State, Training, jacobian_entries

__all__ = ["Pair"]

# Steps of both networks before they are compared, and points drawn again. With 5, 10, 20, 40 the
# estimate was 1.3, 1.6, 6, 1000 times the error of Burgers' front after 160 steps, and 1.1, 1.1,
# 2.9, 8.6 times that of Poisson's problem in ten variables after 80, while errors fell to a half
# (benchmarks/deep_training.py --round).
_ROUND = 10


class Pair:
    """A network and its check, and what is known of both."""

    def __init__(self, system: System, asked: TrainingOptions) -> None:
        self._system, self._asked = system, asked
        smaller = tuple(max(1, round(CHECK_WIDTHS[0] * width)) for width in asked.layers)
        both = (asked.layers, smaller)
        refuse_layers(asked.layers, sum(jacobian_entries(system, layers) for layers in both))
        self._partition = Partition.of(system.problem.domain.region)
        self._sample = draw_sample(self._partition, asked.seed.of(Purpose.UNSEEN))
        narrow, self._doubts = _narrow(system.problem, asked)
        self._narrow = Sample(
            narrow, np.full(len(narrow), 1.0 / max(len(narrow), 1)), np.zeros(len(narrow), int)
        )
        reflections = find_parities(system)
        dimension = len(system.problem.variables)
        self._mirrors = Mirrors.generated(dimension, reflections) if reflections else None
        self._trainings = [
            Training(
                system,
                layers,
                asked.seed.of(Purpose.DRAW, number),
                weight=weight,
                further=narrow,
                mirrors=self._mirrors,
                guess=guess,
            )
            for number, (layers, weight, guess) in enumerate(
                ((asked.layers, 1.0, asked.guess), (smaller, OF_CHECKS, None))
            )
        ]
        self._states = [training.start for training in self._trainings]
        self._whole = self._before = list(self._states)  # after the last two whole rounds
        self._apart = (0.0, 0.0)  # what the two rounds before the last one came to
        self._attempts: list[Attempt] = []
        self._began = time.monotonic()
        self._halt = threading.Event()

    @property
    def steps(self) -> int:
        """How many steps the network has made."""
        return self._states[0].steps

    @property
    def field(self) -> LayeredField:
        """The network as it stands."""
        return self._states[0].field

    @property
    def estimate(self) -> float:
        """Of its error, as it was judged last."""
        return self._attempts[-1].estimate

    @property
    def converged(self) -> bool:
        """Whether the estimate meets the tolerance."""
        return bool(self._attempts) and self._attempts[-1].status is Status.CONVERGED

    @property
    def spent(self) -> str:
        """What was asked for that is used up, in words; empty if nothing is."""
        if self.steps >= self._asked.steps:
            return f"all {self._asked.steps} steps were made"
        if self._over():
            return f"{self._asked.seconds:g} seconds were over after {self.steps} steps"
        return ""

    def advance(self) -> None:
        """Train both networks for a round of some steps, side by side, and compare them.

        After an interrupt they are where the step under way has led.
        """
        steps = min(_ROUND, self._asked.steps - self.steps)
        before = list(self._states)
        with ThreadPoolExecutor(len(before)) as pool:
            running = [
                pool.submit(training.round, state, steps, self._over)
                for training, state in zip(self._trainings, before, strict=True)
            ]
            try:
                self._states = [each.result() for each in running]
            except KeyboardInterrupt:
                self._halt.set()
                self._states = [each.result() for each in running]
                raise
        if all(s.steps == b.steps + steps for s, b in zip(self._states, before, strict=True)):
            self._apart = (self._apart[1], self._moved(self._whole, self._before))
            self._before, self._whole = before, list(self._states)
        self.judge()
        self._asked.progress(
            f"{self.steps} steps, error {self._attempts[-1].bound:.1e}",
            self.steps / self._asked.steps,
        )

    def judge(self) -> None:
        """Estimate the error of the network as it stands."""
        system, tol = self._system, self._asked.tol
        seen = Sampled(self._states[0].field, self._sample)
        estimate = max(self._moved(self._states, self._before), *self._apart)
        residual = relative_residual(system, seen, self._partition)
        wrong = residual
        if len(self._narrow.points):
            at_narrow = Sampled(seen.field, self._narrow)
            wrong = max(residual, relative_residual(system, at_narrow, self._partition))
        if wrong > NO_SOLUTION:
            estimate = max(estimate, wrong)
        status = Status.of(estimate, tol)
        met = max(VIOLATED, tolerated(tol))
        violated = mismatches(system, seen.field, self._partition)
        if status is Status.CONVERGED and any(m.common > met for m in violated):
            status = Status.CONTRADICTED  # a compromise that both strike alike
        latest = Attempt(
            1,
            max(self._asked.layers),
            residual,
            estimate,
            time.monotonic() - self._began,
            status,
            layers=self._asked.layers,
            steps=self.steps,
        )
        # Of the others those that have halved the estimate: a report is no log.
        *earlier, last = self._attempts or [latest]
        halved = not earlier or last.bound < 0.5 * earlier[-1].bound
        self._attempts = [*earlier, *([last] if halved and self._attempts else []), latest]

    def _moved(self, states: Sequence[State], before: Sequence[State]) -> float:
        """How far both are apart, or from where the first one was before, if that is more."""
        network, check, earlier = (
            Sampled(state.field, self._sample) for state in (*states, before[0])
        )
        unknowns = self._system.unknowns
        return max(relative_difference(unknowns, network, other) for other in (check, earlier))

    def keep(self, file: Checkpoint, *, now: bool = False) -> None:
        """Write the whole rounds into a file, from which the same steps follow."""
        kept = {"now": self._whole, "before": self._before}
        present = {
            f"{name}{number}_{key}": array
            for name, states in kept.items()
            for number, state in enumerate(states)
            for key, array in state.arrays().items()
        }
        present["apart"] = np.array(self._apart)
        file.write(self._attempts, [{}] * len(self._attempts), present, now=now)

    def restore(self, file: Checkpoint, path: Any) -> None:
        """Go on from a file, if there is one.

        Raises
        ------
        FileError
            If what it holds does not fit.
        """
        attempts, _, present = file.read()
        if not present:
            return
        try:
            self._whole = list(self._restored("now", present))
            self._before = list(self._restored("before", present))
            check_array(present, "apart", (2,))
            self._apart = (float(present["apart"][0]), float(present["apart"][1]))
        except (KeyError, ValueError) as error:
            raise FileError(f"{path}: damaged, or no checkpoint of a training ({error})") from None
        self._states, self._attempts = list(self._whole), attempts[:-1]
        self.judge()

    def _restored(self, name: str, present: dict[str, NDArray[Any]]) -> Iterator[State]:
        for number, training in enumerate(self._trainings):
            prefix = f"{name}{number}_"
            own = {k.removeprefix(prefix): a for k, a in present.items() if k.startswith(prefix)}
            yield training.start.restored(own, self._mirrors)

    def outcome(self, interrupted: str = "") -> Outcome:
        """What came of it, and of an interrupt where it was made."""
        best = self._attempts[-1]
        found = [state.field for state in self._states]
        causes: tuple[str, ...] = ()
        if best.status is not Status.CONVERGED:
            causes = tuple(self._causes(best))
        return Outcome(
            field=found[0],
            status=Status.INTERRUPTED if interrupted else best.status,
            attempts=tuple(self._attempts),
            best=best,
            notes=(*causes, *self._doubts),
            ending=interrupted,
            check=found[1],
        )

    def _causes(self, best: Attempt) -> Iterator[str]:
        """What may have kept the estimate above the tolerance."""
        system, tol = self._system, self._asked.tol
        found = mismatches(system, self._states[0].field, self._partition)
        yield from undefined_equations(system, self._partition, self._asked.seed)
        yield from violated_conditions(found, tol, best.residual)
        if self.spent:
            yield (
                f"{self.spent}: more of them, or wider layers, may lower the estimate; a smooth "
                "solution in few variables is found sooner and to more digits without method"
            )

    def _over(self) -> bool:
        return self._halt.is_set() or time.monotonic() - self._began > self._asked.seconds


def _narrow(problem: Problem, asked: TrainingOptions) -> tuple[Array, tuple[str, ...]]:
    """Points at narrow features of known terms, which others may miss, and doubts about these."""
    region = problem.domain.region
    dimension = len(problem.variables)
    if not isinstance(region, BoxRegion) or dimension > 3:
        return np.empty((0, dimension)), ()
    wanted = features(problem, asked.tol)
    parts = [np.empty((0, dimension))]
    for axis, places in enumerate(wanted.points):
        if len(places):
            (points,) = points_inside(
                [region], [region.bounds], 4 * len(places), asked.seed.of(Purpose.POINTS, axis)
            )
            points[:, axis] = np.resize(places, len(points))
            parts.append(points)
    return np.concatenate(parts), wanted.doubts
