"""Walls that store: conditions with derivatives in time, with integrals, and with inner points.

Solutions are chosen, and what is given follows from them; but for those with a mode of their own,
which keeps the condition with nothing given.
"""

from sympy import (
    Eq,
    Function,
    Integral,
    Rational,
    cos,
    exp,
    pi,
    sin,
    symbols,
)

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y, t = symbols("x y t")
u, v = (Function(name)(x, t) for name in "uv")
HEAT, WAVE = u.diff(t) - u.diff(x, 2), u.diff(t, 2) - u.diff(x, 2)


def stated(solution, equation, walls, start, end=1):
    """Equation and conditions that a chosen solution keeps."""
    known = {u: solution}
    return Statement(
        equations=manufactured(known, equation),
        unknowns=u,
        domain={x: (0, 1), t: (0, end)},
        conditions=manufactured(known, *start, *walls),
        time=t,
        formula=solution,
    )


@CASES.add(1e-8, "pde", "evolution")
def heat_that_a_wall_stores():
    """u_t = .9 u_x at the wall, over twenty times in which it cools: k = 2 is -.9 tan k."""
    mode = exp(-4 * t) * cos(2 * (1 - x))
    walls = [(u.diff(t) + 2 * cos(2) / sin(2) * u.diff(x)).subs(x, 0), u.diff(x).subs(x, 1)]
    return Statement(
        equations=Eq(u.diff(t), u.diff(x, 2)),
        unknowns=u,
        domain={x: (0, 1), t: (0, 5)},
        conditions=[Eq(u.subs(t, 0), 2 + mode.subs(t, 0)), *(Eq(w, 0) for w in walls)],
        time=t,
        formula=2 + mode,
    )


@CASES.add(1e-7, "pde", "evolution", "nonlinear")
def radiation_of_a_wall_that_stores():
    """Both walls store, one of them more as time goes on."""
    walls = [
        (u.diff(t) - u.diff(x) + u**4).subs(x, 0),
        ((2 + t) * u.diff(t) + 2 * u.diff(x) + u**2).subs(x, 1),
    ]
    return stated(exp(-t) * cos(x) + x**2, HEAT, walls, [u.subs(t, 0)])


@CASES.add(1e-7, "pde", "evolution", "wave")
def string_with_a_mass_at_its_end():
    """u_tt = -1.6 u_x at the end, for which sin x is a mode."""
    return Statement(
        equations=Eq(WAVE, 0),
        unknowns=u,
        domain={x: (0, 1), t: (0, 5)},
        conditions=[
            Eq(u.subs(t, 0), sin(x)),
            Eq(u.diff(t).subs(t, 0), 0),
            Eq(u.subs(x, 0), 0),
            Eq((u.diff(t, 2) + sin(1) / cos(1) * u.diff(x)).subs(x, 1), 0),
        ],
        time=t,
        formula=cos(t) * sin(x),
    )


@CASES.add(1e-6, "pde", "evolution", "wave")
def pulse_into_absorbing_walls():
    """u_t = u_x and u_t = -u_x let all waves out, but for the tails of others that are given."""
    pulse = exp(-100 * (x - Rational(1, 2)) ** 2)
    waves = (pulse.subs(x, x - t) + pulse.subs(x, x + t)) / 2
    walls = [(u.diff(t) - u.diff(x)).subs(x, 0), (u.diff(t) + u.diff(x)).subs(x, 1)]
    return stated(waves, WAVE, walls, [u.subs(t, 0), u.diff(t).subs(t, 0)])


@CASES.add(1e-8, "pde", "evolution")
def wall_that_knows_the_mean():
    """u = 3 - integral of u at the wall, and a start that agrees."""
    solution = 1 + exp(-t) * (cos(x) - Rational(1, 2)) + x
    walls = [u.subs(x, 0) + Integral(u, (x, 0, 1)), u.diff(x).subs(x, 1)]
    return stated(solution, HEAT, walls, [u.subs(t, 0)])


@CASES.add(1e-8, "pde", "evolution")
def births_of_a_population():
    """What is carried in is what there is in all (McKendrick)."""
    solution = exp(-t) * cos(x - t)
    walls = [u.subs(x, 0) - 2 * Integral(u, (x, 0, 1))]
    return stated(solution, u.diff(t) + u.diff(x) + u, walls, [u.subs(t, 0)])


@CASES.add(1e-8, "pde", "evolution")
def heater_with_its_thermostat_inside():
    """The flux through the wall follows the temperature in the middle."""
    walls = [u.diff(x).subs(x, 0) + 2 * u.subs(x, Rational(1, 2)), u.subs(x, 1)]
    return stated(exp(-t) * cos(x), HEAT, walls, [u.subs(t, 0)])


@CASES.add(1e-8, "pde", "evolution")
def wall_that_stores_what_the_mean_takes():
    """A derivative in time and an integral in one condition."""
    walls = [u.diff(x).subs(x, 0), (u.diff(t) + u.diff(x)).subs(x, 1) + 3 * Integral(u, (x, 0, 1))]
    return stated(exp(-t) * cos(x), HEAT, walls, [u.subs(t, 0)])


@CASES.add(1e-6, "pde", "evolution")
def side_of_a_square_that_stores():
    """Heat is stored along a side that meets two others with given values."""
    w = Function("w")(x, y, t)
    solution = {w: exp(-t) * cos(x) * sin(pi * y) + x * y}
    equation = w.diff(t) - w.diff(x, 2) - w.diff(y, 2)
    walls = [
        (w.diff(t) - w.diff(x)).subs(x, 0),
        w.subs(x, 1),
        w.subs(y, 0),
        w.subs(y, 1),
    ]
    return Statement(
        equations=manufactured(solution, equation),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        conditions=manufactured(solution, w.subs(t, 0), *walls),
        time=t,
        formula=solution[w],
    )
