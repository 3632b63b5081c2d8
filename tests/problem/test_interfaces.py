"""What statements mean where coefficients jump."""

import pytest
import sympy
from sympy import (
    Derivative,
    DiracDelta,
    Eq,
    Function,
    Heaviside,
    Integral,
    Piecewise,
    Rational,
    SingularityFunction,
    cos,
    floor,
    sign,
    symbols,
)

import sigmajet as sj
from sigmajet.problem import from_text

x, y, t, a = symbols("x y t a")
u, v, w = Function("u"), Function("v"), Function("w")
U, V, W = u(x), v(x), w(x)
HALF = Rational(1, 2)
K = Piecewise((1, x < HALF), (4, True))
UNIT = {x: (0, 1)}
ENDS = [Eq(u(0), 0), Eq(u(1), 1)]


def relations(equations, unknowns=U, conditions=ENDS, **options):
    """What holds at each interface, as text."""
    problem = sj.Problem(equations, unknowns, UNIT, conditions, **options)
    return {
        i.place: {r.source.removesuffix(" = 0") for r in i.relations} for i in problem.interfaces
    }


def across(*quantities, place="0.5"):
    return {f"jump({each}, x, {place})" for each in quantities}


@pytest.mark.parametrize(
    ("equation", "continuous"),
    [
        (sj.divergence(K * U.diff(x), x), ("u", "diff(u, x)*where(x < 1/2, 1, 4)")),
        (
            Derivative((1 + 3 * Heaviside(x - HALF)) * U.diff(x), x),
            ("u", "diff(u, x)*(3*Heaviside(x - 1/2) + 1)"),
        ),
        (Derivative(K * U, x, 2), ("u*where(x < 1/2, 1, 4)", "diff(u*where(x < 1/2, 1, 4), x)")),
        # A flux of diffusion and of a wind: their sum is continuous, neither of them is.
        (
            Derivative(K * U, x) - U.diff(x, 2),
            ("u", "u*where(x < 1/2, 1, 4) - diff(u, x)"),
        ),
        (U.diff(x, 2) - DiracDelta(x - HALF), ("u", "diff(u, x) - Heaviside(x - 1/2)")),
        (
            U.diff(x, 2) - SingularityFunction(x, HALF, -1),
            ("u", "diff(u, x) - Heaviside(x - 1/2)"),
        ),
        (
            U.diff(x, 2) - DiracDelta(x - HALF, 1),
            ("u - Heaviside(x - 1/2)", "diff(u - Heaviside(x - 1/2), x)"),
        ),
        # A well of no width, whose strength is the unknown's.
        (U.diff(x, 2) - U * DiracDelta(x - HALF), ("u", "-u*Heaviside(x - 1/2) + diff(u, x)")),
        (U.diff(x, 2) - Derivative(K, x), ("u", "diff(u, x) - where(x < 1/2, 1, 4)")),
        (
            U * U.diff(x) - U.diff(x, 2) + 3 * DiracDelta(2 * x - 1),
            ("u", "-diff(u, x) + 3*Heaviside(x - 1/2)/2"),
        ),
    ],
)
def test_every_flux_is_continuous(equation, continuous):
    assert relations(equation) == {0.5: across(*continuous)}


def test_a_beam_of_two_stiffnesses():
    ends = [Eq(w(0), 0), Eq(w(1), 0), *(Eq(W.diff(x).subs(x, e), 0) for e in (0, 1))]
    bending = "diff(w, x, 2)*where(x < 1/2, 1, 4)"
    expected = across("w", "diff(w, x)", bending, f"diff({bending}, x)")
    assert relations(Derivative(K * W.diff(x, 2), x, 2), W, ends) == {0.5: expected}


def test_a_coefficient_that_does_not_jump_makes_no_interface():
    kink = Piecewise((x, x < HALF), (HALF, True))
    for smooth in (1 + kink, 2 + cos(x), Piecewise((1, x < 2), (4, True))):
        assert relations(sj.divergence(smooth * U.diff(x), x)) == {}


def test_several_interfaces_are_where_the_steps_are():
    third = Rational(1, 3)
    steps = relations(sj.divergence((1 + floor(4 * x)) * U.diff(x), x))
    assert sorted(steps) == [0.25, 0.5, 0.75]
    moved = Piecewise((1, 3 * x < a), (2, True))
    assert list(relations(sj.divergence(moved * U.diff(x), x), parameters={a: 1})) == [
        pytest.approx(float(third), rel=1e-14)
    ]


def test_a_flux_that_is_an_unknown_needs_nothing():
    assert relations([Eq(K * U.diff(x), V), Eq(V.diff(x), 1)], [U, V]) == {}


