"""What jets ask of `deep` while a compiler looks on: it takes the answers as constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import torch

from .. import deep

__all__ = [
    "biharmonic_plan",
    "derivative_plan",
    "laplacian_plan",
    "lengthening",
    "text_plan",
    "unit",
]

Given = ParamSpec("Given")
Made = TypeVar("Made")


def _constant(function: Callable[Given, Made]) -> Callable[Given, Made]:
    wrapped: Callable[Given, Made] = torch.compiler.assume_constant_result(function)
    return wrapped


biharmonic_plan = _constant(deep.biharmonic_plan)
derivative_plan = _constant(deep.derivative_plan)
laplacian_plan = _constant(deep.laplacian_plan)
lengthening = _constant(deep.lengthening)
text_plan = _constant(deep.text_plan)
unit = _constant(deep.unit)
