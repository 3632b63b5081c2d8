"""Evolutions: order in time, derivatives, walls, systems, what happens when things go wrong."""

import itertools
import re

import numpy as np
import pytest
import sympy
from sympy import Eq, Function, Rational, cos, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.analysis.features.features import features
from sigmajet.approximation.evolving_field import EvolvingField
from sigmajet.problem.compiled.evolution import EvolutionModel
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed
from sigmajet.solvers.evolution.integration import Integration
from sigmajet.solvers.evolution.ladder import Rung

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


def test_an_equation_without_derivatives_in_space_needs_no_walls():
    exact = x + (1 / (1 + sympy.exp(-30 * x + 15)) - x) * sympy.exp(-t)
    problem = sj.Problem(
        Eq(u.diff(t), x - u),
        u,
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), exact.subs(t, 0))],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-7)
    points = np.random.default_rng(0).uniform(0, 1, (2, 300))
    expected = sympy.lambdify((x, t), exact)(*points)
    assert np.linalg.norm(solution(*points) - expected) <= 1e-7 * np.linalg.norm(expected)


def test_an_integration_keeps_the_accuracy_asked_of_it():
    problem = sj.Problem(
        HEAT,
        u,
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), DECAY.subs(t, 0)), *values_at_ends(DECAY)],
        time=t,
    )
    model = EvolutionModel.read(System.compile(problem))
    points = np.random.default_rng(2).uniform(0, 1, (200, 2))
    expected = sympy.lambdify((x, t), DECAY)(*points.T)
    errors = []
    for accuracy in (1e-4, 1e-6, 1e-8):
        wanted = features(problem, accuracy)
        run = Integration(model, Rung(accuracy, (40, 40), 1.0, 1.0), Seed(0), wanted)
        run.run(lambda *_: None, lambda *_: None)
        errors.append(np.abs(run.field.derivatives([(0, (0, 0))], points)[0] - expected).max())
        assert run.stopped is None
        assert run.notes == []
        # Twenty steps at least leave 1e-11 here, whatever is asked.
        assert errors[-1] < accuracy


def test_initial_data_that_contradict_the_walls_are_named():
    problem = sj.Problem(
        HEAT,
        u,
        {x: (0, 1), t: (0, Rational(1, 10))},
        [Eq(u.subs(t, 0), 1), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-2, on_failure="return")
    assert any("contradict each other" in note for note in solution.report.notes)


PERIODIC = [Eq(u.subs(x, -1), u.subs(x, 1))]
WAVE = Eq(u.diff(t, 2), u.diff(x, 2))


@pytest.mark.parametrize(
    ("equation", "initial", "walls", "named"),
    [
        # (x^2 cos pi x)' = 2 x cos pi x - x^2 pi sin pi x is 2 at -1 and -2 at 1.
        (
            HEAT,
            [x**2 * cos(pi * x)],
            PERIODIC,
            ["initial u_x differs by 4 between x = -1 and x = 1"],
        ),
        (HEAT, [x], PERIODIC, ["initial u differs by 2 between x = -1 and x = 1"]),
        (HEAT, [sympy.Abs(x)], PERIODIC, ["initial u_x differs by 2 between x = -1 and x = 1"]),
        (HEAT, [cos(pi * x) + sin(2 * pi * x)], PERIODIC, []),
        (HEAT, [exp(-30 * x**2)], PERIODIC, []),  # its tails are rounding of data, not a kink
        (
            HEAT,
            [1],
            [Eq(u.subs(x, -1), 0), Eq(u.diff(x).subs(x, 1), 3)],
            [r"initial u is 1 at x = -1 and off by 1", r"initial u_x is 0 at x = 1 and off by 3"],
        ),
        (
            HEAT,
            [1],
            [Eq(u.subs(x, -1), 1), Eq(u.diff(x).subs(x, 1), -(u.subs(x, 1) ** 4))],
            ["by 1"],
        ),
        (HEAT, [sin(pi * x)], [Eq(u.subs(x, -1), sin(t)), Eq(u.subs(x, 1), 0)], []),
        (
            WAVE,
            [sin(pi * x), 0],
            [Eq(u.subs(x, -1), sin(2 * t)), Eq(u.subs(x, 1), 0)],
            [r"sin\(2\*t\)`, differentiated 1 time\(s\) by t, by 2"],
        ),
        (WAVE, [0, x], PERIODIC, ["initial u_t differs by 2 between x = -1 and x = 1"]),
    ],
)
def test_what_the_initial_state_and_the_walls_do_not_agree_about_is_named(
    equation, initial, walls, named
):
    given = [Eq(u.diff(t, k).subs(t, 0), value) for k, value in enumerate(initial)]
    problem = sj.Problem(equation, u, {x: (-1, 1), t: (0, 1)}, [*given, *walls], time=t)
    found = EvolutionModel.read(System.compile(problem)).contradictions
    assert len(found) == len(named)
    for note, expected in zip(found, named, strict=True):
        assert re.search(expected, note), note


@pytest.mark.parametrize(("initial", "notes"), [(x**2 * cos(pi * x), 1), (cos(pi * x), 0)])
def test_a_kink_at_the_seam_reaches_the_report(initial, notes):
    problem = sj.Problem(
        HEAT,
        u,
        {x: (-1, 1), t: (0, Rational(1, 100))},
        [Eq(u.subs(t, 0), initial), *PERIODIC],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-2, on_failure="return")
    assert sum("initial u_x differs by 4" in note for note in solution.report.notes) == notes
    assert sum("contradict each other" in note for note in solution.report.notes) == notes


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
    assert solution.report.stopped == pytest.approx(1, abs=0.01)
    with pytest.raises(sj.ProblemError, match=r"outside the domain, 0 to .*stopped at t = "):
        solution(0.5, 1.1)
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
    ends = [(s.times[0], s.times[-1]) for s in field.stretches]
    assert ends[0][0] == 0.0
    assert ends[-1][1] == 1.0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(ends))


