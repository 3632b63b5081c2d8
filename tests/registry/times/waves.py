"""Second order in time, dispersion, and walls that radiate."""

import numpy as np
from sympy import (
    Eq,
    Function,
    Rational,
    atan,
    cos,
    cosh,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
)

from oracles import fourier, split_step

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, t = symbols("x t")
u, v = Function("u")(x, t), Function("v")(x, t)


def start(exact) -> list[Eq]:
    return manufactured({u: exact}, u.subs(t, 0), u.diff(t).subs(t, 0))


@CASES.add(1e-6, "evolution", "wave")
def wave_over_twenty_periods():
    exact = sin(pi * x) * cos(pi * t) + sin(3 * pi * x) * cos(3 * pi * t) / 3
    return Statement(
        equations=Eq(u.diff(t, 2), u.diff(x, 2)),
        unknowns=u,
        domain={x: (0, 1), t: (0, 40)},
        time=t,
        conditions=[*start(exact), *(Eq(u.subs(x, end), 0) for end in (0, 1))],
        formula=exact,
    )


@CASES.add(1e-6, "evolution", "wave", "nonlinear")
def sine_gordon_breather():
    frequency = Rational(4, 5)
    rate = sqrt(1 - frequency**2)
    exact = 4 * atan(rate / frequency * sin(frequency * t) / cosh(rate * x))
    ends = manufactured({u: exact}, u.subs(x, -20), u.subs(x, 20))
    return Statement(
        equations=Eq(u.diff(t, 2), u.diff(x, 2) - sin(u)),
        unknowns=u,
        domain={x: (-20, 20), t: (0, 8)},
        time=t,
        conditions=[*start(exact), *ends],
        formula=exact,
    )


@CASES.add(1e-8, "evolution", "wave")
def beam_vibrating():
    """u_tt = -u_xxxx, pinned at both ends."""
    exact = sin(x) * cos(t) + sin(2 * x) * sin(4 * t) / 4
    return Statement(
        equations=Eq(u.diff(t, 2) + u.diff(x, 4), 0),
        unknowns=u,
        domain={x: (0, pi), t: (0, 2 * pi)},
        time=t,
        conditions=[
            *start(exact),
            *(Eq(f.subs(x, end), 0) for f in (u, u.diff(x, 2)) for end in (0, pi)),
        ],
        formula=exact,
    )


@CASES.add(1e-8, "evolution", "wave", "system")
def maxwell_cavity():
    """E_t = H_x, H_t = E_x between conducting walls."""
    exact = {
        u: sin(2 * pi * x) * cos(2 * pi * t),
        v: cos(2 * pi * x) * sin(2 * pi * t),
    }
    return Statement(
        equations=[Eq(u.diff(t), v.diff(x)), Eq(v.diff(t), u.diff(x))],
        unknowns=[u, v],
        domain={x: (0, 1), t: (0, 3)},
        time=t,
        conditions=[
            *manufactured(exact, u.subs(t, 0), v.subs(t, 0)),
            *(Eq(u.subs(x, end), 0) for end in (0, 1)),
        ],
        formula=list(exact.values()),
    )


@CASES.add(1e-8, "evolution", "nonlinear")
def heat_radiated_away():
    """The flux through the right wall is the fourth power of the temperature."""
    exact = exp(-t) * cos(x) + 2
    given = (exact.diff(x) + exact**4).subs(x, 1)
    return Statement(
        equations=manufactured({u: exact}, u.diff(t) - u.diff(x, 2)),
        unknowns=u,
        domain={x: (0, 1), t: (0, 1)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), exact.subs(t, 0)),
            Eq(u.diff(x).subs(x, 0), 0),
            Eq(u.diff(x).subs(x, 1), given - u.subs(x, 1) ** 4),
        ],
        formula=exact,
    )


ALLEN_CAHN_KINKED = fourier.Evolution(
    symbol=lambda k: 5 - 1e-4 * k**2,
    nonlinear=lambda values: -5 * values**3,
    flux=False,
    initial=lambda p: p**2 * np.cos(np.pi * p),
    interval=(-1.0, 1.0),
)
KINKED_RESOLUTION = (4096, 1e-3)


@CASES.add(1e-4, "evolution", "nonlinear", "periodic", "oracle")
def allen_cahn_with_a_kink():
    """x^2 cos(pi x) has a kink at the seam; a Fourier series of it falls like k^-2 only."""
    return Statement(
        equations=Eq(u.diff(t), u.diff(x, 2) / 10000 + 5 * u - 5 * u**3),
        unknowns=u,
        domain={x: (-1, 1), t: (0, 1)},
        time=t,
        conditions=[Eq(u.subs(t, 0), x**2 * cos(pi * x)), Eq(u.subs(x, -1), u.subs(x, 1))],
        oracle=fourier.oracle(ALLEN_CAHN_KINKED, *KINKED_RESOLUTION),
    )


SCHROEDINGER_RESOLUTION = (1024, 5e-4)


@CASES.add(1e-4, "evolution", "nonlinear", "periodic", "system", "oracle", "slow")
def schroedinger_nonlinear_with_a_kink():
    """2 sech x on [-5, 5]: the slopes at the ends, 0.027 and -0.027, do not match."""
    interval = (-5, 5)
    density = u**2 + v**2
    return Statement(
        equations=[
            Eq(u.diff(t), -v.diff(x, 2) / 2 - density * v),
            Eq(v.diff(t), u.diff(x, 2) / 2 + density * u),
        ],
        unknowns=[u, v],
        domain={x: interval, t: (0, pi / 2)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), 2 / cosh(x)),
            Eq(v.subs(t, 0), 0),
            *(Eq(f.subs(x, interval[0]), f.subs(x, interval[1])) for f in (u, v)),
        ],
        oracle=split_step.oracle(lambda p: 2 / np.cosh(p), interval, *SCHROEDINGER_RESOLUTION),
    )
