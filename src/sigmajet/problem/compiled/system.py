"""A problem with its relations compiled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..checks.axes import without_poles
from ..jumps.switch import by_maxima
from ..statement import Problem
from .residual import Residual, compile_relation


@dataclass(frozen=True, slots=True)
class System:
    """A problem with its relations compiled: what strategies work on."""

    problem: Problem
    equations: tuple[Residual, ...]
    conditions: tuple[Residual, ...]
    across: tuple[Residual, ...]
    """Relations between both sides of interfaces."""

    @property
    def unknowns(self) -> int:
        """How many unknowns there are."""
        return len(self.problem.unknowns)

    def without_poles(self) -> System:
        """The same with equations that are bounded on singular axes, as fits need them."""
        factors = without_poles(self.problem)
        if all(factor == 1 for factor in factors):
            return self
        cleared = (
            replace(r, residual=factor * r.residual)
            for r, factor in zip(self.problem.equations, factors, strict=True)
        )
        return replace(self, equations=tuple(compile_relation(self.problem, r) for r in cleared))

    @classmethod
    def compile(cls, problem: Problem) -> System:
        """Compile every relation of a problem."""
        return cls(
            problem,
            tuple(
                compile_relation(problem, replace(r, residual=by_maxima(r.residual)))
                for r in problem.equations
            ),
            tuple(compile_relation(problem, r) for r in problem.conditions),
            tuple(compile_relation(problem, r) for i in problem.interfaces for r in i.relations),
        )
