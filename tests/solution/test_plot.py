"""Pictures show what the solution says: every unknown, the residual, the error, the failure."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import imread

import sigmajet as sj
from sigmajet.plot import draw_curves, draw_map, plot

x, y, z, t = sp.symbols("x y z t")
u, v = sp.Function("u"), sp.Function("v")
LAPLACE = u(x, y).diff(x, 2) + u(x, y).diff(y, 2)
Box = dict[sp.Symbol, tuple[float, float]]


def walls(field: Any, box: Box, values: sp.Expr, without: Any = None) -> list[sp.Eq]:
    """Return the values of a field on all faces of a box but one."""
    places = [(name, end) for name, ends in box.items() for end in ends]
    return [
        sp.Eq(field(*box).subs(*place), values.subs(*place)) for place in places if place != without
    ]


@cache
def sine_and_cosine() -> sj.Solution:
    equations = [sp.Eq(u(x).diff(x), v(x)), sp.Eq(v(x).diff(x), -u(x))]
    return sj.solve(sj.Problem(equations, [u(x), v(x)], {x: (0, 3)}, {u(0): 0, v(0): 1}))


def harmonic(box: Box, values: sp.Expr) -> sj.Solution:
    """Solve Laplace's equation for a harmonic function given as a formula."""
    laplace = sum(u(*box).diff(name, 2) for name in box)
    return sj.solve(sj.Problem(laplace, u(*box), box, walls(u, box, values)), tol=1e-3, width=100)


def heated(box: Box, values: sp.Expr) -> sj.Solution:
    """Solve the heat equation with a constant source, for a formula that satisfies it."""
    source = values.diff(t) - sum(values.diff(name, 2) for name in box if name != t)
    laplace = sum(u(*box).diff(name, 2) for name in box if name != t)
    conditions = walls(u, box, values, without=(t, box[t][1]))
    problem = sj.Problem(u(*box).diff(t) - laplace - source, u(*box), box, conditions, time=t)
    return sj.solve(problem, tol=1e-3, width=100, method="steady")


@cache
def failed() -> sj.Solution:
    """Ask far too much of six neurons."""
    box = {x: (0, 1), y: (0, 1)}
    values = sp.exp(3 * x) * sp.sin(3 * y)
    problem = sj.Problem(LAPLACE, u(x, y), box, walls(u, box, values))
    return sj.solve(problem, width=6, on_failure="return")


def images(figure: Figure) -> list[Any]:
    return [image for axes in figure.axes for image in axes.images]


def test_curves_carry_the_values_of_every_unknown_and_the_residual_beneath() -> None:
    solution = sine_and_cosine()
    upper, lower = plot(solution).axes
    assert [line.get_label() for line in upper.lines] == ["u(x)", "v(x)"]
    for line, function in zip(upper.lines, (np.sin, np.cos), strict=True):
        np.testing.assert_allclose(line.get_ydata(), function(line.get_xdata()), atol=1e-7)
    assert lower.get_yscale() == "log"
    assert lower.get_xlabel() == "x"
    assert upper.get_xlim() == (0, 3)
    low, high = lower.get_ylim()
    assert low < np.abs(solution.residual(np.linspace(0, 3, 7))).max() < high


def test_map_has_the_true_aspect_of_its_box_and_the_right_way_up() -> None:
    figure = plot(harmonic({x: (0, 1), y: (0, 2)}, 1 + x))
    field, residual = (axes for axes in figure.axes if axes.images)
    assert field.get_aspect() == residual.get_aspect() == 1
    assert (field.get_xlabel(), field.get_ylabel()) == ("x", "y")
    (image,) = field.images
    assert tuple(image.get_extent()) == (0, 1, 0, 2)
    assert np.all(np.diff(image.get_array(), axis=1) > 0)
    assert isinstance(residual.images[0].norm, LogNorm)


def test_field_that_changes_sign_gets_a_map_that_is_symmetric_about_zero() -> None:
    norm = (
        draw_map(harmonic({x: (-1, 1), y: (0, 1)}, 2 * x + y), Figure().subplots()).images[0].norm
    )
    assert norm.vmin == -norm.vmax < -2.9


def test_overshoot_is_no_change_of_sign() -> None:
    solution = harmonic({x: (0, 1), y: (0, 1)}, x - sp.Rational(1, 1000))
    assert draw_map(solution, Figure().subplots()).images[0].norm.vmin > -2e-3


def test_time_runs_to_the_right() -> None:
    axes = plot(heated({t: (0, 2), x: (-1, 1)}, t + x)).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("t", "x")
    assert np.all(np.diff(axes.images[0].get_array(), axis=1) > 0)
    assert axes.get_aspect() == "auto"


