"""Jets through networks in PyTorch: right against ball arithmetic and nested derivatives."""

import contextlib
import math
from functools import partial

import pytest
from flint import arb, arb_series, ctx

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.func import functional_call, grad, jacfwd, jacrev, jvp, vmap  # noqa: E402

import sigmajet.torch as sjt  # noqa: E402

D = 3  # variables


@contextlib.contextmanager
def forward_mode_everywhere():
    """Functions of which torch has no nested forward mode, or a wrong one, are made of others."""
    softplus = nn.functional.softplus

    def layer_norm(u, _, weight, bias, eps):
        u = u - u.mean(-1, keepdim=True)
        return weight * u / torch.sqrt((u**2).mean(-1, keepdim=True) + eps) + bias

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.functional, "silu", lambda u, **_: u * torch.sigmoid(u))
        patch.setattr(nn.functional, "mish", lambda u, **_: u * torch.tanh(softplus(u)))
        patch.setattr(nn.functional, "layer_norm", layer_norm)  # wrong from order 2 in torch 2.13
        yield


def nested(f, x, v, order):
    """Directional derivatives by nested forward mode."""
    values = [f(x)]
    g = f
    for _ in range(order):
        g = partial(lambda g, x: jvp(g, (x,), (v,))[1], g)
        values.append(g(x))
    return torch.stack(values)


def points(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Residual(nn.Module):
    """Fourier features, skip connections, concatenation, products and layer scaling."""

    def __init__(self) -> None:
        super().__init__()
        self.frequencies = nn.Parameter(points(D, 4, seed=1))
        self.first = nn.Linear(8 + D, 6)
        self.second = nn.Linear(6, 6)
        self.gate = nn.Linear(D, 6)
        self.scale = nn.Parameter(torch.full((6,), 0.3))
        self.last = nn.Linear(6, 2, bias=False)
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        phase = 2 * math.pi * (x @ self.frequencies) / 7
        h = torch.cat([torch.sin(phase), phase.cos(), x], dim=-1)
        h = torch.tanh(self.first(h))
        for _ in range(2):
            h = h + self.scale * nn.functional.silu(self.second(h))
        h = self.norm(h)
        gate = torch.sigmoid(self.gate(x))
        return self.last(h * gate + (1 - gate) / (2 + h**2))


MATRIX = points(D, D, seed=3)
FUNCTIONS = {
    "mlp": lambda: nn.Sequential(
        nn.Linear(D, 5), nn.Tanh(), nn.Linear(5, 5), nn.SiLU(), nn.Linear(5, 2)
    ),
    "softplus": lambda: nn.Sequential(
        nn.Linear(D, 4), nn.Softplus(beta=2), nn.Linear(4, 1), nn.Sigmoid()
    ),
    "gelu": lambda: nn.Sequential(nn.Linear(D, 4), nn.GELU(), nn.Linear(4, 4), nn.Mish()),
    "gelu by tanh": lambda: nn.Sequential(nn.Linear(D, 4), nn.GELU("tanh"), nn.LogSigmoid()),
    "residual": Residual,
    "own activations": lambda: (
        lambda x: sjt.silu(2, sjt.tanh(1, x[..., :2]) + sjt.softplus(0, x[..., 1:]))
    ),
    "exp, log, sqrt": lambda: (
        lambda x: torch.log(2 + torch.exp(-x).sum(-1)) * torch.sqrt(1 + (x * x).sum(-1))
    ),
    "powers": lambda: (
        lambda x: (
            (2 + x[..., 0].tanh()) ** -1.5
            + x[..., 1] ** 5
            + 2 ** x[..., 2]
            + (3 / (4 + x[..., 0] ** 2))
        )
    ),
    "hyperbolic": lambda: (
        lambda x: (
            torch.sinh(x[..., 0]) - torch.cosh(x[..., 1]).reciprocal() + torch.tan(x[..., 2] / 9)
        )
    ),
    "structure": lambda: (
        lambda x: (
            torch.stack([x.T.T.roll(1, -1), x.flip(-1)], -1)
            .flatten(-2)
            .unflatten(-1, (2, D))
            .mean(-1)
        )
    ),
    "split": lambda: (
        lambda x: torch.cat(
            [p * (i + x.expm1()) for i, p in enumerate(x.split(1, dim=-1))], -1
        ).prod(-1)
    ),
    "einsum": lambda: lambda x: torch.einsum("...i,...j,ij->...", x, x.sin(), MATRIX),
    "matmul": lambda: lambda x: (x.unsqueeze(-1) @ x.exp().unsqueeze(-2)).softmax(-1)[..., 0],
    "where": lambda: (
        lambda x: torch.where(x > 0, x**3, 1 + x.sin()) + torch.erf(x) - torch.log1p(x * x)
    ),
    "norm": lambda: (
        lambda x: torch.linalg.vector_norm(1 + x, dim=-1, keepdim=True) * torch.rsqrt(1 + x**2)
    ),
    "broadcast": lambda: lambda x: x * points(2, 1, D, seed=4) + x[..., :1] * x + x[0],
    "constant": lambda: lambda x: torch.ones(2, dtype=torch.float64),
}


def function(name):
    torch.manual_seed(0)
    f = FUNCTIONS[name]()
    return f.double() if isinstance(f, nn.Module) else f


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jets_agree_with_nested_forward_mode(name) -> None:
    f = function(name)
    x, v = points(3, D), points(3, D, seed=2)
    with torch.no_grad():
        got = sjt.jet(f, x, v, 4)
        with forward_mode_everywhere():
            want = nested(f, x, v, 4)
    torch.testing.assert_close(got, want, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    "name", [name for name in FUNCTIONS if name not in ("broadcast", "constant")]
)
@pytest.mark.parametrize("orders", [(2, 0, 1), (1, 1, 1), (0, 1, 0), (2, 2, 0)])
def test_mixed_partials_agree_with_nested_reverse_mode(name, orders) -> None:
    f = function(name)
    x = points(2, D)

    def partial_derivative(point):
        g = lambda y: f(y[None])[0]  # noqa: E731
        for i, order in enumerate(orders):
            for _ in range(order):
                g = partial(lambda g, i, y: jacfwd(g)(y)[..., i], g, i)
        return g(point)

    with torch.no_grad():
        got = sjt.derivative(f, x, orders)
        with forward_mode_everywhere():
            want = torch.stack([partial_derivative(point) for point in x])
    torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["mlp", "residual", "einsum", "matmul"])
