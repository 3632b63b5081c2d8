"""Radau IIA: order, stability, stiffness, dense output, and what happens where there is no end."""

import itertools

import numpy as np
import pytest
from numpy.polynomial import legendre

from sigmajet.geometry.legendre import radau_nodes
from sigmajet.timestepping.radau import Radau, tables
from sigmajet.timestepping.stepper import Linearised

STAGES = (3, 5, 7, 9)


class Ordinary:
    """y' = f(t, y) with a Jacobian, as the integrator wants it."""

    autonomous, singular = False, False
    hidden = np.zeros((1, 1), dtype=bool)

    def __init__(self, function, jacobian):
        self.function, self.jacobian = function, jacobian

    def defects(self, times, states, slopes):
        return slopes - [self.function(t, y) for t, y in zip(times, states, strict=True)]

    def linearise(self, time, state, slope):
        matrix = np.atleast_2d(self.jacobian(time, state))
        return Linearised(
            lambda shift: lambda right: np.linalg.solve(shift * np.eye(len(state)) - matrix, right),
            lambda vector: vector,
        )

    def admissible(self, states):
        return states

    def sizes(self, states):
        return np.abs(states)[..., None]


class Held:
    """A point that a force keeps on a circle, y' = J y + (f - exp(-t)) y, |y| = 1: f = exp(-t).

    What the constraint does not hold follows from its derivative in time, an index of 2.
    """

    autonomous, singular = False, True
    hidden = np.array([[False], [False], [True]])

    def defects(self, times, states, slopes):
        (a, b, f), (da, db, _) = states.T, slopes.T
        pull = f - np.exp(-np.asarray(times))
        return np.array([da + b - pull * a, db - a - pull * b, (a**2 + b**2 - 1) / 2]).T

    def linearise(self, time, state, slope):
        a, b, f = state
        pull = f - np.exp(-time)
        inertia = np.diag([1.0, 1.0, 0.0])
        rest = np.array([[-pull, 1.0, -a], [-1.0, -pull, -b], [a, b, 0.0]])
        return Linearised(
            lambda shift: lambda right: np.linalg.solve(shift * inertia + rest, right),
            lambda vector: inertia @ vector,
        )

    admissible, sizes = Ordinary.admissible, Ordinary.sizes


def integrate(system, start, end, accuracy, stages, first=0.0):
    run = Radau(system, first, np.array(start, dtype=float), end, accuracy, stages=stages)
    steps = []
    while run.time < end:
        step = run.step()
        if step is None:
            break
        steps.append(step)
    return run, steps


OSCILLATOR = Ordinary(
    lambda t, y: np.array([y[1], -y[0]]), lambda t, y: np.array([[0.0, 1.0], [-1.0, 0.0]])
)


@pytest.mark.parametrize("count", [2, 3, 5, 7, 14, 16])
def test_radau_nodes_are_zeros_of_the_difference_of_two_legendre_polynomials(count):
    nodes = radau_nodes(count)
    series = np.zeros(count + 1)
    series[-2:] = -1.0, 1.0
    slopes = legendre.legval(nodes, legendre.legder(series))
    assert np.abs(legendre.legval(nodes, series) / slopes).max() < 3e-16
    assert nodes[-1] == 1.0
    assert np.all(np.diff(nodes) > 0.0)


def test_three_stages_are_the_textbook_method():
    # E. Hairer, G. Wanner, IV.5, table 5.6
    root = np.sqrt(6)
    np.testing.assert_allclose(tables(3).nodes, [(4 - root) / 10, (4 + root) / 10, 1], rtol=1e-14)
    real = tables(3).values[tables(3).values.imag == 0].real
    np.testing.assert_allclose(real, [3 + 3 ** (2 / 3) - 3 ** (1 / 3)], rtol=1e-12)


@pytest.mark.parametrize("stages", STAGES)
def test_the_interpolation_is_exact_for_polynomials_and_their_derivatives(stages):
    dense = tables(stages).dense
    powers = np.arange(stages + 1)
    where = np.linspace(0, 1, 7)
    for order in (0, 1, 2):
        found = dense.weights(where, order) @ dense.positions[:, None] ** powers
        factors = [np.prod(np.arange(p, p - order, -1)) if p >= order else 0 for p in powers]
        expected = np.array(
            [f * where ** max(p - order, 0) for f, p in zip(factors, powers, strict=True)]
        ).T
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("stages", [3, 5])
def test_the_end_of_a_step_is_of_order_twice_the_stages_less_one(stages):
    errors = []
    for length in (1.0, 0.5):
        run = Radau(OSCILLATOR, 0.0, np.array([0.0, 1.0]), 100.0, 1e3, stages=stages)
        run.length = length
        step = run.step()
        assert step.end - step.start == length
        errors.append(np.abs(step.states[-1] - [np.sin(length), np.cos(length)]).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2 * stages, abs=0.4)


@pytest.mark.parametrize("stages", STAGES)
def test_steps_keep_the_polynomial_within_the_accuracy(stages):
    for accuracy in (1e-4, 1e-7, 1e-10):
        run, steps = integrate(OSCILLATOR, [0, 1], 3.0, accuracy, stages)
        worst = 0.0
        for step in steps:
            where = np.linspace(0, 1, 21)
            shares = run.dense.weights(where)
            times = step.start + where * (step.end - step.start)
            worst = max(worst, np.abs((shares @ step.states)[:, 0] - np.sin(times)).max())
        assert worst < 3 * accuracy


def test_more_stages_take_fewer_steps_at_high_accuracy():
    counts = [len(integrate(OSCILLATOR, [0, 1], 20.0, 1e-9, s)[1]) for s in (3, 5, 7)]
    assert all(after < before / 2 for before, after in itertools.pairwise(counts))


@pytest.mark.parametrize("stages", STAGES)
def test_stiffness_costs_no_steps(stages):
    stiff = Ordinary(
        lambda t, y: -1e9 * (y - np.cos(t)) - np.sin(t), lambda t, y: np.array([[-1e9]])
    )
    run, steps = integrate(stiff, [1.0], 10.0, 1e-6, stages)
    assert run.state[0] == pytest.approx(np.cos(10.0), abs=1e-6)
    assert len(steps) < 120


def test_van_der_pol_follows_a_reference():
    mu = 1000.0
    system = Ordinary(
        lambda t, y: np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]),
        lambda t, y: np.array([[0, 1], [-2 * mu * y[0] * y[1] - 1, mu * (1 - y[0] ** 2)]]),
    )
    run, steps = integrate(system, [2.0, 0.0], 2000.0, 1e-8, 5)
    # y(2000) of the Test Set for IVP Solvers, vdpol in its original time
    assert run.state[0] == pytest.approx(1.706167732170483, rel=1e-5)
    assert len(steps) < 800


def test_a_solution_without_an_end_stops_the_integration_there():
    run, _ = integrate(
        Ordinary(lambda t, y: y**2, lambda t, y: np.diag(2 * y)), [1.0], 2.0, 1e-6, 5
    )
    assert run.time == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("stages", [3, 5, 7])
def test_a_force_that_follows_from_a_constraint_is_as_accurate_as_asked_for(stages):
    run, _ = integrate(Held(), [1.0, 0.0, 1.0], 3.0, 1e-6, stages)
    assert run.time == 3.0
    np.testing.assert_allclose(run.state[:2], [np.cos(3), np.sin(3)], atol=3e-6)
    assert run.state[2] == pytest.approx(np.exp(-3), abs=3e-5)
