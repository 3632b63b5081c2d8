"""Composite bars, stepped beams, point loads, contacts: what jumps on a line.

Solutions are worked out by hand: balances of fluxes and of moments, sums of resistances.
"""

from functools import partial

from sympy import (
    Derivative,
    DiracDelta,
    Eq,
    Function,
    Heaviside,
    Integral,
    Piecewise,
    Rational,
    SingularityFunction,
    cosh,
    exp,
    floor,
    sign,
    sinh,
    sqrt,
    symbols,
    sympify,
)

import sigmajet as sj

from ..case import Collection, Statement

CASES = Collection()

x = symbols("x", real=True)
u, p, w, q = (Function(name) for name in "upwq")
u1, p1, w1, q1 = u(x), p(x), w(x), q(x)
UNIT = {x: (0, 1)}
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def by_pieces(values, places, variable=x):
    """One formula up to each place, and the last one from there on."""
    cases = [(v, variable < c) for v, c in zip(values, places, strict=False)]
    return Piecewise(*cases, (values[-1], True))


def integrated(integrands, places, start=0, variable=x):
    """The integral from `start` of what is given piece by piece, as formulas of each piece."""
    found, total, left = [], 0, start
    for integrand, right in zip(integrands, [*places, None], strict=True):
        primitive = Integral(integrand, variable).doit()
        formula = total + primitive - primitive.subs(variable, left)
        found.append(formula)
        if right is not None:
            total, left = formula.subs(variable, right), right
    return found


def wall(conductivities, places, source=0, k=None):
    """Heat through layers, 0 to 1 degree, with a source in all of them: (k u')' = -source."""
    conductivities = [sympify(c) for c in conductivities]
    drops = integrated([1 / c for c in conductivities], places)
    sagging = integrated([-source * x / c for c in conductivities], places)
    flux = (1 - sagging[-1].subs(x, 1)) / drops[-1].subs(x, 1)
    exact = by_pieces([flux * d + s for d, s in zip(drops, sagging, strict=True)], places)
    k = by_pieces(conductivities, places) if k is None else k
    return Statement(
        equations=Eq(sj.divergence(k * u1.diff(x), x), -source),
        unknowns=u1,
        domain=UNIT,
        conditions=[Eq(u(0), 0), Eq(u(1), 1)],
        formula=exact,
        across=[(e, x, c, 0) for c in places for e in (u1, k * u1.diff(x))],
    )


HOURS = Rational(3, 10)
WALLS = {
    "one_to_four": ((1, 4), (HALF,)),
    "jump_at_a_third": ((1, 4), (THIRD,)),
    "glass_on_copper": ((Rational(69, 50), 400), (HOURS,)),
    "three_layers_with_heat": ((2, Rational(1, 10), 5), (THIRD, Rational(3, 5)), 3),
    "graded_beside_uniform": ((1 + x, 4), (THIRD,)),
    "both_graded": ((exp(x), 1 / (1 + x)), (HALF,), 2),
    "a_step_of_heaviside": ((1, 4), (HALF,), 1, 1 + 3 * Heaviside(x - HALF)),
    "a_step_of_sign": ((2, 4), (HOURS,), 0, 3 + sign(x - HOURS)),
    "steps_of_floor": ((1, 2, 3), (THIRD, 2 * THIRD), 1, 1 + floor(3 * x)),
}
for label, given in WALLS.items():
    CASES.add(1e-11, "ode", "interface", name=f"wall_{label}")(partial(wall, *given))


@CASES.add(1e-10, "ode", "interface", "nonlinear")
def wall_whose_conductivity_grows_with_heat():
    """k = 1 + u up to the middle, 4 beyond: u + u^2/2 is linear there."""
    k = Piecewise((1 + u1, x < HALF), (4, True))
    flux = 48 - 8 * sqrt(33)  # of which 1 - flux/8 is left in the middle
    exact = Piecewise(((1 + 2 * flux * x) ** HALF - 1, x < HALF), (1 - flux * (1 - x) / 4, True))
    return Statement(
        equations=Eq(sj.divergence(k * u1.diff(x), x), 0),
        unknowns=u1,
        domain=UNIT,
        conditions=[Eq(u(0), 0), Eq(u(1), 1)],
        formula=exact,
        across=[(u1, x, HALF, 0), (k * u1.diff(x), x, HALF, 0)],
    )


