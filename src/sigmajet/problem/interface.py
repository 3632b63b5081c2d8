"""The interfaces of a problem: where its equations or conditions have one, and what holds there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..errors import ProblemError
from ..geometry.region import Beside
from .boundary.conditions import normal, normal_derivative
from .jumps.fluxes import continuous
from .jumps.jump import avg, jump, placed_on
from .jumps.places import IN_ITS_INTEGRAL, Known, Places, beside
from .jumps.switch import between_jumps, holds_switch, in_steps
from .jumps.transmission import transmission
from .surfaces import Cut, Surfaces
from .terms.constant import number
from .terms.domain import Domain, Shaped
from .terms.relation import Relation, RelationReader
from .terms.trace import Trace

__all__ = ["Interface", "InterfaceReader"]


@dataclass(frozen=True, slots=True)
class Interface:
    """A plane or a surface inside the domain across which solutions need not be smooth.

    Attributes
    ----------
    axis : int or None
        Which variable is fixed; None on a surface.
    place : float or Cut
    relations : tuple of Relation
        Between both sides, at a plane as many as the orders of the equations by that variable.
    """

    axis: int | None
    place: Any
    relations: tuple[Relation, ...]


class InterfaceReader:
    """Finds the interfaces of equations, and reads what holds there.

    Parameters
    ----------
    reader : RelationReader
    known : Known
    unknowns : sequence of AppliedUndef
    surfaces : Surfaces
    domain : Domain
    """

    def __init__(
        self,
        reader: RelationReader,
        known: Known,
        unknowns: Sequence[AppliedUndef],
        surfaces: Surfaces,
        domain: Domain,
    ) -> None:
        self._reader = reader
        self._known = known
        self._unknowns = unknowns
        self._surfaces = surfaces
        self._space = domain.space.variables
        self._shaped = isinstance(domain, Shaped)
        self._found: dict[tuple[sympy.Expr, sympy.Symbol], Places] = {}

    def interfaces(
        self,
        equations: Sequence[sympy.Expr],
        stated: Sequence[Relation],
        orders: Sequence[Sequence[int]],
    ) -> tuple[Interface, ...]:
        """All interfaces, with the relations that the conditions state and those that are meant.

        Parameters
        ----------
        equations : sequence of Expr
            Each is zero.
        stated : sequence of Relation
            Those of the conditions that hold at interfaces.
        orders : sequence of sequence of int
            The highest derivative of each unknown by each variable.

        Raises
        ------
        ProblemError
            If an equation has no meaning at one, or one lies where none is supported.
        """
        loaded = [e.replace(sympy.SingularityFunction, _in_steps) for e in equations]
        found = []
        for axis, variable in enumerate(self._known.domain):
            given = [r for r in stated if r.across is not None and r.across.axis == axis]
            own = [p for e in loaded for p in self._places(e, variable)]
            chosen: list[Any] = [r.across.place for r in given if r.across is not None]
            for place in self._distinct(variable, [*chosen, *own]):
                here = [r for r in given if r.across is not None and r.across.place == place]
                needed = sum(order[axis] for order in orders)
                meant = self._meant(loaded, variable, place)
                relations = _combined(here, meant, axis)
                if len(relations) != needed:
                    raise self._miscounted(variable, place, relations, needed)
                found.append(Interface(axis, place, relations))
        for cut in self._surfaces.every:
            here = [r for r in stated if r.across is not None and r.across.place == cut.surface]
            meant = self._meant_at(loaded, cut)
            found.append(Interface(None, cut, _combined(here, meant, None)))
        return tuple(found)

    def at_surface(self, statement: sympy.Basic, what: str) -> Relation | None:
        """A condition on a surface that it names; None where it names none."""
        levels = placed_on(statement)
        if not levels or not (
            self._shaped or any(len(n.args) < 3 for n in statement.atoms(jump, avg))
        ):
            return None
        if len(levels) > 1:
            raise ProblemError(f"{what} holds at several interfaces; write one relation for each")
        return self._relation(statement, what, self._surfaces.at(levels[0], what), levels[0])

    def _relation(self, statement: sympy.Basic, what: str, cut: Cut, level: sympy.Expr) -> Relation:
        turned = self._surfaces.turned(level, cut)

        def sided(expression: sympy.Expr, above: float) -> tuple[sympy.Expr, Beside]:
            above *= turned
            return self._surfaces.sided(expression, cut, above), cut.beside(above)

        outwards = turned * cut.rising
        if outwards < 0.0:  # normals are those that leave what lies below
            statement = statement.replace(normal, lambda v: -normal(v)).replace(
                normal_derivative, lambda *a: -normal_derivative(*a)
            )
        return self._reader.at_surface(statement, what, cut.surface, sided)

    def _meant_at(self, equations: Sequence[sympy.Expr], cut: Cut) -> list[Relation]:
        """The relations that equations mean at a surface."""

        def jumps(expression: sympy.Expr) -> bool:
            return self._surfaces.jumps(self._stateless(between_jumps(expression)), cut)

        meant = continuous(equations, self._unknowns, self._space, jumps)
        quantities = [
            *(_along_normal(u, k, self._space) for u, n in meant.unknowns for k in range(n)),
            *(
                sympy.Add(*(normal(v) * (-f if negative else f) for v, f in flux.items()))
                for flux in meant.fluxes
                for negative in [_is_negative(sympy.Add(*flux.values()))]
            ),
        ]
        what = f"the equation at {cut}"
        return [
            self._relation(sympy.Eq(jump(e, cut.level), 0, evaluate=False), what, cut, cut.level)
            for e in quantities
        ]

    def seam(
        self, equations: Sequence[sympy.Expr], axis: int, unknown: int
    ) -> list[Relation] | None:
        """What goes on across both ends of a variable in which an unknown is periodic.

        Beside its values. None where no derivative by that variable is kept as it is written: then
        derivatives go on. Where what is differentiated differs at both ends, fluxes do.
        """
        variable = tuple(self._known.domain)[axis]
        kept = any(
            isinstance(node, sympy.Derivative)
            and variable in node.variables
            and holds_switch(node.expr)
            for equation in equations
            for node in sympy.preorder_traversal(equation)
        )
        if not kept:
            return None
        ends = self._known.domain[variable]

        def jumps(expression: sympy.Expr) -> bool:
            plain = self._stateless(between_jumps(expression))
            return self._known.differs(plain, variable, ends)

        continuous, fluxes = self._continuous(equations, variable, jumps)
        lower, upper = map(sympy.Float, ends)
        what = f"the equation, periodic in {variable}"
        return [
            self._reader.condition(
                sympy.Eq(
                    sympy.Subs(each, variable, lower),
                    sympy.Subs(each, variable, upper),
                    evaluate=False,
                ),
                what,
            )
            for each in (*continuous, *fluxes)
            if each != self._unknowns[unknown] and self._foremost(each) == unknown
        ]

    def _foremost(self, expression: sympy.Expr) -> int:
        """The unknown of which an expression holds the highest derivative."""
        orders = dict.fromkeys(range(len(self._unknowns)), -1)
        numbers = {u.func: i for i, u in enumerate(self._unknowns)}
        for node in between_jumps(expression).atoms(sympy.Derivative, AppliedUndef):
            function = node.expr if isinstance(node, sympy.Derivative) else node
            if function.func in numbers:
                order = len(node.variables) if isinstance(node, sympy.Derivative) else 0
                number = numbers[function.func]
                orders[number] = max(orders[number], order)
        return max(orders, key=lambda number: orders[number])

    def jumps(self, formula: sympy.Expr, variable: sympy.Symbol) -> Places:
        """Where a formula of variables and of symbols for unknowns jumps along a variable."""
        key = formula, variable
        if key not in self._found:
            found = self._known.places(formula, variable)
            cuts = self._surfaces.every
            levels = [cut.level for cut in cuts if self._surfaces.jumps(formula, cut)]
            others = [s for s in found.surfaces if not any(self._surfaces.same(s, c) for c in cuts)]
            surfaces = (*levels, *others) if formula.has(variable) else found.surfaces
            ends = self._known.domain[variable]
            planes = [
                p for p in found.planes if not self._surfaces.at_plane(variable, *beside(p, *ends))
            ]
            self._found[key] = Places(tuple(planes), tuple(surfaces), found.states)
        return self._found[key]

    def _stateless(self, expression: sympy.Expr) -> sympy.Expr:
        """An expression with symbols in the place of unknowns and their derivatives."""
        functions = {u.func for u in self._unknowns}
        taken = [
            node
            for node in expression.atoms(sympy.Derivative, AppliedUndef)
            if (node.expr if isinstance(node, sympy.Derivative) else node).func in functions
        ]
        by_size = sorted(taken, key=lambda n: -len(n.args))
        return expression.xreplace({n: sympy.Dummy(str(n), real=True) for n in by_size})

    def _places(self, equation: sympy.Expr, variable: sympy.Symbol) -> Iterator[float]:
        """Where what an equation differentiates by a variable jumps, and its point loads."""
        for node in sympy.preorder_traversal(equation):
            if isinstance(node, sympy.DiracDelta) and node.has(variable):
                yield self._load(node, variable)
            if not isinstance(node, sympy.Derivative) or variable not in node.variables:
                continue
            if not holds_switch(node.expr):
                continue
            places = self.jumps(self._stateless(node.expr), variable)
            handled = {cut.level for cut in self._surfaces.every}
            others = [surface for surface in places.surfaces if surface not in handled]
            if others:
                raise ProblemError(
                    f"`{node}` differentiates what jumps where {others[0]} = 0; "
                    f"interfaces are supported at fixed places of one variable, {variable} = c, "
                    "and in regions along closed curves and straight lines: state the domain as "
                    "a region, Box((x, y), ...), or the inner region by inside(region)"
                )
            if places.states:
                raise ProblemError(
                    f"`{node}` differentiates what jumps where the unknown passes the zero of "
                    f"{str(places.states[0]).replace('_', '')}; interfaces are supported at fixed "
                    f"places of one variable; {IN_ITS_INTEGRAL}"
                )
            yield from places.planes

    def _load(self, node: sympy.DiracDelta, variable: sympy.Symbol) -> float:
        argument = node.args[0]
        slope = sympy.diff(argument, variable)
        lower, upper = self._known.domain[variable]
        if argument.has(AppliedUndef):
            raise ProblemError(
                f"{node} depends on an unknown; a point load is at a place that is known, "
                "DiracDelta(x - c)"
            )
        if (argument.free_symbols | slope.free_symbols) - set(self._known.parameters) != {variable}:
            raise ProblemError(
                f"{node} depends on several variables; a point load is that of one variable, "
                "DiracDelta(x - c): choose variables in which it is"
            )
        if slope.has(variable):
            raise ProblemError(
                f"{node}: the argument of a point load is x - c, or a multiple of it; write one "
                "DiracDelta for each zero, over the size of the slope there"
            )
        values = {p: sympy.Float(v) for p, v in self._known.parameters.items()}
        value = float((-argument / slope).subs(variable, 0).xreplace(values))
        if not lower < value < upper:
            raise ProblemError(
                f"{node} is at {variable} = {number(value)}, expected inside the domain, "
                f"{number(lower)} < {variable} < {number(upper)}; at an end it belongs into the "
                "condition there, outside it says nothing"
            )
        return value

    def _distinct(self, variable: sympy.Symbol, places: Sequence[float]) -> list[float]:
        """Places in rising order; of those that rounding sets apart the first named."""
        lower, upper = self._known.domain[variable]
        distinct: list[float] = []
        for place in places:
            low, high = beside(place, lower, upper)
            if not any(low <= other <= high for other in distinct):
                distinct.append(place)
        return sorted(distinct)

    def _meant(
        self, equations: Sequence[sympy.Expr], variable: sympy.Symbol, place: float
    ) -> list[Relation]:
        """The relations that equations mean at a place."""
        lower, upper = self._known.domain[variable]
        low, high = beside(place, lower, upper)

        def jumps(expression: sympy.Expr) -> bool:
            if not holds_switch(expression):
                return False
            planes = self.jumps(self._stateless(between_jumps(expression)), variable).planes
            return any(low <= p <= high for p in planes)

        continuous, fluxes = self._continuous(equations, variable, jumps)
        what = f"the equation at {variable} = {number(place)}"
        return [
            self._reader.condition(sympy.Eq(jump(e, variable, place), 0, evaluate=False), what)
            for e in (*continuous, *fluxes)
        ]

    def _continuous(
        self,
        equations: Sequence[sympy.Expr],
        variable: sympy.Symbol,
        jumps: Callable[[sympy.Expr], bool],
    ) -> tuple[list[sympy.Expr], list[sympy.Expr]]:
        """The derivatives of unknowns and the fluxes that equations mean to be continuous."""
        meant = transmission(equations, self._unknowns, variable, jumps)
        continuous = [
            sympy.Derivative(u, (variable, order)) if order else u
            for u, count in zip(self._unknowns, meant.unknowns, strict=True)
            for order in range(count)
        ]
        functions = {u.func for u in self._unknowns}
        fluxes = [
            f for f in meant.fluxes if any(a.func in functions for a in f.atoms(AppliedUndef))
        ]
        if any(jumps(f) for f in meant.fluxes if f not in fluxes):
            raise ProblemError(
                "a point load or the derivative of a jump stands in an equation without a "
                f"derivative of an unknown by {variable} that could balance it"
            )
        return continuous, [-f if _is_negative(f) else f for f in fluxes]

    def _miscounted(
        self, variable: sympy.Symbol, place: float, relations: Sequence[Relation], needed: int
    ) -> ProblemError:
        listed = "; ".join(f"`{r.source}`" for r in relations)
        return ProblemError(
            f"at {variable} = {number(place)}, where a coefficient jumps, the equations mean "
            f"{len(relations)} relations between both sides, {listed}, but are of order {needed} "
            f"in {variable} and take {needed}; write every derivative of a quantity that jumps as "
            "the divergence of a flux"
        )


def _is_negative(flux: sympy.Expr) -> bool:
    """Whether every term of a flux has a minus sign."""
    return all(term.could_extract_minus_sign() for term in sympy.Add.make_args(flux))


def _along_normal(unknown: AppliedUndef, order: int, space: Sequence[sympy.Symbol]) -> sympy.Expr:
    """A derivative of an unknown along the normal of a surface, which is taken for fixed."""
    found: sympy.Expr = unknown
    if order:
        paths = product(space, repeat=order)
        found = sympy.Add(
            *(sympy.Mul(*map(normal, path)) * sympy.Derivative(unknown, *path) for path in paths)
        )
    return found


def _in_steps(*arguments: sympy.Expr) -> sympy.Expr:
    return in_steps(sympy.SingularityFunction(*arguments))


def _combined(
    stated: Sequence[Relation], meant: Sequence[Relation], axis: int | None
) -> tuple[Relation, ...]:
    """Stated relations in the place of those that are meant between the same quantities.

    Raises
    ------
    ProblemError
        If one finds none to take the place of.
    """
    left = list(meant)
    for relation in stated:
        assert relation.across is not None
        for trace in reversed(relation.across.jumping):
            same = [m for m in left if _alike(relation, m)]
            same += [m for m in left if _leads(m, axis) == (trace.unknown, _order(trace, axis))]
            if same:
                left.remove(same[0])
                break
        else:
            variable = relation.source
            raise ProblemError(
                f"the condition `{variable}` finds no place: the equations and the other "
                "conditions say already what its quantities do there; leave it out, or take its "
                "jump of another derivative"
            )
    return (*stated, *left)


def _alike(first: Relation, second: Relation) -> bool:
    """Whether relations at an interface differ by what is known alone, but for a sign."""
    if first.traces != second.traces:
        return False
    same = dict(zip(second.symbols, first.symbols, strict=True))
    other = second.residual.xreplace(same)
    held = set(first.symbols)
    return any(
        not sympy.expand(first.residual + sign * other).free_symbols & held for sign in (-1, 1)
    )


def _leads(relation: Relation, axis: int | None) -> tuple[int, int]:
    """The unknown, and its derivative across the interface, that a relation is about."""
    assert relation.across is not None
    trace = relation.across.jumping[-1]
    return trace.unknown, _order(trace, axis)


def _order(trace: Trace, axis: int | None) -> int:
    """Of the derivative across an interface; of that along a normal all of it."""
    return sum(trace.orders) if axis is None else trace.orders[axis]
