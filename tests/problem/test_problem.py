"""SymPy statements become traces and relations, whichever form SymPy gives them."""

import copy
import pickle

import numpy as np
import pytest
import sympy
from scipy import interpolate, special
from sympy import Eq, Function, Integral, Rational, Symbol, cos, pi, sin, symbols

from sigmajet.problem import Box, Interval, Problem, Trace

x, y, t, nu = symbols("x y t nu")
u, v, k = Function("u"), Function("v"), Function("k")
U = u(x)
W = u(x, t)
UNIT = {x: (0, 1)}
SQUARE = {x: (0, 1), t: (0, 1)}
DIRICHLET = [Eq(u(0), 0), Eq(u(1), 0)]


def burgers(**changes):
    statement = {
        "equations": Eq(W.diff(t) + W * W.diff(x), nu * W.diff(x, 2)),
        "unknowns": W,
        "domain": {x: (-1, 1), t: (0, 1)},
        "conditions": [Eq(u(x, 0), -sin(pi * x)), Eq(u(-1, t), 0), Eq(u(1, t), 0)],
        "time": t,
        "parameters": {nu: 0.01 / np.pi},
    }
    return Problem(**(statement | changes))


def condition(statement, domain=SQUARE):
    """Read one condition of a problem of order 4 in both variables that takes any."""
    unknown = u(*domain)
    equation = sum(x * unknown.diff(variable, 4) for variable in domain)
    return Problem(equation, unknown, domain, [statement]).conditions[0]


def test_an_equation_becomes_a_residual_in_traces():
    (equation,) = burgers().equations
    assert equation.traces == (
        Trace(0, (0, 0), (None, None)),
        Trace(0, (0, 1), (None, None)),
        Trace(0, (1, 0), (None, None)),
        Trace(0, (2, 0), (None, None)),
    )
    value, in_time, slope, bend = equation.symbols
    assert equation.residual == in_time + value * slope - nu * bend
    assert equation.place == (None, None)
    assert not equation.linear


def test_parameters_stay_symbols_in_the_residual():
    problem = burgers()
    assert nu in problem.equations[0].residual.free_symbols
    assert problem.parameters == {nu: 0.01 / np.pi}


def test_traces_follow_the_order_of_the_domain_not_of_the_arguments():
    swapped = u(t, x)
    problem = Problem(
        Eq(swapped.diff(t), swapped.diff(x, 2)),
        swapped,
        {x: (0, 2), t: (0, 1)},
        [Eq(u(t, 0), 0), Eq(u(t, 2), 0), Eq(u(0, x), sin(pi * x / 2))],
        time=t,
    )
    assert {trace.orders for trace in problem.equations[0].traces} == {(0, 1), (2, 0)}
    assert [c.place for c in problem.conditions] == [(0.0, None), (2.0, None), (None, 0.0)]