def slopes_instead(said):
    """The same expanded: slopes are continuous, if that is what is said."""
    k = by_pieces((1, 4), (HALF,))
    exact = Piecewise((x**2, x < HALF), ((x - HALF) ** 2 / 4 + x - Rational(1, 4), True))
    conditions = [Eq(u(0), 0), Eq(u(1), Rational(13, 16))]
    equation = Eq(k * u1.diff(x, 2), 2)
    if said == "divided":
        equation = Eq(u1.diff(x, 2), 2 / k)
    else:
        conditions += sj.interface(Eq(x, HALF), Eq(sj.jump(u1.diff(x)), 0))
    return Statement(
        equations=equation,
        unknowns=u1,
        domain=UNIT,
        conditions=conditions,
        formula=exact,
        across=[(u1, x, HALF, 0), (u1.diff(x), x, HALF, 0)],
    )


for said in ("divided", "stated"):
    CASES.add(1e-11, "ode", "interface", name=f"slope_that_is_continuous_{said}")(
        partial(slopes_instead, said)
    )


def beam(stiffnesses, places, moment, load, ends, stiffness=None):
    """Simply supported: the moment is known, w'' = moment / EI."""
    turned = integrated([moment / e for e in stiffnesses], places)
    sunk = integrated(turned, places)
    exact = by_pieces([s - x * sunk[-1].subs(x, 1) for s in sunk], places)
    stiffness = by_pieces(stiffnesses, places) if stiffness is None else stiffness
    bending = stiffness * w1.diff(x, 2)
    return Statement(
        equations=Eq(Derivative(bending, x, 2, evaluate=False), load),
        unknowns=w1,
        domain=UNIT,
        conditions=[Eq(w(e), 0) for e in (0, 1)]
        + [Eq(w1.diff(x, 2).subs(x, e), 0) for e in (0, 1)],
        formula=exact,
        across=[(e, x, c, 0) for c in places for e in (w1, w1.diff(x), bending)] + list(ends),
    )


CASES.add(1e-10, "ode", "interface", name="beam_of_two_thicknesses")(
    partial(beam, (1, 2), (HALF,), x * (x - 1) / 2, 1, ())
)
CASES.add(1e-10, "ode", "interface", name="beam_of_three_thicknesses")(
    partial(beam, (1, 8, 1), (THIRD, 2 * THIRD), (x**3 - x) / 6, x, ())
)
CASES.add(1e-10, "ode", "interface", name="beam_that_tapers_to_a_step")(
    partial(beam, (1 + x, 3), (HALF,), x * (x - 1) / 2, 1, ())
)


@CASES.add(1e-10, "ode", "interface")
def beam_under_a_point_load():
    """P L^3 / 48 E I in the middle, as SymPy's beams write the load."""
    left = x * (3 - 4 * x**2) / 48
    return Statement(
        equations=Eq(w1.diff(x, 4), SingularityFunction(x, HALF, -1)),
        unknowns=w1,
        domain=UNIT,
        conditions=[Eq(w(e), 0) for e in (0, 1)]
        + [Eq(w1.diff(x, 2).subs(x, e), 0) for e in (0, 1)],
        formula=Piecewise((left, x < HALF), (left.subs(x, 1 - x), True)),
        across=[(w1.diff(x, 3), x, HALF, 1), (w1.diff(x, 2), x, HALF, 0)],
    )


@CASES.add(1e-10, "ode", "interface")
def beam_under_a_couple():
    """A moment at 1/3, of order -2: w'' jumps by it."""
    left = x * (x**2 - Rational(1, 3)) / -6
    turn = left + (x - THIRD) ** 2 / 2
    return Statement(
        equations=Eq(w1.diff(x, 4), SingularityFunction(x, THIRD, -2)),
        unknowns=w1,
        domain=UNIT,
        conditions=[Eq(w(0), 0), Eq(w(1), turn.subs(x, 1))]
        + [Eq(w1.diff(x, 2).subs(x, e), v) for e, v in ((0, 0), (1, 0))],
        formula=Piecewise((left, x < THIRD), (turn, True)),
        across=[(w1.diff(x, 2), x, THIRD, 1), (w1.diff(x, 3), x, THIRD, 0)],
    )


@CASES.add(1e-11, "ode", "interface")
def beam_on_steps_with_a_point_load():
    """A cantilever of two thicknesses, pulled at 3/4 and held at 0."""
    bend = Piecewise((Rational(3, 4) - x, x < Rational(3, 4)), (0, True))
    thick = by_pieces((2, 1), (HALF,))
    places = (HALF, Rational(3, 4))
    pieces = [(Rational(3, 4) - x) / 2, Rational(3, 4) - x, 0 * x]
    sunk = integrated(integrated(pieces, places), places)
    bending = thick * w1.diff(x, 2)
    return Statement(
        equations=Eq(Derivative(bending, x, 2, evaluate=False), DiracDelta(x - Rational(3, 4))),
        unknowns=w1,
        domain=UNIT,
        conditions=[Eq(w(0), 0)]
        + [Eq(w1.diff(x, n).subs(x, e), 0) for n, e in ((1, 0), (2, 1), (3, 1))],
        formula=by_pieces(sunk, places),
        across=[(bending - bend, x, c, 0) for c in places],
    )


