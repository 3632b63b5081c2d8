"""Problem files: what they may hold, what they say when they hold something else, and back."""

import contextlib
import fnmatch
from pathlib import Path

import pytest
import sympy
from hostile_files import document
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, Function, Integral, Piecewise, Rational, Symbol, exp, pi, sin, symbols

from registry import select
from sigmajet.errors import FileError, ProblemError
from sigmajet.problem import Problem, from_text, load_file, load_problem
from sigmajet.problem.text.expression import Language, Unreadable
from sigmajet.problem.text.toml import write

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))

x, t, nu = symbols("x t nu")
u, v = Function("u"), Function("v")
U, W = u(x), u(x, t)


def language():
    parameters = {"nu": (nu, 0.5), "lambda": (Symbol("lambda"), 2.0)}
    return Language({"u": W, "v": v(x, t)}, {"x": x, "t": t}, parameters)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("1/3", Rational(1, 3)),
        ("0.1", sympy.Float(0.1)),
        ("1e-3*x", 0.001 * x),
        ("-x**2", -(x**2)),
        ("2**-x", 2 ** (-x)),
        ("x**2**3", x**8),
        ("x - t - 1", x - t - 1),
        ("x/t/2", x / t / 2),
        ("+x", x),
        ("sin(pi*x) + E", sin(pi * x) + sympy.E),
        ("ln(x)", sympy.log(x)),
        ("heaviside(x - t)", sympy.Heaviside(x - t)),
        ("2*SingularityFunction(x, 0.5, -1)", 2 * sympy.SingularityFunction(x, 0.5, -1)),
        ("abs(x) + max(x, t, 1)", abs(x) + sympy.Max(x, t, 1)),
        ("max(x, t, 1, 2*x, x - t, 3*t, x*t)", sympy.Max(x, t, 1, 2 * x, x - t, 3 * t, x * t)),
        ("sqrt(100000000000000000003)", sympy.sqrt(10**20 + 3)),
        ("besselj(0, x)", sympy.besselj(0, x)),
        ("nu*lambda", nu * Symbol("lambda")),
        ("u", W),
        ("u(x, t)", W),
        ("u(0, t)", u(0, t)),
        ("u(2*pi/3, nu)", u(2 * pi / 3, nu)),
        ("diff(u, x)", W.diff(x)),
        ("diff(u, x, 2, t)", W.diff(x, 2, t)),
        ("diff(u, t, t)", W.diff(t, 2)),
        ("diff(u(0, t), t)", u(0, t).diff(t)),
        ("diff(u*diff(u, x), x)", (W * W.diff(x)).diff(x)),
        ("diff(u, x)(0, t)", sympy.Subs(W.diff(x), x, 0)),
        ("diff(u, x)(0, 1)", sympy.Subs(W.diff(x), (x, t), (0, 1))),
        ("diff(u, x)(x, t)", W.diff(x)),
        ("integral(u, (x, 0, 1))", Integral(W, (x, 0, 1))),
        ("integral(u(x, 0), (x, 0, pi))", Integral(u(x, 0), (x, 0, pi))),
        ("where(x < 1, 2, 3)", Piecewise((2, x < 1), (3, True))),
        (
            "where(0 < x <= 1 or not t > 2, x, t)",
            Piecewise((x, (sympy.Lt(0, x) & (x <= 1)) | (t <= 2)), (t, True), evaluate=False),
        ),
        ("\n  x\n  + 1", x + 1),
    ],
)
def test_expressions_mean_what_they_say(text, expression):
    assert language().expression(text) == expression


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("w'", "diff(w, x)"),
        ("w'' + k*w'''*w = 0", "diff(w, x, 2) + k*diff(w, x, 3)*w = 0"),
        ("w\u2032 - w\u2033 = w\u2019", "diff(w, x) - diff(w, x, 2) = diff(w, x)"),
        ("w'(0) = w''(pi/2)", "diff(w, x)(0) = diff(w, x, 2)(pi/2)"),
        ("lambda' = lambda_xx", "diff(lambda, x) = diff(lambda, x, 2)"),
        ("w_xxx*w_x(1) = 0", "diff(w, x, 3)*diff(w, x)(1) = 0"),
        ("u_t = nu*u_xx + u_xt", "diff(u, t) = nu*diff(u, x, 2) + diff(u, x, t)"),
        ("u_x(0, t) = u_xt(1, t)", "diff(u, x)(0, t) = diff(u, x, t)(1, t)"),
        (
            "diff(u_x, t) = integral(u_t, (x, 0, 1))",
            "diff(u, x, t) = integral(diff(u, t), (x, 0, 1))",
        ),
        ("v_2_theta = v_2_thetax", "diff(v_2, theta) = diff(v_2, theta, x)"),
    ],
)
def test_primes_and_subscripts_are_derivatives(short, long):
    theta, k = symbols("theta k")
    unknowns = {
        "u": W,
        "v_2": Function("v_2")(theta, x),
        "w": Function("w")(x),
        "lambda": Function("lambda")(x),
    }
    spoken = Language(unknowns, {"x": x, "t": t, "theta": theta}, {"k": (k, 2.0), "nu": (nu, 1.0)})
    read = spoken.equation if "=" in short else spoken.expression
    assert read(short) == read(long)


