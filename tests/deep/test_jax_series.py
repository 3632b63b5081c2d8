"""Series through the kernel agree with traced code, which shares nothing with it."""

import numpy as np
import pytest

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402

from sigmajet.jax.series import fused, product, taylor  # noqa: E402


@pytest.fixture(autouse=True)
def _double_precision():
    with jax.enable_x64(True):
        yield


def pair(given, *shape, directions=2, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    first, rest = rng.normal(size=shape), rng.normal(size=(given, directions, *shape))
    return jnp.asarray(first, dtype), jnp.asarray(rest, dtype)


def close(found, wanted, tolerance) -> None:
    assert len(found) == len(wanted)
    for got, want in zip(found, wanted, strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
@pytest.mark.parametrize(("given", "other", "order"), [(1, 1, 1), (1, 3, 4), (4, 2, 3), (0, 2, 2)])
def test_products_agree_with_traced_code(given, other, order, dtype, tolerance) -> None:
    a, b = pair(given, 3, 5, dtype=dtype), pair(other, 3, 5, seed=1, dtype=dtype)
    for primitive, traced in (
        (product.product_p, product._product),
        (product.correlation_p, product._correlation),
    ):
        found = jax.jit(lambda *x, p=primitive: p.bind(*x, order=order))(*a, *b)
        close(found, traced(*a, *b, order=order), tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
@pytest.mark.parametrize("slopes", [False, True])
def test_activations_agree_with_traced_code(name, slopes, dtype, tolerance) -> None:
    u = pair(2, 4, dtype=dtype)
    found = taylor._ACTIVATED[name, slopes].bind(*u, order=4)
    close(found, taylor._marched(name, slopes, *u, order=4), tolerance)


def test_narrow_types_are_left_to_traced_code() -> None:
    u = pair(1, 4, dtype="float16")
    value, *_ = jax.jit(lambda *x: taylor._ACTIVATED["tanh", False].bind(*x, order=2))(*u)
    np.testing.assert_allclose(value, np.tanh(np.float64(u[0])), rtol=1e-3)


def test_where_xla_refuses_the_kernel_traced_code_serves(monkeypatch) -> None:
    def refuse(*_, **__) -> None:
        raise RuntimeError("incompatible API version")

    monkeypatch.setattr(jax.ffi, "register_ffi_target", refuse)
    fused._registered.cache_clear()
    a, b = pair(2, 3, 7), pair(3, 3, 7, seed=1)  # of shapes that nothing was compiled for
    found = jax.jit(lambda *x: product.product_p.bind(*x, order=5))(*a, *b)
    assert not fused._registered()
    fused._registered.cache_clear()
    close(found, product._product(*a, *b, order=5), 1e-12)


def test_maps_of_products_map_what_varies() -> None:
    a, b = pair(2, 3), pair(2, 4, 3, seed=1)
    found = jax.vmap(
        lambda first, rest: product.product_p.bind(*a, first, rest, order=3), (0, 2), [0, 2]
    )(*b)
    wide = (jnp.broadcast_to(a[0], (4, 3)), jnp.broadcast_to(a[1][:, :, None], (2, 2, 4, 3)))
    close(found, product._product(*wide, *b, order=3), 1e-12)


def test_products_of_products_are_differentiated_to_any_depth() -> None:
    a, b = pair(2, 3), pair(3, 3, seed=1)

    def energy(a0, code):
        rows = code(a0, a[1], *b, order=3)
        return sum((x**3).sum() for x in rows)

    for found, wanted in (
        (jax.hessian(energy), jax.hessian(energy)),
        (jax.grad(energy), jax.grad(energy)),
        (jax.jacfwd(jax.jacrev(jax.jacfwd(energy))), jax.jacrev(jax.jacfwd(jax.jacrev(energy)))),
    ):
        got = found(a[0], lambda *x, order: product.product_p.bind(*x, order=order))
        np.testing.assert_allclose(got, wanted(a[0], product._product), rtol=1e-11, atol=1e-11)
