"""One statement, `Eq(u(x, t).diff(x).subs(x, 1), 0)`, read as a residual in traces at a place."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom, BooleanFunction
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from ...errors import ProblemError
from ...expressions.printer import Printer, unprintable
from ...geometry.place import Interval, Place
from ...geometry.region import Beside, BoundaryPart, Surface
from ..boundary.conditions import OnBoundary, expand_normals, normal
from ..jumps.jump import avg, jump
from ..jumps.places import sides as sides_of
from ..jumps.switch import by_sizes
from .affine import is_affine
from .constant import expression, number, worked_out
from .domain import Domain, Shaped, parts_of
from .notation import trace_text, written
from .trace import Kept, Reader, Trace, of_time_alone, placed
from .vocabulary import did_you_mean
from .wording import Wording

__all__ = ["Across", "Relation", "RelationReader", "sides"]


_LIBRARY = re.compile(r"\b(?:numpy|scipy\.special)\.(\w+)")


@dataclass(frozen=True, slots=True)
class Across:
    """An interface, and what jumps there.

    Attributes
    ----------
    axis : int or None
        Which variable is fixed; None on a curve or a surface.
    place : float or Surface
    jumping : tuple of Trace
        Those inside of `jump`, or of `avg` if there is no jump, of the highest order last.
    """

    axis: int | None
    place: float | Surface
    jumping: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """`residual(variables, traces) = 0`, everywhere or at a place.

    Attributes
    ----------
    residual : sympy.Expr
        In the problem's variables, its parameters, and one symbol for each trace.
    traces : tuple of Trace
        Sorted by `Trace.sort_key`.
    symbols : tuple of Dummy
        Stand for the traces in `residual`, in the same order.
    place : Place
        Where it holds: None where the variable runs through its interval. Where traces are taken
        at several places (periodic, multi-point), that of the first; for an integral its
        lower limit.
    linear : bool
        Whether the residual is affine in the symbols.
    wording : Wording
        The user's statement, for messages.
    stated : sympy.Expr
        The residual with a symbol for each derivative that is kept as it is written.
    across : Across or None
        Of a relation between both sides of an interface, where that is.
    part : BoundaryPart or None
        Of a condition on the boundary of a region, on which part.
    normals : tuple of (Dummy, int)
        Symbols that stand in the residual for the components of its normal, and their variables.
    on : tuple of str, int and predicates
        What that part was stated by; empty for all of the boundary.
    """

    residual: sympy.Expr
    traces: tuple[Trace, ...]
    symbols: tuple[sympy.Symbol, ...]
    place: Place
    linear: bool
    wording: Wording = field(compare=False)
    stated: sympy.Expr
    across: Across | None = None
    part: BoundaryPart | None = None
    normals: tuple[tuple[sympy.Symbol, int], ...] = ()
    on: tuple[str | int | sympy.Basic, ...] = ()

    @property
    def source(self) -> str:
        """The user's statement as text, for messages."""
        return str(self.wording)

    @property
    def where(self) -> str:
        """The part of the boundary in words; empty for all of it."""
        return ", ".join(map(str, self.on))

    @property
    def canonical(self) -> tuple[sympy.Expr, tuple[Trace, ...], Place | None]:
        """What tells this relation from another; its symbols are different in every reading."""
        numbered = {s: sympy.Symbol(f"{i}", real=True) for i, s in enumerate(self.symbols)}
        numbered |= {s: sympy.Symbol(f"n{axis}", real=True) for s, axis in self.normals}
        where = None if self.part is None else self.part.place
        return self.residual.xreplace(numbered), self.traces, where


