"""Activations in JAX: right to the last digits, and the derivative of order n is order n + 1."""

import itertools
import math

import flint
import numpy as np
import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

import sigmajet as sj  # noqa: E402
from sigmajet import jax as sjx  # noqa: E402

FUNCTIONS = {name: getattr(sjx, name) for name in ("sigmoid", "tanh", "softplus", "silu")}
POINTS = np.array([-33.1, -4.2, -0.7, 0.0, 1e-3, 0.9, 5.5, 41.0])


@pytest.fixture(autouse=True)
def _in_double_precision():
    with jax.enable_x64(True):
        yield


def balls(name: str, orders: int, x: float) -> list[flint.arb]:
    """Derivatives 0..orders at x, by flint's power series of exp and log."""
    flint.ctx.prec, flint.ctx.cap = 2400, orders + 1
    u = flint.arb_series([flint.arb(float(x)), 1], prec=orders + 1)
    one = flint.arb_series([1], prec=orders + 1)
    series = {
        "sigmoid": lambda: one / (one + (-u).exp()),
        "tanh": lambda: (one - (-2 * u).exp()) / (one + (-2 * u).exp()),
        "softplus": lambda: (one + u.exp()).log(),
        "silu": lambda: u / (one + (-u).exp()),
    }[name]()
    return [series[k] * flint.arb(math.factorial(k)) for k in range(orders + 1)]


def units(value: float, ball: flint.arb, dtype: type) -> float:
    """The error in units of the last place of the exact value."""
    exact = float(ball)
    return abs(float(flint.arb(float(value)) - ball)) / float(np.spacing(dtype(abs(exact))))


def samples(rng: np.random.Generator, n: int) -> np.ndarray:
    zeros = sj.sigmoid_zeros(n) if n else np.zeros(1)
    beside = np.concatenate([zeros, np.nextafter(zeros, np.inf), zeros + 1e-7, zeros * (1 + 1e-2)])
    spread = [rng.uniform(-700, 700, 5), rng.normal(0, 5, 8), rng.uniform(-40, 40, 5)]
    return np.concatenate([rng.permutation(beside)[:12], *spread])


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7, 16, 33, 40])
def test_derivatives_are_within_four_units_of_balls(n) -> None:
    x = samples(np.random.default_rng(n), n)
    values = np.asarray(sjx.sigmoid(n, x))
    for value, point in zip(values, x, strict=True):
        assert units(value, balls("sigmoid", n, point)[n], np.float64) <= 4, (n, point)


@pytest.mark.parametrize("name", ["tanh", "softplus"])
@pytest.mark.parametrize("n", [0, 1, 3, 12])
def test_the_family_is_within_four_units_of_balls(name, n) -> None:
    x = np.random.default_rng(n).normal(0, 8, 20)
    values = np.asarray(FUNCTIONS[name](n, x))
    for value, point in zip(values, x, strict=True):
        assert units(value, balls(name, n, point)[n], np.float64) <= 4, (n, point)


@pytest.mark.parametrize("n", [0, 1, 2, 12])
def test_silu_is_exact_beside_its_two_terms(n) -> None:
    x = np.random.default_rng(n).normal(0, 8, 20)
    values = np.asarray(sjx.silu(n, x))
    for value, point in zip(values, x, strict=True):
        terms = balls("sigmoid", n, point)
        scale = abs(point * float(terms[n])) + n * abs(float(terms[n - 1]))
        error = abs(float(flint.arb(float(value)) - balls("silu", n, point)[n]))
        assert error <= 4 * np.spacing(scale), (n, point)


@pytest.mark.parametrize("n", [0, 1, 3, 6, 24])
def test_single_precision_is_within_five_units_of_balls(n) -> None:
    x = samples(np.random.default_rng(n), n).astype(np.float32)
    x = x[np.abs(x) < 80]
    values = np.asarray(sjx.sigmoid(n, x))
    assert values.dtype == np.float32
    for value, point in zip(values, x, strict=True):
        assert units(value, balls("sigmoid", n, point)[n], np.float32) <= 5, (n, point)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_short_types_are_computed_wider(dtype) -> None:
    x = jnp.asarray(POINTS[2:-1], dtype)
    value = sjx.sigmoid(3, x)
    assert value.dtype == dtype
    exact = np.array([float(balls("sigmoid", 3, float(point))[3]) for point in x])
    assert np.array_equal(np.asarray(jnp.asarray(exact, jnp.float32).astype(dtype)), value)
    assert jax.grad(lambda y: sjx.tanh(0, y))(x[0]).dtype == dtype


