"""Estimates, samples, mismatches and reports."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq, Function, exp, symbols

import sigmajet as sj
from sigmajet.adaptivity.estimate import (
    CHECK_WIDTHS,
    block_defects,
    imbalances,
    judge,
    mismatches,
    relative_residual,
)
from sigmajet.approximation.norm import (
    Sampled,
    draw_sample,
    relative_difference,
    unknown_scales,
    with_points,
)
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed
from sigmajet.solution.report import Attempt, Report
from sigmajet.solution.status import Status

x = symbols("x")
u, v = Function("u"), Function("v")


class Formula:
    """A field given by its unknowns and their slopes."""

    def __init__(self, *jets):
        self.jets = jets

    def derivatives(self, wanted, points):
        return np.array([self.jets[i][sum(orders)](points[:, 0]) for i, orders in wanted])


def constant(*values) -> Formula:
    return Formula(
        *((lambda s, c=c: np.full(len(s), c), lambda s: np.zeros(len(s))) for c in values)
    )


def system(unknowns=2) -> System:
    names = [u(x), v(x)][:unknowns]
    equations = [Eq(f.diff(x), f) for f in names]
    return System.compile(
        sj.Problem(equations, names, {x: (0, 2)}, [Eq(f.subs(x, 0), 1) for f in names])
    )


PARTITION = Partition.whole((0.0,), (2.0,)).split({0: 3})


def test_a_sample_integrates_over_blocks_of_any_size():
    uneven = PARTITION.split({0: 4})
    sample = draw_sample(uneven, Seed(1))
    assert sample.weights.sum() == pytest.approx(1.0)
    for block in range(len(uneven)):
        share = sample.weights[sample.block == block].sum()
        assert share == pytest.approx(uneven.half_widths[block, 0])  # of an interval of length 2
    assert sample.norm(np.ones(len(sample.points))) == pytest.approx(1.0)
    # The root mean square of x over (0, 2) is 2 / sqrt(3); 512 random points give it to 1/sqrt.
    assert sample.norm(sample.points[:, 0]) == pytest.approx(2 / np.sqrt(3), rel=0.05)


def test_scales_are_the_root_mean_squares_of_the_unknowns():
    sample = draw_sample(PARTITION, Seed(0))
    assert unknown_scales(2, Sampled(constant(3.0, -0.5), sample)) == pytest.approx([3.0, 0.5])


def test_an_unknown_that_vanishes_is_measured_by_the_others():
    sample = draw_sample(PARTITION, Seed(0))
    assert unknown_scales(2, Sampled(constant(3.0, 0.0), sample)) == pytest.approx([3.0, 3.0])
    assert unknown_scales(2, Sampled(constant(0.0, 0.0), sample)) == pytest.approx([1.0, 1.0])


def test_the_difference_is_that_of_the_worst_unknown_relative_to_its_size():
    sample = draw_sample(PARTITION, Seed(0))
    first, second = (Sampled(constant(*v), sample) for v in ((100.0, 0.01), (101.0, 0.015)))
    assert relative_difference(2, first, second) == pytest.approx(0.5)
    assert relative_difference(2, first, first) == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_infinitely_far(bad):
    sample = draw_sample(PARTITION, Seed(0))
    near, off = (Sampled(constant(1.0, v), sample) for v in (1.0, bad))
    assert relative_difference(2, near, off) == np.inf
    assert relative_difference(2, off, near) == np.inf


@pytest.mark.parametrize("unit", [1e-300, 1e-170, 1e160, 1e300])
def test_distances_and_defects_do_not_depend_on_the_unit(unit):
    sample = draw_sample(PARTITION, Seed(0))
    first, second = (Sampled(constant(v), sample) for v in (unit, 1.5 * unit))
    assert sample.norm(np.full(len(sample.points), unit)) == pytest.approx(unit)
    assert relative_difference(1, first, second) == pytest.approx(0.5)
    scales = {(0, block): 2.0 for block in range(3)}
    found = block_defects(system(1), first, PARTITION, scales)
    assert found == pytest.approx([0.5, 0.5, 0.5])


def test_a_field_seen_at_a_sample_is_asked_for_each_derivative_once():
    asked = []

    class Asked(Formula):
        def derivatives(self, wanted, points):
            asked.extend(wanted)
            return super().derivatives(wanted, points)

    seen = Sampled(Asked(*constant(3.0, 2.0).jets), draw_sample(PARTITION, Seed(0)))
    scales = {(equation, block): 1.0 for equation in range(2) for block in range(3)}
    block_defects(system(), seen, PARTITION, scales)
    relative_difference(2, seen, seen)
    relative_residual(system(), seen, PARTITION)
    assert sorted(asked) == [(i, (k,)) for i in range(2) for k in range(2)]


def test_the_median_over_a_box_is_blind_to_small_blocks():
    uneven = PARTITION.split({0: 8, 1: 8})
    sample = draw_sample(uneven, Seed(0))
    values = np.where(sample.points[:, 0] < 0.9, 1e3, 2.0)  # in most of the blocks
    assert np.median(values) == 1e3
    assert sample.median(values) == 2.0


def test_defects_are_told_block_by_block_in_units_of_the_solution():
    # u' - u of u = 5 where the residual was divided by 2: 5 / (2 * 5) everywhere.
    sample = draw_sample(PARTITION, Seed(0))
    scales = {(0, block): 2.0 for block in range(3)}
    found = block_defects(system(1), Sampled(constant(5.0), sample), PARTITION, scales)
    assert found == pytest.approx([0.5, 0.5, 0.5])

    def late(s):
        return np.where(s > 4 / 3, np.sin(s), np.exp(s))

    def slope(s):
        return np.where(s > 4 / 3, np.cos(s), np.exp(s))

    bent = Sampled(Formula((late, slope)), sample)
    found = block_defects(system(1), bent, PARTITION, scales)
    assert found[:2] == pytest.approx([0, 0], abs=1e-14)
    assert found[2] > 0.01


def test_mismatches_name_every_condition_and_how_far_off_it_is():
    found = {m.source: m.worst for m in mismatches(system(), constant(1.0, 3.0), PARTITION)}
    assert found["u(0) = 1"] == pytest.approx(0.0, abs=1e-15)
    assert found["v(0) = 1"] > 0.1


REPORT = Report(
    method="steady",
    reason="no variable is time",
    blocks=2,
    width=48,
    seed=3,
    tol=1e-9,
    seconds=1.25,
    residual=3e-8,
    status=Status.UNDETERMINED,
    attempts=(
        Attempt(1, 40, 2e-3, 4e-5, 0.5, Status.INACCURATE),
        Attempt(2, 48, 3e-8, 2e-10, 0.75, Status.UNDETERMINED),
    ),
    notes=("one thing", "another"),
)


@pytest.mark.parametrize("report", [REPORT, Report("steady", "", 1, 4, 0, 0.1, 0.0, 0.0)])
def test_a_report_survives_json(report):
    assert Report.from_dict(json.loads(json.dumps(report.as_dict()))) == report


@pytest.mark.parametrize("damage", [{"attempts": [{"blocks": 1}]}, {"stranger": 1}])
def test_a_report_with_other_keys_is_refused(damage):
    with pytest.raises(TypeError):
        Report.from_dict(REPORT.as_dict() | damage)


def test_a_report_with_a_value_of_another_kind_is_refused_by_its_name():
    with pytest.raises(ValueError, match="notes: got 5, expected tuple"):
        Report.from_dict(REPORT.as_dict() | {"notes": 5})


def test_a_report_reads_as_a_table_of_attempts_with_its_notes():
    lines = str(REPORT).splitlines()
    assert len(lines) == 2 + 2 + 2
    for word in (
        "steady",
        "no variable is time",
        "2 block(s) of 48",
        "seed 3",
        "1.0e-09",
        "1.25 s",
    ):
        assert word in lines[0]
    assert lines[2].split() == ["1", "40", "2.0e-03", "4.0e-05", "0.50"]
    assert lines[3].split() == ["2", "48", "3.0e-08", "inf", "0.75", "undetermined"]
    assert [line.strip() for line in lines[4:]] == ["note: one thing", "note: another"]


DISTANCES = st.floats(1e-14, 1.0)


@given(DISTANCES, DISTANCES, DISTANCES, st.integers(1, 10))
def test_an_estimate_is_one_of_the_distances_and_never_below_the_wide_check(near, far, between, d):
    assert near <= judge(near, far, between, d) <= max(near, far)


@given(DISTANCES, DISTANCES, DISTANCES, st.integers(1, 10), st.integers(-40, 40))
def test_an_estimate_is_of_the_unit_of_its_distances(near, far, between, dimension, power):
    unit = 2.0**power
    scaled = judge(unit * near, unit * far, unit * between, dimension)
    assert scaled == unit * judge(near, far, between, dimension)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_errors_that_fall_fast_are_judged_by_the_wide_check_and_others_by_the_worst(dimension):
    widths = 100.0 * np.array([1.0, 0.8, 0.5])
    fast, slow = np.exp(-3.0 * widths ** (1.0 / dimension)), widths**-0.5
    for errors, judged in ((fast, errors_apart(fast)[0]), (slow, errors_apart(slow)[1])):
        assert judge(*errors_apart(errors), dimension) == judged
    assert judge(0.0, 0.0, 0.0, dimension) == 0.0
    assert judge(np.inf, 1.0, np.inf, dimension) == np.inf


def errors_apart(errors):
    """Distances of errors that differ in size alone."""
    return apart(errors[:, None])


def test_in_many_variables_errors_that_draws_share_are_judged_by_the_worst():
    """Errors of draws as vectors: common to all but for their size, or at right angles."""
    shared = np.outer([1.0, 1.3, 2.0], [1.0, 0.0, 0.0])
    own = np.diag([1.0, 1.3, 2.0])
    near, far, between = apart(shared)
    assert judge(near, far, between, 5) == far
    near, far, between = apart(own)
    assert far > near
    assert judge(near, far, between, 5) == near >= 1.0
    assert judge(near, far, between, 3) == far


@pytest.mark.parametrize("rate", [0.25, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("own", [0.0, 0.01, 0.03, 0.1, 0.3, 1.0])
def test_whatever_share_of_an_error_is_common_to_all_draws_hardly_any_of_it_is_missed(rate, own):
    """Errors that fall with a power of the width, of which a share points elsewhere each time."""
    sizes = np.array([1.0, *CHECK_WIDTHS]) ** -rate
    errors = np.hstack([sizes[:, None], own * np.diag(sizes)])
    assert judge(*apart(errors), 5) > 0.1 * np.linalg.norm(errors[0])


def apart(errors):
    """Distances of the first to the second and to the third, and between those."""
    pairs = ((0, 1), (0, 2), (1, 2))
    return [float(np.linalg.norm(errors[i] - errors[j])) for i, j in pairs]


def test_an_equation_without_a_value_is_not_met():
    sample = draw_sample(PARTITION, Seed(2))
    nowhere = Sampled(constant(np.nan), sample)
    scales = {(0, block): 1.0 for block in range(len(PARTITION))}
    assert np.isinf(relative_residual(system(1), nowhere, PARTITION))
    assert not np.any(np.isfinite(block_defects(system(1), nowhere, PARTITION, scales)))


def test_a_steep_term_does_not_hide_that_a_pulse_left_no_trace():
    """u'' = e^(-((u - m)/w)^2)/w: passed straight, the slope is off by the root of pi."""
    w = 3e-4
    steep = exp(-(((u(x) - 0.43) / w) ** 2)) / w
    ends = [Eq(u(0), 0), Eq(u(1), 1)]
    system = System.compile(sj.Problem(Eq(u(x).diff(x, 2), steep), u(x), {x: (0, 1)}, ends))
    line = Partition.between([0.0, 0.4, 0.5, 1.0])
    sample = with_points(draw_sample(line, Seed(0)), line, np.linspace(0.425, 0.435, 301))
    passing = Formula((lambda s: s, np.ones_like, np.zeros_like))
    hidden = imbalances(system, [0], Sampled(passing, sample), line)
    assert hidden[[0, 2]].max() < 1e-12
    size = 1 + 2 / np.sqrt(3)  # of the slope, and of what u has over half of the line
    assert hidden[1] == pytest.approx(np.sqrt(np.pi) / size, rel=0.05)
