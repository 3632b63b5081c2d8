"""Every random number comes from the one tree of seeds, and its branches are independent."""

from pathlib import Path

import numpy as np
import pytest

from sigmajet.randomness import Purpose, Seed

SOURCE = Path(__file__).parents[1] / "src" / "sigmajet"
BESIDE = ("deep", "jax", "torch")  # which draw with the generators of their frameworks


def test_numbers_are_drawn_from_one_tree() -> None:
    drawing = {
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*.py")
        if "default_rng(" in file.read_text(encoding="utf-8")
    }
    assert {name for name in drawing if not name.startswith(BESIDE)} == {"randomness.py"}


def test_a_path_names_a_stream_and_another_path_another() -> None:
    seeds = [Seed(n) for n in range(3)]
    seeds += [s.of(p, k) for s in seeds[:2] for p in Purpose for k in range(3)]
    seeds += [s.of(Purpose.DRAW, 1).of(Purpose.NEURONS, 1) for s in seeds[:2]]
    first = np.array([s.generator().random(64) for s in seeds])
    again = np.array([s.generator().random(64) for s in seeds])
    np.testing.assert_array_equal(first, again)
    # Of 64 numbers each, correlations of independent streams are below 0.6 with all but 1e-6.
    alike = np.corrcoef(first) - np.eye(len(seeds))
    assert np.max(np.abs(alike)) < 0.6


@pytest.mark.parametrize("number", [0, 7, 2**70])
def test_streams_are_those_that_numpy_spawns(number: int) -> None:
    spawned = np.random.SeedSequence(number).spawn(int(Purpose.PROBES) + 1)[Purpose.PROBES].spawn(3)
    expected = np.random.default_rng(spawned[2]).random(8)
    drawn = Seed(number).of(Purpose.PROBES, 2).generator().random(8)
    np.testing.assert_array_equal(drawn, expected)
