"""Jets pass through modules of Flax, where it is installed."""

from functools import partial

import pytest

jax = pytest.importorskip("jax")
pytest.importorskip("flax")
import jax.numpy as jnp  # noqa: E402
from flax import linen, nnx  # noqa: E402

import sigmajet.jax as sjx  # noqa: E402


class Linen(linen.Module):
    """Layers, a norm, a skip connection, concatenation and a product."""

    fast: bool = False

    @linen.compact
    def __call__(self, x):
        h = linen.tanh(linen.Dense(8)(x))
        h = linen.LayerNorm(use_fast_variance=self.fast)(h) + linen.silu(linen.Dense(8)(h))
        h = jnp.concatenate([h, jnp.sin(x)], -1)
        return linen.Dense(2)(linen.softplus(h) * linen.gelu(h))


class Nnx(nnx.Module):
    """Layers and a norm."""

    def __init__(self) -> None:
        rngs = nnx.Rngs(0)
        self.first, self.last = nnx.Linear(3, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
        self.norm = nnx.LayerNorm(8, use_fast_variance=False, rngs=rngs)

    def __call__(self, x):
        return self.last(self.norm(nnx.tanh(self.first(x))))


def along(f, x):
    return jax.jvp(f, (x,), (jnp.ones_like(x),))[1]


def nested(f, x, order):
    values = [f(x)]
    for _ in range(order):
        f = partial(along, f)
        values.append(f(x))
    return jnp.stack(values)


@pytest.mark.parametrize("kind", ["linen", "nnx", "nnx under jit", "convolution"])
def test_jets_agree_with_nested_forward_mode(kind) -> None:
    with jax.enable_x64(True):
        x = jax.random.normal(jax.random.key(0), (4, 3))
        module, state = nnx.split(Nnx())
        parameters = Linen().init(jax.random.key(1), x)
        kernel = nnx.Conv(3, 5, kernel_size=(3,), rngs=nnx.Rngs(1))
        f = {
            "linen": lambda y: Linen().apply(parameters, y),
            "nnx": nnx.merge(module, state),
            "nnx under jit": jax.jit(lambda y: nnx.merge(module, state)(y)),
            "convolution": lambda y: nnx.sigmoid(kernel(y[None])),
        }[kind]
        found, wanted = sjx.jet(f, x, jnp.ones_like(x), 3), nested(f, x, 3)
        assert jnp.max(jnp.abs(found - wanted)) < 1e-10 * jnp.max(jnp.abs(wanted))


def test_the_maximum_in_a_layer_norm_is_passed_through() -> None:
    with jax.enable_x64(True):
        x = jax.random.normal(jax.random.key(0), (4, 3))
        net = Linen(fast=True)
        parameters = net.init(jax.random.key(1), x)

        def f(y):
            return net.apply(parameters, y)

        found, wanted = sjx.jet(f, x, jnp.ones_like(x), 3), nested(f, x, 3)
        assert jnp.max(jnp.abs(found - wanted)) < 1e-10 * jnp.max(jnp.abs(wanted))
