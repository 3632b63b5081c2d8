"""Ordinary differential equations on an interval, orders 1 to 8, with smooth solutions."""

from sympy import (
    Eq,
    Function,
    Rational,
    Symbol,
    airyai,
    airybi,
    besselj,
    cos,
    cosh,
    diff,
    exp,
    log,
    pi,
    sin,
    sqrt,
    tan,
)

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, t = Symbol("x"), Symbol("t")
u = Function("u")
du = u(x).diff(x)
d2u = u(x).diff(x, 2)


@CASES.add(1e-12, "ode", "benchmark")
def poisson_interval():
    exact = sin(pi * x)
    return Statement(
        equations=Eq(-d2u, pi**2 * sin(pi * x)),
        unknowns=u(x),
        domain={x: (-1, 1)},
        conditions=[Eq(u(-1), 0), Eq(u(1), 0)],
        formula=exact,
    )


@CASES.add(1e-12, "ode")
def decay_initial_value():
    return Statement(
        equations=Eq(du + 2 * u(x), 0),
        unknowns=u(x),
        domain={x: (0, 2)},
        conditions=Eq(u(0), 3),
        formula=3 * exp(-2 * x),
    )


@CASES.add(1e-12, "ode")
def riccati_weight_initial_value():
    """First order, variable coefficient, condition at the right end."""
    return Statement(
        equations=Eq((1 + x**2) * du - 2 * x * u(x), (1 + x**2) ** 2),
        unknowns=u(x),
        domain={x: (-1, 2)},
        conditions=Eq(u(2), 0),
        formula=(1 + x**2) * (x - 2),
    )


@CASES.add(1e-12, "ode")
def second_order_initial_value():
    """Both conditions at one end, written as for SymPy's dsolve."""
    return Statement(
        equations=Eq(d2u + 4 * u(x), 0),
        unknowns=u(x),
        domain={x: (0, 3)},
        conditions={u(0): 1, du.subs(x, 0): -2},
        formula=cos(2 * x) - sin(2 * x),
    )


@CASES.add(1e-12, "ode")
def neumann_left_dirichlet_right():
    return Statement(
        equations=Eq(d2u - u(x), x),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[Eq(du.subs(x, 0), 0), Eq(u(1), 0)],
        formula=-x + (exp(x - 1) * (1 + exp(-1)) + exp(-x) * (exp(-1) - 1)) / (1 + exp(-2)),
    )


@CASES.add(1e-12, "ode")
def robin_both_ends():
    solution = {u(x): exp(-x) * sin(3 * x)}
    return Statement(
        equations=manufactured(solution, d2u + x * du - 5 * u(x)),
        unknowns=u(x),
        domain={x: (0, 2)},
        conditions=manufactured(solution, u(0) - 2 * du.subs(x, 0), 3 * u(2) + du.subs(x, 2)),
        formula=solution[u(x)],
    )


@CASES.add(1e-11, "ode", "multipoint")
def three_point_third_order():
    solution = {u(x): cos(2 * x) + x**2}
    return Statement(
        equations=manufactured(solution, u(x).diff(x, 3) + x * du),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=manufactured(solution, u(0), u(Rational(1, 2)), u(1)),
        formula=solution[u(x)],
    )


@CASES.add(1e-11, "ode", "multipoint")
def nonlocal_two_point():
    """A condition that ties the two ends together, and an interior point."""
    solution = {u(x): exp(x / 2) * cos(x)}
    return Statement(
        equations=manufactured(solution, d2u + u(x)),
        unknowns=u(x),
        domain={x: (0, 2)},
        conditions=manufactured(solution, u(0) + u(2), du.subs(x, Rational(3, 4)) - u(2)),
        formula=solution[u(x)],
    )


@CASES.add(1e-11, "ode", "periodic")
def periodic_second_order():
    return Statement(
        equations=Eq(d2u - (2 + cos(x)) * u(x), (sin(x) ** 2 - 2 - 2 * cos(x)) * exp(cos(x))),
        unknowns=u(x),
        domain={x: (0, 2 * pi)},
        conditions=[Eq(u(0), u(2 * pi)), Eq(du.subs(x, 0), du.subs(x, 2 * pi))],
        formula=exp(cos(x)),
    )


@CASES.add(1e-11, "ode", "singular")
def singular_bessel():
    """x u'' + u' + x u = 0: regular only with u'(0) = 0."""
    return Statement(
        equations=Eq(x * d2u + du + x * u(x), 0),
        unknowns=u(x),
        domain={x: (0, 6)},
        conditions=[Eq(du.subs(x, 0), 0), Eq(u(6), besselj(0, 6))],
        formula=besselj(0, x),
    )


