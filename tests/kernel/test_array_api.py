"""Arrays of other libraries: the composed form to its stated error, and dispatch by kind."""

import numpy as np
import pytest

import sigmajet as sj
from sigmajet import array_api

NAMES = ("sigmoid", "tanh", "softplus", "silu")


@pytest.fixture
def strict():
    return pytest.importorskip("array_api_strict")


def units(got, expected, dtype):
    """Return errors in units of rounding, of normal numbers."""
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    normal = (np.abs(expected) > np.finfo(dtype).tiny) & np.isfinite(expected)
    return np.max(np.abs(got - expected)[normal] / np.abs(expected[normal])) / np.finfo(dtype).eps


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8, 33, 64])
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus"])
def test_the_composed_form_keeps_its_error_in_tails_and_beside_zeros(strict, name, n):
    zeros = sj.sigmoid_zeros(n - (name == "softplus")) if n else np.empty(0)
    zeros = zeros / 2 if name == "tanh" else zeros
    x = np.concatenate([np.linspace(-60, 60, 301), zeros, np.nextafter(zeros, 0), zeros * 1.001])
    with np.errstate(over="ignore"):
        got = getattr(array_api, name)(n, strict.asarray(x))
    assert got.dtype == strict.float64
    assert units(got, getattr(sj, name)(n, x), np.float64) <= n + 3


@pytest.mark.parametrize("name", NAMES)
def test_single_precision_stays_and_limits_hold(strict, name):
    x = np.array([-np.inf, -90.0, -3.0, -0.0, 0.7, 20.0, np.inf, np.nan], np.float32)
    for n in (0, 1, 2, 5, 16, 32):
        with np.errstate(all="ignore"):
            got, expected = getattr(array_api, name)(n, strict.asarray(x)), getattr(sj, name)(n, x)
        assert got.dtype == strict.float32
        np.testing.assert_allclose(np.asarray(got), expected, rtol=(n + 3) * 1.2e-7, atol=1e-36)


def test_the_functions_may_be_given(strict):
    got = array_api.sigmoid(3, strict.asarray([1.0]), xp=strict)
    np.testing.assert_allclose(np.asarray(got), sj.sigmoid(3, [1.0]), rtol=1e-15)
    np.testing.assert_allclose(array_api.silu(3, np.ones(1), xp=np), sj.silu(3, [1.0]), rtol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_arrays_of_numpy_torch_and_jax_keep_their_kind(name):
    jax, torch = pytest.importorskip("jax"), pytest.importorskip("torch")
    x = np.linspace(-3, 3, 7, dtype=np.float32)
    for made, kind in (
        (x, np.ndarray),
        (torch.asarray(x), torch.Tensor),
        (jax.numpy.asarray(x), jax.Array),
    ):
        got = getattr(array_api, name)(4, made)
        assert isinstance(got, kind)
        np.testing.assert_allclose(np.asarray(got), getattr(sj, name)(4, x), rtol=2e-5, atol=1e-6)


def test_what_is_no_array_of_real_numbers_is_refused(strict):
    with pytest.raises(TypeError, match="got str, expected an array that keeps the array API"):
        array_api.sigmoid(1, "1.0")
    with pytest.raises(TypeError, match="expected real floating-point numbers"):
        array_api.sigmoid(1, strict.asarray([1, 2]))
    with pytest.raises(ValueError, match="have orders to 32; sigmajet"):
        array_api.tanh(33, strict.asarray([1.0], dtype=strict.float32))
    with pytest.raises(ValueError, match="expected an integer from 0 to 200"):
        array_api.sigmoid(201, strict.asarray([1.0]))
