"""Finite elements with scikit-fem on the regions of `benchmarks/regions.py`.

Triangles by Shewchuk's Triangle; along curved walls their edges are parabolas through points of the
wall (isoparametric). Elements are of degree 4, in flows 4 for velocities and 3 for the pressure.
Each finer mesh has edges of half the length; towards corners where solutions are singular
triangles are halved further. A solver takes a level and gives an error, so that
whoever compares says where to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
import triangle
from scipy.sparse.linalg import splu
from skfem import (
    Basis,
    BilinearForm,
    ElementTriP3,
    ElementTriP4,
    ElementVector,
    FacetBasis,
    Functional,
    LinearForm,
    MeshTri,
    MeshTri2,
    condense,
    solve,
)
from skfem.helpers import ddot, div, dot, grad, sym_grad

Curve = Callable[[np.ndarray], np.ndarray]
ORDER = 12  # of quadrature
CORNER_CUTS = 6  # more halvings of what touches a singular corner, at each level


@dataclass(frozen=True)
class Wall:
    """A closed curve over [0, 1), or a polygon by its points; a `hole` by a point of it."""

    curve: Curve | None = None
    points: Sequence[tuple[float, float]] = ()
    hole: tuple[float, float] | None = None

    def cut(self, size: float) -> tuple[np.ndarray, np.ndarray]:
        """Points along it at most so far apart, and their parameters."""
        if self.curve is None:
            corners = np.array(self.points, float)
            sides = zip(corners, np.roll(corners, -1, axis=0), strict=True)
            found = []
            for a, b in sides:
                count = int(np.ceil(np.linalg.norm(b - a) / size))
                found.append(a + (b - a) * np.arange(count)[:, None] / count)
            points = np.concatenate(found)
            return points, np.full(len(points), np.nan)
        fine = self.curve(np.linspace(0, 1, 2001)).T
        length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
        count = max(8, int(np.ceil(length[-1] / size)))
        places = np.interp(
            np.linspace(0, length[-1], count + 1)[:-1], length, np.linspace(0, 1, 2001)
        )
        return self.curve(places).T, places


def circle(middle: tuple[float, float], radius: float, **more: Any) -> Wall:
    a, b = middle
    return Wall(
        lambda s: np.array(
            [a + radius * np.cos(2 * np.pi * s), b + radius * np.sin(2 * np.pi * s)]
        ),
        **more,
    )


def mesh(walls: Sequence[Wall], size: float, near: float | None = None) -> Any:
    """Triangles within walls; edges along closed curves go through their points.

    Curved walls have edges of a length `near` of their own.
    """
    points, segments, owners, places = [], [], [], []
    for number, wall in enumerate(walls):
        own = size if near is None or wall.curve is None else near
        here, at = wall.cut(own)
        first = sum(map(len, points))
        ring = first + np.arange(len(here))
        segments.append(np.stack([ring, np.roll(ring, -1)], axis=1))
        points.append(here)
        owners.append(np.full(len(here), number))
        places.append(at)
    given = {"vertices": np.concatenate(points), "segments": np.concatenate(segments)}
    holes = [wall.hole for wall in walls if wall.hole is not None]
    if holes:
        given["holes"] = np.array(holes)
    made = triangle.triangulate(given, f"pq30YQa{0.5 * size**2:.10f}")
    straight = MeshTri(
        np.ascontiguousarray(made["vertices"].T), np.ascontiguousarray(made["triangles"].T)
    )
    if all(wall.curve is None for wall in walls):
        return straight
    curved = MeshTri2.from_mesh(straight)
    places_at = curved.doflocs.copy()
    vertices = straight.p.shape[1]
    parameter = np.full(vertices, np.nan)
    owner = np.full(vertices, -1)
    count = sum(map(len, points))
    parameter[:count], owner[:count] = np.concatenate(places), np.concatenate(owners)
    edges = {frozenset(map(int, pair)) for pair in given["segments"]}
    for facet, (a, b) in enumerate(straight.facets.T):
        if frozenset((int(a), int(b))) in edges and np.isfinite(parameter[a]):
            s, t = parameter[a], parameter[b]
            if abs(s - t) > 0.5:  # across the seam
                s, t = min(s, t) + 1.0, max(s, t)
            curve = walls[owner[a]].curve
            places_at[:, vertices + facet] = curve(np.array([0.5 * (s + t) % 1.0]))[:, 0]
    return MeshTri2(places_at, curved.t)


def closing_in(straight: MeshTri, corner: tuple[float, float], times: int) -> MeshTri:
    """What touches a corner halved so many times."""
    for _ in range(times):
        at = int(np.argmin(np.linalg.norm(straight.p.T - corner, axis=1)))
        straight = straight.refined(np.flatnonzero(np.any(straight.t == at, axis=0)))
    return straight


@BilinearForm
def stiffness(u: Any, v: Any, _: Any) -> Any:
    return dot(grad(u), grad(v))


@BilinearForm
def mass(u: Any, v: Any, _: Any) -> Any:
    return u * v


def load(f: Callable[..., Any]) -> LinearForm:
    return LinearForm(lambda v, w: f(w.x[0], w.x[1]) * v)


def basis_of(m: Any) -> Basis:
    return Basis(m, ElementTriP4(), intorder=ORDER)


def l2(basis: Basis, values: np.ndarray, exact: Callable[..., Any]) -> float:
    """Relative L2 error."""
    off = Functional(lambda w: (w["u"] - exact(w.x[0], w.x[1])) ** 2)
    size = Functional(lambda w: exact(w.x[0], w.x[1]) ** 2)
    return float(np.sqrt(off.assemble(basis, u=values) / size.assemble(basis)))


def dirichlet(
    m: Any, source: Callable[..., Any] | None, wall: Callable[..., Any]
) -> tuple[Basis, np.ndarray]:
    """-Lap u = source with values on all walls."""
    basis = basis_of(m)
    matrix = stiffness.assemble(basis)
    right = load(source).assemble(basis) if source else np.zeros(basis.N)
    held = basis.get_dofs().all()
    values = np.zeros(basis.N)
    values[held] = wall(*basis.doflocs[:, held])
    return basis, solve(*condense(matrix, right, x=values, D=held))


def disk(level: int) -> float:
    def exact(x: Any, y: Any) -> Any:
        return np.exp(x) * np.cos(y) + x**2 * y**2

    m = mesh([circle((0.5, 0.0), 1.0)], 0.5 / 2**level)
    return l2(*dirichlet(m, lambda x, y: -2 * x**2 - 2 * y**2, exact), exact)


def ring(level: int) -> float:
    def exact(x: Any, y: Any) -> Any:
        s = x**2 + y**2
        return np.log(s) + x / s + x * y

    def flux(x: Any, y: Any) -> Any:  # du/dr + 2 u on r = 1
        s = x**2 + y**2
        return 2 - x / s + 2 * x * y + 2 * exact(x, y)

    m = mesh([circle((0, 0), 1.0), circle((0, 0), 0.5, hole=(0, 0))], 0.4 / 2**level)
    basis = basis_of(m)
    outer = m.facets_satisfying(lambda p: np.hypot(*p) > 0.75, boundaries_only=True)
    edge = FacetBasis(m, ElementTriP4(), facets=outer, intorder=ORDER)
    matrix = stiffness.assemble(basis) + 2 * mass.assemble(edge)
    right = load(flux).assemble(edge)
    inner = m.facets_satisfying(lambda p: np.hypot(*p) < 0.75, boundaries_only=True)
    held = basis.get_dofs(inner).all()
    values = np.zeros(basis.N)
    values[held] = exact(*basis.doflocs[:, held])
    return l2(basis, solve(*condense(matrix, right, x=values, D=held)), exact)


def star(level: int) -> float:
    def exact(x: Any, y: Any) -> Any:
        return np.exp(x) * np.cos(y)

    def curve(s: np.ndarray) -> np.ndarray:
        t = 2 * np.pi * s
        r = 1 + 0.3 * np.cos(5 * t)
        return np.array([r * np.cos(t), r * np.sin(t)])

    return l2(*dirichlet(mesh([Wall(curve)], 0.3 / 2**level), None, exact), exact)


DENT = ((-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1))


def _dented(level: int) -> MeshTri:
    m = mesh([Wall(points=DENT)], 0.5 / 2**level)
    return closing_in(m, (0, 0), CORNER_CUTS * (level + 1))


def dent(level: int) -> float:
    def exact(x: Any, y: Any) -> Any:
        theta = np.arctan2(-x - y, y - x) + 3 * np.pi / 4
        return np.hypot(x, y) ** (2 / 3) * np.sin(2 * theta / 3) + np.exp(x) * np.cos(y)

    return l2(*dirichlet(_dented(level), None, exact), exact)


def loaded_dent(level: int) -> float:
    m = _dented(level)
    for corner in DENT:
        m = closing_in(m, corner, 3 * (level + 1))
    basis, values = dirichlet(m, lambda x, y: 1 + 0 * x, lambda x, y: 0 * x)
    found = (basis.probes(np.array([[0.5], [0.5]])) @ values)[0]
    return abs(found / 0.102362157656037 - 1)


def conductor(level: int) -> float:
    def exact(x: Any, y: Any) -> Any:
        s = x**2 + y**2
        return np.where(s < 0.25, x, (2.5 - 3 / (8 * np.maximum(s, 0.1))) * x)

    m = mesh([circle((0, 0), 1.0), circle((0, 0), 0.5)], 0.4 / 2**level)
    basis = basis_of(m)
    middle = m.p[:, m.t[:3]].mean(axis=1)
    k = np.where(np.hypot(*middle) < 0.5, 4.0, 1.0)[:, None]
    form = BilinearForm(lambda u, v, w: k * dot(grad(u), grad(v)))
    held = basis.get_dofs().all()
    values = np.zeros(basis.N)
    values[held] = exact(*basis.doflocs[:, held])
    right = np.zeros(basis.N)
    return l2(basis, solve(*condense(form.assemble(basis), right, x=values, D=held)), exact)


def plate(level: int) -> float:
    """The largest error of the stress along the hole, of its peak."""
    square = [(-3, -3), (3, -3), (3, 3), (-3, 3)]
    m = mesh(
        [Wall(points=square), circle((0, 0), 1.0, hole=(0, 0))], 1.0 / 2**level, 0.5 / 2**level
    )
    element = ElementVector(ElementTriP4())
    basis = Basis(m, element, intorder=ORDER)
    nu = 0.3
    shear, first = 1 / (2 * (1 + nu)), nu / (1 - nu**2)

    @BilinearForm
    def elastic(u: Any, v: Any, _: Any) -> Any:
        return 2 * shear * ddot(sym_grad(u), sym_grad(v)) + first * div(u) * div(v)

    def exact(x: Any, y: Any) -> np.ndarray:
        r, kappa = np.hypot(x, y), (3 - nu) / (1 + nu)
        c, s = x / r, y / r
        c3, s3 = 4 * c**3 - 3 * c, 3 * s - 4 * s**3
        along = r * (kappa + 1) * c + 2 / r * ((1 + kappa) * c + c3) - 2 / r**3 * c3
        across = r * (kappa - 3) * s + 2 / r * ((1 - kappa) * s + s3) - 2 / r**3 * s3
        return np.array([along, across]) / (8 * shear)

    outer = m.facets_satisfying(lambda p: np.abs(p).max(axis=0) > 2.9, boundaries_only=True)
    dofs = basis.get_dofs(outer)
    values = np.zeros(basis.N)
    for n, name in enumerate(("u^1", "u^2")):
        held = dofs.all(name)
        values[held] = exact(*basis.doflocs[:, held])[n]
    values = solve(*condense(elastic.assemble(basis), np.zeros(basis.N), x=values, D=dofs.all()))
    inner = m.facets_satisfying(lambda p: np.hypot(*p) < 1.5, boundaries_only=True)
    edge = FacetBasis(m, element, facets=inner, intorder=4)
    slopes = edge.interpolate(values).grad
    hoop = (slopes[0, 0] + slopes[1, 1]) / (1 - nu)
    x, y = edge.global_coordinates()
    return float(np.abs(hoop - (1 - 2 * np.cos(2 * np.arctan2(y, x)))).max() / 3)


def four_holes(level: int, inflow: float) -> float:
    """The flux through the outer wall, which is twice the energy, against a number."""
    half = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
    middles = [(a, b) for a in (-0.3, 0.3) for b in (-0.3, 0.3)]
    holes = [circle(c, 0.1, hole=c) for c in middles]
    m = mesh([Wall(points=half), *holes], 0.2 / 2**level, 0.07 / 2**level)

    def wall(x: Any, y: Any) -> Any:
        return (np.maximum(np.abs(x), np.abs(y)) > 0.5 - 1e-9).astype(float)

    basis, values = dirichlet(m, None, wall)
    return abs(float(values @ stiffness.assemble(basis) @ values) / inflow - 1)


def cylinder(level: int) -> float:
    """Drag and lift of DFG 2D-1 by the weak form at the cylinder, after Newton's method."""
    nu, height, long = 1e-3, 0.41, 2.2
    pipe = [(0, 0), (long, 0), (long, height), (0, height)]
    m = mesh(
        [Wall(points=pipe), circle((0.2, 0.2), 0.05, hole=(0.2, 0.2))],
        0.12 / 2**level,
        0.03 / 2**level,
    )
    velocity = Basis(m, ElementVector(ElementTriP4()), intorder=ORDER)
    pressure = Basis(m, ElementTriP3(), intorder=ORDER)

    @BilinearForm
    def viscous(u: Any, v: Any, _: Any) -> Any:
        return nu * ddot(grad(u), grad(v))

    @BilinearForm
    def divergence(u: Any, q: Any, _: Any) -> Any:
        return -div(u) * q

    @BilinearForm
    def advected(u: Any, v: Any, w: Any) -> Any:
        ahead = np.einsum("j...,ij...->i...", w["w"], grad(u))
        back = np.einsum("j...,ij...->i...", u, grad(w["w"]))
        return dot(ahead + back, v)

    @LinearForm
    def inertia(v: Any, w: Any) -> Any:
        return dot(np.einsum("j...,ij...->i...", w["w"], grad(w["w"])), v)

    a, b = viscous.assemble(velocity), divergence.assemble(velocity, pressure)
    n = velocity.N
    state = np.zeros(n + pressure.N)

    def at(place: Callable[..., Any]) -> Any:
        return velocity.get_dofs(m.facets_satisfying(place, boundaries_only=True))

    ring = at(lambda p: np.hypot(p[0] - 0.2, p[1] - 0.2) < 0.06)
    inlet = at(lambda p: p[0] < 1e-9)
    still = at(lambda p: (p[1] < 1e-9) | (p[1] > height - 1e-9))
    along = inlet.all("u^1")
    y = velocity.doflocs[1, along]
    state[along] = 1.2 * y * (height - y) / height**2
    held = np.unique(np.concatenate([ring.all(), inlet.all(), still.all()]))
    free = np.setdiff1d(np.arange(len(state)), held)
    for _ in range(20):
        field = velocity.interpolate(state[:n])
        matrix = sparse.bmat(
            [[a + advected.assemble(velocity, w=field), b.T], [b, None]], format="csc"
        )
        moved = a @ state[:n] + inertia.assemble(velocity, w=field) + b.T @ state[n:]
        residual = np.concatenate([moved, b @ state[:n]])
        step = splu(matrix[free][:, free].tocsc()).solve(-residual[free])
        state[free] += step
        if np.abs(step).max() < 1e-11:
            break
    field = velocity.interpolate(state[:n])
    forces = a @ state[:n] + inertia.assemble(velocity, w=field) + b.T @ state[n:]
    found = [-500 * forces[ring.all(name)].sum() for name in ("u^1", "u^2")]
    return max(abs(f / k - 1) for f, k in zip(found, (5.57953523, 0.0106189), strict=True))


