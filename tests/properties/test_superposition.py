"""A linear problem's solution is linear in its data."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import cos, exp, prod

from .agreement import ROUNDING, SHORT, solved
from .statements import STATEMENTS

LINEAR = [
    "robin_line",
    "layer_line",
    "wavy_line",
    "coupled_lines",
    "plate_line",
    "oscillator",
    "fast_decay",
    "diffusion_plane",
    "coupled_plane",
    "poisson_space",
    "heat",
    "wave",
]


@pytest.mark.parametrize("name", LINEAR)
def test_the_solution_of_combined_data_is_the_combination_of_solutions(name):
    one = STATEMENTS[name]
    waves = prod(cos(2 * q) for q in one.domain) + exp(-sum(one.domain))
    other = replace(one, solution=tuple(waves * (k + 1) for k in range(len(one.unknowns))))
    both = replace(
        one,
        solution=tuple(2 * f - 3 * g for f, g in zip(one.solution, other.solution, strict=True)),
    )
    assert one.problem.linear
    solutions = [solved(name, 1e-8), other.solve(1e-8), both.solve(1e-8)]
    first, second, combined = (one.at_nodes(solution) for solution in solutions)
    weights = one.nodes[1]
    apart = np.sqrt((2 * first - 3 * second - combined) ** 2 @ weights)
    # Each estimate is relative to the norm of its own solution.
    bound = sum(
        abs(factor) * solution.error_estimate * np.sqrt(s.exact**2 @ weights)
        for factor, solution, s in zip((2, 3, 1), solutions, (one, other, both), strict=True)
    )
    size = np.sqrt(first**2 @ weights) + np.sqrt(second**2 @ weights)
    assert np.all(apart <= SHORT * bound + ROUNDING * size)
