"""What statements mean where coefficients jump at curves."""

import re

import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.problem import from_text

x, y = sp.symbols("x y")
u, v, p = (sp.Function(name)(x, y) for name in "uvp")
DISK = sj.Disk((x, y), (0, 0), 1)
K = sp.Piecewise((4, x**2 + y**2 < sp.Rational(1, 4)), (1, True))
FLOW = sj.divergence([K * s for s in sj.gradient(u, (x, y))], (x, y))
HELD = sj.on_boundary(sp.Eq(u, 0))


def relations(equations, unknowns=u, conditions=(HELD,), domain=DISK):
    """What holds at each interface, as text."""
    problem = sj.Problem(equations, unknowns, domain, list(conditions))
    return [{r.source.split(", x**2")[0] for r in i.relations} for i in problem.interfaces]


def test_values_and_normal_fluxes_are_continuous():
    (found,) = relations(FLOW)
    assert "jump(u" in found
    assert any("normal(x)" in each and "diff(u, y)" in each for each in found)
    assert len(found) == 2


def test_a_pressure_is_part_of_the_traction():
    """Of a flow of two fluids: both velocities and both tractions, not the pressure alone."""
    momentum = [
        sj.divergence([K * f.diff(x), K * f.diff(y)], (x, y)) - p.diff(a)
        for f, a in ((u, x), (v, y))
    ]
    still = [sj.on_boundary(sp.Eq(f, 0)) for f in (u, v)]
    pinned = sp.Eq(p.subs({x: 0, y: 0}), 0)
    (found,) = relations([*momentum, u.diff(x) + v.diff(y)], [u, v, p], [*still, pinned])
    assert len(found) == 4
    assert sum(bool(re.search(r"\bp\b", each)) for each in found) == 2


def test_a_wind_belongs_to_the_flux_where_its_speed_jumps():
    (found,) = relations(FLOW - sp.Derivative(K * u, x, evaluate=False))
    assert any("u*where" in each and "diff(u, x)" in each for each in found)


def test_a_stated_relation_takes_the_place_of_the_one_that_is_meant():
    resistance = sj.interface(
        sp.Eq(x**2 + y**2, sp.Rational(1, 4)),
        sp.Eq(sj.jump(u), sj.avg(K * sj.normal_derivative(u))),
    )
    problem = sj.Problem(FLOW, u, DISK, [HELD, *resistance])
    assert len(problem.interfaces[0].relations) == 2
    assert from_text(problem.to_text()) == problem


def test_regions_are_read_back_from_text():
    k = 1 + 3 * sj.inside(sj.Polygon((x, y), [(0, 0), (sp.Rational(1, 2), 0), (0, 0.5)]))
    flow = sj.divergence([k * s for s in sj.gradient(u, (x, y))], (x, y))
    problem = sj.Problem(flow, u, DISK, [HELD])
    assert from_text(problem.to_text()) == problem
    assert len(problem.parts) == 2


def test_an_inclusion_that_samples_would_miss_is_found():
    small = sp.Piecewise((4, (x - 0.3) ** 2 + (y + 0.1) ** 2 < sp.Rational(1, 10**6)), (1, True))
    flow = sj.divergence([small * s for s in sj.gradient(u, (x, y))], (x, y))
    assert len(sj.Problem(flow, u, DISK, [HELD]).interfaces) == 1


def test_curves_are_traced():
    oval = sp.Piecewise((4, x**4 + y**4 + x * y < sp.Rational(1, 8)), (1, True))
    flow = sj.divergence([oval * s for s in sj.gradient(u, (x, y))], (x, y))
    assert len(sj.Problem(flow, u, DISK, [HELD]).parts) == 2


def test_a_curve_outside_of_the_domain_cuts_nothing():
    far = sp.Piecewise((4, x**2 + y**2 > 9), (1, True))
    flow = sj.divergence([far * s for s in sj.gradient(u, (x, y))], (x, y))
    assert not sj.Problem(flow, u, DISK, [HELD]).parts


@pytest.mark.parametrize(
    ("equation", "words"),
    [
        (K * u.diff(x, 2) + K * u.diff(y, 2), "may mean two things"),
        (sj.divergence([K * u.diff(x, 3)], (x,)) + u.diff(y, 2), "of an order"),
        (K * sp.Derivative(K * u.diff(x), x, evaluate=False) + u.diff(y, 2), "has no meaning"),
        (sp.Derivative(K * u.diff(x, 2), x, 2, evaluate=False) + u.diff(y, 4), "of an order"),
        (
            sj.divergence([u.diff(x) * sp.Piecewise((4, y < x**2), (1, True))], (x,))
            + u.diff(y, 2),
            "closed curves and straight lines",
        ),
    ],
)
def test_what_is_not_supported_is_named(equation, words):
    with pytest.raises(sj.ProblemError, match=words):
        sj.Problem(equation, u, DISK, [HELD])


def test_interfaces_elsewhere_are_refused():
    with pytest.raises(sj.ProblemError, match="no interface inside the domain"):
        sj.Problem(
            FLOW, u, DISK, [HELD, *sj.interface(sp.Eq(x**2 + y**2, 9), sp.Eq(sj.jump(u), 1))]
        )


def test_they_are_drawn_with_the_region():
    picture = sj.Problem(FLOW, u, DISK, [HELD]).plot()
    labels = picture.axes[0].get_legend_handles_labels()[1]
    legends = (
        [text.get_text() for text in picture.legends[0].get_texts()] if picture.legends else []
    )
    assert any("interface" in each for each in (*labels, *legends))


@pytest.mark.parametrize("word", ["jump", "avg"])
def test_normals_stand_in_texts_about_both_sides_of_a_curve(word):
    circle = "x**2 + y**2 - 1/4"
    text = f"""
    unknowns = "u(x, y)"
    equations = "diff(u, x, 2) + diff(u, y, 2) = 0"
    conditions = [
        "{word}(normal_derivative(u), {circle}) = normal(x)",
        {{equation = "u = 0", on = "outer"}},
    ]
    [domain]
    "x, y" = "Disk((0, 0), 1)"
    """
    (interface,) = from_text(text).interfaces
    assert any(f"{word}(normal(x)*diff(u, x)" in r.source for r in interface.relations)
