"""Unknowns of time alone: in text and files, what is asked of them, and what is refused."""

import numpy as np
import pytest
from scipy.linalg import expm
from sympy import Eq, Function, Integral, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.solvers.solve import choose

x, t = symbols("x t")
u, T = Function("u")(x, t), Function("T")(t)
HEAT = Eq(u.diff(t), u.diff(x, 2))
WALLS = [Eq(u.subs(x, 0), T), Eq(u.subs(x, 1), 1)]
START = [Eq(u.subs(t, 0), x), Eq(T.subs(t, 0), 0)]
TOML = """
unknowns = ["u(x, t)", "T(t)"]
time = "t"
equations = ["diff(u, t) = diff(u, x, 2)", "diff(T, t) = diff(u, x)(0, t) - T"]
conditions = ["u(x, 0) = x", "T(0) = 0", "u(0, t) = T(t)", "u(1, t) = 1"]
domain = {x = [0, 1], t = [0, 1]}
solve = {tol = 1e-6}
"""


def stated(*equations, unknowns=(u, T), conditions=(*START, *WALLS), time=t):
    return sj.Problem([HEAT, *equations], unknowns, {x: (0, 1), t: (0, 1)}, conditions, time=time)


TANK = stated(Eq(T.diff(t), u.diff(x).subs(x, 0) - T))


@pytest.fixture(scope="module")
def tank():
    return sj.solve(TANK, tol=1e-6)


def test_files_and_text_state_them(tmp_path):
    path = tmp_path / "tank.toml"
    path.write_text(TOML)
    problem = sj.load_problem(path)
    assert problem == TANK
    path.write_text(TANK.to_text())
    assert sj.load_problem(path) == TANK
    assert "diff(T, x)" not in str(TANK)


def test_solutions_give_them_and_their_derivatives_anywhere(tank, tmp_path):
    assert tank.report.method == "evolution"
    times = np.linspace(0, 1, 5)
    held = tank.T(0.3, times)
    np.testing.assert_allclose(held, tank.u(0.0, times), atol=1e-8)
    slope = tank.evaluate(u.diff(x), 0.0, times) - held
    np.testing.assert_allclose(tank.evaluate(T.diff(t), 0.7, times)[1:], slope[1:], atol=1e-6)
    path = tmp_path / "tank.npz"
    tank.save(path)
    loaded = sj.load_solution(path)
    assert loaded.problem == TANK
    np.testing.assert_array_equal(loaded(0.3, times), tank(0.3, times))


def test_all_variables_at_once_give_the_same(tank):
    other = sj.solve(TANK, tol=1e-4, method="steady")
    np.testing.assert_allclose(other(0.5, 1.0), tank(0.5, 1.0), atol=1e-4)


def test_a_periodic_rod_stays_periodic_beside_an_equation_at_its_seam():
    law = Eq(T.diff(t), u.subs(x, 0) - T)
    ends = [Eq(u.subs(t, 0), cos(2 * pi * x)), START[1], Eq(u.subs(x, 0), u.subs(x, 1))]
    ring = sj.Problem(
        [Eq(u.diff(t), u.diff(x, 2) + T * sin(2 * pi * x)), law],
        [u, T],
        {x: (0, 1), t: (0, 1)},
        ends,
        time=t,
    )
    rate = 4 * np.pi**2
    exact = (np.exp(-1) - np.exp(-rate)) / (rate - 1)
    assert sj.solve(ring, tol=1e-6).T(0, 1.0) == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("root", [-2, 2])
def test_a_start_says_which_root_is_meant(root):
    """Without a derivative in time its start follows, but for the choice of a root."""
    conditions = [START[0], Eq(T.subs(t, 0), root), Eq(u.diff(x).subs(x, 0), 1), WALLS[1]]
    problem = stated(Eq(T**2, 4 + u.subs(x, 0)), conditions=conditions)
    assert sj.solve(problem, tol=1e-6).T(0, 1.0) == pytest.approx(root, abs=1e-6)


def test_the_strength_of_a_source_that_keeps_a_mean_is_left_to_all_variables_at_once():
    source = Eq(u.diff(t), u.diff(x, 2) + (T - 1 - t) * (1 + x))
    mean = Eq(Integral(u, (x, 0, 1)), exp(-t) * (1 - cos(1)) + 0.5)
    conditions = [
        Eq(u.subs(t, 0), sin(x) + x),
        Eq(u.subs(x, 0), 0),
        Eq(u.subs(x, 1), exp(-t) * sin(1) + 1),
    ]
    problem = sj.Problem([source, mean], [u, T], {x: (0, 1), t: (0, 1)}, conditions, time=t)
    assert choose(problem)[0] == "steady"
    assert sj.solve(problem, tol=1e-6).T(0, 0.5) == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"unknowns": [T]}, "expected every variable"),
        ({"unknowns": [u, Function("S")(x)]}, r"expected every variable"),
        ({"unknowns": [u, T], "time": None}, r"expected every variable"),
        ({"unknowns": [u, T], "conditions": [START[0], *WALLS]}, "takes 1 initial condition"),
    ],
)
def test_what_cannot_be_meant_is_named(arguments, words):
    with pytest.raises(sj.ProblemError, match=words):
        stated(Eq(T.diff(t), -T), **arguments)


def test_what_rests_until_its_equations_move_it_is_integrated_in_time():
    rest = [Eq(u.subs(t, 0), 0), Eq(T.subs(t, 0), 0), Eq(u.subs(x, 0), T), Eq(u.subs(x, 1), 0)]
    assert choose(stated(Eq(T.diff(t), 1 - T), conditions=rest))[0] == "evolution"


def test_a_state_at_rest_counts_against_what_its_equations_make_of_it():
    tank = stated(
        Eq(T.diff(t), 1 + u.diff(x).subs(x, 0)),
        conditions=[Eq(u.subs(t, 0), 0), Eq(T.subs(t, 0), 0), WALLS[0], Eq(u.subs(x, 1), 0)],
    )
    solution = sj.solve(tank, tol=1e-6)
    assert int(solution.report.attempts[-1].size.split()[0]) < 10  # 52 for its rounding

    def differences(count):
        """Half of the way, and the tank, at t = 1/2: one step of the exponential."""
        step = 1 / count
        matrix = (np.eye(count, k=1) + np.eye(count, k=-1) - 2 * np.eye(count)) / step**2
        matrix[0] = 0
        matrix[0, :3] = np.array([-3, 4, -1]) / 2 / step
        at_rest = np.linalg.solve(matrix, -np.eye(count)[0])
        return (at_rest - expm(matrix / 2) @ at_rest)[[count // 2, 0]]

    coarse, fine = map(differences, (100, 200))
    found = np.array([solution.evaluate(u, 0.5, 0.5), solution.evaluate(T, 0.5, 0.5)])
    np.testing.assert_allclose(found.ravel(), (4 * fine - coarse) / 3, atol=1e-6)
