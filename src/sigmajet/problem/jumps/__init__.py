"""Jumps: where formulas have them, and what equations mean there."""
