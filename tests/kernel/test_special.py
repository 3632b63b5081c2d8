"""The kernel as a NumPy citizen: shapes, types, limits, identities, errors."""

import doctest
import inspect
import subprocess
import sys

import numpy as np
import pytest
from flint import acb, arb, ctx

import sigmajet as sj
from sigmajet import exact, special

X = np.linspace(-45, 45, 241)
UFUNCS = [name for name in special.__all__ if isinstance(getattr(special, name), np.ufunc)]


def relative_error(got, n, x):
    truth = np.array([float(exact.evaluate(n, v, 25)) for v in x])
    return np.max(np.abs(got - truth) / np.abs(np.where(truth == 0, 1, truth)))


@pytest.mark.parametrize("name", ["sigmoid", "silu", "gaussian", "mish", "log_sigmoid"])
def test_types_lists_loops_and_each_can_be_asked_for(name):
    function = getattr(sj, name)
    assert len(function.types) == function.ntypes == (8 if name in ("sigmoid", "silu") else 4)
    for types in function.types:
        order, value = types[0], types[-1]
        got = function(np.ones(2, order), np.full(2, 0.5, value), signature=types)
        assert got.dtype == np.dtype(value)
        np.testing.assert_allclose(got, function(1, 0.5), rtol=1e-6)
        assert function(1, 0.5, dtype=value).dtype == got.dtype


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8, 16, 33, 128, 200])
def test_sigmoid_has_the_digits_of_the_exact_evaluation(n):
    assert relative_error(sj.sigmoid(n, X), n, X) < 1e-13 * max(n, 1) ** 0.5


@pytest.mark.parametrize("n", [3, 4, 9, 30])
def test_doubles_beside_a_zero_keep_their_digits(n):
    zeros = sj.sigmoid_zeros(n)
    beside = np.concatenate([zeros, np.nextafter(zeros, np.inf), np.nextafter(zeros, -np.inf)])
    beside = beside[beside != 0]
    assert relative_error(sj.sigmoid(n, beside), n, beside) < 1e-12


@pytest.mark.parametrize("n", range(12))
def test_parity(n):
    expected = 1 - sj.sigmoid(0, X) if n == 0 else (-1) ** (n + 1) * sj.sigmoid(n, X)
    np.testing.assert_allclose(sj.sigmoid(n, -X), expected, rtol=0 if n else 1e-15, atol=3e-16)