DIRECTIONS = {
    "grad": jax.grad,
    "jacfwd": jax.jacfwd,
    "jacrev": jax.jacrev,
    "jvp": lambda f: lambda x: jax.jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f: lambda x: jax.vjp(f, x)[1](jnp.ones(()))[0],
    "checkpoint": lambda f: jax.grad(jax.checkpoint(f)),
    "jit": lambda f: jax.jit(jax.grad(f)),
}


@pytest.mark.parametrize("name", ["sigmoid", "silu"])
def test_every_nesting_to_depth_four_is_the_next_orders(name) -> None:
    f, x = FUNCTIONS[name], jnp.asarray(0.7)
    expected = {order: float(f(order, x)) for order in range(2, 6)}
    eager = [key for key in DIRECTIONS if key != "jit"]
    nests = [(key,) for key in DIRECTIONS]
    nests += itertools.product(eager, repeat=2) if name == "sigmoid" else []
    nests += [(*pair, *pair[::-1]) for pair in itertools.combinations(eager, 2)]
    nests += [("jit", "jacfwd", "jit"), ("jacfwd", "jacrev", "checkpoint", "jit")]
    for nest in nests:
        g = lambda y: f(1, y)  # noqa: E731
        for transform in nest:
            g = DIRECTIONS[transform](g)
        order = 1 + len(nest)
        assert abs(float(g(x)) - expected[order]) <= 1e-14 * abs(expected[order]), nest


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_batched_scanned_and_repeated_transformations_agree(name) -> None:
    f, x = FUNCTIONS[name], jnp.asarray(POINTS)
    third = np.asarray(f(3, x))
    g = jax.grad(jax.grad(jax.grad(lambda y: f(0, y))))
    assert np.array_equal(jax.vmap(g)(x), third)
    assert np.array_equal(jax.vmap(jax.vmap(g), in_axes=1, out_axes=1)(x[None]), third[None])
    assert np.array_equal(
        jax.jit(lambda y: jax.lax.scan(lambda c, z: (c, g(z)), 0.0, y)[1])(x), third
    )
    hessian = jax.hessian(lambda y: jnp.sum(f(1, y)))(x)
    assert np.allclose(hessian, np.diag(third), rtol=1e-15, atol=0)


def test_both_tails_keep_their_digits_where_frameworks_give_zero() -> None:
    for x in (-600.0, -40.0, 40.0, 600.0):
        for n, g in enumerate([sjx.sigmoid, *[None] * 3]):
            h = lambda y: sjx.sigmoid(0, y)  # noqa: E731
            for _ in range(n + 1):
                h = jax.grad(h)
            expected = math.exp(-abs(x)) * (-1 if x > 0 and n % 2 else 1)
            assert abs(float(h(x)) - expected) <= 1e-15 * abs(expected), (n, g)


def test_limits_are_those_at_infinity_and_nan_stays() -> None:
    x = jnp.array([-jnp.inf, jnp.inf, jnp.nan])
    for name, f in FUNCTIONS.items():
        for n in range(3):
            left, right, nan = np.asarray(f(n, x))
            assert np.isnan(nan)
            if n > 1 or (n == 1 and name in ("sigmoid", "tanh")):
                assert (left, right) == (0, 0), (name, n)
    assert np.array_equal(sjx.softplus(0, x)[:2], [0, np.inf])
    assert np.array_equal(sjx.silu(0, x)[:2], [0, np.inf])
    assert np.array_equal(sjx.silu(1, x)[:2], [0, 1])
    assert np.array_equal(sjx.tanh(0, x)[:2], [-1, 1])


def test_orders_beyond_the_table_are_refused_also_in_derivatives() -> None:
    with pytest.raises(ValueError, match="order 201: expected an integer from 0 to 200"):
        sjx.sigmoid(201, 0.0)
    with pytest.raises(ValueError, match=r"order 1\.5"):
        sjx.tanh(1.5, 0.0)
    with pytest.raises(ValueError, match="order 201"):
        jax.grad(lambda x: sjx.sigmoid(200, x))(0.5)
    with pytest.raises(TypeError, match="complex"):
        sjx.sigmoid(0, 1j)


def test_long_products_loop_on_the_device() -> None:
    x = np.array([0.3, -25.0])
    for value, point in zip(np.asarray(sjx.sigmoid(90, x)), x, strict=True):
        assert units(value, balls("sigmoid", 90, point)[90], np.float64) <= 4