def test_signs_are_read_as_they_are_printed():
    spoken = language()
    assert spoken.expression("\u2212x\u00b7t + x\u00d7x\u22c5t") == spoken.expression(
        "-x*t + x*x*t"
    )


def test_a_name_that_is_given_is_no_derivative():
    rate = Symbol("u_t")
    spoken = Language({"u": W}, {"x": x, "t": t}, {"u_t": (rate, 1.0)})
    assert spoken.expression("u_t*u_x") == rate * W.diff(x)
    with pytest.raises(Unreadable, match="u_t is no function"):
        spoken.expression("u_t(0, t)")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("x^2", 3, r"\^ is no power; write \*\*"),
        ("1 + lambda^2", 12, r"\^ is no power"),
        ("2x", 1, r"products need a \*"),
        ("  2 x", 5, r"products need a \*"),
        ("nu (x + 1)", 1, r"nu is no function; products need a \*"),
        ("SingularityFunction(x, 0, t)", 1, r"expected SingularityFunction\(x, 0.5, -1\)"),
        ("1 + sin", 5, "sin takes arguments in parentheses"),
        ("x + y", 5, "unknown name y; known are u, v, x, t, nu, lambda, pi, E"),
        ("x + foo(x)", 5, "unknown function foo; known are Abs, "),
        ("x + coss(x)", 5, r"unknown function coss; known are Abs, .*; did you mean cos\?"),
        ("Diff(u, x)", 1, r"; did you mean diff\?"),
        ("lamda*x", 1, r"unknown name lamda; known are u, .*; did you mean lambda\?"),
        ("T + 1", 1, r"unknown name T; .*; did you mean t\?"),
        ("sin(x, t)", 1, r"sin takes 1 argument\(s\), got 2"),
        ("max(x)", 1, r"max takes two or more argument\(s\), got 1"),
        ("u(0)", 1, r"u takes 2 argument\(s\) as in u\(x, t\), got 1"),
        ("u(t, x)", 3, "expected x or a number as argument of u; delays and shifts"),
        ("x + diff(u)", 5, r"expected diff\(u, x\) or diff\(u, x, 2\)"),
        ("diff(u, nu)", 9, r"expected a variable \(x, t\) or an order from 1 to 40"),
        ("diff(u, x, 41)", 12, "an order from 1 to 40"),
        ("diff(u, x, 40, t)", 1, "derivatives go to order 40"),
        ("sin(x)(0, t)", 1, "only a derivative is taken at a place this way"),
        ("diff(x, x)(0, t)", 1, "expected the derivative of an unknown"),
        ("integral(u, x)", 13, r"expected limits, \(x, 0, 1\)"),
        ("integral(x, (x, 0, 1))", 10, "expected an unknown to integrate"),
        ("where(x, 1, 2)", 7, "expected a comparison such as x < 1"),
        ("where(x == 1, 1, 2)", 7, "comparisons are < <= > >="),
        ("x < 1", 1, r"comparisons belong into where\(condition, value, other\)"),
        ("1 + True", 5, "expected a number, got True"),
        ("'x'", 1, "expected a number, got 'x'"),
        ("'u'", 1, "expected a number, got 'u'"),
        ("u'", 1, "primes are for unknowns of one variable; write u_x"),
        ("1 + x'", 6, "primes stand behind an unknown"),
        ("1 + w''", 6, "primes stand behind an unknown, u, v, and w is none"),
        ("du/dt", 4, r"unknown name dt; .*; a derivative is u_x, u_xx or diff\(u, x, 2\)"),
        ("d2u", 1, r"unknown name d2u; .*; a derivative is u_x"),
        ("inf", 1, "inf is no number here: all of a statement is finite"),
        ("1 if x < 0 else 2", 1, r"cases are written where\(condition, value, other\)"),
        ("u_xy", 1, "unknown name u_xy"),
        ("u_" + "x" * 41, 1, "derivatives go to order 40"),
        ("u.real", 1, r"expected numbers, names, \+ - \* / \*\* and calls, got Attribute"),
        ("sin(x=1)", 1, "arguments are plain expressions"),
        ("1/(x - x)", 4, "division by zero"),
        ("1/0", 3, "division by zero"),
        ("1 + log(0)", 5, "infinite or undefined|not defined"),
        ("x + )", 5, r"not an expression \(unmatched '\)'\)$"),
        ("sqrt(-1)", 1, "this is not a real number"),
        ("10**4000", 1, "this number is too large or too small"),
        ("(1/3)**101", 1, "the exponents multiply to more than 100"),
        ("(x**20)**20", 1, "the exponents multiply to more than 100"),
        ("x # note", 3, "# cannot be read; comments stay outside"),
        ("", 1, "expected an expression, got nothing"),
        ("(x", 1, "not an expression"),
        ("x" * 4001, 1, "too long: 4001 characters, at most 4000"),
        ("(" * 60 + "x" + ")" * 60 + "+ é", 124, "unknown name é"),
        ("sin(" * 60 + "x" + ")" * 60, 165, "nested too deeply, at most 40 levels"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_column(text, column, message):
    with pytest.raises(Unreadable, match=message) as caught:
        language().expression(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("x", 1, "expected one = between two sides, got 0"),
        ("u = x = 1", 7, "expected one = between two sides, got 2; several equations are a list"),
        ("u == x", 3, "an equation has a single =, not =="),
        ("u = x^2", 7, r"\^ is no power"),
        ("u = where(x <= 1, y, 2)", 19, "unknown name y"),
        ("u =", 4, "expected an expression, got nothing"),
    ],
)
def test_columns_count_through_both_sides_of_an_equation(text, column, message):
    with pytest.raises(Unreadable, match=message) as caught:
        language().equation(text)
    assert caught.value.column == column


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_can_be_read(path):
    held = load_file(path)
    assert held.title
    assert from_text(held.problem.to_text()) == held.problem


