"""Formulas in ball arithmetic: bounds that hold, where samples would only suggest.

An expression in known quantities becomes a program for balls of complex numbers (F. Johansson, Arb:
efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Computers 66, 2017).
What comes out contains all values over the balls put in, and is no number unless the expression is
holomorphic there: roots and logarithms keep away from their cuts, and what switches, in `Abs`,
`Max`, `Piecewise` and the like, is decided on the real line, or not at all.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

Ball = Any  # `acb` of flint, which has no types of its own
Balls = Sequence[Ball]
# Takes balls for the symbols, balls on the real line below them, and the values of its arguments.
_Operation = Callable[[Balls, Balls, Balls], Ball]
_Decision = Callable[[Balls], bool | None]

_BITS = sys.float_info.mant_dig  # as of the numbers that the solver sees

# Methods of flint by the names of SymPy's functions. The first are holomorphic where they are
# finite, the others to the right of zero.
_PLAIN = {
    name: name
    for name in (
        *("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech"),
        *("csch", "exp", "erf", "erfc", "erfi", "gamma", "sinc"),
    )
} | {"Si": "si", "Shi": "shi", "airyai": "airy_ai", "airybi": "airy_bi"}
_RIGHT = {"Ci": "ci", "Chi": "chi", "loggamma": "lgamma"}
_BESSEL = {f"bessel{kind}": f"bessel_{kind}" for kind in "jyik"}


class NotEnclosed(Exception):
    """An expression holds a function of which no enclosure is known, such as code."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An expression over balls: steps, each an operation with the numbers of its arguments."""

    steps: tuple[tuple[_Operation, tuple[int, ...]], ...]

    @property
    def cost(self) -> int:
        """Operations of one evaluation: about a microsecond each."""
        return len(self.steps)

    @classmethod
    def compile(
        cls,
        expression: sympy.Expr,
        symbols: Sequence[sympy.Symbol],
        parameters: Mapping[sympy.Symbol, float],
    ) -> Enclosure:
        """Make an expression in symbols and parameters ready.

        Raises
        ------
        NotEnclosed
            If it holds a function of which no enclosure is known.
        """
        compiler = _Compiler(symbols, parameters)
        compiler.add(expression)
        return cls(tuple(compiler.steps))

    def __call__(self, inputs: Balls, real: Balls) -> Ball:
        """Enclose all values over balls for the symbols, switches decided on the `real` ones."""
        import flint

        values: list[Ball] = []
        with flint.ctx.workprec(_BITS):
            for operation, arguments in self.steps:
                values.append(operation(inputs, real, [values[a] for a in arguments]))
        return values[-1]

    def vanishes(self, points: Iterable[Sequence[float]]) -> bool:
        """Whether it is zero, though formally it is not, at points taken at random.

        Balls know how far off they may be at values of any size. What switches may be exactly zero
        in parts, and is not judged.
        """
        import flint

        balls = [[flint.acb(float(x)) for x in point] for point in points]
        found = [self(ball, ball) for ball in balls]
        return all(ball.contains(0) and not ball.is_exact() for ball in found)


