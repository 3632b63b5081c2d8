"""Statements that have no solution, many, or no meaning: each must raise, never answer.

`STATED` are those whose form alone shows it, so that `sj.Problem` refuses and names the culprit
(`says` is a pattern for it); for `SOLVED`, only solving can tell.
"""

from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Eq, Function, Integral, Rational, cos, cot, exp, nan, oo, pi, sin, sqrt, symbols

import sigmajet as sj


@dataclass(frozen=True)
class Refusal:
    """A call of `sj.Problem` that must not lead to a number."""

    name: str
    says: str | None
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.name

    def problem(self) -> sj.Problem:
        return sj.Problem(*self.arguments, **dict(self.options))


x, y, z, t, k = symbols("x y z t k")
u, v = Function("u"), Function("v")
du, d2u = u(x).diff(x), u(x).diff(x, 2)
u2, ut, u3 = u(x, y), u(x, t), u(x, y, z)
CUBE = dict.fromkeys((x, y, z), (0, 1))
LAPLACE = Eq(u2.diff(x, 2) + u2.diff(y, 2), 0)
SQUARE = {x: (0, 1), y: (0, 1)}
HEAT = Eq(ut.diff(t), ut.diff(x, 2))
STRIP = {x: (0, 1), t: (0, 1)}
ZERO_ENDS = [Eq(u(0), 0), Eq(u(1), 0)]
COLD = [Eq(ut.subs(x, 0), 0), Eq(ut.subs(x, 1), 0)]


SIDES = [u2.subs(q, end) for q in (x, y) for end in (0, 1)]


def refuse(name: str, says: str | None, *arguments: Any, **options: Any) -> Refusal:
    return Refusal(name, says, arguments, tuple(options.items()))


def line(name: str, says: str | None, equation: Any, ends: Any, conditions: Any, **options: Any):
    """One unknown on one interval."""
    return refuse(name, says, equation, u(x), {x: ends}, conditions, **options)


def flux(sign: int) -> list[Eq]:
    return [Eq(u2.diff(q).subs(q, end), sign) for q in (x, y) for end in (0, 1)]


FREE_ENDS = [Eq(u(x).diff(x, n).subs(x, end), 0) for n in (2, 3) for end in (0, 1)]
PRESSURE = Function("p")(x, y)


def stokes(inertia: int, *pins: Eq) -> tuple[Any, ...]:
    """A stream through the square: where inertia is 0, twice as much enters as leaves."""
    w, s = u2, v(x, y)
    equations = [
        Eq(
            inertia * (w * c.diff(x) + s * c.diff(y)) - c.diff(x, 2) - c.diff(y, 2),
            -PRESSURE.diff(q),
        )
        for c, q in ((w, x), (s, y))
    ]
    parabola = y * (1 - y)
    walls = [Eq(w.subs(x, 0), (2 - inertia) * parabola), Eq(w.subs(x, 1), parabola)]
    walls += [Eq(w.subs(y, end), 0) for end in (0, 1)]
    walls += [Eq(s.subs(q, end), 0) for q in (x, y) for end in (0, 1)]
    return [*equations, Eq(w.diff(x) + s.diff(y), 0)], [w, s, PRESSURE], SQUARE, [*walls, *pins]