def hot_disk(level: int) -> float:
    """Gauss's two stages in time (order 4), of which there are more as meshes are finer."""

    def exact(x: Any, y: Any, t: float) -> Any:
        return np.exp(-t) * (1 - x**2 - y**2) * (2 + np.sin(x + t))

    def source(x: Any, y: Any, t: float) -> Any:
        bowl, s, c = 1 - x**2 - y**2, np.sin(x + t), np.cos(x + t)
        rate = -bowl * (2 + s) + bowl * c
        return np.exp(-t) * (rate - (-4 * (2 + s) - 4 * x * c - bowl * s))

    basis = basis_of(mesh([circle((0, 0), 1.0)], 0.5 / 2**level))
    inside = np.setdiff1d(np.arange(basis.N), basis.get_dofs().all())
    matrix = stiffness.assemble(basis)[inside][:, inside]
    weight = mass.assemble(basis)[inside][:, inside]
    steps = 16 * 2**level
    h, root = 1.0 / steps, np.sqrt(3) / 6
    stages = np.array([[0.25, 0.25 - root], [0.25 + root, 0.25]])
    nodes = np.array([0.5 - root, 0.5 + root])
    lu = splu((sparse.kron(np.eye(2), weight) + h * sparse.kron(stages, matrix)).tocsc())
    values = basis.project(lambda x: exact(x[0], x[1], 0.0))
    state = values[inside]
    for n in range(steps):
        right = [
            load(lambda x, y, t=t: source(x, y, t)).assemble(basis)[inside] - matrix @ state
            for t in (n + nodes) * h
        ]
        first, second = np.split(lu.solve(np.concatenate(right)), 2)
        state = state + 0.5 * h * (first + second)
    values[:] = 0.0
    values[inside] = state
    return l2(basis, values, lambda x, y: exact(x, y, 1.0))
