"""The exact solutions of the registry solve their problems. No solver of ours takes part."""

import mpmath
import numpy as np
import pytest
import sympy

from registry import CASES, Case
from registry.case import substitute

# Names that SymPy's printer for mpmath does not know.
MPMATH = [
    {
        "airyaiprime": lambda z: mpmath.airyai(z, derivative=1),
        "airybiprime": lambda z: mpmath.airybi(z, derivative=1),
    },
    "mpmath",
]

with_formula = [c for c in CASES if "oracle" not in c.tags]


def sides(case: Case) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """Left and right of each equation and condition, the unknowns replaced by their formulas."""
    s = case.statement
    equations, conditions = s.relations
    pairs = [(r.lhs, r.rhs) for r in equations + conditions]
    return [
        tuple(substitute(side, s.formulas).subs(s.parameters or {}) for side in pair)
        for pair in pairs
    ]


@pytest.mark.parametrize("case", with_formula, ids=str)
def test_the_formula_satisfies_equations_and_conditions(case):
    variables = list(case.statement.domain)
    lower, upper = np.array(case.bounds).T
    fractions = np.random.default_rng(5).uniform(0.02, 0.98, (5, len(variables)))
    for left, right in sides(case):
        terms = [*sympy.Add.make_args(left), *sympy.Add.make_args(right)]
        value = sympy.lambdify(variables, [left - right, *map(abs, terms)], MPMATH)
        for point in lower + (upper - lower) * fractions:
            with mpmath.workdps(40):
                residual, *sizes = value(*map(mpmath.mpf, map(float, point)))
            # 40 digits less what the terms lose among each other; data given as floats
            # (parameters, 9e4) are exact binary numbers and lose nothing more.
            assert abs(residual) <= 1e-25 * (1 + max(sizes)), (left, right, point)


def test_names_are_unique():
    names = [c.name for c in CASES]
    assert len(set(names)) == len(names)


def test_errors_are_zero_for_the_exact_solution_and_scale_with_a_perturbation():
    for case in CASES[:5]:
        assert case.error(case.exact) == 0
        assert case.error(lambda *p, c=case: 1.25 * c.exact(*p)) == pytest.approx(0.25)
