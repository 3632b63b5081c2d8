"""Causes of a miss: what is said of conditions that are not met follows from where they are not."""

import numpy as np
from sympy import Eq, Function, Rational, sqrt, symbols

import sigmajet as sj
from sigmajet.adaptivity.diagnosis import (
    accuracy_cause,
    inner_kinks,
    undefined_equations,
    violated_conditions,
)
from sigmajet.adaptivity.estimate import Mismatch
from sigmajet.adaptivity.seen import Seen
from sigmajet.analysis.singular.wall_data import singular_along_walls
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed

X, Y = symbols("x y")


def test_what_is_violated_everywhere_may_contradict_and_what_is_at_a_place_is_not_resolved():
    everywhere = Mismatch("u(0, y) = 1", 0.5, 0.4)
    corner = Mismatch("u(1, y) = 0", 0.1, 1e-7)
    met = Mismatch("u(2, y) = 0", 1e-9, 1e-9)
    first, second = violated_conditions((met, corner, everywhere), 1e-6, 1e-9)
    assert "`u(0, y) = 1`" in first
    assert first.endswith("it may contradict another condition or the equation")
    assert "`u(1, y) = 0` is met over most" in second
    assert "contradict" not in second
    assert "corner" in second


def test_where_equations_are_not_met_either_the_solution_may_be_too_coarse():
    everywhere = Mismatch("u(0, y) = 1", 0.5, 0.4)
    (said,) = violated_conditions((everywhere,), 1e-6, 0.1)
    assert "contradict" in said
    assert said.endswith("that are not resolved")


def test_what_falls_on_finer_cells_contradicts_nothing():
    everywhere = Mismatch("u(0, y) = 1", 0.5, 0.4)
    (said,) = violated_conditions((everywhere,), 1e-6, 0.1, falling=True)
    assert "may contradict" not in said
    assert said.endswith("that are not resolved")


def test_what_all_draws_miss_alike_is_said_where_their_estimate_is_small():
    seen = Seen(
        stage=None,
        field=None,
        estimate=1e-9,
        defects=np.zeros(2),
        errors={},
        switches=(0.25, 0.5),
        astray=1e-3,
    )
    (said,) = inner_kinks(seen, "x", 1e-6)
    assert "x = 0.25, 0.5," in said
    assert not [*inner_kinks(seen, "x", 1e-2)]


def test_rounding_beside_a_resonance_is_told_from_an_error_that_it_does_not_explain():
    """At 1e-7 beside a resonance noise of 1e-16 makes 1e-9 of the solution, and not 1e-2."""
    (cause,) = accuracy_cause(0.0, 3e-8, fixed=False, amplification=4e5)
    assert "4e+05 times as far, as beside a resonance" in cause
    assert not list(accuracy_cause(0.0, 1e-2, fixed=False, amplification=4e5))


DISK, U = sj.Disk((X, Y), (0, 0), 1), Function("u")(X, Y)
RIM = 1 - X**2 - Y**2


def on_disk(source, wall):
    equation = Eq(U.diff(X, 2) + U.diff(Y, 2), source)
    return System.compile(sj.Problem(equation, U, DISK, [sj.on_boundary(Eq(U, wall))]))


def test_data_that_rounding_makes_complex_are_named():
    """On the circle 1 - x^2 - y^2 is below zero at some points."""
    system = on_disk(0, RIM ** Rational(3, 2))
    (cause,) = undefined_equations(system, Partition.of(DISK.shape), Seed(0))
    assert "is not a real number at " in cause
    assert "points of its place" in cause
    assert not [*undefined_equations(on_disk(0, X), Partition.of(DISK.shape), Seed(0))]


def test_what_is_singular_all_along_a_wall_is_named():
    (cause,) = singular_along_walls(on_disk(1 / sqrt(RIM) + sqrt(2 - X), 0))
    assert "infinite all along wall 0" in cause
