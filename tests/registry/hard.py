"""Problems chosen to be missed: singular, kinked, thin, fast, ill-posed.

A solver may fail on them, but then it has to know: an error estimate far below the true error
is the one wrong answer. Nothing here is beyond what a user might ask.
"""

from functools import partial

from sympy import (
    Abs,
    Eq,
    Function,
    Piecewise,
    Rational,
    Symbol,
    atan,
    cosh,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    symbols,
)

from oracles import series

from .case import Collection, Statement, manufactured

CASES = Collection()

x, y, t = symbols("x y t", real=True)  # so that SymPy differentiates Abs
u = Function("u")
du, d2u = u(x).diff(x), u(x).diff(x, 2)
u2, ut = u(x, y), u(x, t)
SQUARE = {x: (0, 1), y: (0, 1)}


def interval(equation, exact, ends, *layers, conditions=None) -> Statement:
    if conditions is None:
        conditions = manufactured({u(x): exact}, *map(u, ends))
    return Statement(
        equations=equation,
        unknowns=u(x),
        domain={x: ends},
        conditions=conditions,
        formula=exact,
        layers=layers,
    )


# Solutions that are not smooth.


@CASES.add(1e-8, "ode", "hard", "singular")
def square_root():
    """2 x u' = u: the slope is infinite at 0."""
    return interval(Eq(2 * x * du, u(x)), sqrt(x), (0, 1), 0, conditions=Eq(u(1), 1))


@CASES.add(1e-8, "ode", "hard", "singular")
def square_root_second_order():
    return interval(Eq(4 * x**2 * d2u, u(x) - 2 * sqrt(x)), sqrt(x), (0, 1), 0)


@CASES.add(1e-8, "ode", "hard", "singular")
def power_five_halves():
    return interval(Eq(d2u, 15 * sqrt(x) / 4), x ** Rational(5, 2), (0, 1), 0)


@CASES.add(1e-8, "ode", "hard", "singular")
def x_log_x():
    exact = Piecewise((0, x <= 0), (x * log(x), True))
    return interval(Eq(x * d2u, 1), exact, (0, 1), 0)


@CASES.add(1e-8, "ode", "hard", "kink")
def absolute_value():
    return interval(Eq(du, sign(x)), Abs(x), (-1, 1), 0, conditions=Eq(u(-1), 1))


@CASES.add(1e-8, "ode", "hard", "kink")
def absolute_source():
    exact = Piecewise((x**3 / 6, x > 0), (-(x**3) / 6, True))
    return interval(Eq(d2u, Abs(x)), exact, (-1, 1), 0)


@CASES.add(1e-8, "ode", "kink")
def switched_source():
    """A load on a part of the interval, off the centre."""
    step = Rational(3, 10)
    load = Piecewise((1, x > step), (0, True))
    return interval(
        Eq(d2u, load), Piecewise(((x - step) ** 2 / 2, x > step), (0, True)), (0, 1), 0.3
    )


@CASES.add(1e-8, "pde", "hard", "singular")
def corner_square_root():
    """The real part of sqrt(x + i y): harmonic, with infinite slope at one corner."""
    exact = sqrt((sqrt(x**2 + y**2) + x) / 2)
    sides = [u2.subs(v, end) for v in (x, y) for end in (0, 1)]
    return Statement(
        equations=Eq(u2.diff(x, 2) + u2.diff(y, 2), 0),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *sides),
        formula=exact,
    )


@CASES.add(1e-8, "pde", "hard", "singular", "oracle")
def torsion_of_a_square_bar():
    """-Lap u = 1: the source does not vanish at the corners, so third derivatives jump there."""
    return Statement(
        equations=Eq(-u2.diff(x, 2) - u2.diff(y, 2), 1),
        unknowns=u2,
        domain=SQUARE,
        conditions=[Eq(u2.subs(v, end), 0) for v in (x, y) for end in (0, 1)],
        oracle=series.torsion,
    )


# Data that do not fit together.


@CASES.add(1e-8, "pde", "hard", "incompatible", "oracle")
def hot_lid():
    """1 on one side and 0 on its neighbours: u jumps at two corners."""
    cold = [Eq(side, 0) for side in (u2.subs(x, 0), u2.subs(x, 1), u2.subs(y, 0))]
    return Statement(
        equations=Eq(u2.diff(x, 2) + u2.diff(y, 2), 0),
        unknowns=u2,
        domain=SQUARE,
        conditions=[*cold, Eq(u2.subs(y, 1), 1)],
        oracle=series.hot_lid,
    )


def slab(time: Symbol | None) -> Statement:
    """A hot slab between cold walls: initial and wall values disagree at the corners."""
    return Statement(
        equations=Eq(ut.diff(t), ut.diff(x, 2)),
        unknowns=ut,
        domain={x: (0, 1), t: (0, Rational(1, 10))},
        time=time,
        conditions=[Eq(ut.subs(t, 0), 1), Eq(ut.subs(x, 0), 0), Eq(ut.subs(x, 1), 0)],
        oracle=series.cooling_slab,
    )


CASES.add(1e-8, "evolution", "hard", "incompatible", "oracle", name="cooling_slab")(
    partial(slab, t)
)
CASES.add(1e-8, "pde", "space-time", "hard", "incompatible", "oracle", name="cooling_slab_box")(
    partial(slab, None)
)


