"""Features are found by bounds: a pulse of any width, and nothing where a statement is smooth."""

from itertools import pairwise

import flint
import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.analysis.features.features import features
from sigmajet.analysis.features.kinks import features_with_kinks
from sigmajet.geometry.spacing import denser, divided, furthest
from sigmajet.problem.compiled.enclosure import Enclosure, NotEnclosed

x, t = sp.symbols("x t")
u, f = sp.Function("u"), sp.Function("f")
U = u(x)

FORMULAS = [
    sp.exp(-(((x - sp.Rational(3, 10)) / sp.Rational(1, 50)) ** 2)),
    sp.sin(20 * x) / (1 + 25 * x**2) + sp.pi * x**3,
    sp.log(1 + x) * sp.sqrt(2 + x) * (3 + x) ** sp.Rational(1, 3),
    sp.tanh(9 * x) + sp.erf(5 * x) + sp.Si(x) + sp.asinh(x),
    sp.atan(x / 2) + sp.asin(x / 4) + sp.acosh(2 + x) + sp.besselj(1, x) + sp.airyai(x),
    sp.Piecewise((x, x < sp.Rational(1, 3)), (sp.cos(x), True)),
    sp.Abs(x - sp.Rational(1, 2)) + sp.Max(x, sp.Rational(1, 4), x**2),
    sp.floor(3 * x) + sp.Mod(x, sp.Rational(2, 5)) + sp.Heaviside(x - sp.Rational(1, 7)),
]


def balls(low, high):
    ball = [flint.acb(flint.arb(0.5 * (low + high), 0.5 * (high - low)))]
    return ball, ball


@pytest.mark.parametrize("formula", FORMULAS)
def test_an_enclosure_holds_all_values_or_says_that_it_knows_none(formula):
    enclosure = Enclosure.compile(formula, (x,), {})
    value = sp.lambdify(x, formula, ["scipy", "numpy"])
    rng, known = np.random.default_rng(0), 0
    for low, length in zip(rng.random(200), 10.0 ** rng.uniform(-6, -0.5, 200), strict=True):
        found = enclosure(*balls(low, low + length))
        if not found.is_finite():
            continue
        known += 1
        for s in rng.uniform(low, low + length, 5):
            rounded = flint.acb(flint.arb(float(value(s)), 1e-13))
            assert found.overlaps(rounded)
    assert known > 100


@pytest.mark.parametrize("root", [sp.sqrt(x), sp.log(x), x ** sp.Rational(1, 3), sp.acosh(1 + x)])
def test_nothing_is_enclosed_across_a_cut(root):
    assert not Enclosure.compile(root, (x,), {})(*balls(-0.1, 0.2)).is_finite()


def test_code_has_no_enclosure():
    with pytest.raises(NotEnclosed):
        Enclosure.compile(f(x) + 1, (x,), {})


def line(source, functions=None):
    conditions = [sp.Eq(u(0), 0), sp.Eq(u(1), 0)]
    return sj.Problem(sp.Eq(U.diff(x, 2), source), U, {x: (0, 1)}, conditions, functions=functions)


@pytest.mark.parametrize("power", range(2, 9))
def test_a_pulse_of_any_width_is_found(power):
    rng, width = np.random.default_rng(power), 10.0**-power
    for centre in rng.uniform(0.1, 0.9, 3):
        source = 1 + sp.exp(-(((x - centre) / width) ** 2)) / width
        (points,) = features(line(source), 1e-6).points
        near = points[np.abs(points - centre) < 2 * width]
        assert len(near) > 5
        assert np.diff(near).max() < width


@pytest.mark.parametrize("coded", [False, True])
def test_a_weak_pulse_matters_by_its_share_of_the_term(coded):
    pulse = sp.exp(-(((x - sp.Rational(1, 3)) / sp.Rational(1, 1000)) ** 2))
    for size, matters in ((1e-2, True), (1e-8, False)):
        source = sp.cos(x) + size * pulse
        functions = {f: sp.lambdify(x, source)} if coded else None
        problem = line(f(x) if coded else source, functions)
        (points,) = features(problem, 1e-6).points
        assert bool(len(points)) is matters


SMOOTH = [sp.exp(3 * x), sp.cos(10 * x), 1 / (4 + x), x**30, sp.tanh(3 * x - 1), sp.Integer(2)]
ROUGH = [
    sp.sqrt(x),
    sp.Abs(x - sp.Rational(1, 3)),
    sp.Piecewise((1, x < sp.Rational(3, 10)), (sp.exp(x), True)),
    sp.log(x),
    (1 - sp.cos(x - sp.Rational(1, 5))) / (x - sp.Rational(1, 5)) ** 2,
    (1 - sp.cos(x - sp.Rational(1, 3))) / (x - sp.Rational(1, 3)) ** 2,
    sp.sin(x - sp.Rational(3713, 10_000)) / (x - sp.Rational(3713, 10_000)),
]


