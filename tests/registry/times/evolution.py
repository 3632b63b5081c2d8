"""First order in time, on an interval or a square of space; linear and not.

Where there is no formula the solution comes from `oracles`: Cole-Hopf for Burgers, a Fourier
series for what is periodic; `test_oracles.py` states how accurate those are.
"""

from functools import partial

import numpy as np
from sympy import (
    Eq,
    Expr,
    Function,
    Integer,
    Rational,
    atan,
    cos,
    cosh,
    diff,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
    tanh,
)

from oracles import beam, cole_hopf, fourier

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y, z, t = symbols("x y z t")
u = Function("u")(x, t)
v = Function("v")(x, t)
w = Function("w")(x, y, t)


def heat_like(equation, exact: Expr, ends, *traces: Expr, last=1) -> Statement:
    """Initial and wall values are those of the solution."""
    return Statement(
        equations=equation,
        unknowns=u,
        domain={x: ends, t: (0, last)},
        time=t,
        conditions=manufactured({u: exact}, u.subs(t, 0), *traces),
        formula=exact,
    )


def walls(a, b) -> tuple[Expr, Expr]:
    return u.subs(x, a), u.subs(x, b)


@CASES.add(1e-8, "evolution")
def heat_dirichlet():
    exact = exp(-(pi**2) * t / 10) * sin(pi * x) + exp(-9 * pi**2 * t / 10) * sin(3 * pi * x) / 2
    return Statement(
        equations=Eq(u.diff(t), u.diff(x, 2) / 10),
        unknowns=u,
        domain={x: (0, 1), t: (0, 1)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), sin(pi * x) + sin(3 * pi * x) / 2),
            Eq(u.subs(x, 0), 0),
            Eq(u.subs(x, 1), 0),
        ],
        formula=exact,
    )


@CASES.add(1e-8, "evolution")
def heat_neumann():
    exact = 1 + exp(-(pi**2) * t / 4) * cos(pi * x / 2)
    sides = (u.diff(x).subs(x, 0), u.diff(x).subs(x, 2))
    return heat_like(Eq(u.diff(t), u.diff(x, 2)), exact, (0, 2), *sides)


@CASES.add(1e-8, "evolution")
def heat_moving_walls_and_source():
    exact = sin(x + 2 * t) * exp(-t) + x * t
    equation = manufactured({u: exact}, u.diff(t) - u.diff(x, 2) / 2)
    return heat_like(equation, exact, (-1, 1), u.subs(x, -1), (u + 2 * u.diff(x)).subs(x, 1))


@CASES.add(1e-8, "evolution")
def diffusion_variable_in_space_and_time():
    exact = exp(-t) * cos(2 * x) + 1
    flux = (1 + x**2 * (1 + t) / 2) * u.diff(x)
    equation = manufactured({u: exact}, u.diff(t) - diff(flux, x).doit() + x * u)
    return heat_like(equation, exact, (0, 1), *walls(0, 1))


@CASES.add(1e-8, "evolution")
def advection_diffusion_pulse():
    """A Gaussian that travels and spreads."""
    spread = Rational(1, 50) + 4 * t / 100
    exact = exp(-((x - t) ** 2) / spread) / sqrt(50 * spread)
    equation = Eq(u.diff(t) + u.diff(x), u.diff(x, 2) / 100)
    return heat_like(equation, exact, (-1, 2), *walls(-1, 2))


@CASES.add(1e-8, "evolution", "periodic")
def advection_periodic():
    """No diffusion at all: the shape must come back."""
    exact = exp(sin(pi * (x - t)))
    return Statement(
        equations=Eq(u.diff(t) + u.diff(x), 0),
        unknowns=u,
        domain={x: (-1, 1), t: (0, 2)},
        time=t,
        conditions=[Eq(u.subs(t, 0), exp(sin(pi * x))), Eq(*walls(-1, 1))],
        formula=exact,
    )


@CASES.add(1e-8, "evolution")
def advection_inflow():
    exact = sin(3 * (x - 2 * t)) + x
    return heat_like(
        manufactured({u: exact}, u.diff(t) + 2 * u.diff(x)), exact, (0, 1), u.subs(x, 0)
    )