@pytest.mark.parametrize("n", range(10))
def test_family_identities(n):
    np.testing.assert_allclose(
        sj.tanh(n, X), 2.0 ** (n + 1) * sj.sigmoid(n, 2 * X) - (n == 0), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(sj.softplus(n + 1, X), sj.sigmoid(n, X), rtol=1e-15)
    product = X * sj.sigmoid(n, X) + (n * sj.sigmoid(n - 1, X) if n else 0)
    np.testing.assert_allclose(sj.silu(n, X), product, rtol=1e-13)


@pytest.mark.parametrize("n", range(9))
def test_bose_is_the_sum_over_powers_of_itself(n):
    x = np.array([-3.0, -0.7, 0.4, 2.0])
    b = 1 / -np.expm1(-x)
    terms = [c * b**k for k, c in enumerate(exact.coefficients(n), start=1)]
    scale = np.max(np.abs(terms), axis=0)
    np.testing.assert_array_less(np.abs(sj.bose(n, x) - np.sum(terms, axis=0)), 1e-13 * scale)


def test_taylor_is_the_derivative_over_the_factorial():
    np.testing.assert_allclose(sj.sigmoid_taylor(7, X), sj.sigmoid(7, X) / 5040, rtol=1e-14)


@pytest.mark.parametrize("function", [sj.sigmoid, sj.tanh, sj.softplus, sj.silu, sj.bose])
def test_is_a_ufunc_with_the_order_first(function):
    assert isinstance(function, np.ufunc)
    got = function(np.arange(4)[:, None], X + 0.1)
    assert got.shape == (4, X.size)
    np.testing.assert_array_equal(got[3], function(3, X + 0.1))


@pytest.mark.parametrize(
    ("given", "expected"),
    [(np.float16, "f4"), (np.float32, "f4"), (np.float64, "f8"), (np.int8, "f8"), (bool, "f8")],
)
def test_result_types(given, expected):
    assert sj.sigmoid(1, np.ones(3, given)).dtype == expected
    assert sj.sigmoid_jet(1, np.ones(3, given)).dtype == expected


def test_a_dtype_may_be_asked_for():
    x = np.linspace(-3, 3, 5)
    assert sj.sigmoid(1, x, dtype="f4").dtype == "f4"
    np.testing.assert_array_equal(sj.sigmoid(1, x, dtype="f4"), sj.sigmoid(1, x.astype("f4")))
    assert sj.sigmoid(1, x.astype("f4"), dtype="f8").dtype == "f8"
    assert sj.tanh(1, x, dtype=complex).dtype == complex
    with pytest.raises(TypeError, match="No loop matching the specified signature"):
        sj.sigmoid(1, x, dtype="f2")


def test_no_order_wraps():
    with pytest.raises(ValueError, match="order 18446744073709551615 is outside"):
        sj.sigmoid(np.uint64(2**64 - 1), 0.5)
    with pytest.raises(OverflowError):
        sj.sigmoid(2**64, 0.5)


@pytest.mark.parametrize("jet", [sj.sigmoid_jet, sj.tanh_jet, sj.softplus_jet, sj.silu_jet])
def test_jets_refuse_what_is_no_real_number(jet):
    for x in (1j, ["a"], [None], np.array("2020-01-01", "M8[D]"), np.array(3, "m8[s]")):
        with pytest.raises(TypeError, match=r"expected .*real numbers"):
            jet(2, x)
    with pytest.raises(TypeError, match="masked array"):
        jet(2, np.ma.array([1.0, 2.0], mask=[0, 1]))
    with pytest.raises(TypeError, match="out: got list"):
        jet(2, 0.5, out=[np.empty(3)])


def test_orders_may_be_any_integer_type_and_no_float():
    for order in (3, True, np.uint8(3), np.int16(3), np.uint64(3)):
        assert sj.sigmoid(order, 0.5) == sj.sigmoid(int(order), 0.5)
    with pytest.raises(TypeError, match="input 0"):
        sj.sigmoid(1.0, 0.5)


@pytest.mark.parametrize("n", [-9, 201, 2**40])
def test_orders_outside_the_table_are_refused_with_a_way_out(n):
    with pytest.raises(ValueError, match=r"outside -8\.\.200.*sigmoid_taylor.*exact\.evaluate"):
        sj.sigmoid(n, X)


def test_infinities_and_nan():
    ends = np.array([-np.inf, np.inf])
    np.testing.assert_array_equal(sj.sigmoid(0, ends), [0, 1])
    np.testing.assert_array_equal(sj.tanh(0, ends), [-1, 1])
    np.testing.assert_array_equal(sj.softplus(0, ends), [0, np.inf])
    np.testing.assert_array_equal(sj.silu(0, ends), [0, np.inf])
    np.testing.assert_array_equal(sj.silu(1, ends), [0, 1])
    for n in range(1, 5):
        np.testing.assert_array_equal(sj.sigmoid(n, ends), [0, 0])
    for function in (sj.sigmoid, sj.tanh, sj.softplus, sj.silu, sj.bose, sj.sigmoid_taylor):
        assert np.all(np.isnan(function(np.arange(5), np.nan)))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8])
def test_far_from_the_origin_nothing_is_nan(n):
    x = np.array([599.0, 601.0, 709.0, 745.2, 999.0, 1001.0, 1e200, 1.7e308])
    for function in (sj.sigmoid, sj.tanh, sj.softplus, sj.silu, sj.bose, sj.coth):
        assert not np.any(np.isnan(function(n, np.concatenate([x, -x]))))
    np.testing.assert_array_equal(sj.silu(1, x), 1)
    np.testing.assert_array_equal(sj.silu(0, x), x)


@pytest.mark.parametrize("name", UFUNCS)
def test_the_examples_of_the_ufuncs_run(name):
    # doctest passes over ufuncs: their __doc__ is no attribute of a function
    assert "ValueError" in getattr(sj, name).__doc__
    if hasattr(getattr(sj, name), "__dict__"):  # NumPy lets ufuncs name their arguments
        assert getattr(sj, name).__doc__.startswith(f"{name}(n, x, /")
    if hasattr(getattr(sj, name), "__signature__"):  # which it has from 2.4 on
        assert list(inspect.signature(getattr(sj, name)).parameters)[:2] == ["n", "x"]
    text = getattr(sj, name).__doc__
    examples = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    assert examples.examples
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


def test_overlapping_out_gives_the_same_numbers():
    buffer = np.concatenate([X, X])
    expected = sj.sigmoid(5, buffer[: X.size].copy())
    sj.sigmoid(5, buffer[: X.size], out=buffer[3 : X.size + 3])
    np.testing.assert_array_equal(buffer[3 : X.size + 3], expected)