class RelationReader:
    """Reads and checks the statements of one problem, one at a time."""

    def __init__(
        self,
        unknowns: tuple[AppliedUndef, ...],
        domain: Domain,
        parameters: Mapping[sympy.Symbol, float],
        functions: Mapping[Any, Callable[..., Any]],
    ) -> None:
        self._unknowns = unknowns
        self._domain = domain
        self._parameters = parameters
        self._functions = functions
        self._reader = Reader(unknowns, domain, parameters, functions)
        self._normals = {v: sympy.Dummy(f"normal({v})", real=True) for v in domain.space.variables}

    def holding(self, statement: Any, what: str) -> Relation:
        """Read an equation, or, where that tells an unknown of time alone, a condition."""
        if of_time_alone(self._unknowns):
            relation = self._relation(statement, what, loads=True)
            if not any(trace.place.everywhere for trace in relation.traces):
                return self.condition(statement, what)
        return self.equation(statement, what)

    def equation(self, statement: Any, what: str) -> Relation:
        """Read an equation, which holds on the whole domain."""
        relation = self._relation(statement, what, loads=True)
        if relation.across is not None:
            raise ProblemError(
                f"{what}, `{relation.source}`, holds at an interface; move it to the conditions"
            )
        for trace in relation.traces:
            if not trace.place.everywhere:
                text = self._text(trace)
                raise ProblemError(
                    f"{what}, `{relation.source}`, takes {text} at a fixed place; an equation "
                    "holds on the whole domain: move it to the conditions"
                    if not any(isinstance(p, Interval) for p in trace.place)
                    else f"{what}, `{relation.source}`, holds {text}; "
                    "integrals of unknowns are supported in conditions only"
                )
        return relation

    def condition(self, statement: Any, what: str) -> Relation:
        """Read a condition, which holds at a place."""
        if isinstance(statement, OnBoundary):
            return self._on_boundary(statement, what)
        relation = self._relation(statement, what, loads=False)
        named = _named(what, relation.wording)
        variables = self._domain.variables
        for index, variable in enumerate(variables):
            free = [t for t in relation.traces if t.place[index] is None]
            fixed = [t for t in relation.traces if t.place[index] is not None]
            if free and fixed:
                raise ProblemError(
                    f"{named} leaves {variable} free in {self._text(free[0])} but fixes it in "
                    f"{self._text(fixed[0])}; take every term at the same kind of place"
                )
            if fixed and variable in relation.residual.free_symbols:
                raise ProblemError(
                    f"{named} fixes {variable} in {self._text(fixed[0])}, yet {variable} appears "
                    f"on its own; write its value"
                )
        if relation.place.everywhere:
            raise ProblemError(
                f"{named} holds everywhere, as an equation does; take it at a place, "
                f"for instance with .subs({variables[0]}, {number(self._domain.lower[0])})"
            )
        if isinstance(self._domain, Shaped):
            self._refuse_beside_boundary(relation, self._domain, named)
        elif relation.across is None:
            self._refuse_inner_surface(relation, named)
        else:
            self._refuse_elsewhere(relation, relation.across, named)
        return relation

    def at_surface(
        self,
        statement: Any,
        what: str,
        surface: Surface,
        sided: Callable[[sympy.Expr, float], tuple[sympy.Expr, Beside]],
    ) -> Relation:
        """Read a relation between both sides of a surface.

        What an expression is on a side, above for 1 and below for -1, and where, says `sided`.
        """
        space = self._domain.space.variables
        left, right = (
            expand_normals(side, space).xreplace(self._components)
            for side in sides(statement, what)
        )
        wording, *_ = self._written(left, right, _as_given(what, left, right))
        named = _named(what, wording)
        found: dict[Trace, sympy.Dummy] = {}
        jumping: dict[str, set[Trace]] = {}

        def read(expression: sympy.Expr, above: float, word: str) -> sympy.Expr:
            taken, side = sided(expression, above)
            walked, traces = self._reader.read(taken, named)
            placed = {}
            for trace, symbol in traces.items():
                if not trace.place.everywhere:
                    raise ProblemError(
                        f"{named} takes {self._text(trace)} elsewhere than at the interface; it "
                        "holds jumps and means there alone"
                    )
                moved = replace(trace, place=side)
                jumping.setdefault(word, set()).add(trace)
                placed[symbol] = found.setdefault(moved, sympy.Dummy(str(symbol), real=True))
            return walked.xreplace(placed)

        def meant(node: sympy.Expr) -> sympy.Expr:
            word = type(node).__name__
            inner = expand_normals(node.args[0], space).xreplace(self._components)
            low, high = (read(inner, above, word) for above in (-1.0, 1.0))
            return high - low if word == "jump" else (high + low) / 2

        held = {node: meant(node) for node in sorted((left - right).atoms(jump, avg), key=str)}
        rest = (left - right).xreplace(dict.fromkeys(held, sympy.S.Zero))
        if rest.atoms(AppliedUndef) & set(self._unknowns):
            raise ProblemError(
                f"{named} takes an unknown outside of jump and avg; at an interface it has two "
                "values"
            )
        residual = worked_out((left - right).xreplace(held), named)
        traces = {t: s for t, s in found.items() if residual.has(s)}
        if not traces:
            raise ProblemError(f"{named} says nothing about the unknowns")
        self._refuse_strangers(residual, set(traces.values()), named)
        self._refuse_unevaluable(residual, named)
        ordered = sorted(
            traces, key=lambda t: (t.sort_key, isinstance(t.place, Beside) and t.place.outward)
        )
        symbols = tuple(traces[t] for t in ordered)
        inside = jumping.get("jump") or jumping.get("avg", set())
        across = Across(
            None,
            surface,
            tuple(sorted(inside, key=lambda t: (sum(t.orders), t.unknown, t.orders))),
        )
        normals = tuple(
            (symbol, axis)
            for axis, symbol in enumerate(self._normals.values())
            if symbol in residual.free_symbols
        )
        linear = is_affine(residual, symbols)
        return Relation(
            *(residual, tuple(ordered), symbols, surface, linear, wording, residual),
            across=across,
            part=surface,
            normals=normals,
        )

    def wording(self, statement: Any, what: str) -> Wording:
        """A statement for messages, which may hold complex numbers."""
        if isinstance(statement, OnBoundary):
            statement, space = statement.statement, self._domain.space.variables
            left, right = (
                expand_normals(side, space).xreplace(self._components)
                for side in sides(statement, what)
            )
        else:
            left, right = sides(statement, what)
        return self._written(left, right, _as_given(what, left, right), real=False)[0]

    def _on_boundary(self, statement: OnBoundary, what: str) -> Relation:
        """Read a condition on the boundary, or a part of it."""
        left, right = sides(statement.statement, what)
        space = self._domain.space.variables
        for component in sympy.Tuple(left, right).atoms(normal):
            if component.args[0] not in space:
                raise ProblemError(
                    f"{what}, `{left} = {right}`, holds {component}; the normal has components "
                    f"along {', '.join(map(str, space))}"
                )
        both = [expand_normals(side, space).xreplace(self._components) for side in (left, right)]
        relation = self._relation(sympy.Eq(*both, evaluate=False), what, loads=False)
        named = _named(what, relation.wording)
        for trace in relation.traces:
            if not trace.place.everywhere:
                raise ProblemError(
                    f"{named} holds on the boundary, yet takes {self._text(trace)}; "
                    "unknowns there are taken at the point itself"
                )
        if not isinstance(self._domain, Shaped):
            raise ProblemError(
                f"{named} is posed on the boundary of a box; take the unknowns at its walls, "
                f"for instance with .subs({space[0]}, {number(self._domain.lower[0])})"
            )
        posed = Wording(lambda: f"{what}, `{relation.source}`")
        part = self._domain.boundary_part(statement.where, posed, self._parameters)
        held = relation.residual.free_symbols
        axes = enumerate(self._normals.values())
        normals = tuple((symbol, axis) for axis, symbol in axes if symbol in held)
        on = tuple(parts_of(statement.where))
        return replace(relation, place=part.place, part=part, normals=normals, on=on)

    @property
    def _components(self) -> dict[sympy.Expr, sympy.Symbol]:
        return {normal(v): symbol for v, symbol in self._normals.items()}

    def _refuse_elsewhere(self, relation: Relation, across: Across, named: Wording) -> None:
        """A relation at an interface takes both of its sides, and nothing else."""
        if across.axis is None or isinstance(across.place, Surface):
            return
        both = sides_of(across.place)
        for trace in relation.traces:
            others = (p for axis, p in enumerate(trace.place) if axis != across.axis)
            if trace.place[across.axis] not in both or any(p is not None for p in others):
                raise ProblemError(
                    f"{named} takes {self._text(trace)} elsewhere than at the interface "
                    f"{self._domain.variables[across.axis]} = {number(across.place)}; it holds "
                    "jumps and means there alone"
                )

    def _refuse_beside_boundary(self, relation: Relation, domain: Shaped, named: Wording) -> None:
        """Without `on_boundary`, a condition holds at points of a region, or at a time."""
        space = domain.space.variables
        for trace in relation.traces:
            place = trace.place[: len(space)]
            if any(isinstance(p, Interval) for p in place):
                raise ProblemError(
                    f"{named} holds an integral over a box; over the region {domain.space} "
                    "integrals are not taken in conditions: fix a value at a point, or a part of "
                    "the boundary"
                )
            fixed = {v: p for v, p in zip(space, place, strict=True) if isinstance(p, float)}
            if fixed and len(fixed) < len(space):
                where = " and ".join(f"{v} = {number(p)}" for v, p in fixed.items())
                raise ProblemError(
                    f"{named} is posed where {where}; on a region of this shape conditions hold "
                    "on its boundary: on_boundary(Eq(...), where=...), with the unknowns taken at "
                    "the point itself"
                )
            if fixed and not domain.space.holds(np.array([list(fixed.values())]))[0]:
                raise ProblemError(f"{named} takes {self._text(trace)} outside of {domain.space}")

    def _refuse_inner_surface(self, relation: Relation, named: Wording) -> None:
        """Points inside are conditions (multi-point, a pinned pressure); whole surfaces are not."""
        if not relation.place.dimension:
            return
        for index, (variable, lower, upper) in enumerate(self._domain):
            places = {t.place[index] for t in relation.traces}
            if all(isinstance(p, float) and lower < p < upper for p in places):
                inside = min(p for p in places if isinstance(p, float))
                raise ProblemError(
                    f"{named} is posed at {variable} = {number(inside)}, inside the domain; "
                    f"on a box a condition belongs to a side, {variable} = {number(lower)} "
                    f"or {number(upper)}"
                )

    def _relation(self, statement: Any, what: str, *, loads: bool) -> Relation:
        left, right = sides(statement, what)
        as_given = _as_given(what, left, right)
        _refuse_non_real(left, as_given)
        _refuse_non_real(right, as_given)
        wording, stated, traces, kept = self._written(left, right, as_given)
        residual = worked_out(stated.xreplace({k.symbol: k.meant for k in kept}), as_given)
        named = _named(what, wording)
        if not loads and any(k.word == "DiracDelta" for k in kept):
            raise ProblemError(
                f"{named} holds a point load, which has no value there; it stands in an equation, "
                "as a term of its own"
            )
        across = self._across(kept, {s: t for t, s in traces.items()}, named)
        traces = {t: s for t, s in traces.items() if residual.has(s)}
        where = placed(list(traces), self._unknowns, self._domain)
        traces = dict(zip(where, traces.values(), strict=True))
        if not traces:
            unknowns = ", ".join(map(str, self._unknowns))
            raise ProblemError(
                f"{named} holds none of the unknowns {unknowns}"
                if residual != 0
                else f"{named} is always true; it says nothing about the unknowns"
            )
        self._refuse_strangers(residual, set(traces.values()), named)
        _refuse_non_real(residual, as_given)
        self._refuse_unevaluable(residual, named)
        ordered = sorted(traces, key=lambda t: t.sort_key)
        symbols = tuple(traces[t] for t in ordered)
        place = ordered[0].place.start
        return Relation(
            residual,
            tuple(ordered),
            symbols,
            place,
            is_affine(residual, symbols),
            wording,
            stated,
            across,
        )

    def _written(
        self, left: sympy.Expr, right: sympy.Expr, as_given: Wording, *, real: bool = True
    ) -> tuple[Wording, sympy.Expr, dict[Trace, sympy.Dummy], list[Kept]]:
        """A statement in words and as an expression, what it holds of traces, and what is kept."""
        traces: dict[Trace, sympy.Dummy] = {}
        kept: list[Kept] = []
        read = []
        for side in (left, right):
            held: list[Kept] = []
            walked, found = self._reader.read(side, as_given, held, real=real)
            same = {s: traces.setdefault(t, s) for t, s in found.items()}
            read.append(by_sizes(walked.xreplace(same)))
            kept += [
                replace(k, inner=k.inner.xreplace(same), meant=k.meant.xreplace(same)) for k in held
            ]

        def text() -> str:
            texts = {s: self._text(t) for t, s in traces.items()}
            texts |= {s: f"normal({v})" for v, s in self._normals.items()}
            for part in kept:
                inner = written(part.inner, texts)
                further = (a if isinstance(a, str) else written(a, {}) for a in part.arguments)
                texts[part.symbol] = f"{part.word}({', '.join([inner, *further])})"
            return " = ".join(written(side, texts) for side in read)

        return Wording(text), read[0] - read[1], traces, kept

    def _across(
        self, kept: list[Kept], traces: Mapping[sympy.Symbol, Trace], named: Wording
    ) -> Across | None:
        """The interface at which a statement holds, if it holds at one."""
        parts = [k for k in kept if k.across is not None]
        places = {k.across for k in kept if k.across is not None}
        if not places:
            return None
        if len(places) > 1:
            raise ProblemError(f"{named} holds at several interfaces; write one relation for each")
        ((variable, place),) = places
        axis = self._domain.variables.index(variable)
        jumps = [k for k in parts if k.word == "jump"] or parts
        inside = {traces[s] for k in jumps for s in k.inner.free_symbols & set(traces)}
        jumping = sorted(inside, key=lambda t: (t.orders[axis], sum(t.orders), t.unknown))
        return Across(axis, place, tuple(jumping))

    def _text(self, trace: Trace) -> str:
        return trace_text(trace, self._unknowns, self._domain.variables)

    def _refuse_strangers(
        self, residual: sympy.Expr, symbols: set[sympy.Dummy], named: Wording
    ) -> None:
        known = {*self._domain.variables, *self._parameters}
        symbols = symbols | set(self._normals.values())
        for stranger in sorted(residual.free_symbols - symbols - known, key=str):
            twin = next((k for k in known if k.name == stranger.name), None)
            if twin is not None:
                raise ProblemError(
                    f"{named} uses a symbol {stranger} other than the problem's {twin}: same name, "
                    "different assumptions (such as real=True); use one symbol throughout"
                )
            if stranger.name in {u.func.__name__ for u in self._unknowns}:
                raise ProblemError(
                    f"{named} holds the symbol {stranger}, not the unknown; "
                    f"write it with its arguments"
                )
            raise ProblemError(
                f"{named} holds {stranger}, which has no value; "
                f"give parameters={{{stranger}: value}} or make it a variable of the domain"
                + did_you_mean(stranger.name, [k.name for k in known])
            )

    def _refuse_unevaluable(self, residual: sympy.Expr, named: Wording) -> None:
        given = {f.__name__ for f in self._functions}
        try:
            Printer.of(given).doprint(residual)
        except PrintMethodNotImplementedError as error:
            raise ProblemError(
                f"{named} holds {unprintable(error)}, which cannot be turned into NumPy or SciPy; "
                "write it with other functions or give it as functions={name: callable}"
            ) from None
        # Printed again without them: in generated code, a callable hides what has its name.
        hidden = residual.atoms(AppliedUndef)
        if not hidden:
            return
        inner = [argument for applied in hidden for argument in applied.args]
        others = [e.xreplace(dict.fromkeys(hidden, sympy.S.One)) for e in (residual, *inner)]
        for name in _LIBRARY.findall(" ".join(map(Printer().doprint, others))):
            if name in given:
                raise ProblemError(
                    f"functions: {name} is also the name of the NumPy function that {named} needs; "
                    "give your function another name"
                )


