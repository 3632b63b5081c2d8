"""Block least squares against NumPy's dense least squares (LAPACK's SVD, no code in common)."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.dense_least_squares import joined
from sigmajet.linalg.least_squares._tpqrt import tpqrt
from sigmajet.linalg.least_squares.backends import backend
from sigmajet.linalg.least_squares.interface import Rows
from sigmajet.linalg.least_squares.triangular_qr import absorb


def solve_least_squares(rows, sizes):
    return backend().solve(rows, sizes).weights


def group(rng, blocks, sizes, height, sides) -> Rows:
    width = sum(sizes[b] for b in blocks)
    return Rows(
        tuple(blocks), rng.standard_normal((height, width)), rng.standard_normal((height, sides))
    )


def check(rows, sizes):
    matrix, values = joined(rows, sizes)
    expected, _, rank, singular = np.linalg.lstsq(matrix, values)
    assert rank == sum(sizes)
    assert singular[0] < 1e4 * singular[-1]  # the tolerance below rests on it
    found = np.concatenate(solve_least_squares(rows, sizes))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * np.abs(expected).max())


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_one_block_is_dense_least_squares(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 15))
    sizes = [n]
    sides = int(rng.integers(1, 4))
    check([group(rng, (0,), sizes, 2 * n, sides), group(rng, (0,), sizes, n, sides)], sizes)


@pytest.mark.parametrize("sides", [1, 3])
@pytest.mark.parametrize("closed", [False, True], ids=["chain", "cycle"])
@pytest.mark.parametrize("blocks", [2, 3, 8])
def test_chains_and_cycles_of_blocks_are_solved_as_one_dense_problem(blocks, closed, sides):
    rng = np.random.default_rng(blocks)
    sizes = rng.integers(3, 9, blocks).tolist()
    rows = [group(rng, (b,), sizes, 2 * sizes[b], sides) for b in range(blocks)]
    links = [(b, b + 1) for b in range(blocks - 1)] + ([(blocks - 1, 0)] if closed else [])
    check(rows + [group(rng, link, sizes, 4, sides) for link in links], sizes)


def test_a_matrix_that_blocks_have_in_common_counts_for_each_of_them():
    """It is triangularised once: their right-hand sides, columns' units and other rows differ."""
    rng = np.random.default_rng(5)
    sizes = [6] * 5
    shared, second = rng.standard_normal((9, 6)), rng.standard_normal((4, 6))
    rows = [Rows((b,), shared, rng.standard_normal((9, 2))) for b in range(4)]
    rows += [Rows((b,), second, rng.standard_normal((4, 2))) for b in (0, 2)]
    rows += [group(rng, (b,), sizes, 3 + b, 2) for b in (1, 2, 4, 4)]
    check(
        rows + [group(rng, link, sizes, 7, 2) for link in [(0, 1), (1, 2), (2, 3), (3, 4)]], sizes
    )


