"""sigmajet on the registry: is the answer right, and does it know how wrong it is?

Every case is solved once a session, by this worker's share of the cores; the tests share what was
found.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import pytest

import sigmajet as sj
from registry import CASES, SOLVED, Case, select

# A sum of some hundred terms is known to a few ulp at best, and so is the oracle.
FLOOR = 1e-15


@dataclass(frozen=True)
class Solved:
    """What the tests want to know of a solved case, or why it was refused."""

    error: float = np.nan
    estimate: float = np.nan
    converged: bool = False
    report: str = ""
    refusal: str = ""


def solve(name: str) -> Solved:
    (case,) = (c for c in CASES if c.name == name)
    try:
        solution = sj.solve(
            case.problem(), tol=case.tol, on_failure="return", guess=case.statement.guess
        )
    except sj.ProblemError as e:
        return Solved(refusal=str(e))
    return Solved(
        case.error(solution), solution.error_estimate, solution.converged, str(solution.report)
    )


@pytest.fixture(scope="session")
def solved(request: pytest.FixtureRequest) -> Iterator[Callable[[Case], Solved]]:
    """A case -> what came of it; all cases that this session's tests take are under way."""
    asking = [item for item in request.session.items if "solved" in item.fixturenames]
    parameters = [getattr(item, "callspec", None) for item in asking]
    names = [p.params["case"].name for p in parameters if p and "case" in p.params]
    if any(item.name == MEDIAN for item in request.session.items):
        names += [case.name for case in ORDINARY]
    share = (os.cpu_count() or 1) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    with ProcessPoolExecutor(max(1, share), get_context("spawn")) as pool:
        futures = {name: pool.submit(solve, name) for name in dict.fromkeys(names)}
        yield lambda case: futures[case.name].result()
        pool.shutdown(cancel_futures=True)


def parametrised(cases: list[Case]) -> pytest.MarkDecorator:
    """Hard and slow cases run with `make registry`, all others with `make test`."""
    marks = {True: [pytest.mark.slow], False: []}
    long = frozenset({"slow", "hard"})
    return pytest.mark.parametrize(
        "case",
        [pytest.param(c, marks=marks[not long.isdisjoint(c.tags)], id=str(c)) for c in cases],
    )


# Tolerances that are not reached yet. Each must be reported as not converged, and one that
# is reached fails the test until it is taken off the list.
MISSED = {
    "helmholtz_box_two_wavelengths": "8 blocks of 600 neurons say 2e-4, and more cost too much",
    "oblique_inner_layer_0.01": "305 blocks say 4e-4, and more cost too much",
    "oblique_inner_layer_0.001": "blocks that can be paid for do not resolve it",
    "circular_inner_layer_0.01": "blocks that can be paid for say 8e-5, and more cost too much",
    "circular_inner_layer_0.001": "blocks that can be paid for do not resolve it",
    "pinnacle_heat_2d_ms_box": "blocks in space and time that can be paid for do not resolve it",
    "cooling_slab_box": "start and walls disagree, which has no functions in space and time",
    "close_to_resonance": "rounding, enlarged, says 1.1e-8",
    "cauchy_problem_of_laplace": "rounding of its data, enlarged, says 1e-5",
    "gaussian_off_centre_5d": "4500 neurons say 2e-6",
    "gaussian_off_centre_10d": "4500 neurons say 2e-2",
    "gaussian_along_one_axis_10d": "1730 weights say 6e-4, and larger networks cost too much",
    "function_of_one_direction_10d": "3125 weights say 1e-4, and larger networks cost too much",
    "rational_of_the_radius_5d": "3750 weights say 2e-6",
}

ORDINARY = select(without=("slow", "branches", "hard"))
MEDIAN = "test_the_median_overstatement_is_below_a_hundred"


@parametrised(select(without=("branches",)))
def test_the_answer_is_as_accurate_as_asked(case, solved):
    found = solved(case)
    assert not found.refusal
    if case.name in MISSED:
        assert not found.converged, f"reached now: take {case.name} off the list"
        return
    assert found.error <= case.tol
    assert found.converged, found.report


@parametrised(select(without=("branches",)))
def test_the_estimate_understates_by_a_factor_of_ten_at_most(case, solved):
    found = solved(case)
    assert found.error <= 10 * found.estimate + FLOOR
    assert found.converged == (found.estimate <= case.tol)


def test_the_median_overstatement_is_below_a_hundred(solved):
    """Over the cases that are neither slow nor hard."""
    found = [solved(case) for case in ORDINARY]
    ratios = np.array([f.estimate / max(f.error, FLOOR) for f in found])
    print(f"\nestimate / error: median {np.median(ratios):.3g}, min {ratios.min():.3g}")
    assert np.median(ratios) < 100


@parametrised(select("branches"))
def test_several_solutions_through_the_same_values_are_refused(case, solved):
    assert "several solutions" in solved(case).refusal


LONG_REFUSALS = {
    "bratu_past_its_fold",
    "bratu_square_past_its_fold",
    "arch_too_wide",
    "square_that_is_negative",
    "navier_stokes_without_a_level",
}


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(r, marks=[pytest.mark.slow] if r.name in LONG_REFUSALS else [], id=str(r))
        for r in SOLVED
    ],
)
def test_what_has_no_single_solution_raises(refusal):
    problem = refusal.problem()
    with pytest.raises((sj.ProblemError, sj.NotConverged)) as caught:
        sj.solve(problem)
    if isinstance(caught.value, sj.NotConverged):
        solution = caught.value.solution
        assert not solution.converged
        assert solution.error_estimate > 1e-8


def test_not_converged_carries_the_solution_that_return_gives():
    (case,) = (c for c in CASES if c.name == "absolute_source")
    narrow = {"tol": case.tol, "width": 8}
    with pytest.raises(sj.NotConverged) as caught:
        sj.solve(case.problem(), **narrow)
    returned = sj.solve(case.problem(), on_failure="return", **narrow)
    x = np.linspace(0, 1, 7)
    np.testing.assert_array_equal(caught.value.solution(x), returned(x))
