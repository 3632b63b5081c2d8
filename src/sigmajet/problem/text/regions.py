"""Text such as `Disk((0, 0), 1) - Disk((1/2, 0), 0.2, name='hole')` to a region.

It is what a region prints. Python's `ast` gives the tree, and each node of it has to be one of the
shapes, motions and operations below; nothing is executed.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sympy

from ..domains import curves, outlines, plane, solids, splines
from ..domains.polyhedra import FORMATS, Polyhedron, is_text
from ..terms.domain import Box, Region
from ..terms.vocabulary import did_you_mean
from .expression import DEPTH, Language, Unreadable

__all__ = ["region", "without_surfaces"]


_SHAPES: dict[str, Callable[..., Any]] = {
    **{each.__name__: each for each in (Box, Polyhedron, Region)},
    **{
        name: getattr(module, name)
        for module in (curves, outlines, plane, solids, splines)
        for name in module.__all__
    },
}
_MOTIONS: dict[str, Callable[..., Region]] = {
    "translate": Region.translate,
    "rotate": Region.rotate,
    "scale": Region.scale,
}
_SIGNS: dict[type[ast.operator], Callable[..., Region]] = {
    ast.BitOr: Region.__or__,
    ast.BitAnd: Region.__and__,
    ast.Sub: Region.__sub__,
}
_SURFACE = re.compile(r"OFF(?: [-+.0-9e]+)+")
_NAMED = {"name", "corners", "about", "axis"}  # may be given by name: of shapes, and of motions


def without_surfaces(text: str) -> str:
    """A text but for the numbers of surfaces in it, which take no more time than to read them."""
    return _SURFACE.sub("OFF", text)


def region(text: str, variables: tuple[sympy.Symbol, ...], language: Language) -> Region:
    """Read a region of some variables, its numbers in the words of a language.

    Raises
    ------
    Unreadable
        If it is no text of a region.
    ProblemError
        If it is, but the region cannot be meant.

    Examples
    --------
    >>> region("Disk((0, 0), 1).scale(2, 1)", sympy.symbols("x y"), Language())
    Disk((0, 0), 1).scale(2, 1)
    """
    size = len(without_surfaces(text))
    if size > language.budget:
        raise Unreadable(f"too long: {size} characters, at most {language.budget}", 1)
    code = text.replace("\n", " ").replace("\r", " ")
    start = len(code) - len(code.lstrip())
    if not code.strip():
        raise Unreadable("got no text, expected a region, such as Disk((0, 0), 1)", 1)
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except SyntaxError as error:
        raise Unreadable(f"not a region ({error.msg})", (error.offset or 1) + start) from None
    except (RecursionError, MemoryError):
        raise Unreadable("nested too deeply", 1) from None
    except ValueError as error:
        raise Unreadable(f"not a region ({error})", 1) from None
    return _Reading(code.strip(), start, variables, language).region(tree, 0)


class _Reading:
    """One pass over one text."""

    def __init__(
        self, code: str, start: int, variables: tuple[sympy.Symbol, ...], language: Language
    ) -> None:
        self._code = code
        self._start = start
        self._variables = variables
        self._language = language
        self._shapes = 0

    def region(self, node: ast.expr, depth: int) -> Region:
        """The region that a node stands for."""
        if depth > DEPTH:
            raise self._fault(f"nested too deeply, at most {DEPTH} levels", node)
        # Operations nest leftwards, motions as well, and neither goes down Python's stack.
        after: list[tuple[Callable[..., Region], tuple[Any, ...], Mapping[str, Any], ast.expr]] = []
        while True:
            match node:
                case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                    after.append((_SIGNS[type(sign)], (self.region(right, depth + 1),), {}, node))
                    node = left
                case ast.Call(func=ast.Attribute(value=moved, attr=motion)):
                    if motion not in _MOTIONS:
                        raise self._unknown("motion", motion, _MOTIONS, node)
                    self._spend(1, node)
                    after.append((_MOTIONS[motion], *self._arguments(node), node))
                    node = moved
                case ast.Call(func=ast.Name(id=shape)):
                    if shape not in _SHAPES:
                        raise self._unknown("shape", shape, _SHAPES, node)
                    break
                case _:
                    raise self._fault(
                        f"expected {', '.join(_SHAPES)}, put together by | & - and moved by "
                        f"{', '.join(_MOTIONS)}, got {self._source(node)}",
                        node,
                    )
        self._shapes += 1
        # For each shape that is added, walls of all those before are intersected in pairs.
        self._spend(self._shapes**2, node)
        read = {
            "ClosedCurve": self._curve,
            "Region": self._inequality,
            "Outline": self._quoted,
            "Polyhedron": self._surface,
        }.get(shape, self._arguments)
        places, named = read(node)
        found: Region = self._called(_SHAPES[shape], (self._variables, *places), named, node)
        found = found.as_region()
        for act, places, named, place in reversed(after):
            found = self._called(act, (found, *places), named, place)
        return found

    def _called(
        self,
        function: Callable[..., Any],
        places: tuple[Any, ...],
        named: Mapping[str, Any],
        node: ast.expr,
    ) -> Any:
        signature = inspect.signature(function)
        try:
            signature.bind(*places, **named)
        except TypeError:  # too few, too many or other arguments
            _, *takes = (name for name in signature.parameters if name not in _NAMED)
            word = function.__name__
            optional = [name for name in signature.parameters if name in _NAMED]
            further = f", and {' and '.join(optional)} by name" if optional else ""
            raise self._fault(
                f"{word} takes {len(takes)} argument(s), {word}({', '.join(takes)}){further}; got "
                f"{self._source(node)}",
                node,
            ) from None
        return function(*places, **named)

    def _curve(self, node: ast.Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a closed curve: formulas, and the parameter in them with its ends."""
        match node.args:
            case [ast.Tuple(elts=coordinates), ast.Tuple(elts=[ast.Name(id=name), *ends])]:
                symbol = sympy.Symbol(name)
                words = replace(
                    self._language, unknowns={}, parameters={}, variables={name: symbol}
                )
                point = tuple(self._read(words.expression, each) for each in coordinates)
                span = symbol, *(self._value(end, 1) for end in ends)
                return (point, span), self._by_name(node)
        raise self._fault("expected ClosedCurve((cos(s), sin(s)), (s, 0, 2*pi))", node)

    def _inequality(self, node: ast.Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a region by an inequality in its variables."""
        if len(node.args) != 1:
            raise self._fault("expected Region(x**2 + y**2 < 1)", node)
        named = {symbol.name: symbol for symbol in self._variables}
        words = replace(self._language, unknowns={}, parameters={}, variables=named)
        return (self._read(words.predicate, node.args[0]),), self._by_name(node)

    def _quoted(self, node: ast.Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a region by a text of another format."""
        match node.args:
            case [ast.Constant(value=str(text))]:
                return (text,), self._by_name(node)
        raise self._fault("expected Outline('POLYGON ((0 0, 1 0, 0 1, 0 0))')", node)

    def _surface(self, node: ast.Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a body: its surface as text, or a file beside that of the statement."""
        match node.args:
            case [ast.Constant(value=str(text))]:
                named = self._by_name(node)
                if is_text(text):
                    return (text,), named
                folder = self._language.folder
                if folder is None:
                    raise self._fault(
                        f"got the file {text!r:.60}, which only a problem file may name; expected "
                        "the surface as text, 'OFF ...'",
                        node,
                    )
                return (folder / text,), named
        raise self._fault(f"expected Polyhedron('part.stl'), a file {', '.join(FORMATS)}", node)

    def _arguments(self, node: ast.Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return tuple(self._value(argument, 0) for argument in node.args), self._by_name(node)

    def _by_name(self, node: ast.Call) -> dict[str, Any]:
        named = {}
        for keyword in node.keywords:
            match keyword:
                case ast.keyword(arg="name", value=ast.Constant(value=str(text))):
                    named["name"] = text
                case ast.keyword(arg="name", value=value):
                    got = self._source(value)
                    raise self._fault(f"name: got {got}, expected a quoted text", value)
                case ast.keyword(arg="about" | "axis" | "corners" as word, value=value):
                    named[str(word)] = self._value(value, 0)
                case _:
                    raise self._fault(
                        f"got {keyword.arg or '**'} by name, as only "
                        f"{', '.join(sorted(_NAMED))} may be; give the others in their order, "
                        "as in Disk((0, 0), 1)",
                        node,
                    )
        return named

    def _value(self, node: ast.expr, depth: int) -> Any:
        """A number, a point, or points."""
        if isinstance(node, ast.Tuple | ast.List):
            if depth == 2:
                raise self._fault("expected numbers, points of numbers, or lists of points", node)
            self._spend(1, node)
            return tuple(self._value(each, depth + 1) for each in node.elts)
        return self._read(self._language.constant, node)

    def _source(self, node: ast.expr) -> str:
        """A node as it is written."""
        return f"{ast.get_source_segment(self._code, node) or '':.60}"

    def _read(self, reader: Callable[[str], Any], node: ast.expr) -> Any:
        text = ast.get_source_segment(self._code, node) or ""
        try:
            return reader(text)
        except Unreadable as error:
            raise self._fault(str(error), node) from None

    def _spend(self, cost: int, node: ast.expr) -> None:
        if not self._language.spend(cost):
            raise self._fault("too much in one file: too many shapes or points", node)

    def _unknown(self, what: str, name: str, known: Mapping[str, Any], node: ast.AST) -> Unreadable:
        listed = f"unknown {what} {name}; known are {', '.join(known)}"
        return self._fault(listed + did_you_mean(name, known), node)

    def _fault(self, message: str, node: ast.AST) -> Unreadable:
        before = self._code.encode()[: getattr(node, "col_offset", 0)]
        return Unreadable(message, len(before.decode(errors="ignore")) + self._start + 1)
