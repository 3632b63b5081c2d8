"""Nonlinear equations on intervals and squares: solutions in closed form, or by an oracle.

Where an equation has several solutions, the one meant is the one nearest to zero.
"""

from functools import partial

import mpmath
from sympy import (
    Eq,
    Expr,
    Float,
    Function,
    Rational,
    atan,
    cos,
    cosh,
    diff,
    exp,
    log,
    pi,
    sin,
    sinh,
    sqrt,
    symbols,
    tanh,
)

from oracles import boundary_layer, pendulum, reaction

from ..case import Collection, Statement, manufactured
from .elliptic import UNIT_SQUARE, dirichlet, faces, laplacian

CASES = Collection()

x, y = symbols("x y")
u = Function("u")
u1, u2 = u(x), u(x, y)
du, d2u, d3u = u1.diff(x), u1.diff(x, 2), u1.diff(x, 3)
SQUARE = {x: (-1, 1), y: (-1, 1)}


def interval(equation, exact, ends, *traces, layers=()) -> Statement:
    """Conditions are what `traces`, by default the values at the ends, are at the solution."""
    return Statement(
        equations=equation,
        unknowns=u1,
        domain={x: ends},
        conditions=manufactured({u1: exact}, *(traces or map(u, ends))),
        formula=exact,
        layers=layers,
    )


# Exponentials


def bratu(strength: Expr, guess: float) -> Statement:
    """u'' + lambda e^u = 0; theta = sqrt(2 lambda) cosh(theta/4), whose smaller root is meant."""
    with mpmath.workdps(70):
        root = mpmath.findroot(
            lambda s: s - mpmath.sqrt(2 * mpmath.mpmathify(strength)) * mpmath.cosh(s / 4), guess
        )
        theta = Float(root, 60)
    exact = -2 * log(cosh((x - Rational(1, 2)) * theta / 2) / cosh(theta / 4))
    return Statement(
        equations=Eq(d2u + strength * exp(u1), 0),
        unknowns=u1,
        domain={x: (0, 1)},
        conditions=[Eq(u(0), 0), Eq(u(1), 0)],
        formula=exact,
    )


CASES.add(1e-11, "ode", "nonlinear", name="bratu_interval")(partial(bratu, Rational(1), 1.5))
# The two solutions meet at lambda = 3.5138: here the derivative is nearly singular.
CASES.add(1e-9, "ode", "nonlinear", name="bratu_near_its_fold")(partial(bratu, Rational(7, 2), 4.5))


@CASES.add(1e-6, "pde", "nonlinear", "singular", "oracle", "hard")
def bratu_square():
    """The source does not vanish at the corners: r^2 log r there, as for torsion."""
    return Statement(
        equations=Eq(laplacian(u2, (x, y)) + 2 * exp(u2), 0),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=[Eq(face, 0) for face in faces(u2, UNIT_SQUARE)],
        oracle=reaction.bratu_square,
    )


@CASES.add(1e-10, "pde", "nonlinear")
def bratu_square_manufactured():
    exact = sin(pi * x) * sin(pi * y) * exp(x)
    return dirichlet(u2, laplacian(u2, (x, y)) + 3 * exp(u2), exact, UNIT_SQUARE)


@CASES.add(1e-10, "pde", "nonlinear")
def liouville_spherical():
    """Lap u = -e^u: log(8 |f'|^2 / (1 + |f|^2)^2) for any analytic f, here z + z^2/4."""
    real, imaginary = x + (x**2 - y**2) / 4, y + x * y / 2
    slope = (1 + x / 2) ** 2 + y**2 / 4
    exact = log(8 * slope / (1 + real**2 + imaginary**2) ** 2)
    return Statement(
        equations=Eq(laplacian(u2, (x, y)), -exp(u2)),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, UNIT_SQUARE)),
        formula=exact,
    )


@CASES.add(1e-9, "pde", "nonlinear")
def liouville_hyperbolic():
    """Lap u = e^u: log(8 |f'|^2 / (1 - |f|^2)^2), here f = z/2; it grows towards the corners."""
    exact = log(2 / (1 - (x**2 + y**2) / 4) ** 2)
    return Statement(
        equations=Eq(laplacian(u2, (x, y)), exp(u2)),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
    )


# Phase separation. A front far from all walls hardly feels them, and its place is not
# determined to rounding: these stand near a wall, or on it.