def test_more_variables_are_cut_at_their_middle_and_the_title_says_where() -> None:
    figure = plot(heated({x: (0, 1), t: (0, 4), y: (1, 2)}, 10 * t + x * y))
    assert "t = 2" in figure.get_suptitle()
    values = images(figure)[0].get_array()
    assert 20 < values.min() < values.max() < 22
    assert figure.axes[0].get_xlabel() == "x"
    assert figure.axes[0].get_ylabel() == "y"


@pytest.mark.parametrize("equations", [2, 3])
def test_every_unknown_and_every_equation_has_its_map(equations: int) -> None:
    box = {x: (0, 1), y: (0, 1)}
    f, g = u(x, y), v(x, y)
    cauchy_riemann = [f.diff(x) - g.diff(y), f.diff(y) + g.diff(x), f.diff(x, 2) + f.diff(y, 2)]
    conditions = walls(u, box, x**2 - y**2) + walls(v, box, 2 * x * y)
    problem = sj.Problem(cauchy_riemann[:equations], [f, g], box, conditions)
    figure = plot(sj.solve(problem, tol=1e-3, width=100))
    titles = [axes.get_title() for axes in figure.axes if axes.images]
    assert [title for title in titles if "residual" not in title] == ["u(x, y)", "v(x, y)"]
    assert len([title for title in titles if "residual" in title]) == equations


def test_title_states_the_error_and_shouts_a_failure() -> None:
    for solution in (sine_and_cosine(), failed()):
        title = plot(solution).get_suptitle()
        assert f"{solution.error_estimate:.0e}" in title
        assert ("NOT CONVERGED" in title) == (not solution.converged)
    assert not failed().converged