@CASES.add(1e-8, "evolution")
def dispersion_linear():
    """u_t + u_xxx = 0: one condition on the left, two on the right."""
    exact = cos(x + t) + exp(-x + t) / 3
    sides = (*walls(0, 2), u.diff(x).subs(x, 2))
    return heat_like(Eq(u.diff(t) + u.diff(x, 3), 0), exact, (0, 2), *sides)


@CASES.add(1e-8, "evolution")
def beam_creep():
    """Fourth order in space: u_t = -u_xxxx with a pinned beam."""
    exact = exp(-t) * sin(x)
    moments = [u.diff(x, 2).subs(x, end) for end in (0, pi)]
    return heat_like(Eq(u.diff(t), -u.diff(x, 4)), exact, (0, pi), *walls(0, pi), *moments)


@CASES.add(1e-11, "evolution", "incompatible", "oracle")
def clamped_beam_creep():
    """Clamped ends, which the start contradicts in its fourth derivative, at a tight tolerance."""
    slopes = [u.diff(x).subs(x, end) for end in (0, 1)]
    return Statement(
        equations=Eq(u.diff(t), -u.diff(x, 4) / 100),
        unknowns=u,
        domain={x: (0, 1), t: (0, 1)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), sin(pi * x) ** 2),
            *(Eq(side, 0) for side in (*walls(0, 1), *slopes)),
        ],
        oracle=partial(beam.creeping, rate=0.01),
    )


@CASES.add(1e-7, "evolution", "2d-space")
def heat_square():
    exact = exp(-(pi**2) * t / 5) * sin(pi * x) * sin(pi * y)
    sides = [Eq(w.subs(q, end), 0) for q in (x, y) for end in (0, 1)]
    return Statement(
        equations=Eq(w.diff(t), (w.diff(x, 2) + w.diff(y, 2)) / 10),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        time=t,
        conditions=[Eq(w.subs(t, 0), sin(pi * x) * sin(pi * y)), *sides],
        formula=exact,
    )


@CASES.add(1e-6, "evolution", "2d-space", "nonlinear")
def burgers_in_the_plane():
    """A front that moves along the diagonal."""
    viscosity = Rational(1, 10)
    exact = 1 / (1 + exp((x + y - t) / (2 * viscosity)))
    flow = w.diff(t) + w * (w.diff(x) + w.diff(y))
    solution = {w: exact}
    walls = [w.subs(q, end) for q in (x, y) for end in (0, 1)]
    return Statement(
        equations=Eq(flow, viscosity * (w.diff(x, 2) + w.diff(y, 2))),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        time=t,
        conditions=manufactured(solution, w.subs(t, 0), *walls),
        formula=exact,
    )


@CASES.add(1e-6, "evolution", "2d-space", "nonlinear", "layer", "slow")
def reaction_front_in_the_plane():
    """A thin front of a cubic reaction that moves along one axis: blocks are cut across it."""
    exact = tanh(20 * (x - Rational(1, 2) - t / 4))
    solution = {w: exact}
    walls = [w.subs(q, end) for q in (x, y) for end in (0, 1)]
    source = exact.diff(t) - exact.diff(x, 2) / 100 + exact**3
    return Statement(
        equations=Eq(w.diff(t), (w.diff(x, 2) + w.diff(y, 2)) / 100 - w**3 + source),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        time=t,
        conditions=manufactured(solution, w.subs(t, 0), *walls),
        formula=exact,
    )


@CASES.add(1e-6, "evolution", "2d-space", "oscillating", "slow")
def wave_of_eight_half_lengths_in_the_plane():
    exact = sin(8 * pi * x) * sin(pi * y) * cos(sqrt(65) * pi * t)
    sides = [Eq(w.subs(q, end), 0) for q in (x, y) for end in (0, 1)]
    start = [Eq(w.subs(t, 0), exact.subs(t, 0)), Eq(w.diff(t).subs(t, 0), 0)]
    return Statement(
        equations=Eq(w.diff(t, 2), w.diff(x, 2) + w.diff(y, 2)),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        time=t,
        conditions=[*start, *sides],
        formula=exact,
    )


