"""Mixed systems in time: unknowns without a derivative in time beside some with one, or two.

Solutions are chosen, and sources follow from them; where the walls of an unknown say nothing, or
all, is part of the statement.
"""

from sympy import (
    Eq,
    Float,
    Function,
    Integer,
    Piecewise,
    Rational,
    cos,
    exp,
    nsolve,
    pi,
    sin,
    symbols,
)

from oracles.cavity import in_time

from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y, t = symbols("x y t")
u, v, w = (Function(name)(x, t) for name in "uvw")


def stated(solution, equations, walls, start, domain=None):
    """Equations and conditions that a chosen solution keeps; `walls` and `start` are traces."""
    return Statement(
        equations=manufactured(solution, *equations),
        unknowns=list(solution),
        domain={x: (0, 1), t: (0, 1)} if domain is None else domain,
        conditions=manufactured(solution, *start, *walls),
        time=t,
        formula=list(solution.values()),
    )


def at_both_ends(*traces):
    return [trace.subs(x, end) for trace in traces for end in (0, 1)]


@CASES.add(1e-8, "pde", "evolution", "system", "mixed")
def flux_as_an_unknown():
    """Diffusion as two equations of first order: nothing is given of the flux."""
    solution = {u: exp(-t) * sin(pi * x) + x, v: 0}
    solution[v] = (1 + x) * solution[u].diff(x)
    equations = [u.diff(t) - v.diff(x), v - (1 + x) * u.diff(x)]
    return stated(solution, equations, at_both_ends(u), [u.subs(t, 0)])


@CASES.add(1e-8, "pde", "evolution", "system", "mixed", "nonlinear")
def chemotaxis_towards_a_potential():
    """Keller and Segel with a signal that is in equilibrium at once; no flux through the walls."""
    solution = {u: 2 + exp(-t) * cos(pi * x), v: 2 + exp(-t) * cos(pi * x) / 3}
    equations = [u.diff(t) - (u.diff(x) - u * v.diff(x)).diff(x), v.diff(x, 2) - v + u]
    return stated(solution, equations, at_both_ends(u.diff(x), v.diff(x)), [u.subs(t, 0)])


@CASES.add(1e-7, "pde", "evolution", "system", "mixed", "nonlinear")
def poisson_nernst_planck():
    """Two kinds of ions in their own field; fluxes through the walls are nonlinear conditions."""
    solution = {
        u: 1 + exp(-t) * x**2 / 2,
        v: 1 + exp(-2 * t) * cos(x) / 2,
        w: t * (1 - x) + sin(2 * x),
    }
    there, back = u.diff(x) + u * w.diff(x), v.diff(x) - v * w.diff(x)
    equations = [
        u.diff(t) - there.diff(x),
        v.diff(t) - back.diff(x),
        w.diff(x, 2) / 10 + u - v,
    ]
    start = [u.subs(t, 0), v.subs(t, 0)]
    return stated(solution, equations, at_both_ends(there, back, w), start)


@CASES.add(1e-7, "pde", "evolution", "system", "mixed", "nonlinear")
def cahn_hilliard_as_two_fields():
    """A concentration and its chemical potential."""
    potential = u**3 - u - u.diff(x, 2) / 10
    solution = {u: exp(-t) * cos(pi * x) / 2}
    solution[v] = potential.subs(u, solution[u]).doit()
    equations = [u.diff(t) - v.diff(x, 2), v - potential]
    return stated(solution, equations, at_both_ends(u.diff(x), v.diff(x)), [u.subs(t, 0)])


@CASES.add(1e-8, "pde", "evolution", "system", "mixed", "nonlinear")
def closure_without_derivatives():
    """An unknown that is a root of a cubic at each point."""
    solution = {v: 1 + exp(-t) * sin(pi * x)}
    solution[u] = solution[v] ** 3 + solution[v]
    equations = [u.diff(t) - u.diff(x, 2) + v, v**3 + v - u]
    ordered = {unknown: solution[unknown] for unknown in (u, v)}
    return stated(ordered, equations, at_both_ends(u), [u.subs(t, 0)])


