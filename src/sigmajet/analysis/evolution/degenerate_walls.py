r"""Walls on which diffusion vanishes, and whether a value can be given there.

For one linear equation on a line, :math:`u_t = a u_{xx} + b u_x + c u + f` with a = 0 on a wall
whose normal n points into the domain, the sign of Fichera's function

.. math:: \beta = (b - a_x)\, n

decides: where it is negative the wall takes a value, else it takes none (O. A. Oleinik,
E. V. Radkevich, "Second Order Equations with Nonnegative Characteristic Form"). Where b vanishes
as well the equation is an ordinary one on the wall, and a value that obeys it does no harm.
"""

from __future__ import annotations

import numpy as np
import sympy

from ...errors import ProblemError
from ...geometry.region import Wall
from ...linalg.eigen import parted
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.initial_state import VIOLATED
from ...problem.terms.constant import number
from ...problem.terms.notation import trace_text
from ...problem.terms.relation import Relation
from ...rules.samples import FEW


def refuse_degenerate_walls(model: EvolutionModel) -> None:
    """Raise if a value is given on a wall that takes none.

    Raises
    ------
    ProblemError
    """
    problem, axis = model.problem, 1 - model.axis
    if len(problem.variables) != 2 or len(problem.unknowns) != 1 or model.order != 1:
        return
    (equation,) = problem.equations
    if not equation.linear or problem.orders[0][axis] != 2:
        return
    for condition in problem.conditions:
        place = condition.place[axis]
        single = condition.linear and [t.orders for t in condition.traces] == [(0, 0)]
        if single and isinstance(place, float):
            _check_wall(model, axis, place, condition)


def _check_wall(model: EvolutionModel, axis: int, end: float, condition: Relation) -> None:
    problem = model.problem
    (equation,) = problem.equations
    x, named = problem.variables[axis], f"{problem.variables[axis]} = {number(end)}"
    found = {
        (t.orders[axis], t.orders[model.axis]): s
        for t, s in zip(equation.traces, equation.symbols, strict=True)
    }
    leading = equation.residual.diff(found[0, 1])
    a, b = (
        -equation.residual.diff(found[key]) / leading if key in found else sympy.Integer(0)
        for key in ((2, 0), (1, 0))
    )
    inside = np.abs(model.start.evaluate([a], model.start.points)[0]).max()
    points = np.empty((FEW, 2))
    points[:, axis], points[:, model.axis] = end, np.linspace(*model.interval, FEW)
    diffusion, drift, slope = model.start.evaluate([a, b, a.diff(x)], points)
    nothing = parted(1) * inside
    walls = (w for w in problem.domain.region.boundary if isinstance(w, Wall))
    wall = next(w for w in walls if (w.axis, w.value) == (axis, end))
    fichera = -wall.normals(points)[:, axis] * (drift - slope)
    # What is not a number is not judged.
    if not (np.abs(diffusion).max() <= nothing and fichera.min() >= -nothing):
        return
    if np.abs(drift).max() > nothing:
        highest = trace_text(
            next(t for t in equation.traces if t.orders[axis] == 2),
            problem.unknowns,
            problem.variables,
        )
        raise ProblemError(
            f"the condition `{condition.source}` is posed where the coefficient of "
            f"{highest} vanishes and nothing is carried in: the equation itself determines "
            f"the solution at {named}; leave the condition out"
        )
    (symbol,) = condition.symbols
    (given,) = sympy.linsolve([condition.residual], [symbol])
    known = {(0, 1): given[0].diff(problem.time), (0, 0): given[0]}
    replaced = {symbol: known.get(orders, sympy.Integer(0)) for orders, symbol in found.items()}
    terms = [
        term.xreplace(replaced) for term in sympy.Add.make_args(sympy.expand(equation.residual))
    ]
    values = model.start.evaluate(terms, points)
    apart, size = np.abs(values.sum(axis=0)).max(), np.abs(values).sum(axis=0).max()
    if apart > VIOLATED * size:
        raise ProblemError(
            f"the condition `{condition.source}` contradicts the equation, in which all "
            f"derivatives in {x} vanish at {named}: what is left determines the solution there; "
            "leave the condition out"
        )
