"""Solutions as functions of JAX: the same numbers, and the same derivatives at any depth."""

import numpy as np
import pytest
from sympy import Eq, Function, cos, exp, pi, sin, symbols

import sigmajet as sj

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

import sigmajet.jax as sjx  # noqa: E402

x, y, t = symbols("x y t")
U, V = Function("u"), Function("v")


@pytest.fixture(autouse=True)
def _in_double_precision():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def plane():
    u = U(x, y)
    exact = exp(x) * sin(pi * y)
    walls = [Eq(u.subs(*wall), exact.subs(*wall)) for wall in ((x, 0), (x, 1), (y, 0), (y, 1))]
    statement = Eq(u.diff(x, 2) + u.diff(y, 2), (1 - pi**2) * exact)
    return sj.solve(sj.Problem(statement, u, {x: (0, 1), y: (0, 1)}, walls), tol=1e-6)


@pytest.fixture(scope="module")
def spiral():
    equations = [Eq(U(t).diff(t), V(t)), Eq(V(t).diff(t), -U(t))]
    return sj.solve(sj.Problem(equations, [U(t), V(t)], {t: (0, 3)}, [Eq(U(0), 0), Eq(V(0), 1)]))


def inside(count, d, seed=0):
    return np.random.default_rng(seed).uniform(0.1, 0.9, (count, d))


def test_values_are_those_of_the_solution(plane, spiral) -> None:
    points = inside(7, 2)
    for function in (plane.to_jax(), jax.jit(plane.to_jax()), jax.vmap(plane.to_jax())):
        assert np.array_equal(function(points), plane(*points.T))
    times = inside(6, 1).reshape(2, 3, 1)
    values = jax.jit(spiral.to_jax())(times)
    assert values.shape == (2, 3, 2)
    assert np.array_equal(np.moveaxis(values, -1, 0), spiral(times[..., 0]))
    assert plane.to_jax()(points.astype(np.float32)).dtype == jnp.float32


@pytest.mark.parametrize(
    "transforms", [("jacfwd", "jacfwd", "jacfwd"), ("jacrev", "jacfwd", "jacrev")]
)
def test_derivatives_at_any_depth_are_those_of_evaluate(plane, transforms) -> None:
    third, points = plane.to_jax(), inside(3, 2)
    for transform in transforms:
        third = getattr(jax, transform)(third)
    got = jax.jit(jax.vmap(third))(points)[:, 0, 1, 0]
    want = plane.evaluate(U(x, y).diff(x, 2, y), *points.T)
    np.testing.assert_allclose(got, want, rtol=1e-13)


def test_systems_have_a_slope_for_each_unknown(spiral) -> None:
    slopes = jax.jacrev(spiral.to_jax())(jnp.array([[0.5]])).squeeze()
    np.testing.assert_allclose(slopes, [float(cos(0.5)), -float(sin(0.5))], atol=1e-8)


def test_ends_in_single_precision_are_ends() -> None:
    circle = sj.Problem(Eq(U(t).diff(t), cos(t)), U(t), {t: (0, 2 * pi)}, [Eq(U(0), 0)])
    function = sj.solve(circle).to_jax()
    for kind in (jnp.float32, jnp.bfloat16):
        end = jnp.array([[2 * np.pi]], kind)
        assert abs(float(function(end)[0])) < 0.05
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        function(np.array([[2 * np.pi * (1 + 1e-7)]]))
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        function(np.array([[6.2834]], np.float32))


def test_what_a_function_cannot_do_is_said(plane) -> None:
    function = plane.to_jax()
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        function(np.full((1, 2), 3.0))
    with pytest.raises(ValueError, match="a column for each variable"):
        function(np.zeros((4, 3)))
    with pytest.raises(NotImplementedError, match="closed_form"):
        sjx.jet(function, inside(2, 2), inside(2, 2), 2)