def test_solution_that_vanishes_still_draws(tmp_path: Path) -> None:
    line = sj.Problem(u(x).diff(x, 2), u(x), {x: (0, 1)}, {u(0): 0, u(1): 0})
    box = {x: (0, 1), y: (0, 100)}
    sliver = sj.Problem(LAPLACE, u(x, y), box, walls(u, box, sp.S.Zero))
    for problem in (line, sliver):
        plot(sj.solve(problem, width=40, on_failure="return"), tmp_path / "picture.png")
        assert imread(tmp_path / "picture.png").std() > 0


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    plot(sine_and_cosine(), tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").read_text().rstrip().endswith("</svg>")
    for wrong, word in (("picture.xyz", ".png"), ("nowhere/picture.png", "there is no folder")):
        with pytest.raises(sj.FileError, match=word):
            plot(sine_and_cosine(), tmp_path / wrong)
    assert [file.name for file in tmp_path.iterdir()] == ["picture.svg"]


def test_failure_while_writing_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "picture.png"
    target.write_text("old")

    def full_disk(self: Figure, stream: Any, **options: Any) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full_disk)
    with pytest.raises(sj.FileError, match="No space left"):
        plot(sine_and_cosine(), target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_draw_functions_use_the_axes_they_are_given() -> None:
    axes = Figure().subplots()
    assert draw_curves(sine_and_cosine(), axes) is axes


def test_no_backend_is_chosen_and_no_setting_changes() -> None:
    code = (
        "import sys, matplotlib\n"
        "before = dict(dict.items(matplotlib.rcParams))\n"  # reading by key would choose a backend
        "import sigmajet.plot\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert dict(dict.items(matplotlib.rcParams)) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@cache
def cooling() -> sj.Solution:
    return heated({x: (0, 1), y: (0, 1), t: (0, 1)}, sp.exp(-t) * (x + 1) * (y - x))


def test_cuts_in_time_are_a_map_for_each_and_a_line_through_them_a_curve():
    figure = cooling().plot(at={t: [0, 0.5, 1]})
    titles = [axes.get_title() for axes in figure.axes]
    for time in ("0", "0.5", "1"):
        assert f"u(x, y, t), t = {time}" in titles
    assert len([title for title in titles if title == "|residual|"]) == 3
    line = cooling().plot(at={"t": [0, 1], y: 0.5}, residual=False)
    (axes,) = line.axes
    first, last = axes.get_lines()
    places = np.asarray(first.get_xdata())
    np.testing.assert_array_equal(first.get_ydata(), cooling()(places, 0.5, 0.0))
    np.testing.assert_array_equal(last.get_ydata(), cooling()(places, 0.5, 1.0))
    assert last.get_label() == "u(x, y, t), y = 0.5, t = 1"


def test_expressions_are_drawn_in_the_place_of_unknowns():
    figure = cooling().plot(expression=["diff(u, x)", u(x, y, t) ** 2], at={t: 0.5}, cmap="plasma")
    shown = [axes for axes in figure.axes if axes.get_images()]
    assert [axes.get_title() for axes in shown] == ["diff(u, x)", "|residual|", "u(x, y, t)**2"]
    image = shown[0].get_images()[0]
    assert image.get_cmap().name == "plasma"
    values = np.asarray(image.get_array())
    places = (np.arange(len(values)) + 0.5) / len(values)
    expected = cooling().evaluate("diff(u, x)", places[None, :], places[:, None], 0.5)
    np.testing.assert_allclose(values, expected, rtol=1e-6)
    curves = plot(sine_and_cosine(), expression="u**2 + v**2", residual=False)
    np.testing.assert_allclose(curves.axes[0].get_lines()[0].get_ydata(), 1.0, atol=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at": {"tt": 1}}, r"at: got tt, expected some of the variables x, y, t; did you mean t"),
        ({"at": {x: [0, 1], y: [0, 1]}}, "of one of them a list"),
        ({"at": {x: 0, y: 0, t: 0}}, "leave one of x, y, t out"),
        ({"at": {t: 5}}, "t = 5 lies outside the domain"),
        ({"cmap": "viridi"}, r"cmap: got 'viridi', .*; did you mean viridis\?"),
        ({"at": {t: "late"}}, "at: got 'late' for t, expected a number"),
        ({"expression": "w"}, "unknown name w"),
        ({"times": 0.5, "at": {t: 0.5}}, "times: at holds t as well"),
        ({"times": [[0, 1]]}, "of one of them a list"),
        ({"points": 1}, "points: got 1, expected a number of points, at least two"),
        ({"points": "many"}, "points: got 'many'"),
        ({"points": 10**9}, "points: asks for 1.0e[+]18 values on a grid, at most 1.7e[+]07"),
        ({"ax": 3}, "ax: got 3, expected axes of Matplotlib"),
        ({"ax": Figure().subplots(), "times": [0, 1]}, "ax: got 2 maps for one pair of axes"),
        ({"ax": Figure().subplots(), "exact": "x"}, "leave one of both out"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options, words):
    with pytest.raises(sj.ProblemError, match=words):
        cooling().plot(**options)


def test_axes_of_a_caller_take_curves_or_one_map() -> None:
    figure = Figure()
    left, middle, right = figure.subplots(1, 3)
    assert sine_and_cosine().plot(ax=left, points=11) is figure
    sine, cosine = left.get_lines()
    np.testing.assert_array_equal(sine.get_xdata(), np.linspace(0, 3, 11))
    np.testing.assert_array_equal(cosine.get_ydata(), sine_and_cosine()(sine.get_xdata())[1])
    cooling().plot(ax=middle, times=0.5, points=7)
    values = np.asarray(middle.get_images()[0].get_array())
    places = (np.arange(7) + 0.5) / 7
    expected = cooling()(places[None, :], places[:, None], 0.5)
    np.testing.assert_allclose(values, expected, rtol=1e-6)
    cooling().plot(ax=right, at={y: 0.5}, times=[0, 1])
    assert [line.get_label()[-5:] for line in right.get_lines()] == ["t = 0", "t = 1"]
    assert figure.get_suptitle() == ""


def test_times_need_a_time() -> None:
    with pytest.raises(sj.ProblemError, match="times: got 1, but the problem names no time"):
        sine_and_cosine().plot(times=1)


def test_beside_the_truth_a_curve_shows_its_error() -> None:
    solution = sine_and_cosine()
    upper, lower = plot(solution, exact=[sp.sin(x), "cos(x)"]).axes
    assert lower.get_ylabel() == "|error|"
    assert len(upper.lines) == len(lower.lines) == 2
    places = lower.lines[0].get_xdata()
    truth = np.array([np.sin(places), np.cos(places)])
    for line, errors in zip(lower.lines, np.abs(solution(places) - truth), strict=True):
        shown = line.get_ydata()
        assert np.all((shown == errors) | (shown == shown.min()))


def test_beside_the_truth_a_map_shows_its_error() -> None:
    solution = harmonic({x: (0, 1), y: (0, 1)}, x * y)
    _, error, *_ = plot(solution, expression=["diff(u, x)"], exact=y).axes
    assert error.get_title() == "|error|"
    assert isinstance(error.images[0].norm, LogNorm)
    assert error.images[0].norm.vmax < 0.1


def test_the_truth_has_one_formula_for_each_quantity() -> None:
    with pytest.raises(sj.ProblemError, match=r"exact: got 1 expression\(s\) for u\(x\), v\(x\)"):
        plot(sine_and_cosine(), exact=sp.sin(x))
