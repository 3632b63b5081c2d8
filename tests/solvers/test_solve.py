"""solve(): options, failure in three manners, progress."""

import pickle
import re
import warnings

import numpy as np
import pytest
from sympy import Eq, Function, Rational, cos, exp, lambdify, pi, sin, symbols

import sigmajet as sj
from sigmajet.problem.compiled.system import System
from sigmajet.solvers import memory
from sigmajet.solvers.boundary_value import steady
from sigmajet.solvers.solve import unsaid_time

x, y, t = symbols("x y t")
u = Function("u")


def easy():
    return sj.Problem(Eq(u(x).diff(x), u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 1)])


def at_rounding():
    """Easy, but not to 1e-15: rounding stands in the way."""
    ends = [Eq(u(0), 1), Eq(u(1), cos(5))]
    return sj.Problem(Eq(u(x).diff(x, 2), -25 * u(x)), u(x), {x: (0, 1)}, ends)


def test_what_is_converged_has_an_estimate_in_many_variables_too():
    """Of two networks of 60 neurons that share half a digit it was said with an infinite one."""
    box = symbols("a:d")
    field, bump = Function("u")(*box), exp(-8 * sum((q - Rational(2, 5)) ** 2 for q in box))
    poisson = Eq(sum(field.diff(q, 2) for q in box), sum(bump.diff(q, 2) for q in box))
    walls = [Eq(field.subs(q, end), bump.subs(q, end)) for q in box for end in (0, 1)]
    problem = sj.Problem(poisson, field, dict.fromkeys(box, (0, 1)), walls)
    coarse = sj.solve(problem, tol=0.5, width=60, on_failure="return")
    assert not coarse.converged
    assert coarse.error_estimate == np.inf


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        ({"tol": 0}, "tol"),
        ({"tol": -1e-8}, "tol"),
        ({"tol": 1.0}, "tol"),
        ({"tol": float("nan")}, "tol"),
        ({"tol": "small"}, "tol"),
        ({"width": 2}, "width"),
        ({"width": -20}, "width"),
        ({"width": 50.0}, "width"),
        ({"width": True}, "width"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"seed": None}, "seed"),
        ({"method": "fastest"}, "method"),
        ({"method": None}, "method"),
        ({"on_failure": "ignore"}, "on_failure"),
    ],
)
def test_an_option_out_of_range_is_named_with_what_was_got(options, culprit):
    (value,) = options.values()
    with pytest.raises(sj.ProblemError, match=f"^{culprit}: got ") as caught:
        sj.solve(easy(), **options)
    assert repr(value) in str(caught.value)
    assert "expected" in str(caught.value)


def test_what_is_no_problem_is_refused():
    with pytest.raises(sj.ProblemError, match="got str, expected a Problem"):
        sj.solve("burgers.toml")


def test_an_evolution_needs_a_time():
    with pytest.raises(sj.ProblemError, match="needs a time"):
        sj.solve(easy(), method="evolution")


def test_the_method_follows_the_statement_and_the_report_says_why():
    field = u(x, t)
    heat = sj.Problem(
        Eq(field.diff(t), field.diff(x, 2)),
        field,
        {x: (0, 1), t: (0, Rational(1, 100))},
        [Eq(u(x, 0), cos(x)), Eq(u(0, t), 1), Eq(u(1, t), cos(1))],
        time=t,
    )
    report = sj.solve(heat, tol=0.1, on_failure="return").report
    assert (report.method, report.reason) == ("evolution", "t is time")
    report = sj.solve(easy()).report
    reason = "an ordinary differential equation with conditions at one place"
    assert (report.method, report.reason) == ("initial_value", reason)
    ends = sj.Problem(Eq(u(x).diff(x, 2), 2), u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 1)])
    report = sj.solve(ends).report
    assert (report.method, report.reason) == ("steady", "no variable is time")
    for method in ("steady", "initial_value"):
        report = sj.solve(easy(), method=method).report
        assert (report.method, report.reason) == (method, "asked for")