def density(diffusivity, places, formula):
    """(D p)'' = 0: D p is a straight line, and p jumps."""
    spread = diffusivity * p1
    return Statement(
        equations=Eq(Derivative(spread, x, 2, evaluate=False), 0),
        unknowns=p1,
        domain=UNIT,
        conditions=[Eq(p(e), formula.subs(x, e)) for e in (0, 1)],
        formula=formula,
        across=[(e, x, c, 0) for c in places for e in (spread, spread.diff(x))],
    )


STEP = by_pieces((1, 4), (HALF,))
CASES.add(1e-11, "ode", "interface", name="density_where_diffusion_changes")(
    partial(density, STEP, (HALF,), (1 + 3 * x) / STEP)
)
GRADED = by_pieces((1 + x, 2 - x, 3), (THIRD, 2 * THIRD))
CASES.add(1e-10, "ode", "interface", name="density_where_diffusion_is_graded")(
    partial(density, GRADED, (THIRD, 2 * THIRD), (2 - x) / GRADED)
)
STEPS = 1 + 3 * Heaviside(x - HOURS)
CASES.add(1e-11, "ode", "interface", name="density_where_diffusion_steps")(
    partial(density, STEPS, (HOURS,), x / by_pieces((1, 4), (HOURS,)))
)


@CASES.add(1e-11, "ode", "interface")
def wind_that_drops_between_walls():
    """(a u)' = u'': neither the wind's flux nor that of diffusion is continuous, their sum is.

    It is J throughout: u' = a u - J.
    """
    a = by_pieces((2, 1), (HALF,))
    flux = symbols("J")
    left = (1 - flux / 2) * exp(2 * x) + flux / 2
    right = (left.subs(x, HALF) - flux) * exp(x - HALF) + flux
    # The one flux for which the density at the other end is 2.
    slope = right.subs(x, 1).diff(flux)
    value = (2 - right.subs(x, 1).subs(flux, 0)) / slope
    exact = by_pieces([left.subs(flux, value), right.subs(flux, value)], (HALF,))
    return Statement(
        equations=Eq(sj.divergence(a * u1, x), u1.diff(x, 2)),
        unknowns=u1,
        domain=UNIT,
        conditions=[Eq(u(0), 1), Eq(u(1), 2)],
        formula=exact,
        across=[(u1, x, HALF, 0), (a * u1 - u1.diff(x), x, HALF, 0)],
    )


def weights(loads, places, load):
    """A string with weights: u'' is their sum."""
    sags = [r * (x * (c - 1)) for r, c in zip(loads, places, strict=True)]
    exact = sum(
        Piecewise((s, x < c), (r * c * (x - 1), True))
        for s, r, c in zip(sags, loads, places, strict=True)
    )
    return Statement(
        equations=Eq(u1.diff(x, 2), load),
        unknowns=u1,
        domain=UNIT,
        conditions=[Eq(u(0), 0), Eq(u(1), 0)],
        formula=exact,
        across=[(u1.diff(x), x, c, r) for r, c in zip(loads, places, strict=True)],
    )


CASES.add(1e-11, "ode", "interface", name="string_with_a_weight")(
    partial(weights, (1,), (HALF,), DiracDelta(x - HALF))
)
CASES.add(1e-11, "ode", "interface", name="string_with_weights")(
    partial(
        weights,
        (1, -2),
        (THIRD, Rational(7, 10)),
        DiracDelta(x - THIRD) - 4 * DiracDelta(2 * x - Rational(7, 5)),
    )
)
CASES.add(1e-11, "ode", "interface", name="string_with_the_derivative_of_a_step")(
    partial(weights, (3,), (THIRD,), Derivative(by_pieces((1, 4), (THIRD,)), x, evaluate=False))
)


@CASES.add(1e-11, "ode", "interface")
def bound_by_a_well_of_no_width():
    """u'' = u - 2 u delta: the slope falls by twice the value."""
    return Statement(
        equations=Eq(u1.diff(x, 2), u1 - 2 * u1 * DiracDelta(x - 1)),
        unknowns=u1,
        domain={x: (0, 3)},
        conditions=[Eq(u(0), exp(-1)), Eq(u(3), exp(-2))],
        formula=Piecewise((exp(x - 1), x < 1), (exp(1 - x), True)),
        across=[(u1, x, 1, 0), (u1.diff(x) + 2 * u1 * Heaviside(x - 1, 0), x, 1, 0)],
    )


