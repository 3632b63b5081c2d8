"""What a search sets out from: blocks, symmetry and functions that the statement asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Array
from ...adaptivity.refinement import BLOCK_WIDTH, MOST_BLOCKS, seeing, shortest
from ...adaptivity.shape import TRIED
from ...adaptivity.trial import Trial
from ...analysis.boundary_value.layers import layer_edges
from ...analysis.boundary_value.oscillation import shortest_scale, wave_numbers, waves_across
from ...analysis.boundary_value.symmetries import find_symmetry
from ...analysis.features.along import Along
from ...analysis.features.boxes import NarrowTerms, Sight
from ...analysis.features.features import faint, features
from ...analysis.features.pieces import POINTS
from ...analysis.ordinary.breakpoints import breakpoints
from ...analysis.singular.cavities import harmonics
from ...analysis.singular.combined import JointFunctions
from ...analysis.singular.corner_data import jump_functions
from ...analysis.singular.corners import corner_functions, parted
from ...analysis.singular.junctions import junction_functions
from ...analysis.singular.line_powers import singular_powers
from ...analysis.singular.multipoles import multipoles
from ...analysis.singular.system_corners import system_corner_functions
from ...analysis.singular.wall_data import wall_functions
from ...analysis.switches import Switches
from ...approximation.block_field import BlockField
from ...approximation.field import Differentiable
from ...approximation.network.network import Shape
from ...approximation.network.symmetry import NO_SYMMETRY, Symmetry
from ...approximation.shared.formulas import FormulaFunctions
from ...approximation.shared.functions import SharedFunctions, together
from ...discretization.collocation.collocation import OVERSAMPLING
from ...geometry.partition import Partition
from ...geometry.points import points_inside
from ...geometry.region import BoxRegion
from ...geometry.shapes.grading import graded
from ...geometry.spacing import divided
from ...problem.compiled.system import System
from ...problem.statement import Problem
from ...randomness import PROBES, Seed
from ...rounding import relative_rounding
from ...rules.samples import MANY
from .attempt import Standard
from .options import SearchOptions

# Response to noise of a plain network above which a symmetry is not used: that of
# Poisson's problem in four to ten variables is 2e-4 to 5e-4, that of a resonance in four 9e-3; in
# five and more so few neurons do not tell a resonance.
_UNSAFE = 2e-3
# Wavelengths of the operator in a block at first: the response of 40 neurons to noise at a
# resonance of 4 is 1e4, of other problems below 1.
_WAVES = 4.0


@dataclass(frozen=True, slots=True)
class Outset:
    """What is known before anything is solved.

    Attributes
    ----------
    partition : Partition
        Blocks between interfaces, breakpoints and waves.
    waves : float
        Wavelengths of the operator across the box.
    standard : Standard
        What attempts will be judged by.
    symmetry : Symmetry
    shared : SharedFunctions
        Singular functions of corners, those of holes and cavities, and the user's.
    smooth : bool
        Whether known terms of a plane or of space are smooth on each block.
    doubts : tuple of str
        What may have been overlooked in the known terms.
    beyond : str
        What a linear equation on a line lets free that no blocks resolve, in words; else empty.
    """

    partition: Partition
    waves: float
    standard: Standard
    symmetry: Symmetry
    shared: SharedFunctions
    smooth: bool
    doubts: tuple[str, ...]
    beyond: str

    @classmethod
    def read(cls, system: System, options: SearchOptions) -> Outset:
        """Look at a system; only whether a symmetry can be trusted takes a solve."""
        problem, tol = system.problem, options.tol
        partition = _between_interfaces(problem)
        waves = waves_across(system, options.guess)
        sharp, weak = np.empty(0), tuple[Array, ...]()
        sight = Sight(partition, smooth=False, doubts=())
        fixed = partition.edges()
        if partition.dimension == 1:
            breaks = breakpoints(problem)
            wanted = features(problem, tol, [breaks.switches])
            partition = _cut_in_advance(partition, breaks.switches, waves, wanted.points[0])
            sharp = np.union1d(breaks.sharp, wanted.points[0])
            weak = faint(problem, wanted, [breaks.switches])
            sight = Sight(partition, smooth=False, doubts=wanted.doubts)
            fixed = np.union1d(fixed, breaks.switches)
        elif partition.dimension in OVERSAMPLING:  # beyond, boxes are too many to be cut
            sight = _seeing_known_terms(system, partition, tol)
            partition = sight.partition
        switches, along = Switches.read(system, fixed), Along.read(system)
        standard = Standard(tol, _rounding(problem, waves), sharp, weak, switches, along, waves)
        symmetry = _symmetry(system, partition, options.seed)
        corners = corner_functions(system).beside(junction_functions(system))
        corners = corners.beside(jump_functions(system)).beside(wall_functions(system))
        if not problem.linear:  # of which a coarse solution may lead astray
            partition = graded(partition)
        one = system.unknowns == 1
        plane = JointFunctions.of_one(corners) if one else system_corner_functions(system)
        partition = parted(partition, plane.functions)
        plane = plane.beside(multipoles(system))
        joint = None if one or not len(plane.functions) else plane.joint
        powers = FormulaFunctions(singular_powers(system, BLOCK_WIDTH[1]), problem.variables)
        shared = together(plane.functions, harmonics(system), options.enrich, powers, joint=joint)
        beyond = _beyond(system, waves)
        return cls(partition, waves, standard, symmetry, shared, sight.smooth, sight.doubts, beyond)

    def wave_numbers(
        self, system: System, guess: Differentiable | None
    ) -> tuple[Array, Array] | None:
        """Points of the plane or of space, and waves about them by each axis; None without any."""
        if not self.waves or not 1 < self.partition.dimension <= 3:
            return None
        bounds = self.partition.bounds
        (points,) = points_inside([system.problem.domain.region], [bounds], MANY, PROBES)
        return points, wave_numbers(system, guess, points)

    def seeing(self, partition: Partition, field: BlockField) -> Partition:
        """Blocks cut to see all that terms of the unknowns hold along a field on them."""
        edges = partition.edges()
        return seeing(partition, self.standard.along.points(field, edges, self.standard.tol))

    def trial(self, system: System, shape: Shape, seed: Seed) -> Trial:
        """Solves on these blocks."""
        return Trial(system, self.partition, shape, seed, self.symmetry, self.shared)


def _rounding(problem: Problem, waves: float) -> float:
    """Of the terms of an equation of order n, which are (2 pi waves)^n times the solution.

    Near resonances of 1 to 40 waves true errors are a hundredth of it to once it.
    """
    order = max(max(orders) for orders in problem.orders)
    return relative_rounding() * max(1.0, 2.0 * np.pi * waves) ** order


def _beyond(system: System, waves: float) -> str:
    """What the finest blocks of a line leave unresolved, if a solution holds any of it."""
    if len(system.problem.variables) > 1 or not system.problem.linear:
        return ""
    (lower,), (upper,) = system.problem.domain.lower, system.problem.domain.upper
    most, length = MOST_BLOCKS * _WAVES, upper - lower
    if waves > most:
        return (
            f"the equation lets about {waves:.1e} waves across the interval free, and no more than "
            f"{MOST_BLOCKS} blocks, of {_WAVES:g} waves each, are tried; shorten the interval"
        )
    scale = shortest_scale(system)
    if scale < shortest(1.0):
        return (
            f"the equation lets free what changes within {scale * length:.1e}, and on an interval "
            f"of {length:.1e} rounding does not tell places so near to each other apart; shorten "
            "the interval"
        )
    return ""


def _symmetry(system: System, partition: Partition, seed: Seed) -> Symmetry:
    """Maps of a box, and not those of an interface, that the problem and its solution share."""
    problem = system.problem
    box = isinstance(problem.domain.region, BoxRegion)
    maps = find_symmetry(system) if box and not problem.interfaces else NO_SYMMETRY
    return trusted(system, partition, maps, seed)


def _between_interfaces(problem: Problem) -> Partition:
    """The blocks that the interfaces of a problem cut out of its domain."""
    return Partition.of(problem.domain.region, problem.parts).sliced(problem.planes)


def _cut_in_advance(line: Partition, switches: Array, waves: float, points: Array) -> Partition:
    """The blocks of a line that its known terms and the waves of its operator ask for."""
    ends = line.edges()
    blocks = Partition.between(np.unique([*ends, *switches[:MOST_BLOCKS]]))
    waves = waves if waves < MOST_BLOCKS * _WAVES else 0.0  # so many are out of reach
    pieces = np.ceil(waves / _WAVES * blocks.half_widths[:, 0] / blocks.half_widths.sum())
    blocks = blocks.split(dict(enumerate(np.clip(pieces, 1, MOST_BLOCKS).astype(int))))
    return Partition.between(divided(blocks.edges(), points, POINTS))


def _seeing_known_terms(system: System, partition: Partition, tol: float) -> Sight:
    """The blocks of a plane or of space that its known terms ask for."""
    dimension = partition.dimension
    terms = NarrowTerms.read(system.problem, tol)
    points = int(OVERSAMPLING[dimension] * BLOCK_WIDTH[dimension])
    most = MOST_BLOCKS // 2**dimension
    sight = terms.seen(partition, points, most)
    if len(sight.partition) == len(partition):
        return sight
    planes = layers(system, tol)  # whose blocks may see all there is
    return terms.seen(partition.sliced(planes), points, most, planes)


def layers(system: System, tol: float) -> list[tuple[int, float]]:
    """Planes beside the walls of a box; a line with a layer at one end alone finds it.

    With one at both ends of a line it takes both to see whether what lies between them is free, as
    it is about a turning point that all flows away from.
    """
    problem = system.problem
    dimension = len(problem.variables)
    box = isinstance(problem.domain.region, BoxRegion)
    if not (box and problem.linear and dimension <= 3):
        return []
    found = layer_edges(system, BLOCK_WIDTH[dimension] ** (1.0 / dimension), tol)
    middle = 0.5 * (problem.domain.lower[0] + problem.domain.upper[0])
    both = len({place > middle for _, place in found}) == 2
    return found if dimension > 1 or both else []


def trusted(system: System, partition: Partition, symmetry: Symmetry, seed: Seed) -> Symmetry:
    """The symmetry, if plain networks too respond to noise as one solution alone does.

    Where a function without it can be added, sums over it would hide that.
    """
    if len(symmetry) == 1:
        return symmetry
    response = Trial(system, partition, Shape(), seed).solve(TRIED, 0, None)
    return symmetry if response.amplification <= _UNSAFE else NO_SYMMETRY