@pytest.mark.parametrize(
    ("form", "orders", "place"),
    [
        (u(0, t), (0, 0), (0.0, None)),
        (W.subs(x, 1), (0, 0), (1.0, None)),
        (W.subs({x: 0, t: 1}), (0, 0), (0.0, 1.0)),
        (W.diff(x).subs(x, 1), (1, 0), (1.0, None)),
        (W.diff(x).subs({x: 0}), (1, 0), (0.0, None)),
        (W.diff(x).subs({x: 0, t: 1}), (1, 0), (0.0, 1.0)),
        (W.diff(x).subs(x, 0).subs(t, 1), (1, 0), (0.0, 1.0)),
        (W.diff(t).subs(x, 0), (0, 1), (0.0, None)),
        (u(0, t).diff(t), (0, 1), (0.0, None)),
        (W.diff(x, 2, t).subs(x, 0), (2, 1), (0.0, None)),
        (W.diff(x).subs(x, 0).diff(t), (1, 1), (0.0, None)),
        (sympy.Derivative(W.diff(x).subs(x, 0), t), (1, 1), (0.0, None)),
        (sympy.Subs(W.diff(x), (x, t), (0, 1)), (1, 0), (0.0, 1.0)),
        (sympy.Subs(sympy.Subs(W.diff(x), x, 0), t, 1), (1, 0), (0.0, 1.0)),
        (sympy.Subs(sympy.Subs(W.diff(x), x, y), y, 1), (1, 0), (1.0, None)),
        (sympy.Subs(u(y, t).diff(y), y, 1), (1, 0), (1.0, None)),
        (u(y, t).diff(y).subs(y, 1), (1, 0), (1.0, None)),
        (u(y, t).diff(y).subs(y, x).subs(x, 1), (1, 0), (1.0, None)),
        (W.diff(x).subs(x, Rational(1)), (1, 0), (1.0, None)),
        (Integral(W, (x, 0, 1)), (0, 0), (Interval(0.0, 1.0), None)),
        (Integral(u(y, t), (y, 0, 1)), (0, 0), (Interval(0.0, 1.0), None)),
        (Integral(W, (x, 0, 1)).subs(t, 0), (0, 0), (Interval(0.0, 1.0), 0.0)),
        (Integral(W.diff(t), (x, 0, 1)), (0, 1), (Interval(0.0, 1.0), None)),
        (Integral(W, (x, 0, 1)).diff(t), (0, 1), (Interval(0.0, 1.0), None)),
        (
            Integral(W, (x, 0, 1), (t, 0, Rational(1, 2))),
            (0, 0),
            (Interval(0.0, 1.0), Interval(0.0, 0.5)),
        ),
    ],
)
def test_every_form_of_a_derivative_at_a_place_is_one_trace(form, orders, place):
    relation = condition(Eq(form, 2))
    assert relation.traces == (Trace(0, orders, place),)
    assert relation.residual == relation.symbols[0] - 2
    assert relation.linear


def test_two_forms_of_one_trace_share_a_symbol():
    relation = condition(Eq(W.diff(x).subs(x, 1) + sympy.Subs(u(y, t).diff(y), y, 1), 4))
    assert relation.residual == 2 * relation.symbols[0] - 4


def test_the_chain_rule_of_a_composite_derivative_is_applied():
    relation = condition(Eq(sympy.Derivative(W**2, x).subs(x, 1), 2))
    value, slope = relation.symbols
    assert relation.residual == 2 * value * slope - 2
    assert not relation.linear


def test_the_integral_of_a_derivative_is_taken_at_the_ends():
    relation = condition(Eq(Integral(2 * U.diff(x) + U + x**2, (x, 0, 1)), 0), UNIT)
    left, mean, right = relation.symbols
    assert [trace.place for trace in relation.traces] == [(0.0,), (1.0,), (Interval(0.0, 1.0),)]
    left, right, mean = relation.symbols
    assert relation.residual.equals(2 * (right - left) + mean + Rational(1, 3))


def test_robin_multipoint_and_nonlinear_conditions_keep_their_form():
    robin = condition(Eq(W.diff(x).subs(x, 1) + 3 * u(1, t), sin(t)))
    assert robin.place == (1.0, None)
    assert robin.linear
    multipoint = condition(Eq(u(0) + u(Rational(1, 2)) - 2 * u(1), 3), UNIT)
    assert [trace.place for trace in multipoint.traces] == [(0.0,), (0.5,), (1.0,)]
    radiation = condition(Eq(W.diff(x).subs(x, 1), -(u(1, t) ** 4)))
    assert not radiation.linear


def test_dsolve_style_initial_conditions_are_read():
    problem = Problem(U.diff(x, 2) + U, U, UNIT, {u(0): 1, U.diff(x).subs(x, 0): 2})
    assert [c.source for c in problem.conditions] == ["u(0) = 1", "diff(u, x)(0) = 2"]


def test_dictionaries_mix_with_equalities():
    problem = Problem(U.diff(x, 2) + U, U, UNIT, [{u(0): 1}, Eq(u(1), 0)])
    assert [c.source for c in problem.conditions] == ["u(0) = 1", "u(1) = 0"]