def nonlinear_wall(**options):
    """Heat in a rod whose right end radiates, u_x = -u^4 + g(t)."""
    exact = exp(-t) * cos(x) + 2
    given = (exact.diff(x) + exact**4).subs(x, 1)
    walls = [
        Eq(u.diff(x).subs(x, 0), 0),
        Eq(u.diff(x).subs(x, 1), given - u.subs(x, 1) ** 4),
    ]
    equation = Eq(u.diff(t), u.diff(x, 2) + (exact.diff(t) - exact.diff(x, 2)))
    return evolve(equation, u, exact, walls, **options)


def test_a_wall_may_radiate():
    solution, error = nonlinear_wall(tol=1e-8)
    assert error < 1e-8
    assert solution.report.method == "evolution"


def test_the_coefficient_of_a_wall_may_move():
    exact = exp(-t) * cos(x)
    walls = [
        Eq(u.diff(x).subs(x, 0), 0),
        Eq(
            u.subs(x, 1) + (1 + t) * u.diff(x).subs(x, 1),
            (exact + (1 + t) * exact.diff(x)).subs(x, 1),
        ),
    ]
    _, error = evolve(HEAT, u, exact, walls, tol=1e-8)
    assert error < 1e-8


def test_a_spring_on_a_wave_may_be_nonlinear():
    exact = sin(x + t) + 2 * sin(x - t)
    given = (exact.diff(x) + exact**3).subs(x, 1)
    walls = [
        Eq(u.subs(x, 0), exact.subs(x, 0)),
        Eq(u.diff(x).subs(x, 1), given - u.subs(x, 1) ** 3),
    ]
    _, error = evolve(Eq(u.diff(t, 2), u.diff(x, 2)), u, exact, walls, order=2, tol=1e-7)
    assert error < 1e-7


def test_an_integral_alone_is_left_to_space_and_time_at_once():
    exact = exp(-t) * sin(x)
    mean = sympy.integrate(exact, (x, 0, 1))
    walls = [Eq(u.diff(x).subs(x, 0), exp(-t)), Eq(sympy.Integral(u, (x, 0, 1)), mean)]
    solution, error = evolve(HEAT, u, exact, walls, tol=1e-6)
    assert error < 1e-6
    assert solution.report.method == "steady"
    assert "takes nothing on the walls" in solution.report.reason


def kicked(value, walls, equation, end=1, tol=1e-6, left=0):
    problem = sj.Problem(
        equation, u, {x: (left, 1), t: (0, end)}, [Eq(u.subs(t, 0), value), *walls], time=t
    )
    with pytest.raises(sj.NotConverged, match="stopped at t = ") as caught:
        sj.solve(problem, tol=tol)
    report = caught.value.solution.report
    assert f"stopped at t = {report.stopped:.6g}" in report.ending
    return report.stopped


