"""Switches: subexpressions through which a formula may jump, and derivatives between the jumps.

SymPy differentiates a `Piecewise` piece by piece, a `Heaviside` to a `DiracDelta` and a `sign` not
at all. Here all of them are constant where they do not switch, which is what an equation means on
either side of a jump; what it means at the jump, :mod:`.transmission` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import sympy
from sympy.core.relational import Relational

__all__ = ["between_jumps", "holds_switch", "in_steps", "piecewise_derivative", "steps"]

_STEPS = (sympy.Heaviside, sympy.sign, sympy.floor, sympy.ceiling)
_SWITCHES = (*_STEPS, sympy.Mod, sympy.Piecewise, sympy.SingularityFunction)


def holds_switch(expression: sympy.Basic) -> bool:
    """Whether an expression may jump: a kink, as that of `Abs` or `Max`, is none."""
    return bool(expression.has(*_SWITCHES))


def in_steps(function: sympy.SingularityFunction) -> sympy.Expr:
    """A singularity function, as beams are loaded, by a Heaviside step or a Dirac delta."""
    variable, place, order = function.args
    if order < 0:
        return sympy.DiracDelta(variable - place, -order - 1)
    return (variable - place) ** order * sympy.Heaviside(variable - place)


def steps(atom: sympy.Basic) -> Iterator[sympy.Expr]:
    """Functions that are constant between the switches of an expression and change at each."""
    arguments = atom.args
    if isinstance(atom, (sympy.floor, sympy.ceiling)):
        yield atom
    elif isinstance(atom, sympy.Mod):
        yield sympy.floor(arguments[0] / arguments[1])
    elif isinstance(atom, (sympy.Max, sympy.Min, Relational)):
        for first, second in combinations(arguments, 2):
            yield sympy.sign(first - second)
    else:
        yield sympy.sign(arguments[0])


def piecewise_derivative(node: sympy.Derivative) -> sympy.Expr:
    """The derivative of an expression between its jumps."""
    inner = between_jumps(node.expr)
    inner = inner.replace(
        sympy.SingularityFunction, lambda *a: in_steps(sympy.SingularityFunction(*a))
    )
    plain = inner.replace(sympy.Mod, lambda a, b: a - b * sympy.floor(a / b))
    held = {atom: sympy.Dummy(real=True) for atom in plain.atoms(*_STEPS)}
    derivative = sympy.diff(plain.xreplace(held), *node.variable_count)
    return derivative.xreplace({dummy: atom for atom, dummy in held.items()})


def between_jumps(expression: sympy.Expr) -> sympy.Expr:
    """An expression with the derivatives of what may jump carried out."""
    return expression.replace(
        lambda node: isinstance(node, sympy.Derivative) and holds_switch(node.expr),
        lambda node: piecewise_derivative(node),
    )
