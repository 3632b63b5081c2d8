r"""Jumps and means across an interface, as statements write them.

With :math:`u^-` and :math:`u^+` the limits of u from below and from above a place
:math:`x = c`,

.. math:: [u] = u^+ - u^-, \qquad \{u\} = \tfrac12 (u^+ + u^-),

as FEniCS and Firedrake name them (Arnold, Brezzi, Cockburn and Marini, SIAM J. Numer. Anal. 39,
2002), but for the order of the sides, which here is that of the variable.
"""

from __future__ import annotations

from typing import Any

import sympy

from ...errors import ProblemError
from .inside import inside
from .scalar import scalar, several, symbols
from .switch import INEQUALITIES

__all__ = ["avg", "divergence", "gradient", "interface", "jump"]


class _Across(sympy.Function):  # type: ignore[misc]
    """Of an expression, and of the variable and the place once these are known."""

    nargs = (1, 2, 3)

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return super().__new__(cls, *(scalar(each, cls.__name__) for each in args), **options)

    @property
    def placed(self) -> bool:
        """Whether the place is known: a variable with its value, or what is zero on a surface."""
        return len(self.args) > 1


class jump(_Across):
    """The value of an expression above a place less that below, for `interface`.

    `jump(expression)` takes an expression in the unknowns and their derivatives; the variable and
    the place of `jump(expression, x, 1)` are what `interface` fills in.

    Examples
    --------
    >>> import sympy, sigmajet as sj
    >>> x, u = sympy.symbols("x"), sympy.Function("u")
    >>> sj.jump(3 * u(x).diff(x), x, 1)
    jump(3*Derivative(u(x), x), x, 1)
    """


class avg(_Across):
    """The mean of the values of an expression on both sides of a place, for `interface`.

    `avg(expression)` takes an expression in the unknowns and their derivatives; the variable and
    the place of `avg(expression, x, 1)` are what `interface` fills in.

    Examples
    --------
    >>> import sympy, sigmajet as sj
    >>> x, u = sympy.symbols("x"), sympy.Function("u")
    >>> sj.avg(u(x), x, 1)
    avg(u(x), x, 1)
    """


def interface(place: Any, *relations: Any) -> list[sympy.Basic]:
    """Conditions at an interface, for the list of a problem's conditions.

    What is not given there stays: without relations everything that equations differentiate is
    continuous. A relation takes the place of the one between the same quantities.

    Parameters
    ----------
    place : Eq, inequality or Region
        As `Eq(x, 1/2)`: a variable and a number inside its interval. In a region also a curve,
        `Eq(x**2 + y**2, 1/4)`, or what lies within it, as an inequality or a region: of these a
        jump is the value outside less that inside, and `normal(x)` and `normal_derivative(u)` are
        those out of it.
    *relations : Eq
        With `jump` and `avg` of expressions in the unknowns and their derivatives:
        `Eq(jump(k*u(x).diff(x)), 1)`, a source of heat, or
        `Eq(jump(u(x)), R*avg(k*u(x).diff(x)))`, a contact that resists.

    Returns
    -------
    list
        One condition for each relation.

    Raises
    ------
    ProblemError
        If `place` is none, or there is nothing that it could hold for.

    Examples
    --------
    A string of tension 1 that carries a weight in its middle:

    >>> import sympy, sigmajet as sj
    >>> x, u = sympy.symbols("x"), sympy.Function("u")
    >>> weight = sj.interface(sympy.Eq(x, 0.5), sympy.Eq(sj.jump(u(x).diff(x)), 1))
    >>> problem = sj.Problem(
    ...     u(x).diff(x, 2), u(x), {x: (0, 1)}, [sympy.Eq(u(0), 0), sympy.Eq(u(1), 0), *weight]
    ... )
    >>> round(float(sj.solve(problem)(0.5)), 10)
    -0.25
    """
    where = _place(place)
    if not relations:
        named = f"{place.lhs} = {place.rhs}" if isinstance(place, sympy.Eq) else place
        raise ProblemError(
            f"interface: got no relation at {named}, expected for instance Eq(jump(u), 0)"
        )
    placed = []
    for relation in relations:
        if not isinstance(relation, sympy.Basic) or not relation.has(_Across):
            raise ProblemError(
                f"interface: got {relation!r}, expected a relation with jump or avg of the "
                "unknowns, for instance Eq(jump(u), 0)"
            )
        placed.append(
            relation.replace(
                lambda e: isinstance(e, _Across) and not e.placed,
                lambda e: e.func(e.args[0], *where),
            )
        )
    return placed


