"""Taylor series through the equations of a traced function.

    mathematics                                         name
    u(x + t v_r) = sum_k u_k,r t^k,  r = 1..R           Series: first s, rest (m, R, *s)
    sum_r w_r u_K,r  of the highest order K = m + 1     top s; weights w_r

Where only a sum over directions is asked for, so is the highest order: it enters every operation
linearly, hence the sum passes through by itself (Dangel et al., Collapsing Taylor mode, 2025).
Rows of `rest` that vanish identically at its end are left out, so that the first layers cost what
they have to do.

A function is traced once, by JAX; its equations are then carried out one by one, on series where
they depend on the argument and as they are where they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Literal

from .series.product import padded
from .series.taylor import Stack, times

__all__ = [
    "Kinked",
    "Propagation",
    "Series",
    "Value",
    "as_it_is",
    "at_the_value",
    "not_passed",
    "rule",
]


@dataclass(frozen=True)
class Series:
    """A Taylor polynomial along several directions; `top` is the weighted sum of the last order."""

    first: jax.Array
    rest: jax.Array
    top: jax.Array | None = None


@dataclass(frozen=True)
class Kinked:
    """The value of a function with kinks, good for comparisons and behind `stop_gradient` only."""

    value: jax.Array
    name: str
    inside: Series | None = None  # of |u|, whose logarithm is smooth again


Value = Any  # an array, a Series, or a Kinked value of one
RULES: dict[str, Callable[..., Any]] = {}


def rule(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what primitives of these names do with series."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        RULES.update(dict.fromkeys(names, function))
        return function

    return register


@dataclass(frozen=True)
class Propagation:
    """Series up to `order`; with weights (R,) the highest order is summed over directions."""

    order: int
    weights: jax.Array | None = None

    @property
    def kept(self) -> int:
        """How many orders are kept for each direction."""
        return self.order - (self.weights is not None)

    def through(self, closed: ClosedJaxpr, arguments: Sequence[Value]) -> list[Value]:
        """Carry out the equations of a function."""
        jaxpr: Jaxpr = closed.jaxpr
        known: dict[Any, Value] = dict(zip(jaxpr.constvars, closed.consts, strict=True))
        known |= dict(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Value:
            return atom.val if isinstance(atom, Literal) else known[atom]

        for equation in jaxpr.eqns:
            results = self._carry_out(equation, [read(atom) for atom in equation.invars])
            known |= dict(zip(equation.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _carry_out(self, equation: JaxprEqn, values: list[Value]) -> Sequence[Value]:
        primitive = equation.primitive
        name = primitive.name
        if name == "log" and isinstance(values[0], Kinked) and values[0].inside is not None:
            sign = jnp.sign(values[0].inside.first)
            values = [self.product(values[0].inside, sign)]
        kinks = [value.name for value in values if isinstance(value, Kinked)]
        values = [value.value if isinstance(value, Kinked) else value for value in values]
        if not any(isinstance(value, Series) for value in values):
            results = as_it_is(equation)(*values)
            several = results if primitive.multiple_results else [results]
            if kinks and name not in _PLACES:
                return [Kinked(result, kinks[0]) for result in several]
            return several
        if name in _KINKS:
            inside = values[0] if name == "abs" else None
            return [Kinked(at_the_value(equation, values), name, inside)]
        if name in _PLACES:
            return [at_the_value(equation, values)]
        if kinks or name not in RULES:
            raise not_passed(kinks[0] if kinks else name)
        results = RULES[name](self, equation, *values)
        return results if primitive.multiple_results else [results]

    def stacked(self, u: Value) -> Stack:
        """A value as a stack without its top; an array is constant."""
        if isinstance(u, Series):
            return Stack(u.first, u.rest)
        return Stack(u, jnp.zeros((0, 1, *jnp.shape(u)), jnp.result_type(u)))

    def series(self, found: Stack, linear: jax.Array | None) -> Series:
        """What was found to the full order, and what the operands' tops add to its own."""
        if self.weights is None:
            return Series(*found)
        top = self.summed(found.rest[self.order - 1])
        return Series(found.first, found.rest[: self.kept], top if linear is None else top + linear)

    def summed(self, row: jax.Array) -> jax.Array:
        """The weighted sum over directions."""
        assert self.weights is not None
        return jnp.tensordot(self.weights.astype(row.dtype), row, 1)

    def elementwise(
        self, u: Series, function: Callable[[Stack, int], Stack], value: Callable[..., jax.Array]
    ) -> Series:
        """A function of elements, as one of stacks and as one of arrays."""
        linear = None if u.top is None else jax.jvp(value, (u.first,), (u.top,))[1]
        return self.series(function(Stack(u.first, u.rest), self.order), linear)

    def product(self, a: Value, b: Value) -> Series:
        """The product of elements of the same place."""
        if not isinstance(b, Series):
            return self._one(lambda u: u * b, a)
        if not isinstance(a, Series):
            return self._one(lambda u: a * u, b)
        linear = _total(
            None if a.top is None else a.top * b.first, None if b.top is None else a.first * b.top
        )
        return self.series(times(self.stacked(a), self.stacked(b), self.order), linear)

    def _one(self, function: Callable[..., jax.Array], u: Series) -> Series:
        result: Series = self.linear(function, u)
        return result

    def bilinear(self, function: Callable[..., jax.Array], a: Series, b: Series) -> Series:
        """Any other product of two series."""
        left, right = (
            [self.stacked(u).first, *padded(self.stacked(u).rest, self.order)] for u in (a, b)
        )

        def part(i: int, j: int) -> jax.Array:
            axes = (None if i == 0 else 0, None if j == 0 else 0)
            return jax.vmap(function, in_axes=axes)(left[i], right[j])

        rows = jnp.stack(
            [sum((part(i, k - i) for i in range(1, k + 1)), part(0, k)) for k in self._orders()]
        )
        linear = _total(
            None if a.top is None else function(a.top, b.first),
            None if b.top is None else function(a.first, b.top),
        )
        return self.series(Stack(function(a.first, b.first), rows), linear)

    def _orders(self) -> range:
        return range(1, self.order + 1)

    def linear(self, function: Callable[..., Any], *operands: Value) -> Any:
        """An affine function of several operands: constants count in the value alone."""
        several = [u for u in operands if isinstance(u, Series)]
        length = max(len(u.rest) for u in several)
        directions = next(u.rest.shape[1] for u in several)

        def row(u: Value) -> jax.Array:
            if isinstance(u, Series):
                return padded(u.rest, length)
            return jnp.zeros((length, directions, *jnp.shape(u)), jnp.result_type(u))

        def top(u: Value) -> jax.Array:
            if isinstance(u, Series):
                return jnp.zeros_like(u.first) if u.top is None else u.top
            return jnp.zeros_like(u)

        first = function(*(u.first if isinstance(u, Series) else u for u in operands))
        if length == 0:
            rest = jax.tree.map(lambda x: jnp.zeros((0, directions, *x.shape), x.dtype), first)
        else:
            rest = jax.vmap(jax.vmap(function))(*map(row, operands))
        if all(u.top is None for u in several):
            return jax.tree.map(Series, first, rest)
        return jax.tree.map(Series, first, rest, function(*map(top, operands)))


