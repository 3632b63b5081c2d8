"""What the functions of torch do with Taylor series, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from . import activation, recurrences
from .series import RULES, Part, Series, rule

__all__: list[str] = []

# Methods of tensors that are linear in them, applied to each coefficient as they are.
_LINEAR = (
    *("bfloat16", "broadcast_to", "chunk", "clone", "contiguous", "cumsum", "detach", "diagonal"),
    *("double", "expand", "expand_as", "flatten", "flip", "float", "gather", "half"),
    *("index_select", "masked_fill", "mean", "moveaxis", "movedim", "nansum", "narrow", "neg"),
    *("permute", "positive", "repeat", "repeat_interleave", "reshape", "reshape_as", "roll"),
    *("rot90", "select", "split", "squeeze", "sum", "swapaxes", "swapdims", "t", "tensor_split"),
    *("to", "trace", "transpose", "tril", "triu", "type_as", "unbind", "unflatten", "unsqueeze"),
    *("view", "view_as"),
)


def _register_linear(name: str) -> None:
    function = getattr(torch.Tensor, name)

    @rule(name)
    def linear(u: Series, *arguments: Any, **keywords: Any) -> Any:
        if not isinstance(u, Series) or _any_series(arguments, keywords):
            raise NotImplementedError(f"jets pass through {name} in its first argument only")
        if name == "masked_fill" and (arguments[1:] or [keywords.get("value")])[0] != 0:
            raise NotImplementedError("jets pass through masked_fill with 0 only; use torch.where")
        return u.linear(lambda part: function(part, *arguments, **keywords))


for _name in _LINEAR:
    _register_linear(_name)


def _any_series(arguments: Sequence[Any], keywords: dict[str, Any]) -> bool:
    return any(isinstance(a, Series) for a in (*arguments, *keywords.values()))


@rule("getitem")
def _getitem(u: Series, index: Any) -> Any:
    return u.linear(lambda part: part[index])


@rule("T")
def _reversed(u: Series) -> Any:
    return u.linear(lambda part: part.permute(*reversed(range(part.ndim))))


@rule("mT")
def _transposed(u: Series) -> Any:
    return u.linear(lambda part: part.mT)


# --- sums


def _constant(x: Any, like: Series) -> Series:
    """A number or tensor as a series of which the value is all."""
    value = torch.as_tensor(x, device=like.device)
    if value.is_complex():
        raise NotImplementedError("jets pass through real functions only")
    if not isinstance(x, torch.Tensor):
        value = value.to(like.dtype)
    rest: list[Part] = [None] * (len(like.terms) - 1)
    return Series([value, *rest], like.weights)


def _pair(a: Any, b: Any) -> tuple[Series, Series]:
    like = a if isinstance(a, Series) else b
    return tuple(x if isinstance(x, Series) else _constant(x, like) for x in (a, b))  # type: ignore[return-value]


def _stretched(u: Series, shape: torch.Size) -> Any:
    """The series in a larger shape, so that sums of a coefficient and nothing have that of both."""
    return u if u.shape == shape else u.linear(lambda part: part.expand(shape))


@rule("add")
def _add(a: Any, b: Any, *, alpha: float = 1, out: None = None) -> Any:
    if isinstance(b, int | float):
        return Series([a.value + alpha * b, *a.terms[1:]], a.weights, a.top)
    u, v = _pair(a, b)
    shape = torch.broadcast_shapes(u.shape, v.shape)
    u, v = _stretched(u, shape), _stretched(v, shape)

    def total(left: Part, right: Part) -> Part:
        if right is None or left is None:
            return left if right is None else alpha * right
        return left + alpha * right

    terms = [total(left, right) for left, right in zip(u.terms, v.terms, strict=True)]
    return Series(terms, u.weights, total(u.top, v.top))


@rule("sub", "subtract")
def _sub(a: Any, b: Any, *, alpha: float = 1) -> Any:
    return _add(a, b, alpha=-alpha) if isinstance(a, Series) else _add(b.linear(torch.neg), a)


@rule("rsub")
def _rsub(a: Any, b: Any) -> Any:
    return _sub(b, a)


@rule("cat", "concat", "concatenate")
def _cat(tensors: Sequence[Any], dim: int = 0, axis: int | None = None) -> Any:
    return _joined(torch.cat, tensors, dim if axis is None else axis)


@rule("stack")
def _stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    return _joined(torch.stack, tensors, dim)


def _joined(function: Callable[..., torch.Tensor], tensors: Sequence[Any], dim: int) -> Any:
    like = next(u for u in tensors if isinstance(u, Series))
    every = [u if isinstance(u, Series) else _constant(u, like) for u in tensors]

    def join(parts: Sequence[Part], order: int) -> Part:
        if all(part is None for part in parts):
            return None
        filled = []
        for part, u in zip(parts, every, strict=True):
            if part is None:
                many = order and u.weights is not None
                lead = (len(u.weights),) if many and u.weights is not None else ()
                part = u.value.new_zeros((*lead, *u.shape))
            filled.append((part, order))
        joined: torch.Tensor = like.across(lambda *ps: function(ps, dim), *filled)
        return joined

    terms = [join([u.terms[k] for u in every], k) for k in range(len(like.terms))]
    return Series(terms, like.weights, join([u.top for u in every], 0))


@rule("where")
def _where(condition: Any, a: Any, b: Any) -> Any:
    if isinstance(condition, Series) and isinstance(a, torch.Tensor):
        condition, a = a, condition  # the method: x.where(condition, y)
    if isinstance(condition, Series):
        raise NotImplementedError(
            "jets need a condition made of values, as in torch.where(x > 0, ...)"
        )
    u, v = _pair(a, b)
    shape = torch.broadcast_shapes(condition.shape, u.shape, v.shape)
    kept = [_stretched(w, shape) for w in (u, v)]
    zero = torch.zeros((), dtype=u.dtype, device=u.device)
    left = kept[0].linear(lambda part: torch.where(condition, part, zero))
    return _add(left, kept[1].linear(lambda part: torch.where(condition, zero, part)))


# --- products


def _bilinear(name: str, a: Any, b: Any, product: Callable[..., torch.Tensor]) -> Any:
    if isinstance(a, Series) and isinstance(b, Series):
        return recurrences.multiply(a, b, product)
    if isinstance(a, Series):
        return a.linear(lambda part: product(part, b))
    return b.linear(lambda part: product(a, part))


def _register_bilinear(name: str) -> None:
    function = getattr(torch, name)

    @rule(name)
    def bilinear(a: Any, b: Any) -> Any:
        return _bilinear(name, a, b, function)


for _name in ("matmul", "mm", "bmm", "mv", "dot", "inner", "outer", "kron"):
    _register_bilinear(_name)


@rule("mul", "multiply")
def _mul(a: Any, b: Any) -> Any:
    if not isinstance(a, Series):
        a, b = b, a
    if not isinstance(b, Series):
        if isinstance(b, complex) or (isinstance(b, torch.Tensor) and b.is_complex()):
            raise NotImplementedError("jets pass through real functions only")
        if not isinstance(b, torch.Tensor) or b.ndim <= a.ndim:
            parts = [None if part is None else part * b for part in a.terms]
            return Series(parts, a.weights, None if a.top is None else a.top * b)
        return a.linear(lambda part: part * b)
    return recurrences.multiply(a, b, torch.mul)


@rule("einsum")
def _einsum(equation: str, *operands: Any) -> Any:
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    places = [i for i, u in enumerate(operands) if isinstance(u, Series)]
    if len(places) > 2:
        raise NotImplementedError("jets pass through einsum with one or two factors of x only")

    def product(*parts: torch.Tensor) -> torch.Tensor:
        filled = list(operands)
        for place, part in zip(places, parts, strict=True):
            filled[place] = part
        return torch.einsum(equation, *filled)

    first = operands[places[0]]
    if len(places) == 1:
        return first.linear(product)
    return recurrences.multiply(first, operands[places[1]], product)


@rule("linear")
def _linear(u: Any, weight: Any, bias: torch.Tensor | None = None) -> Any:
    result = _bilinear("linear", u, weight, torch.nn.functional.linear)
    return result if bias is None else _add(result, bias)


@rule("addmm")
def _addmm(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    return _add(_mul(_bilinear("addmm", a, b, torch.mm), alpha), _mul_any(bias, beta))


def _mul_any(x: Any, factor: float) -> Any:
    return _mul(x, factor) if isinstance(x, Series) else x * factor


@rule("bilinear")
def _bilinear_layer(a: Any, b: Any, weight: torch.Tensor, bias: torch.Tensor | None = None) -> Any:
    result = _bilinear("bilinear", a, b, lambda u, v: torch.nn.functional.bilinear(u, v, weight))
    return result if bias is None else _add(result, bias)


@rule("addcmul")
def _addcmul(x: Any, a: Any, b: Any, *, value: float = 1) -> Any:
    product = a * b
    return product * value + x


@rule("div", "divide", "true_divide")
def _div(a: Any, b: Any, *, rounding_mode: None = None) -> Any:
    if rounding_mode is not None:
        raise NotImplementedError("jets do not pass through a rounded division")
    if not isinstance(b, Series):
        return _mul(a, 1 / b) if isinstance(b, torch.Tensor) else a.linear(lambda part: part / b)
    u, v = _pair(a, b)
    shape = torch.broadcast_shapes(u.shape, v.shape)
    return recurrences.divide(_stretched(u, shape), _stretched(v, shape))


@rule("reciprocal")
def _reciprocal(u: Series) -> Any:
    return _div(1.0, u)


@rule("prod")
def _prod(u: Series, dim: int | None = None, keepdim: bool = False) -> Any:
    flat = u.linear(torch.flatten) if dim is None else u.linear(lambda part: part.movedim(dim, 0))
    result = flat[0]
    for i in range(1, len(flat)):
        result = result * flat[i]
    return result.unsqueeze(dim) if keepdim and dim is not None else result


# --- functions of one series


@rule("exp")
def _exp(u: Series) -> Series:
    return recurrences.exponential(u, torch.exp(u.value))


@rule("expm1", "special_expm1")
def _expm1(u: Series) -> Series:
    return recurrences.exponential(u, torch.expm1(u.value))


@rule("exp2", "special_exp2")
def _exp2(u: Series) -> Any:
    return _exp(_mul(u, math.log(2)))


@rule("log")
def _log(u: Series) -> Series:
    return recurrences.logarithm(u, torch.log(u.value))


@rule("log1p", "special_log1p")
def _log1p(u: Series) -> Series:
    return recurrences.logarithm(_add(u, 1.0), torch.log1p(u.value))


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
        base = a if isinstance(a, Series) else _constant(a, b)
        return _exp(_mul(_log(base), b))
    if isinstance(b, torch.Tensor):
        if b.numel() > 1:
            raise NotImplementedError("jets pass through pow with a single number as exponent")
        b = b.item()
    if b == 0:
        return _add(_mul(a, 0.0), 1.0)
    return recurrences.power(a, b)


@rule("square")
def _square(u: Series) -> Any:
    return recurrences.power(u, 2)


@rule("sqrt")
def _sqrt(u: Series) -> Series:
    return recurrences.power(u, 0.5)


@rule("rsqrt")
def _rsqrt(u: Series) -> Series:
    return recurrences.power(u, -0.5)


@rule("norm", "vector_norm", "linalg_vector_norm")
def _norm(u: Series, ord: Any = 2, dim: Any = None, keepdim: bool = False, **others: Any) -> Any:  # noqa: A002
    if others.get("p", ord) not in (2, "fro", None):
        raise NotImplementedError("jets pass through the norm of order 2 only")
    dims = tuple(range(u.ndim)) if dim is None else dim
    return _sqrt(_square(u).linear(lambda part: part.sum(dims, keepdim=keepdim)))


@rule("erf", "special_erf")
def _erf(u: Series) -> Series:
    return recurrences.error_function(u)


# --- activations


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
    return _mul(recurrences.softplus(_mul(u, beta)), 1 / beta)


@rule("logsigmoid", "log_sigmoid")
def _logsigmoid(u: Series) -> Any:
    return _mul(recurrences.softplus(_mul(u, -1.0)), -1.0)


@rule("mish")
def _mish(u: Series, inplace: bool = False) -> Any:
    return recurrences.multiply(u, recurrences.tanh(recurrences.softplus(u)))


@rule("tanhshrink")
def _tanhshrink(u: Series) -> Any:
    return _sub(u, recurrences.tanh(u))


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
        cubic = _add(u, _mul(recurrences.power(u, 3), 0.044715))
        bend = recurrences.tanh(_mul(cubic, math.sqrt(2 / math.pi)))
    else:
        bend = recurrences.error_function(_mul(u, math.sqrt(0.5)))
    return recurrences.multiply(_mul(u, 0.5), _add(bend, 1.0))


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


# --- layers made of these


@rule("softmax")
def _softmax(u: Series, dim: int, dtype: torch.dtype | None = None, **_: Any) -> Any:
    largest = u.value.amax(dim, keepdim=True).detach()  # its choice cancels
    grown = _exp(_sub(u if dtype is None else u.to(dtype), largest))
    return _div(grown, grown.sum(dim, keepdim=True))


@rule("layer_norm")
def _layer_norm(
    u: Series, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    dims = tuple(range(-len(normalized_shape), 0))
    centred = _sub(u, u.mean(dims, keepdim=True))
    variance = _square(centred).linear(lambda part: part.mean(dims, keepdim=True))
    result = _mul(centred, recurrences.power(_add(variance, eps), -0.5))
    result = result if weight is None else _mul(result, weight)
    return result if bias is None else _add(result, bias)


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


# --- what depends on values alone, and is a constant for the series


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


def _by_function() -> None:
    """Enter the rules under the functions of these names as well, where a compiler finds them."""
    homes = (torch, torch.Tensor, torch.nn.functional, torch.special, torch.linalg)
    for name in [name for name in RULES if isinstance(name, str)]:
        for home in homes:
            function = getattr(home, name.removeprefix("special_").removeprefix("linalg_"), None)
            if callable(function):
                RULES.setdefault(function, RULES[name])


_by_function()
