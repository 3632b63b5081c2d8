"""Steady flow: Stokes and Navier-Stokes in two and three dimensions, and what flows along."""

from functools import partial

from sympy import Eq, Expr, Function, Integral, Rational, cos, exp, pi, sin, sqrt, symbols

from oracles.cavity import steady

from ..case import Collection, Statement, manufactured
from .elliptic import UNIT_SQUARE, laplacian

CASES = Collection()

x, y, z = symbols("x y z")
u, v, p, heat = (Function(name)(x, y) for name in ("u", "v", "p", "T"))
PLANE = (x, y)


def momentum(nu, variables, velocities, pressure) -> list[Expr]:
    """(w . grad) w - nu Lap w + grad p, by components."""
    return [
        sum(w * c.diff(q) for w, q in zip(velocities, variables, strict=True))
        - nu * laplacian(c, variables)
        + pressure.diff(q)
        for c, q in zip(velocities, variables, strict=True)
    ]


def divergence(variables, velocities) -> Expr:
    return sum(w.diff(q) for w, q in zip(velocities, variables, strict=True))


def on_walls(unknowns, domain) -> list[Expr]:
    return [w.subs(q, end) for w in unknowns for q, ends in domain.items() for end in ends]


# Kovasznay: the exact flow behind a grid at Reynolds number 20.

KOVASZNAY_BOX = {x: (-Rational(1, 2), 1), y: (-Rational(1, 2), Rational(3, 2))}
DECAY = 10 - sqrt(100 + 4 * pi**2)
KOVASZNAY = {
    u: 1 - exp(DECAY * x) * cos(2 * pi * y),
    v: DECAY / (2 * pi) * exp(DECAY * x) * sin(2 * pi * y),
    p: (1 - exp(2 * DECAY * x)) / 2,
}


def kovasznay(*conditions: Expr) -> Statement:
    return Statement(
        equations=[
            *(Eq(m, 0) for m in momentum(Rational(1, 20), PLANE, (u, v), p)),
            Eq(divergence(PLANE, (u, v)), 0),
        ],
        unknowns=[u, v, p],
        domain=KOVASZNAY_BOX,
        conditions=manufactured(KOVASZNAY, *conditions),
        formula=list(KOVASZNAY.values()),
    )


@CASES.add(1e-7, "pde", "system", "nonlinear", "flow", "slow")
def kovasznay_pinned():
    """Velocity on the walls, pressure at one point."""
    return kovasznay(*on_walls((u, v), KOVASZNAY_BOX), p.subs({x: 0, y: 0}))


@CASES.add(1e-7, "pde", "system", "nonlinear", "flow", "integral", "slow")
def kovasznay_mean():
    """Velocity on the walls, the mean of the pressure."""
    limits = [(q, *ends) for q, ends in KOVASZNAY_BOX.items()]
    return kovasznay(*on_walls((u, v), KOVASZNAY_BOX), Integral(p, *limits))


@CASES.add(1e-7, "pde", "system", "nonlinear", "flow", "slow")
def kovasznay_outflow():
    """Traction instead of velocity where the flow leaves: it fixes the pressure too."""
    inflow = [w.subs(q, end) for w in (u, v) for q, end in ((x, -Rational(1, 2)),)]
    sides = [w.subs(y, end) for w in (u, v) for end in KOVASZNAY_BOX[y]]
    traction = [(u.diff(x) / 20 - p).subs(x, 1), (v.diff(x) / 20).subs(x, 1)]
    return kovasznay(*inflow, *sides, *traction)


def cavity_statement(reference) -> Statement:
    """Lid velocity 4 x (1 - x), nu = 1/100, pressure zero in a corner: PINNacle's NS2d-C."""
    return Statement(
        equations=[
            *(Eq(m, 0) for m in momentum(Rational(1, 100), PLANE, (u, v), p)),
            Eq(divergence(PLANE, (u, v)), 0),
        ],
        unknowns=[u, v, p],
        domain=UNIT_SQUARE,
        conditions=[
            *(Eq(w.subs(x, end), 0) for w in (u, v) for end in (0, 1)),
            *(Eq(w.subs(y, 0), 0) for w in (u, v)),
            Eq(u.subs(y, 1), 4 * x * (1 - x)),
            Eq(v.subs(y, 1), 0),
            Eq(p.subs({x: 0, y: 0}), 0),
        ],
        oracle=reference,
        compared=2,  # the oracle's pressure is good to 1e-2 only
    )


# The lid's velocity and the walls' do not fit together at the upper corners: the pressure
# behaves like a logarithm there. Hence the tolerance, and "hard".
CASES.add(1e-3, "pde", "system", "nonlinear", "flow", "oracle", "slow", "hard", name="cavity")(
    partial(cavity_statement, steady.lid_driven)
)


# Stokes


def stokes(solution, conditions, nu=1, **more) -> Statement:
    return Statement(
        equations=manufactured(
            solution,
            *(-nu * laplacian(w, PLANE) + p.diff(q) for w, q in ((u, x), (v, y))),
            divergence(PLANE, (u, v)),
        ),
        unknowns=[u, v, p],
        conditions=manufactured(solution, *conditions),
        formula=list(solution.values()),
        **more,
    )


