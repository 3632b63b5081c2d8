"""Jets through functions of JAX: right against ball arithmetic and nested derivatives."""

import math

import mpmath
import numpy as np
import pytest
from flint import arb, arb_series, ctx

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402
from jax.scipy.special import erf  # noqa: E402

from sigmajet import jax as sjx  # noqa: E402

D = 3  # variables


@pytest.fixture(autouse=True)
def _in_double_precision():
    with jax.enable_x64(True):
        yield


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


MATRICES = [normal(D, 5, seed=1) / 2, normal(5, 5, seed=2) / 3, normal(5, 2, seed=3)]


def through(act):
    """A network with a skip connection around its second layer."""

    def f(x):
        h = act(x @ MATRICES[0] + 0.1)
        return (h + 0.5 * act(h @ MATRICES[1])) @ MATRICES[2]

    return f


def along(f, v):
    """Its derivative along v, by forward mode."""
    return lambda x: jax.jvp(f, (x,), (v,))[1]


def nested(f, x, v, order):
    """Directional derivatives by nested forward mode."""
    values, g = [f(x)], f
    for _ in range(order):
        g = along(g, v)
        values.append(g(x))
    return jnp.stack(values)


def fourier(x):
    phase = x @ MATRICES[0]
    h = jnp.concatenate([jnp.sin(phase), jnp.cos(phase), x], -1)
    gate = jax.nn.sigmoid(h[..., 2:5] * 2)
    return (h[..., ::2][..., :3] * gate / (2 + h[..., :3] ** 2)).sum(-1, keepdims=True)


def scanned(x):
    step = jax.checkpoint(lambda h, w: (jnp.tanh(h @ w), h.sum(-1)))
    h, sums = jax.lax.scan(step, x, jnp.stack([jnp.eye(D), jnp.asarray(MATRICES[0][:, :D])]))
    return jnp.concatenate([h, sums.T], -1)


