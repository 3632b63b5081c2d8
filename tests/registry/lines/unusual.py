"""Statements that a solver trips over for their form: units, places, names, kinds of conditions."""

from functools import partial

from sympy import (
    Abs,
    E,
    Eq,
    Expr,
    Function,
    Max,
    Piecewise,
    Rational,
    Symbol,
    cos,
    exp,
    gamma,
    log,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

from ..boxes.elliptic import faces, laplacian
from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y = symbols("x y", real=True)
u, v = Function("u"), Function("v")
u1, v1, u2 = u(x), v(x), u(x, y)
du, d2u = u1.diff(x), u1.diff(x, 2)


def interval(equation, exact: Expr, ends, *traces: Expr) -> Statement:
    return Statement(
        equations=equation,
        unknowns=u1,
        domain={x: ends},
        conditions=manufactured({u1: exact}, *(traces or map(u, ends))),
        formula=exact,
    )


def rectangle(operator: Expr, exact: Expr, domain) -> Statement:
    solution = {u2: exact}
    return Statement(
        equations=manufactured(solution, operator),
        unknowns=u2,
        domain=domain,
        conditions=manufactured(solution, *faces(u2, domain)),
        formula=exact,
    )


# Sources whose parts cancel but for a narrow place


def front_in_a_conductor(width: Expr) -> Statement:
    """Its conductivity 1 + u^2 grows, and its source is the residual of a front."""
    exact = tanh((x - Rational(4, 5)) / width)
    operator = (1 + u1**2) * d2u + 2 * u1 * du**2
    return interval(manufactured({u1: exact}, operator), exact, (-1, 2))


for label, width in (
    ("0.02", Rational(1, 50)),
    ("0.01", Rational(1, 100)),
    ("0.002", Rational(1, 500)),
):
    CASES.add(1e-6, "ode", "nonlinear", "layer", name=f"front_in_a_conductor_{label}")(
        partial(front_in_a_conductor, width)
    )


# Units and places


@CASES.add(1e-11, "ode", "units")
def nanometres():
    length = Rational(1, 10**9)
    exact = sin(pi * x / length) + 2
    return interval(Eq(d2u, -((pi / length) ** 2) * (exact - 2)), exact, (0, length))


@CASES.add(1e-11, "ode", "units")
def gigametres():
    exact = sin(pi * x / 10**9) * 10**18 + 10**17
    return interval(manufactured({u1: exact}, d2u), exact, (0, 10**9))


@CASES.add(1e-7, "ode", "units")
def a_hundred_millionth_beside_one():
    """The interval is 1e-8 wide; between two floats lie 2e-8 of it, and so it is with nodes."""
    steep = 10**8
    exact = exp((x - 1) * steep)
    return interval(Eq(du, steep * u1), exact, (1, 1 + Rational(1, steep)), u(1))


@CASES.add(1e-10, "ode", "units")
def a_million_away():
    place = 10**6
    return interval(Eq(d2u + u1, 0), sin(x - place) + cos(x - place), (place, place + 3))


@CASES.add(1e-9, "pde", "units")
def ten_thousand_away_in_the_plane():
    place = 10**4
    domain = {x: (place, place + 1), y: (-place, 1 - place)}
    return rectangle(laplacian(u2, (x, y)), exp(x - place) * sin(y + place) + 1, domain)


@CASES.add(1e-9, "pde", "units")
def film_of_a_micrometre():
    domain = {x: (0, 1), y: (0, Rational(1, 10**6))}
    return rectangle(laplacian(u2, (x, y)), sin(x) * exp(y) + 1, domain)


@CASES.add(1e-9, "pde", "units")
def kilometres_by_millimetres():
    """Lengths, and coefficients, nine and eighteen orders of magnitude apart."""
    domain = {x: (0, 10**6), y: (0, Rational(1, 1000))}
    operator = 10**12 * u2.diff(x, 2) + u2.diff(y, 2) / 10**6
    return rectangle(operator, cos(x / 10**6) * exp(1000 * y), domain)


@CASES.add(1e-8, "pde", "space-time", "units")
def light_in_a_box_of_one_metre():
    speed = 299792458
    exact = sin(pi * x) * cos(pi * speed * y)
    return Statement(
        equations=Eq(u2.diff(y, 2), speed**2 * u2.diff(x, 2)),
        unknowns=u2,
        domain={x: (0, 1), y: (0, Rational(1, speed))},
        conditions=[
            Eq(u2.subs(x, 0), 0),
            Eq(u2.subs(x, 1), 0),
            Eq(u2.subs(y, 0), sin(pi * x)),
            Eq(u2.diff(y).subs(y, 0), 0),
        ],
        formula=exact,
    )


@CASES.add(1e-12, "ode", "units")
def small_waves_on_a_large_level():
    return interval(Eq(d2u, -sin(x)), 10**8 + sin(x), (0, 3))


@CASES.add(1e-11, "ode", "units")
def equation_written_too_small():
    """Every coefficient 1e-15: only ratios matter."""
    small = Rational(1, 10**15)
    return interval(Eq(small * d2u + small * u1, 0), sin(x), (0, 1), small * u(0), u(1))


# Names


@CASES.add(1e-11, "ode", "names", "words")
def variables_named_like_constants():
    """A variable e beside the constant E, a parameter pi beside the constant."""
    e, named_pi = Symbol("e"), Symbol("pi")
    w = Function("I")(e)
    return Statement(
        equations=Eq(w.diff(e), E * w + named_pi * pi * exp(E * e)),
        unknowns=w,
        domain={e: (0, 1)},
        conditions=Eq(w.subs(e, 0), 1),
        parameters={named_pi: 2.0},
        formula=(1 + named_pi * pi * e) * exp(E * e),
    )


@CASES.add(1e-11, "ode", "names", "words")
def variables_named_like_functions():
    s, g = Symbol("sin"), Symbol("gamma")
    w = Function("E")(s)
    return Statement(
        equations=Eq(w.diff(s), g * gamma(4) * cos(s)),
        unknowns=w,
        domain={s: (0, 2)},
        conditions=Eq(w.subs(s, 0), 1),
        parameters={g: 0.5},
        formula=1 + g * gamma(4) * sin(s),
    )


@CASES.add(1e-10, "pde", "names")
def variables_named_like_common_subexpressions():
    a, b = symbols("x0 x1")
    w = Function("x2")(a, b)
    solution = {w: sin(a) * exp(b)}
    domain = {a: (0, 1), b: (0, 1)}
    return Statement(
        equations=manufactured(solution, laplacian(w, (a, b)) + (a + b) ** 2 * w * sin(a + b)),
        unknowns=w,
        domain=domain,
        conditions=manufactured(solution, *faces(w, domain)),
        formula=solution[w],
    )


# Conditions, and equations that hold no derivative


@CASES.add(1e-11, "ode", "nonlinear")
def flow_that_drags_itself():
    """Forchheimer's law, whose derivative SymPy writes with re and im."""
    apart = Abs(x - Rational(1, 2))
    exact = ((1 + 4 * apart) ** Rational(3, 2) - sqrt(27)) / 12 - (apart - Rational(1, 2)) / 2
    return interval(Eq((du + Abs(du) * du).diff(x), 1), exact, (0, 1))


@CASES.add(1e-9, "ode", "nonlinear")
def bar_that_conducts_by_the_size_of_its_heat():
    equation = Eq(((1 + Abs(u1)) * du).diff(x), -2)
    return interval(equation, sqrt(1 + 2 * x * (1 - x)) - 1, (0, 1))


@CASES.add(1e-11, "ode", "nonlinear")
def logarithm_and_exponential_of_the_ends():
    exact = log(2) + (1 - log(2)) * x
    return interval(Eq(d2u, 0), exact, (0, 1), exp(u(0)), log(1 + u(1)))


@CASES.add(1e-11, "ode", "nonlinear")
def the_larger_of_both_ends():
    return interval(Eq(du, -1), 3 - x, (0, 1), Max(u(0), u(1)))


@CASES.add(1e-10, "ode", "nonlinear")
def slope_that_depends_on_the_level():
    """Piecewise in the unknown; the kink is where u = 1."""
    exact = Piecewise((x, x < 1), ((x + 1) / 2, True))
    slope = Piecewise((1, u1 < 1), (Rational(1, 2), True))
    return interval(Eq(du, slope), exact, (0, 2), u(0))


@CASES.add(1e-9, "ode", "system", "nonlinear")
def length_that_is_sought():
    """A free boundary: the length enters as an unknown constant; e^v keeps it positive."""
    return Statement(
        equations=[Eq(d2u, exp(2 * v1)), Eq(v1.diff(x), 0)],
        unknowns=[u1, v1],
        domain={x: (0, 1)},
        conditions=[Eq(u(0), 1), Eq(u(1), 0), Eq(du.subs(x, 1), 0)],
        formula=[(1 - x) ** 2, log(2) / 2],
    )


@CASES.add(1e-10, "ode", "system")
def differential_and_algebraic():
    return Statement(
        equations=[Eq(du, v1), Eq(v1 + u1, cos(x))],
        unknowns=[u1, v1],
        domain={x: (0, 2)},
        conditions=[Eq(u(0), 1)],
        formula=[
            (sin(x) + cos(x) + exp(-x)) / 2,
            (cos(x) - sin(x) - exp(-x)) / 2,
        ],
    )


@CASES.add(1e-10, "ode", "system")
def algebraic_of_index_two():
    """u is given, v its derivative: no condition is left to give."""
    return Statement(
        equations=[Eq(du, v1), Eq(u1, sin(3 * x))],
        unknowns=[u1, v1],
        domain={x: (0, 1)},
        conditions=[],
        formula=[sin(3 * x), 3 * cos(3 * x)],
    )


@CASES.add(1e-10, "pde")
def no_derivative_across():
    """Ordinary in x, y only a parameter of it."""
    return Statement(
        equations=Eq(u2.diff(x), cos(x) * y),
        unknowns=u2,
        domain={x: (0, 1), y: (0, 1)},
        conditions=[Eq(u2.subs(x, 0), y**2)],
        formula=sin(x) * y + y**2,
    )


@CASES.add(1e-10, "pde")
def mixed_derivative_alone():
    exact = sin(x) + exp(y)
    return Statement(
        equations=Eq(u2.diff(x, y), 0),
        unknowns=u2,
        domain={x: (0, 1), y: (0, 1)},
        conditions=manufactured({u2: exact}, u2.subs(x, 0), u2.subs(y, 0)),
        formula=exact,
    )


@CASES.add(1e-9, "pde")
def type_changes_within():
    """Elliptic on the right of x = 0, hyperbolic on the left (Tricomi)."""
    operator = x * u2.diff(y, 2) + u2.diff(x, 2) - u2 * Abs(y - 2)
    exact = exp(x) * sin(y) + x * y
    return rectangle(operator, exact, {x: (-Rational(1, 4), 1), y: (0, 1)})