def test_a_solution_that_meets_the_tolerance_says_so():
    solution = sj.solve(easy(), tol=1e-7, seed=2)
    assert solution.converged
    assert solution.error_estimate <= 1e-7
    report = solution.report
    assert (report.seed, report.tol, report.notes) == (2, 1e-7, ())
    assert report.attempts[-1].estimate == solution.error_estimate
    assert report.seconds >= sum(a.seconds for a in report.attempts)


def test_failure_raises_and_carries_the_best_solution_and_its_report():
    with pytest.raises(sj.NotConverged) as caught:
        sj.solve(at_rounding(), tol=1e-15)
    solution = caught.value.solution
    assert not solution.converged
    assert solution.error_estimate > 1e-15
    assert solution.error_estimate == min(a.estimate for a in solution.report.attempts)
    grid = np.linspace(0, 1, 20)
    assert np.abs(solution(grid) - np.cos(5 * grid)).max() < 1e-9  # the best is still good
    message = str(caught.value)
    assert "tol = 1.0e-15" in message
    assert "try a larger tol" in message
    assert 'on_failure="return"' in message
    assert "NOT CONVERGED" in repr(solution)


def test_an_estimate_that_is_within_the_tolerance_is_not_said_to_be_above_it():
    """What speaks against such a solution is told beside it."""
    solution = sj.solve(easy())
    solution.converged = False
    assert "is not to be relied on" in solution.failure
    assert "above" not in solution.failure


def test_failure_may_warn_instead():
    with pytest.warns(UserWarning, match="above tol") as caught:
        solution = sj.solve(at_rounding(), tol=1e-15, on_failure="warn")
    assert not solution.converged
    assert caught[0].filename == __file__  # the caller's line is shown, not ours


def test_failure_may_be_returned_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solution = sj.solve(at_rounding(), tol=1e-15, on_failure="return")
    assert not solution.converged


def test_success_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sj.solve(easy(), on_failure="warn").converged


def test_a_listener_hears_messages_and_shares_between_zero_and_one():
    heard = []
    sj.solve(easy(), progress=lambda message, fraction: heard.append((message, fraction)))
    assert heard
    assert all(isinstance(message, str) and 0 <= fraction <= 1 for message, fraction in heard)
    assert heard[-1][1] == 1.0


def test_before_an_attempt_ends_is_said_on_how_many_neurons_it_is():
    heard = []
    ends = [Eq(u(0), 1), Eq(u(1), cos(5))]
    problem = sj.Problem(Eq(u(x).diff(x, 2), -25 * u(x)), u(x), {x: (0, 1)}, ends)
    sj.solve(problem, progress=lambda message, fraction: heard.append((message, fraction)))
    assert heard[0] == ("solving on 1 x 48 neurons", 0.0)
    assert re.fullmatch(r"1 x 48 neurons, error \d\.\de-\d+", heard[-1][0])
    assert heard[-1][1] == 1.0


