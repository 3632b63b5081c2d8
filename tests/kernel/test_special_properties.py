"""The ufuncs under arbitrary dtypes, strides, overlaps, sizes and orders, and at complex points."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from flint import acb, acb_series, arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sigmajet as sj

FAMILY = (sj.sigmoid, sj.tanh, sj.softplus, sj.silu, sj.bose, sj.coth, sj.sigmoid_taylor)
REALS = st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.uint16, bool])
ORDERS = st.integers(0, 200)


def elements(dtype):
    return hnp.from_dtype(np.dtype(dtype), allow_nan=True, allow_infinity=True)


@st.composite
def arrays(draw):
    dtype = draw(REALS)
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=40))
    array = draw(hnp.arrays(dtype, shape, elements=elements(dtype)))
    for axis in range(array.ndim):
        step = draw(st.sampled_from([1, 2, -1, -3]))
        array = np.swapaxes(np.swapaxes(array, 0, axis)[::step], 0, axis)
    return array.T if draw(st.booleans()) else array


@settings(max_examples=150, deadline=None)
@given(function=st.sampled_from(FAMILY), n=ORDERS, x=arrays())
def test_any_array_gives_the_numbers_of_its_elements(function, n, x):
    got = function(n, x)
    assert got.shape == x.shape
    single = x.dtype in (np.float16, np.float32)
    assert got.dtype == (np.float32 if single else np.float64)
    for place in np.ndindex(*x.shape) if x.size < 20 else [(0,) * x.ndim]:
        np.testing.assert_array_equal(got[place], function(n, x[place]))


@settings(max_examples=100, deadline=None)
@given(
    n=st.integers(-8, 200),
    size=st.integers(0, 700),
    shift=st.integers(-40, 40),
    step=st.sampled_from([1, 2, -1]),
)
def test_overlapping_out_gives_the_numbers_of_a_fresh_array(n, size, shift, step):
    buffer = np.random.default_rng(size).normal(size=2 * size + 80) * 9
    x = buffer[40 : 40 + size]
    expected = sj.sigmoid(n, x.copy())
    target = buffer[40 + shift : 40 + shift + size][::step][:size]
    if target.size == size:
        sj.sigmoid(n, x, out=target)
        np.testing.assert_array_equal(target, expected)


@settings(max_examples=60, deadline=None)
@given(order=st.integers(-(2**70), 2**70), function=st.sampled_from(FAMILY))
def test_orders_are_answered_or_refused(order, function):
    try:
        value = function(order, 1.5)
    except (ValueError, OverflowError, TypeError):
        assert not 0 <= order <= 200
    else:
        assert np.isfinite(value) or order > 150
        assert -8 <= order <= 600


@settings(max_examples=80, deadline=None)
@given(n=ORDERS, x=st.floats(-800, 800))
def test_neighbouring_orders_share_their_zeros_and_signs(n, x):
    # between consecutive zeros the sign is that of the parity of the zeros to the right
    value = sj.sigmoid(n, x)
    right = np.count_nonzero(sj.sigmoid_zeros(n) > x)
    if n and value and x not in sj.sigmoid_zeros(n):
        assert np.sign(value) == (-1) ** (n + 1) * (-1) ** right


def test_a_refused_order_leaves_nothing_half_done_behind():
    with pytest.raises(ValueError, match="order 999"):
        sj.sigmoid(np.array([1, 2, 999, 3]), np.zeros(4))
    assert sj.sigmoid(1, 0.0) == 0.25


def complex_reference(function, n, z, precision=400):
    with ctx.workprec(precision + 6 * n):
        ctx.cap = n + 1
        series = function(acb_series([acb(z.real, z.imag), 1])).coeffs()
        return complex((series[n] * acb(arb(n).fac())).mid())


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8, 16, 40, 100])
def test_complex_points_away_from_the_poles(n):
    # The poles are at i pi (2k + 1). Relative error in the modulus: below 3 (n + 2) units of 2^-53.
    draw = np.random.default_rng(n)
    z = draw.uniform(-12, 12, 80) + 1j * draw.uniform(-2.5, 2.5, 80)
    zeros = sj.sigmoid_zeros(n)[:10]
    z = np.concatenate([z, zeros + 1e-6 * (1 + 1j), zeros[zeros != 0] + 1e-12j])
    truth = np.array([complex_reference(lambda u: 1 / (1 + (-u).exp()), n, v) for v in z])
    error = np.abs(sj.sigmoid(n, z) - truth) / np.abs(truth)
    assert np.max(error) < 3 * (n + 2) * 2.0**-53
    truth = np.array(
        [complex_reference(lambda u: 1 - 2 / (1 + (2 * u).exp()), n, v) for v in z / 2]
    )
    assert np.max(np.abs(sj.tanh(n, z / 2) - truth) / np.abs(truth)) < 3 * (n + 2) * 2.0**-53


COMPLEX = {
    "sigmoid": lambda u: 1 / (1 + (-u).exp()),
    "tanh": lambda u: 1 - 2 / (1 + (2 * u).exp()),
    "softplus": lambda u: (1 + u.exp()).log(),
    "silu": lambda u: u / (1 + (-u).exp()),
    "bose": lambda u: 1 / (1 - (-u).exp()),
    "coth": lambda u: 1 + 2 / ((2 * u).exp() - 1),
}


def complex_points(name, n):
    """Points of any imaginary part, beside poles and beside zeros."""
    draw = np.random.default_rng(n)
    z = draw.uniform(-9, 9, 20) + 1j * draw.uniform(-1, 1, 20) * 10.0 ** draw.integers(0, 300, 20)
    bose = name in ("bose", "coth")
    poles = 1j * np.pi * (2 * np.arange(4) + (not bose))
    offs = 10.0 ** -draw.uniform(2, 12, 4) * np.exp(1j * draw.uniform(0, 6, 4))
    zeros = sj.sigmoid_zeros(n)[:4] + 1j * np.pi * (bose + 2 * draw.integers(0, 1000))
    beside = zeros[:, None] + 10.0 ** -np.array([3.0, 9.0]) * (1 + 1j)
    z = np.concatenate([z, poles + offs, [] if name == "silu" else beside.ravel()])
    return z * (0.5 if name in ("tanh", "coth") else 1)


@pytest.mark.parametrize("name", COMPLEX)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 8, 40])
def test_complex_points_keep_their_digits_at_any_imaginary_part(name, n):
    z = complex_points(name, n)
    with ctx.workprec(3000):
        truth = np.array([complex_reference(COMPLEX[name], n, v, 2500) for v in z])
    z, truth = z[np.abs(truth) < 1e300], truth[np.abs(truth) < 1e300]
    error = np.abs(getattr(sj, name)(n, z) - truth) / np.abs(truth)
    assert np.max(error) < 6 * (n + 2) * 2.0**-53


def test_complex_points_that_were_hard_once():
    z = 0.2958506773289888 + 637620775695881.8j
    truth = complex_reference(COMPLEX["tanh"], 1, z, 500)
    assert abs(sj.tanh(1, z) - truth) < 1e-15 * abs(truth)
    for n in (0, 1, 2, 5):
        for function in (sj.sigmoid, sj.tanh, sj.bose, sj.coth):
            far = function(n, complex(np.inf, np.inf))
            assert far == (n == 0)
            assert np.isfinite(function(n, 1 + 1e308j))
    assert sj.tanh(0, complex(-np.inf, np.inf)) == -1
    assert sj.silu(0, complex(-np.inf, np.inf)) == sj.softplus(0, complex(-np.inf, np.inf)) == 0


def test_complex_types_limits_and_refusals():
    assert sj.sigmoid(2, np.complex64(1 + 2j)).dtype == np.complex64
    assert sj.sigmoid(1, 1j).dtype == np.complex128
    assert sj.sigmoid(0, complex(np.inf, 1)) == 1
    assert sj.sigmoid(3, complex(-np.inf, 0)) == 0
    assert sj.sigmoid(1, 800 + 3j) == 0
    np.testing.assert_allclose(sj.sigmoid(3, 0.7 + 0j), sj.sigmoid(3, 0.7), rtol=2e-15)
    np.testing.assert_allclose(  # period 2 pi i
        sj.sigmoid(3, 0.7 + 1j + 2j * np.pi), sj.sigmoid(3, 0.7 + 1j), rtol=1e-14
    )
    with pytest.raises(TypeError, match="sigmoid_taylor"):
        sj.sigmoid_taylor(1, 1j)
    with pytest.raises(ValueError, match=r"order -1 is outside 0\.\.200"):
        sj.sigmoid(-1, 1j)


@pytest.mark.skipif(shutil.which("g++") is None, reason="the harness is built by g++")
def test_the_sanitizers_find_nothing():
    """In the loops for the plainest processor; `make fuzz` goes over those for all others."""
    script = Path(__file__).parents[2] / "tools" / "fuzz_kernel.sh"
    command = [script, "100", "x86-64"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if "cannot find" in run.stderr and "san" in run.stderr:
        pytest.skip("the compiler has no sanitizers")
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8, 16])
def test_long_runs_give_what_points_give_wherever_they_are(n):
    # More hard points (tails, zeros, nan) than any buffer of the kernel holds, in place too.
    zero = sj.sigmoid_zeros(max(n, 3))[-1]
    hard = np.array(
        [zero, np.nextafter(zero, 9), np.inf, -np.inf, np.nan, 650.0, -650.0, 0.0, 1e-300]
    )
    x = np.concatenate([np.tile(hard, 700), np.linspace(-40, 40, 1003)])
    expected = np.array([sj.sigmoid(n, np.array([point]))[0] for point in x])
    np.testing.assert_array_equal(sj.sigmoid(n, x), expected)
    np.testing.assert_array_equal(sj.sigmoid_jet(n, x)[n], expected)
    np.testing.assert_array_equal(sj.sigmoid(n, x, out=x), expected)
