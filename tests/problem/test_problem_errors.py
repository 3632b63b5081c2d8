"""Every statement that cannot be meant is refused, in the user's words."""

import math
import re

import numpy as np
import pytest
import sympy
import sympy.physics.units
from sympy import (
    Eq,
    Function,
    I,
    Integral,
    Matrix,
    Ne,
    Piecewise,
    Rational,
    Symbol,
    exp,
    nan,
    oo,
    sin,
    symbols,
)

from sigmajet.errors import ProblemError
from sigmajet.problem import Box, Problem

x, y, t, nu = symbols("x y t nu")
real_x = Symbol("x", real=True)
u, v, k = Function("u"), Function("v"), Function("k")
real_u = Function("u", real=True)
U = u(x)
W = u(x, t)
UNIT = {x: (0, 1)}
SQUARE = {x: (0, 1), t: (0, 1)}
DIRICHLET = [Eq(u(0), 0), Eq(u(1), 0)]
WALLS = [Eq(u(0, t), 0), Eq(u(1, t), 0)]
HEAT = Eq(W.diff(t), W.diff(x, 2))
BEND = U.diff(x, 2)


def refused(message, *arguments, **options):
    """Assert that the problem is refused with exactly the words of `message`, * for any others."""
    pattern = ".*".join(map(re.escape, message.split("*")))
    with pytest.raises(ProblemError) as caught:
        Problem(*arguments, **options)
    assert re.fullmatch(pattern, str(caught.value)), str(caught.value)


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("u'' = 0", "equation 1: got the text \"u'' = 0\", * read from a file by load_problem"),
        (Matrix([BEND]), "equations: got a matrix, expected a list of its entries, list(matrix)"),
        ([Matrix([BEND])], "equation 1: got a matrix, expected one scalar; *"),
        (Eq(Matrix([BEND]), Matrix([0])), "equation 1: got a matrix, *"),
        ([None], "equation 1: got None (NoneType), expected a number or SymPy expression"),
        (True, "equation 1 is True: it is always true and mentions no unknown; write Eq*"),
        (BEND == 0, "equation 1 is False: it is never true and mentions no unknown; write Eq*"),
        (3, "equations: got 3, expected a list of SymPy statements"),
        (x < 1, "equation 1, `x < 1`, is no equality; expected Eq(left, right)"),
        ({BEND}, "equations: got {Derivative(u(x), (x, 2))}, expected a list of SymPy statements"),
        (Eq(BEND, 0) & Eq(U, 0), "equation 1, *, combines statements; list them one by one"),
        ([], "got 0 equations for the 1 unknowns u(x); expected at least one for each unknown"),
        (sin(x), "equation 1, `sin(x) = 0`, holds none of the unknowns u(x)"),
        ([BEND - BEND], "equation 1, `0 = 0`, is always true; it says nothing about the unknowns"),
        (Eq(BEND, nu), "equation 1, `diff(u, x, 2) = nu`, holds nu, which has no value; *"),
        (BEND + real_x, "equation 1, *, uses a symbol x other than the problem's x: same name, *"),
        (u(real_x).diff(real_x, 2), "*diff(u, x, 2)(x) uses a symbol x other than the domain's x*"),
        (real_u(x).diff(x, 2), "*u(x) is another function than the unknown of that name: *"),
        (real_u(x), "*u(x) is another function than the unknown of that name: *"),
        (BEND + Symbol("u"), "*, holds the symbol u, not the unknown; write it with its arguments"),
        (BEND + v(x), "*v(x) is not among the unknowns; list it there, or give functions={v: c*"),
        (BEND + u(2 * x), "*u(2*x) takes x at 2*x; * (delays and shifts are not supported)"),
        (BEND + u(x - 1), "*u(x - 1) takes x at x - 1; *"),
        (BEND + u(x**2).diff(x), "*diff(u, x, 1)(x**2) takes x at x**2; *"),
        (BEND + u(U), "*u(u(x)) takes an unknown at a place that depends on a function; *"),
        (BEND + u(x, x), "*u(x, x) has 2 arguments, expected 1 as in u(x)"),
        (BEND + u(y), "*u(y): got y, expected a number; y has no value (give it in parameters)"),
        (BEND + u(0), "*, takes u(0) at a fixed place; *: move it to the conditions"),
        (BEND + u(2), "*u(2) is outside the domain: x = 2, expected 0 <= x <= 1"),
        (
            BEND + sympy.Derivative(U, y, evaluate=False),
            "*Derivative(u(x), y) differentiates by y, which u(x) does not depend on",
        ),
        (BEND + sympy.Derivative(U, (x, nu)), "*Derivative(u(x), (x, nu)) is of order nu, *"),
        (BEND + sympy.erf(I * U), "*the real and imaginary parts of erf(*) are not known; *"),
        (BEND + sympy.Max(I * U, 0), "*"),
        (BEND + (-8) ** Rational(1, 3), "*: (-1)**(1/3) is not a real number"),
        (BEND + sympy.asin(2) * U, "*: asin(2) is not a real number"),
        (BEND + oo * x, "*: a number in it is infinite or undefined"),
        (BEND + float("inf"), "*: a number in it is infinite or undefined"),
        (BEND - 10**400, "*: a number in it is too large for a float"),
        (BEND - sympy.exp(1000), "*exp(1000) is too large for a float"),
        (
            BEND + sympy.polylog(2, x),
            "*, holds polylog, which cannot be turned into NumPy or SciPy; *",
        ),
        (BEND + sympy.KroneckerDelta(1, x), "*, holds KroneckerDelta, which cannot be turned *"),
        (BEND + sympy.physics.units.meter, "*, holds Quantity, which cannot be turned into *"),
        (BEND + sympy.DiracDelta(x), "DiracDelta(x) is at x = 0, expected inside the domain, *"),
        (BEND + sympy.DiracDelta(x * U), "DiracDelta(x*u(x)) depends on an unknown*"),
        (BEND + sympy.DiracDelta(x**2 - x / 2), "*the argument of a point load is x - c, or a *"),
        (BEND + Integral(exp(-(y**2)), (y, 0, x)), "*integrates known functions that are no pol*"),
        (BEND + Integral(u(y), (y, 0, x)), "*u(0..x) has limits that are no numbers; *"),
        (BEND + Integral(U, (x, 0, 1)), "*integrals of unknowns are supported in conditions only"),
        ((k(x) * U.diff(x)).diff(x), "*the derivative Derivative(k(x), x) is not known; where a *"),
        (k(U) * BEND, "*k(u(x)) takes an unknown as its argument; *"),
        (k(nu) * BEND, "*, holds nu, which has no value; *"),
        (sympy.Subs(BEND, x, U), "* takes an unknown at an unknown place"),
    ],
)
def test_an_equation_that_cannot_be_meant_is_refused(equation, message):
    refused(message, equation, U, UNIT, DIRICHLET, functions={k: np.sin})


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (u(0) == 0, "condition 1 is False: it is never true and mentions no unknown; *"),
        (Eq(0, 1), "condition 1 is False: it is never true and mentions no unknown; *"),
        (Eq(u(0), u(0)), "condition 1 is True: it is always true and mentions no unknown; *"),
        (Eq(u(0), nan), "condition 1 is False: * no nan, and *"),
        (u(0) > 0, "condition 1, `u(0) > 0`, is no equality; expected Eq(left, right)"),
        (Ne(u(0), 0), "condition 1, `Ne(u(0), 0)`, is no equality; *"),
        ("u(0) = 0", "condition 1: got the text 'u(0) = 0', *"),
        ((u(0), 0), "condition 1: got (u(0), 0) (tuple), expected a number or SymPy expression"),
        (Eq(nu, 3), "condition 1, `nu = 3`, holds none of the unknowns u(x)"),
        (Eq(U, 0), "condition 1, `u = 0`, holds everywhere, as an equation does; *.subs(x, 0)"),
        (Eq(u(2), 0), "condition 1, `u(2) = 0`: u(2) is outside the domain: x = 2, expected 0 *"),
        (Eq(u(I), 0), "condition 1, *u(I): got I, which is a complex number; expected a real *"),
        (Eq(u(oo), 0), "condition 1, `u(oo) = 0`: a number in it is infinite or undefined"),
        (Eq(u(0), oo), "condition 1, `u(0) = oo`: a number in it is infinite or undefined"),
        (Eq(u(0), x), "condition 1, `u(0) = x`, fixes x in u(0), yet x appears on its own; *"),
        (Eq(u(0), y), "condition 1, `u(0) = y`, holds y, which has no value; *"),
        (Eq(u(0), U), "condition 1, `u(0) = u`, leaves x free in u but fixes it in u(0); *"),
        (Eq(u(0, 1), 0), "condition 1, `u(0, 1) = 0`: u(0, 1) has 2 arguments, expected 1 as in*"),
        (
            Eq(BEND.subs(x, 0), 0),
            "the condition `diff(u, x, 2)(0) = 0` holds diff(u, x, 2)(0), a derivative of order 2 "
            "in x; the equations are of order 2 in x, so conditions hold derivatives of lower *",
        ),
        (Eq(u(1), 3), "the conditions `u(1) = 3` and `u(1) = 0` fix the same quantity twice; *"),
        (Eq(2 * u(1), 0), "the conditions `2*u(1) = 0` and `u(1) = 0` fix the same quantity *"),
        (Eq(Integral(U**2, (x, 0, 1)), 1), "*the unknown has a weight or a power; *"),
        (
            Eq(Integral(x * U, (x, 0, 1)), 1),
            "*the unknown has a weight or a power; *Add an unknown w, the equation "
            "diff(w, x) = x*u(x) and the condition w = 0 at x = 0; w at x = 1 is the integral",
        ),
        (Eq(Integral((U + 1) ** 999, (x, 0, 1)), 1), "*the unknown has a weight or a power; *"),
        (Eq(Integral(U, x), 1), "*Integral(u(x), x) has no limits; write Integral(u, (x, a, b))"),
        (Eq(Integral(U, (x, 1, 0)), 1), "*u(1..0) runs from 1 to 0; the lower limit comes first"),
        (Eq(Integral(U, (x, 0, 2)), 1), "*a limit of u(0..2) is outside the domain: x = 2, *"),
        (Eq(Integral(u(x / 2), (x, 0, 1)), 1), "*u(x/2) cannot be integrated over x; *"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(condition, message):
    refused(message, BEND, U, UNIT, [condition, Eq(u(1), 0)])


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (None, "conditions: got None, expected a list of SymPy statements"),
        ([], "got no conditions, but the equations are of order 2 in all and take 2; *"),
        (Eq(u(0), 0), "got 1 condition, but the equations are of order 2 in all and take 2; *"),
        (Matrix([u(0), u(1)]), "conditions: got a matrix, *"),
        ({"u(0)": 1}, "conditions: got the text 'u(0)', *"),
        ({u(0): "1"}, "conditions: got the text '1', *"),
    ],
)
def test_conditions_that_cannot_suffice_are_refused(conditions, message):
    refused(message, BEND, U, UNIT, conditions)