def from_stream(stream: Expr, pressure: Expr) -> dict[Expr, Expr]:
    return {u: stream.diff(y), v: -stream.diff(x), p: pressure}


@CASES.add(1e-8, "pde", "system", "flow", "slow")
def stokes_with_the_mean_of_the_pressure():
    domain = {x: (0, 2), y: (-1, 1)}
    solution = from_stream(exp(x / 2) * sin(2 * y) + x * y, cos(x) * y + x)
    limits = [(q, *ends) for q, ends in domain.items()]
    return stokes(solution, [*on_walls((u, v), domain), Integral(p, *limits)], domain=domain)


@CASES.add(1e-8, "pde", "system", "flow", "slow")
def stokes_of_syrup_in_a_narrow_channel():
    """Viscosity 50 and a channel of ratio 10: pressures a thousand times the velocities."""
    domain = {x: (0, 10), y: (0, 1)}
    solution = from_stream(y**2 - 2 * y**3 / 3 + sin(x) * y**2 * (1 - y) ** 2, -100 * x + cos(x))
    traction = [(50 * u.diff(x) - p).subs(x, 10), v.subs(x, 10)]
    walls = [w.subs(q, end) for w in (u, v) for q, end in ((x, 0), (y, 0), (y, 1))]
    return stokes(solution, [*walls, *traction], nu=50, domain=domain)


@CASES.add(1e-7, "pde", "system", "nonlinear", "flow", "slow")
def natural_convection():
    """Boussinesq: the temperature lifts the flow that carries it."""
    stream = sin(pi * x) ** 2 * sin(pi * y) ** 2 / 4
    solution = {**from_stream(stream, x * y), heat: 1 - x + stream * exp(y)}
    buoyant = momentum(Rational(1, 5), PLANE, (u, v), p)
    buoyant[1] -= 10 * heat
    carried = u * heat.diff(x) + v * heat.diff(y) - laplacian(heat, PLANE) / 3
    sides = [heat.subs(x, 0), heat.subs(x, 1), heat.diff(y).subs(y, 0), heat.diff(y).subs(y, 1)]
    return Statement(
        equations=manufactured(solution, *buoyant, divergence(PLANE, (u, v)), carried),
        unknowns=[u, v, p, heat],
        domain=UNIT_SQUARE,
        conditions=manufactured(
            solution, *on_walls((u, v), UNIT_SQUARE), *sides, p.subs({x: 0, y: 1})
        ),
        formula=list(solution.values()),
    )


@CASES.add(1e-5, "pde", "3d", "system", "nonlinear", "flow", "slow", "hard")
def beltrami_flow():
    """The flow of Arnold, Beltrami and Childress, held up against friction by a force."""
    names = (x, y, z)
    velocities = [Function(name)(*names) for name in "uvw"]
    pressure = Function("p")(*names)
    values = [sin(z) + cos(y), sin(x) + cos(z), sin(y) + cos(x)]
    solution = dict(zip(velocities, values, strict=True))
    solution[pressure] = -sum(value**2 for value in values) / 2
    domain = dict.fromkeys(names, (0, 1))
    return Statement(
        equations=manufactured(
            solution,
            *momentum(Rational(1, 2), names, velocities, pressure),
            divergence(names, velocities),
        ),
        unknowns=[*velocities, pressure],
        domain=domain,
        conditions=manufactured(
            solution, *on_walls(velocities, domain), pressure.subs(dict.fromkeys(names, 0))
        ),
        formula=list(solution.values()),
    )


# What reacts and diffuses


@CASES.add(1e-8, "pde", "system", "nonlinear")
def gray_scott_steady():
    """Feed 0.04, kill 0.06, and sources that hold a given pattern between given walls."""
    a, b = Function("a")(x, y), Function("b")(x, y)
    solution = {
        a: Rational(3, 5) + cos(pi * x) * cos(pi * y) / 5,
        b: Rational(1, 4) + cos(2 * pi * x) * cos(pi * y) / 10,
    }
    feed, kill = Rational(4, 100), Rational(6, 100)
    return Statement(
        equations=manufactured(
            solution,
            laplacian(a, PLANE) / 50 - a * b**2 + feed * (1 - a),
            laplacian(b, PLANE) / 100 + a * b**2 - (feed + kill) * b,
        ),
        unknowns=[a, b],
        domain=UNIT_SQUARE,
        conditions=manufactured(solution, *on_walls((a, b), UNIT_SQUARE)),
        formula=list(solution.values()),
    )


@CASES.add(1e-8, "pde", "system", "nonlinear")
def ginzburg_landau_plane_wave():
    """Lap w + (1 - |w|^2) w = 0 for w = a + i b: a plane wave of amplitude sqrt(1 - k^2)."""
    a, b = Function("a")(x, y), Function("b")(x, y)
    phase = (3 * x + 4 * y) / 10
    amplitude = sqrt(Rational(3, 4))
    solution = {a: amplitude * cos(phase), b: amplitude * sin(phase)}
    domain = {x: (0, 4), y: (0, 4)}
    return Statement(
        equations=[Eq(laplacian(w, PLANE) + (1 - a**2 - b**2) * w, 0) for w in (a, b)],
        unknowns=[a, b],
        domain=domain,
        conditions=manufactured(solution, *on_walls((a, b), domain)),
        formula=list(solution.values()),
    )
