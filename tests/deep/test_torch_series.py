"""Series through the kernel's operators agree with tensor code, which shares nothing with them."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.func import grad, jvp, vmap  # noqa: E402

import sigmajet.torch as sjt  # noqa: E402
from sigmajet.kernel import _special  # noqa: E402
from sigmajet.torch import fused  # noqa: E402

LOOPS = _special.instruction_sets()
FUNCTIONS = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": nn.functional.softplus,
    "silu": lambda x: x * torch.sigmoid(x),
    "product": lambda x: torch.tanh(x) * torch.sigmoid(2 * x) * x,
}


@pytest.fixture
def tensor_code(monkeypatch):
    """A call to have jets by tensor code from then on."""
    return lambda: monkeypatch.setattr(fused, "takes", lambda u: False)


@pytest.fixture(params=LOOPS)
def loops(request):
    """Each instruction set of this processor."""
    _special.use_instruction_set(request.param)
    yield
    _special.use_instruction_set(LOOPS[0])


def points(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def close(got, want, tolerance=1e-12):
    """Whether they differ by less than that share of the largest."""
    assert got.shape == want.shape
    assert (got - want).abs().max() <= tolerance * want.abs().max()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("order", [1, 2, 5, 20])
@pytest.mark.parametrize("count", [1, 37, 300])
def test_series_agree_with_tensor_code(loops, tensor_code, name, order, count) -> None:
    x = points(count) * 3
    found = sjt.jet(FUNCTIONS[name], x, torch.ones_like(x), order)
    tensor_code()
    want = sjt.jet(FUNCTIONS[name], x, torch.ones_like(x), order)
    for k in range(order + 1):
        close(found[k], want[k])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("operate", [sjt.laplacian, sjt.biharmonic])
def test_sums_over_directions_agree_with_tensor_code(tensor_code, name, operate) -> None:
    x, weight = points(7, 3), points(3, 40, seed=1)
    found = operate(lambda x: FUNCTIONS[name](x @ weight).sum(-1), x)
    tensor_code()
    close(found, operate(lambda x: FUNCTIONS[name](x @ weight).sum(-1), x), 1e-11)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "product"])
def test_derivatives_of_series_of_every_kind_agree_with_tensor_code(tensor_code, name) -> None:
    x, along = points(5), points(5, seed=2)

    def energy(x):
        rows = sjt.jet(FUNCTIONS[name], x, torch.ones_like(x), 3)
        return (rows**2).sum()

    def numbers():
        slope = grad(energy)
        yield slope(x)
        yield jvp(energy, (x,), (along,))[1]
        yield jvp(slope, (x,), (along,))[1]
        yield grad(lambda x: jvp(energy, (x,), (along,))[1])(x)
        yield grad(lambda x: (slope(x) ** 2).sum())(x)
        yield jvp(lambda x: jvp(energy, (x,), (along,))[1], (x,), (along,))[1]
        yield vmap(slope)(torch.stack([x, along]))

    found = list(numbers())
    tensor_code()
    for got, want in zip(found, numbers(), strict=True):
        close(got, want, 1e-11)


def test_both_tails_keep_their_digits() -> None:
    x = torch.tensor([-400.0, -40.0, 0.0, 40.0, 400.0], dtype=torch.float64)
    rows = sjt.jet(torch.tanh, x / 2, torch.full_like(x, 0.5), 4)  # 2 s(x) - 1
    for k in range(1, 5):
        torch.testing.assert_close(rows[k], 2 * sjt.sigmoid(k, x), rtol=1e-13, atol=0)


def test_what_is_not_finite_stays_where_it_is() -> None:
    x = torch.tensor([float("inf"), -float("inf"), float("nan"), 0.5, 800.0], dtype=torch.float64)
    rows = sjt.jet(torch.tanh, x, torch.ones_like(x), 2)
    torch.testing.assert_close(rows[0], torch.tanh(x), equal_nan=True)
    assert rows[1:, [0, 1, 4]].eq(0).all()
    assert rows[:, 2].isnan().all()


def test_threads_do_not_change_what_is_found() -> None:
    x, threads = points(100_000), torch.get_num_threads()
    one = sjt.jet(torch.tanh, x, torch.ones_like(x), 6)
    try:
        torch.set_num_threads(3)
        assert torch.equal(one, sjt.jet(torch.tanh, x, torch.ones_like(x), 6))
    finally:
        torch.set_num_threads(threads)


def test_series_in_single_precision_are_those_of_double_rounded() -> None:
    x = points(50, dtype=torch.float32)
    rows = sjt.jet(torch.tanh, x, torch.ones_like(x), 4)
    assert rows.dtype == torch.float32
    wide = sjt.jet(torch.tanh, x.double(), torch.ones_like(x).double(), 4)
    for k in range(5):
        close(rows[k].double(), wide[k], 1e-6)


def test_no_slopes_are_kept_where_none_are_asked_for(monkeypatch) -> None:
    asked = []
    run = _special.series_activation
    monkeypatch.setattr(
        fused._special, "series_activation", lambda *a: (asked.append(a[2]), run(*a))[1]
    )
    x = points(4)
    with torch.no_grad():
        sjt.jet(torch.tanh, x, torch.ones_like(x), 2)
    sjt.jet(torch.tanh, x, torch.ones_like(x), 2)
    assert asked == [False, True]
