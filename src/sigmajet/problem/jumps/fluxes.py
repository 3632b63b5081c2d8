r"""What holds at a surface where coefficients jump: values and normal fluxes are continuous.

An equation of second order in divergence form,

.. math:: \sum_v \partial_v Q_v + Q_0 = 0,

with functions :math:`Q_v`, :math:`Q_0` that may jump at a surface with the normal n, holds there in
the sense of distributions if and only if :math:`[\sum_v n_v Q_v] = 0` (D. Gilbarg and N. S.
Trudinger, Elliptic Partial Differential Equations of Second Order, 1983, chapter 8). Unknowns whose
derivatives stand in products with coefficients that jump are continuous, as are those with second
derivatives; of those with plain derivatives of order m > 2 all below are. Terms with smooth
coefficients go inside: :math:`a\,\partial_v Q = \partial_v (a Q) - a_v Q`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import sympy
from sympy.core.function import AppliedUndef

from ...errors import ProblemError
from .switch import holds_switch

__all__ = ["Continuous", "continuous"]

Jumps = Callable[[sympy.Expr], bool]
Fluxes = dict[sympy.Symbol, sympy.Expr]


class Continuous:
    """What is continuous at a surface.

    Attributes
    ----------
    unknowns : list of (AppliedUndef, int)
        With how many derivatives along the normal, the unknown itself counted.
    fluxes : list of dict
        Their components along the variables of space.
    """

    def __init__(self) -> None:
        self.unknowns: list[tuple[AppliedUndef, int]] = []
        self.fluxes: list[Fluxes] = []


def continuous(
    equations: Sequence[sympy.Expr],
    unknowns: Sequence[AppliedUndef],
    space: Sequence[sympy.Symbol],
    jumps: Jumps,
) -> Continuous:
    """What equations, each an expression that is zero, mean at a surface.

    Parameters
    ----------
    equations : sequence of Expr
    unknowns : sequence of AppliedUndef
    space : sequence of Symbol
        The variables of space.
    jumps : callable
        Whether an expression jumps at the surface.

    Raises
    ------
    ProblemError
        If an equation has no meaning there, or is of an order that is not supported.
    """
    reading = _Reading(unknowns, space, jumps)
    every = [reading.fluxes(equation) for equation in equations]
    found = Continuous()
    found.unknowns = [(u, reading.smooth[u.func]) for u in unknowns if u.func in reading.smooth]
    found.fluxes = [flux for flux in every if reading.tells(flux)]
    return found


class _Reading:
    """Takes equations apart at one surface."""

    def __init__(
        self, unknowns: Sequence[AppliedUndef], space: Sequence[sympy.Symbol], jumps: Jumps
    ) -> None:
        self._unknowns = {u.func: u for u in unknowns}
        self._space = tuple(space)
        self._jumps = jumps
        self.smooth: dict[object, int] = {}

    def tells(self, flux: Fluxes) -> bool:
        """Whether the continuity of a flux does not follow from that of unknowns."""
        whole = sympy.Add(*flux.values())
        held = {a for a in whole.atoms(AppliedUndef) if a.func in self._unknowns}
        if not held:
            return self._jumps(whole)
        steep = any(d.expr in held for d in whole.atoms(sympy.Derivative))
        return steep or self._jumps(whole) or any(a.func not in self.smooth for a in held)

    def fluxes(self, equation: sympy.Expr) -> Fluxes:
        """Q_v by the variables of space; none of a smooth equation of a higher order than two."""
        found: Fluxes = {}
        high = False
        for term in _terms(equation):
            factors = sympy.Mul.make_args(term)
            slopes = [f for f in factors if isinstance(f, sympy.Derivative)]
            if len(slopes) == 1 and not any(
                f.has(sympy.Derivative) for f in factors if f is not slopes[0]
            ):
                rest = sympy.Mul(*(f for f in factors if f is not slopes[0]))
                high |= self._order(slopes[0]) > 2
                for variable, flux in self._of_slope(rest, slopes[0]):
                    found[variable] = found.get(variable, sympy.S.Zero) + flux
            elif any(self._kept(node) for node in sympy.preorder_traversal(term)):
                raise _meaningless(term)
        return {} if high else found

    def _order(self, slope: sympy.Derivative) -> int:
        """How often something is differentiated by variables of space."""
        return sum(v in self._space for v in slope.variables)

    def _kept(self, node: sympy.Basic) -> bool:
        """Whether a node is the derivative of what may jump."""
        return (
            isinstance(node, sympy.Derivative)
            and holds_switch(node.expr)
            and any(v in self._space for v in node.variables)
        )

    def _of_slope(
        self, factor: sympy.Expr, slope: sympy.Derivative
    ) -> Iterator[tuple[sympy.Symbol, sympy.Expr]]:
        """What a factor times a derivative adds to the flux."""
        across = [v for v in slope.variables if v in self._space]
        others = [v for v in slope.variables if v not in self._space]
        if not across:
            return
        inner = max((self._order(d) for d in slope.expr.atoms(sympy.Derivative)), default=0)
        if self._kept(slope) and max(len(across), inner) > 1:
            raise ProblemError(
                f"`{factor * slope}` is of an order for which interfaces along curves and surfaces "
                "are not supported: they are for equations of second order, with first derivatives "
                "of what jumps; take fluxes or moments as unknowns of their own"
            )
        plain = not self._jumps(factor)
        if self._kept(slope):
            if not plain:
                raise _meaningless(factor * slope)
            for inner in slope.expr.atoms(sympy.Derivative):
                self._hold(inner.expr)
            yield across[0], factor * _by(slope.expr, others)
        elif isinstance(slope.expr, AppliedUndef) and slope.expr.func in self._unknowns:
            if len(across) >= 2 or not plain:
                self._hold(slope.expr, len(across) if len(across) > 2 and plain else 1)
            if plain and len(across) == 2:
                yield across[1], factor * _by(sympy.Derivative(slope.expr, across[0]), others)
            elif plain and len(across) == 1:
                yield across[0], factor * _by(slope.expr, others)

    def _hold(self, expression: sympy.Expr, count: int = 1) -> None:
        """Take unknowns for continuous, with so many derivatives less one."""
        for applied in expression.atoms(AppliedUndef):
            if applied.func in self._unknowns:
                self.smooth[applied.func] = max(self.smooth.get(applied.func, 1), count)


def _terms(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    """The terms of an equation, products with sums of derivatives multiplied out."""
    for term in sympy.Add.make_args(expression):
        factors = sympy.Mul.make_args(term)
        sums = [f for f in factors if isinstance(f, sympy.Add) and f.has(sympy.Derivative)]
        unevaluated = [
            f
            for f in factors
            if isinstance(f, sympy.Derivative)
            and not isinstance(f.expr, AppliedUndef)
            and not holds_switch(f.expr)
        ]
        if sums and len(factors) > 1:
            yield from _terms(sympy.expand_mul(term, deep=False))
        elif unevaluated and (carried_out := term.doit()) != term:
            yield from _terms(carried_out)
        else:
            yield term


def _by(function: sympy.Expr, others: Sequence[sympy.Symbol]) -> sympy.Expr:
    return sympy.Derivative(function, *others, evaluate=False) if others else function


def _meaningless(term: sympy.Expr) -> ProblemError:
    return ProblemError(
        f"`{term}` has no meaning: the derivative of a jump times what may jump there. If it comes "
        "from the derivative of a coefficient that jumps, keep that derivative as it is meant, "
        "divergence([k*u_x, k*u_y], (x, y))"
    )
