"""The step controller: what it settles at, how far it changes a step at once."""

import itertools

import numpy as np
import pytest

from sigmajet.timestepping.controller import Controller
from sigmajet.timestepping.radau_rule import radau_rule, resolved_growth


@pytest.mark.parametrize("order", [6, 13])
def test_steps_settle_where_the_error_is_the_one_allowed_times_the_safety(order):
    controller, length = Controller(order), 1.0
    for _ in range(60):
        length *= controller.change((length / 7.0) ** order)
    assert length == pytest.approx(7.0 * controller.aim, rel=1e-6)


def test_changes_are_monotone_and_bounded():
    controller = Controller(8)
    changes = [controller.change(error) for error in [0.0, *10.0 ** np.arange(-20, 21), np.inf]]
    assert all(after <= before for before, after in itertools.pairwise(changes))
    assert 0.0 < changes[-1] < 0.1
    assert 4.0 < changes[0] <= 1.0 + controller.limit * np.pi / 2.0
    assert all(controller.change(error) < 1.0 for error in (1.0, 1.5, 1e3))


@pytest.mark.parametrize(("degree", "accuracy"), [(5, 1e-5), (7, 1e-8), (14, 1e-9), (16, 1e-12)])
def test_a_mode_that_grows_by_no_more_is_known_to_the_accuracy(degree, accuracy):
    growth = resolved_growth(degree, accuracy)
    matrix = growth * 0.5 * radau_rule(degree, 1).integrals[1]
    for share, holds in ((0.95, True), (1.05, False)):
        inverse = np.linalg.solve(np.eye(degree) - share * matrix, np.ones(degree))
        stability = 1.0 + share * matrix[-1] @ inverse
        assert (abs(stability * np.exp(-share * growth) - 1.0) < accuracy) == holds
    assert resolved_growth(degree, 1e3) == degree