def test_a_system_takes_as_many_conditions_as_its_order():
    refused(
        "got 1 condition, but the equations are of order 2 in all and take 2; *",
        [U.diff(x) - v(x), v(x).diff(x) + 2 * U.diff(x)],
        [U, v(x)],
        UNIT,
        [Eq(u(0), 1)],
    )


def test_a_singular_equation_may_take_fewer_conditions_than_its_order():
    Problem((1 - x**2) * BEND - 2 * x * U.diff(x) + 6 * U, U, {x: (-1, 1)}, [Eq(u(1), 1)])


def test_an_algebraic_unknown_takes_no_condition():
    Problem([U.diff(x) - v(x), v(x) + U], [U, v(x)], UNIT, [Eq(u(0), 1)])


def test_a_partial_differential_equation_takes_conditions_on_both_sides():
    y_sides = [Eq(u(x, 0), 0), Eq(u(x, 1), 0)]
    refused(
        "got 1 condition at x = 0 or 1, but the equation is of order 2 in x and takes 2 to be *",
        W.diff(x, 2) + W.diff(t, 2),
        W,
        SQUARE,
        [*y_sides, Eq(u(0, t), 0)],
    )
    Problem(W.diff(x, 2) + W.diff(t, 2), W, SQUARE, [*y_sides, *WALLS])


