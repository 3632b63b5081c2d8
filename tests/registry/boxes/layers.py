"""Layers, corners and coefficients that vary strongly, in the plane."""

from functools import partial

import numpy as np
from scipy.interpolate import CubicSpline
from sympy import (
    Eq,
    Expr,
    Function,
    Piecewise,
    Rational,
    atan2,
    cosh,
    diff,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

import sigmajet as sj

from ..case import Collection, Statement, manufactured
from .elliptic import dirichlet, faces, laplacian

CASES = Collection()

x, y = symbols("x y", real=True)
u = Function("u")
u1, u2 = u(x), u(x, y)
du, d2u = u1.diff(x), u1.diff(x, 2)
UNIT_SQUARE = {x: (0, 1), y: (0, 1)}
WIDTHS = {"0.1": Rational(1, 10), "0.01": Rational(1, 100), "0.001": Rational(1, 1000)}


def ramp(q, width) -> Expr:
    """Zero at both ends: q less a layer at 1."""
    return q - (exp((q - 1) / width) - exp(-1 / width)) / (1 - exp(-1 / width))


def one_outflow_layer(width) -> Statement:
    """-eps Lap u + u_x = f with a layer along x = 1."""
    operator = -width * laplacian(u2, (x, y)) + u2.diff(x)
    return dirichlet(u2, operator, ramp(x, width) * sin(2 * y + 1), UNIT_SQUARE)


def two_outflow_layers(width) -> Statement:
    """Layers along x = 1 and y = 1 that meet in a corner."""
    operator = -width * laplacian(u2, (x, y)) + u2.diff(x) + u2.diff(y)
    return dirichlet(u2, operator, ramp(x, width) * ramp(y, width), UNIT_SQUARE)


def reaction_layers_in_the_plane(width) -> Statement:
    """-eps^2 Lap u + u = f: layers on all four sides."""

    def plateau(q) -> Expr:
        return 1 - cosh((q - Rational(1, 2)) / width) / cosh(1 / (2 * width))

    operator = -(width**2) * laplacian(u2, (x, y)) + u2
    return dirichlet(u2, operator, plateau(x) * plateau(y), UNIT_SQUARE)


def oblique_inner_layer(width) -> Statement:
    """A front across the square, parallel to no side."""
    front = tanh((x + 2 * y - Rational(8, 5)) / width)
    return dirichlet(u2, -laplacian(u2, (x, y)), front, UNIT_SQUARE)


def circular_inner_layer(width) -> Statement:
    front = tanh((x**2 + y**2 - Rational(1, 2)) / width)
    return dirichlet(u2, -laplacian(u2, (x, y)), front, UNIT_SQUARE)


LAYERS = (
    one_outflow_layer,
    two_outflow_layers,
    reaction_layers_in_the_plane,
    oblique_inner_layer,
    circular_inner_layer,
)
for build in LAYERS:
    for label, width in WIDTHS.items():
        tags = {"pde", "layer"}
        if label != "0.1" or build in (oblique_inner_layer, circular_inner_layer):
            tags |= {"slow"}
        if label == "0.001":
            tags |= {"hard"}
        CASES.add(1e-7 if label == "0.1" else 1e-6, *tags, name=f"{build.__name__}_{label}")(
            partial(build, width)
        )


# Corners. The domain's own corner is the singular point.


def corner_power(power) -> Statement:
    """Im z^power: harmonic, zero on y = 0."""
    radius = (x**2 + y**2) ** (power / 2)
    exact = Piecewise((0, (x <= 0) & (y <= 0)), (radius * sin(power * atan2(y, x)), True))
    return Statement(
        equations=Eq(laplacian(u2, (x, y)), 0),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, UNIT_SQUARE)),
        formula=exact,
    )


CASES.add(1e-6, "pde", "hard", "singular", name="corner_two_thirds")(
    partial(corner_power, Rational(2, 3))
)
CASES.add(1e-6, "pde", "hard", "singular", name="corner_five_halves")(
    partial(corner_power, Rational(5, 2))
)