def test_a_mark_of_the_byte_order_is_no_part_of_a_file(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_text(document(), encoding="utf-8-sig")
    assert load_problem(file) == from_text(document())


def test_the_burgers_example_states_the_problem_of_the_readme():
    held = load_file(EXAMPLES[0].with_name("burgers.toml"))
    assert held.problem.solve_options == {"tol": 1e-7}
    assert held.problem == Problem(
        Eq(W.diff(t) + W * W.diff(x), nu * W.diff(x, 2)),
        W,
        {x: (-1, 1), t: (0, 1)},
        [Eq(u(x, 0), -sin(pi * x)), Eq(u(-1, t), 0), Eq(u(1, t), 0)],
        time=t,
        parameters={nu: 0.01 / pi},
    )


def test_ends_and_places_may_use_parameters(tmp_path):
    file = tmp_path / "rod.toml"
    file.write_text(
        document(
            conditions=["u(0) = 0", "diff(u, x)(L/2) = L"],
            domain='x = [0, "L/2"]',
            parameters='L = "4*pi"',
        )
    )
    problem = load_problem(file)
    assert problem.domain.upper == problem.conditions[1].place == (float(2 * pi),)


def test_guess_continuation_and_event_are_read_as_solve_takes_them(tmp_path):
    file = tmp_path / "file.toml"
    parameters = "nu = 0.5\nk = 2"
    for table, options in (
        ('guess = "nu*x"', {"guess": nu * x}),
        ('guess = {u = "sin(x)"}', {"guess": {U: sin(x)}}),
        ("guess = {u = 2}", {"guess": {U: 2}}),
        ('continuation = {nu = 1, k = "k/2"}', {"continuation": {nu: 1.0, Symbol("k"): 1.0}}),
        ('stop_when = "diff(u, x) = nu"', {"stop_when": Eq(U.diff(x), nu)}),
        (
            'method = "deep"\nlayers = [8, 8]\nsteps = 5\nseconds = 1.5',
            {"method": "deep", "layers": [8, 8], "steps": 5, "seconds": 1.5},
        ),
        ('stop_when = "u"', {"stop_when": U}),
        ('stop_when = "u = u"', {"stop_when": Eq(U, U, evaluate=False)}),  # for solve to refuse
    ):
        file.write_text(document(parameters=parameters, solve=table))
        assert load_problem(file).solve_options == options


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = ", "file.toml: not TOML: Invalid value *"),
        ("x = 1", "file.toml: unknowns: missing\n*\nfile.toml: x: unknown key; known are title, *"),
        (document(solve="tol = -1"), "file.toml: solve.tol: input should be greater than 0*"),
        ("unknown = 1", "*file.toml: unknown: unknown key; *; did you mean unknowns?*"),
        (document(solve="sede = 1"), "file.toml: solve.sede: unknown key; *; did you mean seed?"),
        (document(solve="tolerance = 1"), "file.toml: solve.tolerance: unknown key; known *"),
        (
            document(solve='method = "magic"'),
            "file.toml: solve.method: input should be 'aut*",
        ),
        (
            document(solve="checkpoint = 'run.npz'"),
            "file.toml: solve.checkpoint: unknown key; known are tol, *",
        ),
        (document(solve='guess = "u + 1"'), "file.toml: solve.guess, column 1: unknown name u; *"),
        (
            document(solve='guess = {w = "x"}'),
            "file.toml: solve.guess: got 'w', expected an unknown of the problem, u",
        ),
        (document(solve="guess = {u = true}"), "file.toml: solve.guess*"),
        (document(solve='guess = {u = "x^2"}'), "file.toml: solve.guess.u, column 3: ^ is no *"),
        (
            document(solve="continuation = {a = 1}"),
            "file.toml: solve.continuation: got 'a', expected a parameter of the problem, which *",
        ),
        (
            document(parameters="a = 1", solve='continuation = {a = "x"}'),
            "file.toml: solve.continuation.a, column 1: unknown name x; *",
        ),
        (document(solve='stop_when = "u +"'), "file.toml: solve.stop_when, column *"),
        (document(equation=1), "file.toml: equations*: input should be a valid *, got 1*"),
        (document(domain="x = [0]"), "file.toml: domain.x: list should have at least 2 items *"),
        (document(domain="x = [0, true]"), "file.toml: domain.x.1*"),
        (document(domain='x = [0, "y"]'), "file.toml: domain.x[[]1], column 1: unknown name y; *"),
        (
            document(domain='"a b" = [0, 1]'),
            "file.toml: domain: 'a b' cannot be a name: a name is*",
        ),
        (document(domain="sin = [0, 1]"), "file.toml: domain: 'sin' cannot be a name: sin is a w*"),
        (document(domain="class = [0, 1]"), "file.toml: domain: 'class' cannot be a name: class *"),
        (document(domain="ﬁ = [0, 1]"), "file.toml: not TOML: *"),
        (document(domain='"ﬁ" = [0, 1]'), "file.toml: domain: 'ﬁ' cannot be a name: it holds l*"),
        (document(parameters="x = 1"), "file.toml: x is used for two things; *"),
        (document(parameters='a = "1/0"'), "file.toml: parameters.a, column 3: division by zero"),
        (document(parameters="a = inf"), "file.toml: parameters.a, column 1: *"),
        (document(unknowns="u"), "file.toml: unknowns[[]0]: got 'u', expected an unknown of *"),
        (document(unknowns="u(y)"), "file.toml: unknowns[[]0]: got 'u(y)', expected an *"),
        (document(unknowns="u(x) + 1"), "file.toml: unknowns[[]0]: got 'u(x) + 1', expected *"),
        (document(unknowns="sin(x)"), "file.toml: unknowns[[]0]: 'sin' cannot be a name: *"),
        (document(unknowns=["u(x)"] * 2), "file.toml: u is used for two things; *"),
        (document(conditions=["u(0) = 0", "u(1)"]), "file.toml: conditions[[]1], column 4: *"),
        ('time = "y"\n' + document(), "file.toml: time: got 'y', expected a variable of the *, x"),
    ],
)
def test_a_file_that_is_no_problem_is_refused_with_file_and_key(tmp_path, content, message):
    file = tmp_path / "file.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load_problem(file)
    said = str(caught.value).replace(str(tmp_path) + "/", "")
    assert fnmatch.fnmatchcase(said, message), said


