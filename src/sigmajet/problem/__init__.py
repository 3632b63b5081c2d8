"""Statements: SymPy or a problem file in, a frozen, validated `Problem` out. Nothing is solved."""

from __future__ import annotations

from .domain import Box
from .relation import Relation
from .statement import Problem
from .text import ProblemFile, from_text, load_file, load_problem
from .trace import Interval, Trace

__all__ = [
    "Box",
    "Interval",
    "Problem",
    "ProblemFile",
    "Relation",
    "Trace",
    "from_text",
    "load_file",
    "load_problem",
]
