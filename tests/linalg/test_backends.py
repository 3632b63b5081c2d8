"""Backends of least squares answer alike: weights, triangle, and how they respond to data."""

import numpy as np
import pytest
import sympy

import sigmajet as sj
from oracles.dense_least_squares import Dense, joined
from sigmajet.approximation.network.network import draw_network
from sigmajet.discretization.collocation.collocation import Discretisation
from sigmajet.discretization.collocation.fit import solve_discretised
from sigmajet.geometry.partition import Partition
from sigmajet.linalg.least_squares.backends import BACKENDS, backend
from sigmajet.linalg.least_squares.interface import Rows
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

x, y = sympy.symbols("x y")
u = sympy.Function("u")


@pytest.fixture(params=["multifrontal", "dense"])
def name(request, monkeypatch) -> str:
    monkeypatch.setitem(BACKENDS, "dense", Dense)
    return str(request.param)


def chain(seed, spread=0.0) -> tuple[list[Rows], list[int]]:
    """Rows of five blocks in a chain, the columns of each graded by powers of ten."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 30, 5).tolist()

    def group(blocks, height):
        mixing = [rng.standard_normal((sizes[b], sizes[b])) for b in blocks]
        grades = [10.0 ** -np.linspace(0.0, spread, sizes[b]) for b in blocks]
        parts = [
            (rng.standard_normal((height, len(g))) * g) @ m
            for g, m in zip(grades, mixing, strict=True)
        ]
        return Rows(blocks, np.hstack(parts), rng.standard_normal((height, 2)))

    rows = [group((b,), 2 * sizes[b]) for b in range(5)]
    return rows + [group((b, b + 1), 4) for b in range(4)], sizes


@pytest.mark.parametrize("seed", range(4))
def test_the_triangle_is_that_of_the_rows_in_its_units(name, seed):
    """R^-1 and R^-T undo R up to a rotation: R^-1 R^-T is the inverse of the Gram matrix."""
    rows, sizes = chain(seed)
    matrix, _ = joined(rows, sizes)
    matrix /= np.linalg.norm(matrix, axis=0)
    triangle = backend(name).solve(rows, sizes).triangle
    assert triangle.size == sum(sizes)
    inverse = triangle.solve(triangle.solve_transposed(np.eye(triangle.size)))
    expected = np.linalg.inv(matrix.T @ matrix)
    np.testing.assert_allclose(inverse, expected, atol=1e-10 * np.abs(expected).max())


@pytest.mark.parametrize("spread", [0.0, 4.0, 8.0])
@pytest.mark.parametrize("seed", range(6))
def test_the_largest_response_is_a_singular_value(name, seed, spread):
    """Of what all unknowns of every second block, times ten, make of data of unit length."""
    rows, sizes = chain(seed, spread)
    matrix, _ = joined(rows, sizes)
    shares = [10.0 * (block % 2) for block in range(len(sizes))]
    measured = np.repeat(shares, sizes)[:, None] * np.linalg.pinv(matrix, rcond=1e-14)

    def scaled(parts):
        return [share * part for share, part in zip(shares, parts, strict=True)]

    found = backend(name).solve(rows, sizes).largest_response(scaled, scaled)
    largest = np.linalg.norm(measured, 2)
    assert largest / 1.2 < found < (1.0 + 1e-6) * largest


def test_what_rows_leave_open_responds_beyond_all_digits():
    matrix = np.random.default_rng(0).standard_normal((20, 5))
    rows = [Rows((0,), np.hstack([matrix, matrix[:, :1]]), np.ones((20, 1)))]
    assert backend().solve(rows, [6]).largest_response(list, list) > 1e13


def test_a_boundary_value_problem_is_solved_alike_by_every_backend(name):
    exact = sympy.exp(x) * sympy.sin(2 * y)
    problem = sj.Problem(
        sympy.Eq(u(x, y).diff(x, 2) + u(x, y).diff(y, 2), -3 * exact),
        u(x, y),
        {x: (0, 1), y: (0, 1)},
        [sympy.Eq(u(x, y).subs(v, end), exact.subs(v, end)) for v in (x, y) for end in (0, 1)],
    )
    partition = Partition.whole((0, 0), (1, 1)).cut({0: (0,)})
    network = draw_network(2, 120, Seed(0))
    discretisation = Discretisation(partition, network, 1, backend=name)
    fit = solve_discretised(
        System.compile(problem), discretisation, None, weight=30.0, seed=Seed(0)
    )
    points = np.random.default_rng(1).random((200, 2))
    expected = np.exp(points[:, 0]) * np.sin(2 * points[:, 1])
    np.testing.assert_allclose(fit.field.derivatives([(0, (0, 0))], points)[0], expected, atol=1e-8)


def test_an_unknown_backend_is_named_beside_those_that_there_are():
    with pytest.raises(ValueError, match="got 'abacus', expected one of multifrontal"):
        backend("abacus")
