"""A solution on a grid, as the data structures of other tools: pandas, xarray, VTK."""

from __future__ import annotations

import base64
import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import ArrayLike

from .._extras import needed_by
from .._types import Array
from ..errors import FileError, ProblemError
from ..problem.terms.vocabulary import did_you_mean
from .masked import inside, refuse_grid
from .solved import Solved
from .storage import replacing

if TYPE_CHECKING:
    import pandas
    import xarray

__all__ = ["as_dataframe", "as_dataset", "write_vtk"]


def as_dataframe(
    solution: Solved, points: int, places: Mapping[str, ArrayLike]
) -> pandas.DataFrame:
    """See `Solution.to_dataframe`."""
    with needed_by("to_dataframe"):
        import pandas
    axes, values = _on_grid(solution, points, places)
    grids = np.meshgrid(*axes.values(), indexing="ij")
    columns = {name: grid.ravel() for name, grid in zip(axes, grids, strict=True)}
    frame = pandas.DataFrame({**columns, **{name: row.ravel() for name, row in values.items()}})
    frame.attrs.update(_attributes(solution))
    return frame


def as_dataset(solution: Solved, points: int, places: Mapping[str, ArrayLike]) -> xarray.Dataset:
    """See `Solution.to_xarray`."""
    with needed_by("to_xarray"):
        import xarray
    axes, values = _on_grid(solution, points, places)
    variables = {name: (tuple(axes), row) for name, row in values.items()}
    return xarray.Dataset(variables, coords=axes, attrs=_attributes(solution))


def write_vtk(
    solution: Solved, path: str | os.PathLike[str], points: int, places: Mapping[str, ArrayLike]
) -> None:
    """See `Solution.to_vtk`."""
    target = Path(path)
    if target.suffix.lower() != ".vtr":
        raise FileError(f"{target}: got the suffix {target.suffix!r}, expected .vtr")
    axes, values = _on_grid(solution, points, places)
    running = [axis for axis in axes.values() if len(axis) > 1]
    if len(running) > 3:
        raise ProblemError(
            f"to_vtk: {len(running)} variables run, and VTK draws three; give the others a value, "
            f"as in {list(axes)[-1]}=0.5"
        )
    running += [np.zeros(1)] * (3 - len(running))
    extent = " ".join(f"0 {len(axis) - 1}" for axis in running)
    arrays = "".join(_vtk_array(name, row.ravel(order="F")) for name, row in values.items())
    coordinates = "".join(_vtk_array("", axis) for axis in running)
    text = (
        '<VTKFile type="RectilinearGrid" version="1.0" byte_order="LittleEndian" '
        f'header_type="UInt64"><RectilinearGrid WholeExtent="{extent}"><Piece Extent="{extent}">'
        f"<PointData>{arrays}</PointData><Coordinates>{coordinates}</Coordinates>"
        "</Piece></RectilinearGrid></VTKFile>\n"
    )
    with replacing(target) as stream:
        stream.write(text.encode())


def _vtk_array(name: str, values: Array) -> str:
    """Numbers as VTK's XML holds them: their length in bytes and their bytes, in base 64."""
    data = values.astype("<f8").tobytes()
    content = base64.b64encode(np.uint64(len(data)).astype("<u8").tobytes() + data).decode()
    named = f"Name={quoteattr(name)} " if name else ""
    return f'<DataArray {named}type="Float64" format="binary">{content}</DataArray>'


def _attributes(solution: Solved) -> dict[str, float | int]:
    return {"error_estimate": solution.error_estimate, "converged": int(solution.converged)}


def _on_grid(
    solution: Solved, points: int, places: Mapping[str, ArrayLike]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Coordinates along each variable, and the unknowns on their grid, nan outside of a region."""
    if not (isinstance(points, int) and 1 < points < sys.maxsize):
        raise ProblemError(f"points: got {points!r:.60}, expected an integer of at least 2")
    domain = solution.problem.domain
    names = [str(variable) for variable in domain.variables]
    for name in places:
        if name not in names:
            raise ProblemError(
                f"got places for {name!r:.60}, expected some of {', '.join(names)}"
                + did_you_mean(name, names)
            )
    given = {name: _places(name, places[name]) for name in places}
    refuse_grid(math.prod(len(given[name]) if name in given else points for name in names))
    axes = {
        name: given[name] if name in given else np.linspace(low, high, points)
        for name, (_, low, high) in zip(names, domain, strict=True)
    }
    unknowns = [unknown.func.__name__ for unknown in solution.problem.unknowns]
    values = inside(solution.problem, solution.parts, len(unknowns), np.ix_(*axes.values()))
    return axes, dict(zip(unknowns, values, strict=True))


def _places(name: str, given: ArrayLike) -> Array:
    """Where a variable is taken."""
    try:
        places = np.atleast_1d(np.asarray(given, dtype=float))
    except (TypeError, ValueError):
        places = np.empty(0)
    if places.ndim != 1 or not places.size or not np.all(np.diff(places) > 0):
        raise ProblemError(f"{name}: got {given!r:.60}, expected a number, or numbers that rise")
    return places
