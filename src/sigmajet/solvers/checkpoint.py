"""A file that an interrupted solve goes on from."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileError, ProblemError
from ..problem.statement import Problem
from ..problem.terms.effort import KEPT
from ..rules.judgement import SLIGHT
from ..solution.report import Attempt
from ..solution.storage import read_arrays, replacing, writable
from .base import Options

_FORMAT = "sigmajet checkpoint 1"

Arrays = dict[str, NDArray[Any]]


class Checkpoint:
    """Reads and writes the state of one solve; without a path it does neither.

    Parameters
    ----------
    problem : Problem
    options : Options
    path : path-like or None
    further : mapping of name to number, text or list, optional
        What else has to be the same for a solve to go on.

    Raises
    ------
    ProblemError
        If the problem cannot be written as text, or the file is that of another one.
    FileError
        If the file cannot be read, or is none that could be written.

    Warns
    -----
    RuntimeWarning
        If it cannot be written while the solve runs, once: the solve is worth more.
    """

    def __init__(
        self,
        problem: Problem,
        options: Options,
        path: Any,
        further: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        if not isinstance(path, str | os.PathLike | None):
            raise ProblemError(f"checkpoint: got {path!r}, expected the path of a file")
        self._path = None if path is None else os.fspath(path)
        self._written, self._took = -np.inf, 0.0
        self._warned = False
        if self._path is None:
            return
        writable(self._path)
        # The text keeps no assumptions on symbols, and none of them matters to the solution.
        self._identity = {
            "problem": problem.to_text(KEPT),
            "tol": options.tol,
            "width": options.width,
            "seed": options.seed.number,
            **further,
        }

    def read(self) -> tuple[list[Attempt], list[Arrays], Arrays]:
        """Attempts and fields of complete runs, and the state of the run under way."""
        if self._path is None or not os.path.exists(self._path):
            return [], [], {}
        try:
            contents = read_arrays(self._path)
            head = json.loads(str(contents.pop("head")))
            if head["format"] != _FORMAT:
                raise ValueError(f"got format {head['format']!r}, expected {_FORMAT!r}")
            attempts = [Attempt.from_dict(attempt) for attempt in head["attempts"]]
            identity = {k: v for k, v in head.items() if k not in ("format", "attempts")}
            runs = [_part(contents, f"run{k}_") for k in range(len(attempts))]
            present = _part(contents, "present_")
        except FileError:
            raise
        # Damaged bytes make zipfile, zlib, struct, NumPy and json fail in ways that none of
        # them lists; whatever it is, the file is at fault.
        except Exception as e:
            raise FileError(f"{self._path}: damaged, or no checkpoint of sigmajet ({e})") from e
        for name in (*self._identity, *identity):
            if identity.get(name) != self._identity.get(name):
                other = identity.get(name)
                what = "another problem" if name == "problem" else f"{name} = {other}"
                raise ProblemError(
                    f"checkpoint: {self._path} is of a solve of {what}; "
                    "give another path, or remove the file to start anew"
                )
        return attempts, runs, present

    def write(
        self, attempts: list[Attempt], runs: list[Arrays], present: Arrays, *, now: bool
    ) -> None:
        """Replace the file, if it must be `now` or all writes would take next to none of the time.

        What is lost at most where a process is killed is a thousand times what a write takes.
        """
        began = time.monotonic()
        if self._path is None or not (now or SLIGHT * (began - self._written) > self._took):
            return
        head = {
            "format": _FORMAT,
            **self._identity,
            "attempts": [asdict(attempt) for attempt in attempts],
        }
        contents: dict[str, Any] = {"head": np.array(json.dumps(head))}
        for k, run in enumerate(runs):
            contents |= {f"run{k}_{name}": array for name, array in run.items()}
        contents |= {f"present_{name}": array for name, array in present.items()}
        try:
            with replacing(self._path) as file:
                np.savez(file, **contents)
        except FileError as error:
            if not self._warned:
                warnings.warn(
                    f"checkpoint: {error}; the solve goes on without it, and tries again",
                    RuntimeWarning,
                    stacklevel=2,
                )
            self._warned = True
        else:
            self._warned = False
        self._written = time.monotonic()
        self._took = self._written - began


def _part(contents: Mapping[str, NDArray[Any]], prefix: str) -> Arrays:
    return {k.removeprefix(prefix): v for k, v in contents.items() if k.startswith(prefix)}