@pytest.mark.parametrize("source", SMOOTH)
@pytest.mark.parametrize("coded", [False, True])
def test_nothing_is_asked_for_where_a_term_is_smooth(source, coded):
    code = sp.lambdify(x, source, ["scipy", "numpy"])
    functions = {f: lambda s: code(s) + 0.0 * s} if coded else None
    found = features(line(f(x) if coded else source, functions), 1e-8)
    assert not any(map(len, found.points))
    assert not found.unproven


@pytest.mark.parametrize("source", ROUGH)
def test_a_kink_a_switch_and_a_pole_have_no_width(source):
    found = features(line(source), 1e-8)
    assert not any(map(len, found.points))
    assert not found.unproven


def test_what_switches_along_no_line_is_unproven_or_known_by_its_lines():
    V = u(x, t)
    for switch in (x < t, sp.And(x < 0.3, t < 0.5)):
        source = sp.Piecewise((1, switch), (0, True))
        start = sp.Eq(u(x, 0), 0)
        problem = sj.Problem(
            sp.Eq(V.diff(t), source - V), V, {x: (0, 1), t: (0, 1)}, [start], time=t
        )
        found = features_with_kinks(problem, 1e-6)
        assert found.unproven or [places.tolist() for places in found.ends] == [[0.3], [0.5]]


def test_kinks_of_the_start_stay_where_no_derivative_moves_them():
    V = u(x, t)
    for equation, walls, stay in (
        (V.diff(t) + V, (), True),
        (V.diff(t) - V.diff(x, 2), (0, 1), False),
    ):
        conditions = [sp.Eq(u(x, 0), abs(x - 0.3)), *(sp.Eq(u(end, t), 0) for end in walls)]
        problem = sj.Problem(equation, V, {x: (0, 1), t: (0, 1)}, conditions, time=t)
        ends = features_with_kinks(problem, 1e-6).ends
        assert [list(places) for places in ends] == [[0.3] * stay, []]


def test_what_the_start_and_the_equation_hold_alike_asks_for_no_more_than_one_of_them():
    # Beside one another, points that were equal but for rounding asked for blocks without end.
    V, front = u(x, t), sp.tanh(20 * x / 3)
    walls = [sp.Eq(u(end, t), front.subs(x, end)) for end in (-1, 1)]
    problem = sj.Problem(
        sp.Eq(V.diff(t), V.diff(x, 2) + V * (3 + sp.cos(t + 4 * x)) / 70 + front),
        V,
        {x: (-1, 1), t: (0, 1)},
        [sp.Eq(u(x, 0), front), *walls],
        time=t,
    )
    together = features_with_kinks(problem, 1e-6).points[0]
    alone = [features(problem, 1e-6, relations=[r]).points[0] for r in problem.conditions[:1]]
    alone += [features(problem, 1e-6, relations=problem.equations).points[0]]
    assert all(map(len, alone))
    least = min(np.diff(points).min() for points in alone)
    assert np.diff(together).min() > 0.5 * least


def test_a_pulse_is_found_along_its_own_variable():
    V = u(x, t)
    centre, width = 0.3137, 1e-4
    for variable, axis in ((x, 0), (t, 1)):
        pulse = sp.exp(-(((variable - centre) / width) ** 2))
        problem = sj.Problem(
            sp.Eq(V.diff(t), (1 + t * sp.cos(x)) * (2 + pulse) - V),
            V,
            {x: (0, 1), t: (0, 1)},
            [sp.Eq(u(x, 0), sp.sin(x))],
            time=t,
        )
        points = features(problem, 1e-6).points
        assert len(points[axis]) > 5
        assert not len(points[1 - axis])


AFTER = x - sp.Rational(5613, 10_000)


def beside(formula, side=1):
    """A formula of the distance on one side of a place, and zero on the other."""
    return sp.Piecewise((formula.subs(x, side * AFTER), side * AFTER > 0), (0, True))


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("coded", [False, True])
def test_a_pulse_as_narrow_as_it_is_near_to_a_switch_is_found(side, coded):
    width = 0.003 if coded else 1e-5
    pulse = beside(sp.exp(-width / x) * x ** sp.Rational(-3, 2), side)
    functions = {f: sp.lambdify(x, pulse)} if coded else None
    problem = line(f(x) if coded else pulse, functions)
    (points,) = features(problem, 1e-6, [np.array([0.5613])]).points
    apart = side * (points - 0.5613)
    near = apart[(apart > width / 5) & (apart < 5 * width)]
    assert len(near) > 20
    assert np.sum(apart < 0) <= 1


