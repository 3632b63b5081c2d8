"""Statements as TOML, and read back without running anything in them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sympy
from sympy.core.parameters import distribute

from ...errors import FileError, ProblemError
from ..boundary.conditions import on_boundary
from ..jumps.inside import Inside
from ..stated import Stated
from ..terms.domain import Domain, Region
from ..terms.effort import BUDGET
from ..terms.notation import written
from ..terms.relation import Relation
from ..terms.vocabulary import did_you_mean, name_fault
from .expression import Language, Unreadable
from .regions import region, without_surfaces

if TYPE_CHECKING:
    from .schema import OnBoundary, Schema

__all__ = ["LARGEST", "Contents", "read", "write"]


# Bytes in a file: sixteen for each operation that one may cost. In 150 problems of the registry an
# operation takes 4 in the median, and 10 at most.
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds.

    Attributes
    ----------
    statement : mapping
        Keyword arguments of `Problem`.
    title : str
        Empty if the file gives none.
    options : mapping
        The `[solve]` table: keyword arguments of `solve`, those given only.
    """

    statement: Mapping[str, Any]
    title: str
    options: Mapping[str, Any]


def write(problem: Stated) -> str:
    """A statement as TOML.

    Raises
    ------
    ProblemError
        If it holds callables, which no text can.
    """
    if any(not issubclass(function, Inside) for function in problem.functions):
        raise ProblemError(
            "a problem with functions=, coefficients that are no formulas, cannot be written as "
            "text, nor kept in a file: state them as formulas"
        )
    names = {str(name) for name in (*problem.variables, *problem.parameters)}
    names |= {unknown.func.__name__ for unknown in problem.stated_unknowns}
    for relation in (*problem.stated_equations, *problem.stated_conditions):
        for constant in relation.residual.atoms(sympy.NumberSymbol, type(sympy.I)):
            if str(constant) in names and name_fault(str(constant)) is None:
                raise ProblemError(
                    f"`{relation.source}` holds the constant {constant} beside a name {constant}, "
                    "which text cannot tell from each other: give one of them another name"
                )
    lines = [_entry("unknowns", (_quoted(str(u)) for u in problem.stated_unknowns))]
    declared = [u for u in problem.stated_unknowns if u.is_extended_real]
    if declared and len(declared) < len(problem.unknowns):  # beside complex ones
        lines.append(_entry("real", (_quoted(u.func.__name__) for u in declared)))
    if problem.time is not None:
        lines.append(f"time = {_quoted(str(problem.time))}")
    lines.append(_entry("equations", (_quoted(e.source) for e in problem.stated_equations)))
    space = problem.domain.space
    lines.append(_entry("conditions", (_condition(c, space) for c in problem.stated_conditions)))
    lines += ["", "[domain]", *_domain(problem.domain)]
    if problem.parameters:
        lines += ["", "[parameters]"]
        lines += [f"{_quoted(str(p))} = {v!r}" for p, v in problem.parameters.items()]
    return "\n".join(lines) + "\n"


def _domain(domain: Domain) -> list[str]:
    intervals, space = list(domain), domain.space
    if not isinstance(space, Region):
        return [f"{_quoted(str(v))} = [{a!r}, {b!r}]" for v, a, b in intervals]
    names = ", ".join(map(str, space.variables))
    return [
        f"{_quoted(names)} = {_quoted(space.text)}",
        *(f"{_quoted(str(v))} = [{a!r}, {b!r}]" for v, a, b in intervals[len(space.variables) :]),
    ]


def _condition(condition: Relation, space: Domain) -> str:
    """A text, or a table if it holds on a part of the boundary."""
    if condition.part is None or condition.across is not None:
        return _quoted(condition.source)
    on = [
        str(each) if isinstance(each, int) else _quoted(_on(each, space)) for each in condition.on
    ]
    if not on:
        return f"{{equation = {_quoted(condition.source)}}}"
    listed = on[0] if len(on) == 1 else f"[{','.join(on)}]"
    return f"{{equation = {_quoted(condition.source)}, on = {listed}}}"


def _on(part: str | sympy.Basic, space: Domain) -> str:
    if isinstance(part, str):
        return part
    text = written(part, {})
    return f"({text})" if _is_part(text, space) else text


def _is_part(text: str, space: Domain) -> bool:
    return isinstance(space, Region) and space.shape.part(text) is not None


def _entry(key: str, values: Iterable[str]) -> str:
    # Both halves of a complex statement have the text of the whole.
    items = "".join(f"    {value},\n" for value in dict.fromkeys(values))
    return f"{key} = [\n{items}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # TOML's basic strings take JSON's escapes


