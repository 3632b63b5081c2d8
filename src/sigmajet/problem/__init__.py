"""Statements: SymPy or a problem file in, a frozen, validated `Problem` out. Nothing is solved."""

from __future__ import annotations

from ..geometry.place import Interval
from .boundary.conditions import normal, normal_derivative, on_boundary
from .domains.curves import ClosedCurve
from .domains.outlines import Outline
from .domains.plane import Annulus, Disk, Ellipse, Polygon, Sector
from .domains.polyhedra import Polyhedron
from .domains.solids import Ball, Cylinder
from .domains.splines import Spline
from .files import ProblemFile, from_text, load_file, load_problem
from .jumps.inside import inside
from .jumps.jump import avg, divergence, gradient, interface, jump
from .statement import Problem
from .terms.domain import Box, Region
from .terms.relation import Relation
from .terms.trace import Trace

__all__ = [
    "Annulus",
    "Ball",
    "Box",
    "ClosedCurve",
    "Cylinder",
    "Disk",
    "Ellipse",
    "Interval",
    "Outline",
    "Polygon",
    "Polyhedron",
    "Problem",
    "ProblemFile",
    "Region",
    "Relation",
    "Sector",
    "Spline",
    "Trace",
    "avg",
    "divergence",
    "from_text",
    "gradient",
    "inside",
    "interface",
    "jump",
    "load_file",
    "load_problem",
    "normal",
    "normal_derivative",
    "on_boundary",
]