def test_laplacian_and_biharmonic_are_sums_of_partials(name) -> None:
    f = function(name)
    x = points(2, D)
    unit = torch.eye(D, dtype=torch.int64)
    with torch.no_grad():
        single = [sjt.derivative(f, x, tuple((2 * unit[i]).tolist())) for i in range(D)]
        pairs = [
            sjt.derivative(f, x, tuple((2 * unit[i] + 2 * unit[j]).tolist()))
            for i in range(D)
            for j in range(D)
        ]
        torch.testing.assert_close(sjt.laplacian(f, x), sum(single))
        torch.testing.assert_close(sjt.biharmonic(f, x), sum(pairs))
        plate = sjt.operator("u_xxxx + 2*u_xxyy + u_yyyy - 3*u_x + u", f, variables="xyz")
        want = pairs[0] + 2 * pairs[1] + pairs[4] + f(x)
        torch.testing.assert_close(plate(x), want - 3 * sjt.derivative(f, x, (1, 0, 0)))


def test_operators_name_columns_by_convention_and_refuse_what_does_not_fit() -> None:
    f = lambda x: (x[..., 0] + 2 * x[..., -1]).sin()  # noqa: E731
    x = points(4, 2)
    torch.testing.assert_close(sjt.operator("u_tt - 4*u_xx", f)(x), torch.zeros(4).double())
    torch.testing.assert_close(sjt.operator("3*u", f)(x), 3 * f(x))
    with pytest.raises(ValueError, match="z is none of the 2"):
        sjt.operator("u_xz", f)(x)
    with pytest.raises(ValueError, match="not linear"):
        sjt.operator("u*u_x", f)
    with pytest.raises(ValueError, match="2 integers"):
        sjt.derivative(f, x, (1,))


# --- against ball arithmetic


