"""Causes of a miss: what is said of conditions that are not met follows from where they are not."""

from sigmajet.adaptivity.diagnosis import violated_conditions
from sigmajet.adaptivity.estimate import Mismatch


def test_what_is_violated_everywhere_may_contradict_and_what_is_at_a_place_is_not_resolved():
    everywhere = Mismatch("u(0, y) = 1", 0.5, 0.4)
    corner = Mismatch("u(1, y) = 0", 0.1, 1e-7)
    met = Mismatch("u(2, y) = 0", 1e-9, 1e-9)
    first, second = violated_conditions((met, corner, everywhere), 1e-6)
    assert "`u(0, y) = 1`" in first
    assert "contradict" in first
    assert "`u(1, y) = 0` is met over most" in second
    assert "contradict" not in second
    assert "corner" in second
