"""How one hostile input is tried: under a limit of time, in a process with limited memory."""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

MEMORY = 4 << 30  # bytes of address space, NumPy's and SciPy's libraries included
LONGEST = 10  # seconds of CPU, upon which an input is cut off
WAITING = 60  # seconds in all: what waits for something that never comes
ANSWERED, REFUSED = "answered", "refused"


class CutOff(BaseException):
    """What no code takes for an error of its own."""


def begin() -> None:
    """Limit this process."""

    def cut_off(*_: object) -> None:
        raise CutOff("more than its time")

    signal.signal(signal.SIGPROF, cut_off)
    signal.signal(signal.SIGALRM, cut_off)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def tried(
    action: Callable[[], Any], refusals: tuple[type[BaseException], ...]
) -> tuple[str, float]:
    """What became of an action, and seconds of CPU; an error that is no refusal by its name."""
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    signal.alarm(WAITING)
    try:
        action()
        outcome = ANSWERED
    except refusals:
        outcome = REFUSED
    except BaseException as error:
        outcome = f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    return outcome, time.process_time() - start


def tell(name: str, outcome: str, seconds: float) -> None:
    """Print a line of JSON."""
    print(json.dumps([name, outcome, seconds]), file=sys.__stdout__, flush=True)


def every() -> slice:
    """Which inputs: every so many, as the argument of the script says."""
    return slice(None, None, int(sys.argv[1]) if len(sys.argv) > 1 else 1)