def test_progress_goes_to_standard_error_and_silence_is_silent(capsys):
    sj.solve(easy(), progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "error" in err
    sj.solve(easy())
    assert capsys.readouterr() == ("", "")


def test_variables_may_have_the_names_that_sympy_gives_to_common_subexpressions():
    """`lambdify` took x0, x1, ... for its own: the source below was another one."""
    x0, x1 = symbols("x0 x1")
    f = Function("f")
    exact = sin(2 * x1) + cos(2 * x1) + exp(2 * x1) + x0
    unknown = f(x0, x1)
    problem = sj.Problem(
        Eq(unknown.diff(x0, 2) + unknown.diff(x1, 2), exact.diff(x1, 2)),
        unknown,
        dict.fromkeys((x0, x1), (0, 1)),
        [Eq(unknown.subs(v, end), exact.subs(v, end)) for v in (x0, x1) for end in (0, 1)],
    )
    solution = sj.solve(problem, tol=1e-8)
    places = np.random.default_rng(0).uniform(0, 1, (2, 50))
    expected = lambdify([x0, x1], exact)(*places)
    np.testing.assert_allclose(solution(*places), expected, rtol=0, atol=1e-7)


def test_a_parameter_may_have_such_a_name_too():
    x0 = symbols("x0")
    y = Function("y")
    rate = sin(2 * x) + cos(2 * x) + exp(2 * x)
    problem = sj.Problem(
        Eq(y(x).diff(x), x0 * rate), y(x), {x: (0, 1)}, [Eq(y(0), 0)], parameters={x0: 3}
    )
    exact = 3 * (sin(1) ** 2 + sin(2) / 2 + (exp(2) - 1) / 2)
    assert sj.solve(problem)(1.0) == pytest.approx(float(exact), rel=1e-9)


def test_what_is_not_converged_goes_through_a_pickle():
    problem = sj.Problem(Eq(u(x).diff(x, 2), -u(x)), u(x), {x: (0, 1)}, [Eq(u(0), 0), Eq(u(1), 1)])
    with pytest.raises(sj.NotConverged) as caught:
        sj.solve(problem, tol=1e-15, width=8)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.solution(0.5) == caught.value.solution(0.5)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({"guess": x}, "guess"), ({"checkpoint": "run.npz"}, "checkpoint")],
)
def test_arguments_that_do_nothing_are_refused(arguments, name):
    problem = sj.Problem(Eq(u(x).diff(x), u(x) ** 2), u(x), {x: (0, 1)}, [Eq(u(0), Rational(1, 2))])
    with pytest.raises(sj.ProblemError, match=rf"{name}: used by .*initial_value"):
        sj.solve(problem, **arguments)


def test_an_event_of_a_problem_in_the_plane_is_refused():
    field = u(x, y)
    walls = [Eq(field.subs(v, a), 0) for v in (x, y) for a in (0, 1)]
    problem = sj.Problem(
        Eq(field.diff(x, 2) + field.diff(y, 2), 1), field, {x: (0, 1), y: (0, 1)}, walls
    )
    with pytest.raises(sj.ProblemError, match="stop_when: used by initial-value problems"):
        sj.solve(problem, stop_when=Eq(field, 1))


def test_a_width_for_which_there_is_no_memory_is_refused_with_the_numbers(monkeypatch):
    monkeypatch.setattr("sigmajet.solvers.memory.free_memory", lambda: 10**9)
    with pytest.raises(sj.ProblemError, match=r"width: got 20000; .* 51\.2 GB, and 1\.0 GB are"):
        sj.solve(at_rounding(), width=20_000)


@pytest.mark.parametrize(("limit", "free"), [("5000\n", 3000), ("1000", 0), ("max\n", None)])
def test_the_memory_that_is_free_is_no_more_than_a_container_leaves(
    limit, free, tmp_path, monkeypatch
):
    (tmp_path / "limit").write_text(limit)
    (tmp_path / "usage").write_text("2000\n")
    monkeypatch.setattr(memory, "_LIMITS", [("nowhere", "nowhere")])
    plain = memory.free_memory()
    assert plain > 10**7
    files = (str(tmp_path / "limit"), str(tmp_path / "usage"))
    monkeypatch.setattr(memory, "_LIMITS", [("nowhere", "nowhere"), files])
    found = memory.free_memory()
    assert found == free if free is not None else found > plain / 2