COLD = [Eq(u.subs(x, place), 0) for place in (0, 1)]


def test_a_blow_up_in_space_is_timed():
    # u_t = u_xx + u^2 from 40 sin(pi x): the mean grows at least as in y' = y^2 - pi^2 y from
    # y = 10 pi, and the maximum at most as in y' = y^2 from 40.
    found = kicked(40 * sin(pi * x), COLD, Eq(u.diff(t), u.diff(x, 2) + u**2))
    latest = np.log(1 / (1 - np.pi / 10)) / np.pi**2
    assert 1 / 40 < found < latest


def test_a_quench_is_timed():
    # u_t = u_xx + 10/(1 - u) from zero: without diffusion (1 - u)^2 = 1 - 20 t.
    found = kicked(0, COLD, Eq(u.diff(t), u.diff(x, 2) + 10 / (1 - u)))
    assert 0.05 < found < 0.06


def test_what_overflows_on_the_way_to_a_blow_up_is_not_warned_of():
    # u = -log(exp(-x) - t) is infinite first at x = 1; pytest turns warnings into errors.
    assert kicked(x, [], Eq(u.diff(t), exp(u)), tol=1e-3) == pytest.approx(np.exp(-1), abs=1e-3)


@pytest.mark.parametrize("tol", [1e-4, 1e-6])
def test_a_shock_is_timed(tol):
    periodic = [Eq(u.subs(x, -1), u.subs(x, 1))]
    found = kicked(-sin(pi * x), periodic, Eq(u.diff(t) + u * u.diff(x), 0), tol=tol, left=-1)
    # The jump is zero at 1/pi and grows like the root of the time since: seen just after, or where
    # the front is narrower than the shortest block, just before.
    assert 0.999 / np.pi < found < 1.01 / np.pi


def long_wave():
    walls = [Eq(u.subs(x, 0), u.subs(x, 1))]
    return sj.Problem(
        Eq(u.diff(t) + u.diff(x), 0),
        u,
        {x: (0, 1), t: (0, 20)},
        [Eq(u.subs(t, 0), exp(sin(2 * pi * x))), *walls],
        time=t,
    )


class Interrupt:
    """Progress that raises after so many calls, as Ctrl-C would."""

    def __init__(self, calls):
        self.left = calls

    def __call__(self, message, fraction):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_an_interrupt_hands_back_what_is_done():
    with pytest.raises(sj.NotConverged, match="interrupted in run 1 at t = ") as caught:
        sj.solve(long_wave(), tol=1e-6, progress=Interrupt(30))
    solution = caught.value.solution
    assert not solution.converged
    assert solution(0.3, 0.5) == pytest.approx(np.exp(np.sin(2 * np.pi * -0.2)), abs=1e-4)
    with pytest.raises(sj.ProblemError, match="interrupted in run 1"):
        solution(0.3, 20.0)


@pytest.mark.parametrize("tol", [1e-3, 1e-6])
def test_a_state_leaves_an_unstable_equilibrium(tol):
    """By its own differential equation, u' = -u (1 + 1e-6 - u), which holds at every point."""
    rate = 1 + Rational(1, 10**6)
    walls = [Eq(u.diff(x).subs(x, place), 0) for place in (0, 1)]
    problem = sj.Problem(
        Eq(u.diff(t), u.diff(x, 2) - u * (rate - u)),
        u,
        {x: (0, 1), t: (0, 1000)},
        [Eq(u.subs(t, 0), 1), *walls],
        time=t,
    )
    solution = sj.solve(problem, tol=tol)
    times = np.array([5.0, 13.0, 20.0, 1000.0])
    left = np.exp(-1.000001 * times)
    exact = 1.000001 * left / (left + 1e-6)
    np.testing.assert_allclose(solution(0.5, times), exact, rtol=0, atol=10 * tol)


