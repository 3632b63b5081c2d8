"""Taylor series through whole layers by the kernel: activations, products, and their adjoints.

    mathematics                                              name
    y = F(u), w = F'(u),  k y_k = sum_{j=1..k} j u_j w_{k-j}  _ACTIVATED
    (a b)_k = sum_{i+j=k} a_i b_j                             _PRODUCT
    x_j = sum_{k>=j} a_{k-j} c_k, its transpose               _CORRELATION

To first order F(u + du) = y + w du, so that the adjoint of u is one correlation of w with that of
y: y and w are kept, and no recurrence is differentiated. w is a result that can be differentiated
itself, by F'' = -2 tanh tanh' or (1 - 2 s) s', and the other two are each other's adjoints, so
that derivatives never end. Coefficient 0 is one for all directions: first (*s), rest (m, R, *s).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ..kernel import _special
from .closed_operator import closed_operator
from .series import Series, Stacked

__all__ = ["activated", "multiplied", "takes"]

Tensors = tuple[torch.Tensor, ...]


def takes(u: Series) -> bool:
    """Whether the kernel takes series of this kind; elsewhere tensor code does."""
    return u.device.type == "cpu" and u.dtype in (torch.float32, torch.float64)


def activated(u: Series, function: Callable[[int, torch.Tensor], torch.Tensor]) -> Series:
    """Return F(u), for `tanh` or `sigmoid` of `activation`."""
    if len(u.terms) == 1:
        top = None if u.top is None else function(1, u.value) * u.top
        return Series([function(0, u.value)], u.weights, top)
    rows = u.stacked()
    order = _order(u)
    value, rest, slope, _ = _ACTIVATED(
        u.value, rows.rest, function.__name__, order, len(rows.rest), torch.is_grad_enabled()
    )
    if u.top is None:
        return _series(u, value, rest, [])
    if not len(slope):
        slope = function(1, u.value)
    return _series(u, value, rest, [slope * u.top])


def multiplied(a: Series, b: Series) -> Series:
    """Return the product of two series of the same shape."""
    left, right = a.stacked(), b.stacked()
    value, rest = _PRODUCT(a.value, left.rest, b.value, right.rest, _order(a))
    tops = [x.top * y.value for x, y in ((a, b), (b, a)) if x.top is not None]
    return _series(a, value, rest, tops)


def _order(u: Series) -> int:
    return len(u.terms) - 1 + (u.weights is not None)


def _series(u: Series, value: torch.Tensor, rest: torch.Tensor, tops: Sequence[Any]) -> Series:
    """What was found to the full order, and what the operands' tops add to its own."""
    length = len(u.terms)
    if u.weights is None:
        return Series(Stacked(value, rest, length, True))
    kept, last = rest.split([length - 1, 1])
    top = u.weighted(last[0])
    for more in tops:
        top = top + more
    return Series(Stacked(value, kept, length, False), u.weights, top)


def _array(x: torch.Tensor, lead: int) -> Any:
    """A tensor as the kernel wants it, its axes behind the leading ones as one."""
    flat = x.detach().contiguous().reshape(*x.shape[:lead], math.prod(x.shape[lead:]))
    return flat.numpy()


def _empty(first: torch.Tensor, rest: torch.Tensor, order: int) -> Tensors:
    shape = (order, rest.shape[1], *first.shape)
    return torch.empty_like(first, memory_format=torch.contiguous_format), first.new_empty(shape)


def _flat_pair(first: torch.Tensor, rest: torch.Tensor) -> tuple[Any, Any]:
    return _array(first, 0), _array(rest, 2)


def _along(pair: Sequence[torch.Tensor | None], like: Sequence[torch.Tensor]) -> Tensors:
    """A tangent or cotangent, with zeros for None."""
    return tuple(torch.zeros_like(b) if a is None else a for a, b in zip(pair, like, strict=True))


def _batched(info: Any, dims: Sequence[int | None], tensors: Sequence[torch.Tensor]) -> Tensors:
    """Tensors with the mapped axis before those of the elements: first, rest, first, rest, ..."""
    moved = []
    for number, (x, dim) in enumerate(zip(tensors, dims, strict=True)):
        place = 2 * (number % 2)
        if dim is None:
            x = x.unsqueeze(place)
            x = x.expand(*x.shape[:place], info.batch_size, *x.shape[place + 1 :])
        else:
            x = x.movedim(dim, place)
        moved.append(x)
    return tuple(moved)


# An activation: value, rest, and those of the slope, which are empty if they are not asked for.


def _activate(
    first: torch.Tensor, rest: torch.Tensor, name: str, order: int, given: int, slopes: bool
) -> Tensors:
    results = _like_activated(first, rest, name, order, given, slopes)
    value, values, slope, further = results
    arrays = *_flat_pair(first, rest), *_flat_pair(value, values)
    kept = _flat_pair(slope, further) if slopes else (slope.numpy(), further.numpy())
    _special.series_activation(name, torch.get_num_threads(), slopes, *arrays, *kept)
    return results


def _like_activated(
    first: torch.Tensor, rest: torch.Tensor, name: str, order: int, given: int, slopes: bool
) -> Tensors:
    pair = _empty(first, rest, order)
    kept = _empty(first, rest, order) if slopes else (first.new_empty(0), first.new_empty(0))
    return *pair, *kept


