"""At most an ulp at every order, double and instruction set: small sweeps of tools/sweep_kernel.py.

Its oracle is python-flint with coefficients by a recurrence of its own.
"""

import numpy as np
import pytest

import sigmajet as sj
import sweep_kernel
from sigmajet.kernel import _special

NAMES = sweep_kernel.FAMILY


@pytest.fixture(params=_special.instruction_sets())
def instruction_set(request):
    _special.use_instruction_set(request.param)
    yield request.param
    _special.use_instruction_set(_special.instruction_sets()[0])


def worst(name, n, x):
    """The greatest error in ulps and where it is."""
    words = np.array([sweep_kernel.truth(name, n, float(v)) for v in x])
    off = sweep_kernel.errors(name, n, np.asarray(x, float), words)
    at = np.argmax(off)
    return off[at], n, x[at]


@pytest.mark.parametrize("name", NAMES)
def test_random_doubles_of_every_exponent(name, instruction_set):
    greatest = sweep_kernel.GREATEST.get(name, 200)
    orders = [*range(sweep_kernel.LEAST.get(name, 0), 40), *range(40, greatest + 1, 7)]
    found = max(worst(name, n, list(sweep_kernel.random_doubles(name, n, 3))) for n in orders)
    assert found[0] <= 0.7, found


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "sigmoid_taylor"])
@pytest.mark.parametrize("n", [3, 16, 17, 31, 36, 37, 41, 54, 111, 132, 190, 200])
def test_around_zeros_however_near(name, n, instruction_set):
    zeros = sj.sigmoid_zeros(n)[:: max(1, n // 20)] * (0.5 if name == "tanh" else 1)
    found = worst(name, n, list(sweep_kernel.shells(zeros)))
    assert found[0] <= 0.7, found


def double_below_zero(name, n, low, high):
    """The last double at which a function has the sign that it has at `low`."""
    sign = sweep_kernel.sign(name, n, low)
    while (middle := 0.5 * (low + high)) not in (low, high):
        same = sweep_kernel.sign(name, n, middle) == sign
        low, high = (middle, high) if same else (low, middle)
    return low


@pytest.mark.parametrize("n", [1, 2, 3, 17, 100, 200])
def test_silu_keeps_an_ulp_around_zeros_however_near(n, instruction_set):
    x = np.linspace(-12, 12, 1001) + 1e-3
    signs = np.sign(sj.silu(n, x))
    for i in np.nonzero(np.diff(signs))[0][:: max(1, n // 10)]:
        low = double_below_zero("silu", n, x[i], x[i + 1])
        if abs(low) > 1e-3:
            around = low * (1 + np.outer([1, -1], 2.0 ** -np.arange(2, 52.5)).ravel())
            assert worst("silu", n, [low, np.nextafter(low, 99), *around])[0] <= 0.7


@pytest.mark.parametrize("n", [201, 401])
def test_taylor_coefficients_beyond_the_tables_keep_an_ulp_at_zeros(n, instruction_set):
    x = np.linspace(1e-3, 40, 4000)
    before = np.nonzero(np.diff(np.sign(sj.sigmoid_taylor(n, x))))[0]
    for i in before[:: len(before) // 2]:
        low = double_below_zero("sigmoid_taylor", n, x[i], x[i + 1])
        around = [low, np.nextafter(low, 99), *low * (1 + 2.0 ** -np.arange(5, 50, 5))]
        assert worst("sigmoid_taylor", n, around)[0] <= 0.7


@pytest.mark.parametrize(
    ("name", "n", "x"),
    [
        # results below the normal numbers, by a power of two that is itself below them
        ("sigmoid_taylor", 200, 100.0),
        ("sigmoid_taylor", 171, -62.78226852416992),
        ("sigmoid_taylor", 526, -2.210346569738752),
        # products that a multiplication by 2^27 + 1 overflows
        ("bose", 168, 1.0),
        ("bose", 0, -2e-308),
        ("coth", 1, 1.5275e-151),
        # doubles at which two words of the zero are one word of the distance to it
        ("sigmoid", 111, 0.044063623071875065),
        ("tanh", 111, 0.022031811535937532),
        ("sigmoid_taylor", 132, -6.725576775517393),
        # just outside the neighbourhood of a zero
        ("sigmoid", 190, 4.75438561813855),
        ("sigmoid", 54, 8.069053986354563),
        ("sigmoid", 31, 12.54164199449821),
        # half of the value is a series at e^-x near 1
        ("softplus", 0, 5.4614936314150176e-08),
        ("sigmoid", -1, 2.427045544738715e-05),
        # subnormal arguments
        ("silu", 17, 7.0971e-318),
        ("silu", 85, 1.2015573698760689),  # near a zero of silu and nearer to one of s^(84)
        ("sigmoid", 20, 1.419836e-318),
    ],
)
def test_points_that_were_hard_once(name, n, x, instruction_set):
    assert worst(name, n, [x])[0] <= 0.7


@pytest.mark.parametrize("name", NAMES)
def test_zero_has_the_sign_of_what_underflows_or_vanishes(name, instruction_set):
    far = np.array([748.0, 999.0, 1001.0, 5000.0])
    x = np.concatenate([far, -far])
    for n in (*range(9), 37, 100, 199, 200):
        if name == "coth" and n == 0:
            continue
        signs = [sweep_kernel.sign(name, n, v) for v in x]
        got = getattr(sj, name)(n, x)
        np.testing.assert_array_equal(np.copysign(1, got), signs, err_msg=f"{n} {got}")
        np.testing.assert_array_equal(
            np.copysign(1, getattr(sj, name)(n, np.array([np.inf, -np.inf]))), signs[::4]
        )
        if name in ("bose", "coth") or sweep_kernel.truth(name, n, 0.0)[0]:
            continue
        tiny = np.array([1e-3, -1e-3])
        np.testing.assert_array_equal(
            np.signbit(getattr(sj, name)(n, np.copysign(0, tiny))),
            np.signbit(getattr(sj, name)(n, tiny)),
            err_msg=str(n),
        )


def test_no_factor_of_tanh_overflows_in_single_precision(instruction_set):
    x = np.array([0.3, 9.0, 60.0, 88.0, 120.0], np.float32)
    for n in (126, 127, 128, 150, 200):
        with np.errstate(over="ignore"):
            expected = sj.tanh(n, x.astype(float)).astype(np.float32)
        got = sj.tanh(n, x)
        np.testing.assert_allclose(got, expected, rtol=2.0**-23)
        np.testing.assert_array_equal(sj.tanh_jet(n, x)[n], got)


def test_jets_round_once_among_the_subnormal_numbers(instruction_set):
    x = np.linspace(330, 450, 121)
    np.testing.assert_array_equal(sj.tanh_jet(200, x), [sj.tanh(n, x) for n in range(201)])


def hard_points(n):
    """Points of every kind: beside zeros, in the tails, where loops hand over, and none at all."""
    x = np.random.default_rng(n).normal(size=40) * 6
    zeros = sj.sigmoid_zeros(40)[::9]
    edges = [
        0.0,
        -0.0,
        np.inf,
        -np.inf,
        np.nan,
        1e-320,
        0.03,
        25.0,
        33.5,
        36.0,
        39.0,
        650.0,
        -720.0,
    ]
    return np.concatenate([x, zeros, np.nextafter(zeros, 99), edges, [1001.0]])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_a_number_does_not_depend_on_the_orders_beside_it(name, dtype, instruction_set):
    function = getattr(sj, name)
    orders = np.arange(sweep_kernel.LEAST.get(name, 0), sweep_kernel.GREATEST.get(name, 200) + 1)
    orders = orders[: 210 if name == "sigmoid_taylor" else None]
    x = hard_points(1).astype(dtype)
    with np.errstate(over="ignore"):
        expected = function(orders[:, None], x)  # runs of one order
        across = function(orders, x[:, None]).T
        draw = np.random.default_rng(2)
        i, j = draw.integers(0, orders.size, 3000), draw.integers(0, x.size, 3000)
        mixed = function(orders[i], x[j])
    np.testing.assert_array_equal(across, expected)
    np.testing.assert_array_equal(np.signbit(across), np.signbit(expected))
    np.testing.assert_array_equal(mixed, expected[i, j])


def test_orders_outside_the_table_are_refused_in_the_middle_of_others():
    with pytest.raises(ValueError, match="order 201"):
        sj.sigmoid(np.arange(-8, 230), 0.5)
    with pytest.raises(ValueError, match="order -1"):
        sj.tanh([3, 4, -1, 5], 0.5)