# What has no derivatives, and what has none at some places.
_PLACES = {*("lt", "le", "gt", "ge", "eq", "ne", "is_finite", "stop_gradient")}
_PLACES |= {"argmax", "argmin"}
_KINKS = {*("abs", "reduce_max", "reduce_min", "clamp", "sign", "floor", "ceil")}
_KINKS |= {*("round", "sort", "rem", "cummax", "cummin")}


def not_passed(name: str) -> NotImplementedError:
    """The error of an operation that jets do not pass through."""
    return NotImplementedError(
        f"jets do not pass through {name}; sigmajet.jax.jet lists what they pass through"
    )


def at_the_value(equation: JaxprEqn, values: Sequence[Value]) -> Any:
    """What a primitive makes of the values of series."""
    plain = (u.first if isinstance(u, Series) else u for u in values)
    return as_it_is(equation)(*plain)


def as_it_is(equation: JaxprEqn) -> Callable[..., Any]:
    """The primitive of an equation, with its parameters, as a function of arrays."""
    parameters = equation.primitive.get_bind_params(equation.params)
    return partial(equation.primitive.bind, **parameters)


def _total(*parts: jax.Array | None) -> jax.Array | None:
    given = [part for part in parts if part is not None]
    return sum(given[1:], given[0]) if given else None
