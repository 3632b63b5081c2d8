"""The training of one network: rounds of steps, each round on points of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...adaptivity.estimate import NO_SOLUTION
from ...approximation.network.layered_field import LayeredField
from ...approximation.saved import check_array
from ...deep.network import Layered, Mirrors
from ...discretization.collocation.collocation import OVERSAMPLING
from ...discretization.collocation.training_set import TrainingSet
from ...nonlinear.levenberg_marquardt import Damping, improve
from ...problem.compiled.system import System
from ...randomness import Purpose, Seed

__all__ = ["State", "Training", "jacobian_entries"]

# Damping of the first step. K. Madsen, H. B. Nielsen and O. Tingleff (Methods for Non-Linear Least
# Squares Problems, 2004, section 3.2) take 1e-6 of the largest square near a solution, and from
# 1e-3 on to 1 elsewhere; it follows the gain from then on.
_TRUSTED = 1e-3
_ENTRIES = 2**26  # of a Jacobian: half a gigabyte


@dataclass(frozen=True, slots=True)
class State:
    """Where a training stands.

    Attributes
    ----------
    network : Layered
    damping : Damping
    steps : int
        That were made.
    """

    network: Layered
    damping: Damping
    steps: int = 0

    @property
    def field(self) -> LayeredField:
        """The network as a field."""
        return LayeredField(self.network)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that a training goes on from, beside its size and seed."""
        mirrored = self.network.mirrors is not None
        rest = [self.damping.share, float(self.steps), float(mirrored)]
        return {"parameters": self.network.parameters, "rest": np.array(rest)}

    def restored(self, arrays: Mapping[str, NDArray[Any]], mirrors: Mirrors | None) -> State:
        """The same network with what :meth:`arrays` held; ValueError where that does not fit."""
        check_array(arrays, "parameters", self.network.parameters.shape)
        check_array(arrays, "rest", (3,))
        share, steps, mirrored = arrays["rest"].tolist()
        network = dataclasses.replace(
            self.network,
            parameters=arrays["parameters"],
            mirrors=mirrors if mirrored else None,
        )
        return State(network, Damping(share), int(steps))


class Training:
    """A network on a system, from one draw of its weights and points.

    Parameters
    ----------
    system : System
    layers : tuple of int
    seed : Seed
    weight : float
        Of conditions against equations.
    further : array, shape (n, d)
        Points that each round has beside its own.
    mirrors : Mirrors or None
        The symmetries of the solution.
    guess : Layered or None
        What is trained, in place of one that is drawn.
    """

    def __init__(
        self,
        system: System,
        layers: tuple[int, ...],
        seed: Seed,
        *,
        weight: float,
        further: Array,
        mirrors: Mirrors | None,
        guess: Layered | None,
    ) -> None:
        self._system, self._seed, self._further = system, seed, further
        self._mirrors = mirrors
        self._begun = _drawn(system, layers, seed)
        if guess is not None:
            network = _kept(guess, mirrors)
        elif mirrors is not None and np.all(mirrors.parities > 0.0):
            network = dataclasses.replace(self._begun, mirrors=mirrors)
        else:
            network = self._begun
        self.start = State(network, Damping(_TRUSTED))
        self._count = _points(len(network.parameters), len(system.equations))
        # Rows of unit length in the mean in each round, whatever the units of an equation (S. Wang,
        # X. Yu and P. Perdikaris, J. Comput. Phys. 449, 2022). With the lengths of the start alone
        # Allen and Cahn's equation had an error of 1.9e-4 after 240 steps and 1.2e-4 after 600;
        # with those of each round it has 9.3e-5 after 240. With conditions 2.5 times longer it was
        # 3 times as large after 80 steps.
        self._weights = [1.0] * len(system.equations) + [weight] * len(system.conditions)

    def round(self, state: State, steps: int, over: Callable[[], bool]) -> State:
        """Take so many steps on new points, fewer where no step helps or it is `over`."""
        if over():
            return state
        points = self._drawn(state, state.steps).balanced(self._weights)
        state = self._mirrored(points, state)
        points = dataclasses.replace(points, network=state.network)
        for _ in range(steps):
            if over():
                break
            parameters, damping = improve(points, state.network.parameters, state.damping)
            if parameters is state.network.parameters:  # at rest on these points
                return dataclasses.replace(state, steps=state.steps + steps)
            state = State(state.network.at(parameters), damping, state.steps + 1)
        return state

    def _mirrored(self, points: TrainingSet, state: State) -> State:
        """The state with the mean over reflections, once a front is formed and that is no worse.

        An odd network does not find Burgers' front from the start: its error is 0.24 after 180
        steps. One whose front is formed loses its shift, which the residual hardly sees: an error
        of 2.1e-5 becomes 2.9e-6. Even networks are so from the start: Allen and Cahn's equation
        came to 1.0e-2 in the 100 steps in which it came to 4.3e-2 where they were not.
        """
        if self._mirrors is None or state.network.mirrors is not None:
            return state
        mirrored = dataclasses.replace(state.network, mirrors=self._mirrors)
        left = self._left(points, state.network)
        formed = left <= NO_SOLUTION * self._left(points, self._begun)
        if formed and self._left(points, mirrored) <= left:
            return dataclasses.replace(state, network=mirrored)
        return state

    def _left(self, points: TrainingSet, network: Layered) -> float:
        """How long the residual is."""
        points = dataclasses.replace(points, network=network)
        return float(np.linalg.norm(points.residual(network.parameters)))

    def _drawn(self, state: State, number: int) -> TrainingSet:
        return TrainingSet.drawn(
            self._system,
            state.network,
            self._count,
            self._seed.of(Purpose.RUN, number),
            further=self._further,
        )


def _drawn(system: System, layers: tuple[int, ...], seed: Seed) -> Layered:
    domain = system.problem.domain
    lower, upper = np.array(domain.lower), np.array(domain.upper)
    sizes = (len(lower), *layers, system.unknowns)
    return Layered.drawn(
        sizes, 0.5 * (lower + upper), 0.5 * (upper - lower), seed.of(Purpose.NEURONS)
    )


def _kept(guess: Layered, mirrors: Mirrors | None) -> Layered:
    """A guess, which has no symmetries but those of the solution."""
    own = guess.mirrors
    alike = (
        own is not None
        and mirrors is not None
        and np.array_equal(own.signs, mirrors.signs)
        and np.array_equal(own.parities, mirrors.parities)
    )
    return guess if alike else dataclasses.replace(guess, mirrors=None)


def jacobian_entries(system: System, layers: tuple[int, ...]) -> int:
    """How many numbers the Jacobian of such a network has, at most."""
    sizes = (len(system.problem.variables), *layers, system.unknowns)
    parameters = sum((before + 1) * after for before, after in pairwise(sizes))
    inside = _points(parameters, len(system.equations))
    walls = len(system.conditions) * (inside // 3)
    return (len(system.equations) * inside + walls) * parameters


def _points(parameters: int, equations: int) -> int:
    """Of each round, inside.

    Three times as many rows as parameters, as for the other networks: one that interpolates the
    residual at its points errs between them. Where that makes a Jacobian of half a gigabyte, fewer.
    """
    rows = min(OVERSAMPLING[1] * parameters, _ENTRIES // parameters)
    return max(int(rows) // equations, 1)
