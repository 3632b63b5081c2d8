"""Pictures of regions: true shape, nothing outside; and files, which hold boxes alone."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.solution.plotting.bodies import cut_open

x, y = sp.symbols("x y")
u = sp.Function("u")(x, y)
RING = sj.Annulus((x, y), (0, 0), sp.Rational(1, 2), 1)
PROBLEM = sj.Problem(
    sp.Eq(u.diff(x, 2) + u.diff(y, 2), 0),
    u,
    RING,
    [
        sj.on_boundary(sp.Eq(u, x), where="outer"),
        sj.on_boundary(sp.Eq(sj.normal_derivative(u), -2 * x), where="hole"),
    ],
)


@pytest.fixture(scope="module")
def solution():
    return sj.solve(PROBLEM, tol=1e-5)


def test_a_solution_is_drawn_in_its_true_shape_and_not_in_its_hole(solution):
    figure = solution.plot()
    first = figure.axes[0]
    assert first.get_aspect() == 1.0
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3]
    places = first.transData.transform([(0.75, 0.0), (-0.5, -0.6), (0.0, 0.1), (0.9, 0.9)])
    drawn = [bool(np.any(pixels[int(row), int(column)] < 240)) for column, row in places]
    assert drawn == [True, True, False, False]


def test_a_problem_is_drawn_with_what_holds_on_each_part():
    figure = PROBLEM.plot()
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(labels) == 2
    assert any("normal(x)" in label for label in labels)
    assert figure.axes[0].get_aspect() == 1.0


def test_a_line_is_drawn_with_its_conditions_at_their_places():
    beam = sp.Function("w")(x)
    k = sp.Piecewise((1, x < 0.25), (2, True))
    total = sp.Eq(sp.Integral(beam, (x, 0, 1)), 0)
    slope = sp.Eq(beam.diff(x).subs(x, 0), 1)
    law = sp.Eq(sj.divergence(k * beam.diff(x), x), 1)
    figure = sj.Problem(law, beam, {x: (0, 1)}, [slope, total]).plot()
    _, *drawn = figure.axes[0].lines
    marked = {line.get_label(): line.get_xdata().tolist() for line in drawn}
    assert list(marked.values()) == [[0.0], [0.0, 1.0], [0.25]]
    assert list(marked)[-1] == "interface, x = 0.25"
    assert len({line.get_ydata()[0] for line in drawn}) == 3, "none hides another"


def test_a_box_is_drawn_as_well():
    sides = [sp.Eq(u.subs(q, end), 0) for q in (x, y) for end in (0, 1)]
    box = sj.Problem(sp.Eq(u.diff(x, 2) + u.diff(y, 2), 1), u, {x: (0, 1), y: (0, 1)}, sides)
    assert len(box.plot().axes[0].lines) == 4


z = sp.Symbol("z")
v = sp.Function("v")(x, y, z)
LAPLACE = sum(v.diff(each, 2) for each in (x, y, z))
SHELL = sj.Ball((x, y, z), (0, 0, 0), 1) - sj.Ball((x, y, z), (0, 0, 0), sp.Rational(1, 2))
LOADED = sj.Problem(sp.Eq(LAPLACE, -6), v, SHELL, [sj.on_boundary(sp.Eq(v, 0))])


def bodies_of(axes):
    return [c for c in axes.collections if len(c.get_facecolor()) > 1]


def test_a_body_is_drawn_cut_open_in_the_colours_of_its_values():
    solution = sj.solve(LOADED, tol=1e-4)
    figure = solution.plot()
    values, residual = (axes for axes in figure.axes if hasattr(axes, "get_zlim"))
    assert residual.get_title() == "|residual|"
    assert values.get_zlim() == (-1, 1)
    (body,) = bodies_of(values)
    figure.canvas.draw()
    assert len({tuple(colour) for colour in body.get_facecolor()}) > 50
    flat = solution.plot(at={z: 0}, residual=False)
    assert not any(hasattr(axes, "get_zlim") for axes in flat.axes)


def test_what_is_before_the_cut_is_left_out():
    polygons, points = cut_open(LOADED)
    radii = np.linalg.norm(np.transpose(points), axis=1)
    assert np.min(points[1]) >= -1e-12
    assert np.all(LOADED.domain.holds(np.transpose(points)))
    on_walls = np.isclose(radii, 1) | np.isclose(radii, 0.5)
    assert np.all(on_walls | (np.abs(points[1]) < 1e-12))
    assert len(polygons) == len(radii)


@pytest.mark.parametrize(
    ("domain", "conditions", "walls"),
    [
        (SHELL, [sj.on_boundary(sp.Eq(v, x), where=w) for w in ("outer", "hole")], 2),
        (
            {x: (0, 1), y: (0, 1), z: (0, 2)},
            [sp.Eq(v.subs(q, end), 0) for q in (x, y, z) for end in (0, 2 if q == z else 1)],
            6,
        ),
    ],
    ids=["shell", "box"],
)
def test_bodies_and_boxes_in_space_are_drawn_with_their_conditions(domain, conditions, walls):
    figure = sj.Problem(LAPLACE, v, domain, conditions).plot()
    (axes,) = figure.axes
    assert len(figure.legends[0].get_texts()) == len(axes.collections) == len(conditions)
    numbers = {text.get_text().split(",")[0] for text in axes.texts}
    assert numbers == {str(k) for k in range(walls)}


def test_a_region_of_space_is_drawn_with_its_walls():
    drilled = sj.Box((x, y, z), (-1, -1, -1), (1, 1, 1)) - sj.Cylinder(
        (x, y, z), (0, 0, -2), (0, 0, 2), sp.Rational(1, 2), name="pipe"
    )
    labels = {text.get_text() for text in drilled.plot().axes[0].texts}
    assert "6, pipe, side" in labels
