"""Functions of truncated Taylor series by the differential equations that the functions satisfy.

    mathematics                                                        name
    u = u_0 + sum_k u_k t^k, along each of R directions                Stack: rest (m, R, *s)
    y = F(u),  y' = p u',  p = F'(u):  k y_k = sum_{j=1..k} j u_j p_{k-j}
    s' = s (1 - s):  p_k = (1 - 2 s_0) s_k - sum_{0<i<k} s_i s_{k-i}   sigmoids
    r = 1/u:         r_k = -r_0 sum_{j=1..k} u_j r_{k-j}               reciprocal
    u y' = a u' y:   y_k = sum_j ((a + 1) j/k - 1) u_j y_{k-j} / u_0   power

(Griewank and Walther, Evaluating Derivatives, chapter 13; coefficients are scaled by 1/k!, so that
no factorial overflows.) p_0 and 1 - 2 s_0 are no differences of rounded numbers: with s and 1 - s
as two series, p_k = s_0 (1-s)_k + (1-s)_0 s_k + ..., where (1-s)_k = -s_k for k > 0.

Differentiation with respect to the coefficients is closed as well: dy = p du, a product of series.
So each function is told its slope, as another function of series, and no recurrence is ever
differentiated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import batching
from jax.scipy.special import erf, erfc

from ...kernel import _special
from ..activation import bind
from . import fused
from .convolution import march
from .product import batched, padded, product_p

__all__ = [
    "ELEMENTARY",
    "Stack",
    "activation",
    "elementary",
    "power",
    "sinc",
    "times",
    "traced_power",
]


class Stack(NamedTuple):
    """Coefficient 0, which all directions share, and those from 1 for each direction."""

    first: jax.Array
    rest: jax.Array


def times(a: Stack, b: Stack, order: int) -> Stack:
    """The product."""
    shape = jnp.broadcast_shapes(a.first.shape, b.first.shape)
    directions = max(a.rest.shape[1], b.rest.shape[1])
    operands = (
        part
        for u in (a, b)
        for part in (
            jnp.broadcast_to(u.first, shape),
            jnp.broadcast_to(u.rest[:order], (min(len(u.rest), order), directions, *shape)),
        )
    )
    return Stack(*product_p.bind(*operands, order=order))


def _scaled(u: Stack, factor: float) -> Stack:
    return Stack(factor * u.first, factor * u.rest)


def _orders(rest: jax.Array) -> jax.Array:
    """1, 2, ... as a column against the rows."""
    return jnp.arange(1, len(rest) + 1, dtype=rest.dtype).reshape(-1, *[1] * (rest.ndim - 1))


def _integrated(u: Stack, slope: Stack, first: jax.Array, order: int) -> Stack:
    """Y with y' = slope u'."""
    ascent = u.rest * _orders(u.rest)
    rows = times(Stack(jnp.zeros_like(u.first), ascent), slope, order).rest
    return Stack(first, rows / _orders(rows))


def activation(name: str, n: int, u: Stack, order: int) -> Stack:
    """The n-th derivative of a function of the family."""
    match name:
        case "tanh" if n == 0:
            return _tanh(order)(u)
        case "tanh":
            return _scaled(sigmoids(n + 1, order)(_scaled(u, 2))[n], 2.0 ** (n + 1))
        case "softplus" if n == 0:
            return elementary("softplus", u, order)
        case "softplus":
            return sigmoids(n, order)(u)[n - 1]
        case "silu" if n == 0:
            return times(u, sigmoids(1, order)(u)[0], order)
        case "silu":
            *_, before, last = sigmoids(n + 1, order)(u)
            product, several = times(u, last, order), _scaled(before, n)
            return Stack(bind("silu", n, u.first), product.rest + several.rest)
    return sigmoids(n + 1, order)(u)[n]


@lru_cache(maxsize=512)
def sigmoids(count: int, order: int) -> Callable[[Stack], tuple[Stack, ...]]:
    """The function that gives s, s', ..., s^(count-1) of a series, each the slope of the last."""

    @jax.custom_jvp
    def tower(u: Stack) -> tuple[Stack, ...]:
        return _sigmoids(count, u, order)

    @tower.defjvp
    def _(primals: tuple[Stack], tangents: tuple[Stack]) -> Any:
        (u,), (du,) = primals, tangents
        *found, last = sigmoids(count + 1, order)(u)
        slopes = [*found[1:], last]
        return tuple(found), tuple(times(slope, du, order) for slope in slopes)

    return tower


