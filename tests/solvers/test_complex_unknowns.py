"""Complex problems against formulas in complex numbers."""

import numpy as np
import pytest
import sympy
from sympy import Eq, Function, I, symbols

import sigmajet as sj

x, y, t = symbols("x y t")
u = Function("u")
U = u(x)


def line(equation, conditions, end=1):
    return sj.Problem(equation, U, {x: (0, end)}, conditions)


def sound_that_is_damped():
    """An outgoing wave in a medium that absorbs."""
    k = 5 * np.sqrt(1 + 0.1j)
    problem = line(
        Eq(U.diff(x, 2) + 25 * (1 + I / 10) * U, 0),
        [Eq(u(0), 1), Eq(U.diff(x).subs(x, 1), I * sympy.sympify(complex(k)) * u(1))],
    )
    return problem, (0.7,), np.exp(0.7j * k)


def layers_of_two_kinds():
    k = sympy.Piecewise((1, x < 0.5), (2 + I, True))
    problem = line(sj.divergence(k * U.diff(x), x), [Eq(u(0), 0), Eq(u(1), 1)])
    return problem, (0.5,), 0.5 / (0.5 + 0.5 / (2 + 1j))


def rotation():
    return line(Eq(U.diff(x), I * U), [Eq(u(0), 1)]), (1.0,), np.exp(1j)


def phase_by_its_size():
    problem = line(Eq(I * U.diff(x), sympy.Abs(U) ** 2 * U), [Eq(u(0), 1 + I)])
    return problem, (1.0,), (1 + 1j) * np.exp(-2j)


def root():
    return line(Eq(U.diff(x), I * sympy.sqrt(U)), [Eq(u(0), 1)]), (1.0,), (1 + 0.5j) ** 2


def well():
    psi = u(x, t)
    problem = sj.Problem(
        Eq(I * psi.diff(t), -psi.diff(x, 2) / 2),
        psi,
        {x: (0, 1), t: (0, 1)},
        [Eq(u(x, 0), sympy.sin(sympy.pi * x)), Eq(u(0, t), 0), Eq(u(1, t), 0)],
        time=t,
    )
    return problem, (0.3, 0.8), np.sin(0.3 * np.pi) * np.exp(-0.4j * np.pi**2)


def plane_wave():
    w = sympy.exp(I * (3 * x + 4 * y))
    wave = u(x, y)
    walls = [Eq(wave.subs(v, 0), w.subs(v, 0)) for v in (x, y)]
    leaving = [Eq(wave.diff(v).subs(v, 1), k * I * wave.subs(v, 1)) for v, k in ((x, 3), (y, 4))]
    square = {x: (0, 1), y: (0, 1)}
    equation = Eq(wave.diff(x, 2) + wave.diff(y, 2) + 25 * wave, 0)
    return sj.Problem(equation, wave, square, walls + leaving), (0.3, 0.6), np.exp(3.3j)


def ginzburg_landau():
    """A plane wave of amplitude sqrt(1 - k^2)."""
    wave, (a, b, k) = u(x, t), (2, 0.5, 0.5)
    size, turn = np.sqrt(1 - k**2), b + (a - b) * k**2
    problem = sj.Problem(
        Eq(
            wave.diff(t), wave + (1 + a * I) * wave.diff(x, 2) - (1 + b * I) * abs(wave) ** 2 * wave
        ),
        wave,
        {x: (0, 4 * sympy.pi), t: (0, 1)},
        [Eq(u(x, 0), size * sympy.exp(I * x / 2)), Eq(u(0, t), u(4 * sympy.pi, t))],
        time=t,
    )
    return problem, (1.0, 0.9), size * np.exp(1j * (0.5 - 0.9 * turn))


@pytest.mark.parametrize(
    "stated",
    [
        *(sound_that_is_damped, layers_of_two_kinds, rotation, phase_by_its_size, root, well),
        *(plane_wave, ginzburg_landau),
    ],
)
def test_a_complex_problem_has_complex_values(stated):
    problem, place, truth = stated()
    solution = sj.solve(problem, tol=1e-7)
    value = solution(*place)
    assert abs(value - truth) < 1e-7
    assert solution.u(*place) == value


def test_what_is_asked_of_a_complex_solution(tmp_path):
    problem, place, truth = well()
    solution = sj.solve(problem, tol=1e-7)
    psi = u(x, t)
    square, error = solution.evaluate(sympy.Abs(psi) ** 2, *place, with_error=True)
    assert square == pytest.approx(abs(truth) ** 2, abs=1e-7)
    assert error < 1e-7
    assert solution.evaluate("conjugate(u)", *place) == pytest.approx(truth.conjugate(), abs=1e-7)
    _, mass = solution.monitor(sympy.Integral(sympy.Abs(psi) ** 2, (x, 0, 1)))
    assert np.allclose(mass, 0.5, atol=1e-7)
    # (1 - cos(pi)) / pi over space and, over time, (1 - exp(-i pi^2 / 2)) / (i pi^2 / 2)
    turn = 0.5j * np.pi**2
    whole = 2 / np.pi * (1 - np.exp(-turn)) / turn
    assert solution.integrate(psi).value == pytest.approx(whole, abs=1e-7)
    solution.save(tmp_path / "psi.npz")
    assert sj.load_solution(tmp_path / "psi.npz")(*place) == solution(*place)
    assert list(solution.to_dataframe(5)) == ["x", "t", "re(u)", "im(u)"]
    solution.plot(tmp_path / "psi.png", expression=["u", "Abs(u)**2"], at={t: 0.5})


def test_a_guess_may_be_complex():
    """Of u'' + |u|^2 u = 0 between 1 and e^i the wave that turns once less."""
    problem = line(Eq(U.diff(x, 2), -U * sympy.Abs(U) ** 2), [Eq(u(0), 1), Eq(u(1), sympy.exp(I))])
    solution = sj.solve(problem, guess={U: sympy.exp(I * x)})
    assert abs(solution(0.5) - np.exp(0.5j)) < 1e-8


def test_an_event_is_one_of_a_real_quantity():
    problem, *_ = rotation()
    stopped = sj.solve(problem, stop_when=Eq(sympy.re(U), sympy.im(U)))
    assert stopped.report.stopped == pytest.approx(np.pi / 4)
    with pytest.raises(sj.ProblemError, match="which is complex"):
        sj.solve(problem, stop_when=Eq(U, I))
