r"""Conditions on boundaries: where they hold, and derivatives across.

| mathematics                          | SymPy                        |
|--------------------------------------|------------------------------|
| :math:`n_x`                          | `normal(x)`                  |
| :math:`\partial_n u = n \cdot \nabla u` | `normal_derivative(u(x, y))` |
| :math:`n \cdot A \nabla u`           | `normal_derivative(u(x, y), A)` |
| on the boundary, all or a part of it | `on_boundary(Eq(...), where)`   |

The normal n points out of the region and has length one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy

from ..jumps.scalar import scalar

__all__ = ["OnBoundary", "expand_normals", "normal", "normal_derivative", "on_boundary"]


class normal(sympy.Function):  # type: ignore[misc]
    """The component of the outward unit normal along a variable, `normal(x)`, on a boundary.

    Parameters
    ----------
    variable : Symbol
        Of the domain, time excepted.

    Examples
    --------
    A traction: the stress sigma is given by formulas in the unknowns.

    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y = sympy.symbols("x y")
    >>> sxx, sxy = (sympy.Function(name)(x, y) for name in ("sxx", "sxy"))
    >>> free = sj.on_boundary(sympy.Eq(sxx * sj.normal(x) + sxy * sj.normal(y), 0), where="hole")
    """

    nargs = 1
    is_real = True

    def __new__(cls, variable: Any, **options: Any) -> Any:  # noqa: D102 - see the class
        return super().__new__(cls, scalar(variable, "normal"), **options)


class normal_derivative(sympy.Function):  # type: ignore[misc]
    r"""The derivative along the outward normal, :math:`n \cdot A \nabla u`, on a boundary.

    Parameters
    ----------
    expression : SymPy expression
        What is differentiated, as `u(x, y)`.
    coefficient : expression or square Matrix, optional
        A, for the conormal derivative; 1 by default.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y = sympy.symbols("x y")
    >>> u = sympy.Function("u")(x, y)
    >>> sj.on_boundary(sympy.Eq(sj.normal_derivative(u) + 2 * u, 0), where=x > 0)
    on_boundary(Eq(2*u(x, y) + normal_derivative(u(x, y)), 0), where=x > 0)
    """

    nargs = (1, 2)

    def __new__(cls, *args: Any, **options: Any) -> Any:  # noqa: D102 - see the class
        read = (
            each
            if isinstance(each, sympy.MatrixBase | sympy.MatrixExpr)
            else scalar(each, "normal_derivative")
            for each in args
        )
        return super().__new__(cls, *read, **options)

    def along(self, space: Iterable[sympy.Symbol]) -> sympy.Expr:
        """It by the components of the normal along the variables of space."""
        variables = tuple(space)
        differentiated, *given = self.args
        factor = given[0] if given else sympy.S.One
        gradient = [differentiated.diff(v) for v in variables]
        if isinstance(factor, sympy.MatrixBase | sympy.MatrixExpr):
            flux = list(sympy.Matrix(factor) * sympy.Matrix(gradient))
        else:
            flux = [factor * part for part in gradient]
        return sum(
            (normal(v) * part for v, part in zip(variables, flux, strict=True)), sympy.S.Zero
        )


@dataclass(frozen=True, slots=True)
class OnBoundary:
    """A statement that holds on the boundary, or where `where` says; see `on_boundary`."""

    statement: Any
    where: Any = None

    def __str__(self) -> str:
        place = "" if self.where is None else f", where={self.where!r}"
        return f"on_boundary({self.statement}{place})"

    __repr__ = __str__


def on_boundary(statement: Any, where: Any = None) -> OnBoundary:
    """A condition on the boundary of a region.

    Parameters
    ----------
    statement : Eq or expression
        In the unknowns and their derivatives, taken at the point itself, `normal(x)` and
        `normal_derivative(u(x, y))`; an expression means "= 0". Dirichlet, Neumann and Robin
        conditions, tractions and nonlinear ones are written alike.
    where : optional
        On which part. A SymPy predicate of the variables, as `x > 0` or `Eq(y, 0)`; a part of the
        region, `region.part("hole")`, its name or the number of a wall; a list of those. By
        default on all of the boundary.

    Returns
    -------
    OnBoundary
        For the conditions of a `Problem`.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> x, y = sympy.symbols("x y")
    >>> u = sympy.Function("u")(x, y)
    >>> disk = sj.Disk((x, y), (0, 0), 1)
    >>> wall = sj.on_boundary(sympy.Eq(u, 0))
    >>> problem = sj.Problem(sympy.Eq(u.diff(x, 2) + u.diff(y, 2), -4), u, disk, [wall])
    >>> print(f"{sj.solve(problem)(0, 0):.8f}")
    1.00000000
    """
    return OnBoundary(statement, where)


def expand_normals(expression: sympy.Expr, space: Iterable[sympy.Symbol]) -> sympy.Expr:
    """Write derivatives along the normal by its components."""
    variables = tuple(space)
    return expression.replace(
        lambda node: isinstance(node, normal_derivative), lambda node: node.along(variables)
    )
