"""Discretisations to solve on, and what is known of those that were."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from .._types import Array
from ..approximation.block_field import BlockField
from ..geometry.partition import Partition
from ..solution.report import Attempt
from ..solution.status import Status
from .estimate import Mismatch


@dataclass(frozen=True, slots=True)
class Stage:
    """Where to solve next: blocks, and neurons for each.

    Of a line, edges between them may stand for `switches` of the solution, with which they move.
    """

    partition: Partition
    width: int
    switches: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a stage that was solved.

    Attributes
    ----------
    stage : Stage
    field : BlockField
    estimate : float
        Distance to independent solutions; what it is worth says `status`.
    defects : array (blocks,)
        Of the equations at unseen points.
    errors : dict
        Errors of networks by their width, on the same blocks, as far as known.
    status : Status
    seconds : float
    amplification : float
        Response of the solution to noise of unit length in the rows, see `Fit.amplification`.
    at_rest : bool
        Whether Gauss-Newton came to rest; always true for a linear problem.
    growing : bool
        Whether that response is larger by far than that of fewer neurons.
    mismatches : tuple of Mismatch
        How far each condition is violated.
    contradiction : float
        Residual, relative to its terms, that independent solutions have in common, see
        `estimate.common_residual`; zero where the estimate says enough.
    check : BlockField or None
        An independent solution that the estimate was told from.
    apart : float
        Distance to a solution as wide, where there is one; else zero.
    wanted : array
        Points of a line that terms of the unknowns ask for along the field, see
        :mod:`sigmajet.analysis.features.along`.
    """

    stage: Stage
    field: BlockField
    estimate: float
    defects: Array
    errors: dict[int, float]
    status: Status = Status.INACCURATE
    seconds: float = 0.0
    amplification: float = 1.0
    at_rest: bool = True
    growing: bool = False
    mismatches: tuple[Mismatch, ...] = ()
    contradiction: float = 0.0
    check: BlockField | None = None
    apart: float = 0.0
    switches: tuple[float, ...] = ()
    astray: float = 0.0
    wanted: Array = dataclasses.field(default_factory=lambda: np.empty(0))

    @property
    def bound(self) -> float:
        """The estimate; infinite where it says nothing."""
        return self.attempt.bound

    @property
    def worst(self) -> float:
        """The defect of the worst block."""
        return float(self.defects.max())

    @property
    def mismatch(self) -> float:
        """Of the condition that is met least, relative to its terms."""
        return max((m.worst for m in self.mismatches), default=0.0)

    @property
    def residual(self) -> float:
        """Root mean square of the defects."""
        return float(np.sqrt(np.mean(self.defects**2)))

    @property
    def attempt(self) -> Attempt:
        """What the report says of it."""
        return Attempt(
            blocks=len(self.stage.partition),
            width=self.stage.width,
            residual=self.residual,
            estimate=self.estimate,
            seconds=self.seconds,
            status=self.status,
        )
