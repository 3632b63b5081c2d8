"""Conditions of every kind: nonlinear, integral, multi-point, periodic, Robin; orders to 8."""

from functools import partial

from sympy import (
    Derivative,
    Eq,
    Expr,
    Function,
    Integral,
    Rational,
    Symbol,
    cos,
    exp,
    log,
    pi,
    sin,
    symbols,
)

from ..case import Collection, Statement, manufactured
from .elliptic import UNIT_SQUARE, faces, laplacian

CASES = Collection()

x, y, z = symbols("x y z")
u, v = Function("u"), Function("v")
u1, v1, u2, u3 = u(x), v(x), u(x, y), u(x, y, z)
du, d2u = u1.diff(x), u1.diff(x, 2)
SQUARE = {x: (0, 1), y: (0, 1)}


def interval(operator: Expr, exact: Expr, ends, *conditions: Expr) -> Statement:
    solution = {u1: exact}
    return Statement(
        equations=manufactured(solution, operator),
        unknowns=u1,
        domain={x: ends},
        conditions=manufactured(solution, *conditions),
        formula=exact,
    )


def rectangle(operator: Expr, exact: Expr, domain, *conditions: Expr) -> Statement:
    solution = {u2: exact}
    return Statement(
        equations=manufactured(solution, operator),
        unknowns=u2,
        domain=domain,
        conditions=manufactured(solution, *conditions),
        formula=exact,
    )


# Nonlinear conditions


@CASES.add(1e-11, "ode", "nonlinear")
def radiating_rod():
    """Heat led to the end x = 1 and radiated there: u' = -u^4, u(1) = 1."""
    return Statement(
        equations=Eq(d2u, 0),
        unknowns=u1,
        domain={x: (0, 1)},
        conditions=[Eq(u(0), 2), Eq(du.subs(x, 1), -(u(1) ** 4))],
        formula=2 - x,
    )


@CASES.add(1e-10, "ode", "nonlinear")
def radiating_fin_with_loss():
    """u'' = u, u(0) = 1, and a loss at the tip that is the fourth power of u less 1/16."""
    exact = cos(x)
    return interval(d2u - u1 * exp(u1), exact, (0, 1), u(0), du.subs(x, 1) + u(1) ** 4)


@CASES.add(1e-9, "pde", "nonlinear")
def radiating_plate():
    exact = 2 + sin(x) * cos(y)
    radiated = (u2.diff(x) + u2**4 / 10).subs(x, 1)
    return rectangle(
        laplacian(u2, (x, y)),
        exact,
        SQUARE,
        u2.subs(x, 0),
        radiated,
        u2.subs(y, 0),
        u2.subs(y, 1),
    )


@CASES.add(1e-9, "ode", "nonlinear")
def product_of_both_ends():
    """Two ends in one nonlinear condition."""
    return interval(d2u + u1, 1 + sin(x), (0, 1), u(0), u(0) * u(1) + du.subs(x, 1))


# Integral conditions


@CASES.add(1e-11, "ode", "integral")
def neumann_with_a_mean():
    """Slopes at both ends leave the level open; the mean fixes it."""
    exact = cos(2 * pi * x) + 1
    return Statement(
        equations=Eq(d2u, -4 * pi**2 * cos(2 * pi * x)),
        unknowns=u1,
        domain={x: (0, 1)},
        conditions=[
            Eq(du.subs(x, 0), 0),
            Eq(du.subs(x, 1), 0),
            Eq(Integral(u1, (x, 0, 1)), 1),
        ],
        formula=exact,
    )


@CASES.add(1e-11, "ode", "integral")
def mass_instead_of_an_end():
    mass = Integral(u1, (x, 0, 1))
    return interval(d2u - 3 * u1, exp(x) * cos(2 * x), (0, 1), u(0), mass)


@CASES.add(1e-11, "ode", "integral")
def means_over_parts():
    """Means over two parts, as a finite volume would give them."""
    halves = [Integral(u1, (x, a, b)) for a, b in ((0, Rational(1, 2)), (Rational(1, 2), 2))]
    return interval(d2u + x * u1, sin(2 * x) + 1, (0, 2), *halves)


