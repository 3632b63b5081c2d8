"""Errors in units in the last place, against stored balls of python-flint.

tests/data/references.csv is made by tools/references.py, which shares no code with the kernel.
test_special_sweep.py asks for the same at random points and around zeros.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import references
import sigmajet as sj
from sigmajet.kernel import _special

ROOT = Path(__file__).parents[2]


def stored():
    groups = defaultdict(list)
    with (ROOT / "tests" / "data" / "references.csv").open() as lines:
        for name, n, *words in csv.reader(lines):
            groups[name, int(n)].append([float.fromhex(word) for word in words])
    return {key: np.array(rows).T for key, rows in groups.items()}


STORED = stored()


@pytest.fixture(params=_special.instruction_sets())
def instruction_set(request):
    _special.use_instruction_set(request.param)
    yield request.param
    _special.use_instruction_set(_special.instruction_sets()[0])


def ulps(got, high, low):
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs((got - high) - low) / np.spacing(np.abs(high))
    return np.where((got == high) & np.isinf(high), 0, error)


@pytest.mark.parametrize("name", sorted({name for name, _ in STORED}))
def test_the_stored_references_are_met_by_every_instruction_set(name, instruction_set):
    for (function, n), (x, high, low) in STORED.items():
        if function == name:
            assert np.max(ulps(getattr(sj, name)(n, x), high, low)) <= 0.7, (n, instruction_set)


@pytest.mark.parametrize("name", sorted({name for name, _ in STORED}))
def test_single_precision_is_rounded_from_more(name):
    # Half a unit from the last rounding; points are rounded to float32 first.
    for n in (0, 1, 2, 3, 8, 33, 100):
        if (name, n) not in STORED:
            continue
        x = STORED[name, n][0].astype(np.float32)
        words = [references.double_double(references.FAMILY[name](n, float(v))) for v in x]
        high = np.array(words).T[0]
        with np.errstate(over="ignore"):
            truth = high.astype(np.float32)
        got = getattr(sj, name)(n, x)
        fits = np.isfinite(truth)
        np.testing.assert_array_equal(got[~fits], truth[~fits])
        spacing = np.spacing(np.abs(truth[fits])).astype(np.float64)
        assert np.all(np.abs(got[fits] - high[fits]) <= 0.51 * spacing)


@pytest.mark.parametrize("n", [3, 8, 16, 17, 33, 40, 41, 82, 128, 200])
def test_doubles_beside_the_zeros(n, instruction_set):
    zeros = sj.sigmoid_zeros(n)
    zeros = zeros[zeros > 0][:: max(1, n // 16)]
    x = np.concatenate(
        [
            zeros,
            np.nextafter(zeros, 0),
            -np.nextafter(zeros, 99),
            *(zeros + 2.0**-k for k in (9, 13)),
        ]
    )
    high, low = np.array([references.double_double(references.sigmoid(n, float(v))) for v in x]).T
    got = sj.sigmoid(n, x)
    assert np.max(ulps(got, high, low)) <= 0.7
    np.testing.assert_array_equal(np.sign(got), np.sign(high))


@pytest.mark.parametrize("n", [1, 3, 16, 36, 64])
def test_where_the_grid_of_p_ends_nothing_is_lost(n, instruction_set):
    # exp(-x) passes the last bit of 1 between 36 and 39: the AVX-512 loops would lose an ulp there.
    x = np.concatenate([np.linspace(35.5, 40, 60), -np.linspace(36, 39.5, 60)])
    high, low = np.array([references.double_double(references.sigmoid(n, float(v))) for v in x]).T
    assert np.max(ulps(sj.sigmoid(n, x), high, low)) <= 0.7


@pytest.mark.parametrize("n", [0, 1, 2, 64])
def test_underflow_is_gradual_and_correctly_rounded(n):
    x = np.linspace(-745.5, -708, 60)
    high = [references.double_double(references.sigmoid(n, float(v)))[0] for v in x]
    np.testing.assert_array_equal(sj.sigmoid(n, x), high)


def test_overflow_goes_to_the_right_infinity():
    assert sj.tanh(200, 0.01) == np.inf  # tanh^(4k+1)(0) > 0
    assert sj.tanh(200, -0.01) == -np.inf
    assert sj.bose(150, 1e-3) == np.inf
    assert sj.bose(151, 1e-3) == sj.bose(150, -1e-3) == -np.inf
    np.testing.assert_array_equal(sj.bose(np.arange(4), 0.0), [np.inf, -np.inf, np.inf, -np.inf])
    np.testing.assert_array_equal(sj.bose(np.arange(4), -0.0), [-np.inf] * 4)
    assert sj.sigmoid(64, np.float32(0.1)) == np.inf
    assert sj.sigmoid(64, np.float32(-0.1)) == -np.inf


def test_results_do_not_depend_on_the_length_or_the_layout(instruction_set):
    x = np.random.default_rng(0).normal(size=1200) * 6
    for n in (-2, 0, 5, 16, 41):
        whole = sj.sigmoid(n, x)
        np.testing.assert_array_equal(whole[::7], sj.sigmoid(n, x[::7]))
        np.testing.assert_array_equal(whole[:5], [sj.sigmoid(n, v) for v in x[:5]])
        out = np.zeros(2400)
        sj.sigmoid(n, x, out=out[::2])
        np.testing.assert_array_equal(whole, out[::2])


def test_an_unknown_instruction_set_is_refused():
    with pytest.raises(ValueError, match="abacus"):
        _special.use_instruction_set("abacus")