class _Compiler:
    """Turns nodes into steps, equal ones into one."""

    def __init__(
        self, symbols: Sequence[sympy.Symbol], parameters: Mapping[sympy.Symbol, float]
    ) -> None:
        self._symbols = symbols
        self._parameters = parameters
        self._known: dict[sympy.Basic, int] = {}
        self.steps: list[tuple[_Operation, tuple[int, ...]]] = []

    def add(self, node: sympy.Basic) -> int:
        """The number of the step at which a node has its value."""
        if node not in self._known:
            operation, arguments = self._step(node)
            numbers = tuple(self.add(argument) for argument in arguments)
            self._known[node] = len(self.steps)
            self.steps.append((operation, numbers))
        return self._known[node]

    def _step(self, node: sympy.Basic) -> tuple[_Operation, Sequence[sympy.Basic]]:
        """What a node does, and with which arguments."""
        if node in self._symbols:
            place = self._symbols.index(node)
            return lambda inputs, real, a: inputs[place], ()
        if node in self._parameters or node.is_Number or node.is_NumberSymbol:
            ball = _constant(self._parameters.get(node, node))
            return lambda inputs, real, a: ball, ()
        name = type(node).__name__
        if isinstance(node, sympy.Add):
            return lambda inputs, real, a: reduce(operator.add, a), node.args
        if isinstance(node, sympy.Mul):
            return lambda inputs, real, a: reduce(operator.mul, a), node.args
        if isinstance(node, sympy.Pow):
            if node.exp.is_Integer:
                power = int(node.exp)
                if power % 2:
                    return lambda inputs, real, a: a[0] ** power, (node.base,)
                return lambda inputs, real, a: _square(a[0]) ** (power // 2), (node.base,)
            return lambda inputs, real, a: a[0].pow(a[1], analytic=True), node.args
        if isinstance(node, sympy.log) and len(node.args) == 1:
            return lambda inputs, real, a: a[0].log(analytic=True), node.args
        if name in _PLAIN:
            method = _PLAIN[name]
            return lambda inputs, real, a: getattr(a[0], method)(), node.args
        if name in _RIGHT:
            method = _RIGHT[name]
            return lambda inputs, real, a: getattr(_right(a[0]), method)(), node.args
        if name in _BESSEL:
            method, entire = _BESSEL[name], name in "besselj besseli" and node.args[0].is_integer
            return (
                lambda inputs, real, a: getattr(a[1] if entire else _right(a[1]), method)(a[0]),
                node.args,
            )
        return self._inverse_or_switch(node)

    def _inverse_or_switch(self, node: sympy.Basic) -> tuple[_Operation, Sequence[sympy.Basic]]:
        """The same for inverse functions, which have cuts, and for what is holomorphic in parts."""
        name, one = type(node).__name__, sympy.S.One
        if name in ("asin", "acos", "atanh"):  # cut on the real line beyond -1 and 1
            return lambda inputs, real, a: getattr(_inside(a[0].real, a[0]), name)(), node.args
        if name in ("atan", "asinh"):  # cut on the imaginary line beyond -i and i
            return lambda inputs, real, a: getattr(_inside(a[0].imag, a[0]), name)(), node.args
        if name == "acosh":
            return lambda inputs, real, a: (_right(a[0] - 1) + 1).acosh(), node.args
        if isinstance(node, sympy.Abs):
            return self._chosen(node.args[0] > 0, node.args[0], -node.args[0])
        if isinstance(node, sympy.sign):
            return self._chosen(node.args[0] > 0, one, -one)
        if isinstance(node, sympy.Heaviside):
            return self._chosen(node.args[0] > 0, one, sympy.S.Zero)
        if isinstance(node, sympy.Max | sympy.Min):
            first, *others = node.args
            other = others[0] if len(others) == 1 else node.func(*others)
            greater, less = (first, other) if isinstance(node, sympy.Max) else (other, first)
            return self._chosen(first - other > 0, greater, less)
        if isinstance(node, sympy.floor | sympy.ceiling):
            inner, sign = self._enclosed(node.args[0]), 1 if isinstance(node, sympy.floor) else -1
            return lambda inputs, real, a: sign * _whole((sign * inner(real, real)).real), ()
        if isinstance(node, sympy.Mod):
            dividend, divisor = node.args
            return (lambda inputs, real, a: a[0] - a[1] * a[2]), (
                dividend,
                divisor,
                sympy.floor(dividend / divisor),
            )
        if isinstance(node, sympy.Piecewise):
            decisions = [self._decision(condition) for _, condition in node.args]
            return lambda inputs, real, a: _branch(decisions, real, a), [e for e, _ in node.args]
        raise NotEnclosed(name)

    def _chosen(
        self, condition: sympy.Basic, first: sympy.Expr, other: sympy.Expr
    ) -> tuple[_Operation, Sequence[sympy.Basic]]:
        decisions = [self._decision(condition), self._decision(sympy.true)]
        return lambda inputs, real, a: _branch(decisions, real, a), (first, other)

    def _enclosed(self, expression: sympy.Expr) -> Enclosure:
        return Enclosure.compile(expression, self._symbols, self._parameters)

    def _decision(self, condition: sympy.Basic) -> _Decision:
        """Whether a condition holds on all of a ball, or nowhere; None if neither is certain."""
        if isinstance(condition, BooleanTrue | BooleanFalse):
            return lambda real: bool(condition)
        if isinstance(condition, Not):
            inner = self._decision(condition.args[0])
            return lambda real: None if (found := inner(real)) is None else not found
        if isinstance(condition, And | Or):
            parts = [self._decision(part) for part in condition.args]
            decisive = isinstance(condition, Or)
            return lambda real: _joined([part(real) for part in parts], decisive)
        if not isinstance(condition, Relational):
            raise NotEnclosed(str(condition))
        apart = self._enclosed(condition.lhs - condition.rhs)
        above = isinstance(condition, sympy.Gt | sympy.Ge | sympy.Ne)
        below = isinstance(condition, sympy.Lt | sympy.Le | sympy.Ne)

        def decide(real: Balls) -> bool | None:
            value = apart(real, real).real
            return above if value > 0 else below if value < 0 else None

        return decide


def _constant(value: Any) -> Ball:
    import flint

    with flint.ctx.workprec(_BITS):
        if isinstance(value, sympy.Rational):
            return flint.acb(int(value.p)) / int(value.q)
        return flint.acb(float(value))


def _square(ball: Ball) -> Ball:
    """A square that knows that those of real numbers are not negative."""
    import flint

    real, imaginary = ((part * part).nonnegative_part() for part in (ball.real, ball.imag))
    return flint.acb(real - imaginary, 2 * ball.real * ball.imag)


def _unknown() -> Ball:
    import flint

    return flint.acb(np.nan)


def _right(ball: Ball) -> Ball:
    """A ball to the right of zero; no number for others."""
    return ball if ball.real > 0 else _unknown()


def _inside(part: Ball, ball: Ball) -> Ball:
    """A ball of which a part is between -1 and 1; no number for others."""
    return ball if part > -1 and part < 1 else _unknown()


def _whole(ball: Ball) -> Ball:
    """The one integer that all numbers of a real ball are rounded down to."""
    import flint

    lower = ball.floor().unique_fmpz()
    return _unknown() if lower is None else flint.acb(lower)


def _branch(decisions: Sequence[_Decision], real: Balls, values: Balls) -> Ball:
    """The value of the first branch whose condition holds; no number if that is not certain."""
    for decide, value in zip(decisions, values, strict=True):
        holds = decide(real)
        if holds is None:
            break
        if holds:
            return value
    return _unknown()


def _joined(parts: Sequence[bool | None], decisive: bool) -> bool | None:
    """And, for which False is decisive, and Or, for which True is."""
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive
