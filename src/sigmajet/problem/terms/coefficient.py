"""Coefficients that are no formulas: Python functions, SciPy interpolants, tables of values.

All become callables of arrays, one for each argument. What is piecewise polynomial carries its
derivatives along: a statement may differentiate it, as `(k(x) * u(x).diff(x)).diff(x)` does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray
from sympy.core.function import AppliedUndef, UndefinedFunction

from ...errors import ProblemError

__all__ = ["Coefficient", "derivative_of", "read_functions"]


_FEWEST = 4  # nodes of a cubic spline


@dataclass(frozen=True, slots=True, eq=False)
class Coefficient:
    """An interpolant as a function of one array for each argument.

    Attributes
    ----------
    evaluate : callable
        Takes the arrays and the order of the derivative by each argument.
    ranges : tuple of (float, float)
        Where it is defined, for each argument.
    smoothness : int
        The highest order of a derivative that it has.
    orders : tuple of int
        The derivative that a call returns.
    """

    evaluate: Callable[[tuple[Any, ...], tuple[int, ...]], Any]
    ranges: tuple[tuple[float, float], ...]
    smoothness: int
    orders: tuple[int, ...]

    def __call__(self, *arguments: ArrayLike) -> NDArray[np.float64]:
        """Values at the arguments, broadcast against each other."""
        arrays = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in arguments))
        values = self.evaluate(tuple(a.ravel() for a in arrays), self.orders)
        return np.reshape(np.asarray(values, dtype=float), arrays[0].shape)

    def derivatives(self) -> Iterator[tuple[int, ...]]:
        """The orders of all derivatives that it has, by each argument."""
        for orders in itertools.product(range(self.smoothness + 1), repeat=len(self.ranges)):
            if 0 < sum(orders) <= self.smoothness:
                yield orders

    def derivative(self, orders: tuple[int, ...]) -> Coefficient:
        """One of them, as a coefficient."""
        return Coefficient(self.evaluate, self.ranges, self.smoothness - sum(orders), orders)


def read_functions(
    functions: Any, unknowns: tuple[AppliedUndef, ...]
) -> dict[Any, Callable[..., Any]]:
    """Read `{k: callable}`, `{k: interpolant}`, `{k: (nodes, values)}`."""
    if functions is None:
        return {}
    if not isinstance(functions, Mapping):
        raise ProblemError(f"functions: got {functions!r}, expected a dictionary {{k: callable}}")
    result: dict[Any, Callable[..., Any]] = {}
    for key, value in functions.items():
        function = key.func if isinstance(key, AppliedUndef) else key
        if not isinstance(function, UndefinedFunction):
            raise ProblemError(
                f"functions: got {key!r} as a name, expected a SymPy function, Function('k')"
            )
        if function.__name__ in {u.func.__name__ for u in unknowns}:
            raise ProblemError(f"functions: {function} is an unknown")
        result[function] = _read(function, value)
    for function, coefficient in list(result.items()):
        if isinstance(coefficient, Coefficient):
            for orders in coefficient.derivatives():
                name = sympy.Function(_derivative_name(function, orders))
                if name in result:
                    raise ProblemError(
                        f"functions: {name} is the name of a derivative of {function} here; "
                        "give the function another name"
                    )
                result[name] = coefficient.derivative(orders)
    return result


def _read(function: UndefinedFunction, value: Any) -> Callable[..., Any]:
    if isinstance(value, tuple | list):
        return _table(function, value)
    if not callable(value):
        raise ProblemError(
            f"functions: got {value!r} for {function}, expected a callable, an interpolant of "
            "scipy.interpolate, or a table (nodes, values)"
        )
    return _interpolant(value) or value


def _table(function: UndefinedFunction, value: Sequence[Any]) -> Coefficient:
    """Splines of degree 3 through a table of values on a line or a grid."""
    from scipy.interpolate import CubicSpline

    named = f"functions: the table for {function}"
    if len(value) != 2:
        raise ProblemError(
            f"{named} has {len(value)} parts, expected (nodes, values), in several variables "
            "((x_nodes, y_nodes), values)"
        )
    try:
        nodes, values = value
        alone = np.ndim(nodes[0]) == 0
        axes = [np.asarray(axis, dtype=float) for axis in ([nodes] if alone else nodes)]
        table = np.asarray(values, dtype=float)
    except (TypeError, ValueError, IndexError, KeyError):
        raise ProblemError(f"{named} holds something other than real numbers") from None
    lengths = tuple(axis.size for axis in axes)
    if any(axis.ndim != 1 for axis in axes) or table.shape != lengths:
        raise ProblemError(
            f"{named} has values of shape {table.shape}, expected {lengths}: one for each node"
        )
    if not all(np.all(np.isfinite(a)) for a in (*axes, table)):
        raise ProblemError(f"{named} holds numbers that are infinite or undefined")
    if any(np.any(np.diff(axis) <= 0) for axis in axes):
        raise ProblemError(f"{named} has nodes that do not increase strictly; sort them")
    if min(lengths) < _FEWEST:
        raise ProblemError(
            f"{named} has {min(lengths)} nodes in one variable, expected {_FEWEST} at least "
            "for a cubic spline; for straight lines pass an interpolant"
        )
    if len(axes) == 1:
        return _univariate(CubicSpline(axes[0], table))
    return _spline_on_grid(axes, table, 3)


def _interpolant(value: Any) -> Coefficient | None:
    """An object of scipy.interpolate as a coefficient; None for any other callable."""
    if not type(value).__module__.startswith("scipy.interpolate"):
        return None
    from scipy import interpolate

    if isinstance(value, interpolate.BSpline | interpolate.PPoly):
        return _univariate(value)
    if isinstance(value, interpolate.RegularGridInterpolator):
        return _on_grid(value)
    if isinstance(value, interpolate.RectBivariateSpline | interpolate.SmoothBivariateSpline):
        first, second = value.get_knots()
        ranges = ((float(first[0]), float(first[-1])), (float(second[0]), float(second[-1])))
        return Coefficient(_Bivariate(value), ranges, min(value.degrees) - 1, (0, 0))
    scattered = (
        interpolate.CloughTocher2DInterpolator,
        interpolate.LinearNDInterpolator,
        interpolate.NearestNDInterpolator,
    )
    if isinstance(value, scattered):
        count = value.points.shape[1]
        return Coefficient(_AtPoints(value), ((-np.inf, np.inf),) * count, 0, (0,) * count)
    if isinstance(value, interpolate.RBFInterpolator):
        count = value.y.shape[1]
        return Coefficient(_AtPoints(value), ((-np.inf, np.inf),) * count, 0, (0,) * count)
    return None


def _univariate(value: Any) -> Coefficient:
    if hasattr(value, "t"):  # a BSpline, as smooth as its degree allows
        knots, smoothness = value.t[value.k : len(value.t) - value.k], value.k - 1
    else:  # cubics in pieces: CubicSpline joins two derivatives, PCHIP and Akima one
        knots = value.x
        smoothness = 2 if type(value).__name__ == "CubicSpline" else 1
    ranges = ((float(knots[0]), float(knots[-1])),)
    return Coefficient(_OnLine(value), ranges, max(smoothness, 0), (0,))


_DEGREES = {"cubic": 3, "quintic": 5}  # of the methods of SciPy that are splines


def _on_grid(value: Any) -> Coefficient:
    degree = _DEGREES.get(value.method)
    if degree:
        return _spline_on_grid(value.grid, value.values, degree)
    ranges = tuple((float(axis[0]), float(axis[-1])) for axis in value.grid)
    return Coefficient(_AtPoints(value), ranges, 0, (0,) * len(ranges))


def _spline_on_grid(axes: Sequence[Any], values: Any, degree: int) -> Coefficient:
    """The tensor product of splines along the axes.

    `RegularGridInterpolator` means the same, but solves for it to 1e-6 only (SciPy 1.17), and
    slowly.
    """
    from scipy.interpolate import NdBSpline, make_interp_spline

    knots = []
    for position, axis in enumerate(axes):
        along = make_interp_spline(axis, values, k=degree, axis=position)
        knots.append(along.t)
        values = np.moveaxis(along.c, 0, position)
    ranges = tuple((float(axis[0]), float(axis[-1])) for axis in axes)
    spline = NdBSpline(tuple(knots), values, (degree,) * len(axes))
    return Coefficient(_OnGrid(spline), ranges, degree - 1, (0,) * len(axes))


@dataclass(frozen=True, slots=True, eq=False)
class _OnLine:
    spline: Any

    def __call__(self, arrays: tuple[Any, ...], orders: tuple[int, ...]) -> Any:
        return self.spline(arrays[0], nu=orders[0])


@dataclass(frozen=True, slots=True, eq=False)
class _OnGrid:
    spline: Any

    def __call__(self, arrays: tuple[Any, ...], orders: tuple[int, ...]) -> Any:
        return self.spline(np.stack(arrays, axis=-1), nu=orders)


@dataclass(frozen=True, slots=True, eq=False)
class _Bivariate:
    spline: Any

    def __call__(self, arrays: tuple[Any, ...], orders: tuple[int, ...]) -> Any:
        return self.spline.ev(*arrays, dx=orders[0], dy=orders[1])


@dataclass(frozen=True, slots=True, eq=False)
class _AtPoints:
    interpolant: Any

    def __call__(self, arrays: tuple[Any, ...], _orders: tuple[int, ...]) -> Any:
        return self.interpolant(np.stack(arrays, axis=-1))


def derivative_of(
    node: sympy.Derivative, functions: Mapping[Any, Callable[..., Any]]
) -> sympy.Expr | None:
    """The derivative of a coefficient as another coefficient; None if it has none."""
    applied = node.expr
    orders = [0] * len(applied.args)
    for variable, count in node.variable_count:
        if variable not in applied.args or not count.is_Integer:
            return None
        orders[applied.args.index(variable)] += int(count)
    derivative = sympy.Function(_derivative_name(applied.func, orders))
    return derivative(*applied.args) if derivative in functions else None


def _derivative_name(function: UndefinedFunction, orders: Sequence[int]) -> str:
    return f"{function.__name__}_d{'_'.join(map(str, orders))}"
