"""Composites in time: heat through layers, waves across a joint, winds that change."""

import itertools
from functools import partial

import mpmath
from sympy import (
    DiracDelta,
    Eq,
    Float,
    Function,
    Piecewise,
    Rational,
    cos,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
)

import sigmajet as sj

from ..case import DIGITS, Collection, Statement, substitute

CASES = Collection()

x, y, t = symbols("x y t", real=True)
u = Function("u")
ut, u2 = u(x, t), u(x, y, t)
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def slowest(k, c, place, aside=0):
    """The slowest mode of c u_t = (k u_x)_x + k u_yy between cold walls, and its rate.

    sin(a x) and B sin(b (1 - x)) with (k a^2 + k aside^2) / c the same on both sides: rates and
    wave numbers follow from the balance of fluxes.
    """
    with mpmath.workdps(DIGITS + 20):
        k = [mpmath.mpf(Rational(e).p) / Rational(e).q for e in k]
        place = mpmath.mpf(place.p) / place.q

        def numbers(rate):
            return [mpmath.sqrt(rate * d / e - aside**2) for d, e in zip(c, k, strict=True)]

        def balance(rate):
            a, b = numbers(rate)
            left, right = a * place, b * (1 - place)
            return k[0] * a * mpmath.cos(left) * mpmath.sin(right) + k[1] * b * mpmath.cos(
                right
            ) * mpmath.sin(left)

        least = max(e * aside**2 / d for d, e in zip(c, k, strict=True))
        rates = [least + mpmath.mpf(n) / 10 for n in range(1, 2000)]
        pairs = itertools.pairwise(rates)
        low, high = next(p for p in pairs if balance(p[0]) * balance(p[1]) < 0)
        rate = mpmath.findroot(balance, (low, high), solver="anderson")
        a, b = numbers(rate)
        share = mpmath.sin(a * place) / mpmath.sin(b * (1 - place))
        a, b, share, rate = (Float(v, DIGITS + 10) for v in (a, b, share, rate))
    return a, b, share, rate


def heat(k, c, place, end):
    """c u_t = (k u_x)_x from the slowest mode of the layers."""
    a, b, share, rate = slowest(k, c, place)
    mode = Piecewise((sin(a * x), x < place), (share * sin(b * (1 - x)), True))
    conductivity = Piecewise((k[0], x < place), (k[1], True))
    capacity = Piecewise((c[0], x < place), (c[1], True)) if c[0] != c[1] else c[0]
    exact = mode * exp(-rate * t)
    return Statement(
        equations=Eq(capacity * ut.diff(t), sj.divergence(conductivity * ut.diff(x), x)),
        unknowns=ut,
        domain={x: (0, 1), t: (0, end)},
        conditions=[Eq(u(x, 0), mode), Eq(u(0, t), 0), Eq(u(1, t), 0)],
        time=t,
        formula=exact,
    )


for label, given in {
    "one_to_four": ((1, 4), (1, 1), HALF, HALF),
    "of_two_capacities": ((1, 4), (1, 30), HALF, 2),
    "of_two_capacities_turned": ((1, 4), (30, 1), THIRD, 2),
    "glass_on_copper": ((Rational(69, 50), 400), (1, 1), Rational(3, 10), HALF),
}.items():
    CASES.add(1e-7, "pde", "evolution", "interface", name=f"cooling_{label}")(partial(heat, *given))


@CASES.add(1e-7, "pde", "evolution", "interface")
def heat_to_the_steady_state_of_layers():
    """From the steady state without a jump: what is left at t = 2 is below 1e-9."""
    k = Piecewise((1, x < HALF), (4, True))
    steady = Piecewise((8 * x / 5, x < HALF), (Rational(3, 5) + 2 * x / 5, True))
    a, b, share, rate = slowest((1, 4), (1, 1), HALF)
    mode = Piecewise((sin(a * x), x < HALF), (share * sin(b * (1 - x)), True))
    return Statement(
        equations=Eq(ut.diff(t), sj.divergence(k * ut.diff(x), x)),
        unknowns=ut,
        domain={x: (0, 1), t: (0, 1)},
        conditions=[Eq(u(x, 0), steady - mode), Eq(u(0, t), 0), Eq(u(1, t), 1)],
        time=t,
        formula=steady - mode * exp(-rate * t),
        across=[(steady, x, HALF, 0), (k * steady.diff(x), x, HALF, 0)],
    )


@CASES.add(1e-7, "pde", "evolution", "interface")
def rod_with_a_heater_that_swings():
    """A point source whose strength is sin t, beside smooth ones."""
    bend = Piecewise((0, x < THIRD), (x - THIRD, True))
    exact = cos(x) * exp(-t) - bend * sin(t)
    smooth = substitute(ut.diff(t) - ut.diff(x, 2), {ut: exact})
    return Statement(
        equations=Eq(ut.diff(t), ut.diff(x, 2) + smooth + sin(t) * DiracDelta(x - THIRD)),
        unknowns=ut,
        domain={x: (0, 1), t: (0, 2)},
        conditions=[Eq(u(e, t), exact.subs(x, e)) for e in (0, 1)]
        + [Eq(u(x, 0), exact.subs(t, 0))],
        time=t,
        formula=exact,
        across=[(ut, x, THIRD, 0), (ut.diff(x), x, THIRD, -sin(t))],
    )


