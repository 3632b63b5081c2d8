"""Gauss-Newton: rate, what scaling leaves alone, and how an iteration without a solution ends."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from sigmajet.nonlinear.gauss_newton import Descent, Status, gauss_newton

EPS = np.finfo(float).eps


@dataclass
class Dense:
    """A step of F(x) = 0 by dense least squares, its residual measured after a scaling of rows."""

    function: Callable
    slopes: Callable
    at: np.ndarray
    scales: np.ndarray

    def __post_init__(self):
        self.defect = self.function(self.at)
        matrix = self.scales[:, None] * self.slopes(self.at)
        square = matrix.shape[0] == matrix.shape[1]
        self.inverse = np.linalg.inv(matrix) if square else np.linalg.pinv(matrix)
        self.change = self._answer(self.defect)

    def _answer(self, defect):
        return -self.inverse @ (self.scales * defect)

    def size(self, *, stalls):
        size = np.abs(self.change).max() / max(np.abs(self.at).max(), 1.0)
        return float(size) if np.isfinite(size) else np.inf

    def level(self, share):
        with np.errstate(over="ignore", invalid="ignore"):
            level = np.linalg.norm(self.scales * self.function(self.at + share * self.change))
        return float(level) if np.isfinite(level) else np.inf

    def promise(self, share):
        linear = self.defect + share * self.slopes(self.at) @ self.change
        return self.level(0.0) ** 2 - float(np.sum((self.scales * linear) ** 2))

    def ahead(self, shares):
        steps = [self._answer(self.function(self.at + s * self.change)) for s in shares]
        return [float(np.abs(step).max()) for step in steps]


def iterates(function, slopes, start, scales=None, **options):
    """The result of an iteration and the points where it linearised."""
    start = np.array(start, dtype=float)
    scales = np.ones(len(function(start))) if scales is None else scales
    seen = []

    def linearise(x):
        if not (np.all(np.isfinite(x)) and np.all(np.isfinite(function(x)))):
            return None
        seen.append(x.copy())
        return Dense(function, slopes, x, scales)

    options = {"tolerance": 4 * EPS, "rounding": 1e-10, "steps": 50} | options
    return gauss_newton(linearise, start, **options), np.array(seen)


def circle_and_line(x):
    return np.array([x[0] ** 2 + x[1] ** 2 - 2.0, x[0] - x[1] ** 3])


def circle_and_line_slopes(x):
    return np.array([[2 * x[0], 2 * x[1]], [1.0, -3 * x[1] ** 2]])


def test_newton_converges_quadratically():
    found, seen = iterates(circle_and_line, circle_and_line_slopes, [2.0, 0.7])
    errors = np.abs(seen - 1.0).max(axis=1)
    assert found.status is Status.CONVERGED
    np.testing.assert_allclose(found.iterate, 1.0, rtol=4 * EPS)
    orders = np.log(errors[2:]) / np.log(errors[1:-1])
    assert np.all(orders[errors[2:] > 1e-14] > 1.6)
    assert len(seen) <= 6


def test_a_frozen_jacobian_converges_linearly_to_the_tolerance():
    slopes = circle_and_line_slopes(np.array([1.1, 0.95]))
    found, seen = iterates(
        circle_and_line, lambda _: slopes, [1.1, 0.95], tolerance=1e-9, jacobian="frozen"
    )
    assert found.status is Status.CONVERGED
    assert 0.0 < found.contraction < 0.5
    error = np.abs(found.iterate - 1.0).max()
    assert 0.0 < error < 1e-9
    ratios = np.abs(seen[2:] - 1.0).max(axis=1) / np.abs(seen[1:-1] - 1.0).max(axis=1)
    assert np.all(ratios < 0.5)


def test_a_frozen_jacobian_is_not_trusted_before_it_shows_its_contraction():
    # That of another time: the first step is small, though the root is far.
    found, seen = iterates(
        lambda x: x - 1.0, lambda _: np.array([[1e6]]), [0.9], tolerance=1e-3, jacobian="frozen"
    )
    assert found.status is Status.DIVERGED
    assert len(seen) == 2


def test_a_constant_jacobian_takes_one_step():
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])
    found, seen = iterates(
        lambda x: matrix @ x - [3.0, 4.0],
        lambda _: matrix,
        [9.0, -9.0],
        tolerance=1e-6,
        jacobian="constant",
    )
    assert found.status is Status.CONVERGED
    assert len(seen) == 1
    np.testing.assert_allclose(found.iterate, 1.0, rtol=1e-14)


def test_of_a_constant_jacobian_a_second_step_takes_out_the_rounding_of_the_first():
    exact = np.array([1.0, 1e-3])
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])
    rough = matrix * (1.0 + 1e-9)  # factors of a solve that keeps nine digits
    for tolerance, steps, left in ((1e-6, 1, 1e-8), (1e-14, 2, 1e-15)):
        found, seen = iterates(
            lambda x: matrix @ x - matrix @ exact,
            lambda _: rough,
            [9.0, -9.0],
            tolerance=tolerance,
            jacobian="constant",
        )
        assert found.status is Status.CONVERGED
        assert len(seen) == steps
        assert np.abs(found.iterate - exact).max() < left


def test_scaled_equations_give_the_same_iterates():
    scales = np.array([2.0**40, 2.0**-30])
    _, seen = iterates(circle_and_line, circle_and_line_slopes, [2.0, 0.7])
    _, scaled = iterates(circle_and_line, circle_and_line_slopes, [2.0, 0.7], scales)
    np.testing.assert_allclose(scaled, seen, rtol=1e-6)


def test_damping_reaches_what_full_steps_do_not():
    def function(x):
        return np.arctan(x)

    def jacobian(x):
        return np.array([[1.0 / (1.0 + x[0] ** 2)]])

    full, _ = iterates(function, jacobian, [3.0])
    assert full.status in (Status.DIVERGED, Status.NOT_FINITE)
    damped, _ = iterates(function, jacobian, [3.0], damping=Descent(natural=False))
    assert damped.status.settled
    assert abs(damped.iterate[0]) < 1e-12


def rosenbrock(x):
    return np.array([1e4 * (x[1] - x[0] ** 2), 1.0 - x[0]])


def rosenbrock_slopes(x):
    return np.array([[-2e4 * x[0], 1e4], [-1.0, 0.0]])


def test_the_natural_test_takes_longer_steps_along_a_curved_valley():
    counts = {}
    for natural in (False, True):
        found, seen = iterates(
            rosenbrock, rosenbrock_slopes, [-1.2, 1.0], damping=Descent(natural=natural)
        )
        if natural:
            assert found.status.settled
            np.testing.assert_allclose(found.iterate, 1.0, rtol=1e-9)
        counts[natural] = len(seen)
    assert counts[True] < counts[False]


@pytest.mark.parametrize("steepness", [1e6, 1e8, 1e10])
def test_along_a_steep_valley_short_steps_are_judged_by_the_unknowns_too(steepness):
    def function(x):
        return np.array([steepness * (x[1] - x[0] ** 2), 1.0 - x[0]])

    def slopes(x):
        return np.array([[-2.0 * steepness * x[0], steepness], [-1.0, 0.0]])

    start = 1.0 - 4e-4
    found, seen = iterates(
        function, slopes, [start, start**2], damping=Descent(natural=True), tolerance=1e-14
    )
    assert found.status.settled
    np.testing.assert_allclose(found.iterate, 1.0, rtol=1e-12)
    assert len(seen) < 6


@pytest.mark.parametrize("natural", [False, True])
def test_a_problem_without_a_solution_says_so_and_keeps_its_best_iterate(natural):
    def function(x):
        return np.array([x[0] ** 2 + 1.0, x[0] - x[1]])

    def jacobian(x):
        return np.array([[2.0 * x[0], 0.0], [1.0, -1.0]])

    start = [3.0, 2.0]
    found, seen = iterates(function, jacobian, start, damping=Descent(natural=natural))
    assert not found.status.settled
    levels = [np.linalg.norm(function(x)) for x in seen]
    assert np.linalg.norm(function(found.iterate)) <= 1.01 * min(levels)
    assert np.linalg.norm(function(found.iterate)) < 1.5


def test_a_residual_that_stays_is_rest():
    def function(x):
        return np.array([x[0] - 1.0, x[0] + 1.0, 0.1 * x[0] ** 2])

    def jacobian(x):
        return np.array([[1.0], [1.0], [0.2 * x[0]]])

    found, _ = iterates(function, jacobian, [2.0], damping=Descent(natural=True))
    assert found.status.settled
    assert abs(found.iterate[0]) < 1e-6


def test_steps_that_no_longer_fall_are_rounding():
    rng = np.random.default_rng(0)
    found, _ = iterates(
        lambda x: x**2 - 2.0 + 1e-12 * rng.standard_normal(1),
        lambda x: np.diag(2 * x),
        [1.0],
        tolerance=0.0,
    )
    assert found.status is Status.AT_REST
    assert abs(found.iterate[0] - np.sqrt(2.0)) < 1e-11


@pytest.mark.parametrize(
    ("status", "function", "jacobian", "start", "options"),
    [
        (Status.OUT_OF_STEPS, lambda x: x**3, lambda x: np.diag(3 * x**2), [1.0], {"steps": 4}),
        (
            Status.DIVERGED,
            lambda x: np.cbrt(x),
            lambda x: np.diag(np.cbrt(x) / (3 * x)),
            [1.0],
            {},
        ),
        (
            Status.DIVERGED,
            lambda x: x**2 - 4.0,
            lambda x: np.array([[1.5]]),
            [3.0],
            {"jacobian": "frozen"},
        ),
        (Status.NOT_FINITE, lambda x: np.log(np.abs(x)) / 0.0, np.diag, [1.0], {}),
    ],
)
def test_other_ends_have_a_name(status, function, jacobian, start, options):
    with np.errstate(all="ignore"):
        found, _ = iterates(function, jacobian, start, **options)
    assert found.status is status
    assert not found.status.settled
