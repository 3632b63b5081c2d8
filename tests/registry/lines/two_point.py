"""The test set for two-point boundary-value problems of Cash and Mazzia.

J. R. Cash, F. Mazzia, "BVP test set", University of Bari; the linear problems T1-T15 and
T17-T18 and the nonlinear T20 and T21, as in the vignettes of R's package bvpSolve. Each has a
parameter lambda and, as it falls, boundary layers, a layer inside, or a turning point. T16 is
left out, since it is an eigenproblem at the values of lambda used here, and so is T19, which
has no solution in closed form. T17 at lambda = 0.01 has many solutions, (lambda - t^2) /
sqrt(lambda + t^2) being zero at both ends: it stands in `refused.py`.
"""

from collections.abc import Callable
from functools import partial

from sympy import (
    Eq,
    Expr,
    Function,
    Rational,
    Symbol,
    airyai,
    airybi,
    cbrt,
    cos,
    cosh,
    erf,
    exp,
    log,
    pi,
    sin,
    sqrt,
)

from ..case import Collection, Statement, manufactured

CASES = Collection()
LAMBDAS = {"0.1": Rational(1, 10), "0.01": Rational(1, 100), "0.001": Rational(1, 1000)}

t = Symbol("t")
y = Function("y")
dy = y(t).diff(t)
d2y = y(t).diff(t, 2)


def dirichlet(
    equation: Eq, interval: tuple[Expr, Expr], formula: Expr, *layers: float
) -> Statement:
    """The boundary values are those of the formula, as the test set has them."""
    a, b = interval
    return Statement(
        equations=equation,
        unknowns=y(t),
        domain={t: interval},
        conditions=manufactured({y(t): formula}, y(a), y(b)),
        formula=formula,
        layers=layers,
    )


def t1(lam):
    a = 1 / sqrt(lam)
    formula = (exp(-a * t) - exp(a * (t - 2))) / (1 - exp(-2 * a))
    return dirichlet(Eq(lam * d2y - y(t), 0), (0, 1), formula, 0)


def t2(lam):
    formula = (1 - exp((t - 1) / lam)) / (1 - exp(-1 / lam))
    return dirichlet(Eq(lam * d2y - dy, 0), (0, 1), formula, 1)


def t3(lam):
    right = -(1 + lam * pi**2) * cos(pi * t) - (2 + cos(pi * t)) * pi * sin(pi * t)
    return dirichlet(Eq(lam * d2y + (2 + cos(pi * t)) * dy - y(t), right), (-1, 1), cos(pi * t))


def t4(lam):
    formula = exp(t - 1) + exp(-(1 + lam) * (1 + t) / lam)
    return dirichlet(Eq(lam * d2y + dy - (1 + lam) * y(t), 0), (-1, 1), formula, -1)


def t5(lam):
    right = -(1 + lam * pi**2) * cos(pi * t) + pi * t * sin(pi * t)
    return dirichlet(Eq(lam * d2y - t * dy - y(t), right), (-1, 1), cos(pi * t))


def t6(lam):
    right = -lam * pi**2 * cos(pi * t) - pi * t * sin(pi * t)
    formula = cos(pi * t) + erf(t / sqrt(2 * lam)) / erf(1 / sqrt(2 * lam))
    return dirichlet(Eq(lam * d2y + t * dy, right), (-1, 1), formula, 0)


def t7(lam):
    right = -(1 + lam * pi**2) * cos(pi * t) - pi * t * sin(pi * t)

    def corner(s):
        return s * erf(s / sqrt(2 * lam)) + sqrt(2 * lam / pi) * exp(-(s**2) / (2 * lam))

    formula = cos(pi * t) + t + corner(t) / corner(1)
    return dirichlet(Eq(lam * d2y + t * dy - y(t), right), (-1, 1), formula, 0)


def t8(lam):
    formula = (2 - exp(-1 / lam) - exp(-t / lam)) / (1 - exp(-1 / lam))
    return dirichlet(Eq(lam * d2y + dy, 0), (0, 1), formula, 0)


def t9(lam):
    return dirichlet(
        Eq((lam + t**2) * d2y + 4 * t * dy + 2 * y(t), 0), (-1, 1), 1 / (lam + t**2), 0
    )


def t10(lam):
    formula = 1 + erf(t / sqrt(2 * lam)) / erf(1 / sqrt(2 * lam))
    return dirichlet(Eq(lam * d2y + t * dy, 0), (-1, 1), formula, 0)


def reaction(lam, homogeneous, *layers):
    """T11 to T14: one equation, different layers."""
    equation = Eq(lam * d2y - y(t), -(1 + lam * pi**2) * cos(pi * t))
    return dirichlet(equation, (-1, 1), cos(pi * t) + homogeneous, *layers)


def t11(lam):
    return reaction(lam, 0)


def t12(lam):
    a = 1 / sqrt(lam)
    layer = (exp(a * (t - 1)) - exp(-a * (t + 3))) / (1 - exp(-4 * a))
    return reaction(lam, layer, 1)


def t13(lam):
    return reaction(lam, exp(-(t + 1) / sqrt(lam)), -1)


def t14(lam):
    a = 1 / sqrt(lam)
    return reaction(lam, exp(a * (t - 1)) + exp(-a * (t + 1)), -1, 1)


def t15(lam):
    """Oscillates left of the turning point, decays right of it: Airy functions."""
    scale = 1 / cbrt(lam)
    ends = [(airyai(e * scale), airybi(e * scale)) for e in (-1, 1)]
    (a_left, b_left), (a_right, b_right) = ends
    determinant = a_left * b_right - a_right * b_left
    formula = (
        (b_right - b_left) * airyai(t * scale) + (a_left - a_right) * airybi(t * scale)
    ) / determinant
    return dirichlet(Eq(lam * d2y, t * y(t)), (-1, 1), formula, 0, 1)


def t17(lam):
    interval = (-Rational(1, 10), Rational(1, 10))
    return dirichlet(
        Eq(d2y, -3 * lam * y(t) / (lam + t**2) ** 2), interval, t / sqrt(lam + t**2), 0
    )


def t18(lam):
    return dirichlet(Eq(lam * d2y, -dy), (0, 1), exp(-t / lam), 0)


def t20(lam):
    corner = Rational(149, 200)
    formula = 1 + lam * log(cosh((t - corner) / lam))
    return dirichlet(Eq(lam * d2y, 1 - dy**2), (0, 1), formula, float(corner))


def t21(lam):
    source = exp(-2 * t / sqrt(lam))
    return dirichlet(Eq(lam * d2y, y(t) + y(t) ** 2 - source), (0, 1), exp(-t / sqrt(lam)), 0)


LINEAR: tuple[Callable[[Expr], Statement], ...] = (
    *(t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15, t17, t18),
)
NONLINEAR: tuple[Callable[[Expr], Statement], ...] = (t20, t21)

for build in (*LINEAR, *NONLINEAR):
    for label, value in LAMBDAS.items():
        if build is t17 and label == "0.01":
            continue
        tags = {"ode", "two-point", f"lambda={label}"}
        if build in NONLINEAR:
            tags |= {"nonlinear"}
        if label == "0.001":
            tags |= {"layer"}
        CASES.add(1e-8, *tags, name=f"{build.__name__}_lambda_{label}")(partial(build, value))