def _as_given(what: str, left: sympy.Expr, right: sympy.Expr) -> Wording:
    return Wording(lambda: f"{what}, `{left} = {right}`")


def _named(what: str, statement: Wording) -> Wording:
    return Wording(lambda: f"{what}, `{statement}`,")


def sides(statement: Any, what: str) -> tuple[sympy.Expr, sympy.Expr]:
    """The two sides of a statement; of an expression the right one is zero."""
    if isinstance(statement, BooleanFunction):
        raise ProblemError(f"{what}, `{statement}`, combines statements; list them one by one")
    if isinstance(statement, bool | BooleanAtom):
        raise ProblemError(
            f"{what} is {statement}: it is {'always' if statement else 'never'} true and mentions "
            "no unknown; write Eq(left, right), not left == right, with an unknown in it (its "
            "slope at a place is u(x).diff(x).subs(x, 0), for u(0).diff(x) is zero), no nan, and "
            "nothing that a declaration such as positive=True rules out"
        )
    if isinstance(statement, sympy.Eq):
        both = statement.args
    elif isinstance(statement, Relational):
        raise ProblemError(f"{what}, `{statement}`, is no equality; expected Eq(left, right)")
    else:
        both = (statement, sympy.S.Zero)
    left, right = (expression(side, what) for side in both)
    return left, right


def _refuse_non_real(node: sympy.Basic, named: object) -> None:
    """Refuse complex, infinite and undefined constants anywhere in an expression."""
    if node.has(sympy.I):
        raise ProblemError(
            f"{named}: this is complex; write the real and imaginary parts as unknowns of their own"
        )
    if node.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise ProblemError(f"{named}: a number in it is infinite or undefined")
    for constant in node.atoms(sympy.Rational, sympy.Float):
        if abs(constant) > sys.float_info.max:
            raise ProblemError(f"{named}: a number in it is too large for a float")
    for part in sympy.preorder_traversal(node):
        if (
            isinstance(part, sympy.Pow | sympy.Function)
            and not part.free_symbols
            and not part.atoms(AppliedUndef)
            and part.is_extended_real is False
        ):
            raise ProblemError(f"{named}: {part} is not a real number")