def test_a_statement_that_cannot_be_meant_is_refused_with_the_file(tmp_path):
    file = tmp_path / "file.toml"
    file.write_text(document(conditions=["u(0) = 0", "u(2) = 0"]))
    with pytest.raises(ProblemError, match=r"file.toml: condition 2, .*u\(2\) is outside the"):
        load_problem(file)


def test_what_is_no_text_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="is no file"):
        load_problem(tmp_path / "missing.toml")
    with pytest.raises(FileError, match="is a directory"):
        load_problem(tmp_path)
    with pytest.raises(FileError, match="is no file"):
        load_problem("/dev/zero")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"x = \xff")
    with pytest.raises(FileError, match="byte 4 is not UTF-8"):
        load_problem(binary)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 65537)
    with pytest.raises(FileError, match="larger than 64 KiB"):
        load_problem(str(large))


@pytest.mark.parametrize("case", select("words"), ids=str)
def test_a_problem_whose_names_are_words_of_the_notation_is_no_text(case):
    with pytest.raises(ProblemError, match="is a word of the notation"):
        case.problem().to_text()


@pytest.mark.parametrize("case", select("long"), ids=str)
def test_a_problem_that_is_too_large_for_a_file_is_no_text(case):
    with pytest.raises(ProblemError, match=r"too long|too much in one file"):
        case.problem().to_text()


