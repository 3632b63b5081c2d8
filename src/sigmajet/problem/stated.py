"""What checks and writers look at of a statement: its parts, whoever holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import sympy
from sympy.core.function import AppliedUndef

from .interface import Interface
from .terms.domain import Domain
from .terms.relation import Relation

__all__ = ["Stated"]


class Stated(Protocol):
    """The parts of a :class:`.Problem`; see there."""

    @property
    def variables(self) -> tuple[sympy.Symbol, ...]:
        """Of the domain, in order."""
        ...

    @property
    def unknowns(self) -> tuple[AppliedUndef, ...]:
        """Applied functions of all variables."""
        ...

    @property
    def stated_unknowns(self) -> tuple[AppliedUndef, ...]:
        """The unknowns as the user wrote them, complex ones too."""
        ...

    @property
    def domain(self) -> Domain:
        """Where the equations hold."""
        ...

    @property
    def time(self) -> sympy.Symbol | None:
        """The variable that is time, if one is."""
        ...

    @property
    def equations(self) -> tuple[Relation, ...]:
        """What holds on the domain."""
        ...

    @property
    def stated_equations(self) -> tuple[Relation, ...]:
        """The equations as the user wrote them."""
        ...

    @property
    def conditions(self) -> tuple[Relation, ...]:
        """What holds at places, those that complete periodicity included."""
        ...

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """Where coefficients that are differentiated jump, or conditions say so."""
        ...

    @property
    def stated_conditions(self) -> tuple[Relation, ...]:
        """The conditions as the user wrote them."""
        ...

    @property
    def orders(self) -> tuple[tuple[int, ...], ...]:
        """The highest derivative of each unknown in each variable."""
        ...

    @property
    def linear(self) -> bool:
        """Whether all relations are."""
        ...

    @property
    def parameters(self) -> Mapping[sympy.Symbol, float]:
        """Values of the other symbols."""
        ...

    @property
    def functions(self) -> Mapping[Any, Callable[..., Any]]:
        """Coefficients that are no formulas."""
        ...