def test_a_mean_value_counts_as_a_condition_across_its_variable():
    mean = Eq(Integral(W, (x, 0, 1)), sympy.exp(-t))
    Problem(HEAT, W, SQUARE, [Eq(u(x, 0), 1), Eq(u(0, t), 1), mean], time=t)


@pytest.mark.parametrize(
    ("unknowns", "message"),
    [
        ([], "unknowns: got none, expected for instance u(x)"),
        ("u", "unknowns: got 'u', expected a function of the domain's variables, Function('u')(x)"),
        (u, "unknowns: got u, expected a function of the domain's variables, Function('u')(x)"),
        (Symbol("u"), "unknowns: got u, expected a function of *"),
        (sin(x), "unknowns: got sin(x), expected a function of *"),
        (u(x, t), "unknowns: got u(x, t), expected every variable of the domain once *, u(x)"),
        (u(0), "unknowns: got u(0), expected every variable of the domain once *, u(x)"),
        (u(real_x), "unknowns: u(x) and the domain use symbols of the same name with different *"),
        ([U, U], "unknowns: u is given twice"),
        ([U, v(x)], "got 1 equation for the 2 unknowns u(x), v(x); *"),
    ],
)
def test_unknowns_are_functions_of_all_variables(unknowns, message):
    refused(message, BEND, unknowns, UNIT, DIRICHLET)


