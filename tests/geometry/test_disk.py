"""A disk, the first region that is no box: what it takes beside a domain, and that no more does.

`CONTRIBUTING.md` names four files for it. What three of them would hold stands in for them here:
the region, the domain that has it, the condition on its circle, and that one condition is enough.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.mapping import AffineMap
from sigmajet.geometry.partition import Partition
from sigmajet.geometry.place import Place
from sigmajet.problem.checks import wellposed
from sigmajet.problem.terms.domain import Box
from sigmajet.problem.terms.relation import RelationReader

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)


class Circle(Place):
    """All of the circle, by no coordinate: it runs along both."""

    dimension = 1

    def points(self, partition, reference):
        """Evenly spread, so many for each block as if all lay on it."""
        count = len(partition) * len(reference)
        angles = np.linspace(-np.pi, np.pi, count, endpoint=False)
        around = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        return self.disk.middle + self.disk.radius * around

    def normals(self, points):
        return (points - self.disk.middle) / self.disk.radius

    @property
    def place(self):
        return self


@dataclass(frozen=True)
class DiskRegion:
    middle: np.ndarray
    radius: float

    @property
    def bounds(self):
        return AffineMap(self.middle - self.radius, self.middle + self.radius)

    @property
    def boundary(self):
        circle = Circle((None, None))
        circle.disk = self
        return (circle,)

    def contains(self, points, slack=0.0):
        distance = np.linalg.norm(points - self.middle, axis=1)
        return distance <= self.radius * (1.0 + 2.0 * slack)

    def tight(self, cell):
        nearest = np.clip(self.middle, cell.lower, cell.upper) - self.middle
        half = np.sqrt(np.maximum(self.radius**2 - nearest[::-1] ** 2, 0.0))
        return AffineMap(
            np.maximum(cell.lower, self.middle - half), np.minimum(cell.upper, self.middle + half)
        )

    def sections(self, face):
        piece = self.tight(face)
        return [piece] if np.all(piece.upper >= piece.lower) else []


class Disk(Box):
    @property
    def region(self):
        lower, upper = np.array(self.lower), np.array(self.upper)
        return DiskRegion(0.5 * (lower + upper), float(0.5 * (upper - lower)[0]))


@pytest.fixture
def disks(monkeypatch):
    """Conditions on circles, as `problem/terms/relation.py` and `checks/wellposed.py` take them."""

    def condition(reader, statement, what):
        (circle,) = reader._domain.region.boundary
        return replace(reader.equation(statement, what), place=circle)

    monkeypatch.setattr(RelationReader, "condition", condition)
    monkeypatch.setattr(wellposed, "_check_face_count", lambda problem: None)
    return Disk((x, y), (-0.5, -1), (1.5, 1))


def test_cells_without_a_part_of_the_disk_are_left_out_and_samples_fill_the_rest():
    region = DiskRegion(np.array([0.5, 0.0]), 1.0)
    box = Partition.whole((-0.5, -1.0), (1.5, 1.0))
    for _ in range(3):
        box = box.cut(dict.fromkeys(range(len(box)), (0, 1)))
    partition = Partition(box.lower, box.upper, region).cut({})
    assert len(partition) == 60  # of 64: the four in the corners have nothing of it
    sample = draw_sample(partition, 0)
    assert np.all(region.contains(sample.points))
    assert sample.weights.sum() == pytest.approx(1.0)
    # The mean of r^2 over a disk is half the square of its radius.
    squares = np.sum((sample.points - region.middle) ** 2, axis=1)
    assert sample.weights @ squares == pytest.approx(0.5, abs=0.02)
    counts = np.bincount(sample.block)
    assert len(counts) == 60
    assert np.all(counts == counts[0])  # however little a block has of it
    for face in partition.interfaces():
        along = 1 - face.axis
        middle = 0.5 * (face.lower + face.upper)
        assert region.contains(middle[None])
        assert face.upper[along] > face.lower[along]


@pytest.mark.parametrize(
    "exact", [1 - (x - sp.Rational(1, 2)) ** 2 - y**2, sp.exp(x) * sp.cos(y) + x**2 * y**2]
)
@pytest.mark.parametrize("power", [1, 3])
def test_poisson_is_solved_on_a_disk(disks, exact, power):
    left = u.diff(x, 2) + u.diff(y, 2) - u**power
    right = (exact.diff(x, 2) + exact.diff(y, 2) - exact**power).expand()
    solution = sj.solve(sj.Problem(sp.Eq(left, right), u, disks, [sp.Eq(u, exact)]), tol=1e-8)
    places = draw_sample(Partition.of(disks.region), 7).points
    truth = sp.lambdify((x, y), exact)(*places.T)
    assert solution.converged
    assert np.abs(solution(*places.T) - truth).max() < 1e-8
    with pytest.raises(sj.ProblemError, match=r"the point \(1\.4, 0\.9\) lies outside the domain"):
        solution(1.4, 0.9)


def test_a_narrow_hill_on_a_disk_takes_blocks_and_its_error_is_told(disks):
    hill = sp.exp(-20 * ((x - sp.Rational(1, 2)) ** 2 + (y - sp.Rational(1, 4)) ** 2)) + x
    statement = sp.Eq(u.diff(x, 2) + u.diff(y, 2), hill.diff(x, 2) + hill.diff(y, 2))
    problem = sj.Problem(statement, u, disks, [sp.Eq(u, hill)])
    solution = sj.solve(problem, tol=1e-4, width=150)
    assert solution.report.blocks > 1
    places = draw_sample(Partition.of(disks.region), 7).points
    truth = sp.lambdify((x, y), hill)(*places.T)
    error = np.sqrt(np.mean((solution(*places.T) - truth) ** 2) / np.mean(truth**2))
    assert error < 3 * solution.error_estimate < 3e-4
