"""Statements: SymPy or a problem file in, a frozen, validated `Problem` out. Nothing is solved."""

from __future__ import annotations

from ..geometry.place import Interval
from .boundary.conditions import normal, normal_derivative, on_boundary
from .domains.plane import Disk, Polygon
from .files import ProblemFile, from_text, load_file, load_problem
from .jumps.jump import avg, divergence, gradient, interface, jump
from .statement import Problem
from .terms.domain import Box, Region
from .terms.relation import Relation
from .terms.trace import Trace

__all__ = [
    "Box",
    "Disk",
    "Interval",
    "Polygon",
    "Problem",
    "ProblemFile",
    "Region",
    "Relation",
    "Trace",
    "avg",
    "divergence",
    "from_text",
    "gradient",
    "interface",
    "jump",
    "load_file",
    "load_problem",
    "normal",
    "normal_derivative",
    "on_boundary",
]
