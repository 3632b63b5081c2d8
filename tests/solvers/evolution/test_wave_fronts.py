"""Kinks and jumps that waves carry along: followed on characteristics, to rounding."""

import mpmath
import numpy as np
import pytest
from sympy import (
    Abs,
    Derivative,
    E,
    Eq,
    Function,
    Heaviside,
    Integral,
    Max,
    Min,
    Piecewise,
    Rational,
    atan,
    cos,
    exp,
    log,
    pi,
    sin,
    symbols,
)

import sigmajet as sj

x, t = symbols("x t")
u, v = Function("u"), Function("v")
U, V = u(x, t), v(x, t)
U_T, U_X = U.diff(t), U.diff(x)
WAVE = Eq(U.diff(t, 2), U.diff(x, 2))
AT_REST = Eq(U_T.subs(t, 0), 0)
FIXED = [Eq(u(0, t), 0), Eq(u(1, t), 0)]
BOX = Heaviside(x - Rational(3, 10)) - Heaviside(x - Rational(6, 10))


def stated(equations, conditions, end, places=(0, 1), unknowns=U):
    return sj.Problem(equations, unknowns, {x: places, t: (0, end)}, conditions, time=t)


def box(places):
    return ((places > 0.3) & (places < 0.6)).astype(float)


def reflected(shape):
    """The odd extension of period two of a shape on [0, 1]: what a string between walls is."""

    def extended(places):
        inside = np.mod(places, 2)
        return np.where(inside <= 1, shape(inside), -shape(2 - inside))

    return extended


def of_a_string(shape):
    """d'Alembert's solution from rest."""
    extended = reflected(shape)
    return lambda places, times: 0.5 * (extended(places - times) + extended(places + times))


def driven(wall):
    """From rest by the left wall, the right one held: a wave and its images."""

    def solution(places, times):
        total = np.zeros_like(places)
        for image in range(6):
            for sign, delay in (
                (1, times - places - 2 * image),
                (-1, times + places - 2 - 2 * image),
            ):
                total += sign * np.where(delay > 0, wall(delay), 0.0)
        return total

    return solution


def pulse(places, times):
    delay = times - places
    return np.where(delay > 0, np.exp(-(((delay - 0.25) * 5000) ** 2)), 0.0)


def to_delay(places):
    """How long a wind of the speed 1 + |x - 7/10| takes from 7/10 on."""
    return np.sign(places - 0.7) * np.log1p(np.abs(places - 0.7))


def from_delay(times):
    return 0.7 + np.sign(times) * np.expm1(np.abs(times))