@CASES.add(1e-12, "ode", "singular")
def singular_radial_poisson():
    return Statement(
        equations=Eq(x * d2u + du, x),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[Eq(du.subs(x, 0), 0), Eq(u(1), 0)],
        formula=(x**2 - 1) / 4,
    )


@CASES.add(1e-11, "ode", "singular")
def legendre_equation():
    """The leading coefficient vanishes at both ends; P_6."""
    return Statement(
        equations=Eq((1 - x**2) * d2u - 2 * x * du + 42 * u(x), 0),
        unknowns=u(x),
        domain={x: (-1, 1)},
        conditions=[Eq(u(-1), 1), Eq(u(1), 1)],
        formula=(231 * x**6 - 315 * x**4 + 105 * x**2 - 5) / 16,
    )


@CASES.add(1e-12, "ode")
def straight_line_long_interval():
    return Statement(
        equations=Eq(d2u, 0),
        unknowns=u(x),
        domain={x: (0, 50)},
        conditions=[Eq(u(0), 0), Eq(u(50), 50)],
        formula=x,
    )


@CASES.add(1e-10, "ode")
def growth_over_eight_decades():
    """Exponentials in both directions: a shooting method would lose eight digits."""
    return Statement(
        equations=Eq(d2u, 100 * u(x)),
        unknowns=u(x),
        domain={x: (0, 2)},
        conditions=[Eq(u(0), 1), Eq(u(2), 1)],
        formula=cosh(10 * (x - 1)) / cosh(10),
    )


@CASES.add(1e-9, "ode", "oscillating")
def oscillation():
    return Statement(
        equations=Eq(d2u + 400 * u(x), 0),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[Eq(u(0), 0), Eq(u(1), sin(20))],
        formula=sin(20 * x),
    )


@CASES.add(1e-9, "ode", "oscillating")
def airy_through_turning_point():
    """Oscillates on the left of 0 and decays on the right of it."""
    return Statement(
        equations=Eq(d2u, x * u(x)),
        unknowns=u(x),
        domain={x: (-10, 3)},
        conditions=[Eq(u(-10), airyai(-10)), Eq(u(3), airyai(3))],
        formula=airyai(x),
    )


@CASES.add(1e-10, "ode")
def airy_difference():
    """A decaying and a growing solution in one."""
    exact = airyai(x) + airybi(x) / 10
    return Statement(
        equations=Eq(d2u - x * u(x), 0),
        unknowns=u(x),
        domain={x: (-2, 2)},
        conditions=manufactured({u(x): exact}, u(-2), du.subs(x, 2)),
        formula=exact,
    )


@CASES.add(1e-11, "ode", "benchmark")
def euler_beam():
    """Cantilever under a uniform load, as in DeepXDE's example."""
    return Statement(
        equations=Eq(u(x).diff(x, 4) + 1, 0),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[
            Eq(u(0), 0),
            Eq(du.subs(x, 0), 0),
            Eq(d2u.subs(x, 1), 0),
            Eq(u(x).diff(x, 3).subs(x, 1), 0),
        ],
        formula=-(x**4) / 24 + x**3 / 6 - x**2 / 4,
    )


@CASES.add(1e-10, "ode")
def beam_on_varying_foundation():
    solution = {u(x): sin(pi * x) ** 2 * exp(x)}
    return Statement(
        equations=manufactured(solution, diff((1 + x) * d2u, x, 2).doit() + 50 * (1 + x**2) * u(x)),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=manufactured(solution, u(0), u(1), du.subs(x, 0), du.subs(x, 1)),
        formula=solution[u(x)],
    )


@CASES.add(1e-9, "ode")
def fifth_order():
    """u^(5) = u - (15 + 10 x) e^x, a standard test of spline methods."""
    return Statement(
        equations=Eq(u(x).diff(x, 5), u(x) - (15 + 10 * x) * exp(x)),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[
            Eq(u(0), 0),
            Eq(du.subs(x, 0), 1),
            Eq(d2u.subs(x, 0), 0),
            Eq(u(1), 0),
            Eq(du.subs(x, 1), -exp(1)),
        ],
        formula=x * (1 - x) * exp(x),
    )


@CASES.add(1e-9, "ode")
def sixth_order():
    """u^(6) = u - 6 e^x."""
    exact = (1 - x) * exp(x)
    even = [u(x).diff(x, k).subs(x, end) for k in (2, 4) for end in (0, 1)]
    return Statement(
        equations=Eq(u(x).diff(x, 6), u(x) - 6 * exp(x)),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=manufactured({u(x): exact}, u(0), u(1), *even),
        formula=exact,
    )