def placed_on(statement: sympy.Basic) -> list[sympy.Expr]:
    """What is zero on the surfaces that a statement names."""
    placed = [node.args[1:] for node in statement.atoms(_Across) if node.placed]
    return sorted({level - sympy.Add(*place) for level, *place in placed}, key=str)


def _place(place: Any) -> tuple[sympy.Expr, ...]:
    """A variable with its value, or what is zero on a surface and grows outwards."""
    if isinstance(place, sympy.Eq) and isinstance(place.lhs, sympy.Symbol):
        return (place.lhs, place.rhs)
    if isinstance(place, sympy.Eq):
        return (place.lhs - place.rhs,)
    if isinstance(place, INEQUALITIES):
        return (place.lts - place.gts,)
    if hasattr(place, "as_region"):
        return (inside(place),)
    raise ProblemError(
        f"interface: got {place!r} as the place, expected Eq(x, c): a variable and a number; in a "
        "region also a curve, Eq(x**2 + y**2, 1), or the region within"
    )


def divergence(flux: Any, variables: Any) -> sympy.Expr:
    """The divergence of a flux, kept as it is written: a flux that jumps would lose its jump.

    SymPy carries out `(k*u(x).diff(x)).diff(x)` at once, and takes the derivative of a
    `Piecewise` k for zero where k jumps.

    Parameters
    ----------
    flux : expression or sequence of them
        One for each variable.
    variables : Symbol or sequence of Symbol

    Returns
    -------
    Expr
        A sum of unevaluated derivatives.

    Raises
    ------
    ProblemError
        If there is not one flux for each variable, or they are no expressions and variables.

    Examples
    --------
    >>> import sympy, sigmajet as sj
    >>> x, u = sympy.symbols("x"), sympy.Function("u")
    >>> k = sympy.Piecewise((1, x < 0.5), (4, True))
    >>> problem = sj.Problem(
    ...     sj.divergence(k * u(x).diff(x), x), u(x), {x: (0, 1)},
    ...     [sympy.Eq(u(0), 0), sympy.Eq(u(1), 1)],
    ... )
    >>> round(float(sj.solve(problem)(0.5)), 10)
    0.8
    """
    fluxes = [scalar(each, "divergence: a component of the flux") for each in several(flux)]
    along = symbols(variables, "divergence: the variables")
    if len(fluxes) != len(along):
        raise ProblemError(
            f"divergence: got {len(fluxes)} components for {len(along)} variables, expected one "
            "for each"
        )
    return sympy.Add(
        *(sympy.Derivative(f, v, evaluate=False) for f, v in zip(fluxes, along, strict=True))
    )


def gradient(function: Any, variables: Any) -> list[sympy.Expr]:
    """The derivatives of a function by some variables, for `divergence`.

    Parameters
    ----------
    function : expression
    variables : Symbol or sequence of Symbol

    Returns
    -------
    list of Expr

    Raises
    ------
    ProblemError
        If they are no expression and no variables.

    Examples
    --------
    >>> import sympy, sigmajet as sj
    >>> x, y, u = *sympy.symbols("x y"), sympy.Function("u")
    >>> sj.gradient(u(x, y), (x, y))
    [Derivative(u(x, y), x), Derivative(u(x, y), y)]
    """
    given = scalar(function, "gradient: the function")
    return [given.diff(variable) for variable in symbols(variables, "gradient: the variables")]