def test_an_unknown_in_no_equation_is_named():
    refused("the unknown v(x) appears in no equation", [BEND, U], [U, v(x)], UNIT, DIRICHLET)


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ([0, 1], "domain: got [0, 1], expected {x: (0, 1)}, a Box or a Region"),
        ({}, "domain: got no variables, expected at least one, as in {x: (0, 1)}"),
        (
            {"x": (0, 1)},
            "domain: got 'x' as a variable, expected a SymPy symbol, as in {x: (0, 1)}",
        ),
        ({x: 0}, "domain: got 0 for x, expected its two ends, as in {x: (0, 1)}"),
        ({x: "01"}, "domain: got '01' for x, expected its two ends, *"),
        ({x: (0, 1, 2)}, "domain: got (0, 1, 2) for x, expected its two ends, *"),
        ({x: (1, 1)}, "domain: the interval of x, (1, 1), is empty"),
        ({x: (1, 0)}, "domain: the interval of x, (1, 0), is reversed; write {x: (0, 1)}"),
        ({x: (0, oo)}, "domain: the upper end of x is oo; boxes are finite: *"),
        ({x: (-np.inf, 0)}, "domain: the lower end of x is -inf; boxes are finite: *"),
        ({x: (0, nan)}, "domain: the upper end of x: got nan, expected a finite number"),
        ({x: (0, 1j)}, "domain: the upper end of x: *complex number; expected a real number"),
        ({x: (0, nu)}, "domain: the upper end of x: got nu, expected a number; nu has no value *"),
        ({x: (0, "1")}, "domain: the upper end of x: got the text '1', expected a number *"),
        ({x: (0, True)}, "domain: the upper end of x: got True (bool), expected a number *"),
        ({x: (-1.7e308, 1.7e308)}, "domain: the interval of x, *, is too long: *"),
        ({x: (0, 10**400)}, "domain: the upper end of x: *, which is too large for a float"),
        ({x: (0, 1), real_x: (0, 1)}, "domain: the variable x is given with two different *"),
    ],
)
def test_intervals_are_finite_and_run_upwards(domain, message):
    refused(message, BEND, U, domain, DIRICHLET)