def _known(name: str, first: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """F, F' and the factor of F in F'': 1 - 2 s, or -2 tanh."""
    value, slope = bind(name, 0, first), bind(name, 1, first)
    return value, slope, -2 * value if name == "tanh" else -bind("tanh", 0, first / 2)


def _marched(
    name: str, slopes: bool, first: jax.Array, rest: jax.Array, *, order: int
) -> list[jax.Array]:
    """F of a series, and F' if it is asked for, as traced code."""
    value, slope, bend = _known(name, first)

    def step(k: Any, constants: Any, sums: Any, squares: Any) -> tuple[jax.Array, ...]:
        y = sums(0, 1) / k
        return y, constants[0] * y - squares(0)

    y, p = march(order, (rest * _orders(rest),), (value, slope), (bend,), step)
    return [value, y, slope, p] if slopes else [value, y]


def _primitive(name: str, slopes: bool) -> Primitive:
    primitive = Primitive(f"sigmajet_{name}_series")
    primitive.multiple_results = True

    def shapes(first: Any, rest: Any, *, order: int) -> list[Any]:
        return [first, rest.update(shape=(order, *rest.shape[1:]))] * (1 + slopes)

    primitive.def_abstract_eval(shapes)
    batching.primitive_batchers[primitive] = partial(batched, primitive=primitive)
    traced = partial(_marched, name, slopes)
    fused.lower(primitive, f"sigmajet_{name}_series", traced, "order")
    return primitive


_ACTIVATED = {
    (name, slopes): _primitive(name, slopes)
    for name in ("tanh", "sigmoid")
    for slopes in (False, True)
}


def _activated(name: str, u: Stack, order: int, *, slopes: bool) -> list[Stack]:
    """F(u), and F'(u) if it is asked for."""
    rest = jnp.broadcast_to(u.rest[:order], (*u.rest[:order].shape[:2], *u.first.shape))
    found = _ACTIVATED[name, slopes].bind(u.first, rest, order=order)
    return [Stack(*found[i : i + 2]) for i in range(0, len(found), 2)]


@lru_cache(maxsize=512)
def _tanh(order: int) -> Callable[[Stack], Stack]:
    """The function tanh of a series."""

    @jax.custom_jvp
    def function(u: Stack) -> Stack:
        return _activated("tanh", u, order, slopes=False)[0]

    @function.defjvp
    def _(primals: tuple[Stack], tangents: tuple[Stack]) -> Any:
        t, w = _tanh_and_slope(order)(*primals)
        return t, times(w, tangents[0], order)

    return function


@lru_cache(maxsize=512)
def _tanh_and_slope(order: int) -> Callable[[Stack], tuple[Stack, ...]]:
    """The function that gives tanh and its slope of a series."""

    @jax.custom_jvp
    def function(u: Stack) -> tuple[Stack, ...]:
        return tuple(_activated("tanh", u, order, slopes=True))

    @function.defjvp
    def _(primals: tuple[Stack], tangents: tuple[Stack]) -> Any:
        (u,), (du,) = primals, tangents
        t, w = function(u)
        bent = times(_scaled(t, -2), w, order)
        return (t, w), (times(w, du, order), times(bent, du, order))

    return function


def _sigmoids(count: int, u: Stack, order: int) -> tuple[Stack, ...]:
    s, *slope = _activated("sigmoid", u, order, slopes=count > 1)
    if not slope:
        return (s,)
    p = slope[0]
    opposite = -bind("tanh", 0, u.first / 2)  # 1 - 2 s
    t = Stack(opposite, -2 * s.rest)
    found = [s, p]
    for n in range(2, count):  # p prod_j (1 - p/p_j) [t]
        product = p
        for zero in _special.zero_words(n)[:, 3]:
            factor = _scaled(p, -1 / float(zero))
            product = times(product, Stack(1 + factor.first, factor.rest), order)
        if n % 2 == 0:
            product = times(product, t, order)
        found.append(Stack(bind("sigmoid", n, u.first), product.rest))
    return tuple(found[:count])


def elementary(name: str, u: Stack, order: int) -> Stack:
    """A function of `ELEMENTARY`."""
    return _closed(name, order)(u)


@lru_cache(maxsize=512)
def _closed(name: str, order: int) -> Callable[[Stack], Stack]:
    evaluate, slope = ELEMENTARY[name]

    @jax.custom_jvp
    def function(u: Stack) -> Stack:
        return evaluate(u, order)

    @function.defjvp
    def _(primals: tuple[Stack], tangents: tuple[Stack]) -> Any:
        (u,), (du,) = primals, tangents
        y = function(u)
        return y, times(slope(u, y, order), du, order)

    return function


def _exponential(u: Stack, order: int) -> Stack:
    first = jnp.exp(u.first)
    (rest,) = march(
        order,
        (u.rest * _orders(u.rest),),
        (first,),
        (),
        lambda k, _, sums, __: (sums(0, 0) / k,),
    )
    return Stack(first, rest)


def _reciprocal(u: Stack, order: int) -> Stack:
    first = 1 / u.first
    (rest,) = march(
        order, (u.rest,), (first,), (first,), lambda _, r, sums, __: (-r[0] * sums(0, 0),)
    )
    return Stack(first, rest)


@lru_cache(maxsize=512)
def power(exponent: float, order: int) -> Callable[[Stack], Stack]:
    """The function u^exponent of series, for a constant exponent; u_0 is not 0."""

    @jax.custom_jvp
    def function(u: Stack) -> Stack:
        first = jnp.power(u.first, exponent)

        def step(k: Any, constants: Any, sums: Any, _: Any) -> tuple[jax.Array, ...]:
            return (((exponent + 1) / k * sums(0, 0) - sums(1, 0)) * constants[0],)

        rows = (u.rest * _orders(u.rest), u.rest)
        return Stack(first, *march(order, rows, (first,), (1 / u.first,), step))

    @function.defjvp
    def _(primals: tuple[Stack], tangents: tuple[Stack]) -> Any:
        (u,), (du,) = primals, tangents
        slope = _scaled(power(exponent - 1, order)(u), exponent)
        return function(u), times(slope, du, order)

    return function


@lru_cache(maxsize=512)
def traced_power(order: int) -> Callable[[Stack, jax.Array], Stack]:
    """The function u^b of series, for an array b that is traced; u_0 is not 0."""

    @jax.custom_jvp
    def function(u: Stack, b: jax.Array) -> Stack:
        first = jnp.power(u.first, b)

        def step(k: Any, constants: Any, sums: Any, _: Any) -> tuple[jax.Array, ...]:
            inverse, exponent = constants
            return (((exponent + 1) / k * sums(0, 0) - sums(1, 0)) * inverse,)

        rows = (u.rest * _orders(u.rest), u.rest)
        return Stack(first, *march(order, rows, (first,), (1 / u.first, b), step))

    @function.defjvp
    def _(primals: tuple[Stack, jax.Array], tangents: tuple[Stack, jax.Array]) -> Any:
        (u, b), (du, db) = primals, tangents
        y = function(u, b)
        along = times(function(u, b - 1), du, order)
        across = times(y, elementary("log", u, order), order)
        return y, jax.tree.map(lambda p, q: b * p + db * q, along, across)

    return function


@lru_cache(maxsize=512)
def _sine_and_cosine(order: int) -> Callable[[Stack], tuple[Stack, Stack]]:
    @jax.custom_jvp
    def function(u: Stack) -> tuple[Stack, Stack]:
        firsts = jnp.sin(u.first), jnp.cos(u.first)
        rests = march(
            order,
            (u.rest * _orders(u.rest),),
            firsts,
            (),
            lambda k, _, sums, __: (sums(0, 1) / k, -sums(0, 0) / k),
        )
        return Stack(firsts[0], rests[0]), Stack(firsts[1], rests[1])

    @function.defjvp
    def _(primals: tuple[Stack], tangents: tuple[Stack]) -> Any:
        (u,), (du,) = primals, tangents
        sine, cosine = function(u)
        slopes = cosine, _scaled(sine, -1)
        return (sine, cosine), tuple(times(slope, du, order) for slope in slopes)

    return function


def sinc(u: Stack, order: int) -> Stack:
    """sin(pi u) / (pi u), across its removable singularity.

    Below order + 1 it is the integral of cos(pi u t) over 0 < t < 1 by Gauss's rule, whose 2 order
    + 16 nodes are exact to rounding there. Dividing by u costs k! / |pi u|^k at order k, which is
    nothing above.
    """
    near = jnp.abs(u.first) < order + 1
    turned = Stack(jnp.pi * u.first, jnp.pi * u.rest)
    far = Stack(jnp.where(near, jnp.pi * (order + 1), turned.first), turned.rest)
    quotient = times(elementary("sin", far, order), elementary("reciprocal", far, order), order)
    nodes, weights = np.polynomial.legendre.leggauss(2 * order + 16)
    kind = u.first.dtype
    times_nodes = jnp.asarray(0.5 * (nodes + 1.0), kind)
    close = Stack(jnp.where(near, turned.first, 0), turned.rest)
    waves = elementary("cos", Stack(*(part[..., None] * times_nodes for part in close)), order)
    means = Stack(*(part @ jnp.asarray(0.5 * weights, kind) for part in waves))
    first = jnp.where(near, means.first, quotient.first)
    return Stack(first, jnp.where(near, means.rest, padded(quotient.rest, order)))


def _plus(u: Stack, number: float) -> Stack:
    return Stack(u.first + number, u.rest)


def _of_square(u: Stack, factor: float, order: int) -> Stack:
    """1 + factor u^2."""
    return _plus(_scaled(times(u, u, order), factor), 1)


def _slope_of_erf(u: Stack, order: int) -> Stack:
    bell = elementary("exp", _scaled(times(u, u, order), -1), order)
    return _scaled(bell, 2 / math.sqrt(math.pi))


def _by_slope(
    value: Callable[[jax.Array], jax.Array], slope: Callable[[Stack, int], Stack]
) -> tuple[Callable[[Stack, int], Stack], Callable[[Stack, Stack, int], Stack]]:
    """A function whose derivative is known, as `ELEMENTARY` has it."""
    return (
        lambda u, order: _integrated(u, slope(u, order), value(u.first), order),
        lambda u, _, order: slope(u, order),
    )


ELEMENTARY: dict[str, tuple[Callable[..., Stack], Callable[..., Stack]]] = {
    "exp": (_exponential, lambda u, y, order: y),
    "expm1": (
        lambda u, order: Stack(jnp.expm1(u.first), elementary("exp", u, order).rest),
        lambda u, y, order: elementary("exp", u, order),
    ),
    "reciprocal": (_reciprocal, lambda u, y, order: _scaled(times(y, y, order), -1)),
    "log": _by_slope(jnp.log, lambda u, order: elementary("reciprocal", u, order)),
    "log1p": _by_slope(jnp.log1p, lambda u, order: elementary("reciprocal", _plus(u, 1), order)),
    "sin": (
        lambda u, order: _sine_and_cosine(order)(u)[0],
        lambda u, y, order: _sine_and_cosine(order)(u)[1],
    ),
    "cos": (
        lambda u, order: _sine_and_cosine(order)(u)[1],
        lambda u, y, order: _scaled(_sine_and_cosine(order)(u)[0], -1),
    ),
    "tan": _by_slope(
        jnp.tan,
        lambda u, order: power(-2.0, order)(elementary("cos", u, order)),
    ),
    "sinh": (
        lambda u, order: Stack(jnp.sinh(u.first), _hyperbolic(u, order, -1).rest),
        lambda u, y, order: elementary("cosh", u, order),
    ),
    "cosh": (
        lambda u, order: Stack(jnp.cosh(u.first), _hyperbolic(u, order, 1).rest),
        lambda u, y, order: elementary("sinh", u, order),
    ),
    "atan": _by_slope(
        jnp.arctan, lambda u, order: elementary("reciprocal", _of_square(u, 1, order), order)
    ),
    "asin": _by_slope(jnp.arcsin, lambda u, order: power(-0.5, order)(_of_square(u, -1, order))),
    "acos": _by_slope(
        jnp.arccos, lambda u, order: _scaled(power(-0.5, order)(_of_square(u, -1, order)), -1)
    ),
    "acosh": _by_slope(
        jnp.arccosh, lambda u, order: power(-0.5, order)(_plus(times(u, u, order), -1))
    ),
    "asinh": _by_slope(jnp.arcsinh, lambda u, order: power(-0.5, order)(_of_square(u, 1, order))),
    "atanh": _by_slope(
        jnp.arctanh, lambda u, order: elementary("reciprocal", _of_square(u, -1, order), order)
    ),
    "erf": _by_slope(erf, _slope_of_erf),
    "erfc": _by_slope(erfc, lambda u, order: _scaled(_slope_of_erf(u, order), -1)),
    "softplus": _by_slope(
        lambda first: bind("softplus", 0, first), lambda u, order: sigmoids(1, order)(u)[0]
    ),
}


def _hyperbolic(u: Stack, order: int, sign: int) -> Stack:
    """(e^u + sign e^-u)/2."""
    up, down = (elementary("exp", _scaled(u, a), order) for a in (1, -1))
    return Stack((up.first + sign * down.first) / 2, (up.rest + sign * down.rest) / 2)