def test_a_relation_takes_the_place_of_the_one_it_is_about():
    given = sj.interface(Eq(x, HALF), Eq(sj.jump(U), sj.avg(K * U.diff(x)) / 3))
    found = relations(sj.divergence(K * U.diff(x), x), conditions=[*ENDS, *given])
    flux = "diff(u, x)*where(x < 1/2, 1, 4)"
    contact = f"jump(u, x, 0.5) = avg({flux}, x, 0.5)/3"
    assert found == {0.5: {contact, *across(flux)}}


def test_what_is_meant_may_be_said_beside_an_expanded_equation():
    expanded = (K * U.diff(x)).diff(x)
    for said in (U.diff(x), K * U.diff(x)):
        given = sj.interface(Eq(x, HALF), Eq(sj.jump(said), 0))
        assert len(relations(expanded, conditions=[*ENDS, *given])[0.5]) == 2
    assert relations(expanded / K) == {}


BEAM = [Eq(w(0), 0), Eq(w(1), 0), *(Eq(W.diff(x).subs(x, e), 0) for e in (0, 1))]
FAR = sj.interface(Eq(x, Rational(1, 4)), Eq(sj.jump(U.diff(x)), 0))


@pytest.mark.parametrize(
    ("equation", "unknown", "conditions", "message"),
    [
        ((K * U.diff(x)).diff(x), U, ENDS, "jumps at x = 0.5"),
        ((K * U.diff(x)).diff(x), U, [*ENDS, *FAR], "jumps at x = 0.5"),
        ((K * W.diff(x, 2)).diff(x, 2), W, BEAM, r"Derivative\(k\*w\(x\).diff\(x, 2\), x, 2, "),
        ((K * U).diff(x) - 1, U, ENDS[:1], r"divergence\(k\*u\(x\), x\)"),
        (
            (K.subs(x, U) * U.diff(x)).diff(x),
            U,
            ENDS,
            r"take the integral v = K\(u\) of k",
        ),
        (
            sj.divergence(K.subs(x, U) * U.diff(x), x),
            U,
            ENDS,
            r"take the integral v = K\(u\)",
        ),
        (((2 + sign(x - HALF)) * U.diff(x)).diff(x), U, ENDS, None),
        (((2 + Heaviside(x - HALF)) * U.diff(x)).diff(x), U, ENDS, "keep that derivative"),
        (U.diff(x, 2) - K * DiracDelta(x - HALF), U, ENDS, "has no meaning"),
        (U.diff(x, 2) - DiracDelta(x - HALF, 2), U, ENDS, None),
        (U.diff(x, 2) - DiracDelta(x - 1), U, ENDS, "at x = 1, expected inside the domain"),
        (U - DiracDelta(x - HALF) + U.diff(x) ** 2, U, ENDS[:1], None),
    ],
)
def test_what_may_mean_two_things_or_none_is_refused(equation, unknown, conditions, message):
    with pytest.raises(sj.ProblemError, match=message):
        sj.Problem(equation, unknown, UNIT, conditions)


def test_interfaces_along_open_curves_are_refused():
    square = {x: (0, 1), y: (0, 1)}
    bent = Piecewise((1, x < y**2), (4, True))
    with pytest.raises(sj.ProblemError, match=r"= 0; interfaces are supported at fixed places"):
        sj.Problem(
            sj.divergence([bent * g for g in sj.gradient(u(x, y), (x, y))], (x, y)),
            u(x, y),
            square,
            [],
        )
    point = DiracDelta(x - HALF) * DiracDelta(y - HALF)
    with pytest.raises(sj.ProblemError, match="a source at a point, where the solution is infi"):
        sj.Problem(u(x, y).diff(x, 2) + u(x, y).diff(y, 2) - point, u(x, y), square, [])


@pytest.mark.parametrize(
    ("place", "statements", "message"),
    [
        (HALF, [Eq(sj.jump(U), 0)], "expected Eq\\(x, c\\)"),
        (Eq(x, HALF), [], "no relation at x = 1/2"),
        (Eq(x, HALF), [Eq(U, 0)], "expected a relation with jump or avg"),
        (Eq(x, 1), [Eq(sj.jump(U), 0)], "at an end of the domain"),
        (Eq(x, 2), [Eq(sj.jump(U), 0)], "outside the domain"),
        (Eq(y, HALF), [Eq(sj.jump(U), 0)], "not across a variable of the domain"),
        (Eq(x, HALF), [Eq(sj.jump(U), u(0))], "elsewhere than at the interface"),
        (Eq(x, HALF), [Eq(sj.jump(U), 0), Eq(sj.jump(2 * U), 1)], "finds no place"),
        (Eq(x, HALF), [Eq(sj.jump(U.diff(x, 2)), 0)], "finds no place"),
    ],
)
def test_interfaces_that_cannot_be_meant_are_refused(place, statements, message):
    with pytest.raises(sj.ProblemError, match=message):
        sj.Problem(U.diff(x, 2), U, UNIT, [*ENDS, *sj.interface(place, *statements)])


