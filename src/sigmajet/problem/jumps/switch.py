"""Switches: subexpressions through which a formula may jump, and derivatives between the jumps.

SymPy differentiates a `Piecewise` piece by piece, a `Heaviside` to a `DiracDelta` and a `sign` not
at all. Here all of them are constant where they do not switch, which is what an equation means on
either side of a jump; what it means at the jump, :mod:`.transmission` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from .inside import Inside

__all__ = [
    "INEQUALITIES",
    "JUMPING",
    "SWITCHING",
    "at_side",
    "between_jumps",
    "by_maxima",
    "by_sizes",
    "by_steps",
    "holds_switch",
    "in_steps",
    "is_root",
    "piecewise_derivative",
    "plain_steps",
    "steps",
]

_STEPS = (sympy.Heaviside, sympy.sign, sympy.floor, sympy.ceiling, Inside)
JUMPING = (*_STEPS, sympy.Mod, Relational)  # the last in the conditions of a `Piecewise`
INEQUALITIES = (
    *(sympy.StrictLessThan, sympy.LessThan, sympy.StrictGreaterThan, sympy.GreaterThan),
)
SWITCHING = (*JUMPING, sympy.Abs, sympy.Max, sympy.Min)


def holds_switch(expression: sympy.Basic) -> bool:
    """Whether an expression may jump: a kink, as that of `Abs` or `Max`, is none."""
    return bool(expression.has(*JUMPING, sympy.SingularityFunction))


def at_side(
    expression: sympy.Expr, variable: sympy.Symbol, place: float, side: float
) -> sympy.Expr:
    """An expression at a place of a variable, as it is on the side where `side` lies.

    What switches is taken there, and what is known as code, which may; the rest at the place.
    """
    sided = {variable: sympy.Float(side)}
    taken = {
        atom: atom.xreplace(sided)
        for atom in expression.atoms(*JUMPING, AppliedUndef)
        if atom.has(variable)
    }
    return expression.xreplace(taken).xreplace({variable: sympy.Float(place)})


def in_steps(function: sympy.SingularityFunction) -> sympy.Expr:
    """A singularity function, as beams are loaded, by a Heaviside step or a Dirac delta."""
    variable, place, order = function.args
    if order < 0:
        return sympy.DiracDelta(variable - place, -order - 1)
    return (variable - place) ** order * sympy.Heaviside(variable - place)


def steps(atom: sympy.Basic) -> list[sympy.Expr]:
    """Functions that are constant between the switches of an expression and change at each."""
    found: dict[sympy.Symbol, sympy.Expr] = {}
    _switched(atom, found)
    return plain_steps(found)


def by_steps(
    expression: sympy.Basic, moving: Set[sympy.Symbol]
) -> tuple[sympy.Basic, dict[sympy.Symbol, sympy.Expr]]:
    """An expression in terms of its steps that hold some symbols, and these by symbols for them.

    With the steps as numbers it is smooth: |a| = s a, max(a, b) = (a + b + s (a - b))/2 with the
    signs s of a and a - b. A step may hold the symbols of those before it. Roots of a
    maximum with zero stay as they are: on a branch their base is below zero by rounding.
    """
    found: dict[sympy.Symbol, sympy.Expr] = {}

    def rewrite(part: sympy.Basic) -> sympy.Basic:
        if not part.has(*SWITCHING) or not part.free_symbols & moving:
            return part
        if is_root(part):
            return part
        inner = part.func(*map(rewrite, part.args))
        return _switched(inner, found) if isinstance(inner, SWITCHING) else inner

    return rewrite(expression), found


def by_sizes(expression: sympy.Expr) -> sympy.Expr:
    """An expression in which z sign(z) is Abs(z), which does not jump, as derivatives hold it."""
    if not expression.has(sympy.sign):
        return expression

    def joined(product: sympy.Expr) -> sympy.Expr:
        powers = product.as_powers_dict()
        signs = [base for base in powers if isinstance(base, sympy.sign)]
        for step in signs:
            (inner,) = step.args
            if powers[step] == 1 and powers.get(inner, sympy.S.Zero).is_positive:
                product = product / (step * inner) * sympy.Abs(inner)
        return product

    return expression.replace(lambda part: part.is_Mul, joined)


def is_root(expression: sympy.Basic) -> bool:
    """Whether it is a power below one of a maximum with zero."""
    if not isinstance(expression, sympy.Pow) or not _is_root(expression):
        return False
    return isinstance(expression.base, sympy.Max) and 0 in expression.base.args


def _is_root(power: sympy.Pow) -> bool:
    return bool(power.exp.is_number and power.exp.is_real and 0 < power.exp < 1)


def by_maxima(expression: sympy.Expr) -> sympy.Expr:
    """An expression with max(a, 0)^p for a power p < 1 of a where a > 0, and none elsewhere."""

    def rewritten(pieces: sympy.Piecewise) -> sympy.Expr:
        (first, condition), (second, _) = pieces.args
        above = condition.gts - condition.lts  # positive where the condition holds
        for inner, outer, base in ((first, second, above), (second, first, -above)):
            roots = [r for r in inner.atoms(sympy.Pow) if r.base == base and _is_root(r)]
            if roots and inner.xreplace(dict.fromkeys(roots, sympy.Integer(0))) == outer:
                return inner.xreplace({r: sympy.Max(r.base, 0) ** r.exp for r in roots})
        return pieces

    def switches_once(node: sympy.Basic) -> bool:
        return (
            isinstance(node, sympy.Piecewise)
            and len(node.args) == 2
            and isinstance(node.args[0].cond, INEQUALITIES)
            and node.args[1].cond == sympy.true
        )

    return expression.replace(switches_once, rewritten)


def plain_steps(found: Mapping[sympy.Symbol, sympy.Expr]) -> list[sympy.Expr]:
    """Steps without the symbols of those before them."""
    plain: dict[sympy.Symbol, sympy.Expr] = {}
    for symbol, step in found.items():
        plain[symbol] = step.xreplace(plain)
    return list(plain.values())


def _switched(atom: sympy.Basic, found: dict[sympy.Symbol, sympy.Expr]) -> sympy.Basic:
    """An expression that switches in terms of its steps, which are added to those found."""

    def symbol(step: sympy.Expr) -> sympy.Symbol:
        new = sympy.Dummy("step", real=True)
        found[new] = step
        return new

    first, *others = atom.args
    if isinstance(atom, (sympy.Max, sympy.Min)):
        direction = 1 if isinstance(atom, sympy.Max) else -1
        for other in others:
            gap = first - other
            first = (first + other + direction * symbol(sympy.sign(gap)) * gap) / 2
        return first
    if isinstance(atom, (sympy.floor, sympy.ceiling, Inside)):
        return symbol(atom)
    if isinstance(atom, sympy.Mod):
        return first - others[0] * symbol(sympy.floor(first / others[0]))
    if isinstance(atom, Relational):
        return atom.func(symbol(sympy.sign(first - others[0])), 0)
    sign = symbol(sympy.sign(first))
    if isinstance(atom, sympy.Abs):
        return sign * first
    return sign if isinstance(atom, sympy.sign) else (1 + sign) / 2


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
