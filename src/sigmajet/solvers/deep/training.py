"""The training of one network: rounds of steps, each round on points of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...approximation.network.layered_field import LayeredField
from ...approximation.saved import check_array
from ...deep.network import Layered
from ...discretization.collocation.collocation import OVERSAMPLING
from ...discretization.collocation.training_set import TrainingSet
from ...nonlinear.levenberg_marquardt import Damping, improve
from ...problem.compiled.system import System
from ...randomness import Purpose, Seed

__all__ = ["State", "Training"]


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
        rest = [self.damping.share, float(self.steps)]
        return {"parameters": self.network.parameters, "rest": np.array(rest)}

    def restored(self, arrays: Mapping[str, NDArray[Any]]) -> State:
        """The same network with what :meth:`arrays` held; ValueError where that does not fit."""
        check_array(arrays, "parameters", self.network.parameters.shape)
        check_array(arrays, "rest", (2,))
        share, steps = arrays["rest"].tolist()
        return State(self.network.at(arrays["parameters"]), Damping(share), int(steps))


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
        guess: Layered | None = None,
    ) -> None:
        self._system, self._seed, self._further = system, seed, further
        network = _drawn(system, layers, seed) if guess is None else guess
        self.start = State(network, Damping(1e-2))
        self._count = _points(network, len(system.equations))
        relations = len(system.equations) + len(system.conditions)
        self._scales = [1.0] * relations
        # Rows of unit length in the mean at the start, whatever the units of an equation (S. Wang,
        # X. Yu and P. Perdikaris, J. Comput. Phys. 449, 2022). With conditions 2.5 times longer the
        # error of 3 x 20 neurons after 80 steps was 3 times as large for Allen and Cahn's equation.
        lengths = self._drawn(self.start, 0).lengths()
        weights = [1.0] * len(system.equations) + [weight] * len(system.conditions)
        self._scales = [w / (length or 1.0) for w, length in zip(weights, lengths, strict=True)]

    def round(self, state: State, steps: int, over: Callable[[], bool]) -> State:
        """Take so many steps on new points, fewer where no step helps or it is `over`."""
        points = self._drawn(state, state.steps)
        for _ in range(steps):
            if over():
                break
            parameters, damping = improve(points, state.network.parameters, state.damping)
            if parameters is state.network.parameters:  # at rest on these points
                return dataclasses.replace(state, steps=state.steps + steps)
            state = State(state.network.at(parameters), damping, state.steps + 1)
        return state

    def _drawn(self, state: State, number: int) -> TrainingSet:
        return TrainingSet.drawn(
            self._system,
            state.network,
            self._count,
            self._seed.of(Purpose.RUN, number),
            scales=self._scales,
            further=self._further,
        )


def _drawn(system: System, layers: tuple[int, ...], seed: Seed) -> Layered:
    domain = system.problem.domain
    lower, upper = np.array(domain.lower), np.array(domain.upper)
    sizes = (len(lower), *layers, system.unknowns)
    return Layered.drawn(
        sizes, 0.5 * (lower + upper), 0.5 * (upper - lower), seed.of(Purpose.NEURONS)
    )


def _points(network: Layered, equations: int) -> int:
    """Of each round, inside.

    Three times as many rows as parameters, as for the other networks: one that interpolates the
    residual at its points errs between them. Where that makes a Jacobian of half a gigabyte, fewer.
    """
    parameters = len(network.parameters)
    rows = min(OVERSAMPLING[1] * parameters, 2**26 // parameters)
    return max(int(rows) // equations, 1)
