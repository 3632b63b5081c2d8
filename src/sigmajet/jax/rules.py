"""What the primitives of JAX do with Taylor series, one rule for each kind of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, JaxprEqn

from .activation import activation_p
from .propagation import (
    Kinked,
    Propagation,
    Series,
    Value,
    as_it_is,
    at_the_value,
    not_passed,
    rule,
)
from .series.taylor import ELEMENTARY, activation, elementary, power, sinc, traced_power


@rule(
    *("neg", "reshape", "broadcast_in_dim", "transpose", "squeeze", "expand_dims", "slice", "rev"),
    *("reduce_sum", "cumsum", "copy", "reduce_window_sum", "reduce_precision", "stack", "tile"),
    *("add", "sub", "add_any", "concatenate", "pad", "split"),
    *("optimization_barrier", "sharding_constraint"),
)
def _linear(way: Propagation, equation: JaxprEqn, *operands: Value) -> Any:
    return way.linear(as_it_is(equation), *operands)


@rule("convert_element_type")
def _converted(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    if not jnp.issubdtype(equation.params["new_dtype"], jnp.floating):
        raise NotImplementedError("jets do not pass through conversions to integers")
    return way.linear(as_it_is(equation), u)


@rule("dynamic_slice", "gather")
def _indexed(way: Propagation, equation: JaxprEqn, u: Value, *indices: Value) -> Value:
    if not isinstance(u, Series) or any(isinstance(i, Series) for i in indices):
        raise NotImplementedError(f"jets do not pass through the indices of {equation.primitive}")
    function = as_it_is(equation)
    return way.linear(lambda x: function(x, *indices), u)


@rule("scatter", "scatter-add", "scatter_add")
def _scattered(
    way: Propagation, equation: JaxprEqn, u: Value, indices: Value, updates: Value
) -> Value:
    if isinstance(indices, Series):
        raise NotImplementedError(f"jets do not pass through the indices of {equation.primitive}")
    function = as_it_is(equation)
    return way.linear(lambda x, new: function(x, indices, new), u, updates)


@rule("dynamic_update_slice")
def _replaced(way: Propagation, equation: JaxprEqn, u: Value, new: Value, *indices: Value) -> Value:
    if any(isinstance(i, Series) for i in indices):
        raise NotImplementedError(f"jets do not pass through the indices of {equation.primitive}")
    function = as_it_is(equation)
    return way.linear(lambda x, update: function(x, update, *indices), u, new)


@rule("select_n")
def _selected(way: Propagation, equation: JaxprEqn, which: Value, *cases: Value) -> Value:
    function = as_it_is(equation)
    return way.linear(lambda *values: function(which, *values), *cases)


@rule("max", "min")
def _extreme(way: Propagation, equation: JaxprEqn, a: Value, b: Value) -> Value:
    """The series of the larger or smaller one; where both are equal their mean, as JAX has it."""
    left, right = ((u.first if isinstance(u, Series) else u) for u in (a, b))
    first, second = left > right, left < right
    if equation.primitive.name == "min":
        first, second = second, first

    def taken(x: jax.Array, y: jax.Array) -> jax.Array:
        return jnp.where(first, x, jnp.where(second, y, 0.5 * x + 0.5 * y))

    return replace(way.linear(taken, a, b), first=at_the_value(equation, (a, b)))


@rule("mul")
def _multiplied(way: Propagation, equation: JaxprEqn, a: Value, b: Value) -> Value:
    return way.product(a, b)


@rule("square")
def _squared(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    return way.product(u, u)


@rule("dot_general", "conv_general_dilated")
def _bilinear(way: Propagation, equation: JaxprEqn, a: Value, b: Value) -> Value:
    function = as_it_is(equation)
    if not isinstance(b, Series):
        return way.linear(lambda u: function(u, b), a)
    if not isinstance(a, Series):
        return way.linear(lambda u: function(a, u), b)
    return way.bilinear(function, a, b)


@rule("div")
def _divided(way: Propagation, equation: JaxprEqn, a: Value, b: Value) -> Value:
    if not isinstance(b, Series):
        return way.linear(lambda u: u / b, a)
    inverse = way.elementwise(b, partial(elementary, "reciprocal"), lambda u: 1 / u)
    return way.product(a, inverse)


@rule(*(ELEMENTARY.keys() - {"reciprocal", "softplus"}))
def _elementary(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    return way.elementwise(u, partial(elementary, equation.primitive.name), as_it_is(equation))


@rule("exp2")
def _power_of_two(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    scaled = way.linear(lambda x: x * jnp.log(2.0).astype(x.dtype), u)
    return way.elementwise(scaled, partial(elementary, "exp"), jnp.exp)


@rule("logistic", "tanh", activation_p.name)
def _activated(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    plain = {"logistic": "sigmoid", "tanh": "tanh"}
    name = equation.params.get("name") or plain[equation.primitive.name]
    order = equation.params.get("order", 0)
    return way.elementwise(
        u,
        partial(activation, name, order),
        lambda x: activation_p.bind(x, name=name, order=order),
    )


@rule("sqrt", "rsqrt", "cbrt")
def _root(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    exponent = {"sqrt": 1 / 2, "rsqrt": -1 / 2, "cbrt": 1 / 3}[equation.primitive.name]
    return way.elementwise(u, lambda x, order: power(exponent, order)(x), as_it_is(equation))


@rule("integer_pow")
def _integer_power(way: Propagation, equation: JaxprEqn, u: Series) -> Value:
    return _constant_power(way, u, float(equation.params["y"]))


def _constant_power(way: Propagation, u: Series, exponent: float) -> Value:
    """A power; whole ones by products, which hold at 0 and below as well."""
    if exponent != int(exponent):
        return way.elementwise(
            u, lambda x, order: power(exponent, order)(x), lambda x: jnp.power(x, exponent)
        )
    if exponent < 0:
        u = way.elementwise(u, partial(elementary, "reciprocal"), lambda x: 1 / x)
    result: Series | None = None
    for digit in bin(abs(int(exponent)))[2:]:
        result = None if result is None else way.product(result, result)
        if digit == "1":
            result = u if result is None else way.product(result, u)
    return jnp.ones_like(u.first) if result is None else result


@rule("pow")
def _power(way: Propagation, equation: JaxprEqn, a: Value, b: Value) -> Value:
    if not isinstance(a, Series):
        return way.elementwise(way.product(jnp.log(a), b), partial(elementary, "exp"), jnp.exp)
    if isinstance(b, Series):
        base = way.elementwise(a, partial(elementary, "log"), jnp.log)
        return way.elementwise(way.product(base, b), partial(elementary, "exp"), jnp.exp)
    if isinstance(b, jax.core.Tracer):
        return way.elementwise(
            a, lambda u, order: traced_power(order)(u, b), lambda x: jnp.power(x, b)
        )
    exponents = np.unique(np.asarray(b)).tolist()
    cases = [_constant_power(way, a, float(exponent)) for exponent in exponents]
    if len(cases) == 1:
        return cases[0]
    here = [jnp.asarray(b) == exponent for exponent in exponents]
    return way.linear(lambda *powers: jnp.select(here, list(powers)), *cases)


# Equations that hold functions.


@rule("jit", "pjit", "closed_call", "core_call", "custom_vjp_call", "checkpoint", "remat2", "remat")
def _called(way: Propagation, equation: JaxprEqn, *operands: Value) -> Any:
    inner = next(
        equation.params[key]
        for key in ("jaxpr", "call_jaxpr", "fun_jaxpr")
        if key in equation.params
    )
    closed = inner if isinstance(inner, ClosedJaxpr) else ClosedJaxpr(inner, ())
    if _of_jax(closed) and closed.jaxpr.debug_info.func_name == "sinc":  # not piece by piece
        return [way.elementwise(operands[0], sinc, jnp.sinc)]
    return way.through(closed, operands)


def _of_jax(closed: ClosedJaxpr) -> bool:
    """Whether a function is one of JAX itself."""
    return str(closed.jaxpr.debug_info.func_filename).startswith(str(Path(jax.__file__).parent))


@rule("custom_jvp_call")
def _with_own_derivative(way: Propagation, equation: JaxprEqn, *operands: Value) -> Any:
    closed = equation.params["call_jaxpr"]
    known, ours = closed.jaxpr.debug_info, _of_jax(closed)
    if ours and known.func_name == "logaddexp":  # softplus(a - b) + b, without its kinks
        return [_log_of_sum(way, *operands)]
    if ours and known.func_name in ("relu", "relu6"):  # activations whose second derivative is 0
        (value,) = at_the_value(equation, operands)
        return [Kinked(value, known.func_name)]
    results = way.through(closed, operands)
    if not any(isinstance(value, Series | Kinked) for value in results):
        # A value alone, whose derivative is told beside.
        raise not_passed(known.func_name)
    return results


def _log_of_sum(way: Propagation, a: Value, b: Value) -> Value:
    """log(e^a + e^b) = softplus(a - b) + b, and a where b is minus infinity."""
    nothing = (b.first if isinstance(b, Series) else jnp.asarray(b)) == -jnp.inf
    finite = (
        way.linear(lambda x: jnp.where(nothing, 0, x), b)
        if isinstance(b, Series)
        else (jnp.where(nothing, 0, b))
    )
    difference = way.linear(jnp.subtract, a, finite)
    function = partial(activation, "softplus", 0)
    smooth = way.elementwise(difference, function, lambda x: jnp.logaddexp(x, 0))
    return way.linear(lambda s, c, x: jnp.where(nothing, x, s + c), smooth, finite, a)


@rule("scan")
def _scanned(way: Propagation, equation: JaxprEqn, *operands: Value) -> Any:
    """The turns one by one, since the first ones may have shorter series than later ones."""
    closed, length = equation.params["jaxpr"], equation.params["length"]
    constants, carries = equation.params["num_consts"], equation.params["num_carry"]
    fixed, carry = operands[:constants], list(operands[constants : constants + carries])
    sequences = operands[constants + carries :]
    outputs: list[list[Value]] = []
    turns = range(length)
    for turn in reversed(turns) if equation.params["reverse"] else turns:
        row = [
            way.linear(lambda u, turn=turn: u[turn], u) if isinstance(u, Series) else u[turn]
            for u in sequences
        ]
        results = way.through(closed, [*fixed, *carry, *row])
        carry = results[:carries]
        outputs.append(results[carries:])
    if equation.params["reverse"]:
        outputs.reverse()
    if not outputs:
        raise NotImplementedError("jets do not pass through a scan of no turns")
    stacked = [
        way.linear(lambda *rows: jnp.stack(rows), *column)
        if any(isinstance(u, Series) for u in column)
        else jnp.stack(column)
        for column in zip(*outputs, strict=True)
    ]
    return [*carry, *stacked]
