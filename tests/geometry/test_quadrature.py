"""Rules of quadrature are exact for polynomials of twice their nodes, on panels and products."""

import numpy as np
import pytest

from sigmajet.geometry.quadrature import gauss_legendre, panel_rule, panels_between, tensor_rule


@pytest.mark.parametrize("count", [1, 4, 9])
def test_a_rule_is_exact_to_degree_2n_minus_1(count):
    nodes, weights = gauss_legendre(count)
    for degree in range(2 * count):
        exact = 0.0 if degree % 2 else 2.0 / (degree + 1)
        assert weights @ nodes**degree == pytest.approx(exact, abs=1e-14)
    assert abs(weights @ nodes ** (2 * count) - 2.0 / (2 * count + 1)) > 1e-8


def test_panels_are_cut_at_kinks_and_run_backwards_too():
    cuts = np.array([-1.0, 0.3, 0.7, 2.0])
    nodes, weights = panel_rule(panels_between(0.0, 1.0, cuts), 2)
    assert nodes.shape == weights.shape == (3, 2)
    assert np.sum(weights * np.abs(nodes - 0.3)) == pytest.approx((0.09 + 0.49) / 2, rel=1e-14)
    back, negative = panel_rule(panels_between(1.0, 0.0, cuts), 2)
    assert np.sum(negative * np.abs(back - 0.3)) == pytest.approx(-(0.09 + 0.49) / 2, rel=1e-14)


def test_products_integrate_products():
    points, weights = tensor_rule([gauss_legendre(2), gauss_legendre(3)])
    assert points.shape == (6, 2)
    assert weights @ (points[:, 0] ** 2 * points[:, 1] ** 4) == pytest.approx(2 / 3 * 2 / 5)
    none, one = tensor_rule([])
    assert none.shape == (1, 0)
    assert one == [1.0]
