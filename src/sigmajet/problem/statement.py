"""The statement of a problem: equations, unknowns, where, and what holds at which place."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from .._types import Array
from ..errors import ProblemError, SigmajetError
from ..geometry.partition import Filled
from ..geometry.place import Place
from .boundary.conditions import OnBoundary
from .checks import wellposed
from .checks.ambiguous import refuse_ambiguous
from .checks.axes import on_axes
from .checks.lumped import spread, with_rates
from .checks.trial import check_coefficients
from .halves.pairs import Pairs
from .interface import Interface, InterfaceReader
from .jumps.inside import Indicator, Inside
from .jumps.places import Known
from .surfaces import Surfaces
from .terms.assumptions import refuse_broken_assumptions
from .terms.coefficient import read_functions
from .terms.constant import expression, number, real
from .terms.domain import Box, Domain, Region, RegionInTime, Shaped
from .terms.effort import BUDGET
from .terms.relation import Relation, RelationReader, sides
from .terms.trace import of_time_alone
from .text import toml

__all__ = ["Problem"]


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Problem:
    """A differential problem, read from SymPy and checked once.

    Parameters
    ----------
    equations : Eq, expression or sequence of them
        What holds on the domain; an expression means "= 0".
    unknowns : applied function or sequence of them
        As `u(x, t)`, each of all variables of the domain; on a box with a time some may be of time
        alone, `T(t)`, beside those.
    domain : dict, Box or Region
        The interval of each variable, `{x: (-1, 1), t: (0, 1)}`, or a region of another shape,
        `Disk((x, y), (0, 0), 1)`, over time `Disk((x, y), (0, 0), 1) * {t: (0, 1)}`.
    conditions : sequence of Eq, or dict
        What holds at places, all by substitution: `Eq(u(0, t), 0)`,
        `Eq(u(x, t).diff(x).subs(x, 1), 0)`, `Eq(Integral(u(x), (x, 0, 1)), 1)`, or a dictionary as
        SymPy's `dsolve(ics=...)` takes. `Eq(u(0, t), u(1, t))` between both ends, with no other
        condition on u there, declares u periodic: derivatives match up to the order needed.
    time : Symbol, optional
        The variable that is time, which makes this an evolution problem. A region over
        time says so by itself.
    parameters : dict of Symbol to number, optional
        Values of the other symbols. They stay symbols in the residuals.
    data : sequence
        Reserved for observations, which no strategy takes yet: refused unless it is empty.
    functions : dict of function to callable, optional
        Coefficients that are not formulas: `{k: callable}` for `k(x)` in the equations. A
        callable takes arrays, one for each argument, and returns an array. An interpolant of
        `scipy.interpolate` and a table, `{k: (nodes, values)}` or `{k: ((x_nodes, y_nodes),
        values)}`, through which cubic splines are laid, may be differentiated in the statement.

    Attributes
    ----------
    variables : tuple of Symbol
        Of the domain, in order, time included.
    orders : tuple of tuple of int
        `orders[i][j]`: the highest derivative of unknown i in variable j in the equations.
    equations, conditions : tuple of Relation
    lumped : tuple of int
        Which unknowns are of time alone. For each the `equations` end with those that say so, such
        as `diff(T, x) = 0`; the equations that tell them are among the conditions.
    interfaces : tuple of Interface
        Where coefficients that are differentiated jump, or conditions say that something does.
    parts : tuple
        What curves and surfaces at which something jumps cut the region into; none without them.
    linear : bool
        Whether all relations are.
    pairs : Pairs or None
        Of a complex statement, which unknowns are the parts of which. Then `unknowns`, equations
        and conditions are those of the real and the imaginary parts, `re(u)` and `im(u)`.
    axes : tuple of Relation
        Those of the conditions that regularity on singular axes adds to what is stated, as
        `diff(u, r)(0) = 0` for `u_rr + u_r/r`.

    Raises
    ------
    ProblemError
        If the statement cannot be meant; the message names the culprit.

    Examples
    --------
    >>> from sympy import Eq, Function, pi, sin, symbols
    >>> x, u = symbols("x"), Function("u")
    >>> problem = Problem(
    ...     Eq(u(x).diff(x, 2), -sin(x)), u(x), {x: (0, pi)}, [Eq(u(0), 0), Eq(u(pi), 0)]
    ... )
    >>> problem.linear
    True
    >>> print(problem)
    Problem for u(x) on 0 <= x <= pi
      equation
        diff(u, x, 2) = -sin(x)
      conditions
        u(0) = 0
        u(pi) = 0
    """

    variables: tuple[sympy.Symbol, ...]
    unknowns: tuple[AppliedUndef, ...]
    domain: Domain
    time: sympy.Symbol | None
    equations: tuple[Relation, ...]
    conditions: tuple[Relation, ...]
    lumped: tuple[int, ...]
    interfaces: tuple[Interface, ...]
    parts: tuple[Filled, ...]
    orders: tuple[tuple[int, ...], ...]
    linear: bool
    pairs: Pairs | None
    axes: tuple[Relation, ...]
    _parameters: dict[sympy.Symbol, float]
    _functions: dict[Any, Callable[..., Any]]
    _stated: int  # how many conditions the user wrote; the others complete periodicity
    _at_interfaces: tuple[Relation, ...]  # the conditions there that the user wrote
    _given: dict[str, Any]  # the arguments, as they came
    _solve_options: dict[str, Any]

    def __init__(
        self,
        equations: Any,
        unknowns: Any,
        domain: Any,
        conditions: Any,
        time: sympy.Symbol | None = None,
        parameters: Mapping[sympy.Symbol, Any] | None = None,
        data: Any = (),
        functions: Mapping[Any, Callable[..., Any]] | None = None,
    ) -> None:
        if data is not None and len(data):
            raise ProblemError(
                f"data: got {data!r:.60}, but observations are not supported; leave it empty, and "
                "state what is known exactly as conditions"
            )
        values = _read_parameters(parameters)
        box = domain if isinstance(domain, Domain) else _read_domain(domain, values)
        for parameter in values:
            if parameter.name in {v.name for v in box.variables}:
                raise ProblemError(f"parameters: {parameter} is a variable of the domain")
        listed, at_places = _listed(equations, "equations"), _listed(conditions, "conditions")
        if isinstance(box, Box) and any(isinstance(e, OnBoundary) for e in at_places):
            box = _with_walls(box, at_places, time)
        applied = _read_unknowns(unknowns, box, _read_time(time, box))
        callables = read_functions(functions, applied)
        formulas = [e for e in (*listed, *at_places) if isinstance(e, sympy.Basic)]
        formulas += [e.statement for e in at_places if isinstance(e, OnBoundary)]
        regions = (n for e in formulas if isinstance(e, sympy.Basic) for n in e.atoms(Inside))
        callables |= {f.func: Indicator(f.region) for f in regions}
        surfaces = Surfaces.read(listed, at_places, box, values, _read_time(time, box))
        whole = RelationReader(applied, box, values, callables)
        pairs = Pairs.of(applied, (*listed, *at_places))
        reader = whole
        if pairs is not None:
            applied = pairs.real
            reader = RelationReader(applied, box, values, callables)
        read, telling = [], []
        for i, statement in enumerate(listed, 1):
            for half, relation in _read(statement, f"equation {i}", reader.holding, pairs, whole):
                if relation.place.everywhere:
                    read.append((half, relation))
                else:
                    telling.append(relation)
        listed, holds = [half for half, _ in read], tuple(relation for _, relation in read)
        known = Known({v: (a, b) for v, a, b in box}, values, callables)
        meeting = InterfaceReader(reader, known, applied, surfaces, box)

        def condition(statement: Any, what: str) -> Relation:
            given = isinstance(statement, sympy.Basic)
            found = meeting.at_surface(statement, what) if given else None
            return found or reader.condition(statement, what)

        stated = tuple(
            relation
            for i, statement in enumerate(at_places, 1)
            for _, relation in _read(statement, f"condition {i}", condition, pairs, whole)
        )
        stated = (*telling, *stated)
        told = ((r.residual, r.wording) for r in holds + stated)
        check_coefficients(told, callables, box, values)
        lumped = of_time_alone(applied)
        holds += spread(lumped, applied, box)
        highest = wellposed.orders(holds, len(applied), len(box.variables))
        highest = with_rates(highest, lumped, stated)
        at_interfaces = tuple(c for c in stated if c.across is not None)
        stated = tuple(c for c in stated if c.across is None)
        given = [left - right for left, right in (sides(e, "equation") for e in listed)]
        across = meeting.interfaces(given, at_interfaces, highest)
        completed = stated + wellposed.periodic_completion(
            stated, highest, applied, box, partial(meeting.seam, given)
        )
        axes: list[Relation] = []
        if isinstance(box, Box):
            needed = (holds, completed, highest, applied, box, values)
            axes = on_axes(*needed, time=_read_time(time, box), read=reader.condition)
            completed += tuple(axes)
        fields = {
            "variables": box.variables,
            "unknowns": applied,
            "domain": box,
            "time": _read_time(time, box),
            "equations": holds,
            "conditions": completed,
            "lumped": lumped,
            "interfaces": across,
            "parts": surfaces.parts,
            "orders": highest,
            "pairs": pairs,
            "axes": tuple(axes),
            "linear": all(
                relation.linear
                for relation in (*holds, *completed, *(r for i in across for r in i.relations))
            ),
            "_parameters": values,
            "_functions": callables,
            "_stated": len(stated),
            "_at_interfaces": at_interfaces,
            "_given": {
                "equations": equations,
                "unknowns": unknowns,
                "domain": domain,
                "conditions": conditions,
                "time": time,
                "parameters": parameters,
                "functions": functions,
            },
            "_solve_options": {},
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        wellposed.check(self)
        refuse_ambiguous(self, at_interfaces, meeting.jumps)

    @property
    def parameters(self) -> Mapping[sympy.Symbol, float]:
        """The values of the parameters."""
        return types.MappingProxyType(self._parameters)

    @property
    def functions(self) -> Mapping[Any, Callable[..., Any]]:
        """The callables that stand for functions in the statement, and derivatives of tables."""
        return types.MappingProxyType(self._functions)

    @property
    def solve_options(self) -> Mapping[str, Any]:
        """The arguments that `solve` takes where it is given no others, as a file states them."""
        return types.MappingProxyType(self._solve_options)

    def with_solve_options(self, **options: Any) -> Problem:
        """The same statement with other arguments for `solve` where it is given none.

        Parameters
        ----------
        **options
            Arguments of `solve`, in place of all there were before.

        Examples
        --------
        >>> from sympy import Eq, Function, symbols
        >>> x, u = symbols("x"), Function("u")
        >>> growth = Problem(Eq(u(x).diff(x), u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)])
        >>> dict(growth.with_solve_options(tol=1e-4).solve_options)
        {'tol': 0.0001}
        """
        held = copy.copy(self)
        object.__setattr__(held, "_solve_options", options)
        return held

    def ending_at(self, place: float) -> Problem:
        """The problem up to a place on its line, or up to a moment of its time.

        The end where the conditions are posed that start it stays.
        """
        axis = 0 if len(self.variables) == 1 else self.variables.index(self.time)
        lower, upper = self.domain.lower[axis], self.domain.upper[axis]
        places = {t.place[axis] for c in self.conditions for t in c.traces}
        if place < min((p for p in places if isinstance(p, float)), default=place):
            lower = place
        else:
            upper = place
        part = copy.copy(self)
        object.__setattr__(part, "domain", self.domain.during(axis, lower, upper))
        return part

    def in_time(self, variable: sympy.Symbol) -> Problem:
        """The same statement with a variable as its time.

        Parameters
        ----------
        variable : Symbol

        Raises
        ------
        ProblemError
            If it is no variable of the domain, or no time of the statement.

        Examples
        --------
        >>> from sympy import Eq, Function, symbols
        >>> (x, t), u = symbols("x t"), Function("u")
        >>> wind = Eq(u(x, t).diff(t), -u(x, t).diff(x))
        >>> known = [Eq(u(x, 0), x), Eq(u(0, t), -t)]
        >>> Problem(wind, u(x, t), {x: (0, 1), t: (0, 1)}, known).in_time(t).time
        t
        """
        return Problem(**{**self._given, "time": variable})

    @property
    def stated_unknowns(self) -> tuple[AppliedUndef, ...]:
        """The unknowns as stated, complex ones too."""
        return self.unknowns if self.pairs is None else self.pairs.stated

    def halves(self, place: float) -> tuple[Problem, Problem]:
        """The parts of a problem on a line on both sides of a place where no interface is.

        The conditions are those of the whole: meant for problems with all of them at that place.
        """
        (lower,), (upper,) = self.domain.lower, self.domain.upper
        parts = []
        for low, high in ((lower, place), (place, upper)):
            part = copy.copy(self)
            object.__setattr__(part, "domain", Box(self.variables, (low,), (high,)))
            across = tuple(i for i in self.interfaces if low < i.place < high)
            object.__setattr__(part, "interfaces", across)
            parts.append(part)
        return parts[0], parts[1]

    def with_parameters(self, values: Mapping[Any, Any] | None = None, **named: Any) -> Problem:
        """The same statement with other values of some parameters.

        Parameters
        ----------
        values : dict of Symbol or str to number, optional
        **named : number
            By name, `problem.with_parameters(nu=0.2)`.

        Raises
        ------
        ProblemError
            If the statement has no such parameter.

        Examples
        --------
        >>> from sympy import Eq, Function, symbols
        >>> x, k, u = symbols("x"), symbols("k"), Function("u")
        >>> decay = Problem(
        ...     Eq(u(x).diff(x), -k * u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)], parameters={k: 1}
        ... )
        >>> dict(decay.with_parameters(k=2).parameters)
        {k: 2.0}
        """
        by_name = {parameter.name: parameter for parameter in self._parameters}
        changed: dict[sympy.Symbol, Any] = dict(self._parameters)
        for key, value in {**(values or {}), **named}.items():
            if str(key) not in by_name:
                known = ", ".join(by_name) or "none"
                raise ProblemError(
                    f"with_parameters: got {key}, expected one of the problem's parameters: {known}"
                )
            changed[by_name[str(key)]] = value
        problem = Problem(**{**self._given, "parameters": changed})
        return problem.with_solve_options(**self._solve_options)

    def plot(self) -> Any:
        """Draw the domain, the parts of its boundary, and what holds there.

        Returns
        -------
        matplotlib.figure.Figure
            Shown by itself in a notebook; `figure.savefig("problem.png")` keeps it.

        Raises
        ------
        ProblemError
            If the domain has more than three variables, time excepted.

        Examples
        --------
        >>> from sympy import Eq, Function, symbols
        >>> import sigmajet as sj
        >>> x, y, u = *symbols("x y"), Function("u")
        >>> disk = sj.Disk((x, y), (0, 0), 1)
        >>> laplace = u(x, y).diff(x, 2) + u(x, y).diff(y, 2)
        >>> problem = Problem(laplace, u(x, y), disk, [sj.on_boundary(Eq(u(x, y), x))])
        >>> problem.plot().axes[0].get_title()
        'Disk((0, 0), 1)'
        """
        from .drawing import Layer, curves_of, draw, draw_line

        space = self.domain.space
        names = [str(v) for v in space.variables]
        if len(names) > 3:
            raise ProblemError(
                f"plot: draws domains of up to three variables, got {len(names)}: "
                f"{', '.join(names)}"
            )
        pieces_of = curves_of
        if len(names) == 3:
            from .drawing_in_space import draw_solid, surface_of

            pieces_of, draw = surface_of, draw_solid
        layers = []
        for condition in self.conditions:
            if condition.part is not None:
                curves = pieces_of(condition.part.space)
            elif space is not self.domain and condition.place[-1] is not None:
                continue  # at a time, not at a place
            else:
                curves = [_drawn(place, self.domain) for place in _places(condition)]
            layers.append(Layer(condition.source, curves))
        for interface in self.interfaces:
            if interface.axis is None:
                curves = [c for _, p in interface.place.surface.sides for c in pieces_of(p.space)]
                layers.append(Layer(f"interface, {interface.place}", curves))
        if len(names) == 1:
            for _, place in self.planes:
                layers.append(Layer(f"interface, {names[0]} = {place:g}", [np.array([[place]])]))
            ends = float(space.lower[0]), float(space.upper[0])
            return draw_line(names[0], ends, layers, str(self.domain))
        return draw(space.as_region().shape, names, layers, str(self.domain))

    def to_latex(self) -> str:
        """The equations and conditions as LaTeX, an `aligned` block."""
        rows = _listed(self._given["equations"], "equations")
        rows += _listed(self._given["conditions"], "conditions")
        lines = [_in_latex(row) for row in rows]
        intervals = list(self.domain)
        domain = []
        if isinstance(self.domain, Shaped):
            space = self.domain.space
            names = ", ".join(map(sympy.latex, space.variables))
            domain = [rf"\left({names}\right) \in \text{{{_of_latex(str(space))}}}"]
            intervals = intervals[len(space.variables) :]
        domain += [
            rf"{sympy.latex(v)} \in \left[{number(a)}, {number(b)}\right]" for v, a, b in intervals
        ]
        lines.append("& " + r",\quad ".join(domain))
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.to_latex()}\n$$"

    def to_text(self, budget: int = BUDGET) -> str:
        """Write the problem as TOML, the text that `load_problem` reads.

        Assumptions on symbols (such as real=True) are not kept.

        Parameters
        ----------
        budget : int, optional
            How many operations the text may take to read; `load_problem` reads no more than the
            default, `load_solution` four times as many.

        Raises
        ------
        ProblemError
            If it holds what that text cannot: callables, or functions and names outside its words.
        """
        text = toml.write(self)
        try:
            Problem(**toml.read(text, "text", budget=budget).statement)
        except SigmajetError as error:
            raise ProblemError(f"the problem cannot be written as text: {error}") from None
        return text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return self._canonical() == other._canonical()

    def _canonical(self) -> tuple[Any, ...]:
        relations = self.equations + self.conditions
        fixed = (self.domain, self.unknowns, self.time, self._parameters, self._functions)
        across = [
            (i.axis, str(i.place), [r.canonical for r in i.relations]) for i in self.interfaces
        ]
        return (*fixed, len(self.equations), [r.canonical for r in relations], across)

    @property
    def planes(self) -> tuple[tuple[int, float], ...]:
        """The axis and the place of each interface."""
        return tuple((i.axis, i.place) for i in self.interfaces if i.axis is not None)

    @property
    def stated_equations(self) -> tuple[Relation, ...]:
        """The equations that hold on the domain as stated."""
        return self.equations[: len(self.equations) - _spread(self)]

    @property
    def stated_conditions(self) -> tuple[Relation, ...]:
        """The conditions as stated, without those that complete periodicity."""
        return self.conditions[: self._stated] + self._at_interfaces

    def __str__(self) -> str:
        heading = f"Problem for {', '.join(map(str, self.stated_unknowns))} on {self.domain}"
        if self.time is not None:
            heading += f", time {self.time}"
        lines = [heading]
        if self._parameters:
            values = (f"{p} = {number(v)}" for p, v in self._parameters.items())
            lines.append(f"  with {', '.join(values)}")
        for title, relations in (
            ("equation", self.stated_equations),
            ("condition", self.conditions),
        ):
            if relations:
                lines.append(f"  {title}{'s' if len(relations) > 1 else ''}")
                texts = (f"    {relation.source}{_on(relation)}" for relation in relations)
                lines.extend(dict.fromkeys(texts))  # of a complex statement both halves have one
        for interface in self.interfaces:
            lines.append(f"  interface {self._interface(interface)}")
            lines.extend(f"    {relation.source}" for relation in interface.relations)
        return "\n".join(lines)

    __repr__ = __str__

    def _interface(self, interface: Interface) -> str:
        if interface.axis is None:
            return str(interface.place)
        return f"{self.variables[interface.axis]} = {number(interface.place)}"


def _spread(problem: Problem) -> int:
    """How many equations say that unknowns are of time alone."""
    return len(problem.lumped) * (len(problem.variables) - 1)


def _in_latex(row: Any) -> str:
    """An equation or a condition, with the part of the boundary where it holds."""
    if isinstance(row, OnBoundary):
        where = row.where
        formula = isinstance(where, sympy.Basic)
        at = sympy.latex(where) if formula else rf"\text{{{_of_latex(str(where or 'boundary'))}}}"
        return rf"{_in_latex(row.statement)} && \text{{on }} {at}"
    if isinstance(row, sympy.Eq):
        return f"{sympy.latex(row.lhs)} &= {sympy.latex(row.rhs)}"
    return f"{sympy.latex(row)} &= 0"


def _of_latex(text: str) -> str:
    """Plain text, with what LaTeX would read as its own escaped."""
    return "".join(rf"\{c}" if c in "{}_&%$#" else c for c in text)


def _places(relation: Relation) -> list[Place]:
    """The places where a relation takes its unknowns, each once."""
    return list(dict.fromkeys(trace.place for trace in relation.traces))


def _drawn(place: Place, domain: Domain) -> Array:
    """A wall, an edge or a point of a box, as points (m, d); a wall of space as one polygon."""
    if place.dimension == 2:
        free = [axis for axis, each in enumerate(place) if not isinstance(each, float)]
        corners = np.array([[0.0 if each is None else each for each in place]] * 4)
        for axis, around in zip(free, ([0, 1, 1, 0], [0, 0, 1, 1]), strict=True):
            corners[:, axis] = np.array([domain.lower[axis], domain.upper[axis]])[around]
        return corners[None]
    ends = []
    for end in (domain.lower, domain.upper):
        at = zip(place, end, strict=True)
        ends.append([each if isinstance(each, float) else e for each, e in at])
    whole = len(ends[0]) == 1 and not isinstance(place[0], float)  # an integral over a line
    return np.array(ends if place.dimension or whole else ends[:1])


def _on(relation: Relation) -> str:
    """Where on the boundary a relation holds, in words."""
    if relation.part is None:
        return ""
    return f", on {relation.where}" if relation.where else ", on the boundary"


def _read_parameters(parameters: Any) -> dict[sympy.Symbol, float]:
    if parameters is None:
        return {}
    if not isinstance(parameters, Mapping):
        raise ProblemError(f"parameters: got {parameters!r}, expected a dictionary {{nu: 0.01}}")
    for name in parameters:
        if not isinstance(name, sympy.Symbol):
            raise ProblemError(
                f"parameters: got {name!r} as a name, expected a SymPy symbol, as in {{nu: 0.01}}"
            )
    values = {name: real(value, f"parameter {name}") for name, value in parameters.items()}
    for name, value in values.items():
        refuse_broken_assumptions(name, value, value, "parameters")
    return values


def _read_domain(domain: Any, parameters: Mapping[sympy.Symbol, float]) -> Box:
    if not isinstance(domain, Mapping | sympy.Dict):
        raise ProblemError(f"domain: got {domain!r}, expected {{x: (0, 1)}}, a Box or a Region")
    return Box.from_intervals(domain, parameters)


def _with_walls(box: Box, conditions: Iterable[Any], time: sympy.Symbol | None) -> Domain:
    """A box whose boundary conditions name as a whole, as the region that it is.

    Of three variables the last one is time if a condition takes an unknown at a value of it.
    """
    if len(box.variables) not in (2, 3):
        return box
    *space, last = box.variables
    started = time is not None or any(
        e.has(sympy.Subs) or any(last not in f.args for f in e.atoms(AppliedUndef))
        for e in conditions
        if isinstance(e, sympy.Basic)
    )
    if len(space) == 1 or not started:
        return box.as_region()
    plane = Box(space, box.lower[:-1], box.upper[:-1]).as_region()
    return RegionInTime(plane, {last: (box.lower[-1], box.upper[-1])})


def _read_time(time: Any, domain: Domain) -> sympy.Symbol | None:
    if isinstance(domain, RegionInTime):
        if time is not None and not (isinstance(time, sympy.Symbol) and time == domain.time):
            raise ProblemError(
                f"time: got {time!r}, but the domain {domain} has the time {domain.time}; leave "
                "time out"
            )
        return domain.time
    if time is not None and isinstance(domain, Region):
        raise ProblemError(
            f"time: got {time!r}, but {domain} is a region of space; with time it is "
            "region * {t: (0, 1)}"
        )
    if time is None or (isinstance(time, sympy.Symbol) and time in domain.variables):
        return time
    names = ", ".join(map(str, domain.variables))
    raise ProblemError(
        f"time: got {time!r}, expected one of the domain's variables {names}"
        + (", with the same assumptions" if str(time) in map(str, domain.variables) else "")
    )


def _read(
    statement: Any,
    what: str,
    read: Callable[[Any, str], Relation],
    pairs: Pairs | None,
    whole: RelationReader,
) -> list[tuple[Any, Relation]]:
    """A statement with its relation; of a complex one its halves, in the words of the whole."""
    if pairs is None:
        return [(statement, read(statement, what))]
    wording = whole.wording(statement, what)
    halves = pairs.statements(statement, what)
    return [(half, replace(read(half, what), wording=wording)) for half in halves]


def _listed(statements: Any, what: str) -> list[Any]:
    """One statement, a sequence of them, or `ics` dictionaries among them, as a list."""
    if isinstance(statements, Mapping):
        # Eq itself would execute texts.
        return [
            sympy.Eq(*(expression(side, what) for side in both), evaluate=False)
            for both in statements.items()
        ]
    if isinstance(statements, sympy.MatrixBase):
        raise ProblemError(f"{what}: got a matrix, expected a list of its entries, list(matrix)")
    if isinstance(statements, bool | str | sympy.Expr | Boolean | OnBoundary):
        return [statements]
    if not isinstance(statements, Iterable) or isinstance(statements, Set | sympy.Set):
        raise ProblemError(f"{what}: got {statements!r}, expected a list of SymPy statements")
    listed: list[Any] = []
    for statement in statements:
        listed.extend(_listed(statement, what) if isinstance(statement, Mapping) else [statement])
    return listed


def _read_unknowns(
    unknowns: Any, domain: Domain, time: sympy.Symbol | None
) -> tuple[AppliedUndef, ...]:
    several = unknowns if isinstance(unknowns, list | tuple | sympy.Tuple) else (unknowns,)
    arguments = ", ".join(map(str, domain.variables))
    if not several:
        raise ProblemError(f"unknowns: got none, expected for instance u({arguments})")
    for unknown in several:
        if not isinstance(unknown, AppliedUndef):
            raise ProblemError(
                f"unknowns: got {unknown!r}, expected a function of the domain's variables, "
                f"Function('u')({arguments})"
            )
        if unknown.args == (time,) and len(several) > 1 and isinstance(domain, Box):
            continue
        if sorted(map(str, unknown.args)) != sorted(map(str, domain.variables)):
            raise ProblemError(
                f"unknowns: got {unknown}, expected every variable of the domain once as its "
                f"arguments, {unknown.func.__name__}({arguments})"
                + (
                    f"; unknowns of {time} alone stand beside others, on boxes"
                    if unknown.args == (time,)
                    else ""
                )
            )
        if set(unknown.args) != set(domain.variables):
            raise ProblemError(
                f"unknowns: {unknown} and the domain use symbols of the same name with different "
                "assumptions (such as real=True); use one symbol throughout"
            )
    if all(unknown.args == (time,) for unknown in several) and len(domain.variables) > 1:
        raise ProblemError(
            f"unknowns: all are of {time} alone, and the domain has {arguments}; leave the rest out"
        )
    names = [unknown.func.__name__ for unknown in several]
    for name in names:
        if names.count(name) > 1:
            raise ProblemError(f"unknowns: {name} is given twice")
    return tuple(several)