@CASES.add(1e-10, "ode", "integral")
def mean_against_the_end():
    """Bitsadze and Samarskii: a value tied to an integral."""
    return interval(d2u, exp(-x) + x, (0, 2), u(0), u(2) - Integral(u1, (x, 0, 1)) / 3)


@CASES.add(1e-10, "ode", "integral", "nonlinear")
def bratu_with_a_mass():
    exact = log(1 + x)
    return interval(d2u + exp(-2 * u1), exact, (0, 1), u(0), Integral(u1, (x, 0, 1)))


@CASES.add(1e-10, "pde", "integral")
def neumann_square_with_a_mean():
    slopes = [u2.diff(q).subs(q, end) for q in (x, y) for end in (0, 1)]
    mean = Integral(u2, (x, 0, 1), (y, 0, 1))
    return rectangle(laplacian(u2, (x, y)), exp(x) * sin(2 * y) + x, SQUARE, *slopes, mean)


@CASES.add(1e-9, "pde", "integral")
def mean_across_the_channel():
    """The flux through every section, in place of a wall value."""
    exact = cos(x) * exp(y) + y**2
    walls = [u2.subs(x, 0), u2.subs(x, 1), u2.subs(y, 0)]
    section = Integral(u2, (y, 0, 1))
    return rectangle(laplacian(u2, (x, y)) - u2, exact, SQUARE, *walls, section)


# Several points


@CASES.add(1e-10, "ode", "multipoint")
def five_points_fifth_order():
    places = [0, Rational(1, 4), Rational(1, 2), Rational(3, 4), 1]
    return interval(u1.diff(x, 5) + x * du, cos(3 * x) + x**3, (0, 1), *map(u, places))


@CASES.add(1e-10, "ode", "multipoint")
def weighted_sum_of_values():
    inner = u(1) - u(Rational(1, 3)) / 2 - u(Rational(2, 3)) / 4
    return interval(d2u - u1, sin(3 * x) + 2, (0, 1), u(0), inner)


@CASES.add(1e-10, "ode", "multipoint")
def everything_at_an_inner_point():
    """Integrated in both directions from the middle."""
    return interval(d2u + x * u1, sin(x) * exp(x), (-1, 2), u(0), du.subs(x, 0))


# Periodic


@CASES.add(1e-10, "pde", "periodic", "slow")
def periodic_in_both_variables():
    """Stated by values alone; the derivatives that periodicity implies are added."""
    exact = exp(sin(2 * pi * x)) * cos(2 * pi * y) + 1
    ends = [Eq(u2.subs(q, 0), u2.subs(q, 1)) for q in (x, y)]
    return Statement(
        equations=manufactured({u2: exact}, laplacian(u2, (x, y)) - 5 * u2),
        unknowns=u2,
        domain=SQUARE,
        conditions=ends,
        formula=exact,
    )


@CASES.add(1e-10, "pde", "periodic", "integral")
def periodic_poisson_with_a_mean():
    exact = sin(2 * pi * x) * cos(4 * pi * y) + sin(2 * pi * (x + y)) + 2
    ends = [Eq(u2.subs(q, 0), u2.subs(q, 1)) for q in (x, y)]
    return Statement(
        equations=manufactured({u2: exact}, laplacian(u2, (x, y))),
        unknowns=u2,
        domain=SQUARE,
        conditions=[*ends, Eq(Integral(u2, (x, 0, 1), (y, 0, 1)), 2)],
        formula=exact,
    )


@CASES.add(1e-11, "pde", "periodic")
def periodic_advection_diffusion():
    """Periodic across, given along; the stream carries round the ring."""
    exact = sin(x) * exp(-y) + cos(2 * x) * y
    ends = [Eq(e.subs(x, 0), e.subs(x, 2 * pi)) for e in (u2, u2.diff(x))]
    solution = {u2: exact}
    return Statement(
        equations=manufactured(solution, laplacian(u2, (x, y)) - 3 * u2.diff(x)),
        unknowns=u2,
        domain={x: (0, 2 * pi), y: (0, 1)},
        conditions=[*ends, *manufactured(solution, u2.subs(y, 0), u2.diff(y).subs(y, 1))],
        formula=exact,
    )


