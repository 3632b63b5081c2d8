"""Solves that run beside the page, each in a process of its own, so that Stop always works.

A process is first asked to stop, as by Ctrl-C, upon which a solve hands back its best attempt; one
that does not answer is ended.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..errors import FileError, SigmajetError

__all__ = ["Job", "Jobs"]

_PATIENCE = 5.0  # seconds that a process which was asked to stop may take
_AT_ONCE = 2  # solves that run side by side


@dataclass
class Job:
    """A solve: what it has said so far, and what became of it."""

    folder: Path
    text: str
    tol: float
    _process: Any
    _said: Connection
    state: dict[str, Any] = field(default_factory=lambda: {"status": "running", "fraction": 0.0})
    _asked: float | None = None

    def look(self) -> dict[str, Any]:
        """The present state."""
        with contextlib.suppress(EOFError, OSError):
            while self._said.poll():
                self.state.update(self._said.recv())
        if self.state["status"] == "running":
            if self._asked is not None and time.monotonic() - self._asked > _PATIENCE:
                self._process.kill()
                self.state.update(status="stopped", message="stopped without an attempt")
            elif not self._process.is_alive() and not self._said.poll():
                self.state.update(
                    status="failed", message="the process that solved it ended: out of memory?"
                )
        return self.state

    def stop(self) -> None:
        """Ask it to stop, once."""
        if self._asked is None and self._process.is_alive():
            self._asked = time.monotonic()
            if os.name == "nt":
                self._process.terminate()
            else:
                os.kill(self._process.pid, signal.SIGINT)

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()


class Jobs:
    """The solves of one page, by number; their files are kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: dict[int, Job] = {}
        self._start = multiprocessing.get_context("spawn")

    def __getitem__(self, number: int) -> Job:
        return self._jobs[number]

    def begin(self, text: str, parameters: Mapping[str, str], tol: float) -> int:
        """Begin to solve what the text of a problem file states.

        Raises
        ------
        FileError
            If too many run already.
        """
        running = [job for job in self._jobs.values() if job.look()["status"] == "running"]
        if len(running) >= _AT_ONCE:
            raise FileError(f"{_AT_ONCE} solves run already; stop one of them")
        number = len(self._jobs) + 1
        folder = self._folder / str(number)
        folder.mkdir()
        here, there = self._start.Pipe(duplex=False)
        process = self._start.Process(
            target=_work, args=(text, dict(parameters), tol, folder, there), daemon=True
        )
        process.start()
        there.close()  # so that its end is noticed
        self._jobs[number] = Job(folder, text, tol, process, here)
        return number

    def close(self) -> None:
        """End all that run."""
        for job in self._jobs.values():
            job.end()


def _work(text: str, parameters: dict[str, str], tol: float, folder: Path, to: Connection) -> None:
    """Solve in a process of its own, and say how it goes."""
    try:
        to.send(_solved(text, parameters, tol, folder, to))
    except SigmajetError as error:
        to.send({"status": "failed", "message": str(error)})
    except MemoryError:
        to.send({"status": "failed", "message": "there is not enough memory for it"})
    except KeyboardInterrupt:
        to.send({"status": "stopped", "message": "stopped without an attempt"})
    except Exception as error:  # whatever it is, it was not foreseen here
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})"
        to.send({"status": "failed", "message": f"a fault of sigmajet, please report: {said}"})


def _solved(
    text: str, parameters: dict[str, str], tol: float, folder: Path, to: Connection
) -> dict[str, Any]:
    from ..problem.files import load_text  # loads in the process that solves
    from ..solvers.solve import solve

    problem = load_text(text, "this page", parameters).problem
    solution = solve(
        problem,
        tol=tol,
        on_failure="return",
        progress=lambda message, fraction: to.send({"message": message, "fraction": fraction}),
    )
    to.send({"message": "drawing", "fraction": 1.0})
    stated = f"{problem.to_text()}\n[solve]\ntol = {tol!r}\n"
    (folder / "problem.toml").write_text(stated, encoding="utf-8")
    solution.save(folder / "solution.npz")
    solution.plot(folder / "picture.png")
    report = solution.report
    return {
        "status": "done",
        "message": "",
        "converged": solution.converged,
        "estimate": _number(solution.error_estimate),
        "said": "" if solution.converged else str(solution.failure),
        "report": report._repr_html_(),
        "residual": _number(report.residual),
    }


def _number(value: float) -> float | None:
    """What JSON can hold of it."""
    return value if math.isfinite(value) else None
