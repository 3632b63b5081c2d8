"""Evolutions: order in time, derivatives, walls, systems, what happens when things go wrong."""

import itertools

import numpy as np
import pytest
import sympy
from sympy import Eq, Function, Rational, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.solver import evolution, integration
from sigmajet.solver.collocation import System
from sigmajet.solver.fields import EvolvingField
from sigmajet.solver.integration import Integration
from sigmajet.solver.lines import EvolutionModel

x, t = symbols("x t")
u, v = Function("u")(x, t), Function("v")(x, t)


def evolve(equations, unknowns, exact, walls, end=1, start=0, order=1, right=1, **options):
    """Solve with initial data of an exact solution; return the solution and its error."""
    formulas = exact if isinstance(exact, list) else [exact]
    names = unknowns if isinstance(unknowns, list) else [unknowns]
    initial = [
        Eq(name.diff(t, k).subs(t, start), formula.diff(t, k).subs(t, start))
        for name, formula in zip(names, formulas, strict=True)
        for k in range(order)
    ]
    problem = sj.Problem(
        equations, unknowns, {x: (0, right), t: (start, end)}, [*initial, *walls], time=t
    )
    solution = sj.solve(problem, **options)
    places = np.random.default_rng(0).uniform(problem.domain.lower, problem.domain.upper, (300, 2))
    expected = np.array([sympy.lambdify((x, t), f)(*places.T) for f in formulas])
    found = solution(*places.T).reshape(expected.shape)
    return solution, np.linalg.norm(found - expected) / np.linalg.norm(expected)


def values_at_ends(exact, name=u, right=1):
    return [Eq(name.subs(x, place), exact.subs(x, place)) for place in (0, right)]


HEAT = Eq(u.diff(t), u.diff(x, 2))
DECAY = exp(-(pi**2) * t / 4) * sin(pi * x / 2)


def test_walls_may_move_and_time_derivatives_of_the_solution_are_exact():
    exact = exp(x + t)
    solution, error = evolve(HEAT, u, exact, values_at_ends(exact), tol=1e-8)
    assert error < 1e-8
    points = np.random.default_rng(1).uniform(0, 1, (2, 100))
    expected = np.exp(points.sum(axis=0))
    # A derivative in time divides the error of 5e-10 by the steps, of some 1e-3.
    for order, tolerance in ((1, 1e-5), (2, 1e-2)):
        np.testing.assert_allclose(
            solution.evaluate(u.diff(t, order), *points), expected, rtol=tolerance
        )
    # Two derivatives in space cost the fourth power of the resolved degree, some 15 (Markov).
    np.testing.assert_allclose(solution.evaluate(u.diff(x, 2), *points), expected, rtol=2e-4)


@pytest.mark.parametrize("start", [-2, -1, 10])
def test_time_may_start_anywhere(start):
    exact = exp(x + t - start)
    solution, error = evolve(
        HEAT, u, exact, values_at_ends(exact), start=start, end=start + 1, tol=1e-6
    )
    assert error < 1e-6
    last = solution(np.linspace(0, 1, 5), float(start + 1))
    np.testing.assert_allclose(last, np.exp(np.linspace(0, 1, 5) + 1), rtol=1e-6)


def test_unknowns_that_start_at_zero_are_coupled():
    exact = [cos(pi * x) * exp(-(pi**2) * t) * (1 + s * exp(-2 * t)) for s in (1, -1)]
    equations = [Eq(u.diff(t), u.diff(x, 2) + v - u), Eq(v.diff(t), v.diff(x, 2) + u - v)]
    walls = [Eq(f.diff(x).subs(x, place), 0) for f in (u, v) for place in (0, 1)]
    solution, error = evolve(equations, [u, v], exact, walls, end=Rational(1, 5), tol=1e-6)
    assert error < 1e-6
    assert solution.report.blocks == 1  # the solution is as smooth as can be


def test_waves_are_second_order_in_time():
    exact = sin(pi * x) * (cos(pi * t) + sin(pi * t))
    equation = Eq(u.diff(t, 2), u.diff(x, 2))
    solution, error = evolve(equation, u, exact, values_at_ends(exact), order=2, tol=1e-6)
    assert error < 1e-6
    points = np.random.default_rng(1).uniform(0, 1, (2, 50))
    speed = sympy.lambdify((x, t), exact.diff(t))(*points)
    np.testing.assert_allclose(solution.evaluate(u.diff(t), *points), speed, rtol=0, atol=1e-5)