@pytest.mark.parametrize("order", [0, 1, 2, 7, 20])
def test_jet_is_the_stack_of_the_orders(order):
    x = X.reshape(1, 241, 1)[:, ::3]
    jet = sj.sigmoid_jet(order, x)
    assert jet.shape == (order + 1, *x.shape)
    assert jet.flags.c_contiguous
    np.testing.assert_array_equal(jet, [sj.sigmoid(k, x) for k in range(order + 1)])


@pytest.mark.parametrize("order", [0, 1, 2, 9, 41])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_every_jet_is_the_stack_of_the_orders(order, dtype):
    hard = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-320, -1e-20, 0.03, 400.0, -700.0, 745.2, 1e300]
    with np.errstate(over="ignore"):
        x = np.concatenate([np.random.default_rng(1).normal(size=700) * 5, hard]).astype(dtype)
    for jet, function in (
        (sj.sigmoid_jet, sj.sigmoid),
        (sj.tanh_jet, sj.tanh),
        (sj.softplus_jet, sj.softplus),
        (sj.silu_jet, sj.silu),
        (sj.bose_jet, sj.bose),
    ):
        np.testing.assert_array_equal(jet(order, x), [function(n, x) for n in range(order + 1)])


@pytest.mark.parametrize("order", [4, 8])
def test_a_jet_too_large_for_the_caches_is_the_stack_of_the_orders(order):
    x = np.random.default_rng(2).normal(size=524_288) * 6
    np.testing.assert_array_equal(
        sj.sigmoid_jet(order, x), [sj.sigmoid(n, x) for n in range(order + 1)]
    )


def test_jet_of_nothing_and_of_a_number():
    assert sj.sigmoid_jet(3, np.empty((0, 2))).shape == (4, 0, 2)
    assert sj.sigmoid_jet(3, 0.5).shape == (4,)


@pytest.mark.parametrize("order", [-1, 201, 1.0])
def test_jet_refuses_orders_outside_the_table(order):
    with pytest.raises(ValueError, match="expected an integer from 0 to 200"):
        sj.sigmoid_jet(order, X)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 200])
def test_zeros_are_symmetric_ascending_and_change_the_sign(n):
    zeros = sj.sigmoid_zeros(n)
    assert zeros.size == max(n - 1, 0)
    np.testing.assert_array_equal(zeros, -zeros[::-1])
    left, right = np.nextafter(zeros, -np.inf), np.nextafter(zeros, np.inf)
    assert np.all(np.diff(zeros) > 0)
    assert np.all(np.signbit(sj.sigmoid(n, left)) != np.signbit(sj.sigmoid(n, right)))


def test_import_loads_numpy_and_nothing_heavier():
    code = (
        "import sys, sigmajet; sys.exit(' '.join({'sympy', 'scipy', 'matplotlib', 'mpmath',"
        " 'pydantic'} & {m.split('.')[0] for m in sys.modules}) or None)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def ulps(got, truth, spacing=np.spacing):
    """Errors of `got` against flint balls in units in the last place of the truth."""
    nearest = np.array([float(t.mid()) for t in truth], dtype=np.asarray(got).dtype)
    errors = [float(abs(arb(float(g)) - t).mid()) for g, t in zip(got, truth, strict=True)]
    return np.array(errors) / spacing(np.abs(nearest))


def fermi_dirac(m, x):
    """-Li_m(-exp(x)) in ball arithmetic."""
    with ctx.workprec(400):
        return [-(acb(-(arb(float(v)).exp())).polylog(m)).real for v in x]


@pytest.mark.parametrize("m", range(1, 9))
def test_negative_orders_are_complete_fermi_dirac_integrals(m):
    rng = np.random.default_rng(m)
    x = np.concatenate([rng.uniform(-700, 700, 30), rng.uniform(-3, 3, 60), [0, 1e-300, 700, -700]])
    assert np.max(ulps(sj.sigmoid(-m, x), fermi_dirac(m, x))) < 1.1
    np.testing.assert_array_equal(sj.softplus(1 - m, x), sj.sigmoid(-m, x))


@pytest.mark.parametrize("m", range(1, 9))
def test_negative_orders_at_the_ends(m):
    x = np.array([-np.inf, -1e308, -746.0, np.inf, np.nan, 1e300])
    expected = [0, 0, 0, np.inf, np.nan, 1e300 if m == 1 else np.inf]
    np.testing.assert_array_equal(sj.sigmoid(-m, x), expected)
    assert 0 < sj.sigmoid(-m, -745.0) < 1e-323
