r"""# Bratu: a reaction that heats itself

Heat is made at the rate $\lambda e^u$ and flows off to both ends:

$$u'' + \lambda e^u = 0, \qquad u(0) = u(1) = 0.$$

Below $\lambda = 3.5138$ there are two solutions, beyond it none: the rod ignites. With the smaller
root of $\theta = \sqrt{2\lambda}\cosh(\theta/4)$, the lower one is

$$u = -2 \log\frac{\cosh((x - 1/2)\theta/2)}{\cosh(\theta/4)}.$$

Nothing has to be said about the nonlinearity, and no guess is needed.
"""

import numpy as np
import sympy as sp
from scipy.optimize import brentq

import sigmajet as sj

x = sp.Symbol("x")
u = sp.Function("u")

problem = sj.Problem(
    sp.Eq(u(x).diff(x, 2) + 3 * sp.exp(u(x)), 0),
    u(x),
    {x: (0, 1)},
    [sp.Eq(u(0), 0), sp.Eq(u(1), 0)],
)
solution = sj.solve(problem, tol=1e-10)

theta = brentq(lambda s: s - np.sqrt(6) * np.cosh(s / 4), 1, 4.5, xtol=1e-15)
exact = 2 * np.log(np.cosh(theta / 4))
assert abs(solution(0.5) - exact) < 1e-10 * exact

figure = solution.plot()
