"""Waves of an operator: how many there are, and what holds them."""

import numpy as np
import pytest
from numpy.polynomial import chebyshev
from sympy import Eq, Function, symbols

import sigmajet as sj
from sigmajet.adaptivity.refinement import Refinement
from sigmajet.analysis.boundary_value.oscillation import (
    resolving_degree,
    wave_numbers,
    waves_across,
)
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System

x, y = symbols("x y")
u = Function("u")(x, y)
POINTS = np.random.default_rng(0).random((500, 2))


def system(operator, ends=((0, 1), (0, 1))) -> System:
    walls = [Eq(u.subs(v, end), 0) for v, pair in zip((x, y), ends, strict=True) for end in pair]
    domain = dict(zip((x, y), ends, strict=True))
    return System.compile(sj.Problem(Eq(operator, 1), u, domain, walls))


def test_waves_are_counted_along_each_axis_of_the_box():
    read = system(u.diff(x, 2) + 4 * u.diff(y, 2) + 400 * u, ((0, 3), (0, 1)))
    numbers = wave_numbers(read, None, POINTS * [3.0, 1.0])
    np.testing.assert_allclose(numbers, np.tile([60.0, 10.0], (500, 1)) / (2 * np.pi), rtol=1e-9)
    assert waves_across(read, None) == pytest.approx(60.0 / (2 * np.pi))


def test_what_decays_is_no_wave():
    assert waves_across(system(u.diff(x, 2) + u.diff(y, 2) - 400 * u), None) == 0.0


@pytest.mark.parametrize("angle", [0.5, 5.0, 50.0])
@pytest.mark.parametrize("accuracy", [1e-3, 1e-6, 1e-10])
def test_the_degree_that_holds_a_wave_is_enough_and_not_much_more(angle, accuracy):
    places = np.linspace(-1.0, 1.0, 2001)

    def missed(degree: int) -> float:
        fit = chebyshev.Chebyshev.interpolate(lambda z: np.exp(1j * angle * z), degree)
        return float(np.abs(fit(places) - np.exp(1j * angle * places)).max())

    degree = resolving_degree(angle, accuracy)
    assert missed(degree) < 10.0 * accuracy
    if angle > 1.0:
        assert missed(int(0.8 * degree) - 2) > accuracy


def first(waves, tol=1e-6):
    square = Partition.whole((0.0, 0.0), (1.0, 1.0))
    return Refinement(square, [(2, 2)], None, tol, waves=(POINTS, waves)).first


def test_few_waves_ask_for_nothing():
    plain = first(np.zeros((500, 2)))
    assert (len(plain.partition), plain.width) == (1, 200)


def test_more_waves_ask_for_a_wider_network_then_for_blocks():
    stages = [first(np.full((500, 2), count)) for count in (2.0, 5.0, 10.0, 20.0)]
    sizes = [len(stage.partition) * stage.width for stage in stages]
    assert len(stages[0].partition) == 1 < len(stages[2].partition)
    assert sizes == sorted(sizes)
    # pi polynomials a wavelength along each axis at least, a half of the square for a total degree
    assert sizes[-1] > 0.5 * (20.0 * np.pi) ** 2


def test_blocks_are_small_where_waves_are_short():
    numbers = np.repeat(np.where(POINTS[:, :1] < 0.5, 2.0, 20.0), 2, axis=1)
    partition = first(numbers).partition
    half, left = partition.half_widths[:, 0], partition.upper[:, 0] <= 0.5
    assert half[left].min() > 2.0 * half[~left].max()
