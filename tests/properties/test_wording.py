"""One problem in other words: in another order, or with its derivatives as unknowns."""

import numpy as np
import pytest

from .agreement import assert_same, solved
from .statements import EACH, STATEMENTS

HIGH_ORDER = ["robin_line", "layer_line", "wavy_line", "cubic_line", "coupled_lines"]
HIGH_ORDER += ["plate_line", "oscillator", "pendulum", "wave"]


@pytest.mark.parametrize("name", EACH)
def test_variables_unknowns_equations_and_conditions_may_come_in_any_order(name):
    statement = STATEMENTS[name]
    usual, turned = solved(name, 1e-8), statement.reordered().solve(1e-8)
    points, _ = statement.nodes
    assert_same(
        statement,
        statement.at_nodes(usual),
        np.atleast_2d(turned(*points[::-1]))[::-1],
        usual.error_estimate,
        turned.error_estimate,
    )


@pytest.mark.parametrize("name", HIGH_ORDER)
def test_an_equation_and_its_system_of_first_order_agree(name):
    statement = STATEMENTS[name]
    system = statement.of_first_order()
    assert len(system.unknowns) > len(statement.unknowns)
    whole, reduced = solved(name, 1e-8), system.solve(1e-8)
    assert_same(
        statement,
        statement.at_nodes(whole),
        system.at_nodes(reduced)[: len(statement.unknowns)],
        whole.error_estimate,
        reduced.error_estimate,
    )
