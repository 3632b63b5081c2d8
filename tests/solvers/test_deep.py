"""Deep networks trained on statements: right within their estimate, and asked for in words."""

import numpy as np
import pytest
from sympy import Eq, Function, cos, exp, pi, sin, symbols, tanh

import sigmajet as sj
from oracles.cole_hopf import burgers

x, y, t = symbols("x y t")
U, V = Function("u"), Function("v")
RNG = np.random.default_rng(5)


def membrane(factor=1):
    u, exact = U(x, y), exp(x) * sin(pi * y)
    walls = [Eq(u.subs(*wall), exact.subs(*wall)) for wall in ((x, 0), (x, 1), (y, 0), (y, 1))]
    equation = Eq(factor * (u.diff(x, 2) + u.diff(y, 2)), factor * (1 - pi**2) * exact)
    return sj.Problem(
        equation, u, {x: (0, 1), y: (0, 1)}, walls
    ), lambda x, y: np.exp(x) * np.sin(np.pi * y)


def front():
    u, exact = U(x, t), -tanh((x - t / 2) * 5)
    rest = (exact.diff(t) + exact * exact.diff(x) - exact.diff(x, 2) / 20).doit()
    ends = [
        Eq(u.subs(t, 0), exact.subs(t, 0)),
        *(Eq(u.subs(x, a), exact.subs(x, a)) for a in (-1, 1)),
    ]
    equation = Eq(u.diff(t) + u * u.diff(x) - u.diff(x, 2) / 20, rest)
    domain = {x: (-1, 1), t: (0, 1)}
    return sj.Problem(equation, u, domain, ends, time=t), lambda x, t: -np.tanh(5 * (x - t / 2))


def disk():
    u = U(x, y)
    region = sj.Disk((x, y), (0, 0), 1)
    problem = sj.Problem(
        Eq(u.diff(x, 2) + u.diff(y, 2), -4 + 0 * u), u, region, [sj.on_boundary(Eq(u, 0))]
    )
    return problem, lambda x, y: 1 - x**2 - y**2


def spiral():
    equations = [Eq(U(t).diff(t), V(t)), Eq(V(t).diff(t), -U(t))]
    problem = sj.Problem(equations, [U(t), V(t)], {t: (0, 3)}, [Eq(U(0), 0), Eq(V(0), 1)])
    return problem, lambda t: np.array([np.sin(t), np.cos(t)])


def periodic():
    u = U(x, t)
    problem = sj.Problem(
        Eq(u.diff(t) + u.diff(x), 0),
        u,
        {x: (0, 2 * pi), t: (0, 1)},
        [Eq(u.subs(t, 0), cos(x)), Eq(U(0, t), U(2 * pi, t))],
        time=t,
    )
    return problem, lambda x, t: np.cos(x - t)


def error(solution, exact):
    domain = solution.problem.domain
    lower, upper = np.array(domain.lower), np.array(domain.upper)
    points = lower + (upper - lower) * RNG.uniform(size=(2000, len(lower)))
    points = points[domain.holds(points)].T
    return np.linalg.norm(solution(*points) - exact(*points)) / np.linalg.norm(exact(*points))


def hill():
    u, exact = U(x, t), exp(-t) * cos(pi * x / 2)
    ends = [Eq(u.subs(t, 0), exact.subs(t, 0)), *(Eq(u.subs(x, a), 0) for a in (-1, 1))]
    rest = (exact.diff(t) - exact.diff(x, 2) - exact**2).doit()
    problem = sj.Problem(
        Eq(u.diff(t) - u.diff(x, 2) - u**2, rest), u, {x: (-1, 1), t: (0, 1)}, ends, time=t
    )
    return problem, lambda x, t: np.exp(-t) * np.cos(np.pi * x / 2)


@pytest.mark.parametrize("stated", [front, disk, spiral, periodic, hill])
def test_the_error_is_within_the_estimate(stated):
    problem, exact = stated()
    solution = sj.solve(problem, tol=1e-3, method="deep", layers=(10, 10), steps=80)
    assert solution.report.method == "deep"
    assert solution.report.layers == (10, 10)
    assert error(solution, exact) <= 2 * solution.error_estimate <= 2e-3


@pytest.mark.parametrize("steps", [20, 30])
def test_the_estimate_holds_while_a_front_forms(steps):
    u, nu = U(x, t), 0.01 / np.pi
    ends = [Eq(u.subs(t, 0), -sin(pi * x)), *(Eq(u.subs(x, a), 0) for a in (-1, 1))]
    equation = Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2))
    problem = sj.Problem(equation, u, {x: (-1, 1), t: (0, 1)}, ends, time=t)
    options = {"method": "deep", "steps": steps, "seed": 1, "on_failure": "return"}
    solution = sj.solve(problem, **options)
    assert error(solution, lambda x, t: burgers(x, t, nu)) <= solution.error_estimate


