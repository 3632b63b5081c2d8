"""Boundary-value problems on boxes of two to ten dimensions with smooth solutions."""

from itertools import product

from sympy import (
    Eq,
    Expr,
    Function,
    Rational,
    Symbol,
    cos,
    cosh,
    diff,
    exp,
    pi,
    sin,
    sinh,
    sqrt,
    symbols,
)

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y, z = symbols("x y z")
u2, u3 = Function("u")(x, y), Function("u")(x, y, z)
UNIT_SQUARE = {x: (0, 1), y: (0, 1)}


def laplacian(expression: Expr, variables) -> Expr:
    return sum(expression.diff(v, 2) for v in variables)


def faces(unknown: Expr, domain) -> list[Expr]:
    """The unknown on each face of the box."""
    return [unknown.subs(v, end) for v, ends in domain.items() for end in ends]


def dirichlet(unknown: Expr, operator: Expr, exact: Expr, domain) -> Statement:
    solution = {unknown: exact}
    return Statement(
        equations=manufactured(solution, operator),
        unknowns=unknown,
        domain=domain,
        conditions=manufactured(solution, *faces(unknown, domain)),
        formula=exact,
    )


@CASES.add(1e-11, "pde", "benchmark")
def poisson_square():
    """-Lap u = 2 pi^2 sin(pi x) sin(pi y), zero on the boundary."""
    exact = sin(pi * x) * sin(pi * y)
    return Statement(
        equations=Eq(-laplacian(u2, (x, y)), 2 * pi**2 * exact),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=[Eq(face, 0) for face in faces(u2, UNIT_SQUARE)],
        formula=exact,
    )


@CASES.add(1e-11, "pde")
def laplace_square():
    exact = exp(x) * cos(y) + x * y
    return dirichlet(u2, laplacian(u2, (x, y)), exact, UNIT_SQUARE)


@CASES.add(1e-11, "pde", "random-features")
def poisson_of_mixed_frequencies():
    """Example 3.2 of Chen, Chi, E and Yang, J. Mach. Learn. 1 (2022) 268, in their mixed form."""

    def waves(k, q) -> Expr:
        low, high = cos(k * pi * q + 2 * pi / 5), cos(2 * k * pi * q - pi / 5)
        return Rational(3, 2) * low + 2 * high

    exact = -(waves(1, x) * waves(1, y) + waves(2, x) * waves(2, y)) / 2
    return dirichlet(u2, -laplacian(u2, (x, y)), exact, UNIT_SQUARE)


@CASES.add(1e-10, "pde")
def poisson_mixed():
    """Dirichlet on two faces, Neumann on the other two; a box that is not the unit square."""
    solution = {u2: sin(2 * x + y) * exp(-y) + x**2}
    return Statement(
        equations=manufactured(solution, laplacian(u2, (x, y))),
        unknowns=u2,
        domain={x: (-1, 1), y: (0, 2)},
        conditions=manufactured(
            solution,
            u2.subs(x, -1),
            u2.diff(x).subs(x, 1),
            u2.diff(y).subs(y, 0),
            u2.subs(y, 2),
        ),
        formula=solution[u2],
    )


@CASES.add(1e-10, "pde")
def poisson_robin():
    solution = {u2: cos(x - 2 * y) + x * y**2}
    flux = {x: (-1, 1), y: (-1, 1)}
    robin = [
        (u2 + sign * u2.diff(v)).subs(v, end)
        for v, signs in flux.items()
        for sign, end in zip(signs, (0, 1), strict=True)
    ]
    return Statement(
        equations=manufactured(solution, laplacian(u2, (x, y))),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured(solution, *robin),
        formula=solution[u2],
    )


@CASES.add(1e-10, "pde")
def variable_diffusion():
    """div((1 + x y + y^2) grad u) - e^x u = f."""
    k = 1 + x * y + y**2
    operator = sum(diff(k * u2.diff(v), v).doit() for v in (x, y)) - exp(x) * u2
    return dirichlet(u2, operator, sin(3 * x) * cos(2 * y) + x, UNIT_SQUARE)