@pytest.mark.parametrize("flip", [False, True])
def test_matching_both_ends_declares_periodicity(flip):
    ends = (u(2 * pi, t), u(0, t)) if flip else (u(0, t), u(2 * pi, t))
    problem = Problem(
        Eq(W.diff(t), -W.diff(x, 3)),
        W,
        {x: (0, 2 * pi), t: (0, 1)},
        [Eq(u(x, 0), sin(x)), Eq(*ends)],
        time=t,
    )
    added = problem.conditions[2:]
    assert [trace.orders for c in added for trace in c.traces] == [(1, 0)] * 2 + [(2, 0)] * 2
    assert all("periodic" in c.source for c in added)
    assert all(c.residual == c.symbols[0] - c.symbols[1] for c in added)
    assert problem.stated_conditions == problem.conditions[:2]


def test_periodicity_is_completed_in_each_direction():
    problem = Problem(
        W.diff(x, 2) + W.diff(t, 2) - W + sin(2 * pi * x) * cos(2 * pi * t),
        W,
        SQUARE,
        [Eq(u(0, t), u(1, t)), Eq(u(x, 0) - u(x, 1), 0)],
    )
    assert [c.traces[0].orders for c in problem.conditions[2:]] == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    "extra",
    [
        Eq(W.diff(x).subs(x, 0), W.diff(x).subs(x, 1)),
        Eq(u(1, t), sin(t)),
        Eq(W.diff(x).subs(x, 0) + u(0, t), 1),
    ],
)
def test_another_condition_in_that_direction_leaves_the_matching_as_it_is(extra):
    conditions = [Eq(u(0, t), u(1, t)), extra, Eq(u(x, 0), 0)]
    problem = Problem(Eq(W.diff(t), W.diff(x, 2)), W, SQUARE, conditions, time=t)
    assert len(problem.conditions) == 3


def test_a_mean_value_does_not_stop_periodicity():
    conditions = [Eq(u(0), u(1)), Eq(Integral(U, (x, 0, 1)), 0)]
    problem = Problem(Eq(U.diff(x, 2), sin(2 * pi * x)), U, UNIT, conditions)
    assert problem.conditions[2].traces[0].orders == (1,)


def test_antiperiodicity_is_not_taken_for_periodicity():
    conditions = [Eq(u(0), -u(1)), Eq(U.diff(x).subs(x, 0), -U.diff(x).subs(x, 1))]
    assert len(Problem(U.diff(x, 2) + U - 1, U, UNIT, conditions).conditions) == 2


def test_pinning_a_value_at_one_point_is_a_condition():
    p = Function("p")
    pinned = Problem(
        [Eq(W.diff(x), p(x, t).diff(t)), Eq(W.diff(t), -p(x, t).diff(x))],
        [W, p(x, t)],
        SQUARE,
        [Eq(u(0, t), 0), Eq(u(1, t), 0), Eq(p(Rational(1, 2), Rational(1, 2)), 1)],
    ).conditions[2]
    assert pinned.place == (0.5, 0.5)


@pytest.mark.parametrize(
    ("expression", "linear"),
    [
        (U**1, True),
        (sympy.Abs(x) * U, True),
        (sympy.Abs(U), False),
        (sympy.Piecewise((1, x < 0.5), (0, True)) + U, True),
        (sympy.Piecewise((U, x < 0.5), (2 * U, True)), True),
        (sympy.Piecewise((1, U < 0.5), (2, True)), False),
        (sympy.floor(U), False),
        (sympy.sign(U), False),
        (sympy.Max(U, x), False),
        (U * U.diff(x), False),
        (sin(x) * U.diff(x) + sympy.exp(nu) * U, True),
        ((U + 1) ** 2 - U**2, True),
        (U * (1 + U.diff(x)) - U * U.diff(x), True),
        ((U + 1) ** 300, False),
        (U / x, True),
        (x / U, False),
        (sympy.log(sympy.exp(U)), True),
    ],
)
def test_linearity_is_exact(expression, linear):
    problem = Problem(
        U.diff(x, 2) + expression, U, {x: (0.5, 1)}, [Eq(u(0.5), 0), Eq(u(1), 0)], None, {nu: 1}
    )
    assert problem.linear is linear


def test_numbers_of_every_kind_are_accepted():
    values = [np.float64(1), np.float32(1), np.int64(1), np.array(1.0), Rational(1), 1, 1.0]
    for one in values:
        problem = Problem(
            nu * U.diff(x, 2), U, {x: (0, one)}, [Eq(u(0), one), Eq(u(one), 0)], None, {nu: one}
        )
        assert problem.domain.upper == (1.0,)
        assert problem.conditions[1].place == (1.0,)
        assert problem.parameters == {nu: 1.0}