def allen_cahn_interval(width, ends, *layers) -> Statement:
    return interval(
        Eq(width**2 * d2u, u1**3 - u1), tanh(x / (sqrt(2) * width)), ends, layers=layers
    )


CASES.add(1e-10, "ode", "nonlinear", name="allen_cahn_beside_a_wall")(
    partial(allen_cahn_interval, Rational(1, 10), (-Rational(3, 10), 1), 0)
)
CASES.add(1e-9, "ode", "nonlinear", "layer", name="allen_cahn_half_front")(
    partial(allen_cahn_interval, Rational(1, 100), (0, 1), 0)
)


def allen_cahn_square(width) -> Statement:
    exact = tanh((3 * x + 4 * y) / (5 * sqrt(2) * width))
    return Statement(
        equations=Eq(width**2 * laplacian(u2, (x, y)), u2**3 - u2),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
    )


CASES.add(1e-9, "pde", "nonlinear", name="allen_cahn_square_wide")(
    partial(allen_cahn_square, Rational(4, 10))
)
CASES.add(1e-7, "pde", "nonlinear", "layer", "slow", name="allen_cahn_square_thin")(
    partial(allen_cahn_square, Rational(1, 10))
)


@CASES.add(1e-9, "pde", "nonlinear")
def sine_gordon_kink_in_the_plane():
    exact = 4 * atan(exp((x + y) / sqrt(2)))
    return Statement(
        equations=Eq(laplacian(u2, (x, y)), sin(u2)),
        unknowns=u2,
        domain={x: (-2, 2), y: (-2, 2)},
        conditions=manufactured({u2: exact}, *faces(u2, {x: (-2, 2), y: (-2, 2)})),
        formula=exact,
    )


@CASES.add(1e-9, "ode", "nonlinear")
def steady_burgers_front():
    """u'' / 10 = u u': a front in the middle, whose place the walls determine to e^-10."""
    return interval(Eq(d2u / 10, u1 * du), -tanh(5 * x), (-1, 1), layers=(0,))


# Coefficients that depend on the solution


@CASES.add(1e-9, "pde", "nonlinear")
def minimal_surface_of_scherk():
    """u = log(cos x / cos y)."""
    ux, uy = u2.diff(x), u2.diff(y)
    equation = (
        (1 + uy**2) * u2.diff(x, 2) - 2 * ux * uy * u2.diff(x, y) + (1 + ux**2) * u2.diff(y, 2)
    )
    exact = log(cos(x) / cos(y))
    return Statement(
        equations=Eq(equation, 0),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
    )


@CASES.add(1e-9, "pde", "nonlinear")
def p_laplacian_regularised():
    """div((1/10 + |grad u|^2) grad u) = f."""
    gradient = [u2.diff(v) for v in (x, y)]
    stiffness = Rational(1, 10) + sum(g**2 for g in gradient)
    flow = sum(diff(stiffness * g, v).doit() for g, v in zip(gradient, (x, y), strict=True))
    return dirichlet(u2, flow, sin(x + y / 2) + x**2 / 3, UNIT_SQUARE)


@CASES.add(1e-9, "pde", "nonlinear")
def diffusion_that_grows_with_the_solution():
    """div((1 + u^2) grad u) - u = f, flux given on two sides."""
    solution = {u2: cos(x) * exp(-y) + x * y}
    flow = sum(diff((1 + u2**2) * u2.diff(v), v).doit() for v in (x, y))
    return Statement(
        equations=manufactured(solution, flow - u2),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured(
            solution,
            u2.subs(x, 0),
            ((1 + u2**2) * u2.diff(x)).subs(x, 1),
            u2.subs(y, 0),
            u2.diff(y).subs(y, 1),
        ),
        formula=solution[u2],
    )


@CASES.add(1e-9, "pde", "nonlinear")
def monge_ampere():
    """u_xx u_yy - u_xy^2 = f has a convex and a concave solution."""
    exact = exp((x**2 + y**2) / 2)
    equation = Eq(
        u2.diff(x, 2) * u2.diff(y, 2) - u2.diff(x, y) ** 2, (1 + x**2 + y**2) * exp(x**2 + y**2)
    )
    return Statement(
        equations=equation,
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, UNIT_SQUARE)),
        formula=exact,
        guess=1 + (x**2 + y**2) / 2,
    )


# Ordinary equations


