"""Conserved quantities stay, what decays decays as it should, and a film shows what moves."""

import itertools
from functools import cache

import numpy as np
import pytest
from PIL import Image
from sympy import Eq, Function, Integral, Symbol, exp, pi, sin, symbols

import sigmajet as sj
from sigmajet.solution.plotting import animation
from sigmajet.solution.plotting.picture import draw_image

x, y, t = symbols("x y t")
u, w = Function("u")(x, t), Function("w")(x, y, t)


@cache
def burgers():
    """Periodic: the mean stays, the energy falls by the dissipation."""
    nu = Symbol("nu")
    return sj.solve(
        sj.Problem(
            Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2)),
            u,
            {x: (-1, 1), t: (0, 1)},
            [Eq(u.subs(t, 0), 1 - sin(pi * x)), Eq(u.subs(x, -1), u.subs(x, 1))],
            time=t,
            parameters={nu: 0.05},
        ),
        tol=1e-8,
    )


@cache
def plate(method="auto"):
    sides = [Eq(w.subs(q, a), 0) for q in (x, y) for a in (0, 1)]
    return sj.solve(
        sj.Problem(
            Eq(w.diff(t), (w.diff(x, 2) + w.diff(y, 2)) / 10),
            w,
            {x: (0, 1), t: (0, 1), y: (0, 1)},
            [Eq(w.subs(t, 0), sin(pi * x) * sin(pi * y)), *sides],
            time=t,
        ),
        tol=1e-4,
        method=method,
    )


def test_quadrature_agrees_with_the_closed_form_of_a_network():
    """The integral of s(w x + b) over a block is a difference of s^(-1), divided by w."""
    for stretch in burgers().field.stretches:
        (time,) = stretch.times[-1:]
        network, partition = stretch.basis.network, stretch.partition
        (slopes,) = network.weights.T
        ends = [sj.sigmoid(-1, network.biases + end * slopes) for end in (-1, 1)]
        features = (ends[1] - ends[0]) / slopes @ stretch.basis.transform
        halves = partition.half_widths[:, 0]
        expected = sum(
            # Functions are orthonormal in the mean square over the whole interval.
            float(np.sqrt(half * halves.sum()) * features @ stretch.values[-1, -1, 0, k])
            for k, half in enumerate(halves)
        )
        _, (mass,) = burgers().monitor(Integral(u, (x, -1, 1)), [time])
        # Coefficients of features reach 1e3 times the solution.
        assert mass == pytest.approx(expected, abs=1e-11)


def test_mass_is_conserved_and_energy_lost_to_dissipation():
    times, mass = burgers().monitor(Integral(u, (x, -1, 1)))
    assert times[0] == 0.0
    assert times[-1] == 1.0
    assert np.all(np.diff(times) > 0)
    np.testing.assert_allclose(mass, 2.0, rtol=0, atol=1e-8)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    moments = 0.5 + 0.5 * nodes
    _, lost = burgers().monitor(Integral(u.diff(x) ** 2, (x, -1, 1)) / 20, moments)
    _, energy = burgers().monitor(Integral(u**2, (x, -1, 1)) / 2, [0, 1])
    assert energy[0] == pytest.approx(1.5, rel=1e-8)
    assert energy[0] - energy[1] == pytest.approx(0.5 * weights @ lost, rel=1e-6)


def test_parts_parameters_and_time_may_enter():
    _, left = burgers().monitor(Integral(u, (x, -1, 0)), [0.0])
    assert left[0] == pytest.approx(1 + 2 / np.pi, rel=1e-8)
    _, both = burgers().monitor(
        t + Symbol("nu") * Integral(u, (x, -1, 1)) + Integral(x * u, (x, -1, 1)) ** 2, [0.0, 0.5]
    )
    assert both[0] == pytest.approx(0.1 + (2 / np.pi) ** 2, rel=1e-8)


@pytest.mark.parametrize("method", ["evolution", "steady"])
def test_a_plate_cools_as_its_formula_says(method):
    times, heat = plate(method).monitor(Integral(w, (x, 0, 1), (y, 0, 1)))
    expected = 4 / np.pi**2 * np.exp(-(np.pi**2) * times / 5)
    np.testing.assert_allclose(heat, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (u, "expected integrals"),
        (u * Integral(u, (x, 0, 1)), "outside its integrals"),
        (Integral(u, (t, 0, 1)), "definite integrals over x"),
        (Integral(u, x), "definite integrals over x"),
        (Integral(1, (x, 0, Symbol("a has no value"))), "a"),
    ],
)
def test_what_is_no_quantity_of_time_is_refused(expression, words):
    with pytest.raises(sj.ProblemError, match=words):
        burgers().monitor(expression)


def test_all_of_space_is_integrated_over():
    with pytest.raises(sj.ProblemError, match="leaves y free"):
        plate().monitor(Integral(w, (x, 0, 1)))


@pytest.mark.parametrize("solution", [burgers, plate])
def test_a_film_moves_and_runs_at_its_rate(tmp_path, solution):
    path = tmp_path / "out.gif"
    solution().animate(path, frames=5, rate=10)
    with Image.open(path) as film:
        assert film.n_frames == 5
        assert film.info["duration"] == 100
        assert film.info["loop"] == 0
        pictures = []
        for number in range(5):
            film.seek(number)
            pictures.append(np.asarray(film.convert("L"), dtype=float))
    assert all(np.abs(a - b).max() > 50 for a, b in itertools.pairwise(pictures))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("width", "shape"), [(2, 1.0), (8, "auto")])
def test_a_film_has_the_shape_and_the_colours_of_a_picture(tmp_path, monkeypatch, width, shape):
    """True where that is legible; about zero where values change sign, at any time."""
    solution = sj.solve(
        sj.Problem(
            Eq(w.diff(t), -2),
            w,
            {x: (0, width), y: (0, 1), t: (0, 1)},
            [Eq(w.subs(t, 0), 1)],
            time=t,
        ),
        tol=1e-3,
        method="steady",
    )
    frames = []

    def noted(problem, axes, *arguments):
        draw_image(problem, axes, *arguments)
        frames.append((axes, *axes.images))

    monkeypatch.setattr(animation, "draw_image", noted)
    solution.animate(tmp_path / "out.gif", frames=2)
    assert len(frames) == 2
    for axes, image in frames:
        assert axes.get_aspect() == shape
        assert image.norm.vmax == -image.norm.vmin == pytest.approx(1, abs=1e-3)
        assert image.get_extent() == [0, width, 0, 1]


def test_a_film_needs_time_and_a_gif(tmp_path):
    with pytest.raises(sj.FileError, match=r"expected \.gif"):
        burgers().animate(tmp_path / "out.png")
    with pytest.raises(sj.ProblemError, match="positive integers"):
        burgers().animate(tmp_path / "out.gif", frames=0)
    f = Function("f")(x)
    still = sj.solve(sj.Problem(Eq(f.diff(x), exp(x)), f, {x: (0, 1)}, [Eq(f.subs(x, 0), 1)]))
    with pytest.raises(sj.ProblemError, match="names no time"):
        still.animate(tmp_path / "out.gif")
    with pytest.raises(sj.ProblemError, match="names no time"):
        still.monitor(Integral(f, (x, 0, 1)))