def test_a_parity_of_the_solution_is_kept_to_the_last_digit(tmp_path):
    problem, _ = hill()
    solution = sj.solve(problem, tol=1e-3, method="deep", layers=(6, 6))
    solution.save(tmp_path / "a.npz")
    for each in (solution, sj.load_solution(tmp_path / "a.npz")):
        np.testing.assert_allclose(each(-0.3, 0.5), each(0.3, 0.5), rtol=1e-13)
    # Of a statement without it the same network is but a start.
    u = U(x, t)
    tilted = sj.Problem(
        Eq(u.diff(t), u.diff(x, 2)),
        u,
        {x: (-1, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), 1 + x), Eq(u.subs(x, -1), 0), Eq(u.subs(x, 1), 2)],
        time=t,
    )
    options = {"tol": 1e-3, "method": "deep"}
    again = sj.solve(tilted, **options, guess=solution)
    assert again(0.7, 0.5) == pytest.approx(1.7, abs=1e-2)
    assert again.report.layers == (6, 6)


def test_units_of_an_equation_do_not_matter():
    options = {"tol": 1e-2, "method": "deep", "layers": (8, 8), "steps": 60}
    plain, large = (sj.solve(membrane(factor)[0], **options) for factor in (1, 10**9))
    np.testing.assert_allclose(plain(0.3, 0.6), large(0.3, 0.6), rtol=1e-2)


def test_a_solution_is_saved_with_its_weights_and_comes_back(tmp_path):
    problem, _ = membrane()
    solution = sj.solve(problem, tol=1e-2, method="deep", layers=(6, 5))
    solution.save(tmp_path / "a.npz")
    again = sj.load_solution(tmp_path / "a.npz")
    u = U(x, y)
    for each in (u, u.diff(x), u.diff(x, 2, y)):
        assert np.array_equal(again.evaluate(each, 0.3, 0.4), solution.evaluate(each, 0.3, 0.4))
    assert str(again.report) == str(solution.report)
    assert "steps neurons" in str(solution.report)
    formula = solution.to_sympy()
    assert float(formula.subs({x: 0.3, y: 0.4})) == pytest.approx(float(solution(0.3, 0.4)))
    assert solution.integrate(u).error < 1e-2


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path):
    problem, _ = membrane()
    options = {"method": "deep", "layers": (5, 5), "steps": 30, "on_failure": "return"}
    whole = sj.solve(problem, **options)
    file = tmp_path / "run.npz"

    def interrupt(message, fraction):
        if message.startswith("20 steps"):
            raise KeyboardInterrupt

    part = sj.solve(problem, **options, checkpoint=file, progress=interrupt)
    assert not part.converged
    assert "interrupted after 20 steps" in part.failure
    resumed = sj.solve(problem, **options, checkpoint=file)
    assert np.array_equal(resumed(0.3, [0.2, 0.7]), whole(0.3, [0.2, 0.7]))
    assert resumed.error_estimate == whole.error_estimate
    with pytest.raises(sj.ProblemError, match=r"layers = \[5, 5\]"):
        sj.solve(problem, **{**options, "layers": (6,)}, checkpoint=file)


def test_what_limits_a_training_is_said():
    problem, _ = membrane()
    with pytest.raises(sj.NotConverged, match=r"(?s)estimate is .* all 10 steps were") as caught:
        sj.solve(problem, method="deep", layers=(4,), steps=10)
    assert caught.value.solution.error_estimate > 1e-8
    late = sj.solve(problem, method="deep", layers=(4,), seconds=1e-3, on_failure="return")
    assert "0.001 seconds were over" in late.report.notes[-1]


def test_a_pulse_that_points_may_miss_is_not_passed_over():
    u = U(x, y)
    pulse = exp(-((x - 0.5123) ** 2) * 10**8) * 10**4
    walls = [Eq(u.subs(q, a), 0) for q in (x, y) for a in (0, 1)]
    problem = sj.Problem(Eq(u.diff(x, 2) + u.diff(y, 2), pulse), u, {x: (0, 1), y: (0, 1)}, walls)
    solution = sj.solve(problem, tol=0.1, method="deep", layers=(5,), steps=20, on_failure="return")
    assert not solution.converged


@pytest.mark.parametrize("layers", [(100_000, 100_000), (2_000_000_000,)])
def test_networks_that_do_not_fit_into_memory_are_refused_with_numbers(layers):
    problem, _ = membrane()
    with pytest.raises(sj.ProblemError, match=r"layers: got .* about \d+\.\d GB, and \d+\.\d GB"):
        sj.solve(problem, method="deep", layers=layers)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": ()}, "layers"),
        ({"layers": "20"}, "layers"),
        ({"layers": (5, 0)}, "layers"),
        ({"layers": (5, 2.5)}, "layers"),
        ({"layers": (True,)}, "layers"),
        ({"layers": 20}, "layers"),
        ({"steps": 0}, "steps"),
        ({"steps": 1.5}, "steps"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": "long"}, "seconds"),
        ({"width": 40}, "width: .* layers"),
        ({"guess": 0}, "guess: got 0; .* starts from a trained module"),
        ({"method": "steady", "layers": (5,)}, "layers: used by deep networks alone"),
        ({"method": "auto", "steps": 5}, "steps: used by deep networks alone"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_by_name(options, message):
    with pytest.raises(sj.ProblemError, match=message):
        sj.solve(membrane()[0], **{"method": "deep", **options})
