"""Levenberg and Marquardt's steps: down narrow valleys, and the same from either normal matrix."""

import numpy as np

from sigmajet.nonlinear.levenberg_marquardt import Damping, improve


class Valley:
    """Rosenbrock's function, whose valley turns."""

    def residual(self, at):
        x, y = at
        return np.array([1.0 - x, 10.0 * (y - x**2)])

    def linearised(self, at):
        x, _ = at
        return self.residual(at), np.array([[-1.0, 0.0], [-20.0 * x, 10.0]])


class Line:
    """A linear problem with more parameters than rows."""

    def __init__(self, matrix, right):
        self.matrix, self.right = matrix, right

    def residual(self, at):
        return self.matrix @ at - self.right

    def linearised(self, at):
        return self.residual(at), self.matrix


def test_a_turning_valley_is_followed_to_its_end():
    at, damping, sizes = np.array([-1.2, 1.0]), Damping(1e-2), []
    for _ in range(30):
        at, damping = improve(Valley(), at, damping)
        sizes.append(np.linalg.norm(Valley().residual(at)))
    assert np.all(np.diff(sizes) <= 0)
    np.testing.assert_allclose(at, 1.0, atol=1e-12)


def test_a_wide_problem_takes_the_steps_of_its_square_completion():
    rng = np.random.default_rng(0)
    matrix, right = rng.normal(size=(3, 5)), rng.normal(size=3)
    wide, _ = improve(Line(matrix, right), np.zeros(5), Damping(0.1))
    # Rows of zeros change nothing but which normal matrix is the smaller one.
    tall = Line(np.vstack([matrix, np.zeros((4, 5))]), np.concatenate([right, np.zeros(4)]))
    narrow, _ = improve(tall, np.zeros(5), Damping(0.1))
    np.testing.assert_allclose(wide, narrow, rtol=1e-12)


def test_where_nothing_lets_the_sum_fall_the_parameters_stay():
    at = np.array([1.0, 1.0])
    stayed, _ = improve(Valley(), at, Damping(1e-2))
    assert stayed is at