@CASES.add(1e-8, "ode")
def seventh_order():
    solution = {u(x): x * (1 - x) * exp(x)}
    left = [u(x).diff(x, k).subs(x, 0) for k in (1, 2, 3)]
    right = [u(x).diff(x, k).subs(x, 1) for k in (1, 2)]
    return Statement(
        equations=Eq(u(x).diff(x, 7), u(x) - 7 * (5 + 2 * x) * exp(x)),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=manufactured(solution, u(0), u(1), *left, *right),
        formula=solution[u(x)],
    )


@CASES.add(1e-8, "ode")
def eighth_order():
    """u^(8) = u - 8 (2 x cos x + 7 sin x) on [-1, 1]."""
    solution = {u(x): (x**2 - 1) * sin(x)}
    slopes = [u(x).diff(x, k).subs(x, end) for k in (1, 2, 3) for end in (-1, 1)]
    return Statement(
        equations=Eq(u(x).diff(x, 8), u(x) - 8 * (2 * x * cos(x) + 7 * sin(x))),
        unknowns=u(x),
        domain={x: (-1, 1)},
        conditions=manufactured(solution, u(-1), u(1), *slopes),
        formula=solution[u(x)],
    )


@CASES.add(1e-11, "ode")
def euler_cauchy():
    """x^2 u'' - 2 x u' + 2 u = x^3 away from its singular point."""
    return Statement(
        equations=Eq(x**2 * d2u - 2 * x * du + 2 * u(x), x**3),
        unknowns=u(x),
        domain={x: (1, 4)},
        conditions=[Eq(u(1), Rational(1, 2)), Eq(u(4), 32)],
        formula=x**3 / 2,
    )


@CASES.add(1e-10, "ode")
def rational_peak():
    """Runge's function as a solution: poles at +-i/5."""
    solution = {u(x): 1 / (1 + 25 * x**2)}
    return Statement(
        equations=manufactured(solution, d2u + exp(x) * du - 3 * u(x)),
        unknowns=u(x),
        domain={x: (-1, 1)},
        conditions=manufactured(solution, u(-1), u(1)),
        formula=solution[u(x)],
    )


@CASES.add(1e-10, "ode")
def logarithmic_coefficients():
    solution = {u(x): log(1 + x) * tan(x / 2)}
    return Statement(
        equations=manufactured(solution, sqrt(1 + x) * d2u + log(2 + x) * du + u(x)),
        unknowns=u(x),
        domain={x: (0, 2)},
        conditions=manufactured(solution, du.subs(x, 0), u(2)),
        formula=solution[u(x)],
    )


@CASES.add(1e-11, "ode")
def far_from_the_origin():
    """The interval's place and size must not matter."""
    solution = {u(x): sin((x - 1000) * 300) + 2}
    return Statement(
        equations=manufactured(solution, d2u - 9e4 * u(x)),
        unknowns=u(x),
        domain={x: (1000, 1000 + Rational(1, 50))},
        conditions=manufactured(solution, u(1000), u(1000 + Rational(1, 50))),
        formula=solution[u(x)],
    )


@CASES.add(1e-11, "ode")
def tiny_values():
    """Neither must the size of the solution: 1e-12 here."""
    return Statement(
        equations=Eq(d2u + u(x), 0),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[Eq(u(0), Rational(1, 10**12)), Eq(du.subs(x, 1), 0)],
        formula=cos(1 - x) / cos(1) / 10**12,
    )


@CASES.add(1e-11, "ode")
def named_parameters():
    """Coefficients that the user keeps as symbols."""
    stiffness, load = Symbol("k"), Symbol("q")
    return Statement(
        equations=Eq(d2u - stiffness**2 * u(x), -load),
        unknowns=u(x),
        domain={x: (0, 1)},
        conditions=[Eq(u(0), 0), Eq(u(1), 0)],
        parameters={stiffness: 3.0, load: 2.0},
        formula=load
        / stiffness**2
        * (1 - cosh(stiffness * (x - Rational(1, 2))) / cosh(stiffness / 2)),
    )


@CASES.add(1e-12, "ode")
def initial_value_named_t():
    """A variable called t is nothing special unless it is declared as time."""
    v = Function("v")
    return Statement(
        equations=Eq(v(t).diff(t) + v(t) * cos(t), sin(2 * t) / 2),
        unknowns=v(t),
        domain={t: (0, 6)},
        conditions=Eq(v(0), 0),
        formula=sin(t) - 1 + exp(-sin(t)),
    )
