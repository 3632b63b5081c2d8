"""Symmetries are found where a statement has them, and only there; tied networks keep them."""

import itertools

import numpy as np
import pytest
from sympy import Eq, Function, Heaviside, Rational, Symbol, cos, exp, pi, sin

import sigmajet as sj
from sigmajet.analysis.boundary_value.symmetries import find_parities, find_symmetry
from sigmajet.approximation.network.network import draw_network
from sigmajet.approximation.network.symmetry import chosen_maps, code
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System
from sigmajet.randomness import Seed
from sigmajet.solvers.boundary_value.outset import trusted

VARIABLES = tuple(Symbol(f"x{i}") for i in range(1, 5))
U = Function("u")(*VARIABLES)
LAPLACIAN = sum(U.diff(q, 2) for q in VARIABLES)
GAUSSIAN = exp(-sum((q - Rational(1, 2)) ** 2 for q in VARIABLES))


def symmetry(equation=None, ends=None, **changed):
    """Of a statement with the Gaussian on all walls but those changed, `x1_1` for x1 = 1."""
    equation = LAPLACIAN - GAUSSIAN if equation is None else equation
    domain = dict.fromkeys(VARIABLES, (0, 1)) | (ends or {})
    walls = {
        f"{q}_{k}": Eq(U.subs(q, end), GAUSSIAN.subs(q, end))
        for q in VARIABLES
        for k, end in enumerate(domain[q])
    }
    problem = sj.Problem(equation, U, domain, list((walls | changed).values()))
    return find_symmetry(System.compile(problem))


def moved(found):
    """Axes that some map exchanges, and those that some map reflects."""
    own = np.arange(found.axes.shape[1])
    return (
        set(np.flatnonzero((found.axes != own).any(axis=0))),
        set(np.flatnonzero((found.signs < 0).any(axis=0))),
    )


def test_all_reflections_and_exchanges_are_found():
    assert moved(symmetry()) == ({0, 1, 2, 3}, {0, 1, 2, 3})


def test_slopes_and_plain_values_on_opposite_walls_are_mirror_images():
    flat = {f"x1_{e}": Eq(U.diff(VARIABLES[0]).subs(VARIABLES[0], e), (-1) ** e) for e in (0, 1)}
    assert moved(symmetry(**flat)) == ({1, 2, 3}, {0, 1, 2, 3})
    periodic = Eq(U.subs(VARIABLES[0], 0), U.subs(VARIABLES[0], 1))
    walls = [Eq(U.subs(q, e), GAUSSIAN.subs(q, e)) for q in VARIABLES[1:] for e in (0, 1)]
    problem = sj.Problem(
        LAPLACIAN - GAUSSIAN, U, dict.fromkeys(VARIABLES, (0, 1)), [periodic, *walls]
    )
    assert 0 in moved(find_symmetry(System.compile(problem)))[1]


@pytest.mark.parametrize("size", [1, 1e-10])
def test_one_condition_breaks_the_symmetries_that_it_does_not_share(size):
    wall = GAUSSIAN.subs(VARIABLES[0], 1) + size * VARIABLES[1]
    found = symmetry(x1_1=Eq(U.subs(VARIABLES[0], 1), wall))
    assert moved(found) == ({2, 3}, {2, 3})


def test_slopes_of_the_wrong_sign_are_no_mirror_images():
    same = {f"x1_{e}": Eq(U.diff(VARIABLES[0]).subs(VARIABLES[0], e), 1) for e in (0, 1)}
    assert moved(symmetry(**same)) == ({1, 2, 3}, {1, 2, 3})


def test_a_first_derivative_breaks_the_reflection_of_its_variable():
    assert moved(symmetry(LAPLACIAN + U.diff(VARIABLES[2]) - GAUSSIAN))[1] == {0, 1, 3}


def test_intervals_that_differ_are_not_exchanged():
    found = symmetry(ends={VARIABLES[3]: (0, Rational(3, 2))})
    assert moved(found) == ({0, 1, 2}, {0, 1, 2})


def test_what_is_nonlinear_or_defined_by_pieces_has_none():
    assert len(symmetry(LAPLACIAN - U**2)) == 1
    hidden = 1 + Heaviside(VARIABLES[0] - Rational(999, 1000))
    assert len(symmetry(LAPLACIAN - GAUSSIAN * hidden)) == 1


def test_a_code_is_linear_and_orthogonal_to_short_words_alone():
    words = code(6, 4)
    rows = {tuple(word) for word in words}
    assert all(tuple(a ^ b) in rows for a in words for b in words)
    for weight in (1, 2, 3):
        for axes in [range(start, start + weight) for start in range(7 - weight)]:
            assert (words[:, list(axes)].sum(axis=1) % 2 == 1).any()
    assert len(code(0, 1)) == 1


@pytest.mark.parametrize("distance", [2, 3, 4, 5])
def test_codes_of_many_variables_are_found_without_their_words(distance):
    """As long as they are, every few coordinates of their words take all values: few words."""
    words = code(20, distance)
    assert len(words) == len(np.unique(words, axis=0)) <= 512
    assert not words[0].any()
    places = 2 ** np.arange(distance - 1)
    for axes in itertools.combinations(range(20), distance - 1):
        assert len(np.unique(words[:, list(axes)] @ places)) == 2 ** len(axes)


def test_no_more_maps_than_allowed():
    everything = list(range(10))
    for largest in (1, 2, 40, 512):
        found = chosen_maps(10, everything, [everything], largest)
        assert len(found) <= largest
        assert np.array_equal(found.axes[0], everything)
        assert np.all(found.signs[0] == 1)