@CASES.add(1e-6, "pde", "evolution", "system", "mixed")
def clamped_beam_with_its_moment():
    """Of the deflection all is given on the walls, and nothing of the moment."""
    solution = {u: cos(2 * t) * x**2 * (1 - x) ** 2 * (2 + x)}
    solution[v] = solution[u].diff(x, 2)
    equations = [u.diff(t, 2) + v.diff(x, 2), v - u.diff(x, 2)]
    start = [u.subs(t, 0), u.diff(t).subs(t, 0)]
    return stated(solution, equations, at_both_ends(u, u.diff(x)), start)


@CASES.add(1e-8, "pde", "evolution", "system", "mixed")
def wave_with_a_memory():
    """Second order in time beside first."""
    solution = {u: sin(pi * x) * cos(3 * t), v: sin(pi * x) * exp(-t)}
    equations = [u.diff(t, 2) - u.diff(x, 2) + v, v.diff(t) - u.diff(t) + v]
    start = [u.subs(t, 0), u.diff(t).subs(t, 0), v.subs(t, 0)]
    return stated(solution, equations, at_both_ends(u), start)


@CASES.add(1e-8, "pde", "evolution", "mixed")
def second_grade_fluid():
    """A derivative in time under one in space, u_t - u_xxt = u_xx."""
    rate = pi**2 / (1 + pi**2)
    return Statement(
        equations=Eq(u.diff(t) - u.diff(x, 2, t), u.diff(x, 2)),
        unknowns=u,
        domain={x: (0, 1), t: (0, 2)},
        conditions=[Eq(u.subs(t, 0), sin(pi * x)), *(Eq(u.subs(x, e), 0) for e in (0, 1))],
        time=t,
        formula=exp(-rate * t) * sin(pi * x),
    )


@CASES.add(1e-6, "pde", "evolution", "mixed")
def storage_on_one_side():
    """A rod of which one half stores heat: parabolic there, a straight line in the other.

    That line leaves u_x = -2 u to the first half, whose first mode is sin(k x), tan(k/2) = -k/2.
    """
    k = Float(float(2 * nsolve(sin(x) + x * cos(x), x, 2, prec=60)))  # as a file keeps it
    mode = Piecewise((sin(k * x), x < Rational(1, 2)), (2 * sin(k / 2) * (1 - x), True))
    return Statement(
        equations=Eq(Piecewise((1, x < Rational(1, 2)), (0, True)) * u.diff(t), u.diff(x, 2)),
        unknowns=u,
        domain={x: (0, 1), t: (0, Rational(1, 10))},
        conditions=[Eq(u.subs(t, 0), mode), Eq(u.subs(x, 0), 0), Eq(u.subs(x, 1), 0)],
        time=t,
        formula=exp(-(k**2) * t) * mode,
    )


@CASES.add(1e-4, "pde", "evolution", "system", "mixed", "nonlinear")
def vorticity_and_streamfunction():
    """No slip on all walls of a square: four conditions on one unknown, none on the other."""
    stream, curl = (Function(name)(x, y, t) for name in "uv")
    solution = {stream: exp(-t) * x**2 * (1 - x) ** 2 * sin(pi * y) ** 2}
    solution[curl] = -solution[stream].diff(x, 2) - solution[stream].diff(y, 2)
    carried = stream.diff(y) * curl.diff(x) - stream.diff(x) * curl.diff(y)
    equations = [
        curl.diff(t) + carried - (curl.diff(x, 2) + curl.diff(y, 2)) / 10,
        stream.diff(x, 2) + stream.diff(y, 2) + curl,
    ]
    walls = [
        trace.subs(axis, end)
        for axis in (x, y)
        for trace in (stream, stream.diff(axis))
        for end in (0, 1)
    ]
    domain = {x: (0, 1), y: (0, 1), t: (0, Rational(1, 2))}
    return stated(solution, equations, walls, [curl.subs(t, 0)], domain)


@CASES.add(1e-6, "pde", "evolution", "system", "mixed")
def heat_of_a_current():
    """The potential of a plate whose conductivity does not change, and the heat it makes."""
    heat, field = (Function(name)(x, y, t) for name in "uv")
    solution = {
        heat: exp(-t) * sin(pi * x) * sin(pi * y),
        field: (1 + t) * x * (1 + y) + Integer(1),
    }
    equations = [
        heat.diff(t) - heat.diff(x, 2) - heat.diff(y, 2) - field.diff(x),
        field.diff(x, 2) + field.diff(y, 2) + heat,
    ]
    walls = [trace.subs(a, end) for trace in (heat, field) for a in (x, y) for end in (0, 1)]
    domain = {x: (0, 1), y: (0, 1), t: (0, 1)}
    return stated(solution, equations, walls, [heat.subs(t, 0)], domain)


