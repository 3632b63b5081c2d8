"""What of a solution is drawn: which quantities, along which variables, where the others are."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps

from ...errors import ProblemError
from ...problem.terms.vocabulary import did_you_mean
from ..asked import real_parts
from ..masked import inside, refuse_grid
from .picture import Plane, line_between, plain, values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...problem.statement import Problem
    from ..solved import Solved

__all__ = ["View", "check_colours"]


@dataclass(frozen=True, slots=True)
class View:
    """Quantities of a solution over the variables that run, in one or several cuts.

    Attributes
    ----------
    expressions : tuple
        What is drawn; the unknowns if it is empty.
    cuts : tuple of mapping
        Where variables are held, by axis: more than one where a variable was given many values.
    resolution : int or None
        Points along a curve or a side of a map; None for as many as a picture shows.
    """

    solution: Solved
    expressions: tuple[Any, ...]
    cuts: tuple[Mapping[int, float], ...]
    resolution: int | None = None

    @classmethod
    def of(
        cls,
        solution: Solved,
        expression: Any = None,
        at: Mapping[Any, Any] | None = None,
        times: Any = None,
        points: int | None = None,
    ) -> View:
        """Read what a caller asks for; see :func:`sigmajet.plot.plot`."""
        names = [str(variable) for variable in solution.problem.variables]
        several = isinstance(expression, list | tuple)
        listed = expression if several else [] if expression is None else [expression]
        if points is not None and not (
            isinstance(points, int | np.integer) and 1 < points < sys.maxsize
        ):
            raise ProblemError(
                f"points: got {points!r:.60}, expected a number of points, at least two"
            )
        at = {} if at is None else at
        if not isinstance(at, Mapping):
            raise ProblemError(
                f"at: got {at!r:.200}, expected a dictionary of variables and values, {{x: 0.5}}"
            )
        at = _with_times(solution.problem, at, times)
        held: dict[int, NDArray[np.float64]] = {}
        for key, value in at.items():
            if str(key) not in names:
                raise ProblemError(
                    f"at: got {key}, expected some of the variables {', '.join(names)}"
                    + did_you_mean(str(key), names)
                )
            try:
                held[names.index(str(key))] = np.atleast_1d(np.asarray(value, dtype=float))
            except (TypeError, ValueError):
                raise ProblemError(
                    f"at: got {value!r:.60} for {key}, expected a number or a list of numbers"
                ) from None
        many = [axis for axis, values in held.items() if values.size != 1]
        if len(many) > 1 or any(values.ndim > 1 or not values.size for values in held.values()):
            raise ProblemError("at: expected a value for a variable, of one of them a list of them")
        if len(held) == len(names):
            raise ProblemError(f"at: leave one of {', '.join(names)} out, to be drawn along it")
        single = {axis: float(values[0]) for axis, values in held.items() if axis not in many}
        cuts = [{**single, axis: float(value)} for axis in many for value in held[axis]]
        drawn = real_parts(solution.problem, listed)
        made = cls(solution, tuple(drawn), tuple(cuts) or (single,), points)
        if points is not None:
            refuse_grid(int(points) ** (2 if made.line is None else 1))
        return made

    @property
    def labels(self) -> list[str]:
        """Names of the quantities."""
        return [plain(each) for each in self.expressions or self.solution.problem.unknowns]

    @property
    def whole(self) -> bool:
        """Whether no variable is held."""
        return self.cuts == ({},)

    @property
    def line(self) -> int | None:
        """The variable that runs, if only one does."""
        count = len(self.solution.problem.variables)
        running = [axis for axis in range(count) if axis not in self.cuts[0]]
        return running[0] if len(running) == 1 else None

    def plane(self, cut: Mapping[int, float]) -> Plane:
        """The two variables of a map."""
        return Plane.of(self.solution.problem, cut)

    def over(self, plane: Plane) -> list[NDArray[np.float64]]:
        """Coordinates of a map."""
        return plane.points(count=self.resolution)

    def along(self, axis: int, cut: Mapping[int, float]) -> list[NDArray[np.float64]]:
        """Coordinates of a curve, the others those of a cut."""
        problem = self.solution.problem
        line = line_between(problem.domain.lower[axis], problem.domain.upper[axis], self.resolution)
        return [
            line if each == axis else np.array(cut[each]) for each in range(len(problem.variables))
        ]

    def values(self, points: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """The quantities at points, on a leading axis."""
        if not self.expressions:
            return values_of(self.solution, *points)
        problem = self.solution.problem
        rows = (partial(self.solution.evaluate, each) for each in self.expressions)
        return np.array([inside(problem, row, 1, points)[0] for row in rows])

    def place(self, cut: Mapping[int, float]) -> str:
        """Where a cut is, in words."""
        variables = self.solution.problem.variables
        return ", ".join(f"{plain(variables[axis])} = {value:g}" for axis, value in cut.items())


def _with_times(problem: Problem, at: Mapping[Any, Any], times: Any) -> Mapping[Any, Any]:
    """Where variables are held, time where `times` says."""
    if times is None:
        return at
    if problem.time is None:
        raise ProblemError(f"times: got {times!r:.60}, but the problem names no time")
    if str(problem.time) in map(str, at):
        raise ProblemError(f"times: at holds {problem.time} as well; give one of the two")
    return {**at, problem.time: times}


def check_colours(cmap: str | None) -> None:
    """Refuse a colour map that Matplotlib does not have."""
    if cmap is not None and cmap not in colormaps:
        raise ProblemError(
            f"cmap: got {cmap!r:.60}, expected the name of a colour map of Matplotlib, such as "
            f"viridis{did_you_mean(str(cmap), colormaps)}"
        )