def test_a_periodic_wave_goes_round():
    exact = exp(sin(x - t))
    wall = [Eq(u.subs(x, 0), u.subs(x, 2 * pi))]
    _, error = evolve(Eq(u.diff(t) + u.diff(x), 0), u, exact, wall, right=2 * pi, tol=1e-6)
    assert error < 1e-6


def test_a_nonlinear_equation_is_integrated():
    exact = 1 / (1 + exp((x - 5 * t / sympy.sqrt(6)) / sympy.sqrt(6))) ** 2  # Fisher's front
    _, error = evolve(
        Eq(u.diff(t), u.diff(x, 2) + u * (1 - u)), u, exact, values_at_ends(exact), tol=1e-6
    )
    assert error < 1e-6


def test_an_integration_gains_with_its_accuracy():
    problem = sj.Problem(
        HEAT,
        u,
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), DECAY.subs(t, 0)), *values_at_ends(DECAY)],
        time=t,
    )
    model = EvolutionModel(System.compile(problem))
    points = np.random.default_rng(2).uniform(0, 1, (200, 2))
    expected = sympy.lambdify((x, t), DECAY)(*points.T)
    errors = []
    for accuracy in (1e-4, 1e-6, 1e-8):
        run = Integration(model, 40, (0, 0), accuracy)
        run.run(lambda *_: None, lambda *_: None)
        errors.append(np.abs(run.field.derivatives([(0, (0, 0))], points)[0] - expected).max())
        assert run.stopped is None
        assert run.notes == []
    assert all(after < 0.1 * before for before, after in itertools.pairwise(errors))
    assert errors[-1] < 1e-6


def test_initial_data_that_contradict_the_walls_are_named(monkeypatch):
    monkeypatch.setattr(integration, "_FINEST", 0.2)  # the corner is not to be resolved here
    monkeypatch.setattr(evolution, "_RUNS", 1)
    problem = sj.Problem(
        HEAT,
        u,
        {x: (0, 1), t: (0, Rational(1, 10))},
        [Eq(u.subs(t, 0), 1), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-4, width=12, on_failure="return")
    assert any("contradict each other" in note for note in solution.report.notes)


def test_beyond_a_blow_up_there_are_no_values_and_its_time_is_named():
    # u = 1 / (1 - t) everywhere: Neumann walls leave the ordinary equation u' = u^2.
    walls = [Eq(u.diff(x).subs(x, place), 0) for place in (0, 1)]
    problem = sj.Problem(
        Eq(u.diff(t), u.diff(x, 2) + u**2),
        u,
        {x: (0, 1), t: (0, 2)},
        [Eq(u.subs(t, 0), 1), *walls],
        time=t,
    )
    with pytest.raises(sj.NotConverged, match=r"stopped at t = (0\.99|1)") as caught:
        sj.solve(problem, tol=1e-3, width=12)
    solution = caught.value.solution
    assert not solution.converged
    assert np.isnan(solution(0.5, [1.1, 1.5, 2.0])).all()
    early = np.array([0.0, 0.3, 0.7])
    np.testing.assert_allclose(solution(0.5, early), 1 / (1 - early), rtol=1e-2)


def test_the_same_seed_gives_the_same_answer_to_the_last_bit():
    points = np.random.default_rng(3).uniform(0, 1, (2, 40))
    first, again = (
        evolve(HEAT, u, DECAY, values_at_ends(DECAY), tol=1e-4, seed=4)[0](*points)
        for _ in range(2)
    )
    assert first.tobytes() == again.tobytes()


def test_windows_follow_each_other_without_a_gap():
    solution, _ = evolve(HEAT, u, DECAY, values_at_ends(DECAY), tol=1e-4)
    field = solution._field
    assert isinstance(field, EvolvingField)
    ends = [(w.times[0], w.times[-1]) for w in field.windows]
    assert ends[0][0] == 0.0
    assert ends[-1][1] == 1.0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(ends))
