"""One integration in time: blocks of space that are cut as the solution asks, step by step.

A block is cut as soon as its roughest functions carry more than the accuracy, across the axes
along which the state is rough, and the integration goes on from the last resolved step. Where
cutting no longer helps the solution has lost its smoothness, and the integration stops there.

Steps come in stretches of a fixed number, each with an integrator of its own, so that an
integration that was saved between two stretches goes on exactly as if it had not stopped.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._types import Array
from ...adaptivity.resolution import Resolution
from ...adaptivity.roughness import rough_axes
from ...analysis.evolution.degenerate_diffusion import Diffusion
from ...analysis.features.features import Features
from ...analysis.features.pieces import POINTS
from ...approximation.basis import Basis, orthonormal_basis
from ...approximation.dense_output import DenseOutput
from ...approximation.evolving_field import EvolvingField, Stretch
from ...approximation.network.network import Shape, draw_network
from ...approximation.norm import Sample, Sampled, has_digits, root_mean_square
from ...discretization.galerkin.implicit_lines import ImplicitLines
from ...discretization.galerkin.lines import Lines
from ...discretization.galerkin.space import Space
from ...geometry.partition import Partition
from ...geometry.spacing import denser, divided
from ...problem.compiled.evolution import EvolutionModel
from ...problem.compiled.walls import without
from ...randomness import Purpose, Seed
from ...rounding import HALF_OF_THE_DIGITS, SAME
from ...rules.judgement import A_DIGIT, SLIGHT
from ...rules.samples import FEW
from ...solution.outcome import Progress
from ...timestepping.budget import PATIENCE, Budget
from ...timestepping.radau import Radau, rounding_of_step
from ...timestepping.stepper import Pace, Step, Stepper, moments
from ..memory import free_memory
from .ending import why_stopped
from .ladder import Rung, stages

Function = Callable[[Array], Array]  # a state: (levels, unknowns, m) at points

# Beyond a line. Half and twice the slopes take more time for five evolutions in the plane, half an
# attempt more (`benchmarks/sensitivity.py`).
_SHAPE = Shape(0.15)
# Of one space, by dimension: bounds the work where cutting would go on. Beyond a line multipliers
# on faces couple all of them, and all unknowns share the number; beyond a plane one cut along all
# axes is what can be paid for. With half and twice as many, 17 evolutions on a line and in the
# plane have the same errors (`benchmarks/sensitivity.py`).
_MOST_BLOCKS = {1: 64, 2: 32}
# Of a block against the interval. With 2^-7 and 2^-20 thirteen evolutions on a line have the same
# errors (`benchmarks/sensitivity.py`): it is for jumps, which no block resolves.
_FINEST = 2.0**-14
# Of a stretch. With 5 viscous Burgers and a creeping beam take 1.5 times the time, with 80 the same
# (`benchmarks/sensitivity.py`).
_STEPS = 20
# Blocks beyond a line; roughness on fewer says that they are coarse. With 6 and 24 five evolutions
# in the plane have the same errors (`benchmarks/sensitivity.py`).
_MANY = 12
# Steps to the end that are out of reach, where blocks that cannot be cut any more are not resolved.
# With 1e3 and 1e5 the same thirteen have the same errors.
_OUT_OF_REACH = 1e4
# Step against the whole time: its stages see a pulse of a hundredth. From run to run it is shorter:
# where the accuracy allows longer ones, runs of equal steps would share their errors (of a wave of
# 6 periods at tol 1e-2 the distance of two such runs was 1e-5 of the error).
_LONGEST = 1 / 20


class Integration:
    """An integration from the start of time as far as it gets.

    Parameters
    ----------
    model : EvolutionModel
    rung : Rung
        Its accuracy, and what follows from that.
    seed : Seed
    wanted : Features
        What blocks and steps have to see of the known terms.
    vanishing : sequence of Diffusion
        Coefficients that must not become negative.
    saved : mapping
        What :meth:`arrays` gave, to go on from there.

    Attributes
    ----------
    space : Space
        The present discretisation.
    now : float
        The time reached at the end of the last stretch.
    stopped : float or None
        Where it had to stop, if before the end.
    notes : list of str
    """

    def __init__(
        self,
        model: EvolutionModel,
        rung: Rung,
        seed: Seed,
        wanted: Features,
        vanishing: Sequence[Diffusion] = (),
        saved: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self._model = model
        self._rung = rung
        self._accuracy = rung.accuracy
        self._wanted = wanted
        self._watched = denser(wanted.points[model.axis], rung.sight)
        self._vanishing = vanishing
        self._turned = False
        self._seed = seed
        # A state that rests until its walls drive it counts against what they will make of it.
        self._driven = model.walls.driven()
        self._bases: dict[int, Basis] = {}  # by neurons, drawn once
        # The end of the last stretch, with `space`, `now` and `_state`: what `arrays` keeps.
        self._pace: Pace | None = None
        self._resolution = Resolution(rung.accuracy)
        self._arrived = False  # where a step ended, at a state that obeys what is algebraic
        self._unmet = 0.0  # of constraints, by what is given on the walls
        self._jump = 0.0  # of the state, where what is algebraic asks for one
        self._stretches: list[Stretch] = []
        self._dense = DenseOutput.linear()
        # The stretch under way, which `_run_stretch` alone fills and empties.
        self._times: list[float] = []
        self._values: list[Array] = []
        self._overspent = ""  # why to go on would cost too much
        self.stopped: float | None = None
        self.notes: list[str] = []
        if saved is None:
            self._start()
        else:
            self._restore(saved)
        # The other half is for the run after, which is compared with this one.
        self._budget = Budget(0.5 * free_memory() + self._kept())

    @property
    def field(self) -> EvolvingField:
        """The solution so far."""
        stretches = [*self._stretches, *self._open_stretch()]
        return EvolvingField(self._model.axis, tuple(stretches or [self._standstill()]))

    @property
    def ending(self) -> str:
        """Why the integration is not at the end; empty if it is."""
        if self.now >= self._interval[1]:
            return ""
        if self.stopped is None:
            return "interrupted"
        at = f"{self._model.problem.time} = {self._model.clock(self.stopped):.6g}"
        if self._overspent:
            return f"the integration stopped at {at}: {self._overspent}"
        if self._turned:
            return (
                f"the integration stopped at {at}: there the problem has become ill-posed, since "
                "a coefficient of diffusion has the sign of diffusion that runs backwards"
            )
        rough = self._resolution.at_start > self._resolution.limit
        problem, begun = self._model.problem, self._begun
        state = "the initial state"
        if begun > self._interval[0]:
            switch = f"{problem.time} = {self._model.clock(begun):.6g}"
            state = f"the state at {switch}, where what is known switches,"
        why = why_stopped(
            self._model,
            self.field,
            self.space,
            self._accuracy,
            blocks_left=self._affordable > 0,
            kinked=state if rough else "",
        )
        return f"the integration stopped at {at}: {why}"

    @property
    def overspent(self) -> bool:
        """Whether it stopped for what it would have cost."""
        return bool(self._overspent)

    @property
    def hidden(self) -> float:
        """Errors of all steps that were kept to their rounding, not to the accuracy.

        Or what constraints and walls do not agree about. Two runs may share them.
        """
        errors = 0.0
        for stretch in self._stretches:
            parts = self._model.order * stretch.values[0, 0].size
            rounding = rounding_of_step(stages(self._accuracy), parts)
            errors += (len(stretch.times) - 1) * rounding if rounding > self._accuracy else 0.0
        return max(errors, self._unmet)

    @property
    def reached(self) -> float:
        """The time up to which `field` is known."""
        return self._times[-1] if self._values else self.now

    def run(self, progress: Progress, save: Callable[[Integration], None]) -> None:
        """Integrate to the end; `save` is called between stretches."""
        start, end = self._interval
        began, first = time.perf_counter(), self.now
        while self.now < end and self.stopped is None:

            def tell(reached: float) -> None:
                share = (reached - first) / (end - first)
                left = (time.perf_counter() - began) * (1.0 - share) / max(share, SLIGHT)
                at = f"{self._model.problem.time} = {self._model.clock(reached):.4g}"
                blocks = f"{len(self.space.partition)} block(s)"
                progress(
                    f"{at}, {blocks}, about {left:.0f} s left in this run",
                    (reached - start) / (end - start),
                )

            self._run_stretch(tell)
            if self.stopped is None and self.now < end:
                self._spend()
            if self.stopped is None and self._has_turned():
                self.stopped, self._turned = self.now, True
            save(self)

    def _has_turned(self) -> bool:
        """Whether diffusion is negative by more than what undershoots of the state make of it."""
        if not self._vanishing or not self._stretches:
            return False
        points = np.insert(self.space.points, self._model.axis, self.now, axis=1)
        weights = self.space.weights / self.space.weights.sum()
        sample = Sample(points, weights, np.zeros(len(points), dtype=np.intp))
        seen = Sampled(self.field, sample)
        return not all(has_digits(each.negative(seen)) for each in self._vanishing)

    def _kept(self) -> int:
        """Bytes of the solution so far."""
        return sum(stretch.values.nbytes for stretch in self._stretches)

    def _spend(self) -> None:
        """Stop where the end is out of reach of the steps and the memory that are allowed."""
        if not self._stretches:
            return
        recent: list[float] = []
        for stretch in reversed(self._stretches):
            recent = [*stretch.times[1:], *recent]
            if len(recent) > PATIENCE:
                break
        steps = sum(len(stretch.times) - 1 for stretch in self._stretches)
        # Stretches to come are taken to have the blocks of the last one.
        last, end = self._stretches[-1].values, self._model.interval[1]
        size = last.nbytes // len(last)
        self._overspent = self._budget.exceeded(steps, recent, end, kept=self._kept(), size=size)
        if self._overspent:
            self.stopped = self.now

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`run` needs to go on from the end of the last stretch."""
        known = self._resolution
        contents = {
            "lower": self.space.partition.lower,
            "upper": self.space.partition.upper,
            "now": np.array(self.now),
            "arrived": np.array(self._arrived),
            "unmet": np.array(self._unmet),
            "state": self._state,
            "roughest": np.array([known.at_start, known.before_cut, known.floor]),
            "notes": np.array(self.notes, dtype=np.str_),
        }
        if self.space.implicit is not None:
            contents["implicit"] = self.space.implicit.memory
        if self._pace is not None:
            contents |= {"length": np.array(self._pace.length), "scales": self._pace.scales}
        if self._stretches:
            field = EvolvingField(self._model.axis, tuple(self._stretches)).arrays()
            contents |= {f"field_{name}": array for name, array in field.items()}
        return contents

    def _restore(self, saved: Mapping[str, NDArray[Any]]) -> None:
        self.space = self._discretised(Partition(saved["lower"], saved["upper"]))
        if self.space.implicit is not None:
            self.space.implicit.memory = saved["implicit"]
        self.now, self._state = float(saved["now"]), saved["state"]
        self._arrived, self._unmet = bool(saved["arrived"]), float(saved["unmet"])
        self._resolution = Resolution(self._accuracy, *map(float, saved["roughest"]))
        self.notes = [str(note) for note in saved["notes"]]
        if "length" in saved:
            self._pace = Pace(float(saved["length"]), saved["scales"])
        prefix = "field_"
        field = {k.removeprefix(prefix): v for k, v in saved.items() if k.startswith(prefix)}
        if field:
            problem = self._model.problem
            read = EvolvingField.from_arrays(field, len(problem.variables), len(problem.unknowns))
            self._stretches = list(read.stretches)

    def _start(self) -> None:
        """Begin with the initial state."""
        model = self._model
        start, partition = self._interval[0], self._whole
        if partition.dimension == 1:
            partition = Partition.between(*self._seeing)
        elif not self.overlooks:
            lines = enumerate(self._seeing)
            partition = partition.sliced((axis, x) for axis, edges in lines for x in edges[1:-1])
        self.now = start
        given, levels = self._begin(partition, model.initial_values)
        if model.mixed:
            self._note_start()
        self.notes += model.contradictions
        values = given(self.space.points)
        data = self.space.start(start, values)
        gap = max(map(self.space.gap, values, levels, data))
        # Of formulas that is known; a gap of theirs is what blocks do not resolve.
        if not (self.notes or model.judged) and gap > self._resolution.most_of_smooth:
            self.notes.append(
                f"the initial state and the conditions on the walls contradict each other by "
                f"{gap:.1e} of the state where they meet; the solution starts with a singularity "
                "there"
            )

    def _begin(self, partition: Partition, begin: Function) -> tuple[Function, Array]:
        """Cut blocks until a state with the walls of this time is resolved, and take it."""
        given = begin
        while True:
            self.space, levels, tails = self._projected(partition, given)
            self._state = levels.ravel()
            # What rests until something is switched on has no size but that of rounding.
            if self._model.mixed and (not self._stretches or np.any(levels)):
                given, levels, tails = self._completed(begin)
            poor = self._unresolved(tails)
            if not poor:
                break
            partition = self._finer(given, poor)
        self._state = levels.ravel()
        self._resolution = replace(self._resolution, at_start=float(tails.max()))
        return given, levels

    def _pass(self) -> None:
        """Go on from the other side of a place in time where known terms are not smooth.

        With the state before it and the walls after it, which may jump: it is another start.
        """
        before = self._present()
        self.now = next(after for early, after in self._pauses if early == self.now)
        self._arrived = False
        self._begin(self.space.partition, before)

    @cached_property
    def _pauses(self) -> list[tuple[float, float]]:
        """The two sides of each place in time where known terms are not smooth.

        As near as the last digit of a time tells them apart, however it is computed.
        """
        near = A_DIGIT * float(np.spacing(np.abs(self._model.interval).max()))
        places = self._wanted.ends[self._model.axis].tolist()
        return [(place - near, place + near) for place in places]

    @cached_property
    def _interval(self) -> tuple[float, float]:
        """Start and end of time, beside a switch that is there: it belongs to neither side."""
        start, end = self._model.interval
        begin = (after for early, after in self._pauses if early < start)
        last = (early for early, after in self._pauses if after > end)
        return next(begin, start), next(last, end)

    @property
    def _begun(self) -> float:
        """When it started, or started anew."""
        passed = (after for _, after in self._pauses if after <= self.now)
        return max(passed, default=self._interval[0])

    @cached_property
    def _whole(self) -> Partition:
        """The blocks that walls and what is not smooth in space ask for."""
        axis, domain = self._model.axis, self._model.problem.domain
        box = Partition.whole(without(domain.lower, axis), without(domain.upper, axis))
        parts = box.sliced(self._model.walls.planes)
        lines = enumerate(without(self._wanted.ends, axis))
        kinked = parts.sliced((k, float(place)) for k, places in lines for place in places)
        return kinked if len(kinked) <= self._most_blocks(parts) else parts

    @cached_property
    def _seeing(self) -> list[Array]:
        """Along each axis, edges of blocks that see all that known terms hold there."""
        whole, points = self._whole, without(self._wanted.points, self._model.axis)
        sides = map(whole.edges, range(whole.dimension))
        return [divided(edges, held, POINTS) for edges, held in zip(sides, points, strict=True)]

    @property
    def overlooks(self) -> bool:
        """Whether blocks that see all that known terms hold are more than there may be."""
        whole, seeing = self._whole, math.prod(len(edges) - 1 for edges in self._seeing)
        return whole.dimension > 1 and seeing > self._most_blocks(whole)

    def _projected(
        self,
        partition: Partition,
        function: Function,
        scales: Array | None = None,
        told: Array | None = None,
    ) -> tuple[Space, Array, Array]:
        """A space, what of a state (levels, unknowns, m) it holds, and the tails of its blocks.

        Against the `scales` of the unknowns, or their sizes at present or as walls will drive them.
        `told` is what moving walls tell of it, where that is known.
        """
        space = self._discretised(partition)
        values = function(space.points)
        data = space.start(self.now, values)
        given = data[: len(values)]
        levels = space.project(values, given)
        if space.moving is not None:
            told = space.told_by(function, levels, given) if told is None else told
            levels = space.project(values, given, told)
        tails = np.zeros(len(partition))
        coefficients = space.coefficients(levels, data[: len(levels)])
        if scales is None:
            scales = np.maximum(np.sqrt(np.sum(coefficients**2, axis=(2, 3))), self._driven)
        each = np.broadcast_to(scales, (len(levels), len(self._driven)))
        for level, sizes in zip(coefficients, each, strict=True):
            tails = np.maximum(tails, space.tails(level, sizes))
        return space, levels, tails

    def _discretised(self, partition: Partition) -> Space:
        dimension = partition.dimension
        neurons = self._rung.neurons[min(len(partition), 2) - 1]
        if neurons not in self._bases:
            shape = None if dimension == 1 else _SHAPE
            network = draw_network(
                dimension, neurons, self._seed.of(Purpose.NEURONS, neurons), shape
            )
            self._bases[neurons] = orthonormal_basis(network, alone=len(partition) == 1)
        return Space(self._model.walls, partition, self._bases[neurons], self._model.interval[0])

    def _completed(self, begin: Function) -> tuple[Function, Array, Array]:
        """A state to begin with and what is algebraic, told from it, on the present space.

        Some of that may be so on a part of space alone. Its tails are of what is given: what
        follows may be as rough as its own derivatives. Of a state at rest they count against what
        is coming. Where walls join the two, as fluxes do, each pass takes out what one leaves, as
        long as it is less by half.
        """
        model, space = self._model, self.space
        algebraic = np.array(model.levels) == 0

        def completed(present: Function) -> Function:
            def function(points: Array) -> Array:
                values = begin(points)
                follows = model.algebraic(self.now, points)
                values[0, follows] = present(points)[0, follows]
                return values

            return function

        joined = (
            self.space.implicit
            or self.space.moving
            or any(
                len({bool(model.levels[t.unknown]) for t in r.traces}) > 1
                for r in model.walls.relations
            )
        )
        before, change = np.inf, float(np.finfo(float).max)
        while 0.0 < change <= 0.5 * before:
            lines = self._lines()
            given = completed(self._present())
            told = self.space.told(self._state.reshape(model.order, -1))
            self.space, levels, _ = self._projected(space.partition, given, told=told)
            before, change = change, float(np.abs(levels.ravel() - self._state).max())
            self._state = levels.ravel()
            if not joined:
                break
        norms = np.maximum(self.space.norms(levels), self._driven)
        start, end = model.interval
        times = (end - start) ** np.arange(model.order)[:, None]
        assert isinstance(lines, ImplicitLines)
        coming = lines.coming(self.now, self._state, end - self.now)
        if coming is not None:
            self._driven = np.maximum(self._driven, (coming * times).max(axis=0))
            norms = np.maximum(norms, self._driven)
        # Of what others set in motion nothing but rounding is seen.
        least = HALF_OF_THE_DIGITS * (norms * times).max() / times
        sizes = np.where(algebraic, np.inf, np.maximum(norms, least))
        told = self.space.told(levels)
        _, levels, tails = self._projected(space.partition, given, sizes, told)
        return given, levels, tails

    def _lines(self) -> Lines | ImplicitLines:
        """The system in time on the present space, and the state made one of it."""
        if not self._model.mixed:
            lines = Lines(self._model, self.space)
            lines.settle(self.now, self._state)
            return lines
        start, end = self._model.interval
        implicit = ImplicitLines(self._model, self.space)
        if self._arrived:
            implicit.see(self.now, self._state)
            return implicit
        self._state, self._jump = implicit.consistent(self.now, self._state, end - start)
        return implicit

    def _note_start(self) -> None:
        """Name what the start contradicts: a state that no solution takes, or that follows."""
        least = self._resolution.most_of_smooth
        without_slope = (
            "equations without a derivative in time"
            if self._model.singular
            else "conditions on the walls"
        )
        if not np.isfinite(self._jump):
            self.notes.append(
                f"no state near the initial one was found that obeys the {without_slope} to "
                "rounding: the solution starts from the initial one"
            )
        elif self._jump > least:
            self.notes.append(
                f"the initial state contradicts the {without_slope} by {self._jump:.1e} of its "
                "size: the solution jumps to the nearest state that obeys them"
            )
        self._note_constraints()
        space, axis = self.space, self._model.axis
        points = np.insert(space.points, axis, self.now, axis=1)
        levels = self._state.reshape(-1, space.size)
        found = space.coefficients(levels[:1], space.data(self.now, levels)[:1])
        for condition in self._model.surmised:
            values = np.array(
                [
                    space.values(trace.unknown, without(trace.orders, axis), found)[0]
                    for trace in condition.traces
                ]
            )
            defect, partials = condition(points, values)
            apart = root_mean_square(defect, space.weights)
            terms = np.abs(partials * values).sum(axis=0) + np.abs(defect)
            if apart > least * root_mean_square(terms, space.weights):
                self.notes.append(
                    f"the initial condition `{condition.relation.source}` is off by {apart:.1e} "
                    "and not used: no equation holds a derivative of that unknown in "
                    f"{self._model.problem.time}, so that its start follows from the others"
                )

    def _note_constraints(self) -> None:
        """Name what constraints leave open, and where conditions on walls contradict them."""
        problem, asked = self._model.problem, self._model.walls.multipliers
        if not asked:
            return
        implicit = ImplicitLines(self._model, self.space)
        implicit.see(self.now, self._state)
        times = np.linspace(*self._model.interval, FEW)
        self._unmet = implicit.unmet(times, self._state, self._driven)
        names = ", ".join(str(problem.unknowns[k]) for k in asked)
        if implicit.modes is not None and implicit.modes.tests.shape[1]:
            self.notes.append(
                f"nothing tells a constant of {names} (a pressure counts by its slopes alone): "
                "its mean in space is taken as zero; a condition on its value at a place, or on "
                "its mean, tells another"
            )
        if self._unmet > self._accuracy:
            self.notes.append(
                f"the conditions on the walls contradict the constraint that asks for {names}, by "
                f"{self._unmet:.1e} of it: what they let in does not flow out"
            )

    @property
    def _longest(self) -> float:
        start, end = self._model.interval
        return float(_LONGEST * self._rung.pace * (end - start))

    # What overflows ends a step, and the integrator tries a shorter one: nothing to warn of.
    @np.errstate(over="ignore", invalid="ignore")
    def _run_stretch(self, tell: Callable[[float], None]) -> None:
        """Integrate through a stretch, or until a block is no longer resolved."""
        end = self._interval[1]
        stop = next((early for early, _ in self._pauses if self.now < early), end)
        lines = self._lines()
        span = end - self._interval[0]
        integrator: Stepper = Radau(
            lines,
            self.now,
            self._state,
            end,
            self._accuracy,
            stop=stop,
            stages=stages(self._accuracy),
            longest=self._longest,
            points=self._watched,
            pace=self._pace,
            least=self._driven[None] / span ** np.arange(self._model.order)[:, None],
        )
        self._times, self._values, self._dense = [self.now], [], integrator.dense
        pace = integrator.pace
        state, poor, roughest, everywhere = self._state, [], 0.0, False
        lost = False
        while integrator.time < stop and len(self._values) < _STEPS:
            step = integrator.step()
            if step is None:
                self.stopped = self._times[-1]
                break
            jet = self._jet(integrator, step)
            tails = self.space.tails(jet[-1], integrator.scales[0])
            poor, roughest = self._unresolved(tails), float(tails.max())
            everywhere = 2 * len(poor) >= len(self.space.partition) > 1
            if poor and self._resolution.is_cut_in_vain(roughest, everywhere=everywhere):
                self._resolution = self._resolution.putting_up_with(roughest)
                poor = []
            lost = self._is_lost(roughest) or self._creeps(roughest, step.end - step.start)
            if poor or lost:
                break
            pace = integrator.pace
            self._values.append(jet)
            self._times.append(step.end)
            state = step.states[-1]
            tell(step.end)
        self._stretches += self._open_stretch()
        self.now, self._state, self._pace = self._times[-1], state, pace
        self._times, self._values = [], []
        self._arrived = not poor
        if poor:
            self._resolution = self._resolution.after_cut(roughest, everywhere=everywhere)
            self._cut(poor)
        elif lost:
            self.stopped = self.now
        elif self.now == stop < end:
            self._pass()
        elif self.now < end:
            self._merge()

    def _jet(self, integrator: Stepper, step: Step) -> Array:
        """Coefficients at the start of a step and its nodes, (s + 1, unknowns, blocks, size)."""
        frees = step.states[:, : self.space.size]
        levels = step.states.reshape(len(frees), -1, self.space.size)
        data = [
            self.space.data(moment, level)[0]
            for moment, level in zip(moments(integrator.dense, step), levels, strict=True)
        ]
        return self.space.coefficients(frees, np.array(data))

    def _unresolved(self, tails: Array, share: float = 1.0) -> list[int]:
        """Blocks to cut: their roughest functions matter, and they are not too short.

        The worst of them, where more cannot be afforded; `share` of the accuracy matters.
        """
        half = self.space.partition.half_widths
        long = np.all(half > _FINEST * half.sum(axis=0), axis=1)
        poor = np.flatnonzero((tails > share * self._resolution.limit) & long)
        return [int(b) for b in poor[np.argsort(-tails[poor])][: self._affordable]]

    @property
    def _affordable(self) -> int:
        """How many blocks may be cut yet."""
        partition = self.space.partition
        parts = int(2**partition.dimension)  # that a cut makes of a block
        return int(max(self._most_blocks(partition) - len(partition), 0) // (parts - 1))

    def _most_blocks(self, partition: Partition) -> int:
        """How many blocks space may have."""
        if partition.dimension == 1:
            return _MOST_BLOCKS[1]
        if self._model.walls.implicit or self._model.mixed:
            return len(partition)  # what such walls demand of a state is built for one block alone
        parts = int(2**partition.dimension)
        most = _MOST_BLOCKS.get(partition.dimension, parts) // len(self._model.problem.unknowns)
        return max(most, len(partition))

    def _finer(self, function: Function, poor: list[int]) -> Partition:
        """The blocks cut across the axes along which a state is rough there."""
        partition = self.space.partition

        def parts(points: Array) -> Array:
            return np.concatenate(list(function(points)))

        return partition.cut({block: rough_axes(parts, partition, block) for block in poor})

    def _is_lost(self, roughest: float) -> bool:
        partition = self.space.partition
        few = self._affordable > 0 or len(partition) < _MANY
        if partition.dimension > 1 and few:
            return False
        return self._resolution.is_lost(roughest)

    def _creeps(self, roughest: float, length: float) -> bool:
        """Whether steps have become too short to get anywhere on blocks that are too coarse.

        Against the longest since the last start as well: what is rough there takes short steps.
        """
        left = self._model.interval[1] - self._times[-1]
        if roughest <= self._resolution.limit:
            return False
        since = [s.times for s in self._stretches if s.times[0] >= self._begun]
        times = [*since, np.array(self._times)]
        longest = max(np.diff(each).max(initial=0.0) for each in times)
        return bool(_OUT_OF_REACH * length < min(left, longest))

    def _cut(self, poor: list[int]) -> None:
        """Go on with shorter blocks."""
        state = self._present()
        self.space, levels, _ = self._projected(self._finer(state, poor), state)
        self._state = levels.ravel()

    def _merge(self) -> None:
        """Go on with far fewer blocks, where a front has moved on or has spread.

        Half of them at most, which carry half of what has blocks cut, or they would be cut again
        at once. On a line, where blocks cost little, they stay.
        """
        before = self.space
        if before.partition.dimension == 1:
            return
        state, partition = self._present(), self._whole
        scales = None if self._pace is None else self._pace.scales[0]
        while 2 * len(partition) <= len(before.partition):
            self.space, levels, tails = self._projected(partition, state, scales)
            poor = self._unresolved(tails, 0.5)
            if not poor:
                self._state = levels.ravel()
                return
            partition = self._finer(state, poor)
        self.space = before

    def _present(self) -> Function:
        """The present state as a function."""
        space = self.space
        levels = self._state.reshape(-1, space.size)
        data = space.data(self.now, levels)
        coefficients = space.coefficients(levels, data[: len(levels)])
        zero = (0,) * space.partition.dimension

        def function(points: Array) -> Array:
            values = np.empty((len(levels), space.unknowns, len(points)))
            where = space.partition.locate(points)
            for block in np.unique(where):
                held = where == block
                functions = space.basis.evaluate(space.partition, int(block), points[held], {zero})[
                    zero
                ]
                values[:, :, held] = coefficients[:, :, block] @ functions.T
            return values

        return function

    def _open_stretch(self) -> list[Stretch]:
        if not self._values:
            return []
        times, values = np.array(self._times), np.array(self._values)
        return [Stretch(self.space.partition, self.space.basis, times, values, self._dense)]

    def _standstill(self) -> Stretch:
        """The initial state, for an integration that did not make a single step."""
        start, end = self._model.interval
        times = np.array([start, start + SAME * (end - start)])
        levels = self._state.reshape(-1, self.space.size)
        there = self.space.coefficients(levels[:1], self.space.data(start, levels)[:1])[0]
        values, dense = np.array([[there, there]]), DenseOutput.linear()
        return Stretch(self.space.partition, self.space.basis, times, values, dense)
