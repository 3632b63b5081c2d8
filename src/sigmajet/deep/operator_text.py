"""Linear differential operators with constant coefficients as text: `u_xxxx + 2*u_xxyy + u_yyyy`.

Python's `ast` reads the text, nothing runs it. Coefficients are exact rationals; a decimal is the
one that is written, so `0.1` is 1/10.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from .._types import Orders

__all__ = ["columns_of", "read_operator"]

Term = tuple[str, ...]
"""The variables of one derivative, in the order in which they are written; () for the function."""


def read_operator(
    text: str, dimension: int, variables: Sequence[str] | None = None
) -> dict[Orders, Fraction]:
    """Read an operator on functions of `dimension` variables.

    Parameters
    ----------
    text : str
        A sum of derivatives of one function times numbers, such as ``"u_t - u_xx/2"``.
    dimension : int
        How many columns the points have.
    variables : sequence of str, optional
        Their names in the order of the columns. Without them x, y and z are the first three
        columns and t is the last.

    Returns
    -------
    dict
        Coefficient of each derivative, by its order in each column.

    Raises
    ------
    TypeError
        If it is no text.
    ValueError
        If the text is not such a sum, or its variables do not fit the columns.

    Examples
    --------
    >>> read_operator("u_t - u_xx/2", 2)
    {(0, 1): Fraction(1, 1), (2, 0): Fraction(-1, 2)}
    """
    if not isinstance(text, str):
        raise TypeError(
            f"text: got {type(text).__name__}, expected an operator in words, as 'u_xx + 2*u_xy'"
        )
    terms = _Reading(text, variables).terms()
    columns = columns_of({name for term in terms for name in term}, dimension, variables)
    found: dict[Orders, Fraction] = {}
    for term, coefficient in terms.items():
        times = Counter(columns[name] for name in term)
        orders = tuple(times[column] for column in range(dimension))
        found[orders] = found.get(orders, Fraction(0)) + coefficient
    return {orders: coefficient for orders, coefficient in found.items() if coefficient}


def columns_of(
    used: Collection[str], dimension: int, variables: Sequence[str] | None = None
) -> Mapping[str, int]:
    """The column of each variable that is used.

    Raises
    ------
    ValueError
        If a variable has no column, or two have the same.

    Examples
    --------
    >>> columns_of({"t", "x"}, 3)
    {'t': 2, 'x': 0}
    """
    if variables is not None:
        if len(variables) != dimension or len(set(variables)) != dimension:
            raise ValueError(
                f"variables: got {tuple(variables)}, expected {dimension} different names, one for "
                "each column of the points"
            )
        places = {name: column for column, name in enumerate(variables)}
    else:
        places = {"x": 0, "y": 1, "z": 2, "t": dimension - 1}
    for name in sorted(used):
        if not 0 <= places.get(name, -1) < dimension:
            raise ValueError(
                f"{name} is none of the {dimension} column(s) of the points; say what these are "
                f"called, as in variables=('x', 'y')"
            )
    columns = {name: places[name] for name in sorted(used)}
    if len(set(columns.values())) < len(columns):
        raise ValueError(
            f"{', '.join(columns)}: more variables than the {dimension} column(s) of the points"
        )
    return columns


class _Reading:
    """One pass over one text."""

    def __init__(self, text: str, variables: Sequence[str] | None) -> None:
        self._text = text.strip()
        self._variables = variables
        self._unknown: str | None = None

    def terms(self) -> dict[Term, Fraction]:
        try:
            tree = ast.parse(self._text, mode="eval").body
            linear = self._read(tree)
        except SyntaxError as error:
            raise ValueError(
                f"{self._text!r} is no sum of derivatives ({error.msg}); write u_xx + 2*u_xy"
            ) from None
        except (RecursionError, MemoryError):
            raise ValueError("the operator is nested too deeply") from None
        if isinstance(linear, Fraction):
            raise ValueError(f"{self._text!r} holds no derivative; write u_xx + 2*u_xy")
        return linear

    def _read(self, node: ast.expr) -> dict[Term, Fraction] | Fraction:
        """A number, or a combination of derivatives."""
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._number(value)
            case ast.Name(id=name):
                return {self._derivative(name): Fraction(1)}
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign):
                return _times(self._read(node.operand), -1 if isinstance(sign, ast.USub) else 1)
            case ast.BinOp(op=ast.Add() | ast.Sub() as sign):
                right = _times(self._read(node.right), -1 if isinstance(sign, ast.Sub) else 1)
                return self._sum(self._read(node.left), right)
            case ast.BinOp(op=ast.Mult()):
                left, right = self._read(node.left), self._read(node.right)
                if isinstance(left, Fraction):
                    return _times(right, left)
                if isinstance(right, Fraction):
                    return _times(left, right)
                raise self._fault(node, "a product of derivatives is not linear")
            case ast.BinOp(op=ast.Div()):
                divisor = self._read(node.right)
                if not isinstance(divisor, Fraction) or divisor == 0:
                    raise self._fault(node, "only numbers other than 0 divide")
                return _times(self._read(node.left), 1 / divisor)
        raise self._fault(node, "expected derivatives, numbers, + - * /")

    def _number(self, value: float) -> Fraction:
        try:
            return Fraction(repr(value))
        except ValueError:
            raise ValueError(f"{value} in {self._text!r} is no finite number") from None

    def _sum(
        self, left: dict[Term, Fraction] | Fraction, right: dict[Term, Fraction] | Fraction
    ) -> dict[Term, Fraction] | Fraction:
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left + right
        if isinstance(left, Fraction) or isinstance(right, Fraction):
            raise ValueError(
                f"{self._text!r} adds a number to derivatives, which is not linear; add it to the "
                "result"
            )
        return {
            term: left.get(term, Fraction(0)) + right.get(term, Fraction(0))
            for term in left | right
        }

    def _derivative(self, name: str) -> Term:
        unknown, _, subscript = name.partition("_")
        if self._unknown not in (None, unknown):
            raise ValueError(
                f"{self._text!r} is about {self._unknown} and {unknown}; "
                "an operator has one function"
            )
        self._unknown = unknown
        if self._variables is None:
            return tuple(subscript)
        split = _split(subscript, sorted(self._variables, key=len, reverse=True))
        if split is None:
            raise ValueError(f"{name}: {subscript!r} is not made of {', '.join(self._variables)}")
        return split

    def _fault(self, node: ast.expr, why: str) -> ValueError:
        return ValueError(f"{ast.unparse(node)!r} in {self._text!r}: {why}")


def _times(
    linear: dict[Term, Fraction] | Fraction, factor: Fraction | int
) -> dict[Term, Fraction] | Fraction:
    if isinstance(linear, Fraction):
        return factor * linear
    return {term: factor * coefficient for term, coefficient in linear.items()}


def _split(subscript: str, names: Sequence[str]) -> Term | None:
    """A subscript as names written one after another, long ones first; None if it is not that."""
    if not subscript:
        return ()
    for name in names:
        if subscript.startswith(name):
            rest = _split(subscript[len(name) :], names)
            if rest is not None:
                return (name, *rest)
    return None
