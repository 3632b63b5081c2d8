"""Unknowns, their derivatives and integrals, wherever a statement takes them.

| mathematics         | SymPy                          | Trace: orders, place             |
|---------------------|--------------------------------|----------------------------------|
| u_xx on the domain  | `u(x, t).diff(x, 2)`           | (2, 0), (None, None)             |
| u_x at x = 1, any t | `u(x, t).diff(x).subs(x, 1)`   | (1, 0), (1.0, None)              |
| its mean over x     | `Integral(u(x, t), (x, 0, 1))` | (0, 0), (Interval(0, 1), None)   |

A `Reader` replaces each of them in an expression by a symbol and notes the trace for which
the symbol stands. SymPy writes one and the same trace in many ways (`Subs` of `Derivative`,
`Derivative` of a substituted function, chain rules with dummy symbols); here all become a
jet: a function, the derivative order in each argument, and the arguments.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sympy
from sympy.core.function import AppliedUndef

from ...errors import ProblemError
from ...geometry.place import Interval, Place
from ..jumps.jump import avg, jump
from ..jumps.places import beside, sides
from ..jumps.switch import at_side, holds_switch, in_steps, piecewise_derivative
from .affine import expand_if_small, is_affine
from .coefficient import derivative_of
from .constant import number, real
from .domain import Domain
from .wording import Wording

__all__ = ["Kept", "Reader", "Trace", "of_time_alone", "placed"]


@dataclass(frozen=True, slots=True)
class Trace:
    """The derivative of an unknown, taken at a place.

    Attributes
    ----------
    unknown : int
        Index into the problem's unknowns.
    orders : tuple of int
        Derivative order in each variable of the domain, in the domain's order.
    place : Place
        For each variable: None where it runs free, a float where it is fixed, an `Interval`
        where the derivative is integrated over it.

    Notes
    -----
    Over an `Interval` the orders in the other variables still hold, the order in the
    integrated variable is always 0 (the integral of u_x is written u(b) - u(a)).
    A collocation code that meets an `Interval` replaces the coordinate by quadrature nodes,
    or, for one integrated variable and a sigmoid feature s(w x + c), uses the divided difference
    (softplus(w b + c) - softplus(w a + c)) / w where w is not small. Limits, rather than two
    traces of order -1, leave that choice open: the difference cancels as w -> 0, and a second
    integration is no longer elementary.
    """

    unknown: int
    orders: tuple[int, ...]
    place: Place

    @property
    def axes(self) -> list[int]:
        """The variable of each of its derivatives."""
        return [axis for axis, order in enumerate(self.orders) for _ in range(order)]

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Order all traces, so that one statement always gives its traces in one order."""
        ends = tuple(
            (0, 0.0, 0.0) if p is None else (2, *p) if isinstance(p, Interval) else (1, p, p)
            for p in self.place
        )
        return (self.unknown, self.orders, ends)


