"""Triangles as files have them to the body within: vertices joined, sides turned, faults named.

What has no unique inside is refused: surfaces with a hole or a seam of three sheets, such as touch
or cross themselves, and bodies within bodies of which it is open whether they are cavities.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._types import Array, Integers
from ...errors import ProblemError
from ...rounding import HALF_OF_THE_DIGITS
from ...rules.samples import MANY
from ..shapes.chains import written
from ..shapes.curve import Motion
from .facets import Facets, edges_of, feet_on, neighbours, squared
from .polyhedron import Polyhedron, connected
from .solid import SolidRegion
from .tree import Leaf

__all__ = ["polyhedron"]


def polyhedron(vertices: Array, triangles: Integers) -> SolidRegion:
    """What lies within closed surfaces of triangles (f, 3) between vertices (v, 3).

    Raises
    ------
    ProblemError
        If they bound nothing, or leave open what is inside.
    """
    used, numbers = np.unique(triangles, return_inverse=True)
    vertices, triangles = vertices[used], numbers.reshape(-1, 3)
    if len(triangles) <= 3:
        raise ProblemError(f"got {len(triangles)} triangles, expected a closed surface of them")
    lower, upper = vertices.min(axis=0), vertices.max(axis=0)
    middle, half = 0.5 * (lower + upper), 0.5 * float(np.max(upper - lower))
    if half == 0.0:
        raise ProblemError(f"all triangles are one point, {written(middle)}")
    vertices, triangles = _joined(vertices, (vertices - middle) / half, triangles)
    _Surface(vertices, (vertices - middle) / half, triangles).refuse_unsound()
    places = (vertices - middle) / half
    body = Polyhedron(Facets(places, _outward(vertices, places, triangles)))
    return SolidRegion(Leaf(body, Motion(half * np.eye(3), middle)))


def _joined(vertices: Array, places: Array, triangles: Integers) -> tuple[Array, Integers]:
    """Vertices that single precision tells apart, as most files have them, and the triangles."""
    from scipy.spatial import cKDTree  # who has no triangles does not wait for it

    size = np.abs(vertices).max() / np.ptp(vertices, axis=0).max()  # far off there are fewer digits
    apart = 4.0 * max(1.0, float(size)) * float(np.finfo(np.float32).eps)
    same = cKDTree(places).query_pairs(apart, output_type="ndarray")
    numbers = connected(len(vertices), same)
    _, first = np.unique(numbers, return_index=True)
    triangles = numbers[triangles]
    whole = np.all(triangles != np.roll(triangles, 1, axis=1), axis=1)
    return vertices[first], triangles[whole]


class _Surface:
    """Triangles between vertices as given, and in a box of half size one."""

    def __init__(self, vertices: Array, places: Array, triangles: Integers) -> None:
        self.vertices, self.places, self.triangles = vertices, places, triangles

    def refuse_unsound(self) -> None:
        """Raise if the triangles make no closed surface that keeps away from itself."""
        self._refuse_edges()
        self._refuse_lines()
        self._refuse_corners()
        self._refuse_crossing()

    def _refuse_edges(self) -> None:
        edges, sharing = np.unique(edges_of(self.triangles), axis=0, return_counts=True)
        for wrong, fault, remedy in (
            (sharing == 1, "is open: {} edges belong to one triangle alone", "close its holes"),
            (
                sharing > 2,
                "has no inside: {} edges belong to more than two triangles",
                "join or part there the bodies that touch",
            ),
        ):
            if np.any(wrong):
                a, b = (written(self.vertices[k]) for k in edges[np.argmax(wrong)])
                raise ProblemError(
                    f"the surface {fault.format(np.sum(wrong))}, such as that from {a} to {b}; "
                    f"{remedy} in the program that made it"
                )
        if not len(edges):
            raise ProblemError(
                "no triangle is left of the surface: all of them are points or lines"
            )

    def _refuse_lines(self) -> None:
        corners = self.places[self.triangles]
        sides = corners - np.roll(corners, 1, axis=1)
        areas = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
        flat = areas <= HALF_OF_THE_DIGITS * squared(sides).max(axis=1)
        if np.any(flat):
            first = ", ".join(written(self.vertices[k]) for k in self.triangles[np.argmax(flat)])
            raise ProblemError(
                f"{np.sum(flat)} triangles of the surface are lines, such as {first}; remove them "
                "in the program that made it"
            )

    def _refuse_corners(self) -> None:
        """Raise where sheets meet at a vertex alone."""
        pairs, _ = neighbours(self.triangles)
        first, second = (self.triangles[pairs[:, k]] for k in (0, 1))
        at, a, b = np.nonzero(first[:, :, None] == second[:, None, :])
        joined = np.stack([3 * pairs[at, 0] + a, 3 * pairs[at, 1] + b], axis=-1)
        fans = connected(self.triangles.size, joined)
        of = np.unique(np.stack([self.triangles.ravel(), fans], axis=-1), axis=0)[:, 0]
        counts = np.bincount(of)
        if np.any(counts > 1):
            self._refuse_touching(self.vertices[np.argmax(counts > 1)])

    def _refuse_crossing(self) -> None:
        facets = Facets(self.places, self.triangles)
        room = 4.0 * HALF_OF_THE_DIGITS  # what points on one side of a wall take
        lower, upper = facets.corners.min(axis=1) - room, facets.corners.max(axis=1) + room
        for start in range(0, len(facets), MANY):
            some = slice(start, start + MANY)
            rows, other = facets.meeting(lower[some], upper[some])
            rows, other = (each[rows + start != other] for each in (rows + start, other))
            met = _met(facets, rows, other, room)
            if np.any(met):
                self._refuse_touching(self.vertices[self.triangles[rows[np.argmax(met)]]].mean(0))

    def _refuse_touching(self, point: Array) -> None:
        raise ProblemError(
            f"the surface crosses or touches itself about {written(point)}; repair it in the "
            "program that made it, or give its bodies one by one and put them together by |"
        )


def _met(facets: Facets, rows: Integers, other: Integers, room: float) -> NDArray[np.bool_]:
    """Of which pairs the first one comes to the second one, but for vertices that both have."""
    corners, targets = facets.corners[rows], facets.corners[other]
    named = facets.triangles[rows][:, :, None] == facets.triangles[other][:, None, :]
    own = ~np.any(named, axis=2)
    found = squared(corners.mean(axis=1) - feet_on(corners.mean(axis=1), targets)[0]) <= room**2
    for k in range(3):
        ends = corners[:, k], corners[:, (k + 1) % 3]
        found |= own[:, k] & (squared(ends[0] - feet_on(ends[0], targets)[0]) <= room**2)
        found |= own[:, k] & own[:, (k + 1) % 3] & _crossing(*ends, targets)
    return found


def _crossing(start: Array, stop: Array, corners: Array) -> NDArray[np.bool_]:
    """Whether lines between points (m, 3) pass through triangles (m, 3, 3)."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sides = [np.sum(normals * (end - corners[:, 0]), axis=1) for end in (start, stop)]
    along = (stop - start)[:, None]
    away = corners - start[:, None]
    around = np.sum(np.cross(away, np.roll(away, -1, axis=1)) * along, axis=-1)
    same = np.all(around >= 0.0, axis=1) | np.all(around <= 0.0, axis=1)
    return np.asarray(same & (sides[0] * sides[1] < 0.0))


