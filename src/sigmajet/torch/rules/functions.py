"""Functions of one Taylor series: elementary ones, and activations."""

from __future__ import annotations

import math
from typing import Any

import torch

from .. import activation, recurrences
from ..series import Series, rule
from .arithmetic import add, constant, multiply, subtract

__all__ = ["exp", "square"]


@rule("exp")
def exp(u: Series) -> Series:
    """The exponential."""
    return recurrences.exponential(u, torch.exp(u.value))


@rule("expm1", "special_expm1")
def _expm1(u: Series) -> Series:
    return recurrences.exponential(u, torch.expm1(u.value))


@rule("exp2", "special_exp2")
def _exp2(u: Series) -> Any:
    return exp(multiply(u, math.log(2)))


@rule("log")
def log(u: Series) -> Series:
    """The logarithm."""
    return recurrences.logarithm(u, torch.log(u.value))


@rule("log1p", "special_log1p")
def _log1p(u: Series) -> Series:
    return recurrences.logarithm(add(u, 1.0), torch.log1p(u.value))


@rule("sin")
def _sin(u: Series) -> Series:
    return recurrences.cosine_and_sine(u, -1)[1]


@rule("cos")
def _cos(u: Series) -> Series:
    return recurrences.cosine_and_sine(u, -1)[0]


@rule("sinh")
def _sinh(u: Series) -> Series:
    return recurrences.cosine_and_sine(u, 1)[1]


@rule("cosh")
def _cosh(u: Series) -> Series:
    return recurrences.cosine_and_sine(u, 1)[0]


@rule("tan")
def _tan(u: Series) -> Series:
    cosine, sine = recurrences.cosine_and_sine(u, -1)
    return recurrences.divide(sine, cosine)


@rule("pow", "float_power")
def _pow(a: Any, b: Any) -> Any:
    if isinstance(b, Series):
        base = a if isinstance(a, Series) else constant(a, b)
        return exp(multiply(log(base), b))
    if isinstance(b, torch.Tensor):
        if b.numel() > 1:
            raise NotImplementedError("jets pass through pow with a single number as exponent")
        b = b.item()
    if b == 0:
        return add(multiply(a, 0.0), 1.0)
    return recurrences.power(a, b)


@rule("square")
def square(u: Series) -> Any:
    """The square."""
    return recurrences.power(u, 2)


@rule("sqrt")
def sqrt(u: Series) -> Series:
    """The square root."""
    return recurrences.power(u, 0.5)


@rule("rsqrt")
def _rsqrt(u: Series) -> Series:
    return recurrences.power(u, -0.5)


@rule("norm", "vector_norm", "linalg_vector_norm")
def _norm(u: Series, ord: Any = 2, dim: Any = None, keepdim: bool = False, **others: Any) -> Any:  # noqa: A002
    if others.get("p", ord) not in (2, "fro", None):
        raise NotImplementedError("jets pass through the norm of order 2 only")
    dims = tuple(range(u.ndim)) if dim is None else dim
    return sqrt(square(u).linear(lambda part: part.sum(dims, keepdim=keepdim)))


@rule("erf", "special_erf")
def _erf(u: Series) -> Series:
    return recurrences.error_function(u)


# Activations.


@rule("sigmoid", "expit", "special_expit")
def _sigmoid(u: Series) -> Series:
    return recurrences.sigmoid(u)


@rule("tanh")
def _tanh(u: Series) -> Series:
    return recurrences.tanh(u)


@rule("silu")
def _silu(u: Series, inplace: bool = False) -> Series:
    return recurrences.silu(u)


@rule("softplus")
def _softplus(u: Series, beta: float = 1, threshold: float = 20) -> Any:
    return multiply(recurrences.softplus(multiply(u, beta)), 1 / beta)


@rule("logsigmoid", "log_sigmoid")
def _logsigmoid(u: Series) -> Any:
    return multiply(recurrences.softplus(multiply(u, -1.0)), -1.0)


@rule("mish")
def _mish(u: Series, inplace: bool = False) -> Any:
    return recurrences.multiply(u, recurrences.tanh(recurrences.softplus(u)))


@rule("tanhshrink")
def _tanhshrink(u: Series) -> Any:
    return subtract(u, recurrences.tanh(u))


def _register_kinked(name: str) -> None:
    @rule(name)
    def kinked(*_: Any, **__: Any) -> Series:
        raise NotImplementedError(
            f"jets do not pass through {name}: its higher derivatives do not exist at its kinks; "
            "take a smooth function, such as softplus or silu"
        )


for _name in ("relu", "relu6", "leaky_relu", "abs", "hardtanh", "elu", "celu", "selu", "clamp"):
    _register_kinked(_name)


@rule("gelu")
def _gelu(u: Series, approximate: str = "none") -> Any:
    if approximate == "tanh":
        cubic = add(u, multiply(recurrences.power(u, 3), 0.044715))
        bend = recurrences.tanh(multiply(cubic, math.sqrt(2 / math.pi)))
    else:
        bend = recurrences.error_function(multiply(u, math.sqrt(0.5)))
    return recurrences.multiply(multiply(u, 0.5), add(bend, 1.0))


@rule(activation.sigmoid)
def _sigmoid_of_order(n: int, u: Series) -> Series:
    if n == 0:
        return recurrences.sigmoid(u)
    return recurrences.compose(u, lambda i: activation.sigmoid(n + i, u.value))


@rule(activation.tanh)
def _tanh_of_order(n: int, u: Series) -> Series:
    if n == 0:
        return recurrences.tanh(u)
    return recurrences.compose(u, lambda i: activation.tanh(n + i, u.value))


@rule(activation.softplus)
def _softplus_of_order(n: int, u: Series) -> Series:
    return recurrences.softplus(u) if n == 0 else _sigmoid_of_order(n - 1, u)


@rule(activation.silu)
def _silu_of_order(n: int, u: Series) -> Series:
    if n == 0:
        return recurrences.silu(u)
    return recurrences.compose(u, lambda i: activation.silu(n + i, u.value))