FUNCTIONS = {
    "tanh and softplus": through(lambda u: jnp.tanh(u) * jax.nn.softplus(u)),
    "silu": through(jax.nn.silu),
    "gelu": through(lambda u: jax.nn.gelu(u, approximate=False) + jax.nn.mish(u)),
    "ours": through(lambda u: sjx.sigmoid(2, u) + sjx.tanh(1, u) * sjx.silu(1, u)),
    "softmax": through(lambda u: jax.nn.softmax(u) - jax.nn.logsumexp(u, -1, keepdims=True)),
    "powers": through(
        lambda u: (u + 1) ** 3.0 + (2 + u**2) ** -0.5 + 2.0 ** jnp.tanh(u) + (3 + jnp.sin(u)) ** -2
    ),
    "elementary": through(
        lambda u: jnp.log(3 + jnp.sin(u)) + jnp.exp(-(u**2)) + jnp.arctan(u) + jnp.tan(u / 5)
    ),
    "inverse": through(
        lambda u: (
            jnp.arcsinh(u) + jnp.arctanh(jnp.sin(u) / 2) + jnp.arcsin(u / 9) * jnp.arccos(u / 9)
        )
    ),
    "more": through(lambda u: jnp.sinh(u) + jnp.cosh(u) + erf(u) + jnp.expm1(u) + jnp.log1p(u**2)),
    "stacked": through(lambda u: jnp.arccosh(jnp.stack([2 + u**2, 3 + u**2])).sum(0)),
    "where": through(lambda u: jnp.where(u > 0, jnp.sqrt(1 + u**2), u * jnp.cos(u))),
    "extremes": through(
        lambda u: jnp.maximum(jnp.sin(u), u**3) * jnp.minimum(jnp.exp(u), 1.1) + jnp.clip(u, -1, 1)
    ),
    "attention": lambda x: jax.nn.softmax(x @ x.T) @ jnp.sin(x),
    "fourier": fourier,
    "scanned": scanned,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jets_are_the_nested_derivatives(name) -> None:
    f, x, v = FUNCTIONS[name], jnp.asarray(normal(4, D)), jnp.asarray(normal(4, D, seed=5))
    order = 2 if name == "ours" else 4  # nested, these take long to compile
    jet = jax.jit(lambda x, v: sjx.jet(f, x, v, order))(x, v)
    expected = jax.jit(lambda x, v: nested(f, x, v, order))(x, v)
    for got, exact in zip(jet, expected, strict=True):
        assert np.max(np.abs(got - exact)) <= 1e-12 * np.max(np.abs(exact))


def in_balls(weights, x, v, order: int) -> arb_series:
    """tanh(tanh(x W_0) W_1) W_2 along a line, by flint's series."""
    ctx.prec, ctx.cap = 500, order + 1
    row = [arb_series([arb(float(a)), arb(float(b))]) for a, b in zip(x, v, strict=True)]
    for layer, matrix in enumerate(weights):
        if layer:
            row = [1 - 2 / (1 + (2 * u).exp()) for u in row]
        row = [
            sum((u * w for u, w in zip(row, column, strict=True)), arb_series([0]))
            for column in zip(*matrix, strict=True)
        ]
    return row[0]


def test_values_agree_with_balls_to_1e_12_and_gradients_to_1e_10() -> None:
    order, x, v = 10, normal(D, seed=6), normal(D, seed=7)
    weights = [normal(D, 4, seed=8), normal(4, 4, seed=9), normal(4, 1, seed=10)]

    def last(weights):
        def f(x):
            for matrix in weights[:-1]:
                x = jnp.tanh(x @ matrix)
            return (x @ weights[-1])[0]

        return sjx.jet(f, x, v, order)

    balls = [[[arb(float(w)) for w in row] for row in matrix] for matrix in weights]
    exact = in_balls(balls, x, v, order)
    for k, value in enumerate(jax.jit(last)(weights)):
        expected = exact[k] * arb(math.factorial(k))
        assert abs(float(arb(float(value)) - expected)) <= 1e-12 * abs(float(expected))
    gradient = jax.jit(jax.grad(lambda w: last(w)[order]))(weights)
    step = arb(2) ** -150
    for layer, i, j in ((0, 1, 2), (1, 3, 0), (2, 2, 0)):
        sides = []
        for sign in (1, -1):
            moved = [[list(row) for row in matrix] for matrix in balls]
            moved[layer][i][j] += sign * step
            sides.append(in_balls(moved, x, v, order)[order] * arb(math.factorial(order)))
        expected = float((sides[0] - sides[1]) / (2 * step))
        assert abs(float(gradient[layer][i, j]) - expected) <= 1e-10 * abs(expected)


def test_tails_keep_their_digits_in_every_coefficient() -> None:
    ctx.prec, ctx.cap = 2000, 7
    for point in (-300.0, 40.0, 300.0):
        jet = sjx.jet(jax.nn.sigmoid, point, 1.0, 6)
        exact = 1 / (1 + (-arb_series([arb(point), 1])).exp())
        for k in range(1, 7):
            expected = float(exact[k] * arb(math.factorial(k)))
            assert abs(float(jet[k]) - expected) <= 1e-13 * abs(expected), (point, k)


def test_long_series_march_in_a_loop_to_the_same_numbers() -> None:
    ctx.prec, ctx.cap = 600, 31
    u = arb_series([arb(0.3), 1])
    exact = ((1 / (1 + (-u).exp())) * u.sin()).exp()
    f = jax.jit(lambda x: sjx.jet(lambda y: jnp.exp(sjx.sigmoid(0, y) * jnp.sin(y)), x, 1.0, 30))
    for k, value in enumerate(f(0.3)):
        expected = float(exact[k] * arb(math.factorial(k)))
        assert abs(float(value) - expected) <= 1e-11 * abs(expected)


def test_parameters_have_derivatives_of_any_order_through_a_jet() -> None:
    x = jnp.asarray(normal(3, D))

    def loss(laplacian, w):
        return jnp.sum(laplacian(lambda y: jnp.tanh(y @ w) @ MATRICES[1][:, 0], x) ** 2)

    def by_hessians(f, x):
        return jax.vmap(lambda y: jnp.trace(jax.hessian(f)(y)))(x)

    w = jnp.asarray(MATRICES[0])
    for transform in (jax.grad, jax.jacfwd, jax.hessian):
        got = jax.jit(transform(lambda w: loss(sjx.laplacian, w)))(w)
        expected = jax.jit(transform(lambda w: loss(by_hessians, w)))(w)
        assert np.allclose(got, expected, rtol=1e-10, atol=1e-12)


def test_modules_of_equinox_are_functions_with_parameters() -> None:
    eqx = pytest.importorskip("equinox")
    net = eqx.nn.MLP(D, 1, 8, 2, activation=jax.nn.softplus, key=jax.random.key(0))
    x = jnp.asarray(normal(4, D))
    hessians = jax.vmap(jax.hessian(lambda y: net(y)[0]))(x)
    expected = jnp.trace(hessians, axis1=1, axis2=2)
    assert np.allclose(sjx.laplacian(jax.vmap(net), x)[:, 0], expected, rtol=1e-12)
    loss = eqx.filter_grad(lambda net: jnp.sum(sjx.laplacian(jax.vmap(net), x)))
    assert any(np.abs(leaf).max() > 0 for leaf in jax.tree.leaves(eqx.filter_jit(loss)(net)))


def component(f, column: int):
    """Its derivative along an axis, by reverse mode."""
    return lambda x: jax.grad(f)(x)[column]


def test_operators_are_the_nested_derivatives() -> None:
    x = jnp.asarray(normal(4, D))

    def f(x):
        return through(jnp.sin)(x)[..., 0]

    def partial_derivative(columns):
        g = f
        for column in columns:
            g = component(g, column)
        return jax.vmap(g)(x)

    squares = [(i, i) for i in range(D)]
    checks = [
        (sjx.laplacian(f, x), sum(partial_derivative(s) for s in squares)),
        (sjx.derivative(f, x, (2, 0, 1)), partial_derivative((0, 0, 2))),
        (sjx.derivative(f, x, (0, 1, 0)), partial_derivative((1,))),
        (sjx.derivative(f, x, (0, 0, 0)), f(x)),
        (
            jax.jit(sjx.operator("u_xyt - 2*u_t + u_yy/4 + u", f))(x),
            partial_derivative((0, 1, 2)) - 2 * partial_derivative((2,))
            + partial_derivative((1, 1)) / 4 + f(x),
        ),
        (sjx.biharmonic(f, x), sum(partial_derivative(a + b) for a in squares for b in squares)),
    ]  # fmt: skip
    for got, expected in checks:
        assert np.allclose(got, expected, rtol=1e-11, atol=1e-12)


def test_estimates_are_as_far_off_as_they_say() -> None:
    w = jnp.asarray(normal(150, seed=4) / 12)
    f, x = (lambda x: jnp.sin(x @ w)), jnp.asarray(normal(6, 150))
    for estimate, order in ((sjx.estimate_laplacian, 2), (sjx.estimate_biharmonic, 4)):
        found = estimate(f, x, 400, key=jax.random.key(1))
        exact = (w @ w) ** (order // 2) * (-1) ** (order // 2) * f(x)
        assert np.all(np.abs(found.value - exact) <= 5 * found.standard_error)
        assert np.all(found.standard_error > 0)

    pair = sjx.estimate_laplacian(lambda x: {"f": f(x), "one": 1.0}, x, 4, key=jax.random.key(1))
    assert pair.value["f"].shape == pair.standard_error["f"].shape == (6,)
    assert pair.value["one"] == pair.standard_error["one"] == 0


def replaced(x):
    """Rows and columns that are set, added to and moved in."""
    moved = jax.lax.dynamic_update_slice(jnp.sin(x), x[:1] ** 2, (1, 0))
    return moved.at[0].set(x[2] ** 3).at[:, 1].add(jnp.exp(x[:, 0])).at[1, 1].set(0.5)


def test_what_is_written_into_arrays_is_passed_through() -> None:
    x, v = jnp.asarray(normal(3, 2)), jnp.asarray(normal(3, 2, seed=5))
    assert np.allclose(sjx.jet(replaced, x, v, 3), nested(replaced, x, v, 3), rtol=1e-12)
    laplacian = sjx.laplacian(lambda x: jnp.zeros(4).at[2].set(x[0] ** 2 + x[1] ** 3), x[0])
    assert np.allclose(laplacian, [0, 0, 2 + 6 * x[0, 1], 0])
    with pytest.raises(NotImplementedError, match="scatter"):
        sjx.jet(lambda x: x.at[0].multiply(x[1]), x, v, 2)


def test_a_sum_of_exponentials_may_have_none() -> None:
    nothing = -jnp.inf
    for f in (
        lambda x: jnp.logaddexp(x, nothing),
        lambda x: jnp.logaddexp(nothing, x),
        lambda x: jnp.logaddexp(jnp.sin(x), jnp.where(x < 9, -jnp.inf, x)) + x - jnp.sin(x),
    ):
        assert np.allclose(sjx.jet(f, 0.5, 1.0, 3), [0.5, 1, 0, 0])
    both = sjx.jet(lambda x: jnp.logaddexp(x, jnp.array([-jnp.inf, 0.0])), jnp.zeros(2), 1.0, 2)
    assert np.allclose(both, [[0, math.log(2)], [1, 0.5], [0, 0.25]])


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (jax.nn.relu, "relu"),
        (jax.nn.hard_silu, "relu6"),
        (lambda x: jnp.max(x, axis=-1), "reduce_max"),
        (jnp.abs, "abs"),
        (jnp.sort, "sort"),
        (lambda x: jnp.linalg.inv(x[:D, :D]), "custom_linear_solve"),
        (lambda x: jax.lax.while_loop(lambda c: c[0, 0] < 1, lambda c: c + 1, x), "while"),
        (lambda x: x.astype(int), "integers"),
    ],
)
def test_what_jets_do_not_pass_through_is_named(f, name) -> None:
    with pytest.raises(NotImplementedError, match=name):
        sjx.jet(f, jnp.ones((D, D)), 1.0, 2)


