"""Where known terms of an evolution on a line switch at places that move.

A block ends at a place that stays. One that moves goes through blocks, and through the points at
which these take integrals: a sum over them would jump in time as it passes each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..._types import Array
from ...expressions.table import Table
from ...rounding import bisected
from .switch import SWITCHING, steps

__all__ = ["MovingSwitches"]


@dataclass(frozen=True, slots=True)
class MovingSwitches:
    """Functions of space and time, constant between the switches of some formulas."""

    steps: Table
    axis: int
    """Which variable is time."""

    @classmethod
    def of(
        cls,
        formulas: Sequence[sympy.Expr],
        variables: Sequence[sympy.Symbol],
        axis: int,
        parameters: Mapping[sympy.Symbol, float],
        functions: Mapping[Any, Callable[..., Any]],
    ) -> MovingSwitches | None:
        """Those of formulas; None where there are none, or space is more than a line."""
        known = {*variables, *parameters}
        atoms = {a for f in formulas for a in f.atoms(*SWITCHING) if a.free_symbols <= known}
        found = dict.fromkeys(
            step
            for atom in sorted(atoms, key=str)
            for step in steps(atom)
            if step.free_symbols >= set(variables)
        )
        if len(variables) != 2 or not found:
            return None
        return cls(Table.compile(variables, list(found), (), parameters, functions), axis)

    def at(self, time: float, samples: Array) -> list[float]:
        """The places at a time that samples (m,) in rising order tell apart."""
        places: list[float] = []
        for number, row in enumerate(self._values(time, samples)):
            changed = np.flatnonzero(row[1:] != row[:-1])

            def same(
                middle: Array, number: int = number, before: Array = row[changed]
            ) -> NDArray[np.bool_]:
                return np.asarray(self._values(time, middle)[number] == before)

            _, after = bisected(same, samples[changed], samples[changed + 1])
            places += after.tolist()
        return places

    def _values(self, time: float, places: Array) -> Array:
        return np.asarray(self.steps(np.insert(places[:, None], self.axis, time, axis=1)))
