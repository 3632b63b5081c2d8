"""Blocks joined through polynomials on their faces: exact solutions, and networks in one piece."""

import numpy as np
import pytest
from sympy import Eq, Function, lambdify, sin, symbols

import sigmajet as sj
from sigmajet.adaptivity.trial import Trial
from sigmajet.approximation.network.network import Shape, draw_network
from sigmajet.discretization.collocation.collocation import Discretisation
from sigmajet.discretization.collocation.mortar import face_sizes, interface_rows, work
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

VARIABLES = symbols("x y z")


def grid(dimension: int, halvings: int) -> Partition:
    """The unit box in equal blocks."""
    partition = Partition.whole((0.0,) * dimension, (1.0,) * dimension)
    for _ in range(halvings):
        partition = partition.cut({b: np.arange(dimension) for b in range(len(partition))})
    return partition


def dirichlet(formula, order: int = 2) -> sj.Problem:
    """The sum of the pure derivatives of an order, and on the walls all below half of it."""
    variables = sorted(formula.free_symbols, key=str)
    u = Function("u")(*variables)

    def operator(f):
        return sum(f.diff(v, order) for v in variables)

    walls = [
        Eq(u.diff(v, k).subs(v, end), formula.diff(v, k).subs(v, end))
        for v in variables
        for end in (0, 1)
        for k in range(order // 2)
    ]
    equation = Eq(operator(u), operator(formula))
    return sj.Problem(equation, u, dict.fromkeys(variables, (0, 1)), walls)


def error(formula, partition: Partition, width: int, order: int = 2) -> float:
    system = System.compile(dirichlet(formula, order))
    field = Trial(system, partition, Shape(), Seed(0)).solve(width, 0, None).field
    points = np.random.default_rng(1).uniform(0, 1, (500, partition.dimension))
    (found,) = field.derivatives([(0, (0,) * partition.dimension)], points)
    wanted = lambdify(sorted(formula.free_symbols, key=str), formula)(*points.T)
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


WAVE = sin(3 * VARIABLES[0] + 2 * VARIABLES[1])


def test_four_blocks_are_better_than_one_network_of_the_width_of_each():
    # A face that lets the blocks slip shows as an error of the size of the solution.
    assert error(WAVE, grid(2, 1), 100) < 0.3 * error(WAVE, grid(2, 0), 100) < 1e-8


def test_blocks_of_unlike_size_fit_together():
    partition = grid(2, 1).cut({0: np.arange(2)})
    left = np.flatnonzero(partition.upper[:, 0] < 0.3)
    partition = partition.cut({b: np.arange(2) for b in left})
    assert len({tuple(h) for h in partition.half_widths}) == 3
    assert error(WAVE, partition, 150) < 1e-8


def test_all_derivatives_below_a_fourth_order_agree():
    assert error(sin(2 * VARIABLES[0]), grid(1, 2), 30, order=4) < 1e-11
    assert error(WAVE, grid(2, 1), 200, order=4) < 1e-6


def test_blocks_in_space_fit_together():
    formula = sin(VARIABLES[0] + 2 * VARIABLES[1] - VARIABLES[2])
    assert error(formula, grid(3, 1), 200) < 1e-6


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_the_polynomials_of_a_face_take_what_the_networks_beside_it_have(dimension):
    formula = sin(sum(VARIABLES[:dimension]))
    problem = dirichlet(formula)
    width = 150
    network = draw_network(dimension, width, Seed(0))
    discretisation = Discretisation(grid(dimension, 1), network, 1)
    partition = discretisation.partition
    sizes = face_sizes(problem.orders, partition.interfaces(), partition, width)
    outside = []
    for rows in interface_rows(problem, discretisation, weight=1.0, seed=Seed(0)):
        block, face = rows.blocks
        assert block < 2**dimension <= face
        assert rows.matrix.shape[1] == width + sizes[face - 2**dimension]
        traces, polynomials = rows.matrix[:, :width], rows.matrix[:, width:]
        used = polynomials[:, np.any(polynomials, axis=0)]
        left = np.linalg.lstsq(used, traces)[0]
        outside.append(np.linalg.norm(used @ left - traces) / np.linalg.norm(traces))
    assert len(outside) == 2 * 2 * len(sizes)  # value and slope, from either side
    # What the polynomials miss of the features is below what networks of so many neurons miss of
    # a solution.
    assert max(outside) < {1: 1e-14, 2: 1e-9, 3: 1e-4}[dimension]


def test_the_work_of_a_line_is_proportional_to_its_blocks_and_grows_faster_in_the_plane():
    line = [work([(2,)], grid(1, k), 50) for k in (4, 6)]
    assert line[1] == pytest.approx(4 * line[0], rel=0.1)
    plane = [work([(2, 2)], grid(2, k), 50) for k in (3, 5)]
    # 16 times the blocks, to the power 3/2, and what least degree loses against nested halves.
    assert 16 * plane[0] < plane[1] < 3 * 64 * plane[0]
