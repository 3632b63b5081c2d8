"""The `sigmajet` command: words on a command line become calls, results become tables.

Numbers go to standard output and can be piped; progress, warnings and errors go to standard error.
Exit codes: 0 done, 1 solved but the tolerance was not met, 2 the statement, a file or an argument
is wrong, 3 a fault of sigmajet itself.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

from .._extras import needed_by
from ..errors import MissingExtra

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code: the entry point of the package."""
    # Objects of libraries are no garbage, and looking for some among them, over and over while they
    # load, was a tenth of the start; a command is a process of its own.
    gc.set_threshold(100_000)
    try:
        with needed_by("the command"):
            from .app import run
    except MissingExtra as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    run(arguments)