@CASES.add(1e-10, "pde")
def mixed_derivative():
    """A full tensor: the equation has the term u_xy."""
    operator = 2 * u2.diff(x, 2) + u2.diff(x, y) + u2.diff(y, 2) + u2.diff(x)
    return dirichlet(u2, operator, exp(x * y) + sin(x + y), {x: (-1, 1), y: (-1, 1)})


@CASES.add(1e-9, "pde")
def anisotropic_box():
    """A box of ratio 20 and a diffusion of ratio 100."""
    operator = 100 * u2.diff(x, 2) + u2.diff(y, 2)
    return dirichlet(u2, operator, sin(x / 4) * cosh(y), {x: (0, 20), y: (0, 1)})


@CASES.add(1e-9, "pde")
def advection_diffusion_square():
    operator = -laplacian(u2, (x, y)) / 10 + 2 * u2.diff(x) + u2.diff(y) * (1 + x)
    return dirichlet(u2, operator, x * (1 - exp((x - 1) * 5)) * sin(2 * y), UNIT_SQUARE)


@CASES.add(1e-9, "pde", "oscillating")
def helmholtz_square():
    """About two wavelengths across; the wavenumber is not an eigenvalue."""
    wave = 12
    exact = cos(wave * (x * Rational(3, 5) + y * Rational(4, 5)))
    return dirichlet(u2, laplacian(u2, (x, y)) + wave**2 * u2, exact, UNIT_SQUARE)


@CASES.add(1e-10, "pde")
def helmholtz_screened():
    return dirichlet(u2, laplacian(u2, (x, y)) - 25 * u2, exp(-3 * x - 4 * y) + x - y, UNIT_SQUARE)


@CASES.add(1e-8, "pde")
def gaussian_bump():
    exact = exp(-20 * ((x - Rational(2, 5)) ** 2 + (y - Rational(3, 5)) ** 2))
    return dirichlet(u2, laplacian(u2, (x, y)), exact, UNIT_SQUARE)


@CASES.add(1e-8, "pde")
def biharmonic_clamped_plate():
    exact = (x * (1 - x) * y * (1 - y)) ** 2 * exp(x - y)
    solution = {u2: exact}
    bilaplacian = laplacian(laplacian(u2, (x, y)), (x, y))
    slopes = [u2.diff(v).subs(v, end) for v, end in product((x, y), (0, 1))]
    return Statement(
        equations=manufactured(solution, bilaplacian),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=[Eq(trace, 0) for trace in (*faces(u2, UNIT_SQUARE), *slopes)],
        formula=exact,
    )


@CASES.add(1e-9, "pde")
def plate_simply_supported():
    exact = sin(pi * x) * sin(2 * pi * y)
    moments = [u2.diff(v, 2).subs(v, end) for v, end in product((x, y), (0, 1))]
    return Statement(
        equations=Eq(laplacian(laplacian(u2, (x, y)), (x, y)), 25 * pi**4 * exact),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=[Eq(trace, 0) for trace in (*faces(u2, UNIT_SQUARE), *moments)],
        formula=exact,
    )


@CASES.add(1e-10, "pde", "periodic")
def poisson_periodic_in_x():
    solution = {u2: exp(sin(x)) * y**2 + cos(x) * y}
    ends = [Eq(e.subs(x, 0), e.subs(x, 2 * pi)) for e in (u2, u2.diff(x))]
    return Statement(
        equations=manufactured(solution, laplacian(u2, (x, y))),
        unknowns=u2,
        domain={x: (0, 2 * pi), y: (0, 1)},
        conditions=[*ends, *manufactured(solution, u2.subs(y, 0), u2.subs(y, 1))],
        formula=solution[u2],
    )


@CASES.add(1e-10, "pde")
def transport_plane():
    """First order: a condition on the inflow faces only."""
    solution = {u2: sin(x - 2 * y) * exp(-x)}
    return Statement(
        equations=manufactured(solution, 2 * u2.diff(x) + u2.diff(y) + u2),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=manufactured(solution, u2.subs(x, 0), u2.subs(y, 0)),
        formula=solution[u2],
    )


@CASES.add(1e-9, "pde", "3d")
def poisson_cube():
    exact = sin(pi * x) * sin(pi * y) * sin(pi * z)
    domain = dict.fromkeys((x, y, z), (0, 1))
    return Statement(
        equations=Eq(-laplacian(u3, (x, y, z)), 3 * pi**2 * exact),
        unknowns=u3,
        domain=domain,
        conditions=[Eq(face, 0) for face in faces(u3, domain)],
        formula=exact,
    )


