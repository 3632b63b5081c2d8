"""Pictures show what the solution says: every unknown, the residual, the error, the failure."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
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


class Fake:
    """Keeps the contract of Solution, with fields and residuals given as formulas."""

    def __init__(
        self,
        box: dict[sp.Symbol, tuple[float, float]],
        fields: dict[Any, Callable[..., Any]],
        residuals: list[Callable[..., Any]],
        time: sp.Symbol | None = None,
        converged: bool = True,
    ) -> None:
        lower, upper = zip(*box.values(), strict=True)
        self.problem = SimpleNamespace(
            variables=tuple(box),
            unknowns=tuple(name(*box) for name in fields),
            domain=SimpleNamespace(lower=lower, upper=upper),
            time=time,
            equations=tuple(residuals),
        )
        self.fields, self.residuals = list(fields.values()), residuals
        self.converged, self.error_estimate = converged, 3.2e-9 if converged else 2e-2

    def __call__(self, *points: Any) -> Any:
        values = np.array([field(*points) + 0 * sum(points) for field in self.fields])
        return values[0] if len(values) == 1 else values

    def residual(self, *points: Any) -> Any:
        return np.array([residual(*points) + 0 * sum(points) for residual in self.residuals])


def images(figure: Figure) -> list[Any]:
    return [image for axes in figure.axes for image in axes.images]


def test_curves_carry_the_values_of_every_unknown_and_the_residual_beneath() -> None:
    solution: Any = Fake(
        {x: (0, 3)}, {u: np.sin, v: np.cos}, [lambda x: 1e-9 * np.cos(x), lambda x: 1e-8 * x]
    )
    figure = plot(solution)
    upper, lower = figure.axes
    assert [line.get_label() for line in upper.lines] == ["u(x)", "v(x)"]
    for line, function in zip(upper.lines, (np.sin, np.cos), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), function(line.get_xdata()))
    assert lower.get_yscale() == "log"
    assert lower.get_xlabel() == "x"
    assert upper.get_xlim() == (0, 3)
    low, high = lower.get_ylim()
    assert low < 1e-9 < 3e-8 <= high


def test_map_has_the_true_aspect_of_its_box_and_the_right_way_up() -> None:
    solution: Any = Fake({x: (0, 1), y: (0, 2)}, {u: lambda x, y: 1 + x + 0 * y}, [np.multiply])
    figure = plot(solution)
    field, residual = (axes for axes in figure.axes if axes.images)
    assert field.get_aspect() == residual.get_aspect() == 1
    assert (field.get_xlabel(), field.get_ylabel()) == ("x", "y")
    (image,) = field.images
    assert tuple(image.get_extent()) == (0, 1, 0, 2)
    assert np.all(np.diff(image.get_array(), axis=1) > 0)
    assert isinstance(residual.images[0].norm, LogNorm)


def test_field_that_changes_sign_gets_a_map_that_is_symmetric_about_zero() -> None:
    solution: Any = Fake({x: (-1, 1), y: (0, 1)}, {u: lambda x, y: 2 * x + y}, [np.multiply])
    norm = draw_map(solution, Figure().subplots()).images[0].norm
    assert norm.vmin == -norm.vmax < -2.9


def test_overshoot_is_no_change_of_sign() -> None:
    solution: Any = Fake({x: (0, 1), y: (0, 1)}, {u: lambda x, y: x - 1e-3 + 0 * y}, [np.multiply])
    norm = draw_map(solution, Figure().subplots()).images[0].norm
    assert norm.vmin > -2e-3


def test_time_runs_to_the_right() -> None:
    solution: Any = Fake(
        {t: (0, 2), x: (-1, 1)}, {u: lambda t, x: t + 0 * x}, [lambda t, x: t * x], time=t
    )
    figure = plot(solution)
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("t", "x")
    assert np.all(np.diff(axes.images[0].get_array(), axis=1) > 0)
    assert axes.get_aspect() == "auto"


def test_more_variables_are_cut_at_their_middle_and_the_title_says_where() -> None:
    solution: Any = Fake(
        {x: (0, 1), t: (0, 4), y: (0, 1), z: (1, 2)},
        {u: lambda x, t, y, z: 10 * t + z + x * y},
        [lambda x, t, y, z: x * y],
        time=t,
    )
    figure = plot(solution)
    assert "t = 2, z = 1.5" in figure.get_suptitle()
    assert 21.5 < images(figure)[0].get_array().min() < images(figure)[0].get_array().max() < 22.5


@pytest.mark.parametrize("equations", [1, 2, 3])
def test_every_unknown_and_every_equation_has_its_map(equations: int) -> None:
    solution: Any = Fake(
        {x: (0, 1), y: (0, 1)}, {u: np.add, v: np.subtract}, [np.multiply] * equations
    )
    titles = [axes.get_title() for axes in plot(solution).axes if axes.images]
    assert [title for title in titles if "residual" not in title] == ["u(x, y)", "v(x, y)"]
    assert len([title for title in titles if "residual" in title]) == equations


def test_title_states_the_error_and_shouts_a_failure() -> None:
    good: Any = Fake({x: (0, 1)}, {u: np.sin}, [np.cos])
    bad: Any = Fake({x: (0, 1)}, {u: np.sin}, [np.cos], converged=False)
    assert "3e-09" in plot(good).get_suptitle()
    assert "NOT CONVERGED" not in plot(good).get_suptitle()
    assert "NOT CONVERGED" in plot(bad).get_suptitle()
    assert "2e-02" in plot(bad).get_suptitle()


@pytest.mark.parametrize("value", [0.0, np.nan, 1e-300])
def test_degenerate_fields_still_draw(value: float, tmp_path: Path) -> None:
    def constant(*points: Any) -> Any:
        return value + 0 * sum(points)

    for box in ({x: (0, 1)}, {x: (0, 1), y: (0, 100)}):
        solution: Any = Fake(box, {u: constant}, [constant])
        plot(solution, tmp_path / "picture.png")
        assert imread(tmp_path / "picture.png").std() > 0


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    solution: Any = Fake({x: (0, 1)}, {u: np.sin}, [np.cos])
    plot(solution, tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").read_text().rstrip().endswith("</svg>")
    for wrong, word in (("picture.xyz", ".png"), ("nowhere/picture.png", "No such file")):
        with pytest.raises(sj.FileError, match=word):
            plot(solution, tmp_path / wrong)
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
    solution: Any = Fake({x: (0, 1)}, {u: np.sin}, [np.cos])
    with pytest.raises(sj.FileError, match="No space left"):
        plot(solution, target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_draw_functions_use_the_axes_they_are_given() -> None:
    solution: Any = Fake({x: (0, 1)}, {u: np.sin}, [np.cos])
    axes = Figure().subplots()
    assert draw_curves(solution, axes) is axes


def test_no_backend_is_chosen_and_no_setting_changes() -> None:
    code = (
        "import sys, matplotlib\n"
        "before = dict(dict.items(matplotlib.rcParams))\n"  # reading by key would choose a backend
        "import sigmajet.plot\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert dict(dict.items(matplotlib.rcParams)) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