def exact_jet(layers, activation, x, v, order):
    """The derivatives of a perceptron along v, as balls."""
    ctx.cap, ctx.prec = order + 1, 300
    h = [arb_series([arb(a), arb(b)]) for a, b in zip(x, v, strict=True)]
    for index, (weight, bias) in enumerate(layers):
        h = [
            sum(
                (arb_series([arb(w)]) * u for w, u in zip(row, h, strict=True)),
                arb_series([arb(b)]),
            )
            for row, b in zip(weight, bias, strict=True)
        ]
        if index < len(layers) - 1:
            h = [activation(u) for u in h]
    return [arb(math.factorial(k)) * h[0][k] for k in range(order + 1)]


def exact_sigmoid(u):
    return 1 / (1 + (-u).exp())


EXACT = {
    "sigmoid": exact_sigmoid,
    "tanh": lambda u: 2 * exact_sigmoid(2 * u) - 1,
    "softplus": lambda u: (1 + u.exp()).log(),
    "silu": lambda u: u * exact_sigmoid(u),
}


def perceptron(name, width=3):
    torch.manual_seed(1)
    act = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "softplus": nn.Softplus, "silu": nn.SiLU}[name]
    net = nn.Sequential(
        nn.Linear(2, width), act(), nn.Linear(width, width), act(), nn.Linear(width, 1)
    )
    return net.double()


def numbers(net):
    return [(m.weight.tolist(), m.bias.tolist()) for m in net if isinstance(m, nn.Linear)]


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_values_agree_with_exact_jets_also_in_the_tails(name, scale) -> None:
    net = perceptron(name)
    x, v = points(4, 2) * scale, points(4, 2, seed=5)
    with torch.no_grad():
        got = sjt.jet(net, x, v, 12)[..., 0]
    for i in range(4):
        want = exact_jet(numbers(net), EXACT[name], x[i].tolist(), v[i].tolist(), 12)
        for k in range(13):
            size = max(abs(float(w)) for w in want[: k + 1])
            assert abs(got[k, i].item() - float(want[k])) <= 1e-12 * size, (i, k)


@pytest.mark.parametrize("name", EXACT)
def test_gradients_by_parameters_agree_with_exact_jets(name) -> None:
    net = perceptron(name)
    x, v, order = [0.3, -0.8], [1.1, 0.4], 8
    result = sjt.jet(
        net, torch.tensor([x], dtype=torch.float64), torch.tensor([v], dtype=torch.float64), order
    )
    (slopes,) = torch.autograd.grad(result[order].sum(), net[2].weight)
    layers = numbers(net)

    def moved(step):
        weight = [[arb(w) for w in row] for row in layers[1][0]]
        weight[1][2] += step
        changed = [layers[0], (weight, layers[1][1]), layers[2]]
        return exact_jet(changed, EXACT[name], x, v, order)[order]

    step = arb(2) ** -90
    want = float((moved(step) - moved(-step)) / (2 * step))
    assert slopes[1, 2].item() == pytest.approx(want, rel=1e-10)


# --- differentiation and compilation of jets


def test_jets_pass_gradcheck_twice() -> None:
    net = perceptron("tanh")
    x = points(2, 2).requires_grad_()
    f = lambda x: sjt.jet(net, x, torch.ones_like(x), 3)  # noqa: E731
    assert torch.autograd.gradcheck(f, x, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(f, x)


def test_transforms_of_torch_apply_to_jets() -> None:
    net = perceptron("silu")
    parameters = dict(net.named_parameters())
    x = points(3, 2)

    def residual(parameters, point):
        return sjt.laplacian(lambda y: functional_call(net, parameters, (y,)), point).sum()

    rows = vmap(grad(residual), in_dims=(None, 0))(parameters, x)
    loop = [jacrev(residual)(parameters, point) for point in x]
    for name in parameters:
        torch.testing.assert_close(rows[name], torch.stack([row[name] for row in loop]))


def test_jets_compile_into_one_graph() -> None:
    net = perceptron("tanh")
    x, v = points(5, 2), points(5, 2, seed=1)
    torch._dynamo.reset()
    compiled = torch.compile(lambda x: sjt.jet(net, x, v, 3), fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x), sjt.jet(net, x, v, 3))
    plate = sjt.operator("u_xxxx + 2*u_xxyy - u_y + 3*u", net)

    def loss(x):
        return ((sjt.laplacian(net, x) + plate(x) + sjt.derivative(net, x, (1, 2))) ** 2).sum()

    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    weight = net[0].weight
    (got,), (want,) = (torch.autograd.grad(f(x), weight) for f in (compiled, loss))
    torch.testing.assert_close(got, want)


