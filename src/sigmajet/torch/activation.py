"""The sigmoid family in PyTorch, each with its order first as in `sigmajet.sigmoid(n, x)`.

The derivative of order n is order n + 1, the same function again; differentiation never meets
torch's own formula y (1 - y), which is 0 where y rounds to 1. On the CPU the values come from the
C++ kernel, elsewhere from tensor code (factored.py).
"""

from __future__ import annotations

import operator as _operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.overrides import handle_torch_function, has_torch_function_unary

from .. import special
from ..kernel import _special
from . import factored
from .closed_operator import closed_operator

__all__ = ["sigmoid", "silu", "softplus", "tanh"]

_NARROW = (torch.float16, torch.bfloat16)  # computed in float32


def _register(name: str) -> Any:
    ufunc: np.ufunc = getattr(special, name)
    tensor_code: Callable[[torch.Tensor, int], torch.Tensor] = getattr(factored, name)

    def forward(x: torch.Tensor, n: int) -> torch.Tensor:
        wide = x.float() if x.dtype in _NARROW else x
        if x.device.type == "cpu":
            values = torch.empty(x.shape, dtype=wide.dtype)
            ufunc(n, wide.detach().numpy(), out=values.numpy())
        else:
            values = tensor_code(wide, n).contiguous()
        narrowed: torch.Tensor = values.to(x.dtype)
        return narrowed

    def fake(x: torch.Tensor, n: int) -> torch.Tensor:
        return torch.empty_like(x, memory_format=torch.contiguous_format)

    def jvp(arguments: list[Any], tangents: list[Any]) -> torch.Tensor:
        x, n = arguments
        tangent: torch.Tensor = tangents[0] * operator(x, n + 1)
        return tangent

    def vjp(arguments: list[Any], cotangent: torch.Tensor, wanted: Any) -> tuple[Any, ...]:
        x, n = arguments
        return cotangent * operator(x, n + 1), None

    def vmap(info: Any, in_dims: Any, x: torch.Tensor, n: int) -> tuple[Any, int]:
        return operator(x, n), in_dims[0]

    operator = closed_operator(
        f"{name}(Tensor x, int n) -> Tensor", forward, fake=fake, jvp=jvp, vjp=vjp, vmap=vmap
    )
    return operator


_OPERATORS = {name: _register(name) for name in ("sigmoid", "tanh", "softplus", "silu")}


def sigmoid(n: int, x: torch.Tensor) -> torch.Tensor:
    """Return the n-th derivative of s(x) = 1/(1 + exp(-x)).

    Parameters
    ----------
    n : int
        Order of the derivative, 0 to 200. Each differentiation of the result needs one more.
    x : Tensor
        Real points, on any device. float16 and bfloat16 are computed in float32.

    Returns
    -------
    Tensor
        Shape and type of x. At infinity the limits; at nan, nan. In float64 on the CPU within 4
        units in the last place, wherever the result is a normal number.

    Raises
    ------
    TypeError
        If x is no tensor of real floating-point numbers, or n no integer.
    ValueError
        If n is not from 0 to 200, or an n-th differentiation leads beyond.

    Examples
    --------
    >>> x = torch.tensor([-1.0, 0.0, 40.0], dtype=torch.float64, requires_grad=True)
    >>> (slope,) = torch.autograd.grad(sigmoid(0, x).sum(), x)
    >>> slope
    tensor([1.9661e-01, 2.5000e-01, 4.2484e-18], dtype=torch.float64)
    """
    return _activation(sigmoid, n, x)


def tanh(n: int, x: torch.Tensor) -> torch.Tensor:
    """Return the n-th derivative of tanh(x).

    Parameters, types and errors are those of `sigmoid`.

    Examples
    --------
    >>> tanh(1, torch.tensor([0.0, 20.0]))
    tensor([1.0000e+00, 1.6993e-17])
    """
    return _activation(tanh, n, x)


def softplus(n: int, x: torch.Tensor) -> torch.Tensor:
    """Return the n-th derivative of log(1 + exp(x)).

    Parameters, types and errors are those of `sigmoid`.

    Examples
    --------
    >>> softplus(0, torch.tensor([-20.0, 0.0]))
    tensor([2.0612e-09, 6.9315e-01])
    """
    return _activation(softplus, n, x)


def silu(n: int, x: torch.Tensor) -> torch.Tensor:
    """Return the n-th derivative of x s(x), s(x) = 1/(1 + exp(-x)).

    Parameters, types and errors are those of `sigmoid`.

    Examples
    --------
    >>> silu(1, torch.tensor([0.0, 3.0]))
    tensor([0.5000, 1.0881])
    """
    return _activation(silu, n, x)


def _activation(function: Callable[..., torch.Tensor], n: int, x: torch.Tensor) -> torch.Tensor:
    if has_torch_function_unary(x):
        result: torch.Tensor = handle_torch_function(function, (x,), n, x)
        return result
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"x: got {type(x).__name__}, expected a tensor (order first, then x)")
    if not x.is_floating_point():
        raise TypeError(f"x: got {x.dtype}, expected real floating-point numbers")
    try:
        order = _operator.index(n)
    except TypeError:
        raise TypeError(f"n: got {type(n).__name__}, expected an integer") from None
    if not 0 <= order <= _special.largest_order:
        raise ValueError(f"order = {n}: expected an integer from 0 to {_special.largest_order}")
    values: torch.Tensor = _OPERATORS[function.__name__](x, order)
    return values
