"""What a problem file may hold, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic
from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
)

from ..._types import Method
from ...errors import FileError
from ..terms.vocabulary import did_you_mean

__all__ = ["Options", "Schema", "validated"]

_Number = StrictInt | StrictFloat | StrictStr
_Text = StrictStr
_Texts = Annotated[list[StrictStr], Field(max_length=100)]
_Ends = Annotated[list[_Number], Field(min_length=2, max_length=2)]


def _listed(value: Any) -> Any:
    """One of something stands for a list of it."""
    return value if isinstance(value, list) else [value]


def _name_or_number(value: Any) -> str | int:
    """A part of a boundary."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("expected the name of a part, the number of a wall or a predicate")
    return value


class OnBoundary(pydantic.BaseModel):
    """A condition on the boundary of a region, `{equation = "u = 0", on = "hole"}`."""

    model_config = pydantic.ConfigDict(extra="forbid")

    equation: _Text
    on: Annotated[
        list[Annotated[str | int, BeforeValidator(_name_or_number)]],
        Field(max_length=100),
        BeforeValidator(_listed),
    ] = []


class Options(pydantic.BaseModel):
    """The `[solve]` table."""

    model_config = pydantic.ConfigDict(extra="forbid")

    tol: Annotated[StrictFloat, Field(gt=0)] | None = None
    width: Annotated[StrictInt, Field(gt=0)] | None = None
    seed: Annotated[StrictInt, Field(ge=0)] | None = None
    method: Method | None = None
    layers: list[Annotated[StrictInt, Field(gt=0)]] | None = None
    steps: Annotated[StrictInt, Field(gt=0)] | None = None
    seconds: Annotated[StrictFloat, Field(gt=0)] | None = None
    guess: _Text | dict[str, _Number] | None = None
    continuation: dict[str, _Number] | None = None
    stop_when: _Text | None = None


# What an entry is meant as, so that what is wrong with it is said of that alone.
_KINDS = ("(region)", "(interval)", "(table)", "(text)")
_Place = Annotated[
    Annotated[StrictStr, Tag("(region)")] | Annotated[_Ends, Tag("(interval)")],
    Discriminator(lambda value: "(region)" if isinstance(value, str) else "(interval)"),
]
_Condition = Annotated[
    Annotated[OnBoundary, Tag("(table)")] | Annotated[_Text, Tag("(text)")],
    Discriminator(lambda value: "(table)" if isinstance(value, dict) else "(text)"),
]


class Schema(pydantic.BaseModel):
    """A whole file."""

    model_config = pydantic.ConfigDict(extra="forbid")

    title: StrictStr = ""
    unknowns: _Text | _Texts
    real: Annotated[list[_Text], Field(max_length=100), BeforeValidator(_listed)] = []
    equations: _Text | _Texts
    conditions: Annotated[list[_Condition], Field(max_length=100), BeforeValidator(_listed)] = []
    time: StrictStr | None = None
    domain: dict[str, _Place]
    parameters: dict[str, _Number] = {}
    solve: Options = Options()


def validated(table: Mapping[str, Any], name: str) -> Schema:
    """The contents of a file; `name` stands for it in messages.

    Raises
    ------
    FileError
        If it holds other keys, or values of other kinds.
    """
    try:
        return Schema.model_validate(table)
    except pydantic.ValidationError as error:
        raise FileError(_message(error, name)) from None


def _message(error: pydantic.ValidationError, name: str) -> str:
    lines = []
    for fault in error.errors(include_url=False, include_context=False):
        parts = [str(p) for p in fault["loc"] if p not in _KINDS]
        key = ".".join(parts) or "file"
        if fault["type"] == "extra_forbidden":
            tables: dict[str, type[pydantic.BaseModel]] = {
                "solve": Options,
                "conditions": OnBoundary,
            }
            held = tables.get(parts[0], Schema) if len(parts) > 1 else Schema
            known = held.model_fields
            message = f"unknown key; known are {', '.join(known)}{did_you_mean(parts[-1], known)}"
        elif fault["type"] == "missing":
            message = "missing"
        else:
            said = fault["msg"].removeprefix("Value error, ")
            message = f"{said[0].lower()}{said[1:]}, got {fault['input']!r:.60}"
        lines.append(f"{name}: {key}: {message}")
    return "\n".join(dict.fromkeys(lines))