def test_a_box_names_each_variable_once():
    with pytest.raises(ProblemError, match="the variable x is given twice"):
        Box((x, x), (0, 0), (1, 1))
    with pytest.raises(ProblemError, match="got 2 variables, 1 lower and 2 upper ends"):
        Box((x, y), 0, (1, 1))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (3, "parameters: got 3, expected a dictionary {nu: 0.01}"),
        ({"nu": 1}, "parameters: got 'nu' as a name, expected a SymPy symbol, as in {nu: 0.01}"),
        ({nu: oo}, "parameter nu: got oo, expected a finite number"),
        ({nu: nan}, "parameter nu: got nan, expected a finite number"),
        ({nu: I}, "parameter nu: got I, which is a complex number; expected a real number"),
        ({nu: None}, "parameter nu: got None (NoneType), expected a number or SymPy expression"),
        ({nu: "1"}, "parameter nu: got the text '1', expected a number or SymPy expression; *"),
        ({nu: y}, "parameter nu: got y, expected a number; y has no value *"),
        ({nu: 1, x: 1}, "parameters: x is a variable of the domain"),
        (
            {Symbol("nu", positive=True): 1},
            "*, uses a symbol nu other than the problem's nu: same name, different assumptions *",
        ),
        ({nu: -1}, "the leading coefficient of * which is a complex number; *"),
    ],
)
def test_parameters_are_symbols_with_finite_values(parameters, message):
    refused(message, sympy.sqrt(nu) * BEND, U, UNIT, DIRICHLET[:1], parameters=parameters)


@pytest.mark.parametrize(
    ("functions", "message"),
    [
        ([k], "functions: got [k], expected a dictionary {k: callable}"),
        ({"k": sin}, "functions: got 'k' as a name, expected a SymPy function, Function('k')"),
        ({k: 3}, "functions: got 3 for k, expected a callable, an interpolant of *"),
        ({u: np.sin}, "functions: u is an unknown"),
        ({}, "*k(x) is not among the unknowns; *"),
    ],
)
def test_coefficient_functions_are_callables(functions, message):
    refused(message, k(x) * BEND, U, UNIT, DIRICHLET, functions=functions)


NODES = np.linspace(0, 1, 11)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (math.sin, "*k(x) in `*`: the callable cannot be called with arrays (TypeError: *"),
        (lambda a, b: a + b, "*: the callable cannot be called with arrays (TypeError: *"),
        (lambda a: a[:3], "*: the callable returned an array of shape (3,) for arrays of *"),
        (lambda a: 1j * a, "*: the callable returned values of type complex128, expected real *"),
        (lambda a: np.log(a - 2), "*: the callable is infinite or undefined at 0.*"),
        ((NODES, NODES[:5]), "*the table for k has values of shape (5,), expected (11,): one *"),
        ((NODES,), "*the table for k has 1 parts, expected (nodes, values), in several *"),
        ((NODES, ["a"] * 11), "*the table for k holds something other than real numbers"),
        ((NODES, NODES * np.nan), "*the table for k holds numbers that are infinite or undefined"),
        ((NODES[::-1], NODES), "*the table for k has nodes that do not increase strictly; sort *"),
        (([0, 1, 2], [0, 1, 2]), "*the table for k has 3 nodes in one variable, expected 4 *"),
        ((NODES / 2, NODES), "*k(x) in `*`: the table runs from 0 to 0.5, but x runs from 0 to 1"),
        (
            ((NODES, NODES), np.ones((11, 11))),
            "*k(x) in `*` has 1 arguments, but its table has 2",
        ),
    ],
)
def test_a_coefficient_that_cannot_be_evaluated_is_refused(value, message):
    refused(message, k(x) * BEND, U, UNIT, DIRICHLET, functions={k: value})


def test_a_coefficient_named_like_a_function_of_numpy_is_refused():
    sine = Function("sin")
    message = "functions: sin is also the name of the NumPy function that *; give your function *"
    refused(message, sine(x) * BEND + sin(x), U, UNIT, DIRICHLET, functions={sine: np.cos})
    Problem(sine(x) * BEND + x, U, UNIT, DIRICHLET, functions={sine: np.cos})


def test_a_table_has_no_more_derivatives_than_its_splines():
    third = k(x).diff(x, 3) * U + BEND
    message = "*the derivative Derivative(k(x), (x, 3)) is not known; *"
    refused(message, third, U, UNIT, DIRICHLET, functions={k: (NODES, NODES)})


