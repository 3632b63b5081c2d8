"""Blocks that fit together in time: smooth across faces, stable, as accurate as their functions."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from sympy import Eq, Function, exp, lambdify, pi, sin, symbols

import sigmajet as sj
from sigmajet.approximation.basis import orthonormal_basis
from sigmajet.approximation.network.network import Shape, draw_network
from sigmajet.discretization.galerkin.lines import Lines
from sigmajet.discretization.galerkin.space import Space, solver
from sigmajet.geometry.partition import Partition
from sigmajet.linalg.constraints.multipliers import Constraints, Saddle, independent
from sigmajet.problem.compiled.evolution import EvolutionModel
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed
from sigmajet.timestepping.radau import Radau

x, y, z, t = symbols("x y z t")
u = Function("u")(x, y, t)
HEAT = exp(-2 * t) * sin(x + 0.3) * sin(y + 0.1)


def unlike_blocks() -> Partition:
    """Four blocks of the unit square, one of which is cut again: faces that do not match."""
    partition = Partition.whole((0.0, 0.0), (1.0, 1.0)).cut({0: (0, 1)})
    return partition.cut({0: (0, 1)})


def lines(equation, solution, walls, width=120) -> Lines:
    start = Eq(u.subs(t, 0), solution.subs(t, 0))
    domain = {x: (0, 1), y: (0, 1), t: (0, 1)}
    model = EvolutionModel.read(
        System.compile(sj.Problem(equation, u, domain, [*walls, start], time=t))
    )
    basis = orthonormal_basis(draw_network(2, width, Seed(0), Shape(0.15)))
    return Lines(model, Space(model.walls, unlike_blocks(), basis, 0.0))


def dirichlet(solution):
    return [Eq(u.subs(v, end), solution.subs(v, end)) for v in (x, y) for end in (0, 1)]


def heat() -> Lines:
    return lines(Eq(u.diff(t), u.diff(x, 2) + u.diff(y, 2)), HEAT, dirichlet(HEAT))


def initial_state(equations: Lines, solution):
    space = equations.space
    values = lambdify((x, y), solution.subs(t, 0))(*space.points.T)[None, None]
    data = space.start(0.0, values)
    return space.project(values, data[:1])[0], data[:1]


def test_a_smooth_function_and_its_slopes_agree_where_blocks_meet():
    equations = heat()
    space = equations.space
    free, data = initial_state(equations, HEAT)
    (coefficients,) = space.coefficients(free[None], data)
    exact = {
        alpha: lambdify((x, y), HEAT.subs(t, 0).diff(x, alpha[0], y, alpha[1]))
        for alpha in ((0, 0), (1, 0), (0, 1))
    }
    faces = space.partition.interfaces()
    assert len(faces) > 8
    for face in faces:
        points = np.random.default_rng(0).uniform(face.lower, face.upper, (20, 2))
        for alpha, formula in exact.items():
            for block in (face.left, face.right):
                functions = space.basis.evaluate(space.partition, block, points, {alpha})[alpha]
                # A slope loses a digit or two: the functions of a block oscillate 15 times.
                np.testing.assert_allclose(
                    functions @ coefficients[0, block],
                    formula(*points.T),
                    rtol=0,
                    atol=1e-7 if alpha == (0, 0) else 3e-6,
                )


def test_heat_on_unlike_blocks_decays_as_it_should():
    equations = heat()
    state, _ = initial_state(equations, HEAT)
    equations.settle(0.0, state)
    integrator = Radau(equations, 0.0, state, 0.1, 1e-8, stages=5)
    while integrator.time < 0.1:
        assert integrator.step() is not None
    space = equations.space
    data = space.data(0.1, integrator.state[None])[:1]
    (values,) = space.values(0, (0, 0), space.coefficients(integrator.state[None], data))
    expected = lambdify((x, y), HEAT.subs(t, 0.1))(*space.points.T)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-7)


def growth(equations: Lines) -> float:
    """The fastest growth of a disturbance."""
    size = equations.space.size
    (jacobian,) = equations.jacobians(0.0, np.zeros(size))
    invert = solver(equations.space.mass)
    # The inverse of the mass is about the projection on what keeps the constraints.
    shares, states = np.linalg.eigh(invert(np.eye(size)))
    states = states[:, shares > 0.5]
    rates = states.T @ invert(jacobian @ states)
    return float(np.linalg.eigvals(rates).real.max())


def test_what_is_carried_round_and_round_does_not_grow():
    """Without damping what blocks do not share grows like e^(20 t)."""
    periodic = [Eq(u.subs(v, 0), u.subs(v, 1)) for v in (x, y)]
    solution = sin(2 * pi * (x - t)) * sin(2 * pi * (y - t))
    carried = Eq(u.diff(t) + u.diff(x) + u.diff(y), 0)
    equations = lines(carried, solution, periodic, width=60)
    free = growth(equations)
    equations.settle(0.0, np.zeros(equations.space.size))
    # Constraints that depend on others but for 1e-5 are left out, and may leave as much.
    assert growth(equations) < 1e-4
    assert free > 10.0


def test_heat_on_blocks_of_space_does_not_grow():
    v = Function("v")(x, y, z, t)
    walls = [Eq(v.subs(q, end), 0) for q in (x, y, z) for end in (0, 1)]
    problem = sj.Problem(
        Eq(v.diff(t), v.diff(x, 2) + v.diff(y, 2) + v.diff(z, 2)),
        v,
        {x: (0, 1), y: (0, 1), z: (0, 1), t: (0, 1)},
        [Eq(v.subs(t, 0), 0), *walls],
        time=t,
    )
    model = EvolutionModel.read(System.compile(problem))
    partition = Partition.whole((0.0,) * 3, (1.0,) * 3).cut({0: (0, 1, 2)})
    basis = orthonormal_basis(draw_network(3, 120, Seed(0), Shape(0.15)))
    equations = Lines(model, Space(model.walls, partition, basis, 0.0))
    free = growth(equations)
    equations.settle(0.0, np.zeros(equations.space.size))
    # The slowest decay is that of the product of three half waves, on these few neurons to 3 %.
    assert growth(equations) == pytest.approx(-3 * np.pi**2, rel=0.05)
    assert free > 1.0


def test_damping_takes_nothing_from_what_blocks_share():
    """A polynomial of low degree has no rough traces."""
    equations = heat()
    space = equations.space
    values = (space.points[:, 0] ** 2 - space.points[:, 1])[None, None]
    nearest = np.array(
        [
            np.linalg.lstsq(table, part, rcond=None)[0]
            for table, part in zip(
                space.table((0, 0)), values.reshape(len(space.partition), -1), strict=True
            )
        ]
    )[None, None]
    damping = space.damping(np.ones((1, len(space.partition), 2)))
    assert damping is not None
    assert np.abs(space.damped(damping, nearest)).max() < 1e-9


def test_blocks_of_an_equation_without_derivatives_in_space_need_not_fit():
    """A sharp state that every point changes for itself: blocks are cut, and nothing joins them."""
    exact = exp(-t) / (1 + exp(-40 * (x + y - 1)))
    problem = sj.Problem(
        Eq(u.diff(t), -u),
        u,
        {x: (0, 1), y: (0, 1), t: (0, 1)},
        [Eq(u.subs(t, 0), exact.subs(t, 0))],
        time=t,
    )
    solution = sj.solve(problem, tol=1e-2, on_failure="return")
    assert solution.report.blocks > 4
    points = np.random.default_rng(0).uniform(0, 1, (3, 500))
    expected = lambdify((x, y, t), exact)(*points)
    error = np.linalg.norm(solution(*points) - expected) / np.linalg.norm(expected)
    assert error <= 10 * solution.error_estimate


@pytest.mark.parametrize("unknowns", [1, 2])
def test_a_saddle_is_the_form_on_the_functions_that_keep_the_constraints(unknowns):
    rng = np.random.default_rng(unknowns)
    blocks, size = 3, 5
    total = unknowns * blocks * size
    rows = rng.standard_normal((6, total)) * (rng.random((6, total)) < 0.5)
    every = np.vstack([rows, rows[0] + rows[1]])
    chosen = independent(scipy.sparse.csr_array(every), 1e-5)
    assert len(chosen) == 6
    null = scipy.linalg.null_space(every)
    assert null.shape == (total, total - 6)
    constraints = Constraints.of(scipy.sparse.csr_array(every[chosen]), unknowns, blocks)
    forms = rng.standard_normal((blocks, unknowns * size, unknowns * size))
    forms = forms + 10 * np.eye(unknowns * size)
    # The same form over coefficients in the order of the rows: one unknown after the other.
    whole = np.zeros((unknowns, blocks, size, unknowns, blocks, size))
    for block, form in enumerate(forms):
        whole[:, block, :, :, block] = form.reshape(unknowns, size, unknowns, size)
    dense = whole.reshape(total, total)
    vectors = rng.standard_normal((total, 2))
    form = Saddle(forms, constraints)
    np.testing.assert_allclose(form @ vectors, dense @ vectors, rtol=1e-12)
    shifted = (2.0 + 1.0j) * form - 0.5 * form
    inside = np.linalg.solve((1.5 + 1.0j) * (null.T @ dense @ null), null.T @ vectors[:, 0])
    np.testing.assert_allclose(shifted.factorised()(vectors[:, 0]), null @ inside, rtol=1e-9)
    data = rng.standard_normal((6, 1))
    found = shifted.factorised()(vectors[:, :1], data)
    np.testing.assert_allclose(every[chosen] @ found, data, rtol=1e-9)
    untested = (1.5 + 1.0j) * (dense @ found) - vectors[:, :1]
    np.testing.assert_allclose(null.T @ untested, 0, atol=1e-10)