def contact(k, resistance, exact, place):
    return Statement(
        equations=Eq(sj.divergence(k * u1.diff(x), x), 0),
        unknowns=u1,
        domain=UNIT,
        conditions=[
            Eq(u(0), 0),
            Eq(u(1), 1),
            *sj.interface(Eq(x, place), Eq(sj.jump(u1), resistance * sj.avg(k * u1.diff(x)))),
        ],
        formula=exact,
        across=[(k * u1.diff(x), x, place, 0)],
    )


# The flux is 1 over the sum of the resistances.
CASES.add(1e-11, "ode", "interface", name="contact_that_resists")(
    partial(contact, 1, HALF, 2 * THIRD * by_pieces((x, x + HALF), (HALF,)), HALF)
)
BOTH = Rational(8, 5 + 8)
CASES.add(1e-11, "ode", "interface", name="contact_between_two_materials")(
    partial(contact, STEP, 1, BOTH * by_pieces((x, HALF + 1 + (x - HALF) / 4), (HALF,)), HALF)
)


@CASES.add(1e-11, "ode", "interface")
def jump_that_is_given():
    """A double layer: the value jumps by 1, the flux by -2."""
    return Statement(
        equations=Eq(u1.diff(x, 2), u1),
        unknowns=u1,
        domain=UNIT,
        conditions=[
            Eq(u(0), 0),
            Eq(u(1), sinh(1) + cosh(2 * THIRD) - 2 * sinh(2 * THIRD)),
            *sj.interface(Eq(x, THIRD), Eq(sj.jump(u1), 1), Eq(sj.jump(u1.diff(x)), -2)),
        ],
        formula=Piecewise(
            (sinh(x), x < THIRD), (sinh(x) + cosh(x - THIRD) - 2 * sinh(x - THIRD), True)
        ),
    )


@CASES.add(1e-11, "ode", "interface", "system")
def flux_as_an_unknown_with_a_source_in_between():
    """q = k u', q' = delta: q jumps."""
    k = by_pieces((1, 4), (HALF,))
    # u(1) = q0 (1/2 + 1/8) + (1/4) (3/4 - 1/2 + 0) ... with the load at 3/4
    load = Rational(3, 4)
    start = (1 - Rational(1, 16)) / Rational(5, 8)
    left = start * x
    middle = start * (HALF + (x - HALF) / 4)
    right = middle + (x - load) / 4
    return Statement(
        equations=[Eq(k * u1.diff(x), q1), Eq(q1.diff(x), DiracDelta(x - load))],
        unknowns=[u1, q1],
        domain=UNIT,
        conditions=[Eq(u(0), 0), Eq(u(1), 1)],
        formula=[
            by_pieces([left, middle, right], (HALF, load)),
            by_pieces([start, start + 1], (load,)),
        ],
        across=[(u1, x, load, 0), (q1, x, load, 1), (q1, x, HALF, 0)],
    )


@CASES.add(1e-11, "ode", "interface")
def cell_of_a_layered_medium():
    """(k (1 + u'))' = 0, periodic: the flux is the harmonic mean of k, 8/5."""
    k = by_pieces((1, 4), (HALF,))
    rise = Rational(3, 5)
    exact = Piecewise((rise * x, x < HALF), (rise * (1 - x), True)) - rise / 4
    return Statement(
        equations=Eq(sj.divergence(k * (1 + u1.diff(x)), x), 0),
        unknowns=u1,
        domain=UNIT,
        conditions=[Eq(u(0), u(1)), Eq(Integral(u1, (x, 0, 1)), 0)],
        formula=exact,
        across=[(k * (1 + u1.diff(x)), x, HALF, 0)],
    )


def potential(below, above, level, source):
    """k(u) jumps at a level of u: its integral v is smooth, v'' = -source."""
    v, v1 = Function("v"), Function("v")(x)
    start, end = -below * level, above * (1 - level)
    sag = start + (end - start + Rational(source, 2)) * x - Rational(source, 2) * x**2
    return Statement(
        equations=[
            Eq(v1.diff(x, 2), -source),
            Eq(v1, Piecewise((below * (u1 - level), u1 < level), (above * (u1 - level), True))),
        ],
        unknowns=[u1, v1],
        domain=UNIT,
        conditions=[Eq(v(0), start), Eq(v(1), end)],
        formula=[level + Piecewise((sag / below, sag < 0), (sag / above, True)), sag],
    )


for label, given in {
    "melts": (1, 4, HALF, 0),
    "melts_with_heat": (1, 4, HALF, 1),
    "freezes": (3, 1, THIRD, 0),
}.items():
    CASES.add(1e-10, "ode", "interface", "nonlinear", "system", name=f"bar_that_{label}")(
        partial(potential, *given)
    )
