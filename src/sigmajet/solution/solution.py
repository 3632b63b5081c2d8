"""What a solve gives back: a function with a stated error, and the story of its making."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import sympy
from numpy.typing import ArrayLike

from .._extras import needed_by
from .._types import Array, Orders
from ..approximation.block_field import BlockField
from ..approximation.evolving_field import EvolvingField
from ..approximation.field import Field
from ..approximation.network.layered_field import LayeredField
from ..approximation.norm import has_digits
from ..approximation.polynomial_field import PolynomialField
from ..approximation.saved import check_cover
from ..approximation.shared.formulas import FormulaFunctions
from ..approximation.shared.functions import added
from ..approximation.slanted_field import SlantedField
from ..errors import FileError, PrecisionWarning, ProblemError
from ..problem.compiled.residual import compile_relation
from ..problem.files import from_text
from ..problem.statement import Problem
from ..problem.terms.domain import Shaped
from ..problem.terms.effort import KEPT
from ..problem.terms.vocabulary import did_you_mean
from ..problem.text.formulas import from_texts, to_texts
from ..randomness import Purpose, Seed
from .asked import Asked
from .derivatives.known import Known
from .integral import Integral, integrate
from .monitor import follow
from .report import Report
from .status import Status
from .storage import digest, read_arrays, replacing

if TYPE_CHECKING:
    import jax
    import pandas
    import torch
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Solution", "load_solution"]


_FORMAT = "sigmajet solution 1"
_FIELDS = {
    kind.__name__: kind
    for kind in (BlockField, EvolvingField, LayeredField, PolynomialField, SlantedField)
}
_CHECK = "check_"  # before the names of the arrays of the check
_DIGEST = "digest"


class Solution:
    """A solved problem: call it for values, or evaluate any expression in its unknowns.

    Attributes
    ----------
    problem : Problem
    error_estimate : float
        Estimated relative L2 error over the domain, the largest over the unknowns.
    converged : bool
        Whether the estimate met the tolerance.
    report : Report

    Examples
    --------
    >>> import sigmajet as sj
    >>> from sympy import Eq, Function, symbols
    >>> x, u = symbols("x"), Function("u")
    >>> problem = sj.Problem(Eq(u(x).diff(x), -u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)])
    >>> solution = sj.solve(problem)
    >>> solution([0.0, 1.0]).round(9).tolist()
    [1.0, 0.367879441]
    >>> round(float(solution.evaluate(u(x).diff(x, 2), 1.0)), 7)
    0.3678794
    """

    def __init__(
        self,
        problem: Problem,
        field: Field,
        error_estimate: float,
        converged: bool,
        report: Report,
        check: Field | None = None,
    ) -> None:
        self.problem = problem
        self.error_estimate = error_estimate
        self.converged = converged
        self.report = replace(report, by_order=self._errors_by_order)
        self._field = field
        self._check = check  # an independent solution, which errors are told from
        self._module: Any = None  # of PyTorch, once it was asked for

    def __getstate__(self) -> dict[str, Any]:
        """Copies make a module, and functions out of the equations, of their own."""
        kept = {name: value for name, value in self.__dict__.items() if name != "_known"}
        return {**kept, "_module": None}

    @property
    def field(self) -> Field:
        """The networks or polynomials themselves, for a solver that starts from them."""
        return self._field

    @property
    def failure(self) -> str | None:
        """Why the solution is not `converged`, in a sentence; None if it is."""
        report = self.report
        if self.converged:
            return None
        at_an_event = report.status is Status.INACCURATE and report.stopped is not None
        if report.ending and not at_an_event:
            return report.ending
        estimate, tol = f"{self.error_estimate:.1e}", f"{report.tol:.1e}"
        judged = (
            f"the error estimate of {estimate} is not to be relied on"
            if self.error_estimate <= report.tol
            else f"the error estimate is {estimate}, above tol = {tol}"
        )
        missed = f"{judged}, after {len(report.attempts)} attempt(s), the best with {report.size}"
        return f"{missed}; {report.ending}" if report.ending else missed

    def __getattr__(self, name: str) -> Callable[..., Array]:
        """One unknown alone, by its name: `solution.u(x, t)`, unless the name is taken."""
        problem = self.__dict__.get("problem")  # which a copy has not yet while it is made
        unknowns = () if problem is None else problem.stated_unknowns
        for unknown in unknowns:
            if unknown.func.__name__ == name:
                return partial(self.evaluate, unknown)
        names = [unknown.func.__name__ for unknown in unknowns]
        raise AttributeError(
            f"a solution has no {name!r}; its unknowns are {', '.join(names)}"
            + did_you_mean(name, [*names, *dir(type(self))])
        )

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(u.func.__name__ for u in self.problem.stated_unknowns)]

    def __call__(self, *coordinates: ArrayLike, **named: ArrayLike) -> Array:
        """Values at coordinates: one array-like for each variable, in their order or by name.

        `solution(x, t)` and `solution(t=t, x=x)` are the same; of several unknowns, `solution.u(x,
        t)` is one alone.

        Returns
        -------
        array of float64, of complex128 if the statement is complex
            In the units of the statement, shaped like the broadcast coordinates; with several
            unknowns, they come first.

        Raises
        ------
        ProblemError
            If a coordinate is missing or lies outside the domain.
        """
        values = self.parts(*self._ordered(coordinates, named))
        if self.problem.pairs is not None:
            values = self.problem.pairs.combined(values)
        result: Array = values[0] if len(values) == 1 else values
        return result

    def parts(self, *coordinates: ArrayLike) -> Array:
        """Values of the real unknowns, those that `problem.unknowns` lists, on a leading axis.

        Of a complex statement they are the real and the imaginary parts, side by side.
        """
        points, shape = self._points(coordinates)
        zero = (0,) * points.shape[1]
        unknowns = range(len(self.problem.unknowns))
        values = self._field.derivatives([(i, zero) for i in unknowns], points)
        return values.reshape((len(values), *shape))

    @overload
    def evaluate(
        self,
        expression: Any,
        *coordinates: ArrayLike,
        with_error: Literal[False] = False,
        **named: ArrayLike,
    ) -> Array: ...

    @overload
    def evaluate(
        self,
        expression: Any,
        *coordinates: ArrayLike,
        with_error: Literal[True],
        **named: ArrayLike,
    ) -> tuple[Array, Array]: ...

    def evaluate(
        self,
        expression: Any,
        *coordinates: ArrayLike,
        with_error: bool = False,
        **named: ArrayLike,
    ) -> Array | tuple[Array, Array]:
        """Evaluate an expression in the unknowns, their derivatives, variables and parameters.

        Parameters
        ----------
        expression : sympy expression or str
            Such as `u(x, t).diff(x) ** 2`, or as a problem file writes it, "diff(u, x)**2".
            Derivatives are exact, not differences.
        *coordinates, **named : array_like
            As for calling the solution.
        with_error : bool, optional
            Whether to return what each value may be off by as well.

        Returns
        -------
        array
            Shaped like the broadcast coordinates; complex if the expression is.
        array
            With `with_error`: of the same shape, what the value at each point may be off by, in
            its own units; told from an independent solution, as `error_estimate` is, and infinite
            where there is none. Derivatives count with the largest error that they have anywhere
            in the domain.

        Warns
        -----
        PrecisionWarning
            If it holds derivatives beyond the order of the equations and no digit is certain.

        Notes
        -----
        Of one variable, derivatives from the order of the equations on are taken from the
        equations, differentiated as often as it takes, wherever that is surer: they keep the
        digits of the lower ones at every order. In several variables each derivative beyond the
        order of the equations costs two or three digits.

        Raises
        ------
        ProblemError
            If a coordinate is missing or lies outside the domain, or the expression holds other
            names or a fixed place.

        Examples
        --------
        >>> import sigmajet as sj
        >>> from sympy import Eq, Function, symbols
        >>> x, u = symbols("x"), Function("u")
        >>> problem = sj.Problem(Eq(u(x).diff(x), u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)])
        >>> solution = sj.solve(problem)
        >>> solution.evaluate(x * u(x).diff(x), [0.0, 1.0]).round(6).tolist()
        [0.0, 2.718282]
        """
        points, shape = self._points(self._ordered(coordinates, named))
        asked = Asked(self.problem, expression)
        known = self._known
        if not (with_error or (asked.is_beyond and self._check is not None)):
            return asked.of(known, points).reshape(shape)
        values, errors = asked.with_errors(known, points)
        if asked.is_beyond and len(points):
            error, size = errors.max(), max(np.abs(values).max(), asked.size(known))
            if error > 0.0 and not has_digits(error, size):
                warnings.warn(
                    f"no digit of {asked.text} is certain: it may be off by {error:.1e}, against "
                    f"{size:.1e}; each derivative beyond the order of the equations costs digits, "
                    "and a smaller tol regains some",
                    PrecisionWarning,
                    stacklevel=2,
                )
        values = values.reshape(shape)
        return (values, errors.reshape(shape)) if with_error else values

    @cached_property
    def _known(self) -> Known:
        """The field, with what its derivatives are off by."""
        seed = Seed(self.report.seed).of(Purpose.UNSEEN)
        return Known(self.problem, self._field, self._check, self.error_estimate, seed)

    def _errors_by_order(self) -> tuple[float, ...]:
        """Of the report: see there."""
        return () if self._check is None else self._known.by_order

    def integrate(self, expression: Any, over: Any = None) -> Integral:
        """Integrate an expression over the domain, or over a part of its boundary.

        Parameters
        ----------
        expression : sympy expression or str
            As `evaluate` takes it; on a boundary it may hold `normal(x)` and
            `normal_derivative(u)` as well, and is integrated by length.
        over : optional
            A region in the domain, or a part of the boundary of the domain, as `on_boundary` takes
            it. By default the domain.

        Returns
        -------
        Integral
            With `value`, and `error`: what it may be off by, told from an independent solution and
            another quadrature; infinite where there is no such solution.

        Raises
        ------
        ProblemError
            If the expression holds other names, normals inside of the domain, or `over` is no
            region of its variables.

        Examples
        --------
        What a load of 4 puts into a disk leaves through its wall.

        >>> import sympy
        >>> import sigmajet as sj
        >>> x, y = sympy.symbols("x y")
        >>> u = sympy.Function("u")(x, y)
        >>> disk = sj.Disk((x, y), (0, 0), 1)
        >>> wall = sj.on_boundary(sympy.Eq(u, 0))
        >>> problem = sj.Problem(sympy.Eq(u.diff(x, 2) + u.diff(y, 2), -4), u, disk, [wall])
        >>> solution = sj.solve(problem)
        >>> print(f"{solution.integrate(u).value:.8f}")  # pi / 2
        1.57079633
        """
        return integrate(self.problem, self._field, self._check, expression, over)

    def residual(self, *coordinates: ArrayLike, **named: ArrayLike) -> Array:
        """What is left of each equation, left minus right side: (n_equations, ...).

        In the units of the equation; after the first axis shaped like the broadcast coordinates. A
        complex equation has a row for each of its parts.

        Raises
        ------
        ProblemError
            If a coordinate is missing or lies outside the domain.
        """
        points, shape = self._points(self._ordered(coordinates, named))
        rows = []
        for relation in self.problem.equations:
            residual = compile_relation(self.problem, relation)
            wanted = [(t.unknown, t.orders) for t in relation.traces]
            traces = self._field.derivatives(wanted, points)
            rows.append(residual(points, traces)[0])
        return np.array(rows).reshape(len(rows), *shape)

    def plot(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        ax: Axes | None = None,
        expression: Any = None,
        at: Mapping[Any, Any] | None = None,
        times: ArrayLike | None = None,
        points: int | None = None,
        cmap: str | None = None,
        residual: bool = True,
        exact: Any = None,
    ) -> Figure:
        """Draw the solution with its residual beside it; see :func:`sigmajet.plot.plot`.

        Parameters
        ----------
        path : path-like, optional
            Where to write the picture; the suffix chooses the format (.png, .svg, .pdf).
        ax : matplotlib.axes.Axes, optional
            What to draw on, without the residual and the title: all curves, or one map.
        expression : expression or str, or several, optional
            What to draw instead of the unknowns: `"diff(u, x)"`.
        at : dict of variable to number or numbers, optional
            Where to cut: `{t: 0.5}`, or `{t: [0, 0.5, 1]}` for a curve or a map for each.
        times : number or numbers, optional
            Where to cut in time: the same as `at` for the variable that is time.
        points : int, optional
            Along a curve, or along each side of a map; by default as many as the picture shows.
        cmap : str, optional
            Name of a colour map of Matplotlib.
        residual : bool, optional
            Whether to draw the residual beside.
        exact : expression or str, or several, optional
            What is drawn as it should be: the errors take the place of the residual.

        Returns
        -------
        matplotlib.figure.Figure
            Which a notebook shows by itself.

        Raises
        ------
        ProblemError
            If something else is asked for than the solution has, or axes for one map for several.
        FileError
            If the picture cannot be written to `path`.
        """
        with needed_by("plot"):  # a face: only a caller who wants a picture loads Matplotlib
            from .plotting.plot import plot

        return plot(
            self,
            path,
            ax=ax,
            expression=expression,
            at=at,
            times=times,
            points=points,
            cmap=cmap,
            residual=residual,
            exact=exact,
        )

    def to_dataframe(self, points: int = 50, **places: ArrayLike) -> pandas.DataFrame:
        """Values on a grid as a `pandas.DataFrame`, a row for each point.

        Parameters
        ----------
        points : int, optional
            Along each variable that is not named, evenly spaced over its interval.
        **places : float or array_like of float
            Where to take a variable instead: a value, or values that rise.

        Returns
        -------
        pandas.DataFrame
            A column for each variable and each unknown; `attrs` holds the error estimate.

        Raises
        ------
        ProblemError
            If a name is no variable's, or a place lies outside the domain.
        ModuleNotFoundError
            If pandas is not installed, the extra "data".
        """
        from .export import as_dataframe  # a face: only who wants it loads pandas

        return as_dataframe(self, points, places)

    def to_xarray(self, points: int = 50, **places: ArrayLike) -> xarray.Dataset:
        """Values on a grid as an `xarray.Dataset`, with the variables as its coordinates.

        Parameters and errors are those of `to_dataframe`.

        Returns
        -------
        xarray.Dataset
            A variable for each unknown; `attrs` holds the error estimate.
        """
        from .export import as_dataset  # a face: only who wants it loads xarray

        return as_dataset(self, points, places)

    def to_vtk(self, path: str | os.PathLike[str], points: int = 50, **places: ArrayLike) -> None:
        """Write values on a grid to a VTK file (.vtr), as ParaView and PyVista read it.

        Parameters
        ----------
        path : path-like
            Ends in .vtr.
        points, **places
            As `to_dataframe`; at most three variables may run.

        Raises
        ------
        ProblemError
            If a name is no variable's, a place lies outside the domain, or more than three
            variables run.
        FileError
            If the suffix is another, or the file cannot be written.
        """
        from .export import write_vtk  # loads with what writes the others

        write_vtk(self, path, points, places)

    def to_torch(self) -> torch.nn.Module:
        """The solution as a module of PyTorch, from points to values.

        It takes a tensor of points (..., d), a column for each variable in their order, and returns
        values of shape (...), with several unknowns (..., n). The numbers are those of calling the
        solution, and derivatives of any order, by `autograd` or `torch.func`, those of `evaluate`.

        Returns
        -------
        torch.nn.Module
            Without parameters. It computes in float64 on the CPU and refuses points outside the
            domain.

        Raises
        ------
        MissingExtra
            If PyTorch is not installed.

        Examples
        --------
        >>> import sigmajet as sj
        >>> from sympy import Eq, Function, symbols
        >>> x, u = symbols("x"), Function("u")
        >>> problem = sj.Problem(Eq(u(x).diff(x), -u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)])
        >>> module = sj.solve(problem).to_torch()
        >>> import torch
        >>> points = torch.ones(1, 1, dtype=torch.float64, requires_grad=True)
        >>> module(points).backward()
        >>> round(points.grad.item(), 9)
        -0.367879441
        """
        if self._module is None:
            with needed_by("to_torch"):
                from ..torch.closed_form import ClosedForm

            unknowns, variables = len(self.problem.unknowns), len(self.problem.variables)
            self._module = ClosedForm(self._partials, variables, unknowns)
        module: torch.nn.Module = self._module
        return module

    def to_jax(self) -> Callable[[Any], jax.Array]:
        """The solution as a function of JAX, from points to values.

        It takes an array of points (..., d), a column for each variable in their order, and returns
        values of shape (...), with several unknowns (..., n). The numbers are those of calling the
        solution, and derivatives of any order, by every transformation, those of `evaluate`.

        Returns
        -------
        callable
            It computes in float64 on the host, which needs `jax_enable_x64` to hand all digits on,
            and refuses points outside the domain.

        Raises
        ------
        MissingExtra
            If JAX is not installed.

        Examples
        --------
        >>> import sigmajet as sj
        >>> from sympy import Eq, Function, symbols
        >>> x, u = symbols("x"), Function("u")
        >>> problem = sj.Problem(Eq(u(x).diff(x), -u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)])
        >>> function = sj.solve(problem).to_jax()
        >>> import jax
        >>> print(f"{jax.grad(lambda x: function(x[None]))(1.0):.5f}")
        -0.36788
        """
        with needed_by("to_jax"):
            from ..jax.closed_form import ClosedForm

        return ClosedForm(self._partials, len(self.problem.variables), len(self.problem.unknowns))

    def _partials(self, orders: Orders, points: Array, rounding: float) -> Array:
        """A derivative of all unknowns at points (m, d) of a type with this rounding, (m, n)."""
        domain = self.problem.domain
        ends = np.array([domain.lower, domain.upper])
        room = rounding * np.max(np.abs(ends), axis=0)  # 2 pi in single precision is outside of it
        nearest = np.clip(points, *ends)
        near = np.where(np.abs(points - nearest) <= room, nearest, points)
        inside, _ = self._points(tuple(near.T), rounding)
        wanted = [(i, orders) for i in range(len(self.problem.unknowns))]
        return self._known.derivatives(wanted, inside).T

    def animate(self, path: str | os.PathLike[str], *, frames: int = 100, rate: int = 20) -> None:
        """Write an evolution as an animated GIF: curves over a line, maps over a plane.

        Parameters
        ----------
        path : path-like
            Ends in .gif.
        frames : int, optional
            Number of pictures, evenly spaced in time.
        rate : int, optional
            Pictures a second.

        Raises
        ------
        ProblemError
            If the problem names no time, or `frames` or `rate` is no positive integer.
        FileError
            If the suffix is another, or the file cannot be written.
        """
        with needed_by("animate"):  # a face: only a caller who wants it loads Matplotlib
            from .plotting.animation import animate

        animate(self, path, frames=frames, rate=rate)

    def monitor(self, expression: Any, times: ArrayLike | None = None) -> tuple[Array, Array]:
        """Follow integrals over space in time: mass, momentum, energy.

        Parameters
        ----------
        expression : sympy expression
            In integrals over all variables of space with fixed limits, such as
            `Integral(u(x, t).diff(x) ** 2, (x, 0, 1)) / 2`; outside of them the time, parameters
            and numbers.
        times : array_like, optional
            Where; by default at the ends of the integrator's steps.

        Returns
        -------
        times, values : arrays
            What should be conserved and is not shows the error of the solution.

        Raises
        ------
        ProblemError
            If the problem names no time, or the expression is none of that kind.

        Examples
        --------
        >>> import sigmajet as sj
        >>> from sympy import Eq, Function, Integral, cos, pi, symbols
        >>> x, t = symbols("x t")
        >>> u = Function("u")(x, t)
        >>> problem = sj.Problem(
        ...     Eq(u.diff(t), u.diff(x, 2)),
        ...     u,
        ...     {x: (0, 1), t: (0, 1)},
        ...     [Eq(u.subs(t, 0), 1 + cos(pi * x)), *(Eq(u.diff(x).subs(x, a), 0) for a in (0, 1))],
        ...     time=t,
        ... )
        >>> solution = sj.solve(problem, tol=1e-6)
        >>> times, heat = solution.monitor(Integral(u, (x, 0, 1)))
        >>> bool(abs(heat - 1).max() < 1e-9)
        True
        """
        return follow(self, expression, times)

    def to_sympy(self) -> sympy.Expr | tuple[sympy.Expr, ...]:
        """The solution as a closed formula, one for each unknown if there are several.

        A sum of as many sigmoids as there are neurons, `Piecewise` over several blocks; its
        coefficients cancel, so that evaluated in floating point it loses digits that the solution
        has. Of an initial-value problem polynomials, `Piecewise` over its windows, which lose a
        digit or two.

        Raises
        ------
        ProblemError
            If the solution was integrated in time, as an evolution: that is no single formula.
        """
        formulas = self._field.to_sympy(self.problem.variables, len(self.problem.unknowns))
        if self.problem.pairs is not None:
            formulas = self.problem.pairs.formula(formulas)
        return formulas[0] if len(formulas) == 1 else tuple(formulas)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the solution to an .npz file, atomically and without pickle.

        Raises
        ------
        ProblemError
            If the problem holds Python callables, which no file can carry, or is too long for one.
        FileError
            If the file cannot be written.
        """
        head = {
            "format": _FORMAT,
            "field": type(self._field).__name__,
            "check": None if self._check is None else type(self._check).__name__,
            "problem": self.problem.to_text(KEPT),
            **self._added(),
            "error_estimate": self.error_estimate,
            "converged": self.converged,
            "report": self.report.as_dict(),
        }
        fields = dict(self._field.arrays())
        if self._check is not None:
            fields |= {_CHECK + name: array for name, array in self._check.arrays().items()}
        contents: dict[str, Any] = {name: np.asarray(array) for name, array in fields.items()}
        contents["head"] = np.array(json.dumps(head))
        contents[_DIGEST] = np.array(digest(contents))
        with replacing(path) as file:
            np.savez_compressed(file, **contents)

    def _added(self) -> dict[str, list[str]]:
        """The functions of `enrich=[...]` as texts, if there are some."""
        formulas = added(self._field.shared) if isinstance(self._field, BlockField) else ()
        return {"enrich": to_texts(formulas, self.problem.variables)} if formulas else {}

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.problem.stated_unknowns))
        state = "" if self.converged else ", NOT CONVERGED"
        return f"<Solution of {names}: error about {self.error_estimate:.1e}{state}>"

    def _repr_html_(self) -> str:
        """Its picture, and the report below it, as notebooks show them."""
        stream = io.BytesIO()
        self.plot().savefig(stream, format="png")
        picture = base64.b64encode(stream.getvalue()).decode()
        return (
            f"<p>{html.escape(repr(self))}</p>"
            f'<img alt="the solution and its residual" src="data:image/png;base64,{picture}">'
            f"<details><summary>report</summary>{self.report._repr_html_()}</details>"
        )

    def _ordered(
        self, coordinates: tuple[ArrayLike, ...], named: Mapping[str, ArrayLike]
    ) -> tuple[ArrayLike, ...]:
        """Coordinates in the order of the variables, wherever they were given."""
        names = [str(variable) for variable in self.problem.variables]
        rest = names[len(coordinates) :]
        if not named:
            return coordinates
        if set(named) != set(rest):
            raise ProblemError(
                f"got {len(coordinates)} coordinate(s) and {', '.join(named)} by name, expected "
                f"each of {', '.join(names)} once"
                + "".join(did_you_mean(name, rest) for name in set(named) - set(names))
            )
        return (*coordinates, *(named[name] for name in rest))

    def _points(
        self, coordinates: tuple[ArrayLike, ...], rounding: float = 0.0
    ) -> tuple[Array, tuple[int, ...]]:
        """Broadcast coordinates to (m, d) points inside the domain, and their shape."""
        names = ", ".join(map(str, self.problem.variables))
        if len(coordinates) != len(self.problem.variables):
            raise ProblemError(
                f"got {len(coordinates)} coordinates, expected one for each of {names}"
            )
        try:
            given = [np.asarray(coordinate, dtype=float) for coordinate in coordinates]
        except (TypeError, ValueError) as error:
            raise ProblemError(f"coordinates: expected numbers for {names}; {error}") from None
        arrays = np.broadcast_arrays(*given)
        points = np.stack([a.ravel() for a in arrays], axis=-1)
        inside = self.problem.domain.holds(points, rounding)
        if not np.all(inside):
            self._refuse_outside(points[~inside][0])
        return points, arrays[0].shape

    def _refuse_outside(self, point: Array) -> None:
        ended = self.report.stopped is not None
        why = self.report.ending if ended else "a solution is not extrapolated"
        beyond = [
            max(low - value, value - high) / (high - low)
            for value, (_, low, high) in zip(point, self.problem.domain, strict=True)
        ]
        axis = int(np.argmax(beyond))
        variable, low, high = list(self.problem.domain)[axis]
        if beyond[axis] <= 0.0:
            place = ", ".join(f"{value:g}" for value in point)
            raise ProblemError(f"the point ({place}) lies outside the domain; {why}")
        raise ProblemError(
            f"{variable} = {point[axis]:g} lies outside the domain, {low:g} to {high:g}; {why}"
        )