def test_wide_blocks_are_eliminated_side_by_side_to_the_same_bit():
    rng = np.random.default_rng(6)
    sizes = [80] * 4 + [10] * 3
    rows = [group(rng, (b,), sizes, 160, 1) for b in range(4)]
    rows += [group(rng, (b, f), sizes, 12, 1) for f in (4, 5, 6) for b in (f - 4, f - 3)]
    check(rows, sizes)
    first, second = (np.concatenate(solve_least_squares(rows, sizes)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("width", [1, 7, 150])
@pytest.mark.parametrize("triangular", [False, True])
def test_a_triangle_absorbs_rows(width, triangular):
    rng = np.random.default_rng(width)
    triangle = np.triu(rng.standard_normal((width, width)))
    rows = rng.standard_normal((width if triangular else 2 * width + 1, width))
    rows = np.triu(rows) if triangular else rows
    before = triangle.copy(), rows.copy()
    factor = absorb(triangle, [rows], triangular=triangular)
    np.testing.assert_array_equal(factor, np.triu(factor))
    expected = np.linalg.qr(np.vstack([triangle, rows]), mode="r")
    np.testing.assert_allclose(np.abs(factor), np.abs(expected), atol=1e-13 * width)
    np.testing.assert_array_equal(triangle, before[0])
    np.testing.assert_array_equal(rows, before[1])


def test_other_threads_run_while_a_triangle_absorbs_rows():
    rng = np.random.default_rng(3)
    triangle = np.asfortranarray(np.eye(500))
    rows = np.asfortranarray(rng.standard_normal((2000, 500)))
    span: list[float] = []

    def work() -> None:
        span.append(time.perf_counter())
        tpqrt(triangle, rows, 32, False)
        span.append(time.perf_counter())

    thread = threading.Thread(target=work)
    seen = []
    thread.start()
    while thread.is_alive():
        seen.append(time.perf_counter())
        time.sleep(0)
    start, end = span
    slack = 0.1 * (end - start)  # under the lock there is no moment between
    assert any(start + slack < moment < end - slack for moment in seen)


@pytest.mark.parametrize(
    ("rows", "panel", "triangular"),
    [
        (np.ones((4, 2)), 1, False),
        (np.ones((4, 3), np.float32, order="F"), 1, False),
        (np.ones((4, 3), order="F"), 4, False),
        (np.ones((4, 3), order="F"), 1, True),
        (np.ones(3), 1, False),
    ],
    ids=["columns", "type", "panel", "triangle", "dimension"],
)
def test_what_lapack_would_read_beyond_its_end_is_refused(rows, panel, triangular):
    with pytest.raises((TypeError, ValueError)):
        tpqrt(np.eye(3, order="F"), rows, panel, triangular)


def test_rows_that_only_join_blocks_may_determine_them():
    # No block has enough rows of its own: elimination passes rows on to neighbours.
    rng = np.random.default_rng(5)
    sizes = [6, 6, 6]
    rows = [group(rng, (b,), sizes, 2, 1) for b in range(3)]
    rows += [group(rng, pair, sizes, 8, 1) for pair in ((0, 1), (1, 2), (2, 0))]
    check(rows, sizes)


def test_a_row_over_all_blocks_meets_them_in_any_order():
    rng = np.random.default_rng(6)
    sizes = [4, 5, 3, 6]
    rows = [group(rng, (b,), sizes, 10, 2) for b in range(4)]
    check([*rows, group(rng, (2, 0, 3, 1), sizes, 5, 2)], sizes)


def test_the_order_of_the_rows_does_not_matter():
    rng = np.random.default_rng(7)
    sizes = [5] * 6
    rows = [group(rng, (b,), sizes, 9, 2) for b in range(6)]
    rows += [group(rng, (b, (b + 2) % 6), sizes, 6, 2) for b in range(6)]
    first = np.concatenate(solve_least_squares(rows, sizes))
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(len(rows))
        other = np.concatenate(solve_least_squares([rows[k] for k in order], sizes))
        np.testing.assert_allclose(other, first, rtol=0, atol=1e-11)


def test_the_caller_keeps_its_rows():
    rng = np.random.default_rng(8)
    rows = [group(rng, (0, 1), [3, 3], 12, 1)]
    matrix, values = rows[0].matrix.copy(), rows[0].values.copy()
    solve_least_squares(rows, [3, 3])
    assert np.array_equal(rows[0].matrix, matrix)
    assert np.array_equal(rows[0].values, values)


def test_columns_of_any_units_are_solved_alike():
    rng = np.random.default_rng(9)
    rows = group(rng, (0,), [8], 20, 1)
    units = 10.0 ** np.linspace(-150, 140, 8)
    scaled = Rows((0,), rows.matrix * units, rows.values)
    (plain,) = solve_least_squares([rows], [8])
    (found,) = solve_least_squares([scaled], [8])
    np.testing.assert_allclose(found * units[:, None], plain, rtol=1e-10)


def test_an_unknown_that_no_row_touches_is_zero():
    matrix = np.array([[1.0, 0.0], [1.0, 0.0]])
    (found,) = solve_least_squares([Rows((0,), matrix, np.array([[1.0], [3.0]]))], [2])
    assert found[:, 0] == pytest.approx([2.0, 0.0], abs=1e-14)


@pytest.mark.parametrize("rank", [3, 10])
def test_of_many_solutions_one_of_small_norm_is_taken(rank):
    # What networks give: 40 columns of unit length that span few dimensions.
    rng = np.random.default_rng(rank)
    matrix = rng.standard_normal((90, rank)) @ rng.standard_normal((rank, 40))
    matrix /= np.linalg.norm(matrix, axis=0)
    values = matrix @ rng.standard_normal((40, 1))
    smallest = np.linalg.lstsq(matrix, values, rcond=1e-12)[0]
    (found,) = solve_least_squares([Rows((0,), matrix, values)], [40])
    assert np.linalg.norm(matrix @ found - values) < 1e-12 * np.linalg.norm(values)
    # Directions that rounding alone fills are damped, not removed: a moderate factor remains.
    assert np.linalg.norm(found) < 10 * np.linalg.norm(smallest)


def test_equal_columns_share_equally():
    # Undamped, rounding over rounding tells them apart: norms are 1e8 times as large then.
    rng = np.random.default_rng(0)
    for _ in range(20):
        matrix = np.repeat(rng.standard_normal((30, 5)), 4, axis=1)
        values = matrix @ rng.standard_normal((20, 1))
        (found,) = solve_least_squares([Rows((0,), matrix, values)], [20])
        smallest = np.linalg.lstsq(matrix, values, rcond=1e-12)[0]
        assert np.linalg.norm(found) < 1.2 * np.linalg.norm(smallest)