@CASES.add(1e-8, "pde", "3d")
def variable_coefficients_cube():
    operator = laplacian(u3, (x, y, z)) + x * u3.diff(y) - (1 + z) * u3
    exact = exp(x - y) * cos(z + x) + y * z
    return dirichlet(u3, operator, exact, {x: (0, 1), y: (0, 2), z: (-1, 1)})


@CASES.add(1e-9, "pde", "3d")
def laplace_slab():
    exact = sin(x) * sin(y) * sinh(sqrt(2) * z)
    return dirichlet(
        u3, laplacian(u3, (x, y, z)), exact, {x: (0, 2), y: (0, 2), z: (0, Rational(1, 2))}
    )


def many(dimensions: int):
    variables = symbols(f"x1:{dimensions + 1}")
    return variables, Function("u")(*variables), dict.fromkeys(variables, (0, 1))


def sum_of_sines(dimensions: int) -> Statement:
    variables, u, box = many(dimensions)
    return dirichlet(u, -laplacian(u, variables), sum(sin(pi * v / 2) for v in variables), box)


@CASES.add(1e-7, "pde", "many-dimensions", "sine-sum")
def poisson_5d_sines():
    return sum_of_sines(5)


@CASES.add(2e-5, "pde", "many-dimensions", "sine-sum", "slow")
def poisson_10d_sines():
    return sum_of_sines(10)


@CASES.add(1e-8, "pde", "many-dimensions", "slow")
def poisson_5d_gaussian():
    """Not a sum of functions of one variable each."""
    variables, u, box = many(5)
    exact = exp(-sum((v - Rational(1, 2)) ** 2 for v in variables) / 2)
    return dirichlet(u, -laplacian(u, variables), exact, box)


@CASES.add(1e-7, "pde", "many-dimensions")
def reaction_4d_coupled():
    """A product term in every variable, and a first derivative."""
    variables, u, box = many(4)
    a, b, c, d = variables
    operator = laplacian(u, variables) + u.diff(a) - 2 * u
    return dirichlet(u, operator, exp((a + b - c) / 2) * cos(d) + a * b * c * d, box)


# Linear equations in space and time, stated as boxes: nothing declares which variable is time.
s = Symbol("s")
us = Function("u")(x, s)


@CASES.add(1e-10, "pde", "space-time")
def heat_box():
    exact = exp(-(pi**2) * s / 4) * sin(pi * x / 2) + x
    domain = {x: (0, 1), s: (0, 1)}
    solution = {us: exact}
    return Statement(
        equations=Eq(us.diff(s), us.diff(x, 2)),
        unknowns=us,
        domain=domain,
        conditions=manufactured(solution, us.subs(s, 0), us.subs(x, 0), us.diff(x).subs(x, 1)),
        formula=exact,
    )


@CASES.add(1e-9, "pde", "space-time")
def wave_box():
    """Standing wave of two modes, second order in both variables."""
    exact = sin(pi * x) * cos(pi * s) + sin(2 * pi * x) * sin(2 * pi * s) / 4
    domain = {x: (0, 1), s: (0, 1)}
    return Statement(
        equations=Eq(us.diff(s, 2), us.diff(x, 2)),
        unknowns=us,
        domain=domain,
        conditions=[
            Eq(us.subs(x, 0), 0),
            Eq(us.subs(x, 1), 0),
            *manufactured({us: exact}, us.subs(s, 0), us.diff(s).subs(s, 0)),
        ],
        formula=exact,
    )


@CASES.add(1e-9, "pde", "space-time")
def klein_gordon_box():
    exact = cos(2 * x - sqrt(5) * s)
    domain = {x: (0, 2), s: (0, 1)}
    solution = {us: exact}
    return Statement(
        equations=Eq(us.diff(s, 2), us.diff(x, 2) - us),
        unknowns=us,
        domain=domain,
        conditions=manufactured(
            solution, us.subs(s, 0), us.diff(s).subs(s, 0), us.subs(x, 0), us.subs(x, 2)
        ),
        formula=exact,
    )
