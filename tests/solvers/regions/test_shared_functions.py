"""Cavities of solids have solid harmonics in common for all cells, and users add functions."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

x, y, z = sp.symbols("x y z")
q, u = sp.Function("q")(x, y, z), sp.Function("u")(x, y)
SPACE = sum(q.diff(v, 2) for v in (x, y, z))
PLANE = u.diff(x, 2) + u.diff(y, 2)
R = sp.sqrt(x**2 + y**2 + z**2)


def judged(solution, exact):
    """Return the relative error, which the estimate may not understate by ten."""
    domain = solution.problem.domain
    box = np.array([domain.lower, domain.upper])[..., None]
    shares = np.random.default_rng(0).uniform(size=(box.shape[1], 4000))
    points = box[0] + (box[1] - box[0]) * shares
    points = points[:, domain.region.contains(points.T)]
    truth = sp.lambdify(domain.variables, exact)(*points)
    error = np.sqrt(np.mean((solution(*points) - truth) ** 2) / np.mean(truth**2))
    assert error < 10 * solution.error_estimate
    return error


def test_a_shell_around_a_charge_takes_one_cell():
    shell = sj.Ball((x, y, z), (0, 0, 0), 1) - sj.Ball((x, y, z), (0, 0, 0), sp.Rational(1, 2))
    exact = 1 / R + x / R**3 + z**2
    wall = sj.on_boundary(sp.Eq(q, exact))
    solution = sj.solve(sj.Problem(sp.Eq(SPACE, 2), q, shell, [wall]), tol=1e-7)
    assert judged(solution, exact) < 1e-9
    assert solution.report.blocks == 1


def test_a_small_cavity_in_a_box_costs_nothing(tmp_path):
    hole = sj.Ball((x, y, z), (sp.Rational(3, 10), 0, 0), sp.Rational(1, 20))
    block = sj.Box((x, y, z), (-1, -1, -1), (1, 1, 1)) - hole
    exact = 1 / sp.sqrt((x - sp.Rational(3, 10)) ** 2 + y**2 + z**2) + x * y
    wall = sj.on_boundary(sp.Eq(q, exact))
    solution = sj.solve(sj.Problem(SPACE, q, block, [wall]), tol=1e-6)
    assert judged(solution, exact) < 1e-7
    solution.save(tmp_path / "block.npz")
    again = sj.load_solution(tmp_path / "block.npz")
    assert again(0.1, 0.2, 0.3) == solution(0.1, 0.2, 0.3)


@pytest.mark.parametrize("orders", [(0, 0, 0), (2, 0, 0), (1, 1, 1), (0, 1, 2)])
def test_harmonics_and_their_derivatives_are_those_of_their_formulas(orders):
    from sigmajet.approximation.shared.harmonics import Harmonics

    functions = Harmonics(
        np.array([[0.1, 0.2, -0.3]]), np.array([0.5]), np.array([3.0]), -np.ones(1)
    )
    points = np.random.default_rng(1).uniform(0.6, 1.5, (5, 3))
    found = functions.features(points, [orders])[orders]
    steps = [(v, n) for v, n in zip((x, y, z), orders, strict=True) if n]
    formulas = [f.diff(*steps) if steps else f for f in functions.formulas((x, y, z))]
    truth = np.array([sp.lambdify((x, y, z), f)(*points.T) for f in formulas]).T
    assert found.shape == (5, 16)
    np.testing.assert_allclose(found, truth, rtol=1e-11, atol=1e-13)


def test_a_function_of_the_user_takes_a_singularity_off():
    """Of r^(1/3) within a wedge whose walls say nothing of it, u given all around."""
    wedge = sj.Sector((x, y), (0, 0), 1, 0, 3 * sp.pi / 2)
    power = sp.Rational(1, 3)
    singular = (x**2 + y**2) ** (power / 2) * sp.cos(power * (sp.atan2(x - y, -x - y)))
    exact = singular + x * y
    problem = sj.Problem(PLANE, u, wedge, [sj.on_boundary(sp.Eq(u, exact))])
    solution = sj.solve(problem, tol=1e-8, enrich=[singular])
    assert judged(solution, exact) < 1e-9


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ([sp.Symbol("a") * x], "expected a formula in x, y"),
        ([u], "expected a formula in x, y"),
        ([sp.sqrt(x - 5)], "infinite or has no real value"),
        (["x"], "enrich: function 1"),
    ],
)
def test_functions_that_cannot_be_used_are_refused(functions, words):
    problem = sj.Problem(PLANE, u, sj.Disk((x, y), (0, 0), 1), [sj.on_boundary(sp.Eq(u, x))])
    with pytest.raises(sj.ProblemError, match=words):
        sj.solve(problem, enrich=functions)


A = sp.Symbol("a")
ANGLE = sp.atan2(y, x + 2)


@pytest.mark.parametrize(
    "function",
    [
        sp.exp(0.1 * x) * sp.cos(y / 3),
        A * sp.log((x - 2) ** 2 + y**2),
        ((x + 2) ** 2 + y**2) ** sp.Rational(1, 3) * sp.cos(2 * ANGLE / 3)
        + sp.Piecewise((x**2, x < 0), (x**2 + x**4, True)),
    ],
)
def test_solutions_keep_the_functions_of_the_user_in_files(function, tmp_path):
    disk = sj.Disk((x, y), (0, 0), 1)
    walls = [sj.on_boundary(sp.Eq(u, A * x))]
    problem = sj.Problem(PLANE, u, disk, walls, parameters={A: 1.7})
    solution = sj.solve(problem, tol=1e-6, enrich=[function])
    solution.save(tmp_path / "mine.npz")
    again = sj.load_solution(tmp_path / "mine.npz")
    for slope in (u, u.diff(x, 2), u.diff(x, y)):
        points = np.linspace(-0.6, 0.6, 7), np.linspace(0.1, 0.7, 7)
        assert np.array_equal(again.evaluate(slope, *points), solution.evaluate(slope, *points))
    assert again.problem == problem
    assert again.integrate(u).value == solution.integrate(u).value


def test_functions_without_words_are_not_saved(tmp_path):
    problem = sj.Problem(PLANE, u, sj.Disk((x, y), (0, 0), 1), [sj.on_boundary(sp.Eq(u, x))])
    solution = sj.solve(problem, tol=1e-6, enrich=[sp.fresnels(x)])
    with pytest.raises(sj.ProblemError, match=r"enrich=\[...\] cannot be written"):
        solution.save(tmp_path / "mine.npz")


def test_files_whose_functions_were_altered_are_refused(tmp_path):
    problem = sj.Problem(PLANE, u, sj.Disk((x, y), (0, 0), 1), [sj.on_boundary(sp.Eq(u, x))])
    solution = sj.solve(problem, tol=1e-6, enrich=[sp.exp(x) * sp.cos(y)])
    solution.save(tmp_path / "mine.npz")
    with np.load(tmp_path / "mine.npz") as file:
        contents = dict(file)
    for text in ("exp(x)*cos(z)", "__import__('os')", "9**9**9"):
        contents["head"] = np.array(str(contents["head"]).replace("exp(x)*cos(y)", text))
        np.savez(tmp_path / "worse.npz", **contents)
        with pytest.raises(sj.FileError, match=r"worse.npz"):
            sj.load_solution(tmp_path / "worse.npz")
