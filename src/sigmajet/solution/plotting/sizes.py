"""What is drawn beside a solution on a log scale: residuals, or errors where the truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ...errors import ProblemError
from ..asked import real_parts
from ..masked import inside
from .view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..solved import Solved

__all__ = ["Beside", "Errors", "Residuals"]


class Beside(Protocol):
    """Sizes at points, a row for each label; `name` is what they are the sizes of."""

    @property
    def name(self) -> str:
        """In a word."""
        ...

    @property
    def labels(self) -> list[str]:
        """Of the rows."""
        ...

    def sizes(self, points: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Absolute values at points, on a leading axis."""
        ...


@dataclass(frozen=True, slots=True)
class Residuals:
    """By how much the equations are violated."""

    solution: Solved
    name: str = "residual"

    @property
    def labels(self) -> list[str]:
        """The equations by number."""
        return [f"equation {k}" for k in range(1, len(self.solution.problem.equations) + 1)]

    def sizes(self, points: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """See `Beside`."""
        problem = self.solution.problem
        residuals = inside(problem, self.solution.residual, len(self.labels), points)
        return np.asarray(np.abs(residuals))


@dataclass(frozen=True, slots=True)
class Errors:
    """What the quantities of a view differ by from what they should be."""

    view: View
    exact: tuple[Any, ...]
    name: str = "error"

    @classmethod
    def of(cls, view: View, exact: Any) -> Errors:
        """Read what a caller gave.

        Raises
        ------
        ProblemError
            If that is not one for each quantity.
        """
        given = tuple(exact) if isinstance(exact, list | tuple) else (exact,)
        if len(given) != len(view.labels):
            given = tuple(real_parts(view.solution.problem, given))
        if len(given) != len(view.labels):
            raise ProblemError(
                f"exact: got {len(given)} expression(s) for {', '.join(view.labels)}; give one "
                "for each"
            )
        return cls(view, given)

    @property
    def labels(self) -> list[str]:
        """Those of the quantities."""
        return self.view.labels

    def sizes(self, points: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """See `Beside`."""
        solution = self.view.solution
        rows = (partial(solution.evaluate, each) for each in self.exact)
        truth = [inside(solution.problem, row, 1, points)[0] for row in rows]
        return np.asarray(np.abs(self.view.values(points) - np.array(truth)))
