"""The accuracies of runs in time: how few meet a tolerance, and when there is no use to go on."""

import itertools

import numpy as np
import pytest

from sigmajet.solvers.evolution.ladder import Ladder


def climbed(ladder, error):
    """Accuracies, errors and estimates of runs whose error depends on the accuracy."""
    accuracies, errors, estimates = [], [], []
    while not estimates or not ladder.is_last(estimates):
        accuracies.append(ladder.rung(estimates).accuracy)
        errors.append(error(accuracies[-1]))
        apart = abs(errors[-1] - errors[-2]) if len(errors) > 1 else np.inf
        estimates.append(ladder.estimate(apart))
    return accuracies, errors, estimates


@pytest.mark.parametrize("tol", [0.1, 1e-4, 1e-8])
@pytest.mark.parametrize("factor", [1e-6, 1.0, 4.0, 1e3, 1e6])
def test_errors_that_are_proportional_to_the_accuracy_come_within_the_tolerance(tol, factor):
    accuracies, errors, estimates = climbed(Ladder(tol, 1), lambda a: factor * a)
    assert errors[-2] <= 1.01 * estimates[-1] <= 1.01 * tol
    assert all(after < before for before, after in itertools.pairwise(accuracies))
    # One run at the tolerance and one that says so; far off, two that tell how far, one that says
    # so, and between them runs whose steps of order six at least are half as long.
    between = np.ceil(np.log(max(1.0, factor)) / np.log(2**6))
    assert len(errors) <= (3 + between if factor > 1.0 else 2)


@pytest.mark.parametrize("order", [0.5, 2.0])
def test_errors_of_another_order_are_told_by_half_at_least(order):
    tol = 1e-5
    _, errors, estimates = climbed(Ladder(tol, 1), lambda a: 10 * tol * (a / tol) ** order)
    assert 0.5 * errors[-1] <= estimates[-1] <= tol


@pytest.mark.parametrize("floor", [2e-5, 1e-2])
def test_errors_that_stay_end_the_search(floor):
    signs = itertools.cycle([1.0, -1.0])
    _, _, estimates = climbed(Ladder(1e-5, 1), lambda a: a + next(signs) * floor)
    assert len(estimates) <= 4
    assert estimates[-1] > floor


@pytest.mark.parametrize("tol", [1e-12, 1e-13, 3e-14, 1e-30])
@pytest.mark.parametrize("factor", [1.0, 1e3, 1e5])
def test_no_step_is_asked_for_more_than_rounding_leaves(tol, factor):
    eps = np.finfo(float).eps
    accuracies, errors, estimates = climbed(Ladder(tol, 1), lambda a: factor * (a + eps))
    assert min(accuracies) >= eps
    assert len(accuracies) <= 4
    assert errors[-2] <= 1.01 * estimates[-1] + factor * eps  # still of runs a ratio apart


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_a_tighter_run_has_more_neurons_and_shorter_steps(dimension):
    ladder = Ladder(1e-6, dimension)
    rungs = [ladder.rung(estimates) for estimates in ([], [np.inf], [np.inf, 1e-3])]
    for before, after in itertools.pairwise(rungs):
        assert after.accuracy < before.accuracy
        assert after.pace < before.pace
        assert after.sight < before.sight
        assert all(n < m for n, m in zip(before.neurons, after.neurons, strict=True))
    assert ladder.rung([]).pace == ladder.rung([]).sight == 1.0
    assert Ladder(1e-6, dimension, 30).rung([np.inf]).neurons == (30, 30)


def test_an_estimate_just_below_the_tolerance_is_confirmed_by_one_more_run():
    ladder = Ladder(1e-6, 1)
    assert ladder.is_last([np.inf, 3e-7])
    assert not ladder.is_last([np.inf, 5e-7])
    assert ladder.is_last([np.inf, 5e-7, 7e-7])


def test_estimates_that_fall_run_by_run_confirm_each_other():
    ladder = Ladder(1e-6, 2)
    assert not ladder.is_last([np.inf, 2e-6, 7e-7])
    assert not ladder.is_last([np.inf, 2e-6, 5e-6, 7e-7])
    assert ladder.is_last([np.inf, 5e-6, 2e-6, 7e-7])
