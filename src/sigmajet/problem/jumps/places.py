"""Where formulas jump: across planes `x = c`, across other surfaces, and where an unknown passes.

Places are those of the switches of a formula, told from samples as breakpoints are. At each
the formula is evaluated on both sides, for values of everything else that mean nothing: a kink, or
two pieces that agree, is no jump.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...expressions.table import Table
from ...randomness import PROBES
from ...rounding import HALF_OF_THE_DIGITS, SAME, bisected
from .inside import Inside
from .switch import JUMPING, steps

__all__ = ["JUMP", "SAMPLES", "Known", "Places", "beside", "sides"]

Array = NDArray[np.float64]

# What is wider than 1/20,000 of the interval shows in one. With a quarter and four times as many
# seven problems with steps and needles on lines are solved alike (`benchmarks/sensitivity.py`).
SAMPLES = 20_001
# Of a term's largest value: a change between neighbouring numbers that is a jump. Only what is
# steeper than 1e8 in units of both would be taken for one.
JUMP = HALF_OF_THE_DIGITS


# What to do where a coefficient k jumps with the unknown under a derivative (G. Kirchhoff, 1894).
IN_ITS_INTEGRAL = (
    "take the integral v = K(u) of k, whose slope has no jump, as the unknown in place of u: "
    "v.diff(x, 2) for (k(u)*u_x)_x, v.diff(t)/k for u_t, and k and u in what else there is each a "
    "Piecewise in v; conditions have v = K of the values of u"
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a formula jumps along one variable.

    Attributes
    ----------
    planes : tuple of float
        Places of the variable, in rising order.
    surfaces : tuple of Expr
        Functions of several variables at whose zeros it jumps.
    states : tuple of Expr
        Functions of unknowns at whose zeros it jumps.
    """

    planes: tuple[float, ...] = ()
    surfaces: tuple[sympy.Expr, ...] = ()
    states: tuple[sympy.Expr, ...] = ()

    def __or__(self, other: Places) -> Places:
        planes = tuple(sorted({*self.planes, *other.planes}))
        surfaces = tuple(dict.fromkeys((*self.surfaces, *other.surfaces)))
        return Places(planes, surfaces, tuple(dict.fromkeys((*self.states, *other.states))))

    def __bool__(self) -> bool:
        return bool(self.planes or self.surfaces or self.states)


def sides(place: float) -> tuple[float, float]:
    """The numbers next to a place, at which traces of the two sides are taken."""
    return float(np.nextafter(place, -np.inf)), float(np.nextafter(place, np.inf))


def beside(place: float, lower: float, upper: float) -> tuple[float, float]:
    """Places on both sides of one inside an interval, which formulas tell apart."""
    near = SAME * max(abs(lower), abs(upper))
    return place - near, place + near