@CASES.add(1e-10, "ode", "nonlinear", "oracle")
def pendulum_between_two_angles():
    return Statement(
        equations=Eq(d2u, -sin(u1)),
        unknowns=u1,
        domain={x: (0, 2)},
        conditions=[Eq(u(0), 0), Eq(u(2), float(pendulum.angle(2.0)))],
        oracle=pendulum.angle,
    )


def troesch(number: int) -> Statement:
    return Statement(
        equations=Eq(d2u, number * sinh(number * u1)),
        unknowns=u1,
        domain={x: (0, 1)},
        conditions=[Eq(u(0), 0), Eq(u(1), 1)],
        oracle=partial(reaction.troesch, float(number)),
        layers=(1,),
    )


CASES.add(1e-9, "ode", "nonlinear", "oracle", name="troesch_5")(partial(troesch, 5))
CASES.add(1e-8, "ode", "nonlinear", "layer", "oracle", name="troesch_10")(partial(troesch, 10))


@CASES.add(1e-9, "ode", "nonlinear", "oracle")
def blasius():
    return Statement(
        equations=Eq(2 * d3u + u1 * d2u, 0),
        unknowns=u1,
        domain={x: (0, 8)},
        conditions=[Eq(u(0), 0), Eq(du.subs(x, 0), 0), Eq(du.subs(x, 8), 1)],
        oracle=boundary_layer.blasius,
    )


@CASES.add(1e-9, "ode", "nonlinear", "oracle")
def falkner_skan():
    """A wedge: the stream accelerates."""
    return Statement(
        equations=Eq(d3u + u1 * d2u + (1 - du**2) / 2, 0),
        unknowns=u1,
        domain={x: (0, 6)},
        conditions=[Eq(u(0), 0), Eq(du.subs(x, 0), 0), Eq(du.subs(x, 6), 1)],
        oracle=boundary_layer.falkner_skan,
    )


@CASES.add(1e-10, "ode", "nonlinear", "singular")
def lane_emden_from_the_centre():
    """The star of index 5; x = 0 is a singular point."""
    exact = 1 / sqrt(1 + x**2 / 3)
    return interval(Eq(x * d2u + 2 * du + x * u1**5, 0), exact, (0, 3), u(0), du.subs(x, 0))


@CASES.add(1e-10, "ode", "nonlinear", "singular")
def lane_emden_between_centre_and_rim():
    exact = 1 / sqrt(1 + x**2 / 3)
    return interval(Eq(d2u + 2 * du / x + u1**5, 0), exact, (0, 1), du.subs(x, 0), u(1))


@CASES.add(1e-10, "ode", "nonlinear")
def square_of_the_solution():
    """u'' = u^2, with the double pole of its solution just outside."""
    return interval(Eq(d2u, u1**2), 6 / (x + Rational(1, 2)) ** 2, (0, 1))


@CASES.add(1e-11, "ode", "nonlinear")
def square_of_the_slope():
    return interval(Eq(d2u + du**2, 0), log(1 + (exp(1) - 1) * x), (0, 1))


@CASES.add(1e-10, "ode", "nonlinear")
def beam_with_large_deflection():
    """Fourth order, nonlinear in the curvature."""
    exact = x**2 * (1 - x) ** 2 * exp(x)
    ends = [q.subs(x, end) for q in (u1, du) for end in (0, 1)]
    return interval(
        manufactured({u1: exact}, u1.diff(x, 4) + d2u * u1 + 6 * exp(-4 * u1)),
        exact,
        (0, 1),
        *ends,
    )


@CASES.add(1e-10, "ode", "nonlinear", "parameters")
def growth_of_unlike_units():
    """A logistic front in metres and grams: u near 1e6 on an interval of 1e-3."""
    scale, place = 10**6, x * 1000
    exact = scale / (1 + exp(-4 * (place - Rational(1, 2))))
    return interval(Eq(du, 4000 * u1 * (1 - u1 / scale)), exact, (0, Rational(1, 1000)), u(0))


@CASES.add(1e-9, "ode", "system", "nonlinear")
def predator_and_prey_between_two_dates():
    v = Function("v")
    solution = {u1: 2 + sin(2 * x), v(x): exp(-x) + Rational(1, 2)}
    return Statement(
        equations=manufactured(solution, du - u1 * (1 - v(x)), v(x).diff(x) - v(x) * (u1 - 1)),
        unknowns=[u1, v(x)],
        domain={x: (0, 2)},
        conditions=manufactured(solution, u(0), v(2)),
        formula=list(solution.values()),
    )
