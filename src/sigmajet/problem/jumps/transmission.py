r"""What holds at an interface: the relations between both sides that an equation means.

An equation with derivatives of what jumps at :math:`x = c` holds in the sense of distributions.
Written as

.. math:: Q_0 + \partial_x Q_1 + \dots + \partial_x^M Q_M = 0

with functions :math:`Q_j` that may jump, it has no part at c alone if and only if

.. math:: [W_1] = \dots = [W_M] = 0, \qquad W_1 = Q_M, \quad W_{i+1} = \partial_x W_i + Q_{M-i} :

the fluxes are continuous (I. M. Gelfand and G. E. Shilov, Generalized Functions I, 1964, ch. I.2).
A product of a derivative and a coefficient that jumps has a meaning only where what is
differentiated is continuous; so derivatives of an unknown below the highest in such products are
continuous as well. In :math:`(k u')' = f` that is u, and :math:`Q_1 = k u'`; in
:math:`(D p)'' = 0` nothing, and :math:`Q_2 = D p`; in :math:`(E I w'')''` w and w', and
:math:`Q_2 = E I w''`. A point load :math:`\delta^{(n)}(x - c)` is
:math:`\partial_x^{n+1} H(x - c)`.

Derivatives beyond the orders of all that jumps are continuous as they are for smooth equations.
Terms with smooth coefficients go inside by :math:`a\, \partial^m F = \sum_k (-1)^k \binom{m}{k}
\partial^{m-k}(a^{(k)} F)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import comb

import sympy
from sympy.core.function import AppliedUndef

from ...errors import ProblemError
from .switch import holds_switch

__all__ = ["Transmission", "transmission"]

Jumps = Callable[[sympy.Expr], bool]


@dataclass(frozen=True, slots=True)
class Transmission:
    """What is continuous at an interface.

    Attributes
    ----------
    unknowns : tuple of int
        How many derivatives of each unknown across the interface are, from the unknown itself on.
    fluxes : tuple of Expr
        What else is.
    """

    unknowns: tuple[int, ...]
    fluxes: tuple[sympy.Expr, ...]


def transmission(
    equations: Sequence[sympy.Expr],
    unknowns: Sequence[AppliedUndef],
    variable: sympy.Symbol,
    jumps: Jumps,
) -> Transmission:
    """What equations, each an expression that is zero, mean at a place of a variable.

    Parameters
    ----------
    equations : sequence of Expr
    unknowns : sequence of AppliedUndef
    variable : Symbol
    jumps : callable
        Whether an expression jumps at that place.

    Raises
    ------
    ProblemError
        If an equation has no meaning there.
    """
    reading = _Reading(tuple(u.func for u in unknowns), variable, jumps)
    sums = [reading.equation(each) for each in equations]
    sums += reading.inner
    smooth = reading.smooth
    for each in sums:
        each.raise_to_highest(smooth)
    for each in sums:
        each.lower(smooth, variable)
    fluxes = [flux for each in sums for flux in each.fluxes(variable)]
    return Transmission(tuple(smooth), tuple(fluxes))


@dataclass(slots=True)
class _Term:
    """A smooth coefficient times a derivative of an unknown: `order` times by the variable."""

    level: int
    coefficient: sympy.Expr
    derivative: sympy.Expr
    unknown: int
    order: int


@dataclass(slots=True)
class _Sum:
    """An equation as a sum of derivatives of functions, by their order."""

    levels: dict[int, list[sympy.Expr]] = field(default_factory=dict)
    terms: list[_Term] = field(default_factory=list)

    def add(self, level: int, function: sympy.Expr) -> None:
        self.levels.setdefault(level, []).append(function)

    def raise_to_highest(self, smooth: list[int]) -> None:
        """Count what no function that jumps asks to be less smooth as continuous."""
        highest = max(self.levels, default=0)
        for term in self.terms:
            least = term.level + term.order - highest
            smooth[term.unknown] = max(smooth[term.unknown], least)

    def lower(self, smooth: Sequence[int], variable: sympy.Symbol) -> None:
        """Write terms as derivatives of what may jump."""
        for term in self.terms:
            count = term.order - smooth[term.unknown]
            if count < 0:
                # It is continuous itself, and so many derivatives of it are functions still.
                count = max(count, -term.level)
                product = term.coefficient * term.derivative
                part = sympy.Derivative(product, (variable, -count), evaluate=False)
                self.add(term.level + count, part if count else product)
                continue
            base = _integrated(term.derivative, variable, count)
            for level, function in _inside(term.coefficient, base, count, variable):
                self.add(term.level + level, function)
        self.terms = []

    def fluxes(self, variable: sympy.Symbol) -> Iterator[sympy.Expr]:
        """W_1, ..., W_M."""
        flux: sympy.Expr = sympy.S.Zero
        for level in range(max(self.levels, default=0), 0, -1):
            if flux != 0:
                flux = sympy.Derivative(flux, variable, evaluate=False)
            flux = sympy.Add(flux, *self.levels.get(level, ()))
            yield flux


class _Reading:
    """Takes equations apart at one place of one variable."""

    def __init__(self, unknowns: tuple[object, ...], variable: sympy.Symbol, jumps: Jumps) -> None:
        self._unknowns = unknowns
        self._variable = variable
        self._jumps = jumps
        self.smooth = [0] * len(unknowns)
        self.inner: list[_Sum] = []

    def equation(self, expression: sympy.Expr) -> _Sum:
        found = _Sum()
        self._split(expression, 0, (), found)
        return found

    def _split(
        self, expression: sympy.Expr, level: int, others: tuple[sympy.Symbol, ...], into: _Sum
    ) -> None:
        """Add what is differentiated so many times by the variable, and by others, to a sum."""
        for term in sympy.Add.make_args(expression):
            factors = sympy.Mul.make_args(term)
            sums = [f for f in factors if isinstance(f, sympy.Add) and self._singular(f)]
            if sums and len(factors) > 1:
                self._split(sympy.expand_mul(term, deep=False), level, others, into)
                continue
            singular = [f for f in factors if self._singular(f)]
            rest = sympy.Mul(*(f for f in factors if f not in singular))
            if len(singular) == 1 and self._is_load(singular[0]):
                self._take_load(singular[0], rest, level, others, into)
            elif len(singular) == 1 and self._plain(rest, others):
                self._take(singular[0], rest, level, others, into)
            else:
                self._function(term, level, others, into)

    def _singular(self, factor: sympy.Expr) -> bool:
        """Whether a factor is no function, if what it differentiates jumps."""
        return any(
            self._is_load(node) or self._kept(node) for node in sympy.preorder_traversal(factor)
        )

    def _is_load(self, node: sympy.Basic) -> bool:
        return isinstance(node, sympy.DiracDelta) and node.has(self._variable)

    def _kept(self, node: sympy.Basic) -> bool:
        return (
            isinstance(node, sympy.Derivative)
            and self._variable in node.variables
            and holds_switch(node.expr)
        )

    def _plain(self, factor: sympy.Expr, others: tuple[sympy.Symbol, ...]) -> bool:
        """Whether a factor is known and does not jump, so that it goes inside derivatives."""
        if others and factor.free_symbols & set(others):
            return False
        return not (self._held(factor) or self._singular(factor) or self._jumps(factor))

    def _held(self, expression: sympy.Expr) -> bool:
        """Whether an expression holds an unknown."""
        return any(a.func in self._unknowns for a in expression.atoms(AppliedUndef))

    def _take(
        self,
        node: sympy.Expr,
        factor: sympy.Expr,
        level: int,
        others: tuple[sympy.Symbol, ...],
        into: _Sum,
    ) -> None:
        """Add a factor times a derivative."""
        if self._kept(node):
            count = node.variables.count(self._variable)
            rest = tuple(v for v in node.variables if v != self._variable)
            inside = _Sum()
            self._split(node.expr, 0, (), inside)
            for depth, functions in inside.levels.items():
                for function in functions:
                    for more, part in _inside(factor, function, depth + count, self._variable):
                        into.add(level + more, _by(part, (*rest, *others)))
            for term in inside.terms:
                whole = sympy.Derivative(term.derivative, *rest) if rest else term.derivative
                self._lowered(term, whole, factor, count, level, others, into)
        else:
            self._function(factor * node, level, others, into)

    def _take_load(
        self,
        load: sympy.DiracDelta,
        factor: sympy.Expr,
        level: int,
        others: tuple[sympy.Symbol, ...],
        into: _Sum,
    ) -> None:
        """Add a factor times a point load, which may be the unknown if that is continuous."""
        argument, *orders = load.args
        slope = sympy.diff(argument, self._variable)
        place = (-argument / slope).subs(self._variable, 0)
        order = int(orders[0]) if orders else 0
        if factor.has(sympy.DiracDelta):
            raise ProblemError(
                f"`{factor * load}` is a source at a point, where the solution is infinite; "
                "subtract its known singular part, log(r)/(2*pi) times the strength in the plane, "
                "and solve for the rest"
            )
        if not self._plain(factor, others):
            held = [a for a in factor.atoms(AppliedUndef) if a.func in self._unknowns]
            slopes = any(d.expr in held for d in factor.atoms(sympy.Derivative))
            if order or others or slopes or self._jumps(factor):
                raise _meaningless(factor * load)
            for unknown in held:
                number = self._unknowns.index(unknown.func)
                self.smooth[number] = max(self.smooth[number], 1)
            order = 0
        # delta^(n)(a (x - c)) = delta^(n)(x - c) / (|a| a^n)
        strength = factor / (sympy.Abs(slope) * slope**order)
        step = sympy.Heaviside(self._variable - place)
        if order:
            for depth, function in _inside(strength, step, order + 1, self._variable):
                into.add(level + depth, _by(function, others))
        else:
            into.add(level + 1, _by(strength * step, others))

    def _lowered(
        self,
        term: _Term,
        derivative: sympy.Expr,
        factor: sympy.Expr,
        count: int,
        level: int,
        others: tuple[sympy.Symbol, ...],
        into: _Sum,
    ) -> None:
        """Add a factor times a derivative of a term with a smooth coefficient."""
        for depth, part in _inside(factor, term.coefficient, term.level + count, self._variable):
            into.terms.append(
                _Term(level + depth, part, _by(derivative, others), term.unknown, term.order)
            )

    def _function(
        self, term: sympy.Expr, level: int, others: tuple[sympy.Symbol, ...], into: _Sum
    ) -> None:
        """Add a function of the unknowns, in which derivatives must be functions themselves."""
        found = self._single(term)
        if found is not None:
            coefficient, derivative, unknown, order = found
            if self._plain(coefficient, others):
                into.terms.append(
                    _Term(level, coefficient, _by(derivative, others), unknown, order)
                )
                return
        for node in sympy.preorder_traversal(term):
            if self._is_load(node) or (self._kept(node) and not self._held(node)):
                raise _meaningless(term)
            if self._kept(node):
                self.inner.append(self.equation(node))
            elif isinstance(node, sympy.Derivative) and node.expr.func in self._unknowns:
                unknown = self._unknowns.index(node.expr.func)
                order = node.variables.count(self._variable)
                self.smooth[unknown] = max(self.smooth[unknown], order)
        into.add(level, _by(term, others))

    def _single(self, term: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr, int, int] | None:
        """A term as coefficient times an unknown or a derivative of one."""
        factors = sympy.Mul.make_args(term)
        held = [f for f in factors if self._held(f)]
        if len(held) != 1:
            return None
        (factor,) = held
        function = factor.expr if isinstance(factor, sympy.Derivative) else factor
        if not isinstance(function, AppliedUndef) or function.func not in self._unknowns:
            return None
        order = 0
        if isinstance(factor, sympy.Derivative):
            order = factor.variables.count(self._variable)
        rest = sympy.Mul(*(f for f in factors if f is not factor))
        return rest, factor, self._unknowns.index(function.func), order


def _meaningless(term: sympy.Expr) -> ProblemError:
    return ProblemError(
        f"`{term}` has no meaning: a point load, or the derivative of a jump, times what may jump "
        "there. If it comes from the derivative of a coefficient that jumps, keep that derivative "
        "as it is meant, divergence(k*u_x, x) or Derivative(k*u_x, x, evaluate=False)"
    )


def _inside(
    coefficient: sympy.Expr, function: sympy.Expr, count: int, variable: sympy.Symbol
) -> Iterator[tuple[int, sympy.Expr]]:
    """A smooth coefficient times a derivative as derivatives of products, by their order."""
    for k in range(count + 1):
        part = (-1) ** k * comb(count, k) * sympy.diff(coefficient, variable, k)
        if part != 0:
            yield count - k, part * function


def _integrated(derivative: sympy.Expr, variable: sympy.Symbol, count: int) -> sympy.Expr:
    """A derivative of an unknown with so many fewer by a variable."""
    if not count:
        return derivative
    left = list(derivative.variables)
    for _ in range(count):
        left.remove(variable)
    return sympy.Derivative(derivative.expr, *left) if left else derivative.expr


def _by(function: sympy.Expr, others: tuple[sympy.Symbol, ...]) -> sympy.Expr:
    return sympy.Derivative(function, *others, evaluate=False) if others else function