def _curvature(name: str, results: Sequence[torch.Tensor], order: int) -> Tensors:
    """The series of F''(u), from those of F(u) and F'(u)."""
    value, rest, slope, further = results
    start = -2 * value if name == "tanh" else 1 - 2 * value
    curved: Tensors = _PRODUCT(start, -2 * rest, slope, further, order)
    return curved


def _along_activated(arguments: Sequence[Any], tangents: Sequence[Any]) -> Tensors:
    first, rest, name, order, given, slopes = arguments
    results = _ACTIVATED(first, rest, name, order, given, True)
    change = _along(tangents[:2], (first, rest))
    along: Tensors = _PRODUCT(*results[2:], *change, order)
    if not slopes:
        return *along, first.new_zeros(0), first.new_zeros(0)
    return *along, *_PRODUCT(*_curvature(name, results, order), *change, order)


def _adjoint_activated(
    arguments: Sequence[Any],
    results: Sequence[torch.Tensor],
    cotangents: Sequence[torch.Tensor | None],
    wanted: Any,
) -> tuple[torch.Tensor | None, ...]:
    _, _, name, order, given, _ = arguments
    adjoint: Tensors = _CORRELATION(*results[2:], *_along(cotangents[:2], results[:2]), given)
    if any(cotangent is not None for cotangent in cotangents[2:]):
        of_slopes = _along(cotangents[2:], results[2:])
        more = _CORRELATION(*_curvature(name, results, order), *of_slopes, given)
        adjoint = tuple(a + b for a, b in zip(adjoint, more, strict=True))
    return *adjoint, None, None, None, None


def _map_activated(info: Any, in_dims: Any, *arguments: Any) -> tuple[Any, Any]:
    *others, slopes = arguments[2:]
    results = _ACTIVATED(*_batched(info, in_dims[:2], arguments[:2]), *others, slopes)
    if not slopes:
        return results, (0, 2, None, None)
    return results, (0, 2, 0, 2)


_ACTIVATED = closed_operator(
    "activated_series(Tensor first, Tensor rest, str name, int order, int given, bool slopes)"
    " -> (Tensor, Tensor, Tensor, Tensor)",
    _activate,
    fake=_like_activated,
    jvp=_along_activated,
    vjp=_adjoint_activated,
    vmap=_map_activated,
    keeps_results=True,
)


# The product, and its transpose: of both the other is the derivative.


def _bilinear(
    transposed: bool, a0: torch.Tensor, a: torch.Tensor, b0: torch.Tensor, b: torch.Tensor, n: int
) -> Tensors:
    results = _empty(a0, a, n)
    arrays = *_flat_pair(a0, a), *_flat_pair(b0, b), *_flat_pair(*results)
    _special.series_product(transposed, torch.get_num_threads(), *arrays)
    return results


def _register_bilinear(transposed: bool) -> Any:
    def forward(*arguments: Any) -> Tensors:
        return _bilinear(transposed, *arguments)

    def fake(*arguments: Any) -> Tensors:
        return _empty(arguments[0], arguments[1], arguments[4])

    def jvp(arguments: Sequence[Any], tangents: Sequence[Any]) -> Tensors:
        *tensors, n = arguments
        a, b = tensors[:2], tensors[2:]
        parts: list[Tensors] = []
        if _any(tangents[:2]):
            parts.append(operator(*_along(tangents[:2], a), *b, n))
        if _any(tangents[2:4]):
            parts.append(operator(*a, *_along(tangents[2:4], b), n))
        return tuple(sum(terms[1:], terms[0]) for terms in zip(*parts, strict=True))

    def vjp(arguments: Sequence[Any], cotangents: Sequence[Any], wanted: Any) -> tuple[Any, ...]:
        a0, a, b0, b, n = arguments
        above = _along(cotangents, _empty(a0, a, n))
        of_a: Sequence[Any] = (None, None)
        of_b: Sequence[Any] = (None, None)
        if any(wanted[:2]):
            left = above if transposed else (b0, b)
            right = (b0, b) if transposed else above
            of_a = _CORRELATION(*left, *right, len(a))
        if any(wanted[2:4]):
            other = _PRODUCT if transposed else _CORRELATION
            of_b = other(a0, a, *above, len(b))
        return *of_a, *of_b, None

    def vmap(info: Any, in_dims: Any, *arguments: Any) -> tuple[Any, Any]:
        *tensors, n = arguments
        return operator(*_batched(info, in_dims[:4], tensors), n), (0, 2)

    name = "series_correlation" if transposed else "series_product"
    operator = closed_operator(
        f"{name}(Tensor a0, Tensor a, Tensor b0, Tensor b, int order) -> (Tensor, Tensor)",
        forward,
        fake=fake,
        jvp=jvp,
        vjp=vjp,
        vmap=vmap,
    )
    return operator


def _any(tensors: Sequence[Any]) -> bool:
    return any(tensor is not None for tensor in tensors)


_PRODUCT = _register_bilinear(False)
_CORRELATION = _register_bilinear(True)