def test_an_end_written_in_floats_is_the_end_itself():
    problem = Problem(U.diff(x, 2), U, {x: (0, 2 * pi)}, [Eq(u(0), 0), Eq(u(6.28318530717959), 1)])
    assert problem.conditions[1].place == problem.domain.upper


def test_parameters_may_place_ends_and_conditions():
    length = Symbol("L")
    problem = Problem(
        U.diff(x, 2), U, {x: (0, length)}, [Eq(u(0), 0), Eq(u(length), length)], None, {length: 2}
    )
    assert problem.domain == Box(x, 0, 2)
    assert problem.conditions[1].place == (2.0,)


def test_callables_stand_for_coefficients():
    problem = Problem(k(x) * U.diff(x, 2), U, UNIT, DIRICHLET, functions={k: np.exp})
    assert problem.functions == {k: np.exp}
    assert problem.equations[0].residual.has(k(x))
    assert problem.linear


NODES = np.linspace(-0.5, 1.5, 81)


def residual_at(problem, places):
    """The residual of the first equation, its traces replaced by one."""
    relation = problem.equations[0]
    named = {f.__name__: call for f, call in problem.functions.items()}
    function = sympy.lambdify([x, *relation.symbols], relation.residual, [named, "numpy"])
    return function(places, *[1.0] * len(relation.symbols))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ((NODES, np.exp(NODES)), 2e-4),
        (interpolate.CubicSpline(NODES, np.exp(NODES)), 2e-4),
        (interpolate.make_interp_spline(NODES, np.exp(NODES), k=5), 1e-8),
        (interpolate.make_interp_spline(NODES, np.exp(NODES), k=5).derivative(), 1e-5),
        (interpolate.PchipInterpolator(NODES, np.exp(NODES)), None),
    ],
    ids=["table", "cubic", "quintic", "its derivative", "pchip"],
)
def test_interpolants_are_differentiated_as_often_as_they_can_be(value, error):
    places = np.linspace(0, 1, 50)
    once = Problem(U.diff(x, 2) + (k(x) * U).diff(x), U, UNIT, DIRICHLET, functions={k: value})
    np.testing.assert_allclose(residual_at(once, places), 1 + 2 * np.exp(places), rtol=2e-3)
    if error is not None:
        twice = Problem(
            U.diff(x, 2) + U * k(x / 2 + Rational(1, 4)).diff(x, 2),
            U,
            UNIT,
            DIRICHLET,
            functions={k: value},
        )
        exact = 1 + np.exp(places / 2 + 0.25) / 4
        np.testing.assert_allclose(residual_at(twice, places), exact, rtol=error)


def test_tables_in_several_variables_are_splines_along_each():
    """The tensor product of cubics: x^3 y^2 exactly, and its derivatives."""
    a, b = np.linspace(0, 1, 9), np.linspace(-1, 1, 7)
    values = a[:, None] ** 3 * b**2
    for table in (
        ((a, b), values),
        interpolate.RegularGridInterpolator((a, b), values, method="cubic"),
        interpolate.RectBivariateSpline(a, b, values),
    ):
        problem = Problem(
            W.diff(x, 2) + W.diff(t, 2) + k(x, t) * W,
            W,
            {x: (0, 1), t: (-1, 1)},
            [Eq(u(0, t), 0), Eq(u(1, t), 0), Eq(u(x, -1), 0), Eq(u(x, 1), 0)],
            functions={k: table},
        )
        px, pt = np.random.default_rng(2).uniform(size=(2, 20))
        named = {f.__name__: call for f, call in problem.functions.items()}
        for name, exact in {
            "k": px**3 * pt**2,
            "k_d1_0": 3 * px**2 * pt**2,
            "k_d1_1": 6 * px**2 * pt,
            "k_d0_2": 2 * px**3,
        }.items():
            np.testing.assert_allclose(named[name](px, pt), exact, rtol=1e-10, atol=1e-12)


