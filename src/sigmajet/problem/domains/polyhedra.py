"""Regions within closed surfaces of triangles, as files of other programs hold them."""

from __future__ import annotations

import io
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..._extras import needed_by
from ..._types import Array, Integers
from ...errors import FileError, ProblemError
from ...geometry.solids.closed import polyhedron
from ...geometry.solids.solid import SolidRegion
from ...rules.samples import MANY
from ..terms.domain import Region
from .arguments import state

__all__ = ["FORMATS", "Polyhedron", "is_text"]

FORMATS = (".stl", ".ply", ".obj", ".off")
_LARGEST = MANY * MANY  # bytes: a binary .stl of 335,000 triangles


class Polyhedron(Region):
    """What lies within a closed surface of triangles, or between one and cavities in it.

    Triangles that meet by less than 30 degrees make one wall, as those of a curved wall do;
    `problem.plot()` shows the numbers of walls. A surface within another one bounds a cavity, the
    part "hole". Files need trimesh.

    Parameters
    ----------
    variables : three Symbols
    source : path, str, pair of arrays or trimesh.Trimesh
        A file, .stl, .ply, .obj or .off; the text of a file in the Object File Format, which begins
        with "OFF"; or points (n, 3) with triangles (m, 3), three numbers of points each.
    name : str, optional
        Of all walls.

    Raises
    ------
    ProblemError
        If the surface is empty or open, touches or crosses itself, or leaves open what is inside.
    FileError
        If the file cannot be read.
    MissingExtra
        If trimesh is not installed.

    Examples
    --------
    >>> import sympy
    >>> import sigmajet as sj
    >>> corners = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    >>> facets = [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)]
    >>> wedge = sj.Polyhedron(sympy.symbols("x y z"), (corners, facets))
    >>> len(wedge.shape.boundary)
    4
    """

    __slots__ = ()

    def __init__(self, variables: Any, source: Any, *, name: str | None = None) -> None:
        text = source if is_text(source) else _text(*_triangles(source))
        shape = _within(text)
        state(self, variables, shape, name, repr(text))


def is_text(source: Any) -> bool:
    """Whether it is a surface as text, and not the name of a file."""
    return isinstance(source, str) and source.split(maxsplit=1)[:1] == ["OFF"]


def _triangles(source: Any) -> tuple[Array, Integers]:
    """Points (n, 3) and triangles (m, 3) of what is given."""
    if isinstance(source, str | os.PathLike):
        source = _loaded(Path(source))
    given = (source.vertices, source.faces) if hasattr(source, "faces") else source
    try:
        points, triangles = given
        vertices, numbers = np.asarray(points, dtype=float), np.asarray(triangles)
    except (TypeError, ValueError):
        raise ProblemError(
            f"Polyhedron: got {source!r:.60}, expected a file, or points and triangles"
        ) from None
    if numbers.dtype.kind not in "iu":
        raise ProblemError("Polyhedron: triangles are three whole numbers of points each")
    return vertices, numbers.astype(np.intp)


def _loaded(path: Path) -> Any:
    """What a file holds, by trimesh; nothing else than the file itself is opened."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise FileError(f"{path}: got {suffix or 'no suffix'}, expected {', '.join(FORMATS)}")
    try:
        if not path.is_file():
            raise FileError(f"{path}: is no file; expected a surface of triangles")
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror})") from None
    if len(content) > _LARGEST:
        raise FileError(
            f"{path}: larger than {_LARGEST // 2**20} MiB, that is 335,000 triangles of a binary "
            ".stl; write it with fewer triangles, or not as text"
        )
    with needed_by("Polyhedron"):
        import trimesh
    options = {"skip_materials": True} if suffix == ".obj" else {}
    try:
        found = trimesh.load_mesh(
            io.BytesIO(content), file_type=suffix[1:], process=False, **options
        )
    except Exception as fault:  # whatever its readers stumble over
        raise FileError(f"{path}: cannot be read as {suffix} ({fault!s:.100})") from None
    if not len(getattr(found, "faces", ())):
        raise FileError(f"{path}: no triangles can be read from it as {suffix}; is it whole?")
    return found


def _text(points: Array, triangles: Integers) -> str:
    """Points and triangles in the Object File Format, on one line."""
    if points.ndim != 2 or points.shape[1] != 3 or triangles.ndim != 2 or triangles.shape[1] != 3:
        raise ProblemError(
            f"Polyhedron: got points {points.shape} and triangles {triangles.shape}, expected "
            "(n, 3) and (m, 3)"
        )
    if np.all(np.isfinite(points)) and set(triangles.ravel()) <= set(range(len(points))):
        points, numbers = np.unique(points + 0.0, axis=0, return_inverse=True)
        triangles = numbers.reshape(-1)[triangles]
    words = ["OFF", str(len(points)), str(len(triangles)), "0"]
    words += map(repr, points.ravel().tolist())
    words += [f"3 {a} {b} {c}" for a, b, c in triangles.tolist()]
    return " ".join(words)


@lru_cache(maxsize=4)  # a statement is read back where it is saved
def _within(text: str) -> SolidRegion:
    words = [word for line in text.splitlines() for word in line.partition("#")[0].split()]
    try:
        points, triangles = (int(word) for word in words[1:3])
        if min(points, triangles) < 0 or 3 * points + 4 * triangles > len(words):
            raise ValueError("it is cut off")
        first = 4 + 3 * points
        vertices = np.array(words[4:first], dtype=float).reshape(points, 3)
        table = np.array(words[first : first + 4 * triangles], dtype=np.intp).reshape(-1, 4)
        if np.any(table[:, 0] != 3):
            raise ValueError("it has faces with more than three corners")
    except (ValueError, OverflowError) as error:
        raise ProblemError(
            f"Polyhedron: {text[:40]!r}... is no text of a surface ({error!s:.80}); expected "
            "'OFF', the numbers of points and triangles, 0, the points, and each triangle as 3 "
            "and its points"
        ) from None
    if not np.all(np.isfinite(vertices)):
        raise ProblemError("Polyhedron: a point of the surface is no finite number")
    numbers = table[:, 1:]
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < points:
        raise ProblemError(
            f"Polyhedron: triangles name points from {numbers.min()} to {numbers.max()}, expected "
            f"0 to {points - 1}"
        )
    try:
        return polyhedron(vertices, numbers)
    except ProblemError as error:
        raise ProblemError(f"Polyhedron: {error}") from None