@CASES.add(1e-7, "pde", "evolution", "interface")
def contact_that_resists_in_time():
    flux = exp(-t)
    exact = flux * Piecewise((sin(x), x < HALF), (sin(x) + THIRD * cos(HALF), True))
    smooth = substitute(ut.diff(t) - ut.diff(x, 2), {ut: exact})
    return Statement(
        equations=Eq(ut.diff(t), ut.diff(x, 2) + smooth),
        unknowns=ut,
        domain={x: (0, 1), t: (0, 1)},
        conditions=[
            *(Eq(u(e, t), exact.subs(x, e)) for e in (0, 1)),
            Eq(u(x, 0), exact.subs(t, 0)),
            *sj.interface(Eq(x, HALF), Eq(sj.jump(ut), THIRD * sj.avg(ut.diff(x)))),
        ],
        time=t,
        formula=exact,
        across=[(ut.diff(x), x, HALF, 0)],
    )


def carried(speeds, place, end):
    """u_t + (a u)_x = 0: the flux a u goes across, the value does not."""
    a = Piecewise((speeds[0], x < place), (speeds[1], True))

    def flux(s):
        return 2 + sin(3 * s)

    late = t - place / speeds[0] - (x - place) / speeds[1]
    early = flux(t - x / speeds[0]) / speeds[0]
    exact = Piecewise((early, x < place), (flux(late) / speeds[1], True))
    return Statement(
        equations=Eq(ut.diff(t) + sj.divergence(a * ut, x), 0),
        unknowns=ut,
        domain={x: (0, 1), t: (0, end)},
        conditions=[Eq(u(x, 0), exact.subs(t, 0)), Eq(u(0, t), exact.subs(x, 0))],
        time=t,
        formula=exact,
        across=[(a * ut, x, place, 0)],
    )


for label, given in {
    "slows_down": ((2, 1), HALF, 2),
    "speeds_up": ((1, 4), HALF, 2),
    "hardly_changes": ((1, Rational(11, 10)), THIRD, 1),
}.items():
    CASES.add(1e-7, "pde", "evolution", "interface", name=f"wind_that_{label}")(
        partial(carried, *given)
    )


def joint(k, rho, place, end, width):
    """A wave that meets a joint: by the impedances a part comes back, a part goes on."""
    speeds = [sqrt(Rational(e, d)) for e, d in zip(k, rho, strict=True)]
    stiff = [sqrt(e * d) for e, d in zip(k, rho, strict=True)]
    back = (stiff[0] - stiff[1]) / (stiff[0] + stiff[1])
    onward = 2 * stiff[0] / (stiff[0] + stiff[1])

    def pulse(s):
        return exp(-((s / width) ** 2))

    centre = place / 2
    here, there = x - centre - speeds[0] * t, 2 * place - x - centre - speeds[0] * t
    beyond = place + (x - place) * speeds[0] / speeds[1] - centre - speeds[0] * t
    before = pulse(here) + back * pulse(there)
    exact = Piecewise((before, x < place), (onward * pulse(beyond), True))
    elastic = Piecewise((k[0], x < place), (k[1], True))
    dense = Piecewise((rho[0], x < place), (rho[1], True)) if rho[0] != rho[1] else rho[0]
    return Statement(
        equations=Eq(dense * ut.diff(t, 2), sj.divergence(elastic * ut.diff(x), x)),
        unknowns=ut,
        domain={x: (0, 1), t: (0, end)},
        conditions=[
            Eq(u(x, 0), exact.subs(t, 0)),
            Eq(ut.diff(t).subs(t, 0), exact.diff(t).subs(t, 0)),
            *(Eq(u(e, t), exact.subs(x, e)) for e in (0, 1)),
        ],
        time=t,
        formula=exact,
        across=[(ut, x, place, 0), (elastic * ut.diff(x), x, place, 0)],
    )


for label, given in {
    "of_stiffness": ((1, 4), (1, 1), HALF, Rational(3, 5), Rational(1, 10)),
    "of_density": ((1, 1), (1, 9), HALF, Rational(3, 5), Rational(1, 10)),
    "of_both": ((1, 9), (1, 4), HALF, Rational(3, 5), Rational(1, 12)),
}.items():
    CASES.add(1e-6, "pde", "evolution", "interface", name=f"wave_at_a_joint_{label}")(
        partial(joint, *given)
    )


@CASES.add(1e-6, "pde", "evolution", "interface")
def plate_of_two_layers_that_cools():
    a, b, share, rate = slowest((1, 4), (1, 1), HALF, mpmath.pi)
    k = Piecewise((1, x < HALF), (4, True))
    mode = Piecewise((sin(a * x), x < HALF), (share * sin(b * (1 - x)), True)) * cos(pi * y)
    return Statement(
        equations=Eq(u2.diff(t), sj.divergence([k * g for g in sj.gradient(u2, (x, y))], (x, y))),
        unknowns=u2,
        domain={x: (0, 1), y: (0, 1), t: (0, Rational(1, 20))},
        conditions=[
            Eq(u(x, y, 0), mode),
            *(Eq(u(e, y, t), 0) for e in (0, 1)),
            *(Eq(u2.diff(y).subs(y, e), 0) for e in (0, 1)),
        ],
        time=t,
        formula=mode * exp(-rate * t),
    )
