"""Long intervals and many wavelengths."""

from functools import partial

from sympy import (
    Eq,
    Expr,
    Function,
    Rational,
    airyai,
    cos,
    exp,
    pi,
    sin,
    sqrt,
    symbols,
)

from ..boxes.elliptic import UNIT_SQUARE, dirichlet, faces, laplacian
from ..case import Collection, Statement, manufactured

CASES = Collection()

x, y, z, t = symbols("x y z t")
u, v = Function("u"), Function("v")
u1, v1, u2, u3 = u(x), v(x), u(x, y), u(x, y, z)
du, d2u = u1.diff(x), u1.diff(x, 2)
ut, uxt = u(x, t), u(x, y, t)


def interval(equation, exact: Expr, ends, *traces: Expr) -> Statement:
    return Statement(
        equations=equation,
        unknowns=u1,
        domain={x: ends},
        conditions=manufactured({u1: exact}, *(traces or map(u, ends))),
        formula=exact,
    )


# Many wavelengths across


@CASES.add(1e-9, "ode", "oscillating")
def helmholtz_twenty_wavelengths_on_a_line():
    k = 40 * pi + Rational(1, 2)
    return interval(Eq(d2u + k**2 * u1, 0), sin(k * x) / sin(k) + cos(k * x), (0, 1))


@CASES.add(1e-9, "ode", "oscillating")
def helmholtz_hundred_wavelengths_on_a_line():
    k = 200 * pi + 1
    return interval(Eq(d2u + k**2 * u1, 0), sin(k * x) + cos(k * x), (0, 1))


@CASES.add(1e-9, "ode", "system", "oscillating")
def outgoing_wave():
    """u' = i k u at the far end, real and imaginary part as unknowns: cos and sin of k x."""
    k = 100
    return Statement(
        equations=[Eq(w.diff(x, 2) + k**2 * w, 0) for w in (u1, v1)],
        unknowns=[u1, v1],
        domain={x: (0, 1)},
        conditions=[
            Eq(u(0), 1),
            Eq(v(0), 0),
            Eq(du.subs(x, 1), -k * v(1)),
            Eq(v1.diff(x).subs(x, 1), k * u(1)),
        ],
        formula=[cos(k * x), sin(k * x)],
    )


@CASES.add(1e-9, "ode", "oscillating")
def helmholtz_through_two_media():
    """The wave number falls smoothly from 60 to 20."""
    index = (40 - 20 * x) * sqrt(1 + x**2)
    exact = sin(30 * x) * exp(-x) + cos(12 * x**2)
    return interval(manufactured({u1: exact}, d2u + index**2 * u1), exact, (0, 2))


@CASES.add(1e-9, "ode", "oscillating")
def airy_thirty_oscillations():
    return interval(Eq(d2u, x * u1), airyai(x), (-30, 2))


def plane_wave(wave: Expr, *direction: Rational) -> Statement:
    exact = cos(wave * (x * direction[0] + y * direction[1])) + sin(
        wave * (x * direction[1] - y * direction[0])
    )
    return dirichlet(u2, laplacian(u2, (x, y)) + wave**2 * u2, exact, UNIT_SQUARE)


# 10 pi and 40 pi themselves are eigenvalues of the square: 6^2 + 8^2 = 10^2.
OBLIQUE = (Rational(5, 13), Rational(12, 13))
CASES.add(1e-8, "pde", "oscillating", "slow", name="helmholtz_five_wavelengths")(
    partial(plane_wave, 10 * pi + Rational(1, 2), *OBLIQUE)
)
CASES.add(1e-6, "pde", "oscillating", "slow", name="helmholtz_twenty_wavelengths")(
    partial(plane_wave, 40 * pi + Rational(1, 2), *OBLIQUE)
)


@CASES.add(1e-6, "pde", "oscillating", "slow")
def helmholtz_through_a_lens():
    """Across the square the wave number rises from 20 to 60, and the waves with it."""
    exact = cos(20 * x + 20 * x**2) * sin(5 * y) + cos(30 * y - 10 * x)
    index = 20 + 40 * x
    return dirichlet(u2, laplacian(u2, (x, y)) + index**2 * u2, exact, UNIT_SQUARE)


@CASES.add(1e-8, "pde", "oscillating", "slow")
def screened_with_a_fast_source():
    """Nothing resonates, but source and solution have eight waves across."""
    exact = sin(16 * pi * x) * cos(14 * pi * y)
    return dirichlet(u2, laplacian(u2, (x, y)) - 100 * u2, exact, UNIT_SQUARE)


