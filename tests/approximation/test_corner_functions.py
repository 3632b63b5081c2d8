"""Singular functions at corners: their derivatives, and what they are saved as."""

import mpmath
import numpy as np
import pytest

from sigmajet.approximation.shared.corner_functions import CornerFunctions

SLOPES = np.array([0.4 + 0.1j, -0.2 + 0.7j])
TURN, VERTEX = 0.3, np.array([0.5, -1.0])


def functions(*kinds):
    """Powers of z and of its conjugate, powers of the logarithm, and phases, at one corner."""
    return CornerFunctions.about(VERTEX, SLOPES, TURN, 9.0, kinds)


KINDS = [(2 / 3, 0, 0, -1j), (2, 0, 1, 1), (0, 0, 1, -1j), (1.5, 1, 0, 1), (2.5, 2, 0, -1j)]
KINDS += [(2.7 + 1.1j, 1, 0, 1), (0.5 - 0.2j, 0, 1, -1j)]  # as systems have them


def by_definition(kind, x, y):
    power, conjugate, logarithm, phase = kind
    ahead = sum(complex(s) * (p - v) for s, p, v in zip(SLOPES, (x, y), VERTEX, strict=True))
    log = mpmath.log(ahead) + 1j * TURN
    value = mpmath.exp(power * log + conjugate * mpmath.conj(log)) * log**logarithm
    return mpmath.re(phase * value)


@pytest.mark.parametrize("orders", [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 3), (2, 2)])
def test_derivatives_are_those_of_the_definition(orders):
    points = np.array([[0.9, -0.4], [0.6, -0.9], [1.5, 0.5]])
    found = functions(*KINDS).features(points, [orders])[orders]
    with mpmath.workdps(40):
        for row, (x, y) in zip(found, points.tolist(), strict=True):
            for value, kind in zip(row, KINDS, strict=True):

                def at(s, t, kind=kind):
                    return by_definition(kind, s, t)

                exact = mpmath.diff(at, (x, y), orders) if any(orders) else at(x, y)
                assert value == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


def test_at_the_corner_itself_values_are_those_of_the_limit():
    values = functions((2 / 3, 0, 0, 1), (2, 0, 1, 1)).features(VERTEX[None], [(0, 0)])[0, 0]
    np.testing.assert_allclose(values, 0.0, atol=1e-100)


def test_what_is_saved_is_read_back():
    saved = functions(*KINDS)
    points = np.array([[0.9, -0.4], [1.5, 0.5]])
    read = CornerFunctions.from_arrays(saved.arrays())
    np.testing.assert_array_equal(
        read.features(points, [(1, 1)])[1, 1], saved.features(points, [(1, 1)])[1, 1]
    )
    broken = {**saved.arrays(), "corner_turns": np.zeros(2)}
    with pytest.raises(ValueError, match="corner_turns"):
        CornerFunctions.from_arrays(broken)


def test_cells_that_the_cut_meets_do_not_have_the_function():
    """It runs along -x from (1/2, -1), free of the region over a length of one."""
    vertex = np.array([[0.5, -1.0]])
    one = CornerFunctions(
        vertex,
        np.array([[1.0, 1.0j]]),
        *(np.full(1, value) for value in (0.0, 2 / 3, 0.0, 0.0, 0.0)),
        np.ones(1, complex),
        np.ones(1),
        -np.ones(1),
    )
    lower = np.array([[-0.4, -2.0], [-2.0, -2.0], [-2.0, -1.0], [-2.0, -0.9], [0.6, -2.0]])
    upper = np.array([[0.4, 0.0], [-1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]])
    assert one.held(lower, upper).ravel().tolist() == [True, False, False, True, True]
