r"""# A clamped plate

Kirchhoff's equation $D \Delta^2 w = q$ for a square plate under a uniform load, clamped on all
sides: an equation of fourth order, with value and slope given on every side. Of the deflection in
the middle handbooks say $0.00126\, q a^4/D$ (Timoshenko and Woinowsky-Krieger, table 35); with
more digits it is 0.00126532. The solution is not smooth in the corners, so four digits are asked
for. Bending moments are second derivatives of the answer, in closed form: in the middle of a side,
$0.0513\, q a^2$.
"""

import sympy as sp
from matplotlib.figure import Figure

import sigmajet as sj
from sigmajet.plot import draw_map

x, y = sp.symbols("x y")
w = sp.Function("w")(x, y)
sides = [(x, 0), (x, 1), (y, 0), (y, 1)]

problem = sj.Problem(
    sp.Eq(w.diff(x, 4) + 2 * w.diff(x, 2, y, 2) + w.diff(y, 4), 1),
    w,
    {x: (0, 1), y: (0, 1)},
    [sp.Eq(w.subs(*side), 0) for side in sides]
    + [sp.Eq(w.diff(side[0]).subs(*side), 0) for side in sides],
)
solution = sj.solve(problem, tol=1e-4)

assert abs(solution(0.5, 0.5) - 0.00126532) < 1e-4 * 0.00126532
moment = solution.evaluate(w.diff(x, 2), 0.0, 0.5)
assert abs(moment - 0.0513) < 1e-3

figure = Figure(figsize=(4.8, 4), layout="compressed")
draw_map(solution, figure.subplots())