# Thin layers and small detail.


def outflow_layer(eps) -> Statement:
    """-eps u'' + u' = 1: a ramp that falls to zero within eps of the end."""
    exact = x - (exp((x - 1) / eps) - exp(-1 / eps)) / (1 - exp(-1 / eps))
    return interval(Eq(-eps * d2u + du, 1), exact, (0, 1), 1)


def turning_layer(eps) -> Statement:
    """T10 of the two-point set with a far thinner layer inside."""
    exact = erf(x / sqrt(2 * eps)) / erf(1 / sqrt(2 * eps))
    return interval(Eq(eps * d2u + x * du, 0), exact, (-1, 1), 0)


def reaction_layers(eps) -> Statement:
    a = 1 / sqrt(eps)
    return interval(Eq(eps * d2u, u(x) - 1), 1 - cosh(a * x) / cosh(a), (-1, 1), -1, 1)


for power in (4, 5, 6):
    for build in (outflow_layer, turning_layer, reaction_layers):
        CASES.add(1e-8, "ode", "hard", "layer", name=f"{build.__name__}_1e-{power}")(
            partial(build, Rational(1, 10**power))
        )


@CASES.add(1e-8, "ode", "hard", "layer")
def arctangent_front():
    front = atan(1000 * (x - Rational(3, 10)))
    return interval(manufactured({u(x): front}, d2u), front, (0, 1), 0.3)


@CASES.add(1e-8, "ode", "hard", "layer")
def needle_in_the_source():
    """A load of width 1e-3 beside a smooth one: points that miss it see a smooth problem."""
    centre, width = pi / 10, Rational(1, 1000)
    s = (x - centre) / width
    needle = exp(-(s**2)) / (sqrt(pi) * width)
    exact = sin(x) + (x - centre) * erf(s) / 2 + width * exp(-(s**2)) / (2 * sqrt(pi))
    return interval(Eq(d2u, needle - sin(x)), exact, (0, 1), float(centre))


@CASES.add(1e-8, "ode", "hard", "oscillating")
def ripple_on_a_wave():
    """The ripple carries 1e-4 of the solution, and 9 times the wave's source."""
    exact = sin(pi * x) + sin(300 * pi * x) / 10**4
    return interval(manufactured({u(x): exact}, d2u), exact, (0, 1))


# Faster than the default network can follow.


@CASES.add(1e-8, "ode", "hard", "oscillating")
def sixty_wavelengths():
    k = 120 * pi + Rational(1, 2)
    return interval(Eq(d2u + k**2 * u(x), 0), sin(k * x) / sin(k), (0, 1))


@CASES.add(1e-8, "ode", "hard", "oscillating")
def chirp():
    exact = sin(40 * x**2)
    return interval(manufactured({u(x): exact}, d2u + u(x)), exact, (0, 3))


@CASES.add(1e-8, "pde", "hard", "oscillating")
def helmholtz_ten_wavelengths():
    k = 63
    exact = sin(k * (x * Rational(5, 13) + y * Rational(12, 13)))
    sides = [u2.subs(v, end) for v in (x, y) for end in (0, 1)]
    return Statement(
        equations=Eq(u2.diff(x, 2) + u2.diff(y, 2) + k**2 * u2, 0),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *sides),
        formula=exact,
    )


# Nearly or truly ill-posed, but with one solution.


@CASES.add(1e-8, "ode", "hard", "ill-posed")
def close_to_resonance():
    """The operator's smallest eigenvalue is 1e-6."""
    frequency = pi**2 + Rational(1, 10**6)
    return interval(Eq(d2u + frequency * u(x), sin(pi * x) / 10**6), sin(pi * x), (0, 1))


@CASES.add(1e-8, "pde", "hard", "ill-posed")
def heat_backwards():
    """Errors in the mode k grow like e^(k^2 pi^2 / 10)."""
    exact = exp(pi**2 * t / 10) * sin(pi * x)
    return Statement(
        equations=Eq(ut.diff(t), -ut.diff(x, 2) / 10),
        unknowns=ut,
        domain={x: (0, 1), t: (0, 1)},
        conditions=[
            Eq(ut.subs(t, 0), sin(pi * x)),
            Eq(ut.subs(x, 0), 0),
            Eq(ut.subs(x, 1), 0),
        ],
        formula=exact,
    )


@CASES.add(1e-8, "pde", "hard", "ill-posed")
def cauchy_problem_of_laplace():
    """Hadamard's example: value and slope on one side, nothing on the opposite one."""
    exact = sin(2 * pi * x) * sinh(2 * pi * y) / (2 * pi)
    return Statement(
        equations=Eq(u2.diff(x, 2) + u2.diff(y, 2), 0),
        unknowns=u2,
        domain={x: (0, 1), y: (0, 1)},
        conditions=[
            Eq(u2.subs(y, 0), 0),
            Eq(u2.diff(y).subs(y, 0), sin(2 * pi * x)),
            Eq(u2.subs(x, 0), 0),
            Eq(u2.subs(x, 1), 0),
        ],
        formula=exact,
    )
