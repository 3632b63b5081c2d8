"""What a problem file may hold, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic
from pydantic import Discriminator, Field, StrictFloat, StrictInt, StrictStr, Tag

from ..._types import Method
from ...errors import FileError
from ..terms.vocabulary import did_you_mean

__all__ = ["Options", "Schema", "validated"]

_Number = StrictInt | StrictFloat | StrictStr
_Text = StrictStr
_Texts = Annotated[list[StrictStr], Field(max_length=100)]
_Ends = Annotated[list[_Number], Field(min_length=2, max_length=2)]


class OnBoundary(pydantic.BaseModel):
    """A condition on the boundary of a region, `{equation = "u = 0", on = "hole"}`."""

    model_config = pydantic.ConfigDict(extra="forbid")

    equation: _Text
    on: _Text | StrictInt | Annotated[list[_Text | StrictInt], Field(max_length=100)] = []


class Options(pydantic.BaseModel):
    """The `[solve]` table."""

    model_config = pydantic.ConfigDict(extra="forbid")

    tol: Annotated[StrictFloat | StrictInt, Field(gt=0)] | None = None
    width: Annotated[StrictInt, Field(gt=0)] | None = None
    seed: Annotated[StrictInt, Field(ge=0)] | None = None
    method: Method | None = None
    guess: _Text | dict[str, _Number] | None = None
    continuation: dict[str, _Number] | None = None
    stop_when: _Text | None = None


def _kind(value: Any) -> str:
    """What an entry of the domain is meant as."""
    return "(region)" if isinstance(value, str) else "(interval)"


_Interval = Annotated[_Ends, Tag("(interval)")]
_Region = Annotated[StrictStr, Tag("(region)")]


class Schema(pydantic.BaseModel):
    """A whole file."""

    model_config = pydantic.ConfigDict(extra="forbid")

    title: StrictStr = ""
    unknowns: _Text | _Texts
    equations: _Text | _Texts
    conditions: _Text | OnBoundary | Annotated[list[_Text | OnBoundary], Field(max_length=100)] = []
    time: StrictStr | None = None
    domain: dict[str, Annotated[_Interval | _Region, Discriminator(_kind)]]
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
        parts = [str(p) for p in fault["loc"] if p not in ("(region)", "(interval)")]
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
            message = f"{fault['msg'][0].lower()}{fault['msg'][1:]}, got {fault['input']!r:.60}"
        lines.append(f"{name}: {key}: {message}")
    return "\n".join(dict.fromkeys(lines))
