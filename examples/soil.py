r"""# Soil: a coefficient that was measured

Water seeps down through two metres of soil whose conductivity $K$ is known at eleven depths only:

$$(K(z)\, h')' = -0.1, \qquad h(0) = 1, \quad K(2)\, h'(2) = -h(2)^4/10.$$

The table stands for $K$ in the statement, which may differentiate it: cubic splines are laid
through it. At the lower end the water leaves by a nonlinear law. The same spline in
`scipy.integrate.solve_bvp`, for head and flux, gives the same heads.
"""

import numpy as np
import sympy as sp
from scipy.integrate import solve_bvp
from scipy.interpolate import CubicSpline

import sigmajet as sj

z = sp.Symbol("z")
h, conductivity = sp.Function("h"), sp.Function("K")
depth = np.linspace(0, 2, 11)
measured = np.array([1.0, 1.1, 1.5, 2.1, 2.4, 2.2, 1.6, 1.0, 0.7, 0.6, 0.6])

problem = sj.Problem(
    sp.Eq((conductivity(z) * h(z).diff(z)).diff(z), -sp.Rational(1, 10)),
    h(z),
    {z: (0, 2)},
    [
        sp.Eq(h(0), 1),
        sp.Eq(conductivity(2) * h(z).diff(z).subs(z, 2), -(h(2) ** 4) / 10),
    ],
    functions={conductivity: (depth, measured)},
)
solution = sj.solve(problem, tol=1e-7)

spline = CubicSpline(depth, measured)
other = solve_bvp(  # for the head h and the flux K h'
    lambda s, w: [w[1] / spline(s), np.full_like(s, -0.1)],
    lambda top, bottom: [top[0] - 1, bottom[1] + bottom[0] ** 4 / 10],
    depth,
    np.ones((2, 11)),
    tol=1e-9,
)
assert np.abs(solution(depth) - other.sol(depth)[0]).max() < 1e-7

figure = solution.plot()
