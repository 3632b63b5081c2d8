"""Several unknowns: linear systems on an interval and on a square."""

from sympy import Eq, Function, Rational, Symbol, cos, exp, pi, sin, symbols

from ..case import Collection, Statement, manufactured

CASES = Collection()

t = Symbol("t")
a, b, c = (Function(name)(t) for name in "abc")
x, y = symbols("x y")


@CASES.add(1e-11, "ode", "system")
def rotation():
    """The harmonic oscillator as two first-order equations."""
    return Statement(
        equations=[Eq(a.diff(t), b), Eq(b.diff(t), -a)],
        unknowns=[a, b],
        domain={t: (0, 5)},
        conditions=[Eq(a.subs(t, 0), 1), Eq(b.subs(t, 0), 0)],
        formula=[cos(t), -sin(t)],
    )


@CASES.add(1e-11, "ode", "system")
def decay_chain():
    """Three species, one after the other."""
    return Statement(
        equations=[Eq(a.diff(t), -a), Eq(b.diff(t), a - 2 * b), Eq(c.diff(t), 2 * b)],
        unknowns=[a, b, c],
        domain={t: (0, 4)},
        conditions=[Eq(a.subs(t, 0), 1), Eq(b.subs(t, 0), 0), Eq(c.subs(t, 0), 0)],
        formula=[exp(-t), exp(-t) - exp(-2 * t), 1 - 2 * exp(-t) + exp(-2 * t)],
    )


@CASES.add(1e-10, "ode", "system")
def coupled_boundary_values():
    """Second and first order together, conditions at both ends, variable coefficients."""
    solution = {a: sin(2 * t) + t, b: exp(-t) * cos(t)}
    return Statement(
        equations=manufactured(solution, a.diff(t, 2) + t * b - a, b.diff(t) + a * cos(t) + 2 * b),
        unknowns=[a, b],
        domain={t: (0, 2)},
        conditions=manufactured(solution, a.subs(t, 0), a.diff(t).subs(t, 2), b.subs(t, 2)),
        formula=list(solution.values()),
    )


@CASES.add(1e-10, "ode", "system")
def unknowns_of_different_size():
    """One unknown a million times the other: each must be accurate by itself."""
    return Statement(
        equations=[Eq(a.diff(t, 2), 10**6 * b), Eq(b.diff(t), -a / 10**6)],
        unknowns=[a, b],
        domain={t: (0, 2)},
        conditions=[
            Eq(a.subs(t, 0), 10**6),
            Eq(a.diff(t).subs(t, 0), -(10**6)),
            Eq(b.subs(t, 0), 1),
        ],
        # a''' = -a with the data of e^-t, the decaying solution of it
        formula=[10**6 * exp(-t), exp(-t)],
    )


@CASES.add(1e-9, "pde", "system")
def stokes_manufactured():
    """Velocity given on the walls, pressure at one point."""
    u, v, p = (Function(name)(x, y) for name in "uvp")
    stream = sin(pi * x) ** 2 * sin(pi * y) ** 2 / pi
    solution = {u: stream.diff(y), v: -stream.diff(x), p: cos(pi * x) * sin(pi * y)}
    walls = [w.subs(q, end) for w in (u, v) for q in (x, y) for end in (0, 1)]
    return Statement(
        equations=manufactured(
            solution,
            -u.diff(x, 2) - u.diff(y, 2) + p.diff(x),
            -v.diff(x, 2) - v.diff(y, 2) + p.diff(y),
            u.diff(x) + v.diff(y),
        ),
        unknowns=[u, v, p],
        domain={x: (0, 1), y: (0, 1)},
        conditions=[
            *(Eq(wall, 0) for wall in walls),
            *manufactured(solution, p.subs({x: Rational(1, 2), y: Rational(1, 2)})),
        ],
        formula=list(solution.values()),
    )


@CASES.add(1e-8, "ode", "system")
def unknowns_in_units_of_a_billion():
    """v of size 1e-9 drives u of size 1: rows that take both for one leave u to noise."""
    unit = Rational(1, 10**9)
    u, v = Function("u")(x), Function("v")(x)
    share = 1 / (pi**2 - 9)  # of cos(3 x)
    answer = share * (cos(3 * x) - cos(pi * x)) + sin(pi * x) / pi
    driven = share * (pi**2 * cos(3 * x) / 9 - cos(pi * x)) + sin(pi * x) / pi
    ends = [driven.subs(x, end) for end in (0, 1)]
    return Statement(
        equations=[
            Eq(u.diff(x, 2), -(pi**2) * v / unit),
            Eq(v.diff(x, 2), unit * cos(3 * x) - pi**2 * v),
        ],
        unknowns=[u, v],
        domain={x: (0, 1)},
        conditions=[
            Eq(u.subs(x, 0), 1),
            Eq(u.subs(x, 1), 0),
            Eq(v.subs(x, 0), 0),
            Eq(v.diff(x).subs(x, 0), unit),
        ],
        formula=[driven + (1 - ends[0]) * (1 - x) - ends[1] * x, unit * answer],
    )


@CASES.add(1e-9, "pde", "system")
def first_order_laplace():
    """Cauchy-Riemann equations: the real part given on the boundary, the other at one point."""
    u, v = (Function(name)(x, y) for name in "uv")
    solution = {u: exp(x) * cos(y) + x**2 - y**2, v: exp(x) * sin(y) + 2 * x * y}
    walls = [u.subs(q, end) for q in (x, y) for end in (0, 1)]
    return Statement(
        equations=[Eq(u.diff(x), v.diff(y)), Eq(u.diff(y), -v.diff(x))],
        unknowns=[u, v],
        domain={x: (0, 1), y: (0, 1)},
        conditions=manufactured(solution, *walls, v.subs({x: 0, y: 0})),
        formula=list(solution.values()),
    )


@CASES.add(1e-9, "pde", "system")
def reaction_diffusion_pair():
    u, v = (Function(name)(x, y) for name in "uv")
    solution = {u: sin(2 * x) * exp(-y), v: cos(x + y)}
    walls = [w.subs(q, end) for w in (u, v) for q in (x, y) for end in (0, 1)]
    return Statement(
        equations=manufactured(
            solution,
            u.diff(x, 2) + u.diff(y, 2) - 3 * u + x * v,
            v.diff(x, 2) + 2 * v.diff(y, 2) + u.diff(x) - v,
        ),
        unknowns=[u, v],
        domain={x: (0, 1), y: (0, 1)},
        conditions=manufactured(solution, *walls),
        formula=list(solution.values()),
    )
