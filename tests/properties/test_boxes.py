"""Where a box lies, how large it is and how it is turned says nothing."""

import numpy as np
import pytest

from .agreement import assert_same, solved
from .statements import EACH, STATEMENTS, x, y

# name of a move -> factor and shift of each variable; time has a direction, which no move reverses
MOVES = {"translated": (1, 1000), "scaled": (10**4, 0), "mirrored": (-1, 1)}
PLANES = ["diffusion_plane", "cubic_plane", "coupled_plane"]


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("name", EACH)
def test_a_box_may_lie_elsewhere(name, move):
    statement = STATEMENTS[name]
    factor, shift = MOVES[move]
    kept = {statement.time} if factor < 0 else set()
    to = {q: (q, factor, shift) for q in statement.domain if q not in kept}
    here, there = solved(name, 1e-8), statement.moved(to).solve(1e-8)
    points = [
        p if q in kept else factor * p + shift
        for q, p in zip(statement.domain, statement.nodes[0], strict=True)
    ]
    assert_same(
        statement,
        statement.at_nodes(here),
        np.atleast_2d(there(*points)),
        here.error_estimate,
        there.error_estimate,
    )


@pytest.mark.parametrize("name", PLANES)
def test_a_plane_may_be_turned_by_a_quarter(name):
    statement = STATEMENTS[name]
    turned = statement.moved({x: (y, 1, 0), y: (x, -1, 1)})
    here, there = solved(name, 1e-8), turned.solve(1e-8)
    across, up = statement.nodes[0]
    assert_same(
        statement,
        statement.at_nodes(here),
        np.atleast_2d(there(1 - up, across)),
        here.error_estimate,
        there.error_estimate,
    )