CASES = {
    "a plucked string": (
        stated(WAVE, [Eq(u(x, 0), Min(x / 3, 1 - x)), AT_REST, *FIXED], 3),
        of_a_string(lambda s: np.minimum(s / 3, 1 - s)),
    ),
    "a string with kinks at halves and quarters": (
        stated(
            WAVE,
            [Eq(u(x, 0), Max(0, Rational(1, 4) - Abs(x - Rational(1, 2)))), AT_REST, *FIXED],
            1,
        ),
        of_a_string(lambda s: np.maximum(0, 0.25 - np.abs(s - 0.5))),
    ),
    "a wave driven from rest": (
        stated(WAVE, [Eq(u(x, 0), 0), AT_REST, Eq(u(0, t), sin(4 * t)), Eq(u(1, t), 0)], 3),
        driven(lambda s: np.sin(4 * s)),
    ),
    "a wall that is moved at once": (
        stated(WAVE, [Eq(u(x, 0), 0), AT_REST, Eq(u(0, t), atan(20 * t)), Eq(u(1, t), 0)], 1),
        driven(lambda s: np.arctan(20 * s)),
    ),
    "a box carried by a wind": (
        stated(Eq(U_T + U_X, 0), [Eq(u(x, 0), BOX), Eq(u(0, t), 0)], 1, (0, 2)),
        lambda places, times: box(places - times),
    ),
    "a box that goes round": (
        stated(Eq(U_T + U_X, 0), [Eq(u(x, 0), BOX), Eq(u(0, t), u(1, t))], 2),
        lambda places, times: box(np.mod(places - times, 1)),
    ),
    "a box that fades": (
        stated(Eq(U_T - 2 * U_X, -x * U), [Eq(u(x, 0), BOX), Eq(u(1, t), 0)], Rational(1, 4)),
        lambda places, times: box(places + 2 * times) * np.exp(-places * times - times**2),
    ),
    "a wall that switches": (
        stated(
            Eq(U_T + U_X, 0),
            [Eq(u(x, 0), 0), Eq(u(0, t), Piecewise((0, t < Rational(1, 3)), (1, True)))],
            1,
        ),
        lambda places, times: (times - places > 1 / 3).astype(float),
    ),
    "a pulse of a wall": (
        stated(
            Eq(U_T + U_X, 0),
            [Eq(u(x, 0), 0), Eq(u(0, t), exp(-(((t - Rational(1, 4)) * 5000) ** 2)))],
            Rational(1, 2),
        ),
        pulse,
    ),
    "a box carried by a wind that grows": (
        stated(Eq(U_T + (1 + x / 2) * U_X, 0), [Eq(u(x, 0), BOX), Eq(u(0, t), 0)], 1, (0, 2)),
        lambda places, times: box((2 + places) * np.exp(-times / 2) - 2),
    ),
    "a wind that turns round in a ring": (
        stated(Eq(U_T + 3 * cos(4 * t) * U_X, 0), [Eq(u(x, 0), BOX), Eq(u(0, t), u(1, t))], 1),
        lambda places, times: box(np.mod(places - 0.75 * np.sin(4 * times), 1)),
    ),
    "a wind with a kink": (
        stated(
            Eq(U_T + (1 + Abs(x - Rational(7, 10))) * U_X, 0),
            [Eq(u(x, 0), BOX), Eq(u(0, t), 0)],
            1,
            (0, 2),
        ),
        lambda places, times: box(from_delay(to_delay(places) - times)),
    ),
    "a wind that dies away at both walls": (
        stated(Eq(U_T + sin(pi * x) / 2 * U_X, 0), [Eq(u(x, 0), BOX)], 1),
        lambda places, times: box(
            2 / np.pi * np.arctan(np.tan(np.pi * places / 2) * np.exp(-np.pi * times / 2))
        ),
    ),
    "a wind towards a place where it dies away": (
        stated(
            Eq(U_T - 10 * (x - Rational(1, 2)) * U_X, 0),
            [
                Eq(u(x, 0), Abs(x - Rational(1, 3))),
                Eq(u(0, t), Rational(1, 3)),
                Eq(u(1, t), Rational(2, 3)),
            ],
            4,
        ),
        lambda places, times: np.abs(
            0.5 + np.clip((places - 0.5) * np.exp(10 * times), -0.5, 0.5) - 1 / 3
        ),
    ),
    "a kink that leaves a place where the wind is zero": (
        stated(
            Eq(U_T + 10 * (x - Rational(1, 2)) * U_X, 0),
            [Eq(u(x, 0), Abs(x - Rational(1, 2) - Rational(1, 10**9)))],
            4,
        ),
        lambda places, times: np.abs((places - 0.5) * np.exp(-10 * times) - 1e-9),
    ),
    "a string that grows heavier": (
        stated(
            Eq(U.diff(t, 2), (1 + x) ** 2 * U.diff(x, 2) + (1 + x) * U_X),
            [
                Eq(u(x, 0), Max(0, Rational(1, 4) - Abs(log(1 + x) - Rational(1, 2)))),
                AT_REST,
                Eq(u(0, t), 0),
                Eq(u(E - 1, t), 0),
            ],
            2,
            (0, E - 1),
        ),
        lambda places, times: of_a_string(lambda s: np.maximum(0, 0.25 - np.abs(s - 0.5)))(
            np.log1p(places), times
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_carried_stays_sharp_and_its_error_is_known(name):
    problem, exact = CASES[name]
    solution = sj.solve(problem, tol=1e-4)
    assert solution.report.method == "evolution"
    assert any("followed along" in note for note in solution.report.notes)
    places = np.random.default_rng(1).uniform(
        problem.domain.lower, problem.domain.upper, (20000, 2)
    )
    if name == "a pulse of a wall":
        delay = np.random.default_rng(2).normal(0.25, 2e-4, 20000)
        places[:, 0] = np.clip(places[:, 1] - delay, 0, 1)
    true = exact(*places.T)
    found = solution(*places.T)
    error = np.linalg.norm(found - true) / np.linalg.norm(true)
    assert error < 1e-4
    assert error < max(10 * solution.error_estimate, 1e-12)


def test_cells_are_cut_where_they_do_not_resolve_what_is_smooth():
    """Many waves beside a kink: degree 12 sees nothing of them on cells that the kink leaves."""
    shape = cos(40 * x) + Abs(x - Rational(1, 4))
    carried = [Eq(u(x, 0), shape), Eq(u(0, t), shape.subs(x, -t))]
    problem = stated(Eq(U_T + U_X, 0), carried, Rational(1, 2))
    solution = sj.solve(problem, tol=1e-7)
    places, times = np.random.default_rng(1).uniform(0, [[1.0], [0.5]], (2, 5000))
    back = places - times
    true = np.cos(40 * back) + np.abs(back - 0.25)
    error = np.linalg.norm(solution(places, times) - true) / np.linalg.norm(true)
    assert error < 1e-7
    assert error < 10 * solution.error_estimate
    first, *_, last = solution.report.attempts
    assert last.blocks > first.blocks
    assert last.degree < 20


def breakthrough(place, moment):
    """The fluid of a packed bed behind its front (A. Anzelius, 1926)."""
    far, late = mpmath.mpf(place), mpmath.mpf(moment - place)

    def part(s):
        return mpmath.exp(-s) * mpmath.besseli(0, 2 * mpmath.sqrt(s * late))

    return float(1 - mpmath.exp(-late) * mpmath.quad(part, [0, far]))


def test_a_packed_bed_takes_a_jump_at_its_inlet():
    problem = stated(
        [Eq(U_T + U_X, V - U), Eq(V.diff(t), U - V)],
        [Eq(u(x, 0), 0), Eq(v(x, 0), 0), Eq(u(0, t), 1)],
        3,
        (0, 2),
        unknowns=[U, V],
    )
    solution = sj.solve(problem, tol=1e-6)
    for place, moment in ((1.0, 2.0), (0.5, 0.6), (1.5, 3.0)):
        assert abs(solution(place, moment)[0] - breakthrough(place, moment)) < 1e-6
    assert abs(solution(1.5, 1.4)[0]) < 1e-12  # ahead of the front
    assert abs(solution(1.5, 1.51)[0] - np.exp(-1.5)) < 0.02  # and behind it


def test_a_pair_of_first_order_carries_a_box_both_ways():
    problem = stated(
        [Eq(U_T, V.diff(x)), Eq(V.diff(t), U_X)],
        [Eq(u(x, 0), BOX), Eq(v(x, 0), 0), *FIXED],
        1,
        unknowns=[U, V],
    )
    solution = sj.solve(problem, tol=1e-6)
    inside = np.random.default_rng(0).uniform(0, 1, (2, 4000))
    true = of_a_string(box)(*inside)
    np.testing.assert_allclose(solution(*inside)[0], true, atol=1e-9)


def test_the_energy_of_a_string_is_kept_and_files_hold_it(tmp_path):
    problem = CASES["a plucked string"][0]
    solution = sj.solve(problem, tol=1e-4)
    energy = Integral((U_T**2 + U_X**2) / 2, (x, 0, 1))
    moments, values = solution.monitor(energy)
    assert len(moments) > 10
    np.testing.assert_allclose(values, (0.75 / 9 + 0.25) / 2, rtol=1e-8)
    solution.save(tmp_path / "string.npz")
    read = sj.load_solution(tmp_path / "string.npz")
    points = np.random.default_rng(0).uniform(0, 1, (2, 500))
    np.testing.assert_array_equal(read(*points), solution(*points))
    slopes = solution.evaluate(U_X, np.array([0.1, 0.9]), np.array([0.0, 0.0]))
    np.testing.assert_allclose(slopes, [1 / 3, -1], atol=1e-8)


def test_two_waves_whose_speeds_vary_carry_a_box_both_ways():
    stretched = BOX.subs(x, log(1 + x))
    problem = stated(
        [Eq(U_T, (1 + x) * V.diff(x)), Eq(V.diff(t), (1 + x) * U_X)],
        [Eq(u(x, 0), stretched), Eq(v(x, 0), 0), Eq(u(0, t), 0), Eq(u(E - 1, t), 0)],
        1,
        (0, E - 1),
        unknowns=[U, V],
    )
    solution = sj.solve(problem, tol=1e-6)
    places, times = np.random.default_rng(0).uniform((0, 0), (np.e - 1, 1), (4000, 2)).T
    true = of_a_string(box)(np.log1p(places), times)
    np.testing.assert_allclose(solution(places, times)[0], true, atol=1e-9)


def test_curved_fronts_are_saved_and_run_back(tmp_path):
    """What is known at the end of time was, before, where the wind had it from."""
    problem = sj.Problem(
        Eq(U_T + (1 + x / 2) * U_X, 0),
        U,
        {x: (0, 2), t: (0, 1)},
        [Eq(u(x, 1), BOX.subs(x, x - 1)), Eq(u(2, t), 0)],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-6)
    solution.save(tmp_path / "wind.npz")
    read = sj.load_solution(tmp_path / "wind.npz")
    points = np.random.default_rng(0).uniform((0, 0), (2, 1), (4000, 2)).T
    later = (2 + points[0]) * np.exp((1 - points[1]) / 2) - 2
    np.testing.assert_allclose(read(*points), box(later - 1), atol=1e-10)


def test_a_box_that_is_known_at_the_end_runs_back():
    later = BOX.subs(x, x - 1)
    problem = sj.Problem(
        Eq(U_T + U_X, 0), U, {x: (0, 2), t: (0, 1)}, [Eq(u(x, 1), later), Eq(u(2, t), 0)], time=t
    )
    solution = sj.solve(problem, tol=1e-6)
    points = np.random.default_rng(0).uniform((0, 0), (2, 1), (4000, 2)).T
    np.testing.assert_allclose(solution(*points), box(points[0] - points[1]), atol=1e-10)


def test_a_source_that_sets_in_parts_time():
    """The first mode of a string is driven from t = 1/2 on, beside a kink that runs."""
    source = Heaviside(t - Rational(1, 2)) * sin(pi * x)
    problem = stated(
        Eq(U.diff(t, 2), U.diff(x, 2) + source), [Eq(u(x, 0), Min(x, 1 - x)), AT_REST, *FIXED], 2
    )
    solution = sj.solve(problem, tol=1e-8)
    points = np.random.default_rng(0).uniform((0, 0), (1, 2), (4000, 2)).T
    late = np.maximum(points[1] - 0.5, 0)
    true = of_a_string(lambda s: np.minimum(s, 1 - s))(*points)
    true += (1 - np.cos(np.pi * late)) / np.pi**2 * np.sin(np.pi * points[0])
    np.testing.assert_allclose(solution(*points), true, atol=1e-8)


ELSEWHERE = {
    "smooth data": stated(WAVE, [Eq(u(x, 0), sin(pi * x)), AT_REST, *FIXED], 1),
    "diffusion": stated(
        Eq(U_T, U.diff(x, 2)), [Eq(u(x, 0), Min(x, 1 - x)), *FIXED], Rational(1, 10)
    ),
    "smooth data at a speed that varies": stated(
        Eq(U_T + (1 + x) * U_X, 0), [Eq(u(x, 0), x * exp(-x)), Eq(u(0, t), 0)], Rational(1, 2)
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_has_no_fronts_goes_the_common_way(name):
    solution = sj.solve(ELSEWHERE[name], tol=1e-2)
    assert not any("followed along" in note for note in solution.report.notes)


@pytest.mark.parametrize(
    ("first", "second", "place"), [(3, 1, Rational(2, 7)), (1, 2, Rational(1, 3))]
)
def test_a_speed_that_jumps_bends_the_lines_and_the_flux_goes_on(first, second, place):
    """What flows, a u, keeps its value along lines; there is none of it once the wall is shut."""
    speed = Piecewise((first, x < place), (second, True))
    shut = Rational(1, 3)
    problem = stated(
        Eq(U_T + Derivative(speed * U, x), 0),
        [Eq(u(x, 0), 1), Eq(u(0, t), Piecewise((1, t < shut), (0, True)))],
        2,
    )
    solution = sj.solve(problem, tol=1e-6)
    places, times = np.random.default_rng(0).uniform(0, [[1], [1]], (2, 200))
    cut = float(place)
    after = np.where(places < cut, places / first, cut / first + (places - cut) / second)
    began = after - times  # when it came in; what was there at the start has come out of neither
    here = np.where(places < cut, first, second)
    there = np.where((began > 0) & (began > cut / first), second, first)
    exact = np.where(-began > shut, 0.0, there / here)
    np.testing.assert_allclose(solution(places, times), exact, rtol=0, atol=1e-6)
