"""Exponents of systems at corners are the roots of their determinants."""

from itertools import pairwise

import numpy as np
import pytest

from sigmajet.analysis.singular.exponents import exponents
from sigmajet.analysis.singular.principal_parts import PrincipalPart, Term

X, Y, XX, YY, XY, VALUE = (1, 0), (0, 1), (2, 0), (0, 2), (1, 1), (0, 0)
HELD = [Term(0, 0, VALUE, 1.0), Term(1, 1, VALUE, 1.0)]
STOKES = [
    *(Term(i, i, orders, -2.0) for i in (0, 1) for orders in (XX, YY)),
    *(Term(i, 2, orders, 1.0) for i, orders in enumerate((X, Y))),
    *(Term(2, i, orders, 1.0) for i, orders in enumerate((X, Y))),
]


@pytest.mark.parametrize("angle", [np.pi / 2, 1.2 * np.pi])
def test_those_of_viscous_flow_are_of_moffatt(angle):
    """sin(lambda w)^2 = lambda^2 sin(w)^2 between walls, of which 1 is a constant pressure."""
    walls = [(0.3, HELD), (0.3 + angle, HELD)]
    found = exponents(PrincipalPart((0, 0, -1), (2, 2, 1)), STOKES, walls, 6.0)

    def determinant(power):
        return np.sin(power * angle) ** 2 - (power * np.sin(angle)) ** 2

    assert np.all(np.abs(determinant(found)) < 1e-8)
    # As many as it turns around zero on a way around them and their conjugates.
    corners = np.array([0.5 - 3j, 6 - 3j, 6 + 3j, 0.5 + 3j, 0.5 - 3j])
    way = np.concatenate([np.linspace(*ends, 4000) for ends in pairwise(corners)])
    turns = np.unwrap(np.angle(determinant(way)))[[0, -1]] / (2 * np.pi)
    assert np.sum(1 + (found.imag > 1e-6)) == round(turns[1] - turns[0])


def test_those_of_plates_held_on_one_side_and_free_on_the_other_are_of_williams():
    """(3 - 4 nu) sin(lambda w)^2 = 4 (1 - nu)^2 - lambda^2 sin(w)^2 in plane strain."""
    ratio, angle = 0.3, 0.75 * np.pi
    first, shear = 2 * ratio / (1 - 2 * ratio), 1.0  # of Lame
    plate = [
        Term(0, 0, XX, first + 2 * shear),
        Term(0, 0, YY, shear),
        Term(0, 1, XY, first + shear),
        Term(1, 1, YY, first + 2 * shear),
        Term(1, 1, XX, shear),
        Term(1, 0, XY, first + shear),
    ]
    n = np.array([-np.sin(angle), np.cos(angle)])
    free = [
        Term(0, 0, X, (first + 2 * shear) * n[0]),
        Term(0, 1, Y, first * n[0]),
        Term(0, 0, Y, shear * n[1]),
        Term(0, 1, X, shear * n[1]),
        Term(1, 1, Y, (first + 2 * shear) * n[1]),
        Term(1, 0, X, first * n[1]),
        Term(1, 0, Y, shear * n[0]),
        Term(1, 1, X, shear * n[0]),
    ]
    found = exponents(PrincipalPart((0, 0), (2, 2)), plate, [(0.0, HELD), (angle, free)], 5.0)
    left = (3 - 4 * ratio) * np.sin(found * angle) ** 2
    away = left - 4 * (1 - ratio) ** 2 + (found * np.sin(angle)) ** 2
    assert len(found) >= 4
    assert np.all(np.abs(away) < 1e-8)
