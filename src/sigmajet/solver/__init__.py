"""Strategies that turn a statement into a solution with a checked error."""

from __future__ import annotations

from .solve import solve

__all__ = ["solve"]
