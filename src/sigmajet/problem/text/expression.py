"""Text such as `diff(u, t) + u*diff(u, x)` to SymPy, without ever running it.

Python's `ast` gives the tree; a whitelist turns each node into a SymPy object. SymPy evaluates
on construction, and a short text can ask for endless work: `9**9**9`, `gamma(10**9)`,
`exp(exp(exp(99)))`. Hence three bounds beside those on length, cost and depth. Every constant
part is first computed by mpmath in 53 bits and stays below the product of two floats; integers
stay below the largest float; and the exponents along nested powers multiply to at most `_POWER`.
"""

from __future__ import annotations

import ast
import math
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.parameters import distribute

from ..boundary.conditions import normal, normal_derivative
from ..jumps.inside import inside
from ..jumps.jump import avg, jump
from ..jumps.switch import holds_switch
from ..stated import Stated
from ..terms.constant import real
from ..terms.effort import BUDGET, derivative_size
from ..terms.vocabulary import CONSTANTS, FUNCTIONS, NUMBERS, did_you_mean
from .short_derivatives import read_short, with_primes

__all__ = ["DEPTH", "Language", "Unreadable"]


# Nesting of calls and of derivatives: SymPy goes down about a dozen calls of Python a level, of
# which Python allows 1000.
DEPTH = 40
# Product of the exponents along nested powers. No equation of the registry has more than the fifth
# power; the hundredth of a sum of three terms expands to 5151.
_POWER = 100
# All expressions of a file together cost at most its budget: one for each number, name, operation
# and call, and the nodes of what differentiation makes. A comparison costs SymPy as much as seven
# operations, and again each of the five or so times that what holds it is built anew; it compares
# conditions, and the arguments of max and min in pairs.
_COMPARISON = 40
_LARGEST = sys.float_info.max_exp  # bits of an integer that a float holds

_ACROSS = {"jump": jump, "avg": avg}
_LOADS = ("DiracDelta", "SingularityFunction")
_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
}

# Signs as they are printed and copied.
_SIGNS = str.maketrans({"\u2212": "-", "\u00b7": "*", "\u22c5": "*", "\u00d7": "*"})
_PRIMED = re.compile(r"(?<![\w'\"])[^\W\d]\w*(?=['\u2019\u2032\u2033])")
_NOT_FINITE = frozenset({"inf", "infinity", "nan", "oo"})

# `lambda` names a parameter in many a paper; this stands for it while Python parses.
_LAMBDA = "λάμβδα"


