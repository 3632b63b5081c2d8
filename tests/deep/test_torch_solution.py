"""Solutions as modules of PyTorch: the same numbers, and the same derivatives at any depth."""

import copy

import numpy as np
import pytest
from sympy import Eq, Function, cos, pi, sin, symbols

import sigmajet as sj

torch = pytest.importorskip("torch")
from torch.func import grad, hessian, jacfwd, jacrev, vmap  # noqa: E402

import sigmajet.torch as sjt  # noqa: E402

x, y, t = symbols("x y t")
U, V = Function("u"), Function("v")


@pytest.fixture(scope="module")
def plane():
    u = U(x, y)
    walls = [Eq(u.subs(*wall), 0) for wall in ((x, 0), (x, 1), (y, 0), (y, 1))]
    load = 2 * pi**2 * sin(pi * x) * sin(pi * y)
    statement = Eq(-u.diff(x, 2) - u.diff(y, 2), load)
    return sj.solve(sj.Problem(statement, u, {x: (0, 1), y: (0, 1)}, walls), tol=1e-6)


@pytest.fixture(scope="module")
def spiral():
    equations = [Eq(U(t).diff(t), V(t)), Eq(V(t).diff(t), -U(t))]
    start = [Eq(U(0), 0), Eq(V(0), 1)]
    return sj.solve(sj.Problem(equations, [U(t), V(t)], {t: (0, 3)}, start))


def inside(count, d, seed=0):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.uniform(0.1, 0.9, (count, d)))


def test_values_are_those_of_the_solution(plane, spiral) -> None:
    points = inside(7, 2)
    assert np.array_equal(plane.to_torch()(points).numpy(), plane(*points.numpy().T))
    times = inside(6, 1).reshape(2, 3, 1)
    values = spiral.to_torch()(times)
    assert values.shape == (2, 3, 2)
    assert np.array_equal(np.moveaxis(values.numpy(), -1, 0), spiral(times[..., 0].numpy()))
    assert plane.to_torch()(points.float()).dtype == torch.float32


@pytest.mark.parametrize(
    "transforms", [(jacfwd, jacfwd, jacfwd), (jacrev, jacfwd, jacrev), (jacfwd, jacrev, jacrev)]
)
def test_derivatives_at_any_depth_are_those_of_evaluate(plane, transforms) -> None:
    module, points = plane.to_torch(), inside(3, 2)
    third = module
    for transform in transforms:
        third = transform(third)
    got = vmap(third)(points)[:, 0, 1, 0]
    want = plane.evaluate(U(x, y).diff(x, 2, y), *points.numpy().T)
    np.testing.assert_allclose(got.numpy(), want, rtol=1e-13)


def test_gradients_flow_through_a_solution(plane, spiral) -> None:
    points = inside(4, 2).requires_grad_()
    assert torch.autograd.gradcheck(plane.to_torch(), points, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(plane.to_torch(), points, atol=1e-4)
    plane.to_torch()(points).sum().backward()  # of a module that nobody else keeps
    times = torch.tensor([[0.5]], dtype=torch.float64)
    slopes = jacrev(spiral.to_torch())(times).squeeze()
    np.testing.assert_allclose(slopes.numpy(), [float(cos(0.5)), -float(sin(0.5))], atol=1e-8)
    curvature = vmap(hessian(plane.to_torch()))(points.detach())
    total = -curvature.diagonal(dim1=-2, dim2=-1).sum(-1)
    load = 2 * np.pi**2 * torch.sin(np.pi * points.detach()).prod(-1)
    torch.testing.assert_close(total, load, rtol=1e-3, atol=1e-2)
    assert vmap(grad(plane.to_torch()))(points.detach()).shape == (4, 2)


def test_ends_in_single_precision_are_ends() -> None:
    circle = sj.Problem(Eq(U(t).diff(t), cos(t)), U(t), {t: (0, 2 * pi)}, [Eq(U(0), 0)])
    module = sj.solve(circle).to_torch()
    end = torch.tensor([[2 * np.pi]], dtype=torch.float32)
    assert abs(module(end).item()) < 1e-5
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        module(end + 1e-5)


def test_what_a_module_cannot_do_is_said(plane) -> None:
    module = plane.to_torch()
    with pytest.raises(sj.ProblemError, match="outside the domain"):
        module(torch.full((1, 2), 3.0))
    with pytest.raises(ValueError, match="a column for each variable"):
        module(torch.zeros(4, 3))
    with pytest.raises(NotImplementedError, match="closed form"):
        sjt.jet(module, inside(2, 2), inside(2, 2), 2)


def test_a_solution_that_became_a_module_can_still_be_copied(plane) -> None:
    plane.to_torch()
    twin = copy.deepcopy(plane)
    points = inside(2, 2)
    assert torch.equal(twin.to_torch()(points), plane.to_torch()(points))
