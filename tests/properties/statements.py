"""The statements that the properties are tried on: each small, and solved within a second or so."""

import pytest
from sympy import Function, Rational, cos, exp, pi, sin, symbols, tanh

from .statement import Statement

x, y, z, t = symbols("x y z t")
u, v, w = (Function(name) for name in "uvw")

X, T, XY, XT = u(x), u(t), u(x, y), u(x, t)
XYZ = u(x, y, z)


def at(expression, **place):
    """A condition of one term."""
    return ((expression, {symbols(name): value for name, value in place.items()}),)


def walls(unknown, *variables, ends=(0, 1)):
    """Values of an unknown on all walls."""
    return tuple(((unknown, {q: end}),) for q in variables for end in ends)


STATEMENTS = {
    # Lines
    "robin_line": Statement(
        unknowns=(X,),
        solution=(sin(3 * x) + exp(-x),),
        operators=(-(1 + x / 2) * X.diff(x, 2) + x * X.diff(x) + 2 * X,),
        conditions=(at(X - X.diff(x), x=0), at(X, x=1)),
        domain={x: (0, 1)},
    ),
    "layer_line": Statement(
        unknowns=(X,),
        solution=(cos(2 * x) + exp((x - 1) * 20),),
        operators=(-X.diff(x, 2) / 20 + X.diff(x),),
        conditions=walls(X, x),
        domain={x: (0, 1)},
    ),
    "wavy_line": Statement(
        unknowns=(X,),
        solution=(sin(40 * x + 1) + x,),
        operators=(X.diff(x, 2) / 900 + X,),
        conditions=(at(X, x=0), at(X.diff(x) / 30, x=1)),
        domain={x: (0, 1)},
    ),
    "front_line": Statement(
        unknowns=(X,),
        solution=(tanh(50 * x - 20) + x,),
        operators=(-X.diff(x, 2) / 100 + X,),
        conditions=walls(X, x),
        domain={x: (0, 1)},
    ),
    "cubic_line": Statement(
        unknowns=(X,),
        solution=(1 + sin(4 * x),),
        operators=(-X.diff(x, 2) + X**3,),
        conditions=walls(X, x),
        domain={x: (0, 1)},
    ),
    "coupled_lines": Statement(
        unknowns=(X, v(x)),
        solution=(cos(3 * x), x**2 + exp(x) / 2),
        operators=(-X.diff(x, 2) + 2 * X - v(x), -v(x).diff(x, 2) / 2 + v(x).diff(x) + X + v(x)),
        conditions=(*walls(X, x), at(v(x), x=0), at(v(x).diff(x), x=1)),
        domain={x: (0, 1)},
    ),
    "plate_line": Statement(
        unknowns=(X,),
        solution=(exp(x) * sin(2 * x),),
        operators=(X.diff(x, 4) + 5 * X,),
        conditions=(*walls(X, x), *walls(X.diff(x), x)),
        domain={x: (0, 1)},
    ),
    # Initial values
    "oscillator": Statement(
        unknowns=(T,),
        solution=(exp(-t / 4) * cos(3 * t) + t / 2,),
        operators=(T.diff(t, 2) + T.diff(t) / 2 + 9 * T,),
        conditions=(at(T, t=0), at(T.diff(t), t=0)),
        domain={t: (0, 2)},
    ),
    "fast_decay": Statement(
        unknowns=(T,),
        solution=(cos(2 * t),),
        operators=(T.diff(t) + 1000 * T,),
        conditions=(at(T, t=0),),
        domain={t: (0, 2)},
    ),
    "logistic": Statement(
        unknowns=(T,),
        solution=(1 / (1 + exp(-3 * t)),),
        operators=(T.diff(t) - 3 * T * (1 - T),),
        conditions=(at(T, t=0),),
        domain={t: (0, 2)},
    ),
    "pendulum": Statement(
        unknowns=(T,),
        solution=(sin(2 * t) + t / 3,),
        operators=(T.diff(t, 2) + sin(T),),
        conditions=(at(T, t=0), at(T.diff(t), t=0)),
        domain={t: (0, 2)},
    ),
    "predator_and_prey": Statement(
        unknowns=(T, v(t)),
        solution=(2 + cos(2 * t), 2 + sin(2 * t) / 2),
        operators=(T.diff(t) - T * (1 - v(t) / 2), v(t).diff(t) - v(t) * (T / 2 - 1)),
        conditions=(at(T, t=0), at(v(t), t=0)),
        domain={t: (0, 2)},
    ),
    # The plane, and space
    "diffusion_plane": Statement(
        unknowns=(XY,),
        solution=(sin(2 * x + y) + x * exp(-y),),
        operators=(-(1 + x / 3) * XY.diff(x, 2) - XY.diff(y, 2) + XY.diff(y) + XY,),
        conditions=(
            at(XY, x=0),
            at(XY.diff(x) + XY, x=1),
            at(XY.diff(y), y=0),
            at(XY, y=1),
        ),
        domain={x: (0, 1), y: (0, 1)},
    ),
    "bump_plane": Statement(
        unknowns=(XY,),
        solution=(1 + exp(-40 * (x - Rational(2, 5)) ** 2 - 40 * (y - Rational(3, 5)) ** 2),),
        operators=(XY.diff(x, 2) + XY.diff(y, 2),),
        conditions=walls(XY, x, y),
        domain={x: (0, 1), y: (0, 1)},
    ),
    "cubic_plane": Statement(
        unknowns=(XY,),
        solution=(cos(x - 2 * y) + x * y,),
        operators=(-XY.diff(x, 2) - XY.diff(y, 2) + XY**3,),
        conditions=walls(XY, x, y),
        domain={x: (0, 1), y: (0, 1)},
    ),
    "coupled_plane": Statement(
        unknowns=(XY, v(x, y)),
        solution=(sin(x + 2 * y), exp(x - y)),
        operators=(
            -XY.diff(x, 2) - XY.diff(y, 2) + 2 * XY - v(x, y),
            -v(x, y).diff(x, 2) - v(x, y).diff(y, 2) + XY + v(x, y),
        ),
        conditions=(*walls(XY, x, y), *walls(v(x, y), x, y)),
        domain={x: (0, 1), y: (0, 1)},
    ),
    "poisson_space": Statement(
        unknowns=(XYZ,),
        solution=(sin(x + y) * exp(-z),),
        operators=(XYZ.diff(x, 2) + XYZ.diff(y, 2) + XYZ.diff(z, 2),),
        conditions=walls(XYZ, x, y, z),
        domain={x: (0, 1), y: (0, 1), z: (0, 1)},
    ),
    # Evolutions
    "heat": Statement(
        unknowns=(XT,),
        solution=(exp(-t) * sin(3 * x) + x * t,),
        operators=(XT.diff(t) - XT.diff(x, 2) / 4,),
        conditions=(at(XT, t=0), *walls(XT, x)),
        domain={x: (0, 1), t: (0, 1)},
        time=t,
    ),
    "burgers": Statement(
        unknowns=(XT,),
        solution=(1 + tanh(2 * (x - t) - Rational(1, 2)) / 2,),
        operators=(XT.diff(t) + XT * XT.diff(x) - XT.diff(x, 2) / 10,),
        conditions=(at(XT, t=0), *walls(XT, x)),
        domain={x: (0, 1), t: (0, 1)},
        time=t,
    ),
    "wave": Statement(
        unknowns=(XT,),
        solution=(sin(2 * (x - t)) + cos(x + t),),
        operators=(XT.diff(t, 2) - XT.diff(x, 2),),
        conditions=(at(XT, t=0), at(XT.diff(t), t=0), *walls(XT, x)),
        domain={x: (0, 1), t: (0, 1)},
        time=t,
    ),
    "advection_around": Statement(
        unknowns=(XT,),
        solution=(exp(sin(2 * pi * x - 2 * pi * t)),),
        operators=(XT.diff(t) + XT.diff(x) - XT.diff(x, 2) / 50,),
        conditions=(at(XT, t=0), ((XT, {x: 0}), (-XT, {x: 1}))),
        domain={x: (0, 1), t: (0, 1)},
        time=t,
    ),
    "reaction_and_diffusion": Statement(
        unknowns=(XT, v(x, t)),
        solution=(1 + exp(-t) * cos(2 * x) / 2, 2 + sin(x + t)),
        operators=(
            XT.diff(t) - XT.diff(x, 2) / 5 - XT**2 * v(x, t) + 2 * XT,
            v(x, t).diff(t) - v(x, t).diff(x, 2) / 5 + XT**2 * v(x, t),
        ),
        conditions=(
            at(XT, t=0),
            at(v(x, t), t=0),
            *walls(XT, x),
            at(v(x, t).diff(x), x=0),
            at(v(x, t), x=1),
        ),
        domain={x: (0, 1), t: (0, 1)},
        time=t,
    ),
}

# Names for tests that solve each statement anew; two that take more than a second are slow there.
EACH = [
    pytest.param(name, marks=pytest.mark.slow) if name in ("bump_plane", "poisson_space") else name
    for name in STATEMENTS
]