@pytest.mark.parametrize(
    "power", [sp.sqrt(x), 1 / sp.sqrt(x), x * sp.log(x), 1 / x, 1 / x**2, (1 - sp.cos(x)) / x**2]
)
def test_what_goes_on_as_it_came_towards_a_switch_has_no_width(power):
    found = features(line(beside(power)), 1e-8, [np.array([0.5613])])
    assert not any(map(len, found.points))
    assert not found.unproven


@pytest.mark.parametrize(
    "place", [sp.Rational(3, 10), sp.Rational(1, 3), sp.Rational(7137, 10_000)]
)
def test_what_decays_after_a_switch_is_found_beside_it(place):
    source = sp.Piecewise((0, x < place), (sp.exp(-(x - place) * 10_000), True))
    found = features(line(source), 1e-6)
    near = found.points[0][np.abs(found.points[0] - float(place)) < 1e-3]
    assert len(near) > 5
    assert np.diff(near).max() < 5e-4
    assert np.abs(found.ends[0] - float(place)).max() < 1e-12


@pytest.mark.parametrize("width", [1e-2, 1e-3, 1e-4])
def test_a_pulse_beside_which_its_parts_cancel_is_no_zero(width):
    # Wherever but in the pulse, nothing is seen of it but rounding.
    ratio = (x - sp.Rational(3137, 10_000)) / sp.nsimplify(width)
    points = features(line(1 - sp.tanh(ratio) ** 2), 1e-6).points[0]
    near = points[np.abs(points - 0.3137) < width]
    assert len(near) > 5


def test_terms_that_cancel_ask_for_nothing():
    ratio = (x - sp.Rational(1, 3)) * 1000
    zero = sp.sin(1000 * x) ** 2 + sp.cos(1000 * x) ** 2 - 1 + (ratio + 1) ** 2 - ratio**2
    source = zero - 2 * ratio - 1
    assert not len(features(line(source), 1e-8).points[0])


def test_intervals_are_divided_until_their_points_are_as_dense_as_wanted():
    wanted = np.concatenate([np.linspace(0.3, 0.31, 30), np.linspace(0.5, 0.9, 5)])
    edges = divided(np.array([0.0, 0.2, 1.0]), wanted, 10)
    assert {0.0, 0.2, 1.0} <= set(edges)
    gaps = np.diff(wanted)
    for low, high in pairwise(edges):
        met = (wanted[1:] > low) & (wanted[:-1] < high)
        assert high - low <= 10 * gaps[met].min(initial=np.inf)


def test_nothing_goes_further_than_points_allow():
    wanted = np.concatenate([np.linspace(0.3, 0.31, 30), np.linspace(0.5, 0.9, 5)])
    gaps = np.diff(wanted)
    for start in np.linspace(0.0, 0.95, 40):
        length = furthest(wanted, start, 7)
        assert length > 0.0
        end = start + length * (1.0 - 1e-9)
        met = (wanted[1:] > start) & (wanted[:-1] < min(end, 2.0))
        assert min(end, 1.0) - start <= 7 * gaps[met].min(initial=np.inf) * (1.0 + 1e-9)
    assert furthest(np.empty(0), 0.0, 5) == np.inf


def test_factors_of_other_variables_hide_no_switch():
    y, u = sp.Symbol("y"), sp.Function("u")(x, sp.Symbol("y"), t)
    source = sp.sin(sp.pi * x) * sp.cos(3 * y) * sp.exp(x - y)
    switched = sp.Piecewise((source, t > sp.Rational(3, 10)), (0, True))
    domain = {x: (0, 1), y: (0, 1), t: (0, 1)}
    rest = [sp.Eq(u.subs(t, 0), 0)]
    found = features(sj.Problem(sp.Eq(u.diff(t), switched), u, domain, rest, time=t), 1e-8)
    assert not found.unproven
    assert found.ends[2] == pytest.approx([0.3])


@pytest.mark.parametrize("share", [1.0, 0.8, 0.3])
@pytest.mark.parametrize("wanted", [np.empty(0), np.array([0.5]), np.array([0.0, 0.1, 0.2, 1.0])])
def test_denser_points_have_shorter_gaps_and_the_same_ends(wanted, share):
    found = denser(wanted, share)
    assert np.array_equal(found[:1], wanted[:1])
    assert np.array_equal(found[-1:], wanted[-1:])
    assert np.all(np.diff(found) > 0)
    assert np.diff(found).max(initial=0) <= share * np.diff(wanted).max(initial=0) + 1e-15