def _rebuilding(head: Mapping[str, Any], problem: Problem) -> Callable[..., Any]:
    """What rebuilds a field by the name of its kind, with the functions that users added."""
    texts = head.get("enrich", [])
    formulas = FormulaFunctions(from_texts(texts, problem.variables), problem.variables)

    def rebuilt(kind: str, arrays: Mapping[str, Any], dimension: int, unknowns: int) -> Any:
        further = (formulas,) if texts and kind == BlockField.__name__ else ()
        return _FIELDS[kind].from_arrays(arrays, dimension, unknowns, *further)

    return rebuilt


def load_solution(path: str | os.PathLike[str]) -> Solution:
    """Read a solution that `Solution.save` wrote.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Solution
        Its values are those of the solution saved, bit for bit.

    Raises
    ------
    FileError
        If the file is missing, damaged or no solution.
    """
    try:
        contents = read_arrays(path)
        stated = contents.pop(_DIGEST, None)
        known = digest(contents)
        head = json.loads(str(contents.pop("head")))
        if head["format"] != _FORMAT:
            raise ValueError(f"got format {head['format']!r}, expected {_FORMAT!r}")
        problem = from_text(str(head["problem"]), os.fspath(path), KEPT)
        parts: tuple[dict[str, Any], ...] = ({}, {})
        for name, array in contents.items():
            parts[name.startswith(_CHECK)][name.removeprefix(_CHECK)] = array
        shape = len(problem.variables), len(problem.unknowns)
        rebuilt = _rebuilding(head, problem)
        field = rebuilt(head["field"], parts[0], *shape)
        kind = head["check"]
        if kind is None and parts[1]:
            raise ValueError("check: arrays of a field that the head does not name")
        check = None if kind is None else rebuilt(kind, parts[1], *shape)
        if isinstance(field, BlockField):
            field = field.on(problem.domain.region, problem.parts)
        if isinstance(check, BlockField):
            check = check.on(problem.domain.region, problem.parts)
        ends = np.array(problem.domain.lower), np.array(problem.domain.upper)
        whole = not isinstance(problem.domain, Shaped) and not problem.parts
        for each in filter(None, (field, check)):
            if isinstance(each, BlockField | EvolvingField | PolynomialField):
                check_cover(each.boxes, ends, whole=whole)
        report = Report.from_dict(head["report"])
        estimate, converged = float(head["error_estimate"]), head["converged"]
        if not isinstance(converged, bool):
            raise ValueError(f"converged: got {converged!r}, expected true or false")
        if not estimate >= 0.0:
            raise ValueError(f"error_estimate: got {estimate!r}, expected a number of at least 0")
        if str(stated) != known:
            raise ValueError("altered since it was saved: its contents are not those of its digest")
    except FileError:
        raise
    # Damaged bytes make zipfile, zlib, struct, NumPy and json fail in ways that none of them
    # lists; whatever it is, the file is at fault.
    except Exception as e:
        raise FileError(f"{path}: damaged, or no solution saved by sigmajet ({e})") from e
    return Solution(problem, field, estimate, converged, report, check)
