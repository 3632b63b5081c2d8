"""Corners of holes, where a function of the corner has no branch around the hole."""

import numpy as np
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.block_field import BlockField
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)
HALF = sp.Rational(1, 2)
SQUARE = sj.Box((x, y), (-1, -1), (1, 1))


class LoadedFrame:
    """The solution of -Lap u = 1 in the square without its inner half, zero on the walls.

    Its symmetry leaves the quarter x, y > 0, without slopes across x = 0 and y = 0. There u + r^2/4
    is harmonic: a polynomial, powers and logarithms at the corners of the quarter and at their
    mirror images, which are cut outside of it, with the weights that meet the walls best.
    `bound` is what is left there.
    """

    hole, outer = 0.5 + 0.5j, 1 + 1j

    def __init__(self):
        near = np.logspace(-12, -2, 40)
        shares = 0.5 - 0.5 * np.cos(np.pi * (np.arange(300) + 0.5) / 300)
        along = np.concatenate([near, shares, 1 - near])
        held = np.concatenate(
            [v - d * v.real * along for v in (self.hole, self.outer) for d in (1, 1j)]
        )
        side = 0.5 + 0.5 * shares
        values, slopes = self.functions(np.concatenate([held, side, 1j * side]))
        m, n = len(held), len(side)
        rows = np.vstack([values[:m].real, slopes[m : m + n].imag, slopes[m + n :].real])
        right = np.concatenate([np.abs(held) ** 2 / 4, np.zeros(2 * n)])
        sizes = np.abs(rows).max(axis=0) + 1e-300
        self.weights = np.linalg.lstsq(rows / sizes, right, rcond=1e-15)[0] / sizes
        self.bound = np.abs(rows @ self.weights - right).max()

    def functions(self, z):
        """Analytic functions, of which real parts are taken, and their derivatives by z."""
        found = []
        w = (z - self.hole) / 0.8
        for k in range(45):
            found += [(c * w**k, c * k * w ** max(k - 1, 0) / 0.8) for c in (1, 1j)]
        for vertex in (self.hole, self.outer):
            away = vertex / abs(vertex) if vertex == self.hole else -vertex / abs(vertex)
            for corner, ahead in (
                (vertex, away),
                (-vertex.conjugate(), 1),
                (vertex.conjugate(), 1j),
            ):
                w = z - corner
                log = np.log(w / ahead) + np.log(complex(ahead))
                found += [(c * w**2 * log, c * w * (2 * log + 1)) for c in (1, 1j)]
                for a in [2 * k / 3 for k in range(1, 31) if k % 3 and vertex == self.hole]:
                    own = corner == vertex  # odd about its walls, at -90 and 180 degrees
                    for c in [-1j * np.exp(0.5j * np.pi * a)] if own else [1, 1j]:
                        found.append((c * np.exp(a * log), c * a * np.exp((a - 1) * log)))
        return (np.array(part).T for part in zip(*found, strict=True))

    def __call__(self, places):
        z = np.abs(places[:, 0]) + 1j * np.abs(places[:, 1])
        values, _ = self.functions(z)
        return values.real @ self.weights - np.abs(z) ** 2 / 4


def test_a_square_frame_is_solved_to_eight_digits():
    frame = SQUARE - sj.Box((x, y), (-HALF, -HALF), (HALF, HALF))
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, frame, [sj.on_boundary(sp.Eq(u, 0))])
    solution = sj.solve(problem, tol=1e-8)
    exact = LoadedFrame()
    assert exact.bound < 1e-13
    points = draw_sample(Partition.of(frame.region), Seed(7)).points
    truth = exact(points)
    error = np.linalg.norm(solution(*points.T) - truth) / np.linalg.norm(truth)
    assert error < 10 * solution.error_estimate < 1e-7
    assert error < 1e-8
    assert solution.report.blocks < 24
    field = BlockField.from_arrays(solution.field.arrays(), 2, 1)
    at = [(0, (0, 0)), (0, (1, 1))], points
    np.testing.assert_array_equal(field.derivatives(*at), solution.field.derivatives(*at))


def test_through_an_insulated_triangle_no_flux_is_lost():
    """What the load brings leaves through the outer walls, whatever is singular at the hole."""
    hole = sj.Polygon((x, y), [(-HALF, -HALF), (HALF, -HALF / 2), (0, HALF)])
    walls = [
        sj.on_boundary(sp.Eq(u, 0), where="outer"),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), 0), where="hole"),
    ]
    problem = sj.Problem(sp.Eq(-LAPLACIAN, 1), u, SQUARE - hole, walls)
    solution = sj.solve(problem, tol=1e-7)
    flux = solution.integrate(sj.normal_derivative(u), over="outer")
    area = 4 - 0.4375
    assert abs(flux.value + area) < min(flux.error, 1e-5 * area)