@pytest.mark.parametrize(
    ("time", "message"),
    [
        (y, "time: got y, expected one of the domain's variables x, t"),
        ("t", "time: got 't', expected one of the domain's variables x, t, with the same *"),
        (Symbol("t", real=True), "time: got t, expected one of * with the same assumptions"),
    ],
)
def test_time_is_a_variable(time, message):
    refused(message, HEAT, W, SQUARE, [*WALLS, Eq(u(x, 0), 0)], time=time)


def test_time_must_be_differentiated():
    refused(
        "time=t, but no equation has a derivative in t; leave time out",
        W.diff(x, 2),
        W,
        SQUARE,
        WALLS,
        time=t,
    )


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ([], "the equations hold the derivative of order 1 of u(x, t) in t, so u takes 1 initial "
             "condition at t = 0; got 0"),
        ([Eq(u(x, 0), 0), Eq(u(x, 1), 0)], "the condition `u(x, 1) = 0` is posed at the end of *"),
        ([Eq(u(x, 1), 0), Eq(W.diff(t).subs(t, 1), 0)], "got 2 initial conditions, *order 1 in t*"),
        ([Eq(u(x, 0.5), 0)], "condition 3, `u(x, 0.5) = 0`, is posed at t = 0.5, inside the *"),
        ([Eq(u(x, 0), u(x, 0.5))], "the condition * is posed within time; an evolution problem *"),
        ([Eq(u(x, 0), u(x, 1))], "the condition * is posed at the end of time, t = 1; *"),
        ([Eq(u(0, 0), 0)], "the condition `u(0, 0) = 0` holds at t = 0 at one place only; *"),
        ([Eq(u(x, 0), 0), Eq(W.diff(t).subs(t, 0), 0)], "got 2 initial conditions, *order 1 in t*"),
        ([Eq(u(x, 0), sin(t))], "condition 3, `u(x, 0) = sin(t)`, fixes t in u(x, 0), yet t *"),
        ([Eq(u(t, 0), 0)], "condition 3, *: u(t, 0) has t in the place of x; * x, t in that order"),
        ([Eq(u(0, t), u(x, 0))], "condition 3, *, leaves x free in u(x, 0) but fixes it in *"),
        ([Eq(u(0.5, t), 0)], "condition 3, *, is posed at x = 0.5, inside the domain; * 0 or 1"),
    ],
)  # fmt: skip
def test_an_evolution_problem_starts_from_initial_conditions(conditions, message):
    refused(message, HEAT, W, SQUARE, [*WALLS, *conditions], time=t)


def test_the_unknown_without_its_initial_conditions_is_named():
    V = v(x, t)
    refused(
        "the equations hold the derivative of order 2 of v(x, t) in t, so v takes 2 initial "
        "conditions at t = 0; got 1",
        [HEAT, Eq(V.diff(t, 2), V.diff(x, 2))],
        [W, V],
        SQUARE,
        [*WALLS, Eq(v(0, t), 0), Eq(v(1, t), 0), Eq(u(x, 0), 0), Eq(v(x, 0), 0)],
        time=t,
    )


def test_a_dynamic_wall_condition_is_no_derivative_of_too_high_an_order():
    wall = Eq(W.diff(t).subs(x, 0) + W.diff(x).subs(x, 0), 0)
    Problem(HEAT, W, SQUARE, [wall, Eq(u(1, t), 0), Eq(u(x, 0), 0)], time=t)


def test_a_condition_across_a_variable_without_derivatives_is_refused():
    refused(
        "the condition `u(x, 0) = 0` fixes t, but no equation has a derivative in t, so nothing *",
        W.diff(x, 2) - t,
        W,
        SQUARE,
        [*WALLS, Eq(u(x, 0), 0)],
    )


def test_observations_are_refused():
    words = "data: got [1], but observations are not supported; leave it empty*"
    refused(words, BEND, U, UNIT, DIRICHLET, data=[1])


