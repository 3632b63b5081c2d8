"""Holes that are a small part of their region: cells of their size before anything is judged."""

import numpy as np
import sympy as sp

import sigmajet as sj
from sigmajet.approximation.norm import draw_sample
from sigmajet.geometry.partition import Partition
from sigmajet.randomness import Seed

x, y = sp.symbols("x y")
u, v, p = (sp.Function(name)(x, y) for name in "uvp")


def laplacian(f):
    return f.diff(x, 2) + f.diff(y, 2)


def test_a_flow_past_a_cylinder_in_a_channel_is_found():
    """A point force in the middle of the cylinder of DFG 2D-1, and a stream along its channel.

    Its velocity and pressure are the Stokeslet's (C. Pozrikidis, Boundary Integral and Singularity
    Methods, 1992, section 2.2), which the cells share.
    """
    height, radius, viscosity = sp.Rational(41, 100), sp.Rational(1, 20), sp.Rational(1, 1000)
    a, b = x - sp.Rational(1, 5), y - sp.Rational(1, 5)
    square = a**2 + b**2
    exact = (
        -sp.log(square) / 2 + a**2 / square + y * (height - y),
        a * b / square,
        2 * viscosity * (a / square - x),
    )
    pipe = sj.Box((x, y), (0, 0), (sp.Rational(3, 5), height))
    channel = pipe - sj.Disk((x, y), (sp.Rational(1, 5), sp.Rational(1, 5)), radius)
    equations = [
        sp.Eq(-viscosity * laplacian(u) + p.diff(x), 0),
        sp.Eq(-viscosity * laplacian(v) + p.diff(y), 0),
        sp.Eq(u.diff(x) + v.diff(y), 0),
    ]
    level = {x: sp.Rational(1, 2), y: sp.Rational(1, 5)}
    conditions = [
        *(sj.on_boundary(sp.Eq(f, e)) for f, e in zip((u, v), exact, strict=False)),
        sp.Eq(p.subs(level), exact[2].subs(level)),
    ]
    solution = sj.solve(sj.Problem(equations, [u, v, p], channel, conditions), tol=1e-6)
    places = draw_sample(Partition.of(channel.shape), Seed(7)).points
    for found, formula in zip(solution(*places.T), exact, strict=True):
        truth = sp.lambdify((x, y), formula)(*places.T)
        assert np.sqrt(np.mean((found - truth) ** 2) / np.mean(truth**2)) < 1e-9
    assert solution.report.blocks == 1