# Coefficients


@CASES.add(1e-8, "pde")
def conductivity_ten_thousand_to_one():
    operator = 10**4 * u2.diff(x, 2) + u2.diff(y, 2)
    return dirichlet(u2, operator, sin(pi * x) * exp(y) + y, UNIT_SQUARE)


@CASES.add(1e-8, "pde")
def conductivity_turned_by_an_angle():
    """A full tensor with eigenvalues 100 and 1, its axes at 30 degrees."""
    c, s = sqrt(3) / 2, Rational(1, 2)
    along = c * u2.diff(x) + s * u2.diff(y)
    across = -s * u2.diff(x) + c * u2.diff(y)
    operator = 100 * (c * along.diff(x) + s * along.diff(y)) - s * across.diff(x)
    operator += c * across.diff(y)
    return dirichlet(u2, operator, exp(x) * sin(2 * y) + x * y, UNIT_SQUARE)


@CASES.add(1e-8, "pde")
def conductivity_over_four_decades():
    k = exp(9 * x * y)
    operator = sum(diff(k * u2.diff(q), q).doit() for q in (x, y))
    return dirichlet(u2, operator, sin(2 * x + y) + x**2, UNIT_SQUARE)


@CASES.add(1e-8, "pde", "hard", "kink")
def two_materials():
    """A coefficient that jumps from 1 to 10: so does u_xx, while u and u_x are continuous."""
    distance = x - Rational(1, 2)
    k = Piecewise((1, distance < 0), (10, True))
    square = Piecewise((-(distance**2), distance < 0), (distance**2, True))
    bend = Piecewise((-2, distance < 0), (2, True))
    return Statement(
        equations=Eq(k * laplacian(u2, (x, y)), k * (bend - square) * sin(y)),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=[
            *manufactured({u2: square * sin(y)}, *faces(u2, UNIT_SQUARE)),
            *sj.interface(Eq(x, Rational(1, 2)), Eq(sj.jump(u2.diff(x)), 0)),
        ],
        formula=square * sin(y),
    )


# Coefficients that are not formulas: `functions` gives NumPy code, and the formula by
# which the oracle is checked.

K, F = Function("k"), Function("f")


@CASES.add(1e-11, "ode", "functions")
def stiffness_from_code():
    exact = sin(3 * x)
    return Statement(
        equations=Eq(K(x) * d2u + du, manufactured({u1: exact}, exp(x) * d2u + du)[0].rhs),
        unknowns=u1,
        domain={x: (0, 2)},
        conditions=manufactured({u1: exact}, u(0), u(2)),
        functions={K: np.exp},
        meant={K(x): exp(x)},
        formula=exact,
    )


NODES = np.linspace(0, 2, 2001)


@CASES.add(1e-9, "ode", "functions")
def load_from_a_table():
    """A spline through 2001 values, accurate to 1e-13 between them."""
    exact = sin(3 * x)
    return Statement(
        equations=Eq(d2u + u1, F(x)),
        unknowns=u1,
        domain={x: (0, 2)},
        conditions=manufactured({u1: exact}, u(0), u(2)),
        functions={F: CubicSpline(NODES, -8 * np.sin(3 * NODES))},
        meant={F(x): -8 * sin(3 * x)},
        formula=exact,
    )


@CASES.add(1e-10, "pde", "functions")
def conductivity_and_source_from_code():
    exact = exp(x) * sin(2 * y)
    k = 1 + x * y
    source = manufactured({u2: exact}, K(x, y) * laplacian(u2, (x, y)) + u2)[0]
    return Statement(
        equations=Eq(source.lhs, F(x, y)),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, UNIT_SQUARE)),
        functions={
            K: lambda px, py: 1 + px * py,
            F: lambda px, py: (1 - 3 * (1 + px * py)) * np.exp(px) * np.sin(2 * py),
        },
        meant={K(x, y): k, F(x, y): (1 - 3 * k) * exact},
        formula=exact,
    )