def test_a_sum_over_images_has_the_symmetries():
    found = symmetry()
    network = draw_network(4, 5, seed=Seed(1))
    networks = (network, *found.images(network))
    points = np.random.default_rng(0).uniform(-1, 1, (7, 4))

    def total(at):
        return sum(n.features(at, [(0,) * 4])[(0,) * 4] for n in networks)

    cycle = np.roll(np.arange(4), 1)
    assert np.allclose(total(points), total(points[:, cycle]), rtol=1e-13)
    pair = points * [1, -1, -1, 1] if len(found) < 64 else points * [1, -1, 1, 1]
    assert np.allclose(total(points), total(pair), rtol=1e-13)


def test_a_solution_with_symmetries_is_as_good_as_its_estimate_says():
    problem = sj.Problem(
        Eq(LAPLACIAN, sum(GAUSSIAN.diff(q, 2) for q in VARIABLES)),
        U,
        dict.fromkeys(VARIABLES, (0, 1)),
        [Eq(U.subs(q, e), GAUSSIAN.subs(q, e)) for q in VARIABLES for e in (0, 1)],
    )
    solution = sj.solve(problem, tol=1e-9)
    points = np.random.default_rng(3).uniform(0, 1, (4, 500))
    exact = np.exp(-((points - 0.5) ** 2).sum(axis=0))
    error = np.linalg.norm(solution(*points) - exact) / np.linalg.norm(exact)
    assert error < 1e-9
    assert error < 10 * solution.error_estimate


@pytest.mark.parametrize(("squared", "used"), [(0, True), (7 * pi**2, False)])
def test_a_symmetry_is_not_used_where_a_function_without_it_can_be_added(squared, used):
    """sin(2 pi x1) sin(pi x2) sin(pi x3) sin(pi x4) solves the second, with zero on all walls."""
    problem = sj.Problem(
        LAPLACIAN + squared * U - GAUSSIAN,
        U,
        dict.fromkeys(VARIABLES, (0, 1)),
        [Eq(U.subs(q, e), 0) for q in VARIABLES for e in (0, 1)],
    )
    system = System.compile(problem)
    found = find_symmetry(system)
    assert len(found) > 1
    whole = Partition.whole(problem.domain.lower, problem.domain.upper)
    assert (trusted(system, whole, found, Seed(0)) is found) == used


X, Y, T = Symbol("x"), Symbol("y"), Symbol("t")
W, V, S = (Function("w")(X, T), Function("v")(X, T), Function("s")(X, Y))
FIXED = [Eq(W.subs(X, end), 0) for end in (-1, 1)]
SQUARE = {X: (-1, 1), Y: (0, 2)}
FRAME = [Eq(S.subs(*wall), 0) for wall in ((X, -1), (X, 1), (Y, 0), (Y, 2))]


def parities(equations, unknowns, conditions, domain=None, time=T):
    domain = domain or {X: (-1, 1), T: (0, 1)}
    return find_parities(
        System.compile(sj.Problem(equations, unknowns, domain, conditions, time=time))
    )


@pytest.mark.parametrize(
    ("right", "start", "expected"),
    [
        (W.diff(X, 2) - W * W.diff(X), sin(pi * X), [(0, (-1,))]),
        (W.diff(X, 2) + W - W**3, X**2 * cos(pi * X / 2), [(0, (1,))]),
        (W.diff(X, 2) + W - W**3, sin(pi * X), [(0, (-1,))]),
        (W.diff(X, 2) + W**2, cos(pi * X / 2), [(0, (1,))]),
        (W.diff(X, 2) + W**2, sin(pi * X), []),
        (W.diff(X, 2) - W * W.diff(X), cos(pi * X / 2), []),
        (W.diff(X, 2) + W**2, cos(pi * X / 2) + 1e-9 * sin(pi * X), []),
        (W.diff(X, 2) + W**2 + 1e-9 * X, cos(pi * X / 2), []),
        (W.diff(X, 2) + W**2 * (1 + 1e-9 * X), cos(pi * X / 2), []),
        (W.diff(X, 2) + W.diff(X), cos(pi * X / 2), []),
        (W.diff(X, 2) + exp(W) * X**2, cos(pi * X / 2), [(0, (1,))]),
    ],
)
def test_an_evolution_keeps_the_parity_of_its_start(right, start, expected):
    assert parities(Eq(W.diff(T), right), W, [Eq(W.subs(T, 0), start), *FIXED]) == expected


def test_each_unknown_has_a_parity_of_its_own():
    equations = [Eq(W.diff(T), V.diff(X)), Eq(V.diff(T), W.diff(X) * (1 + W**2))]
    walls = [Eq(V.subs(X, end), 0) for end in (-1, 1)]
    starts = [Eq(W.subs(T, 0), cos(pi * X)), Eq(V.subs(T, 0), 0)]
    assert parities(equations, [W, V], starts + walls) == [(0, (1, -1))]


def test_of_steady_statements_linear_ones_alone_have_parities():
    laplacian = S.diff(X, 2) + S.diff(Y, 2)
    found = parities(Eq(laplacian, X * (1 - Y) ** 2), S, FRAME, SQUARE, None)
    assert found == [(0, (-1,)), (1, (1,))]
    # -Lap s = 30 (s - s^3) has solutions of either sign, of which none is odd
    assert parities(Eq(laplacian, 30 * (S**3 - S)), S, FRAME, SQUARE, None) == []
    uneven = [Eq(S.subs(X, -1), 1), *FRAME[1:]]
    assert parities(Eq(laplacian, 1 + 0 * S), S, uneven, SQUARE, None) == [(1, (1,))]