@CASES.add(1e-11, "ode", "periodic")
def antiperiodic():
    exact = sin(x) + cos(3 * x) / 3
    ends = [Eq(e.subs(x, 0), -e.subs(x, pi)) for e in (u1, du)]
    return Statement(
        equations=manufactured({u1: exact}, d2u - u1 * (2 + cos(2 * x))),
        unknowns=u1,
        domain={x: (0, pi)},
        conditions=ends,
        formula=exact,
    )


@CASES.add(1e-10, "ode", "system", "periodic")
def periodic_pair():
    solution = {u1: exp(cos(x)), v1: sin(2 * x)}
    return Statement(
        equations=manufactured(solution, du + u1 - v1, v1.diff(x) + 2 * v1 + sin(x) * u1),
        unknowns=[u1, v1],
        domain={x: (0, 2 * pi)},
        conditions=[Eq(u(0), u(2 * pi)), Eq(v(0), v(2 * pi))],
        formula=list(solution.values()),
    )


# Robin and mixed


@CASES.add(1e-10, "pde")
def robin_with_variable_exchange():
    """The coefficient of exchange runs along the wall."""
    exact = exp(x) * cos(y) + x
    sides = [
        (u2.diff(x) - (1 + y) * u2).subs(x, 0),
        (u2.diff(x) + exp(y) * u2).subs(x, 1),
        u2.subs(y, 0),
        (u2.diff(y) + x**2 * u2).subs(y, 1),
    ]
    return rectangle(laplacian(u2, (x, y)) - 2 * u2, exact, SQUARE, *sides)


@CASES.add(1e-9, "pde")
def oblique_derivative():
    """Neither normal nor tangential: u_y - u_x/2 on one side."""
    exact = sin(x + 2 * y) + x * y
    sides = [u2.subs(x, 0), u2.subs(x, 1), u2.subs(y, 0), (u2.diff(y) - u2.diff(x) / 2).subs(y, 1)]
    return rectangle(laplacian(u2, (x, y)), exact, SQUARE, *sides)


# High order


