"""The interfaces of a problem: where its equations or conditions have one, and what holds there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sympy
from sympy.core.function import AppliedUndef

from ..errors import ProblemError
from .jumps.jump import jump
from .jumps.places import Known, Places, beside
from .jumps.switch import between_jumps, holds_switch, in_steps
from .jumps.transmission import transmission
from .terms.constant import number
from .terms.relation import Relation, RelationReader

__all__ = ["Interface", "InterfaceReader"]


@dataclass(frozen=True, slots=True)
class Interface:
    """A plane inside the domain across which solutions need not be smooth.

    Attributes
    ----------
    axis : int
        Which variable is fixed.
    place : float
    relations : tuple of Relation
        Between both sides, as many as the orders of the equations by that variable.
    """

    axis: int
    place: float
    relations: tuple[Relation, ...]


class InterfaceReader:
    """Finds the interfaces of equations, and reads what holds there.

    Parameters
    ----------
    reader : RelationReader
    known : Known
    unknowns : sequence of AppliedUndef
    """

    def __init__(
        self, reader: RelationReader, known: Known, unknowns: Sequence[AppliedUndef]
    ) -> None:
        self._reader = reader
        self._known = known
        self._unknowns = unknowns
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
            chosen = [r.across.place for r in given if r.across is not None]
            for place in self._distinct(variable, [*chosen, *own]):
                here = [r for r in given if r.across is not None and r.across.place == place]
                needed = sum(order[axis] for order in orders)
                meant = self._meant(loaded, variable, place)
                relations = _combined(here, meant, axis)
                if len(relations) != needed:
                    raise self._miscounted(variable, place, relations, needed)
                found.append(Interface(axis, place, relations))
        return tuple(found)

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
            self._found[key] = self._known.places(formula, variable)
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
            if places.surfaces:
                raise ProblemError(
                    f"`{node}` differentiates what jumps where {places.surfaces[0]} = 0; "
                    f"interfaces are supported at fixed places of one variable, {variable} = c: "
                    "choose variables in which the interface is one, or replace the jump by a "
                    "steep but smooth change"
                )
            if places.states:
                raise ProblemError(
                    f"`{node}` differentiates what jumps where the unknown passes the zero of "
                    f"{str(places.states[0]).replace('_', '')}; interfaces are supported at fixed "
                    "places of one variable. Of (k(u)*u_x)_x take the integral K(u) of k as one "
                    "more unknown, which has no kink: v.diff(x, 2) in the equation, and beside it "
                    "Eq(v, K(u)), K a Piecewise in u"
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


def _in_steps(*arguments: sympy.Expr) -> sympy.Expr:
    return in_steps(sympy.SingularityFunction(*arguments))


def _combined(
    stated: Sequence[Relation], meant: Sequence[Relation], axis: int
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
            same = [m for m in left if _leads(m, axis) == (trace.unknown, trace.orders[axis])]
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


def _leads(relation: Relation, axis: int) -> tuple[int, int]:
    """The unknown, and its derivative across the interface, that a relation is about."""
    assert relation.across is not None
    trace = relation.across.jumping[-1]
    return trace.unknown, trace.orders[axis]
