"""Complex unknowns: each is a pair of real ones, which stand in two statements for each one.

| as stated           | as solved                                        |
|---------------------|--------------------------------------------------|
| u                   | `re(u)` and `im(u)`, functions of those names    |
| `I*u_t = -u_xx/2`   | `-im(u)_t = -re(u)_xx/2`, `re(u)_t = -im(u)_xx/2` |
| `Eq(im(u(0)), 0)`   | itself: of its imaginary part nothing is left    |

An unknown that is declared real, `Function("n", real=True)`, stays one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from ..._types import Array
from ...errors import ProblemError
from ..boundary.conditions import OnBoundary
from ..terms.constant import expression
from ..terms.relation import sides
from .split import BEYOND_PARTS, PARTS, Halves, Splitter

__all__ = ["Pairs"]


@dataclass(frozen=True)
class Pairs:
    """The unknowns of a complex statement, and the real ones behind them.

    Attributes
    ----------
    stated : tuple of applied functions
    parts : tuple of one or two applied functions for each of them
    """

    stated: tuple[AppliedUndef, ...]
    parts: tuple[tuple[AppliedUndef, ...], ...]

    @classmethod
    def of(cls, unknowns: Sequence[AppliedUndef], statements: Iterable[Any]) -> Pairs | None:
        """Those of a statement that speaks of complex numbers; None if it does not."""
        if not any(_speaks_of_complex(each) for each in statements):
            return None
        return cls(
            tuple(unknowns),
            tuple((u,) if u.is_extended_real else _halves_of(u) for u in unknowns),
        )

    @property
    def real(self) -> tuple[AppliedUndef, ...]:
        """The real unknowns, those of a complex one side by side."""
        return tuple(part for parts in self.parts for part in parts)

    def split(self, formula: Any, what: str) -> Halves:
        """The real and the imaginary part of an expression in the unknowns.

        Raises
        ------
        ProblemError
            If it is no expression, or its parts are not known.
        """
        functions = {
            unknown.func: (parts[0].func, parts[1].func)
            for unknown, parts in zip(self.stated, self.parts, strict=True)
            if len(parts) > 1
        }
        try:
            return Splitter(functions)(expression(formula, what))
        except ProblemError as error:
            raise ProblemError(str(error) if what in str(error) else f"{what}: {error}") from None

    def statements(self, statement: Any, what: str) -> list[Any]:
        """One or two real statements: those parts of a complex one that say something."""
        if isinstance(statement, OnBoundary):
            halves = self.statements(statement.statement, what)
            return [OnBoundary(half, statement.where) for half in halves]
        both = [self.split(side, what) for side in sides(statement, what)]
        equations = [
            sympy.Eq(left, right, evaluate=False) for left, right in zip(*both, strict=True)
        ]
        return [e for e in equations if e.lhs != e.rhs] or equations[:1]

    def real_part(self, formula: Any, what: str) -> sympy.Expr:
        """An expression that has no imaginary part."""
        real, imaginary = self.split(formula, what)
        if imaginary != 0:
            raise ProblemError(
                f"{what}: got {formula}, which is complex; expected a real quantity, as re(u), "
                "im(u) or Abs(u)"
            )
        return real

    def formulas(self, guess: Any) -> Any:
        """A guess at complex unknowns as one at their parts."""
        if not isinstance(guess, Mapping):
            if len(self.stated) > 1:
                return guess  # refused where all guesses are read
            guess = {self.stated[0]: guess}
        found = {}
        for unknown, formula in guess.items():
            if unknown not in self.stated:
                found[unknown] = formula
                continue
            parts = self.parts[self.stated.index(unknown)]
            halves = self.split(formula, f"guess for {unknown}")
            if len(parts) == 1:
                halves = (self.real_part(formula, f"guess for {unknown}"), sympy.S.Zero)
            found |= dict(zip(parts, halves, strict=False))
        return found

    def combined(self, values: Array) -> Any:
        """Complex values, a row for each stated unknown, from those of the real ones."""
        rows, at = [], 0
        for parts in self.parts:
            rows.append(values[at] + 1j * values[at + 1] if len(parts) > 1 else values[at] + 0j)
            at += len(parts)
        return np.array(rows)

    def formula(self, formulas: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """A formula for each stated unknown, from those of the real ones."""
        left = iter(formulas)
        return [
            next(left) + (sympy.I * next(left) if len(parts) > 1 else 0) for parts in self.parts
        ]


def _halves_of(unknown: AppliedUndef) -> tuple[AppliedUndef, ...]:
    return tuple(
        sympy.Function(f"{part}({unknown.func.__name__})")(*unknown.args) for part in ("re", "im")
    )


def _speaks_of_complex(statement: Any) -> bool:
    if isinstance(statement, OnBoundary):
        return _speaks_of_complex(statement.statement)
    if not isinstance(statement, sympy.Basic):
        return False
    if statement.has(*BEYOND_PARTS):
        return True
    # SymPy differentiates Abs(f) of any f by both of its parts alike: of a real one as well.
    of = {part.args[0] for part in statement.atoms(*PARTS)}
    exchanged = {part(f): other(f) for f in of for part, other in permutations(PARTS)}
    return bool(statement.xreplace(exchanged) != statement)