@CASES.add(1e-7, "pde", "evolution", "system", "mixed", "nonlinear")
def pressure_on_a_line():
    """A constraint without its multiplier, which the momentum asks for: an index of 2."""
    solution = {u: exp(-t) * sin(pi * x) + x, v: cos(3 * t) * exp(x)}
    momentum = u.diff(t) + u * u.diff(x) - u.diff(x, 2) / 5 + v.diff(x)
    walls = [*at_both_ends(u), v.subs(x, 0)]
    return stated(solution, [momentum, u.diff(x)], walls, [u.subs(t, 0)])


@CASES.add(1e-6, "pde", "evolution", "system", "mixed")
def exchange_that_keeps_a_sum():
    """Two kinds turn into each other so fast that their sum is what is given."""
    solution = {u: exp(-t) * sin(pi * x) + x, w: cos(3 * t) * exp(x)}
    solution[v] = 1 - solution[u] + x * sin(t)
    equations = [u.diff(t) - u.diff(x, 2) - w, v.diff(t) - v.diff(x, 2) / 2 + (1 + x) * w, u + v]
    start = [u.subs(t, 0), v.subs(t, 0)]
    return stated(solution, equations, at_both_ends(u, v), start)


def momentum_in_time(nu, speeds, pressure):
    """Navier-Stokes equations in the plane, and the divergence."""
    return [
        *(
            s.diff(t)
            + speeds[0] * s.diff(x)
            + speeds[1] * s.diff(y)
            + pressure.diff(q)
            - nu * (s.diff(x, 2) + s.diff(y, 2))
            for s, q in zip(speeds, (x, y), strict=True)
        ),
        speeds[0].diff(x) + speeds[1].diff(y),
    ]


@CASES.add(1e-4, "pde", "evolution", "system", "mixed", "nonlinear", "flow", "slow")
def speeds_and_pressure_in_a_box():
    """A force drives them between walls without slip; the pressure is known at a corner."""
    speeds, pressure = [Function(n)(x, y, t) for n in "uv"], Function("p")(x, y, t)
    stream = exp(-t) * x**2 * (1 - x) ** 2 * sin(pi * y) ** 2
    solution = {
        speeds[0]: stream.diff(y),
        speeds[1]: -stream.diff(x),
        pressure: cos(2 * t) * exp(x) * sin(y),
    }
    walls = [s.subs(q, end) for s in speeds for q in (x, y) for end in (0, 1)]
    walls.append(pressure.subs({x: 0, y: 0}))
    start = [s.subs(t, 0) for s in speeds]
    domain = {x: (0, 1), y: (0, 1), t: (0, Rational(1, 2))}
    equations = momentum_in_time(Rational(1, 10), speeds, pressure)
    return stated(solution, equations, walls, start, domain)


@CASES.add(1e-3, "pde", "evolution", "system", "mixed", "nonlinear", "flow", "slow", "oracle")
def cavity_set_in_motion():
    """Streamfunction and vorticity in a square whose lid starts to move, at Reynolds number 100."""
    stream, curl = (Function(name)(x, y, t) for name in ("psi", "omega"))
    lid = 16 * x**2 * (1 - x) ** 2 * (1 - exp(-in_time.RATE * t))
    carried = stream.diff(y) * curl.diff(x) - stream.diff(x) * curl.diff(y)
    diffused = in_time.VISCOSITY * (curl.diff(x, 2) + curl.diff(y, 2))
    at_rest = [
        Eq(trace.subs(q, end), 0)
        for q in (x, y)
        for trace in (stream, stream.diff(q))
        for end in (0, 1)
    ]
    return Statement(
        equations=[
            Eq(curl.diff(t) + carried, diffused),
            Eq(stream.diff(x, 2) + stream.diff(y, 2), -curl),
        ],
        unknowns=[stream, curl],
        domain={x: (0, 1), y: (0, 1), t: (0, 1)},
        conditions=[Eq(curl.subs(t, 0), 0), *at_rest[:-1], Eq(stream.diff(y).subs(y, 1), lid)],
        time=t,
        oracle=lambda *place: in_time.flow(28, 400)(*place)[:2],
    )
