"""Sums, products and quotients of Taylor series, and what is linear in one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from .. import recurrences
from ..series import Part, Series, Stacked, rule

__all__ = ["add", "constant", "divide", "multiply", "subtract"]

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


# Sums.


def constant(x: Any, like: Series) -> Series:
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
    return tuple(x if isinstance(x, Series) else constant(x, like) for x in (a, b))  # type: ignore[return-value]


def _stretched(u: Series, shape: torch.Size) -> Any:
    """The series in a larger shape, so that sums of a coefficient and nothing have that of both."""
    return u if u.shape == shape else u.linear(lambda part: part.expand(shape))


def _constant(x: Any) -> bool:
    return isinstance(x, torch.Tensor) and not x.is_complex()


def _with_value(u: Series, value: torch.Tensor) -> Series:
    """The series with another coefficient of order 0."""
    if isinstance(u.terms, Stacked):
        return Series(u.terms.with_rows(value, u.terms.rest), u.weights, u.top)
    return Series([value, *u.terms[1:]], u.weights, u.top)


@rule("add")
def add(a: Any, b: Any, *, alpha: float = 1, out: None = None) -> Any:
    """The sum of two, of which one may be a number or a tensor."""
    if isinstance(b, int | float) or (_constant(b) and b.ndim <= a.ndim):
        value = a.value + alpha * b
        if value.shape == a.shape and value.dtype == a.dtype:
            return _with_value(a, value)
    u, v = _pair(a, b)
    shape = torch.broadcast_shapes(u.shape, v.shape)
    u, v = _stretched(u, shape), _stretched(v, shape)

    def total(left: Part, right: Part) -> Part:
        if right is None or left is None:
            return left if right is None else alpha * right
        return left + alpha * right

    if isinstance(u.terms, Stacked) and isinstance(v.terms, Stacked):
        more, other = u.terms.rest, v.terms.rest
        if more.shape == other.shape:
            rows = u.terms.with_rows(u.value + alpha * v.value, more + alpha * other)
            return Series(rows, u.weights, total(u.top, v.top))
    terms = [total(left, right) for left, right in zip(u.terms, v.terms, strict=True)]
    return Series(terms, u.weights, total(u.top, v.top))


@rule("sub", "subtract")
def subtract(a: Any, b: Any, *, alpha: float = 1) -> Any:
    """The difference."""
    return add(a, b, alpha=-alpha) if isinstance(a, Series) else add(b.linear(torch.neg), a)


@rule("rsub")
def _rsub(a: Any, b: Any) -> Any:
    return subtract(b, a)


@rule("cat", "concat", "concatenate")
def _cat(tensors: Sequence[Any], dim: int = 0, axis: int | None = None) -> Any:
    return _joined(torch.cat, tensors, dim if axis is None else axis)


@rule("stack")
def _stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    return _joined(torch.stack, tensors, dim)


def _joined(function: Callable[..., torch.Tensor], tensors: Sequence[Any], dim: int) -> Any:
    like = next(u for u in tensors if isinstance(u, Series))
    every = [u if isinstance(u, Series) else constant(u, like) for u in tensors]

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
    return add(left, kept[1].linear(lambda part: torch.where(condition, zero, part)))


# Products.


def _bilinear(name: str, a: Any, b: Any, product: Callable[..., torch.Tensor]) -> Any:
    if isinstance(a, Series) and isinstance(b, Series):
        return recurrences.multiply(a, b, product)
    if isinstance(a, Series):
        rows = name in ("linear", "matmul") and b.ndim <= 2 and a.ndim >= 1
        return (a.rowwise if rows else a.linear)(lambda part: product(part, b))
    return b.linear(lambda part: product(a, part))


def _register_bilinear(name: str) -> None:
    function = getattr(torch, name)

    @rule(name)
    def bilinear(a: Any, b: Any) -> Any:
        return _bilinear(name, a, b, function)


for _name in ("matmul", "mm", "bmm", "mv", "dot", "inner", "outer", "kron"):
    _register_bilinear(_name)


@rule("mul", "multiply")
def multiply(a: Any, b: Any) -> Any:
    """The product, element by element."""
    if not isinstance(a, Series):
        a, b = b, a
    if not isinstance(b, Series):
        if isinstance(b, complex) or (isinstance(b, torch.Tensor) and b.is_complex()):
            raise NotImplementedError("jets pass through real functions only")
        if isinstance(a.terms, Stacked) and (not isinstance(b, torch.Tensor) or b.ndim <= a.ndim):
            return a.rowwise(lambda part: part * b)
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
    function = torch.nn.functional.linear
    if bias is None or not isinstance(u, Series) or any(map(_is_series, (weight, bias))):
        result = _bilinear("linear", u, weight, function)
        return result if bias is None else add(result, bias)
    rows = u.stacked()
    found = rows.with_rows(function(u.value, weight, bias), function(rows.rest, weight))
    return Series(found, u.weights, None if u.top is None else function(u.top, weight))


def _is_series(x: Any) -> bool:
    return isinstance(x, Series)


@rule("addmm")
def _addmm(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    return add(multiply(_bilinear("addmm", a, b, torch.mm), alpha), scaled(bias, beta))


def scaled(x: Any, factor: float) -> Any:
    return multiply(x, factor) if isinstance(x, Series) else x * factor


@rule("bilinear")
def _bilinear_layer(a: Any, b: Any, weight: torch.Tensor, bias: torch.Tensor | None = None) -> Any:
    result = _bilinear("bilinear", a, b, lambda u, v: torch.nn.functional.bilinear(u, v, weight))
    return result if bias is None else add(result, bias)


@rule("addcmul")
def _addcmul(x: Any, a: Any, b: Any, *, value: float = 1) -> Any:
    product = a * b
    return product * value + x


@rule("div", "divide", "true_divide")
def divide(a: Any, b: Any, *, rounding_mode: None = None) -> Any:
    """The quotient, element by element."""
    if rounding_mode is not None:
        raise NotImplementedError("jets do not pass through a rounded division")
    if not isinstance(b, Series):
        return (
            multiply(a, 1 / b) if isinstance(b, torch.Tensor) else a.linear(lambda part: part / b)
        )
    u, v = _pair(a, b)
    shape = torch.broadcast_shapes(u.shape, v.shape)
    return recurrences.divide(_stretched(u, shape), _stretched(v, shape))


@rule("reciprocal")
def _reciprocal(u: Series) -> Any:
    return divide(1.0, u)


@rule("prod")
def _prod(u: Series, dim: int | None = None, keepdim: bool = False) -> Any:
    flat = u.linear(torch.flatten) if dim is None else u.linear(lambda part: part.movedim(dim, 0))
    result = flat[0]
    for i in range(1, len(flat)):
        result = result * flat[i]
    return result.unsqueeze(dim) if keepdim and dim is not None else result
