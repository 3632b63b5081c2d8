"""Rows over functions that blocks share: each block has those that its own points tell."""

import numpy as np
import pytest
from sympy import Eq, Function, Piecewise, symbols

import sigmajet as sj
from sigmajet.approximation.network.network import Shape, draw_network
from sigmajet.approximation.shared.corner_functions import CornerFunctions
from sigmajet.approximation.shared.formulas import FormulaFunctions
from sigmajet.discretization.collocation.collocation import (
    Discretisation,
    assemble,
    collocation_points,
    linearise,
)
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

x, y = symbols("x y")
u = Function("u")(x, y)
LAPLACIAN = u.diff(x, 2) + u.diff(y, 2)


def rows_of_equation(equation, shared):
    """Points, and their rows over the shared functions, by block; none where all are zero."""
    domain = {x: (-1, 1), y: (0, 1)}
    problem = sj.Problem(equation, u, domain, sj.on_boundary(Eq(u, 0)))
    system = System.compile(problem)
    partition = Partition.whole(problem.domain.lower, problem.domain.upper).split({0: 4})
    network = draw_network(2, 5, Seed(0), Shape(0.5))
    discretisation = Discretisation(partition, network, 1, (), shared)
    places = collocation_points(system, partition, 5, Seed(0))
    relations = list(linearise(places, partition, None))
    for collocated in assemble(discretisation, relations, weight=1.0):
        about, rows = collocated.about, collocated.rows
        if about.block is not None:
            common = rows.matrix[:, 5:] if discretisation.shared_block in rows.blocks else None
            yield about.points, common if common is None else common * collocated.scale


def test_a_function_that_obeys_the_equation_in_some_blocks_alone_has_rows_in_the_others():
    kinked = FormulaFunctions([Piecewise((0, x < 0), (x**3, True))], (x, y))
    for points, common in rows_of_equation(LAPLACIAN, kinked):
        expected = 6 * np.maximum(points[:, 0], 0)[:, None]
        if common is None:
            assert np.all(expected == 0)
        else:
            np.testing.assert_allclose(common, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (LAPLACIAN, lambda x, z: 0 * x),
        (LAPLACIAN + u.diff(y, 2), lambda x, z: -6 * (z**-4).real),
        (LAPLACIAN + x * u, lambda x, z: x * (z**-2).real),
    ],
)
def test_a_harmonic_function_has_the_rows_that_the_coefficients_leave(equation, expected):
    """Of Re z^(-2) the second derivative by y is -6 Re z^(-4)."""
    centre = np.array([0.25, -2.0])
    terms = [(-2.0, 0.0, 0.0, 1.0 + 0j)]
    pole = CornerFunctions.about(centre, np.array([1.0, 1j]), 0.0, 9.0, terms)
    for points, common in rows_of_equation(equation, pole):
        z = (points - centre) @ [1.0, 1j]
        found = np.zeros((len(points), 1)) if common is None else common
        np.testing.assert_allclose(found[:, 0], expected(points[:, 0], z), atol=1e-13)
