"""Complex statements are pairs of real ones, which nobody has to write."""

import pytest
import sympy
from sympy import Eq, Function, I, symbols

import sigmajet as sj
from sigmajet.problem.files import from_text
from sigmajet.problem.halves.split import Splitter

x, t = symbols("x t")
u = Function("u")
A, B = Function("a"), Function("b")
z, a, b = u(x), A(x), B(x)


@pytest.mark.parametrize(
    "expression",
    [
        I * z + 2,
        z**3,
        z**-2,
        sympy.conjugate(z) * z**2 + sympy.exp(I * x),
        sympy.exp(z) + sympy.sin(z) + sympy.cosh(z) + sympy.tan(z),
        sympy.log(z) + sympy.sqrt(z) + z ** (1 + I),
        sympy.re(z) + I * sympy.arg(z) + sympy.sign(z) + sympy.Abs(z) ** 3,
        sympy.hankel1(0, x) * z,
        sympy.Piecewise((z, x < 0.5), (I, True)),
    ],
)
def test_parts_are_those_of_the_number(expression):
    """By SymPy's complex arithmetic, which works nothing out by parts."""
    point = {x: 0.7}
    value = 0.3 - 1.1j
    real, imaginary = Splitter({u: (A, B)})(expression)
    split = {a: value.real, b: value.imag, **point}
    got = complex(real.subs(split).evalf()) + 1j * complex(imaginary.subs(split).evalf())
    assert got == pytest.approx(complex(expression.subs(z, value).subs(point).evalf()), rel=1e-13)


def test_numbers_that_are_complex_are_written_out():
    conditions = [Eq(u(k), sympy.hankel1(0, k)) for k in (1, 2)]
    problem = sj.Problem(Eq(z.diff(x, 2) + z.diff(x) / x + z, 0), z, {x: (1, 2)}, conditions)
    assert len(problem.conditions) == 4


@pytest.mark.parametrize("expression", [z * sympy.conjugate(z), sympy.Abs(z) ** 2, z - sympy.re(z)])
def test_parts_that_cancel_are_none(expression):
    parts = Splitter({u: (A, B)})(expression)
    assert 0 in parts


def test_derivatives_places_and_integrals_are_taken_of_both_parts():
    parts = Splitter({u: (A, B)})
    assert parts(z.diff(x, 2)) == (a.diff(x, 2), b.diff(x, 2))
    assert parts(I * z.diff(x).subs(x, 1)) == (-b.diff(x).subs(x, 1), a.diff(x).subs(x, 1))
    assert parts(sympy.Integral(I * z, (x, 0, 1)))[1] == sympy.Integral(a, (x, 0, 1))


def schroedinger():
    psi = u(x, t)
    return sj.Problem(
        Eq(I * psi.diff(t), -psi.diff(x, 2) / 2 + sympy.Abs(psi) ** 2 * psi),
        psi,
        {x: (0, 1), t: (0, 1)},
        [Eq(u(x, 0), sympy.exp(2 * I * sympy.pi * x)), Eq(u(0, t), u(1, t))],
        time=t,
    )


def test_a_complex_statement_is_shown_and_kept_as_it_was_written():
    problem = schroedinger()
    assert "u(x, t) on" in str(problem)
    assert str(problem).count("I*diff(u, t) = u*Abs(u)**2 - diff(u, x, 2)/2") == 1
    assert [str(each) for each in problem.unknowns] == ["re(u)(x, t)", "im(u)(x, t)"]
    assert from_text(problem.to_text(), "kept") == problem


def test_an_unknown_that_is_declared_real_stays_one():
    n = Function("n", real=True)
    problem = sj.Problem(
        [Eq(I * u(t).diff(t), n(t) * u(t)), Eq(n(t).diff(t), -n(t))],
        [u(t), n(t)],
        {t: (0, 1)},
        [Eq(u(0), 1), Eq(n(0), 2)],
    )
    assert len(problem.unknowns) == 3
    assert from_text(problem.to_text(), "kept") == problem


@pytest.mark.parametrize("s", [x, symbols("s", real=True)])
@pytest.mark.parametrize(
    "flux",
    [
        lambda z, z_x: sympy.Abs(z_x) * z_x,
        lambda z, z_x: (1 + sympy.Abs(z)) * z_x,
        lambda z, z_x: sympy.Abs(z) ** 3 * z_x,
        lambda z, z_x: sympy.Abs(z_x) ** sympy.Rational(1, 2) * z_x,
    ],
)
def test_derivatives_of_sizes_make_no_unknown_complex(flux, s):
    # SymPy writes them with re and im, of whatever function that is not declared real.
    z = u(s)
    flux = flux(z, z.diff(s))
    assert flux.diff(s).has(sympy.re)
    ends = [Eq(u(0), 1), Eq(u(1), 2)]
    stated = sj.Problem(Eq(flux.diff(s), 1), z, {s: (0, 1)}, ends)
    assert stated.unknowns == (z,)
    (first,) = stated.equations
    text = from_text(stated.to_text(), "kept")
    for other in (text, sj.Problem(sj.divergence([flux], (s,)) - 1, z, {s: (0, 1)}, ends)):
        (second,) = other.equations
        assert first.traces == second.traces
        same = dict(zip(second.symbols, first.symbols, strict=True))
        assert sympy.simplify(first.residual - second.residual.xreplace(same)) == 0


def test_files_hold_complex_numbers_and_may_use_their_words_as_names():
    text = """
        unknowns = "u(t)"
        equations = "u' = I*conjugate(u)*u**2 + (1 + I)**2*re(u) - arg(I)*I"
        conditions = ["u(0) = exp(I*pi/4)"]
        [domain]
        t = [0, 1]
    """
    problem = from_text(text, "complex")
    assert len(problem.unknowns) == 2
    assert from_text(problem.to_text(), "again") == problem
    current = text.replace("I*conjugate(u)*u**2 + (1 + I)**2*re(u) - arg(I)*I", "-u/I")
    current = current.replace("exp(I*pi/4)", "1") + "[parameters]\nI = 2.0\n"
    assert len(from_text(current, "current").unknowns) == 1
