"""Kicks, doses, masses that grow: what jumps in time, marched across. Worked out by hand."""

from functools import partial

from sympy import DiracDelta, Eq, Function, Piecewise, Rational, cos, exp, log, sin, symbols

import sigmajet as sj

from ..case import Collection, Statement
from .interfaces import by_pieces

CASES = Collection()

t = symbols("t", real=True)
y = Function("y")
y1 = y(t)
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def march(equation, end, conditions, exact, across=(), **options):
    return Statement(
        equations=equation,
        unknowns=y1,
        domain={t: (0, end)},
        conditions=conditions,
        formula=exact,
        across=across,
        **options,
    )


MASS = by_pieces((1, 4), (THIRD,), t)
DY = y1.diff(t)
CASES.add(1e-12, "ode", "ivp", "interface", name="mass_that_grows_at_a_third")(
    partial(
        march,
        Eq(sj.divergence(MASS * DY, t), 0),
        1,
        [Eq(y(0), 0), Eq(DY.subs(t, 0), 1)],
        by_pieces((t, THIRD + (t - THIRD) / 4), (THIRD,), t),
        [(y1, t, THIRD, 0), (MASS * DY, t, THIRD, 0)],
    )
)
CASES.add(1e-12, "ode", "ivp", "interface", name="mass_that_grows_seen_backwards")(
    partial(
        march,
        Eq(sj.divergence(MASS * DY, t), 0),
        1,
        [Eq(y(1), 0), Eq(DY.subs(t, 1), 1)],
        by_pieces((4 * (t - THIRD) - 2 * THIRD, t - 1), (THIRD,), t),
        [(y1, t, THIRD, 0), (MASS * DY, t, THIRD, 0)],
    )
)
CASES.add(1e-11, "ode", "ivp", "interface", "nonlinear", name="momentum_that_is_no_multiple")(
    partial(
        march,
        Eq(sj.divergence(MASS * DY**3, t), 0),
        1,
        [Eq(y(0), 0), Eq(DY.subs(t, 0), 1)],
        by_pieces((t, THIRD + (t - THIRD) / 4**THIRD), (THIRD,), t),
    )
)
CASES.add(1e-11, "ode", "ivp", "interface", name="pendulum_that_is_struck_twice")(
    partial(
        march,
        Eq(DY.diff(t) + y1, 2 * DiracDelta(t - 1) - DiracDelta(t - 2)),
        4,
        [Eq(y(0), 1), Eq(DY.subs(t, 0), 0)],
        cos(t)
        + Piecewise((0, t < 1), (2 * sin(t - 1), True))
        - Piecewise((0, t < 2), (sin(t - 2), True)),
        [(DY, t, 1, 2), (DY, t, 2, -1)],
    )
)
CASES.add(1e-11, "ode", "ivp", "interface", name="doses_of_a_drug")(
    partial(
        march,
        Eq(DY, -y1 + sum(DiracDelta(t - n) for n in (1, 2, 3))),
        4,
        [Eq(y(0), 1)],
        exp(-t) + sum(Piecewise((0, t < n), (exp(n - t), True)) for n in (1, 2, 3)),
        [(y1, t, n, 1) for n in (1, 2, 3)],
    )
)
CASES.add(1e-11, "ode", "ivp", "interface", name="charge_that_stays_as_capacity_doubles")(
    partial(
        march,
        Eq(sj.divergence(by_pieces((1, 2), (1,), t) * y1, t), -y1),
        2,
        [Eq(y(0), 1)],
        by_pieces((exp(-t), exp(-1) / 2 * exp((1 - t) / 2)), (1,), t),
        [(by_pieces((1, 2), (1,), t) * y1, t, 1, 0)],
    )
)
CASES.add(1e-11, "ode", "ivp", "interface", "nonlinear", name="logistic_growth_that_is_harvested")(
    partial(
        march,
        Eq(DY, y1 * (1 - y1) - DiracDelta(t - log(2)) / 3),
        2,
        [Eq(y(0), HALF)],
        # 2/3 at log 2, from which 1/3 is taken
        by_pieces((1 / (1 + exp(-t)), 1 / (1 + 4 * exp(-t))), (log(2),), t),
        [(y1, t, log(2), -THIRD)],
    )
)
