r"""Continuation: reach a nonlinear solution through easier problems.

A path leads from an easy problem, at 0, to the one asked for, at 1, in steps that shrink where
Gauss-Newton fails. On a line the blocks follow the layers as they sharpen. Two kinds of
path are known:

- in parameters that the user names: from the easy values given to those of the problem,
  geometrically where their sign allows;
- in the leading terms, where nothing is named. With :math:`c\, \partial^m u` the terms of highest
  order,

  .. math:: F_\mu(u) = F(u) + (\mu - 1)\, c\, \partial^m u

  is F for :math:`\mu = 1` and close to linear for large :math:`\mu`: for a layer equation
  :math:`\lambda u'' + \dots` it is the same equation with the coefficient :math:`\mu \lambda`. A c
  that depends on unknowns is taken where they are one: of :math:`|u'| u''` a start from zero sees
  nothing, and :math:`|u'| u'' + (\mu - 1) u''` is regular.
  The path starts at the smallest power of ten that can be solved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import sympy

from ..problem.compiled.residual import Residual, compile_relation
from ..problem.compiled.system import System
from ..problem.terms.relation import Relation
from ..rounding import SAME
from ..rules.judgement import HALVED

State = TypeVar("State")
Path = Callable[[float], System]
Solve = Callable[[System, State | None], State | None]

# Powers of ten tried for an easier problem: a bound on the work. With one of them three of five
# nonlinear problems on a line are solved, with three and six all (`benchmarks/sensitivity.py`).
_LARGEST = 3
# Of the path, below which no way is left: five failures from the first. With half and twice of it
# the same five problems are solved.
_SMALLEST_STEP = 0.02
# A path in parameters begins with half of it; steps double after a success, are halved after a
# failure. From 1 to 1/200 in the corner layer of the tests first steps of 0.25, 0.5 and 1 took 8, 6
# and 5 solves to the same blocks; at 1/5000 it takes as many solves with steps 1 to 3 times as long
# after a success, and with a quarter or three quarters of one after a failure.


def through_leading_terms(system: System, solve: Solve[State]) -> State | None:
    """Follow the solution from an equation with larger leading terms to the one asked for.

    Parameters
    ----------
    system : System
    solve : callable
        Takes a system and the state of an easier one (None: no start) and returns its
        own, or None where it found no solution.

    Returns
    -------
    The state of the problem itself; None where there is no way.
    """
    for decades in range(1, _LARGEST + 1):
        path = leading_path(system, decades)
        state = solve(path(0.0), None)
        if state is not None:
            reached = _follow(path, solve, state, 1.0 / decades)
            if reached is not None:
                return reached
    return None


def through_parameters(
    system: System, easy: Mapping[sympy.Symbol, float], solve: Solve[State]
) -> State | None:
    """Follow the solution from easy values of some parameters; see `through_leading_terms`."""
    path = parameter_path(system, easy)
    state = solve(path(0.0), None)
    return None if state is None else _follow(path, solve, state, HALVED)


def _follow(path: Path, solve: Solve[State], state: State, step: float) -> State | None:
    done, longest = 0.0, step
    while done < 1.0 and step >= _SMALLEST_STEP:
        target = done + step
        target = target if target < 1.0 - SAME else 1.0  # thirds do not add up
        reached = solve(path(target), state)
        if reached is None:
            step *= HALVED
        else:
            state, done, step = reached, target, min(longest, step / HALVED)
    return state if done == 1.0 else None


def parameter_path(system: System, easy: Mapping[sympy.Symbol, float]) -> Path:
    """Systems whose parameters go from easy values to those of the problem."""
    parameters = system.problem.parameters

    def value(symbol: sympy.Symbol, share: float) -> float:
        last = parameters[symbol]
        first = easy.get(symbol, last)
        if first * last > 0.0:
            return float(last if share == 1.0 else first * (last / first) ** share)
        return float((1.0 - share) * first + share * last)

    def path(share: float) -> System:
        values = {symbol: value(symbol, share) for symbol in parameters}
        return replace(
            system,
            equations=tuple(e.at(values) for e in system.equations),
            conditions=tuple(c.at(values) for c in system.conditions),
            across=tuple(r.at(values) for r in system.across),
        )

    return path


def leading_path(system: System, decades: int) -> Path:
    """Systems whose leading terms go from a power of ten times their size to themselves."""
    problem, mu = system.problem, sympy.Dummy("mu", positive=True)
    compiled = [
        compile_relation(problem, _with_leading(equation, mu), {mu: 1.0})
        for equation in system.equations
    ]

    def path(share: float) -> System:
        if share == 1.0:
            return system
        values = {**problem.parameters, mu: 10.0 ** (decades * (1.0 - share))}
        return replace(system, equations=tuple(equation.at(values) for equation in compiled))

    return path


def _with_leading(equation: Residual, mu: sympy.Symbol) -> Relation:
    """The relation of an equation with its leading terms multiplied by `mu`."""
    relation = equation.relation
    order = max(sum(trace.orders) for trace in relation.traces)
    leading = sympy.Integer(0)
    for symbol, trace, slope in zip(
        relation.symbols, relation.traces, equation.partials, strict=True
    ):
        at_one = slope.xreplace(dict.fromkeys(relation.symbols, sympy.S.One))
        # One that has no real value there, as of log(u - 1), leaves the problem as it is.
        known = at_one.is_real is not False and not at_one.has(sympy.nan)
        if sum(trace.orders) == order and known:
            leading += at_one * symbol
    return replace(relation, residual=relation.residual + (mu - 1) * leading)
