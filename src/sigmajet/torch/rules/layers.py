"""Layers that are made of other rules, and what depends on values alone."""

from __future__ import annotations

from typing import Any

import torch

from .. import recurrences
from ..series import Series, rule
from .arithmetic import add, divide, multiply, subtract
from .functions import exp, square

__all__: list[str] = []


@rule("softmax")
def _softmax(u: Series, dim: int, dtype: torch.dtype | None = None, **_: Any) -> Any:
    largest = u.value.amax(dim, keepdim=True).detach()  # its choice cancels
    grown = exp(subtract(u if dtype is None else u.to(dtype), largest))
    return divide(grown, grown.sum(dim, keepdim=True))


@rule("layer_norm")
def _layer_norm(
    u: Series, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    dims = tuple(range(-len(normalized_shape), 0))
    centred = subtract(u, u.mean(dims, keepdim=True))
    variance = square(centred).linear(lambda part: part.mean(dims, keepdim=True))
    result = multiply(centred, recurrences.power(add(variance, eps), -0.5))
    result = result if weight is None else multiply(result, weight)
    return result if bias is None else add(result, bias)


@rule("dropout")
def _dropout(u: Series, p: float = 0.5, training: bool = True, inplace: bool = False) -> Series:
    if training and p > 0:
        raise NotImplementedError(
            "jets pass through dropout in evaluation only: call module.eval()"
        )
    return u


@rule("pad")
def _pad(u: Series, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    if mode == "constant" and value:
        raise NotImplementedError("jets pass through constant padding with 0 only")
    return u.linear(lambda part: torch.nn.functional.pad(part, pad, mode, value))


# What depends on values alone is a constant for the series.


def _register_value(name: str) -> None:
    function = getattr(torch, name)

    @rule(name)
    def of_values(*arguments: Any, **keywords: Any) -> Any:
        return function(*(a.value if isinstance(a, Series) else a for a in arguments), **keywords)


for _name in (
    *("lt", "gt", "le", "ge", "eq", "ne", "isnan", "isinf", "isfinite", "sign", "argmax", "argmin"),
    *("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like"),
    *("is_floating_point", "is_complex", "numel"),
):
    _register_value(_name)
