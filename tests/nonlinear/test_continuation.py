"""A path of easier problems is one compiled system, whose leading terms are what they should be."""

import numpy as np
import pytest
from sympy import Eq, Function, symbols

import sigmajet as sj
from sigmajet.nonlinear.continuation import leading_path, parameter_path
from sigmajet.problem.compiled.system import System

x, nu = symbols("x nu")
u = Function("u")(x)
LAYER = sj.Problem(
    Eq(nu * u.diff(x, 2), u * u.diff(x) - u),
    u,
    {x: (0, 1)},
    [Eq(u.subs(x, 0), 1), Eq(u.subs(x, 1), -1)],
    parameters={nu: 0.01},
)


@pytest.mark.parametrize(("share", "factor"), [(0.0, 100.0), (0.5, 10.0), (1.0, 1.0)])
def test_leading_terms_alone_are_larger(share, factor):
    system = System.compile(LAYER)
    (equation,) = leading_path(system, 2)(share).equations
    points, traces = np.array([[0.5]]), np.array([[2.0], [3.0], [5.0]])
    orders = [trace.orders[0] for trace in equation.traces]
    traces = traces[orders]
    residual, partials = equation(points, traces)
    assert residual[0] == pytest.approx(factor * 0.01 * 5.0 - 2.0 * 3.0 + 2.0)
    assert partials[orders.index(2), 0] == pytest.approx(factor * 0.01)
    assert partials[orders.index(1), 0] == pytest.approx(-2.0)


def test_a_path_is_compiled_once(monkeypatch):
    system = System.compile(LAYER)
    paths = leading_path(system, 1), parameter_path(system, {nu: 1.0})
    monkeypatch.setattr("sympy.lambdify", lambda *_, **__: pytest.fail("compiled anew"))
    for path in paths:
        for share in (0.0, 0.3, 0.7, 1.0):
            path(share)