def test_an_error_names_the_statement_by_its_place_in_the_list():
    cases = Piecewise((v(2 * x), x < 1), (U, True))
    refused("equation 2, *: v(2*x) takes *", [BEND, cases], [U, v(x)], UNIT, DIRICHLET)


@pytest.mark.parametrize(
    ("declared", "ends", "message"),
    [
        ("positive", (-1, 1), "domain: x was declared positive, but it runs from -1 to 1, and *"),
        ("negative", (-1, 1), "domain: x was declared negative, but it runs from -1 to 1, and *"),
        ("nonnegative", (-1, 1), "domain: x was declared nonnegative, but it runs from -1 to 1, *"),
        ("nonpositive", (-1, 1), "domain: x was declared nonpositive, but it runs from -1 to 1, *"),
        ("integer", (0, 1), "domain: x was declared integer, but it runs from 0 to 1, and SymPy *"),
        ("zero", (0, 1), "domain: x was declared zero, but it runs from 0 to 1, and SymPy may *"),
        ("imaginary", (0, 1), "domain: x was declared imaginary, but it runs from 0 to 1, and *"),
    ],
)
def test_a_variable_that_breaks_its_declaration_is_refused(declared, ends, message):
    """sqrt(x**2) was simplified to x, or sin(pi*x) to 0, before the problem was made."""
    s = Symbol("x", **{declared: True})
    conditions = [Eq(u(ends[0]), 0), Eq(u(ends[1]), 0)]
    refused(message, u(s).diff(s, 2) + 1, u(s), {s: ends}, conditions)


def test_a_condition_that_a_declaration_rules_out_says_so():
    positive = Function("u", positive=True)
    message = "condition 1 is False: * nothing that a declaration such as positive=True rules out"
    refused(message, positive(x).diff(x), positive(x), UNIT, [Eq(positive(0), -1)])


def test_a_variable_may_be_declared_what_it_is():
    for declared, ends in (("positive", (0, 1)), ("negative", (-1, 0)), ("real", (-1, 1))):
        s = Symbol("x", **{declared: True})
        Problem(u(s).diff(s, 2) + 1, u(s), {s: ends}, [Eq(u(e), 0) for e in ends])


@pytest.mark.parametrize(
    ("declared", "value", "message"),
    [
        ("positive", -1, "parameters: k was declared positive, but it is -1, and SymPy may have *"),
        ("positive", 0, "parameters: k was declared positive, but it is 0, and SymPy may have *"),
        ("nonzero", 0, "parameters: k was declared nonzero, but it is 0, and SymPy may have *"),
        ("integer", 0.5, "parameters: k was declared integer, but it is 0.5, and SymPy may *"),
        ("even", 3, "parameters: k was declared even, but it is 3, and SymPy may have *"),
    ],
)
def test_a_parameter_that_breaks_its_declaration_is_refused(declared, value, message):
    s = Symbol("k", **{declared: True})
    refused(message, BEND + s, U, UNIT, DIRICHLET, parameters={s: value})
    Problem(BEND + s, U, UNIT, DIRICHLET, parameters={s: {"positive": 2}.get(declared, 4)})


@pytest.mark.parametrize(
    ("coefficient", "written"),
    [(nu, "nu"), (sin(x) ** 2 + sympy.cos(x) ** 2 - 1, "sin(x)**2 + cos(x)**2 - 1")],
)
def test_a_leading_coefficient_that_is_zero_everywhere_is_refused(coefficient, written):
    message = f"the coefficient of diff(u, x, 2) in `*`, {written}, is zero; leave the term out, *"
    refused(message, coefficient * BEND + U.diff(x), U, UNIT, DIRICHLET, parameters={nu: 0})


def test_a_leading_coefficient_may_be_small_or_vanish_on_a_part():
    part = Piecewise((0, x < Rational(1, 3)), (x - Rational(1, 3), True))
    for coefficient in (Rational(1, 10**20), (x - 1) ** 9, part, 1 + nu):
        Problem(coefficient * BEND + U.diff(x), U, UNIT, DIRICHLET, parameters={nu: 1e-15})