def test_a_signal_interrupts_as_well():
    import os
    import signal

    def kill(message, fraction):
        if fraction > 0.1:
            os.kill(os.getpid(), signal.SIGINT)

    # A process that a shell has put into the background ignores the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        solution = sj.solve(long_wave(), tol=1e-6, progress=kill, on_failure="return")
    finally:
        signal.signal(signal.SIGINT, before)
    assert not solution.converged
    assert "interrupted" in solution.report.ending
    assert solution.report.attempts[0].residual == np.inf  # of what was cut off none is known


@pytest.mark.parametrize("calls", [30, 149, 250])
def test_a_checkpoint_resumes_to_the_last_bit(tmp_path, calls):
    points = np.random.default_rng(5).uniform(0, 1, (2, 60)) * [[1], [20]]
    whole = sj.solve(long_wave(), tol=1e-6)
    path = tmp_path / "run.npz"
    stopped = sj.solve(
        long_wave(), tol=1e-6, progress=Interrupt(calls), on_failure="return", checkpoint=path
    )
    assert not stopped.converged
    resumed = sj.solve(long_wave(), tol=1e-6, checkpoint=path)
    assert resumed(*points).tobytes() == whole(*points).tobytes()
    assert resumed.error_estimate == whole.error_estimate
    assert list(tmp_path.iterdir()) == [path]


