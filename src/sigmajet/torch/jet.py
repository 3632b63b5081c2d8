"""All directional derivatives of a network in one pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ..deep import checked_order
from . import rules
from .planning import lengthening, unit
from .series import Part, Series

__all__ = ["expand", "jet"]

_ = rules  # its rules are what a series knows

Function = Callable[[Any], Any]
"""A module or a function of one tensor."""


def jet(f: Function, x: torch.Tensor, v: torch.Tensor, order: int) -> torch.Tensor:
    """Return f and its directional derivatives (v.d)^k f at x, k = 0 ... order.

    One pass with truncated Taylor series: time grows like the square of the order, where nested
    differentiation multiplies it with each. The result is differentiable, also with respect to the
    parameters of f.

    Parameters
    ----------
    f : callable
        A module or any function of one tensor. It is called once, with an object that torch's
        functions take for a tensor: linear layers, the activations of this package and those of
        torch that are smooth, + - * / ** @, exp, log, sin, cos, sinh, cosh, tan, sqrt, erf,
        softmax, layer norm, sums and means, indexing, reshaping, concatenation and what is made of
        them. Other arguments of f are constants.
    x : Tensor
        Points, of any shape that f takes.
    v : Tensor
        Directions, one for each point; broadcast to the shape of x.
    order : int
        The highest derivative.

    Returns
    -------
    Tensor, shape (order + 1, *f(x).shape)

    Raises
    ------
    NotImplementedError
        If f calls something else, which is named; also for functions with kinks such as relu.
    TypeError, ValueError
        If the arguments or what f returns is no tensor of floating-point numbers, or the order is
        not from 0 to 170: 171! is beyond float64.

    Examples
    --------
    >>> x = torch.tensor([[0.0], [0.5]], dtype=torch.float64)
    >>> jet(torch.sin, x, torch.ones_like(x), 2).squeeze()
    tensor([[ 0.0000,  0.4794],
            [ 1.0000,  0.8776],
            [-0.0000, -0.4794]], dtype=torch.float64)
    """
    checked_points(x)
    checked_points(v, "v")
    highest = checked_order(order)
    try:
        along = v.to(x.dtype).expand_as(x)
    except RuntimeError:
        raise ValueError(
            f"v: got shape {tuple(v.shape)}, expected one that broadcasts to that of x, "
            f"{tuple(x.shape)}"
        ) from None
    along = along * 2.0 ** lengthening(highest)
    terms: list[Part] = [x, along, *[None] * (highest - 1)][: highest + 1]
    result = expand(f, Series(terms))
    return torch.stack(
        [
            torch.zeros_like(result.value) if part is None else part * unit(k, highest)
            for k, part in enumerate(result.terms)
        ]
    )


def expand(f: Function, series: Series) -> Series:
    """Return f of a series; a function that does not depend on its argument is a series as well."""
    result = f(series)
    if isinstance(result, torch.Tensor):
        result = Series([result, *[None] * (len(series.terms) - 1)], series.weights)
    if not isinstance(result, Series):
        raise TypeError(f"f returned {type(result).__name__}, expected one tensor")
    return result


def checked_points(x: torch.Tensor, name: str = "x") -> None:
    """Refuse what is no tensor of real numbers."""
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"{name}: got {type(x).__name__}, expected a tensor")
    if not x.is_floating_point():
        raise TypeError(f"{name}: got {x.dtype}, expected real floating-point numbers")


def dimension_of(x: torch.Tensor) -> int:
    """How many variables points in rows have."""
    checked_points(x)
    if x.ndim == 0:
        raise ValueError("x: got a number, expected points in rows, with an axis for the variables")
    return x.shape[-1]
