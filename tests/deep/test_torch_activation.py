"""Activations in PyTorch: right against balls, and closed under every nesting of derivatives."""

import csv
import itertools
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import references
import sigmajet as sj

torch = pytest.importorskip("torch")
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vmap  # noqa: E402

import sigmajet.torch as sjt  # noqa: E402
from sigmajet.torch import factored  # noqa: E402

NAMES = ("sigmoid", "tanh", "softplus", "silu")


def ball(name, n, x):
    """The n-th derivative at a point as a float, from python-flint."""
    high, _ = references.double_double(references.FAMILY[name](n, float(x)))
    return high


def stored():
    groups = defaultdict(list)
    data = Path(__file__).parents[1] / "data" / "references.csv"
    with data.open() as lines:
        for name, n, *words in csv.reader(lines):
            if name in NAMES and 0 <= int(n) <= 40:
                groups[name, int(n)].append([float.fromhex(word) for word in words])
    return {key: np.array(rows).T for key, rows in groups.items()}


def test_values_are_within_four_ulps_of_balls_for_all_orders_to_40() -> None:
    seen = set()
    for (name, n), (x, high, low) in stored().items():
        inside = (np.abs(x) <= 700) & (np.abs(high) >= np.finfo(float).tiny)
        got = getattr(sjt, name)(n, torch.from_numpy(x[inside])).numpy()
        assert got.dtype == np.float64
        ulps = np.abs((got - high[inside]) - low[inside]) / np.spacing(np.abs(high[inside]))
        assert np.max(ulps, initial=0) <= 4, (name, n)
        seen.add(n)
    assert set(range(8)) <= seen


@pytest.mark.parametrize("name", NAMES)
def test_orders_to_40_agree_with_balls_at_random_points_and_in_both_tails(name) -> None:
    points = [*np.random.default_rng(17).uniform(-700, 700, 3).tolist(), -36.7, -0.3, 1.9, 45.0]
    x = torch.tensor(points, dtype=torch.float64)
    for n in range(41):
        want = np.array([ball(name, n, v) for v in points])
        got = getattr(sjt, name)(n, x).numpy()
        normal = np.abs(want) > np.finfo(float).tiny
        assert np.all(np.abs(got - want)[normal] <= 4 * np.spacing(np.abs(want[normal]))), n


@pytest.mark.parametrize("name", NAMES)
def test_tensor_code_for_other_devices_agrees_with_the_kernel(name) -> None:
    x = torch.cat([torch.linspace(-40, 40, 801), torch.tensor([700.0, -700.0])]).double()
    for n in (*range(13), 20, 40):
        want = getattr(sj, name)(n, x.numpy())
        got = getattr(factored, name)(x, n).numpy()
        # n factors, each with the roundings of two exponentials and a product; x s^(n) + n s^(n-1),
        # the derivative of x s, cancels beside its zeros
        size = np.abs(want)
        if name == "silu":
            size = np.maximum(size, np.abs(x.numpy() * sj.sigmoid(n, x.numpy())))
        near = np.abs(got - want) <= 8 * (n + 1) * 2**-53 * np.maximum(size, 1e-300)
        assert np.all(near), n