def test_a_solution_with_kinks_in_time_is_read_back_and_resumed(tmp_path):
    u = Function("u")(x, t)
    on = sympy.Piecewise((0, t < Rational(1, 3)), (1, t < Rational(2, 3)), (0, True))
    conditions = [Eq(u.subs(t, 0), x - x**2), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)]
    domain = {x: (0, 1), t: (0, 1)}
    problem = sj.Problem(Eq(u.diff(t), u.diff(x, 2) + on), u, domain, conditions, time=t)
    whole = sj.solve(problem, tol=1e-4)
    whole.save(tmp_path / "saved.npz")
    points = np.random.default_rng(5).uniform(0, 1, (2, 60))
    assert sj.load_solution(tmp_path / "saved.npz")(*points).tobytes() == whole(*points).tobytes()
    path = tmp_path / "run.npz"
    options = {"tol": 1e-4, "checkpoint": path}
    sj.solve(problem, progress=Interrupt(30), on_failure="return", **options)
    assert sj.solve(problem, **options)(*points).tobytes() == whole(*points).tobytes()


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    sj.solve(long_wave(), tol=1e-4, progress=Interrupt(30), on_failure="return", checkpoint=path)
    with pytest.raises(sj.ProblemError, match=r"run\.npz is of a solve of tol = 0\.0001"):
        sj.solve(long_wave(), tol=1e-5, checkpoint=path)
    other = sj.Problem(HEAT, u, {x: (0, 1), t: (0, 1)}, [Eq(u.subs(t, 0), 0), *COLD], time=t)
    with pytest.raises(sj.ProblemError, match="of another problem"):
        sj.solve(other, tol=1e-4, checkpoint=path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(sj.FileError, match="damaged"):
        sj.solve(long_wave(), tol=1e-4, checkpoint=path)


def test_a_checkpoint_that_cannot_be_written_is_warned_of_once_and_the_solve_goes_on(
    tmp_path, monkeypatch
):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sigmajet.solvers.checkpoint.np.savez", full)
    with pytest.warns(RuntimeWarning, match="No space left on device; the solve goes on") as seen:
        solution = sj.solve(long_wave(), tol=1e-4, checkpoint=tmp_path / "run.npz")
    assert solution.converged
    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(sj.FileError, match="there is no folder"):
        sj.solve(long_wave(), tol=1e-4, checkpoint=tmp_path / "no" / "run.npz")


def test_only_an_evolution_takes_a_checkpoint(tmp_path):
    s = symbols("s")
    f = Function("f")(s)
    problem = sj.Problem(Eq(f.diff(s), -f), f, {s: (0, 1)}, [Eq(f.subs(s, 0), 1)])
    with pytest.raises(
        sj.ProblemError, match="checkpoint: used by evolutions in time and deep networks alone"
    ):
        sj.solve(problem, checkpoint=tmp_path / "run.npz")


@pytest.mark.parametrize("sharpness", [50, 200])
def test_a_pulse_in_time_is_not_stepped_over(sharpness):
    s, r = symbols("s r")
    field = Function("w")(s, r)
    exact = sin(s) + exp(-(((r - Rational(1123, 1000)) * sharpness) ** 2)) * s
    problem = sj.Problem(
        Eq(
            field.diff(r) - field.diff(s, 2) / 100,
            exact.diff(r) - exact.diff(s, 2) / 100,
        ),
        field,
        {s: (0, 1), r: (0, 2)},
        [Eq(field.subs(*at), exact.subs(*at)) for at in ((r, 0), (s, 0), (s, 1))],
        time=r,
    )
    solution = sj.solve(problem, tol=1e-7)
    places, times = np.random.default_rng(0).uniform([[0], [0]], [[1], [2]], (2, 4000))
    pulse = np.exp(-(((times - 1.123) * sharpness) ** 2)) * places
    np.testing.assert_allclose(solution(places, times), np.sin(places) + pulse, atol=1e-6)


@pytest.mark.parametrize("exact", ["wall", "start"])
def test_a_pulse_as_narrow_as_it_is_near_to_a_switch_is_not_stepped_over(exact):
    variable = t if exact == "wall" else x
    after = variable - Rational(5613, 10_000)

    def from_there(formula):
        return sympy.Piecewise((formula, after > 0), (0, True))

    if exact == "wall":  # a pulse of heat from x = -b, in waves of time as narrow as b^2
        b = 0.041
        pulse = b * from_there(
            (x + b) * after ** Rational(-3, 2) * exp(-((x + b) ** 2) / after / 4)
        )
        equation, walls = HEAT, values_at_ends(pulse)
    else:
        pulse = 1 + from_there(exp(-1e-5 / after) * after ** Rational(-3, 2)) / 1000
        equation, walls, pulse = Eq(u.diff(t), -u), [], pulse * exp(-t)
    problem = sj.Problem(
        equation, u, {x: (0, 1), t: (0, 1)}, [Eq(u.subs(t, 0), pulse.subs(t, 0)), *walls], time=t
    )
    solution = sj.solve(problem, tol=1e-3)
    places = np.random.default_rng(0).random((2, 2000))
    near = 0.5613 + np.geomspace(1e-6, 0.4, 2000)
    places[int(exact == "wall")] = near
    expected = sympy.lambdify((x, t), pulse)(*places)
    error = np.linalg.norm(solution(*places) - expected) / np.linalg.norm(expected)
    assert error < max(1e-3, 10 * solution.error_estimate) <= 1e-2


FROM_REST = t**2 * (sin((62 * t + 90 * x) / 100) - sin(4 * t + 2 * x) / 2 - Rational(1, 5))


@pytest.mark.parametrize("tol", [1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize(
    ("exact", "order"),
    [(FROM_REST, 2), (sin(4 * x + 2 * t), 1), (cos(5 * x - 3 * t), 2)],
    ids=["a wave from rest", "heat", "a wave"],
)
def test_an_estimate_is_of_the_solution_handed_back(exact, order, tol):
    # The run before it may be far off: the distance to it is up to 200 times the error.
    equation = Eq(u.diff(t, order) - u.diff(x, 2), exact.diff(t, order) - exact.diff(x, 2))
    walls = [
        Eq(f.subs(x, p), g.subs(x, p)) for f, g, p in ((u, exact, 0), (u.diff(x), exact.diff(x), 1))
    ]
    solution, error = evolve(equation, u, exact, walls, order=order, tol=tol)
    assert error < solution.error_estimate < 50 * error


@pytest.mark.parametrize("slip", [0, Rational(1, 10**4)])
def test_a_third_condition_has_to_agree_where_the_number_that_walls_take_is_not_certain(slip):
    s, r = symbols("s r")
    field, speed = Function("w")(s, r), Function("v")(s, r)
    flux = Eq(field.diff(s).subs(s, 0), pi * cos(pi * r) + slip * r)
    problem = sj.Problem(
        [Eq(field.diff(r), speed), Eq(speed.diff(r), field.diff(s, 2))],
        [field, speed],
        {s: (0, 1), r: (0, 1)},
        [
            Eq(field.subs(r, 0), sin(pi * s)),
            Eq(speed.subs(r, 0), 0),
            *(Eq(field.subs(s, end), 0) for end in (0, 1)),
            flux,
        ],
        time=r,
    )
    solution = sj.solve(problem, tol=1e-6, on_failure="return")
    assert solution.converged == (slip == 0)
    assert solution.error_estimate < 1e-6 or slip


@pytest.mark.parametrize("tol", [1e-3, 1e-6])
@pytest.mark.parametrize(
    ("wall", "end", "truth"),
    [
        # (1 - x) g + v(x), once what the start excites has died: v'' = (1 - x) g'
        (lambda t: t, 10, lambda x: 10 * (1 - x) + x**2 / 2 - x**3 / 6 - x / 3),
        (lambda t: sympy.tanh(5 * t), 10, lambda x: 1 - x),
        (lambda t: sympy.Integer(1), 3, lambda x: 1 - x),
        (lambda t: sympy.Integer(1), 1000, lambda x: 1 - x),
        (lambda t: 20 * t / (1 + t), 1000, lambda x: (1 - x) * 20 * 1000 / 1001 + 0 * x),
    ],
)
def test_a_state_at_rest_is_driven_by_its_wall(wall, end, truth, tol):
    x, t = symbols("x t")
    w = Function("w")(x, t)
    walls = [Eq(w.subs(x, 0), wall(t)), Eq(w.subs(x, 1), 0)]
    problem = sj.Problem(
        Eq(w.diff(t), w.diff(x, 2)),
        w,
        {x: (0, 1), t: (0, end)},
        [Eq(w.subs(t, 0), 0), *walls],
        time=t,
    )
    places = np.linspace(0, 1, 21)
    found = sj.solve(problem, tol=tol)(places, end)
    assert np.abs(found - truth(places)).max() < 20 * tol * np.abs(truth(places)).max()


def test_a_jump_at_a_wall_does_not_depend_on_how_long_one_looks():
    """Heat that enters a rod of 0.1 with a diffusivity of 1e-5 within an hour."""
    x, t = symbols("x t")
    w = Function("w")(x, t)
    walls = [Eq(w.diff(x).subs(x, 0), 0), Eq(w.subs(x, Rational(1, 10)), 1)]
    problem = sj.Problem(
        Eq(w.diff(t), w.diff(x, 2) / 10**5),
        w,
        {x: (0, Rational(1, 10)), t: (0, 3600)},
        [Eq(w.subs(t, 0), 0), *walls],
        time=t,
    )
    number = np.arange(200)
    roots = (number + 0.5) * np.pi
    series = 1 - np.sum(2 * (-1.0) ** number / roots * np.exp(-1e-5 * 3600 * roots**2 / 0.01))
    assert abs(sj.solve(problem, tol=1e-6)(0.0, 3600.0) - series) < 1e-5


@pytest.mark.parametrize("formula", [True, False])
def test_a_start_known_by_formula_is_judged_by_that_and_not_by_what_blocks_resolve(formula):
    """Of a narrow spot, which coarse blocks miss by 1e-2, a contradiction of the walls was told."""
    shape = Function("f")
    start = exp(-2000 * (x - Rational(1, 2)) ** 2) if formula else shape(x)
    functions = {} if formula else {shape: lambda places: np.exp(-2000 * (places - 0.5) ** 2)}
    walls = [Eq(u.diff(x).subs(x, end), 0) for end in (0, 1)]
    problem = sj.Problem(
        HEAT, u, {x: (0, 1), t: (0, 1)}, [Eq(u.subs(t, 0), start), *walls], time=t,
        functions=functions,
    )  # fmt: skip
    model = EvolutionModel.read(System.compile(problem))
    assert isinstance(model, EvolutionModel)
    assert not model.contradictions
    assert model.judged is formula


def test_jumps_of_code_in_time_are_found():
    on, last = Function("f"), 0.3142
    problem = sj.Problem(
        Eq(u.diff(t), u.diff(x, 2) + on(t) * sin(pi * x)),
        u,
        {x: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), 0), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)],
        time=t,
        functions={on: lambda time: np.where((time > 0.3137) & (time < last), 1.0, 0.0)},
    )
    solution = sj.solve(problem, tol=1e-8)
    times = np.array([0.3, 0.3142, 0.62, 1.0])
    since = [np.maximum(times - moment, 0.0) for moment in (0.3137, last)]
    expected = (np.exp(-(np.pi**2) * since[1]) - np.exp(-(np.pi**2) * since[0])) / np.pi**2
    np.testing.assert_allclose(solution(0.5, times), expected, atol=1e-9 * expected.max())
