"""Unknowns of time alone beside unknowns of all variables; solutions are chosen."""

from sympy import Function, Integral, Rational, cos, exp, pi, sin, symbols

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y, t = symbols("x y t")
u = Function("u")(x, t)
T, V = (Function(name)(t) for name in "TV")
HEAT = u.diff(t) - u.diff(x, 2)


def stated(solution, equations, conditions, end=1):
    """Equations and conditions that a chosen solution keeps."""
    return Statement(
        equations=manufactured(solution, *equations),
        unknowns=list(solution),
        domain={x: (0, 1), t: (0, end)},
        conditions=manufactured(solution, *conditions),
        time=t,
        formula=list(solution.values()),
    )


def start(*unknowns):
    return [unknown.subs(t, 0) for unknown in unknowns]


@CASES.add(1e-8, "pde", "evolution", "system", "lumped")
def vessel_that_a_rod_cools():
    """Newton's law between the end of a rod and a well-mixed vessel."""
    solution = {u: exp(-t) * cos(x - 1), T: exp(-t / 2) + 1}
    vessel = 3 * T.diff(t) + 2 * (T - u.subs(x, 0))
    walls = [u.diff(x).subs(x, 0) - 2 * (u.subs(x, 0) - T), u.diff(x).subs(x, 1)]
    return stated(solution, [HEAT, vessel], [*start(u, T), *walls], end=3)


@CASES.add(1e-8, "pde", "evolution", "system", "lumped")
def mass_on_a_spring_at_the_end_of_a_string():
    """An oscillator of second order that the string pulls at."""
    solution = {T: sin(1) * cos(t), u: sin(x) * cos(t)}
    wave = u.diff(t, 2) - u.diff(x, 2)
    mass = T.diff(t, 2) + 4 * T + u.diff(x).subs(x, 1)
    given = start(u, u.diff(t), T, T.diff(t))
    return stated(solution, [wave, mass], [*given, u.subs(x, 0), u.subs(x, 1) - T], end=5)


@CASES.add(1e-8, "pde", "evolution", "system", "lumped", "nonlinear")
def controller_that_knows_the_mean():
    """A nonlinear law for the strength of a reaction, by the mean over the rod."""
    solution = {u: exp(-t) * sin(x) + x, T: 1 + exp(-2 * t)}
    law = T.diff(t) + T**2 * Integral(u, (x, 0, 1))
    return stated(solution, [HEAT - T * x * u, law], [*start(u, T), u.subs(x, 0), u.subs(x, 1)])


@CASES.add(1e-8, "pde", "evolution", "system", "lumped", "nonlinear")
def reaction_at_the_pace_of_the_mean():
    """An unknown of time without a derivative, and a second one that it drives."""
    solution = {u: exp(-t) * sin(x) + x, T: exp(-t) * (1 - cos(1)) + Rational(1, 2), V: t + 1}
    mean = T - Integral(u, (x, 0, 1))
    driven = V.diff(t) - T * u.subs(x, Rational(1, 2)) + V**2
    return stated(
        solution, [HEAT + T * u, mean, driven], [*start(u, V), u.subs(x, 0), u.subs(x, 1)]
    )


@CASES.add(1e-6, "pde", "evolution", "system", "lumped")
def plate_beside_a_tank():
    """A side of a square has the temperature of a tank, which takes the mean of the other one."""
    w = Function("w")(x, y, t)
    solution = {w: exp(-t) * cos(x) * sin(pi * y) + x * y, T: exp(-t)}
    plate = w.diff(t) - w.diff(x, 2) - w.diff(y, 2)
    tank = T.diff(t) + Integral(w.subs(x, 1), (y, 0, 1))
    walls = [
        w.subs(x, 0) - T * sin(pi * y),
        w.diff(x).subs(x, 1),
        w.subs(y, 0),
        w.subs(y, 1),
    ]
    return Statement(
        equations=manufactured(solution, plate, tank),
        unknowns=[w, T],
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        conditions=manufactured(solution, *start(w, T), *walls),
        time=t,
        formula=list(solution.values()),
    )