def test_tensor_code_keeps_relative_accuracy_beside_the_zeros() -> None:
    for n in (3, 8, 21):
        zeros = sj.sigmoid_zeros(n)
        zeros = zeros[zeros != 0]
        x = np.concatenate([np.nextafter(zeros, 99), zeros, zeros * (1 + 1e-6)])
        want = sj.sigmoid(n, x)
        got = factored.sigmoid(torch.from_numpy(x), n).numpy()
        assert np.all(np.abs(got - want) <= 1e-12 * np.abs(want)), n


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", ["kernel", "tensor code"])
def test_limits_are_taken_at_infinity_and_nan_stays(name, code) -> None:
    x = torch.tensor([torch.inf, -torch.inf, torch.nan], dtype=torch.float64)
    for n in range(6):
        kernel = code == "kernel"
        got = getattr(sjt, name)(n, x) if kernel else getattr(factored, name)(x, n)
        np.testing.assert_array_equal(got.numpy(), getattr(sj, name)(n, x.numpy()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_narrow_types_are_computed_wider(name, dtype) -> None:
    x = torch.linspace(-9, 9, 61).to(dtype)
    for n in range(7):
        want = torch.from_numpy(getattr(sj, name)(n, x.double().numpy())).to(dtype)
        got = getattr(sjt, name)(n, x)
        assert got.dtype == dtype
        tiny, unit = torch.finfo(dtype).tiny, torch.finfo(dtype).eps
        assert torch.all((got - want).abs() <= unit * want.abs().clamp(min=tiny)), n


def by_autograd(f):
    def derivative(x):
        x = x if x.requires_grad else x.detach().requires_grad_()
        return torch.autograd.grad(f(x), x, create_graph=True)[0]

    return derivative


def by_jvp(f):
    return lambda x: jvp(f, (x,), (torch.ones_like(x),))[1]


def by_batch(f):
    return lambda x: vmap(grad(f))(x[None]).squeeze(0)


TRANSFORMS = {
    "jacfwd": jacfwd,
    "jacrev": jacrev,
    "jvp": by_jvp,
    "vmap(grad)": by_batch,
    "autograd": by_autograd,
}


def nestings(depth):
    for names in itertools.product(TRANSFORMS, repeat=depth):
        outer = [name == "autograd" for name in names]
        if outer == sorted(outer):  # torch.func does not allow autograd inside
            yield names


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_every_nesting_of_transforms_is_right(depth) -> None:
    x = torch.tensor(0.7, dtype=torch.float64)
    want = {name: ball(name, 1 + depth, 0.7) for name in NAMES}
    for name, transforms in zip(itertools.cycle(NAMES), nestings(depth), strict=False):
        f = partial(getattr(sjt, name), 1)
        for transform in transforms:
            f = TRANSFORMS[transform](f)
        assert abs(f(x).item() - want[name]) <= 1e-14 * max(1, abs(want[name])), transforms


@pytest.mark.parametrize("name", NAMES)
def test_nestings_through_a_network_agree_with_nested_reverse_mode(name) -> None:
    weights = torch.tensor([[0.3, -1.2], [0.8, 0.5]], dtype=torch.float64)

    def f(x):
        return getattr(sjt, name)(0, weights @ getattr(sjt, name)(0, weights @ x)).sum()

    x = torch.tensor([0.4, -0.9], dtype=torch.float64)
    want = jacrev(jacrev(jacrev(f)))(x)
    assert want.abs().max() > 1e-3
    for names in itertools.product((jacfwd, jacrev), repeat=3):
        g = f
        for transform in names:
            g = transform(g)
        torch.testing.assert_close(g(x), want, rtol=0, atol=1e-14)
    batch = torch.stack([x, 2 * x])
    torch.testing.assert_close(vmap(hessian(f))(batch)[0], jacrev(jacrev(f))(x))


@pytest.mark.parametrize("name", NAMES)
def test_gradients_pass_gradcheck_forward_reverse_and_twice(name) -> None:
    x = torch.linspace(-3, 3, 5, dtype=torch.float64, requires_grad=True)
    for n in (0, 3):
        f = partial(getattr(sjt, name), n)
        assert torch.autograd.gradcheck(f, x, check_forward_ad=True, check_batched_grad=True)
        assert torch.autograd.gradgradcheck(f, x, check_fwd_over_rev=True)


def test_forward_mode_of_autograd_works_beside_reverse_mode() -> None:
    x = torch.tensor([0.7, -2.0], dtype=torch.float64, requires_grad=True)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
        tangent = torch.autograd.forward_ad.unpack_dual(sjt.tanh(0, dual)).tangent
        (second,) = torch.autograd.grad(tangent.sum(), x)
    torch.testing.assert_close(second, sjt.tanh(2, x.detach()))


def test_gradients_live_where_those_of_torch_are_0() -> None:
    x = torch.tensor([40.0, -800.0, 500.0], dtype=torch.float64, requires_grad=True)
    (ours,) = torch.autograd.grad(sjt.sigmoid(0, x).sum(), x)
    (theirs,) = torch.autograd.grad(torch.sigmoid(x).sum(), x)
    assert ours[0].item() == pytest.approx(ball("sigmoid", 1, 40.0), rel=1e-15)
    assert ours[2].item() == pytest.approx(ball("sigmoid", 1, 500.0), rel=1e-15)
    assert theirs[0] == 0  # once this fails, pytorch has mended it


@pytest.mark.parametrize("name", NAMES)
def test_compiled_functions_give_the_same_numbers(name) -> None:
    function = getattr(sjt, name)
    torch._dynamo.reset()
    x = torch.linspace(-3, 3, 7, dtype=torch.float64, requires_grad=True)

    def loss(x):
        return (function(2, x) * torch.sin(x)).sum()

    def slopes(x):
        return vmap(grad(lambda y: function(0, y)))(x)

    def tangents(x):
        return jvp(by_jvp(lambda y: function(0, y)), (x,), (torch.ones_like(x),))[1]

    (want,) = torch.autograd.grad(loss(x), x)
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(torch.autograd.grad(compiled(x), x)[0], want)
    for f in (slopes, tangents):
        compiled = torch.compile(f, fullgraph=True, backend="aot_eager")
        torch.testing.assert_close(compiled(x.detach()), f(x.detach()))


def test_shapes_and_strides_are_free() -> None:
    x = torch.randn(3, 4, dtype=torch.float64).T
    assert torch.equal(sjt.silu(2, x), sjt.silu(2, x.contiguous()))
    assert sjt.silu(2, x[:0]).shape == (0, 3)
    assert sjt.sigmoid(1, torch.tensor(0.0)).shape == ()
    batched = vmap(lambda row: sjt.tanh(1, row), in_dims=1, out_dims=1)(x)
    assert torch.equal(batched, sjt.tanh(1, x))


def test_wrong_arguments_are_refused_with_what_was_expected() -> None:
    x = torch.zeros(2)
    with pytest.raises(TypeError, match="order first"):
        sjt.sigmoid(x, 1)
    with pytest.raises(TypeError, match="real floating-point"):
        sjt.sigmoid(1, torch.zeros(2, dtype=torch.int64))
    with pytest.raises(TypeError, match="n: got float"):
        sjt.sigmoid(1.0, x)
    for n in (-1, 201):
        with pytest.raises(ValueError, match="from 0 to 200"):
            sjt.tanh(n, x)
    x.requires_grad_()
    with pytest.raises(ValueError, match="201"):
        sjt.sigmoid(200, x).sum().backward()
