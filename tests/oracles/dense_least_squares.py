"""Least squares over blocks as one dense problem: NumPy's `lstsq` and `qr`, another backend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from sigmajet.linalg.least_squares.interface import Rows, Solved


def joined(rows: Sequence[Rows], sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The joined matrix and right-hand sides, blocks side by side in their order."""
    starts = np.concatenate([[0], np.cumsum(sizes)])
    matrix = np.zeros((sum(len(g.values) for g in rows), starts[-1]))
    top = 0
    for g in rows:
        left = 0
        for b in g.blocks:
            part = g.matrix[:, left : left + sizes[b]]
            matrix[top : top + len(part), starts[b] : starts[b + 1]] += part
            left += sizes[b]
        top += len(g.values)
    return matrix, np.concatenate([g.values for g in rows])


@dataclass(frozen=True)
class DenseTriangle:
    matrix: np.ndarray

    @property
    def size(self) -> int:
        return len(self.matrix)

    def solve(self, values: np.ndarray) -> np.ndarray:
        return solve_triangular(self.matrix, values)

    def solve_transposed(self, values: np.ndarray) -> np.ndarray:
        return solve_triangular(self.matrix, values, trans="T")


class Dense:
    def solve(self, rows: Sequence[Rows], sizes: Sequence[int]) -> Solved:
        matrix, values = joined(rows, sizes)
        scales = np.linalg.norm(matrix, axis=0)
        scales[scales == 0.0] = 1.0
        weights = np.linalg.lstsq(matrix / scales, values)[0] / scales[:, None]
        triangle = DenseTriangle(np.linalg.qr(matrix / scales, mode="r"))
        edges = np.cumsum(sizes)[:-1]
        return Solved(np.split(weights, edges), triangle, np.split(scales, edges))

    def work(self, groups: Iterable[Sequence[int]], sizes: Sequence[int]) -> float:
        return 10 / 3 * float(sum(sizes)) ** 3