STATED: tuple[Refusal, ...] = (
    line("condition_missing", "take 2", Eq(d2u, 1), (0, 1), [Eq(u(0), 0)]),
    line("no_condition", "take 1", Eq(du, u(x)), (0, 1), []),
    line("contradiction", r"u\(0\)", Eq(d2u, 1), (0, 1), [Eq(u(0), 0), Eq(u(0), 1)]),
    line(
        "contradiction_beside_enough",
        r"u\(0\)",
        Eq(d2u, 1),
        (0, 1),
        [*ZERO_ENDS, Eq(u(0), 1)],
    ),
    line(
        "contradiction_scaled",
        "twice|contradict",
        Eq(d2u, 1),
        (0, 1),
        [Eq(2 * u(0) + du.subs(x, 0), 1), Eq(4 * u(0) + 2 * du.subs(x, 0), 3), Eq(u(1), 0)],
    ),
    line("misplaced", r"u\(2\)", Eq(d2u, 1), (0, 1), [Eq(u(0), 0), Eq(u(2), 0)]),
    line("empty_interval", "x", Eq(d2u, 1), (1, 1), [Eq(u(1), 0), Eq(du.subs(x, 1), 0)]),
    line("reversed_interval", "x", Eq(d2u, 1), (1, 0), ZERO_ENDS),
    line("infinite_interval", "x", Eq(d2u, u(x)), (0, oo), ZERO_ENDS),
    line("interval_not_a_number", "x", Eq(d2u, u(x)), (0, nan), ZERO_ENDS),
    line("complex_interval", "x", Eq(d2u, u(x)), (0, sympy.I), ZERO_ENDS),
    line("parameter_without_value", "k", Eq(d2u, k * u(x)), (0, 1), ZERO_ENDS),
    line("order_too_high", "order", Eq(d2u, 1), (0, 1), [Eq(u(0), 0), Eq(d2u.subs(x, 1), 0)]),
    line("condition_nowhere", "u", Eq(d2u, 1), (0, 1), [Eq(u(0), 0), Eq(u(x), 1)]),
    line("condition_without_unknown", "k = 1", Eq(d2u, 1), (0, 1), [Eq(u(0), 0), Eq(k, 1)]),
    line("condition_of_a_stranger", "v", Eq(d2u, 1), (0, 1), [Eq(u(0), 0), Eq(v(1), 0)]),
    line("equation_without_unknown", "u", Eq(sin(x), 0), (0, 1), ZERO_ENDS),
    line("complex_step", "complex", Eq(d2u, sympy.Max(sympy.I * u(x), 0)), (0, 1), ZERO_ENDS),
    line("delayed_argument", "u", Eq(du, u(x - 1)), (0, 1), [Eq(u(0), 1)]),
    refuse("equations_too_few", "equation", Eq(u(x).diff(x), v(x)), [u(x), v(x)], {x: (0, 1)}, []),
    refuse("unknown_of_other_variables", "u", Eq(d2u, 1), u(x), SQUARE, []),
    refuse("unknown_twice", "u", [Eq(d2u, 1)] * 2, [u(x), u(x)], {x: (0, 1)}, ZERO_ENDS),
    refuse("time_not_a_variable", "time", Eq(d2u, 1), u(x), {x: (0, 1)}, ZERO_ENDS, time=t),
    refuse("initial_value_missing", "initial", HEAT, ut, STRIP, COLD, time=t),
    refuse(
        "initial_values_too_many",
        "initial|twice",
        HEAT,
        ut,
        STRIP,
        [*COLD, Eq(ut.subs(t, 0), 1), Eq(ut.subs(t, 0), sin(x))],
        time=t,
    ),
    refuse(
        "face_missing",
        "y = 0 or 1",
        LAPLACE,
        u2,
        SQUARE,
        [Eq(u2.subs(x, 0), 0), Eq(u2.subs(x, 1), 0), Eq(u2.subs(y, 0), 1)],
    ),
    refuse(
        "initial_velocity_missing",
        "t = 0 or 1",
        Eq(ut.diff(t, 2), ut.diff(x, 2)),
        ut,
        STRIP,
        [*COLD, Eq(ut.subs(t, 0), sin(pi * x))],
    ),
    refuse(
        "one_side_twice",
        "fix the same quantity twice",
        LAPLACE,
        u2,
        SQUARE,
        [*(Eq(side, 0) for side in SIDES), Eq(u2.subs(x, 0), y)],
    ),
    line(
        "two_means",
        "fix the same quantity twice",
        Eq(d2u, u(x)),
        (0, 1),
        [Eq(Integral(u(x), (x, 0, 1)), mean) for mean in (1, 2)],
    ),
    line(
        "mean_beyond_the_interval",
        "outside the domain",
        Eq(d2u, u(x)),
        (0, 1),
        [Eq(u(0), 0), Eq(Integral(u(x), (x, 0, 2)), 1)],
    ),
    refuse(
        "inflow_missing",
        "y = 0 or 1",
        Eq(u2.diff(x) + u2.diff(y), 0),
        u2,
        SQUARE,
        [Eq(u2.subs(x, 0), 0)],
    ),
    refuse(
        "wall_beyond_the_box",
        "outside the domain",
        LAPLACE,
        u2,
        SQUARE,
        [*(Eq(side, 0) for side in SIDES[:3]), Eq(u2.subs(y, 2), 0)],
    ),
    refuse(
        "wall_inside_the_box",
        "inside the domain",
        LAPLACE,
        u2,
        SQUARE,
        [*(Eq(side, 0) for side in SIDES[:3]), Eq(u2.subs(y, Rational(1, 2)), 0)],
    ),
    line("nonlinear_condition_missing", "take 2", Eq(d2u, exp(u(x))), (0, 1), [Eq(u(0) ** 2, 1)]),
    refuse(
        "unknown_without_equation",
        "in no equation",
        [Eq(d2u, 1), Eq(du, x)],
        [u(x), v(x)],
        {x: (0, 1)},
        [*ZERO_ENDS, Eq(v(0), 0)],
    ),
    refuse(
        "transposed_arguments",
        "order",
        LAPLACE,
        u2,
        SQUARE,
        [*(Eq(side, 0) for side in SIDES[:3]), Eq(u(y, 1), 0)],
    ),
)