WRITTEN = select(without=("functions", "words", "long"))
# In more variables the same words stand in longer sums.
LARGER = [case for case in WRITTEN if case.name.endswith(("_7d", "_10d"))]


@pytest.mark.parametrize("case", [c for c in WRITTEN if c not in LARGER], ids=str)
def test_every_problem_of_the_registry_reads_back_from_its_text(case):
    problem = case.problem()
    text = problem.to_text()
    again = from_text(text)
    assert write(again) == text
    if all(v == Symbol(v.name) for v in problem.variables):  # a file keeps no assumptions
        assert again == problem


def test_integrals_periodicity_and_cases_read_back_from_their_text():
    problem = Problem(
        [
            W.diff(t) - W.diff(x, 3) + Piecewise((x, x < 1), (sympy.nan, False), (sin(x), True)),
            v(x, t).diff(t) - Rational(1, 3) * W + 0.1 * v(x, t),
        ],
        [W, v(x, t)],
        {x: (0, 2 * pi), t: (0, 1)},
        [
            Eq(u(x, 0), exp(-x)),
            Eq(v(x, 0), abs(x)),
            Eq(u(0, t), u(2 * pi, t)),
            Eq(Integral(v(x, t), (x, 0, pi)), 2),
        ],
        time=t,
    )
    assert from_text(problem.to_text()) == problem


def test_the_names_of_physics_read_back():
    names = symbols("lambda ξ U_0 E gamma")
    problem = Problem(
        sum(names) * U.diff(x), U, {x: (0, 1)}, [Eq(u(0), 1)], parameters=dict.fromkeys(names, 0.1)
    )
    assert from_text(problem.to_text()) == problem


