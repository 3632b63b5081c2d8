"""What a solve tells about itself."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ..approximation.norm import has_digits
from .status import Status


def size(blocks: int, width: int, degree: int, layers: tuple[int, ...] = ()) -> str:
    """How large a discretisation is, in words."""
    if layers:
        return f"layers of {', '.join(map(str, layers))} neurons"
    if degree:
        return f"{blocks} window(s) of degree {degree}"
    return f"{blocks} block(s) of {width} neurons"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One discretisation that was solved."""

    blocks: int
    width: int
    """Neurons of each block; zero where blocks hold polynomials."""
    residual: float
    """Root mean square of the equations' defect at unseen points, relative to the solution."""
    estimate: float
    """Estimated relative L2 error, the largest over the unknowns; see `status`."""
    seconds: float
    status: Status = Status.UNCHECKED
    """Whether that estimate means something, and if not, why."""
    degree: int = 0
    """Of the polynomials of each block; zero where blocks hold networks."""
    layers: tuple[int, ...] = ()
    """Neurons of each hidden layer of a deep network; else empty."""
    steps: int = 0
    """Of the training of a deep network."""

    @property
    def size(self) -> str:
        """How large it is, in words."""
        return size(self.blocks, self.width, self.degree, self.layers)

    @property
    def numbers(self) -> tuple[int, int]:
        """What the report lists: blocks and their width or degree, or steps and neurons."""
        if self.layers:
            return self.steps, sum(self.layers)
        return self.blocks, self.degree or self.width

    @property
    def bound(self) -> float:
        """The estimate; infinite where it says nothing."""
        return self.estimate if self.status.is_estimated else math.inf

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Attempt:
        """Rebuild an attempt from plain numbers and text."""
        return cls(**_read(cls, data))


@dataclass(frozen=True, slots=True)
class Report:
    """How a solution came about.

    Attributes
    ----------
    method : str
        "steady", "initial_value", "evolution" or "deep".
    reason : str
        Why this method.
    blocks, width, degree : int
        Of the solution returned; one of the last two is zero, see `Attempt`.
    layers : tuple of int
        Of a deep network: the neurons of each hidden layer.
    seed : int
    tol : float
    seconds : float
        Wall time of the whole solve.
    residual : float
        Of the solution returned: see `Attempt`.
    status : Status
        What the solve has come to: "converged", or what stands in the way.
    attempts : tuple of Attempt
        In the order in which they were made.
    notes : tuple of str
        What the user should know: incompatible data, likely causes of failure.
    stopped : float or None
        Where on a line or in time the solution ends, if before the end of the domain: at an event,
        or where it could not be followed further.
    ending : str
        Why it ends there, or why the search was cut short; else empty.
    derivatives : tuple of float
        What derivatives of the solution may be off by, order by order from 0 to two beyond the
        equations: the largest error over the largest value, of all unknowns along all variables.
        Worked out when it is first asked for.
    """

    method: str
    reason: str
    blocks: int
    width: int
    seed: int
    tol: float
    seconds: float
    residual: float
    degree: int = 0
    layers: tuple[int, ...] = ()
    status: Status = Status.CONVERGED
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[str, ...] = field(default=())
    stopped: float | None = None
    ending: str = ""
    by_order: Callable[[], tuple[float, ...]] | None = field(
        default=None, repr=False, compare=False
    )
    """What works `derivatives` out; known to the solution."""

    @property
    def derivatives(self) -> tuple[float, ...]:
        """See above."""
        return () if self.by_order is None else self.by_order()

    @property
    def errors_by_order(self) -> str:
        """The same in words; empty where nothing is known."""
        found = [
            f"{order}: {error:.0e}" if has_digits(error) else f"{order}: no digit"
            for order, error in enumerate(self.derivatives)
        ]
        return f"relative errors of derivatives by order, at most: {', '.join(found)}" * bool(found)

    @property
    def size(self) -> str:
        """How large the solution is, in words."""
        return size(self.blocks, self.width, self.degree, self.layers)

    @property
    def columns(self) -> tuple[str, str]:
        """What the blocks of attempts are, and what makes each larger."""
        if self.layers:
            return ("steps", "neurons")
        marched = any(a.degree for a in self.attempts)
        return ("windows", "degree") if marched else ("blocks", "width")

    def __str__(self) -> str:
        blocks, width = self.columns
        lines = [
            f"method {self.method} ({self.reason}); {self.size}, seed {self.seed}, "
            f"tol {self.tol:.1e}, {self.seconds:.2f} s",
            f"  {blocks:>7} {width:>6}  residual  estimate  seconds",
        ]
        lines += [
            f"  {a.numbers[0]:7d} {a.numbers[1]:6d}  {a.residual:8.1e}  {a.bound:8.1e}"
            + f" {a.seconds:8.2f}"
            + ("" if a.status.is_estimated else f"  {a.status}")
            for a in self.attempts
        ]
        lines += [f"  {line}" for line in (self.errors_by_order, self.ending) if line]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        """A table of the attempts, as notebooks show it."""
        heads = (*self.columns, "residual", "error estimate", "seconds")
        rows = [
            (
                *map(str, a.numbers),
                f"{a.residual:.1e}",
                f"{a.estimate:.1e}" if a.status.is_estimated else str(a.status),
                f"{a.seconds:.2f}",
            )
            for a in self.attempts
        ]
        head = "".join(f"<th>{name}</th>" for name in heads)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        said = (
            f"method {self.method}: {self.reason}; tol {self.tol:.1e}, seed {self.seed}, "
            f"{self.seconds:.2f} s",
            *filter(None, (self.errors_by_order, self.ending, *self.notes)),
        )
        below = "".join(f"<p>{html.escape(line)}</p>" for line in said)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and text, for saving."""
        plain = asdict(replace(self, by_order=None))
        del plain["by_order"]
        return plain

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Report:
        """Rebuild a report from :meth:`as_dict`."""
        report = cls(**_read(cls, data))
        if report.seed < 0 or not 0.0 < report.tol < 1.0:
            raise ValueError(f"report: got seed {report.seed} and tol {report.tol}")
        return report


_KINDS: dict[str, Callable[[Any], bool]] = {
    "int": lambda value: type(value) is int,
    "float": lambda value: type(value) in (int, float),
    "float | None": lambda value: value is None or type(value) in (int, float),
    "str": lambda value: isinstance(value, str),
    "tuple[int, ...]": lambda value: _each(value, int),
    "tuple[str, ...]": lambda value: _each(value, str),
    "tuple[Attempt, ...]": lambda value: _each(value, dict),
    "Status": lambda value: isinstance(value, str),
}


def _each(value: Any, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(type(each) is kind for each in value)


def _read(cls: type[Attempt] | type[Report], data: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a class out of plain numbers and text; ValueError where they are others."""
    read = dict(data)
    for each in fields(cls):
        if each.name not in data:
            continue
        if each.type not in _KINDS or not _KINDS[str(each.type)](data[each.name]):
            raise ValueError(f"{each.name}: got {data[each.name]!r:.60}, expected {each.type}")
        if each.type == "Status":
            read[each.name] = Status(data[each.name])
        elif each.name == "attempts":
            read[each.name] = tuple(Attempt.from_dict(attempt) for attempt in data[each.name])
        elif str(each.type).startswith("tuple"):
            read[each.name] = tuple(data[each.name])
    return read