def test_where_two_are_equal_a_maximum_has_the_mean_of_their_derivatives() -> None:
    def f(x):
        return jnp.maximum(jnp.sin(x), x) + jnp.minimum(0.0, jnp.expm1(x))

    assert np.array_equal(sjx.jet(f, 0.0, 1.0, 3), nested(f, 0.0, 1.0, 3))
    one_is_infinite = sjx.jet(lambda x: jnp.maximum(x, jnp.log(x)), 0.0, 1.0, 2)
    assert np.array_equal(one_is_infinite, [0, 1, 0])
    smallest = 5e-324  # whose half is none
    assert sjx.jet(lambda x: jnp.maximum(x, smallest), smallest, 1.0, 1)[0] == smallest


def test_what_others_bring_along_is_not_taken_for_what_it_is_called() -> None:
    @jax.custom_jvp
    def logaddexp(a, b):
        return a * b

    logaddexp.defjvp(lambda primals, tangents: (1 / 0, 1 / 0))  # never asked for
    assert np.allclose(sjx.jet(lambda x: logaddexp(x, x), 2.0, 1.0, 2), [4.0, 4.0, 2.0])


@pytest.mark.parametrize("order", [1, 4, 12])
def test_sinc_has_its_derivatives_at_its_zeros_and_at_its_removable_singularity(order) -> None:
    places = [0.0, 1e-9, -0.3, 1.0, order + 0.99, order + 1.01, -300.3]
    got = jax.jit(lambda x: sjx.jet(jnp.sinc, x, jnp.ones_like(x), order))(jnp.array(places))
    with mpmath.workdps(60):
        for place, found in zip(places, got.T, strict=True):
            series = mpmath.taylor(lambda x: mpmath.sinc(mpmath.pi * x), place, order)
            expected = [float(c * mpmath.factorial(k)) for k, c in enumerate(series)]
            size = np.pi ** np.arange(order + 1) / max(1.0, np.pi * abs(place))
            assert np.max(np.abs(found - np.array(expected)) / size) < 1e-12
    third = jax.grad(lambda x: sjx.jet(jnp.sinc, x, 1.0, 2)[2])(1.5)
    assert third == pytest.approx(float(sjx.jet(jnp.sinc, 1.5, 1.0, 3)[3]), rel=1e-12)