def test_high_orders_do_not_overflow_single_precision_inside() -> None:
    x = torch.zeros(1, 1)
    got = sjt.jet(lambda u: torch.exp(u / 30), x, torch.ones_like(x), 60)
    want = torch.tensor([30.0**-k for k in range(61)])
    torch.testing.assert_close(got[:, 0, 0], want, rtol=1e-5, atol=1e-28)
    assert torch.isfinite(got).all()
    high = sjt.derivative(lambda u: torch.sin(u[..., 0]), torch.ones(1, 1), (40,))
    torch.testing.assert_close(high, torch.sin(torch.ones(1)), rtol=1e-3, atol=0)
    with pytest.raises(ValueError, match="order = 171"):
        sjt.derivative(lambda u: u[..., 0], torch.ones(1, 1), (171,))


# --- estimates


def test_what_a_jet_keeps_for_its_gradient_grows_like_the_order() -> None:
    net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
    x = torch.linspace(-1, 1, 64)[:, None].repeat(1, 2)

    def kept(order: int) -> int:
        storages = {}

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            storage = tensor.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            sjt.jet(net, x, torch.ones_like(x), order)
        return sum(storages.values())

    first, second, third = (kept(order) for order in (5, 10, 20))
    assert third - second < 2.1 * (second - first)


def test_estimates_are_unbiased_within_their_standard_errors() -> None:
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(200, 16), nn.Tanh(), nn.Linear(16, 1)).double()
    x = points(3, 200)
    rng = torch.Generator().manual_seed(7)
    with torch.no_grad():
        exact = sjt.laplacian(net, x)
        estimate = sjt.estimate_laplacian(net, x, 400, generator=rng)
        again = sjt.estimate_laplacian(net, x, 400, generator=torch.Generator().manual_seed(7))
        few = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1)).double()
        fourth = sjt.biharmonic(few, x[:, :5])
        estimated = sjt.estimate_biharmonic(few, x[:, :5], 4000, generator=rng)
    assert torch.equal(estimate.value, again.value)
    for got, want in ((estimate, exact), (estimated, fourth)):
        assert torch.all((got.value - want).abs() <= 4 * got.standard_error)
        assert torch.all(got.standard_error > 0)
    halved = sjt.estimate_laplacian(net, x, 1600, generator=rng).standard_error
    assert torch.all((halved / estimate.standard_error - 0.5).abs() < 0.2)
    with pytest.raises(ValueError, match="2 or more"):
        sjt.estimate_laplacian(net, x, 1)


# --- refusals


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (torch.relu, "relu"),
        (nn.ELU(), "elu"),
        (lambda x: x.floor(), "floor"),
        (lambda x: torch.cumprod(x, 0), "cumprod"),
        (nn.BatchNorm1d(2), "batch_norm"),
        (nn.Dropout(), "eval"),
        (lambda x: x.masked_fill(x > 0, 1.0), "masked_fill"),
        (lambda x: x * 1j, "real"),
    ],
)
def test_what_jets_do_not_pass_through_is_named(f, words) -> None:
    x = points(3, 2)
    with pytest.raises(NotImplementedError, match=words):
        sjt.jet(f, x, x, 2)


def test_wrong_arguments_of_jets_are_refused() -> None:
    x = points(3, 2)
    with pytest.raises(TypeError, match="v: got list"):
        sjt.jet(torch.sin, x, [1.0, 2.0], 2)
    with pytest.raises(ValueError, match="broadcasts"):
        sjt.jet(torch.sin, x, points(4, 2), 2)
    with pytest.raises(ValueError, match="from 0 to 170"):
        sjt.jet(torch.sin, x, x, -1)
    with pytest.raises(TypeError, match="returned tuple"):
        sjt.jet(lambda x: (x, x), x, x, 1)
    with pytest.raises(TypeError, match="x: got"):
        sjt.laplacian(torch.sin, x.long())
