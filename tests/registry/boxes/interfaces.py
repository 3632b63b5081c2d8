"""Composite plates and blocks: coefficients that jump across planes of the plane and of space."""

from functools import partial

from sympy import (
    DiracDelta,
    Eq,
    Function,
    Piecewise,
    Rational,
    atan2,
    cos,
    cosh,
    exp,
    pi,
    sin,
    sinh,
    sqrt,
    symbols,
    tan,
)

import sigmajet as sj

from ..case import Collection, Statement, manufactured, substitute
from .elliptic import faces

CASES = Collection()

x, y, z = symbols("x y z", real=True)
u = Function("u")
u2, u3 = u(x, y), u(x, y, z)
SQUARE = {x: (0, 1), y: (0, 1)}
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def flow(k, unknown, variables):
    """The flux of heat."""
    return [k * g for g in sj.gradient(unknown, variables)]


def composite(k, exact, across, domain=SQUARE, unknown=u2, conditions=None, extra=()):
    """-div(k grad u) = f with values on all walls; f piece by piece."""
    variables = tuple(domain)
    operator = -sj.divergence(flow(k, unknown, variables), variables)
    source = substitute(operator, {unknown: exact})
    walls = faces(unknown, domain) if conditions is None else conditions
    return Statement(
        equations=Eq(operator, source),
        unknowns=unknown,
        domain=domain,
        conditions=[*manufactured({unknown: exact}, *walls), *extra],
        formula=exact,
        across=across,
    )


def continuous(k, places):
    """The value and the flux across x = c."""
    return [(e, x, c, 0) for c in places for e in (u2, k * u2.diff(x))]


@CASES.add(1e-11, "pde", "interface")
def two_layers_between_hot_and_cold():
    """The wall of the lines, insulated above and below."""
    k = Piecewise((1, x < HALF), (4, True))
    exact = Piecewise((8 * x / 5, x < HALF), (Rational(3, 5) + 2 * x / 5, True))
    ends = [u(0, y), u(1, y), *(u2.diff(y).subs(y, e) for e in (0, 1))]
    return composite(k, exact, continuous(k, (HALF,)), conditions=ends)


def layered(first, second, place, turns):
    """k grad u without sources: u = X(x) sin(turns pi y), X'' = (turns pi)^2 X on either side."""
    a = turns * pi
    k = Piecewise((first, x < place), (second, True))
    value, slope = sinh(a * place), first * a * cosh(a * place) / second
    right = value * cosh(a * (x - place)) + slope / a * sinh(a * (x - place))
    exact = Piecewise((sinh(a * x), x < place), (right, True)) * sin(a * y) / value
    return composite(k, exact, continuous(k, (place,)))


for label, given in {
    "one_to_four": (1, 4, HALF, 1),
    "glass_on_copper": (Rational(69, 50), 400, Rational(3, 10), 1),
    "copper_on_glass": (400, Rational(69, 50), THIRD, 1),
    "two_half_waves": (3, 1, Rational(7, 10), 2),
}.items():
    CASES.add(1e-8, "pde", "interface", name=f"plate_{label}")(partial(layered, *given))


@CASES.add(1e-8, "pde", "interface")
def plate_of_three_layers_with_sources():
    """X = int dx / k times a function of y: the flux is 1 times that function everywhere."""
    places = (THIRD, 2 * THIRD)
    k = Piecewise((1, x < THIRD), (10, x < 2 * THIRD), (2, True))
    along = Piecewise(
        (x, x < THIRD),
        (THIRD + (x - THIRD) / 10, x < 2 * THIRD),
        (THIRD + THIRD / 10 + (x - 2 * THIRD) / 2, True),
    )
    return composite(k, along * cos(2 * y), continuous(k, places))


@CASES.add(1e-8, "pde", "interface")
def plate_whose_layers_lie_in_both_directions():
    """k = a(x) b(y): the integrals of 1/a and 1/b, multiplied."""
    a = Piecewise((1, x < HALF), (4, True))
    b = Piecewise((2, y < THIRD), (1, True))
    along = Piecewise((x, x < HALF), (HALF + (x - HALF) / 4, True))
    across = Piecewise((y / 2, y < THIRD), (THIRD / 2 + y - THIRD, True))
    exact = (1 + along) * (1 + across)
    k = a * b
    checks = [(e, x, HALF, 0) for e in (u2, k * u2.diff(x))]
    checks += [(e, y, THIRD, 0) for e in (u2, k * u2.diff(y))]
    return composite(k, exact, checks)


