"""Other tools get the same numbers: tables, labelled arrays, VTK files, what notebooks show."""

import base64
import sys
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
from sympy import Eq, Function, pi, sin, symbols

import sigmajet as sj

x, t = symbols("x t")
u, v = Function("u")(x, t), Function("v")(x, t)


@cache
def travelling():
    """Of u_t = v_x, v_t = u_x: cos(x) sin(t) and sin(x) cos(t)."""
    return sj.solve(
        sj.Problem(
            [Eq(u.diff(t), v.diff(x)), Eq(v.diff(t), u.diff(x))],
            [u, v],
            {x: (0, pi), t: (0, 1)},
            [
                Eq(u.subs(t, 0), 0),
                Eq(v.subs(t, 0), sin(x)),
                *(Eq(v.subs(x, a), 0) for a in (0, pi)),
            ],
            time=t,
        ),
        tol=1e-5,
        on_failure="return",
    )


def test_a_table_has_a_row_for_each_point_and_the_values_there():
    pytest.importorskip("pandas")
    frame = travelling().to_dataframe(points=7, t=[0.0, 0.5])
    assert list(frame.columns) == ["x", "t", "u", "v"]
    assert len(frame) == 14
    expected = travelling()(frame["x"], frame["t"])
    np.testing.assert_array_equal(frame[["u", "v"]].to_numpy().T, expected)
    np.testing.assert_allclose(frame["v"], np.sin(frame["x"]) * np.cos(frame["t"]), atol=1e-4)
    assert frame.attrs["error_estimate"] == travelling().error_estimate


def test_labelled_arrays_are_selected_by_coordinates():
    pytest.importorskip("xarray")
    data = travelling().to_xarray(points=9, t=0.25)
    assert dict(data.sizes) == {"x": 9, "t": 1}
    middle = float(data["v"].sel(t=0.25).interp(x=np.pi / 2))
    assert middle == pytest.approx(np.cos(0.25), abs=1e-4)
    assert data.attrs["converged"] == int(travelling().converged)


def test_a_vtk_file_holds_the_values_on_the_grid(tmp_path):
    file = tmp_path / "wave.vtr"
    travelling().to_vtk(file, points=5)
    (grid,) = ElementTree.parse(file).getroot().findall("RectilinearGrid")
    assert grid.get("WholeExtent") == "0 4 0 4 0 0"
    held = {name: _numbers(array) for name, array in _arrays(grid)}
    assert list(held) == ["u", "v", "0", "1", "2"]
    places = held["0"], held["1"]
    np.testing.assert_allclose(places[0], np.linspace(0, np.pi, 5))
    for name, values in zip("uv", travelling()(*np.ix_(*places)), strict=True):
        np.testing.assert_array_equal(held[name].reshape(5, 5, order="F"), values)


def _arrays(grid):
    """The arrays of a grid: by name, and those of the coordinates by number."""
    for array in grid.iterfind(".//PointData/DataArray"):
        yield array.get("Name"), array
    for number, array in enumerate(grid.iterfind(".//Coordinates/DataArray")):
        yield str(number), array


def _numbers(array):
    """What is after the length in bytes, as VTK's documentation of its XML files has it."""
    content = base64.b64decode(array.text)
    assert int(np.frombuffer(content, "<u8", 1)[0]) == len(content) - 8
    return np.frombuffer(content, "<f8", offset=8)


def test_vtk_reads_what_is_written(tmp_path):
    file = tmp_path / "wave.vtr"
    travelling().to_vtk(file, points=5)
    pyvista = pytest.importorskip("pyvista")
    grid = pyvista.read(file)
    np.testing.assert_allclose(grid.x, np.linspace(0, np.pi, 5))
    shaped = grid.point_data["v"].reshape(5, 5, order="F")
    np.testing.assert_array_equal(shaped, travelling()(*np.ix_(grid.x, grid.y))[1])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda s, _: s.to_vtk("wave.vtu"), sj.FileError, r"expected \.vtr"),
        (lambda s, p: s.to_vtk(p / "a.vtr", y=1), sj.ProblemError, "places for 'y', expected some"),
        (lambda s, p: s.to_vtk(p / "a.vtr", points=1), sj.ProblemError, "at least 2"),
        (lambda s, p: s.to_vtk(p / "a.vtr", points=10**6), sj.ProblemError, "1.0e[+]12 values"),
        (lambda s, p: s.to_vtk(p / "a.vtr", t=2), sj.ProblemError, "t = 2 lies outside"),
        (lambda s, p: s.to_vtk(p / "a.vtr", t=[1, 0]), sj.ProblemError, "numbers that rise"),
    ],
)
def test_what_is_no_grid_is_refused(call, error, words, tmp_path):
    with pytest.raises(error, match=words):
        call(travelling(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'sigmajet\[data\]'"):
        travelling().to_dataframe()


def test_notebooks_show_the_picture_and_the_report():
    shown = travelling()._repr_html_()
    assert "data:image/png;base64,iVBOR" in shown
    assert travelling().report._repr_html_() in shown
    assert travelling().report._repr_html_().count("<tr>") == 1 + len(travelling().report.attempts)
    assert travelling().plot()._repr_png_().startswith(b"\x89PNG")
