"""Relations as NumPy functions: the residual and its exact partial derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ..statement import Problem
from ..terms.relation import Relation
from ..terms.trace import Trace
from .expressions import compile_expressions, partial_derivative


@dataclass(frozen=True, slots=True)
class Residual:
    """A relation ready to evaluate.

    `__call__` takes points (m, d) and the values of the traces (k, m) and returns the
    residual (m,) together with its partial derivatives by each trace (k, m).
    """

    relation: Relation
    _function: Callable[..., Sequence[Any]]
    parameters: tuple[float, ...]

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The derivatives that the relation is about."""
        return self.relation.traces

    @property
    def local(self) -> bool:
        """Whether all of them are taken at one point."""
        return all(p is None for trace in self.traces for p in trace.place)

    def __call__(self, points: Array, traces: Array) -> tuple[Array, Array]:
        """Evaluate the residual and its partial derivatives."""
        with np.errstate(all="ignore"):  # what is not finite is the caller's to judge
            results = self._function(*points.T, *traces, *self.parameters)
        table = np.empty((len(results), len(points)))
        for row, result in zip(table, results, strict=True):
            row[:] = np.real(result) if np.isrealobj(result) else _real(np.asarray(result))
        return table[0], table[1:]


def compile_relation(problem: Problem, relation: Relation) -> Residual:
    """Turn a relation into NumPy code, once."""
    return Residual(
        relation,
        compile_expressions(
            problem,
            relation.symbols,
            [
                relation.residual,
                *(partial_derivative(relation.residual, s) for s in relation.symbols),
            ],
        ),
        tuple(problem.parameters.values()),
    )


def _real(values: NDArray[Any]) -> Array:
    """Real part, not-a-number where an imaginary part shows that a branch was left."""
    return np.where(values.imag == 0.0, values.real, np.nan)