def polynomial_operator(order: int) -> Statement:
    """Half of the conditions at each end, and lower terms with variable coefficients."""
    exact = exp(x / 2) * cos(2 * x)
    operator = u1.diff(x, order) + sin(x) * du + (1 + x) * u1
    left = [Derivative(u1, (x, k)).doit().subs(x, -1) for k in range((order + 1) // 2)]
    right = [Derivative(u1, (x, k)).doit().subs(x, 1) for k in range(order // 2)]
    return interval(operator, exact, (-1, 1), *left, *right)


for order, tol in ((3, 1e-11), (4, 1e-10), (5, 1e-10), (6, 1e-9), (7, 1e-9), (8, 1e-8)):
    CASES.add(tol, "ode", name=f"order_{order}_between_two_ends")(
        partial(polynomial_operator, order)
    )


# Plates


def clamped_plate(exact: Expr, domain) -> Statement:
    """Value and slope on all sides, whatever they are."""
    operator = laplacian(laplacian(u2, (x, y)), (x, y))
    slopes = [u2.diff(q).subs(q, end) for q, ends in domain.items() for end in ends]
    return rectangle(operator, exact, domain, *faces(u2, domain), *slopes)


CASES.add(1e-9, "pde", name="clamped_plate_two_lobes")(
    partial(clamped_plate, (sin(pi * x) * sin(2 * pi * y)) ** 2 * (1 + x), UNIT_SQUARE)
)
CASES.add(1e-9, "pde", name="clamped_plate_oblong")(
    partial(clamped_plate, exp(-y / 2) * sin(x) * cos(y) + x**2, {x: (0, 3), y: (-1, 1)})
)


@CASES.add(1e-9, "pde", "system")
def plate_as_two_equations_of_second_order():
    """Deflection and moment."""
    w, m = u2, v(x, y)
    exact = exp(x) * sin(2 * y)
    solution = {w: exact, m: laplacian(exact, (x, y)).doit()}
    walls = [q.subs(p, end) for q in (w, m) for p in (x, y) for end in (0, 1)]
    return Statement(
        equations=[
            Eq(laplacian(w, (x, y)), m),
            *manufactured(solution, laplacian(m, (x, y)) + w),
        ],
        unknowns=[w, m],
        domain=SQUARE,
        conditions=manufactured(solution, *walls),
        formula=list(solution.values()),
    )


# Mixed orders in a system


@CASES.add(1e-9, "ode", "system")
def beam_on_a_sinking_bed():
    """Fourth, second and first order, coupled."""
    w = Function("w")(x)
    solution = {u1: sin(2 * x), v1: exp(-x), w: cos(x)}
    return Statement(
        equations=manufactured(
            solution,
            u1.diff(x, 4) + v1 + u1,
            v1.diff(x, 2) - w * 2 + du,
            w.diff(x) + u1 - v1,
        ),
        unknowns=[u1, v1, w],
        domain={x: (0, 2)},
        conditions=manufactured(
            solution,
            u(0),
            du.subs(x, 0),
            d2u.subs(x, 2),
            u1.diff(x, 3).subs(x, 2),
            v(0),
            v1.diff(x).subs(x, 2),
            w.subs(x, 0),
        ),
        formula=list(solution.values()),
    )


@CASES.add(1e-8, "pde", "system")
def darcy_as_flux_and_head():
    """Two first-order laws and a balance; the head on two sides, the flux on the others."""
    qx, qy, head = (Function(name)(x, y) for name in ("qx", "qy", "h"))
    conductivity = 1 + x + y**2
    exact = sin(2 * x) * exp(-y) + x
    solution = {
        qx: -conductivity * exact.diff(x),
        qy: -conductivity * exact.diff(y),
        head: exact,
    }
    return Statement(
        equations=[
            Eq(qx, -conductivity * head.diff(x)),
            Eq(qy, -conductivity * head.diff(y)),
            *manufactured(solution, qx.diff(x) + qy.diff(y)),
        ],
        unknowns=[qx, qy, head],
        domain=SQUARE,
        conditions=manufactured(
            solution, head.subs(x, 0), head.subs(x, 1), qy.subs(y, 0), qy.subs(y, 1)
        ),
        formula=list(solution.values()),
    )


# Space


@CASES.add(1e-8, "pde", "3d", "slow")
def poisson_box_with_all_kinds_of_walls():
    exact = exp(x / 2) * sin(y + z) + x * z
    solution = {u3: exact}
    walls = [
        u3.subs(x, 0),
        u3.diff(x).subs(x, 2),
        (u3.diff(y) - u3).subs(y, 0),
        u3.subs(y, 1),
        u3.diff(z).subs(z, -1),
        (u3.diff(z) + 2 * u3).subs(z, 1),
    ]
    return Statement(
        equations=manufactured(solution, laplacian(u3, (x, y, z))),
        unknowns=u3,
        domain={x: (0, 2), y: (0, 1), z: (-1, 1)},
        conditions=manufactured(solution, *walls),
        formula=exact,
    )


@CASES.add(1e-8, "pde", "3d", "slow")
def convection_diffusion_box():
    exact = exp(x) * cos(y) * (1 + z**2) / 3
    solution = {u3: exact}
    domain = dict.fromkeys((x, y, z), (0, 1))
    stream = z * u3.diff(x) + x * u3.diff(y) - 2 * u3.diff(z)
    return Statement(
        equations=manufactured(solution, -laplacian(u3, (x, y, z)) / 5 + stream),
        unknowns=u3,
        domain=domain,
        conditions=manufactured(solution, *faces(u3, domain)),
        formula=exact,
    )


STRETCH = Symbol("a")


@CASES.add(1e-9, "pde", "3d", "slow", "periodic")
def periodic_channel_in_space():
    """Periodic in two directions, walls in the third."""
    exact = cos(2 * pi * x) * sin(2 * pi * y) * z + z**3
    solution = {u3: exact}
    ends = [Eq(u3.subs(q, 0), u3.subs(q, 1)) for q in (x, y)]
    return Statement(
        equations=manufactured(solution, laplacian(u3, (x, y, z)) - STRETCH * u3),
        unknowns=u3,
        domain=dict.fromkeys((x, y, z), (0, 1)),
        conditions=[*ends, *manufactured(solution, u3.subs(z, 0), u3.subs(z, 1))],
        parameters={STRETCH: 4.0},
        formula=exact,
    )