class _Jet(NamedTuple):
    """The derivative of order `orders[i]` in argument i of `function`, at `arguments`.

    An argument is an expression, or a SymPy `Tuple` of the two limits of integration.
    """

    function: Any
    orders: tuple[int, ...]
    arguments: tuple[sympy.Basic, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of a statement that is kept as it is written, beside what it means.

    A derivative of what may jump, `Derivative(k*u_x, x)`, or the jump of something.

    Attributes
    ----------
    symbol : Dummy
        Stands for it in what is written.
    word : str
        `diff`, `jump`, `avg` or `DiracDelta`.
    inner : sympy.Expr
        What it is taken of.
    arguments : tuple of str or Expr
        Those that follow.
    meant : sympy.Expr
        In traces: the derivative between the jumps, the difference of two sides.
    across : (Symbol, float) or None
        The variable and the place of what is taken at an interface.
    """

    symbol: sympy.Dummy
    word: str
    inner: sympy.Expr
    arguments: tuple[str | sympy.Expr, ...]
    meant: sympy.Expr
    across: tuple[sympy.Symbol, float] | None = None


class Reader:
    """Reads the traces in the expressions of one problem.

    Parameters
    ----------
    unknowns : tuple of AppliedUndef
    domain : Domain
    parameters : mapping of Symbol to float
    functions : mapping of UndefinedFunction to callable
    """

    def __init__(
        self,
        unknowns: tuple[AppliedUndef, ...],
        domain: Domain,
        parameters: Mapping[sympy.Symbol, float],
        functions: Mapping[Any, Callable[..., Any]],
    ) -> None:
        self._unknowns = unknowns
        self._index = {u.func: i for i, u in enumerate(unknowns)}
        self._domain = domain
        self._parameters = parameters
        self._functions = functions

    def read(
        self,
        expression: sympy.Expr,
        where: object,
        kept: list[Kept] | None = None,
        *,
        real: bool = True,
    ) -> tuple[sympy.Expr, dict[Trace, sympy.Dummy]]:
        """Return the expression with a symbol for each trace, and the trace of each symbol.

        `where` names the statement in messages. A list takes the parts that are kept as written,
        inner ones first, for which symbols then stand in the expression; without a list nothing
        is kept.
        """
        walk = _Walk(
            *(self._unknowns, self._functions, where, self._sides),
            keeps=kept is not None,
            real=real,
        )
        walked = walk(expression)
        held = [walked, *(e for k in walk.kept for e in (k.inner, k.meant))]
        symbols: dict[Trace, sympy.Dummy] = {}
        replace: dict[sympy.Dummy, sympy.Dummy] = {}
        for jet, symbol in walk.symbol_of.items():
            if any(each.has(symbol) for each in held):
                trace = self._trace(jet, symbol.name, where)
                replace[symbol] = symbols.setdefault(trace, symbol)
        if kept is not None:
            for each in walk.kept:
                inner, meant = (e.xreplace(replace) for e in (each.inner, each.meant))
                kept.append(dataclasses.replace(each, inner=inner, meant=meant))
        return walked.xreplace(replace), symbols

    def _sides(
        self, variable: sympy.Basic, place: sympy.Expr, what: str
    ) -> tuple[float, float, float]:
        """A place of a variable between its two sides."""
        if variable not in self._domain.variables:
            known = ", ".join(map(str, self._domain.variables))
            raise ProblemError(f"{what} is not across a variable of the domain, {known}")
        index = self._domain.variables.index(variable)
        lower, upper = self._domain.lower[index], self._domain.upper[index]
        value = self._fixed(index, place, what)
        if value in (lower, upper):
            raise ProblemError(
                f"{what} is at an end of the domain; an interface lies inside, "
                f"{number(lower)} < {variable} < {number(upper)}"
            )
        below, above = beside(value, lower, upper)
        return below, value, above

    def _trace(self, jet: _Jet, written: str, where: object) -> Trace:
        unknown = self._index[jet.function]
        expected = self._unknowns[unknown]
        if len(jet.arguments) != len(expected.args):
            raise ProblemError(
                f"{where}: {written} has {len(jet.arguments)} arguments, "
                f"expected {len(expected.args)} as in {expected}"
            )
        orders = [0] * len(self._domain.variables)
        place: list[float | Interval | None] = [None] * len(self._domain.variables)
        for variable, argument, order in zip(expected.args, jet.arguments, jet.orders, strict=True):
            index = self._domain.variables.index(variable)
            orders[index] = order
            place[index] = self._place(index, argument, written, where)
        return Trace(unknown, tuple(orders), Place(place))

    def _place(
        self, index: int, argument: sympy.Basic, written: str, where: object
    ) -> float | Interval | None:
        variable = self._domain.variables[index]
        if argument == variable:
            return None
        if isinstance(argument, sympy.Tuple):
            if argument.free_symbols - set(self._parameters):
                raise ProblemError(
                    f"{where}: {written} has limits that are no numbers; "
                    "integrals run between fixed places"
                )
            lower, upper = (
                self._fixed(index, limit, Wording(lambda: f"{where}: a limit of {written}"))
                for limit in argument
            )
            if lower >= upper:
                raise ProblemError(
                    f"{where}: {written} runs from {argument[0]} to {argument[1]}; "
                    "the lower limit comes first"
                )
            return Interval(lower, upper)
        strangers = argument.free_symbols - set(self._parameters)
        for symbol in strangers:
            if symbol.name == variable.name and symbol != variable:
                raise ProblemError(
                    f"{where}: {written} uses a symbol {symbol} other than the domain's "
                    f"{variable}: same name, different assumptions (such as real=True); "
                    "use one symbol throughout"
                )
        if strangers & {variable}:
            raise ProblemError(
                f"{where}: {written} takes {variable} at {argument}; an unknown is taken at the "
                f"point itself or at a fixed place (delays and shifts are not supported)"
            )
        if strangers & set(self._domain.variables):
            raise ProblemError(
                f"{where}: {written} has {argument} in the place of {variable}; "
                f"its arguments are {', '.join(map(str, self._domain.variables))} in that order"
            )
        return self._fixed(index, argument, Wording(lambda: f"{where}: {written}"))

    def _fixed(self, index: int, value: sympy.Basic, what: object) -> float:
        variable = self._domain.variables[index]
        lower, upper = self._domain.lower[index], self._domain.upper[index]
        place = self._domain.snap(index, real(value, what, self._parameters))
        if not lower <= place <= upper:
            raise ProblemError(
                f"{what} is outside the domain: {variable} = {value}, "
                f"expected {number(lower)} <= {variable} <= {number(upper)}"
            )
        return place


class _Walk:
    """One pass over an expression: every jet becomes a real dummy symbol."""

    def __init__(
        self,
        unknowns: tuple[AppliedUndef, ...],
        functions: Mapping[Any, Callable[..., Any]],
        where: object,
        sides: Callable[[sympy.Basic, sympy.Expr, str], tuple[float, float, float]],
        *,
        keeps: bool,
        real: bool,
    ) -> None:
        self._unknowns = {u.func: u for u in unknowns}
        self._functions = functions
        self._where = where
        self._sides = sides
        self._keeps = keeps
        # Real, so that the derivative of |u| is sign(u), if not what is written alone counts.
        self._assumed = {"real": True} if real else {}
        self.kept: list[Kept] = []
        self.symbol_of: dict[_Jet, sympy.Dummy] = {}
        self._jet_of: dict[sympy.Dummy, _Jet] = {}

    def __call__(self, node: sympy.Basic) -> sympy.Basic:
        if not node.args:
            return node
        if isinstance(node, AppliedUndef):
            return self._function(node)
        if isinstance(node, sympy.Derivative):
            return self._derivative(node)
        if isinstance(node, sympy.Subs):
            return self._subs(node)
        if isinstance(node, sympy.Integral):
            return self._integral(node)
        if isinstance(node, jump | avg):
            return self._across(node)
        if isinstance(node, sympy.SingularityFunction):
            return self(in_steps(node))
        if isinstance(node, sympy.DiracDelta):
            return self._load(node)
        arguments = [self(argument) for argument in node.args]
        if all(new is old for new, old in zip(arguments, node.args, strict=True)):
            return node
        return node.func(*arguments)

    def _symbol(self, jet: _Jet) -> sympy.Dummy:
        if jet not in self.symbol_of:
            symbol = sympy.Dummy(self._name(jet), **self._assumed)
            self.symbol_of[jet] = symbol
            self._jet_of[symbol] = jet
        return self.symbol_of[jet]

    def _name(self, jet: _Jet) -> str:
        return _written(jet, self._unknowns[jet.function])

    def _function(self, node: AppliedUndef) -> sympy.Basic:
        if node.func in self._unknowns:
            for argument in node.args:
                if argument.atoms(AppliedUndef, sympy.Derivative, sympy.Subs):
                    raise ProblemError(
                        f"{self._where}: {node} takes an unknown at a place that depends on a "
                        "function; that is not supported"
                    )
            return self._symbol(_Jet(node.func, (0,) * len(node.args), node.args))
        self._refuse_twin(node)
        if node.func not in self._functions:
            raise ProblemError(
                f"{self._where}: {node} is not among the unknowns; list it there, or give "
                f"functions={{{node.func.__name__}: callable}} if it is known"
            )
        arguments = [self(argument) for argument in node.args]
        if any(argument.has(*self._jet_of) for argument in arguments if self._jet_of):
            raise ProblemError(
                f"{self._where}: {node} takes an unknown as its argument; functions given as "
                "callables take the variables only, for their derivatives are not known"
            )
        return node.func(*arguments)

    def _refuse_twin(self, node: AppliedUndef) -> None:
        if node.func.__name__ in {function.__name__ for function in self._unknowns}:
            raise ProblemError(
                f"{self._where}: {node} is another function than the unknown of that name: "
                "same name, different assumptions (such as real=True); use one throughout"
            )

    def _derivative(self, node: sympy.Derivative) -> sympy.Basic:
        function = node.expr
        if not (isinstance(function, AppliedUndef) and function.func in self._unknowns):
            return self._evaluated(node)
        orders = [0] * len(function.args)
        for variable, count in node.variable_count:
            positions = [i for i, a in enumerate(function.args) if variable in a.free_symbols]
            if not positions:
                raise ProblemError(
                    f"{self._where}: {node} differentiates by {variable}, "
                    f"which {function} does not depend on"
                )
            if len(positions) > 1 or function.args[positions[0]] != variable:
                return self._evaluated(node)
            if not count.is_Integer:
                raise ProblemError(
                    f"{self._where}: {node} is of order {count}, expected an integer"
                )
            orders[positions[0]] += int(count)
        jet = self._jet_of[self(function)]
        return self._symbol(jet._replace(orders=tuple(orders)))

    def _evaluated(self, node: sympy.Derivative) -> sympy.Basic:
        if isinstance(node.expr, AppliedUndef) and node.expr.func not in self._unknowns:
            self._refuse_twin(node.expr)
        if isinstance(node.expr, sympy.re | sympy.im | sympy.conjugate):  # variables are real
            inner = sympy.Derivative(*node.expr.args, *node.variable_count)
            return node.expr.func(self(inner))
        if holds_switch(node.expr):
            return self._between_jumps(node)
        evaluated = node.doit(integrals=False)
        if evaluated == node:
            evaluated = derivative_of(node, self._functions)
        if evaluated is None:
            raise ProblemError(
                f"{self._where}: the derivative {node} is not known; where a callable's derivative "
                "is needed, give it as a function of its own, or the callable as a table or a "
                "smooth enough interpolant"
            )
        return self(evaluated)

    def _between_jumps(self, node: sympy.Derivative) -> sympy.Basic:
        """The derivative of what may jump, or a symbol for it."""
        meant = self._carried_out(piecewise_derivative(node))
        if not self._keeps:
            return meant
        steps = [f"{v}, {n}" if n > 1 else str(v) for v, n in node.variable_count]
        return self._kept("diff", node.expr, tuple(steps), meant)

    def _load(self, node: sympy.DiracDelta) -> sympy.Basic:
        """A point load, which is nothing but at its place."""
        if not self._keeps:
            raise ProblemError(
                f"{self._where}: {node} has no value; a point load stands in an equation, as a "
                "term of its own"
            )
        return self._kept("DiracDelta", node.args[0], tuple(map(str, node.args[1:])), sympy.S.Zero)

    def _across(self, node: jump | avg) -> sympy.Basic:
        """The jump or the mean of an expression across a place."""
        word = type(node).__name__
        if not node.placed:
            raise ProblemError(
                f"{self._where}: {node} has no place; write interface(Eq(x, c), ...) around the "
                "relation"
            )
        if len(node.args) == 2:
            if not self._keeps:
                raise ProblemError(
                    f"{self._where}: {node} stands in a condition of its own, and not within others"
                )
            inner, level = node.args
            return self._kept(word, inner, (level,), sympy.S.Zero)
        inner, variable, place = node.args
        below, at, above = self._sides(variable, place, f"{self._where}: {node}")
        walked = self._carried_out(inner)
        low, high = (
            self._moved(at_side(walked, variable, at, far), {variable: sympy.Float(near)})
            for far, near in zip((below, above), sides(at), strict=True)
        )
        meant = high - low if word == "jump" else (high + low) / 2
        if not self._keeps:
            return meant
        return self._kept(word, inner, (str(variable), number(at)), meant, (variable, at))

    def _kept(
        self,
        word: str,
        inner: sympy.Expr,
        arguments: tuple[str | sympy.Expr, ...],
        meant: sympy.Expr,
        across: tuple[sympy.Symbol, float] | None = None,
    ) -> sympy.Dummy:
        symbol = sympy.Dummy(real=True)
        self.kept.append(Kept(symbol, word, self(inner), arguments, meant, across))
        return symbol

    def _carried_out(self, node: sympy.Basic) -> sympy.Basic:
        """Walk with all derivatives carried out."""
        keeps, self._keeps = self._keeps, False
        walked = self(node)
        self._keeps = keeps
        return walked

    def _subs(self, node: sympy.Subs) -> sympy.Basic:
        points = [self(point) for point in node.point]
        for point in points:
            if self._jet_of and point.has(*self._jet_of):
                raise ProblemError(f"{self._where}: {node} takes an unknown at an unknown place")
        moved = self._carried_out(node.expr)
        for variable, point in zip(node.variables, points, strict=True):
            # One after the other: SymPy merges nested substitutions into one such list.
            moved = self._moved(moved, {variable: point})
        return moved

    def _moved(self, node: sympy.Basic, places: Mapping[sympy.Basic, sympy.Basic]) -> sympy.Basic:
        """`node` with variables replaced, those inside its jets too."""
        replace = dict(places)
        for symbol in node.atoms(sympy.Dummy) & set(self._jet_of):
            jet = self._jet_of[symbol]
            arguments = tuple(argument.xreplace(places) for argument in jet.arguments)
            replace[symbol] = self._symbol(jet._replace(arguments=arguments))
        return node.xreplace(replace)

    def _integral(self, node: sympy.Integral) -> sympy.Basic:
        integrand = self._carried_out(node.function)
        for limit in node.limits:
            if len(limit) != 3:
                raise ProblemError(
                    f"{self._where}: {node} has no limits; write Integral(u, (x, a, b))"
                )
            integrand = self._over(integrand, limit[0], limit[1], limit[2], node)
        return integrand

    def _over(
        self,
        integrand: sympy.Basic,
        variable: sympy.Symbol,
        lower: sympy.Expr,
        upper: sympy.Expr,
        node: sympy.Integral,
    ) -> sympy.Basic:
        """Integrate a sum of jets with coefficients that do not depend on `variable`."""
        symbols = sorted(integrand.atoms(sympy.Dummy) & set(self._jet_of), key=str)
        expanded = expand_if_small(integrand)
        weights = [sympy.diff(expanded, s) for s in symbols] if expanded is not None else []
        if (
            expanded is None
            or not is_affine(expanded, symbols)
            or any(weight.has(variable) for weight in weights)
        ):
            raise ProblemError(
                f"{self._where}: in {node} the unknown has a weight or a power; integrals are "
                "supported of sums of unknowns and derivatives with constant coefficients. Add an "
                f"unknown w, the equation diff(w, {variable}) = {node.function} and the condition "
                f"w = 0 at {variable} = {lower}; w at {variable} = {upper} is the integral"
            )
        known = expanded.xreplace(dict.fromkeys(symbols, sympy.S.Zero))
        total = self._known_integral(known, variable, lower, upper, node)
        for symbol, weight in zip(symbols, weights, strict=True):
            total += weight * self._integrated(symbol, variable, lower, upper)
        return total

    def _integrated(
        self, symbol: sympy.Dummy, variable: sympy.Symbol, lower: sympy.Expr, upper: sympy.Expr
    ) -> sympy.Basic:
        jet = self._jet_of[symbol]
        positions = [i for i, a in enumerate(jet.arguments) if variable in a.free_symbols]
        if not positions:
            return (upper - lower) * symbol
        if len(positions) > 1 or jet.arguments[positions[0]] != variable:
            raise ProblemError(
                f"{self._where}: {self._name(jet)} cannot be integrated over {variable}; "
                f"expected {variable} itself as one argument"
            )
        position = positions[0]
        if jet.orders[position]:
            orders = list(jet.orders)
            orders[position] -= 1
            primitive = self._symbol(jet._replace(orders=tuple(orders)))
            return self._moved(primitive, {variable: upper}) - self._moved(
                primitive, {variable: lower}
            )
        arguments = list(jet.arguments)
        arguments[position] = sympy.Tuple(lower, upper)
        return self._symbol(jet._replace(arguments=tuple(arguments)))

    def _known_integral(
        self,
        integrand: sympy.Basic,
        variable: sympy.Symbol,
        lower: sympy.Expr,
        upper: sympy.Expr,
        node: sympy.Integral,
    ) -> sympy.Basic:
        if not integrand.has(variable):
            return integrand * (upper - lower)
        if integrand.is_polynomial(variable):
            return sympy.integrate(integrand, (variable, lower, upper))
        raise ProblemError(
            f"{self._where}: {node} integrates known functions that are no polynomials; "
            "work that part out and write its value"
        )


def _written(jet: _Jet, unknown: AppliedUndef) -> str:
    """Write the jet as problem files do, with any arguments: `diff(u, x)(2*x, t)`, `u(0, t)`."""
    name: str = jet.function.__name__
    places = ", ".join(
        f"{a[0]}..{a[1]}" if isinstance(a, sympy.Tuple) else str(a) for a in jet.arguments
    )
    if any(jet.orders):
        steps = (f", {v}, {n}" for v, n in zip(unknown.args, jet.orders, strict=False) if n)
        return f"diff({name}{''.join(steps)})({places})"
    return f"{name}({places})"


def of_time_alone(unknowns: Sequence[AppliedUndef]) -> tuple[int, ...]:
    """Which unknowns have fewer arguments than others."""
    most = max(len(u.args) for u in unknowns)
    return tuple(k for k, u in enumerate(unknowns) if len(u.args) < most)


def placed(
    traces: Sequence[Trace], unknowns: Sequence[AppliedUndef], domain: Domain
) -> list[Trace]:
    """The traces of one relation, those of unknowns of time alone at the place of the others.

    T(t) stands beside u(0, t) at that wall, and alone in a corner: all places are as good. As they
    are where others are taken everywhere, and at a fixed time; on a wall where others are
    inside, for which that one place is as good.
    """
    lumped = of_time_alone(unknowns)
    others = [t for t in traces if t.unknown not in lumped]
    if len(others) == len(traces) or any(t.place.everywhere for t in others):
        return list(traces)
    corner = Place(domain.lower)
    if others:
        corner = min(others, key=lambda t: (_integrals(t), t.sort_key)).place.start
    found = []
    for trace in traces:
        if trace.unknown in lumped and trace.place.everywhere:
            own = unknowns[trace.unknown].args
            at = zip(domain, corner, strict=True)
            place = Place(
                None
                if variable in own or each is None
                else each
                if each in (lower, upper)
                else lower
                for (variable, lower, upper), each in at
            )
            found.append(dataclasses.replace(trace, place=place))
        else:
            found.append(trace)
    return found


def _integrals(trace: Trace) -> int:
    return sum(isinstance(place, Interval) for place in trace.place)