def test_interfaces_are_written_and_read_back():
    problem = sj.Problem(
        Eq(sj.divergence(K * U.diff(x), x), DiracDelta(x - Rational(1, 4))),
        U,
        UNIT,
        [*ENDS, *sj.interface(Eq(x, HALF), Eq(sj.jump(U), sj.avg(U.diff(x)) / 4))],
    )
    text = problem.to_text()
    assert "diff(diff(u, x)*where(x < 1/2, 1, 4), x) = DiracDelta(x - 1/4)" in text
    read = from_text(text)
    assert read == problem
    assert [i.place for i in read.interfaces] == [0.25, 0.5]


def test_across_the_seam_of_what_is_periodic_fluxes_go_on():
    """The problem of a cell: k differs at both ends as it does in the middle."""
    mean = Eq(Integral(U, (x, 0, 1)), 0)
    cell = sj.Problem(sj.divergence(K * (1 + U.diff(x)), x), U, UNIT, [Eq(u(0), u(1)), mean])
    (implied,) = cell.conditions[2:]
    assert implied.source.startswith("diff(u, x)(0) + 1 = 4*diff(u, x)(1) + 4, implied by")
    smooth = sj.Problem(U.diff(x, 2) + U, U, UNIT, [Eq(u(0), u(1))])
    assert smooth.conditions[1].source.startswith("diff(u, x)(0) = diff(u, x)(1), implied by")


def test_an_inclusion_has_an_interface_along_each_of_its_sides():
    side = (x > Rational(1, 4)) & (x < Rational(3, 4)) & (y > Rational(1, 3)) & (y < 2 * HALF)
    k = Piecewise((10, side), (1, True))
    plate = sj.Problem(
        sj.divergence([k * g for g in sj.gradient(u(x, y), (x, y))], (x, y)),
        u(x, y),
        {x: (0, 1), y: (0, 1)},
        [Eq(u(0, y), 0), Eq(u(1, y), 1), Eq(u(x, 0), x), Eq(u(x, 1), x)],
    )
    sides = {"x - 1/4 = 0", "x - 3/4 = 0", "y - 1/3 = 0"}
    assert {str(i.place) for i in plate.interfaces} == sides


@pytest.mark.parametrize(
    ("k", "parts"),
    [
        (Piecewise((4, x < HALF), (1, True)), 0),
        (Piecewise((4, (x < HALF) & (y < HALF)), (1, True)), 4),
        (Piecewise((4, (x > 0.3) & (x < 0.7) & (y > 0.3) & (y < 0.7)), (1, True)), 9),
        (1 + Heaviside(x - 0.3) * Heaviside(y - 0.7), 4),
    ],
    ids=["a plane", "a quarter", "an inclusion", "a product"],
)
def test_places_of_several_variables_cut_a_box_into_parts(k, parts):
    fluxes = [k * g for g in sj.gradient(u(x, y), (x, y))]
    walls = [Eq(u(x, y).subs(*wall), 0) for wall in ((x, 0), (x, 1), (y, 0), (y, 1))]
    stated = sj.Problem(sj.divergence(fluxes, (x, y)), u(x, y), {x: (0, 1), y: (0, 1)}, walls)
    assert len(stated.parts) == parts


def test_given_jumps_are_conditions_at_planes_and_cut_no_parts():
    load = Piecewise((1, (x < HALF) & (y < HALF)), (0, True))
    walls = [Eq(u(x, y).subs(*wall), 0) for wall in ((x, 0), (x, 1), (y, 0), (y, 1))]
    laplacian = u(x, y).diff(x, 2) + u(x, y).diff(y, 2)
    square = {x: (0, 1), y: (0, 1)}
    jumps = sj.interface(Eq(x, HALF), Eq(sj.jump(u(x, y)), 0), Eq(sj.jump(u(x, y).diff(x)), y))
    assert len(sj.Problem(Eq(laplacian, load), u(x, y), square, walls).parts) == 4
    assert not sj.Problem(Eq(laplacian, load), u(x, y), square, [*walls, *jumps]).parts
    pointed = Eq(laplacian, load + sympy.DiracDelta(x - 0.25))
    assert not sj.Problem(pointed, u(x, y), square, walls).parts