@CASES.add(1e-5, "evolution", "2d-space", "layer", "slow")
def spot_that_spreads():
    """Small at first, smooth in the end: blocks are cut, and merged again."""
    width = Rational(1, 400) + t / 25
    radius = (x - Rational(2, 5)) ** 2 + (y - Rational(3, 5)) ** 2
    exact = exp(-radius / width) / (400 * width)
    solution = {w: exact}
    walls = [w.subs(q, end) for q in (x, y) for end in (0, 1)]
    return Statement(
        equations=Eq(w.diff(t), (w.diff(x, 2) + w.diff(y, 2)) / 100),
        unknowns=w,
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        time=t,
        conditions=manufactured(solution, w.subs(t, 0), *walls),
        formula=exact,
    )


@CASES.add(1e-6, "evolution", "2d-space", "nonlinear", "system", "slow")
def burgers_of_two_velocities():
    """Fletcher's solution of the coupled equations at Reynolds number 20."""
    reynolds = 20
    v = Function("v")(x, y, t)
    share = 1 / (4 * (1 + exp(Rational(reynolds, 32) * (4 * y - 4 * x - t))))
    solution = {w: Rational(3, 4) - share, v: Rational(3, 4) + share}
    return Statement(
        equations=[
            Eq(
                f.diff(t) + w * f.diff(x) + v * f.diff(y),
                (f.diff(x, 2) + f.diff(y, 2)) / reynolds,
            )
            for f in solution
        ],
        unknowns=list(solution),
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        time=t,
        conditions=manufactured(
            solution,
            *(f.subs(t, 0) for f in solution),
            *(f.subs(q, end) for f in solution for q in (x, y) for end in (0, 1)),
        ),
        formula=list(solution.values()),
    )


@CASES.add(1e-5, "evolution", "3d-space", "slow")
def heat_cube():
    f = Function("f")(x, y, z, t)
    initial = sin(pi * x) * sin(pi * y) * sin(pi * z)
    return Statement(
        equations=Eq(f.diff(t), (f.diff(x, 2) + f.diff(y, 2) + f.diff(z, 2)) / 10),
        unknowns=f,
        domain={x: (0, 1), y: (0, 1), z: (0, 1), t: (0, 1)},
        time=t,
        conditions=[
            Eq(f.subs(t, 0), initial),
            *(Eq(f.subs(q, end), 0) for q in (x, y, z) for end in (0, 1)),
        ],
        formula=exp(-3 * pi**2 * t / 10) * initial,
    )


@CASES.add(1e-7, "evolution", "system")
def wave_as_first_order_pair():
    exact = [sin(pi * x) * cos(pi * t), -pi * sin(pi * x) * sin(pi * t)]
    return Statement(
        equations=[Eq(u.diff(t), v), Eq(v.diff(t), u.diff(x, 2))],
        unknowns=[u, v],
        domain={x: (0, 1), t: (0, 1)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), sin(pi * x)),
            Eq(v.subs(t, 0), 0),
            *(Eq(f.subs(x, end), 0) for f in (u, v) for end in (0, 1)),
        ],
        formula=exact,
    )


@CASES.add(1e-7, "evolution", "system", "periodic")
def schroedinger_free():
    """i psi_t = -psi_xx / 2 in its real and imaginary part, periodic."""
    waves = ((2, 1), (-1, Rational(1, 2)))
    phases = [(k * x - Rational(k**2, 2) * t, size) for k, size in waves]
    exact = [sum(size * f(phase) for phase, size in phases) for f in (cos, sin)]
    ends = [Eq(f.subs(x, 0), f.subs(x, 2 * pi)) for f in (u, v, u.diff(x), v.diff(x))]
    return Statement(
        equations=[Eq(u.diff(t), -v.diff(x, 2) / 2), Eq(v.diff(t), u.diff(x, 2) / 2)],
        unknowns=[u, v],
        domain={x: (0, 2 * pi), t: (0, 1)},
        time=t,
        conditions=[*manufactured({u: exact[0], v: exact[1]}, u.subs(t, 0), v.subs(t, 0)), *ends],
        formula=exact,
    )