@dataclass(frozen=True, slots=True)
class Known:
    """What has values before anything is solved: variables in intervals, parameters, functions."""

    domain: Mapping[sympy.Symbol, tuple[float, float]]
    parameters: Mapping[sympy.Symbol, float]
    functions: Mapping[Any, Callable[..., Any]]

    def places(self, formula: sympy.Expr, variable: sympy.Symbol) -> Places:
        """Where a formula jumps along a variable; symbols that are not known are of unknowns."""
        found = Places()
        formula = formula.replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
        every = [s for atom in formula.atoms(*JUMPING) for s in steps(atom)]
        for step in dict.fromkeys(every):
            if isinstance(step, Inside):
                continue  # a surface, which regions know
            free = step.free_symbols - set(self.parameters)
            if free <= {variable}:
                planes = self._changes(step, variable, {}) if free else ()
                told = (p for p in planes if self._jumps(formula, variable, p))
                found |= Places(planes=tuple(told))
            elif free <= set(self.domain):
                if variable in free and self._jumps_somewhere(formula, step, variable):
                    found |= Places(surfaces=(step.args[0],))
            elif self._jumps_with_states(formula, step, free - set(self.domain)):
                found |= Places(states=(step.args[0],))
        return found

    def _function(
        self, formula: sympy.Expr, along: sympy.Symbol, at: Mapping[sympy.Symbol, float]
    ) -> Callable[[Array], Array]:
        """A formula of one symbol, others fixed; NaN where it has no finite value."""
        fixed = {**self.parameters, **at}
        table = Table.compile([along], [formula], parameters=fixed, functions=self.functions)

        def evaluate(points: Array) -> Array:
            (values,) = table(points)
            return np.where(np.isfinite(values), values, np.nan)

        return evaluate

    def _changes(
        self, step: sympy.Expr, variable: sympy.Symbol, at: Mapping[sympy.Symbol, float]
    ) -> tuple[float, ...]:
        """Where a step function changes inside the interval of a variable."""
        lower, upper = self.domain[variable]
        samples = np.linspace(lower, upper, SAMPLES)
        inside = _changed(self._function(step, variable, at), samples)
        distinct: list[float] = []
        for place in sorted(inside):
            low, _ = beside(place, lower, upper)
            if (
                low > lower
                and place + (place - low) < upper
                and (not distinct or low > distinct[-1])
            ):
                distinct.append(place)
        return tuple(distinct)

    def differs(
        self, formula: sympy.Expr, variable: sympy.Symbol, places: tuple[float, float]
    ) -> bool:
        """Whether a formula has different values at two places of a variable."""
        return any(
            _apart(self._function(formula, variable, at)(np.array(places)))
            for at in self._tried(formula, variable)
        )

    def _jumps(self, formula: sympy.Expr, variable: sympy.Symbol, place: float) -> bool:
        return any(
            _jumps_between(self._function(formula, variable, at), *self._beside(place, variable))
            for at in self._tried(formula, variable)
        )

    def _beside(self, place: float, variable: sympy.Symbol) -> tuple[float, float]:
        return beside(place, *self.domain[variable])

    def _jumps_somewhere(
        self, formula: sympy.Expr, step: sympy.Expr, variable: sympy.Symbol
    ) -> bool:
        for at in self._tried(formula + step, variable):
            function = self._function(formula, variable, at)
            for place in self._changes(step, variable, at):
                if _jumps_between(function, *self._beside(place, variable)):
                    return True
        return False

    def _jumps_with_states(
        self, formula: sympy.Expr, step: sympy.Expr, states: set[sympy.Symbol]
    ) -> bool:
        samples = np.tan(np.linspace(-0.5 * np.pi, 0.5 * np.pi, SAMPLES + 2)[1:-1])
        for state in sorted(states, key=str):
            for at in self._tried(formula + step, state):
                function = self._function(formula, state, at)
                for place in _changed(self._function(step, state, at), samples):
                    near = SAME * max(abs(place), 1.0)
                    if _jumps_between(function, place - near, place + near):
                        return True
        return False

    def _tried(
        self, formula: sympy.Expr, variable: sympy.Symbol
    ) -> Iterator[dict[sympy.Symbol, float]]:
        """Values of all other symbols of a formula."""
        others = sorted(formula.free_symbols - set(self.parameters) - {variable}, key=str)
        rng = PROBES.generator()
        for _ in range(len(others) + 1):
            yield {s: float(rng.uniform(*self.domain.get(s, (0.0, 1.0)))) for s in others}


def _changed(values: Callable[[Array], Array], samples: Array) -> list[float]:
    """Where a step function of one symbol changes between samples: the first number beyond."""
    row = values(samples)
    changed = np.flatnonzero(row[1:] != row[:-1])
    _, after = bisected(
        lambda middle: values(middle) == row[changed], samples[changed], samples[changed + 1]
    )
    return [float(place) for place in after]


def _jumps_between(function: Callable[[Array], Array], low: float, high: float) -> bool:
    """Whether a function jumps there; what vanishes there on one side or both may be continuous.

    Of that the values are four times as far apart at four times the distance.
    """
    further = 3 / 2 * (high - low)
    near = function(np.array([low, high]))
    far = function(np.array([low - further, high + further]))
    return _apart(near) and not abs(near[1] - near[0]) <= 0.5 * abs(far[1] - far[0])


def _apart(sides: Array) -> bool:
    """Whether values on two sides differ by more than the way between explains."""
    change, size = abs(sides[1] - sides[0]), np.abs(sides).max()
    return bool(change > JUMP * size)
