r"""# Two boundary layers that meet

A stream carries $u$ towards the corner $(1, 1)$ of a square whose walls hold it at zero; diffusion
$\varepsilon = 1/20$ makes it fall within a layer along either wall:

$$-\varepsilon\, \Delta u + u_x + u_y = f, \qquad u = 0 \text{ on all sides.}$$

The source $f$ is such that the solution is the product of two layers in one variable.
"""

import numpy as np
import sympy as sp
from matplotlib.figure import Figure

import sigmajet as sj
from sigmajet.plot import draw_map

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
eps = sp.Rational(1, 20)


def ramp(q):
    return q - (sp.exp((q - 1) / eps) - sp.exp(-1 / eps)) / (1 - sp.exp(-1 / eps))


def transport(w):
    return -eps * (w.diff(x, 2) + w.diff(y, 2)) + w.diff(x) + w.diff(y)


exact = ramp(x) * ramp(y)
problem = sj.Problem(
    sp.Eq(transport(u), transport(exact)),
    u,
    {x: (0, 1), y: (0, 1)},
    [sp.Eq(u.subs(q, end), 0) for q in (x, y) for end in (0, 1)],
)
solution = sj.solve(problem, tol=1e-6)

points = np.random.default_rng(0).uniform(size=(2, 500))
expected = sp.lambdify((x, y), exact)(*points)
assert np.linalg.norm(solution(*points) - expected) < 1e-6 * np.linalg.norm(expected)

figure = Figure(figsize=(4.8, 4), layout="compressed")
draw_map(solution, figure.subplots())
