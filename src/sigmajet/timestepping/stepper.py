"""What a method that integrates in time asks of a system, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .._types import Array
from ..approximation.dense_output import DenseOutput

Solve = Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Linearised:
    """A system near a state: what solves (shift F_y' + F_y) x = r for a shift, and v to F_y' v."""

    factor: Callable[[complex | float], Solve]
    inertia: Callable[[NDArray[Any]], NDArray[Any]]


class Dynamics(Protocol):
    """A system F(t, y, y') = 0; of an explicit one, y' = f(t, y), F is y' - f."""

    autonomous: bool
    """Whether F is linear with a constant Jacobian: one iteration is exact, one Jacobian enough."""
    singular: bool
    """Whether F_y' is, anywhere: part of the state has no derivative, and y' no formula."""
    hidden: NDArray[np.bool_]
    """Which parts follow only from the derivative in time of F, an index of 2, (groups, parts)."""

    def defects(self, times: Array, states: Array, slopes: Array) -> Array:
        """F(t, y, y') at several times, (k, n)."""
        ...

    def linearise(self, time: float, state: Array, slope: Array) -> Linearised:
        """The system near a state and its slope."""
        ...

    def admissible(self, states: Array) -> Array:
        """States (k, n) of a system under constraints, without what rounding adds that breaks them.

        Extrapolated from step to step it would grow.
        """
        ...

    def sizes(self, states: Array) -> Array:
        """Norms of the parts of states (k, n), (k, groups, parts): a group has its own units."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was made: `states` (k + 1, n) at the positions of the method's dense output."""

    start: float
    end: float
    states: Array


@dataclass(frozen=True, slots=True)
class Pace:
    """What a stepper has learnt that another may start with: the next length, and its `scales`."""

    length: float
    scales: Array


class Stepper(Protocol):
    """A method in time: steps, one call each, and what holds between them.

    Attributes
    ----------
    time, state : float, array
        What has been reached.
    scales : array
        Largest sizes of the parts of the state so far: errors are relative to them.
    dense : DenseOutput
        The polynomial that a step is, between its ends.
    pace : Pace
    """

    time: float
    state: Array
    scales: Array

    @property
    def dense(self) -> DenseOutput:
        """The polynomial that a step is, between its ends."""
        ...

    @property
    def pace(self) -> Pace:
        """What another stepper may start with."""
        ...

    def step(self) -> Step | None:
        """Make one step; None if not even the shortest can be made."""
        ...


def moments(dense: DenseOutput, step: Step) -> Array:
    """The times of a step's states; the last is its end to the last bit."""
    times = step.start + (step.end - step.start) * dense.positions
    times[-1] = step.end
    return times