CLASH, FREE = "contradict each other", "can be added"

SOLVED: tuple[Refusal, ...] = (
    refuse(
        "diffusion_known_at_the_end",
        "ill-posed.*from t = 1 on",
        HEAT,
        ut,
        STRIP,
        [*COLD, Eq(ut.subs(t, 1), 0)],
        time=t,
    ),
    line("resonance", CLASH, Eq(d2u + u(x), sin(x)), (0, pi), [Eq(u(0), 0), Eq(u(pi), 0)]),
    line("eigenfunction", FREE, Eq(d2u + u(x), 0), (0, pi), [Eq(u(0), 0), Eq(u(pi), 0)]),
    line(
        "two_point_t17_at_its_eigenvalue",  # (x^2 - 1/100) / sqrt(x^2 + 1/100) is zero at the ends
        None,
        Eq(d2u, -3 * u(x) / (100 * (x**2 + Rational(1, 100)) ** 2)),
        (-Rational(1, 10), Rational(1, 10)),
        [Eq(u(-Rational(1, 10)), -1 / sqrt(2)), Eq(u(Rational(1, 10)), 1 / sqrt(2))],
    ),
    line(
        "free_beam",
        None,
        Eq(u(x).diff(x, 4), 0),
        (0, 1),
        FREE_ENDS,
    ),
    line(
        "flux_without_balance",
        CLASH,
        Eq(d2u, 1),
        (0, 1),
        [Eq(du.subs(x, 0), 0), Eq(du.subs(x, 1), 0)],
    ),
    line(
        "flux_in_balance",
        FREE,
        Eq(d2u, 1),
        (0, 1),
        [Eq(du.subs(x, 0), 0), Eq(du.subs(x, 1), 1)],
    ),
    line(
        "three_values_for_a_line",
        None,
        Eq(d2u, 0),
        (0, 1),
        [*ZERO_ENDS, Eq(u(Rational(1, 2)), 1)],
    ),
    line("periodic_growth", None, Eq(du, 1), (0, 1), [Eq(u(0), u(1))]),
    line(
        "periodic_without_a_level",
        None,
        Eq(d2u, cos(x)),
        (0, 2 * pi),
        [Eq(u(0), u(2 * pi))],
    ),
    line("singular_with_a_wrong_value", None, Eq(x * du, u(x)), (0, 1), [Eq(u(0), 1)]),
    line("singular_with_many_answers", None, Eq(x * du, u(x)), (0, 1), [Eq(u(0), 0)]),
    refuse("laplace_pure_neumann", None, LAPLACE, u2, SQUARE, flux(0)),
    refuse(
        "poisson_neumann_without_balance",
        None,
        Eq(u2.diff(x, 2) + u2.diff(y, 2), 1),
        u2,
        SQUARE,
        flux(0),
    ),
    refuse(
        "poisson_periodic_without_a_level",
        None,
        Eq(u2.diff(x, 2) + u2.diff(y, 2), cos(2 * pi * x)),
        u2,
        SQUARE,
        [Eq(u2.subs(q, 0), u2.subs(q, 1)) for q in (x, y)],
    ),
    refuse(
        "drum_at_its_own_frequency",
        None,
        Eq(u2.diff(x, 2) + u2.diff(y, 2) + 2 * pi**2 * u2, sin(pi * x) * sin(pi * y)),
        u2,
        SQUARE,
        [Eq(u2.subs(q, end), 0) for q in (x, y) for end in (0, 1)],
    ),
    refuse(
        "wave_between_two_times",
        None,
        Eq(ut.diff(t, 2), ut.diff(x, 2)),
        ut,
        STRIP,
        [*COLD, Eq(ut.subs(t, 0), 0), Eq(ut.subs(t, 1), 0)],
    ),
    refuse(
        "stokes_pressure_without_a_level",
        None,
        [
            Eq(-w.diff(x, 2) - w.diff(y, 2) + Function("p")(x, y).diff(q), 0)
            for w, q in ((u2, x), (v(x, y), y))
        ]
        + [Eq(u2.diff(x) + v(x, y).diff(y), 0)],
        [u2, v(x, y), Function("p")(x, y)],
        SQUARE,
        [Eq(w.subs(q, end), 0) for w in (u2, v(x, y)) for q in (x, y) for end in (0, 1)],
    ),
    line("blows_up_inside", None, Eq(du, u(x) ** 2), (0, 2), [Eq(u(0), 1)]),
    line("bratu_past_its_fold", None, Eq(d2u + 4 * exp(u(x)), 0), (0, 1), ZERO_ENDS),
    line("infinite_at_an_end", None, Eq(du, 1 / x), (0, 1), [Eq(u(1), 0)]),
    line("first_order_with_two_ends", None, Eq(du, u(x)), (0, 1), [Eq(u(0), 1), Eq(u(1), 1)]),
    line(
        "mean_against_the_ends",
        None,
        Eq(d2u, 0),
        (0, 1),
        [*ZERO_ENDS, Eq(Integral(u(x), (x, 0, 1)), 2)],
    ),
    line(
        "means_that_do_not_add_up",
        None,
        Eq(d2u, 0),
        (0, 1),
        [
            Eq(Integral(u(x), (x, 0, Rational(1, 2))), 1),
            Eq(Integral(u(x), (x, Rational(1, 2), 1)), 1),
            Eq(Integral(u(x), (x, 0, 1)), 3),
        ],
    ),
    line(
        "exchange_that_resonates",  # sin x solves it
        None,
        Eq(d2u + u(x), 0),
        (0, 1),
        [Eq(u(0), 0), Eq(du.subs(x, 1), cot(1) * u(1))],
    ),
    line(
        "exchange_that_resonates_under_load",
        None,
        Eq(d2u + u(x), 1),
        (0, 1),
        [Eq(u(0), 0), Eq(du.subs(x, 1), cot(1) * u(1))],
    ),
    # -log cos(x - 2) reaches its poles within any interval longer than pi.
    line("arch_too_wide", None, Eq(d2u, 1 + du**2), (0, 4), [Eq(u(0), 0), Eq(u(4), 0)]),
    line("square_that_is_negative", None, Eq(du**2, -1), (0, 1), [Eq(u(0), 0)]),
    line("root_of_a_negative_number", None, Eq(du, sqrt(u(x))), (0, 1), [Eq(u(0), -1)]),
    line("cold_that_radiates", None, Eq(d2u, 0), (0, 1), [Eq(u(0), 1), Eq(u(1) ** 2, -1)]),
    line("beam_held_nowhere_under_load", None, Eq(u(x).diff(x, 4), 1), (0, 1), FREE_ENDS),
    refuse(
        "one_equation_twice",
        None,
        [Eq(du, v(x)), Eq(2 * du, 2 * v(x))],
        [u(x), v(x)],
        {x: (0, 1)},
        [Eq(u(0), 0), Eq(v(0), 1)],
    ),
    refuse(
        "equations_that_disagree",
        None,
        [Eq(du, v(x)), Eq(du, v(x) + 1)],
        [u(x), v(x)],
        {x: (0, 1)},
        [Eq(u(0), 0), Eq(v(0), 1)],
    ),
    refuse(
        "transport_held_at_both_ends",
        None,
        Eq(u2.diff(x) + u2.diff(y), 0),
        u2,
        SQUARE,
        [Eq(u2.subs(x, 0), 0), Eq(u2.subs(y, 0), 0), Eq(u2.subs(x, 1), 1)],
    ),
    refuse(
        "transport_against_the_stream",
        None,
        Eq(u2.diff(x) + u2.diff(y), 0),
        u2,
        SQUARE,
        [Eq(u2.subs(x, 0), sin(y)), Eq(u2.subs(y, 1), cos(x))],
    ),
    refuse(
        "value_and_slope_on_all_sides",
        None,
        LAPLACE,
        u2,
        SQUARE,
        [*(Eq(side, 0) for side in SIDES), *flux(1)],
    ),
    refuse(
        "neumann_square_one_flux_off",
        None,
        LAPLACE,
        u2,
        SQUARE,
        [Eq(u2.diff(q).subs(q, end), int(q == x and end)) for q in (x, y) for end in (0, 1)],
    ),
    refuse(
        "neumann_cube_without_balance",
        None,
        Eq(sum(u3.diff(q, 2) for q in (x, y, z)), 1),
        u3,
        CUBE,
        [Eq(u3.diff(q).subs(q, end), 0) for q in (x, y, z) for end in (0, 1)],
    ),
    refuse(
        "neumann_drum_at_its_own_frequency",
        None,
        Eq(u2.diff(x, 2) + u2.diff(y, 2) + pi**2 * u2, x),
        u2,
        SQUARE,
        flux(0),
    ),
    refuse(
        "box_at_its_own_frequency",
        None,
        Eq(sum(u3.diff(q, 2) for q in (x, y, z)) + 3 * pi**2 * u3, 1),
        u3,
        CUBE,
        [Eq(u3.subs(q, end), 0) for q in (x, y, z) for end in (0, 1)],
    ),
    refuse(
        "periodic_square_with_a_net_source",
        None,
        Eq(u2.diff(x, 2) + u2.diff(y, 2), 1 + cos(2 * pi * x)),
        u2,
        SQUARE,
        [*(Eq(u2.subs(q, 0), u2.subs(q, 1)) for q in (x, y)), Eq(u(0, 0), 0)],
    ),
    refuse(
        "heat_with_a_start_and_an_end",
        None,
        HEAT,
        ut,
        STRIP,
        [*COLD, Eq(ut.subs(t, 0), sin(pi * x)), Eq(ut.subs(t, 1), sin(pi * x))],
    ),
    refuse(
        "wave_with_a_start_and_an_end",
        None,
        Eq(ut.diff(t, 2), ut.diff(x, 2)),
        ut,
        STRIP,
        [
            *COLD,
            Eq(ut.subs(t, 0), sin(pi * x)),
            Eq(ut.diff(t).subs(t, 0), 0),
            Eq(ut.subs(t, 1), sin(pi * x)),
        ],
    ),
    refuse(
        "bratu_square_past_its_fold",  # at 6.808
        None,
        Eq(u2.diff(x, 2) + u2.diff(y, 2) + 10 * exp(u2), 0),
        u2,
        SQUARE,
        [Eq(side, 0) for side in SIDES],
    ),
    refuse("more_flows_in_than_out", None, *stokes(0, Eq(PRESSURE.subs({x: 0, y: 0}), 0))),
    refuse("navier_stokes_without_a_level", None, *stokes(1)),
    refuse(
        "eikonal_without_a_real_slope",
        None,
        Eq(u2.diff(x) ** 2 + u2.diff(y) ** 2, -1),
        u2,
        SQUARE,
        [Eq(u2.subs(x, 0), 0), Eq(u2.subs(y, 0), 0)],
    ),
)