def test_scattered_data_are_interpolated_but_not_differentiated():
    points = np.random.default_rng(1).uniform(-0.5, 1.5, (60, 2))
    for kind in (interpolate.LinearNDInterpolator, interpolate.RBFInterpolator):
        cloud = kind(points, points @ [1.0, 2.0])
        problem = Problem(
            W.diff(x, 2) + W.diff(t, 2) + k(x, t),
            W,
            SQUARE,
            [Eq(u(0, t), 0), Eq(u(1, t), 0), Eq(u(x, 0), 0), Eq(u(x, 1), 0)],
            functions={k: cloud},
        )
        assert problem.functions[k](np.array([0.25]), 0.5) == pytest.approx([1.25], abs=1e-8)


def test_problems_with_tables_survive_pickle():
    problem = Problem(U.diff(x, 2) + k(x), U, UNIT, DIRICHLET, functions={k: (NODES, NODES)})
    same = pickle.loads(pickle.dumps(problem))
    assert same.functions[k](0.3) == problem.functions[k](0.3)


def test_constants_beyond_floats_or_numpy_are_worked_out():
    ends = [Eq(u(0), sympy.log(sympy.cosh(745))), Eq(u(1), sympy.erfi(1) * sympy.zeta(3))]
    values = [c.symbols[0] - c.residual for c in Problem(U.diff(x, 2), U, UNIT, ends).conditions]
    assert values == pytest.approx([745 - np.log(2), special.erfi(1) * special.zeta(3)], rel=1e-14)


@pytest.mark.parametrize(
    "term",
    [
        sympy.exp(-1000) * sympy.exp(2000 * x) * sympy.exp(-1000 * x**2),  # a pulse, expanded
        x * sympy.sinh(1000 * x) / sympy.sinh(1000),
        -(sympy.cosh(1000 * x) ** 2) / sympy.cosh(1000) ** 2,
        sympy.exp(-1000) * (sympy.exp(1000 * x) + sympy.exp(-x)),
        1 / (1 + sympy.exp(1000) * sympy.exp(-1000 * x)),
        sympy.exp(-2500) * sympy.cos(x),
    ],
    ids=str,
)
def test_products_are_right_where_no_float_holds_a_factor(term):
    (equation,) = Problem(U.diff(x, 2) - term, U, UNIT, DIRICHLET).equations
    values = sympy.lambdify((x, *equation.symbols), -equation.residual, "numpy")
    points = np.array([0.99, 0.999, 1.0])
    exact = [float(term.subs(x, sympy.Float(point, 60)).evalf(30)) for point in points]
    assert values(points, 0.0) * np.ones(3) == pytest.approx(exact, rel=1e-12, abs=1e-300)


def test_a_box_is_a_domain():
    assert Problem(U.diff(x, 2), U, Box(x, 0, 1), DIRICHLET).domain == Box((x,), (0,), (1,))


def test_the_problem_prints_as_a_scientist_writes_it():
    assert str(burgers()) == (
        "Problem for u(x, t) on -1 <= x <= 1, 0 <= t <= 1, time t\n"
        "  with nu = 0.003183098861837907\n"
        "  equation\n"
        "    u*diff(u, x) + diff(u, t) = nu*diff(u, x, 2)\n"
        "  conditions\n"
        "    u(x, 0) = -sin(pi*x)\n"
        "    u(-1, t) = 0\n"
        "    u(1, t) = 0"
    )
    assert repr(burgers()) == str(burgers())


def test_problems_are_equal_when_their_statements_are():
    assert burgers() == burgers()
    assert burgers() != burgers(parameters={nu: 1})
    assert burgers() != burgers(conditions=[Eq(u(x, 0), 0), Eq(u(-1, t), 0), Eq(u(1, t), 0)])
    assert burgers() != 1


def test_problems_survive_pickle_and_copy():
    for same in (pickle.loads(pickle.dumps(burgers())), copy.deepcopy(burgers())):
        assert same == burgers()
        assert str(same) == str(burgers())


def test_problems_cannot_be_changed():
    with pytest.raises(AttributeError):
        burgers().linear = True
    with pytest.raises(TypeError):
        burgers().parameters[nu] = 2.0


def test_problems_are_not_hashable():
    with pytest.raises(TypeError, match="unhashable"):
        hash(burgers())