# Nonlinear, with a formula.


@CASES.add(1e-8, "evolution", "nonlinear")
def burgers_travelling_front():
    nu, height = Rational(1, 20), Rational(1, 2)
    exact = Rational(1, 2) - height * tanh(height * (x - t / 2) / (2 * nu))
    return heat_like(
        Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2)), exact, (-1, 2), *walls(-1, 2)
    )


@CASES.add(1e-8, "evolution", "nonlinear")
def fisher_travelling_wave():
    """u_t = u_xx + u (1 - u), the wave of speed 5/sqrt(6) of Ablowitz and Zeppetella."""
    exact = (1 + exp((x - 5 * t / sqrt(6)) / sqrt(6))) ** -2
    equation = Eq(u.diff(t), u.diff(x, 2) + u * (1 - u))
    return heat_like(equation, exact, (-5, 10), *walls(-5, 10), last=2)


@CASES.add(1e-8, "evolution", "nonlinear")
def allen_cahn_front():
    """u_t = w^2 u_xx + u (1 - u) (u - a): the speed of the front is sqrt(2) w (1/2 - a)."""
    width, a = Rational(1, 10), Rational(-1, 4)
    speed = sqrt(2) * width * (Rational(1, 2) - a)
    exact = (1 - tanh((x - speed * t) / (2 * sqrt(2) * width))) / 2
    equation = Eq(u.diff(t), width**2 * u.diff(x, 2) + u * (1 - u) * (u - a))
    return heat_like(equation, exact, (-1, 1), *walls(-1, 1))


@CASES.add(1e-7, "evolution", "nonlinear")
def korteweg_de_vries_soliton():
    exact = 2 * cosh(x - 4 * t) ** -2
    equation = Eq(u.diff(t) + 6 * u * u.diff(x) + u.diff(x, 3), 0)
    sides = (*walls(-6, 8), u.diff(x).subs(x, 8))
    return heat_like(equation, exact, (-6, 8), *sides, last=Rational(1, 2))


@CASES.add(1e-8, "evolution", "nonlinear")
def diffusion_of_a_power():
    """u_t = (u u_x)_x with source: the diffusion itself depends on u."""
    exact = 1 + exp(-t) * sin(x) / 2
    operator = u.diff(t) - (u * u.diff(x, 2) + u.diff(x) ** 2)
    return heat_like(manufactured({u: exact}, operator), exact, (0, 3), *walls(0, 3))


@CASES.add(1e-7, "evolution", "nonlinear", "system")
def sine_gordon_kink():
    speed = Rational(1, 2)
    kink = 4 * atan(exp((x - speed * t) / sqrt(1 - speed**2)))
    solution = {u: kink, v: kink.diff(t)}
    return Statement(
        equations=[Eq(u.diff(t), v), Eq(v.diff(t), u.diff(x, 2) - sin(u))],
        unknowns=[u, v],
        domain={x: (-4, 4), t: (0, 1)},
        time=t,
        conditions=manufactured(
            solution,
            u.subs(t, 0),
            v.subs(t, 0),
            *(f.subs(x, end) for f in (u, v) for end in (-4, 4)),
        ),
        formula=list(solution.values()),
    )


# Nonlinear, against an oracle.


def burgers_on_line(nu: Expr) -> Statement:
    return Statement(
        equations=Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2)),
        unknowns=u,
        domain={x: (-1, 1), t: (0, 1)},
        time=t,
        conditions=[Eq(u.subs(t, 0), -sin(pi * x)), *(Eq(end, 0) for end in walls(-1, 1))],
        oracle=lambda px, pt: cole_hopf.burgers(px, pt, float(nu)),
    )


@CASES.add(1e-8, "evolution", "nonlinear", "oracle")
def burgers_mild():
    return burgers_on_line(Rational(1, 10) / pi)