class Unreadable(ValueError):
    """A text is no expression; `column` counts its characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class _Part(NamedTuple):
    expr: sympy.Basic
    value: Any  # of a constant, an mpf; else None
    power: int = 1  # product of the exponents along nested powers


@dataclass(frozen=True)
class Language:
    """The names that expressions of one file may use.

    Parameters
    ----------
    unknowns : mapping of name to applied function
    variables : mapping of name to Symbol
    parameters : mapping of name to (Symbol, value)
    budget : int
        What all its expressions may cost together, and characters that one of them may have.
    along : sequence of str
        The variables of space, where `normal(x)` and `normal_derivative(u)` may stand.
    folder : Path or None
        Where files that it names are, such as `part.stl`; None if it may name none.
    region : callable or None
        Reads the text of a region, where `inside("Disk((0, 0), 1)")` may stand.
    """

    unknowns: Mapping[str, AppliedUndef] = field(default_factory=dict)
    variables: Mapping[str, sympy.Symbol] = field(default_factory=dict)
    parameters: Mapping[str, tuple[sympy.Symbol, float]] = field(default_factory=dict)
    budget: int = BUDGET
    along: Sequence[str] = ()
    folder: Path | None = None
    region: Callable[[str], Any] | None = None
    _spent: list[int] = field(default_factory=lambda: [0])

    @classmethod
    def of(cls, problem: Stated) -> Language:
        """The names of a problem, as its file would use them."""
        return cls(
            unknowns={unknown.func.__name__: unknown for unknown in problem.stated_unknowns},
            variables={variable.name: variable for variable in problem.variables},
            parameters={name.name: (name, value) for name, value in problem.parameters.items()},
        )

    @property
    def names(self) -> list[str]:
        """All that a file gives names to."""
        return [*self.unknowns, *self.variables, *self.parameters]

    @staticmethod
    def across(text: str) -> bool:
        """Whether an equation relates both sides of an interface."""
        return re.search(rf"\b({'|'.join(_ACROSS)})\s*\(", text) is not None

    def spend(self, cost: int) -> bool:
        """Take `cost` from the budget of this file; False if that is more than is left."""
        self._spent[0] += cost
        return self._spent[0] <= self.budget

    def expression(self, text: str) -> sympy.Expr:
        """Read one expression.

        Raises
        ------
        Unreadable

        Examples
        --------
        >>> Language().expression("sin(pi/6) + 2**3")
        17/2
        """
        return _Reading(self, text, 0).expression()

    def constant(self, text: str) -> float:
        """Read an expression without variables as a float."""
        return _Reading(self, text, 0).constant()

    def predicate(self, text: str) -> sympy.Basic:
        """Read comparisons of the variables, which `and`, `or` and `not` may join.

        Examples
        --------
        >>> x = sympy.Symbol("x")
        >>> Language(variables={"x": x}).predicate("x > 0 and not x == 1")
        (x > 0) & Ne(x, 1)
        """
        return _Reading(self, text, 0).predicate()

    def equation(self, text: str) -> tuple[sympy.Expr, sympy.Expr]:
        """Read the two sides of `left = right`."""
        signs = list(re.finditer(r"(?<![<>=!:])=(?!=)", text))
        if "==" in text:
            raise Unreadable("an equation has a single =, not ==", text.index("==") + 1)
        if len(signs) != 1:
            where = signs[1].start() + 1 if signs else len(text)
            advice = '; several equations are a list, ["...", "..."]' if len(signs) > 1 else ""
            raise Unreadable(f"expected one = between two sides, got {len(signs)}{advice}", where)
        at = signs[0].start()
        return (
            _Reading(self, text[:at], 0).expression(),
            _Reading(self, text[at + 1 :], at + 1).expression(),
        )


def _cost(node: ast.AST) -> int:
    match node:
        case ast.Compare():
            return _COMPARISON * len(node.ops)
        case ast.Call(func=ast.Name(id="max" | "min" | "Max" | "Min")):
            return _COMPARISON * math.comb(len(node.args), 2)
        case ast.expr():
            return 1
    return 0  # operators and the like, which belong to an expression


class _Reading:
    """One pass over one text."""

    def __init__(self, language: Language, text: str, offset: int) -> None:
        self._language = language
        self._text = text
        self._offset = offset  # of this text in the whole value, for columns
        self._tree = self._parse()
        self._comparisons = _COMPARISONS

    def expression(self) -> sympy.Expr:
        result = self._number_or_expression(self._tree)
        self._refuse_large_integers(result.expr)
        return result.expr

    def constant(self) -> float:
        result = self._number_or_expression(self._tree)
        if result.value is None:
            raise self._fault("expected a number or a constant expression", self._tree)
        parameters = dict(self._language.parameters.values())
        return real(result.expr, "this constant", parameters)

    def predicate(self) -> sympy.Basic:
        self._comparisons = {**_COMPARISONS, ast.Eq: sympy.Eq, ast.NotEq: sympy.Ne}
        self._spend(self._tree)
        try:
            return self._condition(self._tree, 0)
        except (ArithmeticError, RecursionError, NotImplementedError):
            raise self._fault("SymPy cannot build this predicate", self._tree) from None

    def _parse(self) -> ast.expr:
        text = self._text
        longest = self._language.budget
        if len(text) > longest:
            raise self._fault(f"too long: {len(text)} characters, at most {longest}")
        if not text.strip():
            raise self._fault("expected an expression, got nothing")
        for sign, advice in (("#", "comments stay outside"), ("\\", "no backslash"), (_LAMBDA, "")):
            if sign in text:
                raise self._fault(f"{sign} cannot be read; {advice}", column=text.index(sign))
        # Same length, so that columns hold.
        code = with_primes(re.sub(r"\s", " ", text).translate(_SIGNS), self._language.unknowns)
        code = re.sub(r"\blambda(?![^\W_\u02b9\u02ba])", _LAMBDA, code)
        start = len(code) - len(code.lstrip())
        self._code = code.strip()
        self._start = start
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self._code, mode="eval").body
        except SyntaxError as error:
            column = max((error.offset or 1) - 1, 0) + start
            advice = "; products need a *" if "invalid" in error.msg else ""
            primed = _PRIMED.search(code) if self._language.unknowns else None
            if primed is not None:
                known = ", ".join(self._language.unknowns)
                message = f"primes stand behind an unknown, {known}, and {primed[0]} is none"
                raise self._fault(message, column=primed.end()) from None
            if "string literal" in error.msg:
                advice = "; primes stand behind an unknown, as in u' and u''(0)"
            raise self._fault(f"not an expression ({error.msg}){advice}", column=column) from None
        except (RecursionError, MemoryError):
            raise self._fault("nested too deeply") from None
        except ValueError as error:
            raise self._fault(f"not an expression ({error})") from None

    def _fault(self, message: str, node: ast.AST | None = None, column: int = 0) -> Unreadable:
        if node is not None:
            before = self._code.encode()[: getattr(node, "col_offset", 0)]
            column = len(before.decode(errors="ignore")) + self._start
        return Unreadable(message, self._offset + column + 1)

    def _spend(self, tree: ast.expr) -> None:
        if not self._language.spend(sum(map(_cost, ast.walk(tree)))):
            raise self._fault("too much in one file: too many terms, comparisons, max or min", tree)

    def _number_or_expression(self, tree: ast.expr) -> _Part:
        self._spend(tree)
        try:
            # Not distributing, 2*(x + 1) stays as written, and what is written reads back.
            with distribute(False):
                return self._read(tree, 0)
        except (ArithmeticError, RecursionError, NotImplementedError):
            raise self._fault("SymPy cannot build this expression", tree) from None

    def _read(self, node: ast.expr, depth: int) -> _Part:
        if depth > DEPTH:
            raise self._fault(f"nested too deeply, at most {DEPTH} levels", node)
        match node:
            case ast.Constant():
                part = self._constant(node)
            case ast.Name():
                part = self._name(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                inner = self._read(node.operand, depth + 1)
                part = self._negated(inner) if isinstance(node.op, ast.USub) else inner
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                part = self._sum(node, depth)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                part = self._product(node, depth)
            case ast.BinOp(op=ast.Pow()):
                part = self._power(
                    self._read(node.left, depth + 1), self._read(node.right, depth + 1), node
                )
            case ast.BinOp(op=ast.BitXor()):
                raise self._fault("^ is no power; write **", node.right)
            case ast.BinOp():
                raise self._fault("operators are + - * / **", node)
            case ast.Call():
                part = self._call(node, depth)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                raise self._fault("comparisons belong into where(condition, value, other)", node)
            case ast.IfExp():
                raise self._fault("cases are written where(condition, value, other)", node)
            case _:
                kind = type(node).__name__
                raise self._fault(
                    f"expected numbers, names, + - * / ** and calls, got {kind}", node
                )
        if part.expr in (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise self._fault("this is infinite or undefined", node)
        return self._valued(part, node)

    def _valued(self, part: _Part, node: ast.expr) -> _Part:
        """Give a value to a constant that came from variables, such as `x - x + 1`.

        Its own parts have finite values, so that evaluating it costs little.
        """
        if part.value is not None or not isinstance(part.expr, sympy.Expr):
            return part
        parameters = {p: sympy.Float(v) for p, v in self._language.parameters.values()}
        if part.expr.free_symbols - set(parameters) or part.expr.atoms(AppliedUndef):
            return part
        evaluated = part.expr.xreplace(parameters).evalf()
        if evaluated.has(sympy.I) and part.expr.has(sympy.I):
            value = NUMBERS.mpc(complex(evaluated))
            return part._replace(value=self._finite(value, node, [value]))
        if not (evaluated.is_Float or evaluated.is_Rational):
            raise self._fault("this is not a real number", node)
        value = NUMBERS.make_mpf(sympy.Float(evaluated)._mpf_)
        return part._replace(value=self._finite(value, node))

    def _constant(self, node: ast.Constant) -> _Part:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fault(f"expected a number, got {value!r:.40}", node)
        if isinstance(value, int) and value.bit_length() >= _LARGEST:
            raise self._fault("this number is too large", node)
        return _Part(sympy.sympify(value), self._finite(value, node))

    def _name(self, node: ast.Name) -> _Part:
        name = node.id.replace(_LAMBDA, "lambda")
        if name in CONSTANTS and name not in self._language.names:
            return _Part(*CONSTANTS[name])
        if name in self._language.unknowns:
            return _Part(self._language.unknowns[name], None)
        if name in self._language.variables:
            return _Part(self._language.variables[name], None)
        if name in self._language.parameters:
            symbol, value = self._language.parameters[name]
            return _Part(symbol, NUMBERS.mpf(value))
        short = self._short(name, node)
        if short is not None:
            return short
        if name in FUNCTIONS or name in ("diff", "integral", "where", *_LOADS, *_ACROSS):
            raise self._fault(f"{name} takes arguments in parentheses", node)
        if name.lower() in _NOT_FINITE:
            raise self._fault(f"{name} is no number here: all of a statement is finite", node)
        known = self._language.names
        raise self._fault(
            f"unknown name {name}; "
            + (f"known are {', '.join(known)}, " if known else "a constant may use ")
            + "pi, E, I"
            + (
                self._derivative_meant(name) or did_you_mean(name, [*known, *CONSTANTS, *FUNCTIONS])
            ),
            node,
        )

    def _derivative_meant(self, name: str) -> str:
        """How a derivative is written, where a name is the du of du/dx."""
        found = re.fullmatch(r"d\d?(\w+?)\d?", name)
        if found is None or found[1] not in {*self._language.unknowns, *self._language.variables}:
            return ""
        unknown = next(iter(self._language.unknowns.values()), None)
        if unknown is None:
            return ""
        of, by = unknown.func.__name__, unknown.args[0]
        return f"; a derivative is {of}_{by}, {of}_{by}{by} or diff({of}, {by}, 2)"

    def _short(self, name: str, node: ast.AST) -> _Part | None:
        """The derivative that a name such as u_xx stands for, if it is one."""
        language = self._language
        try:
            found = read_short(name, language.unknowns, language.variables)
        except ValueError as error:
            raise self._fault(str(error), node) from None
        if found is None:
            return None
        unknown, variables = found
        if len(variables) > DEPTH:
            raise self._fault(f"derivatives go to order {DEPTH}", node)
        return _Part(language.unknowns[unknown].diff(*variables), None)

    def _finite(self, value: Any, node: ast.AST, of: Iterable[Any] = ()) -> Any:
        """A value that a float may hold; complex only if something that it is made of is."""
        complex_ = any(isinstance(each, NUMBERS.mpc) for each in of)
        value = NUMBERS.convert(value)
        if isinstance(value, NUMBERS.mpc):
            if not complex_:
                raise self._fault("this is not a real number", node)
            value = value if value.imag else value.real
        if not NUMBERS.isfinite(value):
            raise self._fault("this is infinite or undefined", node)
        if value and NUMBERS.mag(value) > 2 * _LARGEST:
            raise self._fault("this number is too large", node)
        return value

    def _negated(self, part: _Part) -> _Part:
        return _Part(-part.expr, None if part.value is None else -part.value, part.power)

    def _spine(
        self, node: ast.expr, operators: type[ast.operator] | tuple[type[ast.operator], ...]
    ) -> Iterator[tuple[ast.operator | None, ast.expr]]:
        """Yield the operands of `a + b - c + ...` from the last, which Python nests leftwards."""
        while isinstance(node, ast.BinOp) and isinstance(node.op, operators):
            yield node.op, node.right
            node = node.left
        yield None, node

    def _sum(self, node: ast.BinOp, depth: int) -> _Part:
        parts = []
        for operator, operand in self._spine(node, (ast.Add, ast.Sub)):
            part = self._read(operand, depth + 1)
            parts.append(self._negated(part) if isinstance(operator, ast.Sub) else part)
        value = self._folded(sum, parts, node)
        return _Part(sympy.Add(*(p.expr for p in parts)), value, max(p.power for p in parts))

    def _product(self, node: ast.BinOp, depth: int) -> _Part:
        minus_one = _Part(sympy.S.NegativeOne, NUMBERS.mpf(-1))
        parts = []
        for operator, operand in self._spine(node, (ast.Mult, ast.Div)):
            part = self._read(operand, depth + 1)
            parts.append(
                self._power(part, minus_one, operand) if isinstance(operator, ast.Div) else part
            )
        value = self._folded(math.prod, parts, node)
        return _Part(sympy.Mul(*(p.expr for p in parts)), value, max(p.power for p in parts))

    def _power(self, base: _Part, exponent: _Part, node: ast.AST) -> _Part:
        power = base.power
        if exponent.value is not None:
            size = abs(exponent.value)
            if isinstance(base.expr, sympy.Integer):
                if size * base.expr.p.bit_length() > 2 * _LARGEST:
                    raise self._fault("this number is too large or too small", node)
            elif size * power > _POWER:
                raise self._fault(f"the exponents multiply to more than {_POWER}", node)
            else:
                power *= max(1, math.ceil(size))
        value = None
        if base.value is not None and exponent.value is not None:
            try:
                value = base.value**exponent.value
            except ZeroDivisionError:
                raise self._fault("division by zero", node) from None
            value = self._finite(value, node, (base.value, exponent.value))
        return _Part(sympy.Pow(base.expr, exponent.expr), value, power)

    def _folded(self, function: Callable[..., Any], parts: Iterable[_Part], node: ast.AST) -> Any:
        values = [p.value for p in parts]
        if any(v is None for v in values):
            return None
        return self._finite(function(values), node, values)

    def _call(self, node: ast.Call, depth: int) -> _Part:
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise self._fault("arguments are plain expressions, without names or stars", node)
        if isinstance(node.func, ast.Call):
            return self._at_place(node, self._called_derivative(node, node.func, depth), depth)
        if not isinstance(node.func, ast.Name):
            raise self._fault("only functions can be called; products need a *", node)
        name = node.func.id.replace(_LAMBDA, "lambda")
        if name == "diff":
            return self._diff(node, depth)
        if name == "integral":
            return self._integral(node, depth)
        if name == "where":
            return self._where(node, depth)
        if name in self._language.unknowns:
            unknown = self._language.unknowns[name]
            return _Part(unknown.func(*self._places(node, unknown, depth)), None)
        if name in _ACROSS:
            return self._across(name, node, depth)
        if name == "inside":
            return self._inside(node)
        if name == "DiracDelta":
            return self._load(node, depth)
        if name == "SingularityFunction":
            return self._beam_load(node, depth)
        if name in ("normal", "normal_derivative"):
            return self._along_normal(name, node, depth)
        short = self._short(name, node)
        if short is not None and name not in self._language.names:
            return self._at_place(node, short, depth)
        if name in self._language.variables or name in self._language.parameters:
            raise self._fault(f"{name} is no function; products need a *", node)
        if name not in FUNCTIONS:
            known = sorted([*FUNCTIONS, *_ACROSS, *_LOADS, "diff", "integral", "where"])
            raise self._fault(
                f"unknown function {name}; known are {', '.join(known)}"
                + did_you_mean(name, [*known, *self._language.unknowns]),
                node,
            )
        return self._function(name, node, depth)

    def _function(self, name: str, node: ast.Call, depth: int) -> _Part:
        word = FUNCTIONS[name]
        if len(node.args) != word.arguments and (word.arguments is not None or len(node.args) < 2):
            expected = word.arguments or "two or more"
            raise self._fault(f"{name} takes {expected} argument(s), got {len(node.args)}", node)
        parts = [self._read(argument, depth + 1) for argument in node.args]
        value = None
        values = [p.value for p in parts if p.value is not None]
        if len(values) == len(parts):
            try:
                value = word.numeric(*values)
            except (TypeError, ValueError, ZeroDivisionError):  # the first for complex arguments
                raise self._fault(f"{name} is not defined there", node) from None
            except OverflowError:
                raise self._fault("this number is too large", node) from None
            value = self._finite(value, node, values)
        return _Part(word.symbolic(*(p.expr for p in parts)), value, max(p.power for p in parts))

    def _places(self, node: ast.Call, unknown: AppliedUndef, depth: int) -> list[sympy.Basic]:
        if len(node.args) != len(unknown.args):
            raise self._fault(
                f"{unknown.func.__name__} takes {len(unknown.args)} argument(s) as in {unknown}, "
                f"got {len(node.args)}",
                node,
            )
        places = []
        for argument, variable in zip(node.args, unknown.args, strict=True):
            place = self._read(argument, depth + 1)
            if place.value is None and place.expr != variable:
                raise self._fault(
                    f"expected {variable} or a number as argument of {unknown.func.__name__}; "
                    "delays and shifts are not supported",
                    argument,
                )
            places.append(place.expr)
        return places

    def _diff(self, node: ast.Call, depth: int) -> _Part:
        if len(node.args) < 2:
            raise self._fault("expected diff(u, x) or diff(u, x, 2)", node)
        inner = self._read(node.args[0], depth + 1)
        variables = self._differentiation_variables(node)
        if isinstance(inner.expr, AppliedUndef):
            return _Part(inner.expr.diff(*variables), None)
        result = inner.expr
        for variable in variables:
            if not self._language.spend(derivative_size(result)):
                raise self._fault("this is too large to differentiate; do it by hand", node)
            result = sympy.diff(result, variable)
        if holds_switch(inner.expr):
            # A flux that jumps is continuous where it does: what that means, the form tells.
            result = sympy.Derivative(inner.expr, *variables, evaluate=False)
        return _Part(result, None, inner.power)

    def _across(self, name: str, node: ast.Call, depth: int) -> _Part:
        match node.args:
            case [inner, ast.Name(id=variable), place] if variable in self._language.variables:
                taken = self._read(inner, depth + 1)
                at = self._read(place, depth + 1)
                if at.value is None:
                    raise self._fault("expected the place of an interface, a number", place)
                symbol = self._language.variables[variable]
                return _Part(_ACROSS[name](taken.expr, symbol, at.expr), None, taken.power)
            case [inner, level]:
                taken, at = self._read(inner, depth + 1), self._read(level, depth + 1)
                return _Part(_ACROSS[name](taken.expr, at.expr), None, taken.power)
        raise self._fault(
            f"expected {name}(k*diff(u, x), x, 0.5), or in a region {name}(u, x**2 + y**2 - 1)",
            node,
        )

    def _inside(self, node: ast.Call) -> _Part:
        match node.args:
            case [ast.Constant(value=str(text))] if self._language.region is not None:
                return _Part(inside(self._language.region(text)), None)
        raise self._fault('expected inside("Disk((0, 0), 1)"), of a region of the domain', node)

    def _along_normal(self, name: str, node: ast.Call, depth: int) -> _Part:
        along = self._language.along
        if not along:
            raise self._fault(
                f"{name} stands in conditions on the boundary of a region, "
                '{equation = "...", on = "..."}',
                node,
            )
        if name == "normal":
            match node.args:
                case [ast.Name(id=variable)] if variable in along:
                    return _Part(normal(self._language.variables[variable]), None)
            raise self._fault(f"expected normal({along[0]}), of one of {', '.join(along)}", node)
        if len(node.args) not in (1, 2):
            raise self._fault("expected normal_derivative(u), or normal_derivative(u, k)", node)
        parts = [self._read(argument, depth + 1) for argument in node.args]
        # Written out at once, so that what it costs is spent.
        if not self._language.spend(len(along) * derivative_size(parts[0].expr)):
            raise self._fault("this is too large to differentiate; do it by hand", node)
        slope = normal_derivative(*(part.expr for part in parts))
        space = [self._language.variables[variable] for variable in along]
        return _Part(slope.along(space), None, max(part.power for part in parts))

    def _load(self, node: ast.Call, depth: int) -> _Part:
        match node.args:
            case [argument]:
                order = 0
            case [argument, ast.Constant(value=int(order))] if 0 < order <= DEPTH:
                pass
            case _:
                raise self._fault("expected DiracDelta(x - 0.5), or DiracDelta(x - 0.5, 1)", node)
        inner = self._read(argument, depth + 1)
        return _Part(sympy.DiracDelta(inner.expr, order), None, inner.power)

    def _beam_load(self, node: ast.Call, depth: int) -> _Part:
        parts = [self._read(argument, depth + 1) for argument in node.args]
        order = parts[-1].expr if len(parts) == 3 else None
        if not isinstance(order, sympy.Integer) or not -DEPTH <= order <= DEPTH:
            raise self._fault("expected SingularityFunction(x, 0.5, -1), as beams have it", node)
        (argument, place, _), power = parts, max(1, int(order))
        try:
            found = sympy.SingularityFunction(argument.expr, place.expr, order)
        except ValueError as error:
            raise self._fault(str(error), node) from None
        return _Part(found, None, power * argument.power)

    def _differentiation_variables(self, node: ast.Call) -> list[sympy.Symbol]:
        variables: list[sympy.Symbol] = []
        for argument in node.args[1:]:
            match argument:
                case ast.Name(id=name) if name in self._language.variables:
                    variables.append(self._language.variables[name])
                case ast.Constant(value=int(order)) if variables and 1 <= order <= DEPTH:
                    variables.extend([variables[-1]] * (order - 1))
                case _:
                    known = ", ".join(self._language.variables)
                    raise self._fault(
                        f"expected a variable ({known}) or an order from 1 to {DEPTH}", argument
                    )
        if len(variables) > DEPTH:
            raise self._fault(f"derivatives go to order {DEPTH}", node)
        return variables

    def _called_derivative(self, node: ast.Call, inner: ast.Call, depth: int) -> _Part:
        if not isinstance(inner.func, ast.Name) or inner.func.id != "diff":
            raise self._fault(
                "only a derivative is taken at a place this way, diff(u, x)(0, t)", node
            )
        return self._diff(inner, depth + 1)

    def _at_place(self, node: ast.Call, derivative: _Part, depth: int) -> _Part:
        unknowns = derivative.expr.atoms(AppliedUndef)
        if not unknowns:
            raise self._fault("expected the derivative of an unknown, diff(u, x)(0, t)", node)
        unknown = self._language.unknowns[min(unknowns, key=str).func.__name__]
        moved = [
            (v, p)
            for v, p in zip(unknown.args, self._places(node, unknown, depth), strict=True)
            if v != p
        ]
        if not moved:
            return derivative
        variables, points = zip(*moved, strict=True)
        return _Part(sympy.Subs(derivative.expr, variables, points), None, derivative.power)

    def _integral(self, node: ast.Call, depth: int) -> _Part:
        if len(node.args) < 2:
            raise self._fault("expected integral(u, (x, 0, 1))", node)
        inner = self._read(node.args[0], depth + 1)
        if not inner.expr.atoms(AppliedUndef):
            raise self._fault("expected an unknown to integrate", node.args[0])
        limits = []
        for argument in node.args[1:]:
            match argument:
                case ast.Tuple(elts=[ast.Name(id=name), lower, upper]) if (
                    name in self._language.variables
                ):
                    ends = (self._read(end, depth + 1).expr for end in (lower, upper))
                    limits.append((self._language.variables[name], *ends))
                case _:
                    raise self._fault("expected limits, (x, 0, 1)", argument)
        return _Part(sympy.Integral(inner.expr, *limits), None, inner.power)

    def _where(self, node: ast.Call, depth: int) -> _Part:
        if len(node.args) != 3:
            raise self._fault("expected where(condition, value, other)", node)
        condition = self._condition(node.args[0], depth + 1)
        value, other = (self._read(argument, depth + 1) for argument in node.args[1:])
        if condition in (sympy.true, sympy.false):
            return value if condition else other
        cases = ((value.expr, condition), (other.expr, sympy.true))
        return _Part(sympy.Piecewise(*cases, evaluate=False), None, max(value.power, other.power))

    def _condition(self, node: ast.expr, depth: int) -> sympy.Basic:
        if depth > DEPTH:
            raise self._fault(f"nested too deeply, at most {DEPTH} levels", node)
        match node:
            case ast.Compare():
                sides = [self._read(s, depth + 1).expr for s in (node.left, *node.comparators)]
                kinds = self._comparisons
                pairs = []
                for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
                    if type(operator) not in kinds:
                        known = "< <= > >=" + (" == !=" if ast.Eq in kinds else "")
                        raise self._fault(f"comparisons are {known}", node)
                    pairs.append(kinds[type(operator)](left, right))
                return pairs[0] if len(pairs) == 1 else sympy.And(*pairs)
            case ast.BoolOp():
                parts = [self._condition(value, depth + 1) for value in node.values]
                return sympy.And(*parts) if isinstance(node.op, ast.And) else sympy.Or(*parts)
            case ast.UnaryOp(op=ast.Not()):
                return sympy.Not(self._condition(node.operand, depth + 1))
            case _:
                raise self._fault("expected a comparison such as x < 1", node)

    def _refuse_large_integers(self, expression: sympy.Basic) -> None:
        for number in expression.atoms(sympy.Rational):
            if max(abs(number.p), number.q).bit_length() >= _LARGEST:
                raise self._fault("a number in it is too large", self._tree)
