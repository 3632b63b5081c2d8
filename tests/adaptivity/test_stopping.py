"""When a search is given up: where nothing has fallen for long, and never while something falls."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Function, exp, symbols

import sigmajet as sj
from sigmajet.adaptivity.seen import Seen, Stage
from sigmajet.adaptivity.stopping import determined, stalled
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.solution.status import Status
from sigmajet.solvers.boundary_value.search import best_of

x, y = symbols("x y")
u = Function("u")


@given(st.lists(st.floats(0.01, 0.45), min_size=1, max_size=30), st.floats(1e-3, 1e3))
def test_what_falls_to_less_than_half_each_time_has_not_stalled(shares, first):
    figures = [first, *(first * np.cumprod(shares))]
    assert not any(stalled(figures[:count]) for count in range(1, len(figures) + 1))


@given(st.lists(st.floats(0.6, 1.0), min_size=20, max_size=30), st.floats(1e-3, 1e3))
def test_what_stays_near_one_value_has_stalled_unless_it_is_small(values, unit):
    figures = [unit * v for v in values]
    assert stalled(figures)
    assert not stalled(figures, above=2.0 * unit)


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=12), st.integers(-40, 40))
def test_the_unit_does_not_matter(values, power):
    assert stalled(values) == stalled([2.0**power * v for v in values])


@pytest.mark.parametrize(
    ("later", "estimates", "own"),
    [
        ([3.0e3, 2.8e3], [3e-5, 3e-6], True),  # beside a resonance
        ([3.0e3, 2.8e3], [3e-5, 2e-5], False),  # no finer than the one before
        ([3.0e3, 8.0e3], [3e-5, 3e-6], False),
        ([68.0, 67.0], [3e-5, 3e-6], False),  # that hold less of it
    ],
)
def test_a_growth_is_taken_back_by_a_response_that_stays(later, estimates, own):
    field = u(x, y)
    walls = [Eq(field.subs(v, end), 0) for v in (x, y) for end in (0, 1)]
    equation = Eq(field.diff(x, 2) + field.diff(y, 2) + 300 * field, 1)
    system = System.compile(sj.Problem(equation, field, {x: (0, 1), y: (0, 1)}, walls))
    stage = Stage(Partition.whole((0.0, 0.0), (1.0, 1.0)), 200)
    attempts = [(5.5e4, 0.1, True), *((r, e, False) for r, e in zip(later, estimates, strict=True))]
    seen = [
        Seen(stage, None, estimate, np.zeros(1), {}, amplification=response, growing=growing)
        for response, estimate, growing in attempts
    ]
    assert determined(system, seen) is own


def test_what_has_converged_is_handed_back_before_a_smaller_estimate_that_has_not_seen_all():
    stage = Stage(Partition.whole((0.0,), (1.0,)), 48)
    blind, good = (
        Seen(stage, None, estimate, np.zeros(1), {}, status=status)
        for estimate, status in ((4e-7, Status.INACCURATE), (9e-7, Status.CONVERGED))
    )
    assert best_of([blind, good]) is good


def test_an_equation_without_a_solution_is_given_up_and_said_to_have_none():
    # Bratu's equation has solutions up to a factor of 3.51.
    bratu = Eq(u(x).diff(x, 2) + 4 * exp(u(x)), 0)
    problem = sj.Problem(bratu, u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 0)])
    with pytest.raises(sj.NotConverged, match="may have no solution"):
        sj.solve(problem)


@pytest.mark.parametrize("width", [1e-3, 6.2e-5, 3.6e-5, 1e-6])
@pytest.mark.parametrize("tol", [1e-3, 1e-9])
def test_a_search_goes_on_from_where_a_layer_was_found(width, tol):
    """Before blocks hold it draws agree on what is no solution: that their distance does not fall
    says nothing."""
    equation = Eq(-width * u(x).diff(x, 2) + u(x).diff(x), 1)
    solution = sj.solve(sj.Problem(equation, u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 0)]), tol)
    places = np.linspace(0, 1, 1001)
    layer = np.exp((places - 1) / width)
    assert np.sqrt(np.mean((solution(places) - (places - layer)) ** 2)) <= tol