@CASES.add(1e-6, "evolution", "nonlinear", "oracle", "benchmark")
def burgers_steep():
    """nu = 0.01/pi: the example of the README, a shock of width 0.01 from t = 0.4 on."""
    return burgers_on_line(Rational(1, 100) / pi)


def periodic_conditions(orders: int, ends) -> list[Eq]:
    traces = [u, *(u.diff(x, k) for k in range(1, orders))]
    return [Eq(f.subs(x, ends[0]), f.subs(x, ends[1])) for f in traces]


KDV = fourier.Evolution(
    symbol=lambda k: 0.0025j * k**3,
    nonlinear=lambda values: -(values**2) / 2,
    flux=True,
    initial=lambda p: np.cos(np.pi * p),
    interval=(-1.0, 1.0),
)
ALLEN_CAHN = fourier.Evolution(
    symbol=lambda k: 5 - 1e-3 * k**2,
    nonlinear=lambda values: -5 * values**3,
    flux=False,
    initial=lambda p: np.cos(np.pi * p) / 2 + np.sin(2 * np.pi * p) / 4,
    interval=(-1.0, 1.0),
)
KURAMOTO_SIVASHINSKY = fourier.Evolution(
    symbol=lambda k: 100 / 16**2 * k**2 - 100 / 16**4 * k**4,
    nonlinear=lambda values: -(100 / 16) * values**2 / 2,
    flux=True,
    initial=lambda p: np.cos(p) * (1 + np.sin(p)),
    interval=(0.0, 2 * np.pi),
)
# How each is resolved: modes and largest step. `test_oracles.py` measures what that gives.
RESOLUTION = {"kdv": (256, 2e-4), "allen_cahn": (1024, 5e-4), "ks": (512, 1e-4)}


@CASES.add(1e-5, "evolution", "nonlinear", "periodic", "oracle")
def korteweg_de_vries_periodic():
    """Zabusky and Kruskal's equation: cos(pi x) breaks up into solitons."""
    return Statement(
        equations=Eq(u.diff(t) + u * u.diff(x) + u.diff(x, 3) / 400, 0),
        unknowns=u,
        domain={x: (-1, 1), t: (0, 1)},
        time=t,
        conditions=[Eq(u.subs(t, 0), cos(pi * x)), *periodic_conditions(3, (-1, 1))],
        oracle=fourier.oracle(KDV, *RESOLUTION["kdv"]),
    )


@CASES.add(1e-7, "evolution", "nonlinear", "periodic", "oracle")
def allen_cahn_periodic():
    return Statement(
        equations=Eq(u.diff(t), u.diff(x, 2) / 1000 + 5 * u - 5 * u**3),
        unknowns=u,
        domain={x: (-1, 1), t: (0, 1)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), cos(pi * x) / 2 + sin(2 * pi * x) / 4),
            *periodic_conditions(2, (-1, 1)),
        ],
        oracle=fourier.oracle(ALLEN_CAHN, *RESOLUTION["allen_cahn"]),
    )


def kuramoto_sivashinsky(end) -> Statement:
    """PINNacle's coefficients; from t = 0.3 on the solution is chaotic."""
    a, b, c = (Integer(100) / 16**power for power in (1, 2, 4))
    return Statement(
        equations=Eq(u.diff(t) + a * u * u.diff(x) + b * u.diff(x, 2) + c * u.diff(x, 4), 0),
        unknowns=u,
        domain={x: (0, 2 * pi), t: (0, end)},
        time=t,
        conditions=[
            Eq(u.subs(t, 0), cos(x) * (1 + sin(x))),
            *periodic_conditions(4, (0, 2 * pi)),
        ],
        oracle=fourier.oracle(KURAMOTO_SIVASHINSKY, *RESOLUTION["ks"]),
    )


for tol, end in ((1e-3, Rational(3, 10)), (1e-5, Rational(1, 2))):
    CASES.add(
        tol,
        *("evolution", "nonlinear", "periodic", "oracle", "hard"),
        name=f"kuramoto_sivashinsky_to_{float(end)}",
    )(partial(kuramoto_sivashinsky, end))