@pytest.mark.parametrize(
    ("equation", "options", "message"),
    [
        (Function("k")(x) * U.diff(x), {"functions": {Function("k"): abs}}, "functions="),
        (Symbol("a'") * U.diff(x), {"parameters": {Symbol("a'"): 1}}, "cannot be a name"),
        (Symbol("sin") * U.diff(x), {"parameters": {Symbol("sin"): 1}}, "cannot be a name"),
        (U.diff(x) - sympy.E * Symbol("E"), {"parameters": {Symbol("E"): 1}}, "the constant E"),
        (sympy.sinc(x) * U.diff(x), {}, "unknown function sinc"),
        (Piecewise((U.diff(x) - 1, x < 2)), {}, "unknown name nan|cannot"),
        (sum(x**n * U.diff(x) for n in range(99)) * (U + 1) ** 200, {}, "exponents multiply"),
    ],
)
def test_what_text_cannot_hold_is_refused_on_writing(equation, options, message):
    problem = Problem(equation, U, {x: (0, 1)}, [Eq(u(0), 1)], **options)
    with pytest.raises(ProblemError, match=message):
        problem.to_text()


numbers = st.one_of(
    st.integers(-(10**6), 10**6).map(sympy.Integer),
    st.fractions(max_denominator=1000).map(lambda q: Rational(q.numerator, q.denominator)),
    st.floats(1e-9, 1e9).map(sympy.Float),
    st.sampled_from([pi, sympy.E, sympy.sqrt(2)]),
)
leaves = numbers | st.sampled_from(
    [x, t, nu, W, v(x, t), W.diff(x), W.diff(x, 2, t), v(x, t).diff(t)]
)
FUNCTIONS = [sympy.sin, sympy.exp, sympy.cosh, sympy.atan, sympy.Abs, sympy.sign, sympy.erf]


def combined(parts):
    # SymPy works out exp(exp(exp(9.0))) at once, and for ever.
    formulas = parts.filter(lambda part: part.free_symbols)
    return st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda p: sympy.Add(*p)),
        st.lists(parts, min_size=2, max_size=3).map(lambda p: sympy.Mul(*p)),
        st.tuples(parts, st.integers(-3, 4)).map(lambda p: sympy.Pow(*p)),
        st.tuples(st.sampled_from(FUNCTIONS), formulas).map(lambda p: p[0](p[1])),
        st.tuples(parts, parts).map(lambda p: Piecewise((p[0], x < t), (p[1], True))),
    )


@given(st.recursive(leaves, combined, max_leaves=8), st.recursive(leaves, combined, max_leaves=8))
@settings(deadline=None, max_examples=150)
def test_any_statement_reads_back_from_its_text(left, right):
    try:
        problem = Problem(
            [Eq(W.diff(t) + left, right, evaluate=False), Eq(v(x, t).diff(t), W)],
            [W, v(x, t)],
            {x: (0, 1), t: (0, 1)},
            [Eq(u(x, 0), 0), Eq(v(x, 0), 1)],
            time=t,
            parameters={nu: 0.3},
        )
    except ProblemError:  # such as 1/0, or a condition that the equation's order forbids
        return
    text = refusal = ""
    try:
        text = problem.to_text()
    except ProblemError as error:
        refusal = str(error)
    if refusal:  # such as exp(nu + 3000), which no floating-point number holds
        assert "this number is too large" in refusal
        return
    again = from_text(text)
    assert write(again) == text
    assert again == problem


TOKENS = [
    *("u", "v", "x", "t", "nu", "lambda", "pi", "E", "0", "1", "2.5", "1e9", "10", "(0,t)"),
    *("(", ")", "(", ")", ",", "+", "-", "*", "/", "**", "^", "=", "<", ">", ".", "[", "]", ":"),
    *("sin(", "exp(", "sqrt(", "log(", "gamma(", "max(", "abs(", "floor(", "where("),
    *("diff(", "diff(u,x", "integral("),
]


@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join) | st.text(max_size=40))
@settings(deadline=2000, max_examples=300)
def test_any_text_is_read_or_refused(text):
    for content in (
        document(
            unknowns=["u(x, t)", "v(x, t)"],
            equation=[f"diff(u, t) = {text}", "diff(v, t) = u"],
            conditions=[f"u(x, 0) = {text}", "v(x, 0) = 0"],
            domain="x = [0, 1]\nt = [0, 1]",
            parameters="nu = 0.5\nlambda = 2",
        ),
        document(parameters=f"nu = {text}"),
        text,
    ):
        with contextlib.suppress(FileError, ProblemError):
            from_text(content)