def _outward(vertices: Array, places: Array, triangles: Integers) -> Integers:
    """Triangles turned so that the inside of the body is behind each of them.

    Those of one closed surface are turned alike, and what it bounds is told from how many others
    are around it.
    """
    count = len(triangles)
    pairs, agree = neighbours(triangles)
    # Each triangle and its mirror image: what can be turned alike is one component.
    mirrored = [pairs[agree], pairs[agree] + count]
    mirrored += [pairs[~agree] + shift for shift in ([0, count], [count, 0])]
    alike = connected(2 * count, np.concatenate(mirrored))[:count]
    shells = connected(count, pairs)
    begins = np.unique(shells, return_index=True)[1]
    flipped = alike != alike[begins[shells]]
    triangles = np.where(flipped[:, None], triangles[:, ::-1], triangles)
    depths = np.zeros(len(begins), dtype=np.intp)
    for number in range(len(begins) if len(begins) > 1 else 0):
        inside = _turns(places[triangles[shells == number]], places[triangles[begins, 0]]) > 0.5
        depths += inside & (np.arange(len(begins)) != number)
    volumes = np.bincount(shells, Facets(places, triangles).volumes)
    meant = np.sign(volumes) * np.where(depths % 2, -1.0, 1.0)
    given = np.bincount(shells, flipped) == 0.0
    outer = meant[given & (depths == 0)]
    usual = -1.0 if len(outer) and np.all(outer < 0.0) else 1.0
    unclear = given & (depths > 0) & (meant != usual)
    if np.any(unclear):
        inner = written(vertices[triangles[begins[np.argmax(unclear)], 0]])
        raise ProblemError(
            f"the closed surface at {inner} lies within another one, and both have their outsides "
            "on the same side: if it bounds a cavity, turn its triangles, or take its body away by "
            "-; if not, leave it out"
        )
    back = (meant < 0.0)[shells]
    return np.where(back[:, None], triangles[:, ::-1], triangles)


def _turns(corners: Array, points: Array) -> Array:
    """How often closed triangles (f, 3, 3) go around points (m, 3), without a sign.

    Their solid angles are those of A. van Oosterom and J. Strackee, IEEE Trans. Biomed. Eng. 30,
    1983.
    """
    found = np.zeros(len(points))
    for number, point in enumerate(points):
        a, b, c = np.moveaxis(corners - point, 1, 0)
        lengths = [np.linalg.norm(each, axis=1) for each in (a, b, c)]
        above = np.sum(a * np.cross(b, c), axis=1)
        below = lengths[0] * lengths[1] * lengths[2]
        for first, second, length in ((a, b, lengths[2]), (b, c, lengths[0]), (c, a, lengths[1])):
            below = below + np.sum(first * second, axis=1) * length
        found[number] = abs(np.sum(np.arctan2(above, below))) / (2.0 * np.pi)
    return found
