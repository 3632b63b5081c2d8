"""Pictures of regions: true shape, nothing outside; and files, which hold boxes alone."""

import numpy as np
import pytest
import sympy as sp

import sigmajet as sj

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
