"""Quadrature over solids: volumes, areas, and the divergence theorem."""

import math

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.geometry.solids.rules import boundary_rule, volume_rule

SPACE = x, y, z = sp.symbols("x y z")
BALL = sj.Ball(SPACE, (0, 0, 0), 1)
PIPE = sj.Cylinder(SPACE, (0, 0, -2), (0, 0, 2), sp.Rational(1, 2))
CAP = math.pi * 0.5**2 * 2.5 / 3  # of height 1/2, on a ball of radius 1


@pytest.mark.parametrize(
    ("region", "volume", "area", "digits"),
    [
        (BALL.translate(3, 0, 0), 4 * math.pi / 3, 4 * math.pi, 1e-9),
        (PIPE.rotate(1, axis=(1, 0, 0)), math.pi, 4.5 * math.pi, 1e-5),
        (BALL - BALL.scale(0.4), 4 * math.pi / 3 * (1 - 0.4**3), 4 * math.pi * 1.16, 1e-6),
        (BALL & BALL.translate(1, 0, 0), 2 * CAP, 2 * math.pi, 1e-6),
    ],
    ids=["ball", "cylinder", "shell", "lens"],
)
def test_volumes_areas_and_fluxes(region, volume, area, digits):
    points, weights = volume_rule(region.shape, 12)
    on_wall, normals, areas = boundary_rule(region.shape.whole, 12)
    assert np.sum(weights) == pytest.approx(volume, rel=digits)
    assert np.sum(areas) == pytest.approx(area, rel=digits)
    source, flux = np.exp(points[:, 0]), np.exp(on_wall[:, 0]) * normals[:, 0]
    assert areas @ flux == pytest.approx(weights @ source, rel=10 * digits)


def test_the_same_body_elsewhere_has_a_rule_of_its_own():
    here, there = (each.shape.whole for each in (BALL, BALL.translate(3, 0, 0)))
    assert here != there
    points, _, _ = boundary_rule(here, 8)
    moved, _, _ = boundary_rule(there, 8)
    np.testing.assert_allclose(moved, points + np.array([3, 0, 0]), atol=1e-14)
    assert BALL.shape.whole == sj.Ball(SPACE, (0, 0, 0), 1).shape.whole


def test_a_part_where_something_holds_is_measured_alone():
    upper = BALL.boundary_part(z > sp.Rational(1, 2), "where", {})
    _, _, areas = boundary_rule(upper, 12)
    assert np.sum(areas) == pytest.approx(math.pi, rel=1e-6)  # Archimedes
