"""The exact solutions of the registry solve their problems. No solver of ours takes part."""

import mpmath
import numpy as np
import pytest
import sympy

import sigmajet as sj
from registry import CASES, Case
from registry.case import substitute

# Names that SymPy's printer for mpmath does not know.
MPMATH = [
    {
        # None of the points is one of theirs.
        "DiracDelta": lambda *_: 0,
        "SingularityFunction": lambda z, a, n: (z - a) ** n if z > a and n >= 0 else 0,
        "airyaiprime": lambda z: mpmath.airyai(z, derivative=1),
        "airybiprime": lambda z: mpmath.airybi(z, derivative=1),
    },
    "mpmath",
]

with_formula = [c for c in CASES if "oracle" not in c.tags]


def sides(case: Case, formulas) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """Left and right of each equation and condition, the unknowns replaced by formulas."""
    s = case.statement
    equations, conditions = s.relations
    across = [sympy.Eq(sj.jump(*place), by, evaluate=False) for *place, by in s.across]
    return [
        tuple(
            substitute(side, formulas | s.meant).subs(s.parameters or {}) for side in (r.lhs, r.rhs)
        )
        for r in equations + conditions + across
    ]


def violation(case: Case, formulas) -> float:
    """The largest residual at five points, relative to the terms that make it up."""
    variables = list(case.statement.domain)
    lower, upper = np.array(case.bounds).T
    fractions = np.random.default_rng(5).uniform(0.02, 0.98, (5, len(variables)))
    worst = 0.0
    for relation in sides(case, formulas):
        value = sympy.lambdify(variables, [sympy.Add.make_args(s) for s in relation], MPMATH)
        for point in lower + (upper - lower) * fractions:
            with mpmath.workdps(40):
                left, right = value(*map(mpmath.mpf, map(float, point)))
                residual = abs(mpmath.fsum(left) - mpmath.fsum(right))
                size = max(map(abs, [*left, *right]))
            worst = max(worst, float(residual / (1 + size)))
    return worst


@pytest.mark.parametrize("case", with_formula, ids=str)
def test_the_formula_satisfies_equations_and_conditions(case):
    # 40 digits less what the terms lose among each other.
    assert violation(case, case.statement.formulas) <= 1e-25


@pytest.mark.parametrize("case", with_formula[::7], ids=str)
def test_a_formula_that_is_slightly_off_is_noticed(case):
    lengths = dict(zip(case.statement.domain, np.ptp(case.bounds, axis=1), strict=True))
    size = 1.0 + float(np.nanmax(np.abs(case.exact(*case.points()[0]))))
    bump = size * sum((v / length) ** 3 for v, length in lengths.items()) / 10**12
    off = {u: formula + bump for u, formula in case.statement.formulas.items()}
    assert violation(case, off) > 1e-25


def test_names_are_unique():
    names = [c.name for c in CASES]
    assert len(set(names)) == len(names)


def test_errors_are_zero_for_the_exact_solution_and_scale_with_a_perturbation():
    for case in CASES[:5]:
        assert case.error(case.exact) == 0
        assert case.error(lambda *p, c=case: 1.25 * c.exact(*p)) == pytest.approx(0.25)
