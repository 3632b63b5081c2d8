r"""The real and the imaginary part of an expression in complex unknowns.

With :math:`z = a + ib` for each part of it,

.. math::
   z w = (ac - bd) + i (ad + bc), \quad 1/z = \bar z / |z|^2, \quad
   e^z = e^a (\cos b + i \sin b), \quad z^p = e^{p \log z}, \quad \log z = \log|z| + i \arg z,

and so on from the inside out. Derivatives by the variables, which are real, integrals, places and
jumps are taken of both parts. It breaks, and says so, at functions of complex arguments that SymPy
has no parts of, such as an error function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from ...errors import ProblemError
from ..boundary.conditions import normal_derivative
from ..jumps.jump import avg, jump
from ..terms.affine import expand_if_small

__all__ = ["BEYOND_PARTS", "MARKS", "PARTS", "Halves", "Splitter"]

Halves = tuple[sympy.Expr, sympy.Expr]

PARTS = (sympy.re, sympy.im)
# What only complex unknowns have a use for; parts also stand in what SymPy makes of sizes.
BEYOND_PARTS = (
    *(type(sympy.I), sympy.arg, sympy.conjugate),
    *(sympy.hankel1, sympy.hankel2),
)
MARKS = (*PARTS, *BEYOND_PARTS)

_ZERO = sympy.S.Zero
# Their parts are functions of both parts of their argument, as SymPy gives them.
_ENTIRE = (
    *(sympy.exp, sympy.sin, sympy.cos, sympy.tan, sympy.cot),
    *(sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth),
)
# Taken of both parts; what follows the first argument is real.
_LINEAR = (sympy.Derivative, sympy.Subs, sympy.Integral, jump, avg, normal_derivative)


class Splitter:
    """Parts of the expressions of one statement.

    Parameters
    ----------
    unknowns : mapping of function to two functions
        Those of the real and the imaginary part of each complex unknown.
    """

    def __init__(self, unknowns: Mapping[Any, tuple[Any, Any]]) -> None:
        self._unknowns = unknowns
        self._known: dict[sympy.Basic, Halves] = {}

    def __call__(self, expression: sympy.Expr) -> Halves:
        """The real and the imaginary part; a part whose terms cancel is zero.

        Raises
        ------
        ProblemError
            If it holds a function whose parts are not known.
        """
        real, imaginary = self._parts(expression)
        return _reduced(real), _reduced(imaginary)

    def _parts(self, node: sympy.Expr) -> Halves:
        if node not in self._known:
            self._known[node] = self._worked_out(node)
        return self._known[node]

    def _worked_out(self, node: sympy.Expr) -> Halves:
        if not node.has(*MARKS) and not any(
            each.func in self._unknowns for each in node.atoms(AppliedUndef)
        ):
            return node, _ZERO
        if node == sympy.I:
            return _ZERO, sympy.S.One
        match node:
            case AppliedUndef():
                return self._unknown(node)
            case sympy.Add():
                parts = [self._parts(term) for term in node.args]
                return sympy.Add(*(r for r, _ in parts)), sympy.Add(*(i for _, i in parts))
            case sympy.Mul():
                product: Halves = (sympy.S.One, _ZERO)
                for factor in node.args:
                    product = _product(product, self._parts(factor))
                return product
            case sympy.Pow():
                return self._power(*node.args)
            case sympy.Piecewise():
                return self._piecewise(node)
        if isinstance(node, _LINEAR):
            return self._linear(node)
        of_parts = _OF_PARTS.get(node.func)
        if of_parts is not None:
            return of_parts(*self._parts(node.args[0]))
        return self._function(node)

    def _unknown(self, node: AppliedUndef) -> Halves:
        if node.func in self._unknowns:
            real, imaginary = self._unknowns[node.func]
            return real(*node.args), imaginary(*node.args)
        return node.func(*(self._real(each, node) for each in node.args)), _ZERO

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> Halves:
        (a, b), (p, q) = self._parts(base), self._parts(exponent)
        if b == 0 and q == 0:
            return a**p, _ZERO
        if q == 0 and p.is_Integer:
            return _integer_power((a, b), int(p))
        if a == sympy.E and b == 0:
            return _exponential(p, q)
        return _exponential(*_product((p, q), _logarithm(a, b)))

    def _piecewise(self, node: sympy.Piecewise) -> Halves:
        cases = [(self._parts(value), self._condition(when)) for value, when in node.args]
        real, imaginary = (
            sympy.Piecewise(*((both[k], when) for both, when in cases), evaluate=False)
            for k in (0, 1)
        )
        return real, _ZERO if all(both[1] == 0 for both, _ in cases) else imaginary

    def _condition(self, node: Boolean) -> Boolean:
        if isinstance(node, Relational):
            return node.func(*(self._real(side, node) for side in node.args))
        if not node.args:
            return node
        return node.func(*(self._condition(each) for each in node.args))

    def _linear(self, node: sympy.Expr) -> Halves:
        inner, *rest = node.args
        evaluated = isinstance(node, sympy.Derivative) and isinstance(
            inner, AppliedUndef | sympy.Derivative
        )

        def taken(part: sympy.Expr) -> sympy.Expr:
            if part == 0:
                return _ZERO
            if isinstance(node, sympy.Derivative):
                return sympy.Derivative(part, *rest, evaluate=evaluated)
            return node.func(part, *rest)

        real, imaginary = self._parts(inner)
        return taken(real), taken(imaginary)

    def _function(self, node: sympy.Expr) -> Halves:
        parts = [self._parts(each) for each in node.args]
        real = [r for r, _ in parts]
        if all(i == 0 for _, i in parts):
            if isinstance(node, sympy.hankel1):
                return sympy.besselj(*real), sympy.bessely(*real)
            if isinstance(node, sympy.hankel2):
                return sympy.besselj(*real), -sympy.bessely(*real)
            return node.func(*real), _ZERO
        if not isinstance(node, _ENTIRE):
            raise ProblemError(
                f"the real and imaginary parts of {node} are not known; functions of complex "
                "arguments are powers, exp, log, those of angles and hyperbolas, re, im, Abs, "
                "arg and conjugate"
            )
        both = [sympy.Dummy(real=True) for _ in range(2)]
        split = node.func(both[0] + sympy.I * both[1]).as_real_imag()
        values = dict(zip(both, parts[0], strict=True))
        return split[0].xreplace(values), split[1].xreplace(values)

    def _real(self, argument: sympy.Expr, node: sympy.Basic) -> sympy.Expr:
        real, imaginary = self(argument)
        if imaginary != 0:
            raise ProblemError(f"{node}: {argument} is complex where a real number is expected")
        return real


def _reduced(part: sympy.Expr) -> sympy.Expr:
    """A part, or zero if it is a sum of terms that cancel."""
    if not part.is_Add and not part.is_Mul:
        return part
    expanded = expand_if_small(part)
    return _ZERO if expanded == 0 else part


def _product(first: Halves, second: Halves) -> Halves:
    (a, b), (c, d) = first, second
    return a * c - b * d, a * d + b * c


def _integer_power(base: Halves, exponent: int) -> Halves:
    a, b = base
    power: Halves = (sympy.S.One, _ZERO)
    for _ in range(abs(exponent)):
        power = _product(power, base)
        power = _shortened(power[0]), _shortened(power[1])
    if exponent >= 0:
        return power
    size = (a**2 + b**2) ** abs(exponent)
    return power[0] / size, -power[1] / size


def _shortened(part: sympy.Expr) -> sympy.Expr:
    """Multiplied out, where that does not make it long: powers of sums double at each product."""
    expanded = expand_if_small(part)
    return part if expanded is None else expanded


def _exponential(a: sympy.Expr, b: sympy.Expr) -> Halves:
    return sympy.exp(a) * sympy.cos(b), sympy.exp(a) * sympy.sin(b)


def _logarithm(a: sympy.Expr, b: sympy.Expr) -> Halves:
    return sympy.log(a**2 + b**2) / 2, _angle(a, b)


def _angle(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    return sympy.atan2(b, a)


def _size(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    return sympy.Abs(a) if b == 0 else sympy.Abs(b) if a == 0 else sympy.sqrt(a**2 + b**2)


_OF_PARTS: dict[Any, Callable[[sympy.Expr, sympy.Expr], Halves]] = {
    sympy.re: lambda a, b: (a, _ZERO),
    sympy.im: lambda a, b: (b, _ZERO),
    sympy.conjugate: lambda a, b: (a, -b),
    sympy.Abs: lambda a, b: (_size(a, b), _ZERO),
    sympy.arg: lambda a, b: (_angle(a, b), _ZERO),
    sympy.sign: lambda a, b: (
        (sympy.sign(a), _ZERO) if b == _ZERO else (a / _size(a, b), b / _size(a, b))
    ),
    sympy.log: lambda a, b: (sympy.log(a), _ZERO) if b == _ZERO else _logarithm(a, b),
}
