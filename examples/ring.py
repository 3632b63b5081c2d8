r"""# A heated ring from a file

A part comes as a surface of triangles (.stl), here a ring of 4096 of them. It is heated evenly from
within and held at its surface, warm on one side and cool on the other:

$$-\Delta T = 10, \qquad T = x \text{ on the surface.}$$

No mesh is made: a network is fitted at points inside and on the triangles. What flows out through
the surface is what is made within, ten for each unit of volume. Every edge between triangles is
weakly singular in such a solution, so that two digits are asked for.
"""

import tempfile
from pathlib import Path

import sympy as sp
import trimesh

import sigmajet as sj

file = Path(tempfile.mkdtemp(), "ring.stl")
trimesh.creation.torus(1, 0.4, major_sections=64, minor_sections=32).export(file)

x, y, z = space = sp.symbols("x y z")
T = sp.Function("T")(x, y, z)
ring = sj.Polyhedron(space, file)
heat = sp.Eq(-sum(T.diff(v, 2) for v in space), 10)
problem = sj.Problem(heat, T, ring, [sj.on_boundary(sp.Eq(T, x))])
solution = sj.solve(problem, tol=1e-2)

volume = solution.integrate(1)
outflow = solution.integrate(-sj.normal_derivative(T), over="outer")
assert abs(volume.value - trimesh.load_mesh(file).volume) < 1e-5
assert abs(outflow.value - 10 * volume.value) < 2e-2 * outflow.value

figure = solution.plot(residual=False, cmap="inferno")