def test_powers_hold_at_zero_and_below_whatever_the_exponent_is() -> None:
    cube = jnp.array([2.0, 3.0])
    for point, expected in ((-1.0, [[1, -1], [-2, 3], [2, -6]]), (0.0, [[0, 0], [0, 0], [2, 0]])):
        assert np.allclose(sjx.jet(lambda x: x**cube, point, 1.0, 2), expected)
    traced = jax.jit(lambda n: sjx.jet(lambda x: x**n, jnp.array([-1.0, 2.0]), 1.0, 2))
    assert np.allclose(traced(2.0), [[1, 4], [-2, 4], [2, 2]])
    slope = jax.jit(jax.grad(lambda n: sjx.jet(lambda x: x**n, 2.0, 1.0, 1)[1]))(3.0)
    assert float(slope) == pytest.approx(4 + 12 * math.log(2), rel=1e-13)


def test_high_orders_keep_their_digits_in_single_precision() -> None:
    one = jnp.float32(1.0)
    assert np.allclose(sjx.jet(jnp.exp, 0 * one, one, 60), 1.0, rtol=1e-4)
    slow = sjx.jet(lambda x: jnp.sin(x / 10), 5 * one, one, 24)
    assert float(slow[24]) == pytest.approx(math.sin(0.5) * 1e-24, rel=1e-3)
    row = jnp.ones((1, 1), jnp.float32)
    assert sjx.derivative(lambda x: jnp.sin(x[..., 0]), row, (40,)) == pytest.approx(
        math.sin(1.0), rel=1e-3
    )


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="orders: got 2, expected 1 integers"):
        sjx.derivative(lambda x: x[..., 0], np.zeros(1), 2)
    with pytest.raises(TypeError, match="text: got int"):
        sjx.operator(3, jnp.sin)
    with pytest.raises(ValueError, match="order = 171"):
        sjx.jet(jnp.sin, 0.0, 1.0, 171)
    with pytest.raises(TypeError, match="order: got float"):
        sjx.jet(jnp.sin, 0.0, 1.0, 1.5)
    with pytest.raises(ValueError, match="broadcasts"):
        sjx.jet(jnp.sin, np.zeros(2), np.ones(3), 2)
    with pytest.raises(TypeError, match="complex"):
        sjx.jet(jnp.sin, 1j, 1.0, 2)
    with pytest.raises(ValueError, match="expected 2 integers"):
        sjx.derivative(lambda x: x[..., 0], np.zeros(2), (1,))
    with pytest.raises(ValueError, match="z is none of the 2"):
        sjx.operator("u_zz", lambda x: x[..., 0])(np.zeros(2))


def test_trees_constants_and_types_are_kept() -> None:
    x = jnp.ones((2, D), jnp.float32)
    jet = sjx.jet(lambda x: {"sum": x.sum(-1), "one": jnp.ones(3)}, x, x, 3)
    assert jet["sum"].shape == (4, 2)
    assert jet["sum"].dtype == jnp.float32
    assert np.array_equal(jet["one"], [[1] * 3] + [[0] * 3] * 3)
    assert np.array_equal(sjx.jet(jnp.sin, 0.5, 1.0, 0), [jnp.sin(0.5)])
