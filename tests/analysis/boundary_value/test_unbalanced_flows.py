"""What flows out is held against what sources make where walls prescribe all flows."""

import re

import pytest
import sympy as sp

import sigmajet as sj
from sigmajet.analysis.boundary_value.continuity import refuse_unbalanced_flows
from sigmajet.geometry.partition import Partition
from sigmajet.problem.compiled.system import System

x, y, z = VARIABLES = sp.symbols("x y z")
DISK = sj.Disk((x, y), (0, 0), 1)
BOX = {x: (0, 1), y: (0, 2)}


def flow(domain, source, walls, *, convection=0):
    """A pressure that drives a flow, which has a source."""
    variables = tuple(domain) if isinstance(domain, dict) else domain.variables
    flows = [sp.Function(name)(*variables) for name in "uvw"[: len(variables)]]
    p = sp.Function("p")(*variables)
    moved = [sum(c * f.diff(q) for c, q in zip(flows, variables, strict=True)) for f in flows]
    momentum = [
        sp.Eq(sum(f.diff(s, 2) for s in variables), p.diff(q) + convection * m)
        for f, m, q in zip(flows, moved, variables, strict=True)
    ]
    continuity = sum(f.diff(q) for f, q in zip(flows, variables, strict=True))
    pin = sp.Eq(p.subs(dict.fromkeys(variables, sp.Rational(1, 2))), 0)
    conditions = [*walls(flows), pin]
    return sj.Problem([*momentum, sp.Eq(continuity, source)], [*flows, p], domain, conditions)


def judge(problem):
    region = problem.domain.region
    refuse_unbalanced_flows(System.compile(problem), Partition.of(region), 1e-6)


def through_ends(flows):
    """A parabola through the ends of the box, which carries 4/3, and no flow through its sides."""
    u, v = flows
    ends = [sp.Eq(u.subs(x, end), y * (2 - y)) for end in (0, 1)]
    return [
        *ends,
        *(sp.Eq(u.subs(y, end), 0) for end in (0, 2)),
        *(sp.Eq(v.subs(q, end), 0) for q in (x, y) for end in BOX[q]),
    ]


def outwards(flows):
    return [sj.on_boundary(sp.Eq(3 * f, 3 * q)) for f, q in zip(flows, VARIABLES, strict=False)]


def in_halves(flows):
    halves = [sj.on_boundary(sp.Eq(flows[0], x), where=half) for half in (x > 0, x < 0)]
    return [*halves, sj.on_boundary(sp.Eq(flows[1], y))]


@pytest.mark.parametrize(
    ("domain", "walls", "fair", "convection"),
    [
        (BOX, through_ends, 0, 0),
        (BOX, through_ends, x - sp.Rational(1, 2), 1),
        (DISK, in_halves, 2, 1),
        (sj.Ball((x, y, z), (0, 0, 0), 1), outwards, 3, 0),
    ],
)
def test_what_flows_out_has_to_be_what_sources_make(domain, walls, fair, convection):
    judge(flow(domain, fair, walls, convection=convection))
    with pytest.raises(sj.ProblemError, match="there is no solution"):
        judge(flow(domain, fair + sp.Rational(1, 100), walls, convection=convection))


def test_both_amounts_are_told():
    def twice(flows):
        entering, *others = through_ends(flows)
        return [sp.Eq(entering.lhs, 2 * entering.rhs), *others]

    with pytest.raises(sj.ProblemError, match=re.escape("make, 2, and the values there make it")):
        judge(flow(BOX, 1, twice))
    with pytest.raises(sj.ProblemError, match=re.escape("make it -1.33333:")):
        judge(flow(BOX, 1, twice))


@pytest.mark.parametrize(
    "walls",
    [
        lambda flows: through_ends(flows)[1:],  # an end is open
        lambda flows: [  # around
            sp.Eq(flows[0].subs(x, 0), flows[0].subs(x, 1)),
            *through_ends(flows)[2:],
        ],
    ],
)
def test_nothing_is_said_where_flows_are_not_prescribed(walls):
    judge(flow(BOX, 1, walls))


def test_nothing_is_said_where_an_equation_is_no_divergence():
    u, v = (sp.Function(name)(x, y) for name in "uv")
    equations = [sp.Eq(u.diff(x) + y * v.diff(y), 1), sp.Eq(u.diff(y) - v.diff(x), 0)]
    judge(sj.Problem(equations, [u, v], BOX, through_ends([u, v])))
