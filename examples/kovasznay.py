r"""# Kovasznay: flow behind a grid

The steady Navier-Stokes equations at Reynolds number 20: two velocities and a pressure, velocities
given on the walls. Only the gradient of the pressure appears in the equations, so one more
condition must pin it, here its value at a point. Left out, the statement is refused:
some function can be added to any solution.

The exact flow is $u = 1 - e^{ax} \cos 2\pi y$, $v = a/(2\pi)\, e^{ax} \sin 2\pi y$ with
$a = 10 - \sqrt{100 + 4\pi^2}$.
"""

import numpy as np
import sympy as sp
from matplotlib.figure import Figure

import sigmajet as sj

x, y = sp.symbols("x y")
u, v, p = (sp.Function(name)(x, y) for name in "uvp")


def momentum(w, q):
    return u * w.diff(x) + v * w.diff(y) + p.diff(q) - (w.diff(x, 2) + w.diff(y, 2)) / 20


a = 10 - sp.sqrt(100 + 4 * sp.pi**2)
grid = sp.exp(a * x)
flow = {u: 1 - grid * sp.cos(2 * sp.pi * y), v: a / (2 * sp.pi) * grid * sp.sin(2 * sp.pi * y)}
walls = [(x, -sp.Rational(1, 2)), (x, 1), (y, -sp.Rational(1, 2)), (y, sp.Rational(3, 2))]

problem = sj.Problem(
    [momentum(u, x), momentum(v, y), u.diff(x) + v.diff(y)],
    [u, v, p],
    {x: (-0.5, 1), y: (-0.5, 1.5)},
    [sp.Eq(w.subs(*wall), exact.subs(*wall)) for w, exact in flow.items() for wall in walls]
    + [sp.Eq(p.subs({x: 0, y: 0}), 0)],
)
solution = sj.solve(problem, tol=1e-7)

points = np.random.default_rng(0).uniform([-0.5, -0.5], [1, 1.5], (200, 2)).T
speed = solution.evaluate(sp.sqrt(u**2 + v**2), *points)
expected = sp.lambdify((x, y), sp.sqrt(flow[u] ** 2 + flow[v] ** 2))(*points)
assert np.linalg.norm(speed - expected) < 1e-7 * np.linalg.norm(expected)

across, up = np.meshgrid(np.linspace(-0.5, 1, 80), np.linspace(-0.5, 1.5, 80))
flow_u, flow_v, pressure = solution(across, up)
figure = Figure(figsize=(4.4, 4.2), layout="compressed")
axes = figure.subplots()
colours = axes.contourf(across, up, pressure, 40, cmap="viridis")
axes.streamplot(across, up, flow_u, flow_v, color="white", linewidth=0.6, arrowsize=0.6)
axes.set(
    aspect="equal",
    xlabel="x",
    ylabel="y",
    xlim=(-0.5, 1),
    ylim=(-0.5, 1.5),
    xticks=[-0.5, 0, 0.5, 1],
)
figure.colorbar(colours, label="p")
