"""Sources, coefficients, walls and starts that are not smooth, in space or in time.

What a source adds to heat is its second integral, and what a wall does that jumps is the error
function.
"""

from sympy import (
    Abs,
    Eq,
    Function,
    Heaviside,
    Max,
    Piecewise,
    Rational,
    erfc,
    exp,
    floor,
    pi,
    sin,
    sqrt,
    symbols,
)

from ..case import Collection, Statement

CASES = Collection()

x, y, t = symbols("x y t")
u = Function("u")(x, t)
w = Function("w")(x, y, t)
THIRD = Rational(1, 3)


def on_a_line(equation, exact, last=1, *walls) -> Statement:
    """Heat on (0, 1), by default from the formula and between cold walls."""
    return Statement(
        equations=equation,
        unknowns=u,
        domain={x: (0, 1), t: (0, last)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), exact.subs(t, 0)),
            *(walls or (Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0))),
        ],
        formula=exact,
    )


@CASES.add(1e-8, "evolution")
def kink_of_a_source():
    source = Max(0, x - THIRD)
    still = Rational(2, 3) ** 3 * x / 6 - source**3 / 6
    exact = still + sin(pi * x) * exp(-(pi**2) * t)
    return on_a_line(Eq(u.diff(t), u.diff(x, 2) + source), exact)


@CASES.add(1e-4, "evolution")
def source_that_switches_at_a_place_that_moves():
    beyond = x - THIRD - t / 4
    exact = Max(0, beyond) ** 2
    walls = (Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), exact.subs(x, 1)))
    source = Max(0, beyond) / 2 + 2 * Heaviside(beyond)
    return on_a_line(Eq(u.diff(t), u.diff(x, 2) - source), exact, 1, *walls)


@CASES.add(1e-8, "evolution")
def source_that_is_switched_off():
    on = Piecewise((1, t < THIRD), (0, True))
    there = Piecewise((t, t < THIRD), (THIRD, True))
    equation = Eq(u.diff(t), u.diff(x, 2) + (on + pi**2 * there) * sin(pi * x))
    return on_a_line(equation, there * sin(pi * x))


@CASES.add(1e-8, "evolution")
def stairs_up_to_the_end():
    since = [Max(t - k * THIRD, 0) for k in (1, 2)]  # the third step is at the end itself
    exact = sum((1 - exp(-(pi**2) * s)) / pi**2 for s in since) * sin(pi * x)
    return on_a_line(Eq(u.diff(t), u.diff(x, 2) + floor(3 * t) * sin(pi * x)), exact)


@CASES.add(1e-4, "evolution")
def wall_that_is_heated_at_once():
    since = Max(t - THIRD, Rational(1, 10**30))
    exact = Piecewise((0, t < THIRD), (erfc(x / 2 / sqrt(since)), True))
    walls = (
        Eq(u.subs(x, 0), Piecewise((0, t < THIRD), (1, True))),
        Eq(u.subs(x, 1), exact.subs(x, 1)),
    )
    return on_a_line(Eq(u.diff(t), u.diff(x, 2)), exact, Rational(1, 2), *walls)


@CASES.add(1e-8, "evolution")
def kink_that_stays():
    exact = Abs(x - THIRD) * exp(-t)
    statement = on_a_line(Eq(u.diff(t), -u), exact)
    return Statement(
        equations=Eq(u.diff(t), -u),
        unknowns=u,
        domain=statement.domain,
        time=t,
        conditions=statement.conditions[:1],
        formula=exact,
    )


@CASES.add(1e-6, "evolution")
def kink_of_a_source_in_the_plane():
    side, source = sin(pi * y), Max(0, x - THIRD)
    still = Rational(2, 3) ** 3 * x / 6 - source**3 / 6
    return Statement(
        equations=Eq(w.diff(t), w.diff(x, 2) + w.diff(y, 2) + (source + pi**2 * still) * side),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, Rational(1, 10))},
        time=t,
        conditions=[
            Eq(w.subs(t, 0), (still + sin(pi * x)) * side),
            *(Eq(w.subs(wall), 0) for wall in ({x: 0}, {x: 1}, {y: 0}, {y: 1})),
        ],
        formula=(still + sin(pi * x) * exp(-2 * pi**2 * t)) * side,
    )