def test_what_a_file_states_holds_unless_solve_is_given_others(tmp_path):
    file = tmp_path / "fall.toml"
    file.write_text(
        """
unknowns = "h(t)"
equations = "h'' = -9.81"
conditions = ["h(0) = 10", "h'(0) = 0"]
solve = {tol = 1e-5, seed = 3, stop_when = "h = v"}
domain = {t = [0, 9]}
parameters = {v = 1}
"""
    )
    problem = sj.load_problem(file)
    solution = sj.solve(problem)
    assert (solution.report.tol, solution.report.seed) == (1e-5, 3)
    assert solution.report.stopped == pytest.approx(np.sqrt(2 * 9 / 9.81), rel=1e-4)
    other = sj.solve(problem.with_parameters(v=5), 1e-6, seed=0)
    assert (other.report.tol, other.report.seed) == (1e-6, 0)
    assert other.report.stopped == pytest.approx(np.sqrt(2 * 5 / 9.81), rel=1e-5)
    assert sj.solve(problem, stop_when=None, on_failure="return").report.stopped is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": None}, "seed: got None"),
        ({"tolerance": 1e-3}, "solve_options: tolerance is no argument of solve"),
        ({"metod": "auto"}, r"metod is no argument of solve; did you mean method\?"),
        ({"problem": 1}, "problem is no argument"),
    ],
)
def test_options_that_solve_would_refuse_are_refused_with_the_problem(options, words):
    problem = at_rounding().with_solve_options(**options)
    with pytest.raises(sj.ProblemError, match=words):
        sj.solve(problem)
    if "seed" in options:
        with pytest.raises(sj.ProblemError, match=words):
            sj.solve(at_rounding(), seed=None)
        assert sj.solve(problem, seed=0, on_failure="return", tol=1e-3).report.seed == 0


@pytest.mark.parametrize("width", [Rational(1, 300), Rational(1, 2000)])
def test_an_unknown_too_small_beside_another_to_have_digits_is_named(width):
    """A layer of the size 1e-9 beside a sine: the estimate is of the sine."""
    x = symbols("x")
    u, v = Function("u")(x), Function("v")(x)
    small = Rational(1, 10**9)
    equations = [Eq(u.diff(x, 2), -(pi**2) * sin(pi * x)), Eq(width**2 * v.diff(x, 2), v)]
    conditions = [Eq(w.subs(x, end), size) for w, size in ((u, 0), (v, small)) for end in (0, 1)]
    solution = sj.solve(sj.Problem(equations, [u, v], {x: (0, 1)}, conditions), tol=1e-6)
    assert any("v is below 1e-8 of the largest unknown" in note for note in solution.report.notes)


def test_an_unknown_that_vanishes_is_not_named():
    """Rounding beside an unknown of the size of one is no unknown too small."""
    x = symbols("x")
    u, v = Function("u")(x), Function("v")(x)
    conditions = [Eq(w.subs(x, end), end * (w == u)) for w in (u, v) for end in (0, 1)]
    problem = sj.Problem(
        [Eq(u.diff(x, 2), 0), Eq(v.diff(x, 2), v)], [u, v], {x: (0, 1)}, conditions
    )
    assert not sj.solve(problem, tol=1e-9).report.notes


def test_a_variable_that_is_a_time_in_all_but_name_is_told_where_nothing_converged():
    walls = [Eq(u(x, 0), sin(pi * x)), Eq(u(0, t), 0), Eq(u(1, t), 0)]
    heat = sj.Problem(
        Eq(u(x, t).diff(t), u(x, t).diff(x, 2)), u(x, t), {x: (0, 1), t: (0, 0.2)}, walls
    )
    (note,) = unsaid_time(heat, steady.prepare(System.compile(heat)))
    assert "Problem(..., time=t)" in note
    evolving = sj.solve(heat.in_time(t), tol=1e-8)
    assert evolving.report.method == "evolution"
    assert abs(evolving(0.5, 0.1) - np.exp(-0.1 * np.pi**2)) <= 1e-8
    assert not list(unsaid_time(heat.in_time(t), steady.prepare(System.compile(heat))))


def test_a_variable_with_conditions_at_both_ends_is_no_time():
    sides = [Eq(u(0, y), 0), Eq(u(1, y), 0), Eq(u(x, 0), 0), Eq(u(x, 1), x * (1 - x))]
    laplace = sj.Problem(
        u(x, y).diff(x, 2) + u(x, y).diff(y, 2), u(x, y), {x: (0, 1), y: (0, 1)}, sides
    )
    assert not list(unsaid_time(laplace, steady.prepare(System.compile(laplace))))