@CASES.add(1e-7, "pde", "3d", "oscillating", "slow")
def helmholtz_box_two_wavelengths():
    exact = cos(4 * pi * (2 * x + 2 * y + z) / 3)
    domain = dict.fromkeys((x, y, z), (0, 1))
    return dirichlet(u3, laplacian(u3, (x, y, z)) + 16 * pi**2 * u3, exact, domain)


# Long intervals


@CASES.add(1e-10, "ode")
def parabola_on_a_long_interval():
    return interval(Eq(d2u, 1), x**2 / 2 - 3 * x, (0, 1000))


@CASES.add(1e-9, "ode", "oscillating")
def pendulum_with_friction_for_long():
    """Sixteen periods from given position and speed."""
    exact = exp(-x / 20) * cos(x)
    operator = d2u + du / 10 + (1 + Rational(1, 400)) * u1
    return interval(Eq(operator, 0), exact, (0, 100), u(0), du.subs(x, 0))


@CASES.add(1e-9, "ode")
def diffusion_length_of_a_fiftieth():
    """Flat but for two ends, and a bump in the middle."""
    exact = exp(-x) + exp(-((x - 20) ** 2)) + exp(x - 50)
    return interval(manufactured({u1: exact}, d2u - u1), exact, (0, 50))


@CASES.add(1e-9, "pde", "slow")
def strip_of_length_fifty():
    domain = {x: (0, 50), y: (0, 1)}
    return dirichlet(u2, laplacian(u2, (x, y)), x / 50 + exp(-pi * x) * sin(pi * y), domain)


# PINNacle: what the best of its networks reached stands beside each


@CASES.add(1e-12, "ode", "pinnacle")
def pinnacle_poisson_1d():
    return Statement(
        equations=Eq(d2u, -sin(x)),
        unknowns=u1,
        domain={x: (0, 2 * pi)},
        conditions=[Eq(u(0), 0), Eq(u(2 * pi), 0)],
        formula=sin(x),
    )


@CASES.add(1e-8, "pde", "pinnacle", "oscillating")
def pinnacle_helmholtz_2d():
    """Lap u + u = f, two full waves in each direction."""
    exact = sin(4 * pi * x) * sin(4 * pi * y)
    return Statement(
        equations=Eq(laplacian(u2, (x, y)) + u2, (1 - 32 * pi**2) * exact),
        unknowns=u2,
        domain=UNIT_SQUARE,
        conditions=[Eq(face, 0) for face in faces(u2, UNIT_SQUARE)],
        formula=exact,
    )


@CASES.add(1e-6, "pde", "space-time", "pinnacle", "oscillating")
def pinnacle_wave_1d_c():
    """u_tt = 4 u_xx; 9.8e-2."""
    exact = sin(pi * x) * cos(2 * pi * t) + sin(4 * pi * x) * cos(8 * pi * t) / 2
    return Statement(
        equations=Eq(ut.diff(t, 2), 4 * ut.diff(x, 2)),
        unknowns=ut,
        domain={x: (0, 1), t: (0, 1)},
        conditions=[
            Eq(ut.subs(x, 0), 0),
            Eq(ut.subs(x, 1), 0),
            Eq(ut.subs(t, 0), sin(pi * x) + sin(4 * pi * x) / 2),
            Eq(ut.diff(t).subs(t, 0), 0),
        ],
        formula=exact,
    )


def heat_multiscale(time) -> Statement:
    """u_t = u_xx/(500 pi)^2 + u_yy/pi^2 to t = 5; ten waves one way, half a wave the other."""
    start = sin(20 * pi * x) * sin(pi * y)
    flow = uxt.diff(x, 2) / (500 * pi) ** 2 + uxt.diff(y, 2) / pi**2
    return Statement(
        equations=Eq(uxt.diff(t), flow),
        unknowns=uxt,
        domain={x: (0, 1), y: (0, 1), t: (0, 5)},
        time=time,
        conditions=[
            Eq(uxt.subs(t, 0), start),
            *(Eq(uxt.subs(q, end), 0) for q in (x, y) for end in (0, 1)),
        ],
        formula=start * exp(-(1 + Rational(1, 625)) * t),
    )


# 6.2e-2
CASES.add(1e-6, "evolution", "pinnacle", "slow", "oscillating", name="pinnacle_heat_2d_ms")(
    partial(heat_multiscale, t)
)
CASES.add(
    1e-6,
    "pde",
    "space-time",
    "pinnacle",
    "slow",
    "oscillating",
    "hard",
    name="pinnacle_heat_2d_ms_box",
)(partial(heat_multiscale, None))