def read(
    text: str,
    name: str,
    parameters: Mapping[str, str] | None = None,
    budget: int = BUDGET,
    folder: Path | None = None,
) -> Contents:
    """Read a file's text; `name` stands for the file in messages.

    `parameters` take the place of values that the file gives to parameters. `budget` is what its
    expressions may cost, `folder` where files are that it names.

    Raises
    ------
    FileError
        If it is no statement; the message names file, key and column.
    """
    from .schema import validated  # a face: only who reads a file loads Pydantic

    bare = without_surfaces(text)
    if len(bare) > LARGEST:
        raise FileError(f"{name}: longer than {LARGEST // 1024} KiB")
    # tomllib takes the square of the time for a key `a.a.a...`: for so many a tenth of a second.
    if any(line.count(".") > budget for line in bare.splitlines()):
        raise FileError(f"{name}: a line holds more than {budget} dots")
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise FileError(f"{name}: not TOML: nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and integers too long for Python
        raise FileError(f"{name}: not TOML: {error}") from None
    schema = validated(table, name)
    for parameter in parameters or {}:
        if parameter not in schema.parameters:
            known = ", ".join(schema.parameters) or "none"
            raise FileError(
                f"{name}: got a value for {parameter!r:.60}, expected a parameter of it: {known}"
                + did_you_mean(parameter, schema.parameters)
            )
    schema.parameters.update(parameters or {})
    with distribute(False):  # once: at every change of it SymPy forgets all that it has worked out
        assembly = _Assembly(schema, name, budget, folder)
        return Contents(assembly.statement(), schema.title, assembly.options())


_T = TypeVar("_T")


class _Assembly:
    """Turns a file that fits the schema into a statement, and options for solving it."""

    def __init__(self, schema: Schema, name: str, budget: int, folder: Path | None) -> None:
        self._schema = schema
        self._name = name
        listed = {key: [name.strip() for name in key.split(",")] for key in schema.domain}
        for key, kept in schema.domain.items():
            if len(listed[key]) > 1 and not isinstance(kept, str):
                raise FileError(
                    f"{name}: domain.{key:.60}: got two ends for several variables, expected a "
                    'region of them, as in "Disk((0, 0), 1)"'
                )
        self._variables = {
            each: self._symbol(each, "domain") for names in listed.values() for each in names
        }
        self._regions = {
            key: tuple(self._variables[each] for each in listed[key])
            for key, kept in schema.domain.items()
            if isinstance(kept, str)
        }
        values = {
            name: self._constant(value, f"parameters.{name}", Language())
            for name, value in schema.parameters.items()
        }
        self._parameters = {
            name: (self._symbol(name, "parameters"), value) for name, value in values.items()
        }
        applied = [
            self._unknown(text, f"unknowns[{i}]", self._variables)
            for i, text in enumerate(_listed(schema.unknowns))
        ]
        names = [unknown.func.__name__ for unknown in applied]
        for each in schema.real:
            self._named(each, dict(zip(names, applied, strict=True)), "real", "an unknown")
        applied = [
            sympy.Function(u.func.__name__, real=True)(*u.args) if name in schema.real else u
            for name, u in zip(names, applied, strict=True)
        ]
        self._refuse_shared_names(*self._variables, *self._parameters, *names)
        self._unknowns = dict(zip(names, applied, strict=True))
        self._language = Language(
            self._unknowns, self._variables, self._parameters, budget, folder=folder
        )
        self._constants = Language(parameters=self._parameters)

    def statement(self) -> dict[str, Any]:
        """The arguments of `Problem`."""
        schema = self._schema
        domain = self._domain()
        space = domain.space if isinstance(domain, Domain) else None
        within = tuple(space.variables if space else self._variables.values())
        words = replace(self._language, unknowns={}, variables={})
        self._language = replace(
            self._language, region=lambda given: region(given, within, words).as_region()
        )
        equations = [
            self._equation(text, f"equations[{i}]")
            for i, text in enumerate(_listed(schema.equations))
        ]
        conditions = [
            self._condition(given, f"conditions[{i}]", space)
            for i, given in enumerate(schema.conditions)
        ]
        if schema.time is not None and schema.time not in self._variables:
            raise FileError(
                f"{self._name}: time: got {schema.time!r:.60}, expected a variable of the domain, "
                f"{', '.join(self._variables)}{did_you_mean(schema.time, self._variables)}"
            )
        return {
            "equations": equations,
            "unknowns": list(self._unknowns.values()),
            "domain": domain,
            "conditions": conditions,
            "time": None if schema.time is None else self._variables[schema.time],
            "parameters": dict(self._parameters.values()),
        }

    def options(self) -> dict[str, Any]:
        """The arguments of `solve` that the file gives, those in words as SymPy."""
        table = self._schema.solve
        options = table.model_dump(exclude_none=True)
        if table.guess is not None:
            options["guess"] = self._guess(table.guess)
        if table.continuation is not None:
            options["continuation"] = {
                self._named(name, self._parameters, "solve.continuation", "a parameter")[0]: (
                    self._constant(value, f"solve.continuation.{name}", self._constants)
                )
                for name, value in table.continuation.items()
            }
        if table.stop_when is not None:
            # An expression alone is one that comes to zero, as in Python.
            reads = self._equation if "=" in table.stop_when else self._expression
            options["stop_when"] = reads(table.stop_when, "solve.stop_when")
        return options

    def _domain(self) -> Domain | dict[sympy.Symbol, tuple[float, ...]]:
        """The intervals, or a region, over time if an interval stands beside it."""
        intervals = {
            self._variables[name]: tuple(
                self._constant(end, f"domain.{name}[{i}]", self._constants)
                for i, end in enumerate(ends)
            )
            for name, ends in self._schema.domain.items()
            if not isinstance(ends, str)
        }
        if not self._regions:
            return intervals
        if len(self._regions) > 1:
            raise FileError(f"{self._name}: domain: got several regions, expected one")
        ((key, variables),) = self._regions.items()
        text = self._schema.domain[key]
        language = replace(self._language, unknowns={}, variables={})
        space = self._text(
            lambda given: region(given, variables, language), str(text), f"domain.{key}"
        )
        if not intervals:
            return space
        try:
            return space * intervals
        except ProblemError as error:
            raise FileError(f"{self._name}: domain: {error}") from None

    def _condition(self, given: str | OnBoundary, key: str, space: Domain | None) -> Any:
        if isinstance(given, str):
            along = [v.name for v in (space.variables if space else self._variables.values())]
            words = replace(self._language, along=along if Language.across(given) else ())
            return sympy.Eq(*self._text(words.equation, given, key), evaluate=False)
        if not isinstance(space, Region):
            raise FileError(
                f"{self._name}: {key}: got a condition on the boundary of a box; take the "
                'unknowns at its walls, as in "u(0, y) = 0"'
            )
        along = [variable.name for variable in space.variables]
        language = replace(self._language, along=along)
        both = self._text(language.equation, given.equation, f"{key}.equation")
        places = replace(
            self._language, unknowns={}, variables={v.name: v for v in space.variables}
        )
        parts: list[Any] = []
        for part in given.on if isinstance(given.on, list) else [given.on]:
            # A name is no predicate; of a name that is none, the region says which there are.
            if isinstance(part, str) and not _is_part(part, space) and set("<>=!") & set(part):
                part = self._text(places.predicate, part, f"{key}.on")
            parts.append(part)
        where = parts[0] if len(parts) == 1 else parts or None
        return on_boundary(sympy.Eq(*both, evaluate=False), where)

    def _guess(self, guess: str | Mapping[str, int | float | str]) -> Any:
        # A formula in the variables; the budget for all expressions of the file stays one.
        language = replace(self._language, unknowns={})
        if isinstance(guess, str):
            return self._text(language.expression, guess, "solve.guess")
        return {
            self._named(name, self._unknowns, "solve.guess", "an unknown"): self._text(
                language.expression, _written(formula), f"solve.guess.{name}"
            )
            for name, formula in guess.items()
        }

    def _equation(self, text: str, key: str) -> sympy.Eq:
        return sympy.Eq(*self._text(self._language.equation, text, key), evaluate=False)

    def _expression(self, text: str, key: str) -> sympy.Expr:
        return self._text(self._language.expression, text, key)

    def _named(self, name: str, known: Mapping[str, _T], key: str, what: str) -> _T:
        if name not in known:
            raise FileError(
                f"{self._name}: {key}: got {name!r:.60}, expected {what} of the problem, "
                f"{', '.join(known) or 'which has none'}{did_you_mean(name, known)}"
            )
        return known[name]

    def _text(self, read: Callable[[str], _T], text: str, key: str) -> _T:
        try:
            return read(text)
        except Unreadable as error:
            raise FileError(f"{self._name}: {key}, column {error.column}: {error}") from None
        except ProblemError as error:
            raise FileError(f"{self._name}: {key}: {error}") from None

    def _constant(self, value: int | float | str, key: str, language: Language) -> float:
        return self._text(language.constant, _written(value), key)

    def _symbol(self, name: str, key: str) -> sympy.Symbol:
        self._refuse_name(name, key)
        return sympy.Symbol(name)

    def _refuse_name(self, name: str, key: str) -> None:
        fault = name_fault(name)
        if fault is not None:
            raise FileError(f"{self._name}: {key}: {name!r:.60} cannot be a name: {fault}")

    def _unknown(self, text: str, key: str, variables: Mapping[str, sympy.Symbol]) -> Any:
        head, parenthesis, rest = text.strip().partition("(")
        arguments = [argument.strip() for argument in rest.rstrip(") ").split(",")]
        if not parenthesis or not rest.endswith(")") or any(a not in variables for a in arguments):
            raise FileError(
                f"{self._name}: {key}: got {text!r:.60}, expected an unknown of the domain's "
                f"variables, such as u({', '.join(variables)})"
            )
        self._refuse_name(head.strip(), key)
        return sympy.Function(head.strip())(*(variables[a] for a in arguments))

    def _refuse_shared_names(self, *names: str) -> None:
        for name in names:
            if names.count(name) > 1:
                raise FileError(
                    f"{self._name}: {name} is used for two things; variables, "
                    "parameters and unknowns take different names"
                )


def _written(value: int | float | str) -> str:
    return value if isinstance(value, str) else repr(value)


def _listed(value: _T | list[_T]) -> list[_T]:
    return value if isinstance(value, list) else [value]