@CASES.add(1e-8, "pde", "interface")
def plate_of_crossed_fibres():
    """A full tensor whose parts jump: the flux is k11 u_x + k12 u_y."""
    first, mixed, second = (
        Piecewise((a, x < HALF), (b, True)) for a, b in ((2, 5), (1, -1), (3, 4))
    )
    s = x - HALF
    # u = e^y (1 + X(x)), X(0) = 0: 2 X' + 1 = 5 X' - 1 at the interface
    slope = Piecewise((1, x < HALF), (Rational(4, 5), True))
    exact = exp(y) * (1 + slope * s + s**2)
    along = first * u2.diff(x) + mixed * u2.diff(y)
    aside = mixed * u2.diff(x) + second * u2.diff(y)
    operator = sj.divergence([along, aside], (x, y))
    return Statement(
        equations=Eq(operator, substitute(operator, {u2: exact})),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
        across=[(u2, x, HALF, 0), (along, x, HALF, 0)],
    )


@CASES.add(1e-8, "pde", "interface")
def plate_with_a_contact_that_resists():
    k = Piecewise((1, x < HALF), (4, True))
    # flux cos(y); the value jumps by a third of it
    exact = Piecewise((x, x < HALF), (HALF + THIRD + (x - HALF) / 4, True)) * cos(y)
    contact = sj.interface(Eq(x, HALF), Eq(sj.jump(u2), THIRD * sj.avg(k * u2.diff(x))))
    return composite(k, exact, [(k * u2.diff(x), x, HALF, 0)], extra=contact)


@CASES.add(1e-8, "pde", "interface")
def plate_with_a_line_of_sources():
    """A charge on the line x = 1/3: the normal derivative jumps by it."""
    bend = Piecewise((0, x < THIRD), (x - THIRD, True))
    exact = sin(x) * exp(y) + bend * sin(2 * y)
    return Statement(
        equations=Eq(
            u2.diff(x, 2) + u2.diff(y, 2),
            DiracDelta(x - THIRD) * sin(2 * y) - 4 * bend * sin(2 * y),
        ),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
        across=[(u2, x, THIRD, 0), (u2.diff(x), x, THIRD, sin(2 * y))],
    )


@CASES.add(1e-6, "pde", "interface", "slow")
def checkerboard():
    """Four squares that meet: k = 3 and 1 by turns, where u is of the power 2/3 about the middle.

    Of a ratio R the power is 4/pi arctan(R^(-1/2)): R. B. Kellogg, Applicable Analysis 4, 1975.
    """
    s, t = x - HALF, y - HALF
    power, eighth = Rational(2, 3), pi / 4
    angle, weak = atan2(t, s), 1 / tan(power * eighth)
    k = Piecewise((3, (s > 0) & (t > 0)), (3, (s < 0) & (t < 0)), (1, True))
    exact = sqrt(s**2 + t**2) ** power * Piecewise(
        (cos(power * (angle - eighth)), (s >= 0) & (t >= 0)),
        (-weak * sin(power * (angle - 3 * eighth)), (s < 0) & (t >= 0)),
        (-cos(power * (angle + 3 * eighth)), (s < 0) & (t < 0)),
        (weak * sin(power * (angle + eighth)), True),
    )
    return Statement(
        equations=Eq(sj.divergence(flow(k, u2, (x, y)), (x, y)), 0),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
        across=[*continuous(k, [HALF]), (u2, y, HALF, 0), (k * u2.diff(y), y, HALF, 0)],
    )


@CASES.add(1e-6, "pde", "interface", "slow")
def block_of_two_layers():
    k = Piecewise((1, x < HALF), (3, True))
    along = Piecewise((x, x < HALF), (HALF + (x - HALF) / 3, True))
    cube = dict.fromkeys((x, y, z), (0, 1))
    exact = along * cos(y) * exp(z / 2)
    checks = [(u3, x, HALF, 0), (k * u3.diff(x), x, HALF, 0)]
    return composite(k, exact, checks, cube, u3)


@CASES.add(1e-7, "pde", "interface", "nonlinear")
def plate_whose_conductivity_depends_on_heat():
    """k = 1 + u beside k = 4."""
    k = Piecewise((1 + u2, x < HALF), (4, True))
    # With u = 1 in the middle 2 u_x on the left is 4 u_x on the right.
    s = x - HALF
    exact = Piecewise((1 + 2 * s * exp(y), x < HALF), (1 + s * exp(y), True))
    operator = sj.divergence(flow(k, u2, (x, y)), (x, y))
    return Statement(
        equations=Eq(operator, substitute(operator, {u2: exact})),
        unknowns=u2,
        domain=SQUARE,
        conditions=manufactured({u2: exact}, *faces(u2, SQUARE)),
        formula=exact,
        across=[(u2, x, HALF, 0), (k * u2.diff(x), x, HALF, 0)],
    )
